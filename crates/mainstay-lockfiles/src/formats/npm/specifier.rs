//! What a dependency asks for: `^1.2`, `npm:other@1.0.0`, `github:owner/repository`, an address.
//!
//! The kinds are those of npm's `npm-package-arg`; versions are Semantic Versioning 2.0.0.

/// Divides `name@range` and `@scope/name@range`. The range is `None` when there is no `@`.
pub(in crate::formats) fn divide(descriptor: &str) -> (&str, Option<&str>) {
    let after_scope = usize::from(descriptor.starts_with('@'));
    let at = descriptor.get(after_scope..).and_then(|rest| rest.find('@'));
    match at.and_then(|at| descriptor.split_at_checked(at + after_scope)) {
        Some((name, range)) => (name, range.get(1..)),
        None => (descriptor, None),
    }
}

/// The package behind an alias: `npm:real@^1` is `real` at `^1`. `None` when it is no alias.
pub(in crate::formats) fn alias(specifier: &str) -> Option<(&str, Option<&str>)> {
    let (name, range) = divide(specifier.strip_prefix("npm:")?);
    // `npm:^1.0.0` names the protocol only.
    let is_name = name.starts_with('@') && name.contains('/')
        || name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && !is_wildcard(name)
        || range.is_some();
    is_name.then_some((name, range))
}

fn is_wildcard(text: &str) -> bool {
    matches!(text, "x" | "X") || text.starts_with("x.") || text.starts_with("X.")
}

/// The version that a specifier names exactly: `1.2.3`, `=1.2.3`, `v1.2.3-beta.1`.
pub(crate) fn exact_version(specifier: &str) -> Option<&str> {
    let version = specifier.trim();
    let version = version.strip_prefix('=').unwrap_or(version).trim_start();
    let version = version.strip_prefix('v').unwrap_or(version);
    let end = version.find(['-', '+']).unwrap_or(version.len());
    let (core, rest) = version.split_at_checked(end)?;
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let tail = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
    let mut parts = core.split('.');
    let three = [parts.next(), parts.next(), parts.next()];
    let exact = parts.next().is_none()
        && three.into_iter().all(|part| part.is_some_and(number))
        && rest.chars().all(tail);
    exact.then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_part_of_the_name() {
        assert_eq!(divide("@scope/name@^1.0.0"), ("@scope/name", Some("^1.0.0")));
        assert_eq!(divide("@scope/name"), ("@scope/name", None));
    }

    #[test]
    fn an_alias_names_the_package_behind_it() {
        assert_eq!(alias("npm:real@^1"), Some(("real", Some("^1"))));
        assert_eq!(alias("npm:@s/real"), Some(("@s/real", None)));
    }

    #[test]
    fn a_range_behind_the_protocol_is_no_alias() {
        for range in ["npm:^1.0.0", "npm:1.x", "npm:*", "npm:>=1 <2", "npm:x"] {
            assert_eq!(alias(range), None, "{range}");
        }
    }

    #[test]
    fn only_three_numbers_are_exact() {
        assert_eq!(exact_version("=v1.2.3-rc.1"), Some("1.2.3-rc.1"));
        for range in ["^1.2.3", "1.2", "1.2.x", "latest", "1.2.3 - 2.0.0", "", "1.2.3 || 2.0.0"] {
            assert_eq!(exact_version(range), None, "{range}");
        }
    }
}
