//! The version that a document says it is of. Those of SPDX 2 that are read are 2.2 and 2.3.

use mainstay_reading::{ReadError, ReadErrorKind};

use crate::Spec;

/// The version that a document says it is of.
pub(super) fn version(written: Option<&str>) -> Result<Spec, ReadError> {
    match written.map(str::trim) {
        Some("SPDX-2.2") => Ok(Spec::Spdx2_2),
        Some("SPDX-2.3") => Ok(Spec::Spdx2_3),
        Some(other) => Err(ReadError::new(
            ReadErrorKind::UnknownVersion,
            format!(
                "the document is of version {}; versions 2.2, 2.3 and 3.0 are read",
                beginning(other)
            ),
        )),
        None => Err(ReadError::new(
            ReadErrorKind::Shape,
            "the document names no version of SPDX (spdxVersion)",
        )),
    }
}

/// The beginning of a document's own word, which may be as long as the document.
pub(crate) fn beginning(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or("").escape_default()),
        None => text.escape_default().to_string(),
    }
}
