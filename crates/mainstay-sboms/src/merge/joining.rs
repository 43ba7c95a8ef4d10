//! One component of what several documents say of it.

use std::collections::HashSet;
use std::fmt::Debug;

use crate::inventory::{FOR_DEVELOPMENT, is_for_development};
use crate::{Component, ComponentId, Details, Hash, Need};

/// What components have, so that each entry is added once, however many documents list it and
/// however long the lists are.
#[derive(Default)]
pub(super) struct Joining {
    /// Components whose own entries are known.
    known: HashSet<ComponentId>,
    entries: HashSet<(ComponentId, String)>,
    /// Disagreements that are told.
    told: HashSet<(ComponentId, String)>,
}

impl Joining {
    /// Joins what another document says of a component. Gives what the two disagree about.
    pub(super) fn join<'t>(
        &mut self,
        id: ComponentId,
        known: &mut Component<'t>,
        mut other: Component<'t>,
    ) -> Vec<String> {
        self.know(id, known);
        let is_both = is_for_development(known) == is_for_development(&other);
        let mut disagreements = Vec::new();
        let label = known.label();
        for hash in other.hashes {
            if !self.entries.insert((id, sum(&hash))) {
                continue;
            }
            let name = hash.algorithm.spdx_name();
            if !self.entries.insert((id, kind_of_sum(&hash))) {
                disagreements.push(format!("{label} has different checksums by {name}"));
            }
            known.hashes.push(hash);
        }
        self.add(id, &mut known.identifiers, other.identifiers);
        self.add(id, &mut known.licences, other.licences);
        self.add(id, &mut known.references, other.references);
        // What one document needs is needed. Silence is the standard's "required".
        known.need = match (known.need, other.need) {
            (Some(one), Some(two)) => Some(more_needed(one, two)),
            (Some(Need::Required), None) | (None, Some(Need::Required)) => Some(Need::Required),
            (None, _) | (_, None) => None,
        };
        if let Some(other) = other.more.take() {
            disagreements.extend(self.details(id, known.details_mut(), *other, &label));
        }
        if !is_both && let Some(details) = &mut known.more {
            details.properties.retain(|one| !FOR_DEVELOPMENT.contains(&&*one.name));
        }
        disagreements.retain(|what| self.told.insert((id, what.clone())));
        disagreements
    }

    /// Notes what a component has, before anything is added to it.
    fn know(&mut self, id: ComponentId, known: &Component<'_>) {
        if !self.known.insert(id) {
            return;
        }
        for hash in &known.hashes {
            self.entries.insert((id, sum(hash)));
            self.entries.insert((id, kind_of_sum(hash)));
        }
        self.note(id, &known.identifiers);
        self.note(id, &known.licences);
        self.note(id, &known.references);
        let details = known.details();
        self.note(id, &details.properties);
        self.note(id, &details.authors);
        self.note(id, &details.occurrences);
        self.note(id, &details.attributions);
        self.note(id, &details.file_types);
    }

    fn note<T: Debug>(&mut self, id: ComponentId, list: &[T]) {
        for one in list {
            self.entries.insert((id, entry(one)));
        }
    }

    fn add<T: Debug>(&mut self, id: ComponentId, known: &mut Vec<T>, others: Vec<T>) {
        known.extend(others.into_iter().filter(|one| self.entries.insert((id, entry(one)))));
    }

    fn details<'t>(
        &mut self,
        id: ComponentId,
        details: &mut Details<'t>,
        other: Details<'t>,
        label: &str,
    ) -> Option<String> {
        let disagreement = match (&details.supplier, &other.supplier) {
            (Some(one), Some(two)) if one.name != two.name => {
                Some(format!("{label} has the suppliers {} and {}", one.name, two.name))
            }
            _ => None,
        };
        self.add(id, &mut details.properties, other.properties);
        self.add(id, &mut details.authors, other.authors);
        self.add(id, &mut details.occurrences, other.occurrences);
        self.add(id, &mut details.attributions, other.attributions);
        self.add(id, &mut details.file_types, other.file_types);
        macro_rules! first {
            ($($field:ident),*) => {
                $(if details.$field.is_none() { details.$field = other.$field; })*
            };
        }
        first!(
            kind_as_written,
            supplier,
            manufacturer,
            originator,
            publisher,
            copyright,
            summary,
            description,
            comment,
            media_type,
            file_name,
            files_analyzed,
            verification_code,
            source_info,
            released,
            built,
            valid_until,
            is_external,
            version_range,
            is_modified,
            model_card
        );
        disagreement
    }
}

pub(super) fn entry<T: Debug>(one: &T) -> String {
    format!("{}{one:?}", std::any::type_name::<T>())
}

fn sum(hash: &Hash<'_>) -> String {
    format!("{} {}", hash.algorithm.spdx_name(), hash.value.to_ascii_lowercase())
}

fn kind_of_sum(hash: &Hash<'_>) -> String {
    hash.algorithm.spdx_name().to_owned()
}

fn more_needed(one: Need, two: Need) -> Need {
    let needs = [Need::Required, Need::Optional, Need::Excluded];
    needs.into_iter().find(|need| [one, two].contains(need)).unwrap_or(Need::Required)
}
