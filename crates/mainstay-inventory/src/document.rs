//! From the bytes of an SBOM to the components that it names.
//!
//! The reader is that of `mainstay scan`, so the server and the command line see the same
//! packages and the same gaps. A component is told from all others by its package URL and by
//! where its content comes from: a copy from git is not the release of the registry.

use std::collections::BTreeMap;

use mainstay_reading::{Entry, LockedVersion, Origin};
use mainstay_sboms::{DocumentFormat, DocumentText};
use mainstay_scan::{Package, PackageStatus, Software, UncheckedReason};
use mainstay_types::{DistributedPurl, Ecosystem, PackageName, Purl, Scope};

use crate::InventoryError;
use crate::model::Need;
use crate::project::{self, PackageNote};

/// What an SBOM says, as far as the inventory keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// The format, for people: `CycloneDX 1.6`.
    pub(crate) format: &'static str,
    /// The components, each once.
    pub(crate) components: Vec<Component>,
    /// What the document leaves open, and what to do about it.
    pub(crate) gaps: Vec<String>,
    /// What it says that it describes.
    pub(crate) described: Software,
    /// What it says on flaws (VEX).
    pub(crate) vex: mainstay_vex::Document,
    /// What it says of the projects behind packages, sorted, each once.
    pub(crate) notes: Vec<PackageNote>,
}

/// A version of a package, as an SBOM names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Component {
    pub(crate) identity: String,
    pub(crate) name: PackageName,
    pub(crate) purl: String,
    pub(crate) version: String,
    /// How it is needed, where it is needed most directly.
    pub(crate) need: Need,
}

/// Reads a document. `most` bounds the packages that it may name.
pub(crate) fn read(bytes: &[u8], most: usize) -> Result<Document, InventoryError> {
    let text = DocumentText::of(bytes).map_err(InventoryError::Document)?;
    let sbom = text.sbom().map_err(InventoryError::Document)?;
    let described = Software::of(&sbom);
    let vex = mainstay_vex::of_sbom(&sbom).map_err(InventoryError::Document)?;
    let notes = project::notes_of(&sbom);
    let inventory = mainstay_sboms::inventory(sbom);
    let packages = inventory.packages.len();
    if packages > most {
        return Err(InventoryError::TooMany { packages, most });
    }
    let mut components: BTreeMap<String, Component> = BTreeMap::new();
    for entry in &inventory.packages {
        let component = component(entry);
        let need = component.need;
        let known = components.entry(component.identity.clone()).or_insert(component);
        known.need = known.need.max(need);
    }
    let gaps = inventory.gaps.into_iter().map(|gap| format!("{}: {}", gap.reason, gap.advice));
    Ok(Document {
        format: word(text.format()),
        components: components.into_values().collect(),
        gaps: gaps.collect(),
        described,
        vex,
        notes,
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
    let need = match entry.direct {
        Some(true) => Need::Direct,
        Some(false) => Need::Deep,
        None => Need::Untold,
    };
    Component { identity, name: entry.name.clone(), purl, version, need }
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
        funding: Vec::new(),
    })
}
