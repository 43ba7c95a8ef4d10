//! Programs and models in images, looked at while their layer goes by.
//!
//! A program may have hundreds of megabytes, a model more, and an image hundreds of them. So only
//! what each says is remembered, under a number. A program that says nothing is counted with the
//! other files, as in a walk; but an image is what runs, so whoever it belongs to is asked too.

use std::ffi::OsStr;

use mainstay_archives::{ArchiveError, Budget, Limits};
use mainstay_artifacts::{Artifact, PROGRAM, is_program, names_its_packages};
use mainstay_images::Onlooker;
use mainstay_modelfiles::has_model_name;
use mainstay_reading::Inventory;

use crate::kind::Kind;
use crate::model;
use crate::source::{Failure, archive_failure};
use crate::walk;

/// The most packages that the programs of an image, hidden ones too, may name together. An image
/// with a hundred large programs has some ten thousand.
const PACKAGES: usize = 1_000_000;

/// The number of every program that says nothing: an image may have millions.
pub(super) const SILENT: usize = usize::MAX;

/// What the programs and models of an image said.
#[derive(Default)]
pub(super) struct Shown {
    said: Vec<(Kind, Result<Inventory, ArchiveError>)>,
    packages: usize,
}

/// Whether a file is no program, or one that does not say what it was built from.
pub(super) fn is_silent(content: &[u8]) -> bool {
    !is_program(content) || !names_its_packages(&content)
}

impl Shown {
    /// What the file with this number is.
    pub(super) fn kind(&self, number: usize) -> Kind {
        self.said.get(number).map_or(Kind::PROGRAM, |(kind, _)| *kind)
    }

    /// What the file with this number said.
    pub(super) fn said(&self, number: usize) -> Result<&Inventory, Failure> {
        match self.said.get(number) {
            Some((_, Ok(inventory))) => Ok(inventory),
            Some((_, Err(error))) => Err(archive_failure(error.clone())),
            None => Err(archive_failure(ArchiveError::damaged("the file was not read"))),
        }
    }

    fn program(&mut self, file_name: &str, content: &[u8]) -> Result<Inventory, ArchiveError> {
        if self.packages > PACKAGES {
            let message = format!("the programs before it name more than {PACKAGES} packages");
            return Err(ArchiveError::spent(message));
        }
        let budget = Budget::new(Limits::default());
        let artifact = Artifact { source: &content, file_name, budget: &budget, onlooker: None };
        let said = (PROGRAM.read)(&artifact)?;
        self.packages = self.packages.saturating_add(said.packages.len());
        Ok(said)
    }
}

impl Onlooker for Shown {
    fn looks_at(&self, path: &str, first: &[u8], size: u64) -> bool {
        is_program(first) || may_be_model(path, first, size)
    }

    fn look(&mut self, path: &str, content: Result<&[u8], ArchiveError>) -> Option<usize> {
        let file_name = name(path);
        let said = match content {
            Ok(content) if !is_program(content) => {
                (Kind::Model, Ok(model::in_memory(file_name, content)?))
            }
            Ok(content) if !names_its_packages(&content) => return Some(SILENT),
            Ok(content) => (Kind::PROGRAM, self.program(file_name, content)),
            Err(error) if has_model_name(file_name) => (Kind::Model, Err(error)),
            Err(error) => (Kind::PROGRAM, Err(error)),
        };
        self.said.push(said);
        Some(self.said.len() - 1)
    }
}

fn may_be_model(path: &str, first: &[u8], size: u64) -> bool {
    let name = name(path);
    // Of what wraps something the content will be asked, once it is here.
    walk::may_be_model(OsStr::new(name)) && model::is_one(name, first, size, || true)
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
