//! The JSON of an answer: `docs/schemas/answer.schema.json`.

use std::sync::Arc;

use mainstay_types::SectorId;
use mainstay_vex::{Justification, Reason};
use serde::{Deserialize, Serialize};

use super::{Answer, Detail, Lacking, LookedAt, MOST_ENTRIES, MOST_PLACES, SeenComponent, Shown};
use crate::envelope::PayloadDigest;
use crate::keys::MOST_SECTORS;
use crate::question::{check_contract, id, marking, moment};
use crate::wording::{Name, Words};
use crate::{QuestionError, SeenClaim, Standing};

/// The name of the contract.
const SCHEMA: &str = "mainstay.answer";
/// Its version.
const VERSION: u32 = 1;
/// The most bytes of a package URL, a place or a subject.
const LONGEST: usize = 4_000;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wire {
    schema: String,
    version: u32,
    id: String,
    question: QuestionWire,
    answered_by: String,
    sectors: Vec<String>,
    answered_at: String,
    marking: String,
    status: String,
    justification: Option<String>,
    impact: Option<String>,
    fixed_since: Option<String>,
    detail: String,
    components: Vec<ComponentWire>,
    looked_at: Option<LookedAtWire>,
    not_known: Vec<LackingWire>,
    left_out: u64,
    knowledge_as_of: Option<String>,
    note: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionWire {
    id: String,
    digest: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ComponentWire {
    package: String,
    status: String,
    justification: Option<String>,
    impact: Option<String>,
    places: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LookedAtWire {
    sources: u64,
    packages: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LackingWire {
    code: String,
    count: Option<u64>,
    subjects: Vec<String>,
}

impl Wire {
    pub(super) fn of(answer: &Answer) -> Self {
        let claim = answer.standing.claim();
        let since = match &answer.standing {
            Standing::Fixed { since } => *since,
            Standing::Affected | Standing::NotAffected(_) | Standing::UnderInvestigation => None,
        };
        let (justification, impact) = reason_texts(claim.reason());
        Self {
            schema: SCHEMA.to_owned(),
            version: VERSION,
            id: answer.id.to_string(),
            question: QuestionWire {
                id: answer.question.to_string(),
                digest: answer.question_digest.to_string(),
            },
            answered_by: answer.answered_by.to_string(),
            sectors: answer.sectors.iter().map(|one| one.as_str().to_owned()).collect(),
            answered_at: answer.answered_at.to_string(),
            marking: answer.marking.label().to_owned(),
            status: claim.word().to_owned(),
            justification,
            impact,
            fixed_since: since.map(|since| since.to_string()),
            detail: answer.shown.detail().word().to_owned(),
            components: answer.shown.components().iter().map(component_wire).collect(),
            looked_at: answer
                .shown
                .looked_at()
                .map(|LookedAt { sources, packages }| LookedAtWire { sources, packages }),
            not_known: answer.not_known.iter().map(lacking_wire).collect(),
            left_out: answer.left_out,
            knowledge_as_of: answer.knowledge_as_of.map(|time| time.to_string()),
            note: answer.note.as_ref().map(ToString::to_string),
        }
    }

    pub(super) fn parse(self) -> Result<Answer, QuestionError> {
        check_contract((&self.schema, self.version), (SCHEMA, VERSION))?;
        bound("sectors", self.sectors.len(), MOST_SECTORS)?;
        bound("components", self.components.len(), MOST_ENTRIES)?;
        bound("not_known", self.not_known.len(), MOST_ENTRIES)?;
        let standing = self.standing()?;
        let sectors = self.sectors.iter().map(|text| sector(text)).collect::<Result<_, _>>()?;
        let components = self.components.iter().map(component).collect::<Result<Vec<_>, _>>()?;
        let looked_at =
            self.looked_at.map(|LookedAtWire { sources, packages }| LookedAt { sources, packages });
        let shown = shown(&self.detail, components, looked_at)?;
        let not_known: Vec<Lacking> =
            self.not_known.iter().map(lacking).collect::<Result<_, _>>()?;
        check_lacking(shown.detail(), &not_known)?;
        let as_of = self.knowledge_as_of.as_deref();
        Ok(Answer {
            id: id("id", &self.id)?,
            question: id("question", &self.question.id)?,
            question_digest: PayloadDigest::parse("question", &self.question.digest)?,
            answered_by: Name::parse("answered_by", &self.answered_by)?,
            sectors,
            answered_at: moment("answered_at", &self.answered_at)?,
            marking: marking(&self.marking)?,
            standing,
            shown,
            not_known,
            left_out: self.left_out,
            knowledge_as_of: as_of.map(|text| moment("knowledge_as_of", text)).transpose()?,
            note: self.note.map(|text| Words::parse("note", &text)).transpose()?,
        })
    }

    fn standing(&self) -> Result<Standing, QuestionError> {
        let reason = reason(self.justification.as_deref(), self.impact.as_deref())?;
        let since = self.fixed_since.as_deref();
        let since = since.map(|text| moment("fixed_since", text)).transpose()?;
        match (self.status.as_str(), reason, since) {
            ("affected", None, None) => Ok(Standing::Affected),
            ("fixed", None, since) => Ok(Standing::Fixed { since }),
            ("not_affected", Some(reason), None) => Ok(Standing::NotAffected(reason)),
            ("under_investigation", None, None) => Ok(Standing::UnderInvestigation),
            _ => Err(QuestionError::field("status", STATUS)),
        }
    }
}

/// What a status may stand with.
const STATUS: &str = "affected, fixed (with or without fixed_since), not_affected (with a reason), \
                      or under_investigation";

fn reason_texts(reason: Option<&Reason>) -> (Option<String>, Option<String>) {
    let (justification, impact) = reason.map(Reason::texts).unwrap_or_default();
    (justification.map(str::to_owned), impact.map(str::to_owned))
}

fn reason(
    justification: Option<&str>,
    impact: Option<&str>,
) -> Result<Option<Reason>, QuestionError> {
    let justification = justification
        .map(|word| {
            Justification::from_word(word)
                .ok_or_else(|| QuestionError::field("justification", "no reason that VEX knows"))
        })
        .transpose()?;
    let impact = impact.map(|text| Words::parse("impact", text)).transpose()?;
    Ok(Reason::of(justification, impact.map(|words| Arc::from(words.as_str()))))
}

fn component_wire(component: &SeenComponent) -> ComponentWire {
    let (justification, impact) = reason_texts(component.claim.reason());
    ComponentWire {
        package: component.package.to_string(),
        status: component.claim.word().to_owned(),
        justification,
        impact,
        places: component.places.iter().map(ToString::to_string).collect(),
    }
}

fn component(wire: &ComponentWire) -> Result<SeenComponent, QuestionError> {
    bound("places", wire.places.len(), MOST_PLACES)?;
    let reason = reason(wire.justification.as_deref(), wire.impact.as_deref())?;
    let claim = match (wire.status.as_str(), reason) {
        ("affected", None) => SeenClaim::Affected,
        ("fixed", None) => SeenClaim::Fixed,
        ("not_affected", Some(reason)) => SeenClaim::NotAffected(reason),
        ("under_investigation", None) => SeenClaim::Undecided,
        _ => return Err(QuestionError::field("status", STATUS)),
    };
    let places = wire.places.iter().map(|text| short("places", text)).collect::<Result<_, _>>()?;
    Ok(SeenComponent { package: short("package", &wire.package)?, claim, places })
}

fn lacking_wire(lacking: &Lacking) -> LackingWire {
    LackingWire {
        code: lacking.code.to_string(),
        count: lacking.count,
        subjects: lacking.subjects.iter().map(ToString::to_string).collect(),
    }
}

fn lacking(wire: &LackingWire) -> Result<Lacking, QuestionError> {
    bound("subjects", wire.subjects.len(), MOST_PLACES)?;
    let subjects =
        wire.subjects.iter().map(|text| short("subjects", text)).collect::<Result<_, _>>()?;
    Ok(Lacking { code: id("code", &wire.code)?, count: wire.count, subjects })
}

/// Each level has its fields, and no other.
fn shown(
    detail: &str,
    components: Vec<SeenComponent>,
    looked_at: Option<LookedAt>,
) -> Result<Shown, QuestionError> {
    let detail = Detail::ALL.into_iter().find(|one| one.word() == detail);
    let without_places = components.iter().all(|one| one.places.is_empty());
    match (detail, looked_at) {
        (Some(Detail::Status), None) if components.is_empty() => Ok(Shown::Status),
        (Some(Detail::Versions), Some(looked_at)) if without_places => {
            Ok(Shown::Versions { components, looked_at })
        }
        (Some(Detail::Components), Some(looked_at)) => {
            Ok(Shown::Components { components, looked_at })
        }
        _ => Err(QuestionError::field("detail", "other fields are there than this level has")),
    }
}

fn check_lacking(detail: Detail, not_known: &[Lacking]) -> Result<(), QuestionError> {
    let fits = not_known.iter().all(|one| match detail {
        Detail::Status => one.count.is_none() && one.subjects.is_empty(),
        Detail::Versions => one.count.is_some() && one.subjects.is_empty(),
        Detail::Components => one.count.is_some(),
    });
    if fits {
        Ok(())
    } else {
        Err(QuestionError::field("not_known", "other fields are there than this level has"))
    }
}

fn sector(text: &str) -> Result<SectorId, QuestionError> {
    SectorId::parse(text).map_err(|error| QuestionError::field("sectors", error.to_string()))
}

fn bound(field: &'static str, count: usize, most: usize) -> Result<(), QuestionError> {
    if count > most {
        return Err(QuestionError::field(field, format!("more than {most} entries")));
    }
    Ok(())
}

fn short(field: &'static str, text: &str) -> Result<Box<str>, QuestionError> {
    if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
        let problem = "it is empty, too long, or has letters that cannot be seen";
        return Err(QuestionError::field(field, problem));
    }
    Ok(text.into())
}
