//! What a mail server answers: lines with a number (RFC 5321, section 4.2).

use std::io::{BufRead, Read as _};

use super::SmtpError;

/// Bytes of a line, and lines of an answer.
const LONGEST_LINE: u64 = 2_048;
const MOST_LINES: usize = 100;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    pub(super) lines: Vec<String>,
}

impl Reply {
    /// Reads one.
    pub(super) fn read(from: &mut impl BufRead) -> Result<Self, SmtpError> {
        let mut lines = Vec::new();
        for _ in 0..MOST_LINES {
            let mut line = Vec::new();
            let read = from.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line);
            read.map_err(|error| SmtpError::later(format!("the mail server is silent: {error}")))?;
            if !line.ends_with(b"\n") {
                return Err(SmtpError::later("the mail server broke off"));
            }
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end();
            let code = line.get(..3).and_then(|code| code.parse::<u16>().ok());
            let Some(code) = code.filter(|code| (200..600).contains(code)) else {
                return Err(SmtpError::later("what answers is no mail server"));
            };
            lines.push(line.get(4..).unwrap_or_default().to_owned());
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(Self { code, lines });
            }
        }
        Err(SmtpError::later("the mail server does not come to an end"))
    }

    /// The answer, if it is of this hundred.
    pub(super) fn expect(self, hundred: u16, after: &str) -> Result<Self, SmtpError> {
        if self.code / 100 == hundred {
            return Ok(self);
        }
        let said = self.lines.join(" ");
        let why = format!("the mail server answered {after} with {} {said}", self.code);
        Err(SmtpError { is_final: self.code >= 500, why })
    }

    /// What follows an extension's name; nothing, when the server does not have it.
    pub(super) fn extension(&self, name: &str) -> Option<&str> {
        self.lines.iter().skip(1).find_map(|line| {
            let (found, rest) = line.split_once([' ', '=']).unwrap_or((line, ""));
            found.eq_ignore_ascii_case(name).then_some(rest)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_several_lines_is_read_to_its_end() {
        let mut text =
            &b"250-mail.example\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n354 go on\r\n"[..];
        let reply = Reply::read(&mut text).unwrap();
        assert_eq!((reply.code, reply.lines.len()), (250, 3));
        assert_eq!(reply.extension("auth"), Some("PLAIN LOGIN"));
        assert_eq!(reply.extension("STARTTLS"), None);
        assert_eq!(Reply::read(&mut text).unwrap().code, 354);
    }

    #[test]
    fn what_is_no_answer_is_refused_and_nothing_is_read_for_ever() {
        for wrong in ["", "250", "HTTP/1.1 200 OK\r\n", "9999\r\n", "é50 x\r\n"] {
            assert!(Reply::read(&mut wrong.as_bytes()).is_err(), "{wrong:?}");
        }
        assert!(Reply::read(&mut "250-x\r\n".repeat(200).as_bytes()).is_err());
        assert!(Reply::read(&mut "2".repeat(5_000).as_bytes()).is_err());
    }

    #[test]
    fn a_refusal_for_good_is_told_from_one_for_now() {
        let of = |text: &str| Reply::read(&mut text.as_bytes()).unwrap().expect(2, "RCPT");
        assert!(of("550 no such user\r\n").unwrap_err().is_final);
        assert!(!of("451 later\r\n").unwrap_err().is_final);
        assert!(of("250 ok\r\n").is_ok());
    }
}
