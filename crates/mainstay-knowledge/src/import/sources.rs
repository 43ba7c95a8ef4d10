//! Finding the files to import and bringing them in: zips are copied, loose records are packed
//! into one zip.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use mainstay_advisories::osv::Record;

use crate::archive::{Allowance, ArchiveWriter, Refusal};
use crate::classify::{is_zip, shown};
use crate::compile::EcosystemSet;
use crate::digest::{CopyError, copy};
use crate::folder::NewFile;
use crate::intake::Intake;
use crate::layers::NewZip;
use crate::manifest::Origin;
use crate::{DataFolder, KnowledgeError, Limits, Progress};

/// Folders in folders are followed this deep.
const MAX_DEPTH: u32 = 64;

/// Files on their way in.
pub(crate) struct Sources<'a> {
    folder: &'a DataFolder,
    allowance: Allowance,
    intake: &'a mut Intake,
    progress: &'a dyn Progress,
    zips: Vec<NewZip>,
    loose: Option<Loose>,
}

/// Records that came as single files.
struct Loose {
    writer: ArchiveWriter<NewFile>,
    records: u64,
}

impl<'a> Sources<'a> {
    pub(crate) fn new(
        folder: &'a DataFolder,
        limits: Limits,
        intake: &'a mut Intake,
        progress: &'a dyn Progress,
    ) -> Self {
        let allowance = Allowance::new(limits);
        Self { folder, allowance, intake, progress, zips: Vec::new(), loose: None }
    }

    /// Brings in what a path names. A path that is not there is an error.
    pub(crate) fn add(&mut self, path: &Path) -> Result<(), KnowledgeError> {
        let data = fs::metadata(path).map_err(KnowledgeError::io("read", path))?;
        if data.is_dir() {
            fs::read_dir(path).map_err(KnowledgeError::io("read", path))?;
            return self.add_folder(path, 0);
        }
        File::open(path).map_err(KnowledgeError::io("read", path))?;
        self.add_file(path)
    }

    /// The zips to join, in the order in which they count: the last one most.
    pub(crate) fn finish(mut self) -> Result<Vec<NewZip>, KnowledgeError> {
        if let Some(loose) = self.loose.take() {
            let mut zip = finish_loose(self.folder, loose)?;
            // Zips are only copied until now, so every broken file is a loose one.
            zip.broken = self.intake.broken;
            self.zips.push(zip);
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
                Ok(data) if data.is_file() => self.add_file(&entry)?,
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

    fn add_file(&mut self, path: &Path) -> Result<(), KnowledgeError> {
        match first_bytes(path) {
            Ok(first) if is_zip(&first) => self.add_zip(path),
            Ok(_) => self.add_loose(path),
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
            Ok((bytes, digest)) => self.zips.push(NewZip {
                file,
                shown: display(path),
                digest,
                bytes,
                origin: Origin::Import,
                scope: EcosystemSet::ALL,
                counted: false,
                broken: 0,
            }),
            Err(CopyError::Read(error)) => {
                self.intake.report.note_failure(|| display(path), &error.to_string());
            }
            Err(CopyError::Write(error)) => {
                return Err(KnowledgeError::io("write", file.path())(error));
            }
        }
        Ok(())
    }

    fn add_loose(&mut self, path: &Path) -> Result<(), KnowledgeError> {
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
        let Self { folder, intake, loose, .. } = self;
        intake.take(&|| display(path), &bytes, &mut |intake, record, plain| {
            if !intake.count(record).is_empty() {
                written = pack(folder, loose, record, plain);
            }
        });
        written
    }
}

/// Packs a record into the zip of loose records, which is made when the first one comes.
fn pack(
    folder: &DataFolder,
    loose: &mut Option<Loose>,
    record: &Record<'_>,
    bytes: &[u8],
) -> Result<(), KnowledgeError> {
    let loose = if let Some(loose) = loose {
        loose
    } else {
        let writer = ArchiveWriter::new(folder.create("records")?);
        loose.insert(Loose { writer, records: 0 })
    };
    loose.records += 1;
    let name = entry_name(&record.id, loose.records);
    loose.writer.add(&name, bytes).map_err(KnowledgeError::io("write", &folder.file("records")))
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

fn finish_loose(folder: &DataFolder, loose: Loose) -> Result<NewZip, KnowledgeError> {
    let path = folder.file("records");
    let mut file = loose.writer.finish().map_err(KnowledgeError::io("write", &path))?;
    file.flush().map_err(KnowledgeError::io("write", &path))?;
    let mut zip = new_zip(file, "the single records")?;
    zip.counted = true;
    Ok(zip)
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
    let (origin, scope) = (Origin::Import, EcosystemSet::ALL);
    Ok(NewZip {
        file,
        shown: shown.to_owned(),
        digest,
        bytes,
        origin,
        scope,
        counted: false,
        broken: 0,
    })
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
