//! Files that hold many records: a JSON array of them, or one document behind the other, as in
//! JSON Lines (<https://jsonlines.org>).

use std::fmt;

use serde::Deserializer as _;
use serde::de::{SeqAccess, Visitor};
use serde_json::value::RawValue;

/// How the reading of a list ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ListEnd {
    /// It is no list: no array, and not more than one document.
    NoList,
    /// Every document was visited.
    Whole,
    /// The documents up to here were visited; then it is no JSON, for this reason.
    Broken(String),
}

/// Visits each document of a list with its place, counted from 1. Only one document is looked at
/// at a time, so a list needs no memory of its own.
pub(crate) fn each_record(bytes: &[u8], visit: &mut dyn FnMut(u64, &[u8])) -> ListEnd {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii();
    let read = match bytes.first() {
        Some(b'[') => {
            let mut json = serde_json::Deserializer::from_slice(bytes);
            let read = json.deserialize_seq(DocumentVisitor(visit));
            read.and_then(|()| json.end())
        }
        Some(b'{') => {
            let mut documents = serde_json::Deserializer::from_slice(bytes).into_iter();
            match documents.next() {
                Some(Ok(_)) if documents.byte_offset() == bytes.len() => return ListEnd::NoList,
                Some(Ok(first)) => {
                    let first: &RawValue = first;
                    visit(1, first.get().as_bytes());
                }
                Some(Err(_)) | None => return ListEnd::NoList,
            }
            let rest = (2..).zip(documents);
            rest.into_iter().try_for_each(|(place, document)| {
                visit(place, document?.get().as_bytes());
                Ok(())
            })
        }
        Some(_) | None => return ListEnd::NoList,
    };
    match read {
        Ok(()) => ListEnd::Whole,
        Err(error) => ListEnd::Broken(error.to_string()),
    }
}

struct DocumentVisitor<'v>(&'v mut dyn FnMut(u64, &[u8]));

impl<'de> Visitor<'de> for DocumentVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut place = 0;
        while let Some(document) = list.next_element::<&RawValue>()? {
            place += 1;
            (self.0)(place, document.get().as_bytes());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(text: &str) -> (Vec<String>, ListEnd) {
        let mut seen = Vec::new();
        let end = each_record(text.as_bytes(), &mut |place, document| {
            seen.push(format!("{place} {}", String::from_utf8_lossy(document)));
        });
        (seen, end)
    }

    #[test]
    fn an_array_and_json_lines_are_lists() {
        let expected = vec![r#"1 {"a":1}"#.to_owned(), "2 {}".to_owned()];
        for text in ["[{\"a\":1},\r\n{}]", "{\"a\":1}\r\n{}\r\n", "\u{feff}{\"a\":1}{}"] {
            assert_eq!(documents(text), (expected.clone(), ListEnd::Whole), "{text}");
        }
    }

    #[test]
    fn one_document_is_no_list() {
        for text in ["{}\n", "", "text", "{\"a\":"] {
            assert_eq!(documents(text), (vec![], ListEnd::NoList), "{text}");
        }
    }

    #[test]
    fn a_list_that_breaks_off_is_read_up_to_there() {
        for text in ["[{},{\"a\":", "{}\n{\"a\":", "[{}] {}"] {
            let (seen, end) = documents(text);
            assert_eq!(seen, ["1 {}"], "{text}");
            assert!(matches!(end, ListEnd::Broken(_)), "{text}");
        }
    }

    #[test]
    fn deep_nesting_in_a_list_is_an_error_and_no_crash() {
        let text = format!("[{{}},{}", "[".repeat(200_000));
        assert!(matches!(documents(&text).1, ListEnd::Broken(_)));
    }
}
