//! Passkeys, by a software authenticator in place of a person's.

use mainstay_visibility::Role;
use mainstay_webauthn::Algorithm;
use mainstay_webauthn::authenticator::{Misbehaviour, SoftAuthenticator};

use crate::browser::Browser;
use crate::server::Server;

const ORIGIN: &str = "http://localhost:8450";

/// Does what `passkey.js` does: asks for options with the form's fields, and sends the answer.
fn use_passkey(
    browser: &mut Browser,
    (page, action, options): (&str, &str, &str),
    fields: &[(&str, &str)],
    answer: impl FnOnce(&serde_json::Value) -> serde_json::Value,
) -> crate::browser::Answer {
    let hidden = browser.hidden(page, action);
    let mut all: Vec<(&str, &str)> =
        hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.retain(|(name, _)| *name != "credential");
    all.extend(fields);
    let asked = browser.post(options, &all);
    assert_eq!(asked.status, 200, "{}", asked.body);
    let credential = answer(&asked.json()).to_string();
    all.push(("credential", &credential));
    browser.post(action, &all)
}

#[test]
fn the_first_account_needs_no_password() {
    let server = Server::start();
    let secret = server.accounts.first_run(server.now()).unwrap().unwrap();
    let mut device = SoftAuthenticator::new(Algorithm::Es256);
    let mut browser = server.browser();
    let page = format!("/first-run?code={}", secret.reveal());
    let person = [("name", "Ada"), ("mail", "ada@example.org")];
    let place = (page.as_str(), "/first-run/passkey", "/passkeys/first");
    let made = use_passkey(&mut browser, place, &person, |options| {
        device.create(options, ORIGIN).unwrap()
    });
    assert_eq!(made.status, 200, "{}", made.body);
    assert!(made.body.contains("Recovery codes"));
    assert_eq!(browser.get("/administration").status, 200);
    browser.submit("/", "/sign-out", &[]);
    let place = ("/sign-in?back=/account", "/sign-in/passkey", "/passkeys/sign-in");
    let entered =
        use_passkey(&mut browser, place, &[], |options| device.get(options, ORIGIN).unwrap());
    assert_eq!(entered.header("location"), Some("/account"), "{}", entered.body);
}

#[test]
fn an_answer_that_was_given_to_another_page_is_refused() {
    let server = Server::start();
    server.organisation("grid", "us-ci/energy");
    let mail = server.person("ada", "grid", Role::Owner);
    let mut browser = server.signed_in(&mail);
    let mut device = SoftAuthenticator::new(Algorithm::EdDsa);
    device.misbehave(Misbehaviour::Origin("https://evil.example".to_owned()));
    let place = ("/account", "/account/passkeys", "/passkeys/new");
    let refused = use_passkey(&mut browser, place, &[("label", "key")], |options| {
        device.create(options, ORIGIN).unwrap()
    });
    assert_eq!(refused.status, 401, "{}", refused.body);
    let session = browser.get("/account").body;
    assert!(session.contains("None. A passkey cannot be stolen"), "none was kept");
}
