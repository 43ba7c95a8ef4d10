//! Whose an object is, how it is marked and to whom it is told: the value, and its rows.

use mainstay_store::{Transaction, Value};
use mainstay_types::Tlp;
use serde_json::json;

use crate::time::opening_micros;
use crate::{Audience, ObjectId, OrganisationId, Release, VisibilityError};

/// Lines that a schedule may have.
const MOST_RELEASES: usize = 1_000;

/// What rights to an object depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// The object.
    pub object: ObjectId,
    /// Whose it is.
    pub owner: OrganisationId,
    /// Who of the owner's people may see it: all, or under RED those who write.
    pub marking: Tlp,
    /// To whom else it is told.
    pub releases: Vec<Release>,
}

impl Marked {
    /// Reads it. Nothing, when there is no such object.
    ///
    /// # Errors
    /// When the database does not answer, or a row cannot be understood: then nobody sees it.
    pub fn read(
        transaction: &mut Transaction<'_>,
        object: &ObjectId,
    ) -> Result<Option<Self>, VisibilityError> {
        let unreadable = || VisibilityError::Unreadable(object.to_string());
        let row = transaction.optional(
            "SELECT owner, tlp FROM marking WHERE object = $1",
            &[object.as_str().into()],
            |row| Ok((row.text(0)?, row.integer(1)?)),
        )?;
        let Some((owner, tlp)) = row else { return Ok(None) };
        let owner = owner.parse().map_err(|_| unreadable())?;
        let marking = marking_of(tlp).ok_or_else(unreadable)?;
        let rows = transaction.rows(
            "SELECT kind, audience, not_before, tlp FROM release WHERE object = $1 \
             ORDER BY kind, audience, not_before, tlp",
            &[object.as_str().into()],
            |row| Ok((row.text(0)?, row.text(1)?, row.time(2)?, row.integer(3)?)),
        )?;
        let releases = rows
            .into_iter()
            .map(|(kind, name, not_before, tlp)| {
                let audience = Audience::of(&kind, &name)?;
                Some(Release { audience, not_before, marking: marking_of(tlp)? })
            })
            .collect::<Option<Vec<_>>>()
            .ok_or_else(unreadable)?;
        Ok(Some(Self { object: object.clone(), owner, marking, releases }))
    }

    /// Has everybody else wait who wants to mark this object, until the transaction ends: for who
    /// decides by what is read next.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn hold(
        transaction: &mut Transaction<'_>,
        object: &ObjectId,
    ) -> Result<(), VisibilityError> {
        let sql = "UPDATE marking SET tlp = tlp WHERE object = $1";
        transaction.execute(sql, &[object.as_str().into()])?;
        Ok(())
    }

    /// Writes it in place of what was there. Whoever calls writes the log's entry, with
    /// [`Marked::detail`].
    ///
    /// # Errors
    /// When a release could be seen by nobody, when there are too many, or when the database does
    /// not take it.
    pub fn write(&self, transaction: &mut Transaction<'_>) -> Result<(), VisibilityError> {
        if self.releases.len() > MOST_RELEASES {
            return Err(VisibilityError::TooMany(MOST_RELEASES));
        }
        for release in &self.releases {
            release.check()?;
        }
        let object = self.object.as_str();
        // First the one row that all who write about this object must change: they queue here.
        transaction.execute(
            "INSERT INTO marking (object, owner, tlp) VALUES ($1, $2, $3) \
             ON CONFLICT (object) DO UPDATE SET owner = $2, tlp = $3",
            &[object.into(), self.owner.as_str().into(), code(self.marking).into()],
        )?;
        transaction.execute("DELETE FROM release WHERE object = $1", &[object.into()])?;
        let rows: Vec<Value> = self
            .releases
            .iter()
            .flat_map(|release| {
                [
                    object.into(),
                    release.audience.kind().word().into(),
                    release.audience.name().into(),
                    opening_micros(release.not_before).into(),
                    code(release.marking).into(),
                ]
            })
            .collect();
        transaction.insert(
            "INSERT INTO release (object, kind, audience, not_before, tlp)",
            5,
            &rows,
            "ON CONFLICT DO NOTHING",
        )?;
        Ok(())
    }

    /// Forgets an object that is gone. From then on nobody sees it.
    ///
    /// # Errors
    /// When the database does not take it.
    pub fn remove(
        transaction: &mut Transaction<'_>,
        object: &ObjectId,
    ) -> Result<(), VisibilityError> {
        // Its releases go with it: the table says so.
        transaction.execute("DELETE FROM marking WHERE object = $1", &[object.as_str().into()])?;
        Ok(())
    }

    /// The same for the log: owner, marking and schedule.
    pub fn detail(&self) -> serde_json::Value {
        let releases: Vec<serde_json::Value> = self
            .releases
            .iter()
            .map(|release| {
                json!({
                    "kind": release.audience.kind().word(),
                    "audience": release.audience.name(),
                    "not_before": release.not_before.to_string(),
                    "marking": release.marking.label(),
                })
            })
            .collect();
        json!({
            "owner": self.owner.as_str(),
            "marking": self.marking.label(),
            "releases": releases,
        })
    }
}

/// A marking as a row has it: its place in the order of TLP 2.0.
pub(crate) fn code(marking: Tlp) -> i64 {
    match marking {
        Tlp::Clear => 0,
        Tlp::Green => 1,
        Tlp::Amber => 2,
        Tlp::AmberStrict => 3,
        Tlp::Red => 4,
    }
}

fn marking_of(number: i64) -> Option<Tlp> {
    Tlp::ALL.into_iter().find(|marking| code(*marking) == number)
}
