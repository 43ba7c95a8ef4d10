//! The words that every room of Mainstay shares: what a package is called, where it lives,
//! how bad something is. Values only; nothing here reads a file, a clock or a socket.
//!
//! | word | type | standard |
//! | --- | --- | --- |
//! | ecosystem | [`Ecosystem`] | OSV schema, "Defined ecosystems" |
//! | package name | [`PackageName`] | each ecosystem's own rule (PEP 503, npm scopes, ...) |
//! | package URL | [`Purl`] | purl specification and its type definitions |
//! | release of a distribution | [`Release`] | OSV schema, os-release(5), purl's `distro` |
//! | package of a distribution | [`Distributed`] | each distribution's source and binary names |
//! | digest | [`Digest`] | hex, Subresource Integrity, `go.sum` |
//! | severity and score | [`Severity`], [`Score`] | CVSS rating scale |
//! | id of a flaw | [`FlawName`] | each database's own ids; case does not matter |
//! | kind of a finding | [`FindingKind`] | OSV ids, `RustSec` informational records |
//! | licence | [`Licence`] | SPDX licence expressions, SPDX License List |
//! | why it is there | [`Scope`] | each ecosystem's own dependency groups |
//! | sector | [`SectorId`], [`SectorScheme`] | PPD-21 and NSM-22, NIS 2 Directive |
//! | how far it may be told | [`Tlp`] | Traffic Light Protocol 2.0 (FIRST) |
//! | text in an address | [`percent_encoded`] | RFC 3986 |
//! | address without secrets | [`SourceUrl`] | RFC 3986 userinfo |
//! | address that people may follow | [`WebAddress`] | RFC 3986 |
//!
//! Text from outside becomes one of these types at the border, by a `parse` function that can
//! refuse; inside the house only the types travel.

mod digest;
mod distributed;
mod ecosystem;
mod finding_kind;
mod flaw_name;
mod licence;
mod package_name;
mod percent;
mod purl;
mod release;
mod scope;
mod sectors;
mod severity;
mod source_url;
mod tlp;
mod web_address;

pub use digest::{Digest, DigestAlgorithm, DigestError};
pub use distributed::{BuiltFrom, Distributed, DistributedPurl, RecordNames, SourcePackage};
pub use ecosystem::{Ecosystem, OsvEcosystem, Packaging};
pub use finding_kind::FindingKind;
pub use flaw_name::{FlawName, FlawNameError};
pub use licence::{
    Licence, LicenceError, LicenceMeaning, LicenceNode, LicenceTerm, Licences, listed_licences,
};
pub use package_name::{NameError, PackageName};
pub use percent::percent_encoded;
pub use purl::{Purl, PurlComponent, PurlError};
pub use release::Release;
pub use scope::Scope;
pub use sectors::{Sector, SectorError, SectorId, SectorIdError, SectorScheme};
pub use severity::{Score, Severity};
pub use source_url::SourceUrl;
pub use tlp::{Tlp, TlpError};
pub use web_address::WebAddress;
