//! VEX statements in sentences, the same in every report for people.

use mainstay_vex::Claim;

use crate::finding::Finding;
use crate::statements::{Cited, Provenance, Said, Weight, WithoutEffect};

/// What a statement says, and who says it: `not affected: component_not_present, "It is not built
/// in." (A Firm, 2026-01-31, vex.json:12)`.
pub(crate) fn sentence(cited: &Cited) -> String {
    let claim = &cited.statement.claim;
    let mut text = claim.word().replace('_', " ");
    if let Some(reason) = claim.reason() {
        let word = reason.justification().map(|one| one.word().to_owned());
        let words = reason.impact().map(|impact| format!("\"{}\"", impact.trim()));
        let both: Vec<String> = word.into_iter().chain(words).collect();
        text = format!("{text}: {}", both.join(", "));
    }
    if let Claim::Affected { action: Some(action) } = claim {
        text = format!("{text}: \"{}\"", action.trim());
    }
    format!("{text} ({})", origin(cited))
}

impl Cited {
    /// What is said, by whom, when and where, for a person.
    pub fn sentence(&self) -> String {
        sentence(self)
    }
}

/// Who says it, when and where.
fn origin(cited: &Cited) -> String {
    let day = |at: jiff::Timestamp| at.strftime("%Y-%m-%d").to_string();
    let time = cited.statement.time().map_or_else(|| "no date".to_owned(), day);
    let until = cited.statement.expires.map(|day| format!(", until {day}")).unwrap_or_default();
    let own = match cited.document.provenance {
        Provenance::Named => "",
        Provenance::Beside => ", found beside what is scanned",
        Provenance::Inside => ", inside the scanned SBOM",
    };
    format!("{}, {time}{until}, {}{own}", cited.author(), cited.place())
}

/// The statements about a finding, each with its standing: those that count first, and those that
/// they overrule, so that a contradiction stays to be seen.
pub(crate) fn sentences(finding: &Finding) -> impl Iterator<Item = String> + '_ {
    finding.statements.iter().map(|Said { cited, standing, .. }| {
        let standing = match standing {
            Weight::Counts => "",
            Weight::CountsInPart => "in part: ",
            Weight::Overruled => "overruled: ",
        };
        format!("{standing}{}", sentence(cited))
    })
}

/// Why a statement changes nothing.
pub(crate) fn nothing(one: &WithoutEffect) -> String {
    let status = one.status.map(|word| format!(" {}", word.replace('_', " ")));
    format!("{}{}: {}", one.subject, status.unwrap_or_default(), one.why)
}
