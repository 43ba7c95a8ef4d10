//! Finding the files to import and bringing them in: zips are copied, loose records are packed
//! into a zip.
//!
//! What is given whole (a zip, a folder, a file that lists many records) counts as all there is of
//! its ecosystems. A file of one record that was named by itself is what it is, one record: alone
//! it makes no ecosystem complete.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use mainstay_advisories::osv::Record;

use crate::archive::{Allowance, ArchiveWriter, Refusal};
use crate::classify::{is_zip, shown};
use crate::compile::EcosystemSet;
use crate::digest::{CopyError, Sha256Digest, copy};
use crate::folder::NewFile;
use crate::intake::{Form, Intake, Taken};
use crate::layers::NewZip;
use crate::manifest::Origin;
use crate::{DataFolder, ImportOptions, KnowledgeError, Progress};

/// Folders in folders are followed this deep.
const MAX_DEPTH: u32 = 64;

/// Files on their way in.
pub(crate) struct Sources<'a> {
    folder: &'a DataFolder,
    allowance: Allowance,
    intake: &'a mut Intake,
    progress: &'a dyn Progress,
    as_of: Option<Timestamp>,
    zips: Vec<NewZip>,
    /// Records of folders and lists.
    given_whole: Loose,
    /// Records that were named one by one.
    named: Loose,
}

/// Records that came as files of their own.
#[derive(Default)]
struct Loose {
    /// Made when the first record comes.
    writer: Option<ArchiveWriter<NewFile>>,
    records: u64,
    unread: u64,
}

/// How a path came to be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Named,
    InFolder,
}

impl<'a> Sources<'a> {
    pub(crate) fn new(
        folder: &'a DataFolder,
        options: &ImportOptions,
        intake: &'a mut Intake,
        progress: &'a dyn Progress,
    ) -> Self {
        Self {
            folder,
            allowance: Allowance::new(options.limits),
            intake,
            progress,
            as_of: options.as_of.map(|as_of| as_of.min(options.now)),
            zips: Vec::new(),
            given_whole: Loose::default(),
            named: Loose::default(),
        }
    }

    /// Brings in what a path names. A path that is not there is an error.
    pub(crate) fn add(&mut self, path: &Path) -> Result<(), KnowledgeError> {
        let data = fs::metadata(path).map_err(KnowledgeError::io("read", path))?;
        if data.is_dir() {
            fs::read_dir(path).map_err(KnowledgeError::io("read", path))?;
            return self.add_folder(path, 0);
        }
        File::open(path).map_err(KnowledgeError::io("read", path))?;
        self.add_file(path, Found::Named)
    }

    /// The zips to join, in the order in which they count: the last one most.
    pub(crate) fn finish(mut self) -> Result<Vec<NewZip>, KnowledgeError> {
        for (loose, whole) in [(self.given_whole, true), (self.named, false)] {
            let unread = loose.unread;
            if let Some(zip) = finish_loose(self.folder, loose)? {
                self.zips.push(NewZip { whole, unread, ..zip });
            }
        }
        for zip in &mut self.zips {
            zip.as_of = self.as_of;
        }
        Ok(self.zips)
    }

    fn add_folder(&mut self, path: &Path, depth: u32) -> Result<(), KnowledgeError> {
        if depth > MAX_DEPTH {
            self.intake.report.note_failure(|| display(path), "folders lie too deep here");
            return Ok(());
        }
        let mut entries: Vec<PathBuf> = Vec::new();
        match fs::read_dir(path) {
            Ok(list) => entries.extend(list.flatten().map(|entry| entry.path())),
            Err(error) => self.intake.report.note_failure(|| display(path), &error.to_string()),
        }
        entries.sort();
        for entry in entries {
            match fs::symlink_metadata(&entry) {
                Ok(data) if data.is_dir() && is_git(&entry) => {
                    self.intake.report.note_not_advisory(|| display(&entry), "a git folder");
                }
                Ok(data) if data.is_dir() => self.add_folder(&entry, depth + 1)?,
                Ok(data) if data.is_file() => self.add_file(&entry, Found::InFolder)?,
                Ok(_) => {
                    let reason = "a link or a special file is not followed";
                    self.intake.report.note_not_advisory(|| display(&entry), reason);
                }
                Err(error) => {
                    self.intake.report.note_failure(|| display(&entry), &error.to_string());
                }
            }
        }
        Ok(())
    }

    fn add_file(&mut self, path: &Path, found: Found) -> Result<(), KnowledgeError> {
        match first_bytes(path) {
            Ok(first) if is_zip(&first) => self.add_zip(path),
            Ok(_) => self.add_loose(path, found),
            Err(error) => {
                self.intake.report.note_failure(|| display(path), &error.to_string());
                Ok(())
            }
        }
    }

    fn add_zip(&mut self, path: &Path) -> Result<(), KnowledgeError> {
        self.progress.step(&format!("copying {}", display(path)));
        let mut from = match File::open(path) {
            Ok(from) => from,
            Err(error) => {
                self.intake.report.note_failure(|| display(path), &error.to_string());
                return Ok(());
            }
        };
        let mut file = self.folder.create("records")?;
        match copy(&mut from, &mut file) {
            Ok((bytes, digest)) => {
                self.zips.push(imported(file, display(path), bytes, digest));
            }
            Err(CopyError::Read(error)) => {
                self.intake.report.note_failure(|| display(path), &error.to_string());
            }
            Err(CopyError::Write(error)) => {
                return Err(KnowledgeError::io("write", file.path())(error));
            }
        }
        Ok(())
    }

    fn add_loose(&mut self, path: &Path, found: Found) -> Result<(), KnowledgeError> {
        let bytes = match read_limited(path, self.allowance.entry_bytes()) {
            Ok(bytes) => bytes,
            Err(problem) => {
                self.intake.report.note_failure(|| display(path), &problem);
                return Ok(());
            }
        };
        match self.allowance.take(bytes.len() as u64, bytes.len() as u64) {
            Ok(()) => {}
            Err(Refusal::Entry(why)) => {
                self.intake.report.note_failure(|| display(path), &why);
                return Ok(());
            }
            Err(Refusal::End(why)) => {
                return Err(KnowledgeError::Import { path: path.to_owned(), why });
            }
        }
        let mut written = Ok(());
        let Self { folder, intake, given_whole, named, .. } = self;
        let unread = intake.unread;
        let is_whole = |taken| found == Found::InFolder || taken == Taken::List;
        let form = Form::SingleOrList;
        let taken =
            intake.take(&|| display(path), &bytes, form, &mut |intake, record, plain, taken| {
                let loose = if is_whole(taken) { &mut *given_whole } else { &mut *named };
                if !intake.count(record).is_empty() && written.is_ok() {
                    written = loose.pack(folder, record, plain);
                }
            });
        let loose = if is_whole(taken) { given_whole } else { named };
        loose.unread += intake.unread - unread;
        written
    }
}

impl Loose {
    /// Packs a record into the zip.
    fn pack(
        &mut self,
        folder: &DataFolder,
        record: &Record<'_>,
        bytes: &[u8],
    ) -> Result<(), KnowledgeError> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => none.insert(ArchiveWriter::new(folder.create("records")?)),
        };
        self.records += 1;
        let name = entry_name(&record.id, self.records);
        writer.add(&name, bytes).map_err(KnowledgeError::io("write", &folder.file("records")))
    }
}

/// `<ID>.json`, as in the OSV bucket; a running number for an id that makes no plain name.
pub(crate) fn entry_name(id: &str, number: u64) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.' | '+');
    if id.chars().all(plain) && !id.starts_with('.') {
        format!("{id}.json")
    } else {
        format!("record {number}.json")
    }
}

fn finish_loose(folder: &DataFolder, loose: Loose) -> Result<Option<NewZip>, KnowledgeError> {
    let Some(writer) = loose.writer else { return Ok(None) };
    let path = folder.file("records");
    let mut file = writer.finish().map_err(KnowledgeError::io("write", &path))?;
    file.flush().map_err(KnowledgeError::io("write", &path))?;
    let mut zip = new_zip(file, "the single records")?;
    zip.counted = true;
    Ok(Some(zip))
}

/// A zip that was written into the folder, with its digest.
pub(crate) fn new_zip(file: NewFile, shown: &str) -> Result<NewZip, KnowledgeError> {
    let path = file.path().to_owned();
    let mut written = File::open(&path).map_err(KnowledgeError::io("read", &path))?;
    let (bytes, digest) = match copy(&mut written, &mut io::sink()) {
        Ok(copied) => copied,
        Err(CopyError::Read(error) | CopyError::Write(error)) => {
            return Err(KnowledgeError::io("read", &path)(error));
        }
    };
    Ok(imported(file, shown.to_owned(), bytes, digest))
}

/// A zip that was given, before anything in it was read.
fn imported(file: NewFile, shown: String, bytes: u64, digest: Sha256Digest) -> NewZip {
    NewZip {
        file,
        shown,
        digest,
        bytes,
        origin: Origin::Import,
        scope: EcosystemSet::ALL,
        whole: true,
        as_of: None,
        unread: 0,
        counted: false,
    }
}

fn is_git(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == ".git")
}

fn first_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut first = Vec::with_capacity(4);
    File::open(path)?.take(4).read_to_end(&mut first)?;
    Ok(first)
}

fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut file = file.take(limit.saturating_add(1));
    file.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > limit {
        return Err(format!("larger than {limit} bytes"));
    }
    Ok(bytes)
}

fn display(path: &Path) -> String {
    shown(path.to_string_lossy().as_bytes())
}
