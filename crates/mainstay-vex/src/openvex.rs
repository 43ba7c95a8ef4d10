//! `OpenVEX` documents.
//!
//! Standard: `OpenVEX` Specification 0.2.0 (<https://github.com/openvex/spec>), and the drafts
//! 0.0.x before it, in which vulnerabilities and products are plain texts and a list of
//! subcomponents stands in the statement.
//!
//! Data are inherited as the specification says: a statement without a timestamp has the
//! document's; the document's `last_updated` is not inherited. A statement without a status, without a vulnerability, without a product, or
//! `not_affected` without a reason says nothing; it is kept as a [`Remark`](crate::Remark).

use std::sync::Arc;

use jiff::Timestamp;
use mainstay_reading::json::{self, Text};
use mainstay_reading::{Lines, ReadError, ReadErrorKind};
use serde::Deserialize;

use crate::document::{Document, Drafting};
use crate::justification::Justification;
use crate::notes;
use crate::product::{PackagePattern, Product, Subject, Whole, read_purl};
use crate::statement::{Claim, Flaw, Reason, SaidBy, Statement, VexFormat};

#[derive(Deserialize)]
struct Raw<'t> {
    #[serde(rename = "@context", borrow)]
    context: Option<Text<'t>>,
    #[serde(rename = "@id", borrow)]
    id: Option<Text<'t>>,
    #[serde(borrow)]
    author: Option<Text<'t>>,
    #[serde(borrow)]
    timestamp: Option<Text<'t>>,
    #[serde(borrow)]
    version: Option<Number<'t>>,
    #[serde(borrow)]
    statements: Vec<RawStatement<'t>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Number<'t> {
    Number(u64),
    Text(#[serde(borrow)] Text<'t>),
}

#[derive(Deserialize)]
struct RawStatement<'t> {
    #[serde(borrow)]
    vulnerability: Option<RawFlaw<'t>>,
    #[serde(borrow, default)]
    products: Vec<RawProduct<'t>>,
    /// Of the drafts 0.0.x.
    #[serde(borrow, default)]
    subcomponents: Vec<RawPart<'t>>,
    #[serde(borrow)]
    status: Option<Text<'t>>,
    #[serde(borrow)]
    justification: Option<Text<'t>>,
    #[serde(borrow)]
    impact_statement: Option<Text<'t>>,
    #[serde(borrow)]
    action_statement: Option<Text<'t>>,
    #[serde(borrow)]
    status_notes: Option<Text<'t>>,
    #[serde(borrow)]
    timestamp: Option<Text<'t>>,
    #[serde(borrow)]
    last_updated: Option<Text<'t>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawFlaw<'t> {
    Name(#[serde(borrow)] Text<'t>),
    Whole {
        #[serde(rename = "@id", borrow)]
        id: Option<Text<'t>>,
        #[serde(borrow)]
        name: Option<Text<'t>>,
        #[serde(borrow, default)]
        aliases: Vec<Text<'t>>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawProduct<'t> {
    Id(#[serde(borrow)] Text<'t>),
    Whole {
        #[serde(rename = "@id", borrow)]
        id: Option<Text<'t>>,
        #[serde(borrow, default)]
        identifiers: Identifiers<'t>,
        #[serde(borrow, default)]
        subcomponents: Vec<RawPart<'t>>,
    },
}

/// A part of a product, which has no parts itself.
#[derive(Deserialize)]
#[serde(untagged)]
enum RawPart<'t> {
    Id(#[serde(borrow)] Text<'t>),
    Whole {
        #[serde(rename = "@id", borrow)]
        id: Option<Text<'t>>,
        #[serde(borrow, default)]
        identifiers: Identifiers<'t>,
    },
}

#[derive(Default, Deserialize)]
struct Identifiers<'t> {
    #[serde(borrow)]
    purl: Option<Text<'t>>,
    #[serde(borrow)]
    cpe22: Option<Text<'t>>,
    #[serde(borrow)]
    cpe23: Option<Text<'t>>,
}

/// Reads a document.
pub(crate) fn read(text: &str) -> Result<Document, ReadError> {
    let raw: Raw<'_> = json::parse(text)?;
    check_version(raw.context.as_deref())?;
    let mut drafting = Drafting::new(SaidBy {
        author: raw.author.as_deref().map(str::to_owned).filter(|author| !author.is_empty()),
        document: raw.id.as_deref().unwrap_or_default().to_owned(),
        version: raw.version.map(|version| match version {
            Number::Number(number) => number.to_string(),
            Number::Text(text) => text.to_string(),
        }),
        format: VexFormat::OpenVex,
    });
    let issued = drafting.moment(None, "the document", raw.timestamp.as_deref());
    let lines = Lines::new(text);
    for statement in &raw.statements {
        one(&mut drafting, &lines, statement, issued)?;
    }
    Ok(drafting.finish())
}

fn check_version(context: Option<&str>) -> Result<(), ReadError> {
    let Some(context) = context else { return Ok(()) };
    let Some(version) = context.split("openvex.dev/ns").nth(1) else {
        let message = format!("the @context \"{}\" is not OpenVEX's", context.escape_debug());
        return Err(ReadError::new(ReadErrorKind::UnknownVersion, message));
    };
    // The first drafts had no version in their address.
    let known = ["", "/", "/v0.0.0", "/v0.0.1", "/v0.0.2", "/v0.2.0"];
    if known.contains(&version.trim_end_matches('/')) || version == "/" {
        return Ok(());
    }
    let message = format!("OpenVEX{} is not known", version.replace('/', " "));
    Err(ReadError::new(ReadErrorKind::UnknownVersion, message))
}

fn one(
    drafting: &mut Drafting,
    lines: &Lines<'_>,
    raw: &RawStatement<'_>,
    of_document: Option<Timestamp>,
) -> Result<(), ReadError> {
    let Some(named) = raw.vulnerability.as_ref().and_then(flaw) else {
        let line = raw.status.as_ref().and_then(|status| lines.of(status));
        drafting.remark(line, "a statement", "it names no vulnerability");
        return Ok(());
    };
    let (flaw, line) = (Arc::new(named.0), lines.of(named.1));
    let claim = match claim(raw) {
        Ok(claim) => claim,
        Err(why) => {
            drafting.remark(line, &flaw.id, why);
            return Ok(());
        }
    };
    let notes = notes::read(raw.status_notes.as_deref().unwrap_or_default());
    if let Some(day) = &notes.unreadable {
        let why = format!("its last day \"{day}\" is no date, so that nobody can say if it holds");
        drafting.remark(line, &flaw.id, why);
        return Ok(());
    }
    let own = drafting.moment(line, &flaw.id, raw.timestamp.as_deref());
    let updated = drafting.moment(line, &flaw.id, raw.last_updated.as_deref());
    // A date that cannot be read is none: the document's does not stand in for it.
    let issued = if raw.timestamp.is_some() { own } else { of_document };
    let subjects = subjects(raw);
    if subjects.is_empty() {
        drafting.remark(line, &flaw.id, "it names no product");
    }
    let evidence: Arc<[String]> = notes.evidence.into();
    let text: Option<Arc<str>> = notes.text.map(Into::into);
    for product in subjects {
        drafting.add(Statement {
            said_by: Arc::clone(&drafting.said_by),
            flaw: Arc::clone(&flaw),
            product,
            claim: claim.clone(),
            evidence: Arc::clone(&evidence),
            notes: text.clone(),
            issued,
            updated,
            expires: notes.expires,
            line,
        })?;
    }
    Ok(())
}

/// The flaw, and the text that shows where it stands.
fn flaw<'r>(raw: &'r RawFlaw<'_>) -> Option<(Flaw, &'r str)> {
    match raw {
        RawFlaw::Name(name) if name.is_empty() => None,
        RawFlaw::Name(name) => Some((Flaw { id: name.to_string(), aliases: Vec::new() }, name)),
        RawFlaw::Whole { id, name, aliases } => {
            let name = name.as_ref().filter(|name| !name.is_empty());
            // An address may stand in for the name; its last part is the id.
            let id = id.as_ref().map(|id| id.rsplit('/').next().unwrap_or(id));
            let named = name.map(|name| &**name).or(id).filter(|named| !named.is_empty())?;
            let aliases: Vec<String> =
                aliases.iter().filter(|one| !one.is_empty()).map(ToString::to_string).collect();
            Some((Flaw { id: named.to_owned(), aliases }, named))
        }
    }
}

fn claim(raw: &RawStatement<'_>) -> Result<Claim, String> {
    let text = |text: &Option<Text<'_>>| -> Option<Arc<str>> {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(Into::into)
    };
    match raw.status.as_deref() {
        None => Err("it has no status".to_owned()),
        Some("affected") => Ok(Claim::Affected { action: text(&raw.action_statement) }),
        Some("fixed") => Ok(Claim::Fixed),
        Some("under_investigation") => Ok(Claim::UnderInvestigation),
        Some("not_affected") => {
            let word = raw.justification.as_deref().filter(|word| !word.is_empty());
            let justification = word.and_then(Justification::from_word);
            Reason::of(justification, text(&raw.impact_statement))
                .map(Claim::NotAffected)
                .ok_or_else(|| match word {
                    Some(word) => format!("its justification \"{word}\" is none of the standard's"),
                    None => NO_REASON.to_owned(),
                })
        }
        Some(other) => Err(format!("its status \"{other}\" is none of the standard's")),
    }
}

/// Why "not affected" alone says nothing.
pub(crate) const NO_REASON: &str =
    "it says not affected, and gives neither a justification nor an impact statement";

/// Every product, and every part of a product, that a statement is about.
fn subjects(raw: &RawStatement<'_>) -> Vec<Product> {
    let mut products = Vec::new();
    for product in &raw.products {
        let (names, parts) = match product {
            RawProduct::Id(id) => (Names { id: Some(id), identifiers: None }, &raw.subcomponents),
            RawProduct::Whole { id, identifiers, subcomponents } => {
                let names = Names { id: id.as_deref(), identifiers: Some(identifiers) };
                let own = !subcomponents.is_empty();
                (names, if own { subcomponents } else { &raw.subcomponents })
            }
        };
        let written = names.written();
        if parts.is_empty() {
            let subject = names.pattern().map_or_else(Subject::Unmatchable, Subject::Package);
            products.push(Product { written: written.into(), subject });
            continue;
        }
        let whole = names.pattern().map(Whole::Package);
        let whole = Arc::new(whole.unwrap_or_else(|_| Whole::Other(written.to_owned())));
        for part in parts {
            let names = part.names();
            let subject = names.pattern().map_or_else(Subject::Unmatchable, |part| Subject::Part {
                whole: Arc::clone(&whole),
                part,
            });
            let written = format!("{written} > {}", names.written());
            products.push(Product { written: written.into(), subject });
        }
    }
    products
}

/// By what a product, or a part of one, is named.
struct Names<'r> {
    id: Option<&'r str>,
    identifiers: Option<&'r Identifiers<'r>>,
}

impl RawPart<'_> {
    fn names(&self) -> Names<'_> {
        match self {
            Self::Id(id) => Names { id: Some(id), identifiers: None },
            Self::Whole { id, identifiers } => {
                Names { id: id.as_deref(), identifiers: Some(identifiers) }
            }
        }
    }
}

impl<'r> Names<'r> {
    /// The package URL: the identifier, else the id.
    fn pattern(&self) -> Result<PackagePattern, Arc<str>> {
        let named = self.identifiers.and_then(|all| all.purl.as_deref());
        let has_cpe =
            self.identifiers.is_some_and(|all| all.cpe22.is_some() || all.cpe23.is_some());
        match named.or(self.id.filter(|id| id.starts_with("pkg:"))).map(read_purl) {
            Some(Ok(purl)) => Ok(PackagePattern::new(purl)),
            Some(Err(error)) => Err(format!("its package URL cannot be read: {error}").into()),
            None if has_cpe => Err("the product has a CPE and no package URL".into()),
            None => Err("the product has no package URL".into()),
        }
    }

    fn written(&self) -> &'r str {
        let identifier = |all: &'r Identifiers<'r>| {
            all.purl.as_deref().or(all.cpe23.as_deref()).or(all.cpe22.as_deref())
        };
        self.id.or(self.identifiers.and_then(identifier)).unwrap_or("a product")
    }
}

#[cfg(test)]
mod tests;
