//! Signed questions on the pages and by the API.

use mainstay_accounts::Scope;
use mainstay_questions::{Answer, Keyring, Name, Shown, SignedQuestion, Standing};
use mainstay_store::SigningKey;
use mainstay_visibility::Role;

use crate::browser::Browser;
use crate::server::{Server, sbom};

/// An instance with `cert` that asks, and `grid` and `water`; with an owner of each.
struct World {
    server: Server,
    mails: [String; 3],
}

impl World {
    fn new() -> Self {
        let server = Server::start();
        let mails = ["cert", "grid", "water"].map(|id| {
            server.organisation(id, "us-ci/energy");
            server.person(&format!("owner-{id}"), id, Role::Owner)
        });
        Self { server, mails }
    }

    fn cert(&self) -> Browser {
        self.server.signed_in(&self.mails[0])
    }

    fn grid(&self) -> Browser {
        self.server.signed_in(&self.mails[1])
    }

    fn water(&self) -> Browser {
        self.server.signed_in(&self.mails[2])
    }

    fn program(&self, mail: &str) -> Browser {
        let mut program = self.server.browser();
        program.token = Some(self.server.token(mail, &Scope::ALL));
        program
    }

    /// Asks by the page, and gives the address of the question.
    fn ask(&self, fields: &[(&str, &str)]) -> String {
        let deadline = self.server.now() + jiff::SignedDuration::from_hours(24);
        let deadline = deadline.to_string();
        let always = [
            ("organisation", "cert"),
            ("package", "pkg:npm/left-pad"),
            ("range", "vers:npm/<2.0.0"),
            ("deadline", deadline.as_str()),
            ("purpose", "It <phones> home."),
        ];
        let mut browser = self.cert();
        let form = [&always[..], fields].concat();
        let asked = browser.submit("/questions/new", "/questions/new", &form);
        assert_eq!(asked.status, 303, "{}", asked.body);
        asked.header("location").unwrap().to_owned()
    }

    fn ask_the_grid(&self) -> String {
        self.ask(&[("marking", "TLP:AMBER"), ("told-grid", "on")])
    }
}

fn id_of(address: &str) -> &str {
    address.rsplit_once('/').unwrap().1
}

fn new_key(name: &str) -> SigningKey {
    let folder = tempfile::tempdir().unwrap();
    SigningKey::open_or_create(&folder.path().join("key"), name).unwrap()
}

/// The grid's signed answer that it is affected, and the address to send it to.
fn affected(program: &mut Browser, server: &Server, id: &str) -> (String, String) {
    let told = program.get(&format!("/api/v1/questions/{id}")).json();
    let key = told.get("key").and_then(serde_json::Value::as_str).unwrap();
    let key: mainstay_store::VerifyingKey = key.parse().unwrap();
    let file = program.get(&format!("/api/v1/questions/{id}/file"));
    let question = SignedQuestion::open(file.body.as_bytes(), &Keyring::new([key])).unwrap();
    let answer = Answer {
        id: Answer::new_id(server.now()).unwrap(),
        question: question.question.id.clone(),
        question_digest: question.digest,
        answered_by: Name::parse("answered_by", "The grid").unwrap(),
        sectors: Vec::new(),
        answered_at: server.now(),
        marking: question.question.marking,
        standing: Standing::Affected,
        shown: Shown::Status,
        not_known: Vec::new(),
        left_out: 0,
        knowledge_as_of: None,
        note: None,
    };
    let signing = new_key("grid");
    let key = mainstay_types::percent_encoded(&signing.verifying().to_string());
    let path = format!("/api/v1/questions/{id}/answers?organisation=grid&key={key}");
    (answer.seal(&signing).unwrap(), path)
}

#[test]
fn a_question_is_asked_by_the_page_and_seen_by_those_who_were_told() {
    let world = World::new();
    let address = world.ask_the_grid();
    let page = world.grid().get(&address);
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("pkg:npm/left-pad") && page.body.contains("&lt;phones&gt;"));
    assert!(!page.body.contains("The picture"), "the picture is for the asker");
    assert!(world.grid().get("/questions").body.contains(&address));
    assert_eq!(world.water().get(&address).status, 404);
    assert!(!world.water().get("/questions").body.contains(&address));
    assert_eq!(world.server.browser().get(&address).status, 303);
}

#[test]
fn nothing_of_a_question_is_there_for_who_was_not_told() {
    let world = World::new();
    let address = world.ask_the_grid();
    let mut water = world.water();
    for path in ["", "/file", "/answers/kept_1", "/draft?organisation=water"] {
        assert_eq!(water.get(&format!("{address}{path}")).status, 404, "{path}");
    }
    let mut program = world.program(&world.mails[2]);
    for path in ["", "/file", "/answers", "/picture"] {
        let path = format!("/api/v1{address}{path}");
        assert_eq!(program.get(&path).status, 404, "{path}");
    }
    assert_eq!(program.get("/api/v1/questions").json(), serde_json::json!([]));
}

#[test]
fn what_is_wrong_with_a_question_is_told_on_the_form_with_what_was_typed() {
    let world = World::new();
    let form = [
        ("organisation", "cert"),
        ("advisory", "CVE-2021-44228"),
        ("deadline", "tomorrow"),
        ("marking", "TLP:AMBER"),
        ("told-grid", "on"),
    ];
    let again = world.cert().submit("/questions/new", "/questions/new", &form);
    assert_eq!(again.status, 422);
    assert!(again.body.contains("CVE-2021-44228") && again.body.contains("offset from UTC"));
    assert!(mainstay_ui::review::faults(&again.body).is_empty());
}

#[test]
fn nobody_asks_in_the_name_of_another_organisation() {
    let world = World::new();
    let form = [("organisation", "cert"), ("advisory", "CVE-2021-44228")];
    let refused = world.grid().submit("/questions/new", "/questions/new", &form);
    assert_eq!(refused.status, 404, "{}", refused.body);
}

#[test]
fn a_public_question_is_fetched_by_whoever_asks_for_it() {
    let world = World::new();
    let address = world.ask(&[("marking", "TLP:CLEAR"), ("everybody", "on")]);
    let mut anybody = world.server.browser();
    let file = anybody.get(&format!("/api/v1/questions/{}/file", id_of(&address)));
    assert_eq!((file.status, file.json()["signatures"][0]["sig"].is_string()), (200, true));
    assert_eq!(anybody.get(&address).status, 200);
    let narrow = world.ask_the_grid();
    let hidden = anybody.get(&format!("/api/v1/questions/{}/file", id_of(&narrow)));
    assert_eq!(hidden.status, 401);
}

#[test]
fn an_answer_by_the_api_is_in_the_picture_of_the_asker() {
    let world = World::new();
    let address = world.ask(&[("marking", "TLP:AMBER"), ("told-grid", "on"), ("told-water", "on")]);
    let id = id_of(&address);
    let mut grid = world.program(&world.mails[1]);
    let (envelope, path) = affected(&mut grid, &world.server, id);
    let sent = grid.ask("POST", &path, "application/json", envelope.as_bytes());
    assert_eq!((sent.status, sent.json()["status"].as_str()), (201, Some("affected")));
    let again = grid.ask("POST", &path, "application/json", envelope.as_bytes()).json();
    assert_eq!(again["known"], true);
    let mut cert = world.program(&world.mails[0]);
    let picture = cert.get(&format!("/api/v1/questions/{id}/picture")).json();
    let counts = &picture["counts"];
    assert_eq!((&counts["affected"], &counts["silent"]), (&1.into(), &1.into()), "{picture}");
    assert_eq!(picture["sectors"][0]["counts"]["organisations"], 2);
    let answers = cert.get(&format!("/api/v1/questions/{id}/answers")).json();
    assert_eq!(answers[0]["counts"], true);
    assert_eq!(grid.get(&format!("/api/v1/questions/{id}/picture")).status, 403);
    let shown = world.cert().get(&address);
    assert!(shown.body.contains("The picture") && shown.body.contains("silent"));
}

#[test]
fn forgeries_and_foreign_names_are_refused_with_a_reason() {
    let world = World::new();
    let address = world.ask_the_grid();
    let id = id_of(&address);
    let mut grid = world.program(&world.mails[1]);
    let (envelope, path) = affected(&mut grid, &world.server, id);
    let forged = envelope.replace("\"sig\":\"", "\"sig\":\"AAAA");
    let refused = grid.ask("POST", &path, "application/json", forged.as_bytes());
    assert_eq!((refused.status, refused.json()["code"].as_str()), (422, Some("refused-document")));
    let mut water = world.program(&world.mails[2]);
    let in_its_name = water.ask("POST", &path, "application/json", envelope.as_bytes());
    assert_eq!(in_its_name.status, 404);
    let huge = vec![b' '; (1 << 20) + 1];
    assert_eq!(grid.ask("POST", &path, "application/json", &huge).status, 413);
    let mut reader = world.server.browser();
    reader.token = Some(world.server.token(&world.mails[1], &[Scope::Read]));
    let no_scope = reader.ask("POST", &path, "application/json", envelope.as_bytes());
    assert_eq!(no_scope.status, 403);
}

#[test]
fn an_inventory_answers_by_the_page_with_exactly_what_was_shown() {
    let world = World::new();
    let mut program = world.program(&world.mails[1]);
    let path = "/api/v1/organisations/grid/sboms?asset=control&release=1";
    program.ask("POST", path, "application/json", &sbom(&["pkg:npm/left-pad@1.0.0"]));
    let address = world.ask_the_grid();
    let mut grid = world.grid();
    let draft = format!("{address}/draft?organisation=grid&detail=components&marking=&note=");
    let shown = grid.get(&draft);
    assert_eq!(shown.status, 200, "{}", shown.body);
    assert!(shown.body.contains("control 1") && shown.body.contains("What would leave"));
    assert!(mainstay_ui::review::faults(&shown.body).is_empty());
    let sent = grid.submit(&draft, &format!("{address}/draft"), &[]);
    assert_eq!(sent.header("location"), Some(address.as_str()), "{}", sent.body);
    let listed = world.cert().get(&address);
    assert!(listed.body.contains("its answer"), "{}", listed.body);
    let answers = grid.get(&address);
    let file = answers.body.split("/answers/").nth(1).unwrap().split('"').next().unwrap();
    let file = grid.get(&format!("{address}/answers/{file}"));
    assert!(file.header("content-disposition").unwrap().contains("attachment"));
    // What changed since is shown again, not sent.
    let fields = grid.hidden(&draft, &format!("{address}/draft"));
    program.ask("POST", path, "application/json", &sbom(&["pkg:npm/left-pad@1.1.0"]));
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let changed = grid.post(&format!("{address}/draft"), &fields);
    assert_eq!(changed.status, 409);
    assert!(changed.body.contains("left-pad@1.1.0"), "{}", changed.body);
}

#[test]
fn a_signed_file_is_published_and_answered_by_the_page() {
    let world = World::new();
    let address = world.ask_the_grid();
    let mut program = world.program(&world.mails[1]);
    let (envelope, path) = affected(&mut program, &world.server, id_of(&address));
    let key = path.split("key=").nth(1).unwrap().replace("%2B", "+").replace("%2F", "/");
    let key = key.replace("%3D", "=");
    let mut grid = world.grid();
    let action = format!("{address}/answers");
    let mut fields = grid.hidden(&address, &action);
    fields.push(("sender".to_owned(), "grid".to_owned()));
    fields.push(("key".to_owned(), key));
    let sent = grid.post_file(&action, &fields, ("file", "a.json", envelope.as_bytes()));
    assert_eq!(sent.header("location"), Some(address.as_str()), "{}", sent.body);
}

#[test]
fn a_closed_question_takes_no_answer_and_only_the_asker_closes_it() {
    let world = World::new();
    let address = world.ask_the_grid();
    let close = format!("{address}/close");
    let mut grid = world.grid();
    let token = grid.hidden("/account", "/account/password");
    let token: Vec<(&str, &str)> =
        token.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(grid.post(&close, &token).status, 403);
    assert_eq!(world.cert().submit(&address, &close, &[]).status, 303);
    let mut program = world.program(&world.mails[1]);
    let (envelope, path) = affected(&mut program, &world.server, id_of(&address));
    let refused = program.ask("POST", &path, "application/json", envelope.as_bytes());
    assert_eq!((refused.status, refused.json()["code"].as_str()), (409, Some("question-closed")));
}

#[test]
fn every_page_of_questions_holds_what_a_page_must() {
    let world = World::new();
    let address = world.ask(&[("marking", "TLP:GREEN"), ("everybody", "on")]);
    let draft = format!("{address}/draft?organisation=grid");
    for (mut browser, paths) in [
        (world.cert(), vec!["/questions", "/questions/new", "/questions/new/file", &address]),
        (world.grid(), vec!["/questions", &address, &draft]),
    ] {
        for path in paths {
            let page = browser.get(path);
            let faults = mainstay_ui::review::faults(&page.body);
            assert_eq!((page.status, faults.as_slice()), (200, &[][..]), "{path}");
        }
    }
}

#[test]
fn the_askers_open_page_hears_when_an_answer_comes() {
    use std::io::BufRead as _;
    let world = World::new();
    let address = world.ask_the_grid();
    let mut events = world.cert().listen("/events?topic=question");
    let mut grid = world.program(&world.mails[1]);
    let mut line = String::new();
    while !line.starts_with("data:") {
        // What was sent before the page listened is not told, so one more is sent until it is.
        if line.is_empty() || line == "\n" {
            let (envelope, path) = affected(&mut grid, &world.server, id_of(&address));
            grid.ask("POST", &path, "application/json", envelope.as_bytes());
        }
        line.clear();
        events.read_line(&mut line).unwrap();
    }
    assert_eq!(line.trim_end(), "data: question");
}
