//! What an inventory on a server can say to a question. It knows less than a scan: packages by
//! their own names, and not what their files say. What follows from that is said as not known.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use mainstay_inventory::{AffectedRelease, AnsweredRelease, Inventory, InventoryError, Sight};
use mainstay_types::{Ecosystem, FlawName, PackageName, Purl};
use mainstay_vex::{Claim, Justification, Reason};

use super::of_flaw::is_at_or_behind;
use super::{Examination, Gathered, Seen, SeenClaim, Weight};
use crate::LookedAt;
use crate::flaw::FlawFacts;
use crate::subject::{Range, Subject};

/// Packages of a flaw that are looked for in other versions.
const MOST_PACKAGES: usize = 50;

/// By package URL, where it is.
type Found = BTreeMap<String, BTreeSet<String>>;

/// Examines the inventory of one organisation.
///
/// # Errors
/// When the database does not answer.
pub fn examine_inventory(
    inventory: &Inventory,
    organisation: &str,
    subject: &Subject,
    now: Timestamp,
) -> Result<Examination, InventoryError> {
    let sight = Sight::Of(BTreeSet::from([organisation.to_owned()]));
    let mut gathered = Gathered::default();
    let looked_at = looked_at(inventory, organisation)?;
    let told = match inventory.answer(&subject.of_inventory(), &sight, now) {
        Ok(told) => told,
        Err(InventoryError::Field { field, problem }) => {
            gathered.lack("inventory-not-asked", Weight::Bears, format!("{field}: {problem}"));
            return Ok(gathered.examination(looked_at, None));
        }
        Err(error) => return Err(error),
    };
    for one in &told.unknowns {
        // Of others nobody asked; and that nothing is found is what is looked at below.
        if !["out-of-sight", "not-in-inventory"].contains(&one.code) {
            gathered.lack(one.code, Weight::Bears, &one.message);
        }
    }
    let affected = found(told.affected.releases);
    for (purl, places) in &affected {
        gathered.seen.push(seen(purl, places, SeenClaim::Affected));
    }
    // Before other versions: the reason of a statement is the one for what is there.
    let answered = see_answered(&mut gathered, &told.affected.answered);
    let decided = affected.into_keys().chain(answered).collect();
    let look = Look { inventory, sight: &sight, decided: &decided };
    match subject {
        Subject::Package { name, range, .. } => {
            look.of_package(&mut gathered, name, range.as_ref())?;
        }
        Subject::Flaw(id) => look.of_flaw(&mut gathered, id)?,
    }
    let of_flaw = matches!(subject, Subject::Flaw(_));
    let as_of = || {
        let mut used = told.knowledge.iter().filter(|used| used.ecosystem.is_some());
        used.try_fold(None::<Timestamp>, |oldest, used| {
            let as_of = used.as_of?;
            Some(Some(oldest.map_or(as_of, |oldest| oldest.min(as_of))))
        })
        .flatten()
    };
    Ok(gathered.examination(looked_at, if of_flaw { as_of() } else { None }))
}

struct Look<'l> {
    inventory: &'l Inventory,
    sight: &'l Sight,
    /// Package URLs that have the flaw, whatever is said of it.
    decided: &'l BTreeSet<String>,
}

impl Look<'_> {
    fn of_package(
        &self,
        gathered: &mut Gathered,
        name: &PackageName,
        range: Option<&Range>,
    ) -> Result<(), InventoryError> {
        lack_names(gathered, name.ecosystem());
        let Some(range) = range else { return Ok(()) };
        for (purl, places) in self.in_any_version(name)? {
            let version = Purl::parse(&purl)
                .ok()
                .and_then(|purl| purl.version().map(std::borrow::Cow::into_owned));
            let Some(version) = version.filter(|version| range.contains(version).is_some()) else {
                gathered.seen.push(seen(&purl, &places, SeenClaim::Undecided));
                continue;
            };
            let claim = if range.is_behind(&version) { SeenClaim::Fixed } else { not_vulnerable() };
            gathered.seen.push(seen(&purl, &places, claim));
        }
        Ok(())
    }

    fn of_flaw(&self, gathered: &mut Gathered, id: &FlawName) -> Result<(), InventoryError> {
        let facts = FlawFacts::of(&self.inventory.knowledge(), id);
        super::of_flaw::lack_facts(gathered, id, &facts);
        for package in &facts.packages {
            lack_names(gathered, package.name.ecosystem());
        }
        if facts.packages.len() > MOST_PACKAGES {
            let rest = format!("packages that the flaw is in: {}", facts.packages.len());
            gathered.lack("unsearchable-package", Weight::Bears, rest);
        }
        for package in facts.packages.iter().take(MOST_PACKAGES) {
            for (purl, places) in self.in_any_version(&package.name)? {
                let version = Purl::parse(&purl)
                    .ok()
                    .and_then(|purl| purl.version().map(std::borrow::Cow::into_owned));
                let is_fixed = |version: &String| {
                    let mut fixes = package.fixes.iter();
                    fixes.any(|fix| is_at_or_behind(&package.name, version, fix))
                };
                let claim = match version {
                    None => SeenClaim::Undecided,
                    Some(version) if is_fixed(&version) => SeenClaim::Fixed,
                    Some(_) => not_vulnerable(),
                };
                gathered.seen.push(seen(&purl, &places, claim));
            }
        }
        Ok(())
    }

    /// A package in versions that do not have the flaw.
    fn in_any_version(&self, name: &PackageName) -> Result<Found, InventoryError> {
        let purl = Purl::of_package(name, None).as_str().to_owned();
        let subject = mainstay_inventory::Subject::Package { purl, range: None };
        let answer = self.inventory.affected_in(&subject, self.sight)?;
        let mut others = found(answer.releases);
        others.retain(|purl, _| !self.decided.contains(purl));
        Ok(others)
    }
}

/// The inventory looks for a package by its own name alone.
fn lack_names(gathered: &mut Gathered, ecosystem: Ecosystem) {
    if ecosystem.record_names().is_some() || ecosystem == Ecosystem::SwiftUrl {
        let why = format!("packages of {ecosystem} that go by another name in advisories");
        gathered.lack("unknown-name", Weight::Bears, why);
    }
}

fn found(releases: Vec<AffectedRelease>) -> Found {
    let mut found = Found::new();
    for release in releases {
        let place = place_of(&release);
        for purl in release.purls {
            found.entry(purl).or_default().insert(place.clone());
        }
    }
    found
}

fn place_of(release: &AffectedRelease) -> String {
    format!("{} {}", release.asset_name, release.release).trim_end().to_owned()
}

/// The flawed packages of which statements speak, each with what is said of it; gives their
/// package URLs. What is said may differ from place to place.
fn see_answered(gathered: &mut Gathered, answered: &[AnsweredRelease]) -> BTreeSet<String> {
    let mut all: BTreeMap<&str, Vec<(SeenClaim, BTreeSet<String>)>> = BTreeMap::new();
    for one in answered {
        for purl in &one.release.purls {
            let (claim, place) = (claim_of(one, purl), place_of(&one.release));
            let claims = all.entry(purl).or_default();
            match claims.iter_mut().find(|(same, _)| *same == claim) {
                Some((_, places)) => {
                    places.insert(place);
                }
                None => claims.push((claim, BTreeSet::from([place]))),
            }
        }
    }
    for (purl, claims) in &all {
        for (claim, places) in claims {
            gathered.seen.push(seen(purl, places, claim.clone()));
        }
    }
    all.into_keys().map(str::to_owned).collect()
}

/// What statements say of a flawed package. It is there, so without a statement that can be read
/// nobody can tell.
pub(crate) fn claim_of(answered: &AnsweredRelease, purl: &str) -> SeenClaim {
    let mut said = None;
    for one in answered.by_purl.get(purl).into_iter().flatten() {
        said = match (said, &one.statement.claim) {
            (_, Claim::Affected { .. } | Claim::UnderInvestigation) => {
                return SeenClaim::Undecided;
            }
            (_, Claim::Fixed) => Some(SeenClaim::Fixed),
            (None, Claim::NotAffected(reason)) => Some(SeenClaim::NotAffected(reason.clone())),
            (said, Claim::NotAffected(_)) => said,
        };
    }
    said.unwrap_or(SeenClaim::Undecided)
}

fn seen(purl: &str, places: &BTreeSet<String>, claim: SeenClaim) -> Seen {
    Seen { purl: purl.to_owned(), claim, places: places.iter().cloned().collect() }
}

fn not_vulnerable() -> SeenClaim {
    SeenClaim::NotAffected(Reason::Justified(Justification::VulnerableCodeNotPresent, None))
}

fn looked_at(inventory: &Inventory, organisation: &str) -> Result<LookedAt, InventoryError> {
    let mut looked_at = LookedAt { sources: 0, packages: 0 };
    for asset in inventory.assets(organisation)? {
        for sbom in inventory.sboms(&asset.id)?.iter().filter(|sbom| sbom.is_current) {
            looked_at.sources += 1;
            looked_at.packages += u64::try_from(sbom.packages).unwrap_or(0);
        }
    }
    Ok(looked_at)
}
