//! The page of an OSV record: what it says, and what KEV and EPSS add.

use mainstay_advisories::osv;
use mainstay_console::{Line, Sheet, Tone};
use mainstay_knowledge::{Knowledge, is_usable};

/// Writes the page.
pub(crate) fn page(
    sheet: &mut Sheet,
    knowledge: &Knowledge,
    record: &osv::Record<'_>,
    now: jiff::Timestamp,
) {
    heading(sheet, record, now);
    exploitation(sheet, knowledge, record);
    affected(sheet, record);
    if let Some(details) = record.details() {
        sheet.gap();
        for line in details.lines() {
            sheet.push(&Line::default().text(line));
        }
    }
    references(sheet, record);
}

fn heading(sheet: &mut Sheet, record: &osv::Record<'_>, now: jiff::Timestamp) {
    let title = Line::default().toned(Tone::Strong, &*record.id).text("  ");
    sheet.push(&title.text(record.title()));
    let aliases: Vec<&str> = record.aliases.iter().map(|alias| &**alias).collect();
    if !aliases.is_empty() {
        sheet.push(&Line::indented(2).toned(Tone::Dim, "also ").text(aliases.join(", ")));
    }
    let day = |at: jiff::Timestamp| at.strftime("%Y-%m-%d").to_string();
    let dates = [("published", record.published()), ("changed", record.modified())];
    for (word, at) in dates {
        if let Some(at) = at.filter(|at| is_usable(*at, now)) {
            sheet.push(&Line::indented(2).toned(Tone::Dim, format!("{word} ")).text(day(at)));
        }
    }
    if record.is_withdrawn() {
        let text = "withdrawn: its authors took it back; it matches nothing";
        sheet.push(&Line::indented(2).toned(Tone::Warning, text));
    }
    sheet.push(&Line::indented(2).toned(Tone::Dim, "page ").text(record.url()));
}

fn exploitation(sheet: &mut Sheet, knowledge: &Knowledge, record: &osv::Record<'_>) {
    let ids = std::iter::once(&record.id).chain(&record.aliases);
    for cve in ids.filter(|id| id.starts_with("CVE-")) {
        if let Ok(Some(entry)) = knowledge.kev(cve) {
            let since = entry.date_added.map(|day| format!(" since {day}")).unwrap_or_default();
            let ransomware = if entry.ransomware { "; ransomware uses it" } else { "" };
            let text = format!("known exploited{since} (CISA KEV){ransomware}");
            sheet.push(&Line::indented(2).toned(Tone::Bad, text));
        }
        if let Ok(Some(score)) = knowledge.epss(cve) {
            let percent = score.probability * 100.0;
            let text = format!("{percent:.1}% chance of exploitation in 30 days (EPSS)");
            sheet.push(&Line::indented(2).text(text));
        }
    }
}

fn affected(sheet: &mut Sheet, record: &osv::Record<'_>) {
    for affected in &record.affected {
        let Some(package) = &affected.package else { continue };
        let rating = record.severity(affected);
        let score = rating.score.map(|score| format!(" {score}")).unwrap_or_default();
        let line = Line::indented(2)
            .toned(Tone::Strong, &*package.name)
            .text(format!(" ({})  {}, ", &*package.ecosystem, record.kind(affected)))
            .toned(Tone::Severity(rating.severity), format!("severity {}{score}", rating.severity));
        sheet.push(&line);
        for range in &affected.ranges {
            let events: Vec<String> = range.events.iter().map(event).collect();
            if !events.is_empty() {
                sheet.push(&Line::indented(4).text(events.join(", ")));
            }
        }
        if !affected.versions.is_empty() {
            let shown: Vec<&str> =
                affected.versions.iter().take(VERSIONS_SHOWN).map(|one| &**one).collect();
            let more = affected.versions.len().saturating_sub(VERSIONS_SHOWN);
            let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
            let line = Line::indented(4).toned(Tone::Dim, "listed versions: ");
            sheet.push(&line.text(shown.join(", ") + &tail));
        }
    }
}

/// How many listed versions are shown.
const VERSIONS_SHOWN: usize = 20;

fn event(event: &osv::Event<'_>) -> String {
    let parts = [
        ("from", &event.introduced),
        ("fixed in", &event.fixed),
        ("up to and with", &event.last_affected),
        ("says nothing from", &event.limit),
    ];
    let said: Vec<String> = parts
        .into_iter()
        .filter_map(|(word, version)| {
            version.as_ref().map(|version| format!("{word} {}", &**version))
        })
        .collect();
    said.join(", ")
}

fn references(sheet: &mut Sheet, record: &osv::Record<'_>) {
    let urls: Vec<&str> = record.references.iter().filter_map(|one| one.url.as_deref()).collect();
    if !urls.is_empty() {
        sheet.gap();
        sheet.push(&Line::default().toned(Tone::Strong, "References"));
        for url in urls {
            sheet.push(&Line::indented(2).text(url));
        }
    }
}
