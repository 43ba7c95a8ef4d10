//! A package as a component.

use mainstay_reading::{LockedVersion, Origin};
use mainstay_sboms::{
    Acknowledgement, Component, ComponentKind, Hash, HashAlgorithm, Identifier, Licence,
    LicenceText, Need, Occurrence, Property, Reference, ReferenceKind, Text, properties,
};
use mainstay_types::{Digest, Ecosystem, LicenceMeaning, Scope, SourceUrl};

use crate::package::{Location, Package, PackageStatus, UncheckedReason};
use crate::scan::LookedUp;

/// The component of a package.
pub(super) fn component(package: &Package, looked_up: LookedUp) -> Component<'_> {
    let purl = package.purl();
    let (group, name) = group_and_name(package);
    let mut one = Component::new(ComponentKind::Library, name);
    one.group = group;
    one.version = package.version.exact().map(Text::Borrowed);
    one.identifiers.push(Identifier::Purl(purl));
    one.hashes = package.checksums.iter().map(hash).collect();
    one.licences = package.licences.iter().map(licence).collect();
    one.need = Some(match package.scope {
        Scope::Runtime => Need::Required,
        Scope::Optional => Need::Optional,
        Scope::Build | Scope::Dev => Need::Excluded,
    });
    let origin = origin(&mut one, &package.origin);
    // SPDX 3 has this word, and CycloneDX is written with it as a remark.
    let funding = package.funding.iter().map(|address| Reference {
        kind: ReferenceKind::Other("funding".into()),
        url: address.as_str().into(),
        comment: None,
        hashes: Vec::new(),
    });
    one.references.extend(funding);
    let details = one.details_mut();
    details.properties = origin;
    let mut say = |name: &'static str, value: Text<'_>| {
        let value = Text::Owned(value.into_owned());
        details.properties.push(Property { name: name.into(), value });
    };
    say(properties::SCOPE, package.scope.word().into());
    if let LockedVersion::Asked(range) = &package.version {
        say(properties::ASKED, (&**range).into());
    }
    // Where the data of the whole ecosystem are the reason, one annotation says it for all.
    if let PackageStatus::Unchecked { problem, reason } = &package.status
        && *reason != UncheckedReason::Ecosystem
        && looked_up == LookedUp::Packages
    {
        say("mainstay:unchecked", (&**problem).into());
    }
    details.released = package.released.map(|time| time.to_string().into());
    details.occurrences = package
        .locations
        .iter()
        .map(|place| Occurrence { location: location(place), line: place.line })
        .collect();
    one
}

fn location(place: &Location) -> Text<'_> {
    match &place.member {
        Some(member) => format!("{}!/{member}", place.path).into(),
        None => (&*place.path).into(),
    }
}

/// The group, where the ecosystem's names have one, and the name as the ecosystem writes it.
fn group_and_name(package: &Package) -> (Option<Text<'_>>, Text<'_>) {
    const GROUPED: [(Ecosystem, char); 3] =
        [(Ecosystem::Maven, ':'), (Ecosystem::Npm, '/'), (Ecosystem::Packagist, '/')];
    let written = package.name.as_written();
    let ecosystem = package.name.ecosystem();
    let separator = GROUPED.iter().find(|row| row.0 == ecosystem).map(|row| row.1);
    match separator.and_then(|separator| written.rsplit_once(separator)) {
        Some((group, name)) if !group.is_empty() && !name.is_empty() => {
            (Some(group.into()), name.into())
        }
        Some(_) | None => (None, written.into()),
    }
}

fn hash(digest: &Digest) -> Hash<'static> {
    let text = digest.to_string();
    let (name, value) = text.split_once(':').unwrap_or(("", &text));
    // The model's name of an algorithm that has several lengths.
    let name = if name == "blake2b" { "blake2b-512" } else { name };
    let algorithm = HashAlgorithm::from_name(name.to_owned().into());
    Hash { algorithm, value: value.to_owned().into() }
}

fn licence(stated: &mainstay_types::Licence) -> Licence<'_> {
    let written = Text::Borrowed(stated.as_written());
    let text = match stated.meaning() {
        LicenceMeaning::Expression(_) => LicenceText::Expression(written),
        LicenceMeaning::Unread(_) => LicenceText::Name(written),
        LicenceMeaning::NoLicence => LicenceText::None,
    };
    Licence::new(text, Acknowledgement::Declared)
}

/// Where a package comes from: an address as a reference, and as properties what says that it is
/// not the registry's. Secrets in addresses are not written.
fn origin<'p>(one: &mut Component<'p>, origin: &'p Origin) -> Vec<Property<'p>> {
    let mut refer = |kind: ReferenceKind<'p>, url: &SourceUrl| {
        let url = url.to_string().into();
        one.references.push(Reference { kind, url, comment: None, hashes: Vec::new() });
    };
    let property = |name: &'static str, value: Text<'p>| Property { name: name.into(), value };
    match origin {
        Origin::Registry { artifact, .. } => {
            if let Some(artifact) = artifact {
                refer(ReferenceKind::Distribution, artifact);
            }
            Vec::new()
        }
        // Its package URL says all.
        Origin::Distribution(_) => Vec::new(),
        Origin::Git { url, .. } if url.is_empty() => {
            vec![property(properties::ORIGIN, "git".into())]
        }
        Origin::Git { url, commit } => {
            refer(ReferenceKind::Vcs, url);
            let mut properties = vec![
                property(properties::ORIGIN, "git".into()),
                property(properties::ORIGIN_URL, url.to_string().into()),
            ];
            let commit = commit.as_deref().map(Text::Borrowed);
            properties.extend(commit.map(|commit| property(properties::ORIGIN_COMMIT, commit)));
            properties
        }
        Origin::Path(path) => vec![
            property(properties::ORIGIN, "path".into()),
            property(properties::ORIGIN_URL, (&**path).into()),
        ],
        Origin::Url(url) => {
            refer(ReferenceKind::Distribution, url);
            vec![
                property(properties::ORIGIN, "url".into()),
                property(properties::ORIGIN_URL, url.to_string().into()),
            ]
        }
    }
}
