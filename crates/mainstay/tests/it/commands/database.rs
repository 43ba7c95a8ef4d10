//! `mainstay db`, and the data that a scan fetches by itself.

use mainstay_testkit::{BucketServer, Fault, Record, zip};

use crate::sandbox::{AS_OF, Answer, Sandbox, cargo_lock, nobody_there};

/// A bucket that knows a flaw in `left` below 2.0.0.
fn bucket() -> BucketServer {
    let server = BucketServer::start();
    serve(&server, &[Record::new("TEST-2024-0001", "crates.io", "left")]);
    server
}

/// Serves these records as the whole export and one by one, all of them changed in 2025.
fn serve(server: &BucketServer, records: &[Record]) {
    server.put("/crates.io/all.zip", zip(records.iter().map(Record::entry)));
    let mut list = String::new();
    for record in records {
        server.put(&format!("/crates.io/{}.json", record.id()), record.json());
        let modified = record.0["modified"].as_str().unwrap();
        list = format!("{modified},{}\n{list}", record.id());
    }
    server.put("/crates.io/modified_id.csv", list);
}

/// A project that needs `left` 1.0.0, no data, and a network as far as this server.
fn project(server: &BucketServer) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0")]));
    sandbox.go_online(&server.url());
    sandbox
}

fn ok(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let answer = sandbox.run(arguments);
    assert_eq!(answer.exit, 0, "{answer:?}");
    answer.stdout
}

#[test]
fn an_import_says_what_came_in() {
    let sandbox = Sandbox::new();
    let records = [
        Record::new("TEST-1", "crates.io", "left"),
        Record::new("TEST-2", "crates.io", "right").withdrawn("2025-02-01T00:00:00Z"),
        Record::new("TEST-3", "npm", "left"),
    ];
    let export = sandbox.beside("records.zip");
    std::fs::write(&export, zip(records.iter().map(Record::entry))).unwrap();
    sandbox.write("notes.json", "{\"hello\": \"world\"}");
    let path = export.to_str().unwrap();
    let text = ok(&sandbox, &["db", "import", "--as-of", AS_OF, path, "notes.json"]);
    insta::assert_snapshot!(text, @"
    crates.io: 2 records, 1 of them withdrawn; 1 day old
    npm: 1 records, 0 of them withdrawn; 1 day old
    no advisory data: notes.json: JSON, but no advisory data
    ");
}

#[test]
fn an_import_of_nothing_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.write("notes.json", "{\"hello\": \"world\"}");
    let answer = sandbox.run(&["db", "import", "notes.json"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @"error: nothing was imported: no OSV record, KEV catalogue or EPSS table was found");
}

#[test]
fn an_import_of_a_file_that_is_not_there_is_an_error() {
    let answer = Sandbox::new().run(&["db", "import", "gone.zip"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @"error: cannot read gone.zip: No such file or directory (os error 2); check the path");
}

#[test]
fn an_import_cannot_be_true_as_of_tomorrow() {
    let sandbox = Sandbox::new();
    sandbox.write("r.json", Record::new("TEST-1", "crates.io", "left").json());
    let answer = sandbox.run(&["db", "import", "--as-of", "2026-03-02", "r.json"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
}

#[test]
fn status_says_what_is_there_and_how_old_it_is() {
    let text = ok(&Sandbox::flawed(), &["db", "status"]);
    let digest = text.find("sha256:").unwrap();
    let text = text.replace(&text[digest..digest + 71], "sha256:DIGEST");
    insta::assert_snapshot!(text, @"
    Data folder: SANDBOX/data
    crates.io: 1 records, newest of 2025-01-01; 1 day old
      sha256:DIGEST
    ");
}

#[test]
fn status_without_data_says_how_to_get_some() {
    insta::assert_snapshot!(ok(&Sandbox::new(), &["db", "status"]), @"
    Data folder: SANDBOX/data
    There is no advisory data yet. `mainstay db update --all` fetches it, `mainstay db import` takes it from files, and a scan with a network fetches what it needs. Until then only the embedded starter set is asked.
    ");
}

#[test]
fn status_tells_a_damaged_index() {
    let sandbox = Sandbox::flawed();
    for file in crate::sandbox::files_below(&sandbox.data().join("index")) {
        std::fs::write(file, "damaged").unwrap();
    }
    let status: serde_json::Value =
        serde_json::from_str(&ok(&sandbox, &["db", "status", "--json"])).unwrap();
    assert!(status["sources"][0]["problem"].is_string(), "{status}");
}

#[test]
fn the_json_of_status_fits_its_schema() {
    let schema = include_str!("../../../../../docs/schemas/status.schema.json");
    let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    for sandbox in [Sandbox::new(), Sandbox::flawed()] {
        let status = serde_json::from_str(&ok(&sandbox, &["db", "status", "--json"])).unwrap();
        assert!(schema.is_valid(&status), "{status}");
    }
}

#[test]
fn an_update_of_nothing_says_what_to_name() {
    let answer = project(&bucket()).run(&["db", "update"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @"error: there is no ecosystem to update yet; name some with --ecosystem, or take --all; a scan fetches what it needs by itself");
}

#[test]
fn an_update_of_an_unknown_ecosystem_is_wrong_use() {
    let answer = project(&bucket()).run(&["db", "update", "--ecosystem", "crates"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.stderr.contains("choose one of"), "{answer:?}");
}

#[test]
fn an_update_fetches_the_whole_export_first() {
    let server = bucket();
    let sandbox = project(&server);
    sandbox.run(&["db", "update", "--ecosystem", "crates.io"]);
    assert!(
        server.requests().contains(&"/crates.io/all.zip".to_owned()),
        "{:?}",
        server.requests()
    );
}

#[test]
fn a_later_update_fetches_only_what_changed() {
    let server = bucket();
    let mut sandbox = project(&server);
    sandbox.run(&["db", "update", "--ecosystem", "crates.io"]);
    let old = Record::new("TEST-2024-0001", "crates.io", "left");
    let new = Record::new("TEST-2026-0002", "crates.io", "left").modified("2026-03-02T00:00:00Z");
    serve(&server, &[old, new]);
    server.forget_requests();
    sandbox.set("MAINSTAY_NOW", "2026-03-03T00:00:00Z");
    sandbox.run(&["db", "update"]);
    let requests = server.requests();
    assert!(requests.contains(&"/crates.io/TEST-2026-0002.json".to_owned()), "{requests:?}");
    assert!(!requests.contains(&"/crates.io/all.zip".to_owned()), "{requests:?}");
}

#[test]
fn an_update_that_fails_is_an_error_and_keeps_what_is_there() {
    let server = bucket();
    let sandbox = project(&server);
    sandbox.run(&["scan"]);
    server.fault("/crates.io/modified_id.csv", Fault::Status(503));
    assert_eq!(sandbox.run(&["db", "update"]).exit, 2);
    assert_eq!(sandbox.check(&[]).exit, 1);
}

fn fetched_by_scan() -> (BucketServer, Sandbox) {
    let server = bucket();
    let sandbox = project(&server);
    let report = sandbox.scan(&[]);
    assert_eq!(report["findings"][0]["advisory"]["id"], "TEST-2024-0001");
    (server, sandbox)
}

#[test]
fn a_first_scan_fetches_what_it_needs() {
    let (server, _sandbox) = fetched_by_scan();
    assert!(
        server.requests().contains(&"/crates.io/all.zip".to_owned()),
        "{:?}",
        server.requests()
    );
}

#[test]
fn a_first_scan_fetches_no_ecosystem_that_is_not_there() {
    let (server, _sandbox) = fetched_by_scan();
    assert!(!server.requests().iter().any(|path| path.contains("npm")), "{:?}", server.requests());
}

#[test]
fn a_second_scan_within_a_day_asks_nothing() {
    let (server, mut sandbox) = fetched_by_scan();
    server.forget_requests();
    sandbox.set("MAINSTAY_NOW", "2026-03-02T11:59:00Z");
    sandbox.scan(&[]);
    assert_eq!(server.requests(), [""; 0]);
}

#[test]
fn a_scan_after_more_than_a_day_asks_what_changed() {
    let (server, mut sandbox) = fetched_by_scan();
    server.forget_requests();
    sandbox.set("MAINSTAY_NOW", "2026-03-02T12:01:00Z");
    sandbox.scan(&[]);
    let requests = server.requests();
    assert!(requests.contains(&"/crates.io/modified_id.csv".to_owned()), "{requests:?}");
}

#[test]
fn data_that_a_scan_fetched_make_clean_possible() {
    let (_server, sandbox) = fetched_by_scan();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "2.0.0")]));
    assert_eq!(sandbox.check(&[]).exit, 0);
}

#[test]
fn offline_asks_nothing() {
    let server = bucket();
    let sandbox = project(&server);
    sandbox.scan(&["--offline"]);
    assert_eq!(server.requests(), [""; 0]);
}

#[test]
fn offline_can_be_said_by_a_variable() {
    let server = bucket();
    let mut sandbox = project(&server);
    sandbox.set("MAINSTAY_OFFLINE", "true");
    sandbox.scan(&[]);
    assert_eq!(server.requests(), [""; 0]);
}

#[test]
fn a_download_that_breaks_off_is_resumed() {
    let server = bucket();
    server.fault("/crates.io/all.zip", Fault::BreakOnceAfter(40));
    let sandbox = project(&server);
    sandbox.scan(&[]);
    let later = sandbox.run(&["db", "update", "--ecosystem", "crates.io"]);
    assert_eq!(sandbox.check(&[]).exit, 1, "{later:?}");
}

#[test]
fn a_bucket_that_answers_nonsense_leaves_the_unknown() {
    let server = BucketServer::start();
    server.put("/crates.io/all.zip", "<html>Please log in</html>");
    let answer: Answer = project(&server).check(&[]);
    assert_eq!(answer.exit, 3, "{answer:?}");
    assert_eq!(answer.unknown_codes(), ["no-data"]);
}

#[test]
fn a_network_that_failed_a_short_while_ago_is_not_asked_again() {
    let server = bucket();
    let mut sandbox = project(&server);
    sandbox.go_online(&nobody_there());
    sandbox.scan(&[]);
    sandbox.go_online(&server.url());
    sandbox.set("MAINSTAY_NOW", "2026-03-01T12:05:00Z");
    sandbox.scan(&[]);
    assert_eq!(server.requests(), [""; 0]);
}
