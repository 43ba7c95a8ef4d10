//! The starter set: facts on landmark flaws and malicious releases, for a machine that has no
//! data yet. It speaks only for an ecosystem without imported records.

use mainstay_matching::{LookUp, Subject};
use mainstay_types::{Ecosystem, PackageName};

#[expect(dead_code, reason = "the set that uses it follows")]
/// Whether the set has any fact on this ecosystem.
pub(crate) fn speaks_for(_ecosystem: Ecosystem) -> bool {
    false
}

/// What the set says about a package.
pub(crate) fn look_up(_name: &PackageName, _subject: Subject<'_>) -> LookUp<'static> {
    LookUp::default()
}
