//! Drafts that are made by themselves: when an advisory that is new or changed opens findings, for
//! each organisation that wants them and in whose sight somebody is affected.

use std::collections::BTreeSet;

use jiff::Timestamp;
use mainstay_inventory::Subject;
use mainstay_store::{Actor, events};
use mainstay_types::{FlawName, Severity};
use serde_json::json;

use super::Notices;
use crate::NoticesError;
use crate::store::{contacts, notices};

/// Events that are read at once.
const AT_ONCE: i64 = 1_000;
/// Drafts that may lie untouched at one organisation. The first import of advisories can open
/// findings for thousands of flaws; nobody reads thousands of drafts.
const MOST_UNTOUCHED: i64 = 100;
/// Reasons that one line of the log has.
const MOST_REASONS: usize = 20;
/// Where it is kept up to which event was looked.
const FOLLOWED: &str = "notices.followed";

impl Notices {
    /// Drafts what is to be drafted for the advisories that opened findings since the last look.
    /// What happened before the first look is not drafted. Gives how many drafts were made. Several
    /// processes may do so, and one that dies is followed by another: a draft is made once. An
    /// advisory of which none can be made is counted, and the log says why.
    ///
    /// # Errors
    /// When the database does not answer; then the same events are looked at again.
    pub fn draft_new(&self, now: Timestamp) -> Result<usize, NoticesError> {
        let (from, told) = self.read(|transaction| {
            let from = transaction.optional(
                "SELECT value FROM setting WHERE name = $1",
                &[FOLLOWED.into()],
                |row| row.text(0),
            )?;
            let Some(from) = from.and_then(|text| text.parse::<i64>().ok()) else {
                return Ok((events::newest(transaction)?, Vec::new()));
            };
            Ok((from, events::after(transaction, from, AT_ONCE)?))
        })?;
        let flaws: BTreeSet<&str> = told
            .iter()
            .filter(|one| one.kind == "finding.opened")
            .map(|one| one.subject.as_str())
            .collect();
        let mut made = 0;
        if !flaws.is_empty() {
            for wish in self.read(|transaction| Ok(contacts::wishes(transaction, None)?))? {
                let least = Severity::from_word(&wish.severity).unwrap_or(Severity::Critical);
                made += self.draft_flaws((&wish.party, least), &flaws, now)?;
            }
        }
        let upto = told.last().map_or(from, |last| last.sequence);
        if upto != from || told.is_empty() {
            self.follow(upto)?;
        }
        Ok(made)
    }

    fn follow(&self, upto: i64) -> Result<(), NoticesError> {
        let known = self.read(|transaction| {
            Ok(transaction.optional(
                "SELECT value FROM setting WHERE name = $1",
                &[FOLLOWED.into()],
                |row| row.text(0),
            )?)
        })?;
        let upto = upto.to_string();
        if known.as_deref() == Some(&upto) {
            return Ok(());
        }
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO setting (name, value) VALUES ($1, $2) \
                 ON CONFLICT (name) DO UPDATE SET value = $2",
                &[FOLLOWED.into(), (&upto).into()],
            )?;
            Ok(())
        })
    }

    fn draft_flaws(
        &self,
        (owner, least): (&str, Severity),
        flaws: &BTreeSet<&str>,
        now: Timestamp,
    ) -> Result<usize, NoticesError> {
        let untouched = self.read(|transaction| Ok(notices::untouched(transaction, owner)?))?;
        let (mut made, mut left, mut failed) = (0, 0, Vec::new());
        for flaw in flaws {
            let is_full = untouched + made >= MOST_UNTOUCHED;
            match self.draft_flaw((owner, least), flaw, is_full, now) {
                Ok(Drafted::Made) => made += 1,
                Ok(Drafted::NotMeant) => {}
                Ok(Drafted::Left) => left += 1,
                Err(error) if error.is_of_store() => return Err(error),
                // One advisory that cannot be told of holds up none of the others.
                Err(error) => {
                    left += 1;
                    if failed.len() < MOST_REASONS {
                        failed.push(json!({ "advisory": flaw, "why": error.to_string() }));
                    }
                }
            }
        }
        if left > 0 {
            self.write(|transaction| {
                contacts::count_undrafted(transaction, owner, left)?;
                let detail = json!({ "advisories": left, "failed": failed });
                transaction.append(drafting().does("notice.undrafted", owner, detail, now));
                Ok(())
            })?;
        }
        Ok(usize::try_from(made).unwrap_or_default())
    }

    /// Drafts for one flaw, if its severity is asked for and somebody else is affected.
    fn draft_flaw(
        &self,
        (owner, least): (&str, Severity),
        flaw: &str,
        is_full: bool,
        now: Timestamp,
    ) -> Result<Drafted, NoticesError> {
        let name = FlawName::parse(flaw)?;
        let summary = self.inventory.flaw(&name)?;
        // A severity that nobody knows may be the worst.
        let is_wanted =
            summary.is_none_or(|one| one.severity >= least || one.severity == Severity::Unknown);
        if !is_wanted {
            return Ok(Drafted::NotMeant);
        }
        let subject = Subject::Flaw(name);
        let affected = self.inventory.affected_in(&subject, &self.sight_of(owner, now)?)?;
        if affected.releases.iter().all(|one| one.party == owner) {
            return Ok(Drafted::NotMeant);
        }
        if is_full {
            return Ok(Drafted::Left);
        }
        let content = self.suggest(owner, &subject, now)?;
        let made_for = format!("{owner} {flaw}");
        let made = self.draft_for((owner, Some(&made_for)), &content, &drafting(), now)?;
        Ok(if made.is_some() { Drafted::Made } else { Drafted::NotMeant })
    }
}

/// What became of an advisory.
enum Drafted {
    Made,
    /// Its severity is not asked for, nobody else is affected, or the draft was there.
    NotMeant,
    /// Too many drafts lie untouched.
    Left,
}

fn drafting() -> Actor {
    Actor { id: "mainstay".to_owned(), origin: "drafting".to_owned() }
}
