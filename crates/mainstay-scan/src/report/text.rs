//! The report for a person: findings by package, worst first; then what is not known; then one
//! line of verdict.

mod gate;

use std::collections::BTreeMap;

use mainstay_console::{Line, Sheet, Tone};
use mainstay_images::ImageLayer;
use mainstay_types::{FindingKind, Severity};

use crate::finding::Finding;
use crate::gate::Standing;
use crate::package::Location;
use crate::report::TextLayout;
use crate::scan::{KnowledgeUsed, Scan};
use crate::source::SourceStatus;
use crate::unknown::Unknown;
use crate::verdict::{Coverage, Verdict};
pub(crate) use gate::{alike, gate_line, telling};

mod stated;

/// The mark of what was there already at the revision of `--since`.
const WAS_THERE: &str = "was there before";

/// How many of a long list are shown without `--verbose`.
const SHOWN: usize = 10;

pub(crate) fn write(scan: &Scan, layout: TextLayout) -> String {
    let mut sheet = Sheet::new(layout.styling, layout.width);
    findings(&mut sheet, scan);
    stated::silenced(&mut sheet, scan);
    excepted(&mut sheet, scan);
    unknowns(&mut sheet, scan, layout.verbose);
    sources(&mut sheet, scan, layout.verbose);
    stated::documents(&mut sheet, &scan.stated, layout.verbose);
    knowledge(&mut sheet, scan);
    warnings(&mut sheet, scan);
    gate::write(&mut sheet, scan, layout.verbose);
    verdict(&mut sheet, scan);
    sheet.into_string()
}

fn findings(sheet: &mut Sheet, scan: &Scan) {
    for group in by_package(scan) {
        let Some((_, first)) = group.first() else { continue };
        let heading = match first.package.and_then(|at| scan.packages.get(at)) {
            Some(package) => Line::default()
                .toned(Tone::Strong, package.label())
                .text(format!(" ({})", package.home())),
            None => Line::default().toned(Tone::Strong, places(&first.locations)),
        };
        sheet.push(&heading);
        for (at, finding) in &group {
            one(sheet, finding, scan.standing_of_finding(*at));
        }
        if first.package.is_some() {
            let line = Line::indented(2).toned(Tone::Dim, "at ");
            sheet.push(&line.text(places(&first.locations)));
            if let Some(layer) = first.locations.iter().find_map(|place| place.layer.as_deref()) {
                let line = Line::indented(2).toned(Tone::Dim, "from layer ");
                sheet.push(&line.text(layer_name(layer)));
            }
            if first.via.len() > 1 {
                let line = Line::indented(2).toned(Tone::Dim, "via ");
                sheet.push(&line.text(first.via.join(" > ")));
            }
        }
        sheet.gap();
    }
}

/// Findings of one package stand together, with their positions; packages are in the order of their
/// worst finding.
pub(crate) fn by_package(scan: &Scan) -> Vec<Vec<(usize, &Finding)>> {
    let mut groups: Vec<Vec<(usize, &Finding)>> = Vec::new();
    let mut place: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, finding) in scan.findings.iter().enumerate() {
        let known = finding.package.and_then(|package| place.get(&package).copied());
        if let Some(group) = known.and_then(|at| groups.get_mut(at)) {
            group.push((at, finding));
            continue;
        }
        if let Some(package) = finding.package {
            place.insert(package, groups.len());
        }
        groups.push(vec![(at, finding)]);
    }
    groups
}

fn one(sheet: &mut Sheet, finding: &Finding, standing: Standing) {
    let tone = match finding.kind {
        FindingKind::Malicious => Tone::Severity(Severity::Critical),
        FindingKind::Vulnerability
        | FindingKind::Model
        | FindingKind::Confusion
        | FindingKind::Archive
        | FindingKind::Unsound
        | FindingKind::Unmaintained
        | FindingKind::Notice
        | FindingKind::Drift => Tone::Severity(finding.severity),
    };
    let line = Line::indented(2)
        .toned(tone, badge(finding))
        .text("  ")
        .toned(Tone::Strong, finding.id())
        .text("  ")
        .text(shorten(&finding.title));
    sheet.push(&line);
    if standing == Standing::Old {
        sheet.push(&Line::indented(4).toned(Tone::Dim, WAS_THERE));
    }
    if finding.known_exploited == Some(true) {
        sheet.push(&Line::indented(4).toned(Tone::Bad, "known exploited (CISA KEV)"));
    }
    if let Some(epss) = finding.exploit_probability {
        let percent = epss.probability * 100.0;
        let text = format!("{percent:.1}% chance of exploitation in 30 days (EPSS)");
        sheet.push(&Line::indented(4).text(text));
    }
    let aliases = finding.aliases();
    if !aliases.is_empty() {
        let line = Line::indented(4).toned(Tone::Dim, "also ");
        sheet.push(&line.text(aliases.join(", ")));
    }
    disagreements(sheet, finding);
    stated::of_finding(sheet, finding);
    match &finding.fixed_in {
        Some(fix) => sheet.push(&Line::indented(4).text("fixed in ").toned(Tone::Good, fix)),
        None if !finding.advice.is_empty() => {
            sheet.push(&Line::indented(4).toned(Tone::Dim, "to do: ").text(&finding.advice));
        }
        None => sheet.push(&Line::indented(4).text("no fixed version is known")),
    }
}

/// Some records have no title, and their whole text stands in for it. One line of it is enough
/// here; `mainstay explain` shows all.
fn shorten(title: &str) -> String {
    if title.chars().count() <= TITLE {
        return title.to_owned();
    }
    let cut: String = title.chars().take(TITLE).collect();
    let whole_words = cut.rsplit_once(' ').map_or(&*cut, |(before, _)| before);
    format!("{whole_words} ...")
}

/// The longest title shown, in characters.
const TITLE: usize = 110;

/// What it is and how bad: `malicious`, `high 7.5`, `unmaintained`.
fn badge(finding: &Finding) -> String {
    let score = finding.score.map(|score| format!(" {score}")).unwrap_or_default();
    match (finding.kind, finding.severity) {
        (FindingKind::Vulnerability, Severity::Unknown) => "severity unknown".to_owned(),
        (FindingKind::Vulnerability, severity) => format!("{severity}{score}"),
        (kind, Severity::Unknown) => kind.word().to_owned(),
        (kind, severity) => format!("{kind}, {severity}{score}"),
    }
}

/// Joined records that do not say the same are shown side by side.
fn disagreements(sheet: &mut Sheet, finding: &Finding) {
    let differ = |pick: fn(&crate::finding::Record) -> String| {
        let mut said: Vec<String> = finding.records.iter().map(pick).collect();
        said.sort_unstable();
        said.dedup();
        said.len() > 1
    };
    let severity = differ(|record| record.severity.to_string());
    let fix = differ(|record| record.fixed_in.clone().unwrap_or_default());
    if !severity && !fix {
        return;
    }
    for record in &finding.records {
        let fix = record
            .fixed_in
            .as_deref()
            .map_or("no fix named".to_owned(), |fix| format!("fixed in {fix}"));
        let text = format!("{} says: {}, {fix}", record.id, record.severity);
        sheet.push(&Line::indented(4).toned(Tone::Dim, text));
    }
}

fn places(locations: &[Location]) -> String {
    let shown: Vec<String> = locations.iter().take(SHOWN).map(Location::to_string).collect();
    let more = locations.len().saturating_sub(SHOWN);
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &tail
}

/// A layer by the beginning of its digest and the step that made it: who can mend it is whoever
/// wrote that.
fn layer_name(layer: &ImageLayer) -> String {
    let end = layer.digest.floor_char_boundary(SHORT_DIGEST);
    let digest = layer.digest.get(..end).unwrap_or_default();
    match &layer.created_by {
        Some(step) => format!("{digest} ({})", short(step)),
        None => digest.to_owned(),
    }
}

/// A step in one line of bounded length.
fn short(step: &str) -> String {
    let words: String = step.split_whitespace().flat_map(|word| [word, " "]).collect();
    let words = words.trim_end();
    match words.char_indices().nth(LONGEST_STEP) {
        Some((end, _)) => format!("{}...", words.get(..end).unwrap_or_default()),
        None => words.to_owned(),
    }
}

/// More letters of a step are not shown.
const LONGEST_STEP: usize = 160;

/// `sha256:` and as many digits as docker shows.
const SHORT_DIGEST: usize = 19;

fn excepted(sheet: &mut Sheet, scan: &Scan) {
    if scan.excepted.is_empty() {
        return;
    }
    sheet.push(&Line::default().toned(Tone::Strong, "Accepted by an exception"));
    for excepted in &scan.excepted {
        let package = excepted.finding.package.and_then(|at| scan.packages.get(at));
        let label = package.map(crate::Package::label).unwrap_or_default();
        let exception = &excepted.exception;
        let text = format!(
            "{} {label}: {} ({}, until {}, {})",
            excepted.finding.id(),
            exception.reason,
            exception.owner,
            exception.expires,
            exception.written,
        );
        sheet.push(&Line::indented(2).text(text));
    }
    sheet.gap();
}

fn unknowns(sheet: &mut Sheet, scan: &Scan, verbose: bool) {
    if scan.unknowns.is_empty() {
        return;
    }
    sheet.push(&Line::default().toned(Tone::Strong, "Not known"));
    // The same reason for many subjects is said once.
    let mut groups: BTreeMap<(_, &str, &str, _), Vec<&Unknown>> = BTreeMap::new();
    for (at, unknown) in scan.unknowns.iter().enumerate() {
        let standing = scan.standing_of_unknown(at);
        let key = (unknown.code, &*unknown.message, &*unknown.advice, standing);
        groups.entry(key).or_default().push(unknown);
    }
    for ((_, message, advice, standing), group) in groups {
        let shown = if verbose { group.len() } else { SHOWN };
        let subjects: Vec<&str> =
            group.iter().take(shown).map(|unknown| &*unknown.subject).collect();
        let more = group.len().saturating_sub(shown);
        let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
        let line = Line::indented(2).toned(Tone::Warning, subjects.join(", ") + &tail);
        sheet.push(&line.text(": ").text(message));
        if standing == Standing::Old {
            sheet.push(&Line::indented(4).toned(Tone::Dim, WAS_THERE));
        }
        if !advice.is_empty() {
            sheet.push(&Line::indented(4).toned(Tone::Dim, "to do: ").text(advice));
        }
    }
    sheet.gap();
}

fn sources(sheet: &mut Sheet, scan: &Scan, verbose: bool) {
    if scan.sources.is_empty() && scan.other_files == 0 && scan.settings.is_empty() {
        return;
    }
    sheet.push(&Line::default().toned(Tone::Strong, "Sources"));
    let (skipped, looked_at): (Vec<_>, Vec<_>) =
        scan.sources.iter().partition(|source| source.status == SourceStatus::Skipped);
    let shown = if verbose { looked_at.len() } else { SHOWN.max(20) };
    for source in looked_at.iter().take(shown) {
        let tone = match source.status {
            SourceStatus::Read => Tone::Plain,
            SourceStatus::Partial | SourceStatus::Skipped => Tone::Warning,
            SourceStatus::Failed | SourceStatus::Unsupported => Tone::Bad,
        };
        let line = Line::indented(2)
            .text(&source.path)
            .text("  ")
            .toned(tone, source.status.word())
            .text(format!(", {}", count(source.packages, "package", "packages")));
        sheet.push(&line);
    }
    let more = looked_at.len().saturating_sub(shown);
    if more > 0 {
        let text = format!("and {more} more (--verbose lists all)");
        sheet.push(&Line::indented(2).toned(Tone::Dim, text));
    }
    if !skipped.is_empty() {
        let shown = if verbose { skipped.len() } else { SHOWN };
        let paths: Vec<&str> = skipped.iter().take(shown).map(|source| &*source.path).collect();
        let more = skipped.len().saturating_sub(shown);
        let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
        let line = Line::indented(2).toned(Tone::Dim, "skipped: ");
        sheet.push(&line.text(paths.join(", ") + &tail));
    }
    if scan.other_files > 0 {
        let files = usize::try_from(scan.other_files).unwrap_or(usize::MAX);
        let text = format!("{} of no known format", count(files, "other file", "other files"));
        sheet.push(&Line::indented(2).toned(Tone::Dim, text));
    }
    if !scan.settings.is_empty() {
        let line = Line::indented(2).toned(Tone::Dim, "settings: ");
        sheet.push(&line.text(scan.settings.join(", ")));
    }
    sheet.gap();
}

fn knowledge(sheet: &mut Sheet, scan: &Scan) {
    if scan.knowledge.is_empty() {
        return;
    }
    sheet.push(&Line::default().toned(Tone::Strong, "Knowledge"));
    for used in &scan.knowledge {
        sheet.push(&Line::indented(2).text(knowledge_line(used)));
    }
    sheet.gap();
}

/// One line on one body of advisory data, in every report for people.
pub fn knowledge_line(used: &KnowledgeUsed) -> String {
    let name = match used.ecosystem {
        Some(ecosystem) => format!("{} ({ecosystem})", used.source),
        None => used.source.to_owned(),
    };
    let records = usize::try_from(used.records).unwrap_or(usize::MAX);
    let records = count(records, "record", "records");
    let day = |at: jiff::Timestamp| at.strftime("%Y-%m-%d").to_string();
    let newest = used.newest.map(|at| format!(", newest of {}", day(at))).unwrap_or_default();
    match (used.as_of, used.age_days()) {
        (Some(as_of), Some(age)) => {
            let age = usize::try_from(age).unwrap_or(0);
            let age = count(age, "day", "days");
            format!("{name}: {records}{newest}; as of {} ({age} old)", day(as_of))
        }
        _ => format!("{name}: {records}{newest}; how old it is, is not known"),
    }
}

fn warnings(sheet: &mut Sheet, scan: &Scan) {
    for warning in &scan.warnings {
        sheet.push(&Line::default().toned(Tone::Warning, "warning: ").text(warning));
    }
    if !scan.warnings.is_empty() {
        sheet.gap();
    }
}

fn verdict(sheet: &mut Sheet, scan: &Scan) {
    let tone = match scan.verdict() {
        Verdict::Findings => Tone::Bad,
        Verdict::Clean => Tone::Good,
        Verdict::Unknown => Tone::Warning,
    };
    let line = Line::default().text("Verdict: ").toned(tone, scan.verdict().word());
    sheet.push(&line.text(format!(" - {}", summary(scan))));
    if let Some(line) = gate_line(scan) {
        sheet.push(&Line::default().text(line));
    }
}

/// The verdict in a sentence.
pub(crate) fn summary(scan: &Scan) -> String {
    let packages = count(scan.packages.len(), "package", "packages");
    let not_known = count(scan.unknowns.len(), "thing is", "things are");
    let coverage = match scan.coverage() {
        Coverage::Complete => "everything was looked at".to_owned(),
        Coverage::Incomplete => format!("coverage is incomplete: {not_known} not known"),
    };
    match scan.verdict() {
        Verdict::Findings => {
            let findings = count(scan.findings.len(), "finding", "findings");
            format!("{findings} ({}) in {packages}; {coverage}", by_severity(scan))
        }
        Verdict::Clean => format!("nothing wrong is known of {packages}; {coverage}"),
        Verdict::Unknown => format!("nothing wrong was found in {packages}, but {coverage}"),
    }
}

/// `1 malicious, 2 critical, 1 high`: how many of what, worst first.
fn by_severity(scan: &Scan) -> String {
    let malicious =
        scan.findings.iter().filter(|finding| finding.kind == FindingKind::Malicious).count();
    let mut parts = Vec::new();
    if malicious > 0 {
        parts.push(format!("{malicious} malicious"));
    }
    for severity in Severity::ALL.into_iter().rev() {
        let others = scan.findings.iter().filter(|finding| {
            finding.kind != FindingKind::Malicious && finding.severity == severity
        });
        match (others.count(), severity) {
            (0, _) => {}
            (n, Severity::Unknown) => parts.push(format!("{n} of unknown severity")),
            (n, severity) => parts.push(format!("{n} {severity}")),
        }
    }
    parts.join(", ")
}

/// A number with its noun, thousands set apart: `1 package`, `1,412 packages`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{text} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::{count, shorten};

    #[test]
    fn a_text_in_place_of_a_title_is_cut_at_a_word() {
        let title = shorten(&"word ".repeat(40));
        assert!(title.ends_with("word ...") && title.len() < 120, "{title}");
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(count(1, "package", "packages"), "1 package");
        assert_eq!(count(1_412, "package", "packages"), "1,412 packages");
        assert_eq!(count(1_000_000, "p", "ps"), "1,000,000 ps");
    }
}
