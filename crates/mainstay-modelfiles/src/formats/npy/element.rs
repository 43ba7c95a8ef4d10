//! The type of an element (`descr`): a code such as `<f8`, a list of fields, or a type with a
//! shape.

use super::literal::Literal;

/// What a type comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    /// Whether Python objects are in it.
    pub(super) has_objects: bool,
    /// Its bytes. `None` when they cannot be counted.
    pub(super) bytes: Option<u64>,
    /// Whether a type in it is none that is known.
    pub(super) is_unknown: bool,
}

/// Looks at a type. The stack holds what is still to be looked at, with how often it stands.
pub(super) fn read(descr: &Literal) -> Element {
    let mut element = Element { bytes: Some(0), ..Element::default() };
    let mut open = vec![(descr, Some(1_u64))];
    while let Some((next, times)) = open.pop() {
        match next {
            Literal::Text(code) => add(&mut element, code, times),
            Literal::List(fields) => {
                for field in fields {
                    open_field(field, times, &mut open, &mut element);
                }
            }
            Literal::Tuple(pair) => match &**pair {
                [inner, shape] => open.push((inner, multiplied(times, shape))),
                _ => element.is_unknown = true,
            },
            // Names and formats side by side, as `numpy.dtype` also takes them.
            Literal::Dict(pairs) => {
                element.is_unknown = true;
                open.extend(pairs.iter().map(|inner| (inner, times)));
            }
            Literal::Number(_) | Literal::Bool | Literal::None => element.is_unknown = true,
        }
    }
    element
}

/// A field: `(name, type)` or `(name, type, shape)`.
fn open_field<'l>(
    field: &'l Literal,
    times: Option<u64>,
    open: &mut Vec<(&'l Literal, Option<u64>)>,
    element: &mut Element,
) {
    let Literal::Tuple(parts) = field else {
        // No field: whatever it says counts as a type.
        element.is_unknown = true;
        open.push((field, times));
        return;
    };
    match &**parts {
        [_, inner] => open.push((inner, times)),
        [_, inner, shape] => open.push((inner, multiplied(times, shape))),
        _ => element.is_unknown = true,
    }
}

fn multiplied(times: Option<u64>, shape: &Literal) -> Option<u64> {
    let one = |times: Option<u64>, dimension: &Literal| {
        let number = u64::try_from(dimension.number()?).ok()?;
        times?.checked_mul(number)
    };
    if let Literal::Tuple(dimensions) | Literal::List(dimensions) = shape {
        return dimensions.iter().fold(times, one);
    }
    one(times, shape)
}

fn add(element: &mut Element, code: &str, times: Option<u64>) {
    match bytes_of(code) {
        Some(bytes) => {
            let all = times.and_then(|times| times.checked_mul(bytes));
            element.bytes = element.bytes.zip(all).and_then(|(one, more)| one.checked_add(more));
        }
        // `O`, `|O8`, `object`, and several types in one text: `f8,O`.
        None if code.contains('O') || code.contains("object") => element.has_objects = true,
        None => element.is_unknown = true,
    }
}

/// The bytes of a type that `NumPy` writes, and of no other.
fn bytes_of(code: &str) -> Option<u64> {
    let code = code.strip_prefix(['<', '>', '=', '|']).unwrap_or(code);
    let letter = code.chars().next()?;
    let rest = code.get(letter.len_utf8()..)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = (rest.get(..digits)?, rest.get(digits..)?);
    let number = if number.is_empty() { None } else { Some(number.parse::<u64>().ok()?) };
    match (letter, number, unit) {
        ('m' | 'M', Some(8), unit) => {
            let is_unit = unit.is_empty() || unit.starts_with('[') && unit.ends_with(']');
            is_unit.then_some(8)
        }
        ('i' | 'u', Some(bytes @ (1 | 2 | 4 | 8)), "")
        | ('f', Some(bytes @ (2 | 4 | 8 | 10 | 12 | 16)), "")
        | ('c', Some(bytes @ (8 | 16 | 20 | 24 | 32)), "")
        | ('b', Some(bytes @ 1), "")
        | ('S' | 'V' | 'a', Some(bytes), "") => Some(bytes),
        ('U', Some(letters), "") => letters.checked_mul(4),
        ('S' | 'V' | 'U', None, "") => Some(0),
        ('?' | 'b' | 'B', None, "") => Some(1),
        ('h' | 'H' | 'e', None, "") => Some(2),
        ('i' | 'I' | 'f', None, "") => Some(4),
        ('l' | 'L' | 'q' | 'Q' | 'd' | 'F', None, "") => Some(8),
        ('D', None, "") => Some(16),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::literal;
    use super::*;

    fn of(text: &str) -> Element {
        read(&literal::read(text).unwrap())
    }

    #[test]
    fn an_object_is_found_in_every_place() {
        for text in [
            "'|O'",
            "'O8'",
            "'object'",
            "'f8,O'",
            "[('a', '<f8'), ('b', [('c', '|O')])]",
            "[(('title', 'a'), '|O', (2,))]",
            "('|O', (3,))",
            "{'names': ['a'], 'formats': ['O']}",
        ] {
            assert!(of(text).has_objects, "{text}");
        }
    }

    #[test]
    fn a_field_may_have_the_name_of_a_type() {
        let element = of("[('O', '<f8', (2, 3)), ('', '|V4')]");
        assert_eq!(element, Element { bytes: Some(52), ..Element::default() });
    }

    #[test]
    fn a_type_of_nobody_is_unknown() {
        assert!(of("'<x8'").is_unknown);
        assert!(of("7").is_unknown);
    }
}
