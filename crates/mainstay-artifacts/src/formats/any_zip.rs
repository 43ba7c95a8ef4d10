//! A zip that somebody named and whose name tells nothing: its content says what it is.

use mainstay_archives::{ArchiveError, Zip};
use mainstay_reading::Inventory;

use super::{jar, nupkg, wheel};
use crate::format::Artifact;

pub(crate) fn read(artifact: &Artifact<'_>) -> Result<Inventory, ArchiveError> {
    let has = |wanted: fn(&str) -> bool| -> Result<bool, ArchiveError> {
        let zip = Zip::open(artifact.source, artifact.budget)?;
        Ok(zip.members().iter().any(|one| wanted(one.member.path.as_str())))
    };
    if has(wheel::is_metadata)? {
        wheel::read(artifact)
    } else if has(nupkg::is_nuspec)? {
        nupkg::read(artifact)
    } else {
        jar::read(artifact)
    }
}
