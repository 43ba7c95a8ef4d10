//! Statements out: the VEX of a version of an asset, of an asset, of an organisation.
//!
//! What is written is what counts there now, of those findings that are there; and what is said of
//! flaws that were not found. Each statement is about the asset, or about a package as a part of
//! it, whatever product it was said about. Who said it stands with it: the publisher of the
//! document only passes it on.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use mainstay_scan::{NoEffect, Package};
use mainstay_store::Transaction;
use mainstay_types::Purl;
use mainstay_vex::{
    PackagePattern, Product, Publication, Statement, Subject, VexFormat, Whole, WriteError, write,
};

use super::Inventory;
use super::hearing::{Heard, ITSELF, hear, packages_of};
use super::parties::{asset as asset_of, party_number};
use crate::InventoryError;
use crate::store::sboms::Current;
use crate::store::statements::Kept;
use crate::store::{components, parties, sboms};

/// Of what the VEX is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VexOf<'v> {
    /// Of an asset, by id; of one of its versions where one is named.
    Asset(&'v str, Option<&'v str>),
    /// Of all that a party uses, by id.
    Party(&'v str),
}

impl Inventory {
    /// The VEX, as a document. The same statements give the same bytes.
    ///
    /// # Errors
    /// When there is no such asset or party, when nobody says anything, and what the format cannot
    /// hold: CycloneDX describes one version of one asset.
    pub fn vex(
        &self,
        of: VexOf<'_>,
        format: VexFormat,
        (namespace, now): (&str, Timestamp),
    ) -> Result<String, InventoryError> {
        let (statements, author) = self.read(|transaction| {
            let (party, author, asset, release) = match of {
                VexOf::Asset(id, release) => {
                    let asset = asset_of(transaction, id)?;
                    let party = party_number(transaction, &asset.party)?;
                    (party, asset.party_name, Some(asset.number), release)
                }
                VexOf::Party(id) => {
                    let absent = || InventoryError::absent("party", id);
                    let party = parties::of_id(transaction, id)?.ok_or_else(absent)?;
                    (party.number, party.name, None, None)
                }
            };
            let mut statements = Vec::new();
            for sbom in sboms::all_current(transaction, party, asset)? {
                if release.is_none_or(|release| release == sbom.release) {
                    statements.extend(of_sbom(transaction, &sbom, (&author, now))?);
                }
            }
            Ok::<_, InventoryError>((statements, author))
        })?;
        let newest = statements.iter().filter_map(Statement::time).max();
        let publication = Publication {
            author,
            id: None,
            namespace: Some(namespace.to_owned()),
            time: newest.unwrap_or(Timestamp::UNIX_EPOCH),
            now,
        };
        match write(&statements, format, &publication) {
            Err(WriteError::SeveralProducts(_)) => Err(InventoryError::field(
                "release",
                "CycloneDX describes one version of one asset: ask for the VEX of an asset, and \
                 name the version",
            )),
            outcome => Ok(outcome?),
        }
    }
}

/// What counts of an SBOM, about the software that it is of.
fn of_sbom(
    transaction: &mut Transaction<'_>,
    sbom: &Current,
    (publisher, now): (&str, Timestamp),
) -> Result<Vec<Statement>, InventoryError> {
    let content = sbom.components()?;
    let heard = hear(transaction, sbom, &content, now)?;
    if heard.statements.is_empty() {
        return Ok(Vec::new());
    }
    let named = components::named(transaction, &content)?;
    let version = Some(sbom.release.clone()).filter(|release| !release.is_empty());
    let whole = Arc::new(Whole::Named { name: sbom.asset_name.clone(), version });
    let mut told: BTreeMap<(String, usize), Statement> = BTreeMap::new();
    for ((component, _), wanted) in &heard.wanted {
        let purl = named.get(component).map(|named| named.purl.as_str());
        for at in &wanted.by {
            if let Some(kept) = heard.statements.get(*at) {
                let statement = retold(kept, product(&whole, purl), publisher);
                told.insert((purl.unwrap_or_default().to_owned(), *at), statement);
            }
        }
    }
    let packages = packages_of(&components::of_numbers(transaction, &content)?);
    for (at, kept) in not_found(&heard) {
        let subject = &kept.row.statement.product.subject;
        for number in meant(subject, sbom, &packages) {
            let purl = match number {
                ITSELF => None,
                number => match named.get(&number) {
                    Some(named) => Some(named.purl.as_str()),
                    None => continue,
                },
            };
            let statement = retold(kept, product(&whole, purl), publisher);
            told.insert((purl.unwrap_or_default().to_owned(), at), statement);
        }
    }
    Ok(told.into_values().collect())
}

/// Of what in an SBOM a statement speaks that holds there: components, each as it is, whatever
/// range of them was meant, and the software itself.
fn meant(subject: &Subject, sbom: &Current, packages: &[(i64, Package, Purl)]) -> Vec<i64> {
    let of_packages = |pattern: &PackagePattern| -> Vec<i64> {
        let matching = packages.iter().filter(|(_, _, purl)| pattern.matches(purl));
        matching.map(|(number, _, _)| *number).collect()
    };
    match subject {
        Subject::Package(pattern) => {
            let mut meant = of_packages(pattern);
            let described = sbom.described.purl.as_ref();
            if described.is_some_and(|purl| pattern.matches(purl)) {
                meant.push(ITSELF);
            }
            meant
        }
        Subject::Part { part, .. } => of_packages(part),
        Subject::Whole(_) => vec![ITSELF],
        Subject::Unmatchable(_) => Vec::new(),
    }
}

/// Statements that hold here on flaws that were not found.
fn not_found(heard: &Heard) -> impl Iterator<Item = (usize, &Kept)> {
    let fates = heard.statements.iter().zip(&heard.fates).enumerate();
    fates.filter_map(|(at, (kept, fate))| {
        let is_so = matches!(fate, Some((NoEffect::FlawNotFound, _)));
        is_so.then_some((at, kept))
    })
}

fn product(whole: &Arc<Whole>, purl: Option<&str>) -> Product {
    let part = purl.and_then(|purl| Purl::parse(purl).ok()).map(PackagePattern::new);
    let written = match purl {
        Some(purl) => format!("{purl} in {}", whole.label()),
        None => whole.label(),
    };
    let subject = match part {
        Some(part) => Subject::Part { whole: Arc::clone(whole), part },
        None => Subject::Whole(Arc::clone(whole)),
    };
    Product { written: written.into(), subject }
}

/// A statement about another product, with the name of who says it.
fn retold(kept: &Kept, product: Product, publisher: &str) -> Statement {
    let statement = &kept.row.statement;
    let said_by = match statement.said_by.author.as_deref() {
        Some(author) if author == publisher => None,
        Some(author) => Some(format!("Said by: {author}")),
        None => Some(format!("Said in: {}", kept.row.source())),
    };
    let notes = [statement.notes.as_deref().map(str::to_owned), said_by];
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    Statement {
        product,
        notes: (!notes.is_empty()).then(|| notes.join("\n").into()),
        ..statement.clone()
    }
}
