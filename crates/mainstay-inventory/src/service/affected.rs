//! Who is affected: by a flaw, or by a package before anybody has written an advisory.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use mainstay_store::{Transaction, Value};
use mainstay_types::Purl;
use mainstay_versions::VersRange;

use super::Inventory;
use crate::InventoryError;
use crate::holders::Holders;
use crate::model::{Affected, AffectedRelease, Need, SectorCount, Subject};
use crate::store::{components, known, postings, sboms};

/// By SBOM: the affected components that it has, and how it needs the nearest of them.
type Uses = BTreeMap<i64, (BTreeSet<i64>, Need)>;

/// The components that were asked about.
struct Meant {
    components: Vec<i64>,
    undecided: Vec<i64>,
}

impl Inventory {
    /// Who is affected, with names: for those who may see every organisation.
    ///
    /// # Errors
    /// A package URL or a range that cannot be read.
    pub fn affected(&self, subject: &Subject) -> Result<Affected, InventoryError> {
        let mut holders = self.holders();
        self.read(|transaction| {
            holders.refresh(transaction)?;
            let meant = meant(transaction, subject)?;
            let mut uses = Uses::new();
            postings::uses(transaction, &meant.components, |sbom, component, need| {
                if holders.current(sbom).is_some() {
                    let found = uses.entry(sbom).or_default();
                    found.0.insert(component);
                    found.1 = found.1.max(need);
                }
            })?;
            let affected: HashSet<i64> = uses
                .keys()
                .filter_map(|sbom| holders.current(*sbom))
                .map(|holder| holders.party_of(holder.asset))
                .collect();
            let (sectors, silent) = by_sector(&holders, &affected);
            let named = components::named(transaction, &meant.components)?;
            let undecided = components::named(transaction, &meant.undecided)?;
            let is_of_flaw = matches!(subject, Subject::Flaw(_));
            let matched = known::matched_edition(transaction)?;
            let edition = self.knowledge().edition().to_string();
            let mut answer = Affected {
                releases: releases(transaction, &uses, &named)?,
                organisations: affected.len(),
                sectors,
                silent,
                undecided: undecided.into_values().map(|named| named.purl).collect(),
                components: named.into_values().map(|named| named.purl).collect(),
                unchecked: if is_of_flaw { components::count_unchecked(transaction)? } else { 0 },
                partial: sboms::count_partial(transaction)?,
                is_matched: !is_of_flaw || matched.is_none_or(|matched| matched == edition),
                ecosystems: if is_of_flaw {
                    components::ecosystems(transaction)?
                } else {
                    Vec::new()
                },
            };
            answer.undecided.sort_unstable();
            answer.components.sort_unstable();
            Ok(answer)
        })
    }

    /// How many organisations of each sector are affected, and how many in all. Names nobody, and
    /// reads no names: for the picture, and for measuring.
    ///
    /// # Errors
    /// As [`Inventory::affected`].
    pub fn affected_sectors(
        &self,
        subject: &Subject,
    ) -> Result<(usize, Vec<SectorCount>), InventoryError> {
        let mut holders = self.holders();
        self.read(|transaction| {
            holders.refresh(transaction)?;
            let meant = meant(transaction, subject)?;
            let mut affected: HashSet<i64> = HashSet::new();
            postings::uses(transaction, &meant.components, |sbom, _, _| {
                if let Some(holder) = holders.current(sbom) {
                    affected.insert(holders.party_of(holder.asset));
                }
            })?;
            Ok((affected.len(), by_sector(&holders, &affected).0))
        })
    }
}

fn meant(transaction: &mut Transaction<'_>, subject: &Subject) -> Result<Meant, InventoryError> {
    let (purl, range) = match subject {
        Subject::Flaw(name) => {
            let components = known::with_flaw(transaction, name.as_str())?;
            return Ok(Meant { components, undecided: Vec::new() });
        }
        Subject::Package { purl, range } => (purl, range),
    };
    let name = Purl::parse(purl)
        .map_err(|error| InventoryError::field("package", error.to_string()))?
        .package_name()
        .ok_or_else(|| {
            InventoryError::field("package", "packages of this type are not known here")
        })?
        .map_err(|error| InventoryError::field("package", error.to_string()))?;
    let range = range
        .as_deref()
        .map(VersRange::parse)
        .transpose()
        .map_err(|error| InventoryError::field("range", error.to_string()))?;
    let mut meant = Meant { components: Vec::new(), undecided: Vec::new() };
    for (number, version) in components::of_package(transaction, &name)? {
        match range.as_ref().map(|range| range.contains(&version)) {
            None | Some(Some(true)) => meant.components.push(number),
            Some(Some(false)) => {}
            Some(None) => meant.undecided.push(number),
        }
    }
    Ok(meant)
}

/// Counts by sector, and the organisations of which nothing is known.
fn by_sector(holders: &Holders, affected: &HashSet<i64>) -> (Vec<SectorCount>, usize) {
    let with_inventory = holders.with_inventory();
    let mut counts: Vec<SectorCount> = holders
        .sectors()
        .iter()
        .map(|sector| SectorCount {
            sector: sector.clone(),
            affected: 0,
            with_inventory: 0,
            members: 0,
            important: 0,
        })
        .collect();
    let mut silent = 0;
    for (number, party) in holders.parties() {
        if !party.is_organisation {
            continue;
        }
        let has_inventory = with_inventory.contains(number);
        let is_affected = affected.contains(number);
        silent += usize::from(!has_inventory);
        for at in &party.sectors {
            let Some(count) = counts.get_mut(*at) else { continue };
            count.members += 1;
            count.with_inventory += usize::from(has_inventory);
            count.affected += usize::from(is_affected);
            count.important += usize::from(is_affected && party.is_important);
        }
    }
    counts.sort_by(|one, two| (two.affected, &one.sector).cmp(&(one.affected, &two.sector)));
    (counts, silent)
}

fn releases(
    transaction: &mut Transaction<'_>,
    uses: &Uses,
    named: &HashMap<i64, components::Named>,
) -> Result<Vec<AffectedRelease>, InventoryError> {
    let keys: Vec<Value> = uses.keys().map(|sbom| (*sbom).into()).collect();
    let mut releases = Vec::with_capacity(keys.len());
    transaction.each_of(
        "SELECT sbom.number, sbom.id, sbom.release, asset.id, asset.name, party.id, party.name, \
         sbom.received_at FROM sbom JOIN asset ON asset.number = sbom.asset \
         JOIN party ON party.number = asset.party WHERE sbom.number IN",
        &[],
        &keys,
        |row| {
            let Some((found, need)) = uses.get(&row.integer(0)?) else { return Ok(()) };
            let purls = found.iter().filter_map(|number| named.get(number));
            releases.push(AffectedRelease {
                sbom: row.text(1)?,
                release: row.text(2)?,
                asset: row.text(3)?,
                asset_name: row.text(4)?,
                party: row.text(5)?,
                party_name: row.text(6)?,
                purls: purls.map(|named| named.purl.clone()).collect(),
                received_at: row.time(7)?,
                need: *need,
            });
            Ok(())
        },
    )?;
    releases.sort_by(|one, two| {
        (&one.party_name, &one.asset_name, &one.release, &one.sbom).cmp(&(
            &two.party_name,
            &two.asset_name,
            &two.release,
            &two.sbom,
        ))
    });
    Ok(releases)
}
