//! One's own account, and what asks for a proof of who one is.

use mainstay_visibility::Role;

use crate::server::{PASSWORD, Server};

fn one() -> (Server, String) {
    let server = Server::start();
    server.organisation("grid", "us-ci/energy");
    server.organisation("water", "us-ci/water");
    let mail = server.person("ada", "grid", Role::Owner);
    (server, mail)
}

#[test]
fn looking_at_the_page_of_codes_by_time_makes_no_secret() {
    let (server, mail) = one();
    let mut browser = server.signed_in(&mail);
    assert_eq!(browser.get("/account/second-factor").status, 404);
    let begun = browser.submit("/account", "/account/second-factor/begin", &[]);
    assert_eq!(begun.header("location"), Some("/account/second-factor"));
    let secret = |page: String| page.split("<code>").nth(1).unwrap().to_owned();
    let first = secret(browser.get("/account/second-factor").body);
    assert_eq!(secret(browser.get("/account/second-factor").body), first);
}

#[test]
fn a_form_that_wants_a_proof_first_is_told_not_to_be_done_and_found_again() {
    let (server, mail) = one();
    let mut browser = server.signed_in(&mail);
    server.later(11);
    browser.head = format!("Referer: http://localhost:{}/inventory/grid\r\n", server.port);
    let asked = browser.submit("/inventory/grid", "/inventory/grid/sharing", &[]);
    let there = asked.header("location").unwrap().to_owned();
    assert_eq!(there, "/prove-again?back=%2Finventory%2Fgrid&undone=yes");
    let page = browser.get(&there);
    assert!(page.body.contains("was not done"), "{}", page.body);
    assert_eq!(mainstay_ui::review::faults(&page.body), Vec::<String>::new());
    let proved = browser.submit(&there, "/prove-again", &[("password", PASSWORD)]);
    assert_eq!(proved.header("location"), Some("/inventory/grid"));
    server.later(11);
    browser.head = "Referer: https://evil.example/inventory/grid\r\n".to_owned();
    let asked = browser.submit("/inventory/grid", "/inventory/grid/sharing", &[]);
    assert_eq!(asked.header("location"), Some("/prove-again?back=%2Faccount&undone=yes"));
}

#[test]
fn who_guessed_too_often_is_told_how_long_to_wait() {
    let (server, mail) = one();
    let mut browser = server.browser();
    let wrong = [("mail", mail.as_str()), ("password", "not this one at all")];
    for expected in [None, None, None, None, None, Some("15")] {
        let answer = browser.submit("/sign-in", "/sign-in", &wrong);
        assert_eq!(answer.header("retry-after"), expected);
    }
    server.later(1);
    browser.submit("/sign-in", "/sign-in", &wrong);
    let answer = browser.submit("/sign-in", "/sign-in", &wrong);
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("30")));
}

#[test]
fn a_role_can_be_given_up_unless_it_is_the_last_owners() {
    let (server, mail) = one();
    let reader = server.person("ben", "grid", Role::Reader);
    let leave = [("organisation", "grid")];
    let mut browser = server.signed_in(&reader);
    let left = browser.submit("/account", "/account/leave", &leave);
    assert_eq!(left.header("location"), Some("/account"));
    assert_eq!(browser.get("/inventory/grid").status, 404);
    let mut owner = server.signed_in(&mail);
    let refused = owner.submit("/account", "/account/leave", &leave);
    assert!(refused.status == 403 && refused.body.contains("at least one owner"));
}

#[test]
fn another_address_counts_when_its_link_is_opened() {
    let (server, mail) = one();
    let mut browser = server.signed_in(&mail);
    assert!(browser.get("/account").body.contains("not proved"));
    let again = browser.submit("/account", "/account/mail/proof", &[]);
    assert_eq!(again.status, 200, "{}", again.body);
    let new = [("mail", "ada@elsewhere.example")];
    let asked = browser.submit("/account", "/account/mail", &new);
    assert_eq!(asked.status, 200, "{}", asked.body);
    let letter = server.letter("ada@elsewhere.example", "/prove-mail");
    let code = letter.split("code=").nth(1).unwrap().split_whitespace().next().unwrap();
    browser.submit(&format!("/prove-mail?code={code}"), "/prove-mail", &[]);
    let page = browser.get("/account").body;
    assert!(page.contains("ada@elsewhere.example") && !page.contains("not proved"));
}

#[test]
fn an_organisation_is_founded_with_its_owner_or_not_at_all() {
    let (server, _) = one();
    let root = server.administrator("root");
    let mut browser = server.signed_in(&root);
    let there = "/administration/organisations";
    let found = |id| [("name", "Grid Operator"), ("id", id)];
    let taken = browser.submit("/administration", there, &found("grid"));
    assert_eq!(taken.status, 422, "{}", taken.body);
    assert_eq!(browser.get("/inventory/grid").status, 404);
    let founded = browser.submit("/administration", there, &found("rail"));
    assert_eq!(founded.header("location"), Some("/inventory/rail"));
    assert_eq!(browser.get("/inventory/rail/members").status, 200);
}

#[test]
fn an_old_sharing_form_does_not_share_again_with_whom_was_shut_out() {
    let (server, mail) = one();
    let mut browser = server.signed_in(&mail);
    let there = "/inventory/grid/sharing";
    browser.submit("/inventory/grid", there, &[("with-water", "on")]);
    let mut old = browser.hidden("/inventory/grid", there);
    old.push(("with-water".to_owned(), "on".to_owned()));
    browser.submit("/inventory/grid", there, &[]);
    let fields: Vec<_> = old.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let refused = browser.post(there, &fields);
    assert!(refused.status == 409 && refused.body.contains("nothing was done"));
    assert_eq!(server.inventory.shared_with("grid").unwrap(), []);
}

#[test]
fn among_very_many_organisations_one_is_found_by_name() {
    let (server, mail) = one();
    for number in 0..120 {
        server.organisation(&format!("org-{number}"), "us-ci/energy");
    }
    let mut browser = server.signed_in(&mail);
    let page = browser.get("/inventory/grid").body;
    assert!(page.contains("21 more are not shown"), "{page}");
    let found = "/inventory/grid?find=org-119";
    browser.submit(found, "/inventory/grid/sharing", &[("with-org-119", "on")]);
    // Those that were not shown stay as they are.
    browser.submit(
        "/inventory/grid?find=water",
        "/inventory/grid/sharing",
        &[("with-water", "on")],
    );
    let shared = server.inventory.shared_with("grid").unwrap();
    let ids: Vec<_> = shared.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["org-119", "water"]);
}
