//! What members rest on most, what of that is weak, and what its projects ask for.

use mainstay_inventory::{
    Known, NoteKind, PointsRange, Prevalence, PrevalenceOrder, PrevalentPackage, ProjectAsk,
    WEIGHTS,
};
use mainstay_types::{Ecosystem, SectorScheme};
use mainstay_ui::chart::{Ink, Scatter};
use mainstay_ui::{
    Amount, Choice, Field, Form as Shown, Markup, Pages, Place, Render as _, Table, Tile, Tone,
    Unknowns, alert, button_link, command, fold, html, moment_ago, outside_link, section, severity,
    state, tag, tiles,
};

use super::{counted, fault, page, shown};
use crate::api::prevalence::{MOST_IN_FILE, PrevalenceQuery, in_sight};
use crate::asked::Asked;
use crate::problem::Problem;
use crate::reply::Reply;

/// Packages of one page.
const LISTED: usize = 50;
/// Ways to a project that are shown.
const ASKS: usize = 4;

pub(crate) fn prevalence(asked: &Asked, query: &PrevalenceQuery) -> Result<Reply, Problem> {
    asked.session()?;
    let outcome = query.filter(LISTED).and_then(|filter| in_sight(asked, &filter));
    let (prevalence, problem) = match outcome {
        Ok(prevalence) => (Some(prevalence), None),
        Err(problem) if problem.code == "wrong-field" => (None, Some(problem)),
        Err(problem) => return Err(problem),
    };
    let content = html! {
        (fault(problem.as_ref()))
        (filter(query))
        @if let Some(prevalence) = &prevalence { (told(asked, query, prevalence)) }
    };
    let page = page(asked, "Prevalence and giving back")
        .nav(Place::Prevalence)
        .lead("What the organisations in your sight rest on, and where money, time and patches help most.")
        .content(content);
    Ok(shown(&page))
}

fn filter(query: &PrevalenceQuery) -> Markup {
    let sectors = SectorScheme::shipped().iter().flat_map(|scheme| {
        scheme.sectors().iter().map(move |sector| {
            Choice::new(sector.id.as_str(), format!("{} ({})", sector.name, scheme.name()))
        })
    });
    let sectors = std::iter::once(Choice::new("", "all")).chain(sectors);
    let ecosystems = Ecosystem::all().map(|one| Choice::new(one.osv_name(), one.osv_name()));
    let ecosystems = std::iter::once(Choice::new("", "all")).chain(ecosystems);
    let orders = [
        Choice::new(PrevalenceOrder::Help.word(), "where help goes furthest"),
        Choice::new(PrevalenceOrder::Reach.word(), "what is used most"),
    ];
    Shown::get("/prevalence")
        .field(Field::select("sector", "Sector", sectors).value(&*query.sector))
        .field(Field::select("ecosystem", "Ecosystem", ecosystems).value(&*query.ecosystem))
        .field(Field::select("order", "First", orders).value(&*query.order))
        .submit("Show")
        .render()
}

fn told(asked: &Asked, query: &PrevalenceQuery, prevalence: &Prevalence) -> Markup {
    let totals = prevalence.totals;
    let tile = |label: &str, count: usize| Tile::new(label, Amount::Exactly(count as u64));
    let figures = [
        tile("Packages", prevalence.found),
        tile("Organisations", totals.organisations)
            .note(format!("{} of them with an inventory here", totals.with_inventory)),
        tile("Systemically important, with an inventory", totals.important),
        tile("Assets", totals.assets),
    ];
    html! {
        (tiles(&figures))
        (unknowns(asked, prevalence))
        (section("Reach against weakness", drawing(prevalence)))
        (section("Packages", html! {
            (table(prevalence))
            (parts(query, prevalence))
            p { (button_link("As a table (CSV)", &address("/prevalence.csv", query, 0))) }
            @if prevalence.found > MOST_IN_FILE {
                p class="muted" { "The table has the first " (MOST_IN_FILE) " of " (prevalence.found) " packages." }
            }
        }))
        (how())
        (section("The same from a terminal", command(&line(query))))
    }
}

fn unknowns(asked: &Asked, prevalence: &Prevalence) -> Markup {
    let mut shown = Unknowns::new(asked.now)
        .looked_at(format!(
            "{} of {} in your sight",
            counted(prevalence.totals.assets, "asset", "assets"),
            counted(prevalence.totals.organisations, "organisation", "organisations"),
        ))
        .as_of("the count of uses", Some(prevalence.taken_at))
        .unknowns(prevalence.unknowns.iter().map(|one| one.message.clone()));
    for one in &prevalence.knowledge {
        let source = match one.ecosystem {
            Some(ecosystem) => format!("{} of {ecosystem}", one.source),
            None => one.source.to_owned(),
        };
        shown = shown.as_of(source, one.as_of);
    }
    html! { (shown) p class="muted" { "Counted " (moment_ago(prevalence.taken_at, asked.now)) "." } }
}

fn drawing(prevalence: &Prevalence) -> Markup {
    let description = "Each dot is a package of the list below: the further to the right, the more \
                       rest on it; the higher, the weaker it is known to be. The line above a dot \
                       is what could be, if all that is not known were weak.";
    let axes = (("Reach", 100), ("Weakness", 100));
    let mut drawing = Scatter::new("Reach against weakness", description, "Package", axes);
    for one in &prevalence.packages {
        let whole = |tenths: u32| u64::from((tenths + 5) / 10);
        let PointsRange { least, most } = one.weak;
        let weak = if least == most {
            Amount::Exactly(whole(least.tenths()))
        } else {
            Amount::Between(whole(least.tenths()), whole(most.tenths()))
        };
        let ink = if one.weakness.is_malicious { Ink::Critical } else { Ink::Accent };
        drawing = drawing.dot(label(one), whole(one.reach.tenths()), weak, ink);
    }
    drawing.render()
}

fn label(one: &PrevalentPackage) -> String {
    format!("{} ({})", one.name, one.ecosystem)
}

fn table(prevalence: &Prevalence) -> Markup {
    let mut table = Table::new("Packages that the organisations in your sight use")
        .text("Package")
        .number("Organisations")
        .number("Systemically important")
        .number("Sectors")
        .number("Assets")
        .text("What is weak")
        .number("Reach")
        .number("Weakness")
        .number("Help")
        .text("What its project asks for")
        .empty("No current SBOM in your sight names such a package.");
    for one in &prevalence.packages {
        table = table.row([
            html! {
                a href=(mainstay_ui::href("/affected", &[("package", &one.purl)])) { (one.name) }
                " " (tag(&one.ecosystem)) " "
                span class="muted" { (counted(one.versions, "version", "versions")) }
            },
            html! { (one.organisations) },
            html! { (one.important) },
            html! { (one.sectors) },
            html! {
                (one.assets())
                " (" (one.direct) " direct, " (one.deep) " deep"
                @if one.untold > 0 { ", " (one.untold) " not told" } ")"
            },
            weak(one),
            html! { (one.reach) },
            html! { (one.weak) },
            html! { @match one.help { Some(help) => (help), None => "none is due" } },
            asks(&one.asks),
        ]);
    }
    table.render()
}

/// What is known to be weak, and of what nothing is known.
fn weak(one: &PrevalentPackage) -> Markup {
    let weakness = &one.weakness;
    let signs = [
        (weakness.unmaintained, "nobody maintains it", "whether it is maintained"),
        (weakness.one_person, "one person is named", "how many maintain it"),
        (weakness.memory_unsafe, "memory-unsafe language", "its language"),
    ];
    let unknown: Vec<&str> = signs
        .iter()
        .filter(|(known, _, _)| *known == Known::Unknown)
        .map(|(_, _, what)| *what)
        .collect();
    html! {
        @if weakness.is_malicious { (state(Tone::Error, "made to do harm: remove it")) " " }
        @if weakness.flaws > 0 {
            (severity(weakness.worst)) " " (counted(weakness.flaws, "flaw", "flaws")) " "
        }
        @if weakness.is_exploited { (state(Tone::Error, "exploited")) " " }
        @for (_, word, _) in signs.iter().filter(|(known, _, _)| *known == Known::Yes) {
            (state(Tone::Warning, word)) " "
        }
        @if weakness.unchecked > 0 {
            (state(Tone::Note, &counted(weakness.unchecked, "version is not checked", "versions are not checked"))) " "
        }
        @if !unknown.is_empty() { span class="muted" { "Not known: " (unknown.join(", ")) "." } }
    }
}

fn asks(asks: &[ProjectAsk]) -> Markup {
    let name = |kind: NoteKind| match kind {
        NoteKind::Funding => "money",
        NoteKind::Contributing => "how to contribute",
        NoteKind::Issues => "faults",
        NoteKind::Security => "faults of security",
        NoteKind::Source => "source",
        NoteKind::Website => "home page",
        NoteKind::People => "people",
    };
    html! {
        @if asks.is_empty() { span class="muted" { "not known" } }
        @for ask in asks.iter().take(ASKS) {
            (name(ask.kind)) ": " (outside_link(&ask.address, &ask.address))
            " " span class="muted" { "(said by " (ask.organisations) ")" } " "
        }
        @if asks.len() > ASKS { span class="muted" { "and " (asks.len() - ASKS) " more: the API has all" } }
    }
}

fn parts(query: &PrevalenceQuery, prevalence: &Prevalence) -> Markup {
    let shown = prevalence.packages.len();
    let (first, last) = (query.skip + usize::from(shown > 0), query.skip + shown);
    let previous =
        (query.skip > 0).then(|| address("/prevalence", query, query.skip.saturating_sub(LISTED)));
    let next = (last < prevalence.found && shown > 0).then(|| address("/prevalence", query, last));
    let words = format!("{first} to {last} of {}", prevalence.found);
    Pages::new(words).previous(previous).next(next).render()
}

fn address(path: &str, query: &PrevalenceQuery, skip: usize) -> String {
    let skip = skip.to_string();
    let all = [
        ("sector", query.sector.trim()),
        ("ecosystem", query.ecosystem.trim()),
        ("order", query.order.trim()),
        ("skip", if skip == "0" { "" } else { &*skip }),
    ];
    let given: Vec<_> = all.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    mainstay_ui::href(path, &given)
}

fn how() -> Markup {
    let weights: Vec<String> =
        WEIGHTS.iter().map(|(what, weight)| format!("{what} {weight}")).collect();
    fold(
        "How this is counted",
        html! {
            p {
                "Help = reach times weakness, each from 0 to 100 points. It says where a given effort \
                 does most for the organisations in your sight; it is no judgement of a project."
            }
            p {
                "Reach takes four counts: organisations (weight 2), systemically important ones (2), \
                 their sectors (1) and assets (1). Each is log(1 + count) / log(1 + all in your sight), \
                 and the weighted mean of them is the reach: the formula of the OpenSSF criticality \
                 score, in which the first users count more than the hundredth."
            }
            p {
                "Weakness adds up what is known, at least: " (weights.join(", ")) ". Flaws weigh by the \
                 worst of the versions in use; one that is exploited weighs all of it. At most, what \
                 is not known is added. So a package of which nothing is known is no sound one: its \
                 range is wide."
            }
            p {
                "That nobody maintains a package is known only from advisories; that one person is \
                 named, from the authors in SBOMs; the language, from the ecosystem and from some \
                 names. The links come from the SBOMs that organisations sent: whoever sends one \
                 could name a purse of their own. See how many say it, and look before you give."
            }
            (alert(Tone::Note, html! { "What was made to do harm is listed and gets no points: remove it." }))
        },
    )
}

fn line(query: &PrevalenceQuery) -> String {
    let quoted = |text: &str| format!("'{}'", text.trim().replace('\'', "'\\''"));
    let asked =
        [("--sector", &query.sector), ("--ecosystem", &query.ecosystem), ("--order", &query.order)];
    let flags = asked
        .iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(flag, value)| format!("{flag} {}", quoted(value)));
    let words = std::iter::once("mainstay inventory prevalence".to_owned()).chain(flags);
    words.collect::<Vec<_>>().join(" ")
}
