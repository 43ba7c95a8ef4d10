//! A project with its parents, as far as they lie on this machine, and the bills of materials
//! that it imports.
//!
//! <https://maven.apache.org/pom.html#Inheritance>: a parent is taken from `relativePath`
//! (`../pom.xml` unless said) when the file there has its coordinates; else it comes from a
//! repository, and is not known here.

use std::cell::Cell;
use std::sync::Arc;

use super::model::{Coordinates, Parent, Pom};
use mainstay_reading::{Input, ReadError, join};

/// The longest chain of parents that is followed.
const MAX_PARENTS: usize = 16;

/// The most files that are read while looking for imported bills of materials.
const MAX_READS: u32 = 64;

/// A project and its parents.
pub(super) struct Lineage {
    /// The project first, its farthest parent last. Never empty.
    pub(super) poms: Vec<Pom>,
    /// Why the parent that the last of them names was not found.
    pub(super) missing: Option<String>,
}

/// Reads poms beside the source.
pub(super) struct Finder<'i> {
    input: &'i Input<'i>,
    reads: Cell<u32>,
}

impl<'i> Finder<'i> {
    pub(super) fn new(input: &'i Input<'i>) -> Self {
        Self { input, reads: Cell::new(0) }
    }

    /// The source with its parents.
    pub(super) fn source(&self) -> Result<Lineage, ReadError> {
        Ok(self.lineage(Pom::parse(self.input.bytes, None)?))
    }

    fn lineage(&self, pom: Pom) -> Lineage {
        let mut poms = vec![pom];
        let mut missing = None;
        while let Some(last) = poms.last()
            && let Some(parent) = &last.parent
        {
            let found = self.parent(parent, last.file.as_deref());
            let seen = |pom: &Pom| poms.iter().any(|known| known.file == pom.file);
            match found {
                Ok(pom) if poms.len() < MAX_PARENTS && !seen(&pom) => poms.push(pom),
                Ok(_) => {
                    missing = Some("the chain of parents does not end".to_owned());
                    break;
                }
                Err(reason) => {
                    missing = Some(reason);
                    break;
                }
            }
        }
        Lineage { poms, missing }
    }

    fn parent(&self, parent: &Parent, from: Option<&str>) -> Result<Pom, String> {
        let path = parent.path.as_deref().ok_or("it is taken from a repository")?;
        let path = join(from.unwrap_or(self.input.file_name), path).map_err(|e| e.to_string())?;
        let pom = self.read(&path)?;
        if pom.is(&parent.coordinates) {
            return Ok(pom);
        }
        Err("the file at its relative path is another project".to_owned())
    }

    /// The pom at a path, which may be that of its folder.
    fn read(&self, path: &str) -> Result<Pom, String> {
        let within = if path.is_empty() { "pom.xml".to_owned() } else { format!("{path}/pom.xml") };
        let is_file = std::path::Path::new(path).extension().is_some_and(|end| end == "xml");
        let path = if is_file { path.to_owned() } else { within };
        if path == self.input.file_name {
            return Pom::parse(self.input.bytes, None).map_err(|error| error.to_string());
        }
        let bytes = self.input.nearby.read(&path).map_err(|error| error.to_string())?;
        Pom::parse(&bytes, Some(Arc::from(path))).map_err(|error| error.to_string())
    }

    /// An imported bill of materials: a module of the project or of one of its parents.
    pub(super) fn bill(&self, lineage: &[Pom], wanted: &Coordinates) -> Option<Lineage> {
        if self.reads.get() >= MAX_READS {
            return None;
        }
        let artifact = wanted.artifact.as_deref()?;
        let mut folders: Vec<String> = lineage.iter().flat_map(|pom| self.modules(pom)).collect();
        // A module mostly has the name of its folder.
        folders.sort_by_key(|folder| !artifact.ends_with(last_part(folder)));
        for folder in folders {
            if self.reads.get() >= MAX_READS {
                return None;
            }
            self.reads.set(self.reads.get() + 1);
            if let Some(pom) = self.read(&folder).ok().filter(|pom| pom.is(wanted)) {
                return Some(self.lineage(pom));
            }
        }
        None
    }

    /// The paths of a pom's modules, relative to the folder of the source.
    pub(super) fn modules(&self, pom: &Pom) -> Vec<String> {
        let from = pom.file.as_deref().unwrap_or(self.input.file_name);
        let modules = pom.active_sections().flat_map(|section| &section.modules);
        modules.filter_map(|module| join(from, module).ok()).collect()
    }
}

/// The folder's name, or that of the folder that holds the file.
pub(super) fn last_part(path: &str) -> &str {
    let path = path.strip_suffix("/pom.xml").unwrap_or(path);
    path.rsplit_once('/').map_or(path, |(_, last)| last)
}
