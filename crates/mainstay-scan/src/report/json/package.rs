//! Packages and their places in the JSON contract.

use std::fmt;

use mainstay_reading::{LockedVersion, Offset, Origin};
use mainstay_types::{BuiltFrom, Digest, Licence, Purl, Release, SourceUrl};
use serde::{Serialize, Serializer};

use crate::package::{Location, Package, PackageStatus};

/// The packages, each made when it is written: a report has thousands of them.
pub(super) struct PackagesJson<'a>(pub(super) &'a [Package]);

impl<'a> PackagesJson<'a> {
    pub(super) fn iter(&self) -> impl Iterator<Item = PackageJson<'a>> {
        self.0.iter().map(PackageJson::of)
    }
}

impl Serialize for PackagesJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[derive(Serialize)]
pub(super) struct PackageJson<'a> {
    purl: Shown<Purl>,
    ecosystem: &'static str,
    name: &'a str,
    version: Option<&'a str>,
    /// What is asked for, where no version is locked.
    requirement: Option<&'a str>,
    scope: &'static str,
    direct: Option<bool>,
    status: &'static str,
    problem: Option<&'a str>,
    origin: OriginJson<'a>,
    #[serde(serialize_with = "each_shown")]
    checksums: &'a [Digest],
    /// As the sources write them.
    #[serde(serialize_with = "each_as_written")]
    licences: &'a [Licence],
    /// When this version was published, where a source tells.
    released: Option<String>,
    #[serde(serialize_with = "each_location")]
    locations: &'a [Location],
}

/// A value in the words of its `Display`, written without a text of its own.
struct Shown<T>(T);

impl<T: fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

fn each_shown<S: Serializer>(values: &[impl fmt::Display], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(values.iter().map(Shown))
}

fn each_as_written<S: Serializer>(licences: &[Licence], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(licences.iter().map(Licence::as_written))
}

fn each_location<S: Serializer>(locations: &[Location], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(locations.iter().map(LocationJson::of))
}

#[derive(Serialize)]
struct OriginJson<'a> {
    kind: &'static str,
    url: Option<Shown<&'a dyn fmt::Display>>,
    artifact: Option<Shown<&'a SourceUrl>>,
    commit: Option<&'a str>,
    /// For a package of a distribution: its release, as in `distro` of a package URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<String>,
    /// The machine that it was built for.
    #[serde(skip_serializing_if = "Option::is_none")]
    architecture: Option<&'a str>,
    /// The source package that it was built from.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourcePackageJson<'a>>,
}

#[derive(Serialize)]
struct SourcePackageJson<'a> {
    name: &'a str,
    version: &'a str,
}

#[derive(Serialize)]
pub(super) struct LocationJson<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'a str>,
    line: Option<u32>,
    /// The offset in the file or member, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    /// The layer of an image that brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<LayerJson<'a>>,
}

#[derive(Serialize)]
struct LayerJson<'a> {
    digest: &'a str,
    /// The step of the build that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<&'a str>,
}

impl<'a> LocationJson<'a> {
    pub(super) fn of(location: &'a Location) -> Self {
        let Location { path, member, line, offset, layer, .. } = location;
        let layer = layer.as_deref().map(|layer| LayerJson {
            digest: &layer.digest,
            created_by: layer.created_by.as_deref(),
        });
        Self {
            path,
            member: member.as_deref(),
            line: *line,
            offset: offset.map(Offset::bytes),
            layer,
        }
    }
}

impl<'a> PackageJson<'a> {
    fn of(package: &'a Package) -> Self {
        let (status, problem) = match &package.status {
            PackageStatus::Checked => ("checked", None),
            PackageStatus::Unchecked { problem, .. } => ("unchecked", Some(&**problem)),
        };
        let requirement = match &package.version {
            LockedVersion::Asked(range) => Some(&**range),
            LockedVersion::Exact(_) | LockedVersion::Unstated => None,
        };
        Self {
            purl: Shown(package.purl()),
            ecosystem: package.name.ecosystem().osv_name(),
            name: package.name.as_written(),
            version: package.version.exact(),
            requirement,
            scope: package.scope.word(),
            direct: package.direct,
            status,
            problem,
            origin: OriginJson::of(&package.origin),
            checksums: &package.checksums,
            licences: &package.licences,
            released: package.released.map(|at| at.to_string()),
            locations: &package.locations,
        }
    }
}

impl<'a> OriginJson<'a> {
    fn of(origin: &'a Origin) -> Self {
        let nothing = Self {
            kind: "distribution",
            url: None,
            artifact: None,
            commit: None,
            release: None,
            architecture: None,
            source: None,
        };
        let (kind, url, artifact, commit): (_, Option<&'a dyn fmt::Display>, _, _) = match origin {
            Origin::Registry { index, artifact } => {
                let index = index.as_ref().map(|index| index as &dyn fmt::Display);
                ("registry", index, artifact.as_ref().map(Shown), None)
            }
            Origin::Git { url, commit } if url.is_empty() => ("git", None, None, commit.as_deref()),
            Origin::Git { url, commit } => ("git", Some(url), None, commit.as_deref()),
            Origin::Path(path) => ("path", Some(path), None, None),
            Origin::Url(url) => ("url", Some(url), None, None),
            Origin::Distribution(built) => {
                let source = match &built.built_from {
                    BuiltFrom::Source(source) => Some(SourcePackageJson {
                        name: source.name.as_written(),
                        version: &source.version,
                    }),
                    BuiltFrom::Namesake | BuiltFrom::Unknown => None,
                };
                let release = built.release.as_ref().map(Release::distro);
                let architecture = built.architecture.as_deref();
                return Self { release, architecture, source, ..nothing };
            }
        };
        Self { kind, url: url.map(Shown), artifact, commit, ..nothing }
    }
}
