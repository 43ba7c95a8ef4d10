//! Very many records: the real ones, repeated under new ids and names.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::bail;
use serde_json::Value;

use super::measure::measured;
use super::zips::{self, ZipWriter};

/// Measures the import of that many records into an empty data folder. Gives a Markdown table.
pub(super) fn measure_import(
    scratch: &Path,
    zips: &[PathBuf],
    mainstay: &Path,
    records: usize,
) -> anyhow::Result<String> {
    let zip = scratch.join(format!("{records}-records.zip"));
    if !zip.is_file() {
        println!("writing {records} records");
        let unfinished = zip.with_extension("part");
        write(&unfinished, zips, records)?;
        fs::rename(unfinished, &zip)?;
    }
    let mut text = format!(
        "| import of {records} records | CPU s | wall s | peak MiB |\n| --- | ---: | ---: | ---: |\n"
    );
    for round in 1..=3 {
        let data = scratch.join("imported");
        if data.exists() {
            fs::remove_dir_all(&data)?;
        }
        let command = [
            mainstay.into(),
            "--data-dir".into(),
            data.into(),
            "db".into(),
            "import".into(),
            zip.clone().into(),
        ];
        let (usage, _) = measured(scratch, &command)?;
        if usage.code != Some(0) {
            bail!("the import failed with exit code {:?}", usage.code);
        }
        let (cpu, wall) = (usage.cpu_ms / 1e3, usage.wall_ms / 1e3);
        let _ = writeln!(text, "| run {round} | {cpu:.2} | {wall:.2} | {:.0} |", usage.peak_mib);
    }
    Ok(text)
}

/// Writes a zip with exactly that many records.
fn write(path: &Path, zips: &[PathBuf], wanted: usize) -> anyhow::Result<()> {
    let mut originals: Vec<Value> = Vec::new();
    for zip in zips {
        zips::each_file(zip, zips::is_json, |_, content| {
            originals.push(serde_json::from_slice(&content)?);
            Ok(())
        })?;
    }
    if originals.is_empty() {
        bail!("there are no records to repeat");
    }
    let mut zip = ZipWriter::create(path)?;
    for number in 0..wanted {
        let Some(original) = originals.get(number % originals.len()) else { break };
        let record = renamed(original, number / originals.len());
        let name = format!("{}.json", record.get("id").and_then(Value::as_str).unwrap_or_default());
        zip.add(&name, record.to_string().as_bytes())?;
    }
    zip.finish()
}

/// The record under a new id and about packages of new names; in the first round as it is.
fn renamed(original: &Value, round: usize) -> Value {
    let mut record = original.clone();
    if round == 0 {
        return record;
    }
    let rename = |text: &mut Value| {
        if let Some(name) = text.as_str() {
            *text = Value::from(format!("{name}-{round}"));
        }
    };
    record.get_mut("id").map(rename);
    for alias in list(record.get_mut("aliases")) {
        rename(alias);
    }
    for affected in list(record.get_mut("affected")) {
        if let Some(package) = affected.get_mut("package").and_then(Value::as_object_mut) {
            package.remove("purl");
            package.get_mut("name").map(rename);
        }
    }
    record
}

fn list(value: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    value.and_then(Value::as_array_mut).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_repeated_record_has_a_new_id_and_a_new_name() {
        let original = json!({"id": "X-1", "aliases": ["Y-1"],
            "affected": [{"package": {"name": "a", "purl": "pkg:npm/a"}}]});
        assert_eq!(renamed(&original, 0), original);
        let expected = json!({"id": "X-1-3", "aliases": ["Y-1-3"],
            "affected": [{"package": {"name": "a-3"}}]});
        assert_eq!(renamed(&original, 3), expected);
    }

    #[test]
    fn a_record_without_packages_is_only_renamed() {
        assert_eq!(renamed(&json!({"id": "X-1"}), 2)["id"], "X-1-2");
    }
}
