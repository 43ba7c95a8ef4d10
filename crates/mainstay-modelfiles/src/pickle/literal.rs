//! Numbers, texts and bytes of a pickle: how their operands read, and what they are.
//!
//! The value of a literal is the place of its instruction; it is decoded when a judgement asks for
//! it. STRING holds a quoted text with escapes, UNICODE one in `raw-unicode-escape`; protocol 2 and
//! older texts are the same to `STACK_GLOBAL` as new ones.

use std::borrow::Cow;

use super::fault::Fault;
use super::opcode as op;
use super::source::{Frames, Source};

/// A decoded literal.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal<'a> {
    None,
    Bool(bool),
    Int(i64),
    /// A whole number that is larger, in little-endian bytes.
    Long(&'a [u8]),
    Float(f64),
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
}

impl Literal<'_> {
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::None
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Long(_)
            | Self::Float(_)
            | Self::Bytes(_) => None,
        }
    }

    pub(super) fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Bool(is_true) => Some(i64::from(*is_true)),
            Self::None | Self::Long(_) | Self::Float(_) | Self::Text(_) | Self::Bytes(_) => None,
        }
    }
}

/// Reads the operand of a literal's instruction. `None` if it is no literal.
#[inline]
pub(super) fn operand<'a>(
    instruction: u8,
    source: &mut Source<'a>,
) -> Result<Option<&'a [u8]>, Fault> {
    let operand = match instruction {
        op::NONE | op::NEWTRUE | op::NEWFALSE => &[],
        op::BININT1 => source.take(1)?,
        op::BININT2 => source.take(2)?,
        op::BININT => source.take(4)?,
        op::BINFLOAT => source.take(8)?,
        op::LONG1 | op::SHORT_BINUNICODE | op::SHORT_BINSTRING => {
            let [length] = source.array::<1>()?;
            source.take(u64::from(length))?
        }
        op::BINUNICODE => {
            let length = u32::from_le_bytes(source.array()?);
            source.take(u64::from(length))?
        }
        op::LONG4 | op::BINSTRING => {
            let length = i32::from_le_bytes(source.array()?);
            let length = u64::try_from(length).map_err(|_| Fault::BadOperand("a length"))?;
            source.take(length)?
        }
        op::BINUNICODE8 => {
            let length = u64::from_le_bytes(source.array()?);
            source.take(length)?
        }
        op::SHORT_BINBYTES => {
            let [length] = source.array::<1>()?;
            source.take_across(u64::from(length))?
        }
        op::BINBYTES => {
            let length = u32::from_le_bytes(source.array()?);
            source.take_across(u64::from(length))?
        }
        op::BINBYTES8 | op::BYTEARRAY8 => {
            let length = u64::from_le_bytes(source.array()?);
            source.take_across(length)?
        }
        op::INT | op::LONG | op::FLOAT => checked_number(instruction, source.line()?)?,
        op::STRING => unquoted(source.line()?).ok_or(Fault::BadOperand("a quoted text"))?,
        op::UNICODE => source.line()?,
        _ => return Ok(None),
    };
    Ok(Some(operand))
}

/// The literal whose instruction stands at a place.
pub(super) fn at(bytes: &[u8], at: usize) -> Option<Literal<'_>> {
    let mut source = Source::new(bytes, at, Frames::Ignored);
    let instruction = source.instruction().ok()?;
    let operand = operand(instruction, &mut source).ok()??;
    decoded(instruction, operand)
}

/// A literal from its instruction and operand.
pub(super) fn decoded(instruction: u8, operand: &[u8]) -> Option<Literal<'_>> {
    let literal = match instruction {
        op::NONE => Literal::None,
        op::NEWTRUE => Literal::Bool(true),
        op::NEWFALSE => Literal::Bool(false),
        op::BININT1 | op::BININT2 => Literal::Int(
            operand.iter().rev().fold(0, |number, byte| (number << 8) | i64::from(*byte)),
        ),
        op::BININT => Literal::Int(i64::from(i32::from_le_bytes(*operand.first_chunk()?))),
        op::BINFLOAT => Literal::Float(f64::from_be_bytes(*operand.first_chunk()?)),
        op::LONG1 | op::LONG4 => long(operand),
        op::INT | op::LONG => int(operand),
        op::FLOAT => Literal::Float(std::str::from_utf8(operand).ok()?.trim().parse().ok()?),
        op::SHORT_BINUNICODE
        | op::BINUNICODE
        | op::BINUNICODE8
        | op::BINSTRING
        | op::SHORT_BINSTRING => Literal::Text(String::from_utf8_lossy(operand)),
        op::STRING => Literal::Text(escapes(operand, Escapes::All)),
        op::UNICODE => Literal::Text(escapes(operand, Escapes::Unicode)),
        op::SHORT_BINBYTES | op::BINBYTES | op::BINBYTES8 | op::BYTEARRAY8 => {
            Literal::Bytes(operand)
        }
        _ => return None,
    };
    Some(literal)
}

/// Whether the text is a number to `CPython`, in a reading that is never stricter.
fn checked_number(instruction: u8, line: &[u8]) -> Result<&[u8], Fault> {
    let is_plausible =
        |byte: &u8| byte.is_ascii_alphanumeric() || b"+-_. \t\r\x0b\x0c".contains(byte);
    let has_value = match instruction {
        op::FLOAT => line.iter().any(u8::is_ascii_alphanumeric),
        _ => line.iter().any(u8::is_ascii_digit),
    };
    if has_value && line.iter().all(is_plausible) {
        Ok(line)
    } else {
        Err(Fault::BadOperand("a number"))
    }
}

/// What stands between the quotes of a STRING.
fn unquoted(line: &[u8]) -> Option<&[u8]> {
    // The C module also takes blanks behind the closing quote.
    let line = line.trim_ascii_end();
    match line {
        [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"'] => Some(inner),
        _ => None,
    }
}

fn long(operand: &[u8]) -> Literal<'_> {
    let sign = if operand.last().is_some_and(|last| last & 0x80 != 0) { 0xff } else { 0 };
    let mut filled = [sign; 8];
    match filled.get_mut(..operand.len()) {
        Some(place) => {
            place.copy_from_slice(operand);
            Literal::Int(i64::from_le_bytes(filled))
        }
        None => Literal::Long(operand),
    }
}

/// The text of INT and LONG. `00` and `01` are truth values.
fn int(operand: &[u8]) -> Literal<'_> {
    match operand {
        b"00" => Literal::Bool(false),
        b"01" => Literal::Bool(true),
        _ => {
            let text = String::from_utf8_lossy(operand).replace('_', "");
            let text = text.trim().trim_end_matches(['L', 'l']);
            text.parse().map_or(Literal::Long(operand), Literal::Int)
        }
    }
}

/// Which escapes a text has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    /// Those of a string in Python source.
    All,
    /// `\u` and `\U` alone.
    Unicode,
}

fn escapes(raw: &[u8], which: Escapes) -> Cow<'_, str> {
    if !raw.contains(&b'\\') {
        return match which {
            // Bytes over 0x7f are Latin-1 in `raw-unicode-escape`.
            Escapes::Unicode if !raw.is_ascii() => {
                raw.iter().map(|byte| char::from(*byte)).collect()
            }
            Escapes::Unicode | Escapes::All => String::from_utf8_lossy(raw),
        };
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after) {
            (b'\\', [kind, behind @ ..]) => {
                rest = escape(*kind, behind, which, &mut text).unwrap_or(after);
            }
            (byte, _) => text.push(char::from(*byte)),
        }
    }
    text.into()
}

/// Reads what follows a backslash. Gives what is left, or nothing if the backslash stands for
/// itself.
fn escape<'a>(kind: u8, behind: &'a [u8], which: Escapes, text: &mut String) -> Option<&'a [u8]> {
    let digits = match (kind, which) {
        (b'u', Escapes::Unicode) => 4,
        (b'U', Escapes::Unicode) => 8,
        (b'x', Escapes::All) => 2,
        (b'0'..=b'7', Escapes::All) => return Some(octal(kind, behind, text)),
        (_, Escapes::All) => {
            push_simple(kind, text);
            return Some(behind);
        }
        (_, Escapes::Unicode) => {
            text.push('\\');
            return None;
        }
    };
    let number = behind.get(..digits).and_then(|hex| std::str::from_utf8(hex).ok());
    let Some(number) = number.and_then(|hex| u32::from_str_radix(hex, 16).ok()) else {
        text.push('\\');
        return None;
    };
    text.push(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER));
    behind.get(digits..)
}

fn octal<'a>(first: u8, behind: &'a [u8], text: &mut String) -> &'a [u8] {
    let more = behind.iter().take(2).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
    let digits = std::iter::once(&first).chain(behind.iter().take(more));
    let number = digits.fold(0_u32, |number, digit| number * 8 + u32::from(digit - b'0'));
    text.push(char::from_u32(number & 0xff).unwrap_or(char::REPLACEMENT_CHARACTER));
    behind.get(more..).unwrap_or_default()
}

fn push_simple(kind: u8, text: &mut String) {
    let known = match kind {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'a' => '\x07',
        b'b' => '\x08',
        b'f' => '\x0c',
        b'v' => '\x0b',
        b'\\' | b'\'' | b'"' => char::from(kind),
        b'\n' => return,
        _ => {
            text.push('\\');
            char::from(kind)
        }
    };
    text.push(known);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(bytes: &[u8]) -> Option<String> {
        at(bytes, 0)?.as_text().map(str::to_owned)
    }

    #[test]
    fn a_string_is_read_with_its_escapes() {
        assert_eq!(text_of(b"S'\\x6fs'\n").as_deref(), Some("os"));
        assert_eq!(text_of(b"S\"\\157\\163\"\n").as_deref(), Some("os"));
        assert_eq!(text_of(b"Sos\n"), None);
    }

    #[test]
    fn a_unicode_text_has_its_own_escapes() {
        assert_eq!(text_of(b"V\\u006fs\n").as_deref(), Some("os"));
        assert_eq!(text_of(b"V\\x6fs\n").as_deref(), Some("\\x6fs"));
        assert_eq!(text_of(b"V\\\\u006f\n").as_deref(), Some("\\o"));
    }

    #[test]
    fn numbers_read_in_every_protocol() {
        assert_eq!(at(b"I01\n", 0), Some(Literal::Bool(true)));
        assert_eq!(at(b"I-7\n", 0), Some(Literal::Int(-7)));
        assert_eq!(at(b"L12L\n", 0), Some(Literal::Int(12)));
        assert_eq!(at(b"\x8a\x02\xff\x00", 0), Some(Literal::Int(255)));
        assert_eq!(at(b"\x8a\x01\xff", 0), Some(Literal::Int(-1)));
        assert_eq!(at(b"J\xff\xff\xff\xff", 0), Some(Literal::Int(-1)));
        assert_eq!(at(b"Ix\n", 0), None);
    }
}
