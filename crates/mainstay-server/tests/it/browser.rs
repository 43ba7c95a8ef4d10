//! What a browser does, as far as the server can tell: cookies, forms, no scripts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(one, _)| one.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A browser, or a program: it keeps cookies, and sends a token when it has one.
#[derive(Clone)]
pub(crate) struct Browser {
    port: u16,
    cookies: BTreeMap<String, String>,
    pub(crate) token: Option<String>,
    pub(crate) host: String,
    /// Further lines of the head.
    pub(crate) head: String,
}

impl Browser {
    pub(crate) fn new(port: u16) -> Self {
        let host = format!("localhost:{port}");
        Self { port, cookies: BTreeMap::new(), token: None, host, head: String::new() }
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, "", b"")
    }

    /// Fills in the form that a page has for `action` and sends it. What the page hides in the
    /// form goes along.
    pub(crate) fn submit(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let hidden = self.hidden(page, action);
        let given = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut all: BTreeMap<String, String> = hidden.into_iter().collect();
        all.extend(given);
        self.post(action, &all.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>())
    }

    /// The hidden fields of a form of a page.
    pub(crate) fn hidden(&mut self, page: &str, action: &str) -> Vec<(String, String)> {
        let html = self.get(page);
        assert_eq!(html.status, 200, "{page}: {}", html.body);
        let start = html
            .body
            .find(&format!("action=\"{action}\""))
            .unwrap_or_else(|| panic!("{page} has no form for {action}: {}", html.body));
        let form = &html.body[start..];
        let form = &form[..form.find("</form>").unwrap()];
        form.match_indices("type=\"hidden\"")
            .map(|(at, _)| {
                let rest = &form[at..];
                let value = |name: &str| {
                    let rest = &rest[rest.find(&format!("{name}=\"")).unwrap() + name.len() + 2..];
                    rest[..rest.find('"').unwrap()].to_owned()
                };
                (value("name"), value("value"))
            })
            .collect()
    }

    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).unwrap();
        self.ask("POST", path, "application/x-www-form-urlencoded", body.as_bytes())
    }

    /// Sends fields and one file.
    pub(crate) fn post_file(
        &mut self,
        path: &str,
        fields: &[(String, String)],
        (field, name, bytes): (&str, &str, &[u8]),
    ) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!(
                "--EDGE\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend(part.as_bytes());
        }
        let part = format!(
            "--EDGE\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             Content-Type: application/json\r\n\r\n"
        );
        body.extend(part.as_bytes());
        body.extend(bytes);
        body.extend(b"\r\n--EDGE--\r\n");
        self.ask("POST", path, "multipart/form-data; boundary=EDGE", &body)
    }

    pub(crate) fn ask(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) -> Answer {
        let mut stream = self.open(method, path, kind, body);
        let (status, headers) = head(&mut stream);
        for (_, cookie) in headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let mut body = Vec::new();
        stream.read_to_end(&mut body).unwrap();
        Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    /// Lines of a live page, as they come.
    pub(crate) fn listen(&self, path: &str) -> BufReader<TcpStream> {
        let mut stream = self.open("GET", path, "", b"");
        let (status, headers) = head(&mut stream);
        assert_eq!(status, 200, "{headers:?}");
        stream
    }

    fn open(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", self.host);
        head.push_str("Connection: close\r\n");
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(a, b)| format!("{a}={b}")).collect();
            write!(head, "Cookie: {}\r\n", pairs.join("; ")).unwrap();
        }
        if let Some(token) = &self.token {
            write!(head, "Authorization: Bearer {token}\r\n").unwrap();
        }
        if !kind.is_empty() {
            write!(head, "Content-Type: {kind}\r\n").unwrap();
        }
        head.push_str(&self.head);
        write!(head, "Content-Length: {}\r\n\r\n", body.len()).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        // A server that has heard enough may close before the end.
        let _ = stream.write_all(body);
        BufReader::new(stream)
    }
}

fn head(stream: &mut BufReader<TcpStream>) -> (u16, Vec<(String, String)>) {
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    let status = line.split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = Vec::new();
    loop {
        line.clear();
        stream.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    (status, headers)
}
