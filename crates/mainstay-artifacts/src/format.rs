//! The table of formats: which file names are which format, and who reads them.

use mainstay_archives::{ArchiveError, Budget, Container, ReadAt};
use mainstay_reading::Inventory;
use mainstay_types::Ecosystem::{self, CratesIo, Go, Maven, Npm, NuGet, PyPi, RubyGems};

use crate::formats::{any_zip, crate_file, gem, jar, nupkg, program, tarball, wheel};

/// One file to read.
#[derive(Clone, Copy)]
pub struct Artifact<'a> {
    /// The file's content.
    pub source: &'a dyn ReadAt,
    /// The file's own name, without folders.
    pub file_name: &'a str,
    /// What reading it may cost.
    pub budget: &'a Budget,
    /// Who is shown the files inside that another room knows.
    pub onlooker: Option<Onlooker>,
}

/// Another room, which knows files that packages carry and this one does not: models.
#[derive(Clone, Copy, Debug)]
pub struct Onlooker {
    /// Whether a file of this name, without folders, is to be shown.
    pub wants: fn(&str) -> bool,
    /// What a file says, by its name and content; the places are seen from the file. `None` when
    /// it is not what its name promises.
    pub look: fn(&str, &[u8]) -> Option<Inventory>,
}

/// One format that Mainstay knows.
#[derive(Clone, Copy)]
pub struct Format {
    /// The stable name in reports: `jar`, `wheel`.
    pub id: &'static str,
    /// What its users call it.
    pub title: &'static str,
    /// The ecosystems of its packages.
    pub ecosystems: &'static [Ecosystem],
    /// The endings of its file names, in lower case, with the dot.
    pub endings: &'static [&'static str],
    /// Reads one file.
    pub read: fn(&Artifact<'_>) -> Result<Inventory, ArchiveError>,
}

/// Every format of archives, in the order of the documentation.
pub const FORMATS: &[Format] = &[
    Format {
        id: "jar",
        title: "*.jar, *.war, *.ear",
        ecosystems: &[Maven],
        endings: jar::ENDINGS,
        read: jar::read,
    },
    Format {
        id: "wheel",
        title: "*.whl",
        ecosystems: &[PyPi],
        endings: &[".whl"],
        read: wheel::read,
    },
    Format {
        id: "crate",
        title: "*.crate",
        ecosystems: &[CratesIo],
        endings: &[".crate"],
        read: crate_file::read,
    },
    Format {
        id: "gem",
        title: "*.gem",
        ecosystems: &[RubyGems],
        endings: &[".gem"],
        read: gem::read,
    },
    Format {
        id: "nupkg",
        title: "*.nupkg",
        ecosystems: &[NuGet],
        endings: &[".nupkg"],
        read: nupkg::read,
    },
    TARBALL,
    Format {
        id: "zip",
        title: "a zip that is named",
        ecosystems: &[Maven],
        endings: &[],
        read: any_zip::read,
    },
];

/// What npm, PyPI and crates.io call the same: the content says whose it is.
const TARBALL: Format = Format {
    id: "tarball",
    title: "*.tgz, *.tar.gz",
    ecosystems: &[Npm, PyPi, CratesIo],
    endings: &[".tgz", ".tar.gz"],
    read: tarball::read,
};

/// A built program. It is no archive, and no name tells it: see [`is_program`](crate::is_program).
pub static PROGRAM: Format = Format {
    id: "program",
    title: "a program (ELF, PE, Mach-O, WebAssembly)",
    ecosystems: &[Go, CratesIo],
    endings: &[],
    read: program::read,
};

/// The format that a path tells. A tarball must be named as packages are, with a version behind
/// the last hyphen: others are too many and too different.
pub fn format_of(path: &str) -> Option<&'static Format> {
    let name = path.rsplit('/').next().unwrap_or(path);
    FORMATS.iter().find(|format| {
        let ending = format.endings.iter().find(|ending| has_ending(name, ending));
        ending.is_some_and(|ending| {
            let stem = name.get(..name.len() - ending.len()).unwrap_or_default();
            !stem.is_empty() && (format.id != TARBALL.id || names_a_version(stem))
        })
    })
}

/// The format of a file that somebody named and whose name tells nothing: by its first bytes.
pub fn format_of_content(first: &[u8]) -> Option<&'static Format> {
    if crate::program::is_program(first) {
        return Some(&PROGRAM);
    }
    let id = match Container::of_bytes(first)? {
        Container::Zip => "zip",
        Container::Tar if begins_as_gem(first) => "gem",
        Container::Packed(_) | Container::Tar => TARBALL.id,
        Container::NotRead(_) => return None,
    };
    FORMATS.iter().find(|format| format.id == id)
}

/// Whether the first member of a tar is one of a gem: `Gem::Package` writes these, in this order or
/// another, and nothing before them.
fn begins_as_gem(first: &[u8]) -> bool {
    let name = first.split(|byte| *byte == 0).next().unwrap_or_default();
    let members: [&[u8]; 3] = [b"metadata.gz", b"data.tar.gz", b"checksums.yaml.gz"];
    members.iter().any(|member| name == *member || name.strip_suffix(b".sig") == Some(member))
}

fn has_ending(name: &str, ending: &str) -> bool {
    let at = name.len().checked_sub(ending.len());
    at.and_then(|at| name.get(at..)).is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

fn names_a_version(stem: &str) -> bool {
    stem.split('-').skip(1).any(|part| {
        part.strip_prefix('v').unwrap_or(part).starts_with(|c: char| c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use mainstay_testkit::{TarPart, tar_of};

    use super::*;

    #[test]
    fn names_tell_formats() {
        let id = |path| format_of(path).map(|format| format.id);
        assert_eq!(id("lib/a.jar"), Some("jar"));
        assert_eq!(id("a-1.0-py3-none-any.WHL"), Some("wheel"));
        assert_eq!(id("a-1.0.0.crate"), Some("crate"));
        assert_eq!(id("a-1.0.0.tgz"), Some("tarball"));
        assert_eq!(id("a-1.0.tar.gz"), Some("tarball"));
        assert_eq!(id("backup.tar.gz"), None);
        assert_eq!(id(".jar"), None);
    }

    #[test]
    fn content_tells_what_a_name_does_not() {
        let id = |first: &[u8]| format_of_content(first).map(|format| format.id);
        assert_eq!(id(b"PK\x03\x04"), Some("zip"));
        assert_eq!(id(b"\x1f\x8b\x08\0"), Some("tarball"));
        assert_eq!(id(b"hello"), None);
    }

    #[test]
    fn a_tar_is_a_gem_when_it_begins_as_one() {
        let of = |name| format_of_content(&tar_of(&[TarPart::file(name, b"x")])).map(|one| one.id);
        assert_eq!(of("metadata.gz"), Some("gem"));
        assert_eq!(of("checksums.yaml.gz.sig"), Some("gem"));
        assert_eq!(of("left-1.0.0/PKG-INFO"), Some("tarball"));
    }
}
