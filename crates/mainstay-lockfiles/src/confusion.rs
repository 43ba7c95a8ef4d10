//! The doors that dependency confusion uses, as far as one file shows them.
//!
//! Whoever registers a private name at a public index, or gets another address into a lockfile,
//! needs an open door: a second index that is asked for every name (as in the theft of
//! `torchtriton`, December 2022), a package locked from a place where the others are not, a file
//! or checksum that is not of the package it stands for.
//!
//! A false alarm costs more trust than a missed oddity is worth, so these are no doors: a whole
//! file from one private mirror; a scoped npm name from another registry (a scope is bound to
//! its registry); an index that only the packages naming it use; a direct dependency by address,
//! which somebody wrote on purpose.

use mainstay_reading::{Inventory, Place};
use mainstay_types::Ecosystem;

mod artifacts;
mod checksums;
mod code;
mod indexes;
mod places;
mod public_hosts;

pub use code::DoorCode;
pub use public_hosts::is_public;

/// One open door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// Which kind.
    pub code: DoorCode,
    /// What was found, as a sentence without a full stop. Addresses in it show no secrets.
    pub message: String,
    /// The package it concerns: a position in [`Inventory::packages`].
    pub entry: Option<u32>,
    /// Where.
    pub place: Place,
}

/// The doors of one file, in the order of their kinds.
pub fn doors(inventory: &Inventory, ecosystem: Ecosystem) -> Vec<Door> {
    let mut doors = indexes::doors(inventory, ecosystem);
    doors.extend(places::doors(inventory, ecosystem));
    doors.extend(artifacts::doors(inventory, ecosystem));
    doors.extend(checksums::doors(inventory, ecosystem));
    doors.extend(inventory.irregularities.iter().map(|irregularity| Door {
        code: DoorCode::Irregularity,
        message: irregularity.message.clone(),
        entry: irregularity.entry,
        place: irregularity.place.clone(),
    }));
    doors
}

#[cfg(test)]
mod tests;
