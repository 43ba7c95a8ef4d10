//! A notice with everything that came back, as JSON and as CSV (RFC 4180). A spreadsheet takes a
//! cell that begins with `=`, `+`, `-` or `@` for a formula: such cells get an apostrophe before.

use mainstay_inventory::SubjectDocument;
use mainstay_vex::{Justification, Reason};
use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Act, Answer, Board, Circle, Delivery, DeliveryState, Notice, Recipient};

/// `mainstay.notice`, version 1.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ExportDocument {
    /// `mainstay.notice`
    pub schema: &'static str,
    /// 1
    pub version: u32,
    /// The notice.
    pub notice: NoticeOut,
    /// Organisations that were told or could not be, by name.
    pub recipients: Vec<RecipientOut>,
}

/// What is told, and where it stands.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NoticeOut {
    /// Its id.
    pub id: String,
    /// The id of the organisation that tells.
    pub from: String,
    /// What it is about.
    pub subject: SubjectDocument,
    /// In one line.
    pub title: String,
    /// What it is, and what to do.
    pub text: String,
    /// A label of TLP 2.0.
    pub marking: &'static str,
    /// Whom it is for.
    pub audience: CircleOut,
    /// Not before; null: as soon as it was released.
    pub not_before: Option<String>,
    /// `draft`, `reviewed`, `released` or `closed`.
    pub stage: &'static str,
    /// Grows with each change; whoever changes it says which one they saw.
    pub revision: i64,
    /// SHA-256 of all that a reviewer agrees to.
    pub digest: String,
    /// Whether it was drafted by itself, after an advisory came.
    pub automatic: bool,
    /// Who drafted it.
    pub drafted: ActOut,
    /// Who reviewed it.
    pub reviewed: Option<ActOut>,
    /// Who released it.
    pub released: Option<ActOut>,
}

/// To whom it goes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CircleOut {
    /// Whoever is known to be affected, as the author may see it.
    pub affected: bool,
    /// Of those only the ones of these sectors; empty: of all.
    pub sectors: Vec<String>,
    /// Organisations by id.
    pub named: Vec<String>,
    /// Which of their contacts; empty: all.
    pub roles: Vec<&'static str>,
}

/// Who did something.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ActOut {
    /// The id of an account or a token; `mainstay` for the server itself.
    pub by: String,
    /// When.
    pub at: String,
}

/// An organisation, and what came back.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RecipientOut {
    /// Its id.
    pub organisation: String,
    /// Its name.
    pub name: String,
    /// `affected` or `named`.
    pub why: &'static str,
    /// Why nobody there was called.
    pub untold: Option<String>,
    /// How often it was reminded.
    pub reminders: i64,
    /// Letters and calls.
    pub deliveries: Vec<DeliveryOut>,
    /// Who has seen it.
    pub seen: Vec<ActOut>,
    /// What it answered, the newest first: that one counts.
    pub answers: Vec<AnswerOut>,
}

/// A letter or a call.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DeliveryOut {
    /// Its id.
    pub id: String,
    /// 0 tells, later ones remind.
    pub turn: i64,
    /// `mail` or `webhook`.
    pub channel: String,
    /// The address; of a webhook only scheme and host.
    pub address: String,
    /// The role of the contact.
    pub role: &'static str,
    /// `waiting`, `sent` or `failed`.
    pub state: &'static str,
    /// When it is tried next, was sent, or was given up.
    pub at: String,
    /// How often it was tried.
    pub attempts: i64,
    /// What went wrong last.
    pub failure: Option<String>,
}

/// An answer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AnswerOut {
    /// Its id.
    pub id: String,
    /// Who gave it.
    pub by: String,
    /// When.
    pub at: String,
    /// A word of VEX.
    pub status: &'static str,
    /// Why it is not affected, in a word of VEX.
    pub justification: Option<&'static str>,
    /// What else was written.
    pub words: String,
}

impl ExportDocument {
    /// A notice with everything about its recipients.
    pub fn of(notice: &Notice, board: &Board) -> Self {
        Self {
            schema: "mainstay.notice",
            version: 1,
            notice: notice.into(),
            recipients: board.recipients.iter().map(RecipientOut::from).collect(),
        }
    }
}

impl From<&Notice> for NoticeOut {
    fn from(notice: &Notice) -> Self {
        let content = &notice.content;
        Self {
            id: notice.id.clone(),
            from: notice.owner.clone(),
            subject: (&content.subject).into(),
            title: content.title.as_str().to_owned(),
            text: content.text.as_str().to_owned(),
            marking: content.marking.label(),
            audience: (&content.circle).into(),
            not_before: content.not_before.map(|at| at.to_string()),
            stage: notice.stage.word(),
            revision: notice.version,
            digest: content.digest().to_string(),
            automatic: notice.is_automatic,
            drafted: (&notice.drafted).into(),
            reviewed: notice.stage.review().map(ActOut::from),
            released: notice.stage.released().map(ActOut::from),
        }
    }
}

impl From<&Circle> for CircleOut {
    fn from(circle: &Circle) -> Self {
        Self {
            affected: circle.affected,
            sectors: circle.sectors.iter().map(|one| one.as_str().to_owned()).collect(),
            named: circle.named.iter().cloned().collect(),
            roles: circle.roles.iter().map(|one| one.word()).collect(),
        }
    }
}

impl From<&Act> for ActOut {
    fn from(act: &Act) -> Self {
        Self { by: act.by.clone(), at: act.at.to_string() }
    }
}

impl From<&Recipient> for RecipientOut {
    fn from(one: &Recipient) -> Self {
        let seen = one.seen.iter();
        Self {
            organisation: one.party.clone(),
            name: one.name.clone(),
            why: one.why.word(),
            untold: one.untold.clone(),
            reminders: one.reminders,
            deliveries: one.deliveries.iter().map(DeliveryOut::from).collect(),
            seen: seen
                .map(|seen| ActOut { by: seen.who.clone(), at: seen.at.to_string() })
                .collect(),
            answers: one.answers.iter().map(AnswerOut::from).collect(),
        }
    }
}

impl From<&Delivery> for DeliveryOut {
    fn from(one: &Delivery) -> Self {
        let (at, failure) = match &one.state {
            DeliveryState::Waiting(at, failure) => (at, failure.clone()),
            DeliveryState::Sent(at) => (at, None),
            DeliveryState::Failed(at, failure) => (at, Some(failure.clone())),
        };
        Self {
            id: one.id.clone(),
            turn: one.turn,
            channel: one.channel.clone(),
            address: one.shown_address(),
            role: one.role.word(),
            state: one.state.word(),
            at: at.to_string(),
            attempts: one.attempts,
            failure,
        }
    }
}

impl From<&Answer> for AnswerOut {
    fn from(one: &Answer) -> Self {
        Self {
            id: one.id.clone(),
            by: one.who.clone(),
            at: one.at.to_string(),
            status: one.claim.word(),
            justification: one
                .claim
                .reason()
                .and_then(Reason::justification)
                .map(Justification::word),
            words: one.words.clone(),
        }
    }
}

/// A line for each recipient: who, why, letters and calls, seen, the answer that counts.
pub fn csv(notice: &Notice, board: &Board) -> String {
    let mut text = String::new();
    line(
        &mut text,
        &[
            "notice",
            "marking",
            "organisation",
            "name",
            "why",
            "untold",
            "told",
            "sent",
            "waiting",
            "failed",
            "failure",
            "reminders",
            "seen",
            "seen by",
            "status",
            "justification",
            "words",
            "answered",
            "answered by",
        ],
    );
    for one in &board.recipients {
        let count = |word: &str| {
            one.deliveries.iter().filter(|one| one.state.word() == word).count().to_string()
        };
        let failure = one.deliveries.iter().find_map(|one| match &one.state {
            DeliveryState::Failed(_, why) => Some(why.as_str()),
            DeliveryState::Waiting(_, why) => why.as_deref(),
            DeliveryState::Sent(_) => None,
        });
        let (seen, answer) = (one.seen.first(), one.answer().map(AnswerOut::from));
        line(
            &mut text,
            &[
                &notice.id,
                notice.content.marking.label(),
                &one.party,
                &one.name,
                one.why.word(),
                one.untold.as_deref().unwrap_or_default(),
                &one.told_at.to_string(),
                &count("sent"),
                &count("waiting"),
                &count("failed"),
                failure.unwrap_or_default(),
                &one.reminders.to_string(),
                &seen.map(|seen| seen.at.to_string()).unwrap_or_default(),
                seen.map_or("", |seen| &seen.who),
                answer.as_ref().map_or("", |one| one.status),
                answer.as_ref().and_then(|one| one.justification).unwrap_or_default(),
                answer.as_ref().map_or("", |one| &one.words),
                answer.as_ref().map_or("", |one| &one.at),
                answer.as_ref().map_or("", |one| &one.by),
            ],
        );
    }
    text
}

fn line(text: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|cell| written(cell)).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// A cell in quotes, and no formula.
fn written(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_or_ends_early() {
        assert_eq!(written("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        for begins in ["+1", "-1", "@SUM(A1)", "\tx"] {
            assert!(written(begins).starts_with("\"'"), "{begins:?}");
        }
        assert_eq!(written("a,\"b\"\nc"), "\"a,\"\"b\"\"\nc\"");
    }
}
