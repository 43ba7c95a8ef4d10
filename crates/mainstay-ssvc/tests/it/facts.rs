//! What KEV, proofs of concept and CVSS say of the inputs, and what they do not.

use mainstay_ssvc::{Basis, Evidence, Facts, Input, Kev, Tables};
use proptest::prelude::*;

use crate::moment;

fn said(facts: &Facts<'_>, point: &str) -> Input {
    facts.inputs().of(&point.parse().unwrap()).cloned().unwrap_or(Input::Unknown(String::new()))
}

/// The keys that are possible; none where nobody knows.
fn keys(facts: &Facts<'_>, point: &str) -> Vec<String> {
    match said(facts, point) {
        Input::Known(key, _) => vec![key],
        Input::Among(keys, _) => keys,
        Input::Unknown(_) => vec![],
    }
}

fn cvss(vector: &str) -> Facts<'_> {
    Facts { cvss: Some(vector), ..Facts::UNKNOWN }
}

const EXPLOITATION: &str = "ssvc:E:1.1.0";
const IMPACT: &str = "ssvc:TI:1.0.0";
const AUTOMATABLE: &str = "ssvc:A:2.0.0";

fn seen() -> Evidence {
    Evidence::Seen("https://exploits.example/1".into())
}

fn none_found() -> Evidence {
    Evidence::NoneFound("three sources on 2026-11-28".into())
}

#[test]
fn what_kev_lists_is_exploited() {
    let facts = Facts { kev: Kev::Listed, ..Facts::UNKNOWN };
    assert_eq!(keys(&facts, EXPLOITATION), ["A"]);
    assert_eq!(keys(&facts, "cisa:KEV:1.0.0"), ["Y"]);
}

#[test]
fn what_kev_does_not_list_may_be_exploited() {
    let facts = Facts { kev: Kev::NotListed, ..Facts::UNKNOWN };
    assert!(said(&facts, EXPLOITATION).is_unknown());
    assert_eq!(keys(&facts, "cisa:KEV:1.0.0"), ["N"]);
}

#[test]
fn a_public_exploit_without_a_search_for_attacks_is_public_or_active() {
    let facts = Facts { public_poc: seen(), kev: Kev::NotListed, ..Facts::UNKNOWN };
    assert_eq!(keys(&facts, EXPLOITATION), ["P", "A"]);
}

#[test]
fn a_public_exploit_and_a_search_that_found_no_attacks_is_public() {
    let facts = Facts { public_poc: seen(), attacks: none_found(), ..Facts::UNKNOWN };
    assert_eq!(keys(&facts, EXPLOITATION), ["P"]);
}

#[test]
fn none_needs_both_searches() {
    let both = Facts { public_poc: none_found(), attacks: none_found(), ..Facts::UNKNOWN };
    assert_eq!(keys(&both, EXPLOITATION), ["N"]);
    let attacks = Facts { attacks: none_found(), ..Facts::UNKNOWN };
    assert_eq!(keys(&attacks, EXPLOITATION), ["N", "P"]);
    let poc = Facts { public_poc: none_found(), ..Facts::UNKNOWN };
    assert_eq!(keys(&poc, EXPLOITATION), ["N", "A"]);
}

#[test]
fn reports_of_attacks_count_without_kev() {
    let facts = Facts { attacks: seen(), kev: Kev::NotListed, ..Facts::UNKNOWN };
    assert_eq!(keys(&facts, EXPLOITATION), ["A"]);
}

#[test]
fn high_confidentiality_and_integrity_is_total_whatever_availability_is() {
    let facts = cvss("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N");
    assert_eq!(keys(&facts, IMPACT), ["T"]);
    let reason = said(&facts, IMPACT).reason().unwrap().clone();
    assert_eq!(reason.basis, Basis::Derived);
}

#[test]
fn a_stopped_service_is_partial() {
    let facts = cvss("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H");
    assert_eq!(keys(&facts, IMPACT), ["P"]);
}

#[test]
fn a_changed_scope_leaves_the_technical_impact_open() {
    let facts = cvss("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H");
    assert!(said(&facts, IMPACT).is_unknown());
}

#[test]
fn version_four_counts_the_vulnerable_system_only() {
    let total = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:L/SC:N/SI:N/SA:N";
    let other = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:L/SC:H/SI:H/SA:H";
    assert_eq!(keys(&cvss(total), IMPACT), ["T"]);
    assert_eq!(keys(&cvss(other), IMPACT), ["P"]);
}

#[test]
fn an_easy_attack_over_the_network_is_likely_automatable_and_says_that_a_rule_says_so() {
    let input = said(&cvss("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"), AUTOMATABLE);
    let Input::Known(key, reason) = input else { panic!("known") };
    assert_eq!((key.as_str(), reason.basis), ("Y", Basis::Derived));
    assert!(reason.text.starts_with("likely"));
}

#[test]
fn base_metrics_never_say_that_an_attack_is_not_automatable() {
    for vector in [
        "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:H/I:H/A:H",
        "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
    ] {
        assert!(said(&cvss(vector), AUTOMATABLE).is_unknown(), "{vector}");
    }
}

#[test]
fn the_supplement_of_version_four_is_taken_at_its_word() {
    let vector = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/AU:N/V:C";
    assert_eq!(keys(&cvss(vector), AUTOMATABLE), ["N"]);
    assert_eq!(keys(&cvss(vector), "ssvc:VD:1.0.0"), ["C"]);
    assert_eq!(said(&cvss(vector), AUTOMATABLE).reason().unwrap().basis, Basis::Stated);
}

#[test]
fn a_vector_that_cannot_be_read_says_nothing_but_why() {
    for vector in [
        "",
        "AV:N/AC:L/Au:N/C:C/I:C/A:C",
        "CVSS:3.1/AV:N",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/C:L",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:X/A:H",
    ] {
        let input = said(&cvss(vector), IMPACT);
        assert!(matches!(&input, Input::Unknown(why) if !why.is_empty()), "{vector}");
    }
}

proptest! {
    /// Whatever a vector says, every table takes what is made of it.
    #[test]
    fn no_vector_gives_an_answer_that_a_table_refuses(
        vector in "CVSS:(3\\.1|4\\.0)/AV:[NP]/AC:[LH](/AT:[NP])?/PR:[NH]/UI:[NR](/S:[UC])?(/V?[CIA]:[HLNX]){3,6}(/S[CIA]:[HN]){0,3}(/AU:[NYX])?(/V:[DCX])?|\\PC{0,60}",
    ) {
        let inputs = cvss(&vector).inputs();
        for table in Tables::shipped().all() {
            prop_assert!(table.assess(&inputs, &[], moment()).is_ok());
        }
    }
}
