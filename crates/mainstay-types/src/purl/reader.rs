//! From text to components: ECMA-427, "How to parse a purl".

use std::borrow::Cow;

use super::percent::decode;
use super::writer::Components;
use super::{Purl, PurlComponent, PurlError, type_rules};

/// Reads a package URL and gives its canonical text.
pub(super) fn read(text: &str) -> Result<String, PurlError> {
    if text.len() > Purl::MAX_BYTES {
        return Err(PurlError::TooLong(text.len()));
    }
    let (rest, subpath) = split_at_last(text, '#');
    let (rest, qualifiers) = split_at_last(rest, '?');
    let (scheme, rest) = rest.split_once(':').ok_or(PurlError::NoScheme)?;
    if !scheme.eq_ignore_ascii_case("pkg") {
        return Err(PurlError::NoScheme);
    }
    // `pkg://type` is written by tools that take the type for a host.
    let rest = rest.trim_start_matches('/');
    let (package_type, rest) = rest.split_once('/').ok_or(PurlError::NoType)?;
    let package_type = package_type.to_ascii_lowercase();
    let (path, version) = split_version(&package_type, rest);
    let (namespace, name) = type_rules::of(&package_type).split_path(path.trim_start_matches('/'));

    let mut components = Components {
        package_type: &package_type,
        namespace: decode_path(namespace.unwrap_or(""), PurlComponent::Namespace)?,
        name: decode(name, PurlComponent::Name)?,
        version: decode(version.unwrap_or(""), PurlComponent::Version)?,
        qualifiers: Vec::new(),
        subpath: decode_path(subpath.unwrap_or(""), PurlComponent::Subpath)?,
    };
    for pair in qualifiers.unwrap_or("").split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').ok_or_else(|| PurlError::NoValue(pair.into()))?;
        components.add_qualifier(key, decode(value, PurlComponent::Qualifier)?)?;
    }
    components.write()
}

/// Splits the version off. An npm scope written without encoding (`@scope/name`) is no version.
fn split_version<'a>(package_type: &str, text: &'a str) -> (&'a str, Option<&'a str>) {
    let (path, version) = split_at_last(text, '@');
    let scope = package_type == "npm"
        && path.trim_start_matches('/').is_empty()
        && version.is_some_and(|version| version.contains('/'));
    if scope { (text, None) } else { (path, version) }
}

/// Decodes the segments of a path. A slash inside a decoded segment cannot be told from one
/// between segments, and the standard forbids it.
fn decode_path(path: &str, component: PurlComponent) -> Result<Cow<'_, str>, PurlError> {
    let decoded = decode(path, component)?;
    let slashes = |text: &str| text.bytes().filter(|b| *b == b'/').count();
    if slashes(&decoded) == slashes(path) {
        Ok(decoded)
    } else {
        Err(PurlError::SlashInSegment(component))
    }
}

fn split_at_last(text: &str, separator: char) -> (&str, Option<&str>) {
    match text.rsplit_once(separator) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}
