//! `requirements.txt` and the files that it includes.
//!
//! Standard: pip, <https://pip.pypa.io/en/stable/reference/requirements-file-format/>. The file
//! locks a closure only where a tool compiled it (it says so in its first lines), or where every
//! requirement is exact and has hashes, because pip then refuses whatever is not listed. In all
//! other cases what the requirements pull in is not known. Lines that pip would refuse are gaps;
//! the rest is read. A file has no end mark; that one was cut off shows where its last line is
//! open, or where a comment names a parent that is not there.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use mainstay_reading::{
    DeclaredIndex, Gap, IndexRole, Input, Inventory, LockedVersion, Origin, Place, ReadError, join,
};
use mainstay_types::{Ecosystem, PackageName};

use super::python::{Packages, requirement};
use crate::ending;

mod entries;
mod header;
mod lines;
mod options;
mod reasons;

use header::Header;
use options::{Line, Setting};
use reasons::Who;

/// Files that one file may include, in all.
const MOST_FILES: usize = 200;
/// Refused lines that are named one by one.
const MOST_REFUSED: usize = 20;
/// Missing parents that are named.
const MOST_MISSING: usize = 20;

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
    /// Why packages are there, as the comments of compiled files say, and whom these leave out.
    reasons: Vec<Reason>,
    left_out: HashSet<PackageName>,
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
            reasons: Vec::new(),
            left_out: HashSet::new(),
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
                self.file(&text, Some(&file), role);
            }
            Err(problem) => {
                let reason = format!("{} is not read: {problem}", shown(path));
                self.packages.gap(place, reason, "save the file as UTF-8");
            }
        }
    }

    fn file(&mut self, text: &str, file: Option<&Arc<str>>, role: Role) {
        let header = Header::of(text);
        let first = self.packages.inventory.packages.len();
        let mut asked = Asked { files: 0, count: 0, hashed: true };
        // Reversed, because the next file to read is taken from the end.
        let mut includes = Vec::new();
        for logical in lines::logical(text) {
            let place = Place { file: file.cloned(), ..Place::line(logical.number) };
            if logical.open {
                let reason = "the last line says that it continues, and nothing follows: the file \
                              may be cut off";
                self.packages.gap(place.clone(), reason, WRITE_AGAIN);
            }
            match options::parse(&logical.text) {
                Ok(Line::Settings(settings)) => {
                    for setting in settings {
                        asked.files += usize::from(matches!(setting, Setting::Include(_)));
                        self.setting(setting, &place, role, &mut includes);
                    }
                }
                Ok(Line::Editable(target)) if role == Role::Requirements => {
                    asked.count += 1;
                    asked.hashed = false;
                    self.editable(&target, &place);
                }
                Ok(Line::Requirement { text, hashes }) if role == Role::Requirements => {
                    asked.count += 1;
                    asked.hashed &= self.requirement(&text, &hashes, &place);
                }
                Ok(Line::Requirement { text, .. }) => self.constrain(&text),
                Ok(Line::Editable(_)) => {}
                Err(problem) => self.refuse(place, &problem),
            }
        }
        self.waiting.extend(includes.into_iter().rev());
        if role == Role::Requirements {
            self.end_file(text, &header, file, asked);
            if header.compiled {
                self.reasons_of(text, header.names_parents, file, first);
            }
        }
    }

    /// What a file of requirements says as a whole.
    fn end_file(&mut self, text: &str, header: &Header, file: Option<&Arc<str>>, asked: Asked) {
        let place_of = |line| Place { file: file.cloned(), ..line };
        for (line, name) in &header.left_out {
            let reason = format!("{} is needed and left out of the file", shown(name));
            let place = place_of(Place::line(*line));
            self.packages.gap(place, reason, "compile the file with `--allow-unsafe`");
            self.left_out.extend(PackageName::parse(Ecosystem::PyPi, name));
        }
        let hashed = asked.count > 0 && asked.hashed;
        let nothing = asked.count == 0 && asked.files == 0;
        if header.compiled || hashed {
            // People write the other files, and need not end the last line.
            let open = ending::open_last_line(text.as_bytes());
            let open = open.map(|gap| Gap { place: place_of(gap.place), ..gap });
            self.packages.inventory.gaps.extend(open);
        } else if asked.count > 0 {
            self.open.push(place_of(Place::default()));
        }
        if nothing && header.compiled {
            let reason = "the file was compiled and names no requirement: it may be cut off";
            self.packages.gap(place_of(Place::default()), reason, WRITE_AGAIN);
        }
    }

    /// Notes why the packages of a compiled file are there. `first` is the position of its first
    /// package.
    fn reasons_of(
        &mut self,
        text: &str,
        parents_are_here: bool,
        file: Option<&Arc<str>>,
        first: usize,
    ) {
        let packages = self.packages.inventory.packages.get(first..).unwrap_or_default();
        let mut found = Vec::new();
        for reason in reasons::reasons(text) {
            let above = packages.partition_point(|entry| entry.place.line <= Some(reason.line));
            let Some(at) = above.checked_sub(1) else { continue };
            let who = match reason.who {
                Who::Project => None,
                Who::Package(name) => match PackageName::parse(Ecosystem::PyPi, name) {
                    Ok(name) => Some(name),
                    Err(_) => continue,
                },
            };
            let Ok(package) = u32::try_from(first + at) else { continue };
            let place = Place { file: file.cloned(), ..Place::line(reason.line) };
            found.push(Reason { package, who, place, parents_are_here });
        }
        self.reasons.extend(found);
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

    /// Draws the edges of the reasons. A parent that is not there is the project, where the tool
    /// leaves that out; else it was cut off. A folder of the project has no name here, and may be
    /// any of them.
    fn connect(&mut self) {
        let has_folders = !self.packages.inventory.members.is_empty();
        let mut told = HashSet::new();
        for Reason { package, who, place, parents_are_here } in std::mem::take(&mut self.reasons) {
            let parents = who.as_ref().map(|name| self.packages.positions(name.key()).to_vec());
            let is_wish = match (&who, &parents) {
                (Some(_), Some(parents)) if !parents.is_empty() => false,
                (Some(name), _) if parents_are_here && !has_folders => {
                    if !self.left_out.contains(name)
                        && told.len() < MOST_MISSING
                        && told.insert(name.clone())
                    {
                        let reason = format!(
                            "a package is there because of {name}, which the file does not have: \
                             it may be cut off"
                        );
                        self.packages.gap(place, reason, WRITE_AGAIN);
                    }
                    false
                }
                (Some(_) | None, _) => true,
            };
            if let Some(entry) = self.packages.entry_mut(package) {
                entry.direct = Some(is_wish || entry.direct == Some(true));
            }
            for parent in parents.into_iter().flatten().filter(|parent| *parent != package) {
                if let Some(entry) = self.packages.entry_mut(parent) {
                    entry.needs.push(package);
                }
            }
        }
        for entry in &mut self.packages.inventory.packages {
            entry.needs.sort_unstable();
            entry.needs.dedup();
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
        self.connect();
        let inventory = &self.packages.inventory;
        if inventory.packages.is_empty()
            && inventory.members.is_empty()
            && inventory.gaps.is_empty()
        {
            let reason = "neither the file nor what it includes names a requirement";
            self.packages.gap(Place::default(), reason, "restore the file, or take it away");
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

/// Why a package is there.
struct Reason {
    /// Its position.
    package: u32,
    /// The package that needs it; `None` is the project.
    who: Option<PackageName>,
    place: Place,
    /// The tool has each parent in the file.
    parents_are_here: bool,
}

/// What a file asks for.
#[derive(Clone, Copy)]
struct Asked {
    /// Files that it includes.
    files: usize,
    /// Requirements.
    count: usize,
    /// Every requirement is exact and has a hash.
    hashed: bool,
}

const WRITE_AGAIN: &str = "restore the file, or compile it again";

/// Text of the file as a message may carry it.
fn shown(text: &str) -> String {
    text.chars().take(120).flat_map(char::escape_debug).collect()
}
