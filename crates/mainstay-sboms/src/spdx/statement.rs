//! What a written document says about its own limits.
//!
//! Unknown is never clean: whatever the source of a document left open, whatever it claims about its
//! completeness, and whatever has no place in the format, is said in the document, as remarks that
//! are read back (`properties::remark`).

use std::collections::HashMap;

use crate::cyclonedx::words::aggregate_word;
use crate::inventory::is_need;
use crate::properties::{COMPLETE_NEEDS, COMPLETE_PARTS, document, remark};
use crate::{ComponentId, Extent, Sbom};

/// What the document says of itself: its limits, and claims about the whole.
pub(crate) fn of(sbom: &Sbom<'_>) -> Vec<String> {
    let whole = document::claims_of_all(sbom).map(|(name, value)| remark::of(name, &value));
    let limits = document::limits(sbom).into_iter();
    whole.chain(limits.map(|(name, value)| remark::of(name, &value))).collect()
}

/// Claims about single components.
pub(crate) struct Claims {
    /// Components that are claimed to need nothing, as no need is listed and all are.
    pub(crate) needing_nothing: Vec<ComponentId>,
    /// Components of which it is claimed that not all needs are listed, or that nobody knows.
    pub(crate) needing_more: Vec<ComponentId>,
    /// Components of which it is claimed that not all parts are listed, or that nobody knows.
    pub(crate) holding_more: Vec<ComponentId>,
    /// What a relationship cannot say of a component, as remarks.
    pub(crate) remarks: HashMap<ComponentId, Vec<String>>,
}

impl Claims {
    /// The claims of a model.
    pub(crate) fn of(sbom: &Sbom<'_>) -> Self {
        let mut claims = Self {
            needing_nothing: Vec::new(),
            needing_more: Vec::new(),
            holding_more: Vec::new(),
            remarks: HashMap::new(),
        };
        let has_needs = sbom.begin(|one| is_need(&one.kind));
        for claim in &sbom.completeness {
            let (word, extent) = (aggregate_word(claim.aggregate), claim.aggregate.extent());
            for id in &claim.dependencies {
                let has_needs = has_needs.get(id.position()).copied().unwrap_or(false);
                let is_said = match extent {
                    Extent::Whole if !has_needs => {
                        claims.needing_nothing.push(*id);
                        true
                    }
                    Extent::Whole | Extent::Unstated => false,
                    Extent::Part | Extent::Unknown => {
                        claims.needing_more.push(*id);
                        extent == Extent::Unknown
                    }
                };
                if !is_said {
                    claims.remark(*id, COMPLETE_NEEDS, word);
                }
            }
            for id in &claim.assemblies {
                if matches!(extent, Extent::Part | Extent::Unknown) {
                    claims.holding_more.push(*id);
                }
                if extent != Extent::Unknown {
                    claims.remark(*id, COMPLETE_PARTS, word);
                }
            }
        }
        for list in
            [&mut claims.needing_nothing, &mut claims.needing_more, &mut claims.holding_more]
        {
            list.sort_unstable();
            list.dedup();
        }
        claims
    }

    fn remark(&mut self, id: ComponentId, name: &str, word: &str) {
        let remarks = self.remarks.entry(id).or_default();
        let text = remark::of(name, word);
        if !remarks.contains(&text) {
            remarks.push(text);
        }
    }
}
