//! Every operation of the API, with values that nobody should send. The operations, their
//! parameters and the shapes of their answers are taken from the API's own description, so a new
//! operation is tried without a line here.

use std::collections::BTreeMap;

use jsonschema::Validator;
use mainstay_accounts::Scope;
use mainstay_visibility::Role;
use serde_json::{Value, json};

use crate::browser::{Answer, Browser};
use crate::server::{Server, sbom};

/// As they stand in an address.
const VALUES: &[&str] = &[
    "",
    "x",
    "0",
    "-1",
    "9223372036854775807",
    "99999999999999999999999",
    "1e9",
    "NaN",
    "true",
    "null",
    "%00",
    "%FF%FE",
    "%C0%80",
    "%",
    "%0d%0aSet-Cookie:%20a=b",
    "..%2F..%2Fetc%2Fpasswd",
    "..",
    "%27%20OR%201=1--",
    "%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "%7B%7B7*7%7D%7D",
    "%E2%80%AE%F0%9F%92%A9",
    "%F4%8F%BF%BF",
    "CVE-2021-44228",
    "pkg:npm/left-pad",
    "pkg:npm/left-pad@1.0.0?a=b#c",
    "vers:npm/%3E%3D1%7C%3C2",
    "2026-02-30T25:61:61Z",
    "99999-01-01",
];

const BODIES: &[&[u8]] =
    &[b"", b"null", b"{}", b"[", b"\"", b"\xff\xfe\0", b"{\"bomFormat\":\"CycloneDX\"}"];

/// The description, ready to compare with.
struct Description {
    whole: Value,
    validators: BTreeMap<String, Validator>,
}

impl Description {
    fn new() -> Self {
        Self { whole: mainstay_server::openapi(), validators: BTreeMap::new() }
    }

    /// The answer has the form that the description promises.
    fn check(&mut self, operation: &Value, answer: &Answer, place: &str) {
        let status = answer.status;
        assert!(status < 500, "{place}: {status} {}", answer.body);
        let is_problem = status >= 400;
        let (responses, kind) = (&operation["responses"], answer.header("content-type"));
        let promised =
            if is_problem { &responses["default"] } else { &responses[status.to_string()] };
        assert!(promised.is_object(), "{place}: {status} is not promised");
        let Some(content) = promised["content"].as_object() else { return };
        let kind = kind.unwrap().split(';').next().unwrap();
        let content = content.get(kind);
        let content = content.unwrap_or_else(|| panic!("{place}: {kind} is not promised"));
        if !kind.ends_with("json") {
            return;
        }
        let schema = &content["schema"];
        let components = self.whole.get("components");
        let validator = self.validators.entry(schema.to_string()).or_insert_with(|| {
            let all = json!({ "allOf": [schema], "components": components });
            jsonschema::validator_for(&all).unwrap()
        });
        let said = answer.json();
        let faults: Vec<_> = validator.iter_errors(&said).map(|fault| fault.to_string()).collect();
        assert_eq!(faults, Vec::<String>::new(), "{place}: {said}");
    }
}

/// A value that an operation can do something with.
fn ordinary(name: &str, asset: &str) -> String {
    match name {
        "organisation" => "grid",
        "asset" => asset,
        "release" => "7",
        "advisory" => "CVE-2021-44228",
        _ => "",
    }
    .to_owned()
}

/// An address with these values, in path and query.
fn address(path: &str, parameters: &[(String, bool, String)]) -> String {
    let mut address = path.to_owned();
    let mut query = Vec::new();
    for (name, is_in_path, value) in parameters {
        if *is_in_path {
            address = address.replace(&format!("{{{name}}}"), value);
        } else if !value.is_empty() {
            query.push(format!("{name}={value}"));
        }
    }
    if query.is_empty() { address } else { format!("{address}?{}", query.join("&")) }
}

fn program(server: &Server) -> (Browser, String) {
    server.organisation("grid", "us-ci/energy");
    let mail = server.person("ada", "grid", Role::Owner);
    let mut program = server.browser();
    program.token = Some(server.token(&mail, &[Scope::Read, Scope::Submit]));
    let sent = program.ask(
        "POST",
        "/api/v1/organisations/grid/sboms?asset=control&release=7",
        "application/json",
        &sbom(&["pkg:npm/left-pad@1.0.0"]),
    );
    assert_eq!(sent.status, 201, "{}", sent.body);
    let assets = server.inventory.assets("grid").unwrap();
    (program, assets.into_iter().next().unwrap().id)
}

#[test]
fn whatever_is_sent_to_an_operation_is_answered_in_the_form_that_is_described() {
    let server = Server::start();
    let (mut program, asset) = program(&server);
    let mut description = Description::new();
    let paths = description.whole["paths"].as_object().unwrap().clone();
    let mut asked = 0;
    for (path, operations) in &paths {
        for (method, operation) in operations.as_object().unwrap() {
            let ordinary: Vec<(String, bool, String)> = operation["parameters"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| {
                    let name = one["name"].as_str().unwrap();
                    (name.to_owned(), one["in"] == "path", ordinary(name, &asset))
                })
                .collect();
            let mut ask = |address: &str, body: &[u8]| {
                let method = method.to_uppercase();
                let answer = program.ask(&method, address, "application/json", body);
                description.check(operation, &answer, &format!("{method} {address}"));
                asked += 1;
            };
            for body in BODIES {
                ask(&address(path, &ordinary), body);
            }
            for (index, (_, is_in_path, _)) in ordinary.iter().enumerate() {
                let long = "a".repeat(6_000);
                for value in VALUES.iter().copied().chain([long.as_str()]) {
                    // An empty part, or dots, make another path of it.
                    if *is_in_path && matches!(value, "" | "..") {
                        continue;
                    }
                    let mut changed = ordinary.clone();
                    value.clone_into(&mut changed[index].2);
                    ask(&address(path, &changed), b"{}");
                }
            }
        }
    }
    assert!(asked > 300, "{asked}");
}

#[test]
fn nobody_without_a_token_learns_more_than_that_one_is_needed() {
    let server = Server::start();
    let (_, asset) = program(&server);
    let description = mainstay_server::openapi();
    let mut nobody = server.browser();
    for (path, operations) in description["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            for asset in [asset.as_str(), "asset_none"] {
                let address = path.replace("{organisation}", "grid").replace("{asset}", asset);
                let answer = nobody.ask(&method.to_uppercase(), &address, "application/json", b"");
                // 404: anybody may ask there, and nothing there is for anybody.
                let is_closed = matches!(answer.status, 401 | 404);
                assert!(is_closed, "{method} {address}: {} {}", answer.status, answer.body);
            }
        }
    }
}
