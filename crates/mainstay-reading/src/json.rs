//! JSON as lockfiles use it: duplicate keys refused, the order and the lines kept.
//!
//! `serde_json` stops at 128 levels of nesting, so depth is bounded.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use crate::read_error::{ReadError, ReadErrorKind};

/// Reads a whole document.
///
/// Every lockfile in JSON is an object. serde would take an array for any structure whose fields
/// may be absent, so `[]` is refused here.
pub fn parse<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, ReadError> {
    parse_into(text, PhantomData)
}

/// Reads a whole document by the rule of [`parse`], into something that is there already.
pub fn parse_into<'t, S: DeserializeSeed<'t>>(
    text: &'t str,
    seed: S,
) -> Result<S::Value, ReadError> {
    refuse_no_object(text)?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = seed.deserialize(&mut deserializer);
    read.and_then(|value| deserializer.end().map(|()| value)).map_err(|error| told(&error))
}

fn refuse_no_object(text: &str) -> Result<(), ReadError> {
    let what = match text.trim_start().bytes().next() {
        Some(b'[') => "list",
        // What begins like a single value and is none is for the parser to tell.
        Some(b'{') | None => return Ok(()),
        Some(_) if serde_json::from_str::<IgnoredAny>(text).is_err() => return Ok(()),
        Some(_) => "single value",
    };
    let before = text.len() - text.trim_start().len();
    let before = text.get(..before).unwrap_or_default().matches('\n').count();
    let line = u32::try_from(before + 1).unwrap_or(u32::MAX);
    let message = format!("the document is a {what}, no object");
    Err(ReadError::at(ReadErrorKind::Shape, line, message))
}

fn told(error: &serde_json::Error) -> ReadError {
    let line = u32::try_from(error.line()).ok().filter(|line| *line > 0);
    let message = error.to_string();
    let kind = match error.classify() {
        _ if message.starts_with("recursion limit") => ReadErrorKind::TooDeep,
        serde_json::error::Category::Data => ReadErrorKind::Shape,
        serde_json::error::Category::Io
        | serde_json::error::Category::Syntax
        | serde_json::error::Category::Eof => ReadErrorKind::Syntax,
    };
    // The line is kept as a number of its own; serde_json repeats it in its text.
    let message = message.rsplit_once(" at line ").map_or(&*message, |(before, _)| before);
    ReadError { kind, line, message: in_json(message) }
}

/// The message without the names of our own types: `expected struct Lock` is an object.
fn in_json(message: &str) -> String {
    match message.rsplit_once(", expected struct ") {
        None => message.to_owned(),
        Some((before, name)) => {
            let behind = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
            format!("{before}, expected an object{behind}")
        }
    }
}

/// Reads a list that is a part of a document which was read.
pub fn parse_list<'t, T: Deserialize<'t>>(text: &'t str) -> Result<Vec<T>, ReadError> {
    serde_json::from_str(text)
        .map_err(|error| ReadError::new(ReadErrorKind::Shape, error.to_string()))
}

/// A string that borrows from the document where it can, so that [`crate::lines::Lines::of`]
/// finds its line.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text<'t>(pub Cow<'t, str>);

impl<'t, 'de: 't> Deserialize<'de> for Text<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::ops::Deref for Text<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

/// An object as a list of its entries, in the order of the file. A key that is there twice is an
/// error: two readers of such a file see two different projects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object<'t, V>(pub Vec<(Text<'t>, V)>);

impl<V> Default for Object<'_, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'t, 'de: 't, V: Deserialize<'de>> Deserialize<'de> for Object<'t, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for ObjectVisitor<V> {
            type Value = Object<'de, V>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries: Vec<(Text<'de>, V)> = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                match first_repeated(&entries) {
                    Some(key) => Err(A::Error::custom(format!("the key \"{key}\" is there twice"))),
                    None => Ok(Object(entries)),
                }
            }
        }
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

/// The first key that is there twice. Most objects are small, so those are compared in place.
fn first_repeated<'a, V>(entries: &'a [(Text<'_>, V)]) -> Option<&'a str> {
    if entries.len() <= 8 {
        return entries.iter().enumerate().find_map(|(position, (key, _))| {
            let later = entries.get(position + 1..).unwrap_or_default();
            later.iter().any(|(other, _)| other == key).then_some(&**key)
        });
    }
    let mut keys: Vec<&str> = entries.iter().map(|(key, _)| &**key).collect();
    keys.sort_unstable();
    keys.windows(2).find_map(|pair| match pair {
        [one, two] if one == two => Some(*one),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_is_no_object_is_refused_in_words_of_json() {
        for (text, message) in [
            ("[]", "the document is a list, no object"),
            (" null", "the document is a single value, no object"),
            ("\"a\"", "the document is a single value, no object"),
            ("{\"a\": 5}", "invalid type: integer `5`, expected an object"),
            (
                r#"{"a": "x, expected struct X"}"#,
                r#"invalid type: string "x, expected struct X", expected an object"#,
            ),
        ] {
            #[derive(Debug, Deserialize)]
            struct Outer {
                #[serde(rename = "a")]
                _a: Inner,
            }
            #[derive(Debug, Deserialize)]
            struct Inner {}
            let error = parse::<Outer>(text).unwrap_err();
            assert_eq!((error.kind, &*error.message), (ReadErrorKind::Shape, message), "{text}");
        }
        let error = parse::<Object<'_, u8>>("no JSON").unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::Syntax);
    }

    #[test]
    fn a_key_that_is_there_twice_is_refused() {
        let error = parse::<Object<'_, u8>>("{\"a\": 1,\n\"a\": 2}").unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::Shape);
        assert!(error.message.contains("\"a\" is there twice"), "{}", error.message);
    }

    #[test]
    fn a_key_that_is_there_twice_among_many_is_refused() {
        let many: Vec<String> = (0..20).map(|n| format!("\"k{}\": 1", n % 19)).collect();
        let text = format!("{{{}}}", many.join(","));
        assert!(parse::<Object<'_, u8>>(&text).is_err());
    }

    #[test]
    fn a_truncated_document_is_a_syntax_error_on_its_last_line() {
        let error = parse::<Object<'_, u8>>("{\n\"a\": 1").unwrap_err();
        assert_eq!((error.kind, error.line), (ReadErrorKind::Syntax, Some(2)));
    }

    #[test]
    fn nesting_without_end_is_refused() {
        let text = format!("{{\"a\": {}", "[".repeat(100_000));
        let error = parse::<serde_json::Value>(&text).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::TooDeep);
    }

    #[test]
    fn a_list_is_no_lockfile() {
        assert_eq!(parse::<Object<'_, u8>>(" []").unwrap_err().kind, ReadErrorKind::Shape);
    }

    #[test]
    fn a_key_borrows_from_the_document() {
        let object: Object<'_, u8> = parse("{\"plain\": 1}").unwrap();
        assert!(matches!(object.0[0].0.0, Cow::Borrowed("plain")));
    }
}
