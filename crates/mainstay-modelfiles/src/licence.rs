//! TODO

use crate::examination::Examination;

/// Notes a licence that a header, a card or metadata state, as it is written there.
pub(crate) fn stated(text: &str, examination: &mut Examination<'_>) {
    examination.describe(|description| description.licence(text));
}
