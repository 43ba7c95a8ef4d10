//! Drafts: what a notice about a subject would say, writing one down, changing it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::Timestamp;
use mainstay_accounts::is_unseen;
use mainstay_inventory::{Answer, FlawSummary, Sight, Subject};
use mainstay_store::{Actor, Transaction, new_id};
use mainstay_types::Tlp;
use mainstay_visibility::{Marked, Reader, visible};
use serde_json::json;

use super::{Notices, tell};
use crate::NoticesError;
use crate::model::{Act, Circle, ContactRole, Content, Draft, Notice, Reminders, Stage};
use crate::store::notices;

/// Bytes of the packages, and of the sources, that a text names. With the rest of it they are less
/// than a text may have.
const MOST_NAMED: usize = 12_000;
const MOST_SOURCES: usize = 3_000;
/// Characters of a line of others that is not a part of a list.
const LONGEST_LINE: usize = 500;
/// Repaired versions of one package that are named.
const MOST_REPAIRED: usize = 20;

/// Notices that a list has.
const LISTED: i64 = 500;

impl Notices {
    /// What a notice about this would say, for a person to read and change.
    ///
    /// # Errors
    /// A package URL or a range that cannot be read.
    pub fn suggest(
        &self,
        owner: &str,
        subject: &Subject,
        now: Timestamp,
    ) -> Result<Content, NoticesError> {
        let sight = self.sight_of(owner, now)?;
        let answer = self.inventory.answer(subject, &sight, now)?;
        let flaw = match subject {
            Subject::Flaw(name) => self.inventory.flaw(name)?,
            Subject::Package { .. } => None,
        };
        let (title, text) = words(subject, flaw.as_ref(), &answer);
        let roles = [ContactRole::Security].into();
        Ok(Content {
            subject: subject.clone(),
            title: title.parse()?,
            text: text.parse()?,
            marking: Tlp::Amber,
            circle: Circle { affected: true, roles, ..Circle::default() },
            not_before: None,
            reminders: Reminders { after_hours: 48, at_most: 2 },
        })
    }

    /// Writes a draft down. Gives its id.
    ///
    /// # Errors
    /// What could reach nobody.
    pub fn draft(
        &self,
        owner: &str,
        content: &Content,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<String, NoticesError> {
        let drafted = self.draft_for((owner, None), content, actor, now)?;
        drafted.ok_or(NoticesError::Changed)
    }

    /// As [`Notices::draft`], once for what it is made for; nothing, when that is there.
    pub(super) fn draft_for(
        &self,
        (owner, made_for): (&str, Option<&str>),
        content: &Content,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Option<String>, NoticesError> {
        self.check(content)?;
        self.inventory.party(owner)?;
        let id = new_id("ntc", now)?;
        let notice = Notice {
            id: id.clone(),
            owner: owner.to_owned(),
            content: content.clone(),
            version: 1,
            stage: Stage::Draft(Draft::new()),
            is_automatic: made_for.is_some(),
            drafted: Act { by: actor.id.clone(), at: now },
        };
        self.write(|transaction| {
            if !notices::add(transaction, &notice, made_for)? {
                return Ok(None);
            }
            marked(&notice)?.write(transaction)?;
            let detail = json!({
                "owner": owner, "automatic": notice.is_automatic,
                "marking": content.marking.label(), "digest": content.digest().to_string(),
            });
            transaction.append(actor.does("notice.draft", &notice.id, detail, now));
            tell(transaction, "notice.drafted", (&notice.id, owner), now);
            Ok(Some(id.clone()))
        })
    }

    /// Changes a draft. What was reviewed becomes a draft again.
    ///
    /// # Errors
    /// When it was released, or changed since `version`.
    pub fn edit(
        &self,
        (id, version): (&str, i64),
        content: &Content,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), NoticesError> {
        self.check(content)?;
        self.step((id, version), actor, now, |notice| {
            let stage = match notice.stage {
                Stage::Draft(draft) => Stage::Draft(draft),
                Stage::Reviewed(reviewed) => Stage::Draft(reviewed.edit()),
                stage @ (Stage::Released(_) | Stage::Closed(_)) => {
                    return stage.refuse("what was told stays as it is: write another notice");
                }
            };
            let notice = Notice { content: content.clone(), stage, ..notice };
            Ok((notice, "notice.edit"))
        })
    }

    /// Refuses what could reach nobody, and a subject about which nobody can ask.
    fn check(&self, content: &Content) -> Result<(), NoticesError> {
        content.check()?;
        self.inventory.affected_in(&content.subject, &Sight::Of(BTreeSet::new()))?;
        Ok(())
    }

    /// One change of a notice: the row, its marking, the log, the event.
    pub(super) fn step(
        &self,
        (id, version): (&str, i64),
        actor: &Actor,
        now: Timestamp,
        make: impl Fn(Notice) -> Result<(Notice, &'static str), NoticesError>,
    ) -> Result<(), NoticesError> {
        self.write(|transaction| {
            let notice = current(transaction, (id, version))?;
            let (mut notice, action) = make(notice)?;
            notice.version += 1;
            notices::change(transaction, &notice)?;
            let object = Notice::object(id).parse()?;
            let before = Marked::read(transaction, &object)?;
            let mut releases = before.map(|before| before.releases).unwrap_or_default();
            if matches!(notice.stage, Stage::Closed(_)) {
                // Who was told keeps what they were told. To whom it has not opened it never does.
                releases.retain(|one| one.not_before <= now);
            }
            let marked = Marked { releases, ..marked(&notice)? };
            marked.write(transaction)?;
            let detail = json!({
                "stage": notice.stage.word(), "marking": notice.content.marking.label(),
                "digest": notice.content.digest().to_string(), "rights": marked.detail(),
            });
            transaction.append(actor.does(action, id, detail, now));
            tell(transaction, "notice.changed", (id, &notice.owner), now);
            Ok(())
        })
    }

    /// A notice, for who may see it.
    ///
    /// # Errors
    /// [`NoticesError::Absent`], also for who may not.
    pub fn notice(
        &self,
        id: &str,
        reader: &Reader,
        now: Timestamp,
    ) -> Result<Notice, NoticesError> {
        let found = self.read(|transaction| notices::of_id(transaction, id))?;
        let seen = found.filter(|(_, marked)| visible(reader, marked, now));
        seen.map(|(notice, _)| notice).ok_or(NoticesError::Absent("notice"))
    }

    /// The notices that somebody may see, the newest first, at most 500.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn list(&self, reader: &Reader, now: Timestamp) -> Result<Vec<Notice>, NoticesError> {
        self.read(|transaction| notices::visible(transaction, (reader, now), LISTED))
    }
}

/// The notice, if it is of this version.
pub(super) fn current(
    transaction: &mut Transaction<'_>,
    (id, version): (&str, i64),
) -> Result<Notice, NoticesError> {
    let (notice, _) = notices::of_id(transaction, id)?.ok_or(NoticesError::Absent("notice"))?;
    if notice.version == version { Ok(notice) } else { Err(NoticesError::Changed) }
}

/// The object of a notice, told to nobody yet.
pub(super) fn marked(notice: &Notice) -> Result<Marked, NoticesError> {
    Ok(Marked {
        object: Notice::object(&notice.id).parse()?,
        owner: notice.owner.parse()?,
        marking: notice.content.marking,
        releases: Vec::new(),
    })
}

/// Title and text. They name packages, which an advisory names too, and never whose they are or
/// which versions somebody has: what one recipient uses is not for another.
fn words(subject: &Subject, flaw: Option<&FlawSummary>, answer: &Answer) -> (String, String) {
    let mut text = String::new();
    let title = match (subject, flaw) {
        (Subject::Flaw(name), Some(flaw)) => {
            about_flaw(&mut text, name.as_str(), flaw, answer);
            format!("{}: {}", flaw.id, flaw.title)
        }
        (Subject::Flaw(name), None) => {
            push(&mut text, &format!("{} concerns you.", name.as_str()));
            name.as_str().to_owned()
        }
        (Subject::Package { purl, range }, _) => {
            let versions = range.as_deref().unwrap_or("all versions");
            push(&mut text, &format!("{purl} in these versions concerns you: {versions}"));
            format!("A flaw in {purl}")
        }
    };
    push(&mut text, "\nWhat to do");
    push(&mut text, "1. Look whether you use it, also inside of other products.");
    push(&mut text, "2. Take a repaired version, or do what its makers advise.");
    push(
        &mut text,
        "3. Answer this notice: affected, not affected and why, fixed, or under investigation.",
    );
    if !answer.knowledge.is_empty() {
        push(&mut text, "\nWhat this rests on");
        let sources = answer.knowledge.iter().map(|one| {
            let of = one.ecosystem.map(|one| format!(" of {one}")).unwrap_or_default();
            let at = one.as_of.map_or_else(|| "a time not known".to_owned(), |at| at.to_string());
            format!("{}{of}, as of {at}", one.source)
        });
        push_some(&mut text, sources, MOST_SOURCES);
    }
    let title: String = seen(&title).chars().take(200).collect();
    (title, text)
}

fn about_flaw(text: &mut String, asked: &str, flaw: &FlawSummary, answer: &Answer) {
    let title = format!("{}: {}", flaw.id, flaw.title);
    push(text, &title.chars().take(LONGEST_LINE).collect::<String>());
    if !flaw.id.eq_ignore_ascii_case(asked) {
        push(text, &format!("Also known as {asked}."));
    }
    push(text, &format!("Severity: {}", flaw.severity.word()));
    let exploited = match flaw.exploited {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not known here",
    };
    push(text, &format!("Known to be exploited: {exploited}"));
    let mut packages: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (purl, fixed) in &flaw.fixes {
        if answer.affected.components.binary_search(purl).is_ok() {
            let package = purl.split(['@', '?', '#']).next().unwrap_or(purl);
            packages.entry(package).or_default().extend(fixed.as_deref());
        }
    }
    if !packages.is_empty() {
        push(text, "\nPackages that have it, of those that are in use");
    }
    let lines = packages.into_iter().map(|(package, fixes)| {
        // Each line of releases may have its own.
        let versions: Vec<&str> = fixes.iter().copied().take(MOST_REPAIRED).collect();
        let repaired = match fixes.len() - versions.len() {
            _ if versions.is_empty() => "no repaired version is known here".to_owned(),
            0 => format!("repaired in {}", versions.join(", ")),
            more => format!("repaired in {}, and {more} more", versions.join(", ")),
        };
        format!("{package}: {repaired}")
    });
    push_some(text, lines, MOST_NAMED);
}

/// A list of whole lines, and how many more there are that do not fit.
fn push_some(text: &mut String, lines: impl Iterator<Item = String>, most: usize) {
    let most = text.len() + most;
    let mut more = 0;
    for line in lines {
        if text.len() + line.len() + 3 <= most {
            push(text, &format!("- {line}"));
        } else {
            more += 1;
        }
    }
    if more > 0 {
        push(text, &format!("- and {more} more"));
    }
}

fn push(text: &mut String, line: &str) {
    let (breaks, line) = line.strip_prefix('\n').map_or(("", line), |rest| ("\n", rest));
    // Writing to a text cannot fail.
    let _ = writeln!(text, "{breaks}{}", seen(line));
}

/// What an advisory brings is text of others.
fn seen(text: &str) -> String {
    text.chars().map(|one| if is_unseen(one) { ' ' } else { one }).collect()
}
