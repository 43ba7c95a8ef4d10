//! The page of a fact of the embedded starter set.

use mainstay_console::{Line, Sheet, Tone};
use mainstay_knowledge::starter::{AS_OF, RangeEnd, StarterFact, StarterRange};

/// Whether the fact has this id or alias.
pub(crate) fn is_about(fact: &StarterFact, id: &str) -> bool {
    std::iter::once(&fact.id).chain(&fact.aliases).any(|own| own.eq_ignore_ascii_case(id))
}

/// Writes the page.
pub(crate) fn page(sheet: &mut Sheet, fact: &StarterFact) {
    let title = Line::default().toned(Tone::Strong, &fact.id).text("  ");
    sheet.push(&title.text(&fact.title));
    let text = format!("from the embedded starter set, as of {AS_OF}; the full record says more");
    sheet.push(&Line::indented(2).toned(Tone::Dim, text));
    if !fact.aliases.is_empty() {
        sheet.push(&Line::indented(2).toned(Tone::Dim, "also ").text(fact.aliases.join(", ")));
    }
    if !fact.url.is_empty() {
        sheet.push(&Line::indented(2).toned(Tone::Dim, "page ").text(&fact.url));
    }
    let line = Line::indented(2)
        .toned(Tone::Strong, fact.package.as_written())
        .text(format!(" ({})  {}, ", fact.ecosystem, fact.kind))
        .toned(Tone::Severity(fact.severity), format!("severity {}", fact.severity));
    sheet.push(&line);
    for range in &fact.ranges {
        sheet.push(&Line::indented(4).text(range_text(range)));
    }
    if !fact.versions.is_empty() {
        let line = Line::indented(4).toned(Tone::Dim, "listed versions: ");
        sheet.push(&line.text(fact.versions.join(", ")));
    }
}

fn range_text(range: &StarterRange) -> String {
    let from = format!("from {}", range.introduced);
    match &range.end {
        RangeEnd::Open => from,
        RangeEnd::Fixed(version) => format!("{from}, fixed in {version}"),
        RangeEnd::LastAffected(version) => format!("{from}, up to and with {version}"),
    }
}
