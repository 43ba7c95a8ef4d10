//! A letter as text: a head in ASCII, whatever stands in it, and a body that every server carries.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

/// Bytes of a line of a body that is sent as it is (RFC 5322 lets 998 stand).
const LONGEST_LINE: usize = 900;
/// Bytes of a word of a head before it is encoded, so that it stays within 75 after that.
const LONGEST_WORD: usize = 42;

/// A letter before it is one text.
pub(super) struct Outgoing<'o> {
    /// The name of its file.
    pub(super) file: String,
    /// The first part of its `Message-ID`.
    pub(super) id: String,
    pub(super) to: &'o str,
    pub(super) subject: String,
    pub(super) body: String,
}

impl Outgoing<'_> {
    /// The whole. In a file, letters beyond ASCII stay readable; a mail server gets ASCII alone.
    pub(super) fn text(&self, (from, host): (&str, &str), now: Timestamp, is_file: bool) -> String {
        let date = now.strftime("%a, %d %b %Y %H:%M:%S +0000");
        let is_short = self.body.lines().all(|line| line.len() <= LONGEST_LINE);
        let is_plain = is_short && (is_file || self.body.is_ascii());
        let (encoding, body) = if is_plain {
            ("8bit", self.body.replace('\n', "\r\n"))
        } else {
            ("base64", in_lines(&self.body))
        };
        format!(
            "From: Mainstay <{}>\r\nTo: {}\r\nSubject: {}\r\nDate: {date}\r\n\
             Message-ID: <{}@{}>\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\
             Auto-Submitted: auto-generated\r\n\r\n{body}\r\n",
            one_line(from),
            one_line(self.to),
            words(&self.subject),
            one_line(&self.id),
            one_line(host),
        )
    }
}

/// Nothing in a head ends its line, whatever it was made of.
fn one_line(text: &str) -> String {
    text.chars().filter(|one| !one.is_control()).collect()
}

/// Text of a head: as it is in ASCII, else as encoded words (RFC 2047), one a line.
fn words(text: &str) -> String {
    let text = one_line(text);
    // What looks like an encoded word would be read as one.
    if text.is_ascii() && !text.contains("=?") {
        return text;
    }
    let mut words = vec![String::new()];
    for one in text.chars() {
        if words.last().is_some_and(|word| word.len() + one.len_utf8() > LONGEST_WORD) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(one);
        }
    }
    let encoded: Vec<String> =
        words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word))).collect();
    encoded.join("\r\n ")
}

/// Base64 in lines of 76.
fn in_lines(body: &str) -> String {
    let encoded = STANDARD.encode(body.replace('\n', "\r\n"));
    let mut text = String::new();
    for line in encoded.as_bytes().chunks(76) {
        // Writing to a text cannot fail, and base64 is ASCII.
        let _ = write!(text, "{}\r\n", String::from_utf8_lossy(line));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(subject: &str, body: &str, is_file: bool) -> String {
        let letter = Outgoing {
            file: "x".to_owned(),
            id: "1".to_owned(),
            to: "a@example.org",
            subject: subject.to_owned(),
            body: body.to_owned(),
        };
        letter.text(("m@example.org", "example.org"), Timestamp::UNIX_EPOCH, is_file)
    }

    #[test]
    fn nothing_that_others_wrote_begins_a_line_of_the_head() {
        let text = text("x\r\nBcc: evil@example.org\u{85}y", "body", false);
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.lines().all(|line| !line.starts_with("Bcc")), "{head}");
        assert!(head.contains("Subject: xBcc: evil@example.orgy\r\n"), "{head}");
    }

    #[test]
    fn words_beyond_ascii_are_encoded_in_short_lines() {
        let text = text(&"Störung ".repeat(20), "Grüße", false);
        assert!(text.is_ascii());
        assert!(text.lines().all(|line| line.len() <= 78), "{text}");
        assert!(text.contains("Subject: =?utf-8?B?"));
        assert!(text.contains("base64\r\n") && text.ends_with("R3LDvMOfZQ==\r\n\r\n"), "{text}");
        assert!(words("=?utf-8?B?eA==?=").starts_with("=?utf-8?B?PT91"));
    }

    #[test]
    fn a_line_that_is_too_long_for_mail_is_wrapped() {
        let text = text("x", &"y".repeat(5_000), true);
        assert!(text.lines().all(|line| line.len() <= 78));
    }
}
