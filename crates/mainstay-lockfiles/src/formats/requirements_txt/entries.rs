//! One requirement of a file to one entry: by name, by address, by path.

use mainstay_reading::{Entry, Irregularity, LockedVersion, Origin, Place};
use mainstay_types::{Digest, DigestAlgorithm, DigestError, Scope, SourceUrl};

use super::Reading;
use crate::formats::python::{self, artifact, requirement};

impl Reading<'_> {
    /// Takes a requirement. Says whether it is exact and has hashes that pip would take.
    pub(super) fn requirement(&mut self, text: &str, hashes: &[String], place: &Place) -> bool {
        let digests: Vec<_> = hashes.iter().map(|hash| Digest::from_prefixed_hex(hash)).collect();
        let verified = !digests.is_empty() && digests.iter().all(is_taken_by_pip);
        let mut entry = match entry_of(text) {
            Ok(Some(entry)) => entry,
            Ok(None) => {
                self.own_folder(text, place);
                return false;
            }
            Err(problem) => {
                self.refuse(place.clone(), &problem);
                return false;
            }
        };
        entry.place = place.clone();
        let exact = entry.version.exact().is_some();
        let registry = matches!(entry.origin, Origin::Registry { .. });
        if let Some(position) = self.packages.push(entry) {
            self.checksums(position, digests, place);
        }
        verified && (exact || !registry)
    }

    fn checksums(
        &mut self,
        position: u32,
        digests: Vec<Result<Digest, DigestError>>,
        place: &Place,
    ) {
        for digest in digests {
            match (digest, self.packages.entry_mut(position)) {
                (Ok(digest), Some(entry)) => entry.checksums.push(digest),
                (Ok(_), None) => {}
                (Err(error), _) => self.packages.inventory.irregularities.push(Irregularity {
                    entry: Some(position),
                    place: place.clone(),
                    message: error.to_string(),
                }),
            }
        }
    }

    /// Takes what `-e` names: a folder of the project, or a repository.
    pub(super) fn editable(&mut self, target: &str, place: &Place) {
        let address = requirement::parse(target).ok().and_then(|requirement| requirement.url);
        if !is_address(address.unwrap_or(target)) {
            self.own_folder(target, place);
            return;
        }
        match entry_of(target) {
            Ok(Some(mut entry)) => {
                entry.place = place.clone();
                self.packages.push(entry);
            }
            Ok(None) => self.own_folder(target, place),
            Err(problem) => self.refuse(place.clone(), &problem),
        }
    }

    fn own_folder(&mut self, text: &str, place: &Place) {
        let bare = text.split([';', '#']).next().unwrap_or(text).trim();
        let bare = bare.split('[').next().unwrap_or(bare);
        let from = place.file.as_deref().unwrap_or("");
        let folder = mainstay_reading::join(from, bare).unwrap_or_else(|_| bare.to_owned());
        let folder = if folder.is_empty() { "." } else { &folder };
        self.packages.member(None, Some(folder));
    }
}

/// pip takes hashes of three algorithms
/// (<https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode>).
fn is_taken_by_pip(digest: &Result<Digest, DigestError>) -> bool {
    use DigestAlgorithm::{Sha256, Sha384, Sha512};
    digest.as_ref().is_ok_and(|digest| matches!(digest.algorithm(), Sha256 | Sha384 | Sha512))
}

/// The entry of a requirement. `None` is a folder of the project itself.
fn entry_of(text: &str) -> Result<Option<Entry>, String> {
    if is_address(text) {
        return by_address(text).map(Some);
    }
    match requirement::parse(text) {
        Ok(requirement) if requirement.url.is_none() && artifact::is_archive(text) => by_path(text),
        Ok(requirement) => {
            let (version, origin) = match requirement.url {
                None => (requirement.version(), Origin::registry()),
                Some(url) => (LockedVersion::Unstated, origin_of(url)),
            };
            let version = match (&version, requirement.url) {
                (LockedVersion::Unstated, Some(url)) => version_in(url),
                _ => version,
            };
            entry(requirement.name, version, origin).map(Some)
        }
        Err(_) if looks_like_path(text) => by_path(text),
        Err(problem) => Err(problem.to_owned()),
    }
}

fn entry(name: &str, version: LockedVersion, origin: Origin) -> Result<Entry, String> {
    let name = mainstay_types::PackageName::parse(mainstay_types::Ecosystem::PyPi, name)
        .map_err(|problem| problem.to_string())?;
    Ok(Entry {
        name,
        version,
        place: Place::default(),
        scope: Scope::Runtime,
        // A compiled file lists what was asked for and what came with it alike; its comments tell.
        direct: None,
        origin,
        checksums: Vec::new(),
        licence: None,
        released: None,
        needs: Vec::new(),
    })
}

fn is_address(text: &str) -> bool {
    const SCHEMES: [&str; 4] = ["http:", "https:", "file:", "ftp:"];
    let lower = text.get(..16).unwrap_or(text).to_ascii_lowercase();
    SCHEMES.iter().any(|scheme| lower.starts_with(scheme))
        || ["git+", "hg+", "svn+", "bzr+"].iter().any(|vcs| lower.starts_with(vcs))
        || lower.starts_with("git@")
}

/// An address without a name before it: the name is in its fragment (`#egg=name`), in its file
/// name, or else the repository's.
fn by_address(text: &str) -> Result<Entry, String> {
    // A marker follows a semicolon and a space.
    let address = text.split("; ").next().unwrap_or(text).split(" ;").next().unwrap_or(text).trim();
    if address.contains(char::is_whitespace) {
        return Err("something follows the address".to_owned());
    }
    let file = artifact::file_name(address);
    let said = artifact::name_and_version(&file);
    let egg = address
        .split_once('#')
        .and_then(|(_, fragment)| fragment.split('&').find_map(|part| part.strip_prefix("egg=")));
    let egg = egg.map(|egg| egg.split('[').next().unwrap_or(egg));
    let repository = file.split('@').next().unwrap_or(&file);
    let repository = repository.strip_suffix(".git").unwrap_or(repository);
    let name = egg.or(said.map(|(name, _)| name)).unwrap_or(repository);
    entry(name, version_in(address), origin_of(address))
}

/// The version that the file name of an address says.
fn version_in(location: &str) -> LockedVersion {
    let file = artifact::file_name(location);
    match artifact::name_and_version(&file) {
        Some((_, version)) if !location.starts_with("git+") => LockedVersion::Exact(version.into()),
        Some(_) | None => LockedVersion::Unstated,
    }
}

fn origin_of(address: &str) -> Origin {
    if address.starts_with("git+") || address.starts_with("git@") {
        python::git_origin(address, None)
    } else if let Some(path) = address.strip_prefix("file:") {
        Origin::Path(path.trim_start_matches("//").split('#').next().unwrap_or(path).into())
    } else if address.contains("://") {
        Origin::Url(SourceUrl::new(address.split('#').next().unwrap_or(address)))
    } else {
        Origin::Path(address.into())
    }
}

/// The rule of pip: a slash, or a dot at the start.
fn looks_like_path(text: &str) -> bool {
    text.starts_with('.') || text.contains(['/', '\\'])
}

/// An archive on disk, or a folder. `None` is a folder inside the project.
fn by_path(text: &str) -> Result<Option<Entry>, String> {
    let path = text.split(';').next().unwrap_or(text).trim();
    if path.contains(['\0', '<', '>', '=', '|', '"']) {
        return Err("neither a requirement nor a path".to_owned());
    }
    if artifact::is_archive(path) {
        let file = artifact::file_name(path);
        let name = artifact::name_and_version(&file).map_or(file.as_str(), |(name, _)| name);
        return entry(name, version_in(path), Origin::Path(path.into())).map(Some);
    }
    let folder = path.split('[').next().unwrap_or(path);
    if !python::leads_out(folder) {
        return Ok(None);
    }
    let name = folder.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(folder);
    let name = if matches!(name, "" | "." | "..") { "unnamed" } else { name };
    entry(name, LockedVersion::Unstated, Origin::Path(folder.into())).map(Some)
}
