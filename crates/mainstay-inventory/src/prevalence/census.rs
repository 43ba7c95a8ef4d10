//! The census: for every organisation which packages it uses, in few bytes.
//!
//! It is read from the current SBOMs in one pass, which a question must not wait for where they
//! are many. So it is taken in the background, kept in memory, and its age is told. It has 16
//! bytes for each package that an organisation uses, and 4 for each version. Nothing in it is the
//! only copy of anything. `examples/load.rs` measures it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use mainstay_store::{StoreError, Transaction};
use mainstay_types::{FindingKind, Severity};

use super::count::Counted;
use crate::InventoryError;
use crate::holders::Holders;
use crate::model::Need;
use crate::project::NoteKind;
use crate::store::{known, notes, parties, sboms};
use crate::uses;

/// Counts that are kept of a census: one for each sight and sector that is asked for.
const MOST_COUNTS: usize = 16;

/// What a census was taken of. Another one is due when this has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    sboms: i64,
    flaws: i64,
    parties: i64,
}

impl Turn {
    pub(crate) fn read(transaction: &mut Transaction<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            sboms: sboms::turn(transaction)?,
            flaws: known::flaws_turn(transaction, false)?,
            parties: parties::turn(transaction)?,
        })
    }
}

/// Who uses what, counted at a time.
#[derive(Debug)]
pub(crate) struct Census {
    pub(crate) turn: Turn,
    pub(crate) taken_at: Timestamp,
    /// How many uses it counted.
    pub(crate) uses: usize,
    pub(crate) holders: Holders,
    /// By the number of the package.
    pub(crate) packages: HashMap<u32, PackageFacts>,
    /// By the number of the component.
    pub(crate) components: HashMap<u32, ComponentFacts>,
    /// By the number of the note.
    pub(crate) notes: HashMap<u32, Note>,
    /// By the number of the party.
    pub(crate) parties: HashMap<i64, PartyUses>,
    counts: Mutex<HashMap<Vec<i64>, Arc<Counted>>>,
}

/// A package.
#[derive(Debug)]
pub(crate) struct PackageFacts {
    /// As OSV names it.
    pub(crate) ecosystem: Arc<str>,
    pub(crate) name: Box<str>,
    /// Without a version.
    pub(crate) purl: Box<str>,
}

/// A version of a package.
#[derive(Debug)]
pub(crate) struct ComponentFacts {
    pub(crate) package: u32,
    pub(crate) is_unchecked: bool,
    pub(crate) flaws: Vec<FlawFacts>,
}

/// A flaw of a version. The number is the same for the same flaw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlawFacts {
    pub(crate) flaw: u32,
    pub(crate) kind: FindingKind,
    pub(crate) severity: Severity,
    pub(crate) is_exploited: bool,
}

/// Something that is said of a project.
#[derive(Debug)]
pub(crate) struct Note {
    pub(crate) package: u32,
    pub(crate) kind: NoteKind,
    pub(crate) text: Box<str>,
}

/// What a party uses.
#[derive(Debug, Default)]
pub(crate) struct PartyUses {
    /// Sorted by package.
    pub(crate) packages: Vec<PackageUses>,
    /// Numbers of components, sorted.
    pub(crate) components: Vec<u32>,
    /// Numbers of notes, sorted.
    pub(crate) notes: Vec<u32>,
    pub(crate) assets: u32,
    /// Current SBOMs that leave something open.
    pub(crate) partial: u32,
    /// Current SBOMs that came before notes were read.
    pub(crate) without_notes: u32,
}

/// In how many of its assets a party uses a package, and how.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PackageUses {
    pub(crate) package: u32,
    pub(crate) direct: u32,
    pub(crate) deep: u32,
    pub(crate) untold: u32,
}

impl Census {
    pub(crate) fn take(
        transaction: &mut Transaction<'_>,
        now: Timestamp,
    ) -> Result<Self, InventoryError> {
        let turn = Turn::read(transaction)?;
        let mut holders = Holders::default();
        holders.refresh(transaction)?;
        let packages = packages(transaction)?;
        let components = components(transaction)?;
        let notes = notes::all(transaction)?
            .into_iter()
            .map(|(number, package, kind, text)| {
                (small(number), Note { package: small(package), kind, text: text.into() })
            })
            .collect();
        let (parties, uses) = parties(transaction, &holders, &components)?;
        let counts = Mutex::default();
        Ok(Self {
            turn,
            taken_at: now,
            uses,
            holders,
            packages,
            components,
            notes,
            parties,
            counts,
        })
    }

    /// A count of these parties (sorted numbers), made when it is not there yet.
    pub(crate) fn counted(
        &self,
        parties: Vec<i64>,
        count: impl FnOnce(&Self, &[i64]) -> Counted,
    ) -> Arc<Counted> {
        let counts = || self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = counts().get(&parties) {
            return Arc::clone(found);
        }
        let counted = Arc::new(count(self, &parties));
        let mut counts = counts();
        if counts.len() >= MOST_COUNTS {
            counts.clear();
        }
        counts.insert(parties, Arc::clone(&counted));
        counted
    }
}

/// Numbers of this instance are given in a row, and 4,000 million are never given.
fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn packages(
    transaction: &mut Transaction<'_>,
) -> Result<HashMap<u32, PackageFacts>, InventoryError> {
    let mut ecosystems: HashMap<String, Arc<str>> = HashMap::new();
    let mut packages = HashMap::new();
    transaction.each(
        "SELECT package.number, package.ecosystem, package.name, component.purl FROM package \
         JOIN component ON component.number = \
         (SELECT MIN(number) FROM component WHERE component.package = package.number)",
        &[],
        |row| {
            let ecosystem = row.text(1)?;
            let ecosystem =
                ecosystems.entry(ecosystem).or_insert_with_key(|name| Arc::from(name.as_str()));
            let facts = PackageFacts {
                ecosystem: Arc::clone(ecosystem),
                name: row.text(2)?.into(),
                purl: without_version(&row.text(3)?).into(),
            };
            packages.insert(small(row.integer(0)?), facts);
            Ok(())
        },
    )?;
    Ok(packages)
}

/// A package URL as it is written here, without version, qualifiers and subpath. In names an `@`
/// is always written `%40`.
fn without_version(purl: &str) -> &str {
    let name = purl.split(['?', '#']).next().unwrap_or_default();
    name.rsplit_once('@').map_or(name, |(name, _)| name)
}

fn components(
    transaction: &mut Transaction<'_>,
) -> Result<HashMap<u32, ComponentFacts>, InventoryError> {
    let mut components = HashMap::new();
    transaction.each("SELECT number, package, unchecked FROM component", &[], |row| {
        let facts = ComponentFacts {
            package: small(row.integer(1)?),
            is_unchecked: row.text_or_null(2)?.is_some(),
            flaws: Vec::new(),
        };
        components.insert(small(row.integer(0)?), facts);
        Ok(())
    })?;
    let mut names: HashMap<String, u32> = HashMap::new();
    transaction.each(
        "SELECT component, flaw, kind, severity, exploited FROM component_flaw",
        &[],
        |row| {
            let next = u32::try_from(names.len()).unwrap_or(u32::MAX);
            let flaw = FlawFacts {
                flaw: *names.entry(row.text(1)?).or_insert(next),
                // A kind of a newer Mainstay is at least worth knowing.
                kind: FindingKind::from_word(&row.text(2)?).unwrap_or(FindingKind::Notice),
                severity: known::severity_of(row.integer(3)?),
                is_exploited: row.integer_or_null(4)? == Some(1),
            };
            if let Some(facts) = components.get_mut(&small(row.integer(0)?)) {
                facts.flaws.push(flaw);
            }
            Ok(())
        },
    )?;
    Ok(components)
}

/// An SBOM as the census reads it.
struct Read {
    asset: i64,
    content: Vec<u8>,
    is_partial: bool,
    notes: Option<Vec<u8>>,
}

fn parties(
    transaction: &mut Transaction<'_>,
    holders: &Holders,
    components: &HashMap<u32, ComponentFacts>,
) -> Result<(HashMap<i64, PartyUses>, usize), InventoryError> {
    let sboms = transaction.rows(
        "SELECT sbom.asset, sbom.content, sbom.gaps, sbom_note.notes FROM sbom \
         LEFT JOIN sbom_note ON sbom_note.sbom = sbom.number \
         WHERE sbom.is_current = 1 ORDER BY sbom.asset, sbom.number",
        &[],
        |row| {
            Ok(Read {
                asset: row.integer(0)?,
                content: row.bytes(1)?.to_vec(),
                is_partial: row.text(2)? != "[]",
                notes: row.bytes_or_null(3)?,
            })
        },
    )?;
    let mut parties: HashMap<i64, Adding> = HashMap::new();
    let mut uses = 0;
    for of_asset in sboms.chunk_by(|one, two| one.asset == two.asset) {
        let Some(first) = of_asset.first() else { continue };
        let party = parties.entry(holders.party_of(first.asset)).or_default();
        uses += party.add(of_asset, components)?;
    }
    Ok((parties.into_iter().map(|(number, adding)| (number, adding.done())).collect(), uses))
}

/// A party while its assets are added.
#[derive(Default)]
struct Adding {
    packages: HashMap<u32, PackageUses>,
    done: PartyUses,
}

impl Adding {
    /// Adds an asset: the current SBOMs of all its versions. Gives how many uses that were.
    fn add(
        &mut self,
        sboms: &[Read],
        components: &HashMap<u32, ComponentFacts>,
    ) -> Result<usize, InventoryError> {
        let mut uses = 0;
        let mut needs: HashMap<u32, Need> = HashMap::new();
        self.done.assets += 1;
        for sbom in sboms {
            for one in uses::read(&sbom.content, "an SBOM")? {
                uses += 1;
                let number = small(one.number);
                let Some(component) = components.get(&number) else { continue };
                self.done.components.push(number);
                let need = needs.entry(component.package).or_default();
                *need = one.need.max(*need);
            }
            self.done.partial += u32::from(sbom.is_partial);
            match &sbom.notes {
                Some(list) => {
                    let read = notes::read(list)?.into_iter();
                    self.done.notes.extend(read.map(|one| u32::try_from(one).unwrap_or(u32::MAX)));
                }
                None => self.done.without_notes += 1,
            }
        }
        for (package, need) in needs {
            let uses = self.packages.entry(package).or_default();
            match need {
                Need::Direct => uses.direct += 1,
                Need::Deep => uses.deep += 1,
                Need::Untold => uses.untold += 1,
            }
        }
        for list in [&mut self.done.components, &mut self.done.notes] {
            list.sort_unstable();
            list.dedup();
        }
        Ok(uses)
    }

    fn done(self) -> PartyUses {
        let uses = self.packages.into_iter().map(|(package, uses)| PackageUses { package, ..uses });
        let mut packages: Vec<PackageUses> = uses.collect();
        packages.sort_unstable_by_key(|uses| uses.package);
        PartyUses { packages, ..self.done }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_taken_from_a_package_url_and_nothing_else() {
        for (whole, name) in [
            ("pkg:npm/%40babel/core@7.0.0", "pkg:npm/%40babel/core"),
            ("pkg:deb/debian/zlib@1%3A1.2?arch=amd64", "pkg:deb/debian/zlib"),
            ("pkg:cargo/serde", "pkg:cargo/serde"),
        ] {
            assert_eq!(without_version(whole), name);
        }
    }
}
