//! Signed questions, the answers to them, and the picture that follows.

use std::collections::BTreeSet;

use mainstay_accounts::Right;
use mainstay_inventory::NotKnown;
use mainstay_questions::{
    KeptAnswer, PartyPicture, Picture, PictureCounts, Published, Sent, Source, Subject, Told,
};
use mainstay_store::VerifyingKey;
use mainstay_vex::Reason;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::account::Nothing;
use crate::asked::Asked;
use crate::problem::Problem;

/// Which question.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct OfQuestion {
    /// The id of the question.
    pub(crate) question: String,
}

/// A signed question.
#[derive(Serialize, JsonSchema)]
pub(crate) struct QuestionDocument {
    /// Its id.
    id: String,
    /// The organisation that asks.
    organisation: String,
    /// A flaw that is asked about.
    advisory: Option<String>,
    /// A package URL that is asked about.
    package: Option<String>,
    /// Only these versions of the package.
    range: Option<String>,
    /// Who asks, in words.
    asked_by: String,
    /// What for.
    purpose: Option<String>,
    /// Where else an answer may go.
    reply_to: Option<String>,
    /// How far it may be told.
    marking: &'static str,
    /// When it was asked.
    asked_at: String,
    /// Until when an answer is of use.
    deadline: String,
    /// When it was published here.
    published_at: String,
    /// When it was closed.
    closed_at: Option<String>,
    /// The key that signed it.
    key: String,
    /// The digest of its content, which an answer names.
    digest: String,
}

/// A DSSE envelope: what was signed, and the signatures.
#[derive(Deserialize, Serialize, JsonSchema)]
pub(crate) struct EnvelopeDocument {
    /// The content, in base64.
    payload: String,
    /// What the content is.
    #[serde(rename = "payloadType")]
    payload_type: String,
    /// The signatures.
    signatures: Vec<SignatureDocument>,
}

/// A signature.
#[derive(Deserialize, Serialize, JsonSchema)]
pub(crate) struct SignatureDocument {
    /// Four bytes that tell keys apart.
    #[serde(default)]
    keyid: String,
    /// The signature, in base64.
    sig: String,
}

/// The questions that whoever asks may see.
pub(crate) fn questions(asked: &Asked, _: &Nothing) -> Result<Vec<QuestionDocument>, Problem> {
    asked.account()?;
    let published = asked.questions().published(&asked.reader()?, asked.now)?;
    Ok(published.iter().map(question_document).collect())
}

/// A question.
pub(crate) fn question(asked: &Asked, of: &OfQuestion) -> Result<QuestionDocument, Problem> {
    Ok(question_document(&seen_question(asked, &of.question)?))
}

/// The signed file. What is told to the public is given to everybody.
pub(crate) fn file(asked: &Asked, of: &OfQuestion) -> Result<EnvelopeDocument, Problem> {
    let published = seen_question(asked, &of.question)?;
    serde_json::from_slice(&published.envelope).map_err(|error| Problem::ours(error.to_string()))
}

/// A question that is in sight.
pub(crate) fn seen_question(asked: &Asked, id: &str) -> Result<Published, Problem> {
    let found = asked.questions().find(&asked.reader()?, id, asked.now).map_err(Problem::from);
    match found {
        Err(problem) if problem.code == "not-found" => {
            asked.account()?;
            Err(problem)
        }
        found => found,
    }
}

/// Of whom a question comes, and to whom it is told.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Publication {
    /// The id of the organisation that asks.
    pub(crate) organisation: String,
    /// The key that signed it, as `mainstay question key` shows it.
    pub(crate) key: String,
    /// Whether everybody is told that the marking allows.
    #[serde(default)]
    pub(crate) everybody: bool,
    /// The ids of the organisations that are told, with commas between.
    #[serde(default)]
    pub(crate) told: String,
}

/// Publishes a question that was signed elsewhere.
pub(crate) fn publish(
    asked: &Asked,
    publication: &Publication,
    bytes: &[u8],
) -> Result<QuestionDocument, Problem> {
    asked.needs(Right::Speak, &publication.organisation)?;
    let ids = publication.told.split(',').map(str::trim).filter(|id| !id.is_empty());
    let told = told(asked, ids, publication.everybody)?;
    let key = key_of(&publication.key)?;
    let by = (publication.organisation.as_str(), &key);
    let published = asked.questions().publish(by, bytes, &told, (&asked.actor()?, asked.now))?;
    Ok(question_document(&published))
}

/// To whom a question is told; every organisation has to be there.
pub(crate) fn told<'i>(
    asked: &Asked,
    ids: impl Iterator<Item = &'i str>,
    everybody: bool,
) -> Result<Told, Problem> {
    let mut organisations = BTreeSet::new();
    for id in ids {
        let wrong = || Problem::field("audience", format!("there is no organisation \"{id}\""));
        asked.inventory().party(id).map_err(|_| wrong())?;
        organisations.insert(id.parse().map_err(|_| wrong())?);
    }
    Ok(Told { everybody, organisations })
}

/// A key that was given.
pub(crate) fn key_of(text: &str) -> Result<VerifyingKey, Problem> {
    text.parse().map_err(|problem: &str| {
        Problem::field("key", format!("{problem}: `mainstay question key` shows it"))
    })
}

/// Which question is answered, and in whose name.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Answering {
    /// The id of the question.
    pub(crate) question: String,
    /// The id of the organisation that answers.
    pub(crate) organisation: String,
    /// The key that signed the answer, as `mainstay question key` shows it.
    pub(crate) key: String,
}

/// What became of an answer.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ReceivedAnswerDocument {
    /// Its id here.
    pub(crate) id: String,
    /// The very same was here already: nothing changed.
    pub(crate) known: bool,
    /// It came after the deadline. It counts, and is marked late.
    pub(crate) late: bool,
    /// What it says: a status of VEX.
    pub(crate) status: &'static str,
}

/// Takes an answer in.
pub(crate) fn receive(
    asked: &Asked,
    answering: &Answering,
    bytes: &[u8],
) -> Result<ReceivedAnswerDocument, Problem> {
    asked.needs(Right::Speak, &answering.organisation)?;
    let key = key_of(&answering.key)?;
    let sent = Sent { organisation: &answering.organisation, key: &key, envelope: bytes };
    let by = (&asked.actor()?, asked.now);
    let received = asked.questions().receive(&answering.question, &sent, by)?;
    Ok(ReceivedAnswerDocument {
        id: received.id,
        known: received.is_known,
        late: received.is_late,
        status: received.status,
    })
}

/// An answer.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AnswerDocument {
    /// Its id here.
    id: String,
    /// The organisation in whose name it was sent.
    organisation: String,
    /// Whether it is the newest of the organisation: that one counts.
    counts: bool,
    /// A status of VEX.
    status: &'static str,
    /// Why it is not affected: a word of VEX.
    justification: Option<&'static str>,
    /// Why it is not affected, in words.
    impact: Option<String>,
    /// How far it may be told.
    marking: &'static str,
    /// What it does not know, by code.
    not_known: Vec<String>,
    /// When it was answered, as it says.
    answered_at: String,
    /// When it came.
    received_at: String,
    /// It came after the deadline.
    late: bool,
    /// The key that signed it.
    key: String,
    /// The signed file.
    file: EnvelopeDocument,
}

/// The answers to a question that whoever asks may see.
pub(crate) fn answers(asked: &Asked, of: &OfQuestion) -> Result<Vec<AnswerDocument>, Problem> {
    let published = seen_question(asked, &of.question)?;
    let answers = asked.questions().answers(&published, &asked.reader()?, asked.now)?;
    let mut last = String::new();
    let mut documents = Vec::with_capacity(answers.len());
    for answer in answers {
        let counts = last != answer.organisation;
        last.clone_from(&answer.organisation);
        documents.push(answer_document(answer, counts)?);
    }
    Ok(documents)
}

fn answer_document(kept: KeptAnswer, counts: bool) -> Result<AnswerDocument, Problem> {
    let answer = &kept.signed.answer;
    let claim = answer.standing.claim();
    let (justification, impact) = claim.reason().map(Reason::texts).unwrap_or_default();
    let file = serde_json::from_slice(&kept.envelope);
    Ok(AnswerDocument {
        status: answer.standing.word(),
        justification,
        impact: impact.map(str::to_owned),
        marking: answer.marking.label(),
        not_known: answer.not_known.iter().map(|one| one.code.to_string()).collect(),
        answered_at: answer.answered_at.to_string(),
        received_at: kept.received_at.to_string(),
        late: kept.is_late,
        key: kept.signed.key.to_string(),
        file: file.map_err(|error| Problem::ours(error.to_string()))?,
        id: kept.id,
        organisation: kept.organisation,
        counts,
    })
}

/// Who is affected, from answers and from inventories.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PictureDocument {
    /// How far it may be told: the narrowest marking of all that is counted.
    marking: &'static str,
    /// Over all organisations.
    counts: CountsDocument,
    /// By sector. An organisation may be in several, or in none.
    sectors: Vec<SectorPictureDocument>,
    /// Organisations that are in no sector.
    without_sector: usize,
    /// Those that the question was told to, and those that answered.
    organisations: Vec<PartyPictureDocument>,
    /// What is not known.
    unknowns: Vec<NotKnown>,
}

/// How many organisations stand where. Silent is not "not affected", nor is not found.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CountsDocument {
    /// All of them.
    organisations: usize,
    /// Affected.
    affected: usize,
    /// They answered, or a statement in their inventories says, that what they have is repaired.
    fixed: usize,
    /// They answered, or a statement in their inventories says, that they are not affected.
    not_affected: usize,
    /// They answered that they do not know, or not yet; or their statements do not tell.
    under_investigation: usize,
    /// They did not answer, and nothing was found in their inventories.
    not_found: usize,
    /// Of these nothing is known.
    silent: usize,
    /// Known by an answer.
    by_answer: usize,
    /// Known by an inventory.
    by_inventory: usize,
    /// Of the answers, those after the deadline.
    late: usize,
    /// Of the answers, those that an inventory does not bear out.
    differing: usize,
}

/// The counts of a sector.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SectorPictureDocument {
    /// The id of the sector.
    sector: String,
    /// The counts.
    counts: CountsDocument,
}

/// Where an organisation stands.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PartyPictureDocument {
    /// Its id.
    organisation: String,
    /// Its name.
    name: String,
    /// A status of VEX, `not_found` or `silent`.
    status: &'static str,
    /// `answer`, or `inventory` with the statements in it; null: by nothing.
    known_by: Option<&'static str>,
    /// The id of the answer that counts.
    answer: Option<String>,
    /// That answer came after the deadline.
    late: bool,
    /// Earlier answers that it replaces.
    earlier: usize,
    /// Its inventory shows what its answer says is not there.
    differs: bool,
}

/// The picture, for the people of the organisation that asks.
pub(crate) fn picture(asked: &Asked, of: &OfQuestion) -> Result<PictureDocument, Problem> {
    let published = seen_question(asked, &of.question)?;
    let picture = seen_picture(asked, &published)?;
    Ok(PictureDocument {
        marking: picture.marking.label(),
        counts: counts_document(&picture.counts),
        sectors: picture
            .sectors
            .into_iter()
            .map(|one| SectorPictureDocument {
                counts: counts_document(&one.counts),
                sector: one.sector,
            })
            .collect(),
        without_sector: picture.without_sector,
        organisations: picture.parties.into_iter().map(party_document).collect(),
        unknowns: picture.not_known,
    })
}

/// The picture, if it is theirs who ask.
pub(crate) fn seen_picture(asked: &Asked, published: &Published) -> Result<Picture, Problem> {
    if !asked.may(Right::SeeInventory, &published.organisation) {
        asked.account()?;
        return Err(Problem::forbidden("the picture is for the organisation that asks"));
    }
    let seen_by = (&asked.reader()?, &asked.sight()?);
    let questions = asked.questions();
    Ok(questions.picture(asked.inventory(), published, seen_by, asked.now)?)
}

fn counts_document(counts: &PictureCounts) -> CountsDocument {
    CountsDocument {
        organisations: counts.parties,
        affected: counts.affected,
        fixed: counts.fixed,
        not_affected: counts.not_affected,
        under_investigation: counts.under_investigation,
        not_found: counts.not_found,
        silent: counts.silent,
        by_answer: counts.by_answer,
        by_inventory: counts.by_inventory,
        late: counts.late,
        differing: counts.differing,
    }
}

fn party_document(party: PartyPicture) -> PartyPictureDocument {
    let (known_by, answer, late) = match party.source {
        None => (None, None, false),
        Some(Source::Inventory) => (Some("inventory"), None, false),
        Some(Source::Answer { id, is_late }) => (Some("answer"), Some(id), is_late),
    };
    PartyPictureDocument {
        organisation: party.id,
        name: party.name,
        status: party.standing.word(),
        known_by,
        answer,
        late,
        earlier: party.earlier,
        differs: party.differs,
    }
}

fn question_document(published: &Published) -> QuestionDocument {
    let question = &published.signed.question;
    let (advisory, package, range) = match &question.subject {
        Subject::Flaw(id) => (Some(id.to_string()), None, None),
        Subject::Package { purl, range, .. } => (
            None,
            Some(purl.as_str().to_owned()),
            range.as_ref().map(|range| range.as_str().to_owned()),
        ),
    };
    QuestionDocument {
        id: question.id.to_string(),
        organisation: published.organisation.clone(),
        advisory,
        package,
        range,
        asked_by: question.asked_by.to_string(),
        purpose: question.purpose.as_ref().map(ToString::to_string),
        reply_to: question.reply_to.as_ref().map(ToString::to_string),
        marking: question.marking.label(),
        asked_at: question.asked_at.to_string(),
        deadline: question.deadline.as_str().to_owned(),
        published_at: published.published_at.to_string(),
        closed_at: published.closed_at.map(|at| at.to_string()),
        key: published.key.to_string(),
        digest: published.signed.digest.to_string(),
    }
}
