//! Classes of Log4j that lie in an archive without the metadata that would name it: a jar was
//! unpacked and packed again, often under another package name.
//!
//! What is certain, from the sources of Log4j: `core/lookup/JndiLookup` has the text
//! `java:comp/env/` in every version. Since 2.16.0 (and 2.12.3, 2.3.1 for older Java), which closed
//! CVE-2021-44228 and CVE-2021-45046, `core/net/JndiManager` asks the property
//! `log4j2.enableJndi...` first; 2.12.2 refused in the look-up itself (`JNDI is not supported`).
//! A manager without that property is older. No version can be told exactly. Tools that move
//! packages change names of classes, and none of these texts.

use std::collections::HashMap;

use mainstay_archives::{Budget, Zip, ZipMember};
use mainstay_reading::{AnomalyCode, LockedVersion, entry};
use mainstay_types::Ecosystem::Maven;

use super::{Inside, class_file, facts};
use crate::shipment::{Shipment, Within};

const LOOKUP: &str = "core/lookup/JndiLookup.class";
const MANAGER: &str = "core/net/JndiManager.class";

/// How the flaw stands in the classes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flaw {
    Open,
    Closed,
    NotKnown,
}

pub(super) fn look(
    zip: &Zip<'_>,
    inside: &Inside,
    within: &Within,
    shipment: &mut Shipment,
    budget: &Budget,
) {
    // Where the metadata are, they say more than the classes.
    if inside.coordinates.iter().any(|one| one.artifact == "log4j-core") {
        return;
    }
    let managers: HashMap<&str, &ZipMember> =
        zip.members().iter().filter_map(|one| Some((root_of(one, MANAGER)?, one))).collect();
    let lookups = zip.members().iter().filter_map(|one| Some((root_of(one, LOOKUP)?, one)));
    for (count, (root, lookup)) in lookups.enumerate() {
        let path = lookup.member.path.as_str();
        if count == COPIES {
            let reason = format!("more than {COPIES} classes are named JndiLookup");
            shipment.gap(within.own_place(), reason, "look at the archive by hand");
            return;
        }
        let Some(held) = facts(zip, lookup, within, shipment, budget) else { continue };
        if class_file::has_text(&held, |text| text == b"java:comp/env/") != Some(true) {
            continue;
        }
        let refuses = |text: &[u8]| text.starts_with(b"JNDI is not supported");
        let flaw = if class_file::has_text(&held, refuses) == Some(true) {
            Flaw::Closed
        } else {
            let manager = managers.get(root);
            manager.map_or(Flaw::NotKnown, |one| of_manager(zip, one, within, shipment, budget))
        };
        tell(flaw, path, within, shipment);
    }
}

/// So many copies are looked at; no real archive has more than a few.
const COPIES: usize = 100;

/// What stands before the path of a class, where it is one.
fn root_of<'m>(member: &'m ZipMember, class: &str) -> Option<&'m str> {
    let root = member.member.path.as_str().strip_suffix(class)?;
    (root.is_empty() || root.ends_with('/')).then_some(root)
}

fn of_manager(
    zip: &Zip<'_>,
    manager: &ZipMember,
    within: &Within,
    shipment: &mut Shipment,
    budget: &Budget,
) -> Flaw {
    let Some(held) = facts(zip, manager, within, shipment, budget) else { return Flaw::NotKnown };
    match class_file::has_text(&held, |text| text.starts_with(b"log4j2.enableJndi")) {
        Some(true) => Flaw::Closed,
        Some(false) => Flaw::Open,
        None => Flaw::NotKnown,
    }
}

fn tell(flaw: Flaw, path: &str, within: &Within, shipment: &mut Shipment) {
    let place = within.place(path);
    let name = "org.apache.logging.log4j:log4j-core";
    let position = match entry(Maven, name, LockedVersion::Unstated, place.clone()) {
        Ok(entry) => Some(shipment.push(entry)),
        Err(error) => {
            shipment.misread(place.clone(), &error);
            None
        }
    };
    let (code, message) = match flaw {
        Flaw::Open => (
            AnomalyCode::VulnerableClass,
            "classes of Log4j from before 2.16.0 lie here without its metadata; they are open to \
             CVE-2021-44228 or CVE-2021-45046",
        ),
        Flaw::Closed => (
            AnomalyCode::UnnamedPackage,
            "classes of Log4j lie here without its metadata; CVE-2021-44228 is closed in them, the \
             version is not known",
        ),
        Flaw::NotKnown => (
            AnomalyCode::UnnamedPackage,
            "classes of Log4j lie here without its metadata; whether CVE-2021-44228 is open in \
             them is not known",
        ),
    };
    shipment.anomaly(code, position, place, message);
}
