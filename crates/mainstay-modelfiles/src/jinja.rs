//! TODO

use crate::examination::Examination;
use crate::part::Part;

/// Looks at a template that lies in `part` at `offset`.
pub(crate) fn look_at(
    _template: &str,
    _part: &Part<'_>,
    _offset: u64,
    _examination: &mut Examination<'_>,
) {
}
