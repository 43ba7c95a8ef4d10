//! XML as lockfiles and manifests use it: a small tree with lines.
//!
//! Entities that a document declares are never expanded: a document that declares one is
//! refused, and so is a reference to any but the five of XML 1.0 section 4.6. Nesting is bounded.
//! Namespaces are read away: `maven:version` is `version`.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::input::{Input, decode};
use crate::lines::Lines;
use crate::read_error::{ReadError, ReadErrorKind};

/// Deeper than this no real file goes; a pom's deepest element is about a dozen levels down.
const MAX_DEPTH: usize = 64;

/// More than any real element has. Attributes are compared with one another, so they are few.
const MAX_ATTRIBUTES: usize = 64;

/// One element.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// The name without its namespace.
    pub name: Box<str>,
    /// The line on which it begins, counted from 1.
    pub line: u32,
    /// Its attributes, in the order of the document.
    pub attributes: Vec<(Box<str>, Box<str>)>,
    /// The text directly inside, joined.
    text: String,
    /// The elements directly inside, in the order of the document.
    pub children: Vec<Self>,
}

impl Element {
    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| &*child.name == name)
    }

    /// Every child of this name.
    pub fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Self> {
        self.children.iter().filter(move |child| &*child.name == name)
    }

    /// Every `item` in the child `list`: `dependencies/dependency`.
    pub fn listed<'e>(&'e self, list: &'e str, item: &'e str) -> impl Iterator<Item = &'e Self> {
        self.all(list).flat_map(move |list| list.all(item))
    }

    /// The text inside, without white space around it.
    pub fn text(&self) -> &str {
        self.text.trim()
    }

    /// The text of the first child of this name, if there is any.
    pub fn child_text(&self, name: &str) -> Option<&str> {
        self.child(name).map(Self::text).filter(|text| !text.is_empty())
    }

    /// An attribute, without white space around it.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| &**key == name).map(|(_, value)| value.trim())
    }
}

/// Reads a whole document whose root must have this name.
pub fn read(input: &Input<'_>, root: &str) -> Result<Element, ReadError> {
    parse(input.bytes, root)
}

/// As [`read`], from bytes.
pub fn parse(bytes: &[u8], root: &str) -> Result<Element, ReadError> {
    let text = declared_text(bytes)?;
    let tree = Tree::new(&text).build()?;
    if &*tree.name == root {
        return Ok(tree);
    }
    let message = format!("the root element is <{}>, not <{root}>", tree.name.escape_default());
    Err(ReadError::at(ReadErrorKind::Shape, tree.line, message))
}

/// The text, by the declared encoding: UTF-8 (and UTF-16 with its mark), or the one-byte
/// encodings of Western Europe. Those differ in some signs only, none of which a name or a version
/// may hold, and so are all read as the first.
fn declared_text(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    let declared = declared_encoding(bytes).map(str::to_ascii_lowercase);
    match declared.as_deref() {
        Some(
            "iso-8859-1" | "iso-8859-15" | "latin1" | "latin-1" | "us-ascii" | "windows-1252"
            | "cp1252",
        ) if !bytes.is_ascii() => {
            Ok(Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()))
        }
        _ => decode(bytes),
    }
}

/// The encoding in `<?xml ... encoding="..."?>`, if the document begins with one in ASCII.
fn declared_encoding(bytes: &[u8]) -> Option<&str> {
    let rest = bytes.strip_prefix(b"<?xml")?;
    let end = memchr::memmem::find(rest.get(..256).unwrap_or(rest), b"?>")?;
    let declaration = std::str::from_utf8(rest.get(..end)?).ok()?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split(quote).next()
}

/// The tree while it grows.
struct Tree<'t> {
    reader: Reader<&'t [u8]>,
    lines: Lines<'t>,
    /// The elements that are open, outermost first.
    open: Vec<Element>,
    root: Option<Element>,
}

impl<'t> Tree<'t> {
    fn new(text: &'t str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_end_names = true;
        Self { reader, lines: Lines::new(text), open: Vec::new(), root: None }
    }

    fn build(mut self) -> Result<Element, ReadError> {
        loop {
            let line = self.line();
            match self.reader.read_event() {
                Ok(Event::Start(start)) => self.start(&start, line)?,
                Ok(Event::Empty(start)) => {
                    self.start(&start, line)?;
                    self.end(line)?;
                }
                Ok(Event::End(_)) => self.end(line)?,
                Ok(Event::Text(text)) => self.text(&text.xml10_content(), line)?,
                Ok(Event::CData(text)) => self.text(&text.xml10_content(), line)?,
                Ok(Event::GeneralRef(reference)) => {
                    let character = resolve(&reference)
                        .map_err(|message| ReadError::at(ReadErrorKind::Syntax, line, message))?;
                    self.text(character.encode_utf8(&mut [0; 4]), line)?;
                }
                Ok(Event::DocType(doctype)) => refuse_entities(&doctype, line)?,
                Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
                Ok(Event::Eof) => return self.finish(),
                Err(error) => {
                    let line = self.lines.at(offset(self.reader.error_position()));
                    return Err(ReadError::at(ReadErrorKind::Syntax, line, error.to_string()));
                }
            }
        }
    }

    fn line(&self) -> u32 {
        self.lines.at(offset(self.reader.buffer_position()))
    }

    fn start(&mut self, start: &BytesStart<'_>, line: u32) -> Result<(), ReadError> {
        let syntax = |message| ReadError::at(ReadErrorKind::Syntax, line, message);
        if self.open.is_empty() && self.root.is_some() {
            return Err(syntax("there is a second root element".to_owned()));
        }
        if self.open.len() >= MAX_DEPTH {
            let message = format!("elements are nested deeper than {MAX_DEPTH} levels");
            return Err(ReadError::at(ReadErrorKind::TooDeep, line, message));
        }
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            if attributes.len() >= MAX_ATTRIBUTES {
                let message = format!("an element has more than {MAX_ATTRIBUTES} attributes");
                return Err(ReadError::at(ReadErrorKind::TooDeep, line, message));
            }
            let attribute = attribute.map_err(|error| syntax(error.to_string()))?;
            let value = quick_xml::escape::unescape(&attribute.value)
                .map_err(|error| syntax(error.to_string()))?;
            let key = attribute.key.local_name();
            attributes.push((Box::from(key.as_ref()), value.into()));
        }
        let name = start.local_name();
        let element =
            Element { name: name.as_ref().into(), line, attributes, ..Element::default() };
        self.open.push(element);
        Ok(())
    }

    fn end(&mut self, line: u32) -> Result<(), ReadError> {
        let Some(element) = self.open.pop() else {
            return Err(ReadError::at(
                ReadErrorKind::Syntax,
                line,
                "an element ends before any began",
            ));
        };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str, line: u32) -> Result<(), ReadError> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => {
                return Err(ReadError::at(
                    ReadErrorKind::Syntax,
                    line,
                    "there is text outside the root element",
                ));
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<Element, ReadError> {
        let line = self.lines.at(offset(self.reader.buffer_position()));
        if let Some(open) = self.open.last() {
            let message = format!("the file ends inside <{}>", open.name.escape_default());
            return Err(ReadError::at(ReadErrorKind::Syntax, line, message));
        }
        self.root.ok_or_else(|| {
            ReadError::at(ReadErrorKind::Syntax, line, "there is no element in the file")
        })
    }
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// The character of a reference: `&#10;`, `&amp;`.
fn resolve(reference: &BytesRef<'_>) -> Result<char, String> {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => return Ok(character),
        Ok(None) => {}
        Err(error) => return Err(error.to_string()),
    }
    match &*reference.xml10_content() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        other => Err(format!("the entity &{}; is not expanded", other.escape_default())),
    }
}

/// A document type is read over, unless it declares entities: those can explode or reach files.
fn refuse_entities(doctype: &str, line: u32) -> Result<(), ReadError> {
    if doctype.contains("<!ENTITY") {
        return Err(ReadError::at(
            ReadErrorKind::TooDeep,
            line,
            "the document declares entities, which are not expanded",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_knows_its_line_and_its_text() {
        let tree = parse(b"<a>\n <b k='v &amp; w'>x<!-- - -->&lt;y</b>\n</a>", "a").unwrap();
        let b = tree.child("b").unwrap();
        assert_eq!((b.line, b.text(), b.attribute("k")), (2, "x<y", Some("v & w")));
    }

    #[test]
    fn a_namespace_is_read_away() {
        let tree = parse(b"<m:a xmlns:m='urn:x'><m:b>1</m:b></m:a>", "a").unwrap();
        assert_eq!(tree.child_text("b"), Some("1"));
    }

    #[test]
    fn a_declared_entity_is_refused() {
        let text = b"<!DOCTYPE a [\n<!ENTITY b 'c'>\n]>\n<a>&b;</a>";
        assert_eq!(parse(text, "a").unwrap_err().kind, ReadErrorKind::TooDeep);
    }

    #[test]
    fn an_undeclared_entity_is_refused_on_its_line() {
        let error = parse(b"<a>\n&nbsp;</a>", "a").unwrap_err();
        assert_eq!((error.kind, error.line), (ReadErrorKind::Syntax, Some(2)));
    }

    #[test]
    fn nesting_without_end_is_refused() {
        let text = "<a>".repeat(100_000);
        assert_eq!(parse(text.as_bytes(), "a").unwrap_err().kind, ReadErrorKind::TooDeep);
    }

    #[test]
    fn a_truncated_document_is_refused() {
        for text in ["", "<a", "<a>", "<a><b></b>", "<a></b></a>", "<a/><a/>", "text"] {
            assert_eq!(
                parse(text.as_bytes(), "a").unwrap_err().kind,
                ReadErrorKind::Syntax,
                "{text}"
            );
        }
    }

    #[test]
    fn the_encoding_of_windows_is_read_where_it_is_declared() {
        let text = b"<?xml version='1.0' encoding='Windows-1252'?><a><b>\x92</b><c>1.0</c></a>";
        assert_eq!(parse(text, "a").unwrap().child_text("c"), Some("1.0"));
    }

    #[test]
    fn latin_1_is_read_where_it_is_declared() {
        let text = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>caf\xE9</a>";
        assert_eq!(parse(text, "a").unwrap().text(), "caf\u{e9}");
    }

    #[test]
    fn latin_1_is_refused_where_it_is_not_declared() {
        let error = parse(b"<a>caf\xE9</a>", "a").unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::Encoding);
    }
}
