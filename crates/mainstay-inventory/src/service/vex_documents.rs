//! VEX documents: taken in, listed, and what of each has no effect now, and why.

use std::collections::HashMap;

use jiff::Timestamp;
use mainstay_scan::NoEffect;
use mainstay_store::{Actor, BlobName, Transaction, new_id};
use mainstay_vex::{Document, Remark, Sniffed, Statement, Subject};
use serde_json::json;

use super::Inventory;
use super::hearing::hear;
use super::parties::{asset_named, checked_name, checked_text, party_number};
use super::statements::{concerned, set_unheard, tell};
use crate::InventoryError;
use crate::statement::{StatementRow, VexDocumentRow, VexReceived, VexUpload, WithoutEffect};
use crate::store::statements::{Hold, Kept, Source};
use crate::store::vex_documents::NewDocument;
use crate::store::{known, statements, vex_documents};

/// Statements that are kept of one party.
const MOST_OF_PARTY: i64 = 500_000;

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
            if let Some((known, _)) = vex_documents::document_of_blob(transaction, hold, &blob)? {
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
            self.read(|transaction| Ok(vex_documents::effect(transaction, &id)?))?;
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

    /// The documents of a party that make statements, newest first.
    ///
    /// # Errors
    /// When there is no such party.
    pub fn vex_documents(&self, party: &str) -> Result<Vec<VexDocumentRow>, InventoryError> {
        self.read(|transaction| {
            let number = party_number(transaction, party)?;
            Ok(vex_documents::documents(transaction, number)?)
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
    let number = vex_documents::add_document(transaction, new, now)?;
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
    let found = vex_documents::document(transaction, id)?;
    found.ok_or_else(|| InventoryError::absent("VEX document", id))
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
