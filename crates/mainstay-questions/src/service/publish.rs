//! Publishing, finding and closing questions.

use std::collections::BTreeSet;

use jiff::Timestamp;
use mainstay_store::{Actor, Event, Transaction, VerifyingKey};
use mainstay_types::Tlp;
use mainstay_visibility::{
    Audience, Marked, OrganisationId, Reader, Release, Role, VisibleSql, visible,
};
use serde_json::json;

use super::{Questions, ServiceError, check_past, organisation_id, question_object};
use crate::store::{self, NewQuestion, QuestionRow};
use crate::{Keyring, Question, QuestionError, SignedQuestion};

/// Bytes of a signed question: the longest texts of its fields, and room.
const MOST_BYTES: usize = 128 << 10;
/// Questions of one organisation that take answers.
const MOST_OPEN: i64 = 200;
/// Questions that are listed.
const LISTED: i64 = 500;

/// A question that is published here.
#[derive(Clone, Debug)]
pub struct Published {
    /// The question, its signature checked.
    pub signed: SignedQuestion,
    /// Who asks.
    pub organisation: String,
    /// The key that signed it.
    pub key: VerifyingKey,
    /// The signed file.
    pub envelope: Vec<u8>,
    /// When it was published.
    pub published_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

/// To whom a question is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// To everybody that its marking allows: under CLEAR the public, under GREEN whoever has a
    /// role in an organisation here.
    pub everybody: bool,
    /// To these organisations.
    pub organisations: BTreeSet<OrganisationId>,
}

impl Questions {
    /// Signs a question with the key of an organisation, and publishes it.
    ///
    /// # Errors
    /// As [`Questions::publish`].
    pub fn ask(
        &self,
        organisation: &str,
        question: &Question,
        told: &Told,
        (actor, now): (&Actor, Timestamp),
    ) -> Result<Published, ServiceError> {
        let key = self.key(organisation)?;
        let envelope = question.seal(&key);
        let by = (organisation, &key.verifying());
        self.publish(by, envelope.as_bytes(), told, (actor, now))
    }

    /// Publishes a question that an organisation signed elsewhere. The very same once more changes
    /// nothing.
    ///
    /// # Errors
    /// A signature that does not hold, a deadline that is over, an audience that its marking does
    /// not allow, an id or a key of somebody else, or too many questions.
    pub fn publish(
        &self,
        (organisation, key): (&str, &VerifyingKey),
        envelope: &[u8],
        told: &Told,
        (actor, now): (&Actor, Timestamp),
    ) -> Result<Published, ServiceError> {
        let (bytes, most) = (envelope.len(), MOST_BYTES);
        if bytes > most {
            return Err(ServiceError::TooLarge { bytes, most, advice: "" });
        }
        let signed = SignedQuestion::open(envelope, &Keyring::new([key.clone()]))?;
        let question = &signed.question;
        check_past("asked_at", question.asked_at, now)?;
        if question.deadline.at() <= now {
            return Err(QuestionError::field("deadline", "it is over").into());
        }
        let object = question_object(&question.id)?;
        let marked = Marked {
            owner: organisation_id(organisation)?,
            marking: question.marking,
            releases: told.releases(question.marking, now)?,
            object: object.clone(),
        };
        self.write(|transaction| {
            if let Some(found) = store::question(transaction, &question.id)? {
                let is_same =
                    found.organisation == organisation && found.digest == signed.digest.as_str();
                let taken = || ServiceError::TakenId(question.id.to_string());
                return if is_same { opened(found) } else { Err(taken()) };
            }
            if store::count_open(transaction, organisation)? >= MOST_OPEN {
                return Err(ServiceError::TooMany(format!(
                    "{MOST_OPEN} questions of the organisation are open: close some first"
                )));
            }
            store::bind_key(transaction, key, organisation, now)?;
            let new = NewQuestion {
                id: &question.id,
                object: object.as_str(),
                organisation,
                digest: &signed.digest,
                signer: key,
                envelope,
                deadline: question.deadline.at(),
            };
            store::add_question(transaction, &new, now)?;
            marked.write(transaction)?;
            let detail = json!({
                "party": organisation, "digest": signed.digest.as_str(), "key": key.to_string(),
                "told": marked.detail(),
            });
            transaction.append(actor.does("question.publish", &*question.id, detail, now));
            tell(transaction, "question.published", &question.id, &Pages::of(&marked), now);
            Ok(Published {
                signed: signed.clone(),
                organisation: organisation.to_owned(),
                key: key.clone(),
                envelope: envelope.to_vec(),
                published_at: now,
                closed_at: None,
            })
        })
    }

    /// The newest questions that a reader may see.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn published(
        &self,
        reader: &Reader,
        now: Timestamp,
    ) -> Result<Vec<Published>, ServiceError> {
        let rows =
            self.read(|transaction| Ok(store::questions(transaction, (reader, now), LISTED)?))?;
        rows.into_iter().map(opened).collect()
    }

    /// A question that a reader may see.
    ///
    /// # Errors
    /// [`ServiceError::Absent`] when there is none.
    pub fn find(
        &self,
        reader: &Reader,
        id: &str,
        now: Timestamp,
    ) -> Result<Published, ServiceError> {
        let object = question_object(id).map_err(|_| ServiceError::Absent)?;
        let (sql, parameters) = VisibleSql::one(reader, now, &object);
        let row = self.read(|transaction| {
            match transaction.optional(&sql, &parameters, |row| row.text(0))? {
                Some(_) => Ok(store::question(transaction, id)?),
                None => Ok(None),
            }
        })?;
        opened(row.ok_or(ServiceError::Absent)?)
    }

    /// To whom a question is told.
    ///
    /// # Errors
    /// When there is none.
    pub fn told(&self, id: &str) -> Result<Told, ServiceError> {
        let marked = self.read(|transaction| marked(transaction, id))?;
        let mut told = Told::default();
        for release in marked.releases {
            match release.audience {
                Audience::Organisation(id) => {
                    told.organisations.insert(id);
                }
                Audience::Public | Audience::SignedIn => told.everybody = true,
                Audience::Community(_) | Audience::Sector(_) | Audience::Person(_) => {}
            }
        }
        Ok(told)
    }

    /// Takes no answer any more. A question that is closed already stays so.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn close(
        &self,
        question: &Published,
        (actor, now): (&Actor, Timestamp),
    ) -> Result<(), ServiceError> {
        let id = &question.signed.question.id;
        self.write(|transaction| {
            if store::close(transaction, id, now)? {
                let detail = json!({ "party": question.organisation });
                transaction.append(actor.does("question.close", &**id, detail, now));
                let pages = Pages::of(&marked(transaction, id)?);
                tell(transaction, "question.closed", id, &pages, now);
            }
            Ok(())
        })
    }
}

impl Told {
    /// Whether it is told to nobody.
    pub fn is_nobody(&self) -> bool {
        !self.everybody && self.organisations.is_empty()
    }

    fn releases(&self, marking: Tlp, now: Timestamp) -> Result<Vec<Release>, QuestionError> {
        let wrong = |problem: &str| Err(QuestionError::field("audience", problem));
        if self.is_nobody() {
            return wrong("say to whom it is told: to everybody, or to organisations");
        }
        let everybody = match (self.everybody, marking) {
            (false, _) => None,
            (true, Tlp::Clear) => Some(Audience::Public),
            (true, Tlp::Green) => Some(Audience::SignedIn),
            (true, Tlp::Amber | Tlp::AmberStrict | Tlp::Red) => {
                return wrong("under TLP:AMBER and narrower, organisations are named one by one");
            }
        };
        if marking == Tlp::Red {
            return wrong("TLP:RED is for persons, not for organisations: give them the file");
        }
        let named = self.organisations.iter().cloned().map(Audience::Organisation);
        let release = |audience| Release { audience, not_before: now, marking };
        Ok(everybody.into_iter().chain(named).map(release).collect())
    }
}

pub(super) fn marked(
    transaction: &mut Transaction<'_>,
    question: &str,
) -> Result<Marked, ServiceError> {
    let object = question_object(question).map_err(|_| ServiceError::Absent)?;
    Marked::read(transaction, &object)?.ok_or(ServiceError::Absent)
}

/// Whether the people of an organisation may see it.
pub(super) fn is_told(
    marked: &Marked,
    organisation: &str,
    now: Timestamp,
) -> Result<bool, ServiceError> {
    let people = [(organisation_id(organisation)?, Role::Analyst)];
    let somebody = "somebody".parse()?;
    Ok(visible(&Reader::signed_in(somebody, people, [], [])?, marked, now))
}

/// The signature is checked again: what is kept may have been changed.
pub(super) fn opened(row: QuestionRow) -> Result<Published, ServiceError> {
    let damaged = || ServiceError::Damaged(row.id.clone());
    let key: VerifyingKey = row.signer.parse().map_err(|_| damaged())?;
    let signed =
        SignedQuestion::open(&row.envelope, &Keyring::new([key.clone()])).map_err(|_| damaged())?;
    Ok(Published {
        signed,
        organisation: row.organisation,
        key,
        envelope: row.envelope,
        published_at: row.published_at,
        closed_at: row.closed_at,
    })
}

/// Whose pages hear that something happened to a question. Going by the sight of inventories
/// would tell those who were not told, and not those who were.
pub(super) enum Pages {
    /// Of the people of these organisations.
    Of(BTreeSet<OrganisationId>),
    /// Of whoever is signed in.
    All,
}

impl Pages {
    /// Of those who may see what is so marked.
    fn of(marked: &Marked) -> Self {
        let mut organisations = BTreeSet::from([marked.owner.clone()]);
        for release in &marked.releases {
            match &release.audience {
                Audience::Organisation(id) => {
                    organisations.insert(id.clone());
                }
                Audience::Public | Audience::SignedIn => return Self::All,
                // No question is told to these.
                Audience::Community(_) | Audience::Sector(_) | Audience::Person(_) => {}
            }
        }
        Self::Of(organisations)
    }
}

/// Tells pages that something happened to a question, and nothing of what: that is in the log.
pub(super) fn tell(
    transaction: &mut Transaction<'_>,
    kind: &'static str,
    question: &str,
    pages: &Pages,
    now: Timestamp,
) {
    let event = |body| Event { at: now, kind, subject: question.to_owned(), body };
    match pages {
        Pages::All => transaction.emit(event(json!({}))),
        Pages::Of(organisations) => {
            for one in organisations {
                transaction.emit(event(json!({ "member": one.as_str() })));
            }
        }
    }
}
