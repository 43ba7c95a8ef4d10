//! Statements out: the same statements as `OpenVEX`, CycloneDX or CSAF.
//!
//! What is written depends on the statements and the [`Publication`] alone, so that the same
//! input gives the same bytes. Of several statements about one flaw in one product only the one
//! that counts is written, by the rule of a scan ([`sort_by_precedence`]); what has expired, and
//! what is dated after now, is left out.

mod csaf;
mod cyclonedx;
mod openvex;

pub(crate) use openvex::CONTEXT;

use std::collections::HashMap;

use jiff::Timestamp;
use thiserror::Error;

use crate::precedence::{Trust, sort_by_precedence};
use crate::product::{Product, Subject};
use crate::statement::{Flaw, Statement, VexFormat, is_cve};

/// What a document needs to say about itself.
#[derive(Clone, Debug)]
pub struct Publication {
    /// Who publishes it.
    pub author: String,
    /// Its id. `None` makes one from the statements.
    pub id: Option<String>,
    /// An address that the author owns. CSAF must have one.
    pub namespace: Option<String>,
    /// The date of statements that have none.
    pub time: Timestamp,
    /// The moment at which a statement must hold to be written.
    pub now: Timestamp,
}

/// Why statements cannot be written in a format.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WriteError {
    /// There is nothing to write.
    #[error("there is no statement to write")]
    Nothing,
    /// CSAF names its publisher by an address.
    #[error("CSAF names the publisher by an address; give one with --namespace https://...")]
    NoNamespace,
    /// What was given is no address.
    #[error("the namespace \"{0}\" is no address such as https://example.org")]
    BadNamespace(String),
    /// CSAF's ids are one line.
    #[error("the id \"{0}\" is empty, or has white space at an end or a line break in it")]
    BadId(String),
    /// CSAF's publisher has a name.
    #[error("CSAF names the publisher; give a name with --author")]
    NoPublisher,
    /// `OpenVEX` has no ranges.
    #[error("OpenVEX has no ranges of versions: {0} cannot be written")]
    Range(String),
    /// CycloneDX describes one piece of software.
    #[error(
        "a CycloneDX document describes one piece of software, and the statements are about \
         {0}; write them apart, each into a file of its own"
    )]
    SeveralProducts(String),
    /// SPDX has statements in SBOMs.
    #[error("SPDX has statements in SBOMs only; `mainstay scan --format spdx-3.0` writes one")]
    OnlyInSboms,
    /// JSON could not be written. This does not happen for any statement.
    #[error("the document cannot be written as JSON: {0}")]
    Json(String),
}

/// Writes a document.
pub fn write(
    statements: &[Statement],
    format: VexFormat,
    publication: &Publication,
) -> Result<String, WriteError> {
    let current = current(statements, publication.now);
    if current.is_empty() {
        return Err(WriteError::Nothing);
    }
    let document = match format {
        VexFormat::OpenVex => openvex::document(&current, publication)?,
        VexFormat::CycloneDx => cyclonedx::document(&current, publication)?,
        VexFormat::Csaf => csaf::document(&current, publication)?,
        VexFormat::Spdx => return Err(WriteError::OnlyInSboms),
    };
    let mut text = serde_json::to_string_pretty(&document)
        .map_err(|error| WriteError::Json(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

/// The statements that count, in the order in which their flaws and products were first met.
fn current(statements: &[Statement], now: Timestamp) -> Vec<&Statement> {
    let mut groups: Vec<Vec<&Statement>> = Vec::new();
    let mut known: HashMap<(String, String), usize> = HashMap::new();
    for statement in statements.iter().filter(|one| one.holds_at(now)) {
        let key = (flaws_key(&statement.flaw), product_key(&statement.product));
        let next = groups.len();
        let at = *known.entry(key).or_insert(next);
        match groups.get_mut(at) {
            Some(group) => group.push(statement),
            None => groups.push(vec![statement]),
        }
    }
    for group in &mut groups {
        sort_by_precedence(group, |one| Some((one, Trust::Named)));
    }
    groups.into_iter().filter_map(|group| group.into_iter().next()).collect()
}

/// What tells the flaws of a statement from those of others: its CVEs, where it has any. A
/// statement on one of them says nothing about the others.
fn flaws_key(flaw: &Flaw) -> String {
    let mut cves: Vec<String> = flaw.ids().filter(|id| is_cve(id)).map(str::to_lowercase).collect();
    cves.sort_unstable();
    cves.dedup();
    if cves.is_empty() { flaw.id.to_lowercase() } else { cves.join(" ") }
}

/// `CVE-` with a year and at least four digits, as CSAF's schema asks.
fn is_written_as_cve(id: &str) -> bool {
    let digits = |text: &str, least: usize| {
        text.len() >= least && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let parts = id.strip_prefix("CVE-").and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(year, number)| year.len() == 4 && digits(year, 4) && digits(number, 4))
}

/// What tells two products apart.
fn product_key(product: &Product) -> String {
    match &product.subject {
        Subject::Package(pattern) => pattern.label(),
        Subject::Part { whole, part } => format!("{} > {}", whole.label(), part.label()),
        Subject::Whole(whole) => whole.label(),
        Subject::Unmatchable(_) => product.written.to_string(),
    }
}

/// The newest date of the statements; of those without one, that of the publication.
fn newest(statements: &[&Statement], publication: &Publication) -> Timestamp {
    let times = statements.iter().map(|one| one.time().unwrap_or(publication.time));
    times.max().unwrap_or(publication.time)
}

/// A date to the second.
pub(crate) fn date(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A UUID made from what the document says (RFC 9562, version 8), so that it repeats.
pub(crate) fn uuid_of(text: &str) -> String {
    let mut bits = xxhash_rust::xxh3::xxh3_128(text.as_bytes());
    bits = bits & !(0xF << 76) | (0x8 << 76);
    bits = bits & !(0x3 << 62) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

/// A text that holds all that the statements say, to make an id of.
fn content(statements: &[&Statement], publication: &Publication) -> String {
    let each = statements.iter().map(|one| {
        let product = product_key(&one.product);
        format!("{}|{product}|{:?}|{:?}", one.flaw.id, one.claim, one.time())
    });
    let each: Vec<String> = std::iter::once(publication.author.clone()).chain(each).collect();
    each.join("\n")
}

#[cfg(test)]
mod tests;
