//! `mainstay explain ID`: what an advisory says, or what a code in a report means.
//!
//! Codes are explained by `docs/user/codes.md`, which is part of the binary: one section per code.

use anyhow::{Context as _, bail};
use mainstay_advisories::osv;
use mainstay_console::{ExitCode, Line, Sheet, Tone};
use mainstay_knowledge::{DataFolder, Knowledge};
use mainstay_types::Ecosystem;

use crate::Context;
use crate::args::Common;
use crate::settings::{self, UserFile};

/// The pages of the codes.
const CODES: &str = include_str!("../../../../docs/user/codes.md");

pub(crate) fn explain(context: &Context, common: &Common, id: &str) -> anyhow::Result<ExitCode> {
    if let Some(section) = code_section(id) {
        let mut sheet = context.output.sheet();
        sheet.push(&Line::default().toned(Tone::Strong, id));
        for paragraph in section.trim().split("\n\n") {
            sheet.push(&Line::default().text(paragraph.replace('\n', " ")));
        }
        context.output.result(&sheet.into_string())?;
        return Ok(ExitCode::Done);
    }
    let user = UserFile::read()?;
    let folder = DataFolder::open(&settings::data_dir(common, &context.environment, &user)?)?;
    let knowledge = Knowledge::open(&folder, Ecosystem::all());
    let text = advisory(context, &knowledge, id)?;
    context.output.result(&text)?;
    Ok(ExitCode::Done)
}

/// The section of `docs/user/codes.md` with this heading.
fn code_section(code: &str) -> Option<&'static str> {
    CODES.split("\n### ").skip(1).find_map(|section| {
        let (heading, text) = section.split_once('\n')?;
        let text = text.split("\n## ").next().unwrap_or(text);
        (heading.trim().trim_matches('`') == code).then_some(text)
    })
}

/// The page of an advisory: what the index knows in a line, and what the record itself says.
fn advisory(context: &Context, knowledge: &Knowledge, id: &str) -> anyhow::Result<String> {
    let known = knowledge.advisory(id)?;
    let record_id = known.as_ref().map_or(id, |advisory| advisory.id);
    let bytes = knowledge.record(record_id)?;
    let Some(bytes) = bytes else {
        bail!(
            "\"{id}\" is neither a code of Mainstay nor an advisory in the data that are here; \
             `mainstay db status` says what is here, and `mainstay db update` fetches more"
        );
    };
    let record = osv::Record::parse(&bytes)
        .with_context(|| format!("the kept record of {record_id} cannot be read"))?;
    let mut sheet = context.output.sheet();
    heading(&mut sheet, &record);
    exploitation(&mut sheet, knowledge, &record);
    affected(&mut sheet, &record);
    if let Some(details) = record.details() {
        sheet.gap();
        for line in details.lines() {
            sheet.push(&Line::default().text(line));
        }
    }
    references(&mut sheet, &record);
    Ok(sheet.into_string())
}

fn heading(sheet: &mut Sheet, record: &osv::Record<'_>) {
    let title = Line::default().toned(Tone::Strong, &*record.id).text("  ");
    sheet.push(&title.text(record.title()));
    let aliases: Vec<&str> = record.aliases.iter().map(|alias| &**alias).collect();
    if !aliases.is_empty() {
        sheet.push(&Line::indented(2).toned(Tone::Dim, "also ").text(aliases.join(", ")));
    }
    let day = |at: jiff::Timestamp| at.strftime("%Y-%m-%d").to_string();
    let dates = [("published", record.published()), ("changed", record.modified())];
    for (word, at) in dates {
        if let Some(at) = at.filter(|at| at.as_second() > YEAR_2000) {
            sheet.push(&Line::indented(2).toned(Tone::Dim, format!("{word} ")).text(day(at)));
        }
    }
    if record.is_withdrawn() {
        let text = "withdrawn: its authors took it back; it matches nothing";
        sheet.push(&Line::indented(2).toned(Tone::Warning, text));
    }
    sheet.push(&Line::indented(2).toned(Tone::Dim, "page ").text(record.url()));
}

/// Some databases write a date before this when they know none.
const YEAR_2000: i64 = 946_684_800;

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

#[cfg(test)]
mod tests {
    use super::code_section;
    use mainstay_lockfiles::ReadErrorKind;
    use mainstay_scan::UnknownCode;

    #[test]
    fn every_reason_for_the_unknown_is_explained() {
        for code in UnknownCode::ALL {
            assert!(code_section(code.word()).is_some(), "{}", code.word());
        }
    }

    #[test]
    fn every_way_a_file_can_be_unreadable_is_explained() {
        for kind in ReadErrorKind::ALL {
            assert!(code_section(kind.code()).is_some(), "{}", kind.code());
        }
    }

    #[test]
    fn every_code_of_a_finding_is_explained() {
        for code in mainstay_scan::finding_codes() {
            assert!(code_section(code).is_some(), "{code}");
        }
    }
}
