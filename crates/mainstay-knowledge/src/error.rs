//! Why the data folder could not be read or written, and what to do.

use std::io;
use std::path::{Path, PathBuf};

use mainstay_fetch::FetchError;
use mainstay_types::Ecosystem;
use thiserror::Error;

/// An error about the data folder.
#[derive(Debug, Error)]
pub enum KnowledgeError {
    /// A file or folder could not be read or written.
    #[error("cannot {doing} {path}: {source}; {advice}", path = path.display(), advice = io_advice(source))]
    Io {
        /// What was tried: `read`, `write`, `rename`.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A newer Mainstay wrote the folder.
    #[error(
        "the data folder {path} has format {found}, and this Mainstay knows formats up to {known}; \
         use a newer Mainstay, or another folder with `--data-dir`",
        path = path.display()
    )]
    Newer {
        /// The data folder.
        path: PathBuf,
        /// The format found.
        found: u64,
        /// The newest format known here.
        known: u64,
    },
    /// Another process is writing.
    #[error(
        "the data folder {path} is being written by another Mainstay; wait until it is done, \
         and try again",
        path = path.display()
    )]
    Locked {
        /// The data folder.
        path: PathBuf,
    },
    /// A file of the folder is not what was written there.
    #[error("{path} is damaged: {why}; {advice}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
        /// What to do.
        advice: &'static str,
    },
    /// Records that were taken in could not be compiled.
    #[error("cannot build the index of {ecosystem}: {why}")]
    Build {
        /// The ecosystem.
        ecosystem: Ecosystem,
        /// What is wrong.
        why: String,
    },
    /// A file given for import cannot be taken in at all.
    #[error("cannot import {path}: {why}", path = path.display())]
    Import {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A download failed.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// What was downloaded is not what was asked for.
    #[error("what {url} answers is no {wanted}: {why}; check the address in the settings")]
    Wrong {
        /// The address, secrets hidden.
        url: String,
        /// What was asked for.
        wanted: &'static str,
        /// What is wrong.
        why: String,
    },
}

impl KnowledgeError {
    /// A short stable name of the error, in kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "data-io",
            Self::Newer { .. } => "data-newer",
            Self::Locked { .. } => "data-locked",
            Self::Damaged { .. } => "data-damaged",
            Self::Build { .. } => "data-build",
            Self::Import { .. } => "data-import",
            Self::Fetch(error) => error.code(),
            Self::Wrong { .. } => "data-wrong-download",
        }
    }

    /// For `map_err`: what was being done with which path.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }

    /// A derived file that can be built again from the kept records.
    pub(crate) fn damaged(path: &Path, why: impl Into<String>) -> Self {
        let advice = "run `mainstay db update`, or `mainstay db import` with the same files again";
        Self::Damaged { path: path.to_owned(), why: why.into(), advice }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the enum is open: its owner may add variants")]
fn io_advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room on the disk; what was there before is unharmed"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "check the permissions, or name another folder with `--data-dir`"
        }
        io::ErrorKind::NotFound => "check the path",
        _ => "what was there before is unharmed",
    }
}
