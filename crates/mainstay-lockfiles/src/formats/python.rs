//! What the readers of Python formats share: requirements (PEP 508), names of distribution
//! files, the project's `pyproject.toml`, and an inventory in the making.

use std::collections::HashMap;

use mainstay_reading::{Entry, Gap, Inventory, Irregularity, Member, Origin, Place};
use mainstay_types::{Digest, DigestAlgorithm, Ecosystem, PackageName, SourceUrl};

pub(crate) mod artifact;
pub(crate) mod project;
pub(crate) mod requirement;

/// Edges drawn from one dependency to packages of the same name. Honest files lock a name in a
/// handful of versions.
const MOST_VERSIONS: usize = 16;

/// An inventory in the making, which finds its packages by name.
#[derive(Default)]
pub(crate) struct Packages {
    pub(crate) inventory: Inventory,
    by_name: HashMap<PackageName, Vec<u32>>,
}

impl Packages {
    /// Reads a name, or notes that there is a package without a usable one.
    pub(crate) fn name(&mut self, text: &str, line: Option<u32>) -> Option<PackageName> {
        let problem = match PackageName::parse(Ecosystem::PyPi, text) {
            Ok(name) => return Some(name),
            Err(problem) => problem,
        };
        self.gap(
            Place::at(line),
            format!("a package has no usable name: {problem}"),
            "look at the line by hand; let the package manager write the file again",
        );
        None
    }

    pub(crate) fn push(&mut self, entry: Entry) -> Option<u32> {
        let position = u32::try_from(self.inventory.packages.len()).ok()?;
        self.by_name.entry(entry.name.clone()).or_default().push(position);
        self.inventory.packages.push(entry);
        Some(position)
    }

    /// The packages of a name, at most [`MOST_VERSIONS`].
    pub(crate) fn positions(&self, name: &str) -> &[u32] {
        let found = PackageName::parse(Ecosystem::PyPi, name)
            .ok()
            .and_then(|name| self.by_name.get(&name))
            .map_or(&[][..], Vec::as_slice);
        found.get(..MOST_VERSIONS).unwrap_or(found)
    }

    /// Draws the edges of a package from the names that it needs.
    pub(crate) fn connect(&mut self, position: u32, needs: impl IntoIterator<Item = u32>) {
        let mut needs: Vec<u32> = needs.into_iter().collect();
        needs.sort_unstable();
        needs.dedup();
        if let Some(entry) = self.entry_mut(position) {
            entry.needs = needs;
        }
    }

    pub(crate) fn entry_mut(&mut self, position: u32) -> Option<&mut Entry> {
        self.inventory.packages.get_mut(usize::try_from(position).ok()?)
    }

    pub(crate) fn gap(&mut self, place: Place, reason: impl Into<String>, advice: &str) {
        let advice = advice.to_owned();
        self.inventory.gaps.push(Gap { place, reason: reason.into(), advice });
    }

    pub(crate) fn member(&mut self, name: Option<&str>, path: Option<&str>) {
        let name = name.and_then(|name| PackageName::parse(Ecosystem::PyPi, name).ok());
        self.inventory.members.push(Member { name, path: path.map(Into::into) });
    }

    /// Sets who is asked for directly, and the project's name and indexes, from the
    /// `pyproject.toml` beside a lockfile.
    pub(crate) fn take_project(&mut self, project: &project::Project) {
        for entry in &mut self.inventory.packages {
            entry.direct = Some(project.asks_for(&entry.name));
        }
        self.inventory.indexes.extend(project.indexes.iter().cloned());
        if self.inventory.own_name.is_none() {
            self.inventory.own_name.clone_from(&project.name);
        }
        self.inventory.files_read.push(project::FILE_NAME.into());
    }
}

/// One distribution file that a lockfile names.
pub(crate) struct Artifact<'t> {
    /// Its address or bare file name.
    pub(crate) location: Option<&'t str>,
    /// `sha256:<hex>`.
    pub(crate) hash: Option<&'t str>,
}

/// A moment, as text (uv) or as a date and time of TOML (PEP 751). `None` for anything else.
pub(crate) fn moment(value: &toml::Value) -> Option<jiff::Timestamp> {
    match value {
        toml::Value::String(text) => text.parse().ok(),
        toml::Value::Datetime(time) => time.to_string().parse().ok(),
        toml::Value::Integer(_)
        | toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Array(_)
        | toml::Value::Table(_) => None,
    }
}

/// The checksums of an entry's files.
pub(crate) fn checksums<'t>(hashes: impl IntoIterator<Item = &'t str>) -> Vec<Digest> {
    hashes.into_iter().filter_map(digest).collect()
}

/// A checksum with its algorithm; bare hexadecimal digits are SHA-256, as poetry 0.x wrote them.
pub(crate) fn digest(text: &str) -> Option<Digest> {
    if text.contains(':') {
        Digest::from_prefixed_hex(text).ok()
    } else {
        Digest::from_hex(DigestAlgorithm::Sha256, text).ok()
    }
}

/// The file that stands for a package from an index: its source archive, or else its first file.
pub(crate) fn representative<'t>(files: &[Artifact<'t>]) -> Option<&'t str> {
    let mut addresses =
        files.iter().filter_map(|file| file.location).filter(|location| location.contains("://"));
    let first = addresses.clone().next();
    addresses.find(|address| !artifact::is_wheel(address)).or(first)
}

/// A package from an index, with the file that stands for it.
pub(crate) fn from_index(index: Option<&str>, files: &[Artifact<'_>]) -> Origin {
    Origin::Registry {
        index: index.map(SourceUrl::new),
        artifact: representative(files).map(SourceUrl::new),
    }
}

/// The first file whose name says another package or version than the entry; the file that
/// stands for the entry is left to [`crate::confusion`], which looks at every origin.
pub(crate) fn disagreement(
    entry: &Entry,
    position: u32,
    files: &[Artifact<'_>],
) -> Option<Irregularity> {
    let version = entry.version.exact()?;
    let known = representative(files);
    let message = files
        .iter()
        .filter_map(|file| file.location)
        .filter(|location| Some(*location) != known)
        .find_map(|location| artifact::disagreement(&entry.name, version, location))?;
    Some(Irregularity { entry: Some(position), place: entry.place.clone(), message })
}

/// Whether a path leads out of the folder that holds the file which names it.
pub(crate) fn leads_out(path: &str) -> bool {
    match mainstay_reading::join("", path) {
        Ok(joined) => joined == ".." || joined.starts_with("../"),
        Err(_) => true,
    }
}

/// A `git+https://host/repo@rev#egg=name` address: the repository, and the full commit.
pub(crate) fn git_origin(address: &str, commit: Option<&str>) -> Origin {
    let bare = address.strip_prefix("git+").unwrap_or(address);
    let bare = bare.split('#').next().unwrap_or(bare);
    let host_ends = bare.find("://").map_or(0, |at| at + 3);
    let path_starts =
        bare.get(host_ends..).and_then(|rest| rest.find('/')).map(|at| at + host_ends);
    let revision = path_starts
        .and_then(|start| bare.get(start..)?.rfind('@').map(|at| at + start))
        .and_then(|at| Some((bare.get(..at)?, bare.get(at + 1..)?)));
    let (url, written) = match revision {
        Some((url, revision)) => (url, Some(revision)),
        None => (bare, None),
    };
    let commit = commit.or(written).filter(|commit| is_commit(commit));
    Origin::Git { url: SourceUrl::new(url), commit: commit.map(Into::into) }
}

/// A full commit: 40 or 64 hexadecimal digits (SHA-1 or SHA-256 repositories).
pub(crate) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_behind_the_path_is_the_commit() {
        let commit = "a".repeat(40);
        let origin = git_origin(&format!("git+https://me@git.example/r.git@{commit}#egg=x"), None);
        let url = SourceUrl::new("https://me@git.example/r.git");
        assert_eq!(origin, Origin::Git { url, commit: Some(commit.into()) });
    }

    #[test]
    fn a_branch_is_no_commit() {
        let origin = git_origin("git+ssh://git@git.example/r.git@main", None);
        let url = SourceUrl::new("ssh://git@git.example/r.git");
        assert_eq!(origin, Origin::Git { url, commit: None });
    }

    #[test]
    fn a_path_that_climbs_leads_out() {
        assert!(leads_out("../lib") && leads_out("/opt/lib") && leads_out("a/../../b"));
        assert!(!leads_out(".") && !leads_out("libs/one"));
    }
}
