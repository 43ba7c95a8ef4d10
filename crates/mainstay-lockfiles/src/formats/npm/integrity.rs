//! Checksums of JavaScript packages: Subresource Integrity, several divided by white space
//! (W3C SRI section 3.5), and the SHA-1 that yarn 1 hangs on an address after `#`.

use mainstay_reading::{Inventory, Irregularity, Place};
use mainstay_types::{Digest, DigestAlgorithm, DigestError, PackageName};

/// Reads the `integrity` of an npm package: Subresource Integrity, several divided by white space.
///
/// # Errors
/// One of them cannot be read.
pub fn digests(integrity: &str) -> Result<Vec<Digest>, DigestError> {
    // Nearly always there is one.
    if integrity.is_empty() || has_white_space(integrity) {
        return integrity.split_ascii_whitespace().map(Digest::from_sri).collect();
    }
    Ok(vec![Digest::from_sri(integrity)?])
}

/// All of it is looked at, without a way out halfway, so that many bytes are looked at in one
/// step.
fn has_white_space(text: &str) -> bool {
    text.bytes().fold(false, |any, byte| any | byte.is_ascii_whitespace())
}

/// The checksums of an entry that comes next in the inventory. What cannot be read becomes an
/// irregularity of it.
pub(in crate::formats) fn or_irregular(
    read: Result<Vec<Digest>, DigestError>,
    name: &PackageName,
    place: &Place,
    inventory: &mut Inventory,
) -> Vec<Digest> {
    read.unwrap_or_else(|error| {
        inventory.irregularities.push(Irregularity {
            entry: u32::try_from(inventory.packages.len()).ok(),
            place: place.clone(),
            message: format!("the integrity of {name} cannot be read: {error}"),
        });
        Vec::new()
    })
}

/// The SHA-1 after the `#` of an address, if there is one.
pub(in crate::formats) fn in_fragment(address: &str) -> Option<Digest> {
    let (_, fragment) = address.rsplit_once('#')?;
    Digest::from_hex(DigestAlgorithm::Sha1, fragment).ok()
}
