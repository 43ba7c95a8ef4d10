//! What SBOMs say of the projects behind packages.

use std::collections::HashMap;

use mainstay_store::{StoreError, Transaction, Value};
use mainstay_types::PackageName;

use super::components::{key, packages};
use crate::InventoryError;
use crate::numbers::{decode, encode};
use crate::project::{NoteKind, PackageNote};

/// Keeps the notes of an SBOM, which are sorted: those that nobody made before, and which it has.
pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    sbom: i64,
    notes: &[PackageNote],
) -> Result<(), StoreError> {
    let mut names: Vec<&PackageName> = notes.iter().map(|note| &note.package).collect();
    names.dedup();
    let packages = packages(transaction, &names)?;
    // A package that is only named in a document's tree of files, say, is no component here.
    let wanted: Vec<(i64, &'static str, &str)> = notes
        .iter()
        .filter_map(|note| {
            let package = packages.get(&key(&note.package))?;
            Some((*package, note.kind.word(), note.text.as_str()))
        })
        .collect();
    let keys: Vec<i64> = packages.into_values().collect();
    let mut numbers = numbers_of(transaction, &keys)?;
    let is_new = |one: &&(i64, &'static str, &str)| {
        !numbers.contains_key(&(one.0, one.1.to_owned(), one.2.to_owned()))
    };
    let mut new: Vec<_> = wanted.iter().filter(is_new).collect();
    // Two who add the same wait for one another in the same order.
    new.sort_unstable();
    if let Some(first) = transaction.numbers("project-note", new.len())? {
        let rows: Vec<Value> = new
            .iter()
            .zip(first..)
            .flat_map(|(one, number)| [number.into(), one.0.into(), one.1.into(), one.2.into()])
            .collect();
        transaction.insert(
            "INSERT INTO project_note (number, package, kind, text)",
            4,
            &rows,
            "ON CONFLICT (package, kind, text) DO NOTHING",
        )?;
        numbers = numbers_of(transaction, &keys)?;
    }
    let mut held: Vec<u64> = wanted
        .into_iter()
        .filter_map(|(package, kind, text)| {
            let number = numbers.get(&(package, kind.to_owned(), text.to_owned()))?;
            u64::try_from(*number).ok()
        })
        .collect();
    held.sort_unstable();
    transaction
        .execute(
            "INSERT INTO sbom_note (sbom, notes) VALUES ($1, $2)",
            &[sbom.into(), encode(held).into()],
        )
        .map(|_| ())
}

type Said = (i64, String, String);

fn numbers_of(
    transaction: &mut Transaction<'_>,
    packages: &[i64],
) -> Result<HashMap<Said, i64>, StoreError> {
    let keys: Vec<Value> = packages.iter().map(|package| (*package).into()).collect();
    let mut numbers = HashMap::new();
    transaction.each_of(
        "SELECT package, kind, text, number FROM project_note WHERE package IN",
        &[],
        &keys,
        |row| {
            numbers.insert((row.integer(0)?, row.text(1)?, row.text(2)?), row.integer(3)?);
            Ok(())
        },
    )?;
    Ok(numbers)
}

/// Every note: its number, the number of the package, kind and text. A kind of a newer Mainstay is
/// left out.
pub(crate) fn all(
    transaction: &mut Transaction<'_>,
) -> Result<Vec<(i64, i64, NoteKind, String)>, StoreError> {
    let mut notes = Vec::new();
    transaction.each(
        "SELECT number, package, kind, text FROM project_note ORDER BY number",
        &[],
        |row| {
            if let Some(kind) = NoteKind::from_word(&row.text(2)?) {
                notes.push((row.integer(0)?, row.integer(1)?, kind, row.text(3)?));
            }
            Ok(())
        },
    )?;
    Ok(notes)
}

/// Reads a list of notes.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<u64>, InventoryError> {
    decode(bytes).map_err(|_| InventoryError::Damaged("the notes of an SBOM".to_owned()))
}
