//! Who holds which SBOM: the small tables that every answer needs, kept in memory.
//!
//! Sixteen bytes an SBOM. What changed since the last look is read from the database, so several
//! processes agree; nothing in here is the only copy of anything.

use std::collections::HashMap;

use mainstay_store::{StoreError, Transaction};

use crate::store::parties;

/// The holder of an SBOM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) asset: i64,
    pub(crate) is_current: bool,
}

/// What is kept.
#[derive(Debug, Default)]
pub(crate) struct Holders {
    /// By the number of the SBOM.
    sboms: Vec<Holder>,
    sbom_turn: i64,
    /// The party of an asset, by its number.
    assets: Vec<i64>,
    party_turn: i64,
    parties: HashMap<i64, PartyFacts>,
    sectors: Vec<String>,
}

/// What counting needs to know of a party.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartyFacts {
    pub(crate) is_organisation: bool,
    pub(crate) is_important: bool,
    /// Positions in [`Holders::sectors`].
    pub(crate) sectors: Vec<usize>,
}

impl Holders {
    /// Catches up with the database.
    pub(crate) fn refresh(&mut self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        let (mut changed, mut turn) = (Vec::new(), self.sbom_turn);
        transaction.each(
            "SELECT number, asset, is_current, turn FROM sbom WHERE turn > $1 ORDER BY turn",
            &[self.sbom_turn.into()],
            |row| {
                let holder = Holder { asset: row.integer(1)?, is_current: row.truth(2)? };
                changed.push((row.integer(0)?, holder));
                turn = row.integer(3)?;
                Ok(())
            },
        )?;
        for (number, holder) in changed {
            set(&mut self.sboms, number, holder);
        }
        self.sbom_turn = turn;
        let known = i64::try_from(self.assets.len()).unwrap_or(i64::MAX) - 1;
        let new = transaction.rows(
            "SELECT number, party FROM asset WHERE number > $1 ORDER BY number",
            &[known.into()],
            |row| Ok((row.integer(0)?, row.integer(1)?)),
        )?;
        for (number, party) in new {
            set(&mut self.assets, number, party);
        }
        let party_turn = parties::turn(transaction)?;
        if party_turn != self.party_turn {
            self.read_parties(transaction)?;
            self.party_turn = party_turn;
        }
        Ok(())
    }

    fn read_parties(&mut self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        let mut parties = HashMap::new();
        transaction.each(
            "SELECT number, kind, important FROM party ORDER BY number",
            &[],
            |row| {
                let facts = PartyFacts {
                    is_organisation: row.text(1)? == "organisation",
                    is_important: row.truth(2)?,
                    sectors: Vec::new(),
                };
                parties.insert(row.integer(0)?, facts);
                Ok(())
            },
        )?;
        let mut sectors: Vec<String> = Vec::new();
        transaction.each(
            "SELECT sector, party FROM party_sector ORDER BY sector, party",
            &[],
            |row| {
                let sector = row.text(0)?;
                if sectors.last() != Some(&sector) {
                    sectors.push(sector);
                }
                if let Some(facts) = parties.get_mut(&row.integer(1)?) {
                    facts.sectors.push(sectors.len() - 1);
                }
                Ok(())
            },
        )?;
        (self.parties, self.sectors) = (parties, sectors);
        Ok(())
    }

    /// The holder of an SBOM, if the SBOM is current.
    pub(crate) fn current(&self, sbom: i64) -> Option<Holder> {
        let holder = self.sboms.get(usize::try_from(sbom).ok()?)?;
        holder.is_current.then_some(*holder)
    }

    /// The party of an asset.
    pub(crate) fn party_of(&self, asset: i64) -> i64 {
        usize::try_from(asset).ok().and_then(|at| self.assets.get(at)).copied().unwrap_or_default()
    }

    /// The parties with at least one current SBOM.
    pub(crate) fn with_inventory(&self) -> std::collections::HashSet<i64> {
        let current = self.sboms.iter().filter(|holder| holder.is_current);
        current.map(|holder| self.party_of(holder.asset)).collect()
    }

    /// Every party, by its number.
    pub(crate) fn parties(&self) -> &HashMap<i64, PartyFacts> {
        &self.parties
    }

    /// Ids of the sectors that have members, sorted.
    pub(crate) fn sectors(&self) -> &[String] {
        &self.sectors
    }
}

fn set<T: Clone + Default>(list: &mut Vec<T>, number: i64, value: T) {
    // Numbers are given in a row, so the list has few holes.
    let Ok(at) = usize::try_from(number) else { return };
    if at >= list.len() {
        list.resize(at + 1, T::default());
    }
    if let Some(place) = list.get_mut(at) {
        *place = value;
    }
}
