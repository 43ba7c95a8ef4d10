//! One connection to a mail server.

use std::io::{self, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::reply::Reply;
use super::server::{MailServer, Wire};
use super::{Envelope, SmtpError};

/// To connect, and without a single byte.
const CONNECT: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_secs(30);

/// A connection in the clear or within TLS.
enum Line {
    Clear(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Read for Line {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Clear(stream) => stream.read(into),
            Self::Tls(stream) => stream.read(into),
        }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Clear(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Clear(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// A connection that has said hello.
pub(super) struct Session {
    line: BufReader<Line>,
    hello: Reply,
}

impl Session {
    /// Connects and says hello, within TLS where the server is another machine.
    pub(super) fn open(server: &MailServer, name: &str) -> Result<Self, SmtpError> {
        let stream = connect(server)?;
        let line = match server.wire {
            Wire::Tls => within_tls(stream, &server.host)?,
            Wire::StartTls | Wire::Clear => Line::Clear(stream),
        };
        let mut line = BufReader::new(line);
        Reply::read(&mut line)?.expect(2, "the connection").map_err(not_for_good)?;
        let hello = ask(&mut line, &format!("EHLO {}", host_of(name)))?;
        let mut session = Self { line, hello: hello.expect(2, "EHLO").map_err(not_for_good)? };
        if server.wire == Wire::StartTls {
            session = session.start_tls(server, name)?;
        }
        Ok(session)
    }

    fn start_tls(mut self, server: &MailServer, name: &str) -> Result<Self, SmtpError> {
        if self.hello.extension("STARTTLS").is_none() {
            return Err(SmtpError::later(
                "the mail server does not speak TLS, so nothing was sent",
            ));
        }
        ask(&mut self.line, "STARTTLS")?.expect(2, "STARTTLS").map_err(not_for_good)?;
        // What came in the clear behind the answer was put there by somebody in between.
        if !self.line.buffer().is_empty() {
            return Err(SmtpError::later("something was said before TLS began"));
        }
        let Line::Clear(stream) = self.line.into_inner() else {
            return Err(SmtpError::later("TLS within TLS was asked for"));
        };
        let mut line = BufReader::new(within_tls(stream, &server.host)?);
        let hello = ask(&mut line, &format!("EHLO {}", host_of(name)))?;
        Ok(Self { line, hello: hello.expect(2, "EHLO").map_err(not_for_good)? })
    }

    /// Says who sends, where a user is known.
    pub(super) fn sign_in(&mut self, server: &MailServer) -> Result<(), SmtpError> {
        let Some((user, password)) = &server.user else { return Ok(()) };
        let ways = self.hello.extension("AUTH").unwrap_or_default().to_ascii_uppercase();
        let has = |way: &str| ways.split(' ').any(|one| one == way);
        let said = if has("PLAIN") {
            let both = STANDARD.encode(format!("\0{user}\0{password}"));
            ask(&mut self.line, &format!("AUTH PLAIN {both}"))?
        } else if has("LOGIN") {
            ask(&mut self.line, "AUTH LOGIN")?.expect(3, "AUTH").map_err(not_for_good)?;
            ask(&mut self.line, &STANDARD.encode(user))?.expect(3, "AUTH").map_err(not_for_good)?;
            ask(&mut self.line, &STANDARD.encode(password))?
        } else {
            return Err(SmtpError::later(
                "the mail server takes neither AUTH PLAIN nor AUTH LOGIN",
            ));
        };
        // That is a matter of the settings, not of the letter.
        said.expect(2, "AUTH").map_err(not_for_good)?;
        Ok(())
    }

    /// Hands a letter over.
    pub(super) fn deliver(
        mut self,
        envelope: &Envelope<'_>,
        letter: &str,
    ) -> Result<(), SmtpError> {
        let mut from = format!("MAIL FROM:<{}>", envelope.from);
        if !letter.is_ascii() && self.hello.extension("8BITMIME").is_some() {
            from.push_str(" BODY=8BITMIME");
        }
        if !envelope.is_ascii() {
            if self.hello.extension("SMTPUTF8").is_none() {
                let why = "the mail server takes no addresses with letters beyond ASCII";
                return Err(SmtpError::never(why));
            }
            from.push_str(" SMTPUTF8");
        }
        ask(&mut self.line, &from)?.expect(2, "MAIL")?;
        ask(&mut self.line, &format!("RCPT TO:<{}>", envelope.to))?.expect(2, "RCPT")?;
        ask(&mut self.line, "DATA")?.expect(3, "DATA")?;
        write(&mut self.line, stuffed(letter).as_bytes())?;
        Reply::read(&mut self.line)?.expect(2, "the letter")?;
        // It is taken. Whether the server hears the good-bye changes nothing.
        let _ = ask(&mut self.line, "QUIT");
        Ok(())
    }
}

/// With the end of lines that SMTP has, dots doubled at their beginning, and the dot at the end.
fn stuffed(letter: &str) -> String {
    let mut text = String::with_capacity(letter.len() + 16);
    for line in letter.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.starts_with('.') {
            text.push('.');
        }
        // A lone carriage return is no end of a line to some, and one to others.
        text.extend(line.chars().filter(|one| *one != '\r'));
        text.push_str("\r\n");
    }
    text.push_str(".\r\n");
    text
}

fn connect(server: &MailServer) -> Result<TcpStream, SmtpError> {
    let host = server.host.trim_matches(['[', ']']);
    let failed = |error: io::Error| {
        SmtpError::later(format!("no connection to the mail server {host}: {error}"))
    };
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in (host, server.port).to_socket_addrs().map_err(failed)? {
        match TcpStream::connect_timeout(&address, CONNECT) {
            Ok(stream) => {
                stream.set_read_timeout(Some(SILENCE)).map_err(failed)?;
                stream.set_write_timeout(Some(SILENCE)).map_err(failed)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(failed(last))
}

fn within_tls(stream: TcpStream, host: &str) -> Result<Line, SmtpError> {
    let failed = |error: rustls::Error| {
        SmtpError::later(format!("no trusted connection to the mail server: {error}"))
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> =
        Arc::new(rustls_platform_verifier::Verifier::new(Arc::clone(&provider)).map_err(failed)?);
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(|_| {
        SmtpError::later("the name of the mail server cannot stand in a certificate")
    })?;
    let connection = ClientConnection::new(Arc::new(config), name).map_err(failed)?;
    Ok(Line::Tls(Box::new(StreamOwned::new(connection, stream))))
}

fn ask(line: &mut BufReader<Line>, command: &str) -> Result<Reply, SmtpError> {
    write(line, format!("{command}\r\n").as_bytes())?;
    Reply::read(line)
}

fn write(line: &mut BufReader<Line>, bytes: &[u8]) -> Result<(), SmtpError> {
    let to = line.get_mut();
    to.write_all(bytes)
        .and_then(|()| to.flush())
        .map_err(|error| SmtpError::later(format!("the mail server broke off: {error}")))
}

/// A name as EHLO takes it.
fn host_of(name: &str) -> &str {
    let plain = |one: char| one.is_ascii_alphanumeric() || "-.[]:".contains(one);
    if !name.is_empty() && name.chars().all(plain) { name } else { "localhost" }
}

/// What the server refuses before it knows the letter says nothing about the letter.
fn not_for_good(error: SmtpError) -> SmtpError {
    SmtpError { is_final: false, ..error }
}

#[cfg(test)]
mod tests {
    use std::io::BufRead as _;
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// What a client says to a server that greets, says hello with `extensions`, and answers a
    /// wish for TLS with `tls`.
    fn said_to(extensions: &'static str, tls: &'static str) -> (SmtpError, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap());
            let mut heard = String::new();
            stream.write_all(b"220 here\r\n").unwrap();
            let mut answers = [extensions, tls].into_iter();
            while lines.read_line(&mut heard).is_ok_and(|read| read > 0) {
                let Some(answer) = answers.next() else { break };
                stream.write_all(answer.as_bytes()).unwrap();
            }
            heard
        });
        let user = Some(("me".to_owned(), "secret".to_owned()));
        let host = "127.0.0.1".to_owned();
        let server = MailServer { host, port, wire: Wire::StartTls, user };
        let Err(error) = Session::open(&server, "localhost") else {
            return (SmtpError::never("it went on"), heard.join().unwrap());
        };
        (error, heard.join().unwrap())
    }

    #[test]
    fn nothing_is_said_in_the_clear_to_a_server_that_speaks_no_tls() {
        let (error, heard) = said_to("250-here\r\n250 AUTH PLAIN\r\n", "");
        assert!(error.why.contains("does not speak TLS"), "{error}");
        assert_eq!((error.is_final, heard.as_str()), (false, "EHLO localhost\r\n"));
    }

    #[test]
    fn what_is_said_before_tls_begins_is_believed_by_nobody() {
        let tls = "220 go on\r\n250 AUTH PLAIN\r\n";
        let (error, heard) = said_to("250-here\r\n250 STARTTLS\r\n", tls);
        assert!(error.why.contains("before TLS began"), "{error}");
        assert_eq!(heard, "EHLO localhost\r\nSTARTTLS\r\n");
    }

    #[test]
    fn no_line_of_a_letter_ends_it() {
        assert_eq!(stuffed("a\r\n.\r\nb"), "a\r\n..\r\nb\r\n.\r\n");
        assert_eq!(stuffed("a\n.b\n"), "a\r\n..b\r\n\r\n.\r\n");
        assert_eq!(stuffed("a\r.\rb"), "a.b\r\n.\r\n");
    }
}
