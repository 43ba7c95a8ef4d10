//! EPSS: the probability that a vulnerability is exploited in the next 30 days.
//!
//! Format: the daily CSV of FIRST (<https://www.first.org/epss/data_stats>): a first line
//! `#model_version:v2025.03.14,score_date:2025-08-25T12:55:00Z`, a line of column names, then
//! one line per CVE. Undoing gzip is the caller's part.

use std::io::{self, BufRead, Read as _};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use thiserror::Error;

/// Reads scores line by line.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    header: Header,
    columns: Columns,
    bad: BadRows,
    line: u64,
    buffer: Vec<u8>,
}

/// What the first line says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The model: `v2025.03.14`.
    pub model_version: Option<String>,
    /// The day of the scores.
    pub score_date: Option<Timestamp>,
}

/// One score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score<'a> {
    /// The CVE id.
    pub cve: &'a str,
    /// Probability, 0 to 1.
    pub probability: f64,
    /// The share of all CVEs that score no higher, 0 to 1.
    pub percentile: f64,
}

/// Rows that could not be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BadRows {
    /// How many.
    pub count: u64,
    /// The line of the first one, from 1.
    pub first_line: Option<u64>,
}

/// Why EPSS data cannot be read.
#[derive(Debug, Error)]
pub enum EpssError {
    /// Reading failed.
    #[error("cannot read the EPSS scores at line {line}")]
    Io {
        /// The line, from 1.
        line: u64,
        /// The cause.
        source: io::Error,
    },
    /// The columns `cve`, `epss` and `percentile` are not there.
    #[error("not EPSS scores: line {line} does not name the columns cve, epss, percentile")]
    Columns {
        /// The line, from 1.
        line: u64,
    },
}

impl<R: BufRead> Reader<R> {
    /// Reads the first lines, up to and with the names of the columns.
    pub fn new(input: R) -> Result<Self, EpssError> {
        let mut reader = Self {
            input,
            header: Header::default(),
            columns: Columns::default(),
            bad: BadRows::default(),
            line: 0,
            buffer: Vec::new(),
        };
        loop {
            let line = match reader.read_line()? {
                Line::Text => String::from_utf8_lossy(&reader.buffer).into_owned(),
                Line::TooLong | Line::End => return Err(EpssError::Columns { line: reader.line }),
            };
            let line = line.trim_start_matches('\u{feff}').trim();
            if let Some(facts) = line.strip_prefix('#') {
                reader.header.take(facts);
            } else if !line.is_empty() {
                reader.columns =
                    Columns::parse(line).ok_or(EpssError::Columns { line: reader.line })?;
                return Ok(reader);
            }
        }
    }

    /// What the first line says.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The next score. Rows that cannot be read are counted and passed over.
    pub fn next_score(&mut self) -> Result<Option<Score<'_>>, EpssError> {
        loop {
            let read = self.read_line()?;
            match read {
                Line::End => return Ok(None),
                Line::Text if self.buffer.trim_ascii().is_empty() => {}
                // The row is read once more below: a borrow that leaves the loop would hold the
                // buffer for good.
                Line::Text if self.columns.score(&self.buffer).is_some() => break,
                Line::Text | Line::TooLong => {
                    self.bad.count += 1;
                    self.bad.first_line.get_or_insert(self.line);
                }
            }
        }
        Ok(self.columns.score(&self.buffer))
    }

    /// The rows passed over until now.
    pub fn bad_rows(&self) -> BadRows {
        self.bad
    }

    /// Reads a line into the buffer. Of an overlong line the rest is read and dropped.
    fn read_line(&mut self) -> Result<Line, EpssError> {
        self.line += 1;
        let line = self.line;
        let failed = |source| EpssError::Io { line, source };
        self.buffer.clear();
        let limit = MAX_LINE_BYTES + 1;
        let mut input = self.input.by_ref().take(limit);
        let read = input.read_until(b'\n', &mut self.buffer).map_err(failed)?;
        if read == 0 {
            return Ok(Line::End);
        }
        if read as u64 == limit && self.buffer.last() != Some(&b'\n') {
            self.input.skip_until(b'\n').map_err(failed)?;
            return Ok(Line::TooLong);
        }
        Ok(Line::Text)
    }
}

/// Real lines have about 40 bytes.
const MAX_LINE_BYTES: u64 = 4096;

enum Line {
    Text,
    TooLong,
    End,
}

impl Header {
    fn take(&mut self, facts: &str) {
        for fact in facts.split(',') {
            match fact.split_once(':') {
                Some(("model_version", version)) => self.model_version = Some(version.into()),
                Some(("score_date", date)) => self.score_date = moment(date.trim()),
                Some(_) | None => {}
            }
        }
    }
}

/// Early files write `+0000`, a few only the day.
fn moment(text: &str) -> Option<Timestamp> {
    let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
    text.parse()
        .ok()
        .or_else(|| {
            text.strip_suffix("+0000")?
                .parse::<DateTime>()
                .ok()?
                .to_zoned(TimeZone::UTC)
                .ok()
                .map(|moment| moment.timestamp())
        })
        .or_else(day)
}

/// At which position of a row each column stands.
#[derive(Clone, Copy, Debug, Default)]
struct Columns {
    cve: usize,
    probability: usize,
    percentile: usize,
}

impl Columns {
    fn parse(line: &str) -> Option<Self> {
        let position = |name| cells(line).position(|cell| cell.eq_ignore_ascii_case(name));
        Some(Self {
            cve: position("cve")?,
            probability: position("epss")?,
            percentile: position("percentile")?,
        })
    }

    fn score(self, row: &[u8]) -> Option<Score<'_>> {
        let row = std::str::from_utf8(row).ok()?;
        let cve = cells(row).nth(self.cve)?;
        let digits = cve.strip_prefix("CVE-")?;
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            return None;
        }
        Some(Score {
            cve,
            probability: share(cells(row).nth(self.probability)?)?,
            percentile: share(cells(row).nth(self.percentile)?)?,
        })
    }
}

fn cells(row: &str) -> impl Iterator<Item = &str> {
    row.split(',').map(|cell| cell.trim().trim_matches('"'))
}

fn share(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number| (0.0..=1.0).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "#model_version:v2025.03.14,score_date:2025-08-25T12:55:00Z\ncve,epss,percentile\n";

    fn read(text: &str) -> (Vec<(String, f64, f64)>, BadRows) {
        let mut reader = Reader::new(text.as_bytes()).unwrap();
        let mut scores = Vec::new();
        while let Some(score) = reader.next_score().unwrap() {
            scores.push((score.cve.to_owned(), score.probability, score.percentile));
        }
        (scores, reader.bad_rows())
    }

    #[test]
    fn the_first_line_names_the_model_and_the_day() {
        let reader = Reader::new(HEAD.as_bytes()).unwrap();
        assert_eq!(reader.header().model_version.as_deref(), Some("v2025.03.14"));
        let date = reader.header().score_date.unwrap();
        assert_eq!(date.to_string(), "2025-08-25T12:55:00Z");
    }

    #[test]
    fn every_way_to_write_the_day_is_read() {
        for date in ["2022-07-15T00:00:00+0000", "2022-07-15T00:00:00Z", "2022-07-15"] {
            let text = format!("#model_version:v1,score_date:{date}\ncve,epss,percentile\n");
            let reader = Reader::new(text.as_bytes()).unwrap();
            let read = reader.header().score_date.map(|date| date.to_string());
            assert_eq!(read.as_deref(), Some("2022-07-15T00:00:00Z"), "{date}");
        }
    }

    #[test]
    fn scores_are_read_line_by_line() {
        let (scores, bad) = read(&format!("{HEAD}CVE-2021-44228,0.94358,0.99959\r\n"));
        assert_eq!(scores, [("CVE-2021-44228".to_owned(), 0.94358, 0.99959)]);
        assert_eq!(bad, BadRows::default());
    }

    #[test]
    fn the_order_of_the_columns_does_not_matter() {
        let (scores, _) = read("percentile,cve,epss\n0.5,CVE-2020-1,0.1\n");
        assert_eq!(scores, [("CVE-2020-1".to_owned(), 0.1, 0.5)]);
    }

    #[test]
    fn bad_rows_are_counted_with_the_line_of_the_first() {
        let rows = "CVE-1,0.1,0.2\nCVE-2,1.5,0.2\nnothing\nCVE-3,NaN,0\nCVE-4,0.3,0.4\n";
        let (scores, bad) = read(&format!("{HEAD}{rows}"));
        assert_eq!(scores.len(), 2);
        assert_eq!(bad, BadRows { count: 3, first_line: Some(4) });
    }

    #[test]
    fn an_endless_line_is_one_bad_row() {
        let (scores, bad) = read(&format!("{HEAD}{}\nCVE-4,0.3,0.4\n", "x".repeat(100_000)));
        assert_eq!((scores.len(), bad.count), (1, 1));
    }

    #[test]
    fn another_table_is_refused() {
        let error = Reader::new(&b"name,version\na,1\n"[..]).unwrap_err();
        assert!(error.to_string().contains("line 1"), "{error}");
    }
}
