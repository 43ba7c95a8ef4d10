//! Packages and their versions, each once, and the flaws that are known in them.

use std::collections::HashMap;

use jiff::Timestamp;
use mainstay_scan::{Finding, PackageStatus};
use mainstay_store::{StoreError, Transaction, Value};
use mainstay_types::{PackageName, Severity};

use crate::document::Component;

/// The numbers of the components that are known by these identities.
pub(crate) fn numbers_of(
    transaction: &mut Transaction<'_>,
    components: &[Component],
) -> Result<HashMap<String, i64>, StoreError> {
    let identities: Vec<Value> =
        components.iter().map(|component| (&component.identity).into()).collect();
    let mut numbers = HashMap::with_capacity(components.len());
    transaction.each_of(
        "SELECT identity, number FROM component WHERE identity IN",
        &identities,
        "",
        |row| {
            numbers.insert(row.text(0)?, row.integer(1)?);
            Ok(())
        },
    )?;
    Ok(numbers)
}

/// Adds components, in the order of their identities, so that two who add the same wait for one
/// another in the same order. What another added meanwhile is left to it.
pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    components: &[&Component],
    now: Timestamp,
) -> Result<(), StoreError> {
    let packages = package_numbers(transaction, components)?;
    let Some(first) = transaction.numbers("component", components.len())? else { return Ok(()) };
    let mut rows = Vec::with_capacity(components.len() * 6);
    for (component, number) in components.iter().zip(first..) {
        let Some(package) = packages.get(&key(&component.name)) else { continue };
        rows.extend([
            number.into(),
            (*package).into(),
            (&component.identity).into(),
            (&component.purl).into(),
            (&component.version).into(),
            now.into(),
        ]);
    }
    transaction
        .insert(
            "INSERT INTO component (number, package, identity, purl, version, matched_at)",
            6,
            &rows,
            "ON CONFLICT (identity) DO NOTHING",
        )
        .map(|_| ())
}

type Key = (&'static str, String);

fn key(name: &PackageName) -> Key {
    (name.ecosystem().osv_name(), name.key().to_owned())
}

fn package_numbers(
    transaction: &mut Transaction<'_>,
    components: &[&Component],
) -> Result<HashMap<Key, i64>, StoreError> {
    let mut wanted: Vec<&PackageName> =
        components.iter().map(|component| &component.name).collect();
    wanted.sort_unstable_by_key(|name| key(name));
    wanted.dedup_by_key(|name| key(name));
    let mut numbers = packages(transaction, &wanted)?;
    let new: Vec<&PackageName> =
        wanted.iter().copied().filter(|name| !numbers.contains_key(&key(name))).collect();
    let Some(first) = transaction.numbers("package", new.len())? else { return Ok(numbers) };
    let rows: Vec<Value> = new
        .iter()
        .zip(first..)
        .flat_map(|(name, number)| {
            [
                number.into(),
                name.ecosystem().osv_name().into(),
                name.key().into(),
                name.as_written().into(),
            ]
        })
        .collect();
    transaction.insert(
        "INSERT INTO package (number, ecosystem, name_key, name)",
        4,
        &rows,
        "ON CONFLICT (ecosystem, name_key) DO NOTHING",
    )?;
    numbers.extend(packages(transaction, &new)?);
    Ok(numbers)
}

fn packages(
    transaction: &mut Transaction<'_>,
    names: &[&PackageName],
) -> Result<HashMap<Key, i64>, StoreError> {
    let mut by_ecosystem: HashMap<&'static str, Vec<Value>> = HashMap::new();
    for name in names {
        by_ecosystem.entry(name.ecosystem().osv_name()).or_default().push(name.key().into());
    }
    let mut numbers = HashMap::new();
    for (ecosystem, keys) in by_ecosystem {
        // The word is one of our own table, never what somebody sent.
        transaction.each_of(
            "SELECT name_key, number FROM package WHERE name_key IN",
            &keys,
            &format!("AND ecosystem = '{}'", ecosystem.replace('\'', "''")),
            |row| {
                numbers.insert((ecosystem, row.text(0)?), row.integer(1)?);
                Ok(())
            },
        )?;
    }
    Ok(numbers)
}

/// Writes down what is known about a component.
pub(crate) fn set_known(
    transaction: &mut Transaction<'_>,
    component: i64,
    (status, findings): &(PackageStatus, Vec<Finding>),
    now: Timestamp,
) -> Result<(), StoreError> {
    let unchecked = match status {
        PackageStatus::Checked => None,
        PackageStatus::Unchecked { problem, .. } => Some(problem.to_string()),
    };
    transaction.execute(
        "UPDATE component SET unchecked = $2, matched_at = $3 WHERE number = $1",
        &[component.into(), unchecked.into(), now.into()],
    )?;
    transaction.execute("DELETE FROM component_flaw WHERE component = $1", &[component.into()])?;
    transaction.execute("DELETE FROM flaw_name WHERE component = $1", &[component.into()])?;
    let mut names = Vec::new();
    for finding in findings {
        let flaw = finding.id();
        let millionths = finding.exploit_probability.map(|chance| millionths(chance.probability));
        transaction.execute(
            "INSERT INTO component_flaw (component, flaw, severity, kind, title, fixed_in, \
             exploited, probability) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT DO NOTHING",
            &[
                component.into(),
                flaw.into(),
                severity_number(finding.severity).into(),
                finding.kind.word().into(),
                (&finding.title).into(),
                finding.fixed_in.clone().into(),
                finding.known_exploited.into(),
                millionths.into(),
            ],
        )?;
        for name in std::iter::once(flaw).chain(finding.aliases()) {
            names.extend([name.to_ascii_uppercase().into(), component.into(), flaw.into()]);
        }
    }
    transaction
        .insert(
            "INSERT INTO flaw_name (name, component, flaw)",
            3,
            &names,
            "ON CONFLICT DO NOTHING",
        )
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

/// A component as it is stored, to be asked about again.
pub(crate) struct Stored {
    pub(crate) number: i64,
    pub(crate) identity: String,
    pub(crate) ecosystem: String,
    pub(crate) name: String,
    pub(crate) unchecked: Option<String>,
}

/// At most `count` components after the one of this number.
pub(crate) fn after(
    transaction: &mut Transaction<'_>,
    number: i64,
    count: i64,
) -> Result<Vec<Stored>, StoreError> {
    transaction.rows(
        "SELECT component.number, component.identity, package.ecosystem, package.name, \
         component.unchecked FROM component JOIN package ON package.number = component.package \
         WHERE component.number > $1 ORDER BY component.number LIMIT $2",
        &[number.into(), count.into()],
        |row| {
            Ok(Stored {
                number: row.integer(0)?,
                identity: row.text(1)?,
                ecosystem: row.text(2)?,
                name: row.text(3)?,
                unchecked: row.text_or_null(4)?,
            })
        },
    )
}

/// A flaw of a component, as far as a change of it matters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FlawFacts {
    pub(crate) flaw: String,
    pub(crate) severity: i64,
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) fixed_in: Option<String>,
    pub(crate) exploited: Option<i64>,
    pub(crate) probability: Option<i64>,
    pub(crate) names: Vec<String>,
}

impl FlawFacts {
    /// As [`set_known`] would write it.
    pub(crate) fn of(finding: &Finding) -> Self {
        let mut names: Vec<String> = std::iter::once(finding.id())
            .chain(finding.aliases())
            .map(str::to_ascii_uppercase)
            .collect();
        names.sort_unstable();
        names.dedup();
        Self {
            flaw: finding.id().to_owned(),
            severity: severity_number(finding.severity),
            kind: finding.kind.word().to_owned(),
            title: finding.title.clone(),
            fixed_in: finding.fixed_in.clone(),
            exploited: finding.known_exploited.map(i64::from),
            probability: finding.exploit_probability.map(|chance| millionths(chance.probability)),
            names,
        }
    }
}

/// The flaws of components, by component.
pub(crate) fn flaws(
    transaction: &mut Transaction<'_>,
    components: &[i64],
) -> Result<HashMap<i64, Vec<FlawFacts>>, StoreError> {
    let keys: Vec<Value> = components.iter().map(|number| (*number).into()).collect();
    let mut names: HashMap<(i64, String), Vec<String>> = HashMap::new();
    let mut flaws: HashMap<i64, Vec<FlawFacts>> = HashMap::new();
    transaction.each_of(
        "SELECT component, flaw, name FROM flaw_name WHERE component IN",
        &keys,
        "ORDER BY name",
        |row| {
            names.entry((row.integer(0)?, row.text(1)?)).or_default().push(row.text(2)?);
            Ok(())
        },
    )?;
    transaction.each_of(
        "SELECT component, flaw, severity, kind, title, fixed_in, exploited, probability \
         FROM component_flaw WHERE component IN",
        &keys,
        "ORDER BY component, flaw",
        |row| {
            let (component, flaw) = (row.integer(0)?, row.text(1)?);
            let names = names.remove(&(component, flaw.clone())).unwrap_or_default();
            flaws.entry(component).or_default().push(FlawFacts {
                flaw,
                severity: row.integer(2)?,
                kind: row.text(3)?,
                title: row.text(4)?,
                fixed_in: row.text_or_null(5)?,
                exploited: row.integer_or_null(6)?,
                probability: row.integer_or_null(7)?,
                names,
            });
            Ok(())
        },
    )?;
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

/// The components of a package: number and version.
pub(crate) fn of_package(
    transaction: &mut Transaction<'_>,
    name: &PackageName,
) -> Result<Vec<(i64, String)>, StoreError> {
    transaction.rows(
        "SELECT component.number, component.version FROM component \
         JOIN package ON package.number = component.package \
         WHERE package.ecosystem = $1 AND package.name_key = $2 ORDER BY component.number",
        &[name.ecosystem().osv_name().into(), name.key().into()],
        |row| Ok((row.integer(0)?, row.text(1)?)),
    )
}

/// How many of the components are not checked.
pub(crate) fn unchecked(
    transaction: &mut Transaction<'_>,
    components: &[i64],
) -> Result<usize, StoreError> {
    let keys: Vec<Value> = components.iter().map(|number| (*number).into()).collect();
    let mut count = 0;
    transaction.each_of(
        "SELECT number FROM component WHERE unchecked IS NOT NULL AND number IN",
        &keys,
        "",
        |_| {
            count += 1;
            Ok(())
        },
    )?;
    Ok(count)
}

/// How many components are not checked.
pub(crate) fn count_unchecked(transaction: &mut Transaction<'_>) -> Result<i64, StoreError> {
    transaction.one("SELECT COUNT(*) FROM component WHERE unchecked IS NOT NULL", &[], |row| {
        row.integer(0)
    })
}

/// What people call components: package with ecosystem, version, package URL, why unchecked.
pub(crate) struct Named {
    pub(crate) package: String,
    pub(crate) version: String,
    pub(crate) purl: String,
    pub(crate) unchecked: Option<String>,
}

/// Names of components, by number.
pub(crate) fn named(
    transaction: &mut Transaction<'_>,
    components: &[i64],
) -> Result<HashMap<i64, Named>, StoreError> {
    let keys: Vec<Value> = components.iter().map(|number| (*number).into()).collect();
    let mut named = HashMap::with_capacity(components.len());
    transaction.each_of(
        "SELECT component.number, package.ecosystem, package.name, component.version, \
         component.purl, component.unchecked FROM component \
         JOIN package ON package.number = component.package WHERE component.number IN",
        &keys,
        "",
        |row| {
            named.insert(
                row.integer(0)?,
                Named {
                    package: format!("{} {}", row.text(1)?, row.text(2)?),
                    version: row.text(3)?,
                    purl: row.text(4)?,
                    unchecked: row.text_or_null(5)?,
                },
            );
            Ok(())
        },
    )?;
    Ok(named)
}
