//! What a server's settings, a user's names and a database's columns may say.

use mainstay_webauthn::{
    Aaguid, Backup, Challenge, CredentialId, Origin, RelyingParty, RpId, Transport, User,
    UserHandle, ValueError,
};
use proptest::prelude::*;

#[test]
fn a_domain_in_lower_case_is_an_id_of_a_relying_party() {
    for right in
        ["example.org", "localhost", "a.b-c.example", "xn--mnchen-3ya.example", "1.example"]
    {
        assert_eq!(RpId::parse(right).unwrap().as_str(), right);
    }
    let long = format!("{}.example", "a".repeat(64));
    for wrong in [
        "",
        ".",
        "a.",
        ".a",
        "a..b",
        "Example.org",
        "-a.example",
        "a-.example",
        "127.0.0.1",
        "[::1]",
        "::1",
        "example.org:443",
        "https://example.org",
        "example.org/",
        "a b",
        "münchen.example",
        "a_b.example",
        &long,
        &"a.".repeat(127),
    ] {
        assert_eq!(RpId::parse(wrong), Err(ValueError::RpId(wrong.to_owned())), "{wrong}");
    }
}

#[test]
fn an_origin_is_written_as_browsers_write_it() {
    for (right, host) in [
        ("https://example.org", "example.org"),
        ("https://example.org:8443", "example.org"),
        ("http://localhost", "localhost"),
        ("http://localhost:8080", "localhost"),
        ("http://app.localhost:1", "app.localhost"),
        ("https://localhost:80", "localhost"),
    ] {
        let origin = Origin::parse(right).unwrap();
        assert_eq!((origin.as_str(), origin.host()), (right, host));
    }
    for wrong in [
        "",
        "example.org",
        "https://",
        "https:// ",
        "https://example.org/",
        "https://example.org:443",
        "https://example.org:0",
        "https://example.org:08443",
        "https://example.org:+1",
        "https://example.org:65536",
        "https://example.org:",
        "https://example.org?x",
        "https://user@example.org",
        "HTTPS://example.org",
        "https://EXAMPLE.org",
        "http://example.org",
        "http://localhost:80",
        "http://localhost.example.org",
        "https://127.0.0.1",
        "https://[::1]",
        "android:apk-key-hash:x",
        "null",
    ] {
        assert_eq!(Origin::parse(wrong), Err(ValueError::Origin(wrong.to_owned())), "{wrong}");
    }
}

#[test]
fn the_pages_of_a_relying_party_are_of_its_domain() {
    let party = |origin: &str| {
        let origins = vec![Origin::parse(origin).unwrap()];
        RelyingParty::new(RpId::parse("example.org").unwrap(), "Example", origins)
    };
    assert!(party("https://example.org").is_ok());
    assert!(party("https://a.b.example.org:8443").is_ok());
    for foreign in ["https://example.com", "https://badexample.org", "https://org"] {
        let fault =
            ValueError::ForeignOrigin { origin: foreign.to_owned(), id: "example.org".to_owned() };
        assert_eq!(party(foreign), Err(fault));
    }
}

#[test]
fn a_relying_party_has_a_name_and_some_pages() {
    let id = || RpId::parse("example.org").unwrap();
    let page = Origin::parse("https://example.org").unwrap();
    assert_eq!(RelyingParty::new(id(), "Example", Vec::new()), Err(ValueError::Origins(0)));
    let many = vec![page.clone(); 33];
    assert_eq!(RelyingParty::new(id(), "Example", many), Err(ValueError::Origins(33)));
    for wrong in ["", "a\nb", "\u{7f}", &"x".repeat(321)] {
        let refused = RelyingParty::new(id(), wrong, vec![page.clone()]);
        assert_eq!(refused, Err(ValueError::Name("name of the relying party")));
    }
}

#[test]
fn a_user_has_names_that_can_be_shown() {
    let handle = UserHandle::from_bytes(b"acct_1").unwrap();
    assert!(User::new(handle.clone(), "ada@mainstay.example", "Ada Lovelace").is_ok());
    let refused = User::new(handle.clone(), "", "Ada");
    assert_eq!(refused, Err(ValueError::Name("name of the user")));
    let refused = User::new(handle, "ada@mainstay.example", "Ada\u{0}");
    assert_eq!(refused, Err(ValueError::Name("display name of the user")));
}

#[test]
fn ids_have_the_lengths_that_the_standard_allows() {
    assert_eq!(CredentialId::from_bytes(&[]), Err(ValueError::CredentialId(0)));
    assert!(CredentialId::from_bytes(&[0; 1023]).is_ok());
    assert_eq!(CredentialId::from_bytes(&[0; 1024]), Err(ValueError::CredentialId(1024)));
    assert_eq!(UserHandle::from_bytes(&[]), Err(ValueError::UserHandle(0)));
    assert!(UserHandle::from_bytes(&[0; 64]).is_ok());
    assert_eq!(UserHandle::from_bytes(&[0; 65]), Err(ValueError::UserHandle(65)));
}

#[test]
fn a_challenge_is_kept_as_bytes_and_shown_nowhere() {
    let challenge = Challenge::random().unwrap();
    let text = challenge.to_base64url();
    assert_eq!(text.len(), 43);
    assert_eq!(Challenge::from_bytes(*challenge.as_bytes()), challenge);
    assert_ne!(Challenge::random().unwrap(), challenge);
    assert_eq!(format!("{challenge:?}"), "Challenge(..)");
}

#[test]
fn a_model_is_shown_as_a_uuid() {
    let aaguid = Aaguid(*b"\x01\x23\x45\x67\x89\xab\xcd\xef\x00\x11\x22\x33\x44\x55\x66\x77");
    assert_eq!(aaguid.to_string(), "01234567-89ab-cdef-0011-223344556677");
}

#[test]
fn a_transport_is_a_short_word_and_may_be_a_new_one() {
    assert_eq!(Transport::parse("hybrid").unwrap().as_str(), "hybrid");
    assert!(Transport::parse("carrier-pigeon").is_ok());
    for wrong in ["", "a b", "ä", &"x".repeat(33)] {
        assert_eq!(Transport::parse(wrong), Err(ValueError::Transport), "{wrong}");
    }
}

#[test]
fn what_is_backed_up_can_be_backed_up() {
    assert_eq!(Backup::of_flags(false, true), None);
    for backup in [Backup::Impossible, Backup::Missing, Backup::Done] {
        let again = Backup::of_flags(backup.is_eligible(), backup.is_backed_up());
        assert_eq!(again, Some(backup));
    }
}

proptest! {
    #[test]
    fn an_origin_that_is_taken_is_scheme_host_and_port(text in "(https?://)?[a-z0-9.:/-]{0,30}") {
        if let Ok(origin) = Origin::parse(&text) {
            prop_assert_eq!(origin.as_str(), &text);
            prop_assert!(RpId::parse(origin.host()).is_ok());
        }
    }

    #[test]
    fn any_text_is_a_value_or_an_error(text in ".{0,60}") {
        let _ = (RpId::parse(&text), Origin::parse(&text), Transport::parse(&text));
    }
}
