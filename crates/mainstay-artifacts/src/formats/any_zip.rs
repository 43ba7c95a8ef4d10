//! A zip that somebody named and whose name tells nothing: its content says what it is.

use mainstay_archives::{ArchiveError, Zip};
use mainstay_reading::Inventory;

use super::{jar, nupkg, wheel};
use crate::format::Artifact;

pub(crate) fn read(artifact: &Artifact<'_>) -> Result<Inventory, ArchiveError> {
    // The reader opens it again, and then its members count.
    let aside = artifact.budget.anew();
    let read = {
        let zip = Zip::open(artifact.source, &aside)?;
        let has = |wanted: fn(&str) -> bool| {
            zip.members().iter().any(|one| wanted(one.member.path.as_str()))
        };
        if has(wheel::is_metadata) {
            wheel::read
        } else if has(nupkg::is_nuspec) {
            nupkg::read
        } else {
            jar::read
        }
    };
    read(artifact)
}
