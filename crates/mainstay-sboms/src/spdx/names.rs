//! The names that a written document gives its elements: unique, and the same for the same input.
//!
//! Standard: SPDX specification 2.3, clause 7.2: `SPDXRef-` and letters, digits, `.` and `-`.

use std::collections::HashSet;

use crate::{Component, ComponentId, ComponentKind, Sbom};

/// A name for each component.
pub(crate) struct Names(Vec<String>);

impl Names {
    /// Names of SPDX 2 stay as they are; others are made of what a component is and is called.
    pub(crate) fn of(sbom: &Sbom<'_>) -> Self {
        let mut taken: HashSet<String> = HashSet::from(["SPDXRef-DOCUMENT".to_owned()]);
        let own: Vec<Option<String>> = sbom
            .components
            .iter()
            .map(|component| {
                let name = component.reference.strip_prefix("SPDXRef-")?;
                let is_name = !name.is_empty() && name.chars().all(is_plain);
                let name = component.reference.to_string();
                (is_name && taken.insert(name.clone())).then_some(name)
            })
            .collect();
        let names = own
            .into_iter()
            .zip(&sbom.components)
            .map(|(own, component)| own.unwrap_or_else(|| free(&mut taken, &made(component))));
        Self(names.collect())
    }

    /// The name of a component.
    pub(crate) fn get(&self, id: ComponentId) -> &str {
        self.0.get(id.position()).map_or("SPDXRef-DOCUMENT", |name| name)
    }
}

fn made(component: &Component<'_>) -> String {
    let kind = if component.kind == ComponentKind::File { "File" } else { "Package" };
    let purl_type = component.purl().map(|purl| purl.package_type().to_owned());
    let parts = [purl_type.as_deref(), component.group.as_deref(), Some(&*component.name)];
    let mut name = format!("SPDXRef-{kind}");
    for part in parts.into_iter().chain([component.version.as_deref()]).flatten() {
        if !part.is_empty() {
            name.push('-');
            name.extend(part.chars().take(100).map(|c| if is_plain(c) { c } else { '-' }));
        }
    }
    name
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-')
}

fn free(taken: &mut HashSet<String>, wanted: &str) -> String {
    if taken.insert(wanted.to_owned()) {
        return wanted.to_owned();
    }
    // The number of names taken is larger than any number tried before for the same name, so
    // that many components of one name take no more than one or two tries each.
    let mut number = taken.len();
    loop {
        let name = format!("{wanted}-{number}");
        if taken.insert(name.clone()) {
            return name;
        }
        number += 1;
    }
}
