//! The faces of a scan: one module per `--format`.
//!
//! | format | for | promise |
//! | --- | --- | --- |
//! | `text` | a person at a terminal | may change |
//! | `json` | programs | a contract: `docs/schemas/scan.schema.json` |
//! | `jsonl` | programs that read line by line | the same objects, one a line |
//! | `sarif` | code hosts and editors | SARIF 2.1.0 |
//! | `markdown` | a comment, a summary page | may change |
//! | `html` | a page to hand on | may change |
//! | `cyclonedx`, `cyclonedx-1.7` | whoever wants an SBOM | CycloneDX 1.6, 1.7 |
//! | `spdx`, `spdx-3.0` | whoever wants an SBOM | SPDX 2.3, 3.0.1 |
//! | `github` | annotations in GitHub Actions | workflow commands |

use std::io;

use mainstay_console::{JsonError, Styling, clean_json};
use mainstay_sboms::{UnwrittenError, WrittenForm};
use thiserror::Error;

use crate::scan::Scan;

mod github;
mod html;
mod json;
mod markdown;
mod sarif;
mod sbom;
mod stated;
mod text;

pub use sbom::sbom;
pub use text::knowledge_line;

/// A face of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// For a person at a terminal.
    Text,
    /// One JSON document.
    Json,
    /// JSON, one object a line.
    Jsonl,
    /// SARIF 2.1.0.
    Sarif,
    /// Markdown.
    Markdown,
    /// One self-contained page.
    Html,
    /// Workflow commands of GitHub Actions.
    Github,
    /// An SBOM.
    Sbom(WrittenForm),
}

impl ReportFormat {
    /// Every format.
    pub const ALL: [Self; 11] = [
        Self::Text,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::Markdown,
        Self::Html,
        Self::Github,
        Self::Sbom(WrittenForm::CycloneDx1_6),
        Self::Sbom(WrittenForm::CycloneDx1_7),
        Self::Sbom(WrittenForm::Spdx2_3),
        Self::Sbom(WrittenForm::Spdx3_0),
    ];

    /// The word of `--format`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Github => "github",
            Self::Sbom(form) => form.word(),
        }
    }

    /// The format with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }
}

/// How a text report is laid out.
#[derive(Clone, Copy, Debug)]
pub struct TextLayout {
    /// Whether there is colour.
    pub styling: Styling,
    /// The reader's width in columns, where it is known.
    pub width: Option<usize>,
    /// Whether everything is listed, and not only the first of many.
    pub verbose: bool,
}

/// A report that could not be written.
#[derive(Debug, Error)]
pub enum ReportError {
    /// Nobody takes it: a full disk, a closed pipe.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is no JSON. This does not happen for a scan of any input.
    #[error("the report cannot be written as JSON")]
    Json(#[source] JsonError),
    /// An SBOM. This does not happen for a scan of any input.
    #[error(transparent)]
    Sbom(#[from] UnwrittenError),
}

impl From<JsonError> for ReportError {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::Io(error) => Self::Io(error),
            error @ JsonError::NoForm(_) => Self::Json(error),
        }
    }
}

/// Writes the report to `to`.
///
/// # Errors
///
/// When `to` takes no more.
pub fn report(
    scan: &Scan,
    format: ReportFormat,
    layout: TextLayout,
    to: &mut dyn io::Write,
) -> Result<(), ReportError> {
    let text = match format {
        // What holds every package or finding is passed on while it is written.
        ReportFormat::Json => return json::write(scan, to),
        ReportFormat::Jsonl => return json::write_lines(scan, to),
        ReportFormat::Sarif => return sarif::write(scan, to),
        ReportFormat::Text => text::write(scan, layout),
        ReportFormat::Markdown => markdown::write(scan),
        ReportFormat::Html => html::write(scan),
        ReportFormat::Github => github::write(scan),
        ReportFormat::Sbom(form) => clean_json(form.write(&sbom(scan))?),
    };
    Ok(to.write_all(text.as_bytes())?)
}
