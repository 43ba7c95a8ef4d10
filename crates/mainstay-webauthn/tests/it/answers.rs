//! The JSON of a browser, and the client data in it.

use mainstay_webauthn::authenticator::SoftAuthenticator;
use mainstay_webauthn::{
    Algorithm, Assertion, Challenge, LONGEST_ANSWER, Refused, Registration, Transport,
    creation_options, request_options,
};
use serde_json::{Value, json};

use crate::{PAGE, bytes_of, checked, handle, made, member, party, passkey, user, with_member};

fn registration() -> Value {
    made(&mut SoftAuthenticator::new(Algorithm::EdDsa)).1
}

fn assertion() -> Value {
    let mut device = SoftAuthenticator::new(Algorithm::EdDsa);
    passkey(&mut device);
    let options = request_options(&party(), &[], &Challenge::from_bytes([0; 32]));
    device.get(&options, PAGE).unwrap()
}

fn is_unreadable(result: &Result<(), Refused>) -> bool {
    matches!(result, Err(Refused::Answer(_)))
}

fn read_registration(answer: &Value) -> Result<(), Refused> {
    Registration::read(&bytes_of(answer)).map(drop)
}

fn read_assertion(answer: &Value) -> Result<(), Refused> {
    Assertion::read(&bytes_of(answer)).map(drop)
}

/// Every value that is of another type than text.
fn no_texts() -> [Value; 5] {
    [json!(null), json!(7), json!(true), json!(["AAAA"]), json!({"a": "AAAA"})]
}

#[test]
fn members_that_are_not_known_are_read_over() {
    let (mut one, mut other) = (registration(), assertion());
    for answer in [&mut one, &mut other] {
        answer["new"] = json!({"a": [1, 2.5, null]});
        answer["response"]["new"] = json!("x");
        answer["clientExtensionResults"] = json!({"credProps": {"rk": true}});
    }
    assert_eq!(read_registration(&one), Ok(()));
    assert_eq!(read_assertion(&other), Ok(()));
}

#[test]
fn a_member_of_a_wrong_type_is_refused() {
    for wrong in no_texts() {
        for place in ["/id", "/rawId", "/type", "/response/clientDataJSON"] {
            let (mut one, mut other) = (registration(), assertion());
            *one.pointer_mut(place).unwrap() = wrong.clone();
            *other.pointer_mut(place).unwrap() = wrong.clone();
            assert!(is_unreadable(&read_registration(&one)), "{place} {wrong}");
            assert!(is_unreadable(&read_assertion(&other)), "{place} {wrong}");
        }
        let mut one = registration();
        one["response"]["attestationObject"] = wrong.clone();
        assert!(is_unreadable(&read_registration(&one)), "{wrong}");
        for name in ["authenticatorData", "signature"] {
            let mut other = assertion();
            other["response"][name] = wrong.clone();
            assert!(is_unreadable(&read_assertion(&other)), "{name} {wrong}");
        }
    }
    for wrong in [json!("usb"), json!({}), json!([1]), json!(null), json!(["a b"])] {
        let mut one = registration();
        one["response"]["transports"] = wrong.clone();
        assert!(is_unreadable(&read_registration(&one)), "{wrong}");
    }
    for wrong in [json!("x"), json!([]), json!(1), json!(null)] {
        let mut one = registration();
        one["clientExtensionResults"] = wrong.clone();
        assert!(is_unreadable(&read_registration(&one)), "{wrong}");
    }
    for wrong in [json!("x"), json!(1), json!([]), json!({})] {
        let mut other = assertion();
        other["response"] = wrong.clone();
        assert!(is_unreadable(&read_assertion(&other)), "{wrong}");
        assert!(is_unreadable(&read_assertion(&wrong)), "{wrong}");
    }
}

#[test]
fn a_member_that_is_missing_is_refused() {
    for place in ["id", "rawId", "type", "response"] {
        let mut one = registration();
        one.as_object_mut().unwrap().remove(place);
        assert!(is_unreadable(&read_registration(&one)), "{place}");
    }
    for name in ["clientDataJSON", "attestationObject"] {
        let mut one = registration();
        one["response"].as_object_mut().unwrap().remove(name);
        assert!(is_unreadable(&read_registration(&one)), "{name}");
    }
    for name in ["clientDataJSON", "authenticatorData", "signature"] {
        let mut other = assertion();
        other["response"].as_object_mut().unwrap().remove(name);
        assert!(is_unreadable(&read_assertion(&other)), "{name}");
    }
}

#[test]
fn an_answer_of_the_other_ceremony_is_refused() {
    assert!(is_unreadable(&read_registration(&assertion())));
    assert!(is_unreadable(&read_assertion(&registration())));
}

#[test]
fn a_member_that_stands_twice_is_refused() {
    let text = String::from_utf8(bytes_of(&assertion())).unwrap();
    let twice = text.replacen('{', "{\"type\":\"public-key\",", 1);
    assert!(is_unreadable(&Assertion::read(twice.as_bytes()).map(drop)));
}

#[test]
fn an_answer_that_is_too_long_is_refused() {
    let mut answer = assertion();
    answer["new"] = json!("x".repeat(LONGEST_ANSWER));
    assert!(is_unreadable(&read_assertion(&answer)));
}

#[test]
fn bytes_are_base64url_without_padding() {
    for wrong in ["AA==", "+/8", "AB", "A", "AA A", "AA\n"] {
        let mut other = assertion();
        other["response"]["signature"] = json!(wrong);
        assert!(is_unreadable(&read_assertion(&other)), "{wrong:?}");
    }
}

#[test]
fn a_credential_of_another_type_is_refused() {
    let mut answer = assertion();
    answer["type"] = json!("password");
    assert!(is_unreadable(&read_assertion(&answer)));
}

#[test]
fn the_two_names_of_a_credential_agree() {
    let long = "A".repeat(1400);
    for (id, raw) in [("AAAA", "AAAB"), ("", ""), ("AAA=", "AAA"), (&*long, &*long)] {
        let mut answer = registration();
        answer["id"] = json!(id);
        answer["rawId"] = json!(raw);
        assert_eq!(read_registration(&answer), Err(Refused::CredentialName), "{id} {raw}");
    }
}

#[test]
fn transports_are_sorted_and_each_is_kept_once() {
    let (challenge, mut answer) = made(&mut SoftAuthenticator::new(Algorithm::EdDsa));
    answer["response"]["transports"] = json!(["usb", "hybrid", "usb", "new-one"]);
    let passkey = checked(&challenge, &answer).unwrap();
    let names: Vec<&str> = passkey.transports.iter().map(Transport::as_str).collect();
    assert_eq!(names, ["hybrid", "new-one", "usb"]);
    answer["response"].as_object_mut().unwrap().remove("transports");
    assert!(checked(&challenge, &answer).unwrap().transports.is_empty());
    answer["response"]["transports"] = json!(vec!["usb"; 17]);
    assert!(is_unreadable(&read_registration(&answer)));
}

#[test]
fn a_user_handle_may_be_missing_and_has_1_to_64_bytes() {
    let mut answer = assertion();
    let handle_of =
        |answer: &Value| Assertion::read(&bytes_of(answer)).map(|read| read.user_handle().cloned());
    assert_eq!(handle_of(&answer), Ok(Some(handle())));
    answer["response"]["userHandle"] = json!(null);
    assert_eq!(handle_of(&answer), Ok(None));
    for wrong in [json!(""), json!("A".repeat(88)), json!(1), json!([])] {
        answer["response"]["userHandle"] = wrong.clone();
        assert!(is_unreadable(&read_assertion(&answer)), "{wrong}");
    }
}

/// What a registration with this client data is.
fn with_client_data(text: &[u8]) -> Result<(), Refused> {
    let challenge = Challenge::from_bytes([0; 32]);
    let options = creation_options(&party(), &user(), &[], &challenge);
    let answer = SoftAuthenticator::new(Algorithm::EdDsa).create(&options, PAGE).unwrap();
    checked(&challenge, &with_member(&answer, "clientDataJSON", text)).map(drop)
}

fn client_data() -> Value {
    json!({
        "type": "webauthn.create",
        "challenge": Challenge::from_bytes([0; 32]).to_base64url(),
        "origin": PAGE,
        "crossOrigin": false,
    })
}

#[test]
fn client_data_may_have_a_mark_at_the_start_and_members_that_are_not_known() {
    let mut data = client_data();
    data["extraData"] = json!({"a": [1]});
    data["tokenBinding"] = json!(null);
    let text = bytes_of(&data);
    assert_eq!(with_client_data(&text), Ok(()));
    assert_eq!(with_client_data(&[b"\xef\xbb\xbf".as_slice(), &text].concat()), Ok(()));
    data.as_object_mut().unwrap().remove("crossOrigin");
    assert_eq!(with_client_data(&bytes_of(&data)), Ok(()));
}

#[test]
fn client_data_with_a_member_of_a_wrong_type_are_refused() {
    for name in ["type", "challenge", "origin", "topOrigin"] {
        for wrong in no_texts() {
            let mut data = client_data();
            data[name] = wrong.clone();
            let refused = with_client_data(&bytes_of(&data));
            assert!(matches!(refused, Err(Refused::ClientData(_))), "{name} {wrong}");
        }
    }
    for wrong in [json!(null), json!(0), json!("true"), json!([true])] {
        let mut data = client_data();
        data["crossOrigin"] = wrong.clone();
        let refused = with_client_data(&bytes_of(&data));
        assert!(matches!(refused, Err(Refused::ClientData(_))), "{wrong}");
    }
}

#[test]
fn client_data_that_are_no_object_are_refused() {
    let text = bytes_of(&client_data());
    let twice = [b"{\"origin\":\"https://a.example\",".as_slice(), &text[1..]].concat();
    for wrong in [&b""[..], b"{}", b"null", b"\"x\"", &text[..text.len() - 1], &twice] {
        let refused = with_client_data(wrong);
        assert!(matches!(refused, Err(Refused::ClientData(_))));
    }
    let more = [&text[..], b" {}"].concat();
    assert!(matches!(with_client_data(&more), Err(Refused::ClientData(_))));
}

#[test]
fn a_page_is_compared_as_text() {
    for wrong in [
        "https://mainstay.example/",
        "https://mainstay.example:443",
        "https://MAINSTAY.example.org",
        "http://mainstay.example",
        "https://mainstay.example.evil.example",
        "https://eu.mainstay.example",
        "null",
        "",
    ] {
        let mut data = client_data();
        data["origin"] = json!(wrong);
        let refused = with_client_data(&bytes_of(&data));
        assert!(matches!(refused, Err(Refused::Origin(_))), "{wrong}");
    }
}

#[test]
fn a_challenge_is_compared_as_text() {
    let right = Challenge::from_bytes([0; 32]).to_base64url();
    for wrong in ["", &format!("{right}="), &right[1..], &format!("{}B", &right[1..])] {
        let mut data = client_data();
        data["challenge"] = json!(wrong);
        assert_eq!(with_client_data(&bytes_of(&data)), Err(Refused::Challenge), "{wrong}");
    }
}

#[test]
fn a_refusal_shows_what_came_cut_and_quoted() {
    let mut data = client_data();
    data["origin"] = json!(format!("https://\u{1b}[31m{}", "x".repeat(5000)));
    let shown = with_client_data(&bytes_of(&data)).unwrap_err().to_string();
    assert!(shown.contains("\"https://\\u{1b}[31m"), "{shown}");
    assert!(shown.len() < 250, "{shown}");
}

#[test]
fn what_the_standard_calls_copies_is_not_looked_at() {
    let (challenge, mut answer) = made(&mut SoftAuthenticator::new(Algorithm::EdDsa));
    let object = member(&answer, "attestationObject");
    answer["response"]["authenticatorData"] = json!(7);
    answer["response"]["publicKeyAlgorithm"] = json!("x");
    let passkey = checked(&challenge, &answer).unwrap();
    let key = passkey.public_key.cose();
    assert!(object.windows(key.len()).any(|part| part == key));
}
