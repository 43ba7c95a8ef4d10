//! `mainstay inventory affected`.

use mainstay_console::{ExitCode, Line, Sheet, Tone, clean_json};
use mainstay_inventory::{Affected, FlawName, Inventory, Need, Subject};
use mainstay_knowledge::Knowledge;
use mainstay_scan::{KnowledgeUsed, Limits, data_unknowns, knowledge_line, knowledge_used};
use mainstay_types::Ecosystem;
use serde_json::json;

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
    let answer = inventory.affected(&subject)?;
    let now = context.environment.now()?;
    let knowledge = inventory.knowledge();
    let used = knowledge_used(&knowledge, &answer.ecosystems, now);
    let mut unknowns = unknowns(&knowledge, &subject, &answer);
    let of_data = data_unknowns(&knowledge, &answer.ecosystems, &used, Limits::default());
    unknowns.extend(
        of_data.into_iter().map(|one| {
            (one.code.word(), format!("{}: {}; {}", one.subject, one.message, one.advice))
        }),
    );
    let text = if args.json {
        written(&subject, &answer, &used, &unknowns)?
    } else {
        let mut sheet = context.output.sheet();
        push(&mut sheet, &answer, &used, &unknowns);
        sheet.into_string()
    };
    context.output.result(&text)?;
    Ok(ExitCode::Done)
}

/// What the answer does not know, each with its code.
fn unknowns(
    knowledge: &Knowledge,
    subject: &Subject,
    answer: &Affected,
) -> Vec<(&'static str, String)> {
    let mut unknowns = Vec::new();
    if let Subject::Flaw(name) = subject {
        match knowledge.advisory(name.as_str()) {
            _ if !answer.components.is_empty() => {}
            Ok(Some(_)) => {}
            Ok(None) => unknowns.push((
                "unknown-advisory",
                format!(
                    "the advisory data here do not know {}: that nobody is found says nothing. \
                     `mainstay db update`, then `mainstay inventory match`",
                    name.as_str()
                ),
            )),
            Err(error) => unknowns.push(("damaged-data", error.to_string())),
        }
    } else if answer.components.is_empty() && answer.undecided.is_empty() {
        unknowns.push((
            "not-in-inventory",
            "no SBOM here names the package in such a version".to_owned(),
        ));
    }
    if !answer.is_matched {
        unknowns.push((
            "unmatched-data",
            "the advisory data changed since all packages were asked about: \
             `mainstay inventory match`"
                .to_owned(),
        ));
    }
    if answer.silent > 0 {
        unknowns.push((
            "no-inventory",
            format!("organisations without a current SBOM here: {}. Ask them", answer.silent),
        ));
    }
    if answer.partial > 0 {
        unknowns.push((
            "partial-sbom",
            format!(
                "current SBOMs that leave something open: {}. What they do not name is not seen",
                answer.partial
            ),
        ));
    }
    if answer.unchecked > 0 {
        unknowns.push((
            "unchecked-package",
            format!(
                "package versions that are not checked: {}. Nobody can say whether they have the flaw",
                answer.unchecked
            ),
        ));
    }
    for purl in &answer.undecided {
        unknowns.push(("undecided-version", format!("{purl} cannot be compared with the range")));
    }
    unknowns
}

fn push(
    sheet: &mut Sheet,
    answer: &Affected,
    used: &[KnowledgeUsed],
    unknowns: &[(&'static str, String)],
) {
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
    for (_, text) in unknowns {
        sheet.push(&Line::indented(2).toned(Tone::Warning, text));
    }
    if unknowns.is_empty() {
        sheet.push(&Line::indented(2).text("nothing that we know of"));
    }
}

/// `mainstay.affected`, version 1.
fn written(
    subject: &Subject,
    answer: &Affected,
    used: &[KnowledgeUsed],
    unknowns: &[(&'static str, String)],
) -> anyhow::Result<String> {
    let subject = match subject {
        Subject::Flaw(name) => json!({ "advisory": name.as_str(), "package": null, "range": null }),
        Subject::Package { purl, range } => {
            json!({ "advisory": null, "package": purl, "range": range })
        }
    };
    let releases: Vec<_> = answer
        .releases
        .iter()
        .map(|one| {
            let direct = match one.need {
                Need::Direct => Some(true),
                Need::Deep => Some(false),
                Need::Untold => None,
            };
            json!({
                "organisation": one.party, "organisation_name": one.party_name,
                "asset": one.asset, "asset_name": one.asset_name, "release": one.release,
                "sbom": one.sbom, "packages": one.purls, "direct": direct, "received_at": one.received_at,
            })
        })
        .collect();
    let sectors: Vec<_> = answer
        .sectors
        .iter()
        .map(|count| {
            json!({
                "sector": count.sector, "affected": count.affected, "members": count.members,
                "with_inventory": count.with_inventory, "important": count.important,
            })
        })
        .collect();
    let knowledge: Vec<_> = used
        .iter()
        .map(|one| {
            json!({
                "source": one.source, "ecosystem": one.ecosystem.map(Ecosystem::osv_name),
                "records": one.records, "as_of": one.as_of, "age_days": one.age_days(),
            })
        })
        .collect();
    let unknowns: Vec<_> =
        unknowns.iter().map(|(code, text)| json!({ "code": code, "message": text })).collect();
    let document = json!({
        "schema": "mainstay.affected",
        "version": 1,
        "subject": subject,
        "organisations": answer.organisations,
        "releases": releases,
        "sectors": sectors,
        "packages": answer.components,
        "knowledge": knowledge,
        "unknowns": unknowns,
    });
    Ok(clean_json(format!("{}\n", serde_json::to_string_pretty(&document)?)))
}
