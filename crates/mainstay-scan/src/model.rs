//! Model files as sources: which files are, and what examining one gives.
//!
//! What is dangerous in a model says `mainstay-modelfiles`. Here is where its bytes come from, and
//! what becomes of files inside a model that this house reads elsewhere: nobody looks packages up
//! that lie in an archive of weights, so they are told and not passed over.

use std::path::Path;

use mainstay_archives::{Budget, Limits};
use mainstay_artifacts::Onlooker;
use mainstay_mapping::FileBytes;
use mainstay_modelfiles::{Detail, Examined, ModelFile, Role, examine_as, has_model_name, role_of};
use mainstay_reading::{Aside, Gap, Inventory, Nearby, NothingNearby, Place};

use crate::confine::{Beside, DiskError, open_file, unreadable};
use crate::kind::Kind;

/// The most bytes of a file beside a model that is read.
const BESIDE: u64 = 64 << 20;

/// Examines one file and gives its size in bytes. What it refers to is read in its own folder and
/// below.
///
/// # Errors
/// The file is no regular one, or cannot be read.
pub fn examine_model(path: &Path, detail: Detail) -> Result<(Examined, u64), DiskError> {
    let folder = folder_of(path);
    let root = folder.canonicalize().map_err(|error| unreadable(&error))?;
    examine(path, &Beside { folder, root: &root, limit: BESIDE }, detail)
}

/// Models are examined where they lie, whatever their size: most of one is weights, which nobody
/// looks at.
pub(crate) fn read(path: &Path, root: &Path, limit: u64) -> Result<Inventory, DiskError> {
    let nearby = Beside { folder: folder_of(path), root, limit };
    examine(path, &nearby, Detail::Judged).map(|(examined, _)| inventory(examined))
}

/// The folder in which a file lies.
pub(crate) fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().unwrap_or(Path::new(""));
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

fn examine(path: &Path, nearby: &dyn Nearby, detail: Detail) -> Result<(Examined, u64), DiskError> {
    let (file, length) = open_file(path)?;
    let bytes = FileBytes::of(&file, length).map_err(|error| unreadable(&error))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok((of_bytes(&name, bytes.bytes(), nearby, detail), length))
}

fn of_bytes(name: &str, bytes: &[u8], nearby: &dyn Nearby, detail: Detail) -> Examined {
    let budget = Budget::new(Limits::default());
    let is_for_others = |path: &str| Kind::of_path(path).is_some();
    let file = ModelFile { name, bytes, nearby, is_for_others, budget: &budget };
    examine_as(&file, detail)
}

/// What a file says that lies in memory, if it is a model: its first bytes let think so. What lies
/// beside it is not asked.
pub(crate) fn in_memory(name: &str, bytes: &[u8]) -> Option<Inventory> {
    let examined = of_bytes(name, bytes, &NothingNearby, Detail::Judged);
    let is_one = is_one(name, bytes, bytes.len() as u64, || examined.concerns_models());
    is_one.then(|| inventory(examined))
}

/// Models in packages: what has the name of one is examined.
pub(crate) const IN_PACKAGES: Onlooker = Onlooker { wants: has_model_name, look: in_memory };

/// Whether a file that begins so is a model. An archive may hold anything, and is one only when
/// `concerns_models` says that there is something to say about it. An empty file that promises a
/// model is told; any other says nothing.
pub(crate) fn is_one(
    name: &str,
    first: &[u8],
    length: u64,
    concerns_models: impl FnOnce() -> bool,
) -> bool {
    if has_model_name(name) {
        return true;
    }
    if first.is_empty() {
        return false;
    }
    match role_of(name, first, length) {
        Some(Role::Model | Role::Beside) => true,
        Some(Role::Wrapping) => concerns_models(),
        None => false,
    }
}

/// Whether there is anything to say of a file that wraps something. What cannot be read is told
/// when it is read.
pub(crate) fn concerns_models(path: &Path) -> bool {
    let found = examine(path, &NothingNearby, Detail::Judged);
    found.map_or(true, |(examined, _)| examined.concerns_models())
}

/// A model names no packages. Lists of packages inside speak of the time at which it was made and
/// are listed, as in any other shipped file; a package itself would be installed.
fn inventory(examined: Examined) -> Inventory {
    let mut inventory =
        Inventory { dangers: examined.dangers, gaps: examined.gaps, ..Inventory::default() };
    for path in examined.for_others {
        match Kind::of_path(&path) {
            Some(Kind::Lockfile(_) | Kind::Sbom(_)) => {
                let reason = "a list of packages inside a model, which is not looked up";
                inventory.asides.push(Aside { member: path, reason });
            }
            Some(
                Kind::Artifact(_)
                | Kind::Database(_)
                | Kind::Image(_)
                | Kind::Tree(_)
                | Kind::Model,
            ) => inventory.gaps.push(Gap {
                place: Place::member(path),
                reason: "a package lies in the model, and which one it is was not looked up"
                    .to_owned(),
                advice: "unpack the model, and scan what was in it".to_owned(),
            }),
            None => {}
        }
    }
    inventory
}
