//! Programs in images, looked at while their layer goes by.
//!
//! A program may have hundreds of megabytes, and an image hundreds of programs. So only what each
//! says is remembered, under a number. One that says nothing is counted with the other files, as in
//! a walk; but an image is what runs, so whoever it belongs to is asked too.

use mainstay_archives::{ArchiveError, Budget, Limits};
use mainstay_artifacts::{Artifact, PROGRAM, is_program, names_its_packages};
use mainstay_images::Onlooker;
use mainstay_reading::Inventory;

use crate::source::{Failure, archive_failure};

/// The most packages that the programs of an image, hidden ones too, may name together. An image
/// with a hundred large programs has some ten thousand.
const PACKAGES: usize = 1_000_000;

/// The number of every program that says nothing: an image may have millions.
pub(super) const SILENT: usize = usize::MAX;

/// What the programs of an image said.
#[derive(Default)]
pub(super) struct Programs {
    said: Vec<Result<Inventory, ArchiveError>>,
    packages: usize,
}

/// Whether a file is no program, or one that does not say what it was built from.
pub(super) fn is_silent(content: &[u8]) -> bool {
    !is_program(content) || !names_its_packages(&content)
}

impl Programs {
    /// What the program with this number said.
    pub(super) fn said(&self, number: usize) -> Result<&Inventory, Failure> {
        match self.said.get(number) {
            Some(Ok(inventory)) => Ok(inventory),
            Some(Err(error)) => Err(archive_failure(error.clone())),
            None => Err(archive_failure(ArchiveError::damaged("the program was not read"))),
        }
    }

    fn read(&mut self, path: &str, content: &[u8]) -> Result<Inventory, ArchiveError> {
        if self.packages > PACKAGES {
            let message = format!("the programs before it name more than {PACKAGES} packages");
            return Err(ArchiveError::spent(message));
        }
        let file_name = path.rsplit('/').next().unwrap_or(path);
        let budget = Budget::new(Limits::default());
        let said = (PROGRAM.read)(&Artifact { source: &content, file_name, budget: &budget })?;
        self.packages = self.packages.saturating_add(said.packages.len());
        Ok(said)
    }
}

impl Onlooker for Programs {
    fn looks_at(&self, _path: &str, first: &[u8]) -> bool {
        is_program(first)
    }

    fn look(&mut self, path: &str, content: Result<&[u8], ArchiveError>) -> Option<usize> {
        let said = match content {
            Ok(content) if !names_its_packages(&content) => return Some(SILENT),
            Ok(content) => self.read(path, content),
            Err(error) => Err(error),
        };
        self.said.push(said);
        Some(self.said.len() - 1)
    }
}
