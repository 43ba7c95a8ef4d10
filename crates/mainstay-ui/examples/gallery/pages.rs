//! The pages of the gallery. Everything in them is made up.

use jiff::{Timestamp, ToSpan as _};
use mainstay_types::{Severity, Tlp};
use mainstay_ui::chart::{Bars, Ink, Lines, Stacked, Timeline, sparkline};
use mainstay_ui::{
    Amount, Checked, Choice, Csrf, Empty, Facts, Field, Filter, Form, Hit, Links, Markup, Page,
    Pages, Passkey, Place, Step, Steps, Table, TextKind, Tile, Tone, Trail, Unknowns, Verdict, Who,
    alert, button_link, command, copyable, fold, href, html, moment, moment_ago, outside_link,
    search_results, section, severity, squares, state, tag, tiles, tlp, verdict,
};

/// Every page, under its path.
pub(crate) fn pages() -> [(&'static str, Page); 12] {
    [
        ("/", overview()),
        ("/affected", affected()),
        ("/inventory", forms()),
        ("/advisories", advisory()),
        ("/questions", live()),
        ("/notices", restricted()),
        ("/prevalence", prevalence()),
        ("/log", empty("Log", Place::Log)),
        ("/account", passkeys()),
        ("/administration", empty("Administration", Place::Administration)),
        ("/sign-in", sign_in()),
        ("/search", search()),
    ]
}

fn now() -> Timestamp {
    Timestamp::from_second(1_796_000_000).unwrap_or_default()
}

fn days_ago(days: i64) -> Timestamp {
    now().checked_sub((days * 24).hours()).unwrap_or_default()
}

fn page(title: &str, here: Place) -> Page {
    let who = Who { name: "Ada Example".to_owned(), sign_out_token: Csrf::new("example") };
    Page::new(title).nav(here).who(Some(who))
}

fn unknowns() -> Unknowns {
    Unknowns::new(now())
        .looked_at("Looked at: 14 assets of 3 parties, with 31 SBOMs.")
        .unknown("2 assets have no SBOM; what they use is not known.")
        .unknown("117 packages are from git, and were not looked up.")
        .as_of("Advisories for npm", Some(days_ago(3)))
        .as_of("The list of exploited flaws (KEV)", None)
}

fn overview() -> Page {
    let shown = [
        Tile::new("Critical findings", Amount::Exactly(3)).href("/affected/?q=severity%3Acritical"),
        Tile::new("Assets without SBOM", Amount::Exactly(2)).note("of 14 assets"),
        Tile::new("Members affected", Amount::FewerThan(5)).note("so that nobody is recognised"),
        Tile::new("Answers awaited", Amount::Unknown),
    ];
    let steps = Steps::new("Setting up")
        .step("Create the administrator", Step::Done)
        .step("Add a party", Step::Current)
        .step("Receive an SBOM", Step::Ahead);
    page("Overview", Place::Overview)
        .lead("What needs doing now, for all parties that you may see.")
        .banner(html! { strong { "Example world. " } "Nothing here is true." })
        .actions(button_link("Add an SBOM", "/inventory/"))
        .content(html! {
            (steps)
            (tiles(&shown))
            (stacked())
            (section("Words and shapes", html! {
                p { @for one in Severity::ALL { (severity(one)) " \u{a0} " } }
                p { @for one in [Verdict::Findings, Verdict::Clean, Verdict::Unknown] { (verdict(one)) " \u{a0} " } }
                p { @for one in Tlp::ALL { (tlp(one)) " " } }
                p {
                    (state(Tone::Note, "open")) " \u{a0} " (state(Tone::Warning, "overdue")) " \u{a0} "
                    (state(Tone::Error, "refused")) " \u{a0} " (state(Tone::Success, "answered")) " \u{a0} "
                    (tag("npm")) " " (tag("crates.io"))
                }
            }))
            (alert(Tone::Note, "The next update is due in 2 hours."))
            (alert(Tone::Warning, "The knowledge is older than 7 days."))
            (alert(Tone::Error, html! { "The file " code { "bom.json" } " is no SBOM: it ends in the middle." }))
            (alert(Tone::Success, "The SBOM was received."))
            (unknowns())
        })
}

fn rows() -> Vec<Vec<Markup>> {
    let found = [
        ("log4j-core", "2.14.1", Severity::Critical, 120, 7),
        ("left-pad", "1.3.0", Severity::Medium, 12, 1),
        (
            "a-package-with-a-name-that-is-longer-than-names-should-be",
            "0.0.1",
            Severity::Unknown,
            0,
            214,
        ),
        ("openssl", "3.0.1-1ubuntu2", Severity::High, 40, 12),
        ("serde_yaml", "0.9.34", Severity::Low, 3, 2),
    ];
    found
        .iter()
        .map(|(name, version, how_bad, age, assets)| {
            vec![
                html! { a href=(href("/advisories/", &[("package", name)])) { (name) } " " span class="muted" { (version) } },
                severity(*how_bad),
                moment_ago(days_ago(*age), now()),
                sparkline("Assets over 5 weeks", &[*assets, 9, 4, 12, 7].map(Amount::Exactly)),
                html! { (assets) },
            ]
        })
        .collect()
}

fn affected() -> Page {
    let tabs = Links::new("States of findings")
        .here("Open (5)", "/affected/")
        .link("Answered (12)", "/affected/?q=state%3Aanswered");
    let table = Table::new("Open findings, the gravest first")
        .text("Package")
        .text("Severity")
        .text("First seen")
        .text("Over time")
        .number("Assets")
        .rows(rows());
    page("Who is affected", Place::Affected)
        .trail(Trail::new().to("Overview", "/").to("Findings", "/affected/"))
        .content(html! {
            (Filter::new("/affected/", "Filter").value("severity:critical owner:me").hint("Such as severity:high, sector:us-ci/energy, package:pkg:npm/left-pad."))
            (tabs)
            (table)
            (Pages::new("1 to 5 of 214").previous(None).next(Some("/affected/?after=5".to_owned())))
            (command("mainstay inventory affected --where 'severity:critical owner:me' --format json"))
            (unknowns())
        })
}

fn forms() -> Page {
    let csrf = Csrf::new("example");
    let sectors = [
        Choice::new("", "Choose a sector"),
        Choice::new("us-ci/energy", "Energy"),
        Choice::new("us-ci/water", "Water"),
    ];
    let form = Form::post_files("/inventory/", &csrf)
        .id("add")
        .field(
            Field::text("name", "Name")
                .required()
                .value("Shop")
                .hint("As the people of the party call it."),
        )
        .field(
            Field::text("mail", "Contact")
                .kind(TextKind::Email)
                .required()
                .value("nobody")
                .error(Some("this is no email address: an @ is missing".to_owned())),
        )
        .field(Field::select("sector", "Sector", sectors).value("us-ci/energy"))
        .field(Field::area("note", "Note", 3).value("Found in the 2025 review."))
        .field(
            Field::file("sbom", "SBOM")
                .accept(".json,.xml")
                .hint("CycloneDX or SPDX, at most 64 MiB."),
        )
        .field(Field::password("password", "Your password").required())
        .field(
            Field::checkbox("public", "May be told to everybody", Checked::Yes)
                .hint("Only the name; never what it uses."),
        )
        .submit("Add the asset")
        .choice("Keep as draft", "do", "draft");
    let danger = Form::post("/inventory/", &csrf).danger("Delete the asset");
    page("Add an asset", Place::Inventory).content(html! {
        (alert(Tone::Error, "One field is not right."))
        (form)
        (section("What cannot be taken back", html! { p { "Deleting removes the asset and its SBOMs. The log keeps that it was there." } (danger) }))
    })
}

fn advisory() -> Page {
    let facts = Facts::new()
        .fact("Severity", severity(Severity::Critical))
        .fact("Published", moment(days_ago(40)))
        .fact("Fixed in", html! { code { "2.17.1" } })
        .fact(
            "Reference",
            outside_link("https://advisories.example/CVE-2021-44228", "advisories.example"),
        )
        .fact("Another one", outside_link("javascript:alert(1)", "a link that is none"));
    let timeline = Timeline::new("What happened", "Four events over 40 days.", now())
        .event(days_ago(40), Ink::Critical, "The advisory was published.")
        .event(days_ago(39), Ink::Accent, "Found in 12 assets.")
        .event(days_ago(20), Ink::Accent, html! { "Notice sent, " (tlp(Tlp::Amber)) })
        .event(days_ago(2), Ink::Low, "The last party answered.");
    page("CVE-2021-44228", Place::Advisories)
        .lead("Code from a server that the log line names is run.")
        .trail(Trail::new().to("Advisories", "/advisories/"))
        .actions(button_link("Ask the members", "/questions/"))
        .content(html! {
            (facts)
            (timeline)
            (fold("The record as it was published", html! { pre { code { "{\n  \"id\": \"CVE-2021-44228\",\n  \"modified\": \"2026-10-20T00:00:00Z\"\n}" } } }))
            (unknowns())
        })
}

fn live() -> Page {
    page("Answers to a question", Place::Questions).live("question:7").content(html! {
        (Table::new("Answers").text("Party").text("Answer").row([html! { a href="/inventory/" { "Water works" } }, state(Tone::Success, "not affected")]))
        (unknowns())
    })
}

fn restricted() -> Page {
    page("Notice 12", Place::Notices)
        .marking(Tlp::AmberStrict)
        .content(html! { p { "Only for the named organisation." } (unknowns()) })
}

fn stacked() -> Stacked<4> {
    let exact = |amounts: [u64; 4]| amounts.map(Amount::Exactly);
    let parts = [
        ("critical", Ink::Critical),
        ("high", Ink::High),
        ("medium", Ink::Medium),
        ("low", Ink::Low),
    ];
    Stacked::new("Open findings by ecosystem", "npm has most, PyPI is not wholly known.", parts)
        .column("Ecosystem")
        .bar("npm", exact([2, 14, 40, 12]))
        .bar("Maven", exact([1, 3, 9, 2]))
        .bar(
            "PyPI",
            [Amount::Exactly(4), Amount::Exactly(7), Amount::Unknown, Amount::Between(1, 4)],
        )
}

fn prevalence() -> Page {
    let bars = Bars::new(
        "Members that use log4j-core",
        "Energy uses it most; small groups are told as bands.",
    )
    .columns("Sector", "Members")
    .bar("Energy", Amount::Exactly(41))
    .bar("Water and wastewater systems of the whole country", Amount::Between(20, 29))
    .bar("Health", Amount::AtLeast(30))
    .bar("Space", Amount::FewerThan(5))
    .bar("Defence", Amount::NotShown)
    .bar("Food", Amount::Unknown)
    .bar("Postal", Amount::Exactly(0));
    let weeks = |figures: [Amount; 8]| {
        (0..)
            .zip(figures)
            .map(|(week, figure)| (days_ago(7 * (7 - week)), figure))
            .collect::<Vec<_>>()
    };
    let lines = Lines::new(
        "Members over time",
        "Energy falls, water is told as a band, with one week untold.",
    )
    .line("Energy", Ink::Accent, weeks([61, 60, 58, 55, 50, 48, 44, 41].map(Amount::Exactly)))
    .line(
        "Water",
        Ink::Second,
        weeks([
            Amount::Between(30, 39),
            Amount::Between(30, 39),
            Amount::Between(30, 39),
            Amount::NotShown,
            Amount::Between(20, 29),
            Amount::Between(20, 29),
            Amount::Exactly(25),
            Amount::Between(20, 29),
        ]),
    )
    .line("Postal", Ink::Third, weeks([4, 4, 3, 3, 1, 0, 0, 0].map(Amount::Exactly)));
    page("Prevalence", Place::Prevalence).content(html! { (bars) (lines) (unknowns()) })
}

fn empty(title: &str, here: Place) -> Page {
    page(title, here).content(html! {
        (Empty::new("Nothing has happened here yet.").next("Add a party", "/inventory/"))
    })
}

fn passkeys() -> Page {
    let form = Form::post("/account/", &Csrf::new("example"))
        .id("passkey")
        .passkey(Passkey::Create, "/account/options")
        .field(Field::text("label", "Name of the passkey").required())
        .submit("Add a passkey");
    page("Your account", Place::Account).content(html! {
        (section("Passkeys", form))
        (section("A token, shown once", copyable("mst_example_0123456789")))
        (section("Squares", squares("A pattern that is no code", 21, |x, y| u16::from(x) * 7 % 5 < u16::from(y) * 13 % 4)))
    })
}

fn sign_in() -> Page {
    let csrf = Csrf::new("example");
    let key = Form::post("/sign-in/", &csrf)
        .id("key")
        .passkey(Passkey::Get, "/sign-in/options")
        .submit("Sign in with a passkey");
    let password = Form::post("/sign-in/", &csrf)
        .id("password")
        .field(Field::text("name", "Name").required().autocomplete("username"))
        .field(Field::password("password", "Password").required())
        .field(
            Field::text("code", "Code")
                .kind(TextKind::Code)
                .hint("From your authenticator, if you have one."),
        )
        .submit("Sign in");
    Page::new("Sign in").places(&[]).content(html! { (key) (section("With a password", password)) })
}

fn search() -> Page {
    let hits = [
        Hit {
            title: "log4j-core".to_owned(),
            href: "/affected/".to_owned(),
            kind: "package".to_owned(),
            note: "12 assets".to_owned(),
        },
        Hit {
            title: "CVE-2021-44228".to_owned(),
            href: "/advisories/".to_owned(),
            kind: "advisory".to_owned(),
            note: String::new(),
        },
    ];
    page("Search", Place::Overview).content(search_results(&hits))
}
