//! `go.mod`, with the checksums of the `go.sum` beside it.
//!
//! Standard: <https://go.dev/ref/mod#go-mod-file>. From `go 1.17` the file lists every module
//! that the build can use; below that only the direct ones, so the inventory is partial. `go` and
//! `toolchain` are a minimum and no package; `retract`, `tool`, `godebug` and `ignore` name none.

use std::collections::{HashMap, HashSet};

use mainstay_reading::{
    Entry, Gap, Input, Inventory, Irregularity, LockedVersion, Member, Origin, Place, ReadError,
    ReadErrorKind, join,
};
use mainstay_types::{Digest, Ecosystem, PackageName, Scope};

mod syntax;

use syntax::Statement;

/// Reads one file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let module = Module::of(&syntax::statements(&text)?)?;
    let mut inventory = Inventory::default();
    let own = module.path.as_deref();
    inventory.own_name = own.and_then(|path| PackageName::parse(Ecosystem::Go, path).ok());
    for require in &module.requires {
        take(&mut inventory, &module, require);
    }
    if let Some(gap) = module.language_gap() {
        inventory.gaps.push(gap);
    }
    if let Ok(bytes) = input.nearby.read("go.sum") {
        let any = add_checksums(&mut inventory, &bytes);
        if any && module.requires.is_empty() {
            inventory.gaps.push(Gap {
                place: Place::default(),
                reason: "the file requires no module, and the go.sum beside it has checksums of \
                         some: it may be cut off"
                    .to_owned(),
                advice: "restore the file, or run `go mod tidy`".to_owned(),
            });
        }
        inventory.files_read.push("go.sum".into());
    }
    Ok(inventory)
}

fn take(inventory: &mut Inventory, module: &Module, require: &Require) {
    let place = Place::line(require.line);
    if module.excludes.contains(&(require.path.clone(), require.version.clone())) {
        inventory.gaps.push(Gap {
            place,
            reason: format!(
                "{} {} is required and excluded: which version is used instead is not known",
                require.path.escape_debug(),
                require.version.escape_debug()
            ),
            advice: "run `go mod tidy`, which writes the version that is used".to_owned(),
        });
        return;
    }
    let (path, version, origin) = match module.replacement(require) {
        None => (&require.path, require.version.as_str(), Origin::registry()),
        Some(Replacement::Module { path, version }) => (path, version.as_str(), Origin::registry()),
        Some(Replacement::Folder(folder)) if !leads_out(folder) => {
            let name = PackageName::parse(Ecosystem::Go, &require.path).ok();
            inventory.members.push(Member { name, path: Some(folder.as_str().into()) });
            return;
        }
        Some(Replacement::Folder(folder)) => {
            (&require.path, require.version.as_str(), Origin::Path(folder.as_str().into()))
        }
    };
    let name = match PackageName::parse(Ecosystem::Go, path) {
        Ok(name) => name,
        Err(problem) => {
            inventory.gaps.push(Gap {
                place,
                reason: format!("a module has no usable name: {problem}"),
                advice: "look at the line by hand".to_owned(),
            });
            return;
        }
    };
    inventory.packages.push(Entry {
        name,
        version: locked(version),
        place,
        scope: Scope::Runtime,
        direct: Some(!require.indirect),
        origin,
        checksums: Vec::new(),
        licence: None,
        released: None,
        needs: Vec::new(),
    });
}

fn leads_out(folder: &str) -> bool {
    match join("", folder) {
        Ok(joined) => joined == ".." || joined.starts_with("../"),
        Err(_) => true,
    }
}

/// Module versions begin with `v` and a digit; anything else (a branch) is a wish that the go
/// command would still have to resolve.
fn locked(version: &str) -> LockedVersion {
    let number = version.strip_prefix('v').unwrap_or("");
    if number.starts_with(|c: char| c.is_ascii_digit()) && number.split('.').count() >= 3 {
        LockedVersion::Exact(version.into())
    } else {
        LockedVersion::Asked(version.into())
    }
}

/// Adds the checksums of the modules' content, and tells whether there are any. Lines for `go.mod`
/// files alone are left out.
fn add_checksums(inventory: &mut Inventory, bytes: &[u8]) -> bool {
    let mut any = false;
    let mut positions: HashMap<(String, String), Vec<usize>> = HashMap::new();
    for (at, entry) in inventory.packages.iter().enumerate() {
        let Some(version) = entry.version.exact() else { continue };
        if matches!(entry.origin, Origin::Registry { .. }) {
            let key = (entry.name.as_written().to_owned(), version.to_owned());
            positions.entry(key).or_default().push(at);
        }
    }
    let text = String::from_utf8_lossy(bytes);
    for (number, line) in (1_u32..).zip(text.lines()) {
        let mut fields = line.split_whitespace();
        let (Some(path), Some(version), Some(hash)) = (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let Ok(digest) = Digest::from_go_sum(hash) else { continue };
        any |= !version.ends_with("/go.mod");
        let key = (path.to_owned(), version.to_owned());
        for at in positions.get(&key).into_iter().flatten() {
            let Some(entry) = inventory.packages.get_mut(*at) else { continue };
            match entry.checksums.first() {
                None => entry.checksums.push(digest.clone()),
                Some(known) if *known == digest => {}
                Some(_) => inventory.irregularities.push(Irregularity {
                    entry: u32::try_from(*at).ok(),
                    place: Place { file: Some("go.sum".into()), ..Place::line(number) },
                    message: format!("go.sum gives {} {version} two checksums", entry.name),
                }),
            }
        }
    }
    any
}

/// What a `go.mod` says.
#[derive(Default)]
struct Module {
    path: Option<String>,
    language: Option<(String, u32)>,
    requires: Vec<Require>,
    excludes: HashSet<(String, String)>,
    /// By path, and by version where the line names one.
    replaces: HashMap<(String, Option<String>), Replacement>,
}

struct Require {
    path: String,
    version: String,
    indirect: bool,
    line: u32,
}

enum Replacement {
    Module { path: String, version: String },
    Folder(String),
}

impl Module {
    fn of(statements: &[Statement]) -> Result<Self, ReadError> {
        let mut module = Self::default();
        for statement in statements {
            module.add(statement)?;
        }
        Ok(module)
    }

    fn add(&mut self, statement: &Statement) -> Result<(), ReadError> {
        let line = statement.line;
        let words: Vec<&str> = statement.words.iter().map(String::as_str).collect();
        match (statement.verb.as_str(), words.as_slice()) {
            ("module", [path]) => self.path = Some((*path).to_owned()),
            ("go", [version]) => self.language = Some(((*version).to_owned(), line)),
            ("require", [path, version]) => self.requires.push(Require {
                path: (*path).to_owned(),
                version: (*version).to_owned(),
                indirect: statement.is_indirect(),
                line,
            }),
            ("exclude", [path, version]) => {
                self.excludes.insert(((*path).to_owned(), (*version).to_owned()));
            }
            ("replace", words) => self.add_replace(words, line)?,
            ("toolchain", [_]) | ("retract" | "tool" | "godebug" | "ignore", _) => {}
            ("module" | "go" | "require" | "exclude" | "toolchain", _) => {
                let message = format!("`{}` does not have the words it needs", statement.verb);
                return Err(ReadError::at(ReadErrorKind::Syntax, line, message));
            }
            (other, _) => {
                let message = format!("`{}` is no directive of go.mod", other.escape_debug());
                return Err(ReadError::at(ReadErrorKind::Syntax, line, message));
            }
        }
        Ok(())
    }

    /// `old [version] => new [version]`.
    fn add_replace(&mut self, words: &[&str], line: u32) -> Result<(), ReadError> {
        let bad = |message: &str| Err(ReadError::at(ReadErrorKind::Syntax, line, message));
        let (old, new) = match words.iter().position(|word| *word == "=>") {
            Some(arrow) => (words.get(..arrow), words.get(arrow + 1..)),
            None => return bad("`replace` has no arrow"),
        };
        let key = match old {
            Some([path]) => ((*path).to_owned(), None),
            Some([path, version]) => ((*path).to_owned(), Some((*version).to_owned())),
            _ => return bad("`replace` needs a module before the arrow"),
        };
        let replacement = match new {
            Some([path]) if is_folder(path) => Replacement::Folder((*path).to_owned()),
            Some([_]) => return bad("a replacement without a version must be a folder"),
            Some([path, version]) => {
                Replacement::Module { path: (*path).to_owned(), version: (*version).to_owned() }
            }
            _ => return bad("`replace` needs a module or folder after the arrow"),
        };
        self.replaces.insert(key, replacement);
        Ok(())
    }

    /// A replacement of this very version goes before one of all versions.
    fn replacement(&self, require: &Require) -> Option<&Replacement> {
        let exact = (require.path.clone(), Some(require.version.clone()));
        self.replaces.get(&exact).or_else(|| self.replaces.get(&(require.path.clone(), None)))
    }

    /// Below 1.17 the indirect requirements are not all listed.
    fn language_gap(&self) -> Option<Gap> {
        if self.requires.is_empty() {
            return None;
        }
        let (place, found) = match &self.language {
            None => (Place::default(), "there is no `go` line".to_owned()),
            Some((version, _)) if lists_closure(version) => return None,
            Some((version, line)) => {
                (Place::line(*line), format!("`go {}` is below 1.17", version.escape_debug()))
            }
        };
        Some(Gap {
            place,
            reason: format!("{found}: the indirect requirements are not all listed"),
            advice: "set `go 1.17` or later and run `go mod tidy`".to_owned(),
        })
    }
}

/// Whether the language version is 1.17 or later, in which `go mod tidy` lists the closure.
fn lists_closure(version: &str) -> bool {
    let mut parts = version.split('.');
    let number = |part: Option<&str>| {
        let part = part.unwrap_or("0");
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part.get(..end).and_then(|digits| digits.parse::<u32>().ok()).unwrap_or(0)
    };
    (number(parts.next()), number(parts.next())) >= (1, 17)
}

/// A replacement path begins with `./`, `../`, `/` or a drive, by the rule of the go command.
fn is_folder(path: &str) -> bool {
    matches!(path, "." | "..")
        || path.starts_with(['/', '\\'])
        || ["./", "../", ".\\", "..\\"].into_iter().any(|start| path.starts_with(start))
        || matches!(path.as_bytes(), [drive, b':', ..] if drive.is_ascii_alphabetic())
}
