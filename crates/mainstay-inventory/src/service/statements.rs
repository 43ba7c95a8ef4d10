//! Statements: said here about a finding, brought by a VEX document, brought by an SBOM. What they
//! do is in `hearing.rs` and `findings.rs`; here is how they come, begin and run out.
//!
//! A statement is kept first, with a note of what is to be brought in line with it; that is done
//! in transactions of its own. Whoever receives an SBOM at the same time looks again, since the
//! turn of flaws is another. So the order in which documents come changes nothing.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mainstay_scan::NoEffect;
use mainstay_store::{Actor, BlobName, Event, Transaction, new_id};
use mainstay_types::Purl;
use mainstay_vex::{
    Document, Flaw, PackagePattern, Product, Remark, SaidBy, Sniffed, Statement, Subject,
    VexFormat, Whole,
};
use serde_json::json;

use super::Inventory;
use super::findings::{Closing, settle};
use super::hearing::hear;
use super::parties::{asset as asset_of, asset_named, checked_name, checked_text, party_number};
use crate::InventoryError;
use crate::model::Asset;
use crate::product;
use crate::statement::{
    NewStatement, Reach, StatementRow, VexDocumentRow, VexReceived, VexUpload, WithoutEffect,
};
use crate::store::findings;
use crate::store::sboms::Current;
use crate::store::statements::{Hold, Kept, NewDocument, Source};
use crate::store::{components, known, parties, sboms, statements};
use crate::work::{EXPOSURE, HUMAN_IMPACT, answers};

/// Statements that are kept of one party.
const MOST_OF_PARTY: i64 = 500_000;
/// Versions of assets whose findings are brought in line in one transaction.
const AT_ONCE: i64 = 100;
/// Packages that are asked for one by one.
const MOST_KEYS: usize = 500;
/// Bytes of a text that somebody types.
const LONGEST_TEXT: usize = 4_000;

/// What bringing findings in line did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spoken {
    /// Versions of assets that were looked at.
    pub releases: usize,
    /// Findings that were opened.
    pub opened: usize,
    /// Findings that were silenced.
    pub silenced: usize,
}

/// What an organisation says of an asset, for the order of work: keys of SSVC's questions. Nothing
/// where it has not said it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssetContext {
    /// System Exposure: who reaches it.
    pub exposure: Option<String>,
    /// Human Impact: what rests on it.
    pub human_impact: Option<String>,
}

impl AssetContext {
    /// The answers to System Exposure, key and name.
    pub fn exposures() -> Vec<(String, String)> {
        answers(EXPOSURE)
    }

    /// The answers to Human Impact, key and name.
    pub fn human_impacts() -> Vec<(String, String)> {
        answers(HUMAN_IMPACT)
    }
}

impl Inventory {
    /// Takes a VEX document in. When this returns, it is durable and logged, and the findings are
    /// in line with it. The same document again changes nothing.
    ///
    /// # Errors
    /// A document that cannot be read, is too large, or is none; a party that is not there.
    pub fn receive_vex(
        &self,
        upload: &VexUpload<'_>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<VexReceived, InventoryError> {
        let bytes = u64::try_from(upload.bytes.len()).unwrap_or(u64::MAX);
        if bytes > self.limits.bytes {
            return Err(InventoryError::TooLarge { bytes, most: self.limits.bytes });
        }
        let file_name = checked_text("file name", upload.file_name)?;
        let document = read(upload.bytes)?;
        self.check_count(&document)?;
        let blob = BlobName::of(upload.bytes).to_string();
        self.blobs.put(upload.bytes)?;
        let id = new_id("vex", now)?;
        let (id, is_known) = self.write(|transaction| {
            let party = party_number(transaction, upload.party)?;
            let asset = match upload.asset.trim() {
                "" => None,
                name => {
                    let name = checked_name("asset", name)?;
                    let asset = asset_named(transaction, (upload.party, name), (actor, now))?;
                    Some(asset.number)
                }
            };
            let hold = Hold { party, asset, sbom: None };
            if let Some((known, _)) = statements::document_of_blob(transaction, hold, &blob)? {
                return Ok((known.id, true));
            }
            known::begin_changing_flaws(transaction)?;
            let new = NewDocument {
                id: &id,
                hold,
                blob: &blob,
                file_name,
                said_by: &document.said_by,
                account: &actor.id,
                remarks: remarks_json(&document.remarks),
            };
            keep(transaction, &new, &document, now)?;
            set_unheard(transaction, hold, document.statements.iter().map(|one| &one.product))?;
            let detail = json!({
                "party": upload.party, "blob": blob, "statements": document.statements.len(),
                "remarks": document.remarks.len(),
            });
            transaction.append(actor.does("vex.add", &id, detail.clone(), now));
            tell(transaction, "statement.added", (&id, detail), now);
            Ok((id.clone(), false))
        })?;
        self.speak_waiting(now)?;
        let (silenced, opened) =
            self.read(|transaction| Ok(statements::effect(transaction, &id)?))?;
        Ok(VexReceived {
            without_effect: self.without_effect(&id, now)?,
            id,
            is_known,
            statements: document.statements.len(),
            silenced,
            opened,
        })
    }

    /// Refuses a document that makes too many statements.
    pub(super) fn check_count(&self, document: &Document) -> Result<(), InventoryError> {
        let (statements, most) = (document.statements.len(), self.limits.statements);
        if statements > most {
            return Err(InventoryError::TooManyStatements { statements, most });
        }
        Ok(())
    }

    /// Says something about a finding. When this returns, it is durable and logged, and the
    /// findings are in line with it.
    ///
    /// # Errors
    /// A finding that is not there, a text that is too long, a last day that is over.
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
                for (number, hold, holds) in &due {
                    statements::set_held(transaction, *number, *holds)?;
                    let product = kept.get(number).map(|one| &one.row.statement.product);
                    set_unheard(transaction, *hold, product.into_iter())?;
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

    fn speak_waiting(&self, now: Timestamp) -> Result<Spoken, InventoryError> {
        let mut told = Spoken::default();
        loop {
            let waiting =
                self.read(|transaction| Ok(statements::unheard(transaction, AT_ONCE)?))?;
            if waiting.is_empty() {
                return Ok(told);
            }
            let spoken = self.write(|transaction| speak_to(transaction, &waiting, now))?;
            told.releases += spoken.releases;
            told.opened += spoken.opened;
            told.silenced += spoken.silenced;
        }
    }

    /// The documents of a party that make statements, newest first.
    ///
    /// # Errors
    /// When there is no such party.
    pub fn vex_documents(&self, party: &str) -> Result<Vec<VexDocumentRow>, InventoryError> {
        self.read(|transaction| {
            let number = party_number(transaction, party)?;
            Ok(statements::documents(transaction, number)?)
        })
    }

    /// A document that makes statements, what it says, and what of that has no effect now.
    ///
    /// # Errors
    /// When there is no such document.
    pub fn vex_document(
        &self,
        id: &str,
        now: Timestamp,
    ) -> Result<(VexDocumentRow, Vec<StatementRow>, Vec<WithoutEffect>), InventoryError> {
        let without = self.without_effect(id, now)?;
        self.read(|transaction| {
            let (row, number) = document_of(transaction, id)?;
            let kept = statements::of_document(transaction, number)?;
            Ok((row, kept.into_iter().map(|one| one.row).collect(), without))
        })
    }

    /// The id of the party whose document it is: to look who may see it, before anything else.
    ///
    /// # Errors
    /// When there is no such document.
    pub fn vex_party(&self, id: &str) -> Result<String, InventoryError> {
        let (row, _) = self.read(|transaction| document_of(transaction, id))?;
        Ok(row.party)
    }

    /// The document as it came.
    ///
    /// # Errors
    /// When there is no such document, or its blob is not what it was.
    pub fn vex_bytes(&self, id: &str) -> Result<Vec<u8>, InventoryError> {
        let (row, _) = self.read(|transaction| document_of(transaction, id))?;
        Ok(self.blobs.get(row.blob.parse()?)?)
    }

    /// What of a document has no effect now, and why.
    fn without_effect(
        &self,
        id: &str,
        now: Timestamp,
    ) -> Result<Vec<WithoutEffect>, InventoryError> {
        self.read(|transaction| {
            let (row, number) = document_of(transaction, id)?;
            let kept = statements::of_document(transaction, number)?;
            let mut told = row.remarks;
            told.extend(idle(transaction, &kept, now)?);
            Ok(told)
        })
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

    /// What a party says of an asset, for the order of work.
    ///
    /// # Errors
    /// When there is no such asset.
    pub fn asset_context(&self, asset: &str) -> Result<AssetContext, InventoryError> {
        self.read(|transaction| {
            let asset = asset_of(transaction, asset)?;
            let (exposure, human_impact) = parties::context(transaction, asset.number)?;
            Ok(AssetContext { exposure, human_impact })
        })
    }

    /// Says of an asset what the order of work needs.
    ///
    /// # Errors
    /// When there is no such asset, or no such answer.
    pub fn set_asset_context(
        &self,
        asset: &str,
        context: &AssetContext,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), InventoryError> {
        let known = |field, key: &Option<String>, all: Vec<(String, String)>| match key {
            Some(key) if !all.iter().any(|(known, _)| known == key) => {
                let keys: Vec<String> = all.into_iter().map(|(key, _)| key).collect();
                let problem = format!("\"{key}\" is none of {}", keys.join(", "));
                Err(InventoryError::field(field, problem))
            }
            Some(_) | None => Ok(()),
        };
        known("exposure", &context.exposure, AssetContext::exposures())?;
        known("human-impact", &context.human_impact, AssetContext::human_impacts())?;
        self.write(|transaction| {
            let asset = asset_of(transaction, asset)?;
            let said = (context.exposure.as_deref(), context.human_impact.as_deref());
            parties::set_context(transaction, asset.number, said)?;
            let detail = json!({
                "party": asset.party, "exposure": context.exposure,
                "human_impact": context.human_impact,
            });
            transaction.append(actor.does("asset.context", &asset.id, detail.clone(), now));
            tell(transaction, "finding.ordered", (&asset.id, detail), now);
            Ok(())
        })
    }
}

/// Reads a VEX document of any format.
fn read(bytes: &[u8]) -> Result<Document, InventoryError> {
    let none = || {
        let problem = "this is no VEX document: OpenVEX, CSAF, CycloneDX or SPDX 3 is asked for";
        InventoryError::field("vex", problem)
    };
    match mainstay_vex::sniff(bytes).map_err(InventoryError::Document)? {
        Sniffed::Vex(format) => mainstay_vex::read(bytes, format).map_err(InventoryError::Document),
        Sniffed::Other => Err(none()),
    }
}

/// Keeps a document and what it says.
pub(super) fn keep(
    transaction: &mut Transaction<'_>,
    new: &NewDocument<'_>,
    document: &Document,
    now: Timestamp,
) -> Result<(), InventoryError> {
    let count = i64::try_from(document.statements.len()).unwrap_or(i64::MAX);
    if statements::count(transaction, new.hold.party)? + count > MOST_OF_PARTY {
        let problem = format!("an organisation keeps at most {MOST_OF_PARTY} statements here");
        return Err(InventoryError::field("vex", problem));
    }
    let number = statements::add_document(transaction, new, now)?;
    let source =
        Source { id: new.id, document: Some(number), account: new.account, hold: new.hold };
    Ok(statements::add(transaction, &document.statements, &source, now)?)
}

/// The parts of a document that say nothing, as they are kept.
pub(super) fn remarks_json(remarks: &[Remark]) -> String {
    let remarks: Vec<WithoutEffect> = remarks
        .iter()
        .map(|remark| WithoutEffect {
            code: NoEffect::SaysNothing.code().to_owned(),
            line: remark.line,
            about: remark.about.clone(),
            why: remark.why.clone(),
        })
        .collect();
    serde_json::to_string(&remarks).unwrap_or_else(|_| "[]".to_owned())
}

fn document_of(
    transaction: &mut Transaction<'_>,
    id: &str,
) -> Result<(VexDocumentRow, i64), InventoryError> {
    let found = statements::document(transaction, id)?;
    found.ok_or_else(|| InventoryError::absent("VEX document", id))
}

/// An event for those who see the inventory of the party that `detail` names.
fn tell(
    transaction: &mut Transaction<'_>,
    kind: &'static str,
    (subject, body): (&str, serde_json::Value),
    now: Timestamp,
) {
    transaction.emit(Event { at: now, kind, subject: subject.to_owned(), body });
}

fn check(new: &NewStatement<'_>, now: Timestamp) -> Result<(), InventoryError> {
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
fn set_unheard<'p>(
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
fn concerned<'p>(
    transaction: &mut Transaction<'_>,
    hold: Hold,
    products: impl Iterator<Item = &'p Product>,
) -> Result<Vec<Current>, InventoryError> {
    let keys: BTreeSet<String> = products.map(product::about).collect();
    // Of very many products all SBOMs are looked at: that is less work than to ask for each.
    let mut meant = (keys.len() <= MOST_KEYS).then(HashSet::new);
    for key in keys {
        if meant.is_none() {
            break;
        }
        // Of packages of distributions the name alone does not tell which they are.
        let name = Purl::parse(&key).ok().and_then(|purl| purl.package_name()).and_then(Result::ok);
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
        if sbom.components()?.iter().any(|number| meant.contains(number)) {
            concerned.push(sbom);
        }
    }
    Ok(concerned)
}

/// Brings the findings of versions of assets in line.
fn speak_to(
    transaction: &mut Transaction<'_>,
    places: &[(i64, String)],
    now: Timestamp,
) -> Result<Spoken, InventoryError> {
    let mut spoken = Spoken::default();
    for (asset, release) in places {
        parties::lock_asset(transaction, *asset)?;
        let Some(sbom) = sboms::current(transaction, *asset, release)? else {
            statements::set_heard(transaction, (*asset, release))?;
            continue;
        };
        let content = sbom.components()?;
        let settled = settle(transaction, &sbom, &content, (Closing::NoLongerKnown, now))?;
        spoken.releases += 1;
        spoken.opened += settled.opened.len();
        spoken.silenced += settled.silenced;
    }
    Ok(spoken)
}

/// What of some statements of one source has no effect anywhere, and why.
fn idle(
    transaction: &mut Transaction<'_>,
    kept: &[Kept],
    now: Timestamp,
) -> Result<Vec<WithoutEffect>, InventoryError> {
    let Some(first) = kept.first() else { return Ok(Vec::new()) };
    let hold = statements::hold_of(transaction, first.number)?;
    let products = kept.iter().map(|one| &one.row.statement.product);
    let mut fates: HashMap<i64, Option<(NoEffect, String)>> = HashMap::new();
    for sbom in concerned(transaction, hold, products)? {
        let content = sbom.components()?;
        let heard = hear(transaction, &sbom, &content, now)?;
        for (one, fate) in heard.statements.iter().zip(heard.fates) {
            let known = fates.entry(one.number).or_insert_with(|| fate.clone());
            // What had an effect somewhere had an effect; else the nearest reason is told.
            let is_nearer = match (&*known, &fate) {
                (None, _) => false,
                (Some(_), None) => true,
                (Some((known, _)), Some((new, _))) => nearness(*new) > nearness(*known),
            };
            if is_nearer {
                *known = fate;
            }
        }
    }
    let nowhere = || {
        let why = "no current SBOM names it".to_owned();
        Some((NoEffect::ProductNotScanned, why))
    };
    let told = kept.iter().filter_map(|one| {
        let statement = &one.row.statement;
        let (code, why) = fates.remove(&one.number).unwrap_or_else(nowhere)?;
        Some(without_effect(statement, code, why))
    });
    Ok(told.collect())
}

/// A statement that has no effect, as it is told.
pub(super) fn without_effect(statement: &Statement, code: NoEffect, why: String) -> WithoutEffect {
    WithoutEffect {
        code: code.code().to_owned(),
        line: statement.line,
        about: format!("{} in {}", statement.flaw.id, statement.product.written),
        why: told_here(code, statement, why),
    }
}

/// How near a reason comes to an effect.
fn nearness(code: NoEffect) -> u8 {
    match code {
        NoEffect::ProductNotScanned | NoEffect::UnmatchableProduct => 0,
        NoEffect::FlawNotFound => 1,
        NoEffect::SaysNothing
        | NoEffect::Overruled
        | NoEffect::NotEverywhere
        | NoEffect::NotEveryFlaw
        | NoEffect::Expired
        | NoEffect::NotYet
        | NoEffect::OwnWord
        | NoEffect::Malicious => 2,
    }
}

/// A reason in words that hold here: a scan speaks of its own options.
fn told_here(code: NoEffect, statement: &Statement, why: String) -> String {
    match (code, &statement.product.subject) {
        (NoEffect::ProductNotScanned, Subject::Package(_)) => {
            "no current SBOM names it in this version, or describes it".to_owned()
        }
        (NoEffect::ProductNotScanned, Subject::Part { whole, .. } | Subject::Whole(whole)) => {
            format!(
                "it is about {}, and no current SBOM with that in it says that it describes it; \
                 the name and the version of an asset count too",
                whole.label()
            )
        }
        (NoEffect::UnmatchableProduct, Subject::Part { whole, .. } | Subject::Whole(whole)) => {
            format!("its product {} has no package URL to compare with", whole.label())
        }
        (_, _) => why,
    }
}
