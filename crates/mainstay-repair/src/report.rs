//! A plan for a person, and as JSON.

use mainstay_console::{Line, Sheet, Tone};
use mainstay_scan::Stated;
use serde_json::{Value, json};

use crate::flaws::Flaw;
use crate::model::{Change, Left, LeftAlone, Mended, Outcome, Plan, Planned, Released};

/// Whether a plan was only made, or carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// Nothing was written.
    Planned,
    /// The lockfile was written and scanned.
    Out,
}

/// Writes the plans on a page, with what statements have to do with them.
pub fn text(planned: &Planned, stated: &Stated, carried: Carried, sheet: &mut Sheet) {
    for plan in &planned.plans {
        match &plan.outcome {
            Outcome::NotTried { why, advice, flaws } => {
                heading(sheet, &plan.path, plan.format);
                not_tried(sheet, why, advice, flaws);
            }
            Outcome::Tried(mended) => {
                heading(sheet, &plan.path, &mended.by);
                tried(sheet, plan, mended, carried);
            }
        }
        sheet.gap();
    }
    left_alone(sheet, &planned.left_alone);
    stated.tell(sheet, false);
    sheet.push(&Line::default().toned(Tone::Strong, summary(planned, carried)));
}

/// Findings that a statement silences, with who says so and why.
fn left_alone(sheet: &mut Sheet, all: &[LeftAlone]) {
    if all.is_empty() {
        return;
    }
    sheet.push(&Line::default().toned(Tone::Strong, "Left alone because of a VEX statement"));
    for one in all {
        let LeftAlone { flaw, paths, by } = one;
        let text = format!("{} {} ({})", flaw.id, flaw.label(), paths.join(", "));
        sheet.push(&Line::indented(2).text(text));
        sheet.push(&Line::indented(4).toned(Tone::Dim, "VEX: ").text(by.sentence()));
    }
    sheet.gap();
}

fn heading(sheet: &mut Sheet, path: &str, by: &str) {
    sheet.push(&Line::default().toned(Tone::Strong, path).text(format!(" ({by})")));
}

fn not_tried(sheet: &mut Sheet, why: &str, advice: &str, flaws: &[Flaw]) {
    sheet.push(&Line::indented(2).toned(Tone::Warning, "not tried: ").text(why));
    sheet.push(&Line::indented(4).toned(Tone::Dim, "to do: ").text(advice));
    for flaw in flaws {
        sheet.push(&flaw_line("stays", flaw));
    }
}

fn tried(sheet: &mut Sheet, plan: &Plan, mended: &Mended, carried: Carried) {
    for change in &mended.changes {
        sheet.push(&change_line(change));
    }
    for flaw in &mended.gone {
        sheet.push(&flaw_line("gone", flaw));
    }
    for group in mended.left.chunk_by(is_one_reason) {
        for left in group {
            sheet.push(&flaw_line("stays", &left.flaw));
        }
        let Some(left) = group.first() else { continue };
        sheet.push(&Line::indented(6).toned(Tone::Dim, "why: ").text(&left.why));
        let movers = left.would_have_to_move.join(", ");
        sheet.push(&Line::indented(6).toned(Tone::Dim, "would have to move: ").text(movers));
    }
    for unknown in &mended.newly_unknown {
        sheet.push(&Line::indented(2).toned(Tone::Warning, "not known any more: ").text(unknown));
    }
    let (before, after) = mended.findings;
    let proof = format!("scanned again: {before} findings before, {after} after, none came in");
    sheet.push(&Line::indented(2).toned(Tone::Dim, proof));
    if carried == Carried::Planned && mended.rewrite.is_change() {
        sheet.gap();
        let diff = mended.rewrite.diff(&plan.path);
        if diff.is_none() {
            let text = "there is no diff: the file is not UTF-8";
            sheet.push(&Line::indented(2).toned(Tone::Dim, text));
        }
        for line in diff.iter().flat_map(|diff| diff.lines()) {
            let tone = match line.as_bytes().first() {
                Some(b'+') => Tone::Good,
                Some(b'-') => Tone::Bad,
                _ => Tone::Plain,
            };
            sheet.push_whole(&Line::default().toned(tone, line));
        }
    }
}

/// Whether two findings stay for one and the same reason, which is then told once.
fn is_one_reason(one: &Left, next: &Left) -> bool {
    (&one.flaw.package, &one.flaw.version, &one.why)
        == (&next.flaw.package, &next.flaw.version, &next.why)
}

fn change_line(change: &Change) -> Line {
    let (word, versions) = match (&change.from, &change.to) {
        (Some(from), Some(to)) => ("moves", format!("{from} -> {to}")),
        (None, Some(to)) => ("comes", to.clone()),
        (Some(from), None) => ("goes", from.clone()),
        (None, None) => ("stays", String::new()),
    };
    let mut line = Line::indented(2)
        .text(format!("{word:<6} "))
        .toned(Tone::Strong, &change.name)
        .text(format!(" {versions}"));
    if change.to.is_some() {
        line = line.toned(Tone::Dim, format!("  {}", when(change)));
    }
    if change.removes.is_empty() {
        line
    } else {
        line.text(format!("  for {}", change.removes.join(", ")))
    }
}

fn when(change: &Change) -> String {
    match (change.released, change.within_cooldown) {
        (Released::Unknown, _) => "release date not known".to_owned(),
        (Released::At(moment), Some(true)) => {
            format!("released {}, within the cooldown", moment.strftime("%Y-%m-%d"))
        }
        (Released::At(moment), _) => format!("released {}", moment.strftime("%Y-%m-%d")),
    }
}

fn flaw_line(word: &str, flaw: &Flaw) -> Line {
    Line::indented(2)
        .text(format!("{word:<6} "))
        .toned(Tone::Severity(flaw.severity), flaw.severity.to_string())
        .text(format!("  {}  {}: {}", flaw.id, flaw.label(), short(&flaw.title)))
}

/// The beginning of a title: some records have none, and their first sentence stands for it.
fn short(title: &str) -> String {
    const LONGEST: usize = 100;
    match title.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", title.get(..end).unwrap_or(title).trim_end()),
        None => title.to_owned(),
    }
}

fn summary(planned: &Planned, carried: Carried) -> String {
    let plans = &planned.plans;
    let count =
        |of: fn(&Outcome) -> usize| plans.iter().map(|plan| of(&plan.outcome)).sum::<usize>();
    let gone = count(|outcome| match outcome {
        Outcome::Tried(mended) => mended.gone.len(),
        Outcome::NotTried { .. } => 0,
    });
    let left = count(stay);
    let done = match carried {
        Carried::Planned => "would go",
        Carried::Out => "are gone",
    };
    let hint = match carried {
        Carried::Planned if gone > 0 => "; nothing was written: add --apply to write it",
        Carried::Planned | Carried::Out => "",
    };
    let alone = match planned.left_alone.len() {
        0 => String::new(),
        count => format!(", {count} left alone"),
    };
    format!("Plan: {gone} findings {done}, {left} stay{alone}{hint}")
}

/// How many chosen findings stay.
pub fn stay(outcome: &Outcome) -> usize {
    match outcome {
        Outcome::Tried(mended) => mended.left.len(),
        Outcome::NotTried { flaws, .. } => flaws.len(),
    }
}

/// The plans as one JSON document: `mainstay.fix`, version 1.
///
/// # Errors
///
/// None in practice: every statement can be written.
pub fn json(
    planned: &Planned,
    stated: &Stated,
    carried: Carried,
) -> Result<Value, serde_json::Error> {
    let alone: Result<Vec<Value>, _> = planned.left_alone.iter().map(alone_json).collect();
    Ok(json!({
        "schema": "mainstay.fix",
        "version": 1,
        "applied": carried == Carried::Out,
        "plans": planned.plans.iter().map(plan_json).collect::<Vec<_>>(),
        "left_alone": alone?,
        "without_effect": stated.without_effect_json()?,
    }))
}

fn alone_json(one: &LeftAlone) -> Result<Value, serde_json::Error> {
    let why = "a VEX statement says that it does no harm here".to_owned();
    Ok(json!({
        "finding": flaw_json(&one.flaw, Some(&why), &[]),
        "paths": one.paths,
        "by": one.by.json()?,
    }))
}

fn plan_json(plan: &Plan) -> Value {
    match &plan.outcome {
        Outcome::NotTried { why, advice, flaws } => json!({
            "path": plan.path,
            "format": plan.format,
            "status": "not-tried",
            "problem": why,
            "advice": advice,
            "stays": flaws.iter().map(|flaw| flaw_json(flaw, Some(why), &[])).collect::<Vec<_>>(),
        }),
        Outcome::Tried(mended) => json!({
            "path": plan.path,
            "format": plan.format,
            "status": "tried",
            "resolver": mended.by,
            "questions": mended.asked,
            "changes": mended.changes.iter().map(change_json).collect::<Vec<_>>(),
            "gone": mended.gone.iter().map(|flaw| flaw_json(flaw, None, &[])).collect::<Vec<_>>(),
            "stays": mended.left.iter().map(left_json).collect::<Vec<_>>(),
            "newly_unknown": mended.newly_unknown,
            "findings_before": mended.findings.0,
            "findings_after": mended.findings.1,
            "diff": mended.rewrite.diff(&plan.path),
        }),
    }
}

fn left_json(left: &Left) -> Value {
    flaw_json(&left.flaw, Some(&left.why), &left.would_have_to_move)
}

fn flaw_json(flaw: &Flaw, why: Option<&String>, movers: &[String]) -> Value {
    json!({
        "id": flaw.id,
        "aliases": flaw.ids.iter().filter(|id| **id != flaw.id).collect::<Vec<_>>(),
        "package": flaw.package.to_string(),
        "version": flaw.version,
        "ecosystem": flaw.package.ecosystem().osv_name(),
        "severity": flaw.severity.to_string(),
        "title": flaw.title,
        "fixed_in": flaw.fixed_in,
        "why": why,
        "would_have_to_move": movers,
    })
}

fn change_json(change: &Change) -> Value {
    let released = match change.released {
        Released::At(moment) => Some(moment.to_string()),
        Released::Unknown => None,
    };
    json!({
        "package": change.name,
        "from": change.from,
        "to": change.to,
        "released": released,
        "within_cooldown": change.within_cooldown,
        "removes": change.removes,
    })
}
