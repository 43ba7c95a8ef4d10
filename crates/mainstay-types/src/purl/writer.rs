//! From components to canonical text: ECMA-427, "How to build a purl", with the rules of the
//! type.

use std::borrow::Cow;

use super::percent::{push, refuse_control, stands};
use super::type_rules::{Case, NameRule, TypeRules};
use super::{Purl, PurlComponent, PurlError, type_rules};

/// Decoded components. Empty text is an absent component.
pub(super) struct Components<'a> {
    pub(super) package_type: &'a str,
    pub(super) namespace: Cow<'a, str>,
    pub(super) name: Cow<'a, str>,
    pub(super) version: Cow<'a, str>,
    /// Keys in lower case.
    pub(super) qualifiers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    pub(super) subpath: Cow<'a, str>,
}

impl<'a> Components<'a> {
    /// Takes a qualifier, unless its value is empty.
    pub(super) fn add_qualifier(
        &mut self,
        key: &'a str,
        value: Cow<'a, str>,
    ) -> Result<(), PurlError> {
        let letter_first = key.starts_with(|c: char| c.is_ascii_alphabetic());
        let permitted = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
        if !letter_first || !key.bytes().all(permitted) {
            return Err(PurlError::BadKey(key.into()));
        }
        if value.is_empty() {
            return Ok(());
        }
        let upper = key.bytes().any(|b| b.is_ascii_uppercase());
        let key = if upper { Cow::Owned(key.to_ascii_lowercase()) } else { Cow::Borrowed(key) };
        self.qualifiers.push((key, value));
        Ok(())
    }

    /// Checks the components and writes them.
    pub(super) fn write(mut self) -> Result<String, PurlError> {
        let package_type = self.package_type.to_ascii_lowercase();
        check_type(&package_type)?;
        let rules = type_rules::of(&package_type);
        self.check(rules)?;
        self.qualifiers.sort_unstable();
        self.check_qualifiers(rules)?;

        let mut out = start(&package_type, self.namespace.len() + self.name.len());
        let ignores_case = self.host_ignores_case(rules.name_rule);
        let case_of = |case| if ignores_case { Case::Lower } else { case };
        push_namespace(&mut out, case_of(rules.namespace_case), &self.namespace);
        push_name(&mut out, rules.name_rule, case_of(rules.name_case), &self.name);
        push_version(&mut out, rules, &self.version);
        for (position, (key, value)) in self.qualifiers.iter().enumerate() {
            out.push(if position == 0 { '?' } else { '&' });
            out.push_str(key);
            out.push('=');
            let guid = rules.name == "swid" && key == "tag_id" && is_guid(value);
            push_text(&mut out, if guid { Case::Lower } else { Case::Kept }, value);
        }
        for (position, segment) in subpath_segments(&self.subpath).enumerate() {
            out.push(if position == 0 { '#' } else { '/' });
            push_text(&mut out, rules.subpath_case, segment);
        }
        if out.len() > Purl::MAX_BYTES {
            return Err(PurlError::TooLong(out.len()));
        }
        Ok(out)
    }

    fn check(&self, rules: &TypeRules) -> Result<(), PurlError> {
        let has_name = match rules.name_rule {
            NameRule::RepositoryPath => segments(&self.name).next().is_some(),
            NameRule::Any
            | NameRule::Dashes
            | NameRule::Underscores
            | NameRule::NoDoubleColon
            | NameRule::PodName
            | NameRule::ExtensionId
            | NameRule::LowerOnDatabricks => !self.name.is_empty(),
        };
        if !has_name {
            return Err(PurlError::NoName);
        }
        rules.check_namespace(segments(&self.namespace).count())?;
        rules.check_name(&self.name)?;
        if !self.version.is_empty() {
            rules.check_version(&self.version)?;
        }
        refuse_control(&self.namespace, PurlComponent::Namespace)?;
        refuse_control(&self.name, PurlComponent::Name)?;
        refuse_control(&self.version, PurlComponent::Version)?;
        refuse_control(&self.subpath, PurlComponent::Subpath)?;
        Ok(())
    }

    /// Checks the sorted qualifiers.
    fn check_qualifiers(&self, rules: &TypeRules) -> Result<(), PurlError> {
        let mut previous: Option<&str> = None;
        for (key, value) in &self.qualifiers {
            if previous == Some(key) {
                return Err(PurlError::DuplicateKey(key.as_ref().into()));
            }
            refuse_control(value, PurlComponent::Qualifier)?;
            previous = Some(key);
        }
        match rules.required_qualifier {
            Some(required) if !self.qualifiers.iter().any(|(key, _)| key == required) => {
                Err(PurlError::QualifierMissing { package_type: rules.name, key: required })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether the place where the package lives folds case, for the types that leave it to the
    /// place.
    fn host_ignores_case(&self, rule: NameRule) -> bool {
        match rule {
            NameRule::LowerOnDatabricks => {
                let server = self.qualifiers.iter().find(|(key, _)| key == "repository_url");
                server.is_some_and(|(_, url)| {
                    let rest = url.split_once("://").map_or(url.as_ref(), |(_, rest)| rest);
                    let host = rest.split('/').next().unwrap_or(rest);
                    has_label(host, &["azuredatabricks", "databricks"])
                })
            }
            NameRule::RepositoryPath => has_label(&self.namespace, &["github", "bitbucket"]),
            NameRule::Any
            | NameRule::Dashes
            | NameRule::Underscores
            | NameRule::NoDoubleColon
            | NameRule::PodName
            | NameRule::ExtensionId => false,
        }
    }
}

/// Whether a host has one of these labels, which are in lower case.
fn has_label(host: &str, labels: &[&str]) -> bool {
    host.split('.').any(|label| labels.iter().any(|known| known.eq_ignore_ascii_case(label)))
}

/// `pkg:type/`, with room for the rest.
pub(super) fn start(package_type: &str, room: usize) -> String {
    let mut out = String::with_capacity(package_type.len() + room + 32);
    out.push_str("pkg:");
    out.push_str(package_type);
    out.push('/');
    out
}

/// The namespace and the slash after it, or nothing.
pub(super) fn push_namespace(out: &mut String, case: Case, namespace: &str) {
    for segment in segments(namespace) {
        push_text(out, case, segment);
        out.push('/');
    }
}

/// The name, as the type wants it.
pub(super) fn push_name(out: &mut String, rule: NameRule, case: Case, name: &str) {
    match rule {
        NameRule::Any
        | NameRule::NoDoubleColon
        | NameRule::PodName
        | NameRule::ExtensionId
        | NameRule::LowerOnDatabricks => push_text(out, case, name),
        NameRule::Dashes => name.split('_').enumerate().for_each(|(position, part)| {
            if position > 0 {
                out.push('-');
            }
            push_text(out, case, part);
        }),
        NameRule::Underscores => out.extend(
            name.chars()
                .flat_map(char::to_lowercase)
                .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }),
        ),
        NameRule::RepositoryPath => segments(name).enumerate().for_each(|(position, segment)| {
            if position > 0 {
                out.push('/');
            }
            push_text(out, case, segment);
        }),
    }
}

/// The version and the `@` before it, or nothing.
pub(super) fn push_version(out: &mut String, rules: &TypeRules, version: &str) {
    if !version.is_empty() {
        out.push('@');
        push_text(out, rules.version_case, version);
    }
}

/// Lower case is taken character by character, so that doing it twice changes nothing.
fn push_text(out: &mut String, case: Case, text: &str) {
    // Nearly every name and version is its own encoding.
    let is_plain = match case {
        Case::Kept => text.bytes().all(stands),
        Case::Lower => text.bytes().all(|byte| stands(byte) && !byte.is_ascii_uppercase()),
        Case::Upper => text.bytes().all(|byte| stands(byte) && !byte.is_ascii_lowercase()),
    };
    if is_plain {
        out.push_str(text);
        return;
    }
    match case {
        Case::Kept => text.chars().for_each(|c| push(out, c)),
        Case::Lower => text.chars().flat_map(char::to_lowercase).for_each(|c| push(out, c)),
        Case::Upper => text.chars().for_each(|c| push(out, c.to_ascii_uppercase())),
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// `.` and `..` are dropped: a subpath never leaves its package.
fn subpath_segments(path: &str) -> impl Iterator<Item = &str> {
    segments(path).filter(|segment| !matches!(*segment, "." | ".."))
}

fn check_type(package_type: &str) -> Result<(), PurlError> {
    let permitted = |at: usize, c: char| match at {
        0 => c.is_ascii_alphabetic(),
        _ => c.is_ascii_alphanumeric() || matches!(c, '.' | '-'),
    };
    if package_type.is_empty() {
        return Err(PurlError::NoType);
    }
    match package_type.char_indices().find(|(at, c)| !permitted(*at, *c)) {
        Some((at, found)) => Err(PurlError::TypeCharacter { found, at }),
        None => Ok(()),
    }
}

/// Eight, four, four, four and twelve hexadecimal digits.
fn is_guid(text: &str) -> bool {
    let groups = text
        .split('-')
        .map(|group| group.bytes().all(|b| b.is_ascii_hexdigit()).then_some(group.len()));
    groups.eq([8, 4, 4, 4, 12].map(Some))
}
