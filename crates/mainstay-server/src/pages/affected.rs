//! Who is affected: the question, the answer by organisation and by sector, and what it does not
//! know.

use mainstay_figures::{Band, Figures, GroupName, Threshold};
use mainstay_inventory::{Answer, Need};
use mainstay_types::SectorScheme;
use mainstay_ui::{
    Amount, Field, Form as Shown, Markup, Place, Render as _, Table, Tile, Unknowns, command, html,
    moment, section, tag, tiles,
};

use super::{counted, fault, page, shown};
use crate::api::affected::AffectedQuery;
use crate::asked::Asked;
use crate::problem::Problem;
use crate::reply::Reply;

/// Versions of assets that a page lists; the API has all.
const LISTED: usize = 500;

pub(crate) fn affected(asked: &Asked, query: &AffectedQuery) -> Result<Reply, Problem> {
    asked.session()?;
    let outcome = query.subject().and_then(|subject| {
        let Some(subject) = subject else { return Ok(None) };
        let answer = asked.inventory().answer(&subject, &asked.sight()?, asked.now)?;
        Ok(Some((answer, asked.inventory().figures(&subject, asked.now)?)))
    });
    let (answer, problem) = match outcome {
        Ok(answer) => (answer, None),
        Err(problem) if problem.code == "wrong-field" => (None, Some(problem)),
        Err(problem) => return Err(problem),
    };
    let content = html! {
        (fault(problem.as_ref()))
        (question(query))
        @if let Some((answer, figures)) = &answer { (told(asked, query, (answer, figures.as_ref()))) }
    };
    let page = page(asked, "Who is affected?")
        .nav(Place::Affected)
        .lead("By an advisory, or by a package before anybody has written one.")
        .live("sbom,advisories,finding,statement")
        .content(content);
    Ok(shown(&page))
}

fn question(query: &AffectedQuery) -> Markup {
    Shown::get("/affected")
        .field(
            Field::text("advisory", "Advisory")
                .value(&query.advisory)
                .hint("Any of its ids, such as CVE-2021-44228."),
        )
        .field(
            Field::text("package", "or package").value(&query.package).hint(
                "A package URL without a version: pkg:maven/org.apache.logging.log4j/log4j-core",
            ),
        )
        .field(
            Field::text("range", "in these versions")
                .value(&query.range)
                .hint("Such as vers:maven/>=2.0|<2.15.0. Empty: all versions."),
        )
        .submit("Ask")
        .render()
}

fn told(
    asked: &Asked,
    query: &AffectedQuery,
    (answer, figures): (&Answer, Option<&Figures>),
) -> Markup {
    let affected = &answer.affected;
    let tiles_of = [
        Tile::new("Organisations affected", Amount::Exactly(affected.organisations as u64)),
        Tile::new("Versions of what they use", Amount::Exactly(affected.releases.len() as u64)),
        Tile::new("Said not to be affected", Amount::Exactly(affected.answered.len() as u64))
            .note("versions that have it, and somebody says that it does no harm there"),
        Tile::new("Without an inventory here", Amount::Exactly(affected.silent as u64))
            .note("of them nothing is known: ask them"),
    ];
    html! {
        section id="answer" {
            h2 { "In your sight" }
            (tiles(&tiles_of))
            @if asked.speaks() {
                p { (super::notice::tell_them(&query.advisory, &query.package, &query.range)) }
            }
        }
        (unknowns(asked, answer))
        (section("By sector", sectors(answer)))
        (section("By organisation", releases(answer)))
        @if !answer.affected.answered.is_empty() {
            (section("Said not to be affected", answered(answer)))
        }
        (section("All members of this instance, in bands", everybody(figures)))
        (section("The same from a terminal", command(&line(query))))
    }
}

/// What everybody may know of those who are not in sight.
fn everybody(figures: Option<&Figures>) -> Markup {
    let Some(figures) = figures else {
        return html! {
            p { "For a range of versions there are none: it could be cut so fine that it describes one member." }
        };
    };
    let amount = |band: Band| {
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let amount = if band.least() == 0 {
            Amount::FewerThan(number(band.most() + 1))
        } else {
            Amount::Between(number(band.least()), number(band.most()))
        };
        html! { (amount.to_string()) " of " (band.of()) }
    };
    let mut table = Table::new("Figures that single out nobody")
        .text("Sector")
        .number("Members")
        .text("Affected")
        .text("Not known")
        .text("As of")
        .empty("There are too few members to say anything without singling somebody out.");
    for one in &figures.groups {
        let name = match &one.group {
            GroupName::Sector(id) => sector_name(id.as_str()),
            GroupName::Other(_) => one.group.to_string(),
        };
        table = table.row([
            html! { (name) },
            html! { (one.members) },
            amount(one.affected),
            amount(one.unknown),
            html! { (one.as_of) },
        ]);
    }
    html! {
        (table)
        p class="muted" {
            (Threshold::default().count()) " members of each group are left out of the count; who they are is secret. The \
             figures change once a day at most."
            @if figures.unshown > 0 { " Of " (figures.unshown) " members in small sectors nothing is said." }
        }
    }
}

/// What the answer rests on, and what it does not know.
pub(super) fn unknowns(asked: &Asked, answer: &Answer) -> Markup {
    let mut shown = Unknowns::new(asked.now)
        .looked_at(format!(
            "{} in the inventories in your sight",
            counted(
                answer.affected.components.len(),
                "version of a package was meant",
                "versions of packages were meant"
            )
        ))
        .unknowns(answer.unknowns.iter().map(|one| one.message.clone()));
    for one in &answer.knowledge {
        let source = match one.ecosystem {
            Some(ecosystem) => format!("{} of {ecosystem}", one.source),
            None => one.source.to_owned(),
        };
        shown = shown.as_of(source, one.as_of);
    }
    shown.render()
}

fn sectors(answer: &Answer) -> Markup {
    let mut table = Table::new("Affected organisations by sector")
        .text("Sector")
        .number("Affected")
        .number("With an inventory here")
        .number("Members")
        .number("Systemically important")
        .empty("No organisation in your sight belongs to a sector.");
    for count in &answer.affected.sectors {
        table = table.row([
            html! { (sector_name(&count.sector)) },
            html! { (count.affected) },
            html! { (count.with_inventory) },
            html! { (count.members) },
            html! { (count.important) },
        ]);
    }
    table.render()
}

/// The names of several sectors.
pub(super) fn sector_names(ids: &[String]) -> String {
    ids.iter().map(|id| sector_name(id)).collect::<Vec<_>>().join(", ")
}

/// The name of a sector that comes with the program, else its id.
pub(super) fn sector_name(id: &str) -> String {
    let found = mainstay_types::SectorId::parse(id).ok().and_then(|id| {
        let schemes = SectorScheme::shipped().iter();
        schemes.filter_map(|scheme| scheme.sector(&id)).map(|sector| sector.name.clone()).next()
    });
    found.unwrap_or_else(|| id.to_owned())
}

fn releases(answer: &Answer) -> Markup {
    let all = &answer.affected.releases;
    let mut table = Table::new("Affected versions by organisation")
        .text("Organisation")
        .text("Asset")
        .text("Version")
        .text("Packages")
        .text("Need")
        .text("SBOM of")
        .empty("Nobody in your sight is known to be affected. See what is not known.");
    for one in all.iter().take(LISTED) {
        let need = match one.need {
            Need::Direct => "direct",
            Need::Deep => "deep",
            Need::Untold => "not told",
        };
        table = table.row([
            html! { a href={ "/inventory/" (one.party) } { (one.party_name) } },
            html! { a href={ "/inventory/" (one.party) "/assets/" (one.asset) } { (one.asset_name) } },
            html! { (one.release) },
            html! { @for purl in &one.purls { code { (purl) } " " } },
            tag(need),
            moment(one.received_at),
        ]);
    }
    html! {
        (table)
        @if all.len() > LISTED {
            p class="muted" { "The first " (LISTED) " of " (all.len()) " are listed; the API has all." }
        }
    }
}

/// Versions that have it, of which somebody says that it does no harm there: who, and why.
fn answered(answer: &Answer) -> Markup {
    let all = &answer.affected.answered;
    let mut table = Table::new("Versions that have it, and who says that it does no harm there")
        .text("Organisation")
        .text("Asset")
        .text("Version")
        .text("Packages")
        .text("What is said");
    for one in all.iter().take(LISTED) {
        let release = &one.release;
        table = table.row([
            html! { a href={ "/inventory/" (release.party) } { (release.party_name) } },
            html! { a href={ "/inventory/" (release.party) "/assets/" (release.asset) } { (release.asset_name) } },
            html! { (release.release) },
            html! { @for purl in &release.purls { code { (purl) } " " } },
            html! { @for said in one.statements() { (said.line()) br; } },
        ]);
    }
    html! {
        (table)
        @if all.len() > LISTED {
            p class="muted" { "The first " (LISTED) " of " (all.len()) " are listed; the API has all." }
        }
    }
}

fn line(query: &AffectedQuery) -> String {
    let quoted = |text: &str| format!("'{}'", text.trim().replace('\'', "'\\''"));
    let asked =
        [("--advisory", &query.advisory), ("--package", &query.package), ("--range", &query.range)];
    let flags: Vec<String> = asked
        .iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(flag, value)| format!("{flag} {}", quoted(value)))
        .collect();
    format!("mainstay inventory affected {}", flags.join(" "))
}
