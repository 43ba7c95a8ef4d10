//! Path patterns: `exclude` in the settings, and the members that a workspace lists.
//!
//! `*` and `?` stay within one folder, `**` crosses folders, `[ab]` is one of some characters.

use glob::MatchOptions;
use thiserror::Error;

/// A pattern for paths relative to a folder, with `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(glob::Pattern);

/// A text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{pattern}\" is no path pattern: {reason}")]
pub struct PatternError {
    /// The text.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl Pattern {
    /// Reads a pattern. A leading `./` and a last `/` mean nothing.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let bare = text.strip_prefix("./").unwrap_or(text).trim_end_matches('/');
        match glob::Pattern::new(bare) {
            Ok(pattern) => Ok(Self(pattern)),
            Err(error) => Err(PatternError { pattern: text.to_owned(), reason: error.msg }),
        }
    }

    /// Whether the pattern names this very path.
    pub fn names(&self, path: &str) -> bool {
        let options = MatchOptions {
            case_sensitive: true,
            require_literal_separator: true,
            require_literal_leading_dot: false,
        };
        self.0.matches_with(path, options)
    }

    /// The text of the pattern.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn names(pattern: &str, path: &str) -> bool {
        Pattern::parse(pattern).unwrap().names(path)
    }

    #[test]
    fn one_star_stays_in_its_folder() {
        assert!(names("packages/*", "packages/a"));
        assert!(!names("packages/*", "packages/a/b"));
    }

    #[test]
    fn two_stars_cross_folders() {
        assert!(names("**/fixtures", "a/b/fixtures"));
        assert!(names("**/fixtures", "fixtures"));
    }

    #[test]
    fn a_last_slash_means_nothing() {
        assert!(names("./tests/data/", "tests/data"));
    }

    #[test]
    fn a_broken_pattern_is_refused() {
        assert!(Pattern::parse("a[").is_err());
    }
}
