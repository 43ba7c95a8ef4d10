//! What members rest on: the page, the API, the table for spreadsheets.

use mainstay_accounts::Scope;
use mainstay_visibility::Role;
use serde_json::json;

use crate::browser::Browser;
use crate::server::{Server, sbom};

const PAGE: &str = "/prevalence";
const TABLE: &str = "/prevalence.csv";
const API: &str = "/api/v1/prevalence";

/// Two organisations that share a package, and a program of the first.
fn two() -> (Server, String, Browser) {
    let server = Server::start();
    let mut mails = Vec::new();
    for (id, packages) in [
        ("grid", &["pkg:npm/left-pad@1.0.0", "pkg:pypi/flask@1.0.0"][..]),
        ("water", &["pkg:npm/left-pad@1.0.0", "pkg:npm/secret@1.0.0"]),
    ] {
        server.organisation(id, "us-ci/energy");
        let mail = server.person(&format!("owner-{id}"), id, Role::Owner);
        send(&server, (id, &mail), &sbom(packages));
        mails.push(mail);
    }
    let mut program = server.browser();
    program.token = Some(server.token(mails.first().unwrap(), &[Scope::Read]));
    (server, mails.swap_remove(0), program)
}

fn send(server: &Server, (id, mail): (&str, &str), bytes: &[u8]) {
    let mut program = server.browser();
    program.token = Some(server.token(mail, &[Scope::Submit]));
    let path = format!("/api/v1/organisations/{id}/sboms?asset=portal&release=1");
    assert_eq!(program.ask("POST", &path, "application/json", bytes).status, 201);
}

#[test]
fn only_what_is_in_sight_is_told_on_the_page_in_the_table_and_by_the_api() {
    let (server, mail, mut program) = two();
    let page = server.signed_in(&mail).get(PAGE).body;
    let answers = [page, program.get(TABLE).body, program.get(API).body];
    for answer in &answers {
        assert!(answer.contains("left-pad") && !answer.contains("secret"), "{answer}");
    }
    let document = program.get(API).json();
    assert_eq!((&document["found"], &document["totals"]["organisations"]), (&json!(2), &json!(1)));
    let codes: Vec<_> = document["unknowns"].as_array().unwrap().iter().collect();
    assert!(codes.iter().any(|one| one["code"] == "out-of-sight"), "{codes:?}");
}

#[test]
fn nobody_sees_it_without_signing_in() {
    let (server, _, _) = two();
    let mut nobody = server.browser();
    assert_eq!([PAGE, TABLE, API].map(|path| nobody.get(path).status), [303, 303, 401]);
}

#[test]
fn the_table_is_a_file_for_spreadsheets() {
    let (_server, _, mut program) = two();
    let table = program.get(&format!("{TABLE}?ecosystem=PyPI"));
    assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
    let name = table.header("content-disposition").unwrap();
    assert_eq!(name, "attachment; filename=\"prevalence.csv\"");
    assert_eq!(table.body.lines().count(), 2, "{}", table.body);
}

#[test]
fn a_filter_that_is_none_is_told() {
    let (server, mail, mut program) = two();
    for wrong in ["ecosystem=cobol", "sector=%20x%20", "order=beauty"] {
        let refused = program.get(&format!("{API}?{wrong}"));
        assert_eq!((refused.status, &refused.json()["code"]), (422, &json!("wrong-field")));
    }
    let page = server.signed_in(&mail).get(&format!("{PAGE}?ecosystem=cobol")).body;
    assert!(page.contains("a name such as npm or Maven"), "{page}");
}

#[test]
fn what_a_project_asks_for_is_a_link_that_tells_nothing_to_the_other_side() {
    let (server, mail, _) = two();
    let bytes = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "components": [{
            "type": "library", "name": "x", "version": "1", "purl": "pkg:npm/x@1.0.0",
            "externalReferences": [
                { "type": "website", "url": "https://opencollective.com/x?<b>\"" },
            ],
        }],
    });
    send(&server, ("grid", &mail), bytes.to_string().as_bytes());
    let page = server.signed_in(&mail).get(PAGE).body;
    let link = "href=\"https://opencollective.com/x?&lt;b&gt;&quot;\" rel=\"noopener noreferrer";
    assert!(page.contains(link), "{page}");
    assert!(page.contains("said by 1"), "{page}");
}
