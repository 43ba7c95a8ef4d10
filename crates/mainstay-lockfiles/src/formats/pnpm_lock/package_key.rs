//! How pnpm names a package, version by version.
//!
//! | version | key |
//! | --- | --- |
//! | 5 | `/name/1.0.0`, `/@s/name/1.0.0_peer@2.0.0`, `registry.host/name/1.0.0` |
//! | 6 | `/name@1.0.0`, `/@s/name@1.0.0(peer@2.0.0)` |
//! | 9 | `name@1.0.0`, and in `snapshots` `name@1.0.0(peer@2.0.0)` |
//!
//! What comes from elsewhere is named by its address: alone before version 9, behind the name
//! and `@` since.

use crate::formats::npm::{address, specifier};

/// A key, read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PackageKey<'a> {
    pub(super) name: &'a str,
    pub(super) version: Option<&'a str>,
    /// The address, for a package that is not named by a version.
    pub(super) address: Option<&'a str>,
}

impl<'a> PackageKey<'a> {
    pub(super) fn parse(key: &'a str, major: u32) -> Self {
        let bare = without_peers(key);
        if major >= 9 {
            let (name, reference) = specifier::divide(bare);
            return Self::new(name, reference.unwrap_or_default());
        }
        if let Some(path) = bare.strip_prefix('/') {
            return Self::of_path(path);
        }
        // An address; or, where the package is not from the default registry, its host and path.
        match bare.split_once('/') {
            Some((host, path)) if is_host(host) && !is_code_host(host) => Self::of_path(path),
            _ => Self { name: bare, version: None, address: Some(bare) },
        }
    }

    /// `name/1.0.0` or `name@1.0.0`, with or without a scope.
    fn of_path(path: &'a str) -> Self {
        let scope = if path.starts_with('@') { path.find('/').map_or(0, |at| at + 1) } else { 0 };
        let after = path.get(scope..).unwrap_or_default();
        let end = after.find(['/', '@']).map_or(path.len(), |at| at + scope);
        let (name, rest) = path.split_at_checked(end).unwrap_or((path, ""));
        Self::new(name, rest.get(1..).unwrap_or_default())
    }

    fn new(name: &'a str, reference: &'a str) -> Self {
        if address::is_address(reference) {
            return Self { name, version: None, address: Some(reference) };
        }
        // Version 5 divides peers by `_`, its first releases by `/`. No version holds either.
        let version = reference.split(['_', '/']).next().unwrap_or_default();
        Self { name, version: Some(version).filter(|version| !version.is_empty()), address: None }
    }
}

/// The key without the peers in parentheses.
pub(super) fn without_peers(key: &str) -> &str {
    key.split('(').next().unwrap_or(key)
}

fn is_host(text: &str) -> bool {
    text.contains('.') && !text.contains([':', '@'])
}

fn is_code_host(host: &str) -> bool {
    ["github.com", "gitlab.com", "bitbucket.org"]
        .iter()
        .any(|known| host == *known || host.strip_suffix(known).is_some_and(|h| h.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_names_the_same_package() {
        let wanted = PackageKey { name: "@s/a", version: Some("1.0.0-rc.1"), address: None };
        for (key, major) in [
            ("/@s/a/1.0.0-rc.1", 5),
            ("/@s/a/1.0.0-rc.1_b@2.0.0+c@3.0.0", 5),
            ("/@s/a/1.0.0-rc.1/b@2.0.0", 5),
            ("registry.example/@s/a/1.0.0-rc.1", 5),
            ("/@s/a@1.0.0-rc.1", 5),
            ("/@s/a@1.0.0-rc.1(b@2.0.0)", 6),
            ("@s/a@1.0.0-rc.1", 9),
        ] {
            assert_eq!(PackageKey::parse(key, major), wanted, "{key}");
        }
    }

    #[test]
    fn an_address_is_no_version() {
        let key = PackageKey::parse("a@https://files.example/a.tgz", 9);
        assert_eq!((key.name, key.version), ("a", None));
        assert_eq!(key.address, Some("https://files.example/a.tgz"));
        assert_eq!(PackageKey::parse("github.com/o/r/0123", 5).version, None);
        assert_eq!(PackageKey::parse("file:a.tgz", 6).address, Some("file:a.tgz"));
    }
}
