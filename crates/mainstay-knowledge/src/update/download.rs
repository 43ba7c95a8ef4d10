//! Downloads into the folder, resumed where they broke.
//!
//! An unfinished download lies in `downloads/` beside a note of its address and its validator
//! (`ETag` or `Last-Modified`). The next attempt asks for the rest with `Range` and `If-Range`,
//! so a file that changed meanwhile comes whole (RFC 9110 sections 13.1.5 and 14).

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use mainstay_fetch::{Conditions, FetchErrorKind, Outcome, Response, Resume};
use mainstay_types::SourceUrl;
use serde::{Deserialize, Serialize};

use super::Job;
use crate::KnowledgeError;
use crate::digest::sha256;
use crate::folder::NewFile;

/// Attempts at one file before the error is told.
const ATTEMPTS: u32 = 3;

/// What lies unfinished.
#[derive(Debug, Serialize, Deserialize)]
struct Unfinished {
    /// The digest of the address: an address may hold a secret.
    source: String,
    validator: String,
}

/// A file that was fetched whole.
#[derive(Debug)]
pub(super) struct Downloaded {
    pub(super) file: NewFile,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
}

impl Job<'_> {
    /// Fetches a large file; nothing when it has not changed since `etag`.
    pub(super) fn download(
        &mut self,
        url: &SourceUrl,
        name: &str,
        etag: Option<&str>,
    ) -> Result<Option<Downloaded>, KnowledgeError> {
        let mut attempt = 1;
        loop {
            match self.download_once(url, name, etag) {
                Err(KnowledgeError::Fetch(error))
                    if attempt < ATTEMPTS && matches!(error.kind(), FetchErrorKind::Broken(_)) =>
                {
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    fn download_once(
        &mut self,
        url: &SourceUrl,
        name: &str,
        etag: Option<&str>,
    ) -> Result<Option<Downloaded>, KnowledgeError> {
        let part = self.folder.file("downloads").join(format!("{name}.part"));
        let source = sha256(url.reveal().as_bytes()).to_string();
        let unfinished = self.unfinished(name, &source);
        let here = fs::metadata(&part).map_or(0, |data| data.len());
        let resume = unfinished.as_ref().filter(|_| here > 0);
        let resume = resume.map(|note| Resume { offset: here, validator: &note.validator });
        let conditions = match resume {
            Some(resume) => Conditions { resume: Some(resume), ..Conditions::default() },
            None => Conditions { etag, ..Conditions::default() },
        };
        let response = match self.fetcher.get(url, &conditions) {
            // What lies here is as long as the file or longer, or of another time.
            Err(error) if resume.is_some() && *error.kind() == FetchErrorKind::Status(416) => {
                self.forget(name);
                self.fetcher.get(url, &Conditions { etag, ..Conditions::default() })?
            }
            response => response?,
        };
        if response.outcome == Outcome::NotModified {
            return Ok(None);
        }
        self.note_unfinished(name, &source, response.validator());
        let (etag, last_modified) = (response.etag.clone(), response.last_modified.clone());
        self.receive(response, &part)?;
        let file = self.adopt(&part)?;
        self.forget(name);
        Ok(Some(Downloaded { file, etag, last_modified }))
    }

    /// Writes the body behind what is there already.
    fn receive(&mut self, response: Response, part: &PathBuf) -> Result<(), KnowledgeError> {
        let offset = match response.outcome {
            Outcome::Rest { offset } => offset,
            Outcome::Whole | Outcome::NotModified => 0,
        };
        let total = response.length.map(|length| length.saturating_add(offset));
        let failed = |error| KnowledgeError::io("write", part)(error);
        let mut file =
            File::options().create(true).truncate(false).write(true).open(part).map_err(failed)?;
        file.set_len(offset).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        let mut body = response.body;
        let mut buffer = vec![0; 256 << 10];
        let mut done = offset;
        loop {
            let count = body.read_some(&mut buffer)?;
            if count == 0 {
                break;
            }
            file.write_all(buffer.get(..count).unwrap_or(&[])).map_err(failed)?;
            done = done.saturating_add(count as u64);
            self.bytes = self.bytes.saturating_add(count as u64);
            self.progress.bytes(done, total);
        }
        Ok(())
    }

    /// Moves a finished download to where records are checked and kept.
    fn adopt(&self, part: &PathBuf) -> Result<NewFile, KnowledgeError> {
        let file = self.folder.create("records")?;
        fs::rename(part, file.path()).map_err(KnowledgeError::io("rename", part))?;
        file.reopened()
    }

    fn unfinished(&self, name: &str, source: &str) -> Option<Unfinished> {
        let bytes = fs::read(self.folder.file(&note_name(name))).ok()?;
        let note: Unfinished = serde_json::from_slice(&bytes).ok()?;
        (note.source == source).then_some(note)
    }

    /// Without a validator nothing can be resumed, so nothing is noted.
    fn note_unfinished(&self, name: &str, source: &str, validator: Option<&str>) {
        let Some(validator) = validator else { return self.forget_note(name) };
        let note = Unfinished { source: source.to_owned(), validator: validator.to_owned() };
        if let Ok(bytes) = serde_json::to_vec(&note) {
            let _ = self.folder.write(&note_name(name), &bytes);
        }
    }

    fn forget(&self, name: &str) {
        self.forget_note(name);
        let _ = fs::remove_file(self.folder.file("downloads").join(format!("{name}.part")));
    }

    fn forget_note(&self, name: &str) {
        let _ = fs::remove_file(self.folder.file(&note_name(name)));
    }
}

fn note_name(name: &str) -> String {
    format!("downloads/{name}.json")
}
