//! Literals of Python (the language reference, section 2.4), as far as a header has them:
//! strings, whole numbers, `True`, `False`, `None`, tuples, lists and dictionaries.
//!
//! It reads what `ast.literal_eval` reads of these, so that no spelling hides a type: escapes,
//! prefixes, strings that stand side by side, parentheses around a value. The nesting is bounded,
//! and kept on a stack of its own.

mod string;

/// The deepest nesting.
const DEEPEST: usize = 64;

/// A literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    Text(String),
    Number(i128),
    Bool,
    None,
    Tuple(Vec<Self>),
    List(Vec<Self>),
    /// Keys and values in turn.
    Dict(Vec<Self>),
}

impl Literal {
    /// The number that it is.
    pub(super) fn number(&self) -> Option<i128> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }
}

/// An open bracket, and what stands in it so far.
struct Open {
    closing: char,
    values: Vec<Literal>,
    has_comma: bool,
    /// Whether a value ended, and no comma or colon came yet.
    is_after_value: bool,
}

impl Open {
    fn new(closing: char) -> Self {
        Self { closing, values: Vec::new(), has_comma: false, is_after_value: false }
    }

    fn add(&mut self, value: Literal) -> Option<()> {
        match (&value, self.values.last_mut()) {
            (Literal::Text(more), Some(Literal::Text(text))) if self.is_after_value => {
                text.push_str(more);
                return Some(());
            }
            _ if self.is_after_value => return None,
            _ => {}
        }
        self.values.push(value);
        self.is_after_value = true;
        Some(())
    }

    /// A comma or a colon.
    fn separate(&mut self, sign: char) -> Option<()> {
        let is_key = self.closing == '}' && self.values.len() % 2 == 1;
        let fits = self.is_after_value && (sign == ':') == is_key;
        self.is_after_value = false;
        self.has_comma = true;
        fits.then_some(())
    }

    fn close(mut self) -> Option<Literal> {
        Some(match self.closing {
            ')' if !self.has_comma && self.values.len() == 1 => self.values.pop()?,
            ')' => Literal::Tuple(self.values),
            ']' => Literal::List(self.values),
            _ => self.values.len().is_multiple_of(2).then_some(Literal::Dict(self.values))?,
        })
    }
}

/// Reads one literal. `None` when the text is anything else.
pub(super) fn read(text: &str) -> Option<Literal> {
    let mut rest = text;
    let mut open = vec![Open::new('\0')];
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{C}']);
        let Some(sign) = rest.chars().next() else { break };
        let behind = rest.get(sign.len_utf8()..)?;
        match sign {
            '(' | '[' | '{' => {
                if open.len() > DEEPEST {
                    return None;
                }
                open.push(Open::new(if sign == '(' {
                    ')'
                } else if sign == '[' {
                    ']'
                } else {
                    '}'
                }));
                rest = behind;
            }
            ')' | ']' | '}' => {
                let closed = open.pop().filter(|open| open.closing == sign)?;
                open.last_mut()?.add(closed.close()?)?;
                rest = behind;
            }
            ',' | ':' if open.len() > 1 => {
                open.last_mut()?.separate(sign)?;
                rest = behind;
            }
            _ => {
                let (value, behind) = scalar(rest)?;
                open.last_mut()?.add(value)?;
                rest = behind;
            }
        }
    }
    let mut outermost = open.pop().filter(|_| open.is_empty())?;
    let value = outermost.values.pop()?;
    outermost.values.is_empty().then_some(value)
}

fn scalar(text: &str) -> Option<(Literal, &str)> {
    for (word, value) in
        [("True", Literal::Bool), ("False", Literal::Bool), ("None", Literal::None)]
    {
        if let Some(rest) = text.strip_prefix(word) {
            return Some((value, rest));
        }
    }
    if let Some((text, rest)) = string::read(text) {
        return Some((Literal::Text(text), rest));
    }
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits.trim_start()),
        None => (false, text),
    };
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    let number = digits.get(..length)?.parse::<i128>().ok()?;
    let rest = digits.get(length..)?;
    // Python 2 wrote long numbers so.
    let rest = rest.strip_prefix('L').unwrap_or(rest);
    Some((Literal::Number(if is_negative { -number } else { number }), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Literal {
        Literal::Text(text.to_owned())
    }

    #[test]
    fn every_spelling_of_a_text_is_the_text() {
        for spelling in
            ["'|O'", "\"|O\"", "u'|O'", "'|' 'O'", "'\\x7cO'", "('|O')", "'''|O'''", "b'|\\117'"]
        {
            assert_eq!(read(spelling), Some(text("|O")), "{spelling}");
        }
    }

    #[test]
    fn a_tuple_of_one_has_a_comma() {
        assert_eq!(read("(3L,)"), Some(Literal::Tuple(vec![Literal::Number(3)])));
        assert_eq!(read("(-3)"), Some(Literal::Number(-3)));
        assert_eq!(read("()"), Some(Literal::Tuple(Vec::new())));
    }

    #[test]
    fn what_is_no_literal_is_refused() {
        for text in
            ["f()", "{'a'}", "{'a': 1, 2}", "[1 2]", "(1", "1)", "", "1 + 1", "[,]", "{1, 2}"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&"[".repeat(10_000)), None);
    }
}
