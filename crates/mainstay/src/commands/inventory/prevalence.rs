//! `mainstay inventory prevalence`.

use anyhow::Context as _;
use mainstay_console::{ExitCode, Line, Sheet, Tone, clean_json};
use mainstay_inventory::{
    Inventory, Known, Prevalence, PrevalenceDocument, PrevalenceFilter, PrevalenceOrder,
    PrevalentPackage, Sight, as_csv,
};
use mainstay_scan::knowledge_line;
use mainstay_types::Ecosystem;

use crate::Context;
use crate::args::{FirstArg, PrevalenceArgs};

pub(super) fn prevalence(
    context: &Context,
    inventory: &Inventory,
    args: &PrevalenceArgs,
) -> anyhow::Result<ExitCode> {
    let ecosystem = args.ecosystem.as_deref().map(|name| {
        Ecosystem::from_osv_name(name).with_context(|| {
            format!("there is no ecosystem \"{name}\": a name such as npm or Maven is asked for")
        })
    });
    let filter = PrevalenceFilter {
        sector: args.sector.as_deref().map(super::sector).transpose()?,
        ecosystem: ecosystem.transpose()?,
        order: match args.order {
            FirstArg::Help => PrevalenceOrder::Help,
            FirstArg::Reach => PrevalenceOrder::Reach,
        },
        skip: 0,
        most: args.most,
    };
    let now = context.environment.now()?;
    let prevalence = inventory.prevalence(&Sight::Everything, &filter, now)?;
    let text = if args.json {
        let document = PrevalenceDocument::from(&prevalence);
        clean_json(format!("{}\n", serde_json::to_string_pretty(&document)?))
    } else if args.csv {
        as_csv(&prevalence)
    } else {
        let mut sheet = context.output.sheet();
        push(&mut sheet, &prevalence);
        sheet.into_string()
    };
    context.output.result(&text)?;
    Ok(ExitCode::Done)
}

fn push(sheet: &mut Sheet, prevalence: &Prevalence) {
    let totals = prevalence.totals;
    sheet.push(&Line::default().toned(
        Tone::Strong,
        format!(
            "{} packages, used in {} assets of {} organisations",
            prevalence.found, totals.assets, totals.with_inventory
        ),
    ));
    for one in &prevalence.packages {
        push_package(sheet, one);
    }
    let shown = prevalence.packages.len();
    if shown < prevalence.found {
        let more = format!("and {} more: --most, --csv", prevalence.found - shown);
        sheet.push(&Line::indented(2).toned(Tone::Dim, more));
    }
    if !prevalence.knowledge.is_empty() {
        sheet.gap();
        sheet.push(&Line::default().toned(Tone::Strong, "Knowledge"));
        for one in &prevalence.knowledge {
            sheet.push(&Line::indented(2).text(knowledge_line(one)));
        }
    }
    sheet.gap();
    sheet.push(&Line::default().toned(Tone::Strong, "Not known"));
    for one in &prevalence.unknowns {
        sheet.push(&Line::indented(2).toned(Tone::Warning, &one.message));
    }
}

fn push_package(sheet: &mut Sheet, one: &PrevalentPackage) {
    let help = one.help.map_or_else(|| "none is due".to_owned(), |help| help.to_string());
    let line = Line::indented(2).toned(Tone::Strong, &one.purl);
    sheet.push(&line.text(format!("  help {help} = reach {} x weakness {}", one.reach, one.weak)));
    sheet.push(&Line::indented(4).text(format!(
        "organisations: {} ({} systemically important), sectors: {}, assets: {} ({} direct, {} \
         deep, {} not told), versions: {}",
        one.organisations,
        one.important,
        one.sectors,
        one.assets(),
        one.direct,
        one.deep,
        one.untold,
        one.versions
    )));
    let signs = weaknesses(one);
    if !signs.is_empty() {
        sheet.push(&Line::indented(4).toned(Tone::Bad, signs.join(", ")));
    }
    for ask in &one.asks {
        let said = format!("{}: {} (said by {})", ask.kind.word(), ask.address, ask.organisations);
        sheet.push(&Line::indented(4).text(said));
    }
}

/// What is known to be weak.
fn weaknesses(one: &PrevalentPackage) -> Vec<String> {
    let weakness = &one.weakness;
    let mut signs = Vec::new();
    if weakness.is_malicious {
        signs.push("made to do harm: remove it".to_owned());
    }
    if weakness.unmaintained == Known::Yes {
        signs.push("nobody maintains it".to_owned());
    }
    if weakness.flaws > 0 {
        let exploited = if weakness.is_exploited { ", exploited" } else { "" };
        let worst = weakness.worst.word();
        signs.push(format!("flaws: {} (worst {worst}{exploited})", weakness.flaws));
    }
    if weakness.one_person == Known::Yes {
        signs.push("one person is named".to_owned());
    }
    if weakness.memory_unsafe == Known::Yes {
        signs.push("memory-unsafe language".to_owned());
    }
    if weakness.unchecked > 0 {
        signs.push(format!("versions not checked: {}", weakness.unchecked));
    }
    signs
}
