//! The part of the text report that is about VEX statements.

use std::collections::BTreeMap;

use mainstay_console::{Line, Sheet, Tone};

use super::{SHOWN, count};
use crate::report::stated::{nothing, sentences};
use crate::scan::Scan;
use crate::statements::{NoEffect, Stated, WithoutEffect};

/// The statements about one finding that is shown.
pub(super) fn of_finding(sheet: &mut Sheet, finding: &crate::finding::Finding) {
    for text in sentences(finding) {
        sheet.push(&Line::indented(4).toned(Tone::Dim, "VEX: ").text(text));
    }
}

/// Findings that a statement silences: they stay to be seen, with who says so and why.
pub(super) fn silenced(sheet: &mut Sheet, scan: &Scan) {
    if scan.stated.silenced.is_empty() {
        return;
    }
    sheet.push(&Line::default().toned(Tone::Strong, "Silenced by a VEX statement"));
    for one in &scan.stated.silenced {
        let package = one.finding.package.and_then(|at| scan.packages.get(at));
        let label = package.map(crate::Package::label).unwrap_or_default();
        let mut said = sentences(&one.finding);
        let first = said.next().unwrap_or_default();
        let text = format!("{} {label}: {first}", one.finding.id());
        sheet.push(&Line::indented(2).text(text));
        for other in said {
            sheet.push(&Line::indented(4).toned(Tone::Warning, other));
        }
    }
    sheet.gap();
}

impl Stated {
    /// Writes which documents were read, and what in them changed nothing.
    pub fn tell(&self, sheet: &mut Sheet, verbose: bool) {
        documents(sheet, self, verbose);
    }
}

/// The documents, and what in them changed nothing.
pub(super) fn documents(sheet: &mut Sheet, stated: &Stated, verbose: bool) {
    if stated.documents.is_empty() && stated.other_files.is_empty() {
        return;
    }
    sheet.push(&Line::default().toned(Tone::Strong, "VEX"));
    let shown = if verbose { usize::MAX } else { SHOWN };
    for document in stated.documents.iter().take(shown) {
        let author = document.said_by.author.as_deref().unwrap_or("nobody is named as author");
        let statements = count(document.statements, "statement", "statements");
        let text = format!("{}  {statements}, {author}", document.path);
        sheet.push(&Line::indented(2).text(text));
    }
    more(sheet, 2, stated.documents.len().saturating_sub(shown));
    if !stated.other_files.is_empty() {
        let files: Vec<&str> = stated.other_files.iter().take(shown).map(|file| &**file).collect();
        let rest = stated.other_files.len().saturating_sub(shown);
        let tail = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        let line = Line::indented(2).toned(Tone::Dim, "no VEX documents: ");
        sheet.push(&line.text(files.join(", ") + &tail));
    }
    let mut groups: BTreeMap<NoEffect, Vec<&WithoutEffect>> = BTreeMap::new();
    for one in &stated.without_effect {
        groups.entry(one.code).or_default().push(one);
    }
    if !groups.is_empty() {
        sheet.push(&Line::indented(2).toned(Tone::Warning, "without effect:"));
    }
    for (code, group) in groups {
        let text = format!("{} ({})", count(group.len(), "statement", "statements"), code.code());
        sheet.push(&Line::indented(4).text(text));
        for one in group.iter().take(shown) {
            let line = Line::indented(6).toned(Tone::Dim, format!("{}: ", one.place));
            sheet.push(&line.text(nothing(one)));
        }
        more(sheet, 6, group.len().saturating_sub(shown));
    }
    sheet.gap();
}

fn more(sheet: &mut Sheet, indent: usize, rest: usize) {
    if rest > 0 {
        let text = format!("and {rest} more (--verbose lists all)");
        sheet.push(&Line::indented(indent).toned(Tone::Dim, text));
    }
}
