//! Authenticator data: what the authenticator says of itself, of the user and of a new credential.
//!
//! Standard: sections 6.1 (layout, flags) and 6.5.1 (attested credential data). Every part has the
//! length that the parts before it say, and nothing stands after the last. Reserved flags are not
//! looked at.

use aws_lc_rs::digest::{SHA256, digest};

use crate::cbor::Cbor;
use crate::{Aaguid, Backup, CborError, PublicKey, Refused, RpId};

/// What an authenticator wrote.
pub(crate) struct AuthenticatorData<'a> {
    rp_id_hash: [u8; 32],
    flags: u8,
    /// The counter of signatures.
    pub(crate) sign_count: u32,
    /// A new credential: with flag AT.
    pub(crate) credential: Option<NewCredential<'a>>,
}

/// Attested credential data.
pub(crate) struct NewCredential<'a> {
    pub(crate) aaguid: Aaguid,
    pub(crate) id: &'a [u8],
    pub(crate) public_key: PublicKey,
}

impl<'a> AuthenticatorData<'a> {
    /// The data in these bytes.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, Refused> {
        let (rp_id_hash, rest) = head::<32>(bytes)?;
        let ([flags], rest) = head::<1>(rest)?;
        let (count, mut rest) = head::<4>(rest)?;
        let mut credential = None;
        if flags & ATTESTED != 0 {
            let (new, after) = NewCredential::read(rest)?;
            (credential, rest) = (Some(new), after);
        }
        if flags & EXTENDED != 0 {
            rest = skip_extensions(rest)?;
        }
        if !rest.is_empty() {
            return Err(Refused::AuthenticatorData);
        }
        Ok(Self { rp_id_hash, flags, sign_count: u32::from_be_bytes(count), credential })
    }

    /// Steps that both ceremonies have in common: domain, presence, verification, backup.
    pub(crate) fn check(&self, id: &RpId) -> Result<Backup, Refused> {
        if digest(&SHA256, id.as_str().as_bytes()).as_ref() != self.rp_id_hash {
            return Err(Refused::RpId);
        }
        if self.flags & PRESENT == 0 {
            return Err(Refused::UserPresence);
        }
        if self.flags & VERIFIED == 0 {
            return Err(Refused::UserVerification);
        }
        Backup::of_flags(self.flags & ELIGIBLE != 0, self.flags & BACKED_UP != 0)
            .ok_or(Refused::BackupState)
    }
}

impl<'a> NewCredential<'a> {
    fn read(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), Refused> {
        let (aaguid, rest) = head::<16>(bytes)?;
        let (length, rest) = head::<2>(rest)?;
        let length = usize::from(u16::from_be_bytes(length));
        let (id, rest) = rest.split_at_checked(length).ok_or(Refused::AuthenticatorData)?;
        let (public_key, rest) = PublicKey::read_first(rest)?;
        Ok((Self { aaguid: Aaguid(aaguid), id, public_key }, rest))
    }
}

/// Reads over the outputs of extensions, which must be a map with names as keys.
fn skip_extensions(bytes: &[u8]) -> Result<&[u8], Refused> {
    let (item, rest) = Cbor::read_first(bytes).map_err(Refused::Extensions)?;
    let Cbor::Map(pairs) = item else { return Err(Refused::Extensions(CborError::Kind)) };
    if pairs.iter().any(|(key, _)| key.text().is_none()) {
        return Err(Refused::Extensions(CborError::Key));
    }
    Ok(rest)
}

fn head<const N: usize>(bytes: &[u8]) -> Result<([u8; N], &[u8]), Refused> {
    let (head, rest) = bytes.split_first_chunk().ok_or(Refused::AuthenticatorData)?;
    Ok((*head, rest))
}

/// Flag UP: the user was there.
pub(crate) const PRESENT: u8 = 1;
/// Flag UV: the user was verified.
pub(crate) const VERIFIED: u8 = 1 << 2;
/// Flag BE: the credential can be backed up.
pub(crate) const ELIGIBLE: u8 = 1 << 3;
/// Flag BS: the credential is backed up.
pub(crate) const BACKED_UP: u8 = 1 << 4;
/// Flag AT: attested credential data follow.
pub(crate) const ATTESTED: u8 = 1 << 6;
/// Flag ED: outputs of extensions follow.
pub(crate) const EXTENDED: u8 = 1 << 7;
