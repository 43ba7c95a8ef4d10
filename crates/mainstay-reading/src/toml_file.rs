//! TOML as lockfiles use it. The `toml` crate refuses duplicate keys and deep nesting itself.

use serde::Deserialize;

use crate::lines::Lines;
use crate::read_error::{ReadError, ReadErrorKind};
use crate::toml_depth::toml_too_deep_at;

/// Reads a whole document. Use `toml::Spanned` in the types where a line is wanted.
pub fn parse<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, ReadError> {
    if let Some(line) = toml_too_deep_at(text) {
        return Err(ReadError::at(ReadErrorKind::TooDeep, line, "the file nests too deep"));
    }
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| Lines::new(text).at(span.start));
        let message = error.message().to_owned();
        let kind = if message.contains("recursion limit") {
            ReadErrorKind::TooDeep
        } else if is_well_formed(text) {
            ReadErrorKind::Shape
        } else {
            ReadErrorKind::Syntax
        };
        ReadError { kind, line, message }
    })
}

/// Tells a file that is no TOML from TOML of another shape. Only asked once something is wrong.
fn is_well_formed(text: &str) -> bool {
    toml::from_str::<toml::Table>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Probe {
        #[serde(rename = "a")]
        _a: u8,
    }

    #[test]
    fn a_broken_document_names_its_line() {
        let error = parse::<Probe>("a = 1\nb = [").unwrap_err();
        assert_eq!((error.kind, error.line), (ReadErrorKind::Syntax, Some(2)));
    }

    #[test]
    fn a_document_of_another_shape_is_told_apart() {
        assert_eq!(parse::<Probe>("a = 'x'").unwrap_err().kind, ReadErrorKind::Shape);
    }

    #[test]
    fn a_key_that_is_there_twice_is_refused() {
        assert_eq!(parse::<Probe>("a = 1\na = 2").unwrap_err().kind, ReadErrorKind::Syntax);
    }

    #[test]
    fn nesting_without_end_is_refused() {
        let text = format!("a = {}", "[".repeat(100_000));
        assert!(parse::<Probe>(&text).is_err());
    }
}
