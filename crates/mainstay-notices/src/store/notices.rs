//! Notices: one row each. The marking is with the object.

use jiff::Timestamp;
use mainstay_store::{Row, StoreError, Transaction, Value};
use mainstay_visibility::{Marked, ObjectId, Reader, VisibleSql};

use crate::NoticesError;
use crate::model::{Act, Content, Notice, Reminders, Stage};

const NOTICE: &str = "SELECT n.id, n.owner, n.content, n.version, n.stage, n.stage_detail, \
                      n.not_before, n.remind_hours, n.remind_most, n.made_for, n.drafted_by, \
                      n.created_at FROM notice n";

/// Adds a notice. `false`: there is a draft for this owner and subject already.
pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    notice: &Notice,
    made_for: Option<&str>,
) -> Result<bool, StoreError> {
    let content = &notice.content;
    let added = transaction.execute(
        "INSERT INTO notice (id, owner, content, version, stage, stage_detail, not_before, \
         remind_hours, remind_most, made_for, drafted_by, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         ON CONFLICT (made_for) DO NOTHING",
        &[
            (&notice.id).into(),
            (&notice.owner).into(),
            content.row().into(),
            notice.version.into(),
            notice.stage.word().into(),
            notice.stage.detail().into(),
            content.not_before.into(),
            i64::from(content.reminders.after_hours).into(),
            i64::from(content.reminders.at_most).into(),
            made_for.map(str::to_owned).into(),
            (&notice.drafted.by).into(),
            notice.drafted.at.into(),
        ],
    )?;
    Ok(added == 1)
}

/// Writes a notice in place of the version before it.
///
/// # Errors
/// [`NoticesError::Changed`], when that is not the one that is there.
pub(crate) fn change(
    transaction: &mut Transaction<'_>,
    notice: &Notice,
) -> Result<(), NoticesError> {
    let content = &notice.content;
    let changed = transaction.execute(
        "UPDATE notice SET content = $3, version = $2, stage = $4, stage_detail = $5, \
         not_before = $6, remind_hours = $7, remind_most = $8 \
         WHERE id = $1 AND version = $2 - 1",
        &[
            (&notice.id).into(),
            notice.version.into(),
            content.row().into(),
            notice.stage.word().into(),
            notice.stage.detail().into(),
            content.not_before.into(),
            i64::from(content.reminders.after_hours).into(),
            i64::from(content.reminders.at_most).into(),
        ],
    )?;
    if changed == 1 { Ok(()) } else { Err(NoticesError::Changed) }
}

/// A notice with its marking.
pub(crate) fn of_id(
    transaction: &mut Transaction<'_>,
    id: &str,
) -> Result<Option<(Notice, Marked)>, NoticesError> {
    let found = transaction.optional(&format!("{NOTICE} WHERE n.id = $1"), &[id.into()], read)?;
    match found {
        Some(raw) => raw.whole(transaction).map(Some),
        None => Ok(None),
    }
}

/// Those that a reader may see, the newest first.
pub(crate) fn visible(
    transaction: &mut Transaction<'_>,
    (reader, now): (&Reader, Timestamp),
    most: i64,
) -> Result<Vec<Notice>, NoticesError> {
    let seen = VisibleSql::of(reader, now, "seen.object", 1);
    let sql = format!(
        "{NOTICE} JOIN marking seen ON seen.object = 'notice/' || n.id WHERE {} \
         ORDER BY n.created_at DESC, n.id DESC LIMIT $1",
        seen.condition()
    );
    let parameters = [vec![Value::from(most)], seen.parameters().to_vec()].concat();
    let raw = transaction.rows(&sql, &parameters, read)?;
    raw.into_iter().map(|one| Ok(one.whole(transaction)?.0)).collect()
}

/// The ids of those that remind by themselves.
pub(crate) fn reminding(transaction: &mut Transaction<'_>) -> Result<Vec<String>, StoreError> {
    transaction.rows(
        "SELECT id FROM notice WHERE stage = 'released' AND remind_most > 0 ORDER BY id",
        &[],
        |row| row.text(0),
    )
}

/// Drafts of an owner that were made by themselves and nobody has touched.
pub(crate) fn untouched(transaction: &mut Transaction<'_>, owner: &str) -> Result<i64, StoreError> {
    transaction.one(
        "SELECT COUNT(*) FROM notice WHERE owner = $1 AND stage = 'draft' \
         AND made_for IS NOT NULL AND version = 1",
        &[owner.into()],
        |row| row.integer(0),
    )
}

/// A row, before it is understood.
struct Raw {
    id: String,
    owner: String,
    content: String,
    version: i64,
    stage: (String, String),
    not_before: Option<Timestamp>,
    reminders: (i64, i64),
    made_for: Option<String>,
    drafted: Act,
}

fn read(row: &Row<'_>) -> Result<Raw, StoreError> {
    Ok(Raw {
        id: row.text(0)?,
        owner: row.text(1)?,
        content: row.text(2)?,
        version: row.integer(3)?,
        stage: (row.text(4)?, row.text(5)?),
        not_before: row.time_or_null(6)?,
        reminders: (row.integer(7)?, row.integer(8)?),
        made_for: row.text_or_null(9)?,
        drafted: Act { by: row.text(10)?, at: row.time(11)? },
    })
}

impl Raw {
    fn whole(self, transaction: &mut Transaction<'_>) -> Result<(Notice, Marked), NoticesError> {
        let damaged = || NoticesError::Damaged(format!("notice {}", self.id));
        let object: ObjectId = Notice::object(&self.id).parse()?;
        let marked = Marked::read(transaction, &object)?.ok_or_else(damaged)?;
        let (hours, most) = self.reminders;
        let reminders = u16::try_from(hours).ok().zip(u8::try_from(most).ok());
        let reminders = reminders.and_then(|(hours, most)| Reminders::new(hours, most).ok());
        let rest = (marked.marking, self.not_before, reminders.ok_or_else(damaged)?);
        let notice = Notice {
            content: Content::read(&self.id, &self.content, rest)?,
            version: self.version,
            stage: Stage::read(&self.stage.0, &self.stage.1).ok_or_else(damaged)?,
            is_automatic: self.made_for.is_some(),
            drafted: self.drafted,
            id: self.id,
            owner: self.owner,
        };
        Ok((notice, marked))
    }
}
