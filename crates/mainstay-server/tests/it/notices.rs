//! Notices, from the draft to the answer, as people without scripts and programs go through them.

use mainstay_accounts::Scope;
use mainstay_visibility::Role;

use crate::browser::Browser;
use crate::server::{Server, operator, sbom};

/// A coordinator with whom two members share, and somebody at each.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) isac: String,
    pub(crate) grid: String,
    pub(crate) water: String,
}

impl World {
    pub(crate) fn new(server: Server) -> Self {
        for id in ["isac", "grid", "water", "bank"] {
            server.organisation(id, "us-ci/energy");
        }
        let mail = |id: &str| server.person(&format!("owner-{id}"), id, Role::Owner);
        let (isac, grid, water) = (mail("isac"), mail("grid"), mail("water"));
        for id in ["grid", "water"] {
            let upload = mainstay_inventory::Upload {
                party: id,
                asset: "control",
                release: "1",
                file_name: "b.json",
                bytes: &sbom(&["pkg:npm/left-pad@1.0.0"]),
            };
            server.inventory.receive(&upload, &operator(), server.now()).unwrap();
            let with = ["isac".parse().unwrap()].into();
            server.inventory.share(id, &with, &operator(), server.now()).unwrap();
        }
        Self { server, isac, grid, water }
    }

    /// Writes a contact of an organisation down, by its own page.
    pub(crate) fn contact(&self, mail: &str, id: &str, channel: &str, address: &str) {
        let page = format!("/inventory/{id}/contacts");
        let fields = [
            ("party", id),
            ("role", "security"),
            ("name", "Duty <b>officer</b>"),
            ("channel", channel),
            ("address", address),
        ];
        let mut browser = self.server.signed_in(mail);
        let hidden = browser.hidden(&page, &page);
        let csrf = &hidden.iter().find(|(name, _)| name == "csrf").unwrap().1;
        let all = [&[("csrf", csrf.as_str())][..], &fields].concat();
        let kept = browser.post(&page, &all);
        assert_eq!(kept.status, 303, "{}", kept.body);
    }
}

/// A notice that was drafted: its path.
pub(crate) fn drafted(browser: &mut Browser, more: &[(&str, &str)]) -> String {
    let page = "/notices/new?package=pkg:npm/left-pad";
    let fields = [
        ("title", "A flaw <script>alert(1)</script> in left-pad"),
        ("text", "Take 1.3.0.\n\n=cmd|x <img src=x>"),
        ("marking", "TLP:GREEN"),
        ("affected", "on"),
        ("role-security", "on"),
        ("hours", "0"),
        ("most", "0"),
    ];
    let all = [&fields[..], more].concat();
    let made = browser.submit(page, "/notices", &all);
    assert_eq!(made.status, 303, "{}", made.body);
    made.header("location").unwrap().to_owned()
}

/// A notice that was released: its path.
pub(crate) fn released(browser: &mut Browser, more: &[(&str, &str)]) -> String {
    let path = drafted(browser, more);
    for step in ["review", "release"] {
        let done = browser.submit(&path, &format!("{path}/{step}"), &[]);
        assert_eq!(done.status, 303, "{step}: {}", done.body);
    }
    path
}

fn code_of(letter: &str) -> String {
    let rest = letter.split("/told?code=").nth(1).unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

#[test]
fn a_notice_is_drafted_sent_into_the_mail_folder_and_answered_by_another_organisation() {
    let world = World::new(Server::start());
    world.contact(&world.grid, "grid", "mail", "csirt@grid.example");
    let mut isac = world.server.signed_in(&world.isac);
    let path = released(&mut isac, &[]);
    let letter = world.server.letter("csirt@grid.example", "/told?code=");
    assert!(
        letter.contains("Subject: [TLP:GREEN] A flaw <script>alert(1)</script> in left-pad\r\n")
    );
    let mut grid = world.server.signed_in(&world.grid);
    let listed = grid.get("/notices");
    assert!(listed.body.contains(&path), "{}", listed.body);
    let seen = grid.get(&path);
    assert!(!seen.body.contains("<script>alert") && !seen.body.contains("<img src=x"));
    assert!(seen.body.contains("&lt;script&gt;alert"));
    let answer = [("status", "not_affected"), ("justification", "component_not_present")];
    let answered = grid.submit(&path, &format!("{path}/answer"), &answer);
    assert_eq!(answered.status, 303, "{}", answered.body);
    let board = isac.get(&path);
    assert!(board.body.contains("not affected"), "{}", board.body);
    assert!(board.body.contains("no contact for security"), "the water has none: {}", board.body);
    assert!(mainstay_ui::review::faults(&board.body).is_empty());
}

#[test]
fn who_has_no_account_opens_the_link_of_the_letter_and_answers() {
    let world = World::new(Server::start());
    world.contact(&world.grid, "grid", "mail", "csirt@grid.example");
    let mut isac = world.server.signed_in(&world.isac);
    let path = released(&mut isac, &[("marking", "TLP:AMBER")]);
    let letter = world.server.letter("csirt@grid.example", "/told?code=");
    assert!(!letter.contains("left-pad"), "AMBER crosses no mail server: {letter}");
    let link = format!("/told?code={}", code_of(&letter));
    let mut outsider = world.server.browser();
    let looked = outsider.get(&link);
    assert!(looked.status == 200 && !looked.body.contains("left-pad"), "{}", looked.body);
    assert!(isac.get(&path).body.contains("not known"), "looking is not seeing");
    let opened = outsider.submit(&link, "/told", &[]);
    assert_eq!(opened.header("location"), Some(link.as_str()));
    assert!(outsider.get(&link).body.contains("Take 1.3.0."));
    let wrong = outsider.submit(&link, "/told/answer", &[("status", "not_affected")]);
    assert_eq!(wrong.status, 422, "{}", wrong.body);
    let fields = [("status", "affected"), ("words", "tonight <b>")];
    assert_eq!(outsider.submit(&link, "/told/answer", &fields).status, 303);
    let board = isac.get(&path).body;
    assert!(board.contains("tonight &lt;b&gt;") && board.contains("csirt@grid.example"), "{board}");
    assert_eq!(outsider.get("/told?code=x").status, 410);
}

#[test]
fn who_tells_does_not_learn_the_addresses_of_others_from_a_draft_and_never_a_whole_webhook() {
    let world = World::new(Server::start());
    let mut grid = world.server.signed_in(&world.grid);
    world.contact(&world.grid, "grid", "mail", "csirt@grid.example");
    world.contact(&world.grid, "grid", "webhook", "https://hooks.grid.example/s/sesame");
    let mut isac = world.server.signed_in(&world.isac);
    let path = drafted(&mut isac, &[]);
    let draft = isac.get(&path).body;
    assert!(draft.contains("1 by mail") && draft.contains("https://hooks.grid.example"), "{draft}");
    assert!(!draft.contains("csirt@grid.example") && !draft.contains("sesame"), "{draft}");
    let more = [("not_before", "2999-01-01T00:00:00Z")];
    let board = released(&mut isac, &more);
    let board = isac.get(&board).body;
    assert!(board.contains("csirt@grid.example") && !board.contains("sesame"), "{board}");
    // Who keeps it sees all of it.
    assert!(grid.get("/inventory/grid/contacts").body.contains("/s/sesame"));
}

#[test]
fn nobody_sees_a_notice_that_is_not_theirs() {
    let world = World::new(Server::start());
    let bank = world.server.person("ben", "bank", Role::Owner);
    let mut isac = world.server.signed_in(&world.isac);
    let path = drafted(&mut isac, &[]);
    let mut grid = world.server.signed_in(&world.grid);
    assert_eq!(grid.get(&path).status, 404, "a draft");
    for step in ["review", "release"] {
        isac.submit(&path, &format!("{path}/{step}"), &[]);
    }
    let mut ben = world.server.signed_in(&bank);
    let export = format!("{path}/export?format=csv");
    for hidden in [&path, &export] {
        assert_eq!(ben.get(hidden).status, 404, "{hidden}");
    }
    assert_eq!((grid.get(&path).status, grid.get(&export).status), (200, 404));
    assert!(!ben.get("/notices").body.contains("left-pad"));
    // Another organisation cannot be answered for, nor the notice be changed by who is told.
    let csrf = grid.hidden(&path, &format!("{path}/answer"));
    let csrf = &csrf.iter().find(|(name, _)| name == "csrf").unwrap().1;
    let forged = [("csrf", csrf.as_str()), ("organisation", "water"), ("status", "fixed")];
    assert_eq!(grid.post(&format!("{path}/answer"), &forged).status, 404);
    let forged = [("csrf", csrf.as_str()), ("version", "3")];
    assert_eq!(grid.post(&format!("{path}/close"), &forged).status, 404);
    let foreign = [("csrf", "x"), ("version", "3")];
    assert_eq!(isac.post(&format!("{path}/close"), &foreign).status, 403);
    let mut program = world.server.browser();
    program.token = Some(world.server.token(&bank, &[Scope::Read, Scope::Speak]));
    let api = path.replace("/notices/", "/api/v1/notices/");
    assert_eq!(program.get(&api).status, 404);
    assert_eq!(program.get("/api/v1/notices").body, "[]");
    let body = br#"{"organisation": "bank", "status": "fixed"}"#;
    let sent = program.ask("POST", &format!("{api}/answers"), "application/json", body);
    assert_eq!(sent.status, 404, "{}", sent.body);
}

#[test]
fn a_program_drafts_and_answers_and_only_a_person_reviews() {
    let world = World::new(Server::start());
    let mut program = world.server.browser();
    program.token = Some(world.server.token(&world.isac, &[Scope::Read, Scope::Speak]));
    let body = br#"{"package": "pkg:npm/left-pad", "marking": "TLP:GREEN", "roles": []}"#;
    let path = "/api/v1/notices?organisation=isac";
    let made = program.ask("POST", path, "application/json", body);
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.json()["notice"].as_str().unwrap().to_owned();
    let page = format!("/notices/{id}");
    assert_eq!(program.post(&format!("{page}/review"), &[("version", "1")]).status, 403);
    let mut isac = world.server.signed_in(&world.isac);
    for step in ["review", "release"] {
        assert_eq!(isac.submit(&page, &format!("{page}/{step}"), &[]).status, 303);
    }
    let mut water = world.server.browser();
    water.token = Some(world.server.token(&world.water, &[Scope::Speak]));
    let answers = format!("/api/v1/notices/{id}/answers");
    let body = br#"{"organisation": "water", "status": "under_investigation"}"#;
    let sent = water.ask("POST", &answers, "application/json", body);
    assert_eq!(sent.status, 201, "{}", sent.body);
    let export = program.get(&format!("/api/v1/notices/{id}/export")).json();
    let recipients = export["recipients"].as_array().unwrap();
    let water = recipients.iter().find(|one| one["organisation"] == "water").unwrap();
    assert_eq!(water["answers"][0]["status"], "under_investigation");
    let csv = isac.get(&format!("{page}/export?format=csv"));
    assert!(csv.header("content-type").unwrap().starts_with("text/csv"));
    assert!(csv.body.starts_with("\"notice\",") && csv.body.contains("under_investigation"));
}

#[test]
fn a_contact_that_cannot_be_one_is_told_on_the_page() {
    let world = World::new(Server::start());
    let mut grid = world.server.signed_in(&world.grid);
    let page = "/inventory/grid/contacts";
    for (channel, address) in [
        ("mail", "csirt@grid.example\r\nBcc: evil@example.org"),
        ("mail", "no address"),
        ("webhook", "http://grid.example/x"),
        ("webhook", "https://user:secret@grid.example/x"),
        ("pigeon", "csirt@grid.example"),
    ] {
        let fields =
            [("party", "grid"), ("role", "security"), ("channel", channel), ("address", address)];
        let refused = grid.submit(page, page, &fields);
        assert_eq!(refused.status, 422, "{address:?}: {}", refused.body);
    }
    let reader = world.server.person("rita", "grid", Role::Analyst);
    let mut analyst = world.server.signed_in(&reader);
    assert_eq!(analyst.get(page).status, 200);
    assert!(!analyst.get(page).body.contains("Write one down"));
}

#[test]
fn every_page_of_notices_holds_what_a_page_must() {
    let world = World::new(Server::start());
    world.contact(&world.grid, "grid", "mail", "csirt@grid.example");
    let mut isac = world.server.signed_in(&world.isac);
    let draft = drafted(&mut isac, &[]);
    let later = released(&mut isac, &[("not_before", "2030-01-01T00:00:00Z")]);
    let now = released(&mut isac, &[]);
    let letter = world.server.letter("csirt@grid.example", "/told?code=");
    for path in [
        "/notices",
        "/notices/new",
        "/notices/new?advisory=CVE-2021-44228",
        "/notices/new?package=pkg:npm/left-pad",
        "/notices/new?package=nonsense",
        "/inventory/isac/contacts",
        "/affected?package=pkg:npm/left-pad",
        &draft,
        &later,
        &now,
    ] {
        let page = isac.get(path);
        let faults = mainstay_ui::review::faults(&page.body);
        assert!(faults.is_empty(), "{path}: {faults:?}");
        assert!(page.status == 200 || page.status == 422, "{path}: {}", page.status);
    }
    let mut grid = world.server.signed_in(&world.grid);
    assert!(mainstay_ui::review::faults(&grid.get(&now).body).is_empty());
    let link = format!("/told?code={}", code_of(&letter));
    let mut outsider = world.server.browser();
    assert!(mainstay_ui::review::faults(&outsider.get(&link).body).is_empty());
    outsider.submit(&link, "/told", &[]);
    let faults = mainstay_ui::review::faults(&outsider.get(&link).body);
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn the_example_world_has_a_notice_in_each_stage() {
    let server = Server::start();
    let (database, inventory) = (&server.database, &server.inventory);
    let id = mainstay_server::fill_demo(database, inventory, server.now()).unwrap().unwrap();
    let mail = server.person("eva", id, Role::Analyst);
    let mut browser = server.signed_in(&mail);
    let list = browser.get("/notices").body;
    for stage in ["draft", "reviewed", "released", "closed"] {
        assert!(list.contains(&format!("{stage}</")), "{stage}: {list}");
    }
    let paths = list.split("href=\"/notices/ntc_").skip(1);
    for path in paths.map(|rest| rest.split('"').next().unwrap()) {
        let page = browser.get(&format!("/notices/ntc_{path}"));
        let faults = mainstay_ui::review::faults(&page.body);
        assert_eq!((page.status, faults.as_slice()), (200, &[][..]), "{path}");
    }
}
