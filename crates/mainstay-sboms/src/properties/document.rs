//! What a document says of itself that a format has no field for, and of its own limits. Unknown is never clean: whatever the source of a
//! document left open, and whatever has no place, is said in the document that is written, in a form
//! that is read back, so that another document cannot make known what was not.

use std::collections::{HashMap, HashSet};

use mainstay_reading::{Gap, Place as GapPlace};

use super::component::{Pair, RELATION, special_end};
use super::json;
use super::{COMPLETE_NEEDS, COMPLETE_PARTS, COMPLETENESS, GAP, LEFT_OUT};
use crate::cyclonedx::words::{aggregate, aggregate_word, relationship};
use crate::spdx::held::Place;
use crate::spdx::moment;
use crate::{
    Aggregate, Completeness, ComponentId, CustomLicence, End, ExternalDocument, ExternalId,
    LeftOut, Licence, LicenceText, Party, Property, Reference, ReferenceKind, Relationship, Sbom,
    Text,
};

/// What is not known, and what was left out, as names and values.
pub(crate) fn limits(sbom: &Sbom<'_>) -> Vec<(&'static str, String)> {
    let gaps = sbom.gaps.iter().map(|gap| (GAP, told(gap)));
    let left = sbom.left_out.iter().map(|part| match part.times {
        0 | 1 => (LEFT_OUT, part.what.to_string()),
        times => (LEFT_OUT, format!("{} ({times} times)", part.what)),
    });
    gaps.chain(left).collect()
}

/// A gap in one sentence, with its place.
pub(crate) fn told(gap: &Gap) -> String {
    match (&gap.place.file, gap.place.line) {
        (Some(file), Some(line)) => format!("{} ({file}:{line})", gap.reason),
        (Some(file), None) => format!("{} ({file})", gap.reason),
        (None, Some(line)) => format!("{} (line {line})", gap.reason),
        (None, None) => gap.reason.clone(),
    }
}

/// What to do about something that an earlier document left open.
const ADVICE: &str = "look into the document from which this one was made";

pub(crate) const AUTHOR: &str = "mainstay:document:author";
pub(crate) const COMMENT: &str = "mainstay:document:comment";
pub(crate) const CREATED: &str = "mainstay:document:created";
pub(crate) const EDITION: &str = "mainstay:document:edition";
pub(crate) const LICENCE: &str = "mainstay:document:licence";
pub(crate) const LICENCE_LIST: &str = "mainstay:document:licence-list";
pub(crate) const LIFECYCLE: &str = "mainstay:document:lifecycle";
pub(crate) const MANUFACTURER: &str = "mainstay:document:manufacturer";
pub(crate) const NAME: &str = "mainstay:document:name";
pub(crate) const PROFILE: &str = "mainstay:document:profile";
/// Another document, as the reference that it is in CycloneDX; its short name is the remark.
pub(crate) const REFERENCE: &str = "mainstay:document:reference";
pub(crate) const SUPPLIER: &str = "mainstay:document:supplier";
pub(crate) const TOOL: &str = "mainstay:document:tool";
/// The name, text, remark or address of the licence whose id follows.
pub(crate) const LICENCE_NAME: &str = "mainstay:licence-name:";
pub(crate) const LICENCE_TEXT: &str = "mainstay:licence-text:";
pub(crate) const LICENCE_COMMENT: &str = "mainstay:licence-comment:";
pub(crate) const LICENCE_URL: &str = "mainstay:licence-url:";

/// What the document says that SPDX 2 has no field for.
pub(crate) fn beside_spdx_2(sbom: &Sbom<'_>) -> Vec<Pair> {
    let mut all = beside_spdx(sbom, Place::Package2);
    let document = &sbom.document;
    for one in &document.lifecycles {
        all.push((LIFECYCLE.into(), one.to_string()));
    }
    let is_list = |list: &&str| crate::spdx::v2::is_list_version(list);
    if let Some(list) = document.licence_list.as_deref().filter(|list| !is_list(list)) {
        all.push((LICENCE_LIST.into(), list.to_owned()));
    }
    let unheld = document.documents.iter().filter(|one| !crate::spdx::v2::holds_document(one));
    all.extend(unheld.map(reference));
    all
}

/// What the document says that SPDX 3 has no field for.
pub(crate) fn beside_spdx_3(sbom: &Sbom<'_>) -> Vec<Pair> {
    let mut all = beside_spdx(sbom, Place::Package3);
    let document = &sbom.document;
    if document.lifecycles.iter().any(|one| crate::spdx::v3::stage(one) != Some(&**one)) {
        all.extend(document.lifecycles.iter().map(|one| (LIFECYCLE.into(), one.to_string())));
    }
    if let Some(list) = &document.licence_list {
        all.push((LICENCE_LIST.into(), list.to_string()));
    }
    all.extend(document.documents.iter().map(reference));
    for licence in &sbom.custom_licences {
        let name = format!("{LICENCE_URL}{}", licence.id);
        all.extend(licence.urls.iter().map(|url| (name.clone().into(), url.to_string())));
    }
    all
}

fn beside_spdx(sbom: &Sbom<'_>, place: Place) -> Vec<Pair> {
    let document = &sbom.document;
    let mut all: Vec<Pair> = Vec::new();
    for one in &document.properties {
        all.push((one.name.to_string().into(), one.value.to_string()));
    }
    for (name, party) in [(SUPPLIER, &document.supplier), (MANUFACTURER, &document.manufacturer)] {
        all.extend(party.iter().map(|party| (name.into(), json::party(party))));
    }
    // A list whose entries do not all stand for themselves is written as a whole.
    if document.authors.iter().any(|author| !place.holds_party(author)) {
        all.extend(document.authors.iter().map(|one| (AUTHOR.into(), json::party(one))));
    }
    all.extend(tools(sbom));
    let is_default = |one: &&Licence<'_>| {
        one.url.is_none() && matches!(&one.text, LicenceText::Expression(text) if text == "CC0-1.0")
    };
    let licences = document.licences.iter().filter(|one| !is_default(one));
    all.extend(licences.map(|one| (LICENCE.into(), json::licence(one))));
    if let Some(edition) = document.edition.filter(|edition| *edition > 1) {
        all.push((EDITION.into(), edition.to_string()));
    }
    let created = document.created.as_deref().filter(|text| moment(text).is_none());
    all.extend(created.map(|text| (CREATED.into(), text.to_owned())));
    all.extend(document.profiles.iter().map(|one| (PROFILE.into(), one.to_string())));
    all
}

/// Tools of which more is known than name and version.
fn tools(sbom: &Sbom<'_>) -> Vec<Pair> {
    let tools = &sbom.document.tools;
    if tools.iter().all(|tool| tool.vendor.is_none() && tool.hashes.is_empty()) {
        return Vec::new();
    }
    tools.iter().map(|one| (TOOL.into(), json::tool(one))).collect()
}

fn reference(one: &ExternalDocument<'_>) -> Pair {
    let reference = Reference {
        kind: ReferenceKind::Bom,
        url: one.identity.clone(),
        comment: Some(one.reference.clone()).filter(|name| !name.is_empty()),
        hashes: one.hash.clone().into_iter().collect(),
    };
    (REFERENCE.into(), json::reference(&reference))
}

/// What the document says that CycloneDX has no field for.
pub(crate) fn beside_cyclonedx(sbom: &Sbom<'_>, holds_author: fn(&Party<'_>) -> bool) -> Vec<Pair> {
    let document = &sbom.document;
    let mut all: Vec<Pair> = Vec::new();
    let single = [
        (NAME, &document.name),
        (COMMENT, &document.comment),
        (LICENCE_LIST, &document.licence_list),
    ];
    for (name, value) in single {
        all.extend(value.iter().map(|value| (name.into(), value.to_string())));
    }
    all.extend(document.profiles.iter().map(|one| (PROFILE.into(), one.to_string())));
    for licence in &sbom.custom_licences {
        let mut say = |name: &str, value: &str| {
            all.push((format!("{name}{}", licence.id).into(), value.to_owned()));
        };
        say(LICENCE_TEXT, &licence.text);
        licence.name.iter().for_each(|name| say(LICENCE_NAME, name));
        licence.comment.iter().for_each(|comment| say(LICENCE_COMMENT, comment));
        licence.urls.iter().for_each(|url| say(LICENCE_URL, url));
    }
    if document.authors.iter().any(|author| !holds_author(author)) {
        all.extend(document.authors.iter().map(|one| (AUTHOR.into(), json::party(one))));
    }
    if document.tools.iter().any(|tool| !tool.hashes.is_empty()) {
        all.extend(tools(sbom));
    }
    all
}

/// Takes back what a document says of itself as properties.
fn take_facts(sbom: &mut Sbom<'_>) {
    let is_own = |one: &Property<'_>| one.name.starts_with("mainstay:");
    if !sbom.document.properties.iter().any(is_own) {
        return;
    }
    let properties = std::mem::take(&mut sbom.document.properties);
    let has = |name: &str| properties.iter().any(|one| one.name == name);
    if has(AUTHOR) {
        sbom.document.authors.clear();
    }
    if has(TOOL) {
        sbom.document.tools.clear();
    }
    if has(LIFECYCLE) {
        sbom.document.lifecycles.clear();
    }
    if has(PROFILE) {
        sbom.document.profiles.clear();
    }
    let mut licences: HashMap<String, usize> = HashMap::new();
    for (at, licence) in sbom.custom_licences.iter().enumerate() {
        licences.entry(licence.id.to_string()).or_insert(at);
    }
    for property in properties {
        if let Err(property) = take_fact(sbom, property)
            && let Err(property) = take_licence(sbom, &mut licences, property)
        {
            sbom.document.properties.push(property);
        }
    }
}

/// Takes one fact. Gives back what is none, or cannot be read.
fn take_fact<'t>(sbom: &mut Sbom<'t>, property: Property<'t>) -> Result<(), Property<'t>> {
    let document = &mut sbom.document;
    let value = &property.value;
    match &*property.name {
        NAME => document.name = Some(property.value),
        COMMENT => document.comment = Some(property.value),
        CREATED => document.created = Some(property.value),
        LICENCE_LIST => document.licence_list = Some(property.value),
        LIFECYCLE => document.lifecycles.push(property.value),
        PROFILE => document.profiles.push(property.value),
        EDITION => match value.parse() {
            Ok(edition) => document.edition = Some(edition),
            Err(_) => return Err(property),
        },
        SUPPLIER => match json::read_party(value) {
            Some(party) => document.supplier = Some(party),
            None => return Err(property),
        },
        MANUFACTURER => match json::read_party(value) {
            Some(party) => document.manufacturer = Some(party),
            None => return Err(property),
        },
        AUTHOR => match json::read_party(value) {
            Some(party) => document.authors.push(party),
            None => return Err(property),
        },
        TOOL => match json::read_tool(value) {
            Some(tool) => document.tools.push(tool),
            None => return Err(property),
        },
        LICENCE => match json::read_licence(value) {
            Some(licence) => document.licences.push(licence),
            None => return Err(property),
        },
        REFERENCE => match json::read_reference(value) {
            Some(one) => {
                // What stands for itself may have lost its short name.
                document.documents.retain(|known| known.identity != one.url);
                document.documents.push(ExternalDocument {
                    reference: one.comment.unwrap_or_default(),
                    identity: one.url,
                    hash: one.hashes.into_iter().next(),
                });
            }
            None => return Err(property),
        },
        _ => return Err(property),
    }
    Ok(())
}

/// Takes a part of a licence that the document spells out.
fn take_licence<'t>(
    sbom: &mut Sbom<'t>,
    known: &mut HashMap<String, usize>,
    property: Property<'t>,
) -> Result<(), Property<'t>> {
    let kinds = [LICENCE_TEXT, LICENCE_NAME, LICENCE_COMMENT, LICENCE_URL];
    let Some((kind, id)) =
        kinds.iter().find_map(|kind| Some((*kind, property.name.strip_prefix(*kind)?)))
    else {
        return Err(property);
    };
    let at = *known.entry(id.to_owned()).or_insert_with(|| {
        let id = Text::Owned(id.to_owned());
        sbom.custom_licences.push(CustomLicence { id, ..CustomLicence::default() });
        sbom.custom_licences.len() - 1
    });
    if let Some(licence) = sbom.custom_licences.get_mut(at) {
        match kind {
            LICENCE_TEXT => licence.text = property.value,
            LICENCE_NAME => licence.name = Some(property.value),
            LICENCE_COMMENT => licence.comment = Some(property.value),
            _ => licence.urls.push(property.value),
        }
    }
    Ok(())
}

/// Edges that begin at no component: `["mainstay:document", "name"]`.
fn take_edges(sbom: &mut Sbom<'_>) {
    let is_edge = |one: &Property<'_>| one.name.starts_with(RELATION);
    if !sbom.document.properties.iter().any(is_edge) {
        return;
    }
    let ids: HashMap<String, ComponentId> =
        sbom.with_ids().map(|(id, one)| (one.reference.to_string(), id)).collect();
    let mut external: HashMap<String, ExternalId> = HashMap::new();
    for property in std::mem::take(&mut sbom.document.properties) {
        let word = property.name.strip_prefix(RELATION);
        let ends: Option<[String; 2]> = serde_json::from_str(&property.value).ok();
        let (Some(word), Some(ends)) = (word, ends) else {
            sbom.document.properties.push(property);
            continue;
        };
        let [from, to] = ends.map(|name| {
            let known = special_end(&name).or_else(|| ids.get(&name).copied().map(End::Component));
            known.unwrap_or_else(|| {
                End::External(*external.entry(name.clone()).or_insert_with(|| {
                    sbom.external.push(name.into());
                    ExternalId::at(sbom.external.len() - 1)
                }))
            })
        });
        sbom.relationships.push(Relationship { from, kind: relationship(word), to });
    }
}

/// Takes limits, claims and facts out of the properties.
pub(super) fn take(sbom: &mut Sbom<'_>) {
    take_edges(sbom);
    take_facts(sbom);
    let mut known: HashSet<String> = sbom.gaps.iter().map(told).collect();
    let Sbom { document, gaps, left_out, completeness, .. } = sbom;
    document.properties.retain(|property| match &*property.name {
        GAP => {
            if known.insert(property.value.to_string()) {
                let reason = property.value.to_string();
                gaps.push(Gap { place: GapPlace::default(), reason, advice: ADVICE.to_owned() });
            }
            false
        }
        LEFT_OUT => {
            take_left_out(left_out, &property.value);
            false
        }
        COMPLETENESS => {
            completeness.push(claim(word(&property.value), None, None));
            false
        }
        _ => true,
    });
    take_claims(sbom);
}

/// A word that is no claim claims nothing.
fn word(text: &str) -> Aggregate {
    aggregate(text).unwrap_or(Aggregate::Unknown)
}

fn claim(
    aggregate: Aggregate,
    part: Option<ComponentId>,
    need: Option<ComponentId>,
) -> Completeness {
    Completeness {
        aggregate,
        assemblies: part.into_iter().collect(),
        dependencies: need.into_iter().collect(),
        is_of_all: part.is_none() && need.is_none(),
    }
}

/// `components.pedigree (3 times)`.
fn take_left_out(left_out: &mut Vec<LeftOut>, text: &str) {
    let counted = text.strip_suffix(" times)").and_then(|text| text.rsplit_once(" ("));
    let counted = counted.and_then(|(what, times)| Some((what, times.parse().ok()?)));
    let (what, times): (&str, u32) = counted.unwrap_or((text, 1));
    crate::document_notes::note_times(left_out, what, None, times);
}

/// Claims that components carry. Those of one kind become one.
fn take_claims(sbom: &mut Sbom<'_>) {
    let mut claims: Vec<(Aggregate, Vec<ComponentId>, Vec<ComponentId>)> = Vec::new();
    for (at, component) in sbom.components.iter_mut().enumerate() {
        let Some(details) = &mut component.more else { continue };
        let id = ComponentId::at(at);
        details.properties.retain(|property: &Property<'_>| {
            let is_parts = match &*property.name {
                COMPLETE_PARTS => true,
                COMPLETE_NEEDS => false,
                _ => return true,
            };
            let aggregate = word(&property.value);
            let at = claims.iter().position(|one| one.0 == aggregate).unwrap_or_else(|| {
                claims.push((aggregate, Vec::new(), Vec::new()));
                claims.len() - 1
            });
            if let Some(claim) = claims.get_mut(at) {
                if is_parts { claim.1.push(id) } else { claim.2.push(id) }
            }
            false
        });
    }
    if claims.is_empty() {
        return;
    }
    let known = |parts: bool| -> HashSet<(&str, ComponentId)> {
        let claims = sbom.completeness.iter();
        let ids = claims.flat_map(|one| {
            let ids = if parts { &one.assemblies } else { &one.dependencies };
            ids.iter().map(|id| (aggregate_word(one.aggregate), *id))
        });
        ids.collect()
    };
    let (parts, needs) = (known(true), known(false));
    for (aggregate, assemblies, dependencies) in &mut claims {
        let word = aggregate_word(*aggregate);
        assemblies.retain(|id| !parts.contains(&(word, *id)));
        dependencies.retain(|id| !needs.contains(&(word, *id)));
    }
    for (aggregate, assemblies, dependencies) in claims {
        if !assemblies.is_empty() || !dependencies.is_empty() {
            let is_of_all = false;
            let claim = Completeness { aggregate, assemblies, dependencies, is_of_all };
            sbom.completeness.push(claim);
        }
    }
}

/// The claim about the whole document that no standard but CycloneDX can make.
pub(crate) fn claims_of_all(
    sbom: &Sbom<'_>,
) -> impl Iterator<Item = (&'static str, Text<'static>)> {
    let claims = sbom.completeness.iter().filter(|claim| claim.is_of_all);
    claims.map(|claim| (COMPLETENESS, Text::Borrowed(aggregate_word(claim.aggregate))))
}
