//! Where the parts of an image lie: documents, which are small, and layers, which are not.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

use mainstay_archives::{
    ArchiveError, ArchiveErrorKind, Budget, Container, Depth, Limits, Member, MemberKind, Notes,
    Packing, SNIFFED, Tar, TarUse, Unpacking, unpack,
};
use mainstay_reading::join;

/// An image's parts, by their paths within it.
pub trait Parts {
    /// Reads a document of at most `limit` bytes. `None` when there is none.
    ///
    /// # Errors
    /// It is there and cannot be read, or is larger.
    fn document(&mut self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, PartError>;

    /// The part that a path leads to, where it is a link: what one part is has one place.
    fn place(&self, path: &str) -> String {
        path.to_owned()
    }

    /// What is odd about the archive that holds the parts, taken out.
    fn take_notes(&mut self) -> Notes {
        Notes::default()
    }

    /// Visits these parts, by their own places, each once, in any order. Parts that are not there are not visited.
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
    /// Documents that are larger than one may be.
    large: BTreeSet<String>,
    notes: Notes,
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
            large: BTreeSet::new(),
            notes: Notes::default(),
            links: BTreeMap::new(),
            _depth: depth,
        };
        let mut left = DOCUMENTS_BYTES;
        let (mut documents, mut large, mut links) =
            (BTreeMap::new(), BTreeSet::new(), BTreeMap::new());
        let notes = parts.walk(&mut |member, content| {
            let path = member.path.as_str();
            match &member.kind {
                MemberKind::Symlink(target) | MemberKind::HardLink(target) => {
                    let hard = matches!(member.kind, MemberKind::HardLink(_));
                    if let Ok(target) = join(if hard { "" } else { path }, target) {
                        links.insert(path.to_owned(), target);
                    }
                }
                MemberKind::File if may_be_document(path) => {
                    let mut bytes = Vec::new();
                    content.take(BLANKS).read_to_end(&mut bytes)?;
                    let is_large = member.size > DOCUMENT_BYTES.min(left);
                    let is_document = begins_document(&bytes);
                    if is_document && is_large {
                        large.insert(path.to_owned());
                    } else if is_document {
                        content.take(DOCUMENT_BYTES).read_to_end(&mut bytes)?;
                        left = left.saturating_sub(member.size);
                        documents.insert(path.to_owned(), bytes);
                    }
                }
                MemberKind::File | MemberKind::Folder | MemberKind::Device => {}
            }
            Ok(())
        })?;
        (parts.documents, parts.large, parts.links) = (documents, large, links);
        parts.notes = notes;
        Ok(parts)
    }

    fn walk(
        &self,
        visitor: &mut dyn FnMut(&Member, &mut (dyn Read + Send)) -> io::Result<()>,
    ) -> Result<Notes, PartError> {
        let mut tar = open_tar((self.open)()?, self.budget)?;
        while let Some(member) = tar.next_member()? {
            visitor(&member, &mut tar.content())?;
        }
        Ok(tar.take_notes())
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

fn may_be_document(path: &str) -> bool {
    path.strip_suffix(".json").is_some() || path == "oci-layout" || path.starts_with("blobs/")
}

/// So many bytes are looked at to tell a document: JSON may begin with blanks (RFC 8259, section 2).
const BLANKS: u64 = 512;

/// A blob that is no JSON is a layer.
fn begins_document(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    matches!(text.trim_ascii_start().first(), Some(b'{' | b'['))
}

impl Parts for TarParts<'_> {
    fn document(&mut self, path: &str, _limit: u64) -> Result<Option<Vec<u8>>, PartError> {
        let path = self.target(path);
        if self.large.contains(path) {
            let message = format!("the document {path} is larger than {DOCUMENT_BYTES} bytes");
            return Err(ArchiveError { kind: ArchiveErrorKind::Spent, message }.into());
        }
        Ok(self.documents.get(path).cloned())
    }

    fn place(&self, path: &str) -> String {
        self.target(path).to_owned()
    }

    fn take_notes(&mut self) -> Notes {
        std::mem::take(&mut self.notes)
    }

    fn visit(
        &mut self,
        paths: &BTreeSet<String>,
        visitor: &mut dyn FnMut(&str, &mut (dyn Read + Send)),
    ) -> Result<(), PartError> {
        let mut wanted = paths.clone();
        let walked = self.walk(&mut |member, content| {
            let path = member.path.as_str();
            if is_file(member) && wanted.remove(path) {
                visitor(path, content);
            }
            Ok(())
        });
        walked.map(drop)
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
