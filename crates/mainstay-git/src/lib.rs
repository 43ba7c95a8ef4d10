//! Reads the files of a git revision. The one room that runs `git`.
//!
//! The repository is hostile input: whoever wrote it also wrote its `.git/config`. So only plumbing
//! runs that needs neither the index nor a filter (`rev-parse`, `ls-tree`, `cat-file`), with an
//! environment of its own, without the user's and the system's configuration, without a pager, a
//! file system monitor, hooks, replaced objects and any fetch. `git` itself is looked for in the
//! absolute folders of the search path only, never in the repository.
//!
//! What is written to disk is confined to one folder: names that lead out of it, links and
//! submodules are left out, and what is left out is told.
//!
//! Standard: the pages git-rev-parse, git-ls-tree and git-cat-file of git's own manual.

mod call;
mod error;
mod export;
mod tree;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use call::Git;
pub use error::GitError;
pub use export::{ExportLimits, Exported};

/// A repository with a working tree.
pub struct Repository {
    git: Git,
    top: PathBuf,
}

/// A commit that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit(String);

impl Commit {
    /// Its full id.
    pub fn id(&self) -> &str {
        &self.0
    }
}

impl Repository {
    /// The repository around a folder. `search_path` is where `git` is looked for: the value of
    /// `PATH`.
    ///
    /// # Errors
    /// `git` is not installed, or the folder lies in no working tree.
    pub fn around(folder: &Path, search_path: Option<&OsStr>) -> Result<Self, GitError> {
        let folder = folder.canonicalize().map_err(|error| GitError::folder(folder, &error))?;
        let program = call::find(search_path).ok_or(GitError::NotInstalled)?;
        let git = Git { program, folder: folder.clone() };
        let said = git.text(&["rev-parse", "--show-toplevel"]);
        let top = match said {
            Ok(text) => PathBuf::from(text.trim_end_matches(['\n', '\r'])),
            Err(GitError::Failed { said, .. }) if said.contains("work tree") => {
                return Err(GitError::Bare { folder });
            }
            Err(GitError::Failed { said, .. }) if said.contains("not a git repository") => {
                return Err(GitError::NoRepository { folder });
            }
            Err(error) => return Err(error),
        };
        let top = top.canonicalize().map_err(|error| GitError::folder(&top, &error))?;
        Ok(Self { git, top })
    }

    /// The folder of the working tree: absolute, without links.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// The commit that a revision names.
    ///
    /// # Errors
    /// There is none of that name; or not here, because the clone is shallow.
    pub fn commit(&self, revision: &str) -> Result<Commit, GitError> {
        let wanted = format!("{revision}^{{commit}}");
        let said = self.git.text(&["rev-parse", "--verify", "--end-of-options", &wanted]);
        let id = match said {
            Ok(text) => text.trim().to_owned(),
            Err(GitError::Failed { .. }) => return Err(self.no_revision(revision)),
            Err(error) => return Err(error),
        };
        // A shallow clone may name a commit whose tree is not there.
        let tree = format!("{id}^{{tree}}");
        match self.git.text(&["cat-file", "-e", &tree]) {
            Ok(_) => Ok(Commit(id)),
            Err(GitError::Failed { .. }) => Err(self.no_revision(revision)),
            Err(error) => Err(error),
        }
    }

    fn no_revision(&self, revision: &str) -> GitError {
        let revision = revision.to_owned();
        let shallow = self.git.text(&["rev-parse", "--is-shallow-repository"]);
        if shallow.is_ok_and(|text| text.trim() == "true") {
            GitError::Shallow { revision }
        } else {
            GitError::NoRevision { revision }
        }
    }

    /// Writes the wanted files of a commit that lie below a folder of the repository (relative to
    /// its top, with `/`; empty for all) into a folder, under their paths in the repository.
    /// `wanted` is asked with the path and the size in bytes.
    ///
    /// # Errors
    /// `git` fails, or the disk does.
    pub fn export(
        &self,
        commit: &Commit,
        below: &str,
        wanted: &dyn Fn(&str, u64) -> bool,
        limits: ExportLimits,
        into: &Path,
    ) -> Result<Exported, GitError> {
        export::export(&self.git, commit, below, wanted, limits, into)
    }
}
