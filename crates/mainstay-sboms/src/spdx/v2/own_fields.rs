//! Fields that only SPDX 2 has. The model keeps them as properties by the standard's names; written
//! as SPDX 2 they are fields again.
//!
//! Standard: SPDX specification 2.3, clauses 7.9, 7.16, 8.7, 8.10, 8.11.

use crate::spdx::held::Place;
use crate::{Component, Property, Text};

pub(super) const LICENCE_COMMENTS: &str = "spdx:licenseComments";
pub(super) const EXCLUDED_FILE: &str = "spdx:packageVerificationCodeExcludedFiles";
pub(super) const NOTICE: &str = "spdx:noticeText";
pub(super) const CONTRIBUTOR: &str = "spdx:fileContributors";

/// Keeps a field.
pub(super) fn keep<'t>(component: &mut Component<'t>, name: &'static str, value: Text<'t>) {
    let name = Text::Borrowed(name);
    component.details_mut().properties.push(Property { name, value });
}

/// Whether a property is written as a field.
pub(super) fn holds(place: Place, component: &Component<'_>, name: &str) -> bool {
    match name {
        LICENCE_COMMENTS => true,
        EXCLUDED_FILE => place == Place::Package2 && place.holds_code(component.details()),
        NOTICE | CONTRIBUTOR => place == Place::File2,
        _ => false,
    }
}

/// The values of a field.
pub(super) fn all(component: &Component<'_>, name: &str) -> Vec<String> {
    let properties = component.details().properties.iter();
    properties.filter(|one| one.name == name).map(|one| one.value.to_string()).collect()
}

/// The one value of a field; of several, all in one text.
pub(super) fn one(component: &Component<'_>, name: &str) -> Option<String> {
    let all = all(component, name);
    (!all.is_empty()).then(|| all.join("\n"))
}
