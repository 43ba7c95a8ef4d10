//! A Cargo.lock in the one form in which Cargo writes it, line by line.
//!
//! Cargo writes a small part of TOML: a statement on each line, strings without escapes, the needs
//! of a package one a line. Reading just that takes a tenth of the time of reading TOML, and
//! nearly every Cargo.lock is so. This reader never says that a file is wrong: on anything else,
//! be it a mistake or only another way to write TOML, it gives nothing, and the TOML parser
//! decides. Where it gives something, the parser would give the same; tests hold it to that.

use std::borrow::Cow;

use mainstay_reading::json::Text;

use super::{Document, Package};

/// Reads a document that is exactly in Cargo's form.
pub(super) fn read(text: &str) -> Option<Document<'_>> {
    let mut document = Document::default();
    let mut open: Option<Draft<'_>> = None;
    let mut lines = Lines { rest: text };
    while let Some(line) = lines.next() {
        if line == "[[package]]" {
            if let Some(before) = open.replace(Draft::default()) {
                document.package.push(before.finish()?);
            }
            continue;
        }
        match &mut open {
            _ if line.is_empty() => {}
            Some(draft) => draft.take(line, &mut lines)?,
            None if line.starts_with('#') => refuse_control(line)?,
            None => {
                let number = number(line.strip_prefix("version = ")?)?;
                set(&mut document.version, number)?;
            }
        }
    }
    if let Some(last) = open {
        document.package.push(last.finish()?);
    }
    Some(document)
}

/// The lines of a text, as [`str::lines`] gives them, found faster.
struct Lines<'t> {
    rest: &'t str,
}

impl<'t> Iterator for Lines<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let Some(end) = memchr::memchr(b'\n', self.rest.as_bytes()) else {
            let last = std::mem::take(&mut self.rest);
            return (!last.is_empty()).then_some(last);
        };
        let line = self.rest.get(..end)?;
        self.rest = self.rest.get(end + 1..)?;
        Some(line.strip_suffix('\r').unwrap_or(line))
    }
}

/// A package while its lines are read.
#[derive(Default)]
struct Draft<'t> {
    name: Option<Text<'t>>,
    version: Option<Text<'t>>,
    source: Option<Text<'t>>,
    checksum: Option<Text<'t>>,
    dependencies: Option<Vec<Text<'t>>>,
}

impl<'t> Draft<'t> {
    /// Takes one line, and for a list those that belong to it.
    fn take(&mut self, line: &'t str, lines: &mut Lines<'t>) -> Option<()> {
        if line == "dependencies = [" {
            return set(&mut self.dependencies, list(lines)?);
        }
        let slots = [
            ("name = ", &mut self.name),
            ("version = ", &mut self.version),
            ("source = ", &mut self.source),
            ("checksum = ", &mut self.checksum),
        ];
        slots
            .into_iter()
            .find_map(|(key, slot)| Some((line.strip_prefix(key)?, slot)))
            .and_then(|(value, slot)| set(slot, string(value)?))
    }

    fn finish(self) -> Option<Package<'t>> {
        Some(Package {
            name: self.name?,
            version: self.version?,
            source: self.source,
            checksum: self.checksum,
            dependencies: self.dependencies.unwrap_or_default(),
        })
    }
}

/// Puts a value where none is: a key that is there twice is for the parser to refuse.
fn set<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    slot.replace(value).is_none().then_some(())
}

/// The lines of a list, up to its end.
fn list<'t>(lines: &mut Lines<'t>) -> Option<Vec<Text<'t>>> {
    let mut items = Vec::new();
    loop {
        match lines.next()? {
            "]" => return Some(items),
            line => items.push(string(line.strip_prefix(' ')?.strip_suffix(',')?)?),
        }
    }
}

/// A string in quotes, with nothing in it that TOML would read as anything but itself.
fn string(value: &str) -> Option<Text<'_>> {
    let text = value.strip_prefix('"')?.strip_suffix('"')?;
    let is_odd = |byte: u8| byte.is_ascii_control() | matches!(byte, b'"') | matches!(byte, b'\\');
    // All of it is looked at, so that many bytes are looked at in one step.
    let any_odd = text.bytes().fold(false, |any, byte| any | is_odd(byte));
    (!any_odd).then_some(Text(Cow::Borrowed(text)))
}

/// A number of one digit; so far Cargo is at 4.
fn number(value: &str) -> Option<i64> {
    match value.as_bytes() {
        [digit @ b'0'..=b'9'] => Some((digit - b'0').into()),
        _ => None,
    }
}

fn refuse_control(comment: &str) -> Option<()> {
    comment.bytes().all(|byte| !byte.is_ascii_control()).then_some(())
}

#[cfg(test)]
mod tests {
    use mainstay_reading::toml_file;
    use mainstay_testkit::mutation::{self, Seed};

    use super::super::Document;
    use super::read;

    const PLAIN: &str = "# made by hand\nversion = 4\n\n[[package]]\nname = \"app\"\n\
        version = \"0.1.0\"\ndependencies = [\n \"alpha\",\n \"beta 1.0.0\",\n]\n\n[[package]]\n\
        name = \"alpha\"\nversion = \"1.0.0\"\nsource = \"registry+https://index.example/\"\n\
        checksum = \"00\"\n";

    /// Whether it is in Cargo's form; then the parser must have read the same.
    fn agrees(text: &str) -> bool {
        let Some(found) = read(text) else { return false };
        let parsed: Document<'_> = toml_file::parse(text)
            .unwrap_or_else(|error| panic!("{error:?} in what was read:\n{text}"));
        assert_eq!(found, parsed, "{text}");
        true
    }

    #[test]
    fn what_cargo_writes_is_read_as_the_parser_reads_it() {
        assert!(agrees(PLAIN));
        assert!(agrees(&PLAIN.replace('\n', "\r\n")));
        assert!(agrees(""));
    }

    #[test]
    fn any_other_form_is_left_to_the_parser() {
        for (written, other) in [
            ("\"alpha\"\nversion", "'alpha'\nversion"),
            ("\"alpha\"\nversion", "\"al\\u0070ha\"\nversion"),
            ("\"alpha\"\nversion", "\"al\tpha\"\nversion"),
            ("\"alpha\"\nversion", "\"alpha\" # first\nversion"),
            ("name = \"alpha\"", "name  = \"alpha\""),
            ("name = \"alpha\"\n", ""),
            ("name = \"alpha\"", "name = \"alpha\"\nname = \"alpha\""),
            ("name = \"alpha\"", "name = \"alpha\"\nreplace = \"x\""),
            ("version = 4", "version = 04"),
            ("version = 4", "version = 4\nversion = 4"),
            ("version = 4", "[metadata]"),
            ("\n \"alpha\",", " \"alpha\","),
            ("]\n\n", "\n"),
        ] {
            let text = PLAIN.replace(written, other);
            assert_ne!(text, PLAIN);
            assert_eq!(read(&text), None, "{text}");
        }
    }

    #[test]
    fn of_damaged_files_too_nothing_is_read_that_the_parser_reads_otherwise() {
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/cargo-lock");
        let mut seeds = mutation::seeds_in(fixtures.as_ref()).unwrap();
        seeds.push(Seed::new("plain", PLAIN));
        mutation::run("cargo-lock-plain", &seeds, |_, bytes| {
            std::str::from_utf8(bytes).is_ok_and(agrees)
        });
    }
}
