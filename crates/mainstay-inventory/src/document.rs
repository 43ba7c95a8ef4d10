//! From the bytes of an SBOM to the components that it names.
//!
//! The reader is that of `mainstay scan`, so the server and the command line see the same
//! packages and the same gaps. A component is told from all others by its package URL and by
//! where its content comes from: a copy from git is not the release of the registry.

use std::collections::BTreeMap;

use mainstay_reading::{Entry, Input, LockedVersion, Nearby, NearbyError, Origin};
use mainstay_sboms::{DocumentFormat, DocumentText};
use mainstay_scan::{Package, PackageStatus, UncheckedReason};
use mainstay_types::{DistributedPurl, Ecosystem, PackageName, Purl, Scope};

use crate::InventoryError;

/// What an SBOM says, as far as the inventory keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// The format, for people: `CycloneDX 1.6`.
    pub(crate) format: String,
    /// The components, each once.
    pub(crate) components: Vec<Component>,
    /// What the document leaves open, as sentences.
    pub(crate) gaps: Vec<String>,
}

/// A version of a package, as an SBOM names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Component {
    pub(crate) identity: String,
    pub(crate) name: PackageName,
    pub(crate) purl: String,
    pub(crate) version: String,
    /// Whether the asset asks for it itself, at one place at least.
    pub(crate) is_direct: bool,
}

/// Reads a document. `most` bounds the packages that it may name.
pub(crate) fn read(bytes: &[u8], file_name: &str, most: usize) -> Result<Document, InventoryError> {
    let format = DocumentText::of(bytes).map_err(InventoryError::Document)?.format();
    let input = Input { bytes, file_name, nearby: &Nothing };
    let inventory = mainstay_sboms::read(&input).map_err(InventoryError::Document)?;
    let packages = inventory.packages.len();
    if packages > most {
        return Err(InventoryError::TooMany { packages, most });
    }
    let mut components: BTreeMap<String, Component> = BTreeMap::new();
    for entry in &inventory.packages {
        let component = component(entry);
        let is_direct = component.is_direct;
        let known = components.entry(component.identity.clone()).or_insert(component);
        known.is_direct |= is_direct;
    }
    let gaps = inventory.gaps.into_iter().map(|gap| gap.reason).collect();
    Ok(Document {
        format: word(format).to_owned(),
        components: components.into_values().collect(),
        gaps,
    })
}

fn word(format: DocumentFormat) -> &'static str {
    match format {
        DocumentFormat::CycloneDxJson => "CycloneDX, JSON",
        DocumentFormat::CycloneDxXml => "CycloneDX, XML",
        DocumentFormat::SpdxJson => "SPDX 2, JSON",
        DocumentFormat::SpdxTagValue => "SPDX 2, tag-value",
        DocumentFormat::SpdxJsonLd => "SPDX 3, JSON-LD",
    }
}

fn component(entry: &Entry) -> Component {
    let exact = entry.version.exact();
    let purl = match &entry.origin {
        Origin::Distribution(built) => Purl::of_distributed(&entry.name, exact, built),
        Origin::Registry { .. } | Origin::Git { .. } | Origin::Path(_) | Origin::Url(_) => {
            Purl::of_package(&entry.name, exact)
        }
    };
    let purl = purl.as_str().to_owned();
    let version = match &entry.version {
        LockedVersion::Exact(text) | LockedVersion::Asked(text) => text.to_string(),
        LockedVersion::Unstated => String::new(),
    };
    let identity = format!("{purl} {}", whence(entry));
    Component {
        identity,
        name: entry.name.clone(),
        purl,
        version,
        is_direct: entry.direct == Some(true),
    }
}

/// The second half of an identity: where the content comes from, and how far the version is told.
fn whence(entry: &Entry) -> String {
    match (&entry.origin, &entry.version) {
        (Origin::Git { commit: Some(commit), .. }, _) => format!("git:{commit}"),
        (Origin::Git { commit: None, .. }, _) => "git".to_owned(),
        (Origin::Path(_), _) => "path".to_owned(),
        (Origin::Url(_), _) => "url".to_owned(),
        (Origin::Registry { .. } | Origin::Distribution(_), LockedVersion::Exact(_)) => {
            "release".to_owned()
        }
        (Origin::Registry { .. } | Origin::Distribution(_), LockedVersion::Asked(range)) => {
            format!("asked:{range}")
        }
        (Origin::Registry { .. } | Origin::Distribution(_), LockedVersion::Unstated) => {
            "unstated".to_owned()
        }
    }
}

/// The package behind a stored identity, to be asked about again. `None` when the row is not one
/// that [`read`] makes.
pub(crate) fn package_of(identity: &str, ecosystem: &str, name: &str) -> Option<Package> {
    let (purl, whence) = identity.split_once(' ')?;
    let ecosystem = Ecosystem::from_osv_name(ecosystem)?;
    let purl = Purl::parse(purl).ok()?;
    let exact = |text: Option<std::borrow::Cow<'_, str>>| {
        text.map_or(LockedVersion::Unstated, |text| LockedVersion::Exact(Box::from(&*text)))
    };
    let (name, version, origin) = if ecosystem.packaging().is_some() {
        let found = DistributedPurl::of(&purl)?.ok()?;
        let version = found.version.map_or(LockedVersion::Unstated, LockedVersion::Exact);
        (found.name, version, Origin::Distribution(Box::new(found.distributed)))
    } else {
        let name = PackageName::parse(ecosystem, name).ok()?;
        (name, exact(purl.version()), Origin::registry())
    };
    let nowhere = || mainstay_types::SourceUrl::new("");
    let (version, origin) = match whence.split_once(':').unwrap_or((whence, "")) {
        ("release" | "unstated", _) => (version, origin),
        ("asked", range) => (LockedVersion::Asked(range.into()), origin),
        ("git", "") => (version, Origin::Git { url: nowhere(), commit: None }),
        ("git", commit) => (version, Origin::Git { url: nowhere(), commit: Some(commit.into()) }),
        ("path", _) => (version, Origin::Path("".into())),
        ("url", _) => (version, Origin::Url(nowhere())),
        _ => return None,
    };
    Some(Package {
        name,
        version,
        origin,
        scope: Scope::Runtime,
        direct: None,
        status: PackageStatus::Unchecked {
            problem: "it was not looked up yet".into(),
            reason: UncheckedReason::Package,
        },
        locations: Vec::new(),
        checksums: Vec::new(),
        licences: Vec::new(),
        released: None,
    })
}

/// An uploaded document has no files beside it.
struct Nothing;

impl Nearby for Nothing {
    fn read(&self, _: &str) -> Result<Vec<u8>, NearbyError> {
        Err(NearbyError::Absent)
    }
}
