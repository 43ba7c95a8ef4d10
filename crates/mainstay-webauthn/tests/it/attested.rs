//! What an authenticator wrote: attestation objects, authenticator data, statements.

use mainstay_webauthn::authenticator::{SoftAuthenticator, Statement};
use mainstay_webauthn::{
    Algorithm, Assertion, Attestation, CborError, Challenge, Identified, KeyError, Passkey,
    Refused, assert as verify, request_options,
};
use serde_json::Value;

use crate::written::{array, bytes, integer, map, object, text};
use crate::{PAGE, bytes_of, checked, handle, made, member, party, passkey, with_member};

/// Where the parts of authenticator data lie: section 6.1.
const FLAGS: usize = 32;
const AT: u8 = 1 << 6;
const ED: u8 = 1 << 7;
const CREDENTIAL: usize = 37;
const ID_LENGTH: usize = CREDENTIAL + 16;

struct Made {
    challenge: Challenge,
    answer: Value,
    data: Vec<u8>,
}

/// A registration without attestation, so that nothing in it is signed.
fn registration() -> Made {
    let (challenge, answer) = made(&mut SoftAuthenticator::new(Algorithm::EdDsa));
    let data = member(&answer, "authenticatorData");
    Made { challenge, answer, data }
}

impl Made {
    fn with_object(&self, object: &[u8]) -> Result<Passkey, Refused> {
        checked(&self.challenge, &with_member(&self.answer, "attestationObject", object))
    }

    fn with_data(&self, data: &[u8]) -> Result<Passkey, Refused> {
        self.with_object(&object("none", &map(&[]), data))
    }

    fn with_statement(&self, format: &str, statement: &[u8]) -> Result<Passkey, Refused> {
        self.with_object(&object(format, statement, &self.data))
    }

    /// The data with the flag ED and these bytes behind.
    fn extended(&self, extensions: &[u8]) -> Vec<u8> {
        let mut data = [&self.data[..], extensions].concat();
        data[FLAGS] |= ED;
        data
    }
}

#[test]
fn an_attestation_object_has_three_members_in_any_order() {
    let made = registration();
    let members = [
        (text("authData"), bytes(&made.data)),
        (text("fmt"), text("none")),
        (text("attStmt"), map(&[])),
    ];
    assert!(made.with_object(&map(&members)).is_ok());
    for at in 0..3 {
        let mut fewer = members.to_vec();
        fewer.remove(at);
        assert_eq!(made.with_object(&map(&fewer)), Err(Refused::AttestationMembers));
        let mut wrong = members.to_vec();
        wrong[at].1 = integer(0);
        assert!(made.with_object(&map(&wrong)).is_err());
    }
    let mut more = members.to_vec();
    more.push((text("epAtt"), vec![0xf5]));
    assert_eq!(made.with_object(&map(&more)), Err(Refused::AttestationMembers));
    assert_eq!(made.with_object(&array(&[])), Err(Refused::AttestationMembers));
}

#[test]
fn an_attestation_object_is_one_item() {
    let made = registration();
    let right = object("none", &map(&[]), &made.data);
    let more = [&right[..], &[0]].concat();
    let refused = Refused::AttestationObject(CborError::Trailing);
    assert_eq!(made.with_object(&more), Err(refused));
    for end in 0..right.len() {
        let refused = Refused::AttestationObject(CborError::Short);
        assert_eq!(made.with_object(&right[..end]), Err(refused), "cut at {end}");
    }
}

#[test]
fn authenticator_data_cut_anywhere_are_refused() {
    let made = registration();
    assert!(made.with_data(&made.data).is_ok());
    for end in 0..made.data.len() {
        let refused = made.with_data(&made.data[..end]).unwrap_err();
        let short = KeyError::Cbor(CborError::Short);
        assert!(
            matches!(refused, Refused::AuthenticatorData) || refused == Refused::PublicKey(short),
            "cut at {end}: {refused}"
        );
    }
}

#[test]
fn nothing_stands_after_authenticator_data() {
    let made = registration();
    let more = [&made.data[..], &[0]].concat();
    assert_eq!(made.with_data(&more), Err(Refused::AuthenticatorData));
    let more = made.extended(&[map(&[]), vec![0]].concat());
    assert_eq!(made.with_data(&more), Err(Refused::AuthenticatorData));
}

#[test]
fn outputs_of_extensions_are_read_over() {
    let made = registration();
    let uvm = array(&[array(&[integer(2), integer(4), integer(2)])]);
    let extensions = [
        (text("uvm"), uvm),
        (text("credProtect"), integer(3)),
        (text("hmac-secret"), vec![0xf5]),
        (text("credBlob"), bytes(&[1, 2])),
    ];
    assert!(made.with_data(&made.extended(&map(&extensions))).is_ok());
}

#[test]
fn outputs_of_extensions_are_a_map_with_names() {
    let made = registration();
    let refused = |extensions: &[u8]| made.with_data(&made.extended(extensions)).unwrap_err();
    assert_eq!(refused(&[]), Refused::Extensions(CborError::Short));
    assert_eq!(refused(&array(&[])), Refused::Extensions(CborError::Kind));
    assert_eq!(refused(&[0xbf, 0xff]), Refused::Extensions(CborError::Indefinite));
    let number = map(&[(integer(1), integer(1))]);
    assert_eq!(refused(&number), Refused::Extensions(CborError::Key));
    let twice = map(&[(text("uvm"), integer(1)), (text("uvm"), integer(1))]);
    assert_eq!(refused(&twice), Refused::Extensions(CborError::Twice));
}

#[test]
fn a_registration_brings_a_credential() {
    let made = registration();
    let mut data = made.data[..CREDENTIAL].to_vec();
    data[FLAGS] &= !AT;
    assert_eq!(made.with_data(&data), Err(Refused::NoCredential));
}

/// The data with another credential id.
fn with_id(made: &Made, id: &[u8]) -> Vec<u8> {
    let length = u16::try_from(id.len()).unwrap().to_be_bytes();
    let key = &made.data[ID_LENGTH + 2 + 32..];
    [&made.data[..ID_LENGTH], &length, id, key].concat()
}

#[test]
fn a_credential_id_has_1_to_1023_bytes() {
    let made = registration();
    for length in [0, 1024] {
        let data = with_id(&made, &vec![7; length]);
        assert_eq!(made.with_data(&data), Err(Refused::CredentialIdLength(length)));
    }
}

#[test]
fn browser_and_authenticator_name_the_same_credential() {
    let made = registration();
    let data = with_id(&made, &[7; 32]);
    assert_eq!(made.with_data(&data), Err(Refused::CredentialIdMismatch));
}

#[test]
fn a_statement_of_no_attestation_is_empty() {
    let made = registration();
    assert_eq!(made.with_statement("none", &map(&[])).unwrap().attestation, Attestation::None);
    let full = map(&[(text("alg"), integer(-7))]);
    for wrong in [full, array(&[]), integer(0), text(""), vec![0xf6]] {
        let refused = made.with_statement("none", &wrong);
        assert_eq!(refused, Err(Refused::AttestationStatement), "{wrong:x?}");
    }
}

#[test]
fn a_self_attestation_has_the_algorithm_of_the_key_and_its_signature() {
    let mut device = SoftAuthenticator::new(Algorithm::EdDsa).with_statement(Statement::SelfSigned);
    let (challenge, answer) = made(&mut device);
    let data = member(&answer, "authenticatorData");
    let made = Made { challenge, answer, data };
    let signature = (text("sig"), bytes(&[0; 64]));
    let algorithm = (text("alg"), integer(-8));
    let other = (text("alg"), integer(-7));
    for wrong in [
        vec![],
        vec![algorithm.clone()],
        vec![signature.clone()],
        vec![other, signature.clone()],
        vec![algorithm.clone(), signature.clone(), (text("ver"), integer(1))],
        vec![(text("alg"), text("-8")), signature.clone()],
        vec![algorithm.clone(), (text("sig"), text("x"))],
    ] {
        let refused = made.with_statement("packed", &map(&wrong));
        assert_eq!(refused, Err(Refused::AttestationStatement), "{wrong:x?}");
    }
    let refused = made.with_statement("packed", &array(&[]));
    assert_eq!(refused, Err(Refused::AttestationStatement));
    let refused = made.with_statement("packed", &map(&[algorithm, signature]));
    assert_eq!(refused, Err(Refused::AttestationSignature));
}

#[test]
fn a_statement_that_was_not_asked_for_proves_nothing_and_is_told_as_such() {
    let made = registration();
    let certificates = array(&[bytes(&[0x30, 0])]);
    let packed = map(&[
        (text("alg"), integer(-7)),
        (text("sig"), bytes(&[0; 70])),
        (text("x5c"), certificates),
    ]);
    for (format, statement) in [("packed", packed), ("compound", array(&[])), ("new", map(&[]))] {
        let passkey = made.with_statement(format, &statement).unwrap();
        assert_eq!(passkey.attestation, Attestation::NotVerified(format.into()));
    }
}

#[test]
fn a_format_is_a_short_visible_name_and_a_statement_is_no_single_value() {
    let made = registration();
    for wrong in ["", "a b", "a\"", "a\\", "ä", &"x".repeat(33)] {
        let refused = made.with_statement(wrong, &map(&[]));
        assert_eq!(refused, Err(Refused::AttestationStatement), "{wrong}");
    }
    let refused = made.with_statement("new", &integer(0));
    assert_eq!(refused, Err(Refused::AttestationStatement));
}

#[test]
fn an_assertion_brings_no_credential_and_nothing_after_its_data() {
    let mut device = SoftAuthenticator::new(Algorithm::EdDsa);
    let (challenge, answer) = made(&mut device);
    let new = member(&answer, "authenticatorData")[CREDENTIAL..].to_vec();
    let passkey = checked(&challenge, &answer).unwrap();
    let challenge = Challenge::random().unwrap();
    let answer = device.get(&request_options(&party(), &[], &challenge), PAGE).unwrap();
    let data = member(&answer, "authenticatorData");
    let refused = |data: &[u8]| {
        let answer = with_member(&answer, "authenticatorData", data);
        let assertion = Assertion::read(&bytes_of(&answer)).unwrap();
        let owner = Identified::Before(&handle());
        verify(&party(), &challenge, &assertion, &passkey, owner).unwrap_err()
    };
    let mut with_credential = [&data[..], &new].concat();
    with_credential[FLAGS] |= AT;
    assert_eq!(refused(&with_credential), Refused::UnexpectedCredential);
    assert_eq!(refused(&[&data[..], &[0]].concat()), Refused::AuthenticatorData);
    for end in 0..data.len() {
        assert_eq!(refused(&data[..end]), Refused::AuthenticatorData, "cut at {end}");
    }
    let mut extended = [&data[..], &[0xff]].concat();
    extended[FLAGS] |= ED;
    assert_eq!(refused(&extended), Refused::Extensions(CborError::Indefinite));
    // Well formed and not what was signed.
    let mut extended = [&data[..], &map(&[])].concat();
    extended[FLAGS] |= ED;
    assert_eq!(refused(&extended), Refused::Signature);
}

#[test]
fn a_passkey_is_told_by_its_own_key_alone() {
    let one = passkey(&mut SoftAuthenticator::new(Algorithm::EdDsa));
    let other = passkey(&mut SoftAuthenticator::new(Algorithm::EdDsa));
    assert_ne!(one.public_key, other.public_key);
    assert_ne!(one.id, other.id);
}
