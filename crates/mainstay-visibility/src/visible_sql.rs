//! The definition as a condition of a query: one text for both engines, made of [`RULES`].

use std::fmt::Write as _;

use jiff::Timestamp;
use mainstay_store::Value;

use crate::marked::code;
use crate::rules::{AudienceKind, Circle, Needs, RULES, Rule};
use crate::time::now_micros;
use crate::{ObjectId, Reader};

/// A condition that holds for the objects which a reader may see. Put it behind `WHERE` or `AND`
/// wherever objects are listed, counted or joined: what it leaves out is not there.
///
/// ```
/// use jiff::Timestamp;
/// use mainstay_visibility::{Reader, VisibleSql};
///
/// let own = [mainstay_store::Value::from("energy")];
/// let visible = VisibleSql::of(&Reader::anonymous(), Timestamp::UNIX_EPOCH, "q.id", own.len());
/// let sql = format!(
///     "SELECT q.title FROM question q WHERE q.sector = $1 AND {} ORDER BY q.id",
///     visible.condition()
/// );
/// let parameters = [&own, visible.parameters()].concat();
/// assert!(sql.contains("$2") && parameters.len() == 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisibleSql {
    condition: String,
    parameters: Vec<Value>,
}

impl VisibleSql {
    /// The condition for `reader` at `now`. `object` is the column that has the id of the object,
    /// written `table.column`; `before` is the number of parameters that stand before these.
    ///
    /// Anything but `table.column` holds for no row: a bare name would mean a column of the
    /// tables that are asked here, and then let everything through.
    pub fn of(reader: &Reader, now: Timestamp, object: &'static str, before: usize) -> Self {
        if !is_column_of_a_table(object) {
            return Self { condition: "(1 = 0)".to_owned(), parameters: Vec::new() };
        }
        let mut writer = Writer { reader, before, parameters: Vec::new(), lists: Vec::new() };
        let mut ways = Vec::new();
        if let Some(own) = writer.any_of(|kind| kind == AudienceKind::Owner, "own_marking.owner") {
            ways.push(format!(
                "EXISTS (SELECT 1 FROM marking own_marking \
                 WHERE own_marking.object = {object} AND ({own}))"
            ));
        }
        // The time is named only where it is asked for: both engines want that.
        let told = writer.any_of(|kind| kind != AudienceKind::Owner, "told_release.audience");
        if let Some(told) = told {
            let now = writer.parameter(now_micros(now).into());
            ways.push(format!(
                "EXISTS (SELECT 1 FROM release told_release \
                 WHERE told_release.object = {object} \
                 AND told_release.not_before <= {now} AND ({told}))"
            ));
        }
        if ways.is_empty() {
            ways.push("1 = 0".to_owned());
        }
        Self { condition: format!("({})", ways.join(" OR ")), parameters: writer.parameters }
    }

    /// The text, in brackets.
    pub fn condition(&self) -> &str {
        &self.condition
    }

    /// The values of its parameters, in order.
    pub fn parameters(&self) -> &[Value] {
        &self.parameters
    }

    /// Which of all objects the reader may see, by id: for lists that begin with rights.
    pub fn all(reader: &Reader, now: Timestamp) -> (String, Vec<Value>) {
        let Self { condition, parameters } = Self::of(reader, now, "seen.object", 0);
        let sql = format!("SELECT seen.object FROM marking seen WHERE {condition} ORDER BY 1");
        (sql, parameters)
    }

    /// A query that has a row when the reader may see this object.
    pub fn one(reader: &Reader, now: Timestamp, object: &ObjectId) -> (String, Vec<Value>) {
        let Self { condition, parameters } = Self::of(reader, now, "seen.object", 1);
        let sql =
            format!("SELECT seen.object FROM marking seen WHERE seen.object = $1 AND {condition}");
        (sql, [vec![object.as_str().into()], parameters].concat())
    }
}

/// `table.column`, in lower case, and no table of this module's own.
fn is_column_of_a_table(text: &str) -> bool {
    let is_name = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    text.split_once('.').is_some_and(|(table, column)| {
        is_name(table) && is_name(column) && !["own_marking", "told_release"].contains(&table)
    })
}

/// Writes conditions and collects their parameters.
struct Writer<'r> {
    reader: &'r Reader,
    before: usize,
    parameters: Vec<Value>,
    /// What was written for a need already, so that its names are passed once.
    lists: Vec<(Needs, Option<String>)>,
}

impl Writer<'_> {
    /// The rules of some kinds, joined. Nothing, when none of them can hold for this reader.
    fn any_of(&mut self, wanted: fn(AudienceKind) -> bool, name: &str) -> Option<String> {
        let ways: Vec<String> = RULES
            .iter()
            .filter(|rule| wanted(rule.kind))
            .filter_map(|rule| self.rule(rule, name))
            .collect();
        (!ways.is_empty()).then(|| ways.join(" OR "))
    }

    fn rule(&mut self, rule: &Rule, name: &str) -> Option<String> {
        let members = self.members(rule.needs)?;
        let markings: Vec<String> =
            rule.markings.iter().map(|marking| code(*marking).to_string()).collect();
        let mut sql = String::from("(");
        // Writing to a text cannot fail.
        if rule.kind == AudienceKind::Owner {
            let _ = write!(sql, "own_marking.tlp IN ({})", markings.join(", "));
        } else {
            let kind = rule.kind.word();
            let markings = markings.join(", ");
            let _ =
                write!(sql, "told_release.kind = '{kind}' AND told_release.tlp IN ({markings})");
        }
        if !members.is_empty() {
            let _ = write!(sql, " AND {name} IN ({members})");
        }
        sql.push(')');
        Some(sql)
    }

    /// The audiences that fulfil a need: an empty text for all of them, nothing for none.
    fn members(&mut self, needs: Needs) -> Option<String> {
        if let Some((_, list)) = self.lists.iter().find(|(known, _)| *known == needs) {
            return list.clone();
        }
        let list = match Circle::of(needs, self.reader) {
            Circle::All => Some(String::new()),
            Circle::None => None,
            Circle::These(names) => {
                // Filled up to a power of two, so that few different statements are prepared.
                let length = names.len().next_power_of_two();
                let last = names.last().copied();
                let filled = names.into_iter().chain(last.into_iter().cycle()).take(length);
                let numbers: Vec<String> = filled.map(|name| self.parameter(name.into())).collect();
                Some(numbers.join(", "))
            }
        };
        self.lists.push((needs, list.clone()));
        list
    }

    fn parameter(&mut self, value: Value) -> String {
        self.parameters.push(value);
        format!("${}", self.before + self.parameters.len())
    }
}
