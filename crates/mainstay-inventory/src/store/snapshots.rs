//! What was published of a question last, with the facts behind it.

use std::collections::BTreeMap;

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mainstay_figures::{Facts, GroupName, Kept, MemberId, Question, Released, State, Threshold};
use mainstay_store::{StoreError, Transaction};
use serde::{Deserialize, Serialize};

const KEY: &str = "inventory.figures-key";

/// The secret key of the instance for figures, when it was drawn.
pub(crate) fn key(transaction: &mut Transaction<'_>) -> Result<Option<Vec<u8>>, StoreError> {
    let kept = transaction.optional(
        "SELECT value FROM setting WHERE name = $1",
        &[KEY.into()],
        |row| row.text(0),
    )?;
    kept.map(|kept| STANDARD.decode(kept).map_err(|error| unreadable(&error))).transpose()
}

/// Draws the key, unless another did meanwhile. It stays for good: another one would count other
/// members, and two figures could be compared.
pub(crate) fn draw_key(transaction: &mut Transaction<'_>) -> Result<Vec<u8>, StoreError> {
    let mut drawn = [0; 32];
    SystemRandom::new()
        .fill(&mut drawn)
        .map_err(|_| StoreError::Unavailable("the system gives no random numbers".to_owned()))?;
    transaction.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        &[KEY.into(), STANDARD.encode(drawn).into()],
    )?;
    key(transaction)?.ok_or_else(|| transaction.give_way())
}

pub(crate) fn read(
    transaction: &mut Transaction<'_>,
    question: &Question,
) -> Result<Option<Released>, StoreError> {
    let found = transaction.optional(
        "SELECT day, content FROM figure_snapshot WHERE question = $1",
        &[name_of(question).into()],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )?;
    let Some((day, content)) = found else { return Ok(None) };
    let content: Content = serde_json::from_str(&content).map_err(|error| unreadable(&error))?;
    let day = day.parse().map_err(|error: jiff::Error| unreadable(&error))?;
    Ok(Some(Released {
        question: question.clone(),
        day,
        kept: content.kept.into_iter().map(kept_of).collect::<Result<_, _>>()?,
        shown: content.shown.iter().map(|group| group_of(group)).collect::<Result<_, _>>()?,
        unshown: content.unshown,
    }))
}

pub(crate) fn write(
    transaction: &mut Transaction<'_>,
    released: &Released,
) -> Result<(), StoreError> {
    let content = Content {
        kept: released.kept.iter().map(row_of).collect(),
        shown: released.shown.iter().map(group_name).collect(),
        unshown: released.unshown,
    };
    let json = serde_json::to_string(&content).map_err(|error| unreadable(&error))?;
    transaction
        .execute(
            "INSERT INTO figure_snapshot (question, day, content) VALUES ($1, $2, $3) \
             ON CONFLICT (question) DO UPDATE SET day = $2, content = $3 \
             WHERE figure_snapshot.day < $2",
            &[name_of(&released.question).into(), released.day.to_string().into(), json.into()],
        )
        .map(|_| ())
}

#[derive(Serialize, Deserialize)]
struct Content {
    kept: Vec<Group>,
    shown: Vec<String>,
    unshown: usize,
}

#[derive(Serialize, Deserialize)]
struct Group {
    name: String,
    as_of: String,
    threshold: u32,
    members: usize,
    /// `a` affected, `n` not affected, `u` unknown; by the number of the member.
    basis: BTreeMap<u64, char>,
}

fn row_of(kept: &Kept) -> Group {
    let letter = |state: &State| match state {
        State::Affected => 'a',
        State::NotAffected => 'n',
        State::Unknown => 'u',
    };
    Group {
        name: group_name(&kept.group),
        as_of: kept.as_of.to_string(),
        threshold: u32::try_from(kept.threshold.count()).unwrap_or(u32::MAX),
        members: kept.members,
        basis: kept.basis.iter().map(|(member, state)| (member.0, letter(state))).collect(),
    }
}

fn kept_of(row: Group) -> Result<Kept, StoreError> {
    let state = |letter| match letter {
        'a' => State::Affected,
        'n' => State::NotAffected,
        _ => State::Unknown,
    };
    let basis: Facts =
        row.basis.into_iter().map(|(member, letter)| (MemberId(member), state(letter))).collect();
    Ok(Kept {
        group: group_of(&row.name)?,
        as_of: row.as_of.parse().map_err(|error: jiff::Error| unreadable(&error))?,
        threshold: Threshold::new(row.threshold).map_err(|error| unreadable(&error))?,
        members: row.members,
        basis,
    })
}

fn group_name(name: &GroupName) -> String {
    match name {
        GroupName::Sector(id) => format!("sector {}", id.as_str()),
        GroupName::Other(scheme) => format!("other {scheme}"),
    }
}

fn group_of(text: &str) -> Result<GroupName, StoreError> {
    match text.split_once(' ') {
        Some(("sector", id)) => {
            id.parse().map(GroupName::Sector).map_err(|error| unreadable(&error))
        }
        Some(("other", scheme)) => Ok(GroupName::Other(scheme.into())),
        _ => Err(unreadable(&text)),
    }
}

fn name_of(question: &Question) -> String {
    match question {
        Question::Advisory(id) => format!("advisory {id}"),
        Question::Package(ecosystem, name) => format!("package {} {name}", ecosystem.osv_name()),
    }
}

fn unreadable(why: &dyn std::fmt::Display) -> StoreError {
    StoreError::Statement(format!("a snapshot of figures: {why}"))
}
