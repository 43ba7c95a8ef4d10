//! How much of a document is kept when it is read.
//!
//! A supplier, a home page, a summary of every package can be most of a document, and who only
//! looks packages up asks for none of them.

use super::component::{Component, Details};
use super::licence::LicenceText;

/// How much of a document is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// All that the model holds.
    Everything,
    /// What an [`inventory`](crate::inventory()) is made of.
    Packages,
}

impl Keep {
    /// Takes from a component what is not kept.
    pub(crate) fn reduce(self, component: &mut Component<'_>) {
        if self == Self::Everything {
            return;
        }
        component.references.retain(|one| one.leads_to_a_bom() || one.is_download());
        // That nobody says is the same as no word.
        component.licences.retain(|licence| licence.text != LicenceText::NoAssertion);
        let Some(details) = component.more.take() else { return };
        let Details { properties, version_range, .. } = *details;
        if !properties.is_empty() || version_range.is_some() {
            let kept = Details { version_range, properties, ..Details::default() };
            component.more = Some(Box::new(kept));
        }
    }
}
