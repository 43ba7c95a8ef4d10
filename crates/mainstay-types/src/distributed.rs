//! What a distribution says of a package that it built.
//!
//! People install binary packages (`libssl3`); most distributions publish advisories on the source
//! packages from which they were built (`openssl`). So a binary package carries its source, and is
//! looked up under the names that its distribution's records use.

use crate::package_name::is_control;
use crate::{Ecosystem, NameError, PackageName, Packaging, Purl, Release};

/// A package that a distribution built: of which release, for which machine, from what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Distributed {
    /// The release whose package it is. `None` when nobody tells, or there are no releases.
    pub release: Option<Release>,
    /// The machine that it was built for: `amd64`, `x86_64`, `all`.
    pub architecture: Option<Box<str>>,
    /// What it was built from.
    pub built_from: BuiltFrom,
}

/// What a binary package was built from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BuiltFrom {
    /// From the source package of the same name and version; or it is a source package itself.
    Namesake,
    /// From this one.
    Source(SourcePackage),
    /// Nobody tells.
    Unknown,
}

/// A source package.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SourcePackage {
    /// Its name.
    pub name: PackageName,
    /// Its version, which may differ from that of a binary package.
    pub version: Box<str>,
}

/// By which names a distribution's records speak of its packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordNames {
    /// By the source package.
    Source,
    /// By the source package or by the binary one: the schema says one, records have both.
    Either,
}

impl Ecosystem {
    /// By which names the distribution's records speak (OSV schema, "Defined ecosystems"; those of
    /// Red Hat and `AlmaLinux` list binary packages, those of Wolfi and its kin sub-packages).
    pub fn record_names(self) -> Option<RecordNames> {
        match self.packaging()? {
            Packaging::Deb => Some(RecordNames::Source),
            Packaging::Apk if matches!(self, Self::Alpine | Self::Alpaquita) => {
                Some(RecordNames::Source)
            }
            Packaging::Apk | Packaging::Rpm => Some(RecordNames::Either),
        }
    }
}

impl Distributed {
    /// The names and versions under which the package is looked up, in this order, each once.
    pub fn asked<'a>(
        &'a self,
        name: &'a PackageName,
        version: &'a str,
    ) -> Vec<(&'a PackageName, &'a str)> {
        let own = (name, version);
        match &self.built_from {
            BuiltFrom::Namesake | BuiltFrom::Unknown => vec![own],
            BuiltFrom::Source(source) => {
                let of_source = (&source.name, &*source.version);
                match name.ecosystem().record_names() {
                    Some(RecordNames::Either) if own != of_source => vec![of_source, own],
                    Some(_) | None => vec![of_source],
                }
            }
        }
    }
}

/// A package of a distribution, as a package URL names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistributedPurl {
    /// Its name.
    pub name: PackageName,
    /// Its version, with an epoch in front where it has one.
    pub version: Option<Box<str>>,
    /// All else.
    pub distributed: Distributed,
}

impl DistributedPurl {
    /// Reads a package URL of type deb, apk or rpm. `None` for other types, and for distributions
    /// that are no ecosystem of OSV (Fedora).
    ///
    /// Qualifiers: `distro`, `arch`, `epoch` as purl-spec has them; `upstream`, which names the
    /// source package, as Syft writes it: `openssl`, `openssl@3.0.11-1`, or a source RPM's file
    /// name. `arch=source` and `arch=src` name a source package.
    pub fn of(purl: &Purl) -> Option<Result<Self, NameError>> {
        let packaging = match purl.package_type() {
            "deb" => Packaging::Deb,
            "apk" => Packaging::Apk,
            "rpm" => Packaging::Rpm,
            _ => return None,
        };
        let qualifier = |wanted: &str| {
            let found = purl.qualifiers().find(|(key, _)| *key == wanted);
            found.map(|(_, value)| value.into_owned())
        };
        let distro = qualifier("distro");
        let of_distro = distro.as_deref().and_then(|text| text.split('-').next());
        let ecosystem = purl
            .namespace()
            .and_then(|namespace| Ecosystem::of_distribution_id(&namespace))
            .or_else(|| of_distro.and_then(Ecosystem::of_distribution_id))
            .filter(|ecosystem| ecosystem.packaging() == Some(packaging))?;
        let name = match PackageName::parse(ecosystem, &purl.name()) {
            Ok(name) => name,
            Err(error) => return Some(Err(error)),
        };
        let epoch = qualifier("epoch").filter(|epoch| epoch != "0" && packaging == Packaging::Rpm);
        let version = purl.version().map(|version| match &epoch {
            Some(epoch) if !version.contains(':') => format!("{epoch}:{version}").into(),
            Some(_) | None => Box::from(&*version),
        });
        let architecture = qualifier("arch").map(String::into_boxed_str);
        let is_source = matches!(architecture.as_deref(), Some("source" | "src"));
        let upstream = qualifier("upstream").filter(|text| !text.is_empty());
        let built_from = match upstream {
            _ if is_source => BuiltFrom::Namesake,
            Some(text) => built_from(ecosystem, &text, version.as_deref().unwrap_or("")),
            None => BuiltFrom::Unknown,
        };
        let release = distro.and_then(|text| Release::of_distro(ecosystem, &text));
        let distributed = Distributed { release, architecture, built_from };
        Some(Ok(Self { name, version, distributed }))
    }
}

/// The source that an `upstream` qualifier names; `version` is the binary package's.
fn built_from(ecosystem: Ecosystem, text: &str, version: &str) -> BuiltFrom {
    if ecosystem.packaging() == Some(Packaging::Rpm) && text.strip_suffix(".rpm").is_some() {
        return SourcePackage::of_source_rpm(ecosystem, text, epoch_of(version))
            .map_or(BuiltFrom::Unknown, BuiltFrom::Source);
    }
    let (name, of_source) = text.split_once('@').unwrap_or((text, version));
    SourcePackage::new(ecosystem, name, of_source).map_or(BuiltFrom::Unknown, BuiltFrom::Source)
}

fn epoch_of(version: &str) -> Option<&str> {
    version.split_once(':').map(|(epoch, _)| epoch)
}

impl SourcePackage {
    /// A source package; `None` when the name or the version cannot be one.
    pub fn new(ecosystem: Ecosystem, name: &str, version: &str) -> Option<Self> {
        let name = PackageName::parse(ecosystem, name).ok()?;
        (!version.chars().any(is_control)).then(|| Self { name, version: version.into() })
    }

    /// The source package of a source RPM's file name, `name-version-release.src.rpm`. The file
    /// name holds no epoch; a source package has that of the packages built from it.
    pub fn of_source_rpm(
        ecosystem: Ecosystem,
        file_name: &str,
        epoch: Option<&str>,
    ) -> Option<Self> {
        let stem = file_name.strip_suffix(".rpm")?;
        let stem = stem.strip_suffix(".src").or_else(|| stem.strip_suffix(".nosrc"))?;
        let (rest, release) = stem.rsplit_once('-')?;
        let (name, version) = rest.rsplit_once('-')?;
        let version = match epoch {
            Some(epoch) => format!("{epoch}:{version}-{release}"),
            None => format!("{version}-{release}"),
        };
        Self::new(ecosystem, name, &version)
    }
}

#[cfg(test)]
mod tests;
