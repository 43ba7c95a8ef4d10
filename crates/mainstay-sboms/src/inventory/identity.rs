//! Which package a component is.

use std::cmp::Ordering;
use std::collections::HashSet;

use mainstay_reading::{LockedVersion, Origin};
use mainstay_types::{
    BuiltFrom, DistributedPurl, Ecosystem, Licence as StatedLicence, Licences, PackageName, Purl,
    SourcePackage, SourceUrl,
};

use mainstay_versions::Version;

use super::asked;
use crate::properties::{ORIGIN, ORIGIN_COMMIT, ORIGIN_URL};
use crate::{Acknowledgement, Component, Identifier, Licence, LicenceText};

/// A package of an ecosystem.
pub(super) struct Identity {
    pub(super) name: PackageName,
    pub(super) version: LockedVersion,
    pub(super) origin: Origin,
}

/// The packages that a component says to be, and what about that nobody can say.
#[derive(Default)]
pub(super) struct Identities {
    pub(super) known: Vec<Identity>,
    pub(super) unknown: Vec<String>,
}

/// Why a package URL is no package.
enum Unread {
    /// Mainstay has no ecosystem for it. Another package URL may stand for it.
    NoEcosystem(String),
    /// It says something that is wrong.
    Wrong(String),
}

impl Identity {
    /// Every package that a component says to be. Most say one; all that are said count.
    pub(super) fn all(component: &Component<'_>) -> Identities {
        let mut identities = Identities::default();
        let (mut foreign, mut bad) = (None, None);
        let mut met: HashSet<&str> = HashSet::new();
        for identifier in &component.identifiers {
            match identifier {
                Identifier::Purl(purl) if met.insert(purl.as_str()) => {
                    match Self::of(component, purl) {
                        Ok(identity) => identities.known.push(identity),
                        Err(Unread::NoEcosystem(reason)) => foreign = foreign.or(Some(reason)),
                        Err(Unread::Wrong(reason)) => identities.unknown.push(reason),
                    }
                }
                Identifier::BadPurl(text, error) => {
                    bad = bad.or_else(|| {
                        Some(format!("its package URL \"{text}\" cannot be read: {error}"))
                    });
                }
                Identifier::Purl(_)
                | Identifier::Cpe(_)
                | Identifier::Swid(_)
                | Identifier::Swhid(_)
                | Identifier::Gitoid(_)
                | Identifier::Other(_) => {}
            }
        }
        identities.unknown.extend(bad);
        if identities.known.is_empty() {
            identities.unknown.extend(foreign);
            if identities.unknown.is_empty() {
                identities.unknown.push(without_purl(component));
            }
        } else if let Some(reason) = contradiction(component, &identities.known) {
            identities.unknown.push(reason);
        }
        identities
    }

    /// The name of the first.
    pub(super) fn name_of(component: &Component<'_>) -> Option<PackageName> {
        Self::of(component, component.purl()?).ok().map(|identity| identity.name)
    }

    /// The package that one package URL means.
    fn of(component: &Component<'_>, purl: &Purl) -> Result<Self, Unread> {
        if let Some(found) = DistributedPurl::of(purl) {
            let found = found.map_err(|error| Unread::Wrong(error.to_string()))?;
            return distributed(component, found).map_err(Unread::Wrong);
        }
        let name = match purl.package_name() {
            None => {
                return Err(Unread::NoEcosystem(format!(
                    "Mainstay has no ecosystem for package URLs like {purl}"
                )));
            }
            Some(Err(error)) => return Err(Unread::Wrong(error.to_string())),
            Some(Ok(name)) => in_its_case(name, component),
        };
        let version = version(component, purl).map_err(Unread::Wrong)?;
        Ok(Self { name, version, origin: origin(component, purl) })
    }
}

/// Whether a component's own version is another one than that of each of its package URLs.
fn contradiction(component: &Component<'_>, known: &[Identity]) -> Option<String> {
    let own = own_version(component)?;
    let mut other = None;
    for identity in known {
        let LockedVersion::Exact(version) = &identity.version else { return None };
        if is_same(identity.name.ecosystem(), own, version) {
            return None;
        }
        other = other.or(Some(version));
    }
    Some(format!("its version is {own}, and its package URL is of version {}", other?))
}

/// Whether two texts are one version. The package URL of a distribution's package leaves out its
/// epoch, and some tools its release.
fn is_same(ecosystem: Ecosystem, one: &str, two: &str) -> bool {
    let plain = |text: &str| text.trim_start_matches(['v', 'V', '=']).to_lowercase();
    let (one, two) = (plain(one), plain(two));
    let is_part = |short: &str, long: &str| {
        long.match_indices(short).any(|(at, _)| {
            let before = long.get(..at).and_then(|text| text.chars().next_back());
            let after = long.get(at + short.len()..).and_then(|text| text.chars().next());
            [before, after].into_iter().flatten().all(|c| !c.is_alphanumeric())
        })
    };
    if one == two
        || (ecosystem.packaging().is_some() && (is_part(&one, &two) || is_part(&two, &one)))
    {
        return true;
    }
    let version = |text: &str| Version::parse_for_order(ecosystem, text).ok();
    match (version(&one), version(&two)) {
        (Some(one), Some(two)) => one.compare(&two) == Some(Ordering::Equal),
        (None, _) | (_, None) => false,
    }
}

/// A package of a distribution. Where its package URL does not name its source, properties that
/// Trivy writes may.
fn distributed(component: &Component<'_>, mut found: DistributedPurl) -> Result<Identity, String> {
    let trivy = |key: &str| property(component, &format!("aquasecurity:trivy:{key}"));
    if let (BuiltFrom::Unknown, Some(name)) = (&found.distributed.built_from, trivy("SrcName")) {
        let part = |key: &str, before: &str, after: &str| match trivy(key) {
            Some(text) if !text.is_empty() && text != "0" => format!("{before}{text}{after}"),
            Some(_) | None => String::new(),
        };
        let version = format!(
            "{}{}{}",
            part("SrcEpoch", "", ":"),
            trivy("SrcVersion").unwrap_or(""),
            part("SrcRelease", "-", "")
        );
        if let Some(source) = SourcePackage::new(found.name.ecosystem(), name, &version) {
            found.distributed.built_from = BuiltFrom::Source(source);
        }
    }
    let version = match found.version {
        Some(version) if version.chars().any(char::is_control) => {
            return Err("its version contains a control character".to_owned());
        }
        Some(version) => LockedVersion::Exact(version),
        None => LockedVersion::Unstated,
    };
    let origin = Origin::Distribution(Box::new(found.distributed));
    Ok(Identity { name: found.name, version, origin })
}

/// Why a component without a package URL is unknown.
fn without_purl(component: &Component<'_>) -> String {
    let is_cpe = |identifier: &Identifier<'_>| matches!(identifier, Identifier::Cpe(_));
    if component.identifiers.iter().any(is_cpe) {
        return "it has a CPE and no package URL".to_owned();
    }
    "it has no package URL".to_owned()
}

/// A Go module in the case in which the document writes its name: its package URL is in lower
/// case, the advisories are not.
fn in_its_case(name: PackageName, component: &Component<'_>) -> PackageName {
    if name.ecosystem() != Ecosystem::Go {
        return name;
    }
    let grouped = component.group.as_deref().map(|group| format!("{group}/{}", component.name));
    let written = [Some(component.name.to_string()), grouped];
    let same = written
        .into_iter()
        .flatten()
        .find(|written| written.eq_ignore_ascii_case(name.as_written()));
    same.and_then(|written| PackageName::parse(Ecosystem::Go, &written).ok()).unwrap_or(name)
}

/// The version that the component states itself.
pub(super) fn own_version<'c>(component: &'c Component<'_>) -> Option<&'c str> {
    component.version.as_deref().map(str::trim).filter(|own| !own.is_empty())
}

/// The package URL's version, else the component's own.
fn version(component: &Component<'_>, purl: &Purl) -> Result<LockedVersion, String> {
    let text = match (purl.version(), own_version(component)) {
        (Some(version), _) => version.into_owned(),
        (None, Some(own)) => own.to_owned(),
        (None, None) => return Ok(asked(component).unwrap_or(LockedVersion::Unstated)),
    };
    if text.chars().any(char::is_control) {
        return Err("its version contains a control character".to_owned());
    }
    Ok(LockedVersion::Exact(text.into()))
}

/// Where a package comes from: a registry, unless the document names another place.
fn origin(component: &Component<'_>, purl: &Purl) -> Origin {
    own_origin(component, Some(purl)).unwrap_or_else(Origin::registry)
}

/// Where something comes from that is of no registry as far as anybody knows.
pub(super) fn origin_without_registry(component: &Component<'_>) -> Option<Origin> {
    own_origin(component, component.purl())
}

/// The place that the document names, if it names one. `vcs_url` in a package URL and a repository as
/// the place of download tell where the source is, not that the package was taken from there; with a
/// commit they do, as npm writes it of what it took from a repository. A place of download with any
/// revision is one too.
fn own_origin(component: &Component<'_>, purl: Option<&Purl>) -> Option<Origin> {
    let address = property(component, ORIGIN_URL).unwrap_or("");
    let of_property = match property(component, ORIGIN) {
        Some("git") => Some(Origin::Git {
            url: SourceUrl::new(address),
            commit: property(component, ORIGIN_COMMIT).map(Into::into),
        }),
        Some("path") => Some(Origin::Path(address.into())),
        Some("url") => Some(Origin::Url(SourceUrl::new(address))),
        Some(_) | None => None,
    };
    if of_property.is_some() {
        return of_property;
    }
    let qualifier = |wanted: &str| {
        let found = purl?.qualifiers().find(|(key, _)| *key == wanted);
        found.map(|(_, value)| value)
    };
    let of_commit = |address: &str| of_revision(address).filter(|(_, commit)| commit.is_some());
    let vcs_url = qualifier("vcs_url").and_then(|address| of_commit(&address));
    let mut downloads = component.references.iter().filter(|one| one.is_download());
    let taken = vcs_url.or_else(|| downloads.clone().find_map(|one| of_revision(&one.url)));
    if let Some((url, commit)) = taken {
        return Some(Origin::Git { url, commit });
    }
    let index = qualifier("repository_url").map(|value| SourceUrl::new(&value));
    let artifact = downloads.find(|one| is_file_address(&one.url));
    let artifact = artifact.map(|one| SourceUrl::new(&one.url));
    (index.is_some() || artifact.is_some()).then_some(Origin::Registry { index, artifact })
}

/// Whether an address is one from which a file is fetched, and no repository.
fn is_file_address(address: &str) -> bool {
    let scheme = address.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("https" | "http" | "ftp"))
        && address.trim_end_matches('/').strip_suffix(".git").is_none()
}

/// The repository of an address that names a revision of it too: a commit, or a tag or branch, which
/// locks nothing (SPDX specification 2.3, clause 7.7: `git+https://HOST/PATH@REVISION#FOLDER`).
fn of_revision(address: &str) -> Option<(SourceUrl, Option<Box<str>>)> {
    let is_commit = |text: &str| {
        matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    // Behind the number sign stands a commit, as npm writes it, or a folder of the repository.
    let (bare, behind) = address.split_once('#').unwrap_or((address, ""));
    // A sign in the part that names the host divides a user from it.
    let path = bare.split_once("://").map_or(0, |(scheme, rest)| {
        scheme.len() + "://".len() + rest.find('/').unwrap_or(rest.len())
    });
    let divided = bare.rsplit_once('@').filter(|(url, to)| url.len() >= path && !to.is_empty());
    let is_repository = bare.split_once("://").is_some_and(|(scheme, _)| {
        let system = scheme.split('+').next().unwrap_or(scheme);
        matches!(&*system.to_ascii_lowercase(), "git" | "hg" | "svn" | "bzr")
    });
    let (url, commit) = match divided {
        Some((url, commit)) if is_commit(commit) => (url, Some(commit)),
        _ if is_commit(behind) => (bare, Some(behind)),
        Some((url, _)) if is_repository => (url, None),
        _ => return None,
    };
    let url = SourceUrl::new(url.strip_prefix("git+").unwrap_or(url));
    Some((url, commit.map(Into::into)))
}

/// The value of a property.
pub(super) fn property<'c>(component: &'c Component<'_>, name: &str) -> Option<&'c str> {
    let properties = &component.details().properties;
    properties.iter().find(|one| one.name == name).map(|one| &*one.value)
}

/// The licence that a component states: what was concluded, else what was declared. Several
/// statements are all of them.
pub(super) fn licence(component: &Component<'_>, licences: &mut Licences) -> Option<StatedLicence> {
    let of = |wanted: &[Acknowledgement]| -> Vec<&str> {
        let chosen = component.licences.iter().filter(|one| wanted.contains(&one.acknowledgement));
        chosen.filter_map(text).collect()
    };
    let mut texts = of(&[Acknowledgement::Concluded]);
    if texts.is_empty() {
        texts = of(&[Acknowledgement::Declared, Acknowledgement::Unstated]);
    }
    match texts.as_slice() {
        [] => None,
        [one] => licences.stated(one),
        several => {
            let joined: Vec<String> = several.iter().map(|one| format!("({one})")).collect();
            licences.stated(&joined.join(" AND "))
        }
    }
}

fn text<'l>(licence: &'l Licence<'_>) -> Option<&'l str> {
    match &licence.text {
        LicenceText::Expression(text) | LicenceText::Name(text) => Some(text),
        LicenceText::None => Some("NONE"),
        LicenceText::NoAssertion => None,
    }
}
