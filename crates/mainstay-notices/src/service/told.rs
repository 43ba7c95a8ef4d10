//! What those who are told do: see it, answer it; with an account, or with the link of a letter.

use std::collections::BTreeSet;

use jiff::Timestamp;
use mainstay_accounts::{Secret, is_unseen};
use mainstay_store::{Actor, Transaction, new_id};
use mainstay_types::Tlp;
use mainstay_vex::{Claim, Justification};
use mainstay_visibility::visible;
use serde_json::json;

use super::{Notices, tell};
use crate::NoticesError;
use crate::model::{Answer, Board, Notice, Recipient, Stage};
use crate::store::{notices, told};

/// Bytes of the words of an answer.
const LONGEST_WORDS: usize = 5_000;
/// Answers that one organisation gives to one notice.
const MOST_ANSWERS: i64 = 200;

/// What the link of a letter leads to.
#[derive(Debug)]
pub struct Linked {
    /// The id of the organisation that tells.
    pub owner: String,
    /// The name of the organisation that is told.
    pub party_name: String,
    /// How far it may be told on.
    pub marking: Tlp,
    /// The notice and what was answered, once somebody said that they open it.
    pub opened: Option<(Notice, Recipient)>,
}

impl Notices {
    /// The claim of a word of VEX, a justification and words, as a form or a program gives them.
    ///
    /// # Errors
    /// A word that is none; *not affected* without a reason; words that are too long.
    pub fn claim(word: &str, justification: &str, words: &str) -> Result<Claim, NoticesError> {
        let is_wrong = |one: char| is_unseen(one) && !matches!(one, '\n' | '\r' | '\t');
        if words.len() > LONGEST_WORDS || words.chars().any(is_wrong) {
            let problem = format!("at most {LONGEST_WORDS} bytes of plain text are taken");
            return Err(NoticesError::field("words", problem));
        }
        let reason = if justification.is_empty() {
            None
        } else {
            let known = Justification::from_word(justification);
            let unknown = || NoticesError::field("justification", "a word of VEX is asked for");
            Some(known.ok_or_else(unknown)?)
        };
        told::claim_of(word, reason, words).ok_or_else(|| {
            let problem = if word == "not_affected" {
                "not affected needs a justification, or words that say why"
            } else {
                "affected, not_affected, fixed or under_investigation is asked for"
            };
            NoticesError::field("answer", problem)
        })
    }

    /// A notice with everything about its recipients, for its owner.
    ///
    /// # Errors
    /// When it is not there.
    pub fn board_of(&self, id: &str) -> Result<(Notice, Board), NoticesError> {
        self.read(|transaction| {
            let found = notices::of_id(transaction, id)?;
            let (notice, _) = found.ok_or(NoticesError::Absent("notice"))?;
            Ok((notice, told::board(transaction, id)?))
        })
    }

    /// The recipients of a notice that are of these organisations.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn recipients(
        &self,
        id: &str,
        parties: &BTreeSet<String>,
    ) -> Result<Vec<Recipient>, NoticesError> {
        let mut board = self.read(|transaction| told::board(transaction, id))?;
        board.recipients.retain(|one| parties.contains(&one.party));
        Ok(board.recipients)
    }

    /// A notice that this organisation was told.
    ///
    /// # Errors
    /// [`NoticesError::Absent`], when it was not, or not yet.
    pub fn told_to(&self, id: &str, party: &str, now: Timestamp) -> Result<Notice, NoticesError> {
        self.read(|transaction| {
            let recipient = told::recipient_of(transaction, id, party)?;
            let found = notices::of_id(transaction, id)?.filter(|_| recipient.is_some());
            let (notice, marked) = found.ok_or(NoticesError::Absent("notice"))?;
            let is_told = visible(&super::reader_of(party)?, &marked, now);
            if is_told { Ok(notice) } else { Err(NoticesError::Absent("notice")) }
        })
    }

    /// Notes that somebody of an organisation has seen a notice. Who sees it again changes nothing.
    ///
    /// # Errors
    /// When the organisation was not told.
    pub fn see(
        &self,
        (id, party): (&str, &str),
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), NoticesError> {
        self.write(|transaction| {
            let recipient = told::recipient_of(transaction, id, party)?;
            let recipient = recipient.ok_or(NoticesError::Absent("notice"))?;
            see(transaction, (id, &recipient, party), &actor.id, (actor, now))
        })
    }

    /// An organisation answers. The newest answer counts, the others stay.
    ///
    /// # Errors
    /// When it was not told, when the notice is closed, or when it answered very often.
    pub fn answer(
        &self,
        (id, party): (&str, &str),
        (claim, words): (&Claim, &str),
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), NoticesError> {
        self.write(|transaction| {
            let recipient = told::recipient_of(transaction, id, party)?;
            let recipient = recipient.ok_or(NoticesError::Absent("notice"))?;
            let place = (id, recipient.as_str(), party);
            see(transaction, place, &actor.id, (actor, now))?;
            answer(transaction, place, (claim, words, &actor.id), (actor, now))
        })
    }

    /// What the link of a letter leads to. Looking changes nothing: programs that examine mail
    /// look too.
    ///
    /// # Errors
    /// [`NoticesError::NoLink`] when it is none, or is one no more.
    pub fn linked(&self, secret: &str, now: Timestamp) -> Result<Linked, NoticesError> {
        let hash = Secret::of(secret.to_owned()).hash();
        self.read(|transaction| {
            let link = told::link(transaction, &hash, now)?.ok_or(NoticesError::NoLink)?;
            let found = notices::of_id(transaction, &link.notice)?;
            let (notice, _) = found.ok_or(NoticesError::NoLink)?;
            // A clock that went back closes what it had opened.
            if notice.leaves_at().is_none_or(|at| at > now) {
                return Err(NoticesError::NoLink);
            }
            let (owner, marking) = (notice.owner.clone(), notice.content.marking);
            let opened = if link.opened_at.is_some() {
                let board = told::board(transaction, &link.notice)?;
                let own = board.recipients.into_iter().find(|one| one.id == link.recipient);
                own.map(|own| (notice, own))
            } else {
                None
            };
            Ok(Linked { owner, party_name: link.party_name, marking, opened })
        })
    }

    /// Somebody says that they open the link of a letter: from now on it was seen.
    ///
    /// # Errors
    /// As [`Notices::linked`].
    pub fn open_link(
        &self,
        secret: &str,
        origin: &str,
        now: Timestamp,
    ) -> Result<(), NoticesError> {
        self.linked(secret, now)?;
        let hash = Secret::of(secret.to_owned()).hash();
        self.write(|transaction| {
            let link = told::link(transaction, &hash, now)?.ok_or(NoticesError::NoLink)?;
            told::open_link(transaction, &hash, now)?;
            let actor = by_link(&link.address, origin);
            let place = (link.notice.as_str(), link.recipient.as_str(), link.party.as_str());
            see(transaction, place, &link.address, (&actor, now))
        })
    }

    /// An organisation answers by the link of a letter.
    ///
    /// # Errors
    /// As [`Notices::linked`] and [`Notices::answer`].
    pub fn answer_by_link(
        &self,
        secret: &str,
        (claim, words): (&Claim, &str),
        origin: &str,
        now: Timestamp,
    ) -> Result<(), NoticesError> {
        self.open_link(secret, origin, now)?;
        let hash = Secret::of(secret.to_owned()).hash();
        self.write(|transaction| {
            let link = told::link(transaction, &hash, now)?.ok_or(NoticesError::NoLink)?;
            let actor = by_link(&link.address, origin);
            let place = (link.notice.as_str(), link.recipient.as_str(), link.party.as_str());
            answer(transaction, place, (claim, words, &link.address), (&actor, now))
        })
    }

    /// Forgets links that have ended.
    ///
    /// # Errors
    /// When the database does not take it.
    pub fn forget_ended(&self, now: Timestamp) -> Result<u64, NoticesError> {
        self.write(|transaction| Ok(told::forget_links(transaction, now)?))
    }
}

/// Who acts by a link: nobody with an account. The address of the letter says whose link it was.
fn by_link(address: &str, origin: &str) -> Actor {
    Actor { id: format!("link to {address}"), origin: origin.to_owned() }
}

fn see(
    transaction: &mut Transaction<'_>,
    (notice, recipient, party): (&str, &str, &str),
    who: &str,
    (actor, now): (&Actor, Timestamp),
) -> Result<(), NoticesError> {
    if told::add_seen(transaction, (recipient, who), now)? {
        transaction.append(actor.does("notice.see", notice, json!({ "party": party }), now));
        tell_both(transaction, "notice.seen", (notice, party), now)?;
    }
    Ok(())
}

fn answer(
    transaction: &mut Transaction<'_>,
    (notice, recipient, party): (&str, &str, &str),
    (claim, words, who): (&Claim, &str, &str),
    (actor, now): (&Actor, Timestamp),
) -> Result<(), NoticesError> {
    let found = notices::of_id(transaction, notice)?;
    let (found, _) = found.ok_or(NoticesError::Absent("notice"))?;
    if !matches!(found.stage, Stage::Released(_)) {
        return found.stage.refuse("it takes no answers");
    }
    if told::count_answers(transaction, recipient)? >= MOST_ANSWERS {
        let problem = format!("this organisation answered {MOST_ANSWERS} times already");
        return Err(NoticesError::field("answer", problem));
    }
    let answer = Answer {
        id: new_id("ans", now)?,
        who: who.to_owned(),
        claim: claim.clone(),
        words: words.replace("\r\n", "\n").trim().to_owned(),
        at: now,
    };
    told::add_answer(transaction, (recipient, notice), &answer)?;
    let detail = json!({ "party": party, "claim": claim.word() });
    transaction.append(actor.does("notice.answer", notice, detail, now));
    tell_both(transaction, "notice.answered", (notice, party), now)
}

/// Tells the pages of the one who told, and those of the organisation that was.
fn tell_both(
    transaction: &mut Transaction<'_>,
    kind: &'static str,
    (id, party): (&str, &str),
    now: Timestamp,
) -> Result<(), NoticesError> {
    let found = notices::of_id(transaction, id)?;
    if let Some((notice, _)) = found {
        tell(transaction, kind, (id, &notice.owner), now);
    }
    tell(transaction, kind, (id, party), now);
    Ok(())
}
