//! `mainstay sbom diff`: what changed between two SBOMs.

use std::path::Path;

use mainstay_console::{ExitCode, Line, Sheet, Tone, clean_json};
use mainstay_sboms::{Change, Difference, Named, Pair, Sbom, difference, open_questions};
use serde::Serialize;

use super::File;
use crate::Context;
use crate::args::AnswerForm;

pub(super) fn run(
    context: &Context,
    (before, after): (&Path, &Path),
    form: AnswerForm,
) -> anyhow::Result<ExitCode> {
    let (before, after) = (File::read(context, before)?, File::read(context, after)?);
    let (before_text, after_text) = (before.text()?, after.text()?);
    let (one, two) = (before.sbom(&before_text)?, after.sbom(&after_text)?);
    let difference = difference(&one, &two);
    let answer = Answer {
        schema: "mainstay.sbom-diff",
        version: 1,
        before: side(&before, &one),
        after: side(&after, &two),
        difference: &difference,
    };
    let text = match form {
        AnswerForm::Json => clean_json(serde_json::to_string_pretty(&answer)? + "\n"),
        AnswerForm::Text => {
            let mut sheet = context.output.sheet();
            page(&mut sheet, &answer);
            sheet.into_string()
        }
    };
    context.output.result(&text)?;
    Ok(if !difference.is_empty() {
        ExitCode::Findings
    } else if answer.before.unknown.is_empty() && answer.after.unknown.is_empty() {
        ExitCode::Done
    } else {
        ExitCode::Unknown
    })
}

#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    version: u32,
    before: Side,
    after: Side,
    #[serde(flatten)]
    difference: &'a Difference,
}

/// One of the two documents.
#[derive(Serialize)]
struct Side {
    path: String,
    components: usize,
    /// What it does not tell.
    unknown: Vec<String>,
}

fn side(file: &File, sbom: &Sbom<'_>) -> Side {
    Side {
        path: file.shown.clone(),
        components: sbom.components.len(),
        unknown: open_questions(sbom).into_iter().map(|gap| gap.reason).collect(),
    }
}

fn page(sheet: &mut Sheet, answer: &Answer<'_>) {
    let difference = answer.difference;
    let lists = [
        ("added", "+ ", Tone::Good, &difference.added),
        ("removed", "- ", Tone::Bad, &difference.removed),
    ];
    for (title, sign, tone, list) in lists {
        if !list.is_empty() {
            sheet.push(&Line::default().toned(Tone::Strong, format!("{title}: {}", list.len())));
        }
        for one in list {
            sheet.push(&Line::indented(2).toned(tone, sign).text(label(one)));
        }
    }
    if !difference.changed.is_empty() {
        let title = format!("changed: {}", difference.changed.len());
        sheet.push(&Line::default().toned(Tone::Strong, title));
    }
    for change in &difference.changed {
        changed(sheet, change);
    }
    for side in [&answer.before, &answer.after] {
        if !side.unknown.is_empty() {
            let told = format!("{} does not tell everything:", side.path);
            sheet.push(&Line::default().toned(Tone::Warning, told));
        }
        for reason in &side.unknown {
            sheet.push(&Line::indented(2).text(reason));
        }
    }
    let verdict = if difference.is_empty() { "No difference in components" } else { "They differ" };
    let line = Line::default().toned(Tone::Strong, verdict);
    sheet.push(&line.text(format!("; the same in both: {}", difference.same)));
    let not_compared = "the graph, scopes and statements on flaws are not compared";
    sheet.push(&Line::default().toned(Tone::Dim, not_compared));
}

fn changed(sheet: &mut Sheet, change: &Change) {
    let line = Line::indented(2).toned(Tone::Warning, "~ ");
    sheet.push(&match &change.version {
        Some(version) => line.text(&change.component.name).text(" ").text(arrow(version)),
        None => line.text(label(&change.component)),
    });
    let facts = [("licence", &change.licence), ("supplier", &change.supplier)];
    for (name, pair) in facts {
        if let Some(pair) = pair {
            sheet.push(&Line::indented(6).text(format!("{name}: {}", arrow(pair))));
        }
    }
    for checksum in &change.checksums {
        let told = format!("checksum {}: {}", checksum.algorithm, arrow(&checksum.values));
        sheet.push(&Line::indented(6).text(told));
    }
}

fn arrow(pair: &Pair) -> String {
    let text = |side: &Option<String>| side.clone().unwrap_or_else(|| "(nothing)".to_owned());
    format!("{} -> {}", text(&pair.before), text(&pair.after))
}

fn label(one: &Named) -> String {
    match &one.version {
        Some(version) => format!("{} {version}", one.name),
        None => one.name.clone(),
    }
}
