//! `mainstay inventory affected`.

use mainstay_console::{ExitCode, Line, Sheet, Tone, clean_json};
use mainstay_inventory::{
    AffectedDocument, Answer, AnsweredRelease, Inventory, Need, Sight, Subject,
};
use mainstay_scan::knowledge_line;
use mainstay_types::FlawName;

use crate::Context;
use crate::args::AffectedArgs;

pub(super) fn affected(
    context: &Context,
    inventory: &Inventory,
    args: &AffectedArgs,
) -> anyhow::Result<ExitCode> {
    let subject = match (&args.advisory, &args.package) {
        (Some(id), _) => Subject::Flaw(FlawName::parse(id)?),
        (None, package) => Subject::Package {
            purl: package.clone().unwrap_or_default(),
            range: args.range.clone(),
        },
    };
    let now = context.environment.now()?;
    let answer = inventory.answer(&subject, &Sight::Everything, now)?;
    let text = if args.json {
        let document = AffectedDocument::from(&answer);
        clean_json(format!("{}\n", serde_json::to_string_pretty(&document)?))
    } else {
        let mut sheet = context.output.sheet();
        push(&mut sheet, &answer);
        sheet.into_string()
    };
    context.output.result(&text)?;
    Ok(ExitCode::Done)
}

fn push(sheet: &mut Sheet, answer: &Answer) {
    let (used, unknowns) = (&answer.knowledge, &answer.unknowns);
    let answer = &answer.affected;
    let tone = if answer.organisations > 0 { Tone::Bad } else { Tone::Strong };
    sheet.push(&Line::default().toned(
        tone,
        format!(
            "Organisations affected: {}, in versions of what they use: {}",
            answer.organisations,
            answer.releases.len()
        ),
    ));
    let mut party = "";
    for one in &answer.releases {
        if one.party != party {
            party = &one.party;
            let line = Line::indented(2).toned(Tone::Strong, &one.party_name);
            sheet.push(&line.toned(Tone::Dim, format!("  {}", one.party)));
        }
        let how = match one.need {
            Need::Direct => "asked for directly",
            Need::Deep => "deep",
            Need::Untold => "how it is needed is not told",
        };
        sheet.push(&Line::indented(4).text(format!(
            "{} {}: {} ({how}; SBOM of {})",
            one.asset_name,
            one.release,
            one.purls.join(", "),
            one.received_at.strftime("%Y-%m-%d")
        )));
    }
    push_answered(sheet, &answer.answered);
    sheet.gap();
    sheet.push(&Line::default().toned(Tone::Strong, "By sector"));
    for count in &answer.sectors {
        let important = match count.important {
            0 => String::new(),
            important => format!(", {important} of them systemically important"),
        };
        sheet.push(&Line::indented(2).text(format!(
            "{}: {} of {} members{important}; {} have an inventory here",
            count.sector, count.affected, count.members, count.with_inventory
        )));
    }
    if answer.sectors.is_empty() {
        sheet.push(&Line::indented(2).text("no organisation here belongs to one"));
    }
    if !used.is_empty() {
        sheet.gap();
        sheet.push(&Line::default().toned(Tone::Strong, "Knowledge"));
        for one in used {
            sheet.push(&Line::indented(2).text(knowledge_line(one)));
        }
    }
    sheet.gap();
    sheet.push(&Line::default().toned(Tone::Strong, "Not known"));
    for one in unknowns {
        sheet.push(&Line::indented(2).toned(Tone::Warning, &one.message));
    }
    if unknowns.is_empty() {
        sheet.push(&Line::indented(2).text("nothing that we know of"));
    }
}

/// Of whom somebody says that it does no harm there: never left out, and never counted as harmed.
fn push_answered(sheet: &mut Sheet, answered: &[AnsweredRelease]) {
    if answered.is_empty() {
        return;
    }
    sheet.gap();
    sheet.push(&Line::default().toned(Tone::Strong, "Have it, and are said not to be affected"));
    for one in answered {
        let release = &one.release;
        sheet.push(&Line::indented(2).text(format!(
            "{}: {} {}: {}",
            release.party_name,
            release.asset_name,
            release.release,
            release.purls.join(", ")
        )));
        for said in one.statements() {
            sheet.push(&Line::indented(4).text(said.line()));
        }
    }
}
