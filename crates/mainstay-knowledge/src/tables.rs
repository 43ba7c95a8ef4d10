//! KEV and EPSS in the data folder: the file as it came, and a table for look-up.

use std::io::Write;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use mainstay_advisories::{epss, kev};

use crate::classify::{gunzip, is_gzip};
use crate::compile::is_usable;
use crate::cve_table::{CveKey, CveTable, Payload, write_table};
use crate::digest::sha256;
use crate::manifest::TableState;
use crate::{DataFolder, EpssScore, KevEntry, KnowledgeError};

/// A table that was read and is not in the folder yet.
#[derive(Debug)]
pub(crate) struct NewTable {
    kind: Kind,
    raw: Vec<u8>,
    rows: Vec<(CveKey, Payload)>,
    date: Option<Timestamp>,
    pub(crate) newest: Option<Timestamp>,
    /// Lines without a usable CVE id or score.
    pub(crate) unusable: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Kev,
    Epss,
}

impl NewTable {
    /// Reads the KEV catalogue. The problem is for a person to read.
    pub(crate) fn kev(raw: Vec<u8>, now: Timestamp) -> Result<Self, String> {
        let catalogue = kev::Catalogue::parse(&raw).map_err(|error| error.to_string())?;
        let mut rows = Vec::with_capacity(catalogue.entries.len());
        let mut unusable = 0;
        let usable = |date: Option<Timestamp>| date.filter(|date| is_usable(*date, now));
        let mut newest = usable(catalogue.released);
        for entry in &catalogue.entries {
            match CveKey::parse(&entry.cve) {
                Some(key) => rows.push((key, kev_payload(entry))),
                None => unusable += 1,
            }
            newest = newest.max(usable(entry.added.and_then(start_of_day)));
        }
        if rows.is_empty() {
            return Err("it lists no vulnerability".to_owned());
        }
        Ok(Self { kind: Kind::Kev, raw, rows, date: catalogue.released, newest, unusable })
    }

    /// Reads the EPSS scores, packed or not. The problem is for a person to read.
    pub(crate) fn epss(raw: Vec<u8>, limit: u64, now: Timestamp) -> Result<Self, String> {
        let unpacked = if is_gzip(&raw) { Some(gunzip(&raw, limit)?) } else { None };
        let plain = unpacked.as_deref().unwrap_or(&raw);
        let mut reader = epss::Reader::new(plain).map_err(|error| error.to_string())?;
        let date = reader.header().score_date;
        let mut rows = Vec::new();
        let mut unusable = 0;
        while let Some(score) = reader.next_score().map_err(|error| error.to_string())? {
            match CveKey::parse(score.cve) {
                Some(key) => rows.push((key, epss_payload(&score))),
                None => unusable += 1,
            }
        }
        unusable += reader.bad_rows().count;
        if rows.is_empty() {
            return Err("it has no score".to_owned());
        }
        let newest = date.filter(|date| is_usable(*date, now));
        Ok(Self { kind: Kind::Epss, raw, rows, date, newest, unusable })
    }

    /// How many ids the table has.
    pub(crate) fn rows(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Puts both files into the folder. The caller puts the state into the manifest.
    pub(crate) fn store(self, folder: &DataFolder) -> Result<TableState, KnowledgeError> {
        let digest = sha256(&self.raw);
        let short = digest.short();
        let (name, extension) = match self.kind {
            Kind::Kev => ("kev", "json"),
            Kind::Epss if is_gzip(&self.raw) => ("epss", "csv.gz"),
            Kind::Epss => ("epss", "csv"),
        };
        let raw = format!("raw/{name}-{short}.{extension}");
        folder.write(&raw, &self.raw)?;
        let table = format!("tables/{name}-{short}.table");
        let path = folder.file(&table);
        let date = self.date.map_or(i64::MIN, Timestamp::as_second);
        let mut file = folder.create("tables")?;
        let records =
            write_table(self.rows, date, &mut file).map_err(KnowledgeError::io("write", &path))?;
        file.flush().map_err(KnowledgeError::io("write", &path))?;
        file.keep(&path)?;
        Ok(TableState {
            raw,
            digest: digest.to_string(),
            bytes: self.raw.len() as u64,
            table,
            records,
            newest: self.newest,
            ..TableState::default()
        })
    }
}

/// The catalogue's entry for a CVE.
pub(crate) fn kev_entry(table: &CveTable, cve: &str) -> Result<Option<KevEntry>, KnowledgeError> {
    let Some(key) = CveKey::parse(cve) else { return Ok(None) };
    let entry = table.look_up(key)?.map(|payload| {
        let (added, due, ransomware) = kev_fields(payload);
        KevEntry { cve: cve.to_owned(), date_added: added, due_date: due, ransomware }
    });
    Ok(entry)
}

/// The score of a CVE.
pub(crate) fn epss_score(table: &CveTable, cve: &str) -> Result<Option<EpssScore>, KnowledgeError> {
    let Some(key) = CveKey::parse(cve) else { return Ok(None) };
    let date = Timestamp::from_second(table.date()).ok();
    let date = date.filter(|_| table.date() != i64::MIN);
    let date = date.map(|date| TimeZone::UTC.to_datetime(date).date());
    let score = table.look_up(key)?.map(|payload| {
        let (probability, percentile) = epss_fields(payload);
        EpssScore { probability, percentile, date }
    });
    Ok(score)
}

/// Days are written as year, month and day in one number; 0 is no day.
fn kev_payload(entry: &kev::Entry) -> Payload {
    let mut payload = [0; 16];
    let (days, flag) = payload.split_at_mut(8);
    let (added, due) = days.split_at_mut(4);
    added.copy_from_slice(&day_number(entry.added).to_le_bytes());
    due.copy_from_slice(&day_number(entry.due).to_le_bytes());
    if let Some(flag) = flag.first_mut() {
        *flag = u8::from(entry.ransomware);
    }
    payload
}

fn kev_fields(payload: Payload) -> (Option<Date>, Option<Date>, bool) {
    let number = |bytes: Option<&[u8]>| {
        bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
    };
    let (added, due) = (number(payload.get(..4)), number(payload.get(4..8)));
    (day(added), day(due), payload.get(8) == Some(&1))
}

fn epss_payload(score: &epss::Score<'_>) -> Payload {
    let mut payload = [0; 16];
    let (probability, percentile) = payload.split_at_mut(8);
    probability.copy_from_slice(&score.probability.to_le_bytes());
    percentile.copy_from_slice(&score.percentile.to_le_bytes());
    payload
}

fn epss_fields(payload: Payload) -> (f64, f64) {
    let number = |bytes: Option<&[u8]>| {
        bytes.and_then(|bytes| bytes.try_into().ok()).map_or(f64::NAN, f64::from_le_bytes)
    };
    (number(payload.get(..8)), number(payload.get(8..)))
}

fn day_number(date: Option<Date>) -> u32 {
    let number = date.and_then(|date| {
        let year = u32::try_from(date.year()).ok()?;
        let month = u32::try_from(date.month()).ok()?;
        let day = u32::try_from(date.day()).ok()?;
        Some(year * 10_000 + month * 100 + day)
    });
    number.unwrap_or(0)
}

fn day(number: u32) -> Option<Date> {
    let year = i16::try_from(number / 10_000).ok()?;
    let month = i8::try_from(number / 100 % 100).ok()?;
    let day = i8::try_from(number % 100).ok()?;
    Date::new(year, month, day).ok()
}

fn start_of_day(date: Date) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(date.into()).ok()
}
