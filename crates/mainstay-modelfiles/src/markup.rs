//! XML as model files use it: tags, attributes and texts one after another, nothing kept.
//!
//! Specification: XML 1.0 (fifth edition), w3.org/TR/xml. Entities are not expanded, but for the
//! five of section 4.6 and references to characters; a document type that declares some or lies
//! elsewhere is a danger ([`document_type`]): readers that follow it read files, connect, or grow
//! without end (CWE-611, CWE-776). Namespaces are read away: `p:a` is `a`.

use std::borrow::Cow;

use mainstay_reading::{Danger, DangerCode};
use memchr::{memchr, memmem};

use crate::findings::Findings;
use crate::named_path::{Reach, reach};

/// Elements nested deeper no real model has.
const DEEPEST: u64 = 500;

/// One piece of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece<'a> {
    /// An element begins.
    Open(Tag<'a>),
    /// An element ends.
    Close,
    /// A text, as it is written, or the content of a `CDATA` section.
    Text(&'a [u8]),
    /// A document type: what stands between `<!DOCTYPE` and its end.
    DocumentType(&'a [u8]),
}

/// The begin of an element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tag<'a> {
    /// The name without its namespace.
    pub(crate) name: &'a [u8],
    attributes: &'a [u8],
    /// Whether it is empty, and ends here.
    pub(crate) is_empty: bool,
}

impl<'a> Tag<'a> {
    /// Its attributes, without their namespaces and with their values resolved.
    pub(crate) fn attributes(self) -> impl Iterator<Item = (&'a [u8], Cow<'a, str>)> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || {
            let equals = memchr(b'=', rest)?;
            let (name, after) = rest.split_at_checked(equals)?;
            let after = after.get(1..)?.trim_ascii_start();
            let (quote, value) = after.split_first().filter(|(quote, _)| b"\"'".contains(quote))?;
            let end = memchr(*quote, value)?;
            let (value, left) = value.split_at_checked(end)?;
            rest = left.get(1..)?;
            Some((local(name.trim_ascii()), resolved(value)))
        })
    }

    /// The value of an attribute.
    pub(crate) fn attribute(self, name: &str) -> Option<Cow<'a, str>> {
        self.attributes().find(|(key, _)| *key == name.as_bytes()).map(|(_, value)| value)
    }
}

/// The pieces of a document. It ends where the document does, or where it is broken.
#[derive(Clone, Debug)]
pub(crate) struct Pieces<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Whether something begins that does not end.
    is_broken: bool,
}

impl<'a> Pieces<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let at = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        Self { bytes, at, is_broken: false }
    }

    /// Where it stands.
    pub(crate) fn at(&self) -> u64 {
        self.at as u64
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// What stands before an end mark; goes behind it.
    fn until(&mut self, start: usize, end: &[u8]) -> Option<&'a [u8]> {
        let inside = self.rest().get(start..)?;
        let Some(length) = memmem::find(inside, end) else {
            self.is_broken = true;
            self.at = self.bytes.len();
            return None;
        };
        self.at += start + length + end.len();
        inside.get(..length)
    }

    /// What stands before the `>` that is outside of quotes and brackets; goes behind it.
    fn tag(&mut self, start: usize) -> Option<&'a [u8]> {
        let inside = self.rest().get(start..)?;
        let mut quote = None;
        let mut brackets = 0_u32;
        for (index, byte) in inside.iter().enumerate() {
            match (quote, byte) {
                (None, b'"' | b'\'') => quote = Some(*byte),
                (Some(open), _) if open == *byte => quote = None,
                (None, b'[') => brackets = brackets.saturating_add(1),
                (None, b']') => brackets = brackets.saturating_sub(1),
                (None, b'>') if brackets == 0 => {
                    self.at += start + index + 1;
                    return inside.get(..index);
                }
                _ => {}
            }
        }
        self.is_broken = true;
        self.at = self.bytes.len();
        None
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            let rest = self.rest();
            match rest {
                [] => return None,
                [b'<', b'!', b'-', b'-', ..] => {
                    self.until(4, b"-->")?;
                }
                [b'<', b'?', ..] => {
                    self.until(2, b"?>")?;
                }
                _ if rest.starts_with(b"<![CDATA[") => {
                    return self.until(9, b"]]>").map(Piece::Text);
                }
                [b'<', b'!', ..] => return self.tag(2).map(Piece::DocumentType),
                [b'<', b'/', ..] => return self.tag(2).map(|_| Piece::Close),
                [b'<', ..] => return self.tag(1).map(|inside| Piece::Open(tag(inside))),
                _ => {
                    let end = memchr(b'<', rest).unwrap_or(rest.len());
                    self.at += end;
                    return rest.get(..end).map(Piece::Text);
                }
            }
        }
    }
}

fn tag(inside: &[u8]) -> Tag<'_> {
    let (inside, is_empty) = match inside.strip_suffix(b"/") {
        Some(inside) => (inside, true),
        None => (inside, false),
    };
    let end = inside.iter().position(u8::is_ascii_whitespace).unwrap_or(inside.len());
    let (name, attributes) = inside.split_at_checked(end).unwrap_or((inside, &[]));
    Tag { name: local(name), attributes, is_empty }
}

fn local(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b':').next().unwrap_or(name)
}

/// A text with its references resolved; one of an entity that nobody knows stays.
pub(crate) fn resolved(text: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(text);
    if !text.contains('&') {
        return text;
    }
    let mut resolved = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some((before, after)) = rest.split_once('&') {
        resolved.push_str(before);
        // References are short; a lone `&` must not make the search long.
        let end = after.bytes().take(12).position(|byte| byte == b';');
        let character = end.and_then(|end| reference(after.get(..end)?));
        if let Some((character, end)) = character.zip(end) {
            resolved.push(character);
            rest = after.get(end + 1..).unwrap_or_default();
        } else {
            resolved.push('&');
            rest = after;
        }
    }
    resolved.push_str(rest);
    Cow::Owned(resolved)
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => number.parse(),
            };
            code.ok().and_then(char::from_u32)
        }
    }
}

/// The most bytes of UTF-16 that are decoded, as that needs memory. What follows is cut off.
const MOST_DECODED: usize = 64 << 20;

/// The bytes of a document as UTF-8: UTF-16 is told by its mark or by its first sign.
pub(crate) fn decoded(bytes: &[u8]) -> Cow<'_, [u8]> {
    let from: fn([u8; 2]) -> u16 = match bytes {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] | [0, b'<', ..] => u16::from_be_bytes,
        _ => return Cow::Borrowed(bytes),
    };
    let bytes = bytes.get(..MOST_DECODED).unwrap_or(bytes);
    let units = bytes.as_chunks::<2>().0.iter().map(|unit| from(*unit));
    let text: String = char::decode_utf16(units)
        .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    Cow::Owned(text.trim_start_matches('\u{feff}').as_bytes().to_vec())
}

/// The first element of a document, perhaps cut.
pub(crate) fn root(bytes: &[u8]) -> Option<Tag<'_>> {
    // What stands before a document is white space, comments and the like.
    let mut pieces = Pieces::new(bytes);
    loop {
        match pieces.next()? {
            Piece::Open(tag) => return Some(tag),
            Piece::Text(text) if text.trim_ascii().is_empty() => {}
            Piece::DocumentType(_) => {}
            Piece::Text(_) | Piece::Close => return None,
        }
    }
}

/// Goes through a document and says what is wrong with it as XML; `visit` is given every piece and
/// how many elements are open around it.
pub(crate) fn walk(
    bytes: &[u8],
    what: &str,
    findings: &mut Findings<'_, '_, '_>,
    mut visit: impl FnMut(Piece<'_>, u64, u64, &mut Findings<'_, '_, '_>),
) {
    foreign_encoding(bytes, what, findings);
    let mut pieces = Pieces::new(bytes);
    let mut open = 0_u64;
    let mut is_told = false;
    loop {
        let at = pieces.at();
        let Some(piece) = pieces.next() else { break };
        if let Piece::DocumentType(content) = piece {
            document_type(content, at, findings);
        }
        if matches!(piece, Piece::Close) {
            open = open.saturating_sub(1);
        }
        visit(piece, open, at, findings);
        if matches!(piece, Piece::Open(tag) if !tag.is_empty) {
            open += 1;
        }
        if open > DEEPEST && !is_told {
            is_told = true;
            let message = format!("{what} nests elements deeper than {DEEPEST} levels");
            findings.malformed(at, message);
        }
    }
    if pieces.is_broken || open > 0 {
        let message = format!("{what} ends within an element: it is cut off, or broken on purpose");
        findings.malformed(bytes.len() as u64, message);
    }
}

/// Encodings in which signs look other than in ASCII are not read.
fn foreign_encoding(bytes: &[u8], what: &str, findings: &mut Findings<'_, '_, '_>) {
    let Some(declaration) = bytes.get(..200).or(Some(bytes)).filter(|it| it.starts_with(b"<?xml"))
    else {
        return;
    };
    let end = memmem::find(declaration, b"?>").unwrap_or(declaration.len());
    let declaration = declaration.get(..end).unwrap_or_default();
    let tag = Tag { name: b"xml", attributes: declaration, is_empty: true };
    let attributes = Tag { attributes: declaration.get(5..).unwrap_or_default(), ..tag };
    let Some(encoding) = attributes.attribute("encoding") else { return };
    let encoding = encoding.to_ascii_lowercase();
    let is_like_ascii = ["utf-8", "utf8", "us-ascii", "ascii", "utf-16", "gbk", "gb2312"]
        .contains(&&*encoding)
        || ["iso-8859-", "windows-", "latin", "cp125"].iter().any(|it| encoding.starts_with(it));
    if !is_like_ascii {
        let encoding: String = encoding.chars().take(40).collect();
        let reason = format!("{what} is written in the encoding {encoding:?}, which is not read");
        findings.examination.gap(findings.part.whole(), reason, "save it as UTF-8");
    }
}

/// What a document type asks its reader to do.
fn document_type(content: &[u8], at: u64, findings: &mut Findings<'_, '_, '_>) {
    let text = String::from_utf8_lossy(content);
    let declares = text.contains("<!ENTITY");
    let is_elsewhere = text.contains("SYSTEM") || text.contains("PUBLIC");
    if !declares && !is_elsewhere {
        return;
    }
    let place = findings.at(at);
    let shown: String = text.chars().take(300).collect();
    let danger = if is_elsewhere {
        // The addresses stand in quotes.
        let quoted = text.split(['"', '\'']).skip(1).step_by(2);
        let connects = quoted.map(reach).any(|reach| reach == Reach::Network);
        let (code, does) = if connects {
            (DangerCode::UsesNetwork, "connect to another machine")
        } else {
            (DangerCode::TouchesFiles, "read files of the machine")
        };
        let message = format!(
            "the XML refers to a document type or an entity elsewhere: a reader that follows it \
             would {does} (CWE-611)"
        );
        Danger::new(code, place, message)
    } else {
        let message = "the XML declares entities of its own, which can grow without end when a \
                       reader expands them (CWE-776)";
        Danger::new(DangerCode::Malformed, place, message)
    };
    findings.danger(danger.shown(format!("<!{shown}>")));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let tags = Pieces::new(text.as_bytes()).filter_map(|piece| match piece {
            Piece::Open(tag) => Some(String::from_utf8_lossy(tag.name).into_owned()),
            Piece::Close | Piece::Text(_) | Piece::DocumentType(_) => None,
        });
        tags.collect()
    }

    #[test]
    fn comments_and_instructions_are_read_over() {
        assert_eq!(names("<?xml version='1.0'?><!-- <x> --><a><p:b k='>'/></a>"), ["a", "b"]);
    }

    #[test]
    fn a_document_type_ends_after_its_brackets() {
        assert_eq!(names("<!DOCTYPE a [<!ENTITY b \"<c>\">]><a/>"), ["a"]);
    }

    #[test]
    fn attributes_have_their_references_resolved() {
        let tag = root(b"<a x = '1' p:y=\"&#46;&#x2E;/&amp;&lt;&no;\"/>").unwrap();
        assert_eq!(tag.attribute("x").as_deref(), Some("1"));
        assert_eq!(tag.attribute("y").as_deref(), Some("../&<&no;"));
    }

    #[test]
    fn a_text_before_the_root_is_no_document() {
        assert!(root(b"text <a/>").is_none());
    }

    #[test]
    fn utf_16_is_decoded() {
        let bytes: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(&*decoded(&bytes), b"<a/>");
    }
}
