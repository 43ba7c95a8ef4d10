//! `Gemfile.lock` and `gems.locked`: what Bundler resolved for Ruby.
//!
//! The format is Bundler's own (its `LockfileParser`): sections with a head in capitals, options
//! two spaces in, gems four, what a gem needs six. A version may carry a platform after its first
//! hyphen (`1.15.0-x86_64-linux`); the platform is no part of the version.
//! See <https://bundler.io/man/bundle-lock.1.html>.

use std::collections::{HashMap, HashSet};

use mainstay_reading::{
    DeclaredIndex, IndexRole, Input, Inventory, Listing, Origin, Place, ReadError, ReadErrorKind,
    exact, is_inside,
};
use mainstay_types::{Digest, DigestAlgorithm, DigestError, Ecosystem, SourceUrl};

/// Reads the file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let mut reader = Reader::new();
    for (number, line) in (1u32..).zip(text.lines()) {
        reader.line(number, line.trim_end())?;
    }
    reader.finish()
}

struct Reader<'t> {
    listing: Listing,
    section: Section<'t>,
    /// Whether any section began, and whether `DEPENDENCIES` did.
    seen: (bool, bool),
    /// The first package of each name, and every package by name and version.
    by_name: HashMap<&'t str, u32>,
    by_version: HashMap<(&'t str, &'t str), u32>,
    /// The project's own gems.
    members: HashSet<&'t str>,
    /// What needs what, with the line; `None` is the project itself.
    edges: Vec<(Option<u32>, &'t str, u32)>,
    asked: HashSet<&'t str>,
    checksums: Vec<(&'t str, &'t str, &'t str)>,
    /// The addresses of each `GEM` section.
    indexes: Vec<Vec<(&'t str, u32)>>,
}

enum Section<'t> {
    None,
    Source(Source<'t>),
    Dependencies,
    Checksums,
    /// A section that names no packages.
    Other,
}

struct Source<'t> {
    kind: SourceKind,
    remotes: Vec<&'t str>,
    revision: Option<&'t str>,
    in_specs: bool,
    /// The gem whose needs follow: `None` for one of the project's own.
    gem: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SourceKind {
    Gem,
    Git,
    Path,
    Plugin,
}

impl<'t> Reader<'t> {
    fn new() -> Self {
        Self {
            listing: Listing::new(Ecosystem::RubyGems),
            section: Section::None,
            seen: (false, false),
            by_name: HashMap::new(),
            by_version: HashMap::new(),
            members: HashSet::new(),
            edges: Vec::new(),
            asked: HashSet::new(),
            checksums: Vec::new(),
            indexes: Vec::new(),
        }
    }

    fn line(&mut self, number: u32, line: &'t str) -> Result<(), ReadError> {
        if line.is_empty() {
            return Ok(());
        }
        let rest = line.trim_start_matches(' ');
        let indent = line.len() - rest.len();
        if indent == 0 {
            return self.head(number, line);
        }
        match &mut self.section {
            Section::Source(_) => self.source_line(number, indent, rest),
            Section::Dependencies => {
                let spec = Spec::parse(rest).ok_or_else(|| unreadable(number))?;
                self.asked.insert(spec.name);
                Ok(())
            }
            Section::Checksums => {
                let spec = Spec::parse(rest).ok_or_else(|| unreadable(number))?;
                for checksum in spec.rest.split(',').filter(|text| !text.is_empty()) {
                    self.checksums.push((spec.name, spec.version, checksum.trim()));
                }
                Ok(())
            }
            Section::Other => Ok(()),
            Section::None => Err(unreadable(number)),
        }
    }

    fn head(&mut self, number: u32, line: &'t str) -> Result<(), ReadError> {
        self.seen.0 = true;
        let source = |kind| {
            let (remotes, revision) = (Vec::new(), None);
            Section::Source(Source { kind, remotes, revision, in_specs: false, gem: None })
        };
        self.section = match line {
            "GEM" => {
                self.indexes.push(Vec::new());
                source(SourceKind::Gem)
            }
            "GIT" => source(SourceKind::Git),
            "PATH" => source(SourceKind::Path),
            "PLUGIN SOURCE" => source(SourceKind::Plugin),
            "DEPENDENCIES" => {
                self.seen.1 = true;
                Section::Dependencies
            }
            "CHECKSUMS" => Section::Checksums,
            "PLATFORMS" | "RUBY VERSION" | "BUNDLED WITH" => Section::Other,
            head if head.bytes().all(|b| b.is_ascii_uppercase() || b == b' ') => {
                self.listing.gap(
                    Place::line(number),
                    format!("the section {head} is not known, so what it says was not read"),
                    "update Mainstay",
                );
                Section::Other
            }
            _ if is_conflict_mark(line) => {
                let message = "the file holds an unresolved merge conflict";
                return Err(ReadError::at(ReadErrorKind::Syntax, number, message));
            }
            _ => return Err(unreadable(number)),
        };
        Ok(())
    }

    fn source_line(&mut self, number: u32, indent: usize, rest: &'t str) -> Result<(), ReadError> {
        let Section::Source(source) = &mut self.section else { return Ok(()) };
        match (indent, source.in_specs) {
            (2, _) => {
                let (key, value) = rest.split_once(':').ok_or_else(|| unreadable(number))?;
                let value = value.trim();
                match key {
                    "remote" => {
                        source.remotes.push(value);
                        if let Some(index) =
                            self.indexes.last_mut().filter(|_| source.kind == SourceKind::Gem)
                        {
                            index.push((value, number));
                        }
                    }
                    "revision" => source.revision = Some(value),
                    "specs" => source.in_specs = true,
                    _ => {}
                }
                Ok(())
            }
            (4, true) => {
                let spec = Spec::parse(rest).ok_or_else(|| unreadable(number))?;
                self.gem(number, &spec)
            }
            (6, true) => {
                let spec = Spec::parse(rest).ok_or_else(|| unreadable(number))?;
                self.edges.push((source.gem, spec.name, number));
                Ok(())
            }
            _ => Err(unreadable(number)),
        }
    }

    /// A gem of the source that is open.
    fn gem(&mut self, number: u32, spec: &Spec<'t>) -> Result<(), ReadError> {
        let Section::Source(source) = &mut self.section else { return Ok(()) };
        let Some(origin) = source.origin() else {
            let name = self.listing.name(spec.name, Some(number))?;
            self.listing.member(Some(name), source.remotes.first().copied());
            self.members.insert(spec.name);
            source.gem = None;
            return Ok(());
        };
        if let Some(known) = self.by_version.get(&(spec.name, spec.version)) {
            // The same gem for another platform.
            source.gem = Some(*known);
            return Ok(());
        }
        let mut entry = self.listing.entry(spec.name, exact(spec.version), Place::line(number))?;
        entry.origin = origin;
        let position = self.listing.push(entry);
        source.gem = Some(position);
        self.by_name.entry(spec.name).or_insert(position);
        self.by_version.insert((spec.name, spec.version), position);
        if spec.version.is_empty() {
            let reason = format!("no version is written for {}", spec.name);
            self.listing.gap(Place::line(number), reason, "run `bundle lock` again");
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Inventory, ReadError> {
        match self.seen {
            (false, _) => {
                let message = "the file has none of the sections that Bundler writes";
                return Err(ReadError::new(ReadErrorKind::Shape, message));
            }
            (true, false) => self.listing.gap(
                Place::default(),
                "the section DEPENDENCIES is not there: the file may be cut off",
                "run `bundle lock` again",
            ),
            (true, true) => {}
        }
        self.join_edges();
        for (name, version, checksum) in std::mem::take(&mut self.checksums) {
            if let Some(position) = self.by_version.get(&(name, version)) {
                self.listing.checksum(*position, digest(checksum));
            }
        }
        self.declare_indexes();
        Ok(self.listing.finish())
    }

    /// Joins what needs what, and marks what the project asks for itself.
    fn join_edges(&mut self) {
        let mut missing = HashSet::new();
        for (from, name, line) in std::mem::take(&mut self.edges) {
            if from.is_none() {
                self.asked.insert(name);
            }
            // Bundler never locks itself.
            let locked = self.by_name.contains_key(name) || self.members.contains(name);
            if !locked && name != "bundler" && missing.insert(name) {
                self.listing.gap(
                    Place::line(line),
                    format!("{name} is needed here and is not locked"),
                    "run `bundle lock` again",
                );
            }
            if let Some(from) = from {
                self.listing.link(&self.by_name, [(from, name)]);
            }
        }
        for ((name, _), position) in &self.by_version {
            if let Some(entry) = self.listing.get_mut(*position) {
                entry.direct = Some(self.asked.contains(name));
            }
        }
    }

    /// One address serves every gem. Several `GEM` sections pin each gem to its own; several
    /// addresses in one section are all asked for every name, as old versions of Bundler did.
    fn declare_indexes(&mut self) {
        let single = self.indexes.len() == 1;
        for section in &self.indexes {
            for (position, (remote, line)) in section.iter().enumerate() {
                let role = match position {
                    0 if single => IndexRole::Replaces,
                    0 => IndexRole::Named,
                    _ => IndexRole::Beside,
                };
                let (url, place) = (SourceUrl::new(remote), Place::line(*line));
                self.listing.inventory.indexes.push(DeclaredIndex { url, place, role });
            }
        }
    }
}

impl Source<'_> {
    /// Where the gems of this section come from. `None`: they are the project's own.
    fn origin(&self) -> Option<Origin> {
        let remote = self.remotes.first().copied().unwrap_or("");
        match self.kind {
            SourceKind::Gem => {
                let index = match self.remotes.as_slice() {
                    [only] => Some(SourceUrl::new(only)),
                    _ => None,
                };
                Some(Origin::Registry { index, artifact: None })
            }
            SourceKind::Git => {
                let commit = self.revision.map(Into::into);
                Some(Origin::Git { url: SourceUrl::new(remote), commit })
            }
            SourceKind::Path if is_inside(remote) => None,
            SourceKind::Path => Some(Origin::Path(remote.into())),
            SourceKind::Plugin => Some(Origin::Url(SourceUrl::new(remote))),
        }
    }
}

/// `name (version-platform)!`, and what stands behind it.
struct Spec<'t> {
    name: &'t str,
    version: &'t str,
    rest: &'t str,
}

impl<'t> Spec<'t> {
    fn parse(text: &'t str) -> Option<Self> {
        let Some((name, rest)) = text.split_once(" (") else {
            let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
            return Some(Self { name: name.trim_end_matches('!'), version: "", rest });
        };
        let (version, rest) = rest.split_once(')')?;
        let version = version.split('-').next().unwrap_or(version);
        let rest = rest.trim_start_matches('!').trim_start();
        (!name.contains(' ')).then_some(Self { name, version, rest })
    }
}

/// `sha256=<hex>`.
fn digest(text: &str) -> Result<Digest, DigestError> {
    let (name, hex) = text.split_once('=').ok_or(DigestError::UnknownAlgorithm)?;
    let algorithm = DigestAlgorithm::from_name(name).ok_or(DigestError::UnknownAlgorithm)?;
    Digest::from_hex(algorithm, hex)
}

fn is_conflict_mark(line: &str) -> bool {
    ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark))
}

fn unreadable(line: u32) -> ReadError {
    ReadError::at(ReadErrorKind::Syntax, line, "this is no line that Bundler writes")
}

#[cfg(test)]
mod tests;
