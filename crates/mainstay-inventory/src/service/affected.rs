//! Who is affected: by a flaw, or by a package before anybody has written an advisory.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use mainstay_store::{Transaction, Value};
use mainstay_types::Purl;
use mainstay_versions::VersRange;

use super::answered::{Having, having};
use super::{Inventory, Sight};
use crate::InventoryError;
use crate::holders::Holders;
use crate::model::{Affected, AffectedRelease, AnsweredRelease, Need, SectorCount, Subject};
use crate::statement::StatementRow;
use crate::store::{components, known, postings, sboms, statements};

/// By SBOM: the affected components that it has, and how it needs the nearest of them.
pub(super) type Uses = BTreeMap<i64, (BTreeSet<i64>, Need)>;

/// The components that were asked about.
pub(super) struct Meant {
    pub(super) components: Vec<i64>,
    pub(super) undecided: Vec<i64>,
}

impl Inventory {
    /// Who is affected, with names: for those who may see every organisation.
    ///
    /// # Errors
    /// A package URL or a range that cannot be read.
    pub fn affected(&self, subject: &Subject) -> Result<Affected, InventoryError> {
        self.affected_in(subject, &Sight::Everything)
    }

    /// Who is affected, of those whose inventory is seen. Everything in the answer is about them
    /// and about nobody else, also what is not known; only the ecosystems are those of all.
    ///
    /// # Errors
    /// A package URL or a range that cannot be read.
    pub fn affected_in(
        &self,
        subject: &Subject,
        sight: &Sight,
    ) -> Result<Affected, InventoryError> {
        let mut holders = self.holders();
        self.read(|transaction| {
            holders.refresh(transaction)?;
            let seen = Seen { holders: &holders, parties: sight.numbers(transaction)? };
            let meant = meant(transaction, subject)?;
            let having = having(transaction, &seen, (subject, &meant.components))?;
            let affected = seen.holders_of(&having.affected);
            let (sectors, silent) = by_sector(&seen, &affected);
            let mut all: Vec<i64> = meant.components.clone();
            all.extend(&having.raised);
            let mut named = components::named(transaction, &all)?;
            let mut undecided = components::named(transaction, &meant.undecided)?;
            if seen.parties.is_some() {
                let uses = || having.affected.values().chain(having.answered.values());
                named.retain(|number, _| uses().any(|(found, _)| found.contains(number)));
                let in_sight = seen.components(transaction, &meant.undecided)?;
                undecided.retain(|number, _| in_sight.contains(number));
            }
            let is_of_flaw = matches!(subject, Subject::Flaw(_));
            let matched = known::matched_edition(transaction)?;
            let edition = self.knowledge().edition().to_string();
            let mut answer = Affected {
                releases: releases(transaction, &having.affected, &named)?,
                answered: answered(transaction, &having, &named)?,
                organisations: affected.len(),
                sectors,
                silent,
                undecided: undecided.into_values().map(|named| named.purl).collect(),
                components: named.into_values().map(|named| named.purl).collect(),
                unchecked: if is_of_flaw { seen.unchecked(transaction)? } else { 0 },
                partial: seen.partial(transaction)?,
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

    /// The parties in sight that have a current SBOM here, by id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn with_inventory(&self, sight: &Sight) -> Result<BTreeSet<String>, InventoryError> {
        let mut holders = self.holders();
        self.read(|transaction| {
            holders.refresh(transaction)?;
            let seen = Seen { holders: &holders, parties: sight.numbers(transaction)? };
            let numbers = holders.with_inventory().into_iter().filter(|number| seen.has(*number));
            let keys: Vec<Value> = numbers.map(Value::from).collect();
            let mut parties = BTreeSet::new();
            transaction.each_of("SELECT id FROM party WHERE number IN", &[], &keys, |row| {
                parties.insert(row.text(0)?);
                Ok(())
            })?;
            Ok(parties)
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
            let seen = Seen { holders: &holders, parties: None };
            let meant = meant(transaction, subject)?;
            let having = having(transaction, &seen, (subject, &meant.components))?;
            let affected = seen.holders_of(&having.affected);
            Ok((affected.len(), by_sector(&seen, &affected).0))
        })
    }
}

/// What somebody sees of who holds what.
pub(super) struct Seen<'h> {
    pub(super) holders: &'h Holders,
    /// Numbers of the parties; nothing: all.
    pub(super) parties: Option<HashSet<i64>>,
}

impl Seen<'_> {
    fn has(&self, party: i64) -> bool {
        self.parties.as_ref().is_none_or(|parties| parties.contains(&party))
    }

    /// The party whose current SBOM this is, if it is seen.
    pub(super) fn holder_of(&self, sbom: i64) -> Option<i64> {
        let holder = self.holders.current(sbom)?;
        Some(self.holders.party_of(holder.asset)).filter(|party| self.has(*party))
    }

    /// The parties whose SBOMs these are.
    pub(super) fn holders_of(&self, uses: &Uses) -> HashSet<i64> {
        uses.keys().filter_map(|sbom| self.holder_of(*sbom)).collect()
    }

    pub(super) fn uses(
        &self,
        transaction: &mut Transaction<'_>,
        components: &[i64],
    ) -> Result<Uses, InventoryError> {
        let mut uses = Uses::new();
        postings::uses(transaction, components, |sbom, component, need| {
            if self.holder_of(sbom).is_some() {
                let found = uses.entry(sbom).or_default();
                found.0.insert(component);
                found.1 = found.1.max(need);
            }
        })?;
        Ok(uses)
    }

    /// Those of some components that anybody in sight has.
    fn components(
        &self,
        transaction: &mut Transaction<'_>,
        of: &[i64],
    ) -> Result<HashSet<i64>, InventoryError> {
        let mut found = HashSet::new();
        postings::uses(transaction, of, |sbom, component, _| {
            if self.holder_of(sbom).is_some() {
                found.insert(component);
            }
        })?;
        Ok(found)
    }

    /// How many components are not checked.
    fn unchecked(&self, transaction: &mut Transaction<'_>) -> Result<i64, InventoryError> {
        if self.parties.is_none() {
            return Ok(components::count_unchecked(transaction)?);
        }
        let all = components::all_unchecked(transaction)?;
        Ok(i64::try_from(self.components(transaction, &all)?.len()).unwrap_or(i64::MAX))
    }

    /// How many current SBOMs leave something open.
    fn partial(&self, transaction: &mut Transaction<'_>) -> Result<i64, InventoryError> {
        if self.parties.is_none() {
            return Ok(sboms::count_partial(transaction)?);
        }
        let all = sboms::all_partial(transaction)?;
        let seen = all.iter().filter(|sbom| self.holder_of(**sbom).is_some()).count();
        Ok(i64::try_from(seen).unwrap_or(i64::MAX))
    }
}

pub(super) fn meant(
    transaction: &mut Transaction<'_>,
    subject: &Subject,
) -> Result<Meant, InventoryError> {
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
fn by_sector(seen: &Seen<'_>, affected: &HashSet<i64>) -> (Vec<SectorCount>, usize) {
    let holders = seen.holders;
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
        if !party.is_organisation || !seen.has(*number) {
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
    counts.retain(|count| count.members > 0);
    counts.sort_by(|one, two| (two.affected, &one.sector).cmp(&(one.affected, &two.sector)));
    (counts, silent)
}

/// Who says what of those that have the flaw and of whom somebody says that it does no harm.
fn answered(
    transaction: &mut Transaction<'_>,
    having: &Having,
    named: &HashMap<i64, components::Named>,
) -> Result<Vec<AnsweredRelease>, InventoryError> {
    if having.answered.is_empty() {
        return Ok(Vec::new());
    }
    let said = having.statements.values().flat_map(BTreeMap::values);
    let mut numbers: Vec<i64> = said.flatten().copied().collect();
    numbers.sort_unstable();
    numbers.dedup();
    let kept = statements::of_numbers(transaction, &numbers)?;
    let kept: HashMap<i64, StatementRow> =
        kept.into_iter().map(|one| (one.number, one.row)).collect();
    let mut by_sbom: HashMap<String, BTreeMap<String, Vec<StatementRow>>> = HashMap::new();
    let keys: Vec<Value> = having.statements.keys().map(|sbom| (*sbom).into()).collect();
    transaction.each_of("SELECT number, id FROM sbom WHERE number IN", &[], &keys, |row| {
        let by_purl = by_sbom.entry(row.text(1)?).or_default();
        for (component, numbers) in having.statements.get(&row.integer(0)?).into_iter().flatten() {
            let Some(component) = named.get(component) else { continue };
            let said = numbers.iter().filter_map(|number| kept.get(number)).cloned();
            by_purl.entry(component.purl.clone()).or_default().extend(said);
        }
        Ok(())
    })?;
    let releases = releases(transaction, &having.answered, named)?.into_iter();
    Ok(releases
        .map(|release| AnsweredRelease {
            by_purl: by_sbom.remove(&release.sbom).unwrap_or_default(),
            release,
        })
        .collect())
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
