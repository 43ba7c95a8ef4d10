//! Contacts, and who wants drafts.

use jiff::Timestamp;
use mainstay_accounts::is_unseen;
use mainstay_store::{Actor, new_id};
use mainstay_types::Severity;
use serde_json::json;

use super::Notices;
use crate::NoticesError;
use crate::model::{Contact, NewContact};
use crate::store::{contacts, told};

/// Contacts that one organisation may write down.
const MOST: usize = 5_000;
/// Contacts that it may write down of one organisation.
const MOST_OF_ONE: usize = 20;

/// That drafts are made when an advisory opens findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Of at least this severity. One that is not known counts as above every other.
    pub severity: Severity,
    /// Advisories for which none was made: too many drafts lay there untouched, or none could be
    /// made of them. The log has the reasons.
    pub undrafted: i64,
}

impl Notices {
    /// Writes a contact down. Gives its id.
    ///
    /// # Errors
    /// When the organisation is not there, when the contact is, or when there are too many.
    pub fn add_contact(
        &self,
        kept_by: &str,
        new: &NewContact,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<String, NoticesError> {
        let name = new.name.trim();
        if name.chars().count() > 100 || name.chars().any(is_unseen) {
            let problem = "at most 100 characters that can be seen are asked for";
            return Err(NoticesError::field("name", problem));
        }
        self.inventory.party(&new.party)?;
        let id = new_id("cnt", now)?;
        let contact = Contact {
            id: id.clone(),
            kept_by: kept_by.to_owned(),
            party: new.party.clone(),
            role: new.role,
            channel: new.channel.clone(),
            name: name.to_owned(),
            created_at: now,
        };
        self.write(|transaction| {
            let kept = contacts::kept_by(transaction, kept_by)?;
            let of_one = kept.iter().filter(|one| one.party == contact.party).count();
            if kept.len() >= MOST || of_one >= MOST_OF_ONE {
                let problem =
                    format!("at most {MOST_OF_ONE} of one organisation, and {MOST} in all");
                return Err(NoticesError::field("contact", problem));
            }
            if !contacts::add(transaction, &contact)? {
                return Err(NoticesError::field("address", "this contact is there already"));
            }
            let detail = json!({
                "kept_by": kept_by, "party": contact.party, "role": contact.role.word(),
                "channel": contact.channel.word(), "address": contact.channel.shown(),
            });
            transaction.append(actor.does("contact.add", &contact.id, detail, now));
            Ok(())
        })?;
        Ok(id)
    }

    /// Forgets a contact that this organisation wrote down. Nothing more is sent there, and the
    /// links that were sent there end, unless who sent them may use the address all the same.
    ///
    /// # Errors
    /// When there is none.
    pub fn remove_contact(
        &self,
        kept_by: &str,
        id: &str,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), NoticesError> {
        self.write(|transaction| {
            let gone = contacts::remove(transaction, kept_by, id)?;
            let gone = gone.ok_or(NoticesError::Absent("contact"))?;
            let links = told::forget_links_to(transaction, (&gone.party, gone.channel.address()))?;
            let detail = json!({ "kept_by": kept_by, "party": gone.party, "links": links });
            transaction.append(actor.does("contact.remove", id, detail, now));
            Ok(())
        })
    }

    /// The contacts that an organisation wrote down, by the organisation that they reach.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn contacts(&self, kept_by: &str) -> Result<Vec<Contact>, NoticesError> {
        self.read(|transaction| contacts::kept_by(transaction, kept_by))
    }

    /// Whether an organisation wants drafts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn wish(&self, party: &str) -> Result<Option<Wish>, NoticesError> {
        let rows = self.read(|transaction| Ok(contacts::wishes(transaction, Some(party))?))?;
        Ok(rows.first().map(|row| Wish {
            severity: Severity::from_word(&row.severity).unwrap_or(Severity::Critical),
            undrafted: row.undrafted,
        }))
    }

    /// Says whether an organisation wants drafts, from now on.
    ///
    /// # Errors
    /// When the database does not take it.
    pub fn set_wish(
        &self,
        party: &str,
        severity: Option<Severity>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), NoticesError> {
        self.inventory.party(party)?;
        self.write(|transaction| {
            let word = severity.map(Severity::word);
            contacts::set_wish(transaction, party, word)?;
            let detail = json!({ "severity": word });
            transaction.append(actor.does("notice.wish", party, detail, now));
            Ok(())
        })
    }
}
