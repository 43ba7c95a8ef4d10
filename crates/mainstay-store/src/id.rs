//! Names for things, made without asking anybody.
//!
//! Standard: the ULID specification. 48 bits of time and 80 random ones, as 26 letters of
//! Crockford's alphabet, after a prefix that says what sort of thing it is. They sort by time,
//! and nobody can guess one.

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use jiff::Timestamp;

use crate::StoreError;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LETTERS: u32 = 26;

/// A new id: `sbom_01K…`.
///
/// # Errors
/// When the system gives no random numbers.
pub fn new_id(prefix: &str, now: Timestamp) -> Result<String, StoreError> {
    let mut random = [0; 16];
    SystemRandom::new()
        .fill(&mut random)
        .map_err(|_| StoreError::Unavailable("the system gives no random numbers".to_owned()))?;
    let time = u128::try_from(now.as_millisecond()).unwrap_or(0) & 0xffff_ffff_ffff;
    let number = (time << 80) | (u128::from_be_bytes(random) >> 48);
    let mut id = format!("{prefix}_");
    for letter in (0..LETTERS).rev() {
        let five = usize::try_from((number >> (letter * 5)) & 31).unwrap_or(0);
        id.push(ALPHABET.get(five).map_or('0', |byte| char::from(*byte)));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn ids_sort_by_time_and_do_not_repeat() {
        let one = new_id("x", at(1_800_000_000)).unwrap();
        let two = new_id("x", at(1_800_000_000)).unwrap();
        let later = new_id("x", at(1_800_000_001)).unwrap();
        assert_ne!(one, two);
        assert!(later > one && later > two);
        assert_eq!(one.len(), 2 + 26);
    }

    #[test]
    fn the_time_is_where_the_specification_has_it() {
        // 1469922850259 ms is 01ARZ3NDEK in the specification's own example.
        let moment = Timestamp::from_millisecond(1_469_922_850_259).unwrap();
        assert!(new_id("x", moment).unwrap().starts_with("x_01ARZ3NDEK"));
    }
}
