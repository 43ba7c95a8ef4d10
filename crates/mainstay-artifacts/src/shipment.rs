//! An inventory of a shipped file while a reader fills it: places within nested archives, notes of
//! the containers, what is listed and not looked up.

use std::sync::Arc;

use mainstay_archives::{ArchiveError, Budget, MemberKind, Notes, Zip};
use mainstay_lockfiles::format_of;
use mainstay_reading::{Anomaly, AnomalyCode, Aside, Entry, Gap, Inventory, Place, ReadError};

use crate::format::{Artifact, FORMATS, Onlooker};

/// An inventory under construction.
#[derive(Default)]
pub(crate) struct Shipment {
    pub(crate) inventory: Inventory,
    unopened: Unopened,
    /// Files that could have been listed and were too many.
    unlisted: u64,
    onlooker: Option<Onlooker>,
}

/// So many files are listed that are not looked up; no real package has more than a few.
const LISTED: usize = 1000;

/// Archives inside that no reader looks into.
#[derive(Default)]
struct Unopened {
    count: u64,
    /// The first of them.
    first: Option<String>,
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
    /// Nothing yet of an archive.
    pub(crate) fn of(artifact: &Artifact<'_>) -> Self {
        Self { onlooker: artifact.onlooker, ..Self::default() }
    }

    /// Whether the onlooker wants to see a file.
    pub(crate) fn shows(&self, path: &str) -> bool {
        self.onlooker.is_some_and(|onlooker| (onlooker.wants)(file_name(path)))
    }

    /// Shows a file to the onlooker, and takes over what it says.
    pub(crate) fn show(&mut self, within: &Within, path: &str, content: &[u8]) {
        let Some(onlooker) = self.onlooker else { return };
        let Some(said) = (onlooker.look)(file_name(path), content) else { return };
        let inner = within.enter(path);
        let into = |place: &mut Place| {
            let path = match &place.member {
                Some(member) => inner.path(member),
                None => inner.0.clone(),
            };
            place.member = Some(path.into());
        };
        let Inventory { dangers, gaps, asides, .. } = said;
        for mut danger in dangers {
            into(&mut danger.place);
            self.inventory.dangers.push(danger);
        }
        for mut gap in gaps {
            into(&mut gap.place);
            self.inventory.gaps.push(gap);
        }
        for Aside { member, reason } in asides {
            self.inventory.asides.push(Aside { member: inner.path(&member).into(), reason });
        }
    }

    /// Shows the files of a zip that the onlooker wants to see. What has content is a file, whatever
    /// its mode says: its loaders read it as one.
    pub(crate) fn show_members(&mut self, zip: &Zip<'_>, within: &Within, budget: &Budget) {
        for one in zip.members() {
            let path = one.member.path.as_str();
            if one.member.kind == MemberKind::Folder || !self.shows(path) {
                continue;
            }
            match zip.read(one, budget) {
                Ok(held) => self.show(within, path, &held),
                Err(error) => self.unread(within.place(path), &error),
            }
        }
    }

    /// The inventory, when all is read.
    pub(crate) fn finish(mut self) -> Inventory {
        if let Some(first) = self.unopened.first.take() {
            let reason = match self.unopened.count {
                1 => "it is an archive inside another, and was not looked into".to_owned(),
                2 => "this and one more archive were not looked into".to_owned(),
                count => format!("this and {} more archives were not looked into", count - 1),
            };
            self.gap(Place::member(first), reason, "take it out and scan it by itself");
        }
        if self.unlisted > 0 {
            let reason =
                format!("{} more lockfiles and SBOMs inside were not listed", self.unlisted);
            self.gap(Place::default(), reason, "look at the archive by hand");
        }
        self.inventory
    }

    /// Takes note of an archive that is not looked into, if a member is one by its name.
    pub(crate) fn pass(&mut self, within: &Within, member: &str) {
        if names_archive(member) {
            self.unopened.count += 1;
            self.unopened.first.get_or_insert_with(|| within.path(member));
        }
    }

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
        if self.inventory.asides.len() >= LISTED {
            self.unlisted += 1;
            return;
        }
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

/// Endings of archives that may hold packages and that no reader knows by their names.
const UNREAD: &[&str] = &[
    ".egg", ".deb", ".rpm", ".zip", ".tar", ".tbz2", ".tar.bz2", ".txz", ".tar.xz", ".tzst",
    ".tar.zst", ".7z", ".rar",
];

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn names_archive(member: &str) -> bool {
    let name = file_name(member).to_ascii_lowercase();
    let mut endings = FORMATS.iter().flat_map(|one| one.endings).chain(UNREAD);
    endings.any(|ending| name.strip_suffix(ending).is_some_and(|stem| !stem.is_empty()))
}

/// Where PEP 770 and the Java tools put them.
fn is_sbom(member: &str) -> bool {
    let in_folder = member.starts_with("META-INF/sbom/") || member.contains(".dist-info/sboms/");
    let ending = [".cdx.json", ".cdx.xml", ".spdx.json", ".spdx"];
    in_folder || ending.iter().any(|ending| member.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_told_by_their_names() {
        for name in ["a.ZIP", "lib/a.jar", "x/a-1.0.tar.gz", "a.whl"] {
            assert!(names_archive(name), "{name}");
        }
        for name in [".zip", "a.zip.txt", "zip", "a/.tar.gz"] {
            assert!(!names_archive(name), "{name}");
        }
    }

    #[test]
    fn files_that_are_only_listed_have_a_limit() {
        let mut shipment = Shipment::default();
        for at in 0..LISTED + 5 {
            shipment.set_aside(&Within::default(), &format!("{at}/Cargo.lock"));
        }
        let inventory = shipment.finish();
        assert_eq!(inventory.asides.len(), LISTED);
        assert!(inventory.gaps[0].reason.starts_with("5 more"), "{:?}", inventory.gaps);
    }

    #[test]
    fn archives_that_are_not_looked_into_are_one_gap() {
        let mut shipment = Shipment::default();
        for name in ["a.zip", "b.txt", "c.whl"] {
            shipment.pass(&Within::default(), name);
        }
        let inventory = shipment.finish();
        assert_eq!(inventory.gaps.len(), 1);
        assert_eq!(inventory.gaps[0].place.member.as_deref(), Some("a.zip"));
        assert!(inventory.gaps[0].reason.contains("one more archive "), "{:?}", inventory.gaps);
    }
}
