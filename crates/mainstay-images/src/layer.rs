//! One layer: what it adds, and what it takes away.
//!
//! Standard: OCI image specification 1.1, "Image Layer Filesystem Changeset": a tar, plain or packed
//! with gzip or zstd; `.wh.NAME` takes NAME of the layers below away, `.wh..wh..opq` everything that
//! they have in the folder. Other names that begin with `.wh..wh.` are AUFS' own and mean nothing.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use mainstay_archives::{
    ArchiveError, ArchiveErrorKind, Budget, Container, Held, Member, MemberKind, Notes, Packing,
    SNIFFED, Tar, TarUse, unpack,
};

use crate::digest::Digesting;

/// A layer, read.
pub(crate) struct Layer<'b> {
    pub(crate) changes: Vec<(Arc<str>, Change<'b>)>,
    /// The digest of the layer as it lies there, where it was read to its end.
    pub(crate) digest: Option<String>,
    /// The digest of the tar in it.
    pub(crate) diff_id: Option<String>,
    /// Why it was not read to its end.
    pub(crate) problem: Option<ArchiveError>,
    pub(crate) notes: Notes,
    /// Whiteouts that name nothing that could be in the image.
    pub(crate) odd_whiteouts: Vec<String>,
    /// The room that the list of changes takes.
    pub(crate) room: Held<'b>,
}

/// How much memory one change takes beside its names, about.
const CHANGE_BYTES: u64 = 100;

/// What a layer says about a path.
#[derive(Clone)]
pub(crate) enum Change<'b> {
    File(Content<'b>),
    Folder,
    /// A device, a pipe or a socket: it has nothing to read, and it hides what is below it.
    Special,
    Symlink(Arc<str>),
    /// Another path of this layer or one below, with the same content.
    HardLink(Arc<str>),
    /// What the layers below have at the path is gone.
    Gone,
    /// What the layers below have in the folder is gone.
    Emptied,
}

/// The content of a file.
#[derive(Clone)]
pub(crate) enum Content<'b> {
    Kept(Arc<Held<'b>>),
    /// Nobody asked for it when it came by, under this path.
    Passed(Arc<str>),
    /// It was asked for and not kept, and why.
    Unread(Unread),
}

/// Why there is no content of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The file has so many bytes, which is above the limit.
    TooLarge(u64),
    /// Nobody knew that it would be asked for when its layer came by.
    Passed,
    /// It was shown, and the [`Onlooker`] remembers it under this number.
    Shown(usize),
    /// It is a device, a pipe or a socket.
    Special,
    /// Something else.
    Problem(Arc<str>),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(bytes) => write!(f, "the file has {bytes} bytes, above the limit"),
            Self::Passed | Self::Shown(_) => f.write_str("its content was not kept"),
            Self::Special => f.write_str("this is no regular file"),
            Self::Problem(why) => f.write_str(why),
        }
    }
}

/// Which files to keep the content of, by path and size. A link has the size 0.
pub type Wanted<'a> = &'a dyn Fn(&str, u64) -> bool;

/// What is asked of the files of every layer.
pub struct Request<'a> {
    /// Which content is kept.
    pub wanted: Wanted<'a>,
    /// No larger one is kept.
    pub largest: u64,
    /// Who looks at the others.
    pub onlooker: &'a mut dyn Onlooker,
}

/// Who looks at files while their layer goes by. Their content is in memory for as long as that
/// takes: for large files of which little is to be known.
pub trait Onlooker {
    /// Whether a file whose content is not kept is to be shown, by its path, its first
    /// [`SHOWN_FIRST`] bytes (all where it has fewer), and its size in bytes.
    fn looks_at(&self, path: &str, first: &[u8], size: u64) -> bool;

    /// Looks at the content of a file, or at the reason why it is not there. Gives a number under
    /// which it is remembered, if there is anything to remember.
    fn look(&mut self, path: &str, content: Result<&[u8], ArchiveError>) -> Option<usize>;
}

/// How many first bytes [`Onlooker::looks_at`] is given.
pub const SHOWN_FIRST: usize = 4096;
/// The most bytes of a file that is shown.
const SHOWN: u64 = 512 << 20;

/// Reads a layer from a stream.
pub(crate) fn read<'b>(
    stream: &mut (dyn Read + Send),
    request: &mut Request<'_>,
    budget: &'b Budget,
) -> Layer<'b> {
    let mut layer = Layer {
        changes: Vec::new(),
        digest: None,
        diff_id: None,
        problem: None,
        notes: Notes::default(),
        odd_whiteouts: Vec::new(),
        room: Held::empty(budget),
    };
    let mut packed = Digesting::new(stream);
    match layer.unpack(&mut packed, request, budget) {
        Ok(diff_id) => {
            layer.diff_id = Some(diff_id);
            layer.digest = packed.finish().ok();
        }
        Err(error) => layer.problem = Some(error),
    }
    layer
}

impl<'b> Layer<'b> {
    fn unpack<R: Read + Send>(
        &mut self,
        packed: &mut R,
        request: &mut Request<'_>,
        budget: &'b Budget,
    ) -> Result<String, ArchiveError> {
        let _depth = budget.enter()?;
        let mut first = Vec::with_capacity(SNIFFED);
        packed.by_ref().take(SNIFFED as u64).read_to_end(&mut first)?;
        let packing = match Container::of_bytes(&first) {
            Some(Container::Packed(packing)) => packing,
            Some(Container::NotRead(name)) => {
                let message = format!("a layer packed with {name} is not read");
                return Err(ArchiveError { kind: ArchiveErrorKind::Unsupported, message });
            }
            Some(Container::Tar) => Packing::Plain,
            // A layer without any file is nothing but zeros.
            None if first.iter().all(|byte| *byte == 0) => Packing::Plain,
            Some(Container::Zip) | None => {
                let message = "a layer is no tar, packed or not: it may be encrypted".to_owned();
                return Err(ArchiveError { kind: ArchiveErrorKind::Unsupported, message });
            }
        };
        let whole = io::Cursor::new(first).chain(packed);
        let mut plain = Digesting::new(unpack(packing, whole, budget));
        let mut tar = Tar::new(&mut plain, TarUse::FileSystem, budget);
        let walked = self.walk(&mut tar, request);
        self.notes = tar.take_notes();
        walked?;
        drop(tar);
        Ok(plain.finish()?)
    }

    fn walk<R: Read>(
        &mut self,
        tar: &mut Tar<'b, R>,
        request: &mut Request<'_>,
    ) -> Result<(), ArchiveError> {
        while let Some(member) = tar.next_member()? {
            let path: Arc<str> = member.path.as_str().into();
            if path.is_empty() {
                continue;
            }
            if let Some(name) = member.path.file_name().strip_prefix(WHITEOUT) {
                self.room.take(CHANGE_BYTES + path.len() as u64)?;
                self.whiteout(&path, name);
                continue;
            }
            let change = match &member.kind {
                MemberKind::File => Change::File(content(tar, &member, &path, request)),
                MemberKind::Folder => Change::Folder,
                MemberKind::Symlink(target) => Change::Symlink(Arc::clone(target)),
                MemberKind::HardLink(target) => Change::HardLink(from_top(target)),
                MemberKind::Device => Change::Special,
            };
            let target = match &change {
                Change::Symlink(target) | Change::HardLink(target) => target.len(),
                Change::File(_)
                | Change::Folder
                | Change::Special
                | Change::Gone
                | Change::Emptied => 0,
            };
            self.room.take(CHANGE_BYTES + (path.len() + target) as u64)?;
            self.changes.push((path, change));
        }
        Ok(())
    }

    fn whiteout(&mut self, path: &str, name: &str) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if name == OPAQUE {
            self.changes.push((folder.into(), Change::Emptied));
        } else if name.is_empty() || name == "." || name == ".." {
            self.odd_whiteouts.push(path.to_owned());
        } else if !name.starts_with(WHITEOUT) {
            let gone = if folder.is_empty() { name.into() } else { format!("{folder}/{name}") };
            self.changes.push((gone.into(), Change::Gone));
        }
    }
}

/// The path of the member that a hard link names: from the top of the tar, as members are named.
fn from_top(target: &str) -> Arc<str> {
    let mut parts: Vec<&str> = Vec::new();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/").into()
}

const WHITEOUT: &str = ".wh.";
/// `.wh..wh..opq` without its first whiteout sign.
const OPAQUE: &str = ".wh..opq";

fn content<'b, R: Read>(
    tar: &mut Tar<'b, R>,
    member: &Member,
    path: &Arc<str>,
    request: &mut Request<'_>,
) -> Content<'b> {
    if !(request.wanted)(path, member.size) {
        return match show(tar, member.size, path, request.onlooker) {
            Some(number) => Content::Unread(Unread::Shown(number)),
            None => Content::Passed(Arc::clone(path)),
        };
    }
    if member.size > request.largest {
        return Content::Unread(Unread::TooLarge(member.size));
    }
    match tar.read_content() {
        Ok(held) => Content::Kept(Arc::new(held)),
        Err(error) => Content::Unread(Unread::Problem(error.message.into())),
    }
}

/// Shows a file, if its first bytes make that worth while. Gives its number, if it has one.
fn show<R: Read>(
    tar: &mut Tar<'_, R>,
    size: u64,
    path: &str,
    onlooker: &mut dyn Onlooker,
) -> Option<usize> {
    let mut first = [0; SHOWN_FIRST];
    let length = usize::try_from(size).map_or(SHOWN_FIRST, |size| size.min(SHOWN_FIRST));
    let first = first.get_mut(..length)?;
    // What is cut off is told by the layer, which ends there.
    if tar.content().read_exact(first).is_err() || !onlooker.looks_at(path, first, size) {
        return None;
    }
    match rest(tar, size, first) {
        Ok(content) => onlooker.look(path, Ok(&content)),
        Err(error) => onlooker.look(path, Err(error)),
    }
}

/// The whole content of a member of which the first bytes were read.
fn rest<R: Read>(tar: &mut Tar<'_, R>, size: u64, first: &[u8]) -> Result<Vec<u8>, ArchiveError> {
    if size > SHOWN {
        let message = format!("the file has {size} bytes; the limit is {SHOWN}");
        return Err(ArchiveError::spent(message));
    }
    // A header may claim more than is there; room that is not used costs nothing.
    let mut content = Vec::new();
    content
        .try_reserve_exact(usize::try_from(size).unwrap_or(usize::MAX))
        .map_err(|_| ArchiveError::spent(format!("there is no memory for {size} bytes")))?;
    content.extend_from_slice(first);
    tar.content().read_to_end(&mut content)?;
    Ok(content)
}
