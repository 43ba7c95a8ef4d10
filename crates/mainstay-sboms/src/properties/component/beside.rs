//! What components say that SPDX has no field for.

use std::borrow::Cow;

use super::{
    AUTHOR, BUILT, DESCRIPTION, EXTERNAL, FILE_NAME, FILE_TYPE, FILES_ANALYZED, GROUP, HASH,
    LICENCE, MANUFACTURER, MEDIA_TYPE, MODEL_CARD, MODIFIED, NEED, OCCURRENCE, ORIGINATOR, PARENT,
    PUBLISHER, Pair, REFERENCE, RELEASED, SOURCE_INFO, SUMMARY, SUPPLIER, TYPE, TYPE_WRITTEN,
    VALID_UNTIL, VERIFICATION_CODE, VERSION, identifier_pair, kind_word,
};
use crate::cyclonedx::words;
use crate::properties::{ASKED, json};
use crate::spdx::held::{Place, is_checksum};
use crate::{Component, ComponentId, Details};

/// What a component says that SPDX does not hold in this place. `name` gives the name of another
/// component.
pub(crate) fn beside_spdx(
    component: &Component<'_>,
    place: Place,
    name: impl Fn(ComponentId) -> String,
) -> Vec<Pair> {
    let mut beside = Beside(Vec::new());
    beside.texts(component, place);
    beside.parties(component.details(), place);
    beside.identifiers(component, place);
    let details = component.details();
    for reference in
        component.references.iter().filter(|one| !place.holds_reference(component, one))
    {
        beside.say(REFERENCE, json::reference(reference));
    }
    for hash in component.hashes.iter().filter(|hash| !is_checksum(hash)) {
        let name = format!("{HASH}{}", hash.algorithm.spdx_name());
        beside.0.push((name.into(), hash.value.to_string()));
    }
    if component.licences.iter().any(|licence| !place.holds_licence(component, licence)) {
        for licence in &component.licences {
            beside.say(LICENCE, json::licence(licence));
        }
    }
    if let Some(parent) = component.parent {
        beside.say(PARENT, name(parent));
    }
    if let Some(card) =
        details.model_card.as_ref().filter(|card| !place.holds_card(component, card))
    {
        let datasets: Vec<String> = card.dataset_components.iter().map(|id| name(*id)).collect();
        beside.say(MODEL_CARD, json::model_card(card, &datasets));
    }
    beside.0
}

struct Beside(Vec<Pair>);

impl Beside {
    fn say(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.push((Cow::Borrowed(name), value.into()));
    }

    fn texts(&mut self, component: &Component<'_>, place: Place) {
        let details = component.details();
        let word = |truth: bool| if truth { "true" } else { "false" };
        let (kind, written) = kind_words(component, place);
        let group = component.group.as_deref().filter(|group| !group.is_empty());
        let all = [
            (TYPE, kind, false),
            (TYPE_WRITTEN, written, false),
            (GROUP, group, false),
            (VERSION, component.version.as_deref(), place.is_package()),
            (NEED, component.need.map(words::need_word), false),
            (PUBLISHER, details.publisher.as_deref(), false),
            (SUMMARY, details.summary.as_deref(), place != Place::File2),
            (DESCRIPTION, details.description.as_deref(), place != Place::File2),
            (MEDIA_TYPE, details.media_type.as_deref(), place == Place::File3),
            (FILE_NAME, details.file_name.as_deref(), place == Place::Package2),
            (SOURCE_INFO, details.source_info.as_deref(), place.is_package()),
            (
                RELEASED,
                details.released.as_deref(),
                place.holds_moment(details.released.as_deref()),
            ),
            (BUILT, details.built.as_deref(), place.holds_moment(details.built.as_deref())),
            (
                VALID_UNTIL,
                details.valid_until.as_deref(),
                place.holds_moment(details.valid_until.as_deref()),
            ),
            (VERIFICATION_CODE, details.verification_code.as_deref(), place.holds_code(details)),
            (FILES_ANALYZED, details.files_analyzed.map(word), place.holds_code(details)),
            (EXTERNAL, details.is_external.map(word), false),
            (ASKED, details.version_range.as_deref(), false),
            (MODIFIED, details.is_modified.map(word), false),
        ];
        for (name, value, is_held) in all {
            if let Some(value) = value.filter(|value| !is_held && !value.is_empty()) {
                self.say(name, value);
            }
        }
        if place != Place::File2 {
            details.file_types.iter().for_each(|one| self.say(FILE_TYPE, &**one));
        }
        for one in &details.occurrences {
            self.say(
                OCCURRENCE,
                match one.line {
                    Some(line) => format!("{} (line {line})", one.location),
                    None => one.location.to_string(),
                },
            );
        }
    }

    fn parties(&mut self, details: &Details<'_>, place: Place) {
        let single = [(SUPPLIER, &details.supplier), (ORIGINATOR, &details.originator)];
        // Manufacturer and authors stand where an originator is due.
        let is_mixed = details.manufacturer.is_some() || !details.authors.is_empty();
        for (name, party) in single {
            let is_mixed = is_mixed && name == ORIGINATOR;
            if let Some(party) = party
                && (is_mixed || !place.holds_party(party))
            {
                self.say(name, json::party(party));
            }
        }
        if let Some(party) = &details.manufacturer {
            self.say(MANUFACTURER, json::party(party));
        }
        for author in &details.authors {
            self.say(AUTHOR, json::party(author));
        }
    }

    fn identifiers(&mut self, component: &Component<'_>, place: Place) {
        for identifier in &component.identifiers {
            if !place.holds_identifier(identifier) {
                self.0.push(identifier_pair(identifier));
            }
        }
    }
}

/// The words for a kind that the place does not hold.
fn kind_words<'c>(
    component: &'c Component<'_>,
    place: Place,
) -> (Option<&'static str>, Option<&'c str>) {
    let written = component.details().kind_as_written.as_deref();
    if place.holds_kind(component) {
        return (None, None);
    }
    (Some(kind_word(component.kind)), written)
}
