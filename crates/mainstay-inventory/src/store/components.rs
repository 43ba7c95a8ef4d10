//! Packages and their versions, each once.

use std::collections::HashMap;

use jiff::Timestamp;
use mainstay_store::{Row, StoreError, Transaction, Value};
use mainstay_types::{Ecosystem, PackageName};

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
        &[],
        &identities,
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

pub(super) type Key = (&'static str, String);

pub(super) fn key(name: &PackageName) -> Key {
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

/// The numbers of packages, by their keys.
pub(super) fn packages(
    transaction: &mut Transaction<'_>,
    names: &[&PackageName],
) -> Result<HashMap<Key, i64>, StoreError> {
    let mut by_ecosystem: HashMap<&'static str, Vec<Value>> = HashMap::new();
    for name in names {
        by_ecosystem.entry(name.ecosystem().osv_name()).or_default().push(name.key().into());
    }
    let mut numbers = HashMap::new();
    for (ecosystem, keys) in by_ecosystem {
        transaction.each_of(
            "SELECT name_key, number FROM package WHERE ecosystem = $1 AND name_key IN",
            &[ecosystem.into()],
            &keys,
            |row| {
                numbers.insert((ecosystem, row.text(0)?), row.integer(1)?);
                Ok(())
            },
        )?;
    }
    Ok(numbers)
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
        &format!("{STORED} WHERE component.number > $1 ORDER BY component.number LIMIT $2"),
        &[number.into(), count.into()],
        stored_of,
    )
}

const STORED: &str = "SELECT component.number, component.identity, package.ecosystem, \
    package.name, component.unchecked FROM component \
    JOIN package ON package.number = component.package";

fn stored_of(row: &Row<'_>) -> Result<Stored, StoreError> {
    Ok(Stored {
        number: row.integer(0)?,
        identity: row.text(1)?,
        ecosystem: row.text(2)?,
        name: row.text(3)?,
        unchecked: row.text_or_null(4)?,
    })
}

/// Components by their numbers, in the order of these.
pub(crate) fn of_numbers(
    transaction: &mut Transaction<'_>,
    numbers: &[i64],
) -> Result<Vec<Stored>, StoreError> {
    let keys: Vec<Value> = numbers.iter().map(|number| (*number).into()).collect();
    let mut stored = Vec::with_capacity(numbers.len());
    transaction.each_of(&format!("{STORED} WHERE component.number IN"), &[], &keys, |row| {
        stored.push(stored_of(row)?);
        Ok(())
    })?;
    stored.sort_unstable_by_key(|one: &Stored| one.number);
    Ok(stored)
}

/// The ecosystems that components are of, as OSV names them.
pub(crate) fn ecosystems(transaction: &mut Transaction<'_>) -> Result<Vec<Ecosystem>, StoreError> {
    let names = transaction.rows(
        "SELECT DISTINCT ecosystem FROM package ORDER BY ecosystem",
        &[],
        |row| row.text(0),
    )?;
    Ok(names.iter().filter_map(|name| Ecosystem::from_osv_name(name)).collect())
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
        &[],
        &keys,
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

/// The numbers of the components that are not checked, sorted.
pub(crate) fn all_unchecked(transaction: &mut Transaction<'_>) -> Result<Vec<i64>, StoreError> {
    transaction.rows(
        "SELECT number FROM component WHERE unchecked IS NOT NULL ORDER BY number",
        &[],
        |row| row.integer(0),
    )
}

/// What people call components: package with ecosystem, version, package URL.
pub(crate) struct Named {
    pub(crate) package: String,
    pub(crate) version: String,
    pub(crate) purl: String,
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
         component.purl FROM component \
         JOIN package ON package.number = component.package WHERE component.number IN",
        &[],
        &keys,
        |row| {
            named.insert(
                row.integer(0)?,
                Named {
                    package: format!("{} {}", row.text(1)?, row.text(2)?),
                    version: row.text(3)?,
                    purl: row.text(4)?,
                },
            );
            Ok(())
        },
    )?;
    Ok(named)
}
