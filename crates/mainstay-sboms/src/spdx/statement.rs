//! What a written document says about its own limits.
//!
//! Unknown is never clean: whatever the source of a document left open, and whatever has no place
//! in the format, is said in the document.

use crate::{Aggregate, Sbom};

/// What is not known, one sentence each, without a full stop.
pub(crate) fn of(sbom: &Sbom<'_>) -> Vec<String> {
    let gaps = sbom.gaps.iter().map(|gap| match (&gap.place.file, gap.place.line) {
        (Some(file), Some(line)) => format!("not known: {} ({file}:{line})", gap.reason),
        (Some(file), None) => format!("not known: {} ({file})", gap.reason),
        (None, Some(line)) => format!("not known: {} (line {line})", gap.reason),
        (None, None) => format!("not known: {}", gap.reason),
    });
    let left =
        sbom.left_out.iter().map(|left| format!("left out: {} ({} times)", left.what, left.times));
    let whole = sbom.completeness.iter().filter(|claim| claim.is_of_all).filter_map(|claim| {
        Some(match claim.aggregate {
            Aggregate::Complete => "the document claims to be complete".to_owned(),
            Aggregate::Unknown => "whether the document is complete is not known".to_owned(),
            Aggregate::NotSpecified => return None,
            Aggregate::Incomplete
            | Aggregate::IncompleteFirstPartyOnly
            | Aggregate::IncompleteFirstPartyProprietaryOnly
            | Aggregate::IncompleteFirstPartyOpensourceOnly
            | Aggregate::IncompleteThirdPartyOnly
            | Aggregate::IncompleteThirdPartyProprietaryOnly
            | Aggregate::IncompleteThirdPartyOpensourceOnly => {
                "the document is not complete".to_owned()
            }
        })
    });
    whole.chain(gaps).chain(left).collect()
}
