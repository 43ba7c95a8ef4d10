//! JSON as Python reads it, as a tree in one list of nodes.
//!
//! Specification: RFC 8259, and what Python's `json` takes beyond it: `NaN`, `Infinity`,
//! `-Infinity`, and a key that is there twice (the last one counts). Nothing is recursive, so
//! nesting costs no stack; nodes are counted, and a long list of plain values keeps only its first
//! ones. A text that breaks off keeps what came before.

use std::borrow::Cow;

/// The most nodes that are kept.
const MOST_NODES: usize = 300_000;
/// The most plain values that are kept of one list, and how long a text is that is always kept: it
/// may be code.
const MOST_PLAIN: u32 = 1_000;
const TELLING: usize = 40;

/// A text in UTF-16 or UTF-32 as UTF-8: Python's `json` tells them by their zeros and reads them.
/// `None` where it is neither.
pub(crate) fn decoded(bytes: &[u8]) -> Option<Vec<u8>> {
    let (width, is_big, skipped) = match bytes {
        [0xFF, 0xFE, 0, 0, ..] => (4, false, 4),
        [0, 0, 0xFE, 0xFF, ..] => (4, true, 4),
        [0xFF, 0xFE, ..] => (2, false, 2),
        [0xFE, 0xFF, ..] => (2, true, 2),
        [0, 0, _, _, ..] => (4, true, 0),
        [0, _, ..] => (2, true, 0),
        [_, 0, 0, 0, ..] => (4, false, 0),
        [_, 0, ..] => (2, false, 0),
        _ => return None,
    };
    let units = bytes.get(skipped..).unwrap_or_default().chunks_exact(width).map(|unit| {
        let fold = |sum: u32, byte: &u8| (sum << 8) | u32::from(*byte);
        if is_big { unit.iter().fold(0, fold) } else { unit.iter().rev().fold(0, fold) }
    });
    let text: String = if width == 4 {
        units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    } else {
        let units = units.map(|unit| u16::try_from(unit).unwrap_or_default());
        char::decode_utf16(units).map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    Some(text.into_bytes())
}

/// The number of a node.
pub(crate) type NodeId = usize;

/// A document.
#[derive(Debug, Default)]
pub(crate) struct Tree<'t> {
    nodes: Vec<Node<'t>>,
    /// Where and why the text is no JSON.
    pub(crate) broken: Option<(usize, &'static str)>,
    /// Whether there are more nodes than are kept.
    pub(crate) is_cut: bool,
}

/// A value, and its key where it lies in an object.
#[derive(Debug)]
pub(crate) struct Node<'t> {
    /// Its key; empty in a list.
    pub(crate) key: Cow<'t, str>,
    /// What it is.
    pub(crate) value: Value<'t>,
    /// Where it begins in the text.
    pub(crate) at: usize,
    /// Where it ends; where the text ends if it does not.
    pub(crate) end: usize,
    first: Option<NodeId>,
    next: Option<NodeId>,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'t> {
    Plain,
    Text(Cow<'t, str>),
    List,
    Object,
}

impl<'t> Tree<'t> {
    /// Reads a text.
    pub(crate) fn read(text: &'t [u8]) -> Self {
        let mut reader = Reader { text, at: 0, tree: Self::default(), open: Vec::new() };
        if text.starts_with(b"\xef\xbb\xbf") {
            reader.at = 3;
        }
        if let Err(why) = reader.document() {
            reader.tree.broken = Some((reader.at, why));
        }
        let end = reader.at;
        for open in std::mem::take(&mut reader.open) {
            if let Some(node) = reader.tree.nodes.get_mut(open.id) {
                node.end = end;
            }
        }
        reader.tree
    }

    /// How many nodes there are; their numbers are those below. A node comes after the one that
    /// holds it.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn node(&self, id: NodeId) -> Option<&Node<'t>> {
        self.nodes.get(id)
    }

    /// What a list or an object holds, in its order.
    pub(crate) fn children(&self, id: NodeId) -> impl Iterator<Item = (NodeId, &Node<'t>)> {
        let mut next = self.node(id).and_then(|node| node.first);
        std::iter::from_fn(move || {
            let id = next?;
            let node = self.node(id)?;
            next = node.next;
            Some((id, node))
        })
    }

    /// What an object holds under a key: the last of them, as Python does.
    pub(crate) fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.children(id).filter(|(_, node)| node.key == key).last().map(|(id, _)| id)
    }

    /// The text under a key.
    pub(crate) fn text(&self, id: NodeId, key: &str) -> Option<&str> {
        self.get(id, key).and_then(|found| self.as_text(found))
    }

    /// The text that a node is.
    pub(crate) fn as_text(&self, id: NodeId) -> Option<&str> {
        match &self.node(id)?.value {
            Value::Text(text) => Some(text),
            Value::Plain | Value::List | Value::Object => None,
        }
    }

    pub(crate) fn is_object(&self, id: NodeId) -> bool {
        self.node(id).is_some_and(|node| node.value == Value::Object)
    }

    pub(crate) fn is_list(&self, id: NodeId) -> bool {
        self.node(id).is_some_and(|node| node.value == Value::List)
    }
}

/// A list or object that is not closed yet.
#[derive(Debug)]
struct Open {
    id: NodeId,
    last: Option<NodeId>,
    plain: u32,
    is_list: bool,
}

#[derive(Debug)]
struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    tree: Tree<'t>,
    open: Vec<Open>,
}

impl<'t> Reader<'t> {
    fn document(&mut self) -> Result<(), &'static str> {
        self.value(Cow::Borrowed(""))?;
        while let Some((is_list, is_first)) =
            self.open.last().map(|open| (open.is_list, open.last.is_none() && open.plain == 0))
        {
            let close = if is_list { b']' } else { b'}' };
            self.skip_blanks();
            if self.peek() == Some(close) {
                self.at += 1;
                self.close();
                continue;
            }
            if !is_first {
                self.expect(b',', "a comma is missing")?;
                self.skip_blanks();
            }
            let key = if is_list { Cow::Borrowed("") } else { self.key()? };
            self.value(key)?;
            if self.tree.is_cut {
                return Ok(());
            }
        }
        self.skip_blanks();
        if self.at < self.text.len() { Err("something follows the end") } else { Ok(()) }
    }

    fn key(&mut self) -> Result<Cow<'t, str>, &'static str> {
        self.expect(b'"', "a key is missing")?;
        let key = self.string()?;
        self.skip_blanks();
        self.expect(b':', "a colon is missing")?;
        Ok(key)
    }

    fn value(&mut self, key: Cow<'t, str>) -> Result<(), &'static str> {
        self.skip_blanks();
        let at = self.at;
        let first = self.peek().ok_or("it breaks off")?;
        let value = match first {
            b'{' | b'[' => {
                self.at += 1;
                let value = if first == b'[' { Value::List } else { Value::Object };
                if let Some(id) = self.add(key, value, at) {
                    let is_list = first == b'[';
                    self.open.push(Open { id, last: None, plain: 0, is_list });
                }
                return Ok(());
            }
            b'"' => {
                self.at += 1;
                Value::Text(self.string()?)
            }
            _ => {
                self.word()?;
                Value::Plain
            }
        };
        let within = self.open.last_mut().filter(|open| open.is_list);
        if let Some(open) = within {
            open.plain += 1;
            let may_be_code = matches!(&value, Value::Text(text) if text.len() >= TELLING);
            if open.plain > MOST_PLAIN && !may_be_code {
                return Ok(());
            }
        }
        self.add(key, value, at);
        Ok(())
    }

    fn add(&mut self, key: Cow<'t, str>, value: Value<'t>, at: usize) -> Option<NodeId> {
        let id = self.tree.nodes.len();
        if id >= MOST_NODES {
            self.tree.is_cut = true;
            return None;
        }
        if let Some(open) = self.open.last_mut() {
            let before = open.last.replace(id);
            let holder = open.id;
            let link = match before {
                Some(before) => self.tree.nodes.get_mut(before).map(|node| &mut node.next),
                None => self.tree.nodes.get_mut(holder).map(|node| &mut node.first),
            };
            if let Some(link) = link {
                *link = Some(id);
            }
        }
        self.tree.nodes.push(Node { key, value, at, end: self.at, first: None, next: None });
        Some(id)
    }

    fn close(&mut self) {
        let closed = self.open.pop();
        if let Some(node) = closed.and_then(|open| self.tree.nodes.get_mut(open.id)) {
            node.end = self.at;
        }
    }

    /// A number, or a word such as `true` and `NaN`.
    fn word(&mut self) -> Result<(), &'static str> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let is_part =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
        let length = rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        let is_number =
            word.strip_prefix(b"-").unwrap_or(word).first().is_some_and(u8::is_ascii_digit);
        let is_known =
            matches!(word, b"true" | b"false" | b"null" | b"NaN" | b"Infinity" | b"-Infinity");
        if !is_number && !is_known {
            return Err("a value is missing");
        }
        self.at += length;
        Ok(())
    }

    /// The rest of a string, behind its opening quote.
    fn string(&mut self) -> Result<Cow<'t, str>, &'static str> {
        let text = self.text;
        let rest = text.get(self.at..).unwrap_or_default();
        let stop = memchr::memchr2(b'"', b'\\', rest).ok_or("a text breaks off")?;
        if rest.get(stop) == Some(&b'"') {
            self.at += stop + 1;
            return Ok(String::from_utf8_lossy(rest.get(..stop).unwrap_or_default()));
        }
        let mut out = Vec::new();
        loop {
            let rest = text.get(self.at..).unwrap_or_default();
            let stop = memchr::memchr2(b'"', b'\\', rest).ok_or("a text breaks off")?;
            out.extend_from_slice(rest.get(..stop).unwrap_or_default());
            self.at += stop + 1;
            if rest.get(stop) == Some(&b'"') {
                let text = String::from_utf8(out);
                let text =
                    text.unwrap_or_else(|bad| String::from_utf8_lossy(bad.as_bytes()).into_owned());
                return Ok(Cow::Owned(text));
            }
            let escaped = self.escape()?;
            out.extend_from_slice(escaped.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }

    fn escape(&mut self) -> Result<char, &'static str> {
        let letter = self.peek().ok_or("a text breaks off")?;
        self.at += 1;
        Ok(match letter {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'"' | b'\\' | b'/' => char::from(letter),
            b'u' => {
                let high = self.unit()?;
                let is_pair = (0xD800..0xDC00).contains(&high)
                    && self.text.get(self.at..).is_some_and(|rest| rest.starts_with(b"\\u"));
                if !is_pair {
                    return Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                self.at += 2;
                let low = self.unit()?;
                let joined = 0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF);
                char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return Err("an escape is unknown"),
        })
    }

    fn unit(&mut self) -> Result<u32, &'static str> {
        let digits = self.text.get(self.at..self.at + 4).ok_or("a text breaks off")?;
        let digits = std::str::from_utf8(digits).map_err(|_| "an escape is unknown")?;
        let unit = u32::from_str_radix(digits, 16).map_err(|_| "an escape is unknown")?;
        self.at += 4;
        Ok(unit)
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn expect(&mut self, wanted: u8, otherwise: &'static str) -> Result<(), &'static str> {
        match self.peek() {
            Some(found) if found == wanted => self.at += 1,
            Some(_) => return Err(otherwise),
            None => return Err("it breaks off"),
        }
        Ok(())
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_keeps_keys_values_and_places() {
        let tree = Tree::read(br#"{"a": [1, "x\u0041", {}], "b": NaN, "a": "last"}"#);
        assert_eq!(tree.broken, None);
        assert_eq!(tree.text(0, "a"), Some("last"));
        let (list, node) = tree.children(0).next().unwrap();
        assert_eq!((node.at, node.end), (6, 24));
        assert_eq!(tree.children(list).filter_map(|(id, _)| tree.as_text(id)).last(), Some("xA"));
    }

    #[test]
    fn a_text_that_breaks_off_keeps_what_came_before() {
        let tree = Tree::read(br#"{"a": {"b": "c", "#);
        assert_eq!(tree.broken, Some((17, "it breaks off")));
        assert_eq!(tree.text(1, "b"), Some("c"));
    }

    #[test]
    fn wide_encodings_are_read_as_python_reads_them() {
        let wide = |big: bool| -> Vec<u8> {
            let unit = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
            "{\"a\"}".encode_utf16().flat_map(unit).collect()
        };
        assert_eq!(decoded(&wide(true)).as_deref(), Some(&b"{\"a\"}"[..]));
        assert_eq!(decoded(&wide(false)).as_deref(), Some(&b"{\"a\"}"[..]));
        assert_eq!(decoded(b"{\0\0\0}\0\0\0").as_deref(), Some(&b"{}"[..]));
        assert_eq!(decoded(b"{\"a\"}"), None);
    }

    #[test]
    fn nesting_without_end_costs_no_stack() {
        let text = "[".repeat(100_000);
        let tree = Tree::read(text.as_bytes());
        assert_eq!(tree.len(), 100_000);
        assert!(tree.broken.is_some());
    }
}
