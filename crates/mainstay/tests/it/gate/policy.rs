//! Policies: who rules, what a decision says, and `mainstay policy`.

use serde_json::{Value, json};

use super::{CRITICAL, MEDIUM, import_kev, rated, with_record};
use crate::sandbox::{Answer, Sandbox, cargo_lock};

/// An npm project with two packages of known licences, and data that know nothing of them.
fn licensed() -> Sandbox {
    let sandbox = Sandbox::new();
    let lock = json!({
        "name": "app", "lockfileVersion": 3,
        "packages": {
            "": {"name": "app", "dependencies": {"left": "1.0.0", "right": "1.0.0"}},
            "node_modules/left": {"version": "1.0.0", "license": "MIT OR GPL-3.0"},
            "node_modules/right": {"version": "1.0.0", "license": "AGPL-3.0-only"},
        }
    });
    sandbox.write("package-lock.json", serde_json::to_string_pretty(&lock).unwrap());
    sandbox.import(&[mainstay_testkit::Record::new("TEST-2024-0002", "npm", "other")]);
    sandbox
}

/// Checks with a policy that the user names.
fn ruled(sandbox: &Sandbox, policy: &str, arguments: &[&str]) -> Answer {
    let file = sandbox.beside("policy.toml");
    std::fs::write(&file, policy).unwrap();
    sandbox.check(&[&["--policy", file.to_str().unwrap()], arguments].concat())
}

fn decisions(answer: &Answer) -> Vec<Value> {
    answer.json()["gate"]["decisions"].as_array().unwrap().clone()
}

#[test]
fn a_denied_licence_is_refused_and_the_decision_says_why() {
    let answer = ruled(&licensed(), "[licences]\nallow = ['MIT']\n", &[]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    let decided = decisions(&answer);
    assert_eq!(decided.len(), 1, "{decided:?}");
    assert_eq!(decided[0]["purl"], "pkg:npm/right@1.0.0");
    assert_eq!(decided[0]["message"], "the licence AGPL-3.0-only is not allowed");
    assert_eq!(decided[0]["rule"]["name"], "licences");
    assert!(decided[0]["rule"]["written"].as_str().unwrap().ends_with("policy.toml:1"));
    assert_eq!(decided[0]["facts"][0]["value"], "AGPL-3.0-only");
    assert_eq!(decided[0]["facts"][0]["told_by"], "package-lock.json:16");
}

#[test]
fn a_policy_that_needs_what_nobody_knows_does_not_pass() {
    let answer = ruled(&Sandbox::clean(), "[licences]\nallow = ['MIT']\n", &[]);
    assert_eq!(answer.exit, 3, "{answer:?}");
    assert_eq!(decisions(&answer)[0]["facts"][0]["value"], Value::Null);
    let answer = ruled(&Sandbox::clean(), "[releases]\ncooldown = '7d'\n", &[]);
    assert_eq!(answer.exit, 3, "{answer:?}");
}

#[test]
fn a_banned_version_is_refused() {
    let policy = "[[ban]]\npackage = 'pkg:cargo/left'\nversions = '>=2.0.0'\nreason = 'no'\n";
    assert_eq!(ruled(&Sandbox::clean(), policy, &[]).exit, 1);
    assert_eq!(ruled(&Sandbox::clean(), &policy.replace(">=2", ">=3"), &[]).exit, 0);
}

#[test]
fn a_source_that_is_not_allowed_is_refused() {
    let of = |registries: &str| {
        ruled(&Sandbox::clean(), &format!("[sources]\nregistries = [{registries}]\n"), &[]).exit
    };
    assert_eq!(of("'public'"), 1);
    assert_eq!(of("'public', 'registry.example'"), 0);
}

#[test]
fn a_rule_on_findings_takes_the_place_of_the_default() {
    let policy = "[[finding]]\nseverity = 'high'\n";
    assert_eq!(ruled(&with_record(rated(MEDIUM)), policy, &[]).exit, 0);
    assert_eq!(ruled(&with_record(rated(CRITICAL)), policy, &[]).exit, 1);
}

#[test]
fn a_policy_without_rules_on_findings_keeps_the_default() {
    assert_eq!(ruled(&with_record(rated(MEDIUM)), "[data]\nmax-age = '7d'\n", &[]).exit, 1);
}

#[test]
fn a_scope_may_spare_a_finding() {
    let sandbox = with_record(rated(CRITICAL));
    let policy = "[[finding]]\nscope = ['dev']\n";
    assert_eq!(ruled(&sandbox, policy, &[]).exit, 0);
    assert_eq!(ruled(&sandbox, "[[finding]]\nscope = ['runtime']\n", &[]).exit, 1);
}

#[test]
fn without_epss_nobody_knows_how_likely_exploitation_is() {
    let answer = ruled(&with_record(rated(CRITICAL)), "[[finding]]\nepss = 0.5\n", &[]);
    assert_eq!(answer.exit, 3, "{answer:?}");
}

#[test]
fn data_older_than_the_policy_allows_are_not_enough() {
    assert_eq!(ruled(&Sandbox::clean(), "[data]\nmax-age = '12h'\n", &[]).exit, 3);
    assert_eq!(ruled(&Sandbox::clean(), "[data]\nmax-age = '2d'\n", &[]).exit, 0);
}

#[test]
fn a_flag_adds_to_the_policy_of_the_user() {
    let sandbox = with_record(rated(MEDIUM));
    let policy = "[[finding]]\nseverity = 'high'\n";
    assert_eq!(ruled(&sandbox, policy, &["--fail-on", "medium"]).exit, 1);
}

#[test]
fn a_project_cannot_loosen_the_policy_of_the_user() {
    let sandbox = with_record(rated(CRITICAL));
    sandbox.write("mainstay-policy.toml", "[[finding]]\nkind = ['malicious']\n");
    sandbox.write(
        "mainstay.toml",
        "fail-on = ['malicious']\nallow-unknown = ['all']\n[[exception]]\n\
         id = 'TEST-2024-0001'\nreason = 'r'\nowner = 'o'\nexpires = '2026-12-31'\n",
    );
    assert_eq!(sandbox.check(&[]).exit, 0);
    let answer = ruled(&sandbox, "[[finding]]\nseverity = 'high'\n", &[]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    assert!(answer.stderr.contains("does not hold"), "{answer:?}");
    // Nor what may stay unknown.
    sandbox.write("web/package-lock.json", "");
    assert_eq!(ruled(&sandbox, "[[finding]]\nkind = ['malicious']\n", &[]).exit, 3);
}

#[test]
fn a_project_may_refuse_more_than_the_user() {
    let sandbox = Sandbox::clean();
    sandbox.write("mainstay-policy.toml", "[[ban]]\npackage = 'pkg:cargo/left'\nreason = 'no'\n");
    assert_eq!(ruled(&sandbox, "[[finding]]\nseverity = 'high'\n", &[]).exit, 1);
}

#[test]
fn a_policy_may_let_projects_accept_findings() {
    let sandbox = with_record(rated(CRITICAL));
    sandbox.write(
        "mainstay.toml",
        "[[exception]]\nid = 'TEST-2024-0001'\nreason = 'r'\nowner = 'o'\nexpires = '2026-12-31'\n",
    );
    let policy = "project-exceptions = true\n[[finding]]\nseverity = 'high'\n";
    assert_eq!(ruled(&sandbox, policy, &[]).exit, 0);
}

#[test]
fn an_exception_of_the_policy_accepts_a_finding_and_is_reported() {
    let policy = "[[exception]]\nid = 'CVE-2024-0001'\nreason = 'not reachable'\n\
                  owner = 'ops@project.example'\nexpires = '2026-12-31'\n";
    let answer = ruled(&with_record(rated(CRITICAL)), policy, &[]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert_eq!(answer.json()["excepted"][0]["reason"], "not reachable");
}

#[test]
fn an_exception_in_the_settings_may_name_a_rule_of_the_projects_policy() {
    let sandbox = licensed();
    sandbox.write("mainstay-policy.toml", "[licences]\nallow = ['MIT']\n");
    assert_eq!(sandbox.check(&[]).exit, 1);
    sandbox.write(
        "mainstay.toml",
        "[[exception]]\nid = 'licences'\npackage = 'right'\nreason = 'we have a contract'\n\
         owner = 'legal@shop.example'\nexpires = '2026-12-31'\n",
    );
    let answer = sandbox.check(&[]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    assert_eq!(decisions(&answer)[0]["outcome"], "accepted");
    assert_eq!(answer.json()["warnings"], json!([]));
}

#[test]
fn an_exception_to_a_rule_that_does_nothing_is_a_warning() {
    let policy = "[licences]\ndeny = ['ISC']\n[[exception]]\nid = 'licences'\npackage = 'left'\n\
                  reason = 'r'\nowner = 'o'\nexpires = '2026-12-31'\n";
    let warnings = ruled(&licensed(), policy, &[]).json()["warnings"].to_string();
    assert!(warnings.contains("matches no finding"), "{warnings}");
}

#[test]
fn the_project_policy_is_not_read_for_software_of_somebody_else() {
    let sandbox = with_record(rated(CRITICAL));
    sandbox.write("mainstay-policy.toml", "[[finding]]\nkind = ['malicious']\n");
    assert_eq!(sandbox.check(&[]).exit, 0);
    assert_eq!(sandbox.check(&["--no-project-settings"]).exit, 1);
}

#[test]
fn one_project_cannot_bring_the_policy_of_another() {
    let sandbox = with_record(rated(CRITICAL));
    for name in ["theirs", "ours"] {
        sandbox.write(&format!("{name}/Cargo.lock"), cargo_lock(&[("left", "1.0.0")]));
    }
    sandbox.write("theirs/mainstay-policy.toml", "[[finding]]\nkind = ['malicious']\n");
    let answer = sandbox.check(&["theirs", "ours"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
}

#[test]
fn the_policy_may_come_from_a_variable_or_the_users_settings() {
    let mut sandbox = with_record(rated(MEDIUM));
    let file = sandbox.beside("policy.toml");
    std::fs::write(&file, "[[finding]]\nseverity = 'high'\n").unwrap();
    let folder = sandbox.beside("home/config/mainstay");
    std::fs::create_dir_all(&folder).unwrap();
    let text = format!("policy = '{}'\n", file.display());
    std::fs::write(folder.join("mainstay.toml"), text).unwrap();
    assert_eq!(sandbox.check(&[]).exit, 0);
    std::fs::write(&file, "[[finding]]\nseverity = 'low'\n").unwrap();
    sandbox.set("MAINSTAY_POLICY", file.to_str().unwrap());
    assert_eq!(sandbox.check(&[]).exit, 1);
}

#[test]
fn a_project_cannot_name_the_policy() {
    let sandbox = Sandbox::clean();
    sandbox.write("mainstay.toml", "policy = 'x.toml'\n");
    assert_eq!(sandbox.check(&[]).exit, 2);
}

#[test]
fn a_policy_that_is_wrong_is_refused_with_its_line() {
    let answer = ruled(&Sandbox::clean(), "\n[[finding]]\nseverity = 'grave'\n", &[]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @r#"error: SANDBOX/policy.toml:2: "grave" is no threshold; choose low, medium, high or critical"#);
}

#[test]
fn the_text_report_says_which_rule_and_which_fact() {
    let sandbox = with_record(rated(CRITICAL));
    import_kev(&sandbox, &["CVE-2024-0001"]);
    sandbox.write("mainstay-policy.toml", "[[finding]]\nname = 'used'\nknown-exploited = true\n");
    let answer = sandbox.run(&["check"]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    let from = answer.stdout.find("Refused").unwrap();
    let to = answer.stdout.find("Verdict").unwrap();
    insta::assert_snapshot!(answer.stdout[from..to].trim_end(), @"
    Refused
      left 1.0.0: TEST-2024-0001: known exploited yes
        by used (mainstay-policy.toml:1); known exploited yes (KEV)
    ");
    let last = answer.stdout.lines().last().unwrap();
    insta::assert_snapshot!(last, @"Gate: refused - 1 objection; judged by mainstay-policy.toml");
}

#[test]
fn every_machine_readable_report_carries_the_decisions() {
    let sandbox = licensed();
    sandbox.write("mainstay-policy.toml", "[licences]\nallow = ['MIT']\n");
    for format in ["jsonl", "sarif", "markdown", "github"] {
        let answer = sandbox.run(&["check", "--format", format]);
        let told = answer.stdout.replace(['\u{2060}', '\\'], "");
        assert!(told.contains("the licence AGPL-3.0-only is not allowed"), "{format}: {told}");
        assert!(told.contains("mainstay-policy.toml:1"), "{format}: {told}");
    }
}

const EXAMPLES: &str = "[[finding]]\nname = 'grave'\nseverity = 'high'\n\n[[example]]\n\
    name = 'grave flaws do not pass'\nexpect = 'refused'\nrule = 'grave'\n\
    finding = { severity = 'critical' }\n\n[[example]]\nname = 'small ones do'\n\
    expect = 'passed'\nfinding = { severity = 'low' }\n";

#[test]
fn the_examples_of_a_policy_are_run() {
    let sandbox = Sandbox::new();
    sandbox.write("mainstay-policy.toml", EXAMPLES);
    let answer = sandbox.run(&["policy", "test"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    insta::assert_snapshot!(answer.stdout, @"
    holds  grave flaws do not pass (mainstay-policy.toml:5)
    holds  small ones do (mainstay-policy.toml:11)

    2 of 2 examples hold
    ");
}

#[test]
fn an_example_that_does_not_hold_says_what_came_instead() {
    let sandbox = Sandbox::new();
    sandbox.write("p.toml", EXAMPLES.replace("'low'", "'high'"));
    let answer = sandbox.run(&["policy", "test", "p.toml"]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    insta::assert_snapshot!(answer.stdout, @"
    holds  grave flaws do not pass (p.toml:5)
    does not hold  small ones do (p.toml:11)
      expected passed, got refused
      refused by grave (p.toml:1): severity high
        severity: high (the example's finding)

    1 of 2 examples hold
    ");
}

#[test]
fn a_policy_without_examples_proves_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("mainstay-policy.toml", "[data]\nmax-age = '1d'\n");
    assert_eq!(sandbox.run(&["policy", "test"]).exit, 2);
    assert_eq!(Sandbox::new().run(&["policy", "test"]).exit, 2);
}

#[test]
fn a_policy_can_be_shown() {
    let sandbox = Sandbox::new();
    sandbox.write("mainstay-policy.toml", EXAMPLES);
    let answer = sandbox.run(&["policy", "show"]);
    insta::assert_snapshot!(answer.stdout, @"
    Rules
      mainstay-policy.toml:1  grave

    Examples: 2
    ");
}

#[test]
fn a_chance_of_exploitation_of_long_ago_is_not_known() {
    let sandbox = with_record(rated(CRITICAL));
    let table = |day: &str| {
        let path = sandbox.beside(&format!("epss_scores-{day}.csv"));
        let text = format!(
            "#model_version:v2025.03.14,score_date:{day}T00:00:00+0000\ncve,epss,percentile\n\
             CVE-2024-0001,0.01000,0.50000\n"
        );
        std::fs::write(&path, text).unwrap();
        let answer = sandbox.run(&["db", "import", path.to_str().unwrap()]);
        assert_eq!(answer.exit, 0, "{answer:?}");
    };
    table("2024-01-01");
    let answer = ruled(&sandbox, "[[finding]]\nepss = 0.9\n", &[]);
    assert_eq!(answer.exit, 3, "{answer:?}");
    assert!(answer.stderr.contains("EPSS is not there or too old"), "{answer:?}");
    table("2026-02-28");
    assert_eq!(ruled(&sandbox, "[[finding]]\nepss = 0.9\n", &[]).exit, 0);
}

/// The answer of a policy on sources about a package of this source in a Cargo.lock.
fn sourced(source: &str) -> i32 {
    let sandbox = Sandbox::clean();
    let lock = format!(
        "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"aa\"]\n\n\
         [[package]]\nname = \"aa\"\nversion = \"1.0.0\"\nsource = \"{source}\"\n"
    );
    sandbox.write("Cargo.lock", lock);
    let policy = "[sources]\nregistries = ['public']\ngit = ['git.example/acme']\naddresses = []\n";
    ruled(&sandbox, policy, &["--allow-unknown=unchecked-package,partial-source,no-data"]).exit
}

#[test]
fn a_source_is_where_its_address_leads() {
    let commit = "0".repeat(40);
    assert_eq!(sourced(&format!("git+https://git.example/acme/aa#{commit}")), 0);
    assert_eq!(sourced(&format!("git+https://git.example/acme/../evil/aa#{commit}")), 1);
    assert_eq!(sourced(&format!("git+https://git.example/acme/%2e%2e/evil#{commit}")), 1);
    assert_eq!(sourced(&format!("git+https://git.example:8443/acme/aa#{commit}")), 1);
    assert_eq!(sourced(&format!("git+https://git.example/acme%2f..%2fevil#{commit}")), 3);
}

#[test]
fn an_index_on_the_machine_is_no_public_registry() {
    assert_eq!(sourced("registry+file:///srv/evil/index"), 1);
    let public = ["index", "crates", "io"].join(".");
    assert_eq!(sourced(&format!("sparse+https://{public}/")), 0);
    assert_eq!(sourced(&format!("sparse+https://{public}/../evil/")), 1);
    assert_eq!(sourced(&format!("sparse+https://{public}:8443/")), 1);
}

#[test]
fn a_second_file_that_takes_a_package_from_elsewhere_is_seen() {
    let sandbox = Sandbox::clean();
    let lock = |host: &str| {
        format!(
            "{{\"lockfileVersion\": 3, \"packages\": {{\"\": {{}}, \"node_modules/aa\": \
             {{\"version\": \"1.0.0\", \"resolved\": \"https://{host}/aa/-/aa-1.0.0.tgz\"}}}}}}"
        )
    };
    sandbox.write("a/package-lock.json", lock("good.example"));
    sandbox.write("b/package-lock.json", lock("evil.example"));
    let policy = "[sources]\nregistries = ['good.example', 'registry.example']\n";
    let answer = ruled(&sandbox, policy, &["--allow-unknown=no-data"]);
    assert_eq!(answer.exit, 1, "{answer:?}");
}

#[test]
fn a_project_cannot_leave_files_out_under_the_policy_of_the_user() {
    let sandbox = with_record(rated(CRITICAL));
    sandbox.write("ok/Cargo.lock", cargo_lock(&[("right", "1.0.0")]));
    sandbox.write("mainstay.toml", "exclude = ['Cargo.lock']\nmax-file-size = '1'\n");
    let policy = "[[finding]]\n";
    let answer = ruled(&sandbox, policy, &[]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @"warning: mainstay.toml: what it says of exclude and max-file-size does not hold: the policy SANDBOX/policy.toml rules, and does not let a project say what is not looked at (project-exclusions)");
    let allowing = format!("project-exclusions = true\n{policy}");
    let answer = ruled(&sandbox, &allowing, &["--max-file-size", "64MiB"]);
    assert_eq!(answer.exit, 0, "{answer:?}");
    // Without a policy of the user the project's own team says what counts.
    assert_eq!(sandbox.check(&["--max-file-size", "64MiB"]).exit, 0);
}

#[test]
fn the_word_of_the_software_does_not_silence_under_the_policy_of_the_user() {
    let sandbox = with_record(rated(CRITICAL));
    let said = |status: &str| {
        let document = json!({
            "@context": "https://openvex.dev/ns/v0.2.0", "@id": "u:1", "author": "Evil",
            "timestamp": "2026-01-31T00:00:00Z", "version": 1,
            "statements": [{
                "vulnerability": {"name": "CVE-2024-0001"}, "products": ["pkg:cargo/left"],
                "status": status, "impact_statement": "no", "action_statement": "go",
            }],
        });
        document.to_string()
    };
    sandbox.write("vex.json", said("not_affected"));
    assert_eq!(sandbox.check(&[]).exit, 0);
    let answer = ruled(&sandbox, "[[finding]]\n", &[]);
    assert_eq!(answer.exit, 1, "{answer:?}");
    assert_eq!(answer.json()["without_effect"][0]["code"], "statement-of-its-own");
    assert_eq!(ruled(&sandbox, "project-statements = true\n[[finding]]\n", &[]).exit, 0);
    assert_eq!(ruled(&sandbox, "[[finding]]\n", &["--vex", "vex.json"]).exit, 0);
    // It may still say that something is wrong.
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "2.0.0")]));
    sandbox.import(&[mainstay_testkit::Record::new("TEST-2024-0009", "crates.io", "other")]);
    sandbox.write("vex.json", said("affected"));
    assert_eq!(ruled(&sandbox, "[[finding]]\n", &[]).exit, 1);
}

#[test]
fn a_project_can_only_ask_for_fresher_data_under_the_policy_of_the_user() {
    let mut sandbox = with_record(rated(MEDIUM));
    sandbox.set("MAINSTAY_NOW", "2026-03-20T12:00:00Z");
    sandbox.write("mainstay.toml", "max-data-age = '999d'\n");
    let policy = "[[finding]]\nseverity = 'critical'\n";
    assert_eq!(ruled(&sandbox, policy, &[]).exit, 3);
    assert_eq!(ruled(&sandbox, policy, &["--max-data-age", "30d"]).exit, 0);
    sandbox.write("mainstay.toml", "max-data-age = '1d'\n");
    sandbox.set("MAINSTAY_NOW", "2026-03-02T12:00:00Z");
    assert_eq!(ruled(&sandbox, policy, &[]).exit, 3);
}
