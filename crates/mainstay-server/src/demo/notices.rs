//! Notices of the example world: one in each stage, and what came back.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mainstay_inventory::{Inventory, PartyKind, Subject};
use mainstay_notices::{
    Channel, Circle, ContactRole, Content, MAIL_JOB, NewContact, Notices, NoticesError, Outcome,
    Reminders,
};
use mainstay_store::{Actor, Database, jobs};
use mainstay_types::{FlawName, Severity, Tlp};

use super::COORDINATOR;

/// What the coordinator tells about.
const PACKAGE: &str = "pkg:maven/org.apache.logging.log4j/log4j-core";
const RANGE: &str = "vers:maven/>=2.0|<2.15.0";

/// Long enough for a letter that is not sent.
const LEASE: Duration = Duration::from_mins(1);

/// Writes contacts down, and notices in each stage.
pub(super) fn fill(
    database: &Arc<Database>,
    inventory: &Arc<Inventory>,
    now: Timestamp,
) -> Result<(), NoticesError> {
    let notices = Notices::open(Arc::clone(database), Arc::clone(inventory));
    let actor = Actor { id: "mainstay".to_owned(), origin: "example world".to_owned() };
    let before = |hours: i64| now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(now);
    for (number, party) in inventory.parties(PartyKind::Organisation)?.iter().enumerate() {
        // Every seventh has none, as it goes.
        if party.id == COORDINATOR || number % 7 == 6 {
            continue;
        }
        let address = format!("csirt@{}.example", party.id);
        let new = NewContact {
            party: party.id.clone(),
            role: ContactRole::Security,
            channel: Channel::of("mail", &address)?,
            name: "Duty officer".to_owned(),
        };
        notices.add_contact(&party.id, &new, &actor, before(200))?;
    }
    notices.set_wish(COORDINATOR, Some(Severity::High), &actor, before(200))?;
    let range = Some(RANGE.to_owned());
    let subject = Subject::Package { purl: PACKAGE.to_owned(), range };
    let closed = told(
        (&notices, database),
        &content(&subject, "Look for log4j-core", Tlp::Green)?,
        (&actor, before(96)),
    )?;
    answers(&notices, &closed, ["fixed", "fixed", "affected", "fixed"], (&actor, before(72)))?;
    notices.close((&closed, 3), &actor, before(48))?;
    let title = "log4j-core before 2.15.0: update now";
    let open =
        told((&notices, database), &content(&subject, title, Tlp::Amber)?, (&actor, before(20)))?;
    answers(&notices, &open, ["under_investigation", "affected", "fixed"], (&actor, before(2)))?;
    let other = Subject::Package {
        purl: "pkg:maven/org.apache.commons/commons-text".to_owned(),
        range: Some("vers:maven/>=1.5|<1.10.0".to_owned()),
    };
    let reviewed = content(&other, "commons-text before 1.10.0", Tlp::Amber)?;
    let id = notices.draft(COORDINATOR, &reviewed, &actor, before(3))?;
    notices.review((&id, 1), &actor, before(1))?;
    let flaw = Subject::Flaw(FlawName::parse("CVE-2021-44228")?);
    let draft = notices.suggest(COORDINATOR, &flaw, now)?;
    notices.draft(COORDINATOR, &draft, &actor, before(1))?;
    Ok(())
}

fn content(subject: &Subject, title: &str, marking: Tlp) -> Result<Content, NoticesError> {
    let text = "A made-up notice of the example world.\n\nWhat to do\n1. Look whether you use it, \
                also inside of other products.\n2. Take a repaired version.\n3. Answer this notice.";
    Ok(Content {
        subject: subject.clone(),
        title: title.parse()?,
        text: text.parse()?,
        marking,
        circle: Circle {
            affected: true,
            roles: [ContactRole::Security].into(),
            ..Circle::default()
        },
        not_before: None,
        reminders: Reminders::new(48, 2)?,
    })
}

fn told(
    (notices, database): (&Notices, &Database),
    content: &Content,
    (actor, at): (&Actor, Timestamp),
) -> Result<String, NoticesError> {
    let id = notices.draft(COORDINATOR, content, actor, at)?;
    notices.review((&id, 1), actor, at)?;
    notices.release((&id, 2), actor, at)?;
    let mut number = 0;
    while let Some(job) = jobs::take(database, &[MAIL_JOB], ("example world", LEASE), at)? {
        let Some(parcel) = notices.prepare(&job, at)? else { continue };
        // Mailboxes go away.
        let outcome = if number == 1 {
            Outcome::Never("550 there is no such mailbox (made up)".to_owned())
        } else {
            Outcome::Taken
        };
        notices.settle(&parcel, &outcome, at)?;
        number += 1;
    }
    Ok(id)
}

/// The first of those who were told answer so; the others are silent.
fn answers<const N: usize>(
    notices: &Notices,
    id: &str,
    words: [&str; N],
    (actor, at): (&Actor, Timestamp),
) -> Result<(), NoticesError> {
    let (_, board) = notices.board_of(id)?;
    for (one, word) in board.recipients.iter().zip(words) {
        let said = "made up";
        let claim = Notices::claim(word, "", said)?;
        notices.answer((id, &one.party), (&claim, said), actor, at)?;
    }
    Ok(())
}
