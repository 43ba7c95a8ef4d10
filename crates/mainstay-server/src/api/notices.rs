//! Notices: what is told to whom, and what is answered. A program drafts and answers; only a
//! person reviews and releases.

use std::collections::BTreeSet;

use mainstay_accounts::Right;
use mainstay_inventory::SubjectDocument;
use mainstay_notices::{
    AnswerOut, Circle, ContactRole, Content, ExportDocument, Notice, Notices, Reminders,
};
use mainstay_types::{SectorId, Tlp};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::account::Nothing;
use super::affected::AffectedQuery;
use super::inventory::OfOrganisation;
use crate::asked::Asked;
use crate::pages::notice::exported;
use crate::problem::Problem;

/// Bytes of a document of this module.
const MOST_BYTES: usize = 256 << 10;

/// A notice in a list.
#[derive(Serialize, JsonSchema)]
pub(crate) struct NoticeItem {
    /// Its id.
    id: String,
    /// The id of the organisation that tells.
    from: String,
    /// In one line.
    title: String,
    /// A label of TLP 2.0.
    marking: &'static str,
    /// `draft`, `reviewed`, `released` or `closed`.
    stage: &'static str,
    /// From when on it is told; null, before it was released.
    released_at: Option<String>,
    /// Whether whoever asks is of the organisation that tells.
    own: bool,
}

/// The notices that whoever asks may see, the newest first.
pub(crate) fn list(asked: &Asked, _: &Nothing) -> Result<Vec<NoticeItem>, Problem> {
    asked.account()?;
    let own = asked.own()?;
    let all = asked.notices().list(&asked.reader()?, asked.now)?;
    Ok(all.iter().map(|one| item(one, &own)).collect())
}

fn item(notice: &Notice, own: &BTreeSet<String>) -> NoticeItem {
    NoticeItem {
        id: notice.id.clone(),
        from: notice.owner.clone(),
        title: notice.content.title.as_str().to_owned(),
        marking: notice.content.marking.label(),
        stage: notice.stage.word(),
        released_at: notice.leaves_at().map(|at| at.to_string()),
        own: own.contains(&notice.owner),
    }
}

/// Which notice.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct OfNotice {
    /// The id of the notice.
    notice: String,
}

/// A notice, as whoever is told sees it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ToldDocument {
    /// The notice.
    notice: NoticeItem,
    /// What it is about.
    subject: SubjectDocument,
    /// What it is, and what to do.
    text: String,
    /// SHA-256 of all that the reviewer agreed to.
    digest: String,
    /// The organisations of whoever asks that were told.
    told: Vec<ToldOrganisation>,
}

/// An organisation that was told.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ToldOrganisation {
    /// Its id.
    organisation: String,
    /// What it answered, the newest first: that one counts.
    answers: Vec<AnswerOut>,
}

/// A notice. That a program read it does not make it seen.
pub(crate) fn notice(asked: &Asked, of: &OfNotice) -> Result<ToldDocument, Problem> {
    asked.account()?;
    let own = asked.own()?;
    let notice = asked.notices().notice(&of.notice, &asked.reader()?, asked.now)?;
    told_document(asked, &notice, &own)
}

fn told_document(
    asked: &Asked,
    notice: &Notice,
    own: &BTreeSet<String>,
) -> Result<ToldDocument, Problem> {
    let told = asked.notices().recipients(&notice.id, own)?;
    Ok(ToldDocument {
        subject: (&notice.content.subject).into(),
        text: notice.content.text.as_str().to_owned(),
        digest: notice.content.digest().to_string(),
        told: told
            .iter()
            .map(|one| ToldOrganisation {
                organisation: one.party.clone(),
                answers: one.answers.iter().map(AnswerOut::from).collect(),
            })
            .collect(),
        notice: item(notice, own),
    })
}

/// A notice with everything about its recipients.
pub(crate) fn export(asked: &Asked, of: &OfNotice) -> Result<ExportDocument, Problem> {
    asked.account()?;
    let (notice, board) = exported(asked, &of.notice)?;
    Ok(ExportDocument::of(&notice, &board))
}

/// For whom a notice is drafted.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct For {
    /// The id of the organisation that tells.
    organisation: String,
}

/// A draft: what may be left out is as the server suggests it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DraftDocument {
    #[serde(default)]
    advisory: String,
    #[serde(default)]
    package: String,
    #[serde(default)]
    range: String,
    title: Option<String>,
    text: Option<String>,
    marking: Option<String>,
    not_before: Option<String>,
    affected: Option<bool>,
    sectors: Option<Vec<String>>,
    named: Option<BTreeSet<String>>,
    roles: Option<Vec<String>>,
    remind_hours: Option<u16>,
    remind_most: Option<u8>,
}

/// What became of a draft.
#[derive(Serialize, JsonSchema)]
pub(crate) struct DraftedDocument {
    /// The id of the notice.
    notice: String,
}

/// Drafts a notice.
pub(crate) fn draft(asked: &Asked, of: &For, bytes: &[u8]) -> Result<DraftedDocument, Problem> {
    let owner = of.organisation.as_str();
    asked.needs(Right::Speak, owner)?;
    let given: DraftDocument = read(bytes)?;
    let subject = AffectedQuery {
        advisory: given.advisory.clone(),
        package: given.package.clone(),
        range: given.range.clone(),
    };
    let subject = subject.subject()?;
    let subject = subject.ok_or_else(|| Problem::field("advisory", "say what it is about"))?;
    let suggested = asked.notices().suggest(owner, &subject, asked.now)?;
    let content = given.over(suggested)?;
    let notice = asked.notices().draft(owner, &content, &asked.actor()?, asked.now)?;
    Ok(DraftedDocument { notice })
}

impl DraftDocument {
    /// What is given, in place of what was suggested.
    fn over(self, suggested: Content) -> Result<Content, Problem> {
        let mut content = suggested;
        if let Some(title) = self.title {
            content.title = title.parse()?;
        }
        if let Some(text) = self.text {
            content.text = text.parse()?;
        }
        if let Some(marking) = self.marking {
            let known: Result<Tlp, _> = marking.parse();
            content.marking =
                known.map_err(|error| Problem::field("marking", error.to_string()))?;
        }
        if let Some(at) = self.not_before {
            let wrong = "a time with its zone is asked for: 2026-12-01T09:00:00Z";
            content.not_before = Some(at.parse().map_err(|_| Problem::field("not_before", wrong))?);
        }
        let sectors = self.sectors.unwrap_or_default();
        let sectors = sectors.iter().map(|word| {
            word.parse::<SectorId>()
                .map_err(|_| Problem::field("sectors", format!("{word} is no id of a sector")))
        });
        let roles = match self.roles {
            Some(words) => {
                words.iter().map(|word| ContactRole::of_word(word)).collect::<Result<_, _>>()?
            }
            None => content.circle.roles,
        };
        content.circle = Circle {
            affected: self.affected.unwrap_or(true),
            sectors: sectors.collect::<Result<_, _>>()?,
            named: self.named.unwrap_or_default(),
            roles,
        };
        content.reminders = Reminders::new(
            self.remind_hours.unwrap_or(content.reminders.after_hours),
            self.remind_most.unwrap_or(content.reminders.at_most),
        )?;
        Ok(content)
    }
}

/// An answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerDocument {
    organisation: String,
    status: String,
    #[serde(default)]
    justification: String,
    #[serde(default)]
    words: String,
}

/// Answers a notice for an organisation.
pub(crate) fn answer(asked: &Asked, of: &OfNotice, bytes: &[u8]) -> Result<ToldDocument, Problem> {
    let given: AnswerDocument = read(bytes)?;
    asked.needs(Right::Speak, &given.organisation)?;
    // Who may speak for it may see what it was told, also with a token that does not read.
    let own = BTreeSet::from([given.organisation.clone()]);
    let notice = asked.notices().told_to(&of.notice, &given.organisation, asked.now)?;
    let claim = Notices::claim(&given.status, &given.justification, &given.words)?;
    let place = (of.notice.as_str(), given.organisation.as_str());
    asked.notices().answer(place, (&claim, &given.words), &asked.actor()?, asked.now)?;
    told_document(asked, &notice, &own)
}

/// Where an organisation is told things.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ContactDocument {
    /// Its id.
    id: String,
    /// The id of the organisation that is reached.
    organisation: String,
    /// security, operations, management, legal or communications.
    role: &'static str,
    /// A name, for people.
    name: String,
    /// `mail` or `webhook`.
    channel: &'static str,
    /// The address.
    address: String,
}

/// The contacts that an organisation has written down.
pub(crate) fn contacts(
    asked: &Asked,
    of: &OfOrganisation,
) -> Result<Vec<ContactDocument>, Problem> {
    asked.needs(Right::SeeInventory, &of.organisation)?;
    let all = asked.notices().contacts(&of.organisation)?;
    Ok(all
        .into_iter()
        .map(|one| ContactDocument {
            organisation: one.party,
            role: one.role.word(),
            name: one.name,
            channel: one.channel.word(),
            address: one.channel.address().to_owned(),
            id: one.id,
        })
        .collect())
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.len() > MOST_BYTES {
        return Err(Problem::too_large(MOST_BYTES));
    }
    serde_json::from_slice(bytes)
        .map_err(|error| Problem::request(format!("the document: {error}")))
}
