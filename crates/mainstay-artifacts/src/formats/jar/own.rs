//! Which package a Java archive is, and which ones were merged into it.

use std::collections::HashSet;

use mainstay_reading::{AnomalyCode, Origin, entry, exact};
use mainstay_types::Ecosystem::Maven;

use super::coordinates::Coordinates;
use super::{ENDINGS, Inside};
use crate::file_name::{claims_another, stem};
use crate::shipment::{ASK_LOCKFILE, Shipment, Within};

/// Lists the archive's own package and those that were merged into it.
pub(super) fn identify(inside: &Inside, within: &Within, name: &str, shipment: &mut Shipment) {
    let stem = stem(name, ENDINGS);
    let own = own_coordinates(&inside.coordinates, stem);
    for found in &inside.coordinates {
        let position = list(found, within, shipment);
        if let (Some(position), true) = (position, own == Some(found)) {
            compare_name(found, stem, position, within, shipment);
        }
    }
    let is_bare = inside.coordinates.is_empty() && !inside.has_archives;
    if is_bare && within.is_outermost() && !inside.has_classes {
        let reason = "it holds no package that is known";
        shipment.gap(within.own_place(), reason, BY_HAND);
    } else if own.is_none() && !is_wrapping(inside, stem) {
        by_name(inside, within, name, shipment);
    }
    if within.is_outermost() {
        needs(inside, own, shipment);
    }
}

/// Whether an archive is nothing but what lies around others: an ear without classes, or an
/// application whose name says no version, as most have. What claims a version in its name is a
/// package, whatever lies in it.
fn is_wrapping(inside: &Inside, stem: &str) -> bool {
    inside.has_archives
        && (!inside.has_classes || inside.is_application && candidates(stem).is_empty())
}

/// The coordinates that the file is named for; without a version in the name, the only ones.
fn own_coordinates<'c>(coordinates: &'c [Coordinates], stem: &str) -> Option<&'c Coordinates> {
    let named = coordinates
        .iter()
        .filter(|one| {
            stem.strip_prefix(one.artifact.as_str()).is_some_and(|rest| {
                let rest = rest.strip_prefix('-');
                rest.is_none_or(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
                    && (rest.is_some() || stem == one.artifact)
            })
        })
        .max_by_key(|one| one.artifact.len());
    match coordinates {
        [only] if named.is_none() && candidates(stem).is_empty() => Some(only),
        _ => named,
    }
}

fn list(found: &Coordinates, within: &Within, shipment: &mut Shipment) -> Option<u32> {
    let place = within.place(&found.member);
    let name = format!("{}:{}", found.group, found.artifact);
    match entry(Maven, &name, exact(&found.version), place.clone()) {
        Ok(entry) => Some(shipment.push(entry)),
        Err(error) => {
            shipment.misread(place, &error);
            None
        }
    }
}

fn compare_name(
    own: &Coordinates,
    stem: &str,
    position: u32,
    within: &Within,
    shipment: &mut Shipment,
) {
    // The name of a snapshot carries its time.
    if own.version.is_empty() || own.version.ends_with("-SNAPSHOT") {
        return;
    }
    let expected = format!("{}-{}", own.artifact, own.version);
    if claims_another(stem, std::slice::from_ref(&expected)) {
        let message = format!("the file is named \"{stem}\" and says inside that it is {expected}");
        let place = within.place(&own.member);
        shipment.anomaly(AnomalyCode::WrongName, Some(position), place, message);
    }
}

/// An archive without coordinates.
fn by_name(inside: &Inside, within: &Within, name: &str, shipment: &mut Shipment) {
    let stem = stem(name, ENDINGS);
    let versions = &inside.manifest.versions;
    let candidates = candidates(stem);
    let agreed = candidates.iter().find(|(_, version)| versions.iter().any(|one| one == version));
    let (artifact, version) = match (agreed, candidates.as_slice()) {
        (Some(agreed), _) => *agreed,
        (None, [only]) => *only,
        (None, _) => {
            let reason = format!(
                "which package \"{stem}\" is cannot be told: it carries no Maven coordinates, and \
                 its name no version"
            );
            shipment.gap(within.own_place(), reason, BY_HAND);
            return;
        }
    };
    // Group, name and version from three places, two of which agree.
    let group = inside.manifest.vendor_id.as_deref().filter(|group| {
        agreed.is_some() && group.contains('.') && !group.contains(char::is_whitespace)
    });
    let full = group.map_or(artifact.to_owned(), |group| format!("{group}:{artifact}"));
    match entry(Maven, &full, exact(version), within.own_place()) {
        Ok(mut entry) => {
            if group.is_none() {
                let member = within.own_place().member;
                entry.origin = Origin::Path(member.as_deref().unwrap_or(name).into());
            }
            shipment.push(entry);
        }
        Err(error) => shipment.misread(within.own_place(), &error),
    }
}

const BY_HAND: &str = "find out by hand, or scan the lockfile of the project that built it";

/// Every way to read a name as an artifact and a version: `log4j-1.2-api-2.0` has two.
fn candidates(stem: &str) -> Vec<(&str, &str)> {
    stem.match_indices('-')
        .filter_map(|(at, _)| Some((stem.get(..at)?, stem.get(at + 1..)?)))
        .filter(|(name, version)| {
            !name.is_empty() && version.starts_with(|c: char| c.is_ascii_digit())
        })
        .take(8)
        .collect()
}

/// What the outermost archive needs and does not bring along.
fn needs(inside: &Inside, own: Option<&Coordinates>, shipment: &mut Shipment) {
    if inside.has_archives {
        return;
    }
    let place = mainstay_reading::Place::default();
    if let Some(needs) = own.and_then(|own| own.needs.as_ref()) {
        let names = inside.coordinates.iter().map(|one| format!("{}:{}", one.group, one.artifact));
        let here: HashSet<String> = names.collect();
        shipment.needs_more(place, needs.iter().filter(|one| !here.contains(*one)).count());
    } else if inside.has_classes && inside.coordinates.len() < 2 {
        let reason = "it does not say which packages it needs";
        shipment.gap(place, reason, ASK_LOCKFILE);
    }
}

#[cfg(test)]
mod tests {
    use super::candidates;

    #[test]
    fn a_name_may_be_read_in_two_ways() {
        assert_eq!(candidates("a-1.0"), [("a", "1.0")]);
        assert_eq!(
            candidates("log4j-1.2-api-2.0"),
            [("log4j", "1.2-api-2.0"), ("log4j-1.2-api", "2.0")]
        );
        assert_eq!(candidates("app"), []);
    }
}
