//! What was seen, for the one whose software it is: nothing of this leaves.

use mainstay_console::{Line, Sheet, Tone, clean_json};
use mainstay_questions::{Examination, NotKnown, Standing, Subject, Weight};
use mainstay_vex::Reason;
use serde_json::{Value, json};

use crate::Context;
use crate::args::AnswerForm;

/// Subjects of one reason that are shown.
const SHOWN: usize = 5;

/// Without a question: the answer for oneself.
pub(super) fn report(
    context: &Context,
    subject: &Subject,
    examination: &Examination,
    format: AnswerForm,
) -> anyhow::Result<()> {
    let text = match format {
        AnswerForm::Json => written(subject, examination)?,
        AnswerForm::Text => {
            let mut sheet = context.output.sheet();
            sheet.push(&Line::default().toned(Tone::Strong, subject.to_string()));
            push(&mut sheet, examination);
            sheet.into_string()
        }
    };
    context.output.result(&text)
}

/// What was seen, and what is not known.
pub(super) fn push(sheet: &mut Sheet, examination: &Examination) {
    let tone = match &examination.standing {
        Standing::Affected => Tone::Bad,
        Standing::UnderInvestigation => Tone::Warning,
        Standing::Fixed { .. } | Standing::NotAffected(_) => Tone::Strong,
    };
    let claim = examination.standing.claim();
    let why = claim.reason().map(|reason| format!(": {}", reason_text(reason)));
    let status = Line::default().text("Status: ").toned(tone, examination.standing.word());
    sheet.push(&status.text(why.unwrap_or_default()));
    for seen in &examination.seen {
        let why = seen.claim.reason().map(|reason| format!(": {}", reason_text(reason)));
        let line = Line::indented(2).toned(Tone::Strong, &seen.purl);
        sheet.push(&line.text(format!("  {}{}", seen.claim.word(), why.unwrap_or_default())));
        for place in &seen.places {
            sheet.push(&Line::indented(4).toned(Tone::Dim, "at ").text(place));
        }
    }
    let looked_at = &examination.looked_at;
    sheet.push(&Line::indented(2).toned(
        Tone::Dim,
        format!(
            "looked at {} sources, which name {} packages",
            looked_at.sources, looked_at.packages
        ),
    ));
    if let Some(as_of) = examination.knowledge_as_of {
        let text = format!("the oldest of the advisory data are as of {as_of:.0}");
        sheet.push(&Line::indented(2).toned(Tone::Dim, text));
    }
    sheet.gap();
    sheet.push(&Line::default().toned(Tone::Strong, "Not known"));
    for one in &examination.not_known {
        push_lacking(sheet, one);
    }
    if examination.not_known.is_empty() {
        sheet.push(&Line::indented(2).text("nothing that we know of"));
    }
}

fn push_lacking(sheet: &mut Sheet, lacking: &NotKnown) {
    let (tone, text) = match lacking.weight {
        Weight::Bears => (Tone::Warning, "what is asked about may be there"),
        Weight::Told => (Tone::Dim, "does not change the status"),
    };
    sheet.push(&Line::indented(2).toned(tone, lacking.code).text(format!(": {text}")));
    for subject in lacking.subjects.iter().take(SHOWN) {
        sheet.push(&Line::indented(4).text(subject));
    }
    if lacking.subjects.len() > SHOWN {
        let more = lacking.subjects.len() - SHOWN;
        sheet.push(&Line::indented(4).text(format!("and {more} more (--format json)")));
    }
}

fn reason_text(reason: &Reason) -> String {
    match reason.texts() {
        (Some(word), Some(impact)) => format!("{word} ({impact})"),
        (Some(word), None) => word.to_owned(),
        (None, impact) => impact.unwrap_or_default().to_owned(),
    }
}

/// `mainstay.examination`, version 1.
fn written(subject: &Subject, examination: &Examination) -> anyhow::Result<String> {
    let (advisory, package, range) = match subject {
        Subject::Flaw(id) => (Some(id.as_str()), None, None),
        Subject::Package { purl, range, .. } => {
            (None, Some(purl.as_str()), range.as_ref().map(mainstay_questions::Range::as_str))
        }
    };
    let components: Vec<Value> = examination
        .seen
        .iter()
        .map(|seen| {
            let (justification, impact) =
                seen.claim.reason().map(Reason::texts).unwrap_or_default();
            json!({
                "package": seen.purl, "status": seen.claim.word(),
                "justification": justification, "impact": impact, "places": seen.places,
            })
        })
        .collect();
    let unknowns: Vec<Value> = examination
        .not_known
        .iter()
        .map(|one| {
            let bears = one.weight == Weight::Bears;
            json!({ "code": one.code, "bears": bears, "subjects": one.subjects })
        })
        .collect();
    let claim = examination.standing.claim();
    let (justification, impact) = claim.reason().map(Reason::texts).unwrap_or_default();
    let looked_at = &examination.looked_at;
    let document = json!({
        "schema": "mainstay.examination",
        "version": 1,
        "subject": { "advisory": advisory, "package": package, "range": range },
        "status": claim.word(),
        "justification": justification,
        "impact": impact,
        "components": components,
        "looked_at": { "sources": looked_at.sources, "packages": looked_at.packages },
        "unknowns": unknowns,
        "knowledge_as_of": examination.knowledge_as_of.map(|time| time.to_string()),
    });
    Ok(clean_json(format!("{}\n", serde_json::to_string_pretty(&document)?)))
}
