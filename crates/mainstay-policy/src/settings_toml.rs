//! Reading a settings file strictly: an unknown key is an error with a suggestion, and every error
//! names file and line.

use std::fmt;

use mainstay_reading::toml_too_deep_at;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// What is wrong with a settings file, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct SettingsError {
    /// The file, as it was named.
    pub path: String,
    /// The line, counted from 1.
    pub line: Option<usize>,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.message),
            None => write!(f, "{}: {}", self.path, self.message),
        }
    }
}

/// Reads a whole file. `path` is for errors.
pub fn parse<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, SettingsError> {
    let error = |line, message| SettingsError { path: path.to_owned(), line, message };
    if let Some(line) = toml_too_deep_at(text) {
        let message = "the settings nest too deep; look at the file by hand".to_owned();
        return Err(error(usize::try_from(line).ok(), message));
    }
    toml::from_str(text).map_err(|cause: toml::de::Error| {
        let line = cause.span().map(|span| line_at(text, span.start));
        let hint = suggestion(cause.message()).unwrap_or_default();
        error(line, format!("{}{hint}", cause.message().trim_end()))
    })
}

/// The line of an offset, counted from 1.
pub fn line_at(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap_or(text).matches('\n').count() + 1
}

/// `; did you mean "exclude"?` for the message of an unknown key.
fn suggestion(message: &str) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let wrong = message.starts_with("unknown field").then(|| quoted.next())??;
    let (likeness, best) = quoted
        .map(|known| (strsim::jaro_winkler(wrong, known), known))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    (likeness > 0.7).then(|| format!("; did you mean \"{best}\"?"))
}
