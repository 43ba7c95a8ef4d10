//! `mainstay inventory`: who uses what, and who is affected.

mod affected;
mod prevalence;

use anyhow::Context as _;
use mainstay_console::{ExitCode, Line, Sheet, Tone};
use mainstay_inventory::{
    FindingState, Inventory, InventoryError, NewParty, PartyKind, Upload, Work,
};
use mainstay_types::{SectorId, SectorScheme};

use super::instance::{Instance, operator};
use super::sbom::File;
use crate::Context;
use crate::args::{Common, InventoryArgs, InventoryCommand, OrganisationArgs, SubmitArgs};

/// Gaps of a document that are shown without `--verbose`.
const SHOWN: usize = 5;

pub(crate) fn run(
    context: &Context,
    common: &Common,
    args: &InventoryArgs,
) -> anyhow::Result<ExitCode> {
    if matches!(args.command, InventoryCommand::Sectors) {
        return sectors(context);
    }
    let instance = Instance::open(context, common, &args.instance)?;
    let inventory = instance.inventory()?;
    let done = match &args.command {
        InventoryCommand::Organisation(args) => organisation(context, &inventory, args),
        InventoryCommand::Organisations => organisations(context, &inventory),
        InventoryCommand::Sectors => sectors(context),
        InventoryCommand::Submit(args) => submit(context, common, &inventory, args),
        InventoryCommand::Show { organisation } => show(context, &inventory, organisation),
        InventoryCommand::Findings { asset } => findings(context, &inventory, asset),
        InventoryCommand::Changes { before, after } => {
            changes(context, &inventory, (before, after))
        }
        InventoryCommand::Match => match_again(context, &inventory),
        InventoryCommand::Affected(args) => affected::affected(context, &inventory, args),
        InventoryCommand::Prevalence(args) => prevalence::prevalence(context, &inventory, args),
    };
    done.map_err(with_advice)
}

/// Says where ids are to be found, when one is not there.
fn with_advice(error: anyhow::Error) -> anyhow::Error {
    let Some(InventoryError::Absent { what, id }) = error.downcast_ref() else { return error };
    let (what, list) = match *what {
        "party" => ("organisation", "`mainstay inventory organisations`"),
        what => (what, "`mainstay inventory show ORGANISATION`"),
    };
    anyhow::anyhow!("there is no {what} \"{id}\" here: {list} lists the ids")
}

fn organisation(
    context: &Context,
    inventory: &Inventory,
    args: &OrganisationArgs,
) -> anyhow::Result<ExitCode> {
    let sectors = args.sector.iter().map(|text| sector(text)).collect::<Result<_, _>>()?;
    let party = NewParty {
        id: args.id.clone(),
        kind: PartyKind::Organisation,
        name: args.name.clone(),
        is_important: args.important,
        sectors,
    };
    inventory.put_party(&party, &operator(), context.environment.now()?)?;
    context.output.result(&format!("{}\n", args.id))?;
    Ok(ExitCode::Done)
}

/// A sector of a scheme that comes with the program.
fn sector(text: &str) -> anyhow::Result<SectorId> {
    let id = SectorId::parse(text)
        .ok()
        .filter(|id| SectorScheme::shipped().iter().any(|scheme| scheme.sector(id).is_some()));
    id.with_context(|| {
        format!("there is no sector \"{text}\": `mainstay inventory sectors` lists them")
    })
}

fn organisations(context: &Context, inventory: &Inventory) -> anyhow::Result<ExitCode> {
    let parties = inventory.parties(PartyKind::Organisation)?;
    let mut sheet = context.output.sheet();
    if parties.is_empty() {
        sheet.push(&Line::default().text(
            "No organisations yet. `mainstay inventory organisation ID --name NAME` adds one.",
        ));
    }
    for party in parties {
        let important = if party.is_important { "; systemically important" } else { "" };
        let sectors = if party.sectors.is_empty() {
            "no sector".to_owned()
        } else {
            party.sectors.join(", ")
        };
        let line = Line::default().toned(Tone::Strong, &party.id);
        sheet.push(&line.text(format!("  {}: {sectors}{important}", party.name)));
    }
    context.output.result(&sheet.into_string())?;
    Ok(ExitCode::Done)
}

fn sectors(context: &Context) -> anyhow::Result<ExitCode> {
    let mut sheet = context.output.sheet();
    for scheme in SectorScheme::shipped() {
        sheet.push(&Line::default().toned(Tone::Strong, scheme.name()));
        for sector in scheme.sectors() {
            let agencies = match sector.agencies.as_slice() {
                [] => String::new(),
                agencies => format!(" ({})", agencies.join(", ")),
            };
            let line = Line::indented(2).text(sector.id.as_str());
            sheet.push(&line.toned(Tone::Dim, format!("  {}{agencies}", sector.name)));
        }
    }
    context.output.result(&sheet.into_string())?;
    Ok(ExitCode::Done)
}

fn submit(
    context: &Context,
    common: &Common,
    inventory: &Inventory,
    args: &SubmitArgs,
) -> anyhow::Result<ExitCode> {
    let now = context.environment.now()?;
    let shown = args.file.display();
    let file = File::read(context, &args.file)?;
    let file_name = args.file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let upload = Upload {
        party: &args.organisation,
        asset: &args.asset,
        release: &args.release,
        file_name: &file_name,
        bytes: &file.bytes,
    };
    let received = match inventory.receive(&upload, &operator(), now) {
        Err(InventoryError::Document(error)) => return Err(file.refused(&error)),
        received => received.with_context(|| format!("{shown} was not taken"))?,
    };
    inventory.fold(false)?;
    let mut sheet = context.output.sheet();
    let known = if received.is_known { "was there already, as" } else { "is" };
    sheet
        .push(&Line::default().text(format!("{shown} {known} ")).toned(Tone::Strong, &received.id));
    sheet.push(&Line::indented(2).text(format!(
        "asset {}; {} packages, {} of them new here",
        received.asset, received.packages, received.new_packages
    )));
    if !received.is_known {
        sheet.push(
            &Line::indented(2)
                .text(format!("{} findings opened, {} closed", received.opened, received.closed)),
        );
    }
    if received.unchecked > 0 {
        sheet.push(&Line::indented(2).toned(
            Tone::Warning,
            format!(
                "{} packages are not checked: nobody can say that they are without flaws",
                received.unchecked
            ),
        ));
    }
    if received.statements > 0 {
        sheet.push(&Line::indented(2).text(format!(
            "the document itself makes {} statements on flaws; {} findings are answered",
            received.statements, received.silenced
        )));
    }
    for one in &received.without_effect {
        let text = format!("{}: {}", one.about, one.why);
        sheet.push(&Line::indented(2).toned(Tone::Warning, "no effect: ").text(text));
    }
    push_gaps(&mut sheet, &received.gaps, common.verbose);
    context.output.result(&sheet.into_string())?;
    Ok(ExitCode::Done)
}

fn push_gaps(sheet: &mut Sheet, gaps: &[String], all: bool) {
    let shown = if all { gaps.len() } else { SHOWN };
    for gap in gaps.iter().take(shown) {
        sheet.push(&Line::indented(2).toned(Tone::Warning, "not known: ").text(gap));
    }
    if gaps.len() > shown {
        let text =
            format!("and {} more that the document leaves open (--verbose)", gaps.len() - shown);
        sheet.push(&Line::indented(2).toned(Tone::Warning, text));
    }
}

fn show(context: &Context, inventory: &Inventory, id: &str) -> anyhow::Result<ExitCode> {
    let party = inventory.party(id)?;
    let mut sheet = context.output.sheet();
    sheet.push(&Line::default().toned(Tone::Strong, &party.name));
    let (open, answered) = inventory.open_findings(id)?;
    let counts: Vec<String> =
        open.iter().map(|(severity, count)| format!("{count} {severity}")).collect();
    let counts = if counts.is_empty() { "none".to_owned() } else { counts.join(", ") };
    sheet.push(&Line::indented(2).text(format!("open findings: {counts}")));
    if answered > 0 {
        let text = format!("findings that a statement answers: {answered}");
        sheet.push(&Line::indented(2).text(text));
    }
    let assets = inventory.assets(id)?;
    if assets.is_empty() {
        let text = "nothing is known of what it uses: no SBOM was taken in";
        sheet.push(&Line::indented(2).toned(Tone::Warning, text));
    }
    for asset in assets {
        sheet.push(
            &Line::indented(2).toned(Tone::Strong, &asset.name).text(format!("  {}", asset.id)),
        );
        for sbom in inventory.sboms(&asset.id)? {
            let release =
                if sbom.release.is_empty() { "no version" } else { sbom.release.as_str() };
            let state = if sbom.is_current { "current" } else { "past" };
            let unchecked = match sbom.unchecked {
                0 => String::new(),
                count => format!(", {count} not checked"),
            };
            let open = match sbom.gaps.len() {
                0 => String::new(),
                count => format!(", leaves {count} things open"),
            };
            sheet.push(&Line::indented(4).text(format!(
                "{release} ({state}): {} of {:.0}, {}, {} packages{unchecked}{open}",
                sbom.id, sbom.received_at, sbom.format, sbom.packages
            )));
        }
    }
    context.output.result(&sheet.into_string())?;
    Ok(ExitCode::Done)
}

fn findings(context: &Context, inventory: &Inventory, asset: &str) -> anyhow::Result<ExitCode> {
    let findings = inventory.findings(asset)?;
    let now = context.environment.now()?;
    let mut sheet = context.output.sheet();
    if findings.is_empty() {
        sheet.push(&Line::default().text(
            "No finding was ever opened. `mainstay inventory show ORGANISATION` says what is not \
             checked.",
        ));
    }
    for finding in findings {
        let exploited =
            if finding.exploited == Some(true) { ", known to be exploited" } else { "" };
        let about = match finding.kind {
            Some(kind) => format!("{kind}, {}{exploited}  {}", finding.severity, finding.title),
            None if finding.is_raised => "no advisory tells it, only a statement".to_owned(),
            None => "the advisories do not name it any more".to_owned(),
        };
        let head = Line::default().toned(Tone::Strong, &finding.flaw).text(format!("  {about}"));
        sheet.push(&head);
        let fix = match &finding.fixed_in {
            Some(version) => format!("; {version} repairs it"),
            None => "; no version that repairs it is known".to_owned(),
        };
        sheet.push(
            &Line::indented(2).text(format!(
                "{} in {} {}{fix}",
                finding.purl, finding.asset_name, finding.release
            )),
        );
        let state = match &finding.state {
            FindingState::Closed(at, why) => format!("closed {at:.0}: {why}"),
            FindingState::Silenced(at) => format!("answered since {at:.0}"),
            FindingState::Open if finding.times > 1 => {
                format!("open since {:.0}, for the {}th time", finding.opened_at, finding.times)
            }
            FindingState::Open => format!("open since {:.0}", finding.opened_at),
        };
        sheet.push(&Line::indented(2).toned(Tone::Dim, state));
        if let Some(statement) = &finding.statement {
            sheet.push(&Line::indented(2).text(statement.line()));
        }
        if finding.state == FindingState::Open {
            let work = Work::of(&finding);
            let overdue = if work.is_overdue(now) { "; KEV's day is over" } else { "" };
            let text = format!("SSVC ({}): {}{overdue}", Work::table(), work.range());
            sheet.push(&Line::indented(2).text(text));
        }
    }
    context.output.result(&sheet.into_string())?;
    Ok(ExitCode::Done)
}

fn changes(
    context: &Context,
    inventory: &Inventory,
    (before, after): (&str, &str),
) -> anyhow::Result<ExitCode> {
    let changes = inventory.changes(before, after)?;
    let mut sheet = context.output.sheet();
    if changes.is_empty() {
        sheet.push(&Line::default().text("They name the same packages."));
    }
    for change in changes {
        let line = Line::default().toned(Tone::Strong, &change.package);
        sheet.push(&line.text(match (change.before.join(", "), change.after.join(", ")) {
            (before, after) if before.is_empty() => format!("  new: {after}"),
            (before, after) if after.is_empty() => format!("  gone: {before}"),
            (before, after) => format!("  {before} -> {after}"),
        }));
    }
    context.output.result(&sheet.into_string())?;
    Ok(ExitCode::Done)
}

fn match_again(context: &Context, inventory: &Inventory) -> anyhow::Result<ExitCode> {
    let told = inventory.rematch(&operator(), context.environment.now()?)?;
    inventory.fold(false)?;
    context.output.result(&format!(
        "{} package versions asked about, {} known differently now; {} findings opened, {} closed\n",
        told.components, told.changed, told.opened, told.closed
    ))?;
    Ok(ExitCode::Done)
}
