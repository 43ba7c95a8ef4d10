//! dpkg: `var/lib/dpkg/status`, and the files of `status.d` in images without a package manager.
//!
//! Standards: Debian Policy, chapter 5 (control files: stanzas of fields, continued by a space) and
//! section 5.6.1 (`Source: name (version)`); dpkg(1), "Package states". A stanza of `status.d` has
//! no `Status`: it is there because the package is.

mod files;

use std::collections::HashMap;

use mainstay_reading::{Input, Inventory, Place, ReadError, ReadErrorKind};
use mainstay_types::{BuiltFrom, Ecosystem, Packaging, SourcePackage};

use crate::installed::{Described, Installed};
pub(crate) use files::{owned, owned_by_checksums};

/// Reads a database that lies so many folders below the root of its system.
pub(crate) fn read<const DEPTH: usize>(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let mut installed = Installed::of(input, DEPTH, Packaging::Deb);
    let stanzas = stanzas(&text)?;
    let mut provided: HashMap<&str, u32> = HashMap::new();
    let mut edges = Vec::new();
    for stanza in &stanzas {
        let Some(position) = package(&mut installed, stanza) else { continue };
        provided.entry(stanza.package).or_insert(position);
        edges.extend(needs(stanza).map(|names| (position, names)));
    }
    for stanza in &stanzas {
        let Some(position) = provided.get(stanza.package).copied() else { continue };
        for name in relations(stanza.provides).filter_map(|names| names.first().copied()) {
            provided.entry(name).or_insert(position);
        }
    }
    installed.link(&provided, &edges);
    Ok(installed.finish())
}

/// The fields of a package that count here.
#[derive(Default)]
struct Stanza<'t> {
    line: u32,
    package: &'t str,
    version: &'t str,
    status: Option<&'t str>,
    architecture: &'t str,
    source: &'t str,
    depends: &'t str,
    pre_depends: &'t str,
    provides: &'t str,
}

/// Divides the text into stanzas. Fields that continue on further lines are kept by their first.
fn stanzas(text: &str) -> Result<Vec<Stanza<'_>>, ReadError> {
    let mut stanzas = Vec::new();
    let mut open: Option<Stanza<'_>> = None;
    for (line, number) in text.lines().zip(1_u32..) {
        if line.trim().is_empty() {
            stanzas.extend(open.take());
            continue;
        }
        if line.starts_with([' ', '\t', '#']) {
            continue;
        }
        let Some((name, value)) = line.split_once(':') else {
            let message = "a line is neither a field nor the continuation of one";
            return Err(ReadError::at(ReadErrorKind::Syntax, number, message));
        };
        let stanza = open.get_or_insert_with(|| Stanza { line: number, ..Stanza::default() });
        if stanza.set(name, value.trim()) {
            let message =
                format!("the stanza has a second field {name:?}: a blank line is missing");
            return Err(ReadError::at(ReadErrorKind::Syntax, number, message));
        }
    }
    stanzas.extend(open);
    Ok(stanzas)
}

impl<'t> Stanza<'t> {
    /// Keeps a field; names of fields have no case. Gives whether the stanza had it already.
    fn set(&mut self, name: &str, value: &'t str) -> bool {
        let is = |field: &str| name.eq_ignore_ascii_case(field);
        let place = if is("Package") {
            &mut self.package
        } else if is("Version") {
            &mut self.version
        } else if is("Status") {
            return self.status.replace(value).is_some();
        } else if is("Architecture") {
            &mut self.architecture
        } else if is("Source") {
            &mut self.source
        } else if is("Depends") {
            &mut self.depends
        } else if is("Pre-Depends") {
            &mut self.pre_depends
        } else if is("Provides") {
            &mut self.provides
        } else {
            return false;
        };
        !std::mem::replace(place, value).is_empty()
    }

    fn place(&self) -> Place {
        Place::line(self.line)
    }
}

/// Whether the files of a package are on the system.
enum Presence {
    Present,
    Perhaps,
    Absent,
}

/// The third word of `Status` is the state. All states from `unpacked` on have their files.
fn presence(status: Option<&str>) -> Presence {
    let Some(status) = status else { return Presence::Present };
    match status.split_whitespace().nth(2) {
        Some(
            "installed" | "unpacked" | "half-configured" | "triggers-awaited" | "triggers-pending",
        ) => Presence::Present,
        Some("not-installed" | "config-files") => Presence::Absent,
        Some(_) | None => Presence::Perhaps,
    }
}

fn package(installed: &mut Installed, stanza: &Stanza<'_>) -> Option<u32> {
    if stanza.package.is_empty() {
        let reason = "a stanza names no package";
        installed.gap(stanza.place(), reason, "look at the database by hand");
        return None;
    }
    match presence(stanza.status) {
        Presence::Absent => return None,
        Presence::Perhaps => {
            let state = stanza.status.unwrap_or("");
            let reason = format!(
                "the state of {} is \"{state}\": some of its files may be there",
                stanza.package
            );
            installed.gap(stanza.place(), reason, "let dpkg finish: `dpkg --configure -a`");
            if stanza.version.is_empty() {
                return None;
            }
        }
        Presence::Present => {}
    }
    let described = Described {
        name: stanza.package,
        version: stanza.version,
        architecture: Some(stanza.architecture),
        licence: None,
        place: stanza.place(),
    };
    let built_from = installed.ecosystem().map(|ecosystem| built_from(ecosystem, stanza));
    installed.push(&described, built_from.unwrap_or(BuiltFrom::Unknown))
}

/// `Source: name` or `Source: name (version)`; without the field the package is its own source.
fn built_from(ecosystem: Ecosystem, stanza: &Stanza<'_>) -> BuiltFrom {
    if stanza.source.is_empty() {
        return BuiltFrom::Namesake;
    }
    let (name, version) = match stanza.source.split_once('(') {
        Some((name, rest)) => (name.trim(), rest.trim_end().trim_end_matches(')').trim()),
        None => (stanza.source, stanza.version),
    };
    SourcePackage::new(ecosystem, name, version).map_or(BuiltFrom::Unknown, BuiltFrom::Source)
}

/// The packages that this one needs: each a list of alternatives.
fn needs<'t>(stanza: &Stanza<'t>) -> impl Iterator<Item = Vec<&'t str>> {
    relations(stanza.pre_depends).chain(relations(stanza.depends))
}

/// Debian Policy, section 7.1: `libc6 (>= 2.34), debconf | debconf-2.0, python3:any`.
fn relations(field: &str) -> impl Iterator<Item = Vec<&str>> {
    field.split(',').map(|alternatives| {
        let name = |one: &'_ str| one.trim().find([' ', '(', ':', '[']).unwrap_or(one.trim().len());
        let names = alternatives.split('|').map(|one| one.trim().get(..name(one)).unwrap_or(""));
        names.filter(|name| !name.is_empty()).collect()
    })
}

#[cfg(test)]
mod tests;
