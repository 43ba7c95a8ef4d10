//! The syntax of yarn 1: lines, indented by two spaces for each level; keys and values bare or
//! in double quotes.

use std::borrow::Cow;

use mainstay_reading::{ReadError, ReadErrorKind};

/// One locked package.
#[derive(Debug, Default)]
pub(super) struct Block<'t> {
    /// `name@range`, at least one.
    pub(super) descriptors: Vec<Cow<'t, str>>,
    pub(super) line: u32,
    /// Always there once the block is whole; may be empty.
    pub(super) version: Option<Cow<'t, str>>,
    pub(super) resolved: Option<Cow<'t, str>>,
    pub(super) integrity: Option<Cow<'t, str>>,
    pub(super) needs: Vec<Need<'t>>,
}

/// One dependency of a package.
#[derive(Debug)]
pub(super) struct Need<'t> {
    pub(super) name: Cow<'t, str>,
    pub(super) range: Cow<'t, str>,
    pub(super) optional: bool,
    pub(super) line: u32,
}

/// The part of a block that the lines of the third level belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    None,
    Dependencies,
    OptionalDependencies,
    /// `peerDependencies`, `bin` and the like: nothing to read.
    Other,
}

/// Reads all blocks of a file.
pub(super) fn parse(text: &str) -> Result<Vec<Block<'_>>, ReadError> {
    let mut parser = Parser { blocks: Vec::new(), section: Section::None, section_is_empty: false };
    for (number, line) in (1_u32..).zip(text.lines()) {
        let content = line.trim_start_matches(' ');
        if content.trim().is_empty() || content.starts_with('#') {
            continue;
        }
        if ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark)) {
            return Err(syntax(number, "a merge conflict is not resolved"));
        }
        let indent = line.len() - content.len();
        parser.line(number, indent, Words::of(content, number)?)?;
    }
    parser.finish()
}

struct Parser<'t> {
    blocks: Vec<Block<'t>>,
    section: Section,
    section_is_empty: bool,
}

impl<'t> Parser<'t> {
    fn line(&mut self, number: u32, indent: usize, words: Words<'t>) -> Result<(), ReadError> {
        match indent {
            0 => self.header(number, words),
            2 => self.property(number, words),
            4 => self.need(number, words),
            // Deeper levels belong to sections that are not read.
            _ if indent.is_multiple_of(2) && self.section == Section::Other => Ok(()),
            _ => Err(syntax(number, "the line is indented as no other is")),
        }
    }

    fn header(&mut self, number: u32, words: Words<'t>) -> Result<(), ReadError> {
        self.close()?;
        if !words.ends_with_colon || !words.divided_by_commas {
            let message = "a package's line must be `name@range` or several of them, and a colon";
            return Err(syntax(number, message));
        }
        self.section = Section::None;
        let block = Block { descriptors: words.all, line: number, ..Block::default() };
        self.blocks.push(block);
        Ok(())
    }

    fn property(&mut self, number: u32, words: Words<'t>) -> Result<(), ReadError> {
        let Some(block) = self.blocks.last_mut() else {
            return Err(syntax(number, "the line belongs to no package"));
        };
        if words.ends_with_colon {
            self.section = match words.all.first().map_or("", |word| &**word) {
                "dependencies" => Section::Dependencies,
                "optionalDependencies" => Section::OptionalDependencies,
                _ => Section::Other,
            };
            self.section_is_empty = true;
            return Ok(());
        }
        self.section = Section::None;
        let (key, value) = words.pair(number)?;
        let repeated = match &*key {
            "version" => block.version.replace(value).is_some(),
            "resolved" => block.resolved.replace(value).is_some(),
            "integrity" => block.integrity.replace(value).is_some(),
            _ => false,
        };
        if repeated { Err(syntax(number, "the key is there twice")) } else { Ok(()) }
    }

    fn need(&mut self, number: u32, words: Words<'t>) -> Result<(), ReadError> {
        self.section_is_empty = false;
        let optional = match self.section {
            Section::Dependencies => false,
            Section::OptionalDependencies => true,
            Section::Other => return Ok(()),
            Section::None => return Err(syntax(number, "the line belongs to no list")),
        };
        let (name, range) = words.pair(number)?;
        if let Some(block) = self.blocks.last_mut() {
            block.needs.push(Need { name, range, optional, line: number });
        }
        Ok(())
    }

    /// A block without a version is none.
    fn close(&self) -> Result<(), ReadError> {
        match self.blocks.last() {
            Some(block) if block.version.is_none() => Err(ReadError::at(
                ReadErrorKind::Shape,
                block.line,
                "the package has no version; the file may be cut short",
            )),
            Some(_) | None => Ok(()),
        }
    }

    fn finish(self) -> Result<Vec<Block<'t>>, ReadError> {
        self.close()?;
        match self.blocks.last() {
            Some(block) if self.section != Section::None && self.section_is_empty => {
                Err(syntax(block.line, "the file ends in the middle of this package"))
            }
            Some(_) | None => Ok(self.blocks),
        }
    }
}

/// The words of one line.
struct Words<'t> {
    all: Vec<Cow<'t, str>>,
    divided_by_commas: bool,
    ends_with_colon: bool,
}

impl<'t> Words<'t> {
    fn of(content: &'t str, number: u32) -> Result<Self, ReadError> {
        let mut words = Vec::new();
        let (mut commas, mut ends_with_colon) = (0, false);
        let mut rest = content.trim_end();
        while let Some(first) = rest.chars().next() {
            if ends_with_colon {
                return Err(syntax(number, "something follows the colon"));
            }
            match first {
                ' ' | '\t' => rest = rest.trim_start(),
                ',' => {
                    commas += 1;
                    rest = rest.get(1..).unwrap_or_default();
                }
                ':' => {
                    ends_with_colon = true;
                    rest = rest.get(1..).unwrap_or_default();
                }
                '"' => {
                    let (word, after) = quoted(rest, number)?;
                    words.push(word);
                    rest = after;
                }
                _ => {
                    let end = end_of_bare(rest);
                    let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
                    words.push(Cow::Borrowed(word));
                    rest = after;
                }
            }
        }
        if words.is_empty() {
            return Err(syntax(number, "the line has no key"));
        }
        let divided_by_commas = commas + 1 == words.len();
        Ok(Self { all: words, divided_by_commas, ends_with_colon })
    }

    fn pair(self, number: u32) -> Result<(Cow<'t, str>, Cow<'t, str>), ReadError> {
        let mut words = self.all.into_iter();
        match (words.next(), words.next(), words.next()) {
            (Some(key), Some(value), None) if !self.ends_with_colon => Ok((key, value)),
            _ => Err(syntax(number, "the line must be a key and a value")),
        }
    }
}

/// Where a bare word ends. A colon ends it where nothing or white space follows; elsewhere it is
/// of the word (`a@npm:b@^1`), although yarn itself would write such a word in quotes.
fn end_of_bare(text: &str) -> usize {
    let ends = |(at, sign): &(usize, &str)| {
        let after = text.get(at + sign.len()..).unwrap_or_default();
        *sign != ":" || after.is_empty() || after.starts_with([' ', '\t'])
    };
    let mut signs = text.match_indices([':', ',', ' ', '\t', '"']);
    signs.find(ends).map_or(text.len(), |(at, _)| at)
}

/// A word in double quotes, with JSON's escapes, and what follows it.
fn quoted(text: &str, number: u32) -> Result<(Cow<'_, str>, &str), ReadError> {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    let Some((end, _)) = end else {
        return Err(syntax(number, "the quotation mark is not closed"));
    };
    let (word, after) = text.split_at_checked(end + 1).unwrap_or((text, ""));
    let inner = word.get(1..end).unwrap_or_default();
    if !inner.contains('\\') {
        return Ok((Cow::Borrowed(inner), after));
    }
    match serde_json::from_str(word) {
        Ok(word) => Ok((Cow::Owned(word), after)),
        Err(_) => Err(syntax(number, "the quoted text has an escape that is none")),
    }
}

fn syntax(line: u32, message: &str) -> ReadError {
    ReadError::at(ReadErrorKind::Syntax, line, message)
}
