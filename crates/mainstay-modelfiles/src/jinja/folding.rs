//! Values that a template makes out of constants, so that a name that is put together from pieces
//! is seen whole.

/// The longest text that is followed, and the heaviest list.
const LONGEST: usize = 512;

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Number(i64),
    List(Vec<Self>),
    /// Known only when the template is rendered.
    Unknown(Built),
}

/// Whether a value that is not known is a string that the template puts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Built {
    /// It comes from elsewhere.
    No,
    /// No, but it may be one of several constants, and with another one a name.
    Chosen,
    /// Perhaps: by `+`, or by a method of a string.
    Perhaps,
    /// By means that exist to put strings together.
    Surely,
}

pub(super) const UNKNOWN: Value = Value::Unknown(Built::No);

impl Value {
    /// The text, if it is one that is not too long to be followed.
    pub(super) fn text(text: String) -> Self {
        if text.len() > LONGEST { Self::Unknown(Built::Perhaps) } else { Self::Text(text) }
    }

    pub(super) fn list(list: Vec<Self>) -> Self {
        let list = Self::List(list);
        if list.weight() > LONGEST { list.one_of() } else { list }
    }

    /// What a copy of it costs.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Text(text) => text.len() + 1,
            // Lists of lists are rare, and no name is made of them.
            Self::List(list) => list.iter().fold(1, |all, one| {
                all + match one {
                    Self::Text(text) => text.len() + 1,
                    Self::List(_) => LONGEST,
                    Self::Number(_) | Self::Unknown(_) => 1,
                }
            }),
            Self::Number(_) | Self::Unknown(_) => 1,
        }
    }

    /// A value of which only this is known: it is one that lies in this one.
    pub(super) fn one_of(&self) -> Self {
        match self {
            Self::Text(text) if text.is_empty() => UNKNOWN,
            Self::Text(_) => Self::Unknown(Built::Chosen),
            Self::Number(_) => UNKNOWN,
            Self::List(list) => {
                let has_text = list.iter().any(|one| !matches!(one, Self::Number(_)));
                if has_text { Self::Unknown(Built::Chosen) } else { UNKNOWN }
            }
            Self::Unknown(built) => Self::Unknown(*built),
        }
    }

    /// One of two values, and nobody knows which.
    pub(super) fn or(&self, other: &Self) -> Self {
        let built = |value: &Self| match value.one_of() {
            Self::Unknown(built) => built,
            Self::Text(_) | Self::Number(_) | Self::List(_) => Built::No,
        };
        Self::Unknown(built(self).max(built(other)))
    }

    /// How it is put together, when it is used as a piece of a string.
    fn built(&self) -> Built {
        match self {
            Self::Text(text) if text.is_empty() => Built::No,
            Self::Text(_) => Built::Perhaps,
            Self::Number(_) | Self::List(_) => Built::No,
            Self::Unknown(built) => *built,
        }
    }

    /// The same of what it becomes together with something else.
    fn pieced(&self) -> Built {
        match self.built() {
            Built::Chosen => Built::Perhaps,
            built @ (Built::No | Built::Perhaps | Built::Surely) => built,
        }
    }

    /// As `str()` would write it. `None` when it is not known.
    fn written(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(number.to_string()),
            Self::List(_) | Self::Unknown(_) => None,
        }
    }
}

/// `one ~ other`.
pub(super) fn joined(one: &Value, other: &Value) -> Value {
    match (one.written(), other.written()) {
        (Some(one), Some(other)) => Value::text(one + &other),
        _ => Value::Unknown(Built::Surely),
    }
}

/// Arithmetic: `one sign other`.
pub(super) fn reckoned(one: &Value, sign: &str, other: &Value) -> Value {
    let number = |number: Option<i64>| number.map_or(UNKNOWN, Value::Number);
    match (one, sign, other) {
        (Value::Text(one), "+", Value::Text(other)) => Value::text(format!("{one}{other}")),
        (Value::List(one), "+", Value::List(other)) => {
            Value::list(one.iter().chain(other).cloned().collect())
        }
        (Value::Text(format), "%", Value::List(values)) => formatted(format, values),
        (Value::Text(format), "%", value) => formatted(format, std::slice::from_ref(value)),
        (Value::Text(text), "*", Value::Number(times))
        | (Value::Number(times), "*", Value::Text(text)) => repeated(text, *times),
        (Value::Number(one), "+", Value::Number(other)) => number(one.checked_add(*other)),
        (Value::Number(one), "-", Value::Number(other)) => number(one.checked_sub(*other)),
        (Value::Number(one), "*", Value::Number(other)) => number(one.checked_mul(*other)),
        (Value::Number(one), "//", Value::Number(other)) => number(one.checked_div(*other)),
        (Value::Number(one), "**", Value::Number(other)) => {
            number(u32::try_from(*other).ok().and_then(|other| one.checked_pow(other)))
        }
        (one, "+", other) => Value::Unknown(one.pieced().max(other.pieced())),
        _ => UNKNOWN,
    }
}

fn repeated(text: &str, times: i64) -> Value {
    let times = usize::try_from(times).unwrap_or(0);
    match text.len().checked_mul(times) {
        Some(length) if length <= LONGEST => Value::Text(text.repeat(times)),
        _ => Value::Unknown(Built::Perhaps),
    }
}

/// `format % values`, for `%s`, `%c`, `%d` and `%%`.
fn formatted(format: &str, values: &[Value]) -> Value {
    let mut values = values.iter();
    let mut text = String::new();
    let mut characters = format.chars();
    while let Some(c) = characters.next() {
        let sort = if c == '%' { characters.next() } else { None };
        let piece = match sort {
            None => Some(c.to_string()),
            Some('%') => Some("%".to_owned()),
            Some('s' | 'd') => values.next().and_then(Value::written),
            Some('c') => match values.next() {
                Some(Value::Number(code)) => {
                    u32::try_from(*code).ok().and_then(char::from_u32).map(String::from)
                }
                other => other.and_then(Value::written),
            },
            Some(_) => None,
        };
        let Some(piece) = piece else { return Value::Unknown(Built::Surely) };
        text.push_str(&piece);
    }
    Value::text(text)
}

/// `value | filter(arguments)`, or `value.filter(arguments)` where both mean the same.
pub(super) fn filtered(value: &Value, filter: &str, arguments: &[Value]) -> Value {
    match (value, filter) {
        (Value::List(pieces), "join") => join(pieces, arguments.first()),
        (Value::Text(text), "list") => {
            Value::list(text.chars().map(|c| Value::Text(c.into())).collect())
        }
        (Value::List(list), "list" | "unique") => Value::List(list.clone()),
        (Value::List(list), "reverse") => Value::List(list.iter().rev().cloned().collect()),
        (Value::List(list), "first") => list.first().cloned().unwrap_or(UNKNOWN),
        (Value::List(list), "last") => list.last().cloned().unwrap_or(UNKNOWN),
        (Value::Text(text), "split") => {
            let between = arguments.first().and_then(Value::written);
            let pieces: Vec<&str> = match between.as_deref() {
                Some("") | None => text.split_whitespace().collect(),
                Some(between) => text.split(between).collect(),
            };
            Value::list(pieces.into_iter().map(|piece| Value::Text(piece.to_owned())).collect())
        }
        (Value::Number(number), "string") => Value::Text(number.to_string()),
        (Value::Text(text), _) => of_text(text, filter, arguments),
        (_, "join" | "format" | "reverse") => Value::Unknown(value.built().max(Built::Perhaps)),
        (value, _) => Value::Unknown(value.built()),
    }
}

fn of_text(text: &str, filter: &str, arguments: &[Value]) -> Value {
    let plain = |position: usize| arguments.get(position).and_then(Value::written);
    match filter {
        "reverse" => Value::Text(text.chars().rev().collect()),
        "lower" | "casefold" => Value::text(text.to_lowercase()),
        "upper" => Value::text(text.to_uppercase()),
        "swapcase" => Value::text(text.chars().map(swapped).collect()),
        "trim" | "strip" | "lstrip" | "rstrip" => match plain(0) {
            Some(signs) => Value::text(text.trim_matches(|c| signs.contains(c)).to_owned()),
            None => Value::text(text.trim().to_owned()),
        },
        "string" | "safe" | "e" | "escape" => Value::Text(text.to_owned()),
        "replace" => match (plain(0), plain(1)) {
            (Some(from), Some(to)) if text.len().saturating_mul(to.len() + 1) <= 1 << 20 => {
                Value::text(text.replace(&from, &to))
            }
            _ => Value::Unknown(Built::Surely),
        },
        "format" if text.contains('%') => formatted(text, arguments),
        "format" => braced(text, arguments),
        "join" => match arguments.first() {
            Some(Value::List(pieces)) => join(pieces, Some(&Value::Text(text.to_owned()))),
            _ => Value::Unknown(Built::Perhaps),
        },
        "removeprefix" | "removesuffix" | "encode" | "decode" | "translate" | "title"
        | "capitalize" | "format_map" | "join_map" => Value::Unknown(Built::Surely),
        _ => Value::Unknown(Built::No),
    }
}

fn swapped(c: char) -> char {
    if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
}

fn join(pieces: &[Value], between: Option<&Value>) -> Value {
    let between = between.and_then(Value::written).unwrap_or_default();
    let pieces: Option<Vec<String>> = pieces.iter().map(Value::written).collect();
    match pieces {
        Some(pieces) => Value::text(pieces.join(&between)),
        None => Value::Unknown(Built::Surely),
    }
}

/// `text.format(arguments)` for `{}` and `{0}`.
fn braced(format: &str, arguments: &[Value]) -> Value {
    let mut text = String::new();
    let mut rest = format;
    let mut next = 0;
    while let Some((before, field)) = rest.split_once('{') {
        text.push_str(before);
        let Some((field, after)) = field.split_once('}') else { break };
        let position = if field.is_empty() { next } else { field.parse().unwrap_or(usize::MAX) };
        next += 1;
        match arguments.get(position).and_then(Value::written) {
            Some(piece) => text.push_str(&piece),
            None => return Value::Unknown(Built::Surely),
        }
        rest = after;
    }
    text.push_str(rest);
    Value::text(text)
}

/// `value[index]`.
pub(super) fn indexed(value: &Value, index: &Value) -> Value {
    let Value::Number(index) = index else { return value.one_of() };
    let place = |length: usize| {
        let from_end = index.checked_add(i64::try_from(length).ok()?)?;
        usize::try_from(if *index < 0 { from_end } else { *index }).ok()
    };
    match value {
        Value::Text(text) => place(text.chars().count())
            .and_then(|place| text.chars().nth(place))
            .map_or(UNKNOWN, |c| Value::Text(c.into())),
        Value::List(list) => {
            place(list.len()).and_then(|place| list.get(place)).cloned().unwrap_or(UNKNOWN)
        }
        Value::Number(_) | Value::Unknown(_) => value.one_of(),
    }
}

/// `text[from:to:step]`.
pub(super) fn sliced(value: &Value, bounds: &[Option<Value>]) -> Value {
    let Value::Text(text) = value else { return value.one_of() };
    let characters: Vec<char> = text.chars().collect();
    let length = i64::try_from(characters.len()).unwrap_or(i64::MAX);
    let bound = |position: usize| match bounds.get(position) {
        Some(Some(Value::Number(number))) => Ok(Some(*number)),
        Some(Some(_)) => Err(()),
        Some(None) | None => Ok(None),
    };
    let (Ok(from), Ok(to), Ok(step)) = (bound(0), bound(1), bound(2)) else {
        return Value::Unknown(Built::Surely);
    };
    let step = step.unwrap_or(1);
    let resolve = |bound: i64| if bound < 0 { bound.saturating_add(length) } else { bound };
    let low = if step < 0 { -1 } else { 0 };
    let high = if step < 0 { length - 1 } else { length };
    let (first, last) = if step < 0 { (high, low) } else { (low, high) };
    let mut at = from.map_or(first, |from| resolve(from).clamp(low, high));
    let end = to.map_or(last, |to| resolve(to).clamp(low, high));
    let mut taken = String::new();
    while step != 0 && if step < 0 { at > end } else { at < end } {
        taken.extend(usize::try_from(at).ok().and_then(|at| characters.get(at)));
        at = at.saturating_add(step);
    }
    Value::Text(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_that_runs_backwards_is_turned_round() {
        let text = Value::Text("__ssalc__".into());
        let turned = sliced(&text, &[None, None, Some(Value::Number(-1))]);
        assert_eq!(turned, Value::Text("__class__".into()));
    }

    #[test]
    fn characters_by_their_numbers_make_a_string() {
        let format = Value::Text("%c%c".into());
        let codes = Value::List(vec![Value::Number(95), Value::Number(95)]);
        assert_eq!(reckoned(&format, "%", &codes), Value::Text("__".into()));
    }

    #[test]
    fn a_slice_is_cut_to_the_text() {
        let text = Value::Text("xclass".into());
        let from = Some(Value::Number(1));
        assert_eq!(sliced(&text, &[from, Some(Value::Number(99))]), Value::Text("class".into()));
    }
}
