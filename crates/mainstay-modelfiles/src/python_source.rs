//! TODO

use crate::examination::Examination;
use crate::part::Part;

/// Looks at Python source that runs when a model is loaded or used; `when` completes "this code
/// runs ..." ("when the model is loaded with trust_remote_code").
pub(crate) fn look_at(
    _source: &str,
    _part: &Part<'_>,
    _when: &str,
    _examination: &mut Examination<'_>,
) {
}
