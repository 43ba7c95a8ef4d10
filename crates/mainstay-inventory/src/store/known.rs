//! What is known about components: whether they are checked, and their flaws.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use mainstay_knowledge::Knowledge;
use mainstay_scan::{Asked, Finding, KeptRecord, PackageStatus, Record};
use mainstay_store::{Row, StoreError, Transaction, Value};
use mainstay_types::{FindingKind, Severity};
use mainstay_vex::is_cve;

/// What is known about a component: whether it is checked, and its flaws, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// Why it is not checked; nothing, when it is.
    pub(crate) unchecked: Option<String>,
    pub(crate) flaws: Vec<Flaw>,
}

/// A flaw, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Flaw {
    pub(crate) id: String,
    pub(crate) severity: i64,
    kind: String,
    pub(crate) title: String,
    pub(crate) fixed_in: Option<String>,
    pub(crate) exploited: Option<i64>,
    probability: Option<i64>,
    /// The CVSS vector of its records, the newest version of CVSS first.
    vector: Option<String>,
    /// Until when the KEV catalogue asks to act.
    due: Option<String>,
    /// JSON: the ids of each record, as [`Flaw::records`] gives them.
    records: String,
    /// Every id, in capital letters, sorted.
    names: Vec<String>,
}

/// The ids of a record, as they are kept.
type Ids = (String, Vec<String>, Vec<String>);

impl Known {
    /// What a look-up says.
    pub(crate) fn of(status: PackageStatus, findings: &[Finding], knowledge: &Knowledge) -> Self {
        let unchecked = match status {
            PackageStatus::Checked => None,
            PackageStatus::Unchecked { problem, .. } => Some(problem.into_owned()),
        };
        let mut flaws: Vec<Flaw> = findings.iter().map(|one| Flaw::of(one, knowledge)).collect();
        flaws.sort_unstable();
        flaws.dedup_by(|one, two| one.id == two.id);
        Self { unchecked, flaws }
    }

    /// With the flaws that were known before and that nobody could be asked about now: data that
    /// are gone or damaged, or a part of them, do not say that a flaw is gone.
    pub(crate) fn with_untold(
        mut self,
        before: &Self,
        (asked, knowledge): (Asked, &Knowledge),
    ) -> Self {
        let told: HashSet<&String> = self.flaws.iter().flat_map(|flaw| &flaw.names).collect();
        let is_untold = |flaw: &&Flaw| {
            let could_be_told = match asked {
                Asked::All => true,
                // A record that is there and does not name the component any more says so.
                Asked::Part => matches!(knowledge.advisory(&flaw.id), Ok(Some(_))),
                Asked::Nothing => false,
            };
            !could_be_told && !flaw.names.iter().any(|name| told.contains(name))
        };
        let untold: Vec<Flaw> = before.flaws.iter().filter(is_untold).cloned().collect();
        self.flaws.extend(untold);
        self.flaws.sort_unstable();
        self
    }
}

impl Flaw {
    fn of(finding: &Finding, knowledge: &Knowledge) -> Self {
        let ids = std::iter::once(finding.id()).chain(finding.aliases());
        let mut names: Vec<String> = ids.map(str::to_ascii_uppercase).collect();
        names.sort_unstable();
        names.dedup();
        Self {
            id: finding.id().to_owned(),
            severity: severity_number(finding.severity),
            kind: finding.kind.word().to_owned(),
            title: finding.title.clone(),
            fixed_in: finding.fixed_in.clone(),
            exploited: finding.known_exploited.map(i64::from),
            probability: finding.exploit_probability.map(|chance| millionths(chance.probability)),
            vector: vector(finding, knowledge),
            due: due(finding, knowledge),
            records: records_json(finding),
            names,
        }
    }

    /// What sort of trouble it is.
    pub(crate) fn kind(&self) -> Option<FindingKind> {
        FindingKind::from_word(&self.kind)
    }

    /// The ids of each record. Of a flaw that was kept before they were, one record without an id
    /// of its own: then each id answers it only where it is about one flaw.
    pub(crate) fn records(&self) -> Vec<KeptRecord> {
        let kept: Vec<Ids> = serde_json::from_str(&self.records).unwrap_or_default();
        if kept.is_empty() {
            return vec![KeptRecord { aliases: self.names.clone(), ..KeptRecord::default() }];
        }
        let record = |(id, aliases, upstream)| KeptRecord { id, aliases, upstream };
        kept.into_iter().map(record).collect()
    }

    /// Every id as its database writes it, its own left out.
    pub(crate) fn aliases(&self) -> Vec<String> {
        let records = self.records().into_iter();
        let ids = records.flat_map(|record| std::iter::once(record.id).chain(record.aliases));
        let mut aliases: Vec<String> = ids.filter(|id| !id.is_empty() && *id != self.id).collect();
        aliases.sort_unstable();
        aliases.dedup();
        aliases
    }
}

fn records_json(finding: &Finding) -> String {
    let ids = finding.records.iter().map(|record| -> Ids {
        (record.id.clone(), record.aliases.clone(), record.upstream.clone())
    });
    serde_json::to_string(&ids.collect::<Vec<Ids>>()).unwrap_or_else(|_| "[]".to_owned())
}

/// The vector that says the most: CVSS 4 before CVSS 3, and no other.
fn vector(finding: &Finding, knowledge: &Knowledge) -> Option<String> {
    let of_record = |record: &Record| {
        let advisory = knowledge.advisory(&record.id).ok().flatten()?;
        advisory.vector.map(str::to_owned)
    };
    let vectors: Vec<String> = finding.records.iter().filter_map(of_record).collect();
    ["CVSS:4.", "CVSS:3."]
        .into_iter()
        .find_map(|version| vectors.iter().find(|vector| vector.starts_with(version)))
        .cloned()
}

/// The earliest day until which the KEV catalogue asks to act.
fn due(finding: &Finding, knowledge: &Knowledge) -> Option<String> {
    if finding.known_exploited != Some(true) {
        return None;
    }
    let ids = std::iter::once(finding.id()).chain(finding.aliases());
    let entries = ids.filter(|id| is_cve(id)).filter_map(|id| knowledge.kev(id).ok().flatten());
    entries.filter_map(|entry| entry.due_date).min().map(|day| day.to_string())
}

/// Writes down what is known about a component, in place of what was.
pub(crate) fn set_known(
    transaction: &mut Transaction<'_>,
    component: i64,
    known: &Known,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE component SET unchecked = $2, matched_at = $3 WHERE number = $1",
        &[component.into(), known.unchecked.clone().into(), now.into()],
    )?;
    for table in ["component_flaw", "flaw_name"] {
        let sql = format!("DELETE FROM {table} WHERE component = $1");
        transaction.execute(&sql, &[component.into()])?;
    }
    let (mut flaws, mut names): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for flaw in &known.flaws {
        flaws.extend([
            component.into(),
            (&flaw.id).into(),
            flaw.severity.into(),
            (&flaw.kind).into(),
            (&flaw.title).into(),
            flaw.fixed_in.clone().into(),
            flaw.exploited.into(),
            flaw.probability.into(),
            flaw.vector.clone().into(),
            flaw.due.clone().into(),
            (&flaw.records).into(),
        ]);
        for name in &flaw.names {
            names.extend([name.into(), component.into(), (&flaw.id).into()]);
        }
    }
    transaction.insert(
        "INSERT INTO component_flaw (component, flaw, severity, kind, title, fixed_in, exploited, \
         probability, vector, due, records)",
        11,
        &flaws,
        "",
    )?;
    transaction.insert("INSERT INTO flaw_name (name, component, flaw)", 3, &names, "").map(|_| ())
}

/// By which edition of the advisory data every component was asked about; nothing, before the
/// first was.
pub(crate) fn matched_edition(
    transaction: &mut Transaction<'_>,
) -> Result<Option<String>, StoreError> {
    transaction
        .optional("SELECT value FROM setting WHERE name = $1", &[EDITION.into()], |row| row.text(0))
}

/// Writes that every component was asked about with this edition; as the first, only when none
/// was written.
pub(crate) fn set_matched_edition(
    transaction: &mut Transaction<'_>,
    edition: u64,
    is_first: bool,
) -> Result<(), StoreError> {
    let otherwise = if is_first { "NOTHING" } else { "UPDATE SET value = $2" };
    transaction
        .execute(
            &format!(
                "INSERT INTO setting (name, value) VALUES ($1, $2) \
                 ON CONFLICT (name) DO {otherwise}"
            ),
            &[EDITION.into(), edition.to_string().into()],
        )
        .map(|_| ())
}

const EDITION: &str = "inventory.matched-edition";

/// Says that what was matched with is an edition of another folder of data: no edition here is
/// the same, whatever its number.
pub(crate) fn unmatch(transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
    let sql = "UPDATE setting SET value = 'of another folder' WHERE name = $1";
    transaction.execute(sql, &[EDITION.into()]).map(|_| ())
}

/// How often the flaws of components were changed. Who read flaws, and writes what follows from
/// them, asks again at the end, with `is_last`: then nobody changes flaws before that is kept.
pub(crate) fn flaws_turn(
    transaction: &mut Transaction<'_>,
    is_last: bool,
) -> Result<i64, StoreError> {
    let sql = if is_last {
        "UPDATE counter SET next = next WHERE name = 'flaws' RETURNING next"
    } else {
        "SELECT next FROM counter WHERE name = 'flaws'"
    };
    transaction.one(sql, &[], |row| row.integer(0))
}

/// The question at the end of [`flaws_turn`]: whoever gives this error back is called again, when
/// flaws or statements were changed since that turn.
pub(crate) fn same_turn(transaction: &mut Transaction<'_>, turn: i64) -> Result<(), StoreError> {
    if flaws_turn(transaction, true)? == turn { Ok(()) } else { Err(transaction.give_way()) }
}

/// Says that flaws of components are being changed: first of all, before they are. The turn is
/// for [`set_unsettled`].
pub(crate) fn begin_changing_flaws(transaction: &mut Transaction<'_>) -> Result<i64, StoreError> {
    Ok(transaction.numbers("flaws", 1)?.unwrap_or_default())
}

/// Notes that findings of a component are to be brought in line. The note stays until that is
/// done, whatever becomes of this process.
pub(crate) fn set_unsettled(
    transaction: &mut Transaction<'_>,
    component: i64,
    turn: i64,
) -> Result<(), StoreError> {
    transaction
        .execute(
            "UPDATE component SET unsettled = $2 WHERE number = $1",
            &[component.into(), turn.into()],
        )
        .map(|_| ())
}

/// The components whose findings are to be brought in line, sorted, and the newest turn of them.
pub(crate) fn unsettled(transaction: &mut Transaction<'_>) -> Result<(Vec<i64>, i64), StoreError> {
    let mut newest = 0;
    let components = transaction.rows(
        "SELECT number, unsettled FROM component WHERE unsettled IS NOT NULL ORDER BY number",
        &[],
        |row| {
            newest = newest.max(row.integer(1)?);
            row.integer(0)
        },
    )?;
    Ok((components, newest))
}

/// Takes back the notes of [`set_unsettled`] up to this turn.
pub(crate) fn set_settled(transaction: &mut Transaction<'_>, turn: i64) -> Result<(), StoreError> {
    transaction
        .execute("UPDATE component SET unsettled = NULL WHERE unsettled <= $1", &[turn.into()])
        .map(|_| ())
}

/// A share of one, in millionths.
#[expect(clippy::cast_possible_truncation, reason = "between 0 and 1,000,000")]
fn millionths(share: f64) -> i64 {
    (share.clamp(0.0, 1.0) * 1_000_000.0).round() as i64
}

/// Severities as numbers that sort as they do.
pub(crate) fn severity_number(severity: Severity) -> i64 {
    Severity::ALL
        .iter()
        .position(|known| *known == severity)
        .and_then(|position| i64::try_from(position).ok())
        .unwrap_or(0)
}

/// The severity of a number that [`severity_number`] gave.
pub(crate) fn severity_of(number: i64) -> Severity {
    usize::try_from(number)
        .ok()
        .and_then(|position| Severity::ALL.get(position).copied())
        .unwrap_or(Severity::Unknown)
}

/// The flaws of components, by component.
pub(crate) fn flaws(
    transaction: &mut Transaction<'_>,
    components: &[i64],
) -> Result<HashMap<i64, Vec<Flaw>>, StoreError> {
    let keys: Vec<Value> = components.iter().map(|number| (*number).into()).collect();
    let mut names: HashMap<(i64, String), Vec<String>> = HashMap::new();
    let mut flaws: HashMap<i64, Vec<Flaw>> = HashMap::new();
    transaction.each_of(
        "SELECT component, flaw, name FROM flaw_name WHERE component IN",
        &[],
        &keys,
        |row| {
            names.entry((row.integer(0)?, row.text(1)?)).or_default().push(row.text(2)?);
            Ok(())
        },
    )?;
    transaction.each_of(
        "SELECT component, flaw, severity, kind, title, fixed_in, exploited, probability, \
         vector, due, records FROM component_flaw WHERE component IN",
        &[],
        &keys,
        |row| {
            let (component, flaw) = (row.integer(0)?, row.text(1)?);
            let mut names = names.remove(&(component, flaw)).unwrap_or_default();
            names.sort_unstable();
            flaws.entry(component).or_default().push(read_flaw(row, names)?);
            Ok(())
        },
    )?;
    for flaws in flaws.values_mut() {
        flaws.sort_unstable();
    }
    Ok(flaws)
}

/// The components with a flaw of this name (in capital letters).
pub(crate) fn with_flaw(
    transaction: &mut Transaction<'_>,
    name: &str,
) -> Result<Vec<i64>, StoreError> {
    transaction.rows(
        "SELECT DISTINCT component FROM flaw_name WHERE name = $1 ORDER BY component",
        &[name.into()],
        |row| row.integer(0),
    )
}

/// What the flaws of a name (in capital letters) are, by the package URL of the component.
pub(crate) fn of_name(
    transaction: &mut Transaction<'_>,
    name: &str,
) -> Result<Vec<(String, Flaw)>, StoreError> {
    transaction.rows(
        "SELECT c.purl, f.flaw, f.severity, f.kind, f.title, f.fixed_in, f.exploited, \
         f.probability, f.vector, f.due, f.records FROM flaw_name n \
         JOIN component_flaw f ON f.component = n.component AND f.flaw = n.flaw \
         JOIN component c ON c.number = n.component WHERE n.name = $1 ORDER BY c.purl, f.flaw",
        &[name.into()],
        |row| Ok((row.text(0)?, read_flaw(row, Vec::new())?)),
    )
}

/// The flaw in a row, from its second column on.
fn read_flaw(row: &Row<'_>, names: Vec<String>) -> Result<Flaw, StoreError> {
    Ok(Flaw {
        id: row.text(1)?,
        severity: row.integer(2)?,
        kind: row.text(3)?,
        title: row.text(4)?,
        fixed_in: row.text_or_null(5)?,
        exploited: row.integer_or_null(6)?,
        probability: row.integer_or_null(7)?,
        vector: row.text_or_null(8)?,
        due: row.text_or_null(9)?,
        records: row.text(10)?,
        names,
    })
}

/// The flaws of this name (in capital letters): component and id.
pub(crate) fn named(
    transaction: &mut Transaction<'_>,
    name: &str,
) -> Result<Vec<(i64, String)>, StoreError> {
    transaction.rows(
        "SELECT component, flaw FROM flaw_name WHERE name = $1 ORDER BY component, flaw",
        &[name.into()],
        |row| Ok((row.integer(0)?, row.text(1)?)),
    )
}
