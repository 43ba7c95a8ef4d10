//! zip, with its sizes of 64 bits: the directory first, then members in any order.
//!
//! Format: PKWARE APPNOTE 6.3.10 (<https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>);
//! what Unix keeps in the external attributes, as Info-ZIP writes it. Stored and deflated members
//! are read.
//!
//! A zip says most things twice, in its directory and in front of each member, and tools differ in
//! which of them they believe. The directory counts here; every difference is noted.

mod content;
mod directory;
mod extra;
mod layout;

pub use content::ZipContent;

use mainstay_reading::AnomalyCode;

use crate::budget::{Budget, Held};
use crate::error::ArchiveError;
use crate::member::{Member, MemberKind};
use crate::notes::Notes;
use crate::source::ReadAt;

/// A zip, with its directory read.
pub struct Zip<'s> {
    source: &'s dyn ReadAt,
    members: Vec<ZipMember>,
    notes: Notes,
    /// The room that the list of members takes.
    _held: Held<'s>,
}

/// A member of a zip.
#[derive(Clone, Debug)]
pub struct ZipMember {
    /// What it is.
    pub member: Member,
    method: u16,
    crc: u32,
    packed: u64,
    /// Where its header begins.
    header_at: u64,
    place: Data,
}

/// Where the packed bytes of a member are.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Data {
    At(u64),
    /// Not to be read, for this reason.
    Refused(ArchiveError),
}

/// How much memory one member of the list takes, about.
const MEMBER_BYTES: u64 = 200;

impl<'s> Zip<'s> {
    /// Reads the directory, and compares it with the headers of the members.
    pub fn open(source: &'s dyn ReadAt, budget: &'s Budget) -> Result<Self, ArchiveError> {
        let mut notes = Notes::default();
        let (end, others) = directory::find_end(source, &mut notes)?;
        let mut held = Held::empty(budget);
        held.take(end.size)?;
        let (mut members, base) = directory::read(source, &end, budget, &mut notes)?;
        held.take((members.len() as u64).saturating_mul(MEMBER_BYTES))?;
        layout::compare_headers(source, base, &mut members, &mut notes);
        layout::judge_places(source, base, &end, &mut members, &mut notes)?;
        layout::judge_ends(&others, &members, &mut notes);
        let mut zip = Self { source, members, notes, _held: held };
        zip.read_links(budget);
        directory::judge_members(&zip.members, &mut zip.notes);
        Ok(zip)
    }

    /// The members, in the order of the directory.
    pub fn members(&self) -> &[ZipMember] {
        &self.members
    }

    /// What is odd, taken out.
    pub fn take_notes(&mut self) -> Notes {
        std::mem::take(&mut self.notes)
    }

    /// The content of a member, as a stream. Its end is an error unless length and checksum fit.
    pub fn content<'b>(
        &self,
        member: &ZipMember,
        budget: &'b Budget,
    ) -> Result<ZipContent<'s, 'b>, ArchiveError> {
        ZipContent::new(self.source, member, budget)
    }

    /// Reads a member into memory.
    pub fn read<'b>(
        &self,
        member: &ZipMember,
        budget: &'b Budget,
    ) -> Result<Held<'b>, ArchiveError> {
        self.content(member, budget)?.read_whole(member.member.size)
    }

    /// The target of a symbolic link is its content.
    fn read_links(&mut self, budget: &Budget) {
        let mut kinds: Vec<(usize, MemberKind)> = Vec::new();
        for (at, member) in self.members.iter().enumerate() {
            if matches!(member.member.kind, MemberKind::Symlink(_)) {
                let short = budget.name(member.member.size);
                let read = short.and_then(|()| self.read(member, budget));
                let content = read.map(|held| held.to_vec()).unwrap_or_default();
                kinds.push((at, link_of(&content)));
            }
        }
        for (at, kind) in kinds {
            let Some(ZipMember { member, .. }) = self.members.get_mut(at) else { continue };
            if kind == MemberKind::File {
                let name = member.path.as_str();
                let message =
                    format!("{name:?} says that it is a link, and its content is no path");
                self.notes.add(AnomalyCode::HeadersDisagree, name, message);
            }
            member.kind = kind;
        }
    }
}

/// What a member that calls itself a link is: no path has a control character in it, so such content
/// is a file's, which tools that know no links in a zip will read.
fn link_of(content: &[u8]) -> MemberKind {
    match std::str::from_utf8(content) {
        Ok(target) if !target.contains(char::is_control) => MemberKind::Symlink(target.into()),
        Ok(_) | Err(_) => MemberKind::File,
    }
}

#[cfg(test)]
mod tests;
