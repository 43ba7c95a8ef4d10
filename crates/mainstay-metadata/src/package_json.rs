//! The `package.json` of an npm package, as it is published and as it is installed.
//!
//! Format: npm's "package.json" page in its CLI documentation. npm up to version 6 wrote where a
//! package came from into the installed copy (`_resolved`, `_integrity`).

use std::borrow::Cow;

use mainstay_reading::{ReadError, decode, json};
use serde::Deserialize;
use serde_json::Value;

use crate::identity::Identity;

/// What the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageJson {
    /// The package and its version.
    pub identity: Identity,
    /// Whether it carries packages of its own inside (`bundleDependencies`).
    pub bundles: bool,
    /// The address from which an old npm took it.
    pub resolved: Option<Box<str>>,
    /// The checksum that an old npm verified.
    pub integrity: Option<Box<str>>,
}

/// A field that should be a string. Published files hold anything.
#[derive(Deserialize)]
#[serde(untagged)]
enum Field<'t> {
    #[serde(borrow)]
    Text(Cow<'t, str>),
    Other(Value),
}

impl Field<'_> {
    fn text(field: Option<&Self>) -> Option<&str> {
        match field {
            Some(Self::Text(text)) => Some(text),
            Some(Self::Other(_)) | None => None,
        }
    }

    /// `funding` is an address, an object with one in `url`, or a list of these.
    fn funding(field: Option<&Self>) -> Vec<&str> {
        match field {
            Some(Self::Text(text)) => vec![text],
            Some(Self::Other(Value::Array(list))) => list.iter().filter_map(funding_of).collect(),
            Some(Self::Other(value)) => funding_of(value).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// `bundleDependencies` is a list of names, or `true` for all; older files hold an object.
    fn holds_any(field: Option<&Self>) -> bool {
        match field {
            Some(Self::Other(Value::Bool(all))) => *all,
            Some(Self::Other(Value::Array(names))) => !names.is_empty(),
            Some(Self::Other(Value::Object(names))) => !names.is_empty(),
            Some(
                Self::Other(Value::Null | Value::Number(_) | Value::String(_)) | Self::Text(_),
            )
            | None => false,
        }
    }
}

fn funding_of(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text.as_str()),
        Value::Object(fields) => fields.get("url").and_then(Value::as_str),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document<'t> {
    #[serde(borrow)]
    name: Option<Field<'t>>,
    #[serde(borrow)]
    version: Option<Field<'t>>,
    #[serde(borrow, alias = "bundledDependencies")]
    bundle_dependencies: Option<Field<'t>>,
    #[serde(borrow)]
    funding: Option<Field<'t>>,
    #[serde(borrow, rename = "_resolved")]
    resolved: Option<Field<'t>>,
    #[serde(borrow, rename = "_integrity")]
    integrity: Option<Field<'t>>,
}

/// Reads a package.json.
///
/// # Errors
/// The file is no JSON object in UTF-8.
pub fn read(bytes: &[u8]) -> Result<PackageJson, ReadError> {
    let text = decode(bytes)?;
    let document: Document<'_> = json::parse(&text)?;
    Ok(PackageJson {
        identity: Identity::new(
            Field::text(document.name.as_ref()),
            Field::text(document.version.as_ref()),
        )
        .with_funding(Field::funding(document.funding.as_ref()).into_iter()),
        bundles: Field::holds_any(document.bundle_dependencies.as_ref()),
        resolved: Field::text(document.resolved.as_ref()).map(Into::into),
        integrity: Field::text(document.integrity.as_ref()).map(Into::into),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_version_are_read() {
        let read = read(br#"{"name": "@s/a", "version": " 1.0.0", "main": "x.js"}"#).unwrap();
        assert_eq!(read.identity, Identity::new(Some("@s/a"), Some("1.0.0")));
    }

    #[test]
    fn fields_of_the_wrong_kind_say_nothing() {
        let read = read(br#"{"name": {"a": 1}, "version": 2, "_resolved": false}"#).unwrap();
        assert_eq!(read, PackageJson::default());
    }

    #[test]
    fn where_money_is_taken_is_told_in_every_spelling() {
        for text in [
            r#"{"funding": "https://a.example/give"}"#,
            r#"{"funding": {"type": "individual", "url": "https://a.example/give"}}"#,
            r#"{"funding": ["https://a.example/give", {"url": "javascript:x"}, 3]}"#,
        ] {
            let told = read(text.as_bytes()).unwrap().identity.funding;
            let told: Vec<_> = told.iter().map(mainstay_types::WebAddress::as_str).collect();
            assert_eq!(told, ["https://a.example/give"], "{text}");
        }
    }

    #[test]
    fn packages_inside_are_told_in_every_spelling() {
        for text in [
            r#"{"bundleDependencies": ["a"]}"#,
            r#"{"bundledDependencies": true}"#,
            r#"{"bundledDependencies": {"a": "1"}}"#,
        ] {
            assert!(read(text.as_bytes()).unwrap().bundles, "{text}");
        }
        assert!(!read(br#"{"bundleDependencies": []}"#).unwrap().bundles);
    }
}
