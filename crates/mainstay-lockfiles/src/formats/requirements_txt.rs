//! `requirements.txt` and the files that it includes.
//!
//! Standard: pip, <https://pip.pypa.io/en/stable/reference/requirements-file-format/>. The file
//! locks a closure only where a tool compiled it (it says so in its first lines), or where every
//! requirement is exact and has hashes, because pip then refuses whatever is not listed. In all
//! other cases what the requirements pull in is not known. Lines that pip would refuse are gaps;
//! the rest is read. A file has no end mark.

use std::collections::HashMap;
use std::sync::Arc;

use mainstay_reading::{
    DeclaredIndex, IndexRole, Input, Inventory, LockedVersion, Origin, Place, ReadError, join,
};
use mainstay_types::{Ecosystem, PackageName};

use super::python::{Packages, requirement};

mod entries;
mod header;
mod lines;
mod options;

use header::Header;
use options::{Line, Setting};

/// Files that one file may include, in all.
const MOST_FILES: usize = 200;
/// Refused lines that are named one by one.
const MOST_REFUSED: usize = 20;

/// Whether a path is a requirements file. Constraint files are none: they ask for nothing.
pub(crate) fn is_requirements(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = name.to_ascii_lowercase();
    let Some(stem) = name.strip_suffix(".txt") else { return false };
    let in_folder = folder.rsplit('/').next() == Some("requirements");
    !stem.contains("constraint")
        && (in_folder || stem.starts_with("requirements") || stem.ends_with("requirements"))
}

/// Reads one file and what it includes.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let mut reading = Reading::new(input);
    reading.file(&text, None, Role::Requirements);
    while let Some((path, role, place)) = reading.waiting.pop() {
        reading.include(&path, role, place);
    }
    Ok(reading.finish())
}

/// What an included file is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Role {
    Requirements,
    /// `-c`: it may fix a version of what is asked for, and never adds a package.
    Constraints,
}

struct Reading<'i> {
    input: &'i Input<'i>,
    packages: Packages,
    constraints: HashMap<PackageName, LockedVersion>,
    /// Files still to be read, the next one last.
    waiting: Vec<(String, Role, Place)>,
    seen: Vec<(String, Role)>,
    refused: usize,
    /// Files whose requirements are neither compiled nor all exact with hashes.
    open: Vec<Place>,
}

impl<'i> Reading<'i> {
    fn new(input: &'i Input<'i>) -> Self {
        Self {
            input,
            packages: Packages::default(),
            constraints: HashMap::new(),
            waiting: Vec::new(),
            seen: vec![(input.file_name.to_owned(), Role::Requirements)],
            refused: 0,
            open: Vec::new(),
        }
    }

    fn include(&mut self, path: &str, role: Role, place: Place) {
        let bytes = match self.input.nearby.read(path) {
            Ok(bytes) => bytes,
            Err(problem) => {
                let reason = format!("{} is not read: {problem}", shown(path));
                self.packages.gap(place, reason, "put the file beside, or scan the folder above");
                return;
            }
        };
        match mainstay_reading::decode(&bytes) {
            Ok(text) => {
                let file: Arc<str> = path.into();
                self.packages.inventory.files_read.push(Arc::clone(&file));
                self.file(&text, Some(file), role);
            }
            Err(problem) => {
                let reason = format!("{} is not read: {problem}", shown(path));
                self.packages.gap(place, reason, "save the file as UTF-8");
            }
        }
    }

    fn file(&mut self, text: &str, file: Option<Arc<str>>, role: Role) {
        let header = Header::of(text);
        let mut asked = 0_usize;
        let mut hashed = true;
        // Reversed, because the next file to read is taken from the end.
        let mut includes = Vec::new();
        for logical in lines::logical(text) {
            let place = Place { file: file.clone(), ..Place::line(logical.number) };
            match options::parse(&logical.text) {
                Ok(Line::Settings(settings)) => {
                    for setting in settings {
                        self.setting(setting, &place, role, &mut includes);
                    }
                }
                Ok(Line::Editable(target)) if role == Role::Requirements => {
                    asked += 1;
                    hashed = false;
                    self.editable(&target, &place);
                }
                Ok(Line::Requirement { text, hashes }) if role == Role::Requirements => {
                    asked += 1;
                    hashed &= self.requirement(&text, &hashes, &place);
                }
                Ok(Line::Requirement { text, .. }) => self.constrain(&text),
                Ok(Line::Editable(_)) => {}
                Err(problem) => self.refuse(place, &problem),
            }
        }
        self.waiting.extend(includes.into_iter().rev());
        if role == Role::Requirements {
            for (line, name) in &header.left_out {
                let place = Place { file: file.clone(), ..Place::line(*line) };
                let reason = format!("{} is needed and left out of the file", shown(name));
                self.packages.gap(place, reason, "compile the file with `--allow-unsafe`");
            }
            if asked > 0 && !header.compiled && !hashed {
                self.open.push(Place { file, ..Place::default() });
            }
        }
    }

    fn setting(
        &mut self,
        setting: Setting,
        place: &Place,
        role: Role,
        includes: &mut Vec<(String, Role, Place)>,
    ) {
        match setting {
            Setting::Index(url, index_role) => self.index(&url, index_role, place),
            Setting::FindLinks(location) => {
                if location.contains("://") && !location.starts_with("file:") {
                    self.index(&location, IndexRole::Beside, place);
                }
            }
            Setting::Include(path) => {
                // What a constraints file includes are constraints too.
                self.follow(&path, role, place, includes);
            }
            Setting::Constraint(path) => {
                self.follow(&path, Role::Constraints, place, includes);
            }
            Setting::Ignored => {}
        }
    }

    fn index(&mut self, url: &str, role: IndexRole, place: &Place) {
        let url = mainstay_types::SourceUrl::new(url);
        self.packages.inventory.indexes.push(DeclaredIndex { url, place: place.clone(), role });
    }

    fn follow(
        &mut self,
        path: &str,
        role: Role,
        place: &Place,
        includes: &mut Vec<(String, Role, Place)>,
    ) {
        let gap = |reading: &mut Self, problem: &str| {
            let reason = format!("{} is not read: {problem}", shown(path));
            let advice = "put a copy of the file into the project, and name it by its path there";
            reading.packages.gap(place.clone(), reason, advice);
        };
        if path.contains("://") {
            gap(self, "it is at an address, and a scan opens none");
            return;
        }
        let from = place.file.as_deref().unwrap_or("");
        match join(from, path) {
            Err(problem) => gap(self, &problem.to_string()),
            Ok(joined) => {
                let key = (joined.clone(), role);
                if self.seen.contains(&key) {
                    return;
                }
                if self.seen.len() >= MOST_FILES {
                    gap(self, "too many files are included");
                    return;
                }
                self.seen.push(key);
                includes.push((joined, role, place.clone()));
            }
        }
    }

    fn refuse(&mut self, place: Place, problem: &str) {
        self.refused += 1;
        if self.refused <= MOST_REFUSED {
            let reason = format!("the line is not one that pip takes: {problem}");
            self.packages.gap(place, reason, "correct the line");
        }
    }

    fn constrain(&mut self, text: &str) {
        if let Ok(requirement) = requirement::parse(text)
            && let Ok(name) = PackageName::parse(Ecosystem::PyPi, requirement.name)
            && let version @ LockedVersion::Exact(_) = requirement.version()
        {
            self.constraints.entry(name).or_insert(version);
        }
    }

    fn finish(mut self) -> Inventory {
        for entry in &mut self.packages.inventory.packages {
            let registry = matches!(entry.origin, Origin::Registry { .. });
            if let (None, true) = (entry.version.exact(), registry)
                && let Some(version) = self.constraints.get(&entry.name)
            {
                entry.version = version.clone();
            }
        }
        if let Some(more) = self.refused.checked_sub(MOST_REFUSED + 1) {
            let reason = format!("{} further lines are not ones that pip takes", more + 1);
            self.packages.gap(Place::default(), reason, "look whether this is a requirements file");
        }
        let open = std::mem::take(&mut self.open);
        for place in open {
            self.packages.gap(
                place,
                "what the requirements pull in is not known: the file is not compiled, and not \
                 every requirement is exact and has a hash",
                "compile it with `pip-compile --generate-hashes` or `uv pip compile \
                 --generate-hashes`",
            );
        }
        self.packages.inventory
    }
}

/// Text of the file as a message may carry it.
fn shown(text: &str) -> String {
    text.chars().take(120).flat_map(char::escape_debug).collect()
}
