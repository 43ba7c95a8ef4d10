//! A software authenticator, for tests: it answers options as a browser with a passkey would,
//! and can be told to misbehave.
//!
//! Standard: sections 5.1.3 and 5.1.4 (what a browser checks before it answers), 5.8.1.1 (how it
//! writes client data), 6.3.2 and 6.3.3 (what an authenticator does). It is for the tests of this
//! room and of those above it. It asks nobody, and keeps its private keys in memory: no person
//! should sign in with it.

mod encode;
mod key;
mod misbehaviour;
mod wishes;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

pub use misbehaviour::Misbehaviour;

use crate::authenticator_data::{ATTESTED, BACKED_UP, ELIGIBLE, PRESENT, VERIFIED};
use crate::client_data::kind_of;
use crate::{Algorithm, Backup, Ceremony, CredentialId, RpId, UserHandle};
use encode::Item;
use key::PrivateKey;
use wishes::{CreationWish, RequestWish};

/// Why the authenticator does not answer: what `navigator.credentials` would reject with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticatorError {
    /// The options lack this member, or it is of a wrong kind.
    #[error("the options have no {0} that can be read")]
    Options(&'static str),
    /// `SecurityError`: the page is not of the relying party's domain.
    #[error("the page {origin} may not ask for passkeys of {party}")]
    Domain {
        /// The page.
        origin: String,
        /// The id of the relying party.
        party: String,
    },
    /// `NotSupportedError`: the options do not ask for this authenticator's algorithm.
    #[error("the options do not ask for the algorithm {0}")]
    Algorithm(i32),
    /// `InvalidStateError`: it has one of the excluded credentials.
    #[error("this authenticator has a passkey of this account already")]
    Excluded,
    /// `NotAllowedError`: it has none of the credentials that are asked for.
    #[error("this authenticator has no passkey that was asked for")]
    NoCredential,
    /// aws-lc failed.
    #[error("no key, random bytes or signature could be made")]
    Cryptography,
}

/// An authenticator and the browser before it. A clone has the same private keys, as two copies
/// of a stolen key would be, and counts on its own.
#[derive(Clone, Debug)]
pub struct SoftAuthenticator {
    algorithm: Algorithm,
    backup: Backup,
    counts: Counts,
    statement: Statement,
    credentials: Vec<Credential>,
    faults: Vec<Misbehaviour>,
}

/// Whether it counts its signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// It does.
    Signatures,
    /// Its counter is always 0.
    Nothing,
}

/// What it attests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statement {
    /// Nothing.
    None,
    /// Each key signs its own registration.
    SelfSigned,
}

#[derive(Clone, Debug)]
struct Credential {
    id: CredentialId,
    party: String,
    user: UserHandle,
    key: PrivateKey,
    count: u32,
}

impl SoftAuthenticator {
    /// An authenticator that makes keys for one algorithm, counts, attests nothing, and whose
    /// passkeys are bound to it.
    pub fn new(algorithm: Algorithm) -> Self {
        Self {
            algorithm,
            backup: Backup::Impossible,
            counts: Counts::Signatures,
            statement: Statement::None,
            credentials: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// The same, with this state of backup from now on.
    #[must_use]
    pub fn with_backup(mut self, backup: Backup) -> Self {
        self.backup = backup;
        self
    }

    /// The same, counting or not.
    #[must_use]
    pub fn with_counts(mut self, counts: Counts) -> Self {
        self.counts = counts;
        self
    }

    /// The same, attesting this.
    #[must_use]
    pub fn with_statement(mut self, statement: Statement) -> Self {
        self.statement = statement;
        self
    }

    /// Does this in the next answer, and only there. Several add up.
    pub fn misbehave(&mut self, fault: Misbehaviour) {
        self.faults.push(fault);
    }

    /// The credentials that it has, in the order in which they were made.
    pub fn credential_ids(&self) -> impl Iterator<Item = &CredentialId> {
        self.credentials.iter().map(|credential| &credential.id)
    }

    /// Answers [`creation_options`](crate::creation_options) on a page of `origin`, with what
    /// `PublicKeyCredential.toJSON` gives. A passkey of the same user is replaced.
    ///
    /// # Errors
    /// [`AuthenticatorError`].
    pub fn create(&mut self, options: &Value, origin: &str) -> Result<Value, AuthenticatorError> {
        let faults = std::mem::take(&mut self.faults);
        let wish = CreationWish::read(options)?;
        check_domain(origin, &wish.party)?;
        let number = self.algorithm.number();
        if !wish.algorithms.contains(&i64::from(number)) {
            return Err(AuthenticatorError::Algorithm(number));
        }
        if self.credential_ids().any(|id| wish.exclude.contains(id)) {
            return Err(AuthenticatorError::Excluded);
        }
        let credential = Credential {
            id: random_id()?,
            party: wish.party,
            user: wish.user,
            key: PrivateKey::generate(self.algorithm)?,
            count: 0,
        };
        let client_data =
            client_data(Ceremony::Registration, &wish.challenge, origin, &faults).into_bytes();
        let mut data = self.head(&credential, ATTESTED, &faults);
        data.extend([0; 16]);
        data.extend(
            u16::try_from(credential.id.as_bytes().len()).unwrap_or(u16::MAX).to_be_bytes(),
        );
        data.extend(credential.id.as_bytes());
        data.extend(credential.key.cose());
        let object = self.attestation_object(&credential.key, &data, &client_data, &faults)?;
        let answer = json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "attestationObject": URL_SAFE_NO_PAD.encode(object),
            "publicKeyAlgorithm": number,
            "transports": ["internal"],
        });
        let answer = credential_json(&credential.id, &answer);
        self.credentials
            .retain(|old| (&old.party, &old.user) != (&credential.party, &credential.user));
        self.credentials.push(credential);
        Ok(answer)
    }

    /// Answers [`request_options`](crate::request_options) on a page of `origin`: with the newest
    /// of its passkeys that is allowed.
    ///
    /// # Errors
    /// [`AuthenticatorError`].
    pub fn get(&mut self, options: &Value, origin: &str) -> Result<Value, AuthenticatorError> {
        let faults = std::mem::take(&mut self.faults);
        let wish = RequestWish::read(options)?;
        check_domain(origin, &wish.party)?;
        let at = self
            .credentials
            .iter()
            .rposition(|has| has.party == wish.party && wish.allows(&has.id))
            .ok_or(AuthenticatorError::NoCredential)?;
        let counts = self.counts == Counts::Signatures;
        let held = self.credentials.get_mut(at).ok_or(AuthenticatorError::NoCredential)?;
        if counts && !faults.contains(&Misbehaviour::CounterStalls) {
            held.count = held.count.saturating_add(1);
        }
        let credential = held.clone();
        let client_data =
            client_data(Ceremony::Authentication, &wish.challenge, origin, &faults).into_bytes();
        let data = self.head(&credential, 0, &faults);
        let signature = sign(&credential.key, &data, &client_data, &faults)?;
        let mut answer = json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "signature": URL_SAFE_NO_PAD.encode(signature),
        });
        if let (Some(handle), Some(members)) =
            (handle(&credential, &faults), answer.as_object_mut())
        {
            let handle = URL_SAFE_NO_PAD.encode(handle.as_bytes());
            members.insert("userHandle".to_owned(), Value::String(handle));
        }
        Ok(credential_json(&credential.id, &answer))
    }

    fn attestation_object(
        &self,
        key: &PrivateKey,
        data: &[u8],
        client_data: &[u8],
        faults: &[Misbehaviour],
    ) -> Result<Vec<u8>, AuthenticatorError> {
        let (format, statement) = match self.statement {
            Statement::None => ("none", Item::Map(Vec::new())),
            Statement::SelfSigned => {
                let signature = sign(key, data, client_data, faults)?;
                let members = vec![
                    (Item::text("alg"), Item::Integer(i64::from(self.algorithm.number()))),
                    (Item::text("sig"), Item::Bytes(signature)),
                ];
                ("packed", Item::Map(members))
            }
        };
        let object = Item::Map(vec![
            (Item::text("fmt"), Item::text(format)),
            (Item::text("attStmt"), statement),
            (Item::text("authData"), Item::Bytes(data.to_vec())),
        ]);
        Ok(object.encoded())
    }

    /// Domain, flags and counter: the first 37 bytes of authenticator data.
    fn head(&self, credential: &Credential, more: u8, faults: &[Misbehaviour]) -> Vec<u8> {
        let mut flags = PRESENT | VERIFIED | more;
        if self.backup.is_eligible() {
            flags |= ELIGIBLE;
        }
        if self.backup.is_backed_up() {
            flags |= BACKED_UP;
        }
        let mut party = credential.party.as_str();
        for fault in faults {
            if let Misbehaviour::RpId(other) = fault {
                party = other.as_str();
            }
        }
        if faults.contains(&Misbehaviour::NoUserPresence) {
            flags &= !PRESENT;
        }
        if faults.contains(&Misbehaviour::NoUserVerification) {
            flags &= !VERIFIED;
        }
        if faults.contains(&Misbehaviour::BackupContradiction) {
            flags = flags & !ELIGIBLE | BACKED_UP;
        }
        if faults.contains(&Misbehaviour::BackupEligibility) {
            flags = (flags ^ ELIGIBLE) & !BACKED_UP;
        }
        let mut data = digest(&SHA256, party.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(credential.count.to_be_bytes());
        data
    }
}

/// What a browser checks before it asks an authenticator.
fn check_domain(origin: &str, party: &str) -> Result<(), AuthenticatorError> {
    let right = match (crate::Origin::parse(origin), RpId::parse(party)) {
        (Ok(origin), Ok(id)) => id.covers(origin.host()),
        _ => false,
    };
    if right {
        return Ok(());
    }
    Err(AuthenticatorError::Domain { origin: origin.to_owned(), party: party.to_owned() })
}

/// Client data, with the members in the order that section 5.8.1.1 wants.
fn client_data(
    ceremony: Ceremony,
    challenge: &str,
    origin: &str,
    faults: &[Misbehaviour],
) -> String {
    let (mut kind, mut origin, mut top) = (kind_of(ceremony), origin, String::new());
    for fault in faults {
        if let Misbehaviour::Type(other) = fault {
            kind = kind_of(*other);
        }
        if let Misbehaviour::Origin(other) = fault {
            origin = other.as_str();
        }
        if let Misbehaviour::TopOrigin(other) = fault {
            top = format!(",\"topOrigin\":{}", json!(other));
        }
    }
    let other_challenge = URL_SAFE_NO_PAD.encode([0; 32]);
    let challenge =
        if faults.contains(&Misbehaviour::Challenge) { &other_challenge } else { challenge };
    let framed = faults.contains(&Misbehaviour::CrossOrigin);
    let (challenge, origin) = (json!(challenge), json!(origin));
    format!(
        "{{\"type\":\"{kind}\",\"challenge\":{challenge},\"origin\":{origin},\
         \"crossOrigin\":{framed}{top}}}"
    )
}

fn sign(
    key: &PrivateKey,
    data: &[u8],
    client_data: &[u8],
    faults: &[Misbehaviour],
) -> Result<Vec<u8>, AuthenticatorError> {
    let mut message = [data, digest(&SHA256, client_data).as_ref()].concat();
    if faults.contains(&Misbehaviour::Signature) {
        message.push(0);
    }
    key.sign(&message)
}

fn handle(credential: &Credential, faults: &[Misbehaviour]) -> Option<UserHandle> {
    let mut handle = Some(credential.user.clone());
    for fault in faults {
        if let Misbehaviour::UserHandle(other) = fault {
            handle = Some(other.clone());
        }
        if *fault == Misbehaviour::NoUserHandle {
            handle = None;
        }
    }
    handle
}

fn credential_json(id: &CredentialId, response: &Value) -> Value {
    json!({
        "id": id.to_base64url(),
        "rawId": id.to_base64url(),
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": response,
    })
}

fn random_id() -> Result<CredentialId, AuthenticatorError> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| AuthenticatorError::Cryptography)?;
    CredentialId::from_bytes(&bytes).map_err(|_| AuthenticatorError::Cryptography)
}
