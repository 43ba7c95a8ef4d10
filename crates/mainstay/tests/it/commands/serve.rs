//! `mainstay serve` and `mainstay submit`, as processes.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use mainstay_accounts::{
    Accounts, Caller, Cost, Mail, NewToken, Scope, Settings, SignIn, Standing,
};
use mainstay_questions::{Deadline, Name, Question, Questions, Subject, Told};
use mainstay_store::{Actor, DataDir, Database, Location, StoreError, log};
use mainstay_testkit::TestDatabase;

use crate::sandbox::{NOW, Sandbox, cargo_lock};

const PASSWORD: &str = "vier Kraniche am Wehr";

/// A server, ended with this value.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(sandbox: &Sandbox, arguments: &[&str]) -> Self {
        let all = [&["serve", "--listen", "127.0.0.1:0"], arguments].concat();
        let mut command = sandbox.command(&all);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit(' ').next().unwrap().to_owned();
        assert!(address.starts_with("http://localhost:"), "{line}");
        Self { process, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Makes the organisation `grid`, its owner and a token of hers, beside the servers.
fn token(database: &Arc<Database>) -> String {
    let now: Timestamp = NOW.parse().unwrap();
    let actor = Actor { id: "operator".to_owned(), origin: "command line".to_owned() };
    let settings = Settings { cost: Cost { memory: 8, passes: 1 }, ..Settings::default() };
    let accounts = Accounts::open(Arc::clone(database), settings).unwrap();
    let mail: Mail = "ada@example.org".parse().unwrap();
    let person = (&"Ada".parse().unwrap(), &mail, PASSWORD);
    let id = accounts.create(person, Standing::Person, &actor, now).unwrap();
    let owner = mainstay_accounts::Membership::role_of("owner").unwrap();
    accounts.put_member(&id, ("grid", owner), &actor, now).unwrap();
    let caller = Caller { origin: "192.0.2.1".to_owned(), agent: "a test".to_owned() };
    let SignIn::Done(secret) = accounts.sign_in((mail.as_str(), PASSWORD), &caller, now).unwrap()
    else {
        panic!("no second factor was set up")
    };
    let session = accounts.session(secret.reveal(), now).unwrap().unwrap();
    let new = NewToken {
        name: "a test".to_owned(),
        organisation: None,
        scopes: Scope::ALL.to_vec(),
        days: 1,
    };
    let fresh = session.fresh(now).unwrap();
    accounts.create_token(fresh, &new, &caller, now).unwrap().reveal().to_owned()
}

fn organisation(sandbox: &Sandbox, database: &[&str]) {
    let made = ["inventory", "organisation", "grid", "--name", "Grid Operator"];
    let answer = sandbox.run(&[&made[..], database].concat());
    assert_eq!(answer.exit, 0, "{answer:?}");
}

fn sbom(number: usize) -> String {
    serde_json::json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "components": [{ "type": "library", "bom-ref": "a", "name": "left-pad",
            "version": format!("1.0.{number}"), "purl": format!("pkg:npm/left-pad@1.0.{number}") }]
    })
    .to_string()
}

/// The instance that a sandbox keeps in files.
fn database_of(sandbox: &Sandbox) -> Arc<Database> {
    let path = sandbox.data().join("instance/mainstay.sqlite");
    Arc::new(Database::open(&Location::sqlite(&path)).unwrap())
}

#[test]
fn submit_sends_an_sbom_and_says_what_became_of_it() {
    let mut sandbox = Sandbox::new();
    organisation(&sandbox, &[]);
    sandbox.set("MAINSTAY_TOKEN", token(&database_of(&sandbox)));
    let server = Server::start(&sandbox, &[]);
    sandbox.write("bom.json", sbom(1));
    let there = ["--server", &server.address, "--organisation", "grid", "--asset", "control"];
    let sent = sandbox.run(&[&["submit", "bom.json"][..], &there].concat());
    assert_eq!(sent.exit, 0, "{sent:?}");
    assert!(sent.stdout.contains("1 packages") && sent.stdout.contains("not checked"), "{sent:?}");
    let again = sandbox.run(&[&["submit", "bom.json"][..], &there].concat());
    assert!(again.stdout.contains("was there already"), "{again:?}");
    sandbox.write("wrong.json", "{}");
    let refused = sandbox.run(&[&["submit", "wrong.json"][..], &there].concat());
    assert_eq!(refused.exit, 2, "{refused:?}");
    assert!(refused.stderr.contains("cannot be read"), "{refused:?}");
    sandbox.set("MAINSTAY_TOKEN", "mst_forged");
    let forged = sandbox.run(&[&["submit", "bom.json"][..], &there].concat());
    assert_eq!(forged.exit, 2, "{forged:?}");
    sandbox.set("MAINSTAY_TOKEN", "");
    let without = sandbox.run(&[&["submit", "bom.json"][..], &there].concat());
    assert!(without.stderr.contains("no token"), "{without:?}");
}

/// A question of the grid to itself about `left` below 2.0.0: its id, and the key that signed it.
fn asked(sandbox: &Sandbox, database: &Arc<Database>) -> (String, String) {
    let now: Timestamp = NOW.parse().unwrap();
    let folder = DataDir::open(&sandbox.data().join("instance")).unwrap();
    let questions = Questions::open(Arc::clone(database), folder);
    let question = Question {
        id: Question::new_id(now).unwrap(),
        subject: Subject::package("pkg:cargo/left", Some("vers:cargo/<2.0.0")).unwrap(),
        asked_by: Name::parse("asked_by", "CERT").unwrap(),
        purpose: None,
        reply_to: None,
        marking: mainstay_types::Tlp::Amber,
        asked_at: now,
        deadline: Deadline::parse("2099-01-01T00:00:00Z").unwrap(),
    };
    let told = Told { everybody: false, organisations: ["grid".parse().unwrap()].into() };
    let actor = Actor { id: "operator".to_owned(), origin: "command line".to_owned() };
    let published = questions.ask("grid", &question, &told, (&actor, now)).unwrap();
    (question.id.to_string(), published.key.to_string())
}

#[test]
fn an_answer_is_sent_to_the_server_that_the_question_came_from() {
    let mut sandbox = Sandbox::new();
    organisation(&sandbox, &[]);
    let database = database_of(&sandbox);
    sandbox.set("MAINSTAY_TOKEN", token(&database));
    sandbox.set("MAINSTAY_OFFLINE", "0");
    let (id, key) = asked(&sandbox, &database);
    let server = Server::start(&sandbox, &[]);
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0")]));
    let address = format!("{}/api/v1/questions/{id}/file", server.address);
    let question = ["affected", "--question", &address, "--key", &key, "Cargo.lock"];
    let rest = ["--organisation", "grid", "--key-file", "../grid.key"];
    let looked = sandbox.run(&[&question[..], &rest].concat());
    assert_eq!(looked.exit, 0, "{looked:?}");
    assert!(!looked.stdout.contains("Sent"), "{looked:?}");
    let sent = sandbox.run(&[&question[..], &rest, &["--send"]].concat());
    assert_eq!(sent.exit, 0, "{sent:?}");
    assert!(sent.stdout.contains("Sent; it is") && sent.stdout.contains("affected"), "{sent:?}");
    let without = sandbox.run(&question);
    assert_eq!(without.exit, 2, "it is not told to the public: {without:?}");
}

#[test]
fn submit_sends_a_vex_document_and_says_what_of_it_had_no_effect() {
    let mut sandbox = Sandbox::new();
    organisation(&sandbox, &[]);
    sandbox.set("MAINSTAY_TOKEN", token(&database_of(&sandbox)));
    let server = Server::start(&sandbox, &[]);
    let vex = r#"{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "urn:x:1", "author": "A",
        "version": 1, "timestamp": "2020-01-01T00:00:00Z", "statements": [{"vulnerability":
        {"name": "CVE-2020-1"}, "products": [{"@id": "pkg:npm/left-pad"}], "status": "fixed"}]}"#;
    sandbox.write("vex.json", vex);
    let there = ["--server", &server.address, "--organisation", "grid"];
    let sent = sandbox.run(&[&["submit", "vex.json"][..], &there].concat());
    assert_eq!(sent.exit, 0, "{sent:?}");
    assert!(sent.stdout.contains("1 statements") && sent.stdout.contains("no effect"), "{sent:?}");
    sandbox.write("bom.json", sbom(1));
    let nameless = sandbox.run(&[&["submit", "bom.json"][..], &there].concat());
    assert!(nameless.exit == 2 && nameless.stderr.contains("--asset"), "{nameless:?}");
}

#[test]
fn whoever_runs_an_instance_gives_roles_and_lets_somebody_begin_anew() {
    let sandbox = Sandbox::new();
    organisation(&sandbox, &[]);
    let database = database_of(&sandbox);
    token(&database);
    let last = sandbox.run(&["account", "role", "ada@example.org", "grid", "auditor"]);
    assert!(last.stderr.contains("at least one owner"), "{last:?}");
    let party = ["inventory", "organisation", "water", "--name", "Waterworks"];
    assert_eq!(sandbox.run(&party).exit, 0);
    let given = sandbox.run(&["account", "role", "ada@example.org", "water", "auditor"]);
    assert_eq!(given.exit, 0, "{given:?}");
    let settings = Settings { cost: Cost { memory: 8, passes: 1 }, ..Settings::default() };
    let accounts = Accounts::open(database, settings).unwrap();
    let mail: Mail = "ada@example.org".parse().unwrap();
    let account = accounts.account_of(&mail).unwrap();
    let roles: Vec<_> = account.memberships.iter().map(|one| one.role.word()).collect();
    assert_eq!(roles, ["owner", "auditor"]);
    let reset = sandbox.run(&["account", "reset", "ada@example.org"]);
    let code = reset.stdout.split("code=").nth(1).unwrap().trim();
    let caller = Caller { origin: "192.0.2.1".to_owned(), agent: "a test".to_owned() };
    let now: Timestamp = NOW.parse().unwrap();
    let entered = accounts.sign_in(("ada@example.org", PASSWORD), &caller, now);
    assert!(entered.is_err(), "the old password is gone");
    accounts.recover((code, "a lamp under the stairs"), &caller, now).unwrap();
    for (arguments, said) in [
        (["account", "role", "ada@example.org", "nowhere", "owner"], "inventory organisations"),
        (["account", "role", "eva@example.org", "grid", "owner"], "no account"),
        (["account", "role", "ada@example.org", "grid", "king"], "owner, maintainer"),
    ] {
        let wrong = sandbox.run(&arguments);
        assert_eq!(wrong.exit, 2, "{wrong:?}");
        assert!(wrong.stderr.contains(said), "{wrong:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_server_that_is_asked_to_end_ends_well() {
    let sandbox = Sandbox::new();
    let mut server = Server::start(&sandbox, &[]);
    let asked = format!("kill -TERM {}", server.process.id());
    assert!(Command::new("sh").args(["-c", &asked]).status().unwrap().success());
    assert!(server.process.wait().unwrap().success());
}

#[test]
fn a_server_for_other_machines_wants_to_know_its_name() {
    let sandbox = Sandbox::new();
    let answer = sandbox.run(&["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.stderr.contains("--public-url"), "{answer:?}");
}

/// Two servers on one PostgreSQL take SBOMs; one is killed in the middle. Whatever was answered
/// with success is there afterwards, document and all, and the log is whole.
#[test]
fn nothing_that_was_acknowledged_is_lost_when_one_of_two_servers_is_killed() {
    const SENDERS: usize = 4;
    const EACH: usize = 20;
    let Some(kept) = TestDatabase::postgres() else { return };
    let uri = kept.uri().unwrap();
    let sandbox = Sandbox::new();
    organisation(&sandbox, &["--database", &uri]);
    let database = Arc::new(kept.open());
    let token = token(&database);
    let servers = Mutex::new([
        Server::start(&sandbox, &["--database", &uri]),
        Server::start(&sandbox, &["--database", &uri]),
    ]);
    let addresses: Vec<String> =
        servers.lock().unwrap().iter().map(|server| server.address.clone()).collect();
    let acknowledged = Mutex::new(Vec::new());
    let sent = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for sender in 0..SENDERS {
            let (addresses, token, acknowledged, sent, servers) =
                (&addresses, &token, &acknowledged, &sent, &servers);
            scope.spawn(move || {
                for turn in 0..EACH {
                    let number = sender * EACH + turn;
                    let document = sbom(number);
                    let address = &addresses[number % 2];
                    let url = format!(
                        "{address}/api/v1/organisations/grid/sboms?asset=a{number}&release=1"
                    );
                    if let Some(id) = send(&url, token, &document) {
                        acknowledged.lock().unwrap().push((id, document));
                    }
                    // In the middle of it all one of them is gone, without a word.
                    if sent.fetch_add(1, Ordering::SeqCst) == SENDERS * EACH / 2 {
                        servers.lock().unwrap()[0].process.kill().unwrap();
                    }
                }
            });
        }
    });
    let acknowledged = acknowledged.into_inner().unwrap();
    // The other one answered all of its own.
    assert!(acknowledged.len() >= SENDERS * EACH / 2, "{}", acknowledged.len());
    drop(servers);
    let inventory = open(&sandbox, &database);
    for (id, document) in &acknowledged {
        assert_eq!(inventory.document(id).unwrap(), document.as_bytes(), "{id}");
    }
    log::verify(&database, None).unwrap();
    let entries =
        database.read::<_, StoreError>(|transaction| log::entries(transaction, 0, 10_000)).unwrap();
    let logged = entries.iter().filter(|entry| entry.action == "sbom.add").count();
    assert!(logged >= acknowledged.len(), "{logged} of {}", acknowledged.len());
}

/// The id of the SBOM, when the server acknowledged it.
fn send(url: &str, token: &str, document: &str) -> Option<String> {
    let limits = mainstay_fetch::Limits::default();
    let proxies = mainstay_fetch::Proxies::None;
    let fetcher = mainstay_fetch::Fetcher::new(limits, "test", proxies);
    let url = mainstay_types::SourceUrl::new(url);
    let answer = fetcher.send(&url, token, document.as_bytes()).ok()?;
    let body: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
    answer.is_success().then(|| body["sbom"].as_str().unwrap().to_owned())
}

fn open(sandbox: &Sandbox, database: &Arc<Database>) -> mainstay_inventory::Inventory {
    let blobs = sandbox.data().join("instance/blobs");
    let blobs = Arc::new(mainstay_store::FolderBlobs::open(&blobs).unwrap());
    let data = mainstay_knowledge::DataFolder::open(&sandbox.data()).unwrap();
    let limits = mainstay_inventory::Limits::default();
    mainstay_inventory::Inventory::open(Arc::clone(database), blobs, data, limits)
}
