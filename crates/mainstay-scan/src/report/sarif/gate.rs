//! The gate's decisions as SARIF: a rule of the policy is a rule of the run, and what it says
//! about a package is a result. What it says about a finding stands in that finding's properties.

use std::collections::BTreeMap;

use mainstay_policy::Outcome;
use serde_json::{Value, json};

use super::{Told, location};
use crate::gate::{Judged, Standing};
use crate::report::text::telling;
use crate::scan::Scan;

/// Adds rules and results for what objected or could not tell, as far as it is new.
pub(super) fn add(scan: &Scan, rules: &mut Vec<Value>, results: &mut Vec<Told>) {
    let decisions = scan.judgement.iter().flat_map(|judgement| &judgement.decisions);
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for judged in decisions.filter(|one| one.standing == Standing::New && one.finding.is_none()) {
        let rule = &judged.decision.rule;
        let next = rules.len();
        let at = *places.entry(&rule.name).or_insert(next);
        let id = format!("policy/{}", rule.name);
        if at == next {
            rules.push(json!({
                "id": id,
                "name": "policy",
                "shortDescription": {"text": format!("{} ({})", rule.name, rule.written)},
                "defaultConfiguration": {"level": "error"},
                "properties": {"tags": ["policy"]},
            }));
        }
        results.push(result(scan, judged, &id, at));
    }
}

fn result(scan: &Scan, judged: &Judged, id: &str, rule: usize) -> Told {
    let package = judged.package.and_then(|at| scan.packages.get(at));
    let component = judged.component.and_then(|at| scan.component(at));
    // Without a package URL a name tells it from the others of its rule.
    let called = component.map(|one| one.purl().map_or_else(|| one.label(), ToString::to_string));
    let purl = package.map(|package| package.purl().to_string()).or(called).unwrap_or_default();
    let of_package = package.iter().flat_map(|package| &package.locations).map(location);
    let of_component = component.map(|component| location(&component.place()));
    let locations: Vec<Value> = of_package.chain(of_component).collect();
    let decision = &judged.decision;
    let level = match decision.outcome {
        Outcome::Refused => "error",
        Outcome::Unknown => "warning",
        Outcome::Passed | Outcome::Accepted => "note",
    };
    let text = format!("{}: {} ({})", judged.subject(scan), decision.message, telling(decision));
    let result = json!({
        "ruleId": id,
        "ruleIndex": rule,
        "level": level,
        "message": {"text": text},
        "locations": locations,
        "partialFingerprints": {"mainstay/v1": format!("{id}|{purl}")},
        "properties": {"purl": purl, "outcome": decision.outcome.word()},
    });
    let suppressions: Vec<Value> = decision.exception.iter().map(super::suppression).collect();
    (result, suppressions)
}

/// The findings to which every rule that objects has an exception, by position, with those.
pub(super) fn accepted(scan: &Scan) -> BTreeMap<usize, Vec<Value>> {
    let mut told: BTreeMap<usize, Option<Vec<Value>>> = BTreeMap::new();
    for judged in scan.judgement.iter().flat_map(|judgement| &judgement.decisions) {
        let Some(finding) = judged.finding else { continue };
        let of_finding = told.entry(finding).or_insert_with(|| Some(Vec::new()));
        let exception = judged.decision.exception.as_ref().map(super::suppression);
        match (exception, of_finding.as_mut()) {
            (Some(exception), Some(all)) => all.push(exception),
            (Some(_), None) => {}
            (None, _) => *of_finding = None,
        }
    }
    told.into_iter().filter_map(|(at, all)| Some((at, all?))).collect()
}

/// What the gate decided about each finding, by position.
pub(super) fn by_finding(scan: &Scan) -> BTreeMap<usize, Vec<String>> {
    let mut told: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for judged in scan.judgement.iter().flat_map(|judgement| &judgement.decisions) {
        let Some(finding) = judged.finding else { continue };
        let outcome = judged.decision.outcome.word();
        let standing = judged.standing.word();
        let text = format!("{outcome}, {standing}: {}", telling(&judged.decision));
        told.entry(finding).or_default().push(text);
    }
    told
}
