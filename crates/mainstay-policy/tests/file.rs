//! The policy file: what it may say, what is wrong with it and where, and its own examples.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use jiff::Timestamp;
use mainstay_policy::{Outcome, Policy};
use proptest::prelude::*;

const WHOLE: &str = r#"version = 1
allow-unknown = ["partial-source"]

[[finding]]
name = "grave"
severity = "high"
scope = ["runtime", "optional"]

[[finding]]
name = "used by attackers"
known-exploited = true

[[finding]]
name = "likely"
epss = 0.1
kind = ["vulnerability"]

[licences]
allow = ["MIT", "Apache-2.0", "BSD-*"]
deny = ["AGPL-*"]
scope = ["runtime"]

[[ban]]
name = "event-stream"
package = "pkg:npm/event-stream"
versions = ">=3.3.6, <4.0.0"
reason = "a release took keys"

[sources]
registries = ["public", "packages.shop.example"]
git = ["git.example/shop"]
addresses = []
paths = false

[releases]
cooldown = "7d"
max-age = "520w"

[data]
max-age = "3d"

[[exception]]
id = "licences"
package = "pkg:npm/@acme/*"
reason = "we have a contract"
owner = "legal@shop.example"
expires = "2026-12-31"

[[exception]]
id = "CVE-2024-0001"
reason = "not reachable"
owner = "build@shop.example"
expires = "2026-12-31"
"#;

fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// What follows from an example of the whole policy.
fn judged(example: &str) -> (Outcome, Vec<String>) {
    let text = format!("{WHOLE}\n[[example]]\nexpect = \"passed\"\n{example}\n");
    let policy = Policy::parse("policy.toml", &text).unwrap();
    let result = policy.examples[0].run(&policy, now());
    let rules = result.decisions.iter().map(|one| one.rule.name.clone()).collect();
    (result.outcome, rules)
}

#[test]
fn a_rule_that_could_never_refuse_is_an_error() {
    for key in ["kind", "scope", "package"] {
        let said = error(&format!("[[finding]]\n{key} = []\n"));
        assert!(said.contains(&format!("\"{key}\" names nothing")), "{said}");
    }
}

fn error(text: &str) -> String {
    Policy::parse("policy.toml", text).unwrap_err().to_string()
}

#[test]
fn a_package_that_every_rule_knows_and_none_objects_to_passes() {
    let facts = "package = 'pkg:npm/left@1.0.0'\nlicence = 'MIT'\nreleased = '2025-01-01'";
    assert_eq!(judged(facts), (Outcome::Passed, Vec::new()));
}

#[test]
fn a_fact_that_nobody_knows_makes_the_answer_unknown() {
    let facts = "package = 'pkg:npm/left@1.0.0'\nlicence = 'MIT'";
    assert_eq!(judged(facts), (Outcome::Unknown, vec!["releases".to_owned()]));
}

#[test]
fn a_young_release_waits() {
    let facts = "package = 'pkg:npm/left@1.0.0'\nlicence = 'MIT'\nreleased = '2026-02-27'";
    assert_eq!(judged(facts), (Outcome::Refused, vec!["releases".to_owned()]));
}

#[test]
fn an_old_release_is_too_old() {
    let facts = "package = 'pkg:npm/left@1.0.0'\nlicence = 'MIT'\nreleased = '2010-02-27'";
    assert_eq!(judged(facts), (Outcome::Refused, vec!["releases".to_owned()]));
}

#[test]
fn a_banned_version_is_refused_and_the_next_one_is_not() {
    let of = |version: &str| {
        judged(&format!(
            "package = 'pkg:npm/event-stream@{version}'\nrule = 'event-stream'\nlicence = 'MIT'"
        ))
        .0
    };
    assert_eq!(of("3.3.6"), Outcome::Refused);
    assert_eq!(of("4.0.0"), Outcome::Passed);
    assert_eq!(
        judged("package = 'pkg:npm/event-stream'\nrule = 'event-stream'").0,
        Outcome::Unknown
    );
}

#[test]
fn a_source_must_be_allowed() {
    let of = |source: &str| {
        judged(&format!("package = 'pkg:npm/left@1.0.0'\nrule = 'sources'\nsource = '{source}'")).0
    };
    assert_eq!(of("public"), Outcome::Passed);
    assert_eq!(of("registry+https://packages.shop.example/npm"), Outcome::Passed);
    assert_eq!(of("registry+https://packages.evil.example/npm"), Outcome::Refused);
    assert_eq!(of("git+https://git.example/shop/web.git"), Outcome::Passed);
    assert_eq!(of("git+https://git.example/shopping/web.git"), Outcome::Refused);
    assert_eq!(of("https://files.example/left.tgz"), Outcome::Refused);
    assert_eq!(of("../left"), Outcome::Refused);
}

#[test]
fn a_rule_refuses_only_what_meets_all_its_conditions() {
    let of = |scope: &str, severity: &str| {
        judged(&format!(
            "package = 'pkg:npm/left@1.0.0'\nscope = '{scope}'\nrule = 'grave'\n\
             finding = {{ severity = '{severity}' }}"
        ))
        .0
    };
    assert_eq!(of("runtime", "high"), Outcome::Refused);
    assert_eq!(of("dev", "high"), Outcome::Passed);
    assert_eq!(of("runtime", "medium"), Outcome::Passed);
    assert_eq!(of("runtime", "unknown"), Outcome::Refused);
}

#[test]
fn without_the_catalogue_nobody_knows_what_is_exploited() {
    let of = |fact: &str| {
        judged(&format!("rule = 'used by attackers'\nfinding = {{ severity = 'low'{fact} }}")).0
    };
    assert_eq!(of(", known-exploited = true"), Outcome::Refused);
    assert_eq!(of(", known-exploited = false"), Outcome::Passed);
    assert_eq!(of(""), Outcome::Unknown);
}

#[test]
fn without_a_score_nobody_knows_how_likely_exploitation_is() {
    let of = |fact: &str| judged(&format!("rule = 'likely'\nfinding = {{ {fact} }}")).0;
    assert_eq!(of("epss = 0.1"), Outcome::Refused);
    assert_eq!(of("epss = 0.09"), Outcome::Passed);
    assert_eq!(of(""), Outcome::Unknown);
    // A rule that does not apply needs no score.
    assert_eq!(of("kind = 'malicious'"), Outcome::Passed);
}

#[test]
fn an_exception_to_a_rule_accepts_what_it_names() {
    let of = |package: &str| {
        judged(&format!("package = '{package}'\nlicence = 'AGPL-3.0-only'\nrule = 'licences'")).0
    };
    assert_eq!(of("pkg:npm/@acme/web@1.0.0"), Outcome::Accepted);
    assert_eq!(of("pkg:npm/web@1.0.0"), Outcome::Refused);
}

#[test]
fn an_exception_to_a_rule_ends_on_its_day() {
    let facts = "package = 'pkg:npm/@acme/web@1.0.0'\nlicence = 'AGPL-3.0-only'\n\
                 rule = 'licences'\non = '2027-01-01'";
    assert_eq!(judged(facts).0, Outcome::Refused);
}

#[test]
fn an_accepted_finding_is_accepted_by_each_rule() {
    let facts = "finding = { id = 'CVE-2024-0001', severity = 'critical', known-exploited = true, \
                 epss = 0.9 }\npackage = 'pkg:npm/left@1.0.0'";
    let (outcome, rules) = judged(facts);
    assert_eq!((outcome, rules.len()), (Outcome::Accepted, 3));
}

#[test]
fn old_data_make_the_answer_unknown() {
    assert_eq!(judged("data-age = '4d'").0, Outcome::Unknown);
    assert_eq!(judged("data-age = '2d'").0, Outcome::Passed);
}

#[test]
fn a_decision_names_its_rule_its_facts_and_who_told_them() {
    let text = format!(
        "{WHOLE}\n[[example]]\nexpect = 'refused'\npackage = 'pkg:npm/left@1.0.0'\n\
         licence = 'AGPL-3.0-only'\nreleased = '2025-01-01'\n"
    );
    let policy = Policy::parse("policy.toml", &text).unwrap();
    let decision = policy.examples[0].run(&policy, now()).decisions.remove(0);
    assert_eq!(decision.rule.written, "policy.toml:18");
    assert_eq!(decision.message, "the licence AGPL-3.0-only is denied");
    assert_eq!(decision.facts[0].value.as_deref(), Some("AGPL-3.0-only"));
    assert_eq!(decision.facts[0].told_by, policy.examples[0].name.written);
}

#[test]
fn an_unknown_key_is_refused_with_its_line_and_a_suggestion() {
    let found = error("version = 1\n\n[[finding]]\nseverty = 'high'\n");
    assert!(found.starts_with("policy.toml:4: unknown field `severty`"), "{found}");
    assert!(found.ends_with("did you mean \"severity\"?"), "{found}");
}

#[test]
fn what_is_wrong_in_a_rule_names_its_line() {
    for (rule, says) in [
        ("[[finding]]\nseverity = 'grave'", "is no threshold"),
        ("[[finding]]\nepss = 2.0", "between 0 and 1"),
        ("[[finding]]\nkind = ['bug']", "is no kind"),
        ("[[finding]]\nscope = ['test']", "is no scope"),
        ("[[finding]]\npackage = ['left']", "is no package pattern"),
        ("[licences]\nallow = []", "neither what is allowed"),
        ("[licences]\nallow = ['MIT OR ISC']", "is no licence"),
        ("[licences]\nallow = ['MIT']\nunstated = 'allow'", "is never allowed"),
        ("[[ban]]\npackage = 'pkg:npm/a'\nreason = ' '", "\"reason\" is empty"),
        ("[[ban]]\npackage = 'pkg:npm/a'\nversions = '<x.y'\nreason = 'r'", "is no version of npm"),
        ("[releases]\nscope = []", "neither \"cooldown\" nor"),
        ("[releases]\ncooldown = 'soon'", "is no age"),
        ("[data]\nmax-age = '3'", "is no age"),
        ("[[exception]]\nid = 'a'\nreason = 'r'\nowner = 'o'\nexpires = 'never'", "must expire"),
        ("[[example]]\nexpect = 'fine'", "choose passed, accepted"),
        ("[[example]]\nexpect = 'passed'", "needs a \"package\""),
        ("[[example]]\nexpect = 'passed'\npackage = 'pkg:npm/a'\nrule = 'x'", "no rule is called"),
    ] {
        let found = error(&format!("version = 1\n\n{rule}\n"));
        assert!(found.contains(says), "{rule}: {found}");
        assert!(found.contains("policy.toml:3"), "{rule}: {found}");
    }
}

#[test]
fn two_rules_of_one_name_are_refused() {
    let found = error("[[finding]]\nname = 'a'\n[[finding]]\nname = 'A'\n");
    assert!(found.contains("two rules are called"), "{found}");
}

#[test]
fn a_version_of_the_file_that_nobody_knows_is_refused() {
    assert!(error("version = 2\n").contains("is 1"));
}

proptest! {
    /// Cut, doubled and changed pieces of a real policy.
    #[test]
    fn no_file_makes_the_reader_panic(from in 0..WHOLE.len(), to in 0..WHOLE.len(), odd in "\\PC{0,8}") {
        let (from, to) = (from.min(to), from.max(to));
        let text = format!("{}{odd}{}", &WHOLE[..from], &WHOLE[to..]);
        if let Ok(policy) = Policy::parse("p.toml", &text) {
            for example in &policy.examples {
                example.run(&policy, now());
            }
        }
    }
}
