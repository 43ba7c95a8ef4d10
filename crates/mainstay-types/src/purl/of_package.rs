//! The package URL of a package that a lockfile or an advisory names.

use std::borrow::Cow;

use super::writer::{push_name, push_namespace, push_version, start};
use super::{Purl, PurlError, type_rules};
use crate::package_name::swift_address;
use crate::{BuiltFrom, Distributed, Ecosystem, PackageName, Packaging, Release};

/// Writes the canonical text.
pub(super) fn write(name: &PackageName, version: Option<&str>) -> String {
    let (namespace, base) = split(name);
    // The type `swift` has a host and an owner for a namespace; an identity of a registry has
    // neither.
    let is_identity = name.ecosystem() == Ecosystem::SwiftUrl && namespace.is_empty();
    let package_type = if is_identity { "generic" } else { name.ecosystem().purl_type() };
    let rules = type_rules::of(package_type);
    let version = version.unwrap_or("");
    let mut out = start(package_type, name.as_written().len() + version.len());
    push_namespace(&mut out, rules.namespace_case, &namespace);
    push_name(&mut out, rules.name_rule, rules.name_case, &base);
    push_version(&mut out, rules, version);
    out
}

/// The package URL of a package that a distribution built. An RPM's epoch is a qualifier.
pub(super) fn distributed(
    name: &PackageName,
    version: Option<&str>,
    distributed: &Distributed,
) -> Result<Purl, PurlError> {
    let is_rpm = name.ecosystem().packaging() == Some(Packaging::Rpm);
    let (epoch, version_alone) = match version.and_then(|version| version.split_once(':')) {
        Some((epoch, rest)) if is_rpm => (epoch, Some(rest)),
        Some(_) | None => ("", version),
    };
    let release = distributed.release.as_ref().map(Release::distro);
    let upstream = match &distributed.built_from {
        BuiltFrom::Source(source) if is_rpm => {
            let (_, file) = source.version.split_once(':').unwrap_or(("", &source.version));
            format!("{}-{file}.src.rpm", source.name)
        }
        BuiltFrom::Source(source) if Some(&*source.version) == version => source.name.to_string(),
        BuiltFrom::Source(source) => format!("{}@{}", source.name, source.version),
        BuiltFrom::Namesake | BuiltFrom::Unknown => String::new(),
    };
    let qualifiers = [
        ("arch", distributed.architecture.as_deref().unwrap_or("")),
        ("distro", release.as_deref().unwrap_or("")),
        ("epoch", epoch),
        ("upstream", &upstream),
    ];
    let (namespace, base) = split(name);
    let package_type = name.ecosystem().purl_type();
    Purl::build(package_type, Some(&namespace), &base, version_alone, qualifiers, None)
}

/// The namespace, empty when there is none, and the name, by the ecosystem's own grammar.
fn split(name: &PackageName) -> (Cow<'_, str>, Cow<'_, str>) {
    let written = name.as_written();
    match name.ecosystem() {
        Ecosystem::Npm if written.starts_with('@') => at_last(written, '/'),
        Ecosystem::Go | Ecosystem::Packagist => at_last(written, '/'),
        Ecosystem::Maven => at_last(written, ':'),
        Ecosystem::SwiftUrl => swift(written),
        Ecosystem::PyPi => bare(name.key()),
        Ecosystem::Debian
        | Ecosystem::Ubuntu
        | Ecosystem::Alpine
        | Ecosystem::RedHat
        | Ecosystem::RockyLinux
        | Ecosystem::AlmaLinux
        | Ecosystem::Suse
        | Ecosystem::OpenSuse
        | Ecosystem::Mageia
        | Ecosystem::OpenEuler
        | Ecosystem::AzureLinux
        | Ecosystem::PhotonOs
        | Ecosystem::Wolfi
        | Ecosystem::Chainguard
        | Ecosystem::MinimOs
        | Ecosystem::Alpaquita => {
            let vendor = name.ecosystem().distribution_id().unwrap_or("");
            (Cow::Borrowed(vendor), Cow::Borrowed(written))
        }
        Ecosystem::Npm
        | Ecosystem::CratesIo
        | Ecosystem::RubyGems
        | Ecosystem::NuGet
        | Ecosystem::Hex
        | Ecosystem::Pub
        | Ecosystem::Hackage
        | Ecosystem::Ghc
        | Ecosystem::Cran
        | Ecosystem::Bioconductor
        | Ecosystem::ConanCenter => bare(written),
    }
}

fn bare(name: &str) -> (Cow<'_, str>, Cow<'_, str>) {
    (Cow::Borrowed(""), Cow::Borrowed(name))
}

/// A name without the separator, or with nothing after it, is all name.
fn at_last(text: &str, separator: char) -> (Cow<'_, str>, Cow<'_, str>) {
    match text.rsplit_once(separator) {
        Some((namespace, name)) if !name.is_empty() => {
            (Cow::Borrowed(namespace), Cow::Borrowed(name))
        }
        Some(_) | None => bare(text),
    }
}

/// Host and owner are the namespace. The host is lowered, as hosts have no case; the path is not,
/// as the type is case-sensitive.
fn swift(address: &str) -> (Cow<'_, str>, Cow<'_, str>) {
    let (host, path) = swift_address(address);
    match path.rsplit_once('/') {
        Some((owner, name)) => {
            (Cow::Owned(format!("{}/{owner}", host.to_lowercase())), Cow::Owned(name.to_owned()))
        }
        None if path.is_empty() => bare(address),
        None => (Cow::Owned(host.to_lowercase()), path),
    }
}
