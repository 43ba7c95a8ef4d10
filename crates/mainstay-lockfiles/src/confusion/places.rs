//! Packages that are locked from a place where the rest of the file is not.
//!
//! Only npm and Python resolve one name against any of several registries, so only there a
//! minority is a door. Cargo, Bundler, Composer and Maven bind a package to its source, or list
//! artifacts on many hosts by design.

use std::borrow::Cow;
use std::collections::HashSet;
use std::net::IpAddr;

use mainstay_reading::{Entry, Inventory, Origin};
use mainstay_types::{Ecosystem, SourceUrl};

use super::{Door, DoorCode, public_hosts::is_public_host};

pub(super) fn doors(inventory: &Inventory, ecosystem: Ecosystem) -> Vec<Door> {
    let mut doors = minority(inventory, ecosystem);
    doors.extend(unprotected(inventory));
    doors.extend(addresses_of_others(inventory));
    doors
}

/// The address that tells where an entry comes from: the index if it is named.
fn origin_of(entry: &Entry) -> Option<&SourceUrl> {
    match &entry.origin {
        Origin::Registry { index, artifact } => index.as_ref().or(artifact.as_ref()),
        Origin::Git { .. } | Origin::Path(_) | Origin::Url(_) | Origin::Distribution(_) => None,
    }
}

/// Entries from other hosts than the public registry, where most are from the public one. Poetry,
/// pnpm, Bun and Yarn write no address for what comes from the default registry.
fn minority(inventory: &Inventory, ecosystem: Ecosystem) -> Vec<Door> {
    if !matches!(ecosystem, Ecosystem::Npm | Ecosystem::PyPi) {
        return Vec::new();
    }
    let declared: HashSet<Cow<'_, str>> =
        inventory.indexes.iter().filter_map(|index| index.url.host()).collect();
    let mut placed: Vec<(u32, Cow<'_, str>, bool)> = Vec::with_capacity(inventory.packages.len());
    let mut unaddressed = 0;
    for (at, entry) in (0_u32..).zip(&inventory.packages) {
        let Some(host) = origin_of(entry).and_then(SourceUrl::host) else {
            unaddressed += usize::from(matches!(entry.origin, Origin::Registry { .. }));
            continue;
        };
        // Most packages follow one from the same host.
        let is_other = match placed.last() {
            Some((_, last, is_other)) if *last == host => *is_other,
            Some(_) | None => !is_public_host(ecosystem, &host),
        };
        placed.push((at, host, is_other));
    }
    let others = placed.iter().filter(|(_, _, is_other)| *is_other).count();
    if others >= placed.len() - others + unaddressed {
        // The private registry is the usual place here, and carries the public packages.
        return Vec::new();
    }
    placed
        .into_iter()
        .filter(|(_, host, is_other)| *is_other && !declared.contains(host))
        .filter_map(|(at, host, _)| {
            let entry = inventory.packages.get(usize::try_from(at).ok()?)?;
            (!is_scoped(ecosystem, entry)).then_some((at, entry, host))
        })
        .map(|(at, entry, host)| Door {
            code: if ecosystem == Ecosystem::Npm {
                DoorCode::UnscopedPrivateName
            } else {
                DoorCode::UnexpectedPlace
            },
            message: format!(
                "{} is locked from {host}, while most packages of the file come from the default \
                 registry: the same name can be registered there",
                entry.name
            ),
            entry: Some(at),
            place: entry.place.clone(),
        })
        .collect()
}

fn is_scoped(ecosystem: Ecosystem, entry: &Entry) -> bool {
    ecosystem == Ecosystem::Npm && entry.name.as_written().starts_with('@')
}

/// Plain http without a checksum (finding other content for even an old one is beyond whoever
/// sits on the way), and public machines named by number. One door a host.
fn unprotected(inventory: &Inventory) -> Vec<Door> {
    let mut seen: HashSet<(Cow<'_, str>, bool)> = HashSet::new();
    let mut doors = Vec::new();
    for (at, entry) in (0_u32..).zip(&inventory.packages) {
        let urls: [Option<&SourceUrl>; 2] = match &entry.origin {
            Origin::Registry { index, artifact } => [artifact.as_ref(), index.as_ref()],
            Origin::Url(url) => [Some(url), None],
            Origin::Git { .. } | Origin::Path(_) | Origin::Distribution(_) => [None, None],
        };
        let Some(url) = urls.into_iter().flatten().next() else { continue };
        let Some(host) = url.host() else { continue };
        let numeric = is_public_number(&host);
        let plain = entry.checksums.is_empty()
            && url.scheme().is_some_and(|scheme| scheme == "http" || scheme.ends_with("+http"))
            && !is_local(&host);
        if !(numeric || plain) || !seen.insert((host.clone(), numeric)) {
            continue;
        }
        let how = if numeric {
            "a machine named by its number"
        } else {
            "plain http without a checksum: whoever is on the way can change it"
        };
        doors.push(Door {
            code: DoorCode::UnprotectedPlace,
            message: format!("{} is locked from {host}, {how}", entry.name),
            entry: Some(at),
            place: entry.place.clone(),
        });
    }
    doors
}

/// A package that nobody asked for by hand, from an address that is no registry.
fn addresses_of_others(inventory: &Inventory) -> Vec<Door> {
    let by_address = (0_u32..).zip(&inventory.packages).filter_map(|(at, entry)| {
        let Origin::Url(url) = &entry.origin else { return None };
        (entry.direct == Some(false)).then_some((at, entry, url))
    });
    by_address
        .map(|(at, entry, url)| Door {
            code: DoorCode::UnexpectedPlace,
            message: format!(
                "{} comes from the address {url} and not from a registry, and another package \
                 asks for it",
                entry.name
            ),
            entry: Some(at),
            place: entry.place.clone(),
        })
        .collect()
}

fn number(host: &str) -> Option<IpAddr> {
    // Few hosts are numbers, and those begin as one.
    let may_be = host.starts_with(|first: char| first == '[' || first.is_ascii_digit());
    if may_be { host.trim_matches(['[', ']']).parse().ok() } else { None }
}

fn is_local(host: &str) -> bool {
    host == "localhost" || number(host).is_some_and(|number| number.is_loopback())
}

/// A numeric address that is not of a private network (RFC 1918, RFC 4193, loopback).
fn is_public_number(host: &str) -> bool {
    number(host).is_some_and(|number| match number {
        IpAddr::V4(v4) => !(v4.is_private() || v4.is_loopback() || v4.is_link_local()),
        IpAddr::V6(v6) => !(v6.is_loopback() || v6.is_unique_local()),
    })
}
