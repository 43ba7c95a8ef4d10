//! A small HTTP server on the loopback address: paths and bytes, with `ETag`, `Range` and faults
//! on demand. Enough of RFC 9110 to play the OSV bucket.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;

/// What goes wrong with a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It answers with this status and no data.
    Status(u16),
    /// The first answer breaks off after so many bytes of its body; later ones are whole.
    BreakOnceAfter(usize),
    /// It leads to this address.
    Redirect(String),
}

/// The server. It stops when it is dropped.
#[derive(Debug)]
pub struct BucketServer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct State {
    files: HashMap<String, Vec<u8>>,
    faults: HashMap<String, Fault>,
    broken: HashSet<String>,
    requests: Vec<String>,
    stopped: bool,
}

impl BucketServer {
    /// Starts a server without any file.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if lock(&shared).stopped {
                    break;
                }
                // A client that hangs up is no fault of the server.
                let _ = answer(&stream, &shared);
            }
        });
        Self { address, state, thread: Some(thread) }
    }

    /// The server's base address, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves bytes at a path, such as `/npm/all.zip`, in place of what was there.
    pub fn put(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        lock(&self.state).files.insert(path.to_owned(), bytes.into());
    }

    /// Lets something go wrong with a path.
    pub fn fault(&self, path: &str, fault: Fault) {
        lock(&self.state).faults.insert(path.to_owned(), fault);
    }

    /// Lets everything go right with a path again.
    pub fn mend(&self, path: &str) {
        lock(&self.state).faults.remove(path);
    }

    /// The requests until now: path, and the range if one was asked for (`/x bytes=5-`).
    pub fn requests(&self) -> Vec<String> {
        lock(&self.state).requests.clone()
    }

    /// Forgets the requests until now.
    pub fn forget_requests(&self) {
        lock(&self.state).requests.clear();
    }
}

impl Drop for BucketServer {
    fn drop(&mut self) {
        lock(&self.state).stopped = true;
        // Wakes the thread, which waits for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A request, as far as it matters here.
#[derive(Debug, Default)]
struct Request {
    path: String,
    if_none_match: Option<String>,
    range: Option<String>,
    if_range: Option<String>,
}

fn read_request(stream: &TcpStream) -> io::Result<Request> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let path = first.split(' ').nth(1).unwrap_or("/").to_owned();
    let mut request = Request { path, ..Request::default() };
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = Some(value.trim().to_owned());
        match name.to_ascii_lowercase().as_str() {
            "if-none-match" => request.if_none_match = value,
            "range" => request.range = value,
            "if-range" => request.if_range = value,
            _ => {}
        }
    }
    Ok(request)
}

fn answer(mut stream: &TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let request = read_request(stream)?;
    let (status, headers, body, cut) = {
        let mut state = lock(state);
        let range = request.range.as_ref().map(|range| format!(" {range}")).unwrap_or_default();
        state.requests.push(format!("{}{range}", request.path));
        reply(&request, &mut state)
    };
    let length = body.len();
    write!(stream, "HTTP/1.1 {status} -\r\nConnection: close\r\nContent-Length: {length}\r\n")?;
    for (name, value) in headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    stream.write_all(b"\r\n")?;
    stream.write_all(body.get(..cut.min(length)).unwrap_or(&[]))?;
    stream.flush()
}

type Reply = (u16, Vec<(&'static str, String)>, Vec<u8>, usize);

fn reply(request: &Request, state: &mut State) -> Reply {
    let whole = usize::MAX;
    let path = &request.path;
    let mut cut = whole;
    match state.faults.get(path) {
        Some(Fault::Status(status)) => return (*status, Vec::new(), Vec::new(), whole),
        Some(Fault::Redirect(to)) => {
            return (302, vec![("Location", to.clone())], Vec::new(), whole);
        }
        Some(Fault::BreakOnceAfter(bytes)) => {
            let bytes = *bytes;
            if state.broken.insert(path.clone()) {
                cut = bytes;
            }
        }
        None => {}
    }
    let Some(body) = state.files.get(path) else { return (404, Vec::new(), Vec::new(), whole) };
    let etag = etag(body);
    let mut headers = vec![("ETag", etag.clone())];
    if request.if_none_match.as_ref() == Some(&etag) {
        return (304, headers, Vec::new(), whole);
    }
    let fits = request.if_range.as_ref().is_none_or(|validator| *validator == etag);
    let start =
        request.range.as_ref().filter(|_| fits).and_then(|range| {
            range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok()
        });
    match start.and_then(|start| Some((start, body.get(start..)?))) {
        Some((start, rest)) if !rest.is_empty() => {
            let range = format!("bytes {start}-{}/{}", body.len() - 1, body.len());
            headers.push(("Content-Range", range));
            (206, headers, rest.to_vec(), cut)
        }
        Some(_) | None => (200, headers, body.clone(), cut),
    }
}

fn etag(body: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}
