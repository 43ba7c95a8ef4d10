//! Nobody sees what is not theirs, and no other page acts for anybody.

use mainstay_accounts::Scope;
use mainstay_visibility::Role;

use crate::server::{PASSWORD, Server, sbom};

/// Two organisations with an SBOM each, and an owner of each.
fn two() -> (Server, String, String) {
    let server = Server::start();
    let mut mails = Vec::new();
    for id in ["grid", "water"] {
        server.organisation(id, "us-ci/energy");
        let mail = server.person(&format!("owner-{id}"), id, Role::Owner);
        let mut program = server.browser();
        program.token = Some(server.token(&mail, &[Scope::Submit]));
        let path = format!("/api/v1/organisations/{id}/sboms?asset=secret-{id}&release=1");
        let bytes = sbom(&["pkg:npm/left-pad@1.0.0"]);
        assert_eq!(program.ask("POST", &path, "application/json", &bytes).status, 201);
        mails.push(mail);
    }
    let water = mails.pop().unwrap();
    (server, mails.pop().unwrap(), water)
}

#[test]
fn what_belongs_to_another_organisation_is_not_there() {
    let (server, grid, _) = two();
    let asset = server.inventory.assets("water").unwrap().first().unwrap().id.clone();
    let sbom = server.inventory.sboms(&asset).unwrap().first().unwrap().id.clone();
    let mut browser = server.signed_in(&grid);
    let vex = server.send_vex("water", "pkg:npm/left-pad@1.0.0");
    let finding = "finding?release=1&package=pkg:npm/left-pad@1.0.0&flaw=CVE-2026-1";
    assert_eq!(server.inventory.findings(&asset).unwrap().len(), 1);
    for path in [
        "/inventory/water".to_owned(),
        "/inventory/water/members".to_owned(),
        "/inventory/water/vex".to_owned(),
        format!("/inventory/water/vex/{vex}"),
        format!("/inventory/grid/vex/{vex}"),
        format!("/inventory/water/vex/{vex}/file"),
        format!("/inventory/grid/vex/{vex}/file"),
        format!("/inventory/water/assets/{asset}/vex"),
        format!("/inventory/water/assets/{asset}/{finding}"),
        format!("/inventory/grid/assets/{asset}/{finding}"),
        format!("/inventory/water/assets/{asset}"),
        format!("/inventory/grid/assets/{asset}"),
        format!("/inventory/water/sboms/{sbom}"),
        format!("/inventory/grid/sboms/{sbom}"),
        "/log".to_owned(),
        "/administration".to_owned(),
    ] {
        assert_eq!(browser.get(&path).status, 404, "{path}");
    }
    let mut program = server.browser();
    program.token = Some(server.token(&grid, &[Scope::Read, Scope::Submit]));
    for path in [
        "/api/v1/organisations/water/assets".to_owned(),
        format!("/api/v1/assets/{asset}/sboms"),
        format!("/api/v1/assets/{asset}/findings"),
        format!("/api/v1/assets/{asset}/vex"),
        format!("/api/v1/vex-documents/{vex}"),
        "/api/v1/organisations/water/vex".to_owned(),
        "/api/v1/organisations/water/vex-documents".to_owned(),
        "/api/v1/organisations/water/statements".to_owned(),
        "/api/v1/organisations/water/work".to_owned(),
        "/api/v1/log".to_owned(),
    ] {
        assert_eq!(program.get(&path).status, 404, "{path}");
    }
    for path in [
        "/api/v1/organisations/water/sboms?asset=x".to_owned(),
        "/api/v1/organisations/water/vex".to_owned(),
    ] {
        assert_eq!(program.ask("POST", &path, "", b"{}").status, 404, "{path}");
    }
    program.token = Some(server.token(&grid, &[Scope::Read, Scope::Speak]));
    let said = br#"{"release":"1","package":"pkg:npm/left-pad@1.0.0","flaw":"CVE-2026-1",
        "status":"fixed"}"#;
    for (path, body) in [
        (format!("/api/v1/assets/{asset}/statements"), &said[..]),
        (format!("/api/v1/assets/{asset}/context"), b"{}"),
    ] {
        assert_eq!(program.ask("POST", &path, "application/json", body).status, 404, "{path}");
    }
}

#[test]
fn no_page_names_what_is_not_in_sight() {
    let (server, grid, _) = two();
    let mut browser = server.signed_in(&grid);
    for path in [
        "/",
        "/affected?package=pkg:npm/left-pad",
        "/inventory",
        "/search?q=water",
        "/search?q=secret",
    ] {
        let body = browser.get(path).body;
        assert!(!body.contains("secret-water") && !body.contains("The water"), "{path}");
    }
    let own = browser.get("/affected?package=pkg:npm/left-pad").body;
    assert!(own.contains("secret-grid"));
}

#[test]
fn sharing_shows_an_inventory_to_whom_it_is_shared_with_and_to_nobody_else() {
    let (server, grid, water) = two();
    server.organisation("isac", "us-ci/energy");
    let isac = server.person("eva", "isac", Role::Reader);
    let mut owner = server.signed_in(&water);
    let shared =
        owner.submit("/inventory/water", "/inventory/water/sharing", &[("with-isac", "on")]);
    assert_eq!(shared.status, 303, "{}", shared.body);
    assert_eq!(server.signed_in(&isac).get("/inventory/water").status, 200);
    assert_eq!(server.signed_in(&grid).get("/inventory/water").status, 404);
    // Seeing is not acting.
    let mut program = server.browser();
    program.token = Some(server.token(&isac, &[Scope::Read, Scope::Submit]));
    let sent = program.ask("POST", "/api/v1/organisations/water/sboms?asset=x", "", b"{}");
    assert_eq!(sent.status, 403);
}

#[test]
fn a_form_of_another_session_or_of_none_is_refused() {
    let (server, grid, water) = two();
    let mut theirs = server.signed_in(&water);
    let mut mine = server.signed_in(&grid);
    let foreign = theirs.hidden("/account", "/account/password");
    let csrf = &foreign.iter().find(|(name, _)| name == "csrf").unwrap().1;
    for csrf in [csrf.as_str(), "nobody", ""] {
        let form = [("csrf", csrf), ("password", "a lamp under the stairs")];
        assert_eq!(mine.post("/account/password", &form).status, 403, "{csrf}");
    }
}

#[test]
fn what_comes_from_a_page_of_another_server_is_refused() {
    let (server, grid, _) = two();
    let mut browser = server.signed_in(&grid);
    for origin in ["https://evil.example", "null", "http://localhost.evil.example"] {
        browser.head = format!("Origin: {origin}\r\n");
        let form = [("mail", grid.as_str()), ("password", PASSWORD), ("csrf", "nobody")];
        assert_eq!(browser.post("/sign-in", &form).status, 403, "{origin}");
    }
}

#[test]
fn a_request_for_another_host_is_refused() {
    let (server, grid, _) = two();
    let mut browser = server.signed_in(&grid);
    browser.host = "rebound.example".to_owned();
    assert_eq!(browser.get("/account").status, 400);
}

#[test]
fn a_session_changes_nothing_by_the_api_and_a_token_opens_no_page() {
    let (server, grid, _) = two();
    let mut browser = server.signed_in(&grid);
    let path = "/api/v1/organisations/grid/sboms?asset=x";
    assert_eq!(browser.ask("POST", path, "application/json", &sbom(&[])).status, 403);
    let mut program = server.browser();
    program.token = Some(server.token(&grid, &[Scope::Read]));
    assert_eq!(program.get("/account").status, 303);
}

#[test]
fn a_token_without_the_scope_reads_nothing() {
    let (server, grid, _) = two();
    let mut program = server.browser();
    program.token = Some(server.token(&grid, &[Scope::Submit]));
    assert_eq!(program.get("/api/v1/organisations/grid/assets").status, 404);
    assert_eq!(program.get("/api/v1/organisations").json()["items"], serde_json::json!([]));
}

#[test]
fn a_value_of_the_path_cannot_be_given_once_more_in_the_query() {
    let (server, grid, _) = two();
    let mut browser = server.signed_in(&grid);
    let answer = browser.get("/inventory/grid?organisation=water");
    assert_eq!(answer.status, 400, "{}", answer.body);
}

#[test]
fn a_token_of_the_administrator_reads_the_log_only_when_it_may_read_and_is_bound_nowhere() {
    let (server, _, _) = two();
    let mail = server.administrator("root");
    for (scopes, status) in [(&[Scope::Submit][..], 404), (&[Scope::Read], 200)] {
        let mut program = server.browser();
        program.token = Some(server.token(&mail, scopes));
        assert_eq!(program.get("/api/v1/log").status, status, "{scopes:?}");
    }
}

#[test]
fn nobody_in_particular_is_not_waited_for_with_an_upload() {
    let (server, _, _) = two();
    let mut browser = server.browser();
    // The body that is announced never comes: the answer does.
    browser.head = "X-Announced: more\r\n".to_owned();
    let api = browser.ask("POST", "/api/v1/organisations/grid/sboms?asset=x", "", b"");
    assert_eq!((api.status, api.json()["code"].as_str()), (401, Some("not-signed-in")));
    assert!(api.header("www-authenticate").is_some());
    assert_eq!(browser.post("/inventory/grid/sboms", &[("csrf", "nobody")]).status, 303);
}

#[test]
fn a_form_of_very_many_fields_is_refused() {
    let (server, grid, _) = two();
    let mut browser = server.signed_in(&grid);
    let kind = "application/x-www-form-urlencoded";
    let many = "a&".repeat(200_000);
    let large = browser.ask("POST", "/inventory/grid/sboms", kind, many.as_bytes());
    assert_eq!(large.status, 413, "{}", large.body);
    let several = "a&".repeat(2_000);
    let answer = browser.ask("POST", "/inventory/grid/sboms", kind, several.as_bytes());
    assert_eq!(answer.status, 400, "{}", answer.body);
}

#[test]
fn figures_are_for_whoever_has_an_account_and_name_nobody() {
    let (server, grid, _) = two();
    for number in 0..18 {
        server.organisation(&format!("more-{number}"), "us-ci/energy");
    }
    let mut program = server.browser();
    assert_eq!(program.get("/api/v1/figures?package=pkg:npm/left-pad").status, 401);
    program.token = Some(server.token(&grid, &[Scope::Read]));
    let figures = program.get("/api/v1/figures?package=pkg:npm/left-pad").json();
    let energy = &figures["groups"][0];
    assert_eq!(
        (energy["members"].as_u64(), energy["affected"]["of"].as_u64()),
        (Some(20), Some(15))
    );
    assert_eq!(energy["affected"]["least"], 0);
    let range = "/api/v1/figures?package=pkg:npm/left-pad&range=vers:npm/%3C2.0.0";
    assert_eq!(program.get(range).status, 422);
}
