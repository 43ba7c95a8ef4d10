//! SARIF 2.1.0 (OASIS), for code hosts and editors.
//!
//! One rule per advisory or code; one result per package and finding. A finding that an exception
//! accepts, or a VEX statement silences, is a result with a suppression (section 3.35). What is not known goes into the
//! invocation's notifications, so that a viewer shows it beside the results.

mod gate;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use mainstay_console::CleanJson;
use mainstay_types::{FindingKind, Severity};
use serde::Serialize;
use serde_json::{Value, json};

use crate::finding::Finding;
use crate::package::Location;
use crate::report::ReportError;
use crate::report::stated::{nothing, sentences};
use crate::report::text::{gate_line, summary};
use crate::scan::Scan;
use crate::statements::Silenced;
use mainstay_policy::Exception;

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Value; 1],
}

pub(crate) fn write(scan: &Scan, to: impl Write) -> Result<(), ReportError> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut rules: Vec<Value> = Vec::new();
    let mut results: Vec<Told> = Vec::new();
    let accepted = gate::accepted(scan);
    let open = scan.findings.iter().enumerate();
    let open = open.map(|(at, finding)| (finding, accepted.get(&at).cloned().unwrap_or_default()));
    let excepted =
        scan.excepted.iter().map(|one| (&one.finding, vec![suppression(&one.exception)]));
    let silenced = scan.stated.silenced.iter().map(|one| (&one.finding, vec![by_statement(one)]));
    let decided = gate::by_finding(scan);
    for (position, (finding, suppressions)) in open.chain(silenced).chain(excepted).enumerate() {
        let next = rules.len();
        let at = *places.entry(finding.id()).or_insert(next);
        if at == next {
            rules.push(rule(finding));
        }
        let mut value = result(scan, finding, at);
        // Open findings come first, so the position is that of the finding.
        let decisions = decided.get(&position).filter(|_| position < scan.findings.len());
        if let (Some(decisions), Some(fields)) =
            (decisions, value.get_mut("properties").and_then(Value::as_object_mut))
        {
            fields.insert("decisions".to_owned(), json!(decisions));
        }
        results.push((value, suppressions));
    }
    gate::add(scan, &mut rules, &mut results);
    let results = with_suppressions(results);
    let notifications: Vec<Value> = scan
        .unknowns
        .iter()
        .map(|unknown| {
            let text =
                format!("{}: {}. To do: {}", unknown.subject, unknown.message, unknown.advice);
            json!({
                "level": "warning",
                "descriptor": {"id": unknown.code.word()},
                "message": {"text": text},
            })
        })
        .collect();
    let notifications: Vec<Value> = notifications.into_iter().chain(without_effect(scan)).collect();
    let run = json!({
        "tool": {"driver": {
            "name": "mainstay",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "informationUri": env!("CARGO_PKG_REPOSITORY"),
            "rules": rules,
        }},
        "columnKind": "utf16CodeUnits",
        "invocations": [{
            "executionSuccessful": true,
            "toolExecutionNotifications": notifications,
        }],
        "results": results,
        "properties": {
            "verdict": scan.verdict().word(),
            "coverage": scan.coverage().word(),
            "summary": summary(scan),
            "gate": gate_line(scan),
        },
    });
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [run],
    };
    let mut json = CleanJson::indented(to);
    json.value(&log)?;
    Ok(json.finish()?)
}

/// A result and what suppresses it.
type Told = (Value, Vec<Value>);

/// Either every result of a run says whether it is suppressed, or none (section 3.27.23).
fn with_suppressions(results: Vec<Told>) -> Vec<Value> {
    let is_told = results.iter().any(|(_, suppressions)| !suppressions.is_empty());
    let each = results.into_iter().map(|(mut result, suppressions)| {
        if let (true, Some(fields)) = (is_told, result.as_object_mut()) {
            fields.insert("suppressions".to_owned(), json!(suppressions));
        }
        result
    });
    each.collect()
}

fn rule(finding: &Finding) -> Value {
    let title = if finding.title.is_empty() { finding.id() } else { &finding.title };
    let mut rule = json!({
        "id": finding.id(),
        "name": finding.code,
        "shortDescription": {"text": title},
        "defaultConfiguration": {"level": level(finding)},
        "properties": {"tags": ["security", finding.kind.word()]},
    });
    let page = finding.records.first().map(|record| &*record.url).filter(|url| !url.is_empty());
    if let (Some(url), Some(fields)) = (page, rule.as_object_mut()) {
        fields.insert("helpUri".to_owned(), json!(url));
    }
    // Code hosts sort by this number; a malicious package is as bad as it gets.
    let score = match (finding.kind, finding.score) {
        (FindingKind::Malicious, _) => Some("10.0".to_owned()),
        (_, score) => score.map(|score| score.to_string()),
    };
    if let (Some(score), Some(fields)) =
        (score, rule.get_mut("properties").and_then(Value::as_object_mut))
    {
        fields.insert("security-severity".to_owned(), json!(score));
    }
    rule
}

fn result(scan: &Scan, finding: &Finding, rule: usize) -> Value {
    let package = finding.package.and_then(|at| scan.packages.get(at));
    let label = package.map(crate::Package::label).unwrap_or_default();
    let fix =
        finding.fixed_in.as_deref().map(|fix| format!(" Fixed in {fix}.")).unwrap_or_default();
    let purl = package.map(|package| package.purl().to_string()).unwrap_or_default();
    let locations: Vec<Value> = finding.locations.iter().map(location).collect();
    json!({
        "ruleId": finding.id(),
        "ruleIndex": rule,
        "level": level(finding),
        "message": {"text": format!("{label}: {}.{fix}", finding.title)},
        "locations": locations,
        "partialFingerprints": {"mainstay/v1": format!("{}|{purl}", finding.id())},
        "properties": {
            "purl": purl,
            "kind": finding.kind.word(),
            "severity": finding.severity.word(),
            "aliases": finding.aliases(),
            "via": finding.via,
            "knownExploited": finding.known_exploited,
            "vex": sentences(finding).collect::<Vec<_>>(),
        },
    })
}

/// VEX statements that changed nothing, as notes.
fn without_effect(scan: &Scan) -> impl Iterator<Item = Value> {
    scan.stated.without_effect.iter().map(|one| {
        json!({
            "level": "note",
            "descriptor": {"id": one.code.code()},
            "message": {"text": format!("{}: {}", one.place, nothing(one))},
        })
    })
}

/// The VEX statements that silence, in their own words.
fn by_statement(silenced: &Silenced) -> Value {
    let said: Vec<String> = sentences(&silenced.finding).collect();
    json!({"kind": "external", "status": "accepted", "justification": said.join("; ")})
}

fn suppression(exception: &Exception) -> Value {
    let Exception { reason, owner, expires, written, .. } = exception;
    json!({
        "kind": "external",
        "status": "accepted",
        "justification": format!("{reason} ({owner}, until {expires}, {written})"),
    })
}

/// A place in a file. What lies inside an archive has no region in it that a viewer could show, so
/// it is named as a logical location (section 3.33).
fn location(location: &Location) -> Value {
    let mut physical = json!({"artifactLocation": {"uri": uri(&location.path)}});
    if location.member.is_some() {
        let name = location.to_string();
        let logical = json!([{"fullyQualifiedName": name, "kind": "member"}]);
        return json!({"physicalLocation": physical, "logicalLocations": logical});
    }
    if let (Some(line), Some(fields)) = (location.line, physical.as_object_mut()) {
        fields.insert("region".to_owned(), json!({"startLine": line}));
    }
    json!({"physicalLocation": physical})
}

fn level(finding: &Finding) -> &'static str {
    match (finding.kind, finding.severity) {
        (FindingKind::Malicious, _) | (_, Severity::Critical | Severity::High) => "error",
        (FindingKind::Unmaintained | FindingKind::Notice, Severity::Unknown)
        | (_, Severity::None | Severity::Low) => "note",
        _ => "warning",
    }
}

/// A path as a URI reference (RFC 3986): everything but unreserved characters and `/` is
/// percent-encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::{location, uri};
    use crate::package::Location;

    #[test]
    fn a_place_inside_an_archive_is_a_logical_location_and_no_region() {
        let place = Location {
            path: "app.jar".into(),
            member: Some("META-INF/MANIFEST.MF".into()),
            line: Some(3),
            offset: None,
            layer: None,
            reading: 0,
            entry: 0,
        };
        let written = location(&place);
        assert_eq!(written["physicalLocation"]["artifactLocation"]["uri"], "app.jar");
        assert!(written["physicalLocation"].get("region").is_none());
        let name = &written["logicalLocations"][0]["fullyQualifiedName"];
        assert_eq!(name, "app.jar!/META-INF/MANIFEST.MF:3");
    }

    #[test]
    fn a_path_becomes_a_reference() {
        assert_eq!(uri("a b/ü.lock"), "a%20b/%C3%BC.lock");
    }
}
