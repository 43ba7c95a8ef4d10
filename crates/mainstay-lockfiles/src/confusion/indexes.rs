//! Indexes that are asked beside another for every name.

use std::collections::HashSet;

use mainstay_reading::{IndexRole, Inventory};
use mainstay_types::{Ecosystem, SourceUrl};

use super::{Door, DoorCode, public_hosts::is_public};

pub(super) fn doors(inventory: &Inventory, ecosystem: Ecosystem) -> Vec<Door> {
    let indexes = &inventory.indexes;
    let first = indexes.iter().find(|index| index.role == IndexRole::Replaces);
    // What is asked already. Without a replacement that is the public index.
    let mut asked: HashSet<String> = first.iter().map(|index| bare(&index.url)).collect();
    let mut public_asked = first.is_none_or(|index| is_public(ecosystem, &index.url));
    let mut doors = Vec::new();
    for index in indexes.iter().filter(|index| index.role == IndexRole::Beside) {
        let public = is_public(ecosystem, &index.url);
        let new = asked.insert(bare(&index.url));
        if !new || public && public_asked {
            continue;
        }
        public_asked |= public;
        let base = match first {
            Some(first) => first.url.to_string(),
            None => "the public index".to_owned(),
        };
        doors.push(Door {
            code: DoorCode::SecondIndex,
            message: format!(
                "{} is asked beside {base} for every package: whoever registers a name at the \
                 one can stand in for the other's package",
                index.url
            ),
            entry: None,
            place: index.place.clone(),
        });
    }
    doors
}

/// An address without scheme and last slash, to tell one index from another.
fn bare(url: &SourceUrl) -> String {
    format!("{}{}", url.host().unwrap_or_default(), url.path().trim_end_matches('/'))
}
