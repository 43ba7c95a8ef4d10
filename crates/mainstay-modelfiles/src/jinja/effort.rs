//! Work without reasonable end: loops, powers and strings that a few characters ask for.

use super::folding::Value;

/// From so many rounds on a loop is no formatting of messages. Jinja's sandbox has the same bound.
const ROUNDS: u64 = 100_000;
/// From so many characters on a string is no part of a prompt.
const LENGTH: i64 = 1_000_000;
/// From so large an exponent on a power has thousands of digits.
const EXPONENT: i64 = 1_000;

/// How many rounds `range(arguments)` makes, where it is known.
pub(super) fn rounds(arguments: &[Value]) -> Option<u64> {
    let number = |position: usize| match arguments.get(position) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    };
    let (from, to, step) = match arguments.len() {
        0 => return None,
        1 => (0, number(0)?, 1),
        2 => (number(0)?, number(1)?, 1),
        _ => (number(0)?, number(1)?, number(2)?),
    };
    let way = if step < 0 { from.checked_sub(to) } else { to.checked_sub(from) };
    u64::try_from(way.unwrap_or(i64::MAX)).ok()?.checked_div(step.unsigned_abs())
}

/// Whether so many rounds are too many.
pub(super) fn is_endless(rounds: u64) -> bool {
    rounds > ROUNDS
}

/// Whether `one sign other` makes something huge.
pub(super) fn is_huge(one: &Value, sign: &str, other: &Value) -> bool {
    match (sign, one, other) {
        ("**", _, Value::Number(exponent)) => *exponent >= EXPONENT,
        ("*", Value::Text(text), Value::Number(times))
        | ("*", Value::Number(times), Value::Text(text)) => {
            let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
            length.saturating_mul(*times) >= LENGTH
        }
        ("*", Value::List(list), Value::Number(times)) => !list.is_empty() && *times >= LENGTH,
        _ => false,
    }
}

/// Whether a filter or method pads a text to a huge length.
pub(super) fn pads_hugely(name: &str, arguments: &[Value]) -> bool {
    let pads = ["center", "ljust", "rjust", "zfill", "indent", "expandtabs"].contains(&name);
    pads && matches!(arguments.first(), Some(Value::Number(width)) if *width >= LENGTH)
}
