//! When components of two documents are the same.
//!
//! A package URL without its version says which package it is; without one, group and name do. So
//! a version, a checksum or a licence that changed is a change of one package, not one gone and
//! another come.

use crate::{Component, ComponentKind};

/// Which package a component is, whatever its version.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key(String);

impl Key {
    pub(crate) fn of(component: &Component<'_>) -> Self {
        if let Some(purl) = component.purl() {
            let text = purl.as_str();
            let (path, rest) = match text.find(['@', '?', '#']) {
                Some(at) => text.split_at(at),
                None => (text, ""),
            };
            // What is inside a package is another thing than the package.
            let subpath = rest.split_once('#').map_or("", |(_, subpath)| subpath);
            return Self(format!("{path}#{subpath}"));
        }
        let group = component.group.as_deref().unwrap_or("");
        let kind = if component.kind == ComponentKind::File { "file" } else { "name" };
        Self(format!("{kind}:{group}/{}", component.name))
    }
}
