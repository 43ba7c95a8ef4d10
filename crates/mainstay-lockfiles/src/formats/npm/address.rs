//! Where a JavaScript package comes from, told from the address that a lockfile writes.
//!
//! A registry serves `<base>/<name>/-/<file>.tgz`; that shape tells its archives from archives
//! at any other address, on mirrors and private registries alike. Code hosts serve archives of
//! their repositories over HTTPS: those are packages of a repository.

use mainstay_reading::Origin;
use mainstay_types::SourceUrl;

/// The origin behind an address. `by_address` says that the project asked for this very address
/// rather than for a version; then only the shape of a registry's archive makes it one.
pub(in crate::formats) fn origin(address: &str, by_address: bool) -> Origin {
    if let Some(path) = local_path(address) {
        return Origin::Path(path.into());
    }
    if let Some(git) = repository(address) {
        return git;
    }
    let url = SourceUrl::new(address);
    let from_registry = !by_address || split_archive(url.path()).is_some();
    if from_registry {
        return Origin::Registry { index: None, artifact: Some(url) };
    }
    Origin::Url(url)
}

/// The origin of an npm package that was resolved to this address, as lockfiles and installed
/// copies record it.
pub fn origin_of_resolved(address: &str) -> Origin {
    origin(address, false)
}

/// Whether a specifier asks for an address, not for a version or a range.
pub(in crate::formats) fn is_address(specifier: &str) -> bool {
    // Nearly every specifier is a range, and needs no closer look.
    let may_be = |byte: u8| matches!(byte, b'/' | b':' | b'@' | b'+');
    if !specifier.bytes().any(may_be) {
        return false;
    }
    specifier.contains("://") || local_path(specifier).is_some() || repository(specifier).is_some()
}

/// The path of `file:`, `link:` and `portal:` specifiers, and of bare paths.
pub(in crate::formats) fn local_path(address: &str) -> Option<&str> {
    ["file:", "link:", "portal:"]
        .iter()
        .find_map(|protocol| address.strip_prefix(protocol))
        .or_else(|| {
            let bare = ["./", "../", "/", "~/"].iter().any(|start| address.starts_with(start));
            bare.then_some(address)
        })
}

/// Whether a path names an archive; otherwise it names a folder.
pub(in crate::formats) fn is_archive(path: &str) -> bool {
    let path = path.split(['#', '?', ':']).next().unwrap_or(path).to_ascii_lowercase();
    [".tgz", ".tar.gz", ".tar"].iter().any(|ending| path.ends_with(ending))
}

/// Divides the path of a registry's archive into the package with what stands before it, and the
/// file: at the last `/-/`.
pub(crate) fn split_archive(path: &str) -> Option<(&str, &str)> {
    // Setting up a search in a text costs more than one look at each byte of so short a text.
    let at = path.as_bytes().windows(3).rposition(|window| window == b"/-/")?;
    Some((path.get(..at)?, path.get(at + 3..)?))
}

/// The version in the name of a registry's archive: `<base>/<name>/-/<last part>-1.0.0.tgz`.
pub(in crate::formats) fn version_in_archive<'a>(name: &str, address: &'a str) -> Option<&'a str> {
    let address = address.split(['?', '#']).next().unwrap_or(address);
    let (_, file) = split_archive(address)?;
    let bare = name.rsplit_once('/').map_or(name, |(_, bare)| bare);
    let file = file.rsplit('/').next().unwrap_or(file);
    file.strip_suffix(".tgz")?.strip_prefix(bare)?.strip_prefix('-')
}

/// Code hosts with shorthands of their own: the shorthand and the address before the path.
const SHORTHANDS: [(&str, &str); 4] = [
    ("github:", "https://github.com/"),
    ("gitlab:", "https://gitlab.com/"),
    ("bitbucket:", "https://bitbucket.org/"),
    ("gist:", "https://gist.github.com/"),
];

fn repository(address: &str) -> Option<Origin> {
    let (before, fragment) = match memchr::memchr(b'#', address.as_bytes()) {
        Some(at) => (address.get(..at)?, address.get(at + 1..)),
        None => (address, None),
    };
    let commit = fragment.and_then(commit_in);
    for (shorthand, host) in SHORTHANDS {
        if let Some(path) = before.strip_prefix(shorthand) {
            return Some(Origin::Git { url: SourceUrl::new(&format!("{host}{path}")), commit });
        }
    }
    let plain = before.strip_prefix("git+").unwrap_or(before);
    let is_git = plain.len() < before.len()
        || ["git:", "git@", "ssh:"].iter().any(|start| before.starts_with(start))
        || before.trim_end_matches('/').strip_suffix(".git").is_some() && before.contains("://");
    if is_git {
        return Some(Origin::Git { url: SourceUrl::new(plain), commit });
    }
    archive_of_repository(address).or_else(|| owner_and_project(before, commit))
}

/// `owner/project`, npm's shorthand for the best-known code host. No version and no range has
/// exactly one slash without a scope.
fn owner_and_project(address: &str, commit: Option<Box<str>>) -> Option<Origin> {
    let (owner, project) = address.split_once('/')?;
    let word = |part: &str, more: &[char]| {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || more.contains(&c);
        part.chars().all(fits) && part.starts_with(|c: char| c.is_ascii_alphanumeric())
    };
    (word(owner, &[]) && word(project, &['.', '_'])).then(|| Origin::Git {
        url: SourceUrl::new(&format!("https://github.com/{address}")),
        commit,
    })
}

/// A full commit in what follows `#`: bare, or behind `commit=` as newer yarn writes it.
fn commit_in(fragment: &str) -> Option<Box<str>> {
    let commit = fragment.split('&').find_map(|part| part.strip_prefix("commit="));
    let commit = commit.unwrap_or(fragment);
    is_commit(commit).then(|| commit.into())
}

fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// An archive that a code host makes of a repository at a commit or tag.
fn archive_of_repository(address: &str) -> Option<Origin> {
    let (scheme, rest) = address.split_once("://")?;
    if !matches!(scheme, "https" | "http") {
        return None;
    }
    let (authority, path) = rest.split_once('/')?;
    let (host, marks): (&str, &[&str]) = match authority {
        "codeload.github.com" => ("github.com", &["tar.gz", "legacy.tar.gz", "zip"]),
        "github.com" => ("github.com", &["archive", "tarball"]),
        "gitlab.com" => ("gitlab.com", &["repository", "-"]),
        "bitbucket.org" => ("bitbucket.org", &["get"]),
        _ => return None,
    };
    let mut parts = path.splitn(4, '/');
    let (owner, project, mark) = (parts.next()?, parts.next()?, parts.next()?);
    if !marks.contains(&mark) {
        return None;
    }
    let last = parts.next().unwrap_or_default();
    let commit = last.split(['/', '.', '=', '?', '&', '-']).find(|part| is_commit(part));
    Some(Origin::Git {
        url: SourceUrl::new(&format!("https://{host}/{owner}/{project}")),
        commit: commit.map(Into::into),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    fn git(address: &str) -> (String, Option<String>) {
        match origin(address, true) {
            Origin::Git { url, commit } => {
                (url.reveal().to_owned(), commit.map(|commit| commit.to_string()))
            }
            other @ (Origin::Registry { .. }
            | Origin::Path(_)
            | Origin::Url(_)
            | Origin::Distribution(_)) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_repository_is_told_by_its_address() {
        let commit = Some(COMMIT.to_owned());
        for (address, url) in [
            ("git+ssh://git@git.example/o/r.git", "ssh://git@git.example/o/r.git"),
            ("git@git.example:o/r.git", "git@git.example:o/r.git"),
            ("https://git.example/o/r.git", "https://git.example/o/r.git"),
            ("github:o/r", "https://github.com/o/r"),
        ] {
            assert_eq!(git(&format!("{address}#{COMMIT}")), (url.to_owned(), commit.clone()));
        }
    }

    #[test]
    fn an_archive_of_a_code_host_is_a_repository_at_a_commit() {
        let commit = Some(COMMIT.to_owned());
        let codeload = format!("https://codeload.github.com/o/r/tar.gz/{COMMIT}");
        assert_eq!(git(&codeload), ("https://github.com/o/r".to_owned(), commit.clone()));
        let gitlab = format!("https://gitlab.com/o/r/repository/archive.tar.gz?ref={COMMIT}");
        assert_eq!(git(&gitlab), ("https://gitlab.com/o/r".to_owned(), commit));
    }

    #[test]
    fn a_branch_is_no_commit() {
        assert_eq!(git("github:o/r#main").1, None);
    }

    #[test]
    fn the_archive_of_a_mirror_is_a_registry_package() {
        let address = "https://mirror.example/npm/a/-/a-1.0.0.tgz";
        assert!(matches!(origin(address, true), Origin::Registry { .. }));
    }

    #[test]
    fn an_archive_asked_for_by_its_address_is_no_registry_package() {
        assert!(matches!(origin("https://files.example/a.tgz", true), Origin::Url(_)));
    }

    #[test]
    fn a_version_is_read_from_the_name_of_an_archive() {
        let address = "https://registry.example/@s/a/-/a-1.0.0-rc.1.tgz";
        assert_eq!(version_in_archive("@s/a", address), Some("1.0.0-rc.1"));
    }
}
