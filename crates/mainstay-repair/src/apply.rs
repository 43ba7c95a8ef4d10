//! Writing a plan: over the file that it was made from, and back when the scan differs.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use crate::flaws::Flaw;
use crate::model::{Outcome, Plan, RepairError, Rescan};

/// Writes a plan's lockfile, scans it where it lies, and puts the former one back when the scan
/// is not what the plan proved. Gives false when the plan changes nothing.
pub fn apply(plan: &Plan, rescan: &dyn Rescan) -> Result<bool, RepairError> {
    let Outcome::Tried(mended) = &plan.outcome else { return Ok(false) };
    if !mended.rewrite.is_change() {
        return Ok(false);
    }
    let place = &plan.place;
    let there = fs::read(place).map_err(RepairError::io("read", place))?;
    if there != mended.rewrite.before {
        return Err(RepairError::Moved(place.clone()));
    }
    replace(place, &mended.rewrite.after)?;
    let now = Flaw::all(&rescan.scan(place));
    let is_back = |flaw: &&Flaw| now.iter().any(|one| one.is_same(flaw));
    let why = match mended.gone.iter().find(is_back) {
        Some(flaw) => format!("{} in {} is still there", flaw.id, flaw.package),
        None if now.len() > mended.findings.1 => {
            format!("{} findings, where the plan had {}", now.len(), mended.findings.1)
        }
        None => return Ok(true),
    };
    replace(place, &mended.rewrite.before)?;
    Err(RepairError::NotAsPlanned { path: place.clone(), why })
}

/// Writes beside the file and renames over it: it is the old one or the new one, never half.
fn replace(place: &Path, bytes: &[u8]) -> Result<(), RepairError> {
    // A link stays a link; what it leads to is replaced.
    let target = place.canonicalize().map_err(RepairError::io("read", place))?;
    let failed = || RepairError::io("write", &target);
    let folder = target.parent().unwrap_or(Path::new("."));
    let permissions = fs::metadata(&target).map_err(failed())?.permissions();
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed())?;
    file.write_all(bytes).map_err(failed())?;
    file.as_file().set_permissions(permissions).map_err(failed())?;
    file.as_file().sync_all().map_err(failed())?;
    file.persist(&target).map(drop).map_err(|error| failed()(error.error))
}
