//! What a package is called: the name as its ecosystem writes it, and the key under which two
//! spellings are the same package.
//!
//! | ecosystem | two spellings are one package when |
//! | --- | --- |
//! | PyPI | they agree after PEP 503: lower case, runs of `-`, `_`, `.` become one `-` |
//! | Packagist, NuGet | they agree in lower case |
//! | SwiftURL | the addresses agree without scheme, user, `.git`, last slash and case |
//! | all others | they are the same text |

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use thiserror::Error;

use crate::Ecosystem;

/// A package's name in its ecosystem. Equality, order and hash follow the ecosystem's rule;
/// `Display` writes the name as it was found.
#[derive(Clone, Debug)]
pub struct PackageName {
    ecosystem: Ecosystem,
    written: Box<str>,
    /// The lookup key, where it differs from the written form.
    key: Option<Box<str>>,
}

/// Why a text cannot be a package name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing is there.
    #[error("the package name is empty")]
    Empty,
    /// A control character, a line separator or a character that turns the direction of text.
    #[error("the package name contains the control character U+{0:04X}")]
    Control(u32),
    /// Longer than [`PackageName::MAX_BYTES`].
    #[error("the package name is {0} bytes long; the limit is {max}", max = PackageName::MAX_BYTES)]
    TooLong(usize),
}

impl PackageName {
    /// The longest name taken, in bytes. The longest real names, Go module paths and SwiftURL
    /// addresses, stay far below.
    pub const MAX_BYTES: usize = 2048;

    /// Reads a name as the ecosystem's files write it. White space around it is dropped.
    ///
    /// Names that a registry would refuse are kept all the same: a lockfile that names such a
    /// package must be reported, not lost. Only text that could harm a reader is refused.
    pub fn parse(ecosystem: Ecosystem, text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(NameError::TooLong(text.len()));
        }
        if let Some(bad) = text.chars().find(|c| is_control(*c)) {
            return Err(NameError::Control(bad.into()));
        }
        let key = match lookup_key(ecosystem, text) {
            Cow::Owned(key) if key != text => Some(key.into_boxed_str()),
            Cow::Owned(_) | Cow::Borrowed(_) => None,
        };
        Ok(Self { ecosystem, written: text.into(), key })
    }

    /// The ecosystem in which this is a name.
    pub fn ecosystem(&self) -> Ecosystem {
        self.ecosystem
    }

    /// The name as it was written.
    pub fn as_written(&self) -> &str {
        &self.written
    }

    /// The name under which the package is looked up; the same for every spelling.
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.written)
    }
}

/// The lookup key of a name by the rule of its ecosystem (see the table of this module).
fn lookup_key(ecosystem: Ecosystem, name: &str) -> Cow<'_, str> {
    match ecosystem {
        Ecosystem::PyPi => pep_503(name),
        // A package URL has Go's names in lower case, so documents lose their case.
        Ecosystem::Packagist | Ecosystem::NuGet | Ecosystem::Go => lower(name),
        Ecosystem::SwiftUrl => swift_url(name),
        Ecosystem::CratesIo
        | Ecosystem::Npm
        | Ecosystem::Maven
        | Ecosystem::RubyGems
        | Ecosystem::Hex
        | Ecosystem::Pub
        | Ecosystem::Hackage
        | Ecosystem::Ghc
        | Ecosystem::Cran
        | Ecosystem::Bioconductor
        | Ecosystem::ConanCenter
        | Ecosystem::Debian
        | Ecosystem::Ubuntu
        | Ecosystem::Alpine
        | Ecosystem::RedHat
        | Ecosystem::RockyLinux
        | Ecosystem::AlmaLinux
        | Ecosystem::Suse
        | Ecosystem::OpenSuse
        | Ecosystem::Mageia
        | Ecosystem::OpenEuler
        | Ecosystem::AzureLinux
        | Ecosystem::PhotonOs
        | Ecosystem::Wolfi
        | Ecosystem::Chainguard
        | Ecosystem::MinimOs
        | Ecosystem::Alpaquita => Cow::Borrowed(name),
    }
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|b| b.is_ascii_uppercase()) || !name.is_ascii() {
        Cow::Owned(name.to_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// PEP 503: `re.sub(r"[-_.]+", "-", name).lower()`.
pub(crate) fn pep_503(name: &str) -> Cow<'_, str> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    if name.bytes().all(plain) {
        return Cow::Borrowed(name);
    }
    let mut key = String::with_capacity(name.len());
    let mut in_run = false;
    for c in name.chars() {
        let separator = matches!(c, '-' | '_' | '.');
        if separator && !in_run {
            key.push('-');
        } else if !separator {
            key.extend(c.to_lowercase());
        }
        in_run = separator;
    }
    Cow::Owned(key)
}

/// `https://GitHub.example/Owner/Repo.git` and `git@github.example:owner/repo` are one package.
fn swift_url(address: &str) -> Cow<'_, str> {
    let (host, path) = swift_address(address);
    let mut key = host.to_lowercase();
    if !path.is_empty() {
        key.push('/');
        key.push_str(&path.to_lowercase());
    }
    Cow::Owned(key)
}

/// The host and the path of a repository's address, without scheme, user, port, last slash and
/// `.git`.
pub(crate) fn swift_address(address: &str) -> (&str, Cow<'_, str>) {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest.trim_end_matches('/');
    let rest = rest.strip_suffix(".git").unwrap_or(rest);
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match host.split_once(':') {
        // `host:path` of the scp form; a number is a port.
        Some((host, first)) if !first.bytes().all(|b| b.is_ascii_digit()) => {
            let path = if path.is_empty() { first.into() } else { format!("{first}/{path}") };
            (host, Cow::Owned(path))
        }
        Some((host, _)) => (host, Cow::Borrowed(path)),
        None => (host, Cow::Borrowed(path)),
    }
}

/// Characters that must never reach a terminal or a log: C0 and C1 controls, line and paragraph
/// separators, and the marks that turn the direction of text (Unicode TR 36).
pub(crate) fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200E}' | '\u{200F}')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

impl PartialEq for PackageName {
    fn eq(&self, other: &Self) -> bool {
        self.ecosystem == other.ecosystem && self.key() == other.key()
    }
}

impl Eq for PackageName {}

impl Hash for PackageName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.ecosystem.hash(state);
        self.key().hash(state);
    }
}

impl Ord for PackageName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.ecosystem, self.key()).cmp(&(other.ecosystem, other.key()))
    }
}

impl PartialOrd for PackageName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(ecosystem: Ecosystem, text: &str) -> String {
        PackageName::parse(ecosystem, text).unwrap().key().to_owned()
    }

    #[test]
    fn python_names_agree_after_pep_503() {
        assert_eq!(key(Ecosystem::PyPi, "Zope.__Interface"), "zope-interface");
    }

    #[test]
    fn a_name_is_shown_as_it_was_written() {
        let name = PackageName::parse(Ecosystem::PyPi, "Django").unwrap();
        assert_eq!(name.to_string(), "Django");
        assert_eq!(name, PackageName::parse(Ecosystem::PyPi, "django").unwrap());
    }

    #[test]
    fn crates_with_a_hyphen_and_an_underscore_are_two() {
        assert_ne!(key(Ecosystem::CratesIo, "a-b"), key(Ecosystem::CratesIo, "a_b"));
    }

    #[test]
    fn the_same_word_in_two_ecosystems_is_two_packages() {
        assert_ne!(
            PackageName::parse(Ecosystem::Npm, "time").unwrap(),
            PackageName::parse(Ecosystem::CratesIo, "time").unwrap()
        );
    }

    #[test]
    fn every_way_to_write_a_swift_address_is_one_package() {
        for address in [
            "https://git.example/Owner/Repo.git",
            "https://git.example/owner/repo/",
            "git@git.example:Owner/Repo.git",
            "ssh://git@git.example:22/owner/repo",
            "git.example/owner/repo",
        ] {
            assert_eq!(key(Ecosystem::SwiftUrl, address), "git.example/owner/repo", "{address}");
        }
    }

    #[test]
    fn a_terminal_escape_is_refused() {
        assert_eq!(
            PackageName::parse(Ecosystem::Npm, "a\u{1b}[31m"),
            Err(NameError::Control(0x1b))
        );
    }

    #[test]
    fn a_mark_that_turns_the_text_is_refused() {
        assert_eq!(
            PackageName::parse(Ecosystem::Npm, "a\u{202e}b"),
            Err(NameError::Control(0x202e))
        );
    }

    #[test]
    fn an_empty_name_is_refused() {
        assert_eq!(PackageName::parse(Ecosystem::Npm, "  "), Err(NameError::Empty));
    }
}
