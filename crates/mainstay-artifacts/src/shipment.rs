//! An inventory of a shipped file while a reader fills it: places within nested archives, notes of
//! the containers, what is listed and not looked up.

use std::sync::Arc;

use mainstay_archives::{ArchiveError, Held, Notes, Tar};
use mainstay_lockfiles::format_of;
use mainstay_reading::{Anomaly, AnomalyCode, Aside, Entry, Gap, Inventory, Place, ReadError};
use std::io::Read;

/// An inventory under construction.
#[derive(Default)]
pub(crate) struct Shipment {
    pub(crate) inventory: Inventory,
}

/// An archive within a shipment: the path of the archive itself, empty for the outermost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Within(String);

impl Within {
    /// The archive that is a member of this one.
    pub(crate) fn enter(&self, member: &str) -> Self {
        Self(self.path(member))
    }

    /// The path of a member, seen from the outermost archive.
    pub(crate) fn path(&self, member: &str) -> String {
        if self.0.is_empty() { member.to_owned() } else { format!("{}!/{member}", self.0) }
    }

    /// A member as a place.
    pub(crate) fn place(&self, member: &str) -> Place {
        Place::member(self.path(member))
    }

    /// The archive itself as a place.
    pub(crate) fn own_place(&self) -> Place {
        if self.0.is_empty() { Place::default() } else { Place::member(self.0.as_str()) }
    }

    pub(crate) fn is_outermost(&self) -> bool {
        self.0.is_empty()
    }
}

impl Shipment {
    /// Adds a package and gives its position.
    pub(crate) fn push(&mut self, entry: Entry) -> u32 {
        let position = u32::try_from(self.inventory.packages.len()).unwrap_or(u32::MAX);
        self.inventory.packages.push(entry);
        position
    }

    /// Notes what is not known.
    pub(crate) fn gap(
        &mut self,
        place: Place,
        reason: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.inventory.gaps.push(Gap { place, reason: reason.into(), advice: advice.into() });
    }

    /// Notes that an archive or a member was not read.
    pub(crate) fn unread(&mut self, place: Place, error: &ArchiveError) {
        self.gap(place, format!("it was not read: {error}"), error.kind.advice());
    }

    /// Notes that a file inside could not be understood.
    pub(crate) fn misread(&mut self, mut place: Place, error: &ReadError) {
        place.line = error.line;
        self.gap(place, error.message.clone(), error.kind.advice());
    }

    /// Notes that the package needs others that are not in it.
    pub(crate) fn needs_more(&mut self, place: Place, count: usize) {
        if count == 0 {
            return;
        }
        let these = match count {
            1 => "one package that is".to_owned(),
            count => format!("{count} packages that are"),
        };
        let reason = format!("it asks for {these} not in it; which versions come is not known");
        self.gap(place, reason, ASK_LOCKFILE);
    }

    /// Notes something wrong.
    pub(crate) fn anomaly(
        &mut self,
        code: AnomalyCode,
        entry: Option<u32>,
        place: Place,
        message: impl Into<String>,
    ) {
        self.inventory.anomalies.push(Anomaly { code, entry, place, message: message.into() });
    }

    /// Takes over what a container showed.
    pub(crate) fn notes(&mut self, within: &Within, notes: Notes) {
        for note in notes.into_list() {
            let place = match &note.member {
                Some(member) => within.place(&member.replace(char::is_control, "\u{FFFD}")),
                None => within.own_place(),
            };
            self.anomaly(note.code, None, place, note.message);
        }
    }

    /// Lists a file that says something about packages and is not looked up, if it is one.
    pub(crate) fn set_aside(&mut self, within: &Within, member: &str) {
        let reason = if is_sbom(member) {
            "an SBOM of the package itself"
        } else if format_of(member).is_some_and(is_locking) {
            "a lockfile of a package; what it locks is not in the archive"
        } else {
            return;
        };
        let path: Arc<str> = within.path(member).into();
        self.inventory.asides.push(Aside { member: path, reason });
    }
}

/// What to do about dependencies that are not known.
pub(crate) const ASK_LOCKFILE: &str =
    "scan the lockfile of what uses it, or the folder where it is installed";

fn is_locking(format: &mainstay_lockfiles::Format) -> bool {
    matches!(format.role, mainstay_lockfiles::Role::Lockfile)
}

/// Where PEP 770 and the Java tools put them.
fn is_sbom(member: &str) -> bool {
    let in_folder = member.starts_with("META-INF/sbom/") || member.contains(".dist-info/sboms/");
    let ending = [".cdx.json", ".cdx.xml", ".spdx.json", ".spdx"];
    in_folder || ending.iter().any(|ending| member.ends_with(ending))
}

/// Reads the members of a tar that are wanted; all paths are told to `seen`.
pub(crate) fn collect<'b>(
    tar: &mut Tar<'b, impl Read>,
    mut wanted: impl FnMut(&str) -> bool,
) -> (Vec<(String, Held<'b>)>, Result<(), ArchiveError>) {
    let mut found = Vec::new();
    let result = (|| {
        while let Some(member) = tar.next_member()? {
            let is_file = member.kind == mainstay_archives::MemberKind::File;
            if is_file && wanted(member.path.as_str()) {
                found.push((member.path.to_string(), tar.read_content()?));
            }
        }
        Ok(())
    })();
    (found, result)
}
