//! Statements: said here about a finding; how they begin and run out. Those of documents come in
//! `vex_documents.rs`. What they do is in `hearing.rs` and `findings.rs`.
//!
//! A statement is kept first, with a note of what is to be brought in line with it; that is done
//! in transactions of its own. Whoever receives an SBOM at the same time looks again, since the
//! turn of flaws is another. So the order in which documents come changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mainstay_store::{Actor, Event, Transaction, new_id};
use mainstay_types::Purl;
use mainstay_vex::{Flaw, PackagePattern, Product, SaidBy, Statement, Subject, VexFormat, Whole};
use serde::Serialize;
use serde_json::json;

use super::Inventory;
use super::findings::{Closing, settle};
use super::parties::{asset as asset_of, party_number};
use crate::InventoryError;
use crate::model::Asset;
use crate::product;
use crate::statement::{NewStatement, Reach, StatementRow};
use crate::store::sboms::Current;
use crate::store::statements::{Hold, Kept, Source};
use crate::store::{components, findings, known, parties, sboms, statements};

/// Versions of assets whose findings are brought in line in one transaction.
const AT_ONCE: i64 = 100;
/// Packages that are asked for one by one.
const MOST_KEYS: usize = 500;
/// Bytes of a text that somebody types.
const LONGEST_TEXT: usize = 4_000;

/// What bringing findings in line did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Spoken {
    /// Versions of assets that were looked at.
    pub releases: usize,
    /// Findings that were opened.
    pub opened: usize,
    /// Findings that were silenced.
    pub silenced: usize,
    /// Findings that were closed.
    pub closed: usize,
}

impl Spoken {
    fn add(&mut self, other: Self) {
        self.releases += other.releases;
        self.opened += other.opened;
        self.silenced += other.silenced;
        self.closed += other.closed;
    }

    fn has_changed(self) -> bool {
        self.opened + self.silenced + self.closed > 0
    }
}

impl Inventory {
    /// Says something about a finding. When this returns, it is durable and logged, and the
    /// findings are in line with it.
    ///
    /// # Errors
    /// A finding that is not there, a text that is too long, a last day that is over, a reach that
    /// nothing bounds.
    pub fn say(
        &self,
        new: &NewStatement<'_>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<StatementRow, InventoryError> {
        check(new, now)?;
        let id = new_id("stm", now)?;
        self.write(|transaction| {
            let asset = asset_of(transaction, new.asset)?;
            let (hold, statement) = of_finding(transaction, &asset, new, now)?;
            known::begin_changing_flaws(transaction)?;
            let source = Source { id: &id, document: None, account: &actor.id, hold };
            statements::add(transaction, std::slice::from_ref(&statement), &source, now)?;
            set_unheard(transaction, hold, std::iter::once(&statement.product))?;
            let detail = json!({
                "party": asset.party, "asset": asset.id, "flaw": new.flaw, "package": new.purl,
                "status": statement.claim.word(), "reach": new.reach.word(),
                "expires": new.expires.map(|day| day.to_string()),
            });
            transaction.append(actor.does("statement.add", &id, detail.clone(), now));
            tell(transaction, "statement.added", (&id, detail), now);
            Ok(())
        })?;
        self.speak_waiting(now)?;
        self.statement(&id)
    }

    /// A statement.
    ///
    /// # Errors
    /// When there is no such statement.
    pub fn statement(&self, id: &str) -> Result<StatementRow, InventoryError> {
        let found = self.read(|transaction| Ok(statements::of_id(transaction, id)?))?;
        found.map(|kept| kept.row).ok_or_else(|| InventoryError::absent("statement", id))
    }

    /// Brings findings in line with statements that began to hold or ran out, and with those that
    /// were kept when a process ended. For a server that looks now and then; several may.
    ///
    /// # Errors
    /// When the database does not answer. What was done until then stays, and is right.
    pub fn speak(&self, now: Timestamp) -> Result<Spoken, InventoryError> {
        let today = now.to_zoned(TimeZone::UTC).date();
        let due = self.read(|transaction| Ok(statements::due(transaction, now, today)?))?;
        if !due.is_empty() {
            self.write(|transaction| {
                known::begin_changing_flaws(transaction)?;
                let numbers: Vec<i64> = due.iter().map(|(number, _, _)| *number).collect();
                let kept = statements::of_numbers(transaction, &numbers)?;
                let kept: HashMap<i64, Kept> =
                    kept.into_iter().map(|one| (one.number, one)).collect();
                // Once for each place, however many statements begin or end there.
                let mut products: BTreeMap<Hold, Vec<&Product>> = BTreeMap::new();
                for (number, hold, holds) in &due {
                    statements::set_held(transaction, *number, *holds)?;
                    let product = kept.get(number).map(|one| &one.row.statement.product);
                    products.entry(*hold).or_default().extend(product);
                }
                for (hold, products) in products {
                    set_unheard(transaction, hold, products.into_iter())?;
                }
                Ok(())
            })?;
        }
        self.speak_waiting(now)
    }

    /// Whether findings are to be brought in line with statements.
    pub(crate) fn is_unspoken(&self, now: Timestamp) -> Result<bool, InventoryError> {
        let today = now.to_zoned(TimeZone::UTC).date();
        self.read(|transaction| {
            Ok(!statements::unheard(transaction, 1)?.is_empty()
                || !statements::due(transaction, now, today)?.is_empty())
        })
    }

    pub(super) fn speak_waiting(&self, now: Timestamp) -> Result<Spoken, InventoryError> {
        let mut told = Spoken::default();
        loop {
            let waiting =
                self.read(|transaction| Ok(statements::unheard(transaction, AT_ONCE)?))?;
            if waiting.is_empty() {
                return Ok(told);
            }
            let mut is_again = false;
            let spoken = self.write(|transaction| {
                speak_to(transaction, &waiting, (std::mem::replace(&mut is_again, true), now))
            })?;
            told.add(spoken);
        }
    }

    /// The statements of a party, by id: those after this one, at most so many.
    ///
    /// # Errors
    /// When there is no such party.
    pub fn statements(
        &self,
        party: &str,
        (after, count): (&str, usize),
    ) -> Result<Vec<StatementRow>, InventoryError> {
        self.read(|transaction| {
            let number = party_number(transaction, party)?;
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            let kept = statements::of_party(transaction, number, (after, count))?;
            Ok(kept.into_iter().map(|one| one.row).collect())
        })
    }
}

/// An event for those who see the inventory of the party that `detail` names.
pub(super) fn tell(
    transaction: &mut Transaction<'_>,
    kind: &'static str,
    (subject, body): (&str, serde_json::Value),
    now: Timestamp,
) {
    transaction.emit(Event { at: now, kind, subject: subject.to_owned(), body });
}

fn check(new: &NewStatement<'_>, now: Timestamp) -> Result<(), InventoryError> {
    if let Some(problem) = new.reach.refusal(new.release, new.purl) {
        return Err(InventoryError::field("reach", problem));
    }
    let texts = new.evidence.iter().map(|text| ("evidence", text.as_str()));
    let reason = new.claim.reason().and_then(mainstay_vex::Reason::impact);
    let texts = texts
        .chain(new.notes.as_deref().map(|text| ("notes", text)))
        .chain(reason.map(|text| ("impact", text)))
        .chain(new.claim.action().map(|text| ("action", text)));
    for (field, text) in texts {
        if text.len() > LONGEST_TEXT {
            let problem = format!("it is longer than {LONGEST_TEXT} bytes");
            return Err(InventoryError::field(field, problem));
        }
        if text.chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\r') {
            return Err(InventoryError::field(field, "it has control characters"));
        }
    }
    let today = now.to_zoned(TimeZone::UTC).date();
    if new.expires.is_some_and(|day| day < today) {
        return Err(InventoryError::field("expires", "that day is over"));
    }
    Ok(())
}

/// The statement about a finding, and where it holds.
fn of_finding(
    transaction: &mut Transaction<'_>,
    asset: &Asset,
    new: &NewStatement<'_>,
    now: Timestamp,
) -> Result<(Hold, Statement), InventoryError> {
    let found = findings::one(transaction, (asset.number, new.release), (new.purl, new.flaw))?;
    let (found, _) = found.ok_or_else(|| InventoryError::absent("finding", new.flaw))?;
    let flaws = known::flaws(transaction, &[found.component])?;
    let known = flaws.into_values().flatten().find(|flaw| flaw.id == new.flaw);
    let aliases = known.map(|flaw| flaw.aliases()).unwrap_or_default();
    let version = Some(new.release.to_owned()).filter(|release| !release.is_empty());
    let whole = Whole::Named {
        name: asset.name.clone(),
        version: version.filter(|_| new.reach != Reach::Asset),
    };
    let part = match new.purl {
        "" => None,
        purl => Some(
            Purl::parse(purl)
                .map_err(|error| InventoryError::field("package", error.to_string()))?,
        ),
    };
    let written = match &part {
        Some(part) if new.reach == Reach::Organisation => part.to_string(),
        Some(part) => format!("{part} in {}", whole.label()),
        None => whole.label(),
    };
    let subject = match (part, new.reach) {
        (None, _) => Subject::Whole(Arc::new(whole)),
        (Some(part), Reach::Organisation) => Subject::Package(PackagePattern::new(part)),
        (Some(part), Reach::Release | Reach::Asset) => {
            Subject::Part { whole: Arc::new(whole), part: PackagePattern::new(part) }
        }
    };
    let is_of_asset = new.reach != Reach::Organisation || new.purl.is_empty();
    let party = party_number(transaction, &asset.party)?;
    let hold = Hold { party, asset: is_of_asset.then_some(asset.number), sbom: None };
    let statement = Statement {
        said_by: Arc::new(SaidBy {
            author: Some(new.author.to_owned()),
            document: String::new(),
            version: None,
            format: VexFormat::OpenVex,
        }),
        flaw: Arc::new(Flaw { id: new.flaw.to_owned(), aliases }),
        product: Product { written: written.into(), subject },
        claim: new.claim.clone(),
        evidence: new.evidence.clone().into(),
        notes: new.notes.as_deref().map(Into::into),
        issued: Some(now),
        updated: None,
        expires: new.expires,
        line: None,
    };
    Ok((hold, statement))
}

/// Notes what is to be brought in line with statements about these products.
pub(super) fn set_unheard<'p>(
    transaction: &mut Transaction<'_>,
    hold: Hold,
    products: impl Iterator<Item = &'p Product>,
) -> Result<(), InventoryError> {
    let concerned = concerned(transaction, hold, products)?;
    let places: Vec<(i64, &str)> =
        concerned.iter().map(|sbom| (sbom.asset, sbom.release.as_str())).collect();
    Ok(statements::set_unheard(transaction, &places)?)
}

/// The current SBOMs of which statements about these products may speak.
pub(super) fn concerned<'p>(
    transaction: &mut Transaction<'_>,
    hold: Hold,
    products: impl Iterator<Item = &'p Product>,
) -> Result<Vec<Current>, InventoryError> {
    let keys: BTreeSet<String> = products.map(product::about).collect();
    // Of very many products all SBOMs are looked at: that is less work than to ask for each.
    let mut meant = (keys.len() <= MOST_KEYS).then(HashSet::new);
    for key in &keys {
        if meant.is_none() {
            break;
        }
        // Of packages of distributions the name alone does not tell which they are.
        let name = Purl::parse(key).ok().and_then(|purl| purl.package_name()).and_then(Result::ok);
        match (&mut meant, name) {
            (Some(meant), Some(name)) => {
                let found = components::of_package(transaction, &name)?;
                meant.extend(found.into_iter().map(|(number, _)| number));
            }
            (None, _) | (_, None) => meant = None,
        }
    }
    let mut current = sboms::all_current(transaction, hold.party, hold.asset)?;
    current.retain(|sbom| hold.sbom.is_none_or(|only| only == sbom.number));
    let Some(meant) = meant else { return Ok(current) };
    let mut concerned = Vec::new();
    for sbom in current {
        let described = sbom.described.purl.as_ref().map(Purl::key);
        if described.is_some_and(|key| keys.contains(&*key))
            || sbom.components()?.iter().any(|number| meant.contains(number))
        {
            concerned.push(sbom);
        }
    }
    Ok(concerned)
}

/// Brings the findings of versions of assets in line. Who had to give way lets nobody speak
/// meanwhile, so that it does not give way forever.
fn speak_to(
    transaction: &mut Transaction<'_>,
    places: &[(i64, String)],
    (is_again, now): (bool, Timestamp),
) -> Result<Spoken, InventoryError> {
    // Places are in the order of assets, so nobody waits for another in a circle.
    for (asset, _) in places {
        parties::lock_asset(transaction, *asset)?;
    }
    let turn = known::flaws_turn(transaction, is_again)?;
    let mut by_party: BTreeMap<i64, Spoken> = BTreeMap::new();
    for (asset, release) in places {
        let Some(sbom) = sboms::current(transaction, *asset, release)? else { continue };
        let content = sbom.components()?;
        let settled = settle(transaction, &sbom, &content, (Closing::NoLongerKnown, now))?;
        by_party.entry(sbom.party).or_default().add(Spoken {
            releases: 1,
            opened: settled.opened.len(),
            silenced: settled.silenced,
            closed: settled.closed,
        });
    }
    known::same_turn(transaction, turn)?;
    for (asset, release) in places {
        statements::set_heard(transaction, (*asset, release))?;
    }
    tell_spoken(transaction, by_party, now)
}

/// Tells each party what changed in its inventory, writes it into the log, and sums it up. Nobody
/// does it, for what was said before may be heard now: it follows from statements that are in the
/// log with who said them.
fn tell_spoken(
    transaction: &mut Transaction<'_>,
    by_party: BTreeMap<i64, Spoken>,
    now: Timestamp,
) -> Result<Spoken, InventoryError> {
    let mut spoken = Spoken::default();
    for (party, one) in by_party {
        spoken.add(one);
        if one.has_changed()
            && let Some(party) = parties::id_of(transaction, party)?
        {
            let detail = json!({ "party": party, "findings": one });
            tell(transaction, "finding.changed", (&party, detail), now);
        }
    }
    if spoken.has_changed() {
        let actor = Actor { id: "mainstay".to_owned(), origin: "statements".to_owned() };
        transaction.append(actor.does("statement.hear", "statements", json!(spoken), now));
    }
    Ok(spoken)
}
