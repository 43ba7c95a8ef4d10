//! What the name of a file claims that it holds.

/// Whether a name claims another package or version than the file holds.
///
/// `stem` is the name without its ending; `expected` are the stems that the package would have.
/// A name without a version claims nothing. What stands behind a hyphen after an expected stem is
/// a classifier, a platform or a build; `3.x` is a line of versions and none of them.
pub(crate) fn claims_another(stem: &str, expected: &[String]) -> bool {
    let stem = folded(stem);
    let fits = expected.iter().map(|one| folded(one)).any(|one| {
        stem.strip_prefix(one.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    });
    let is_line = stem.split('-').any(|part| part == "x");
    !fits && !is_line && has_version(&stem)
}

/// Lower case, with `_` and `.` as `-` (PEP 503 and PEP 625 for PyPI; others only gain patience).
fn folded(text: &str) -> String {
    text.chars()
        .map(|c| if matches!(c, '_' | '.' | '+') { '-' } else { c.to_ascii_lowercase() })
        .collect()
}

fn has_version(stem: &str) -> bool {
    let mut parts = stem.split('-').skip(1);
    parts.any(|part| part.starts_with(|c: char| c.is_ascii_digit()))
}

/// The name without its ending.
pub(crate) fn stem<'n>(name: &'n str, endings: &[&str]) -> &'n str {
    let ending = endings.iter().find(|ending| {
        let at = name.len().checked_sub(ending.len());
        at.and_then(|at| name.get(at..)).is_some_and(|found| found.eq_ignore_ascii_case(ending))
    });
    ending.and_then(|ending| name.get(..name.len() - ending.len())).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(stem: &str, expected: &str) -> bool {
        claims_another(stem, &[expected.to_owned()])
    }

    #[test]
    fn another_version_or_name_is_a_claim() {
        assert!(claims("a-1.0.1", "a-1.0.0"));
        assert!(claims("b-1.0.0", "a-1.0.0"));
        assert!(claims("a-1.0.01", "a-1.0.0"));
    }

    #[test]
    fn spelling_and_classifiers_are_none() {
        assert!(!claims("My_Pack-1.0", "my.pack-1.0"));
        assert!(!claims("a-1.0.0-sources", "a-1.0.0"));
        assert!(!claims("package", "a-1.0.0"));
        assert!(!claims("a-3.x", "a-3.8.7"));
    }
}
