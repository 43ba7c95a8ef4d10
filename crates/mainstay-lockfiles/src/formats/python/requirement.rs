//! One requirement, by the dependency specifiers standard (PEP 508,
//! <https://packaging.python.org/en/latest/specifications/dependency-specifiers/>).
//!
//! Markers are kept as text and never judged: a package that is needed only somewhere is needed.
//! Versions are not checked against PEP 440, because old files lock versions from before it.

use mainstay_reading::LockedVersion;

/// One requirement, in the words of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Requirement<'t> {
    pub(crate) name: &'t str,
    /// `>=1.2,<2`, without the parentheses of old files. Empty when every version will do.
    pub(crate) specifier: &'t str,
    /// What follows `@`.
    pub(crate) url: Option<&'t str>,
    pub(crate) marker: Option<&'t str>,
}

/// Reads one requirement. The error says what is wrong, as a fragment.
pub(crate) fn parse(text: &str) -> Result<Requirement<'_>, &'static str> {
    let text = text.trim();
    let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let end = text.find(|c| !in_name(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end).ok_or("not a package name")?;
    let outer = (name.chars().next(), name.chars().next_back());
    if !matches!(outer, (Some(a), Some(z)) if a.is_ascii_alphanumeric() && z.is_ascii_alphanumeric())
    {
        return Err("it does not begin with a package name");
    }
    let rest = without_extras(rest.trim_start())?.trim_start();
    if let Some(url) = rest.strip_prefix('@') {
        return with_url(name, url.trim());
    }
    let (specifier, marker) = match rest.split_once(';') {
        Some((specifier, marker)) => (specifier.trim(), Some(marker.trim())),
        None => (rest.trim(), None),
    };
    if marker == Some("") {
        return Err("nothing follows the semicolon");
    }
    let specifier = match specifier.strip_prefix('(') {
        Some(inside) => inside.strip_suffix(')').ok_or("a parenthesis is not closed")?.trim(),
        None => specifier,
    };
    clauses(specifier).try_for_each(|clause| clause.map(drop))?;
    Ok(Requirement { name, specifier, url: None, marker })
}

fn without_extras(rest: &str) -> Result<&str, &'static str> {
    match rest.strip_prefix('[') {
        Some(inside) => {
            inside.split_once(']').map(|(_, rest)| rest).ok_or("a bracket is not closed")
        }
        None => Ok(rest),
    }
}

fn with_url<'t>(name: &'t str, rest: &'t str) -> Result<Requirement<'t>, &'static str> {
    let (url, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    // `url; marker`: pip takes a semicolon that a space follows.
    let (url, marker) = match (url.strip_suffix(';'), after.trim()) {
        (Some(url), marker) => (url, Some(marker)),
        (None, "") => (url, None),
        (None, after) => (
            url,
            Some(after.strip_prefix(';').ok_or("something follows the address")?.trim_start()),
        ),
    };
    if url.is_empty() {
        return Err("no address follows the @");
    }
    Ok(Requirement { name, specifier: "", url: Some(url), marker })
}

impl Requirement<'_> {
    /// The version that the specifier leaves open or fixes.
    pub(crate) fn version(&self) -> LockedVersion {
        version_of(self.specifier)
    }
}

/// The longest version that is taken, in bytes.
const LONGEST_VERSION: usize = 1024;

/// The version that a specifier fixes: `==` without a star, or `===`.
pub(crate) fn version_of(specifier: &str) -> LockedVersion {
    let mut exact: Option<&str> = None;
    for (operator, version) in clauses(specifier).flatten() {
        let fixes = operator == "===" || operator == "==" && !version.ends_with(".*");
        match exact {
            // Two different pins: nothing satisfies both.
            Some(other) if fixes && other != version => {
                return LockedVersion::Asked(specifier.into());
            }
            None if fixes => exact = Some(version),
            Some(_) | None => {}
        }
    }
    match exact {
        Some(version) => LockedVersion::Exact(version.into()),
        None if specifier.is_empty() => LockedVersion::Unstated,
        None => LockedVersion::Asked(specifier.into()),
    }
}

/// The clauses of a specifier: operator and version.
fn clauses(specifier: &str) -> impl Iterator<Item = Result<(&'static str, &str), &'static str>> {
    // A comma at the end is allowed by pip.
    let specifier = specifier.trim().trim_end_matches(',');
    specifier.split(',').filter(move |_| !specifier.is_empty()).map(|clause| {
        const OPERATORS: [&str; 8] = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"];
        let clause = clause.trim();
        let operator = OPERATORS
            .into_iter()
            .find(|operator| clause.starts_with(operator))
            .ok_or("what follows the name is no comparison of versions")?;
        let version = clause.get(operator.len()..).unwrap_or("").trim();
        let in_version =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '!' | '*');
        if version.is_empty() {
            return Err("no version follows the comparison");
        }
        // Nobody writes a longer one; comparing and showing it must stay cheap.
        if version.len() > LONGEST_VERSION {
            return Err("the version is too long to be one");
        }
        let sound = version.chars().all(in_version)
            || operator == "===" && !version.contains(char::is_whitespace);
        if sound { Ok((operator, version)) } else { Err("the version is not one") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> LockedVersion {
        parse(text).unwrap().version()
    }

    #[test]
    fn two_equals_signs_fix_a_version() {
        assert_eq!(version("Django == 4.2.1"), LockedVersion::Exact("4.2.1".into()));
    }

    #[test]
    fn three_equals_signs_fix_any_text() {
        assert_eq!(version("a===1.0-weird"), LockedVersion::Exact("1.0-weird".into()));
    }

    #[test]
    fn a_star_makes_it_a_range() {
        assert_eq!(version("a==1.*"), LockedVersion::Asked("==1.*".into()));
    }

    #[test]
    fn a_pin_among_ranges_is_a_pin() {
        assert_eq!(version("a>=1,==1.5,<2"), LockedVersion::Exact("1.5".into()));
    }

    #[test]
    fn a_version_without_end_is_refused() {
        assert!(parse(&format!("a=={}1", "1.".repeat(1000))).is_err());
    }

    #[test]
    fn two_pins_fix_nothing() {
        assert_eq!(version("a==1,==2"), LockedVersion::Asked("==1,==2".into()));
    }

    #[test]
    fn extras_parentheses_and_markers_are_taken_apart() {
        let requirement = parse("a.b-c [x, y] (>=1) ; python_version < '3'").unwrap();
        assert_eq!(requirement.name, "a.b-c");
        assert_eq!(requirement.specifier, ">=1");
        assert_eq!(requirement.marker, Some("python_version < '3'"));
    }

    #[test]
    fn an_address_follows_the_at_sign() {
        let requirement = parse("a@https://files.example/a.whl ; os_name == 'nt'").unwrap();
        assert_eq!(requirement.url, Some("https://files.example/a.whl"));
        assert_eq!(requirement.marker, Some("os_name == 'nt'"));
    }

    #[test]
    fn what_pip_refuses_is_refused() {
        for text in ["", "==1", "a==", "a 1.0", "a==1 b", "a[x", "-a", "a;", "a @", "a-==1"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
