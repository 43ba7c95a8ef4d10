//! CSAF documents: the VEX profile, and every other profile whose vulnerabilities carry a product
//! status.
//!
//! Standard: OASIS "Common Security Advisory Framework" 2.0 and 2.1, sections 3.2.2 (product
//! tree) and 3.2.3 (vulnerabilities); profile 5 (`csaf_vex`).
//!
//! | in the document | here |
//! | --- | --- |
//! | `known_affected`, `first_affected`, `last_affected` | affected; `remediations` are the action |
//! | `known_not_affected` | not affected; a flag or an impact in `threats` is the reason |
//! | `fixed`, `first_fixed` | fixed |
//! | `under_investigation` | under investigation |
//! | `recommended`, `unknown` | no statement about the flaw |
//!
//! A statement is dated by the document's current release.

mod raw;
mod tree;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use mainstay_reading::json::{self, Text};
use mainstay_reading::{Lines, ReadError, ReadErrorKind};

use crate::document::{Document, Drafting};
use crate::justification::Justification;
use crate::notes;
use crate::openvex::NO_REASON;
use crate::statement::{Claim, Flaw, Reason, SaidBy, Statement, VexFormat};
use raw::{Applies, Raw, RawVulnerability};
use tree::Tree;

/// The most products that lists and groups name all together. A document of a large vendor names
/// a hundred thousand.
const MAX_MENTIONS: usize = 4_000_000;

/// Reads a document.
pub(crate) fn read(text: &str) -> Result<Document, ReadError> {
    let raw: Raw<'_> = json::parse(text)?;
    let head = &raw.document;
    if !matches!(&*head.csaf_version, "2.0" | "2.1") {
        let message = format!("CSAF {} is not known", &*head.csaf_version);
        return Err(ReadError::new(ReadErrorKind::UnknownVersion, message));
    }
    let author = head.publisher.name.as_deref().map(str::to_owned);
    let mut drafting = Drafting::new(SaidBy {
        author: author.filter(|author| !author.is_empty()),
        document: head.tracking.id.as_deref().unwrap_or_default().to_owned(),
        version: head.tracking.version.as_deref().map(str::to_owned),
        format: VexFormat::Csaf,
    });
    if head.tracking.status.as_deref() == Some("draft") {
        // Not released yet: for its maker, and for those who are asked what they think of it
        // (CSAF 2.0, 3.2.1.12.7).
        drafting.remark(None, "the document", "it is a draft, so nothing in it counts yet");
        return Ok(drafting.finish());
    }
    let release = head.tracking.current_release_date.as_deref();
    let time = drafting.moment(None, "the document", release);
    let tree = Tree::of(&raw.product_tree, &mut drafting);
    let lines = Lines::new(text);
    let mut mentions = 0;
    for vulnerability in &raw.vulnerabilities {
        let mut reading = Reading {
            drafting: &mut drafting,
            tree: &tree,
            lines: &lines,
            time,
            mentions: &mut mentions,
        };
        reading.vulnerability(vulnerability)?;
    }
    Ok(drafting.finish())
}

/// What is needed to read one vulnerability.
struct Reading<'r, 't> {
    drafting: &'r mut Drafting,
    tree: &'r Tree<'t>,
    lines: &'r Lines<'t>,
    time: Option<Timestamp>,
    mentions: &'r mut usize,
}

/// What is said beside the status, by product.
struct Beside<'r> {
    justifications: HashMap<&'r str, Result<Justification, &'r str>>,
    impacts: HashMap<&'r str, &'r str>,
    actions: HashMap<&'r str, Vec<usize>>,
}

/// What the notes of a vulnerability hold beside descriptions.
#[derive(Clone, Default)]
struct Told {
    evidence: Vec<String>,
    expires: Option<jiff::civil::Date>,
    text: Option<String>,
}

/// The same for the vulnerability as a whole, and by product: a note whose title is the id of a
/// product is about that product.
struct Notes<'r> {
    of_all: Told,
    by_product: HashMap<&'r str, Told>,
}

impl<'r, 't> Reading<'r, 't> {
    fn vulnerability(&mut self, raw: &'r RawVulnerability<'t>) -> Result<(), ReadError> {
        let Some((flaw, written)) = flaw(raw) else {
            self.drafting.remark(None, "a vulnerability", "it has neither a CVE nor another id");
            return Ok(());
        };
        let flaw = Arc::new(flaw);
        let line = self.lines.of(written);
        let Some(told) = self.told(raw, &flaw, line) else { return Ok(()) };
        let evidence: Arc<[String]> = told.of_all.evidence.clone().into();
        let beside = self.beside(raw)?;
        let mut actions: HashMap<&[usize], Arc<str>> = HashMap::new();
        let status = &raw.product_status;
        let lists: [(&[Text<'_>], Status); 7] = [
            (&status.known_affected, Status::Affected),
            (&status.first_affected, Status::Affected),
            (&status.last_affected, Status::Affected),
            (&status.known_not_affected, Status::NotAffected),
            (&status.fixed, Status::Fixed),
            (&status.first_fixed, Status::Fixed),
            (&status.under_investigation, Status::UnderInvestigation),
        ];
        for (product, status) in
            lists.iter().flat_map(|(list, status)| list.iter().map(move |one| (one, *status)))
        {
            self.mention(1)?;
            let claim = match status {
                Status::Fixed => Claim::Fixed,
                Status::UnderInvestigation => Claim::UnderInvestigation,
                Status::Affected => {
                    let of_product = beside.actions.get(&**product).map(Vec::as_slice);
                    let action = of_product.map(|which| {
                        let write = || action(raw, which).into();
                        Arc::clone(actions.entry(which).or_insert_with(write))
                    });
                    Claim::Affected { action }
                }
                Status::NotAffected => match reason(&beside, product) {
                    Ok(reason) => Claim::NotAffected(reason),
                    Err(why) => {
                        let about = format!("{} in {}", flaw.id, self.tree.written(product));
                        self.drafting.remark(self.lines.of(product), about, why);
                        continue;
                    }
                },
            };
            let of_product = told.by_product.get(&**product);
            let statement = Statement {
                said_by: Arc::clone(&self.drafting.said_by),
                flaw: Arc::clone(&flaw),
                product: self.tree.product(product),
                claim,
                evidence: of_product
                    .map_or_else(|| Arc::clone(&evidence), |told| told.evidence.clone().into()),
                notes: of_product.and_then(|told| told.text.as_deref()).map(Into::into),
                issued: self.time,
                updated: None,
                expires: of_product.and_then(|told| told.expires).or(told.of_all.expires),
                line: self.lines.of(product).or(line),
            };
            self.drafting.add(statement)?;
        }
        Ok(())
    }

    /// Evidence and expiry. `None` when a last day cannot be read: then nobody can say whether
    /// what follows still holds.
    fn told(
        &mut self,
        raw: &'r RawVulnerability<'t>,
        flaw: &Flaw,
        line: Option<u32>,
    ) -> Option<Notes<'r>> {
        let mut notes = Notes { of_all: Told::default(), by_product: HashMap::new() };
        for note in &raw.notes {
            let read = notes::read(note.text.as_deref().unwrap_or_default());
            if let Some(day) = read.unreadable {
                let why =
                    format!("its last day \"{day}\" is no date, so nobody can say if it holds");
                self.drafting.remark(line, &flaw.id, why);
                return None;
            }
            let product = note.title.as_deref().filter(|title| self.tree.defines(title));
            let told = match product {
                Some(product) => notes.by_product.entry(product).or_default(),
                None => &mut notes.of_all,
            };
            told.evidence.extend(read.evidence);
            told.expires = told.expires.or(read.expires);
            // Notes on the vulnerability as a whole describe the flaw, not what is said of it.
            told.text = read.text.filter(|_| product.is_some());
        }
        Some(notes)
    }

    fn beside(&mut self, raw: &'r RawVulnerability<'t>) -> Result<Beside<'r>, ReadError> {
        let mut beside = Beside {
            justifications: HashMap::new(),
            impacts: HashMap::new(),
            actions: HashMap::new(),
        };
        for flag in &raw.flags {
            let label = flag.label.as_deref().unwrap_or_default();
            let justification = Justification::from_word(label).ok_or(label);
            for product in self.products(&flag.applies)? {
                beside.justifications.insert(product, justification);
            }
        }
        for threat in raw.threats.iter().filter(|one| one.category.as_deref() == Some("impact")) {
            let Some(details) = threat.details.as_deref().filter(|text| !text.trim().is_empty())
            else {
                continue;
            };
            for product in self.products(&threat.applies)? {
                beside.impacts.entry(product).or_insert(details);
            }
        }
        for (position, remediation) in raw.remediations.iter().enumerate() {
            for product in self.products(&remediation.applies)? {
                beside.actions.entry(product).or_default().push(position);
            }
        }
        Ok(beside)
    }

    /// The products that something applies to, by themselves and by group.
    fn products(&mut self, applies: &'r Applies<'t>) -> Result<Vec<&'r str>, ReadError> {
        let mut products: Vec<&'r str> = applies.product_ids.iter().map(|id| &**id).collect();
        for group in &applies.group_ids {
            let of_group = self.tree.group(group);
            self.mention(of_group.len())?;
            products.extend(of_group.iter().map(|id| &**id));
        }
        self.mention(products.len())?;
        Ok(products)
    }

    /// Groups may be named again and again; what that adds up to is bounded.
    fn mention(&mut self, count: usize) -> Result<(), ReadError> {
        *self.mentions += count;
        if *self.mentions > MAX_MENTIONS {
            let message = format!("its lists and groups name more than {MAX_MENTIONS} products");
            return Err(ReadError::new(ReadErrorKind::TooDeep, message));
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Status {
    Affected,
    NotAffected,
    Fixed,
    UnderInvestigation,
}

/// The flaw, and the text that shows where it stands. An id of a tracker that is a mere number is
/// no alias: another tracker has the same number.
fn flaw<'r>(raw: &'r RawVulnerability<'_>) -> Option<(Flaw, &'r str)> {
    let named = |id: &&'r str| id.chars().any(char::is_alphabetic);
    let other = raw.ids.iter().filter_map(|id| id.text.as_deref()).filter(named);
    let mut ids = raw.cve.as_deref().filter(|cve| !cve.is_empty()).into_iter().chain(other);
    let first = ids.next()?;
    let aliases = ids.map(str::to_owned).collect();
    Some((Flaw { id: first.to_owned(), aliases }, first))
}

fn reason(beside: &Beside<'_>, product: &str) -> Result<Reason, String> {
    let flag = beside.justifications.get(product);
    let justification = flag.and_then(|flag| flag.ok());
    let impact = beside.impacts.get(product).map(|text| Arc::from(*text));
    Reason::of(justification, impact).ok_or_else(|| match flag {
        Some(Err(label)) => format!("its flag \"{label}\" is none of the standard's"),
        Some(Ok(_)) | None => NO_REASON.to_owned(),
    })
}

/// What the remediations of a product ask to do.
fn action(raw: &RawVulnerability<'_>, which: &[usize]) -> String {
    let texts = which.iter().filter_map(|at| raw.remediations.get(*at)).map(|one| {
        let details = one.details.as_deref().unwrap_or_default().trim();
        let url = one.url.as_deref().map(|url| format!(" ({url})")).unwrap_or_default();
        format!("{details}{url}")
    });
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests;
