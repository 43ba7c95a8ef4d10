//! What statements do to the findings of one version of an asset. The rules are those of a scan
//! (`mainstay-scan`, `statements`); here is only what they are given.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use mainstay_scan::{KeptFinding, KeptSoftware, NoEffect, Package, Software};
use mainstay_store::Transaction;
use mainstay_types::{FindingKind, Purl};

use crate::InventoryError;
use crate::document::package_of;
use crate::store::components::{self, Stored};
use crate::store::findings::Key;
use crate::store::known;
use crate::store::sboms::Current;
use crate::store::statements::{self, Kept};

/// What follows from what is known and from what is said, for one version of an asset.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Every finding that there should be, in the order of keys.
    pub(super) wanted: BTreeMap<Key, Wanted>,
    /// The statements that may be about it.
    pub(super) statements: Vec<Kept>,
    /// For each of them: why it had no effect, or nothing.
    pub(super) fates: Vec<Option<(NoEffect, String)>>,
}

/// A finding that there should be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) is_silenced: bool,
    /// No advisory tells it, only a statement.
    pub(super) is_raised: bool,
    /// Positions of the statements that count, the one to be told first.
    pub(super) by: Vec<usize>,
}

impl Heard {
    /// The number of the statement that is told with a finding.
    pub(super) fn told_with(&self, wanted: &Wanted) -> Option<i64> {
        wanted.by.first().and_then(|at| self.statements.get(*at)).map(|kept| kept.number)
    }

    /// Why a statement had no effect, if it was heard here.
    pub(super) fn why_idle(&self, statement: i64) -> Option<&str> {
        let mut fates = self.statements.iter().zip(&self.fates);
        let (_, fate) = fates.find(|(kept, _)| kept.number == statement)?;
        fate.as_ref().map(|(_, why)| why.as_str())
    }
}

/// The component number of a finding about the asset itself.
pub(super) const ITSELF: i64 = 0;

/// Hears the statements about an SBOM that is current.
pub(super) fn hear(
    transaction: &mut Transaction<'_>,
    sbom: &Current,
    content: &[i64],
    now: Timestamp,
) -> Result<Heard, InventoryError> {
    let flaws = known::flaws(transaction, content)?;
    let mut heard = Heard::default();
    for (component, flaws) in &flaws {
        for flaw in flaws {
            heard.wanted.insert((*component, flaw.id.clone()), Wanted::default());
        }
    }
    // Most who send SBOMs never say anything.
    if !statements::has_any(transaction, sbom.party)? {
        return Ok(heard);
    }
    let stored = components::of_numbers(transaction, content)?;
    let named = Named::of(&stored);
    // What it describes is the product of documents that name no part of it.
    let purls = named.packages.iter().map(|(_, _, purl)| purl).chain(&sbom.described.purl);
    let packages = purls.map(|purl| purl.key().into_owned());
    let about = (sbom.party, sbom.asset, sbom.number);
    heard.statements = statements::about(transaction, about, packages)?;
    if heard.statements.is_empty() {
        return Ok(heard);
    }
    // Whoever began before a statement came hears it all the same: it is not yet to come.
    let now = heard.statements.iter().map(|kept| kept.row.received_at).fold(now, Timestamp::max);
    let mut keys: Vec<Key> = Vec::new();
    let mut findings: Vec<KeptFinding> = Vec::new();
    for (component, flaw) in heard.wanted.keys() {
        let found = flaws.get(component).and_then(|all| all.iter().find(|one| one.id == *flaw));
        let (Some(found), Some(package)) = (found, named.positions.get(component)) else {
            continue;
        };
        keys.push((*component, flaw.clone()));
        findings.push(KeptFinding {
            package: *package,
            kind: found.kind().unwrap_or(FindingKind::Vulnerability),
            records: found.records(),
        });
    }
    let software = KeptSoftware {
        called: called(sbom),
        packages: named.packages.iter().map(|(_, package, _)| package.clone()).collect(),
        findings,
    };
    let said = heard.statements.iter().map(Kept::to_be_heard).collect();
    let told = software.hear(said, now);
    for (key, outcome) in keys.into_iter().zip(told.findings) {
        let wanted = Wanted { is_silenced: outcome.is_silenced, is_raised: false, by: outcome.by };
        heard.wanted.insert(key, wanted);
    }
    for (package, by) in told.raised {
        let component = match package {
            Some(at) => named.packages.get(at).map(|(number, _, _)| *number),
            None => Some(ITSELF),
        };
        let flaw = heard.statements.get(by).map(|kept| kept.row.statement.flaw.id.clone());
        if let (Some(component), Some(flaw)) = (component, flaw) {
            let wanted = Wanted { is_silenced: false, is_raised: true, by: vec![by] };
            heard.wanted.entry((component, flaw)).or_insert(wanted);
        }
    }
    heard.fates = told.fates;
    Ok(heard)
}

/// The components of an SBOM as packages.
struct Named {
    /// Number, package, package URL.
    packages: Vec<(i64, Package, Purl)>,
    /// By number.
    positions: HashMap<i64, usize>,
}

impl Named {
    fn of(stored: &[Stored]) -> Self {
        let packages = packages_of(stored);
        let numbers = packages.iter().map(|(number, _, _)| *number);
        let positions = numbers.enumerate().map(|(at, number)| (number, at)).collect();
        Self { packages, positions }
    }
}

/// Components as statements know them: number, package, package URL.
pub(super) fn packages_of(stored: &[Stored]) -> Vec<(i64, Package, Purl)> {
    let package = |one: &Stored| {
        let package = package_of(&one.identity, &one.ecosystem, &one.name)?;
        let purl = package.purl();
        Some((one.number, package, purl))
    };
    stored.iter().filter_map(package).collect()
}

/// What the software is called: by its SBOM, and by the organisation that keeps it here.
fn called(sbom: &Current) -> Vec<Software> {
    let here = Software {
        name: Some(sbom.asset_name.clone()),
        version: Some(sbom.release.clone()).filter(|release| !release.is_empty()),
        ..Software::default()
    };
    vec![sbom.described.clone(), here]
}
