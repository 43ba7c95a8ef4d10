//! Challenges: 32 random bytes that an answer must repeat, so that no old answer counts.
//!
//! Standard: section 13.4.3, "Cryptographic Challenges", asks for at least 16 bytes.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::ValueError;

/// What one ceremony asks its answer to repeat. Debug output does not show it.
#[derive(Clone)]
pub struct Challenge([u8; 32]);

impl Challenge {
    /// A new one.
    ///
    /// # Errors
    /// [`ValueError::Randomness`].
    pub fn random() -> Result<Self, ValueError> {
        let mut bytes = [0; 32];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| ValueError::Randomness)?;
        Ok(Self(bytes))
    }

    /// One that was kept as bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be kept on the server.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Base64url without padding, 43 characters, as it stands in options and client data.
    pub fn to_base64url(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Whether the text is this challenge. The time that it takes does not depend on where the
    /// two differ.
    pub(crate) fn is(&self, text: &str) -> bool {
        verify_slices_are_equal(self.to_base64url().as_bytes(), text.as_bytes()).is_ok()
    }
}

impl PartialEq for Challenge {
    fn eq(&self, other: &Self) -> bool {
        verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

impl Eq for Challenge {}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Challenge(..)")
    }
}
