//! Values and calls as readable pseudo-Python, of bounded length and depth.

use std::fmt::Write as _;

use super::literal::Literal;
use super::machine::Machine;
use super::value::Value;

/// The most characters of what is shown, and of one text in it.
const LONGEST: usize = 400;
const LONGEST_TEXT: usize = 120;
/// How deep a value is shown.
const DEEPEST: u8 = 6;

/// A call as it would stand in a program.
pub(super) fn call(machine: &Machine<'_, '_>, function: Value, arguments: Value) -> String {
    let mut text = String::new();
    show_call(machine, function, arguments, DEEPEST, &mut text);
    finish(text)
}

/// A value as it would stand in a program.
pub(super) fn value(machine: &Machine<'_, '_>, value: Value) -> String {
    let mut text = String::new();
    show(machine, value, DEEPEST, &mut text);
    finish(text)
}

fn finish(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

fn show_call(
    machine: &Machine<'_, '_>,
    function: Value,
    arguments: Value,
    depth: u8,
    text: &mut String,
) {
    show(machine, function, depth.saturating_sub(1), text);
    text.push('(');
    if let Some(content) = machine.items(arguments) {
        list(machine, content.items, depth.saturating_sub(1), text);
        text.push_str(if content.has_more { ", …" } else { "" });
    } else {
        text.push('*');
        show(machine, arguments, depth.saturating_sub(1), text);
    }
    text.push(')');
}

fn show(machine: &Machine<'_, '_>, value: Value, depth: u8, text: &mut String) {
    if depth == 0 || text.len() > LONGEST * 4 {
        text.push('…');
        return;
    }
    match value {
        Value::Literal(at) => literal(machine.literal(at).as_ref(), text),
        Value::Global(number) => text.push_str(machine.shared.globals.path(number)),
        Value::Made(_) | Value::Kept(_) => {
            let class = machine.class_of(value).unwrap_or(u32::MAX);
            let _ = write!(text, "{}(…)", machine.shared.globals.path(class));
        }
        Value::Encoded(at) => {
            text.push_str("_codecs.encode(");
            literal(machine.literal(at).as_ref(), text);
            text.push(')');
        }
        Value::Dtype(_) => text.push_str("numpy.dtype(…)"),
        Value::Result(number) | Value::Reached(number) => {
            let content = machine.recent.content(number);
            if let Some([function, arguments]) = content.map(|content| content.items) {
                show_call(machine, *function, *arguments, depth, text);
            } else {
                text.push('…');
            }
        }
        Value::Tuple(_) => container(machine, value, ("(", ")"), depth, text),
        Value::List(_) => container(machine, value, ("[", "]"), depth, text),
        Value::Set(_) => container(machine, value, ("{", "}"), depth, text),
        Value::Dict(_) => dict(machine, value, depth, text),
        Value::Persistent => text.push_str("persistent_load(…)"),
        Value::Buffer => text.push_str("buffer"),
        Value::Lost => text.push('…'),
    }
}

fn container(
    machine: &Machine<'_, '_>,
    value: Value,
    (open, close): (&str, &str),
    depth: u8,
    text: &mut String,
) {
    text.push_str(open);
    match machine.items(value) {
        Some(content) => {
            list(machine, content.items, depth - 1, text);
            if content.items.len() == 1 && open == "(" {
                text.push(',');
            }
            text.push_str(if content.has_more { ", …" } else { "" });
        }
        None => text.push('…'),
    }
    text.push_str(close);
}

fn list(machine: &Machine<'_, '_>, items: &[Value], depth: u8, text: &mut String) {
    for (index, item) in items.iter().enumerate() {
        if text.len() > LONGEST * 4 {
            return;
        }
        text.push_str(if index == 0 { "" } else { ", " });
        show(machine, *item, depth, text);
    }
}

fn dict(machine: &Machine<'_, '_>, value: Value, depth: u8, text: &mut String) {
    text.push('{');
    let content = machine.items(value);
    let items = content.map(|content| content.items).unwrap_or_default();
    for (index, pair) in items.chunks(2).enumerate() {
        if text.len() > LONGEST * 4 {
            break;
        }
        text.push_str(if index == 0 { "" } else { ", " });
        for (index, each) in pair.iter().enumerate() {
            text.push_str(if index == 0 { "" } else { ": " });
            show(machine, *each, depth - 1, text);
        }
    }
    text.push_str(if content.is_none_or(|content| content.has_more) { "…}" } else { "}" });
}

fn literal(literal: Option<&Literal<'_>>, text: &mut String) {
    match literal {
        None => text.push('…'),
        Some(Literal::None) => text.push_str("None"),
        Some(Literal::Bool(true)) => text.push_str("True"),
        Some(Literal::Bool(false)) => text.push_str("False"),
        Some(Literal::Int(number)) => {
            let _ = write!(text, "{number}");
        }
        Some(Literal::Long(bytes)) => {
            let _ = write!(text, "<number of {} bytes>", bytes.len());
        }
        Some(Literal::Float(number)) => {
            let _ = write!(text, "{number}");
        }
        Some(Literal::Text(quoted)) => quote(quoted.chars(), text),
        Some(Literal::Bytes(bytes)) => {
            text.push('b');
            quote(bytes.iter().map(|byte| char::from(*byte)), text);
        }
    }
}

fn quote(chars: impl Iterator<Item = char>, text: &mut String) {
    text.push('\'');
    let mut chars = chars;
    for each in chars.by_ref().take(LONGEST_TEXT) {
        match each {
            '\'' | '\\' => text.extend(['\\', each]),
            '\n' => text.push_str("\\n"),
            ' '..='~' => text.push(each),
            _ if each.is_alphanumeric() && u32::from(each) > 0xff => text.push(each),
            _ => {
                let _ = write!(text, "\\x{:02x}", u32::from(each));
            }
        }
    }
    text.push_str(if chars.next().is_some() { "…'" } else { "'" });
}
