//! Receiving an SBOM: read, kept, matched and logged in one transaction.

use std::collections::HashMap;

use jiff::Timestamp;
use mainstay_knowledge::Knowledge;
use mainstay_scan::{Finding, PackageStatus, UncheckedReason, known_about};
use mainstay_store::{Actor, BlobName, Event, Transaction};
use serde_json::json;

use super::findings::{Closing, settle};
use super::parties::checked_text;
use super::{Inventory, new_id};
use crate::InventoryError;
use crate::document::{self, Component, Document, package_of};
use crate::model::{Received, Upload};
use crate::store::postings::doubled;
use crate::store::sboms::{self, Current, NewSbom};
use crate::store::{components, parties};

/// Gaps of a document that are kept; of more, the number is told.
const MOST_GAPS: usize = 50;

impl Inventory {
    /// Receives an SBOM of an asset. When this returns, it is durable, matched and logged; the
    /// SBOM that the same version of the asset had before is one of the past.
    ///
    /// The same document again changes nothing.
    ///
    /// # Errors
    /// A document that cannot be read or is too large, an asset that is not there.
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
        let release = checked_text("version", upload.release.trim())?;
        let file_name = checked_text("file name", upload.file_name)?;
        let document = document::read(upload.bytes, file_name, self.limits.packages)?;
        let blob = BlobName::of(upload.bytes).to_string();
        let asset = self.asset(upload.asset)?;
        // Whether it is there is asked before the blob is written: most uploads of a pipeline
        // are the same as the last.
        let former =
            self.read(|transaction| Ok(sboms::current(transaction, asset.number, release)?))?;
        if let Some(former) = former.filter(|former| former.blob == blob) {
            return self.known(former, &document);
        }
        self.blobs.put(upload.bytes)?;
        let knowledge = self.knowledge();
        let id = new_id("sbom", now)?;
        self.write(|transaction| {
            let intake = Intake { id: &id, release, file_name, blob: &blob, document: &document };
            intake.run(transaction, &asset.id, &knowledge, (actor, now))
        })
    }

    fn known(&self, former: Current, document: &Document) -> Result<Received, InventoryError> {
        let numbers = former.components()?;
        let named = self.read(|transaction| Ok(components::named(transaction, &numbers)?))?;
        Ok(Received {
            id: former.id,
            is_known: true,
            packages: numbers.len(),
            new_packages: 0,
            unchecked: named.values().filter(|named| named.unchecked.is_some()).count(),
            opened: 0,
            closed: 0,
            gaps: document.gaps.clone(),
        })
    }
}

struct Intake<'i> {
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
        asset: &str,
        knowledge: &Knowledge,
        (actor, now): (&Actor, Timestamp),
    ) -> Result<Received, InventoryError> {
        let asset = parties::asset(transaction, asset)?.ok_or(InventoryError::Absent("asset"))?;
        let (numbers, new) = numbered(transaction, &self.document.components, knowledge, now)?;
        let mut content: Vec<(i64, bool)> = self
            .document
            .components
            .iter()
            .filter_map(|component| Some((*numbers.get(&component.identity)?, component.is_direct)))
            .collect();
        content.sort_unstable();
        let only_numbers: Vec<i64> = content.iter().map(|(number, _)| *number).collect();
        let unchecked = components::unchecked(transaction, &only_numbers)?;
        let former = sboms::current(transaction, asset.number, self.release)?;
        let sbom = NewSbom {
            id: self.id,
            asset: asset.number,
            release: self.release,
            blob: self.blob.to_owned(),
            file_name: self.file_name,
            format: &self.document.format,
            received_at: now,
            packages: content.len(),
            unchecked,
            gaps: told_gaps(&self.document.gaps),
            content: doubled(content.iter().copied()),
        };
        sboms::add(transaction, &sbom, former.map(|former| former.number))?;
        let settled = settle(
            transaction,
            (asset.number, self.release),
            &only_numbers,
            (Closing::NoLongerUsed, now),
        )?;
        let detail = json!({
            "asset": asset.id, "party": asset.party, "release": self.release, "blob": self.blob,
            "packages": content.len(), "unchecked": unchecked, "gaps": self.document.gaps.len(),
            "opened": settled.opened.len(), "closed": settled.closed,
        });
        transaction.append(actor.does("sbom.add", self.id, detail.clone(), now));
        transaction.emit(Event {
            at: now,
            kind: "sbom.added",
            subject: asset.id.clone(),
            body: detail,
        });
        Ok(Received {
            id: self.id.to_owned(),
            is_known: false,
            packages: content.len(),
            new_packages: new,
            unchecked,
            opened: settled.opened.len(),
            closed: settled.closed,
            gaps: self.document.gaps.clone(),
        })
    }
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
        let known =
            known(knowledge, &component.identity, name.ecosystem().osv_name(), name.as_written());
        components::set_known(transaction, *number, &known, now)?;
    }
    numbers.extend(given);
    Ok((numbers, added.len()))
}

/// What is known about a component.
pub(super) fn known(
    knowledge: &Knowledge,
    identity: &str,
    ecosystem: &str,
    name: &str,
) -> (PackageStatus, Vec<Finding>) {
    if let Some(package) = package_of(identity, ecosystem, name) {
        return known_about(knowledge, &package);
    }
    let problem = "its identity cannot be read, so it was not looked up".into();
    (PackageStatus::Unchecked { problem, reason: UncheckedReason::Package }, Vec::new())
}

/// Gaps as JSON; of very many, the first, and how many more there are.
fn told_gaps(gaps: &[String]) -> String {
    let mut told: Vec<String> = gaps.iter().take(MOST_GAPS).cloned().collect();
    if gaps.len() > MOST_GAPS {
        told.push(format!("and {} more that the document leaves open", gaps.len() - MOST_GAPS));
    }
    json!(told).to_string()
}
