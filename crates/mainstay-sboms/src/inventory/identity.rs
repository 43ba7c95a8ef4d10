//! Which package a component is.

use mainstay_reading::{LockedVersion, Origin};
use mainstay_types::{
    BuiltFrom, DistributedPurl, Ecosystem, Licence as StatedLicence, PackageName, Purl,
    SourcePackage, SourceUrl,
};

use super::asked;
use crate::properties::{ORIGIN, ORIGIN_COMMIT, ORIGIN_URL};
use crate::{Acknowledgement, Component, Identifier, Licence, LicenceText};

/// A package of an ecosystem.
pub(super) struct Identity {
    pub(super) name: PackageName,
    pub(super) version: LockedVersion,
    pub(super) origin: Origin,
}

impl Identity {
    /// The package that a component is, or why nobody can say.
    pub(super) fn of(component: &Component<'_>) -> Result<Self, String> {
        let Some(purl) = component.purl() else { return Err(without_purl(component)) };
        if let Some(found) = DistributedPurl::of(purl) {
            return distributed(component, found.map_err(|error| error.to_string())?);
        }
        let name = match purl.package_name() {
            None => {
                return Err(format!("Mainstay has no ecosystem for package URLs like {purl}"));
            }
            Some(Err(error)) => return Err(error.to_string()),
            Some(Ok(name)) => in_its_case(name, component),
        };
        let version = version(component, purl)?;
        Ok(Self { name, version, origin: origin(component, purl) })
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
    let bad = component.identifiers.iter().find_map(|identifier| match identifier {
        Identifier::BadPurl(text, error) => Some((text, error)),
        Identifier::Purl(_)
        | Identifier::Cpe(_)
        | Identifier::Swid(_)
        | Identifier::Swhid(_)
        | Identifier::Gitoid(_)
        | Identifier::Other(_) => None,
    });
    if let Some((text, error)) = bad {
        return format!("its package URL \"{text}\" cannot be read: {error}");
    }
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

/// The package URL's version, else the component's own.
fn version(component: &Component<'_>, purl: &Purl) -> Result<LockedVersion, String> {
    let own = component.version.as_deref().map(str::trim).filter(|own| !own.is_empty());
    let text = match (purl.version(), own) {
        (Some(version), _) => version.into_owned(),
        (None, Some(own)) => own.to_owned(),
        (None, None) => return Ok(asked(component).unwrap_or(LockedVersion::Unstated)),
    };
    if text.chars().any(char::is_control) {
        return Err("its version contains a control character".to_owned());
    }
    Ok(LockedVersion::Exact(text.into()))
}

/// A registry, unless Mainstay wrote the document and says otherwise. `vcs_url` in a package URL
/// tells where the source is, not that the package was taken from there.
fn origin(component: &Component<'_>, purl: &Purl) -> Origin {
    let address = property(component, ORIGIN_URL).unwrap_or("");
    match property(component, ORIGIN) {
        Some("git") => Origin::Git {
            url: SourceUrl::new(address),
            commit: property(component, ORIGIN_COMMIT).map(Into::into),
        },
        Some("path") => Origin::Path(address.into()),
        Some("url") => Origin::Url(SourceUrl::new(address)),
        Some(_) | None => {
            let index = purl.qualifiers().find(|(key, _)| *key == "repository_url");
            let index = index.map(|(_, value)| SourceUrl::new(&value));
            Origin::Registry { index, artifact: None }
        }
    }
}

/// The value of a property.
pub(super) fn property<'c>(component: &'c Component<'_>, name: &str) -> Option<&'c str> {
    let properties = &component.details().properties;
    properties.iter().find(|one| one.name == name).map(|one| &*one.value)
}

/// The licence that a component states: what was concluded, else what was declared. Several
/// statements are all of them.
pub(super) fn licence(component: &Component<'_>) -> Option<StatedLicence> {
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
        [one] => StatedLicence::stated(one),
        several => {
            let joined: Vec<String> = several.iter().map(|one| format!("({one})")).collect();
            StatedLicence::stated(&joined.join(" AND "))
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
