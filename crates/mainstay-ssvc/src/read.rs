//! The strict reader of points and tables in TOML.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use thiserror::Error;
use toml::Spanned;

use crate::point::{DecisionPoint, PointId, VALUES, Value, is_key};
use crate::table::Table;
use crate::tables::Tables;

/// Bytes that a text may have.
const BYTES: usize = 1024 * 1024;
/// Rows that a table may have.
const ROWS: usize = 65_536;
/// Inputs that a table may have.
const INPUTS: usize = 16;

/// Why a text is no set of decision tables.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {reason}")]
pub struct TableError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, as a lower-case fragment.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    point: Vec<PointRow>,
    #[serde(default)]
    table: Vec<TableRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PointRow {
    id: Spanned<String>,
    name: String,
    short: Option<String>,
    asks: String,
    values: Spanned<Vec<ValueRow>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueRow {
    key: Spanned<String>,
    name: String,
    short: Option<String>,
    means: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableRow {
    id: Spanned<String>,
    name: String,
    source: String,
    inputs: Spanned<Vec<Spanned<String>>>,
    outcome: Spanned<String>,
    rows: Spanned<String>,
}

pub(crate) fn read(text: &str) -> Result<Tables, TableError> {
    if text.len() > BYTES {
        let reason = format!("the text has {} bytes, tables have at most {BYTES}", text.len());
        return Err(TableError { line: 1, reason });
    }
    let document: Document = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        TableError { line: line_of(text, start), reason: error.message().replace('\n', ", ") }
    })?;
    let mut reader = Reader { text, points: BTreeMap::new() };
    let mut tables = Tables::default();
    for row in document.point {
        tables.points.push(reader.point(row)?);
    }
    let mut seen = BTreeSet::new();
    for row in document.table {
        let span = row.id.span();
        let table = reader.table(row)?;
        if !seen.insert(table.id.clone()) {
            return Err(reader.error(&span, format!("{} is there twice", table.id)));
        }
        tables.tables.push(table);
    }
    Ok(tables)
}

struct Reader<'t> {
    text: &'t str,
    points: BTreeMap<PointId, Arc<DecisionPoint>>,
}

impl Reader<'_> {
    fn point(&mut self, row: PointRow) -> Result<Arc<DecisionPoint>, TableError> {
        let PointRow { id: written, name, short, asks, values: rows } = row;
        let id = self.id(&written)?;
        let count = rows.get_ref().len();
        if !(2..=VALUES).contains(&count) {
            let reason = format!("{id} has {count} values, a point has 2 to {VALUES}");
            return Err(self.error(&rows.span(), reason));
        }
        let mut values: Vec<Value> = Vec::with_capacity(count);
        for ValueRow { key, name, short, means } in rows.into_inner() {
            let is_there = values.iter().any(|value| value.key == *key.get_ref());
            if !is_key(key.get_ref()) || is_there {
                let reason = format!("{:?} is no key, or is there twice", key.get_ref());
                return Err(self.error(&key.span(), reason));
            }
            values.push(Value { key: key.into_inner(), name, short, meaning: means });
        }
        let point = Arc::new(DecisionPoint { id: id.clone(), name, short, question: asks, values });
        if self.points.insert(id.clone(), Arc::clone(&point)).is_some() {
            return Err(self.error(&written.span(), format!("{id} is there twice")));
        }
        Ok(point)
    }

    fn table(&self, row: TableRow) -> Result<Table, TableError> {
        let id = self.id(&row.id)?;
        let outcome = self.known(&row.outcome)?;
        let span = row.inputs.span();
        let written = row.inputs.into_inner();
        let inputs = written.iter().map(|id| self.known(id)).collect::<Result<Vec<_>, _>>()?;
        if inputs.is_empty() || inputs.len() > INPUTS {
            let reason = format!("{id} has {} inputs, it needs 1 to {INPUTS}", inputs.len());
            return Err(self.error(&span, reason));
        }
        let mut once = BTreeSet::from([&outcome.id]);
        if let Some(twice) = inputs.iter().find(|point| !once.insert(&point.id)) {
            return Err(self.error(&span, format!("{} is there twice", twice.id)));
        }
        let count = inputs
            .iter()
            .try_fold(1_usize, |count, point| count.checked_mul(point.values.len()))
            .filter(|count| *count <= ROWS)
            .ok_or_else(|| self.error(&span, format!("{id} has more than {ROWS} rows")))?;
        let rows = self.rows(&row.rows, &inputs, &outcome, count)?;
        Ok(Table { id, name: row.name, source: row.source, inputs, outcome, rows })
    }

    /// The outcome of every combination; an error for one that is missing or there twice.
    fn rows(
        &self,
        text: &Spanned<String>,
        inputs: &[Arc<DecisionPoint>],
        outcome: &DecisionPoint,
        count: usize,
    ) -> Result<Vec<u8>, TableError> {
        let first = self.first_line_of(&text.span());
        let mut rows: Vec<Option<u8>> = vec![None; count];
        for (number, line) in text.get_ref().lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let wrong = |reason: String| TableError { line: first + number, reason };
            let (at, result) = row_of(line, inputs, outcome).map_err(wrong)?;
            match rows.get_mut(at) {
                Some(place @ None) => *place = Some(result),
                Some(Some(_)) | None => {
                    return Err(wrong("a row for these values is there already".into()));
                }
            }
        }
        let given = rows.iter().flatten().count();
        rows.into_iter().collect::<Option<Vec<_>>>().ok_or_else(|| {
            let reason = format!("there are {given} rows, the inputs have {count} combinations");
            self.error(&text.span(), reason)
        })
    }

    fn id(&self, written: &Spanned<String>) -> Result<PointId, TableError> {
        PointId::parse(written.get_ref()).map_err(|error| {
            self.error(&written.span(), format!("{:?}: {error}", written.get_ref()))
        })
    }

    fn known(&self, written: &Spanned<String>) -> Result<Arc<DecisionPoint>, TableError> {
        let id = self.id(written)?;
        let missing = || self.error(&written.span(), format!("there is no point {id}"));
        self.points.get(&id).cloned().ok_or_else(missing)
    }

    /// The line on which a text within quotes begins. TOML drops a line break that follows
    /// three quotes at once.
    fn first_line_of(&self, span: &Range<usize>) -> usize {
        let literal = self.text.get(span.clone()).unwrap_or_default();
        let opening = literal.trim_start_matches(['"', '\'']);
        let dropped = opening.starts_with('\n') || opening.starts_with("\r\n");
        line_of(self.text, span.start) + usize::from(dropped)
    }

    fn error(&self, span: &Range<usize>, reason: String) -> TableError {
        TableError { line: line_of(self.text, span.start), reason }
    }
}

/// Where a row belongs, and its outcome.
fn row_of(
    line: &str,
    inputs: &[Arc<DecisionPoint>],
    outcome: &DecisionPoint,
) -> Result<(usize, u8), String> {
    let mut keys = line.split_whitespace();
    let mut at = 0;
    for point in inputs {
        at = at * point.values.len() + position(keys.next(), point)?;
    }
    let result = position(keys.next(), outcome)?;
    if keys.next().is_some() {
        return Err(format!("the row has more than {} keys", inputs.len() + 1));
    }
    let result = u8::try_from(result).map_err(|_| "the outcome has too many values".to_owned())?;
    Ok((at, result))
}

fn position(key: Option<&str>, point: &DecisionPoint) -> Result<usize, String> {
    let key = key.ok_or_else(|| format!("the row has no key for {}", point.name))?;
    point.position(key).ok_or_else(|| format!("{} has no value {key:?}", point.name))
}

fn line_of(text: &str, at: usize) -> usize {
    1 + memchr::memchr_iter(b'\n', text.as_bytes().get(..at).unwrap_or_default()).count()
}
