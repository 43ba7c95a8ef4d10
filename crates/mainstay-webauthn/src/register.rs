//! A new passkey: section 7.1, "Registering a New Credential".

use aws_lc_rs::digest::{SHA256, digest};

use crate::attestation::AttestationObject;
use crate::authenticator_data::AuthenticatorData;
use crate::client_data;
use crate::{Ceremony, Challenge, CredentialId, Passkey, Refused, Registration, RelyingParty};

/// Checks a registration: steps 5 to 25. What is left to the caller is step 26 (the credential id
/// is not registered yet, for any user) and keeping the passkey.
///
/// # Errors
/// [`Refused`]: what cannot be read, else the first check that fails.
pub fn register(
    party: &RelyingParty,
    challenge: &Challenge,
    registration: &Registration,
) -> Result<Passkey, Refused> {
    client_data::check(&registration.client_data, Ceremony::Registration, party, challenge)?;
    let hash = digest(&SHA256, &registration.client_data);
    let object = AttestationObject::read(&registration.attestation_object)?;
    let data = AuthenticatorData::read(object.authenticator_data)?;
    let backup = data.check(party.id())?;
    let new = data.credential.ok_or(Refused::NoCredential)?;
    let attestation = object.verify(&new.public_key, hash.as_ref())?;
    let id =
        CredentialId::from_bytes(new.id).map_err(|_| Refused::CredentialIdLength(new.id.len()))?;
    if id != registration.id {
        return Err(Refused::CredentialIdMismatch);
    }
    Ok(Passkey {
        id,
        public_key: new.public_key,
        sign_count: data.sign_count,
        aaguid: new.aaguid,
        transports: registration.transports.clone(),
        backup,
        attestation,
    })
}
