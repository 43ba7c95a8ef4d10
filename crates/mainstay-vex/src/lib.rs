//! VEX: statements on who is affected by which flaw.
//!
//! Standards: `OpenVEX` 0.2.0 and its drafts, CSAF 2.0 and 2.1 (OASIS), CycloneDX 1.4 to 1.7
//! (ECMA-424), SPDX 3.0 (profile Security). All say the same: who says what about which flaw in which product. Here that
//! is one [`Statement`], whatever it was written in.
//!
//! | to find | look in |
//! | --- | --- |
//! | what a statement is | `statement`, `justification`, `product` |
//! | whether it means a package | `product` ([`PackagePattern::matches`]) |
//! | which of several counts | `precedence` ([`sort_by_precedence`]) |
//! | the readers | `openvex`, `csaf`, `cyclonedx` (and SPDX 3); [`sniff`] and [`read`] in `document` |
//! | the writers | `write`, `write/openvex`, `write/csaf`, `write/cyclonedx` |
//! | the file in which statements are kept | `ledger` |
//! | evidence and expiry, for which the standards have no field | `notes` |
//!
//! What says nothing (a status that is none, "not affected" without a reason) is not dropped: it
//! is a [`Remark`] of its document.

mod csaf;
mod cyclonedx;
mod document;
mod justification;
mod ledger;
mod notes;
mod openvex;
mod precedence;
mod product;
mod statement;
mod write;

pub use cyclonedx::of_sbom;
pub use document::{Document, Remark, Sniffed, read, sniff};
pub use justification::Justification;
pub use ledger::{LedgerError, NewStatement, add};
pub use precedence::{Trust, sort_by_precedence};
pub use product::{PackagePattern, Product, Subject, Whole, base, read_purl};
pub use statement::{Claim, Flaw, Reason, SaidBy, Statement, VexFormat, is_cve};
pub use write::{Publication, WriteError, write};
