//! `mainstay question tally`.

use mainstay_console::{ExitCode, Line, Sheet, Tone, clean_json};
use mainstay_questions::{
    Counts, Keyring, MAX_ENVELOPE_BYTES, PartyCount, Said, SignedAnswer, SignedQuestion, Tally,
};
use serde_json::{Value, json};

use super::{keyring, opened, parties, read};
use crate::Context;
use crate::args::{AnswerForm, TallyArgs};

/// A file that is not counted, and why.
struct Refused {
    file: String,
    why: String,
}

pub(super) fn tally(context: &Context, args: &TallyArgs) -> anyhow::Result<ExitCode> {
    let question = opened(context, &args.question, &args.trust)?;
    let invited = args.invited.as_deref().map(parties).transpose()?.unwrap_or_default();
    let trusted = keyring(&args.trust)?;
    let invited_keys = invited.iter().map(|party| &party.key);
    let trusted = Keyring::new(invited_keys.chain(trusted.keys()).cloned());
    let mut answers = Vec::new();
    let mut refused = Vec::new();
    for path in &args.answers {
        let most = u64::try_from(MAX_ENVELOPE_BYTES).unwrap_or(u64::MAX);
        let taken =
            read(path, most).and_then(|bytes| Ok(SignedAnswer::open(&bytes, &trusted, &question)?));
        match taken {
            Ok(answer) => answers.push(answer),
            Err(error) => {
                let file = path.display().to_string();
                refused.push(Refused { file, why: format!("{error:#}") });
            }
        }
    }
    let tally = Tally::of(&question, &invited, answers);
    let text = match args.format {
        AnswerForm::Json => written(&question, &tally, &refused)?,
        AnswerForm::Text => {
            let mut sheet = context.output.sheet();
            push(&mut sheet, &question, &tally, &refused);
            sheet.into_string()
        }
    };
    context.output.result(&text)?;
    Ok(ExitCode::Done)
}

fn push(sheet: &mut Sheet, question: &SignedQuestion, tally: &Tally, refused: &[Refused]) {
    super::push(sheet, question);
    sheet.gap();
    let head = Line::default().toned(Tone::Strong, format!("Of {} parties", tally.counts.parties));
    // A count that leaves files out says so where it is read first.
    let head = match refused.len() {
        0 => head,
        1 => head.toned(Tone::Bad, ", 1 file not counted"),
        files => head.toned(Tone::Bad, format!(", {files} files not counted")),
    };
    sheet.push(&head.text(format!(" (to be told as {})", tally.marking)));
    sheet.push(&Line::indented(2).text(counts_line(&tally.counts)));
    sheet.gap();
    sheet.push(&Line::default().toned(Tone::Strong, "By sector"));
    for one in &tally.sectors {
        let of = one.counts.parties;
        sheet.push(&Line::indented(2).text(format!(
            "{} ({of}): {}",
            one.sector.as_str(),
            counts_line(&one.counts)
        )));
    }
    if tally.without_sector > 0 {
        let text = format!("of no known sector: {}", tally.without_sector);
        sheet.push(&Line::indented(2).text(text));
    }
    sheet.gap();
    sheet.push(&Line::default().toned(Tone::Strong, "Parties"));
    for party in &tally.parties {
        push_party(sheet, party);
    }
    for one in refused {
        let line = Line::indented(2).toned(Tone::Bad, "not counted: ");
        sheet.push(&line.text(format!("{}: {}", one.file, one.why)));
    }
}

fn push_party(sheet: &mut Sheet, party: &PartyCount) {
    let tone = match &party.said {
        Said::Silent | Said::Conflict(_) => Tone::Warning,
        Said::Answer { .. } => Tone::Strong,
    };
    let names: Vec<&str> =
        party.said.answers().iter().map(|one| one.answer.answered_by.as_str()).collect();
    let says = names.first().map(|name| format!(", says it is {name}")).unwrap_or_default();
    let mut notes = String::new();
    if let Said::Answer { is_late: true, .. } = &party.said {
        notes.push_str("; after the deadline");
    }
    if !party.is_invited {
        notes.push_str("; not on the list of those that were asked");
    }
    if party.replaced > 0 {
        notes.push_str("; replaces an earlier answer");
    }
    let line = Line::indented(2).toned(tone, party.said.word());
    sheet.push(&line.text(format!("  {}{says}{notes}", party.key)));
    for one in party.said.answers() {
        for lacking in &one.answer.not_known {
            let count = lacking.count.map(|count| format!(" ({count})")).unwrap_or_default();
            let line = Line::indented(4).toned(Tone::Warning, "does not know: ");
            sheet.push(&line.text(format!("{}{count}", lacking.code)));
        }
    }
}

fn counts_line(counts: &Counts) -> String {
    let late = match counts.late {
        0 => String::new(),
        late => format!(" ({late} of the answers late)"),
    };
    format!(
        "{} affected, {} fixed, {} not affected, {} under investigation, {} in conflict, {} silent{late}",
        counts.affected,
        counts.fixed,
        counts.not_affected,
        counts.under_investigation,
        counts.conflict,
        counts.silent
    )
}

/// `mainstay.tally`, version 1.
fn written(
    question: &SignedQuestion,
    tally: &Tally,
    refused: &[Refused],
) -> anyhow::Result<String> {
    let sectors: Vec<Value> = tally
        .sectors
        .iter()
        .map(|one| json!({ "sector": one.sector.as_str(), "counts": counts(&one.counts) }))
        .collect();
    let parties = tally.parties.iter().map(party).collect::<anyhow::Result<Vec<_>>>()?;
    let refused: Vec<Value> =
        refused.iter().map(|one| json!({ "file": one.file, "problem": one.why })).collect();
    let document = json!({
        "schema": "mainstay.tally",
        "version": 1,
        "question": { "id": question.question.id, "digest": question.digest.as_str() },
        "marking": tally.marking.label(),
        "counts": counts(&tally.counts),
        "sectors": sectors,
        "without_sector": tally.without_sector,
        "parties": parties,
        "refused": refused,
    });
    Ok(clean_json(format!("{}\n", serde_json::to_string_pretty(&document)?)))
}

fn counts(counts: &Counts) -> Value {
    json!({
        "parties": counts.parties,
        "affected": counts.affected,
        "fixed": counts.fixed,
        "not_affected": counts.not_affected,
        "under_investigation": counts.under_investigation,
        "conflict": counts.conflict,
        "silent": counts.silent,
        "late": counts.late,
    })
}

fn party(party: &PartyCount) -> anyhow::Result<Value> {
    let sectors: Vec<&str> = party.sectors.iter().map(mainstay_types::SectorId::as_str).collect();
    let answers = party
        .said
        .answers()
        .iter()
        .map(|one| Ok(serde_json::from_str(&one.answer.payload())?))
        .collect::<anyhow::Result<Vec<Value>>>()?;
    let is_late = matches!(&party.said, Said::Answer { is_late: true, .. });
    Ok(json!({
        "key": party.key.to_string(),
        "invited": party.is_invited,
        "sectors": sectors,
        "status": party.said.word(),
        "late": is_late,
        "replaced": party.replaced,
        "answers": answers,
    }))
}
