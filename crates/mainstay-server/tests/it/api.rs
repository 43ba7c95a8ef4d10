//! The API, as programs use it.

use mainstay_accounts::Scope;
use mainstay_visibility::Role;

use crate::browser::Browser;
use crate::server::{Server, openvex, sbom};

const SBOMS: &str = "/api/v1/organisations/grid/sboms?asset=control&release=7";

fn program(server: &Server) -> Browser {
    server.organisation("grid", "us-ci/energy");
    let mail = server.person("ada", "grid", Role::Owner);
    let mut program = server.browser();
    program.token = Some(server.token(&mail, &[Scope::Read, Scope::Submit]));
    program
}

#[test]
fn an_sbom_that_was_sent_is_in_the_answer_to_who_is_affected() {
    let server = Server::start();
    let mut program = program(&server);
    let bytes = sbom(&["pkg:npm/left-pad@1.0.0", "pkg:npm/once@1.0.0"]);
    let sent = program.ask("POST", SBOMS, "application/json", &bytes);
    assert_eq!((sent.status, sent.json()["packages"].as_u64()), (201, Some(2)), "{}", sent.body);
    let asked = program.get("/api/v1/affected?package=pkg:npm/left-pad").json();
    assert_eq!(asked["organisations"], 1);
    assert_eq!(asked["releases"][0]["organisation"], "grid");
    assert_eq!(asked["releases"][0]["packages"][0], "pkg:npm/left-pad@1.0.0");
    let codes: Vec<_> =
        asked["unknowns"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
    assert!(codes.contains(&"out-of-sight".into()), "{codes:?}");
    let again = program.ask("POST", SBOMS, "application/json", &bytes).json();
    assert_eq!(again["known"], true);
}

#[test]
fn problems_are_told_in_the_form_of_the_standard_with_what_to_do() {
    let server = Server::start();
    let mut program = program(&server);
    for (method, path, body, status, code) in [
        ("POST", SBOMS, &b"not an SBOM"[..], 422, "unread-document"),
        ("GET", "/api/v1/affected", b"", 422, "wrong-field"),
        ("GET", "/api/v1/affected?package=nonsense", b"", 422, "wrong-field"),
        ("GET", "/api/v1/nowhere", b"", 404, "not-found"),
        ("POST", "/api/v1/me", b"", 405, "wrong-method"),
        ("GET", "/api/v1/log?after=x", b"", 400, "wrong-request"),
    ] {
        let answer = program.ask(method, path, "application/octet-stream", body);
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path}");
        assert_eq!(answer.json()["code"], code, "{path}");
        assert!(answer.json()["request"].as_str().is_some_and(|id| id.starts_with("run_")));
    }
    program.token = Some("mst_forged".to_owned());
    assert_eq!(program.get("/api/v1/me").status, 401);
    program.token = None;
    assert_eq!(program.get("/api/v1/me").status, 401);
}

#[test]
fn a_document_that_is_too_large_is_refused_before_it_is_read() {
    let server = Server::start();
    let mut program = program(&server);
    let answer = program.ask("POST", SBOMS, "application/json", &vec![b' '; (1 << 20) + 1]);
    assert_eq!((answer.status, answer.json()["code"].as_str()), (413, Some("too-large")));
}

#[test]
fn the_description_names_every_operation_and_every_parameter_of_its_path() {
    let description = mainstay_server::openapi();
    assert_eq!(description["openapi"], "3.1.0");
    let paths = description["paths"].as_object().unwrap();
    assert!(paths.len() >= 9);
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().unwrap() {
            let place = format!("{method} {path}");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{place}");
            let parameters = operation["parameters"].as_array().unwrap();
            for name in path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()) {
                let found = parameters.iter().find(|one| one["name"] == name);
                assert_eq!(found.unwrap()["in"], "path", "{place}: {name}");
            }
            for one in parameters {
                assert!(!one["description"].as_str().unwrap().is_empty(), "{place}: {one}");
            }
        }
    }
}

/// The file in `docs` is what programs are generated from. When this fails because the API was
/// changed on purpose: `cargo run -p mainstay-server --example openapi > docs/schemas/openapi.json`.
#[test]
fn the_description_in_the_docs_is_that_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schemas/openapi.json");
    let kept: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(kept, mainstay_server::openapi());
}

#[test]
fn health_and_numbers_are_told_to_whoever_watches() {
    let server = Server::start();
    let mut browser = server.browser();
    browser.get("/sign-in");
    assert_eq!(browser.get("/health/live").status, 200);
    assert_eq!(browser.get("/health/ready").body, "ready\n");
    let numbers = browser.get("/metrics").body;
    let line = "mainstay_requests_total{route=\"/sign-in\",method=\"GET\",status=\"200\"} 1";
    assert!(numbers.lines().any(|one| one == line), "{numbers}");
    assert!(numbers.contains("mainstay_jobs_dead 0"));
}

#[test]
fn a_document_that_cannot_be_read_leaves_nothing_behind() {
    let server = Server::start();
    let mut program = program(&server);
    assert_eq!(program.ask("POST", SBOMS, "application/json", b"{}").status, 422);
    assert!(server.inventory.assets("grid").unwrap().is_empty());
}

#[test]
fn a_vex_document_that_was_sent_is_heard_and_its_effect_is_told() {
    let server = Server::start();
    let mut program = program(&server);
    let bytes = openvex("CVE-2026-1", "pkg:npm/left-pad@1.0.0", "affected");
    let vex = "/api/v1/organisations/grid/vex?file=v.json";
    let refused = program.ask("POST", vex, "application/json", &bytes);
    assert_eq!(refused.status, 403, "to send SBOMs is not to say what flaws mean");
    let mail = server.person("ben", "grid", Role::Analyst);
    program.token = Some(server.token(&mail, &[Scope::Read, Scope::Submit, Scope::Speak]));
    let first = program.ask("POST", vex, "application/json", &bytes).json();
    assert_eq!(first["without_effect"][0]["code"], "product-not-scanned", "before the SBOM");
    program.ask("POST", SBOMS, "application/json", &sbom(&["pkg:npm/left-pad@1.0.0"]));
    let id = first["document"].as_str().unwrap();
    let now = program.get(&format!("/api/v1/vex-documents/{id}")).json();
    assert_eq!(now["without_effect"], serde_json::json!([]), "{now}");
    let work = program.get("/api/v1/organisations/grid/work").json();
    assert_eq!(work[0]["flaw"], "CVE-2026-1", "{work}");
    assert_eq!(work[0]["work"]["table"], "Deployer");
    assert!(work[0]["work"]["outcomes"].as_array().unwrap().len() > 1);
    let statements = program.get("/api/v1/organisations/grid/statements").json();
    assert_eq!(statements["items"][0]["author"], "Supplier");
}

#[test]
fn what_a_program_says_of_a_finding_answers_it_and_is_given_out_as_vex() {
    let server = Server::start();
    let mut program = program(&server);
    let mail = server.person("ben", "grid", Role::Analyst);
    program.token = Some(server.token(&mail, &[Scope::Read, Scope::Submit, Scope::Speak]));
    let found = server.send_flawed("grid");
    let asset = &found.asset;
    let said = serde_json::json!({ "release": "1", "package": found.purl, "flaw": found.flaw,
        "status": "not_affected", "impact": "it is never called", "expires": "2099-01-01" });
    let said = said.to_string().into_bytes();
    let path = format!("/api/v1/assets/{asset}/statements");
    let answer = program.ask("POST", &path, "application/json", &said);
    assert_eq!(answer.status, 201, "{}", answer.body);
    let findings = program.get(&format!("/api/v1/assets/{asset}/findings")).json();
    let all = findings["items"].as_array().unwrap();
    let finding = all.iter().find(|one| one["flaw"] == found.flaw.as_str()).unwrap();
    assert_eq!(finding["state"], "silenced", "{finding}");
    assert_eq!(finding["statement"]["impact"], "it is never called", "{finding}");
    for format in ["openvex", "csaf"] {
        let vex = program.get(&format!("/api/v1/organisations/grid/vex?format={format}"));
        assert!(vex.body.contains("it is never called"), "{}", vex.body);
    }
    for body in [&b"{}"[..], br#"{"flaw": "X", "status": "perhaps"}"#, b"nonsense"] {
        let refused = program.ask("POST", &path, "application/json", body);
        assert!([400, 422].contains(&refused.status), "{}", refused.body);
    }
}

#[test]
fn lists_are_given_in_parts_that_say_where_the_next_begins() {
    let server = Server::start();
    let mut program = program(&server);
    for name in ["a", "b", "c"] {
        let path = format!("/api/v1/organisations/grid/sboms?asset={name}");
        program.ask("POST", &path, "application/json", &sbom(&["pkg:npm/left-pad@1.0.0"]));
    }
    let first = program.get("/api/v1/organisations/grid/assets?count=2").json();
    assert_eq!((first["items"].as_array().unwrap().len(), first["total"].as_u64()), (2, Some(3)));
    let next = first["next"].as_str().unwrap();
    let rest = program.get(&format!("/api/v1/organisations/grid/assets?count=2&after={next}"));
    let rest = rest.json();
    assert_eq!((&rest["items"][0]["name"], &rest["next"]), (&"c".into(), &serde_json::json!(null)));
    assert_eq!(program.get("/api/v1/organisations/grid/assets?after=gone").status, 422);
}
