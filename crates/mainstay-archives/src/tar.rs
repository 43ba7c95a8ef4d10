//! tar, member after member from a stream: POSIX ustar and pax, GNU long names, old tars.
//!
//! Formats: POSIX.1-2017, `pax` (<https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html>),
//! and "Basic Tar Format" of the GNU tar manual. Sparse files are listed; their content, which is
//! stored without its holes, is not read.

mod header;
mod pax;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Read};
use std::sync::Arc;

use mainstay_reading::AnomalyCode;

use crate::budget::{Budget, Held};
use crate::error::ArchiveError;
use crate::member::{Member, MemberKind, MemberPath, Slash, target_leads_out};
use crate::notes::Notes;
use header::{BLOCK, Header, Kind};
use pax::Pax;

pub(crate) use header::is_header;

/// What the members of a tar are, which says what an absolute link means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TarUse {
    /// A package: unpacked into a folder.
    Package,
    /// A file system: unpacked at its root.
    FileSystem,
}

/// A tar under reading.
pub struct Tar<'b, R> {
    reader: R,
    budget: &'b Budget,
    used_as: TarUse,
    notes: Notes,
    /// Content of the present member that was not read yet, and what fills up its last block.
    left: u64,
    padding: u64,
    is_sparse: bool,
    is_ended: bool,
    defaults: Pax,
    /// Hashes of the paths of files and links so far.
    seen: HashSet<u64>,
    links: HashSet<u64>,
}

/// The most bytes of one pax header; real ones have some hundred.
const PAX_BYTES: u64 = 1 << 20;

/// Above this size ustar cannot say it, so pax alone does.
const USTAR_SIZES: u64 = 8 << 30;

impl<'b, R: Read> Tar<'b, R> {
    /// Begins. What is read counts against the budget where it is unpacked.
    pub fn new(reader: R, used_as: TarUse, budget: &'b Budget) -> Self {
        Self {
            reader,
            budget,
            used_as,
            notes: Notes::default(),
            left: 0,
            padding: 0,
            is_sparse: false,
            is_ended: false,
            defaults: Pax::default(),
            seen: HashSet::new(),
            links: HashSet::new(),
        }
    }

    /// Goes to the next member; the content of the present one is passed over.
    ///
    /// An error ends the archive: what follows is not known.
    pub fn next_member(&mut self) -> Result<Option<Member>, ArchiveError> {
        let found = self.find_next();
        if found.is_err() {
            self.is_ended = true;
        }
        found
    }

    /// Reads the content of the present member into memory.
    pub fn read_content(&mut self) -> Result<Held<'b>, ArchiveError> {
        if self.is_sparse {
            return Err(ArchiveError::unsupported("a sparse file is not read"));
        }
        let mut held = Held::empty(self.budget);
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = self.read_some(&mut buffer)?;
            if read == 0 {
                return Ok(held);
            }
            held.extend(buffer.get(..read).unwrap_or_default())?;
        }
    }

    /// The content of the present member, as a stream.
    pub fn content(&mut self) -> TarContent<'_, 'b, R> {
        TarContent { tar: self }
    }

    /// What was odd so far, taken out.
    pub fn take_notes(&mut self) -> Notes {
        std::mem::take(&mut self.notes)
    }

    fn find_next(&mut self) -> Result<Option<Member>, ArchiveError> {
        if self.is_ended {
            return Ok(None);
        }
        self.pass_content()?;
        let mut pax = self.defaults.clone();
        let (mut long_name, mut long_target) = (None, None);
        loop {
            let Some(block) = self.block()? else {
                return Err(ArchiveError::damaged("the tar ends without its end mark"));
            };
            let Some(header) = Header::parse(&block)? else {
                return self.end().map(|()| None);
            };
            self.budget.member()?;
            self.left = header.size;
            self.padding = padding(header.size);
            match header.kind {
                Kind::LongName => long_name = Some(self.long_text()?),
                Kind::LongTarget => long_target = Some(self.long_text()?),
                Kind::Pax => pax.read(&self.pax_bytes()?)?,
                Kind::PaxDefaults => {
                    let bytes = self.pax_bytes()?;
                    self.defaults.read(&bytes)?;
                    pax.read(&bytes)?;
                }
                Kind::Label => self.pass_content()?,
                Kind::File
                | Kind::HardLink
                | Kind::Symlink
                | Kind::Device
                | Kind::Folder
                | Kind::Sparse => {
                    return self.member(&header, &pax, long_name, long_target).map(Some);
                }
                Kind::Other(flag) => {
                    let message = format!("a member of the unknown type {:?}", char::from(flag));
                    return Err(ArchiveError::unsupported(message));
                }
            }
        }
    }

    fn member(
        &mut self,
        header: &Header,
        pax: &Pax,
        long_name: Option<Vec<u8>>,
        long_target: Option<Vec<u8>>,
    ) -> Result<Member, ArchiveError> {
        let name = pax.path.clone().or(long_name).unwrap_or_else(|| header.name.clone());
        let target = pax.target.clone().or(long_target).unwrap_or_else(|| header.target.clone());
        self.budget.name(name.len().max(target.len()) as u64)?;
        let name = String::from_utf8_lossy(&name);
        let target = String::from_utf8_lossy(&target);
        let path = MemberPath::parse(&name, Slash::Forward, &mut self.notes);
        self.take_size(header, pax, &name);
        if header.kind == Kind::Sparse && header.has_more_map {
            self.pass_sparse_map()?;
        }
        self.is_sparse = header.kind == Kind::Sparse || pax.is_sparse;
        let kind = match header.kind {
            Kind::HardLink => MemberKind::HardLink(target.as_ref().into()),
            Kind::Symlink => MemberKind::Symlink(target.as_ref().into()),
            Kind::Device => MemberKind::Device,
            Kind::Folder => MemberKind::Folder,
            // Tars from before POSIX have no type for folders.
            Kind::File if name.ends_with('/') => MemberKind::Folder,
            Kind::File | Kind::Sparse | Kind::Other(_) => MemberKind::File,
            Kind::LongName | Kind::LongTarget | Kind::Pax | Kind::PaxDefaults | Kind::Label => {
                return Err(ArchiveError::damaged("a header of the tar describes no member"));
            }
        };
        let member = Member { path, kind, size: self.left, mode: header.mode };
        self.judge(&member, &name);
        Ok(member)
    }

    /// The size that counts. Links, folders and devices have no content, whatever they say, but
    /// tools differ in that; and they differ where pax and the header do not agree.
    fn take_size(&mut self, header: &Header, pax: &Pax, name: &str) {
        let mut size = pax.size.unwrap_or(header.size);
        if size != header.size && size < USTAR_SIZES {
            let message =
                format!("the header of {name:?} says {} bytes, its pax header {size}", header.size);
            self.notes.add(AnomalyCode::HeadersDisagree, name, message);
        }
        let is_empty = matches!(header.kind, Kind::Symlink | Kind::Device | Kind::Folder)
            || (header.kind == Kind::HardLink && !header.is_posix);
        if size > 0 && (is_empty || header.kind == Kind::HardLink) {
            let message = format!("{name:?} is no file and has a size of {size} bytes");
            self.notes.add(AnomalyCode::HeadersDisagree, name, message);
        }
        if is_empty {
            size = 0;
        }
        self.left = size;
        self.padding = padding(size);
    }

    fn judge(&mut self, member: &Member, name: &str) {
        match &member.kind {
            // Whoever has a file system for the root gets no higher than that (path_resolution(7)).
            MemberKind::Symlink(target)
                if self.used_as == TarUse::Package && target_leads_out(&member.path, target) =>
            {
                let message = format!("the link {name:?} leads to {target:?}, out of the archive");
                self.notes.add(AnomalyCode::LinkLeadsOut, name, message);
            }
            MemberKind::HardLink(target) => self.judge_hard_link(name, target),
            MemberKind::Device => {
                let message = format!("{name:?} is a device, a pipe or a socket");
                self.notes.add(AnomalyCode::Device, name, message);
            }
            MemberKind::Symlink(_) | MemberKind::File | MemberKind::Folder => {}
        }
        let path = member.path.as_str();
        if self.used_as == TarUse::Package && self.is_behind_link(path) {
            let message = format!("{name:?} lies behind a link of the archive");
            self.notes.add(AnomalyCode::LinkLeadsOut, name, message);
        }
        if member.kind != MemberKind::Folder && !self.seen.insert(hash(path)) {
            let message = format!("{name:?} is there twice");
            self.notes.add(AnomalyCode::DuplicateMember, name, message);
        }
        if matches!(member.kind, MemberKind::Symlink(_)) {
            self.links.insert(hash(path));
        }
    }

    /// A hard link names an earlier member by its path from the top.
    fn judge_hard_link(&mut self, name: &str, target: &Arc<str>) {
        let mut odd = Notes::default();
        let _ = MemberPath::parse(target, Slash::Forward, &mut odd);
        let absolute = self.used_as == TarUse::FileSystem && target.starts_with('/');
        if !odd.is_empty() && !absolute {
            let message = format!("the hard link {name:?} leads to {target:?}, out of the archive");
            self.notes.add(AnomalyCode::LinkLeadsOut, name, message);
        }
    }

    fn is_behind_link(&self, path: &str) -> bool {
        let Some((folder, _)) = path.rsplit_once('/').filter(|_| !self.links.is_empty()) else {
            return false;
        };
        hashes(folder).any(|hash| self.links.contains(&hash))
    }

    /// After the first empty block: the second one, and nothing but zeros.
    fn end(&mut self) -> Result<(), ArchiveError> {
        self.is_ended = true;
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = self.reader.read(&mut buffer)?;
            if read == 0 {
                return Ok(());
            }
            if buffer.iter().take(read).any(|byte| *byte != 0) {
                let message = "bytes follow behind the end mark of the tar";
                self.notes.add_whole(AnomalyCode::UnlistedBytes, message);
                return Ok(());
            }
        }
    }

    fn pass_sparse_map(&mut self) -> Result<(), ArchiveError> {
        loop {
            let block = self.block()?.ok_or_else(|| ArchiveError::damaged("it is cut off"))?;
            if block.get(504).is_none_or(|flag| *flag == 0) {
                return Ok(());
            }
            self.budget.member()?;
        }
    }

    fn long_text(&mut self) -> Result<Vec<u8>, ArchiveError> {
        self.budget.name(self.left)?;
        let held = self.read_content()?;
        self.pass_content()?;
        let end = held.iter().position(|byte| *byte == 0).unwrap_or(held.len());
        Ok(held.get(..end).unwrap_or_default().to_vec())
    }

    fn pax_bytes(&mut self) -> Result<Held<'b>, ArchiveError> {
        if self.left > PAX_BYTES {
            let message = format!("a pax header of {} bytes; the limit is {PAX_BYTES}", self.left);
            return Err(ArchiveError::spent(message));
        }
        self.is_sparse = false;
        let held = self.read_content()?;
        self.pass_content()?;
        Ok(held)
    }

    fn pass_content(&mut self) -> Result<(), ArchiveError> {
        let due = self.left.saturating_add(self.padding);
        let passed = io::copy(&mut (&mut self.reader).take(due), &mut io::sink())?;
        (self.left, self.padding) = (0, 0);
        self.is_sparse = false;
        if passed < due {
            return Err(ArchiveError::damaged("the tar is cut off within a member"));
        }
        Ok(())
    }

    fn read_some(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let Some(part) = buffer.get_mut(..length).filter(|part| !part.is_empty()) else {
            return Ok(0);
        };
        let read = self.reader.read(part)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }

    /// The next block; `None` at the end of the stream.
    fn block(&mut self) -> Result<Option<[u8; BLOCK]>, ArchiveError> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while let Some(rest) = block.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.reader.read(rest) {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => return Err(ArchiveError::damaged("the tar is cut off within a header")),
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Some(block))
    }
}

/// The content of one member of a tar, as a stream.
pub struct TarContent<'t, 'b, R> {
    tar: &'t mut Tar<'b, R>,
}

impl<R: Read> Read for TarContent<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.tar.is_sparse {
            return Err(ArchiveError::unsupported("a sparse file is not read").into());
        }
        self.tar.read_some(buffer)
    }
}

/// What fills up the last block of so many bytes.
fn padding(size: u64) -> u64 {
    let block = BLOCK as u64;
    size.wrapping_neg() % block
}

fn hash(path: &str) -> u64 {
    hashes(path).last().unwrap_or_default()
}

/// The hash of each folder on the way of a path, and of the path itself: each name is hashed once,
/// however many folders a path has.
fn hashes(path: &str) -> impl Iterator<Item = u64> {
    path.split('/').scan(DefaultHasher::new(), |hasher, name| {
        name.hash(hasher);
        Some(hasher.finish())
    })
}

#[cfg(test)]
mod tests;
