//! YAML as lockfiles use it: duplicate keys refused, aliases and nesting on a budget.

use serde::de::DeserializeOwned;

use crate::read_error::{ReadError, ReadErrorKind};

/// Aliases that are followed.
const MOST_ALIASES: usize = 64;

/// Levels of nesting that are read.
const MOST_LEVELS: usize = 64;

/// Reads a whole document. Use `serde_saphyr::Spanned` in the types where a line is wanted.
///
/// The budget: as many events as the text has bytes (no honest file has more nodes than bytes),
/// 64 aliases, 64 levels.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, ReadError> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: text.len().saturating_add(64),
            max_nodes: text.len().saturating_add(64),
            max_aliases: MOST_ALIASES,
            max_depth: MOST_LEVELS,
            max_total_scalar_bytes: text.len().saturating_mul(2),
        },
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let line = error.location().and_then(|location| u32::try_from(location.line()).ok());
        let message = error.to_string();
        let first = message.lines().next().unwrap_or("not YAML");
        let (kind, message) = match first.split_once("budget breached: ") {
            None => (ReadErrorKind::Syntax, first.to_owned()),
            Some((_, breach)) => (ReadErrorKind::TooDeep, beyond(breach)),
        };
        ReadError { kind, line, message }
    })
}

/// What was too much, from the name of the limit.
fn beyond(breach: &str) -> String {
    if breach.starts_with("Depth") {
        format!("its values are nested deeper than {MOST_LEVELS} levels")
    } else if breach.starts_with("Alias") {
        format!("it has more than {MOST_ALIASES} aliases")
    } else {
        "with its aliases written out it would be much larger than the file is".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::fmt::Write as _;

    type Probe = BTreeMap<String, serde_saphyr::Spanned<Vec<String>>>;

    #[test]
    fn a_value_knows_its_line() {
        let probe: Probe = parse("a:\n  - x\nb:\n  - y\n").unwrap();
        assert_eq!(probe["b"].referenced.line(), 4);
    }

    #[test]
    fn a_broken_document_names_its_line() {
        let error = parse::<Probe>("a:\n  - x\n b: [").unwrap_err();
        assert!(error.line.is_some(), "{error}");
    }

    #[test]
    fn a_key_that_is_there_twice_is_refused() {
        assert!(parse::<Probe>("a: []\na: []\n").is_err());
    }

    #[test]
    fn aliases_that_multiply_are_refused() {
        let mut text = String::from("a: &a [x, x, x, x, x, x, x, x, x]\n");
        for (name, before) in ('b'..='z').zip('a'..) {
            let many = vec![format!("*{before}"); 9].join(", ");
            writeln!(text, "{name}: &{name} [{many}]").unwrap();
        }
        let error = parse::<BTreeMap<String, serde_json::Value>>(&text).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::TooDeep);
        assert!(error.message.contains("aliases"), "{}", error.message);
    }

    #[test]
    fn nesting_without_end_is_refused() {
        assert!(parse::<Probe>(&format!("a: {}", "[".repeat(100_000))).is_err());
        let text = format!("a: {}{}", "[".repeat(70), "]".repeat(70));
        let error = parse::<BTreeMap<String, serde_json::Value>>(&text).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::TooDeep);
        assert_eq!(error.message, "its values are nested deeper than 64 levels");
    }
}
