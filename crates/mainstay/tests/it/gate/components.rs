//! Policies over what an SBOM lists and no ecosystem knows.

use serde_json::{Value, json};

use crate::sandbox::{Answer, Sandbox};

/// An SBOM of `app`, which needs `components` and nothing else.
fn listing(components: &[Value]) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("app.cdx.json", document(components));
    sandbox
}

fn document(components: &[Value]) -> String {
    let document = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "metadata": {"component": {"bom-ref": "app", "type": "application", "name": "app"}},
        "components": components,
        "compositions": [{"aggregate": "complete", "assemblies": ["app"]}],
    });
    document.to_string()
}

fn library(name: &str, more: &Value) -> Value {
    let mut library = json!({"bom-ref": name, "type": "library", "name": name, "version": "1.0"});
    library.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    library
}

/// Checks with a policy that the user names; that the components are unknown may pass.
fn ruled(sandbox: &Sandbox, policy: &str) -> Answer {
    let file = sandbox.beside("policy.toml");
    std::fs::write(&file, policy).unwrap();
    let policy = file.to_str().unwrap();
    sandbox.check(&["--policy", policy, "--allow-unknown=partial-source"])
}

/// What was decided: outcome, subject, rule.
fn decided(answer: &Answer) -> Vec<(String, String, String)> {
    let report = answer.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let decisions = report["gate"]["decisions"].as_array().unwrap();
    let of =
        |one: &Value| (text(&one["outcome"]), text(&one["subject"]), text(&one["rule"]["name"]));
    decisions.iter().map(of).collect()
}

fn one(outcome: &str, subject: &str, rule: &str) -> Vec<(String, String, String)> {
    vec![(outcome.to_owned(), subject.to_owned(), rule.to_owned())]
}

const BAN: &str = "[[ban]]\nname = 'no left'\nreason = 'we have right'\npackage = ";

#[test]
fn what_no_ecosystem_knows_is_banned_by_its_package_url() {
    let sandbox = listing(&[library("left", &json!({"purl": "pkg:luarocks/left@1.0"}))]);
    let answer = ruled(&sandbox, &format!("{BAN}'pkg:luarocks/left'\n"));
    assert_eq!(answer.exit, 1, "{answer:?}");
    assert_eq!(decided(&answer), one("refused", "left 1.0", "no left"));
    assert_eq!(answer.json()["gate"]["decisions"][0]["purl"], "pkg:luarocks/left@1.0");
    let other = ruled(&sandbox, &format!("{BAN}'pkg:npm/left'\n"));
    assert_eq!((other.exit, decided(&other)), (0, vec![]), "{other:?}");
}

#[test]
fn what_has_only_the_name_of_a_banned_package_is_unknown() {
    let sandbox = listing(&[library("left", &json!({})), library("right", &json!({}))]);
    let answer = ruled(&sandbox, &format!("{BAN}'pkg:npm/left'\n"));
    assert_eq!(answer.exit, 3, "{answer:?}");
    assert_eq!(decided(&answer), one("unknown", "left 1.0", "no left"));
}

#[test]
fn a_range_of_versions_that_have_no_known_order_is_unknown() {
    let sandbox = listing(&[library("left", &json!({"purl": "pkg:luarocks/left@1.0"}))]);
    let answer = ruled(&sandbox, &format!("{BAN}'pkg:luarocks/left'\nversions = '<2'\n"));
    assert_eq!(decided(&answer), one("unknown", "left 1.0", "no left"));
}

#[test]
fn licences_of_what_no_ecosystem_knows_are_judged() {
    let licence = |id: &str| json!({"licenses": [{"license": {"id": id}}]});
    let sandbox = listing(&[
        library("good", &licence("MIT")),
        library("bad", &licence("AGPL-3.0-only")),
        library("silent", &json!({})),
    ]);
    let answer = ruled(&sandbox, "[licences]\nallow = ['MIT']\n");
    let mut expected = one("refused", "bad 1.0", "licences");
    expected.extend(one("unknown", "silent 1.0", "licences"));
    assert_eq!((answer.exit, decided(&answer)), (1, expected), "{answer:?}");
}

#[test]
fn what_comes_from_nobody_knows_where_is_no_allowed_source() {
    let place = |url: &str| json!({"externalReferences": [{"type": "distribution", "url": url}]});
    let commit = "a".repeat(40);
    let sandbox = listing(&[
        library("good", &place("https://files.example/good.tgz")),
        library("bad", &place(&format!("git+https://evil.example/bad.git@{commit}"))),
        library("silent", &json!({})),
    ]);
    let answer = ruled(&sandbox, "[sources]\nregistries = ['files.example']\ngit = []\n");
    let mut expected = one("refused", "bad 1.0", "sources");
    expected.extend(one("unknown", "silent 1.0", "sources"));
    assert_eq!((answer.exit, decided(&answer)), (1, expected), "{answer:?}");
}

#[test]
fn an_exception_may_speak_of_what_has_only_a_name() {
    let sandbox = listing(&[library("left", &json!({}))]);
    let exception = "[[exception]]\nid = 'licences'\npackage = 'left'\nreason = 'asked them'\n\
                     owner = 'legal@shop.example'\nexpires = '2099-01-01'\n";
    let answer = ruled(&sandbox, &format!("[licences]\nallow = ['MIT']\n{exception}"));
    assert_eq!((answer.exit, decided(&answer)), (0, one("accepted", "left 1.0", "licences")));
}

#[test]
fn every_report_tells_what_was_decided_about_it() {
    let sandbox = listing(&[library("left", &json!({"purl": "pkg:luarocks/left@1.0"}))]);
    let file = sandbox.beside("policy.toml");
    std::fs::write(&file, format!("{BAN}'pkg:luarocks/left'\n")).unwrap();
    let policy = file.to_str().unwrap();
    for format in ["text", "sarif", "html", "markdown", "github"] {
        let told = sandbox.run(&["check", "--offline", "--policy", policy, "--format", format]);
        assert!(told.stdout.contains("we have right"), "{format}: {told:?}");
    }
}

#[test]
fn what_was_decided_about_it_at_the_revision_is_old() {
    let Some(sandbox) = super::since::in_debt() else { return };
    std::fs::remove_file(sandbox.beside("project").join("Cargo.lock")).unwrap();
    let left = library("left", &json!({}));
    sandbox.write("app.cdx.json", document(std::slice::from_ref(&left)));
    super::since::commit(&sandbox);
    sandbox.write("app.cdx.json", document(&[left, library("new", &json!({}))]));
    let file = sandbox.beside("policy.toml");
    std::fs::write(&file, "[licences]\nallow = ['MIT']\n").unwrap();
    let policy = file.to_str().unwrap();
    let answer = sandbox.check(&["--policy", policy, "--since", "HEAD"]);
    let report = answer.json();
    let of = |one: &Value| (one["subject"].clone(), one["standing"].clone());
    let decisions = report["gate"]["decisions"].as_array().unwrap().iter().map(of);
    let expected = [("left 1.0", "old"), ("new 1.0", "new")];
    assert_eq!(decisions.collect::<Vec<_>>(), expected.map(|(a, b)| (a.into(), b.into())));
}
