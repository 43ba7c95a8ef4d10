//! What a written document is called, and who made it when.

use xxhash_rust::xxh3::xxh3_128;

use crate::Sbom;

/// The address that identifies a document: its own, where it has one that is an address; else one
/// made of its content, so that the same content has the same address (SPDX 2.3, clause 6.5: a
/// unique absolute URI without `#`).
pub(crate) fn of(sbom: &Sbom<'_>, content: &str) -> String {
    let own = sbom.document.identity.as_deref();
    if let Some(own) = own.filter(|own| sbom.document.spec.standard() == "SPDX" && is_uri(own)) {
        return own.to_owned();
    }
    let digest = xxh3_128(content.as_bytes());
    format!("https://spdx.org/spdxdocs/{}-{digest:032x}", plain(&name(sbom)))
}

fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    !rest.is_empty()
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        && text.chars().all(|c| c.is_ascii_graphic() && c != '#')
}

fn plain(name: &str) -> String {
    name.chars()
        .take(60)
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '-' })
        .collect()
}

/// The name of a document: its own, that of what it describes, or one that says nothing.
pub(crate) fn name(sbom: &Sbom<'_>) -> String {
    let described = || {
        let first = sbom.component(*sbom.described.first()?)?;
        Some(first.label())
    };
    let own = sbom.document.name.as_deref().filter(|name| !name.is_empty()).map(str::to_owned);
    own.or_else(described).filter(|name| !name.is_empty()).unwrap_or_else(|| "sbom".to_owned())
}

/// When it was made.
pub(crate) fn created(sbom: &Sbom<'_>) -> Option<String> {
    moment(sbom.document.created.as_deref()?)
}

/// A moment as SPDX wants it: `YYYY-MM-DDThh:mm:ssZ` in UTC, without fractions of a second. `None`
/// for a text that is no moment.
pub(crate) fn moment(text: &str) -> Option<String> {
    let moment: jiff::Timestamp = text.trim().parse().ok()?;
    jiff::Timestamp::from_second(moment.as_second()).ok().map(|moment| moment.to_string())
}

/// The tool in whose name the document's own remarks are made: the last that had a hand in it.
pub(crate) fn tool(sbom: &Sbom<'_>) -> String {
    match sbom.document.tools.last() {
        Some(tool) => match &tool.version {
            Some(version) => format!("Tool: {}-{version}", tool.name),
            None => format!("Tool: {}", tool.name),
        },
        None => "Tool: mainstay".to_owned(),
    }
}
