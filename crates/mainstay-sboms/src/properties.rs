//! Names of the properties with which Mainstay writes what no standard has a field for, and which it
//! reads back. `docs/user/sboms.md` lists them.
//!
//! CycloneDX has properties; in SPDX, which has none, each is an annotation: see `remark`. What a
//! document says with them of itself is the matter of `document`, what its components say that of
//! `component`; facts of several parts are small objects, see `json`.

pub(crate) mod component;
pub(crate) mod document;
mod json;
pub(crate) mod remark;

use crate::Sbom;

/// Where a package comes from, if not from a registry: `git`, `path` or `url`.
pub const ORIGIN: &str = "mainstay:origin";
/// The address of that.
pub const ORIGIN_URL: &str = "mainstay:origin:url";
/// The commit of that.
pub const ORIGIN_COMMIT: &str = "mainstay:origin:commit";
/// Why a package is there: `runtime`, `optional`, `build` or `dev`.
pub const SCOPE: &str = "mainstay:scope";
/// The versions that are asked for, where none is locked.
pub const ASKED: &str = "mainstay:asked";
/// Something that is not known, of the document: a sentence.
pub const GAP: &str = "mainstay:gap";
/// A part of the source document that has no place in the model, of the document: its path.
pub const LEFT_OUT: &str = "mainstay:left-out";
/// How complete the document says to be as a whole, in CycloneDX's words.
pub const COMPLETENESS: &str = "mainstay:completeness";
/// How complete a component's parts are said to be.
pub const COMPLETE_PARTS: &str = "mainstay:completeness:parts";
/// How complete a component's dependencies are said to be.
pub const COMPLETE_NEEDS: &str = "mainstay:completeness:needs";

/// What a statement on a vulnerability has beyond the fields of CycloneDX: a justification that it
/// has no word for.
pub const VEX_JUSTIFICATION: &str = "mainstay:vex:justification";
/// The last day on which it holds.
pub const VEX_EXPIRES: &str = "mainstay:vex:expires";
/// A piece of evidence that is no address.
pub const VEX_EVIDENCE: &str = "mainstay:vex:evidence";
/// What else its author wrote.
pub const VEX_NOTES: &str = "mainstay:vex:notes";
/// Who says it, where that is not who made the document.
pub const VEX_AUTHOR: &str = "mainstay:vex:author";
/// When it was taken back.
pub const VEX_WITHDRAWN: &str = "mainstay:vex:withdrawn";
/// What the document says and this standard cannot: the statement is not made.
pub const VEX_UNSAID: &str = "mainstay:vex:unsaid";

/// Takes back into the model what Mainstay itself once wrote as properties.
pub(crate) fn read_back(sbom: &mut Sbom<'_>) {
    component::take(sbom);
    document::take(sbom);
}
