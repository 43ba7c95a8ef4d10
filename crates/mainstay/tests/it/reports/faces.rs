//! Text, Markdown, SARIF and annotations.

use serde_json::Value;

use super::of_everything;
use crate::sandbox::Sandbox;

fn report(sandbox: &Sandbox, format: &str) -> String {
    let answer = sandbox.run(&["scan", "--format", format]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    answer.stdout
}

fn sarif(sandbox: &Sandbox) -> Value {
    serde_json::from_str(&report(sandbox, "sarif")).unwrap()
}

#[test]
fn text_shows_findings_then_the_unknown_then_the_verdict() {
    insta::assert_snapshot!(report(&of_everything(), "text"), @r#"
    left 1.0.0 (crates.io)
      high 7.5  TEST-2024-0001  A made-up flaw in left
        also CVE-2024-0001
        fixed in 2.0.0
      at Cargo.lock:12
      via right 1.2.0 > left 1.0.0

    Accepted by an exception
      TEST-2024-0002 old 0.1.0: it goes in May (team@project.example, until 2026-05-31, mainstay.toml:1)

    Not known
      tools/Cargo.lock:3: invalid basic string, expected `"`
        to do: restore the file from version control, or let its package manager write it again
      forked 0.3.0: it comes from a git repository, and no advisory on its name names its commit
        to do: look at this package by hand

    Sources
      Cargo.lock  read, 4 packages
      tools/Cargo.lock  failed, 0 packages
      skipped: node_modules
      2 other files of no known format
      settings: mainstay.toml

    Knowledge
      osv (crates.io): 2 records, newest of 2025-01-01; as of 2026-02-28 (1 day old)

    Verdict: findings - 1 finding (1 high) in 4 packages; coverage is incomplete: 2 things are not known
    "#);
}

#[test]
fn text_of_a_clean_project_is_short() {
    insta::assert_snapshot!(report(&Sandbox::clean(), "text"), @"
    Sources
      Cargo.lock  read, 1 package

    Knowledge
      osv (crates.io): 1 record, newest of 2025-01-01; as of 2026-02-28 (1 day old)

    Verdict: clean - nothing wrong is known of 1 package; everything was looked at
    ");
}

#[test]
fn text_without_any_source_says_what_to_do() {
    insta::assert_snapshot!(report(&Sandbox::new(), "text"), @"
    Not known
      .: no lockfile and no manifest was found
        to do: name the folder that holds them; `mainstay formats` lists what is read

    Verdict: unknown - nothing wrong was found in 0 packages, but coverage is incomplete: 1 thing is not known
    ");
}

#[test]
fn text_says_that_an_advisory_is_known_to_be_exploited() {
    let sandbox = of_everything();
    let kev = sandbox.beside("kev.json");
    let text = r#"{"title": "t", "catalogVersion": "2026.02.28", "count": 1,
        "dateReleased": "2026-02-28T00:00:00Z", "vulnerabilities": [{"cveID": "CVE-2024-0001",
        "vendorProject": "v", "product": "p", "vulnerabilityName": "n", "dateAdded": "2026-01-02",
        "shortDescription": "", "requiredAction": "", "dueDate": "2026-01-23", "notes": ""}]}"#;
    std::fs::write(&kev, text).unwrap();
    sandbox.import_file(&kev);
    assert!(report(&sandbox, "text").contains("known exploited (CISA KEV)"));
}

#[test]
fn markdown_has_a_table_of_findings_and_a_list_of_the_unknown() {
    // A word joiner keeps an address from calling somebody; it cannot be seen here.
    let page = report(&of_everything(), "markdown").replace('\u{2060}', "(word joiner)");
    insta::assert_snapshot!(page, @r#"
    ## Mainstay: findings

    1 finding (1 high) in 4 packages; coverage is incomplete: 2 things are not known

    ### Findings

    | package | kind | severity | advisory | fixed in | where |
    | --- | --- | --- | --- | --- | --- |
    | `left 1.0.0` | vulnerability | high 7.5 | `TEST-2024-0001` A made-up flaw in left | `2.0.0` | `Cargo.lock:12` |

    ### Accepted by an exception

    - `TEST-2024-0002` `old 0.1.0`: it goes in May (team@(word joiner)project.example, until 2026-05-31, `mainstay.toml:1`)

    ### Not known

    - `tools/Cargo.lock:3`: invalid basic string, expected \`"\` (restore the file from version control, or let its package manager write it again)
    - `forked 0.3.0`: it comes from a git repository, and no advisory on its name names its commit (look at this package by hand)

    ### Sources

    - `Cargo.lock`: read, 4 packages
    - `tools/Cargo.lock`: failed, 0 packages

    ### Knowledge

    - osv (crates.io): 2 records, newest of 2025-01-01; as of 2026-02-28 (1 day old)
    "#);
}

#[test]
fn annotations_are_workflow_commands() {
    insta::assert_snapshot!(report(&of_everything(), "github"), @r#"
    ::error file=Cargo.lock,line=12,title=TEST-2024-0001 (high)::left 1.0.0: A made-up flaw in left; fixed in 2.0.0
    ::notice title=TEST-2024-0002 accepted by an exception::old 0.1.0: it goes in May (team@project.example, until 2026-05-31, mainstay.toml:1)
    ::warning title=Not known%3A broken-source::tools/Cargo.lock:3: invalid basic string, expected `"`. To do: restore the file from version control, or let its package manager write it again
    ::warning title=Not known%3A unchecked-package::forked 0.3.0: it comes from a git repository, and no advisory on its name names its commit. To do: look at this package by hand
    ::warning title=Mainstay%3A findings::1 finding (1 high) in 4 packages; coverage is incomplete: 2 things are not known
    "#);
}

#[test]
fn every_line_of_annotations_is_a_command() {
    for line in report(&of_everything(), "github").lines() {
        assert!(
            ["::error ", "::warning ", "::notice "].iter().any(|begin| line.starts_with(begin)),
            "{line}"
        );
    }
}

#[test]
fn sarif_has_what_the_standard_requires() {
    let log = sarif(&of_everything());
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "mainstay");
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    for result in run["results"].as_array().unwrap() {
        assert!(result["message"]["text"].is_string(), "{result}");
    }
}

#[test]
fn a_sarif_result_points_to_its_rule_and_its_line() {
    let log = sarif(&of_everything());
    let run = &log["runs"][0];
    let result = &run["results"][0];
    let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "Cargo.lock");
    assert!(place["region"]["startLine"].as_u64() > Some(1), "{place}");
}

#[test]
fn sarif_rules_are_there_once_each() {
    let sandbox = of_everything();
    sandbox.write("copy/Cargo.lock", crate::sandbox::cargo_lock(&[("left", "1.1.0")]));
    let log = sarif(&sandbox);
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap().clone();
    let mut ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn sarif_tells_the_unknown_as_notifications() {
    let log = sarif(&of_everything());
    let told = log["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    let codes: Vec<&str> =
        told.iter().map(|one| one["descriptor"]["id"].as_str().unwrap()).collect();
    assert_eq!(codes, ["broken-source", "unchecked-package"]);
}

#[test]
fn a_malicious_package_is_as_severe_as_sarif_can_say() {
    let sandbox = Sandbox::flawed();
    sandbox.import(&[mainstay_testkit::Record::new("MAL-2024-1", "crates.io", "left")]);
    let log = sarif(&sandbox);
    let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
    assert_eq!(rule["id"], "MAL-2024-1");
    assert_eq!(rule["properties"]["security-severity"], "10.0");
}
