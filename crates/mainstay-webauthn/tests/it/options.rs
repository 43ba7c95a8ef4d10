//! What a browser is asked.

use mainstay_webauthn::authenticator::{AuthenticatorError, SoftAuthenticator};
use mainstay_webauthn::{
    Algorithm, Challenge, CredentialId, Descriptor, Transport, creation_options, request_options,
};
use serde_json::json;

use crate::{PAGE, party, passkey, user};

fn descriptor() -> Descriptor {
    Descriptor {
        id: CredentialId::from_bytes(&[0xfb, 0xff]).unwrap(),
        transports: vec![Transport::parse("internal").unwrap(), Transport::parse("usb").unwrap()],
    }
}

#[test]
fn a_new_passkey_is_discoverable_verified_and_not_attested() {
    let options =
        creation_options(&party(), &user(), &[descriptor()], &Challenge::from_bytes([0xff; 32]));
    let expected = json!({
        "rp": {"id": "mainstay.example", "name": "Mainstay"},
        "user": {"id": "dXNlci0x", "name": "ada@mainstay.example", "displayName": "Ada"},
        "challenge": "__________________________________________8",
        "pubKeyCredParams": [
            {"type": "public-key", "alg": -7},
            {"type": "public-key", "alg": -8},
            {"type": "public-key", "alg": -257},
        ],
        "timeout": 300_000,
        "excludeCredentials": [
            {"type": "public-key", "id": "-_8", "transports": ["internal", "usb"]},
        ],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": true,
            "userVerification": "required",
        },
        "attestation": "none",
    });
    assert_eq!(options, expected);
}

#[test]
fn a_sign_in_names_no_passkey_or_those_that_are_allowed() {
    let challenge = Challenge::from_bytes([0; 32]);
    let expected = json!({
        "rpId": "mainstay.example",
        "challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "timeout": 300_000,
        "allowCredentials": [],
        "userVerification": "required",
    });
    assert_eq!(request_options(&party(), &[], &challenge), expected);
    let id = CredentialId::from_bytes(&[1]).unwrap();
    let options = request_options(
        &party(),
        &[Descriptor { id, transports: Vec::new() }, descriptor()],
        &challenge,
    );
    let expected = json!([
        {"type": "public-key", "id": "AQ"},
        {"type": "public-key", "id": "-_8", "transports": ["internal", "usb"]},
    ]);
    assert_eq!(options["allowCredentials"], expected);
}

#[test]
fn the_software_authenticator_makes_no_second_passkey_of_an_account_that_excludes_the_first() {
    let mut device = SoftAuthenticator::new(Algorithm::Es256);
    let first = passkey(&mut device);
    let challenge = Challenge::random().unwrap();
    let options = creation_options(&party(), &user(), &[first.descriptor()], &challenge);
    assert_eq!(device.create(&options, PAGE), Err(AuthenticatorError::Excluded));
}

#[test]
fn the_software_authenticator_has_one_passkey_of_an_account() {
    let mut device = SoftAuthenticator::new(Algorithm::Es256);
    passkey(&mut device);
    let second = passkey(&mut device);
    assert_eq!(device.credential_ids().collect::<Vec<_>>(), [&second.id]);
}

#[test]
fn the_software_authenticator_answers_no_page_of_another_domain() {
    let mut device = SoftAuthenticator::new(Algorithm::Es256);
    passkey(&mut device);
    let options = request_options(&party(), &[], &Challenge::random().unwrap());
    for page in ["https://other.example", "https://mainstay-two.example", "http://mainstay.example"]
    {
        let refused = AuthenticatorError::Domain {
            origin: page.to_owned(),
            party: "mainstay.example".to_owned(),
        };
        assert_eq!(device.get(&options, page), Err(refused));
    }
}

#[test]
fn the_software_authenticator_uses_only_what_is_allowed() {
    let mut device = SoftAuthenticator::new(Algorithm::Es256);
    let own = passkey(&mut device);
    let challenge = Challenge::random().unwrap();
    let other = request_options(&party(), &[descriptor()], &challenge);
    assert_eq!(device.get(&other, PAGE), Err(AuthenticatorError::NoCredential));
    let both = request_options(&party(), &[descriptor(), own.descriptor()], &challenge);
    assert_eq!(device.get(&both, PAGE).unwrap()["id"], own.id.to_base64url());
}
