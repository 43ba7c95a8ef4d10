//! Where the parts of an image lie: documents, which are small, and layers, which are not.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

use mainstay_archives::{
    ArchiveError, ArchiveErrorKind, Budget, Container, Depth, Limits, Member, MemberKind, Packing,
    SNIFFED, Tar, TarUse, Unpacking, unpack,
};
use mainstay_reading::join;

/// An image's parts, by their paths within it.
pub trait Parts {
    /// Reads a document of at most `limit` bytes. `None` when there is none.
    ///
    /// # Errors
    /// It is there and cannot be read, or is larger.
    fn document(&mut self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, PartError>;

    /// Visits these parts, each once, in any order. Parts that are not there are not visited.
    ///
    /// # Errors
    /// The archive ends too early, or the budget does; parts visited before are whole.
    fn visit(
        &mut self,
        paths: &BTreeSet<String>,
        visitor: &mut dyn FnMut(&str, &mut (dyn Read + Send)),
    ) -> Result<(), PartError>;
}

/// Why a part was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartError {
    /// What happened, as a fragment without a full stop.
    pub message: String,
    /// What to do about it.
    pub advice: String,
}

impl From<ArchiveError> for PartError {
    fn from(error: ArchiveError) -> Self {
        let advice = error.kind.advice().to_owned();
        Self { message: error.message, advice }
    }
}

impl From<io::Error> for PartError {
    fn from(error: io::Error) -> Self {
        ArchiveError::from(error).into()
    }
}

/// Opens the archive from its start.
pub type Reopen<'a> = &'a (dyn Fn() -> io::Result<Box<dyn Read + Send>> + Sync);

/// The parts of an image in a tar, packed or not. It is read from start to end once for the
/// documents and once for the layers.
pub struct TarParts<'a> {
    open: Reopen<'a>,
    budget: &'a Budget,
    documents: BTreeMap<String, Vec<u8>>,
    /// Links between members: older archives link a layer to the same layer of another image.
    links: BTreeMap<String, String>,
    _depth: Depth<'a>,
}

/// A document has some kilobytes; a history of a thousand steps has some hundred.
const DOCUMENT_BYTES: u64 = 4 << 20;
/// All documents together.
const DOCUMENTS_BYTES: u64 = 64 << 20;

impl<'a> TarParts<'a> {
    /// Reads the documents of an archive.
    ///
    /// # Errors
    /// It is no tar, or is damaged.
    pub fn new(open: Reopen<'a>, budget: &'a Budget) -> Result<Self, PartError> {
        let depth = budget.enter()?;
        let mut parts = Self {
            open,
            budget,
            documents: BTreeMap::new(),
            links: BTreeMap::new(),
            _depth: depth,
        };
        let mut left = DOCUMENTS_BYTES;
        let mut found = (BTreeMap::new(), BTreeMap::new());
        parts.walk(&mut |member, content| {
            let path = member.path.as_str();
            match &member.kind {
                MemberKind::Symlink(target) | MemberKind::HardLink(target) => {
                    let hard = matches!(member.kind, MemberKind::HardLink(_));
                    if let Ok(target) = join(if hard { "" } else { path }, target) {
                        found.1.insert(path.to_owned(), target);
                    }
                }
                MemberKind::File
                    if is_document(path) && member.size <= DOCUMENT_BYTES.min(left) =>
                {
                    let mut bytes = Vec::new();
                    content.take(1).read_to_end(&mut bytes)?;
                    // A blob that is no JSON is a layer.
                    if matches!(bytes.first(), Some(b'{' | b'[')) {
                        content.take(DOCUMENT_BYTES).read_to_end(&mut bytes)?;
                        left = left.saturating_sub(member.size);
                        found.0.insert(path.to_owned(), bytes);
                    }
                }
                MemberKind::File | MemberKind::Folder | MemberKind::Device => {}
            }
            Ok(())
        })?;
        (parts.documents, parts.links) = found;
        Ok(parts)
    }

    fn walk(
        &self,
        visitor: &mut dyn FnMut(&Member, &mut (dyn Read + Send)) -> io::Result<()>,
    ) -> Result<(), PartError> {
        let mut tar = open_tar((self.open)()?, self.budget)?;
        while let Some(member) = tar.next_member()? {
            visitor(&member, &mut tar.content())?;
        }
        Ok(())
    }

    /// The path of the member that a path leads to, through at most a few links.
    fn target<'p>(&'p self, path: &'p str) -> &'p str {
        let mut path = path;
        for _ in 0..8 {
            match self.links.get(path) {
                Some(target) => path = target,
                None => break,
            }
        }
        path
    }
}

fn is_document(path: &str) -> bool {
    path.strip_suffix(".json").is_some() || path == "oci-layout" || path.starts_with("blobs/")
}

impl Parts for TarParts<'_> {
    fn document(&mut self, path: &str, _limit: u64) -> Result<Option<Vec<u8>>, PartError> {
        Ok(self.documents.get(self.target(path)).cloned())
    }

    fn visit(
        &mut self,
        paths: &BTreeSet<String>,
        visitor: &mut dyn FnMut(&str, &mut (dyn Read + Send)),
    ) -> Result<(), PartError> {
        // Two paths may lead to one member; it is visited for the first of them.
        let mut wanted: BTreeMap<&str, &str> = BTreeMap::new();
        for path in paths {
            wanted.entry(self.target(path)).or_insert(path);
        }
        self.walk(&mut |member, content| {
            if let Some(path) = wanted.remove(member.path.as_str()).filter(|_| is_file(member)) {
                visitor(path, content);
            }
            Ok(())
        })
    }
}

fn is_file(member: &Member) -> bool {
    member.kind == MemberKind::File
}

/// Whether a stream begins like an image: a tar, packed or not, among whose first members is one
/// that only images have.
pub fn begins_image(stream: Box<dyn Read + Send>) -> bool {
    let budget = Budget::new(Limits { unpacked_bytes: 64 << 20, ..Limits::default() });
    let Ok(mut tar) = open_tar(stream, &budget) else { return false };
    for _ in 0..FIRST_MEMBERS {
        match tar.next_member() {
            Ok(Some(member)) if is_of_image(member.path.as_str()) => return true,
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => return false,
        }
    }
    false
}

const FIRST_MEMBERS: usize = 16;

/// A blob, a document that begins everything, or the folder or configuration of an older archive,
/// which are named by digests.
fn is_of_image(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or(path);
    matches!(path, "oci-layout" | "index.json" | "manifest.json" | "repositories")
        || path.starts_with("blobs/sha256")
        || crate::digest::named(first).is_some()
}

fn open_tar(
    mut reader: Box<dyn Read + Send>,
    budget: &Budget,
) -> Result<Tar<'_, Unpacking<'_>>, PartError> {
    let mut first = Vec::with_capacity(SNIFFED);
    (&mut reader).take(SNIFFED as u64).read_to_end(&mut first)?;
    let packing = match Container::of_bytes(&first) {
        Some(Container::Packed(packing)) => packing,
        Some(Container::Tar) => Packing::Plain,
        Some(Container::Zip | Container::NotRead(_)) | None => {
            return Err(ArchiveError {
                kind: ArchiveErrorKind::Unsupported,
                message: "it is no tar, nor one packed with gzip or zstd".to_owned(),
            }
            .into());
        }
    };
    let whole = io::Cursor::new(first).chain(reader);
    Ok(Tar::new(unpack(packing, whole, budget), TarUse::Package, budget))
}
