//! One notice: as those who tell see it, and as those who are told.

use std::collections::BTreeSet;

use mainstay_accounts::Right;
use mainstay_inventory::Sight;
use mainstay_notices::{
    Board, Channel, Circle, Contact, Delivery, DeliveryState, ExportDocument, Notice, Reach,
    Recipient, Stage, csv,
};
use mainstay_types::SectorId;
use mainstay_ui::{
    Amount, Facts, Form as Shown, Markup, Page, Place, Render as _, Step, Steps, Table, Tile, Tone,
    Trail, Unknowns, alert, button_link, fold, href, html, moment, section, state, tag, tiles,
};
use mainstay_vex::Reason;
use serde::Deserialize;

use super::notice_forms::{Fields, answer_form, lines, name_of, query};
use super::{cut, fault, page, shown};
use crate::asked::{Asked, Who};
use crate::problem::Problem;
use crate::reply::Reply;

/// Recipients that a page lists; the export has all.
const LISTED: usize = 500;
/// What is said of the rest of those whom a draft concerns.
const NO_MORE: &str = "; name fewer organisations to see each of them before you review";

/// Which notice.
#[derive(Deserialize)]
pub(crate) struct OfNotice {
    pub(crate) notice: String,
}

pub(crate) fn notice(asked: &Asked, of: &OfNotice) -> Result<Reply, Problem> {
    asked.session()?;
    let notice = asked.notices().notice(&of.notice, &asked.reader()?, asked.now)?;
    note_seen(asked, &notice)?;
    Ok(shown(&notice_page(asked, &notice, None)?))
}

/// A page that a person who signed in has opened was seen: no program that examines mail has a
/// session. Of what one tells oneself nothing is noted.
fn note_seen(asked: &Asked, notice: &Notice) -> Result<(), Problem> {
    let own = asked.own()?;
    if !matches!(asked.who, Who::Person(_)) || own.contains(&notice.owner) {
        return Ok(());
    }
    let who = asked.account_id()?;
    for one in asked.notices().recipients(&notice.id, &own)? {
        if one.seen.iter().all(|seen| seen.who != who) {
            asked.notices().see((&notice.id, &one.party), &asked.actor()?, asked.now)?;
        }
    }
    Ok(())
}

/// The page of a notice, with what was wrong.
pub(super) fn notice_page(
    asked: &Asked,
    notice: &Notice,
    problem: Option<&Problem>,
) -> Result<Page, Problem> {
    let own = asked.own()?;
    let is_author = own.contains(&notice.owner);
    let mine = asked.notices().recipients(&notice.id, &own)?;
    let content = html! {
        (fault(problem))
        @if is_author { (steps(&notice.stage)) }
        (about(asked, notice, is_author))
        (section("What it says", lines(notice.content.text.as_str())))
        @for one in &mine { (for_recipient(asked, notice, one)?) }
        @if is_author { (for_author(asked, notice)?) }
    };
    Ok(page(asked, notice.content.title.as_str())
        .nav(Place::Notices)
        .trail(Trail::new().to("Notices", "/notices"))
        .marking(notice.content.marking)
        .live("notice")
        .content(content))
}

fn steps(stage: &Stage) -> Markup {
    const ALL: [&str; 4] = ["draft", "reviewed", "released", "closed"];
    let at = ALL.iter().position(|one| *one == stage.word()).unwrap_or_default();
    let mut steps = Steps::new("Where it stands");
    for (number, name) in ALL.into_iter().enumerate() {
        steps = steps.step(
            name,
            match number.cmp(&at) {
                std::cmp::Ordering::Less => Step::Done,
                std::cmp::Ordering::Equal => Step::Current,
                std::cmp::Ordering::Greater => Step::Ahead,
            },
        );
    }
    steps.render()
}

fn about(asked: &Asked, notice: &Notice, is_author: bool) -> Markup {
    let content = &notice.content;
    let asks = query(&content.subject);
    let subject = if asks.advisory.is_empty() {
        format!("{} {}", asks.package, asks.range)
    } else {
        asks.advisory.clone()
    };
    let who = href(
        "/affected",
        &[("advisory", &asks.advisory), ("package", &asks.package), ("range", &asks.range)],
    );
    let mut facts = Facts::new()
        .fact("From", html! { (name_of(asked, &notice.owner)) })
        .fact("About", html! { a href=(who) { (subject) } });
    if let Some(at) = notice.leaves_at() {
        facts = facts.fact("Released", moment(at));
    }
    if is_author {
        if notice.leaves_at().is_none() {
            facts = facts.fact(
                "Not before",
                html! {
                    @if let Some(at) = content.not_before { (moment(at)) }
                    @else { "as soon as it is released" }
                },
            );
        }
        facts = facts
            .fact("For", html! { (audience(&content.circle)) })
            .fact(
                "Reminders",
                html! {
                    @if content.reminders.at_most == 0 { "never by itself" }
                    @else {
                        "after " (content.reminders.after_hours) " hours of silence, at most "
                        (content.reminders.at_most) " times"
                    }
                },
            )
            .fact(
                "Drafted",
                html! {
                    (moment(notice.drafted.at)) " by " code { (notice.drafted.by) }
                },
            );
        if let Some(review) = notice.stage.review() {
            facts = facts.fact(
                "Reviewed",
                html! {
                    (moment(review.at)) " by " code { (review.by) }
                },
            );
        }
        facts = facts.fact("Content", html! { code { (content.digest().to_string()) } });
    }
    facts.render()
}

fn audience(circle: &Circle) -> String {
    let mut parts = Vec::new();
    if circle.affected {
        let sectors: Vec<&str> = circle.sectors.iter().map(SectorId::as_str).collect();
        parts.push(if sectors.is_empty() {
            "whoever is affected".to_owned()
        } else {
            format!("whoever is affected in {}", sectors.join(", "))
        });
    }
    parts.extend(circle.named.iter().cloned());
    let roles: Vec<&str> = circle.roles.iter().map(|role| role.word()).collect();
    let contacts = if roles.is_empty() { "all".to_owned() } else { roles.join(", ") };
    format!("{}; contacts: {contacts}", parts.join(", "))
}

fn for_author(asked: &Asked, notice: &Notice) -> Result<Markup, Problem> {
    let speaks = asked.may(Right::Speak, &notice.owner);
    match notice.stage {
        Stage::Draft(_) | Stage::Reviewed(_) => {
            let reach = asked.notices().reach(&notice.owner, &notice.content, asked.now)?;
            Ok(html! {
                (reach_of(asked, &notice.owner, &reach))
                @if speaks { (draft_actions(asked, notice)) }
            })
        }
        Stage::Released(_) | Stage::Closed(_) => {
            let (notice, board) = asked.notices().board_of(&notice.id)?;
            let more = asked.notices().reach_more(&notice, &board, asked.now)?;
            Ok(html! {
                (told(asked, &notice, &board, &more))
                @if speaks { (told_actions(asked, &notice, &more)) }
            })
        }
    }
}

fn reach_of(asked: &Asked, owner: &str, reach: &Reach) -> Markup {
    let mut table = Table::new("Organisations that it would reach now")
        .text("Organisation")
        .text("Why")
        .text("Contacts")
        .empty("Nobody in your organisation's sight is known to be affected.");
    for one in reach.reached.iter().take(LISTED) {
        table =
            table.row([html! { (one.name) }, tag(one.why.word()), contacts(owner, &one.contacts)]);
    }
    let mut lost = Table::new("Organisations that it cannot tell")
        .text("Organisation")
        .text("Why")
        .text("Problem")
        .empty("None of those that are meant.");
    for one in reach.unreached.iter().take(LISTED) {
        lost = lost.row([html! { (one.name) }, tag(one.why.word()), html! { (one.problem) }]);
    }
    let unknowns = rests_on(asked, reach)
        .looked_at(
            "who is affected in your organisation's sight, and contacts that are written down here",
        )
        .unknowns(reach.unknowns.iter().map(|one| one.message.clone()));
    html! {
        (section("Whom it would reach", html! {
            (table) (cut(LISTED, reach.reached.len(), NO_MORE))
        }))
        (section("Whom it cannot tell", html! {
            (lost) (cut(LISTED, reach.unreached.len(), NO_MORE))
        }))
        (unknowns)
    }
}

fn rests_on(asked: &Asked, reach: &Reach) -> Unknowns {
    let mut unknowns = Unknowns::new(asked.now);
    for (source, at) in &reach.knowledge {
        unknowns = unknowns.as_of(source.clone(), *at);
    }
    unknowns
}

/// The contacts that a notice would take. Those that others keep of themselves are theirs: before
/// a release their mailboxes are counted, and of their webhooks only the origin is shown, ever.
fn contacts(owner: &str, contacts: &[Contact]) -> Markup {
    let (own, theirs): (Vec<&Contact>, Vec<&Contact>) =
        contacts.iter().partition(|one| one.kept_by == owner);
    let mailboxes = theirs.iter().filter(|one| matches!(one.channel, Channel::Mail(_))).count();
    let hooks = theirs.into_iter().filter(|one| matches!(one.channel, Channel::Webhook(_)));
    html! {
        @for contact in own {
            (tag(contact.role.word())) " " (contact.name) " by " (contact.channel.word()) " "
            code { (contact.channel.address()) } " "
        }
        @if mailboxes > 0 { (mailboxes) " by mail " }
        @for contact in hooks {
            (tag(contact.role.word())) " by webhook " code { (contact.channel.shown()) } " "
        }
    }
}

fn step_form(asked: &Asked, notice: &Notice, step: &str) -> Shown {
    Shown::post(format!("/notices/{}/{step}", notice.id), &asked.csrf())
        .id(format!("step-{step}"))
        .hidden("version", &notice.version.to_string())
}

fn draft_actions(asked: &Asked, notice: &Notice) -> Markup {
    let edit = Fields::of(&notice.content).form(step_form(asked, notice, "edit"), "Change");
    let is_reviewed = matches!(notice.stage, Stage::Reviewed(_));
    html! {
        @if is_reviewed {
            (section("Release", html! {
                p { "What was reviewed leaves, to those above and to nobody else." }
                (step_form(asked, notice, "release").submit("Release"))
            }))
        } @else {
            (section("Review", html! {
                p { "Read all of the above. Your name stands for it from then on." }
                (step_form(asked, notice, "review").submit("I have read it, and it is right"))
            }))
        }
        (fold("Change it", html! {
            @if is_reviewed { p { "A change undoes the review." } }
            (edit)
        }))
    }
}

fn told(asked: &Asked, notice: &Notice, board: &Board, more: &Reach) -> Markup {
    let count = |has: &dyn Fn(&Recipient) -> bool| {
        Amount::Exactly(board.recipients.iter().filter(|one| has(one)).count() as u64)
    };
    let failed = |one: &Recipient| {
        !one.deliveries.is_empty()
            && one.deliveries.iter().all(|one| matches!(one.state, DeliveryState::Failed(..)))
    };
    let tiles_of = [
        Tile::new("Organisations", Amount::Exactly(board.recipients.len() as u64)),
        Tile::new("Cannot be told", count(&|one| one.untold.is_some())),
        Tile::new("Nothing arrived", count(&failed)),
        Tile::new("Seen", count(&|one| !one.seen.is_empty())),
        Tile::new("Answered", count(&|one| !one.answers.is_empty())),
        Tile::new("Silent", Amount::Exactly(board.silent().count() as u64))
            .note("of them nothing is known"),
    ];
    let mut table = Table::new("Who was told, and what came back")
        .text("Organisation")
        .text("Told by")
        .text("Seen")
        .text("Answer")
        .number("Reminders");
    for one in board.recipients.iter().take(LISTED) {
        table = table.row([
            html! { (one.name) " " (tag(one.why.word())) },
            told_by(one),
            html! {
                @if let Some(seen) = one.seen.first() { (moment(seen.at)) " by " code { (seen.who) } }
                @else { "not known" }
            },
            answers(one),
            html! { (one.reminders) },
        ]);
    }
    let later = more.reached.len() + more.unreached.len();
    let unknowns = rests_on(asked, more)
        .looked_at(
            "letters and calls of this server, pages and links that were opened, and answers here",
        )
        .unknown("Whether a letter that was taken was read, before somebody opens it")
        .unknowns(more.unknowns.iter().map(|one| one.message.clone()));
    let is_stuck =
        asked.serving.manner.office.is_none()
            && board.recipients.iter().flat_map(|one| &one.deliveries).any(|one| {
                one.channel == "mail" && matches!(one.state, DeliveryState::Waiting(..))
            });
    html! {
        @if is_stuck {
            (alert(Tone::Warning, html! {
                "Letters wait: this server has no way for them. Whoever runs it can start it with "
                "--smtp or --mail-folder."
            }))
        }
        section id="answer" {
            h2 { "What came back" } (tiles(&tiles_of)) (table)
            (cut(LISTED, board.recipients.len(), "; the files below have all"))
        }
        @if later > 0 {
            (alert(Tone::Warning, html! {
                (later) " more would be told now: they became affected, came into sight, or have a contact, since."
            }))
        }
        (unknowns)
        p {
            a href={ "/notices/" (notice.id) "/export?format=json" } { "All of it as JSON" } " "
            a href={ "/notices/" (notice.id) "/export?format=csv" } { "as CSV" }
        }
    }
}

fn told_by(one: &Recipient) -> Markup {
    html! {
        @if let Some(why) = &one.untold {
            (state(Tone::Error, "cannot be told")) " " (why)
            ". Its people see it here when they sign in."
        }
        @for delivery in &one.deliveries { p { (delivery_of(delivery)) } }
    }
}

fn delivery_of(one: &Delivery) -> Markup {
    html! {
        @if one.turn > 0 { "reminder " (one.turn) ", " }
        (one.channel) " " code { (one.shown_address()) } " "
        @match &one.state {
            DeliveryState::Sent(at) => { (state(Tone::Success, "sent")) " " (moment(*at)) }
            DeliveryState::Waiting(at, why) => {
                (state(Tone::Note, "waiting")) " until " (moment(*at))
                @if let Some(why) = why { ": " (why) }
            }
            DeliveryState::Failed(at, why) => {
                (state(Tone::Error, "failed")) " " (moment(*at)) ": " (why)
            }
        }
    }
}

/// What an organisation answered, the newest first.
pub(super) fn answers(one: &Recipient) -> Markup {
    html! {
        @for (number, answer) in one.answers.iter().enumerate() {
            p {
                @if number > 0 { "before: " }
                strong { (answer.claim.word().replace('_', " ")) }
                @if let Some(why) = answer.claim.reason().and_then(Reason::justification) {
                    " (" (why.word().replace('_', " ")) ")"
                }
                @if !answer.words.is_empty() { ": " (answer.words) }
                " " (moment(answer.at)) " by " code { (answer.who) }
            }
        }
        @if one.answers.is_empty() { "none" }
    }
}

fn told_actions(asked: &Asked, notice: &Notice, more: &Reach) -> Markup {
    if !matches!(notice.stage, Stage::Released(_)) {
        return html! {};
    }
    let is_out = notice.leaves_at().is_some_and(|at| at <= asked.now);
    html! {
        @if !more.reached.is_empty() || !more.unreached.is_empty() {
            (section("Tell those who came since", html! {
                (step_form(asked, notice, "tell-more").submit("Tell them as well"))
            }))
        }
        @if is_out {
            (section("Remind", html! {
                (step_form(asked, notice, "remind").submit("Remind who is silent"))
            }))
        }
        (section("Close", html! {
            p { "What still waits is not sent, and no more answers are taken." }
            (step_form(asked, notice, "close").danger("Close"))
        }))
    }
}

fn for_recipient(asked: &Asked, notice: &Notice, one: &Recipient) -> Result<Markup, Problem> {
    let sight = Sight::Of(BTreeSet::from([one.party.clone()]));
    let own = asked.inventory().affected_in(&notice.content.subject, &sight)?;
    let mut table = Table::new("What of yours is affected")
        .text("Asset")
        .text("Version")
        .text("Packages")
        .empty(
            "Your inventory here names nothing that is. That is no answer: it may not name all.",
        );
    let affected = own.releases.len();
    for release in own.releases.into_iter().take(LISTED) {
        table = table.row([
            html! { a href={ "/inventory/" (release.party) "/assets/" (release.asset) } { (release.asset_name) } },
            html! { (release.release) },
            html! { @for purl in &release.purls { code { (purl) } " " } },
        ]);
    }
    let takes = matches!(notice.stage, Stage::Released(_));
    let form = Shown::post(format!("/notices/{}/answer", notice.id), &asked.csrf())
        .id(format!("answer-{}", one.party))
        .hidden("organisation", &one.party);
    Ok(html! {
        (section(&format!("{} is told", one.name), html! {
            (table)
            (cut(LISTED, affected, "; your inventory has all"))
            h3 { "Answers" }
            (answers(one))
        }))
        @if takes && asked.may(Right::Speak, &one.party) {
            (section(&format!("Answer for {}", one.name), answer_form(form)))
        } @else if !takes {
            p { "The notice is closed: it takes no more answers." }
        }
    })
}

/// In which form.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    notice: String,
    #[serde(default)]
    format: String,
}

/// All of it, for those who tell.
pub(crate) fn export(asked: &Asked, wanted: &Wanted) -> Result<Reply, Problem> {
    asked.session()?;
    let (notice, board) = exported(asked, &wanted.notice)?;
    if wanted.format == "csv" {
        let name = format!("{}.csv", notice.id);
        let bytes = csv(&notice, &board).into_bytes();
        return Ok(Reply::file("text/csv; charset=utf-8", &name, bytes));
    }
    let document = ExportDocument::of(&notice, &board);
    let bytes =
        serde_json::to_vec_pretty(&document).map_err(|error| Problem::ours(error.to_string()))?;
    Ok(Reply::file("application/json", &format!("{}.json", notice.id), bytes))
}

/// A notice with its board, for those who tell alone.
pub(crate) fn exported(asked: &Asked, id: &str) -> Result<(Notice, Board), Problem> {
    let notice = asked.notices().notice(id, &asked.reader()?, asked.now)?;
    if !asked.own()?.contains(&notice.owner) {
        return Err(Problem::absent());
    }
    Ok(asked.notices().board_of(id)?)
}

/// A button to a notice about something.
pub(super) fn tell_them(advisory: &str, package: &str, range: &str) -> Markup {
    let query = [("advisory", advisory), ("package", package), ("range", range)];
    button_link("Tell them", &href("/notices/new", &query))
}
