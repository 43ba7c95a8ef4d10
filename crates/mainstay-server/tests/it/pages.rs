//! Pages, as a person without scripts goes through them.

use mainstay_visibility::Role;

use crate::server::{PASSWORD, Server, sbom};

const CSP: &str = "default-src 'none'; script-src 'self'";

#[test]
fn the_first_account_founds_an_organisation_and_sends_an_sbom() {
    let server = Server::start();
    let secret = server.accounts.first_run(server.now()).unwrap().unwrap();
    let mut browser = server.browser();
    let first = format!("/first-run?code={}", secret.reveal());
    let person = [("name", "Ada"), ("mail", "ada@example.org"), ("password", PASSWORD)];
    let made = browser.submit(&first, "/first-run", &person);
    assert_eq!((made.status, made.header("location")), (303, Some("/administration")));
    let found = [("name", "Grid Operator"), ("id", "grid"), ("sector", "us-ci/energy")];
    let founded = browser.submit("/administration", "/administration/organisations", &found);
    assert_eq!(founded.header("location"), Some("/inventory/grid"), "{}", founded.body);
    let mut fields = browser.hidden("/inventory/grid", "/inventory/grid/sboms");
    fields.push(("asset".to_owned(), "control <room>".to_owned()));
    fields.push(("release".to_owned(), "7.1".to_owned()));
    let bytes = sbom(&["pkg:npm/left-pad@1.0.0"]);
    let sent = browser.post_file("/inventory/grid/sboms", &fields, ("sbom", "b.json", &bytes));
    assert_eq!(sent.status, 200, "{}", sent.body);
    assert!(sent.body.contains("1 package"), "{}", sent.body);
    let asked = browser.get("/affected?package=pkg:npm/left-pad&range=vers:npm/%3C2.0.0");
    assert!(asked.body.contains("Grid Operator"), "{}", asked.body);
    assert!(asked.body.contains("control &lt;room&gt;") && !asked.body.contains("control <room>"));
}

/// The page of the only finding of [`filled`], below its asset.
const FINDING: &str = "finding?release=1&package=pkg:npm/left-pad@1.1.0&flaw=CVE-2026-1";

/// Every page that can be read, with what it takes to stand on it.
fn everywhere(server: &Server) -> Vec<String> {
    let assets = server.inventory.assets("grid").unwrap();
    let asset = &assets.first().unwrap().id;
    let sboms = server.inventory.sboms(asset).unwrap();
    let (new, old) = (&sboms.first().unwrap().id, &sboms.last().unwrap().id);
    let place = format!("/inventory/grid/assets/{asset}");
    vec![
        "/".to_owned(),
        "/affected".to_owned(),
        "/affected?advisory=CVE-2021-44228".to_owned(),
        "/affected?package=pkg:npm/left-pad".to_owned(),
        "/affected?package=nonsense".to_owned(),
        "/inventory".to_owned(),
        "/inventory/grid".to_owned(),
        "/inventory/grid/members".to_owned(),
        place.clone(),
        format!("{place}/changes?before={old}&after={new}"),
        format!("{place}/{FINDING}"),
        format!("/inventory/grid/vex/{}", server.send_vex("grid", "pkg:npm/left-pad@1.1.0")),
        format!("/inventory/grid/vex/{}", server.send_vex("grid", "pkg:npm/nobody@1.0.0")),
        "/advisories".to_owned(),
        "/advisories?q=CVE-2021-44228".to_owned(),
        "/questions".to_owned(),
        "/questions/new".to_owned(),
        "/prevalence".to_owned(),
        "/prevalence?sector=us-ci/energy&ecosystem=npm&order=reach".to_owned(),
        "/prevalence?ecosystem=nonsense".to_owned(),
        "/search?q=grid".to_owned(),
        "/account".to_owned(),
        "/account/second-factor".to_owned(),
        "/prove-again?back=/account".to_owned(),
        "/lost-password".to_owned(),
        "/nowhere".to_owned(),
    ]
}

fn filled() -> (Server, String) {
    let server = Server::start();
    server.organisation("grid", "us-ci/energy");
    let mail = server.person("ada", "grid", Role::Owner);
    let mut program = server.browser();
    program.token = Some(server.token(&mail, &[mainstay_accounts::Scope::Submit]));
    for packages in [&["pkg:npm/left-pad@1.0.0"][..], &["pkg:npm/left-pad@1.1.0"]] {
        let sent = program.ask(
            "POST",
            "/api/v1/organisations/grid/sboms?asset=control&release=1",
            "application/octet-stream",
            &sbom(packages),
        );
        assert_eq!(sent.status, 201, "{}", sent.body);
    }
    server.send_vex("grid", "pkg:npm/left-pad@1.1.0");
    (server, mail)
}

#[test]
fn every_page_holds_what_a_page_must() {
    let (server, mail) = filled();
    let mut browser = server.signed_in(&mail);
    for path in everywhere(&server) {
        let page = browser.get(&path);
        let faults = mainstay_ui::review::faults(&page.body);
        assert!(faults.is_empty(), "{path}: {faults:?}");
        let csp = page.header("content-security-policy").unwrap();
        assert!(csp.starts_with(CSP), "{path}: {csp}");
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
    }
}

#[test]
fn pages_of_an_administrator_hold_what_a_page_must() {
    let server = Server::start();
    let mail = server.administrator("root");
    let mut browser = server.signed_in(&mail);
    for path in ["/log", "/administration", "/"] {
        let page = browser.get(path);
        let faults = mainstay_ui::review::faults(&page.body);
        assert_eq!((page.status, faults.as_slice()), (200, &[][..]), "{path}");
    }
}

#[test]
fn who_did_not_sign_in_is_led_to_the_sign_in_and_back() {
    let (server, mail) = filled();
    let mut browser = server.browser();
    let led = browser.get("/inventory/grid");
    let sign_in = led.header("location").unwrap().to_owned();
    assert_eq!((led.status, sign_in.as_str()), (303, "/sign-in?back=%2Finventory%2Fgrid"));
    let form = [("mail", mail.as_str()), ("password", PASSWORD)];
    let back = browser.submit(&sign_in, "/sign-in", &form);
    assert_eq!(back.header("location"), Some("/inventory/grid"));
}

#[test]
fn the_way_back_never_leads_to_another_server() {
    let (server, mail) = filled();
    for back in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:x",
    ] {
        let mut browser = server.browser();
        let form = [("mail", mail.as_str()), ("password", PASSWORD), ("back", back)];
        let answer = browser.submit("/sign-in", "/sign-in", &form);
        assert_eq!(answer.header("location"), Some("/"), "{back}");
    }
}

#[test]
fn a_wrong_password_is_told_on_the_page_with_the_address_still_there() {
    let (server, mail) = filled();
    let mut browser = server.browser();
    let form = [("mail", mail.as_str()), ("password", "not this one at all")];
    let answer = browser.submit("/sign-in", "/sign-in", &form);
    assert_eq!(answer.status, 401);
    assert!(answer.body.contains(&mail) && answer.body.contains("did not match"));
    assert!(mainstay_ui::review::faults(&answer.body).is_empty());
}

#[test]
fn what_is_dangerous_asks_for_a_proof_after_ten_minutes() {
    let (server, mail) = filled();
    server.organisation("isac", "us-ci/energy");
    let mut browser = server.signed_in(&mail);
    server.later(11);
    let asked = browser.submit("/inventory/grid", "/inventory/grid/sharing", &[]);
    assert!(asked.header("location").unwrap().starts_with("/prove-again"), "{asked:?}");
    let page = "/prove-again?back=/account";
    let proved = browser.submit(page, "/prove-again", &[("password", PASSWORD)]);
    assert_eq!(proved.header("location"), Some("/account"));
}

#[test]
fn signing_out_ends_the_session() {
    let (server, mail) = filled();
    let mut browser = server.signed_in(&mail);
    let kept = browser.clone();
    browser.submit("/", "/sign-out", &[]);
    for mut browser in [browser, kept] {
        assert_eq!(browser.get("/account").status, 303);
    }
}

#[test]
fn an_open_page_hears_when_an_sbom_comes() {
    use std::io::BufRead as _;
    let (server, mail) = filled();
    let browser = server.signed_in(&mail);
    let mut events = browser.listen("/events?topic=sbom");
    let mut program = server.browser();
    program.token = Some(server.token(&mail, &[mainstay_accounts::Scope::Submit]));
    let mut number = 0;
    let mut line = String::new();
    while !line.starts_with("data:") {
        // What was sent before the page listened is not told, so one more is sent until it is.
        if line.is_empty() || line == "\n" {
            number += 1;
            let bytes = sbom(&[&format!("pkg:npm/left-pad@2.0.{number}")]);
            let path = "/api/v1/organisations/grid/sboms?asset=control&release=1";
            program.ask("POST", path, "application/octet-stream", &bytes);
        }
        line.clear();
        events.read_line(&mut line).unwrap();
    }
    assert_eq!(line.trim_end(), "data: sbom");
}

#[test]
fn a_lost_password_is_replaced_by_the_link_in_a_letter() {
    let (server, mail) = filled();
    let mut browser = server.browser();
    // Only an address that was proved gets one.
    let code = |letter: &str| {
        let rest = letter.split("code=").nth(1).unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    };
    let proof = code(&server.letter(&mail, "/prove-mail"));
    browser.submit(&format!("/prove-mail?code={proof}"), "/prove-mail", &[]);
    browser.submit("/lost-password", "/lost-password", &[("mail", &mail)]);
    let letter = server.letter(&mail, "/recover");
    let page = format!("/recover?code={}", code(&letter));
    let new = "a lamp under the stairs";
    let set = browser.submit(&page, "/recover", &[("password", new)]);
    assert_eq!(set.status, 200, "{}", set.body);
    let form = [("mail", mail.as_str()), ("password", new)];
    assert_eq!(browser.submit("/sign-in", "/sign-in", &form).status, 303);
    assert!(letter.contains("Subject: A new password\r\n") && letter.contains("\r\n\r\n"));
}

#[test]
fn a_finding_is_answered_on_its_page_and_the_page_says_by_whom() {
    let (server, mail) = filled();
    let mut browser = server.signed_in(&mail);
    let finding = server.send_flawed("grid");
    let place = format!("/inventory/grid/assets/{}", finding.asset);
    let page = format!(
        "{place}/finding?release=1&package={}&flaw={}",
        finding.purl.replace('/', "%2F").replace('@', "%40"),
        finding.flaw
    );
    let action = format!("{place}/finding");
    let no_reason = [("status", "not_affected"), ("evidence", "a look")];
    let refused = browser.submit(&page, &action, &no_reason);
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(mainstay_ui::review::faults(&refused.body).is_empty());
    let said = [
        ("status", "not_affected"),
        ("justification", "vulnerable_code_not_present"),
        ("evidence", "https://example.org/graph\nand a <look>"),
        ("reach", "release"),
    ];
    let sent = browser.submit(&page, &action, &said);
    assert_eq!(sent.status, 303, "{}", sent.body);
    let shown = browser.get(sent.header("location").unwrap()).body;
    assert!(shown.contains("answered") && shown.contains("vulnerable code not present"));
    assert!(shown.contains("a &lt;look&gt;") && shown.contains("ada"), "{shown}");
    assert!(mainstay_ui::review::faults(&shown).is_empty());
    let asked = browser.get(&format!("/affected?advisory={}", finding.flaw)).body;
    assert!(asked.contains("Said not to be affected"), "{asked}");
    let vex = browser.get(&format!("{place}/vex?release=1&format=cyclonedx"));
    assert_eq!(vex.status, 200, "{}", vex.body);
    assert!(vex.body.contains("code_not_present"), "{}", vex.body);
}

#[test]
fn a_vex_document_is_sent_by_a_form_and_what_had_no_effect_is_told() {
    let (server, mail) = filled();
    let mut browser = server.signed_in(&mail);
    let bytes = crate::server::openvex("CVE-2026-2", "pkg:npm/nobody", "fixed");
    let fields = browser.hidden("/inventory/grid", "/inventory/grid/vex");
    let sent = browser.post_file("/inventory/grid/vex", &fields, ("vex", "v.json", &bytes));
    assert_eq!(sent.status, 200, "{}", sent.body);
    assert!(sent.body.contains("What had no effect") && sent.body.contains("product-not-scanned"));
    assert!(mainstay_ui::review::faults(&sent.body).is_empty());
    let wrong = browser.post_file("/inventory/grid/vex", &fields, ("vex", "v.json", b"{}"));
    assert_eq!(wrong.status, 422, "{}", wrong.body);
}

#[test]
fn what_an_organisation_says_of_an_asset_is_kept_and_orders_the_work() {
    let (server, mail) = filled();
    let mut browser = server.signed_in(&mail);
    let asset = server.inventory.assets("grid").unwrap().first().unwrap().id.clone();
    let place = format!("/inventory/grid/assets/{asset}");
    let said = [("exposure", "S"), ("human_impact", "L")];
    let sent = browser.submit(&place, &format!("{place}/context"), &said);
    assert_eq!(sent.header("location"), Some(place.as_str()), "{}", sent.body);
    let shown = browser.get(&place).body;
    assert!(
        shown.contains("Defer to Scheduled") || shown.contains("Defer to Out-of-Cycle"),
        "{shown}"
    );
}
