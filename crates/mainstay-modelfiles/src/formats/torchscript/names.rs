//! The dotted names of TorchScript that may be operators, with comments and texts left out.
//!
//! Format: `torch/csrc/jit/frontend/lexer.h` of PyTorch. What counts is that no text, number or
//! dot makes the reader lose its place: what follows would go unread.

/// A dotted name in the code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) at: usize,
    pub(super) words: Vec<String>,
    /// Whether it is given a meaning here, and not used: a field, an argument, a definition.
    pub(super) is_binding: bool,
}

/// The most words of a name that are kept. Longer ones are of no operator.
const MOST_WORDS: usize = 64;
/// The longest word that is kept.
const LONGEST_WORD: usize = 100;

/// The dotted names of the code that begin at a word. Blanks may stand around the dots.
pub(super) struct Names<'c> {
    code: &'c [u8],
    at: usize,
}

impl<'c> Names<'c> {
    pub(super) fn new(code: &'c [u8]) -> Self {
        Self { code, at: 0 }
    }
}

impl Iterator for Names<'_> {
    type Item = Name;

    fn next(&mut self) -> Option<Name> {
        let code = self.code;
        // Whether the last thing was a dot: what follows one is an attribute of a value.
        let mut is_attribute = false;
        // Whether the last word says that a name follows which is given a meaning.
        let mut is_defined = false;
        while let Some(byte) = code.get(self.at).copied() {
            let at = self.at;
            match byte {
                b'#' => self.at += length(code, at, |byte| byte != b'\n'),
                b'"' | b'\'' => self.at = behind_text(code, at, byte),
                b'0'..=b'9' => self.at = behind_number(code, at),
                byte if is_word(byte) => {
                    let (words, end) = dotted(code, at);
                    self.at = end;
                    if !is_attribute && matters(&words) {
                        let is_binding = is_defined || is_bound(code, end);
                        return Some(Name { at, words, is_binding });
                    }
                    is_defined = matches!(&*words, [word] if is_definition(word));
                }
                b'.' => self.at += length(code, at, |byte| byte == b'.'),
                _ => self.at += 1,
            }
            let is_dot = byte == b'.' && self.at == at + 1;
            is_attribute = is_dot || (is_attribute && is_blank(byte));
            is_defined &= is_word(byte) || is_blank(byte);
        }
        None
    }
}

fn matters(words: &[String]) -> bool {
    matches!(
        words.first().map(String::as_str),
        Some("torch" | "ops" | "__torch__" | "rpc_async" | "rpc_sync" | "rpc_remote")
    )
}

fn is_definition(word: &str) -> bool {
    matches!(word, "def" | "class" | "import")
}

/// Whether a colon or a sign of equality, and no comparison, stands behind a name.
fn is_bound(code: &[u8], end: usize) -> bool {
    let rest = code.get(end..).unwrap_or_default().trim_ascii_start();
    matches!(rest, [b':', ..]) || (matches!(rest, [b'=', ..]) && !rest.starts_with(b"=="))
}

/// A dotted name and where it ends.
fn dotted(code: &[u8], start: usize) -> (Vec<String>, usize) {
    let mut words = Vec::new();
    let mut at = start;
    loop {
        let word = length(code, at, is_word);
        if words.len() < MOST_WORDS {
            let word = code.get(at..at + word.min(LONGEST_WORD)).unwrap_or_default();
            words.push(String::from_utf8_lossy(word).into_owned());
        }
        at += word;
        let dot = at + length(code, at, is_blank);
        if code.get(dot) != Some(&b'.') {
            return (words, at);
        }
        let next = dot + 1 + length(code, dot + 1, is_blank);
        if !code.get(next).copied().is_some_and(is_word) {
            return (words, at);
        }
        at = next;
    }
}

/// How many bytes from a place on are so.
fn length(code: &[u8], at: usize, is_so: impl Fn(u8) -> bool) -> usize {
    let rest = code.get(at..).unwrap_or_default();
    rest.iter().take_while(|byte| is_so(**byte)).count()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// A backslash joins two lines.
fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'\\' || byte == 0x0B
}

/// Where the number that begins with a digit ends: `2.` is one, and what follows is no attribute.
fn behind_number(code: &[u8], start: usize) -> usize {
    let mut at = start + length(code, start, is_word);
    if code.get(at) == Some(&b'.') {
        at += 1;
        at += length(code, at, |byte| byte.is_ascii_digit());
    }
    at
}

/// Where the text that begins with a quote ends. One with three quotes goes over lines, and ends
/// with three.
fn behind_text(code: &[u8], start: usize, quote: u8) -> usize {
    let quotes = [quote; 3];
    let is_long = code.get(start..).is_some_and(|rest| rest.starts_with(&quotes));
    let width = if is_long { 3 } else { 1 };
    let end = quotes.get(..width).unwrap_or_default();
    let mut at = start + width;
    while let Some(byte) = code.get(at) {
        if code.get(at..).is_some_and(|rest| rest.starts_with(end)) {
            return at + width;
        }
        if *byte == b'\n' && !is_long {
            return at;
        }
        at += if *byte == b'\\' { 2 } else { 1 };
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(code: &str) -> Option<Name> {
        Names::new(code.as_bytes()).next()
    }

    #[test]
    fn names_in_texts_and_comments_and_attributes_do_not_count() {
        let code = "x = \"torch.save\" # torch.save\n(self).torch.save(x)\ny.torch.save\n";
        assert_eq!(first(code), None);
        assert_eq!(first("x = \"\"\"a \"torch.save\n torch.save\"\"\"\n"), None);
    }

    #[test]
    fn blanks_around_the_dots_hide_no_name() {
        let words = ["ops", "image", "read_file"].map(str::to_owned).to_vec();
        let name = Name { at: 5, words, is_binding: false };
        assert_eq!(first("_0 = ops . image .\\\n read_file(\"x\")"), Some(name));
    }

    #[test]
    fn neither_numbers_nor_texts_nor_dots_hide_what_follows() {
        let texts = ["\"\"\"\"a\"\"\"", "''' ' '''", "'\\\\'", "\"\"", "'open"];
        let others = ["2.", "x = [2.]", "1.e5", "0x1.", "0x1.f", "...", "x[2. :]", ".5", "1j"];
        for before in texts.into_iter().chain(others) {
            let code = format!("{before}\ntorch.save(x)");
            let name = first(&code).unwrap_or_else(|| panic!("{code}"));
            assert_eq!(name.words, ["torch", "save"], "{code}");
        }
    }

    #[test]
    fn fields_and_arguments_and_definitions_are_bindings() {
        for code in ["ops : Tensor", "f(ops=x)", "def ops(self)", "import __torch__\nx"] {
            assert!(first(code).unwrap().is_binding, "{code}");
        }
        for code in ["ops == x", "x = ops", "definition ops", "def f(ops)"] {
            assert!(!first(code).unwrap().is_binding, "{code}");
        }
    }
}
