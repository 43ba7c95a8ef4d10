//! Work that is done later, by whichever process is free, at least once.
//!
//! Who takes a job gets a lease. Who does not come back before it ends is believed dead, and
//! another takes the job; so a job must be right when it is done twice. A job that fails is tried
//! again, later each time, and after [`MOST_ATTEMPTS`] it lies dead until a person looks.

use std::time::Duration;

use jiff::Timestamp;

use crate::{Database, StoreError, Transaction, Value};

/// How often a job is tried.
pub const MOST_ATTEMPTS: i64 = 8;
/// The wait after the first failure; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_secs(5);

/// Work to be done, to be asked for with [`Transaction::enqueue`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// What is to be done, as `noun.verb`: `advisory.match`.
    pub kind: &'static str,
    /// With what, as JSON.
    pub body: serde_json::Value,
    /// While a job of this kind and key waits, another like it is not needed.
    pub key: Option<String>,
    /// Not before.
    pub ready_at: Timestamp,
}

/// A job that this worker has a lease for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its number.
    pub id: i64,
    /// What is to be done.
    pub kind: String,
    /// JSON.
    pub body: String,
    /// How often it was taken, this time included.
    pub attempts: i64,
    worker: String,
}

/// How many jobs there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// That are ready or will be.
    pub waiting: i64,
    /// That were given up.
    pub dead: i64,
}

impl Transaction<'_> {
    /// Asks for the job when the transaction is kept.
    pub fn enqueue(&mut self, job: Job) {
        self.pending.jobs.push(job);
    }
}

pub(crate) fn write(transaction: &mut Transaction<'_>, jobs: &[Job]) -> Result<(), StoreError> {
    let Some(mut id) = transaction.numbers("job", jobs.len())? else { return Ok(()) };
    for job in jobs {
        transaction.execute(
            "INSERT INTO job (id, kind, body, key, ready_at, attempts, leased_until, dead) \
             VALUES ($1, $2, $3, $4, $5, 0, 0, 0) ON CONFLICT (kind, key) DO NOTHING",
            &[
                id.into(),
                job.kind.into(),
                job.body.to_string().into(),
                job.key.clone().into(),
                job.ready_at.into(),
            ],
        )?;
        id += 1;
    }
    Ok(())
}

/// Takes the job of one of these kinds that has waited longest, for as long as `lease`. What a
/// worker cannot do it leaves to others.
///
/// # Errors
/// When the database does not answer.
pub fn take(
    database: &Database,
    kinds: &[&str],
    (worker, lease): (&str, Duration),
    now: Timestamp,
) -> Result<Option<Taken>, StoreError> {
    if kinds.is_empty() {
        return Ok(None);
    }
    let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
    let places: Vec<String> = (4..4 + kinds.len()).map(|number| format!("${number}")).collect();
    let sql = format!(
        "UPDATE job SET worker = $1, leased_until = $2, attempts = attempts + 1, key = NULL \
         WHERE leased_until <= $3 AND dead = 0 AND id = ( \
             SELECT id FROM job WHERE dead = 0 AND ready_at <= $3 AND leased_until <= $3 \
             AND kind IN ({}) ORDER BY ready_at, id LIMIT 1) \
         RETURNING id, kind, body, attempts",
        places.join(", ")
    );
    let mut parameters: Vec<Value> = vec![worker.into(), until.into(), now.into()];
    parameters.extend(kinds.iter().map(|kind| Value::from(*kind)));
    // Two who choose the same job: the second waits for the first, and then finds it leased.
    database.write(|transaction| {
        // Whoever tried it last ended with it, and so did all before.
        transaction.execute(
            "UPDATE job SET dead = 1, failure = 'whoever worked at it ended without a word' \
             WHERE dead = 0 AND ready_at <= $1 AND leased_until <= $1 AND attempts >= $2",
            &[now.into(), MOST_ATTEMPTS.into()],
        )?;
        transaction.optional(&sql, &parameters, |row| {
            Ok(Taken {
                id: row.integer(0)?,
                kind: row.text(1)?,
                body: row.text(2)?,
                attempts: row.integer(3)?,
                worker: worker.to_owned(),
            })
        })
    })
}

/// Ends a job within the transaction of its work, so that the work counts once. `false` says
/// that the lease was lost to another: then the transaction should not be kept.
///
/// # Errors
/// When the database does not answer.
pub fn done(transaction: &mut Transaction<'_>, job: &Taken) -> Result<bool, StoreError> {
    let ended = transaction
        .execute("DELETE FROM job WHERE id = $1 AND worker = $2 AND attempts = $3", &mine(job))?;
    Ok(ended == 1)
}

/// Puts a job back that failed, to be tried later, or lays it aside when it failed too often.
///
/// # Errors
/// When the database does not answer.
pub fn failed(
    database: &Database,
    job: &Taken,
    why: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let doublings = u32::try_from(job.attempts.clamp(1, MOST_ATTEMPTS) - 1).unwrap_or(0);
    let ready = now.checked_add(FIRST_WAIT * 2_u32.pow(doublings)).unwrap_or(Timestamp::MAX);
    let [id, worker, attempts] = mine(job);
    database.write(|transaction| {
        transaction
            .execute(
                "UPDATE job SET worker = NULL, leased_until = 0, ready_at = $4, failure = $5, \
                 dead = $6 WHERE id = $1 AND worker = $2 AND attempts = $3",
                &[
                    id.clone(),
                    worker.clone(),
                    attempts.clone(),
                    ready.into(),
                    why.into(),
                    (job.attempts >= MOST_ATTEMPTS).into(),
                ],
            )
            .map(|_| ())
    })
}

/// How many wait, and how many lie dead.
///
/// # Errors
/// When the database does not answer.
pub fn waiting(transaction: &mut Transaction<'_>) -> Result<Waiting, StoreError> {
    transaction.one(
        "SELECT COUNT(*), CAST(COALESCE(SUM(dead), 0) AS BIGINT) FROM job",
        &[],
        |row| {
            let dead = row.integer(1)?;
            Ok(Waiting { waiting: row.integer(0)? - dead, dead })
        },
    )
}

/// The job, as long as it is this worker's and no one took it since.
fn mine(job: &Taken) -> [Value; 3] {
    [job.id.into(), (&job.worker).into(), job.attempts.into()]
}
