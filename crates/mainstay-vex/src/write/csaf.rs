//! CSAF 2.0, profile 5 (`csaf_vex`).
//!
//! Standard: OASIS CSAF 2.0, sections 3 and 4.5, and the mandatory tests of section 6.1 that
//! apply: every product id is defined once, no product has two statuses or two flags of one flaw,
//! each CVE is one vulnerability, the revision history counts from 1 without a gap and its last
//! entry is the document's version, every vulnerability has an id and notes, every product that is
//! not affected has a reason and every affected one an action. `tests/csaf_mandatory` holds each
//! of them.
//!
//! A vulnerability has one CVE. A statement on several says the same of each, so it stands in the
//! vulnerability of each; of two that meet there on one product, the one that counts is written.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::openvex::NO_ACTION;
use super::{
    Publication, WriteError, content, date, flaws_key, is_written_as_cve, newest, product_key,
    uuid_of,
};
use crate::notes;
use crate::precedence::{Trust, sort_by_precedence};
use crate::product::{PackagePattern, Product, Subject, Whole};
use crate::statement::{Claim, Flaw, Reason, Statement};

pub(super) fn document(
    statements: &[&Statement],
    publication: &Publication,
) -> Result<Value, WriteError> {
    let namespace = namespace(publication)?;
    if let Some(id) = publication.id.as_deref().filter(|id| !is_document_id(id)) {
        return Err(WriteError::BadId(id.to_owned()));
    }
    if publication.author.trim().is_empty() {
        return Err(WriteError::NoPublisher);
    }
    let mut tree = Tree::default();
    let entries = entries(statements, &mut tree, &publication.author);
    let vulnerabilities: Vec<Value> = entries.iter().map(vulnerability).collect();
    let (history, version) = history(statements, publication);
    let made = || format!("vex-{}", uuid_of(&content(statements, publication)));
    let title = format!("VEX statements of {}", publication.author);
    Ok(json!({
        "document": {
            "category": "csaf_vex",
            "csaf_version": "2.0",
            "lang": "en",
            "publisher": {
                "category": "other",
                "name": publication.author,
                "namespace": namespace,
            },
            "title": title,
            "tracking": {
                "id": publication.id.clone().unwrap_or_else(made),
                "status": "final",
                "version": version,
                "initial_release_date": history.first().and_then(|one| one.get("date")),
                "current_release_date": date(newest(statements, publication)),
                "revision_history": history,
                "generator": {
                    "engine": {"name": "mainstay", "version": env!("CARGO_PKG_VERSION")},
                },
            },
        },
        "product_tree": tree.value(),
        "vulnerabilities": vulnerabilities,
    }))
}

/// The address of the publisher: a scheme and more, as the schema's `uri` asks.
fn namespace(publication: &Publication) -> Result<&str, WriteError> {
    let text = publication.namespace.as_deref().ok_or(WriteError::NoNamespace)?;
    let is_address = text.split_once("://").is_some_and(|(scheme, rest)| {
        !scheme.is_empty()
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && !rest.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"{}|\\^`".contains(&byte))
    });
    if is_address { Ok(text) } else { Err(WriteError::BadNamespace(text.to_owned())) }
}

/// What the schema takes as an id: one line, with no white space at its ends.
fn is_document_id(id: &str) -> bool {
    !id.is_empty() && id.trim() == id && !id.chars().any(char::is_control)
}

/// One vulnerability: a CVE, or a flaw that has none; with what is said of products by their ids.
struct Entry<'s> {
    cve: Option<String>,
    name: String,
    said: Vec<(String, &'s Statement)>,
}

/// The vulnerabilities, in the order in which their flaws were first met.
fn entries<'s>(statements: &[&'s Statement], tree: &mut Tree, vendor: &str) -> Vec<Entry<'s>> {
    let mut entries: Vec<Entry<'s>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for one in statements {
        let product = tree.id_of(&one.product, vendor);
        let cves: Vec<String> = cves(&one.flaw).collect();
        let without = cves.is_empty().then(|| (flaws_key(&one.flaw), None, one.flaw.id.clone()));
        let with = cves.into_iter().map(|cve| (cve.clone(), Some(cve.clone()), cve));
        for (key, cve, name) in with.chain(without) {
            let next = entries.len();
            let at = *known.entry(key).or_insert(next);
            if at == next {
                entries.push(Entry { cve, name, said: Vec::new() });
            }
            if let Some(entry) = entries.get_mut(at) {
                entry.said.push((product.clone(), one));
            }
        }
    }
    entries.iter_mut().for_each(Entry::keep_what_counts);
    entries
}

/// The CVEs of a flaw, each once, as the schema asks them to be written.
fn cves(flaw: &Flaw) -> impl Iterator<Item = String> {
    let mut met = HashSet::new();
    let all = flaw.ids().map(str::to_ascii_uppercase);
    all.filter(move |id| is_written_as_cve(id) && met.insert(id.clone()))
}

impl Entry<'_> {
    /// Leaves one statement on each product. Several meet where they are on several CVEs, of which
    /// only some are the same.
    fn keep_what_counts(&mut self) {
        let mut ranked: Vec<usize> = (0..self.said.len()).collect();
        sort_by_precedence(&mut ranked, |at| {
            self.said.get(*at).map(|(_, one)| (*one, Trust::Named))
        });
        let mut products: HashSet<&str> = HashSet::new();
        let mut kept: Vec<usize> = ranked
            .into_iter()
            .filter(|at| self.said.get(*at).is_some_and(|(id, _)| products.insert(id)))
            .collect();
        kept.sort_unstable();
        self.said = kept.into_iter().filter_map(|at| self.said.get(at).cloned()).collect();
    }
}

/// One revision for each second in which something was said.
fn history(statements: &[&Statement], publication: &Publication) -> (Vec<Value>, String) {
    let mut dates: BTreeMap<i64, (Timestamp, usize)> = BTreeMap::new();
    for one in statements {
        let time = one.time().unwrap_or(publication.time);
        dates.entry(time.as_second()).or_insert((time, 0)).1 += 1;
    }
    let each = dates.values().zip(1_u64..).map(|((time, count), number)| {
        let said = if *count == 1 { "statement" } else { "statements" };
        json!({
            "date": date(*time),
            "number": number.to_string(),
            "summary": format!("{count} {said} added or renewed."),
        })
    });
    (each.collect(), dates.len().to_string())
}

/// The product tree while it grows.
#[derive(Default)]
struct Tree {
    /// By what tells products apart.
    ids: BTreeMap<String, String>,
    names: Vec<Value>,
    ranges: Vec<Value>,
    relationships: Vec<Value>,
    vendor: String,
}

impl Tree {
    fn id_of(&mut self, product: &Product, vendor: &str) -> String {
        vendor.clone_into(&mut self.vendor);
        match &product.subject {
            Subject::Package(pattern) => self.package(pattern),
            Subject::Whole(whole) => self.whole(whole),
            Subject::Unmatchable(_) => self.named(&product.written),
            Subject::Part { whole, part } => {
                let key = product_key(product);
                if let Some(known) = self.ids.get(&key) {
                    return known.clone();
                }
                let (part_id, whole_id) = (self.package(part), self.whole(whole));
                let id = self.next(&key);
                self.relationships.push(json!({
                    "category": "default_component_of",
                    "product_reference": part_id,
                    "relates_to_product_reference": whole_id,
                    "full_product_name": {
                        "name": format!("{} as a part of {}", part.label(), whole.label()),
                        "product_id": id,
                    },
                }));
                id
            }
        }
    }

    fn whole(&mut self, whole: &Whole) -> String {
        match whole {
            Whole::Package(pattern) => self.package(pattern),
            Whole::Named { .. } | Whole::Bom { .. } | Whole::Other(_) => self.named(&whole.label()),
        }
    }

    fn named(&mut self, name: &str) -> String {
        let name = if name.is_empty() { "a product without a name" } else { name };
        let key = name.to_owned();
        if let Some(known) = self.ids.get(&key) {
            return known.clone();
        }
        let id = self.next(&key);
        self.names.push(json!({"name": name, "product_id": id}));
        id
    }

    fn package(&mut self, pattern: &PackagePattern) -> String {
        let key = pattern.label();
        if let Some(known) = self.ids.get(&key) {
            return known.clone();
        }
        let id = self.next(&key);
        let product = json!({
            "name": key,
            "product_id": id,
            "product_identification_helper": {"purl": pattern.purl().as_str()},
        });
        match pattern.range() {
            None => self.names.push(product),
            Some(range) => self.ranges.push(json!({
                "category": "product_name",
                "name": pattern.purl().name(),
                "branches": [
                    {"category": "product_version_range", "name": range, "product": product},
                ],
            })),
        }
        id
    }

    fn next(&mut self, key: &str) -> String {
        let id = format!("CSAFPID-{:04}", self.ids.len() + 1);
        self.ids.insert(key.to_owned(), id.clone());
        id
    }

    fn value(self) -> Value {
        let mut fields = Map::new();
        if !self.ranges.is_empty() {
            let vendor = json!({
                "category": "vendor", "name": self.vendor, "branches": self.ranges,
            });
            fields.insert("branches".to_owned(), json!([vendor]));
        }
        if !self.names.is_empty() {
            fields.insert("full_product_names".to_owned(), json!(self.names));
        }
        if !self.relationships.is_empty() {
            fields.insert("relationships".to_owned(), json!(self.relationships));
        }
        Value::Object(fields)
    }
}

fn vulnerability(entry: &Entry<'_>) -> Value {
    let mut fields = Map::new();
    let list = &entry.said;
    // Another CVE of the statement is a vulnerability of its own.
    let is_other = |id: &&str| !id.is_empty() && !is_written_as_cve(&id.to_ascii_uppercase());
    let ids: BTreeSet<&str> =
        list.iter().flat_map(|(_, one)| one.flaw.ids()).filter(is_other).collect();
    if let Some(cve) = &entry.cve {
        fields.insert("cve".to_owned(), json!(cve));
    }
    let others: Vec<Value> = ids
        .into_iter()
        .map(|id| {
            let system = id.split('-').next().filter(|name| !name.is_empty()).unwrap_or(id);
            json!({"system_name": system, "text": id})
        })
        .collect();
    if !others.is_empty() {
        fields.insert("ids".to_owned(), json!(others));
    }
    fields.insert("notes".to_owned(), json!(notes_of(&entry.name, list)));
    let mut status: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut flags: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut impacts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut actions: BTreeMap<Option<&str>, Vec<&str>> = BTreeMap::new();
    for (id, one) in list {
        status.entry(status_word(&one.claim)).or_default().push(id);
        if let Claim::Affected { action } = &one.claim {
            let action = action.as_deref().filter(|text| !text.trim().is_empty());
            actions.entry(action).or_default().push(id);
        }
        let reason = one.claim.reason();
        if let Some(justification) = reason.and_then(Reason::justification) {
            flags.entry(justification.shared().word()).or_default().push(id);
        }
        if let Some(impact) = reason.and_then(Reason::impact).filter(|text| !text.is_empty()) {
            impacts.entry(impact).or_default().push(id);
        }
    }
    fields.insert("product_status".to_owned(), json!(status));
    let mut put = |key: &str, values: Vec<Value>| {
        if !values.is_empty() {
            fields.insert(key.to_owned(), json!(values));
        }
    };
    let justified = |(label, ids)| json!({"label": label, "product_ids": ids});
    put("flags", flags.into_iter().map(justified).collect());
    let threat =
        |(details, ids)| json!({"category": "impact", "details": details, "product_ids": ids});
    put("threats", impacts.into_iter().map(threat).collect());
    let remediation = |(action, ids): (Option<&str>, Vec<&str>)| {
        let category = if action.is_some() { "mitigation" } else { "none_available" };
        let details = action.unwrap_or(NO_ACTION);
        json!({"category": category, "details": details, "product_ids": ids})
    };
    put("remediations", actions.into_iter().map(remediation).collect());
    Value::Object(fields)
}

fn status_word(claim: &Claim) -> &'static str {
    match claim {
        Claim::NotAffected(_) => "known_not_affected",
        Claim::Affected { .. } => "known_affected",
        Claim::Fixed => "fixed",
        Claim::UnderInvestigation => "under_investigation",
    }
}

/// A note on the vulnerability, and one on each product of which more is known than its status.
/// The title of such a note is the product's id.
fn notes_of(name: &str, list: &[(String, &Statement)]) -> Vec<Value> {
    let summary = json!({
        "category": "general",
        "title": "What this is about",
        "text": format!("The status of products with regard to {name}."),
    });
    let each = list.iter().filter_map(|(id, one)| {
        let text = notes::write(one.notes.as_deref(), &one.evidence, one.expires)?;
        Some(json!({"category": "details", "title": id, "text": text}))
    });
    std::iter::once(summary).chain(each).collect()
}
