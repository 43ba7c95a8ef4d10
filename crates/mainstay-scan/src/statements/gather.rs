//! Which files are read for statements.
//!
//! A file or folder that the user names is told by its content. Beside a target, that is in its
//! own folder and not below it, files are told by their names; of the folders `.vex` and
//! `.openvex` in it, and of the folders in them, every file is looked at. A file that was named, or
//! whose name says that it is a document, and that cannot be read is an unknown: it may say that
//! something is affected. Any other file of these folders that holds no document is listed.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mainstay_reading::ReadError;
use mainstay_vex::{Document, Sniffed, read, sniff};

use super::described;
use super::{
    Beside, Cited, Gathered, NoEffect, Provenance, StatementSources, VexDocument, WithoutEffect,
    place,
};
use crate::confine::{DiskError, read_file};
use crate::kind::Kind;
use crate::source::Reading;
use crate::target::Target;
use crate::unknown::{Unknown, UnknownCode};

/// How the names of VEX documents end.
const ENDINGS: [&str; 7] = [
    ".openvex.json",
    ".vex.json",
    ".vex.cdx.json",
    ".vex.spdx.json",
    ".csaf.json",
    ".vex.xml",
    ".vex.cdx.xml",
];

/// Names of VEX documents.
const NAMES: [&str; 6] =
    ["openvex.json", "vex.json", "csaf.json", "vex.cdx.json", "vex.cdx.xml", "vex.spdx.json"];

/// Folders of VEX documents.
const FOLDERS: [&str; 2] = [".vex", ".openvex"];

/// The most files of one named folder. A vendor's whole collection has tens of thousands.
const MAX_FILES: usize = 200_000;

/// Reads every document.
pub(crate) fn gather(
    sources: &StatementSources,
    targets: &[Target],
    readings: &[Reading],
    file_bytes: u64,
) -> Gathered {
    let mut gathered = Gathered {
        products: sources.products.clone(),
        own_word: sources.beside,
        ..Gathered::default()
    };
    let mut reading = Gathering { gathered: &mut gathered, file_bytes };
    for path in &sources.named {
        reading.named(path);
    }
    if sources.beside != Beside::Ignored {
        let mut seen: Vec<PathBuf> = Vec::new();
        for target in targets {
            let folder = folder_of(&target.path);
            if !seen.contains(&folder) {
                reading.beside(&folder, target.path.is_dir());
                seen.push(folder);
            }
        }
    }
    for (position, source) in readings.iter().enumerate() {
        reading.sbom(position, source, sources.beside);
    }
    gathered
}

fn folder_of(path: &Path) -> PathBuf {
    if path.is_dir() {
        return path.to_owned();
    }
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

struct Gathering<'g> {
    gathered: &'g mut Gathered,
    file_bytes: u64,
}

impl Gathering<'_> {
    fn named(&mut self, path: &Path) {
        if !path.is_dir() {
            if self.file(path, Provenance::Named, Claims::ToBeOne) == Outcome::Other {
                self.no_document(path, "name a VEX document or a folder of them");
            }
            return;
        }
        let before = self.gathered.documents.len();
        for file in self.files_below(path, Wanted::Documents) {
            if self.file(&file, Provenance::Named, Claims::ToBeOne) == Outcome::Other {
                self.gathered.other_files.push(shown(&file));
            }
        }
        if self.gathered.documents.len() == before {
            let path = path.display();
            self.gathered.warnings.push(format!("there is no VEX document in {path}"));
        }
    }

    /// The files of a folder and of those below it, sorted. Links to folders are not followed.
    fn files_below(&mut self, folder: &Path, wanted: Wanted) -> Vec<PathBuf> {
        let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in self.list(&folder) {
                let kind = entry.file_type();
                let path = entry.path();
                if kind.as_ref().is_ok_and(std::fs::FileType::is_dir) {
                    folders.push(path);
                } else if wanted == Wanted::Everything && path.is_dir() {
                    self.link_to_folder(&path);
                } else if wanted == Wanted::Everything || is_document_name(&path) {
                    files.push(path);
                }
            }
            if files.len() > MAX_FILES {
                let message = format!("the folder has more than {MAX_FILES} files");
                self.unknown(&folder, message, "name fewer files");
                break;
            }
        }
        files.truncate(MAX_FILES);
        files.sort_unstable();
        files
    }

    fn beside(&mut self, folder: &Path, walked: bool) {
        let Ok(root) = folder.canonicalize() else { return };
        let mut files: Vec<(PathBuf, Claims)> = Vec::new();
        for entry in self.list(folder) {
            let (name, path) = (entry.file_name(), entry.path());
            let name = name.to_string_lossy().to_lowercase();
            if FOLDERS.contains(&&*name) && path.is_dir() {
                if entry.file_type().is_ok_and(|kind| kind.is_symlink()) {
                    self.link_to_folder(&path);
                    continue;
                }
                let inner = self.files_below(&path, Wanted::Everything).into_iter();
                files.extend(inner.map(|file| {
                    let claims = is_document_name(&file);
                    (file, if claims { Claims::ToBeOne } else { Claims::Nothing })
                }));
            } else if FOLDERS.contains(&&*name) || has_vex_name(&name) {
                files.push((path, Claims::ToBeOne));
            }
        }
        files.sort_unstable();
        for (file, claims) in files {
            if file.canonicalize().is_ok_and(|end| !end.starts_with(&root)) {
                let message = "the file is a link that leads out of the scanned folder";
                self.unknown(&file, message.to_owned(), "name the file with --vex if it is yours");
                continue;
            }
            let is_source = Kind::of_path(&shown(&file).replace('\\', "/")).is_some();
            let outcome = self.file(&file, Provenance::Beside, claims);
            if outcome == Outcome::Other && claims == Claims::ToBeOne {
                self.no_document(&file, "give it another name, or take --no-vex");
            } else if outcome == Outcome::Other {
                self.gathered.other_files.push(shown(&file));
                continue;
            }
            if walked && !is_source {
                self.gathered.beside += 1;
            }
        }
    }

    fn link_to_folder(&mut self, path: &Path) {
        let message = "this is a link to a folder, and links are not followed".to_owned();
        self.unknown(path, message, "name the folder with --vex if it is yours");
    }

    fn no_document(&mut self, path: &Path, advice: &str) {
        let message =
            "this is no VEX document: neither OpenVEX, nor CycloneDX, nor CSAF, nor SPDX 3";
        self.unknown(path, message.to_owned(), advice);
    }

    /// What a scanned SBOM in CycloneDX or SPDX 3 describes; and what it says, unless its own word
    /// is not wanted.
    fn sbom(&mut self, position: usize, source: &Reading, own_word: Beside) {
        let is_sbom = matches!(source.found.kind, Kind::Sbom(_)) && source.outcome.is_ok();
        if !is_sbom || !may_hold_statements(&source.found.path) {
            return;
        }
        let says = |bytes: &[u8]| {
            let has = |mark: &[u8]| memchr::memmem::find(bytes, mark).is_some();
            has(b"\"vulnerabilities\"")
                || has(b"vulnerabilities>")
                || has(b"VulnAssessmentRelationship")
        };
        // That the file cannot be read is told where it is read as a source.
        let Ok(bytes) = read_file(&source.found.path, self.file_bytes) else { return };
        let asked = !self.gathered.cited.is_empty();
        let speaks = own_word != Beside::Ignored && says(&bytes);
        if !asked && !speaks {
            return;
        }
        let Ok((described, document)) = described::read(&bytes, position) else { return };
        self.gathered.described.push(described);
        let says_something = !document.statements.is_empty() || !document.remarks.is_empty();
        if own_word != Beside::Ignored && says_something {
            let path = source.found.shown.clone();
            self.take(&path, Provenance::Inside, document, Some(position));
        }
    }

    fn list(&mut self, folder: &Path) -> Vec<std::fs::DirEntry> {
        let entries = std::fs::read_dir(folder).and_then(Iterator::collect);
        entries.unwrap_or_else(|error: std::io::Error| {
            let message = format!("the folder cannot be read: {error}");
            self.unknown(folder, message, "make it readable for the user who scans");
            Vec::new()
        })
    }

    fn file(&mut self, path: &Path, provenance: Provenance, claims: Claims) -> Outcome {
        let bytes = match read_file(path, self.file_bytes) {
            Ok(bytes) => bytes,
            Err(DiskError { message, advice, .. }) => {
                self.unknown(path, message, &advice);
                return Outcome::Unread;
            }
        };
        let document = match sniff(&bytes) {
            Ok(Sniffed::Other) => return Outcome::Other,
            Ok(Sniffed::Vex(format)) => read(&bytes, format),
            Err(_) if claims == Claims::Nothing => return Outcome::Other,
            Err(error) => Err(error),
        };
        match document {
            Ok(document) => self.take(&shown(path), provenance, document, None),
            Err(error) => {
                self.unreadable(path, &error);
                return Outcome::Unread;
            }
        }
        Outcome::Read
    }

    fn take(
        &mut self,
        path: &str,
        provenance: Provenance,
        document: Document,
        reading: Option<usize>,
    ) {
        let nothing = document.remarks.into_iter().map(|remark| WithoutEffect {
            code: NoEffect::SaysNothing,
            place: place(path, remark.line),
            subject: remark.about,
            status: None,
            why: remark.why,
        });
        self.gathered.without_effect.extend(nothing);
        let (statements, said_by) = (document.statements.len(), document.said_by);
        let path = path.to_owned();
        let read = Arc::new(VexDocument { path, provenance, said_by, statements, reading });
        let cite = |statement| Arc::new(Cited { statement, document: Arc::clone(&read) });
        self.gathered.cited.extend(document.statements.into_iter().map(cite));
        self.gathered.documents.push(read);
    }

    fn unreadable(&mut self, path: &Path, error: &ReadError) {
        let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
        self.gathered.unread.push(Unknown {
            code: UnknownCode::UnreadVex,
            subject: format!("{}{line}", shown(path)),
            package: None,
            message: format!("the VEX document cannot be read: {}", error.message),
            advice: "ask its author for a whole one; what it says is not known".to_owned(),
        });
    }

    fn unknown(&mut self, path: &Path, message: String, advice: &str) {
        self.gathered.unread.push(Unknown {
            code: UnknownCode::UnreadVex,
            subject: shown(path),
            package: None,
            message,
            advice: advice.to_owned(),
        });
    }
}

/// Whether a file's own name says that it is a VEX document.
pub(crate) fn has_vex_name(name: &str) -> bool {
    let name = name.to_lowercase();
    NAMES.contains(&&*name) || ENDINGS.iter().any(|end| name.ends_with(end))
}

/// Whether a path may be a VEX document beside something: by its own name, or by a folder's.
pub(crate) fn has_vex_path(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    has_vex_name(name)
        || FOLDERS.contains(&&*name.to_lowercase())
        || folders.split('/').any(|folder| FOLDERS.contains(&&*folder.to_lowercase()))
}

/// Whether a file's name, or whoever named it, says that it is a document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Claims {
    ToBeOne,
    Nothing,
}

/// Which files of a folder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Those whose names end as documents do.
    Documents,
    Everything,
}

/// What became of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Read,
    Other,
    Unread,
}

/// Whether an SBOM may hold statements: not when its beginning says that it is SPDX 2, which has
/// none and may be very large. JSON has no order of keys, so others may tell late what they are.
fn may_hold_statements(path: &Path) -> bool {
    const ENOUGH: u64 = 64 << 10;
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| file.take(ENOUGH).read_to_end(&mut beginning));
    let has = |mark: &[u8]| memchr::memmem::find(&beginning, mark).is_some();
    let marks: [&[u8]; 2] = [b"\"spdxVersion\"", b"SPDXVersion:"];
    read.is_ok() && !marks.into_iter().any(has)
}

fn is_document_name(path: &Path) -> bool {
    let extension = path.extension().map(|one| one.to_string_lossy().to_lowercase());
    extension.is_some_and(|one| ["json", "xml", "vex"].contains(&&*one))
}

/// A path as reports show it: without a leading `./`.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    text.strip_prefix("./").map_or_else(|| text.to_string(), str::to_owned)
}
