//! What components say that a format has no field for, as properties, and back.
//!
//! Writing asks of each fact whether the format holds it; what it does not hold becomes a property.
//! Reading puts each back where it was, in the place of what the format made of it.

mod beside;

use std::borrow::Cow;
use std::collections::HashMap;

use super::json;
use crate::cyclonedx::words;
use crate::{
    Component, ComponentId, ComponentKind, Details, End, ExternalId, Hash, HashAlgorithm,
    Identifier, Need, Occurrence, Party, Property, Relationship, RelationshipKind, Sbom, Text,
};

pub(crate) use beside::beside_spdx;

pub(crate) const ATTRIBUTION: &str = "mainstay:attribution";
pub(crate) const AUTHOR: &str = "mainstay:author";
pub(crate) const BUILT: &str = "mainstay:built";
pub(crate) const COMMENT: &str = "mainstay:comment";
pub(crate) const DESCRIPTION: &str = "mainstay:description";
pub(crate) const EXTERNAL: &str = "mainstay:external";
pub(crate) const FILE_NAME: &str = "mainstay:file-name";
pub(crate) const FILE_TYPE: &str = "mainstay:file-type";
pub(crate) const FILES_ANALYZED: &str = "mainstay:files-analyzed";
pub(crate) const GROUP: &str = "mainstay:group";
/// A checksum by the algorithm whose name follows.
pub(crate) const HASH: &str = "mainstay:hash:";
/// An identifier in the scheme whose name follows.
pub(crate) const IDENTIFIER: &str = "mainstay:identifier:";
pub(crate) const LICENCE: &str = "mainstay:licence";
pub(crate) const MANUFACTURER: &str = "mainstay:manufacturer";
pub(crate) const MEDIA_TYPE: &str = "mainstay:media-type";
pub(crate) const MODEL_CARD: &str = "mainstay:model-card";
pub(crate) const MODIFIED: &str = "mainstay:modified";
pub(crate) const NEED: &str = "mainstay:need";
pub(crate) const OCCURRENCE: &str = "mainstay:occurrence";
pub(crate) const ORIGINATOR: &str = "mainstay:originator";
pub(crate) const PARENT: &str = "mainstay:parent";
pub(crate) const PUBLISHER: &str = "mainstay:publisher";
pub(crate) const REFERENCE: &str = "mainstay:reference";
/// An edge of the kind whose name follows.
pub(crate) const RELATION: &str = "mainstay:relationship:";
pub(crate) const RELEASED: &str = "mainstay:released";
pub(crate) const SOURCE_INFO: &str = "mainstay:source-info";
pub(crate) const SUMMARY: &str = "mainstay:summary";
pub(crate) const SUPPLIER: &str = "mainstay:supplier";
pub(crate) const TYPE: &str = "mainstay:type";
pub(crate) const TYPE_WRITTEN: &str = "mainstay:type:written";
pub(crate) const VALID_UNTIL: &str = "mainstay:valid-until";
pub(crate) const VERIFICATION_CODE: &str = "mainstay:verification-code";
pub(crate) const VERSION: &str = "mainstay:version";

/// The values that stand for ends that are no elements.
const ENDS: [(End, &str); 3] = [
    (End::Document, "mainstay:document"),
    (End::Nothing, "mainstay:nothing"),
    (End::NoAssertion, "mainstay:nobody-says"),
];

/// A name and a value.
pub(crate) type Pair = (Cow<'static, str>, String);

/// An identifier as a property.
pub(crate) fn identifier_pair(identifier: &Identifier<'_>) -> Pair {
    let (scheme, value) = match identifier {
        Identifier::Purl(purl) => ("purl", purl.to_string()),
        Identifier::BadPurl(text, _) => ("unreadable-purl", text.to_string()),
        Identifier::Cpe(cpe) => ("cpe", cpe.to_string()),
        Identifier::Swid(swid) => ("swid", json::swid(swid)),
        Identifier::Swhid(id) => ("swhid", id.to_string()),
        Identifier::Gitoid(id) => ("gitoid", id.to_string()),
        Identifier::Other(pair) => (&*pair.0, pair.1.to_string()),
    };
    (format!("{IDENTIFIER}{scheme}").into(), value)
}

/// A party as a property's value.
pub(crate) fn party_value(party: &Party<'_>) -> String {
    json::party(party)
}

/// A reference as a property's value.
pub(crate) fn reference_value(reference: &crate::Reference<'_>) -> String {
    json::reference(reference)
}

/// A licence as a property's value.
pub(crate) fn licence_value(licence: &crate::Licence<'_>) -> String {
    json::licence(licence)
}

/// Words for kinds that CycloneDX has none for.
const KINDS: [(ComponentKind, &str); 6] = [
    (ComponentKind::Source, "source"),
    (ComponentKind::Archive, "archive"),
    (ComponentKind::Installer, "install"),
    (ComponentKind::Snippet, "snippet"),
    (ComponentKind::Service, "service"),
    (ComponentKind::Other, "other"),
];

/// The word for a kind.
pub(crate) fn kind_word(kind: ComponentKind) -> &'static str {
    let own = || KINDS.iter().find(|(known, _)| *known == kind).map(|(_, word)| *word);
    words::kind_word(kind).or_else(own).unwrap_or("other")
}

fn kind_of(word: &str) -> Option<ComponentKind> {
    let own = || KINDS.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind);
    words::kind(word).or_else(own)
}

/// The value of a property that holds an edge to this end. `name` is that of an element.
pub(crate) fn end_value(end: End, name: Option<String>) -> Option<String> {
    let special = ENDS.iter().find(|(known, _)| *known == end);
    special.map(|(_, word)| (*word).to_owned()).or(name)
}

/// An edge that a format has no relationship for, as a property of the component at which it begins,
/// or else of the document. `name` is that of an element.
pub(crate) fn edge_beside(
    one: &Relationship<'_>,
    name: impl Fn(End) -> Option<String>,
) -> Option<(Option<ComponentId>, Pair)> {
    let key = format!("{RELATION}{}", words::relationship_word(&one.kind));
    let to = end_value(one.to, name(one.to))?;
    if let End::Component(id) = one.from {
        return Some((Some(id), (key.into(), to)));
    }
    let from = end_value(one.from, name(one.from))?;
    Some((None, (key.into(), serde_json::json!([from, to]).to_string())))
}

/// The end that a value stands for, if it is no element.
pub(crate) fn special_end(value: &str) -> Option<End> {
    ENDS.iter().find(|(_, word)| *word == value).map(|(end, _)| *end)
}

/// Takes back everything that components carry as properties.
pub(super) fn take(sbom: &mut Sbom<'_>) {
    let is_spdx = sbom.document.spec.standard() == "SPDX";
    let has_own = |one: &Component<'_>| {
        let properties = one.details().properties.iter();
        properties.into_iter().any(|property| property.name.starts_with("mainstay:"))
    };
    if !sbom.components.iter().any(has_own) {
        return;
    }
    let mut waiting = Waiting::default();
    for (at, component) in sbom.components.iter_mut().enumerate() {
        if has_own(component) {
            take_one(component, ComponentId::at(at), is_spdx, &mut waiting);
        }
    }
    waiting.settle(sbom);
}

/// Names of other components, which are looked up when all are known.
#[derive(Default)]
struct Waiting<'t> {
    parents: Vec<(ComponentId, Text<'t>)>,
    datasets: Vec<(ComponentId, Text<'t>)>,
    edges: Vec<(ComponentId, RelationshipKind<'t>, Text<'t>)>,
}

impl<'t> Waiting<'t> {
    fn settle(self, sbom: &mut Sbom<'t>) {
        if self.parents.is_empty() && self.datasets.is_empty() && self.edges.is_empty() {
            return;
        }
        let ids: HashMap<String, ComponentId> =
            sbom.with_ids().map(|(id, one)| (one.reference.to_string(), id)).collect();
        for (id, parent) in self.parents {
            // A component stands after the one that it is in.
            let parent = ids.get(&*parent).copied().filter(|parent| *parent < id);
            if let Some(component) = sbom.components.get_mut(id.position()) {
                component.parent = component.parent.or(parent);
            }
        }
        for (id, dataset) in self.datasets {
            let Some(dataset) = ids.get(&*dataset).copied() else { continue };
            if let Some(component) = sbom.components.get_mut(id.position())
                && let Some(card) = &mut component.details_mut().model_card
            {
                card.dataset_components.push(dataset);
            }
        }
        let mut external: HashMap<String, ExternalId> = HashMap::new();
        for (id, kind, name) in self.edges {
            let known = special_end(&name).or_else(|| ids.get(&*name).copied().map(End::Component));
            let to = known.unwrap_or_else(|| {
                End::External(*external.entry(name.to_string()).or_insert_with(|| {
                    sbom.external.push(name.clone());
                    ExternalId::at(sbom.external.len() - 1)
                }))
            });
            sbom.relationships.push(Relationship { from: End::Component(id), kind, to });
        }
    }
}

fn take_one<'t>(
    component: &mut Component<'t>,
    id: ComponentId,
    is_spdx: bool,
    waiting: &mut Waiting<'t>,
) {
    let Some(details) = &mut component.more else { return };
    let mut properties = std::mem::take(&mut details.properties);
    let has = |name: &str| properties.iter().any(|one| one.name == name);
    // The whole list stands in properties where one of it does; elsewhere it stands for itself.
    if is_spdx && has(LICENCE) {
        component.licences.clear();
    }
    if is_spdx && (has(MANUFACTURER) || has(AUTHOR)) {
        details.originator = None;
        details.authors.clear();
    }
    properties.retain_mut(|property| {
        let taken = take_text(component, property)
            || take_parts(component, property, is_spdx)
            || take_names(component, id, property, waiting);
        !taken
    });
    if let Some(details) = &mut component.more {
        details.properties = properties;
    }
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Facts that are one text.
fn take_text<'t>(component: &mut Component<'t>, property: &mut Property<'t>) -> bool {
    let value = property.value.clone();
    match &*property.name {
        VERSION => component.version = Some(value),
        NEED => {
            let need = [Need::Required, Need::Optional, Need::Excluded];
            let need = need.into_iter().find(|need| words::need_word(*need) == value);
            if need.is_none() {
                return false;
            }
            component.need = need;
        }
        GROUP => ungroup(component, value),
        TYPE => {
            let Some(kind) = kind_of(&value) else { return false };
            component.kind = kind;
            component.details_mut().kind_as_written = None;
        }
        TYPE_WRITTEN => component.details_mut().kind_as_written = Some(value),
        PUBLISHER => component.details_mut().publisher = Some(value),
        SUMMARY => {
            let details = component.details_mut();
            // CycloneDX has one field for both.
            details.description.take_if(|description| *description == value);
            details.summary = Some(value);
        }
        DESCRIPTION => component.details_mut().description = Some(value),
        COMMENT => component.details_mut().comment = Some(value),
        MEDIA_TYPE => component.details_mut().media_type = Some(value),
        FILE_NAME => component.details_mut().file_name = Some(value),
        SOURCE_INFO => component.details_mut().source_info = Some(value),
        RELEASED => component.details_mut().released = Some(value),
        BUILT => component.details_mut().built = Some(value),
        VALID_UNTIL => component.details_mut().valid_until = Some(value),
        VERIFICATION_CODE => component.details_mut().verification_code = Some(value),
        FILES_ANALYZED => component.details_mut().files_analyzed = truth(&value),
        EXTERNAL => component.details_mut().is_external = truth(&value),
        MODIFIED => component.details_mut().is_modified = truth(&value),
        FILE_TYPE => component.details_mut().file_types.push(value),
        ATTRIBUTION => component.details_mut().attributions.push(value),
        OCCURRENCE => component.details_mut().occurrences.push(occurrence(&value)),
        _ => return false,
    }
    true
}

/// SPDX has the group before the name.
fn ungroup<'t>(component: &mut Component<'t>, group: Text<'t>) {
    let name = component.name.strip_prefix(&*group);
    let name = name.and_then(|rest| rest.strip_prefix(['/', ':'])).map(str::to_owned);
    if let Some(name) = name {
        component.name = name.into();
    }
    component.group = Some(group);
}

fn occurrence<'t>(text: &Text<'t>) -> Occurrence<'t> {
    let counted = text.strip_suffix(')').and_then(|text| text.rsplit_once(" (line "));
    let counted = counted.and_then(|(location, line)| Some((location, line.parse().ok()?)));
    match counted {
        Some((location, line)) => {
            Occurrence { location: location.to_owned().into(), line: Some(line) }
        }
        None => Occurrence { location: text.clone(), line: None },
    }
}

/// Facts of several parts. One that cannot be read stays a property.
fn take_parts<'t>(component: &mut Component<'t>, property: &Property<'t>, is_spdx: bool) -> bool {
    let value = &*property.value;
    let party = || json::read_party(value);
    match &*property.name {
        SUPPLIER => match party() {
            Some(party) => component.details_mut().supplier = Some(party),
            None => return false,
        },
        MANUFACTURER => match party() {
            Some(party) => component.details_mut().manufacturer = Some(party),
            None => return false,
        },
        AUTHOR => match party() {
            Some(party) => component.details_mut().authors.push(party),
            None => return false,
        },
        ORIGINATOR => match party() {
            Some(party) => originator(component.details_mut(), party, is_spdx),
            None => return false,
        },
        REFERENCE => match json::read_reference(value) {
            Some(one) => {
                let known = component.references.iter_mut().find(|known| known.url == one.url);
                match known {
                    Some(known) => *known = one,
                    None => component.references.push(one),
                }
            }
            None => return false,
        },
        LICENCE => match json::read_licence(value) {
            Some(licence) => component.licences.push(licence),
            None => return false,
        },
        name => {
            if let Some(algorithm) = name.strip_prefix(HASH) {
                let algorithm = HashAlgorithm::from_name(algorithm.to_owned().into());
                component.hashes.push(Hash { algorithm, value: property.value.clone() });
            } else if let Some(scheme) = name.strip_prefix(IDENTIFIER) {
                return identifier(component, scheme, property);
            } else {
                return false;
            }
        }
    }
    true
}

/// CycloneDX has the originator among those who made it.
fn originator<'t>(details: &mut Details<'t>, party: Party<'t>, is_spdx: bool) {
    if !is_spdx {
        let is_he = |one: &Party<'_>| one.name == party.name;
        if details.authors.last().is_some_and(is_he) {
            details.authors.pop();
        } else {
            details.manufacturer.take_if(|one| is_he(one));
        }
    }
    details.originator = Some(party);
}

fn identifier<'t>(component: &mut Component<'t>, scheme: &str, property: &Property<'t>) -> bool {
    let value = property.value.clone();
    let identifier = match scheme {
        "purl" | "unreadable-purl" => Identifier::purl(value),
        "cpe" => Identifier::Cpe(value),
        "swhid" => Identifier::Swhid(value),
        "gitoid" => Identifier::Gitoid(value),
        "swid" => {
            let Some(swid) = json::read_swid(&value) else { return false };
            // The standard holds the id alone.
            let known = component.identifiers.iter_mut().find_map(|one| match one {
                Identifier::Swid(known) if known.tag_id == swid.tag_id => Some(known),
                Identifier::Swid(_)
                | Identifier::Purl(_)
                | Identifier::BadPurl(..)
                | Identifier::Cpe(_)
                | Identifier::Swhid(_)
                | Identifier::Gitoid(_)
                | Identifier::Other(_) => None,
            });
            if let Some(known) = known {
                **known = swid;
                return true;
            }
            Identifier::Swid(Box::new(swid))
        }
        scheme => Identifier::Other(Box::new((scheme.to_owned().into(), value))),
    };
    component.identifiers.push(identifier);
    true
}

/// Facts that name other components.
fn take_names<'t>(
    component: &mut Component<'t>,
    id: ComponentId,
    property: &Property<'t>,
    waiting: &mut Waiting<'t>,
) -> bool {
    match &*property.name {
        PARENT => waiting.parents.push((id, property.value.clone())),
        MODEL_CARD => {
            let Some((card, datasets)) = json::read_model_card(&property.value) else {
                return false;
            };
            component.details_mut().model_card = Some(Box::new(card));
            waiting.datasets.extend(datasets.into_iter().map(|name| (id, name)));
        }
        name => {
            let Some(word) = name.strip_prefix(RELATION) else { return false };
            waiting.edges.push((id, words::relationship(word), property.value.clone()));
        }
    }
    true
}
