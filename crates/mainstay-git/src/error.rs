//! What can go wrong, and what to do about it.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a revision could not be read.
#[derive(Debug, Error)]
pub enum GitError {
    /// No `git` in the search path.
    #[error(
        "git is not installed, or not in an absolute folder of PATH; a revision can only be read with it"
    )]
    NotInstalled,
    /// The folder lies in no repository.
    #[error("{} lies in no git repository, so nothing can be compared with a revision", folder.display())]
    NoRepository {
        /// The folder.
        folder: PathBuf,
    },
    /// The repository has no working tree.
    #[error("{} is a bare git repository; check a working tree out and name a path in it", folder.display())]
    Bare {
        /// The folder.
        folder: PathBuf,
    },
    /// No such revision.
    #[error(
        "there is no revision \"{revision}\" in this repository; name a branch, a tag or a commit that `git log` shows"
    )]
    NoRevision {
        /// As it was named.
        revision: String,
    },
    /// No such revision, and the clone is shallow.
    #[error(
        "the revision \"{revision}\" is not in this clone, which is shallow; fetch it first: \
         `git fetch --depth=1 origin {revision}` (then name FETCH_HEAD), or `git fetch --unshallow`"
    )]
    Shallow {
        /// As it was named.
        revision: String,
    },
    /// `git` failed.
    #[error("git {command} failed: {said}")]
    Failed {
        /// What was asked.
        command: String,
        /// What it said.
        said: String,
    },
    /// `git` said something that its manual does not describe.
    #[error("git {command} gave an answer that cannot be read; is this git 2.24 or later?")]
    Unreadable {
        /// What was asked.
        command: String,
    },
    /// More than the limits allow.
    #[error("the revision holds more than {0}, which is more than is compared")]
    TooLarge(String),
    /// The disk.
    #[error("{}: {cause}", path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: String,
    },
}

impl GitError {
    pub(crate) fn folder(path: &Path, error: &std::io::Error) -> Self {
        Self::Disk { path: path.to_owned(), cause: error.to_string() }
    }
}
