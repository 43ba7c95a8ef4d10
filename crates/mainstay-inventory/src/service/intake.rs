//! Receiving an SBOM: read, kept, matched and logged in one transaction.

use std::collections::HashMap;

use jiff::Timestamp;
use mainstay_knowledge::Knowledge;
use mainstay_scan::{Asked, known_about};
use mainstay_store::{Actor, BlobName, Event, Transaction, new_id};
use serde_json::json;

use super::Inventory;
use super::findings::{Closing, settle};
use super::hearing::Heard;
use super::parties::{asset_named, checked_name, checked_text, party_number};
use super::vex_documents::{keep, remarks_json, without_effect};
use crate::InventoryError;
use crate::document::{self, Component, Document, package_of};
use crate::model::{Asset, Received, Upload};
use crate::statement::WithoutEffect;
use crate::store::known::{self, Known};
use crate::store::sboms::{self, NewSbom};
use crate::store::statements::Hold;
use crate::store::vex_documents::NewDocument;
use crate::store::{components, notes, parties, statements};
use crate::uses::{self, Use};

/// Gaps of a document that are kept; of more, the number is told.
const MOST_GAPS: usize = 50;

impl Inventory {
    /// Receives an SBOM of an asset. When this returns, it is durable, matched and logged; the
    /// SBOM that the same version of the asset had before is one of the past.
    ///
    /// The same document again changes nothing.
    ///
    /// # Errors
    /// A document that cannot be read or is too large, a party that is not there. Then no asset is
    /// added either.
    pub fn receive(
        &self,
        upload: &Upload<'_>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Received, InventoryError> {
        let bytes = u64::try_from(upload.bytes.len()).unwrap_or(u64::MAX);
        if bytes > self.limits.bytes {
            return Err(InventoryError::TooLarge { bytes, most: self.limits.bytes });
        }
        let asset = (upload.party, checked_name("asset", upload.asset)?);
        let release = checked_text("version", upload.release.trim())?;
        let file_name = checked_text("file name", upload.file_name)?;
        let blob = BlobName::of(upload.bytes).to_string();
        // Most uploads of a pipeline are the same as the last: they are not even read.
        if let Some(known) = self.known(asset, release, &blob)? {
            return Ok(known);
        }
        let document = document::read(upload.bytes, self.limits.packages)?;
        self.check_count(&document.vex)?;
        self.blobs.put(upload.bytes)?;
        let id = new_id("sbom", now)?;
        let intake =
            Intake { asset, id: &id, release, file_name, blob: &blob, document: &document };
        self.write(|transaction| intake.run(transaction, &self.newest_knowledge(), (actor, now)))
    }

    /// What is to be said when this document is the current one already.
    fn known(
        &self,
        (party, name): (&str, &str),
        release: &str,
        blob: &str,
    ) -> Result<Option<Received>, InventoryError> {
        self.read(|transaction| {
            let party = party_number(transaction, party)?;
            let Some(asset) = parties::asset_named(transaction, party, name)? else {
                return Ok(None);
            };
            let former = sboms::current(transaction, asset.number, release)?;
            let Some(former) = former.filter(|former| former.blob == blob) else {
                return Ok(None);
            };
            let numbers = former.components()?;
            Ok(Some(Received {
                is_known: true,
                packages: numbers.len(),
                new_packages: 0,
                unchecked: components::unchecked(transaction, &numbers)?,
                opened: 0,
                silenced: 0,
                closed: 0,
                gaps: former.gaps,
                statements: 0,
                without_effect: Vec::new(),
                id: former.id,
                asset: asset.id,
            }))
        })
    }
}

struct Intake<'i> {
    /// The party, and the name of the asset.
    asset: (&'i str, &'i str),
    id: &'i str,
    release: &'i str,
    file_name: &'i str,
    blob: &'i str,
    document: &'i Document,
}

impl Intake<'_> {
    fn run(
        &self,
        transaction: &mut Transaction<'_>,
        knowledge: &Knowledge,
        (actor, now): (&Actor, Timestamp),
    ) -> Result<Received, InventoryError> {
        let turn = known::flaws_turn(transaction, false)?;
        known::set_matched_edition(transaction, knowledge.edition(), true)?;
        let asset = asset_named(transaction, self.asset, (actor, now))?;
        parties::lock_asset(transaction, asset.number)?;
        let (uses, new) = self.uses(transaction, knowledge, now)?;
        let numbers: Vec<i64> = uses.iter().map(|one| one.number).collect();
        let gaps = told_gaps(&self.document.gaps);
        let sbom = NewSbom {
            id: self.id,
            asset: asset.number,
            release: self.release,
            blob: self.blob,
            file_name: self.file_name,
            format: self.document.format,
            received_at: now,
            packages: uses.len(),
            gaps: json!(gaps).to_string(),
            content: uses::write(uses),
            described: &self.document.described,
        };
        let former = sboms::current(transaction, asset.number, self.release)?;
        let number = sboms::add(transaction, &sbom, former.map(|former| former.number))?;
        notes::add(transaction, number, &self.document.notes)?;
        let kept = self.keep_statements(transaction, (&asset, number), (actor, now))?;
        let current = sboms::current_of_number(transaction, number)?;
        let current = current.ok_or_else(|| InventoryError::absent("SBOM", self.id))?;
        let settled = settle(transaction, &current, &numbers, (Closing::NoLongerUsed, now))?;
        let mut without_effect = kept;
        without_effect.extend(own_idle(&settled.heard));
        // Had flaws been changed meanwhile, the findings would be of both times.
        known::same_turn(transaction, turn)?;
        statements::set_heard(transaction, (asset.number, self.release))?;
        let received = Received {
            id: self.id.to_owned(),
            asset: asset.id.clone(),
            is_known: false,
            packages: numbers.len(),
            new_packages: new,
            unchecked: components::unchecked(transaction, &numbers)?,
            opened: settled.opened.len(),
            silenced: settled.silenced,
            closed: settled.closed,
            gaps,
            statements: self.document.vex.statements.len(),
            without_effect,
        };
        self.tell(transaction, &asset, &received, (actor, now));
        Ok(received)
    }

    /// Keeps what the document says itself, and gives its parts that say nothing.
    fn keep_statements(
        &self,
        transaction: &mut Transaction<'_>,
        (asset, sbom): (&Asset, i64),
        (actor, now): (&Actor, Timestamp),
    ) -> Result<Vec<WithoutEffect>, InventoryError> {
        let vex = &self.document.vex;
        if vex.statements.is_empty() && vex.remarks.is_empty() {
            return Ok(Vec::new());
        }
        let party = party_number(transaction, &asset.party)?;
        let remarks = remarks_json(&vex.remarks);
        let told = serde_json::from_str(&remarks).unwrap_or_default();
        let new = NewDocument {
            id: &new_id("vex", now)?,
            hold: Hold { party, asset: Some(asset.number), sbom: Some(sbom) },
            blob: self.blob,
            file_name: self.file_name,
            said_by: &vex.said_by,
            account: &actor.id,
            remarks,
        };
        keep(transaction, &new, vex, now)?;
        Ok(told)
    }

    /// The uses of the document, sorted, and how many of its components nobody named before.
    fn uses(
        &self,
        transaction: &mut Transaction<'_>,
        knowledge: &Knowledge,
        now: Timestamp,
    ) -> Result<(Vec<Use>, usize), InventoryError> {
        let all = &self.document.components;
        let (numbers, new) = numbered(transaction, all, knowledge, now)?;
        let mut uses = all
            .iter()
            .map(|component| {
                let number = numbers.get(&component.identity).copied();
                let number =
                    number.ok_or_else(|| InventoryError::Damaged(component.identity.clone()))?;
                Ok(Use { number, need: component.need })
            })
            .collect::<Result<Vec<Use>, InventoryError>>()?;
        uses.sort_unstable();
        Ok((uses, new))
    }

    fn tell(
        &self,
        transaction: &mut Transaction<'_>,
        asset: &Asset,
        received: &Received,
        (actor, now): (&Actor, Timestamp),
    ) {
        let detail = json!({
            "asset": asset.id, "party": asset.party, "release": self.release, "blob": self.blob,
            "packages": received.packages, "unchecked": received.unchecked,
            "gaps": self.document.gaps.len(), "statements": received.statements,
            "silenced": received.silenced, "opened": received.opened, "closed": received.closed,
        });
        transaction.append(actor.does("sbom.add", self.id, detail.clone(), now));
        transaction.emit(Event {
            at: now,
            kind: "sbom.added",
            subject: asset.id.clone(),
            body: detail,
        });
    }
}

/// What the SBOM says itself and has no effect, in the order of its lines.
fn own_idle(heard: &Heard) -> Vec<WithoutEffect> {
    let own = heard.statements.iter().zip(&heard.fates).filter(|(kept, _)| kept.is_own_word);
    let mut told: Vec<WithoutEffect> = own
        .filter_map(|(kept, fate)| {
            let (code, why) = fate.clone()?;
            Some(without_effect(&kept.row.statement, code, why))
        })
        .collect();
    told.sort_by(|one, two| (one.line, &one.about).cmp(&(two.line, &two.about)));
    told
}

/// The numbers of all components; those that nobody named before are added and looked up.
fn numbered(
    transaction: &mut Transaction<'_>,
    all: &[Component],
    knowledge: &Knowledge,
    now: Timestamp,
) -> Result<(HashMap<String, i64>, usize), InventoryError> {
    let mut numbers = components::numbers_of(transaction, all)?;
    let new: Vec<&Component> =
        all.iter().filter(|component| !numbers.contains_key(&component.identity)).collect();
    if new.is_empty() {
        return Ok((numbers, 0));
    }
    components::add(transaction, &new, now)?;
    let added: Vec<Component> = new.into_iter().cloned().collect();
    let given = components::numbers_of(transaction, &added)?;
    for component in &added {
        let Some(number) = given.get(&component.identity) else { continue };
        let name = &component.name;
        let (known, _) =
            ask(knowledge, &component.identity, name.ecosystem().osv_name(), name.as_written());
        known::set_known(transaction, *number, &known, now)?;
    }
    numbers.extend(given);
    Ok((numbers, added.len()))
}

/// What is known about a component, and how much that rests on.
pub(super) fn ask(
    knowledge: &Knowledge,
    identity: &str,
    ecosystem: &str,
    name: &str,
) -> (Known, Asked) {
    if let Some(package) = package_of(identity, ecosystem, name) {
        let (status, findings, asked) = known_about(knowledge, &package);
        return (Known::of(status, &findings, knowledge), asked);
    }
    let unchecked = "its identity cannot be read, so it was not looked up".to_owned();
    (Known { unchecked: Some(unchecked), flaws: Vec::new() }, Asked::All)
}

/// Of very many gaps the first, and how many more there are.
fn told_gaps(gaps: &[String]) -> Vec<String> {
    let mut told: Vec<String> = gaps.iter().take(MOST_GAPS).cloned().collect();
    if gaps.len() > MOST_GAPS {
        told.push(format!("and {} more that the document leaves open", gaps.len() - MOST_GAPS));
    }
    told
}
