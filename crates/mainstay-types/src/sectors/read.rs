//! The strict reader of a scheme's TOML.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;
use thiserror::Error;
use toml::Spanned;

use super::sector_id::is_half;
use super::{Sector, SectorId, SectorScheme};

/// Bytes that a scheme may have.
const BYTES: usize = 256 * 1024;
/// Sectors that a scheme may have.
const SECTORS: usize = 500;

/// Why a text is no scheme of sectors.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {reason}")]
pub struct SectorError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, as a lower-case fragment, and what to do where that is known.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    id: Spanned<String>,
    name: Spanned<String>,
    source: String,
    #[serde(default)]
    sector: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: Spanned<String>,
    name: Spanned<String>,
    #[serde(default)]
    agencies: Vec<Spanned<String>>,
    annex: Option<Spanned<String>>,
    #[serde(default)]
    note: String,
}

pub(super) fn read(text: &str) -> Result<SectorScheme, SectorError> {
    if text.len() > BYTES {
        let reason = format!("the text has {} bytes, a scheme has at most {BYTES}", text.len());
        return Err(SectorError { line: 1, reason });
    }
    let document: Document = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        SectorError { line: line_of(text, start), reason: error.message().replace('\n', ", ") }
    })?;
    let reader = Reader { text };
    let id = document.id.get_ref();
    if !is_half(id) {
        let reason =
            format!("{id:?} is no id of a scheme: use lower-case letters, digits, hyphens");
        return Err(reader.error(&document.id.span(), reason));
    }
    reader.filled(&document.name, "name")?;
    if document.sector.is_empty() || document.sector.len() > SECTORS {
        let count = document.sector.len();
        let reason = format!("the scheme has {count} sectors, it needs 1 to {SECTORS}");
        return Err(reader.error(&document.id.span(), reason));
    }
    let sectors = reader.sectors(id, document.sector)?;
    Ok(SectorScheme {
        id: document.id.into_inner(),
        name: document.name.into_inner(),
        source: document.source,
        sectors,
    })
}

struct Reader<'t> {
    text: &'t str,
}

impl Reader<'_> {
    fn sectors(&self, scheme: &str, rows: Vec<Row>) -> Result<Vec<Sector>, SectorError> {
        let mut seen = BTreeSet::new();
        let mut sectors = Vec::with_capacity(rows.len());
        for row in rows {
            let span = row.id.span();
            let id = SectorId::parse(row.id.get_ref())
                .map_err(|error| self.error(&span, format!("{:?}: {error}", row.id.get_ref())))?;
            if id.scheme() != scheme {
                return Err(self.error(&span, format!("{id} does not begin with {scheme}/")));
            }
            if !seen.insert(id.clone()) {
                return Err(self.error(&span, format!("{id} is there twice")));
            }
            sectors.push(self.sector(id, row)?);
        }
        Ok(sectors)
    }

    fn sector(&self, id: SectorId, row: Row) -> Result<Sector, SectorError> {
        self.filled(&row.name, "name")?;
        for agency in &row.agencies {
            self.filled(agency, "agency")?;
        }
        if let Some(annex) = &row.annex {
            self.filled(annex, "annex")?;
        }
        Ok(Sector {
            id,
            name: row.name.into_inner(),
            agencies: row.agencies.into_iter().map(Spanned::into_inner).collect(),
            annex: row.annex.map(Spanned::into_inner),
            note: row.note,
        })
    }

    fn filled(&self, text: &Spanned<String>, what: &str) -> Result<(), SectorError> {
        if text.get_ref().trim().is_empty() {
            return Err(self.error(&text.span(), format!("the {what} is empty")));
        }
        if text.get_ref().chars().any(char::is_control) {
            return Err(self.error(&text.span(), format!("the {what} has control characters")));
        }
        Ok(())
    }

    fn error(&self, span: &Range<usize>, reason: String) -> SectorError {
        SectorError { line: line_of(self.text, span.start), reason }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    1 + memchr::memchr_iter(b'\n', text.as_bytes().get(..at).unwrap_or_default()).count()
}
