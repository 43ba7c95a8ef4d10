//! Statements, and what is still to be done with them.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use mainstay_scan::KeptStatement;
use mainstay_store::{Row, StoreError, Transaction, Value};
use mainstay_vex::{Claim, Flaw, Justification, Reason, SaidBy, Statement, VexFormat};
use serde_json::json;

use crate::product;
use crate::statement::StatementRow;

/// Where statements hold: in all of a party, in one of its assets, or in one SBOM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hold {
    pub(crate) party: i64,
    pub(crate) asset: Option<i64>,
    pub(crate) sbom: Option<i64>,
}

/// Whose statements are kept: of a document, or of an account.
pub(crate) struct Source<'s> {
    /// What their ids begin with; one alone has this very id.
    pub(crate) id: &'s str,
    pub(crate) document: Option<i64>,
    pub(crate) account: &'s str,
    pub(crate) hold: Hold,
}

/// Keeps statements, in their order.
pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    statements: &[Statement],
    source: &Source<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(first) = transaction.numbers("statement", statements.len())? else { return Ok(()) };
    let (mut rows, mut names): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for ((at, statement), number) in (1_usize..).zip(statements).zip(first..) {
        rows.extend(row_of(statement, source, (at, number), now)?);
        let mut ids: Vec<String> = statement.flaw.ids().map(str::to_ascii_uppercase).collect();
        ids.sort_unstable();
        ids.dedup();
        names.extend(ids.into_iter().flat_map(|id| [id.into(), number.into()]));
    }
    transaction.insert(
        "INSERT INTO statement (number, id, party, asset, sbom, document, line, account, author, \
         flaw, aliases, product, evidence, about, status, justification, impact, action, notes, \
         issued_at, updated_at, expires, received_at, held)",
        24,
        &rows,
        "",
    )?;
    transaction.insert("INSERT INTO statement_flaw (name, statement)", 2, &names, "").map(|_| ())
}

fn row_of(
    statement: &Statement,
    source: &Source<'_>,
    (at, number): (usize, i64),
    now: Timestamp,
) -> Result<[Value; 24], StoreError> {
    let product = product::write(&statement.product)
        .map_err(|error| StoreError::Statement(format!("a product: {error}")))?;
    let id = match source.document {
        Some(_) => format!("{}-{at}", source.id),
        None => source.id.to_owned(),
    };
    let reason = statement.claim.reason();
    let justification = reason.and_then(Reason::justification).map(Justification::word);
    Ok([
        number.into(),
        id.into(),
        source.hold.party.into(),
        source.hold.asset.into(),
        source.hold.sbom.into(),
        source.document.into(),
        statement.line.into(),
        source.account.into(),
        statement.said_by.author.clone().into(),
        (&statement.flaw.id).into(),
        json!(statement.flaw.aliases).to_string().into(),
        product.into(),
        json!(*statement.evidence).to_string().into(),
        product::about(&statement.product).into(),
        statement.claim.word().into(),
        justification.into(),
        reason.and_then(Reason::impact).into(),
        statement.claim.action().into(),
        statement.notes.as_deref().into(),
        statement.issued.into(),
        statement.updated.into(),
        statement.expires.map(|day| day.to_string()).into(),
        now.into(),
        statement.holds_at(now).into(),
    ])
}

const STATEMENT: &str = "SELECT statement.number, statement.id, statement.line, statement.account, \
    statement.author, statement.flaw, statement.aliases, statement.product, statement.evidence, \
    statement.status, statement.justification, statement.impact, statement.action, \
    statement.notes, statement.issued_at, statement.updated_at, statement.expires, \
    statement.sbom, vex_document.id, vex_document.format, vex_document.name, \
    vex_document.version, vex_document.file_name, vex_document.blob, statement.received_at \
    FROM statement LEFT JOIN vex_document ON vex_document.number = statement.document";

/// A statement, and what tells it from others.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) number: i64,
    pub(crate) row: StatementRow,
    /// Whether the SBOM itself says it.
    pub(crate) is_own_word: bool,
    /// The blob of its document, or its own id: an order that is the same whenever it came.
    blob: String,
}

impl Kept {
    /// As a hearing takes it.
    pub(crate) fn to_be_heard(&self) -> KeptStatement {
        KeptStatement {
            statement: self.row.statement.clone(),
            document: self.row.source(),
            is_own_word: self.is_own_word,
        }
    }
}

/// The statements that may be about an SBOM: about one of these packages, or about none. In an
/// order that does not depend on when they came.
pub(crate) fn about(
    transaction: &mut Transaction<'_>,
    (party, asset, sbom): (i64, i64, i64),
    packages: impl Iterator<Item = String>,
) -> Result<Vec<Kept>, StoreError> {
    let mut keys: Vec<String> = packages.chain([String::new()]).collect();
    keys.sort_unstable();
    keys.dedup();
    let keys: Vec<Value> = keys.into_iter().map(Value::from).collect();
    let mut found = Vec::new();
    transaction.each_of(
        &format!(
            "{STATEMENT} WHERE statement.party = $1 \
             AND (statement.asset IS NULL OR statement.asset = $2) \
             AND (statement.sbom IS NULL OR statement.sbom = $3) AND statement.about IN"
        ),
        &[party.into(), asset.into(), sbom.into()],
        &keys,
        |row| {
            found.push(kept_of(row)?);
            Ok(())
        },
    )?;
    found.sort_by(|one: &Kept, two| (&one.blob, one.number).cmp(&(&two.blob, two.number)));
    Ok(found)
}

/// Whether a party has any statement.
pub(crate) fn has_any(transaction: &mut Transaction<'_>, party: i64) -> Result<bool, StoreError> {
    let found = transaction.optional(
        "SELECT number FROM statement WHERE party = $1 LIMIT 1",
        &[party.into()],
        |row| row.integer(0),
    )?;
    Ok(found.is_some())
}

/// How many statements of a party are kept.
pub(crate) fn count(transaction: &mut Transaction<'_>, party: i64) -> Result<i64, StoreError> {
    transaction.one("SELECT COUNT(*) FROM statement WHERE party = $1", &[party.into()], |row| {
        row.integer(0)
    })
}

/// Statements by their numbers.
pub(crate) fn of_numbers(
    transaction: &mut Transaction<'_>,
    numbers: &[i64],
) -> Result<Vec<Kept>, StoreError> {
    let keys: Vec<Value> = numbers.iter().map(|number| (*number).into()).collect();
    let mut found = Vec::new();
    transaction.each_of(&format!("{STATEMENT} WHERE statement.number IN"), &[], &keys, |row| {
        found.push(kept_of(row)?);
        Ok(())
    })?;
    Ok(found)
}

/// The statements of a document, in its order.
pub(crate) fn of_document(
    transaction: &mut Transaction<'_>,
    document: i64,
) -> Result<Vec<Kept>, StoreError> {
    transaction.rows(
        &format!("{STATEMENT} WHERE statement.document = $1 ORDER BY statement.number"),
        &[document.into()],
        kept_of,
    )
}

/// The statements of a party that somebody said here or sent, after the one of this number.
pub(crate) fn of_party(
    transaction: &mut Transaction<'_>,
    party: i64,
    (after, count): (&str, i64),
) -> Result<Vec<Kept>, StoreError> {
    transaction.rows(
        &format!(
            "{STATEMENT} WHERE statement.party = $1 AND statement.id > $2 \
             ORDER BY statement.id LIMIT $3"
        ),
        &[party.into(), after.into(), count.into()],
        kept_of,
    )
}

fn kept_of(row: &Row<'_>) -> Result<Kept, StoreError> {
    let damaged = |what: &str| StoreError::Statement(format!("{what} of a statement"));
    let list = |json: &str| -> Result<Vec<String>, StoreError> {
        serde_json::from_str(json).map_err(|_| damaged("a list"))
    };
    let format = row.text_or_null(19)?;
    let said_by = SaidBy {
        author: row.text_or_null(4)?,
        document: row.text_or_null(20)?.unwrap_or_default(),
        version: row.text_or_null(21)?,
        format: format.and_then(|word| VexFormat::from_word(&word)).unwrap_or(VexFormat::OpenVex),
    };
    let id = row.text(1)?;
    let impact: Option<Arc<str>> = row.text_or_null(11)?.map(Into::into);
    let justification = row.text_or_null(10)?.and_then(|word| Justification::from_word(&word));
    let claim = match row.text(9)?.as_str() {
        "not_affected" => Claim::NotAffected(
            Reason::of(justification, impact).ok_or_else(|| damaged("the reason"))?,
        ),
        "affected" => Claim::Affected { action: row.text_or_null(12)?.map(Into::into) },
        "fixed" => Claim::Fixed,
        "under_investigation" => Claim::UnderInvestigation,
        _ => return Err(damaged("the status")),
    };
    let expires = row.text_or_null(16)?.map(|day| day.parse::<Date>());
    let statement = Statement {
        said_by: Arc::new(said_by),
        flaw: Arc::new(Flaw { id: row.text(5)?, aliases: list(&row.text(6)?)? }),
        product: product::read(&row.text(7)?).ok_or_else(|| damaged("the product"))?,
        claim,
        evidence: list(&row.text(8)?)?.into(),
        notes: row.text_or_null(13)?.map(Into::into),
        issued: row.time_or_null(14)?,
        updated: row.time_or_null(15)?,
        expires: expires.transpose().map_err(|_| damaged("the last day"))?,
        line: row.integer_or_null(2)?.and_then(|line| u32::try_from(line).ok()),
    };
    Ok(Kept {
        number: row.integer(0)?,
        is_own_word: row.integer_or_null(17)?.is_some(),
        blob: row.text_or_null(23)?.unwrap_or_else(|| id.clone()),
        row: StatementRow {
            id,
            account: row.text(3)?,
            statement,
            document: row.text_or_null(18)?,
            file_name: row.text_or_null(22)?.unwrap_or_default(),
            received_at: row.time(24)?,
        },
    })
}

/// Statements that began to hold or ran out since findings were brought in line with them: their
/// numbers, where they hold, and whether they hold now.
pub(crate) fn due(
    transaction: &mut Transaction<'_>,
    now: Timestamp,
    today: Date,
) -> Result<Vec<(i64, Hold, bool)>, StoreError> {
    let mut due = Vec::new();
    let questions: [(&str, bool, Value); 2] = [
        ("held = 1 AND expires IS NOT NULL AND expires < $1", false, today.to_string().into()),
        (
            "held = 0 AND COALESCE(issued_at, 0) <= $1 AND COALESCE(updated_at, 0) <= $1 \
             AND (expires IS NULL OR expires >= $2)",
            true,
            now.into(),
        ),
    ];
    for (question, holds, parameter) in questions {
        let mut parameters = vec![parameter];
        if holds {
            parameters.push(today.to_string().into());
        }
        transaction.each(
            &format!("SELECT number, party, asset, sbom FROM statement WHERE {question}"),
            &parameters,
            |row| {
                let hold = Hold {
                    party: row.integer(1)?,
                    asset: row.integer_or_null(2)?,
                    sbom: row.integer_or_null(3)?,
                };
                due.push((row.integer(0)?, hold, holds));
                Ok(())
            },
        )?;
    }
    Ok(due)
}

/// Notes whether a statement holds.
pub(crate) fn set_held(
    transaction: &mut Transaction<'_>,
    statement: i64,
    holds: bool,
) -> Result<(), StoreError> {
    transaction
        .execute(
            "UPDATE statement SET held = $2 WHERE number = $1",
            &[statement.into(), holds.into()],
        )
        .map(|_| ())
}

/// Notes that the findings of versions of assets are to be brought in line.
pub(crate) fn set_unheard(
    transaction: &mut Transaction<'_>,
    places: &[(i64, &str)],
) -> Result<(), StoreError> {
    let rows: Vec<Value> =
        places.iter().flat_map(|(asset, release)| [(*asset).into(), (*release).into()]).collect();
    transaction
        .insert(
            "INSERT INTO unheard (asset, release)",
            2,
            &rows,
            "ON CONFLICT (asset, release) DO NOTHING",
        )
        .map(|_| ())
}

/// Where a statement holds.
pub(crate) fn hold_of(
    transaction: &mut Transaction<'_>,
    statement: i64,
) -> Result<Hold, StoreError> {
    transaction.one(
        "SELECT party, asset, sbom FROM statement WHERE number = $1",
        &[statement.into()],
        |row| {
            Ok(Hold {
                party: row.integer(0)?,
                asset: row.integer_or_null(1)?,
                sbom: row.integer_or_null(2)?,
            })
        },
    )
}

/// The statement of an id.
pub(crate) fn of_id(
    transaction: &mut Transaction<'_>,
    id: &str,
) -> Result<Option<Kept>, StoreError> {
    transaction.optional(&format!("{STATEMENT} WHERE statement.id = $1"), &[id.into()], kept_of)
}

/// Versions of assets whose findings are to be brought in line.
pub(crate) fn unheard(
    transaction: &mut Transaction<'_>,
    count: i64,
) -> Result<Vec<(i64, String)>, StoreError> {
    transaction.rows(
        "SELECT asset, release FROM unheard ORDER BY asset, release LIMIT $1",
        &[count.into()],
        |row| Ok((row.integer(0)?, row.text(1)?)),
    )
}

/// Takes back a note of [`set_unheard`].
pub(crate) fn set_heard(
    transaction: &mut Transaction<'_>,
    (asset, release): (i64, &str),
) -> Result<(), StoreError> {
    transaction
        .execute(
            "DELETE FROM unheard WHERE asset = $1 AND release = $2",
            &[asset.into(), release.into()],
        )
        .map(|_| ())
}
