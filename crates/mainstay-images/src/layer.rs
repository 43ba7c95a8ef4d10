//! One layer: what it adds, and what it takes away.
//!
//! Standard: OCI image specification 1.1, "Image Layer Filesystem Changeset": a tar, plain or packed
//! with gzip or zstd; `.wh.NAME` takes NAME of the layers below away, `.wh..wh..opq` everything that
//! they have in the folder. Other names that begin with `.wh..wh.` are AUFS' own and mean nothing.

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
}

/// What a layer says about a path.
#[derive(Clone)]
pub(crate) enum Change<'b> {
    File(Content<'b>),
    Folder,
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
    /// Nobody asked for it.
    Passed,
    /// It was asked for and not kept, and why.
    Unread(Arc<str>),
}

/// Which files to keep the content of.
pub(crate) type Wanted<'a> = &'a dyn Fn(&str, u64) -> bool;

/// Reads a layer from a stream.
pub(crate) fn read<'b>(
    stream: &mut (dyn Read + Send),
    wanted: Wanted<'_>,
    largest: u64,
    budget: &'b Budget,
) -> Layer<'b> {
    let mut layer = Layer {
        changes: Vec::new(),
        digest: None,
        diff_id: None,
        problem: None,
        notes: Notes::default(),
        odd_whiteouts: Vec::new(),
    };
    let mut packed = Digesting::new(stream);
    match layer.unpack(&mut packed, wanted, largest, budget) {
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
        wanted: Wanted<'_>,
        largest: u64,
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
        let walked = self.walk(&mut tar, wanted, largest);
        self.notes = tar.take_notes();
        walked?;
        drop(tar);
        Ok(plain.finish()?)
    }

    fn walk<R: Read>(
        &mut self,
        tar: &mut Tar<'b, R>,
        wanted: Wanted<'_>,
        largest: u64,
    ) -> Result<(), ArchiveError> {
        while let Some(member) = tar.next_member()? {
            let path: Arc<str> = member.path.as_str().into();
            if path.is_empty() {
                continue;
            }
            if let Some(name) = member.path.file_name().strip_prefix(WHITEOUT) {
                self.whiteout(&path, name);
                continue;
            }
            let change = match &member.kind {
                MemberKind::File => Change::File(content(tar, &member, wanted, largest)),
                MemberKind::Folder => Change::Folder,
                MemberKind::Symlink(target) => Change::Symlink(Arc::clone(target)),
                MemberKind::HardLink(target) => {
                    Change::HardLink(target.trim_start_matches(['/', '.']).into())
                }
                // A device has nothing to read, but it hides what is below it.
                MemberKind::Device => Change::File(Content::Passed),
            };
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

const WHITEOUT: &str = ".wh.";
/// `.wh..wh..opq` without its first whiteout sign.
const OPAQUE: &str = ".wh..opq";

fn content<'b, R: Read>(
    tar: &mut Tar<'b, R>,
    member: &Member,
    wanted: Wanted<'_>,
    largest: u64,
) -> Content<'b> {
    if !wanted(member.path.as_str(), member.size) {
        return Content::Passed;
    }
    if member.size > largest {
        let message = format!("the file has {} bytes; the limit is {largest}", member.size);
        return Content::Unread(message.into());
    }
    match tar.read_content() {
        Ok(held) => Content::Kept(Arc::new(held)),
        Err(error) => Content::Unread(error.message.into()),
    }
}
