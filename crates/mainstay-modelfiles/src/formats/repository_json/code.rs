//! Code that settings name: where it is, and what it does.

use mainstay_reading::{Danger, DangerCode, NearbyError, Place};
use mainstay_types::Severity;

use crate::examination::Examination;
use crate::format::ending_of;
use crate::neighbours::{HANDLER, WHEN_SERVED};
use crate::part::Part;
use crate::python_source::{self, READ};

/// Code that transformers runs in place of its own way to generate text.
const GENERATE: &str = "custom_generate/generate.py";
/// The most names of classes that a message lists.
const LISTED: usize = 8;

/// The code that was named so far.
#[derive(Default)]
pub(super) struct Code {
    named: Vec<Named>,
    /// Whether more was named than is kept.
    is_cut: bool,
    /// Whether the settings are those of a model that can generate.
    pub(super) is_of_model: bool,
}

/// One file of code, here or in another repository.
struct Named {
    /// `owner/name` of the other repository.
    repository: Option<String>,
    /// The file in it.
    file: String,
    classes: Vec<String>,
    /// Where it is named first.
    at: usize,
}

impl Code {
    /// `file.Class`, `owner/name--file.Class`.
    pub(super) fn class(&mut self, reference: &str, at: usize) {
        let (repository, inside) = match reference.split_once("--") {
            Some((repository, inside)) => (Some(repository), inside),
            None => (None, reference),
        };
        let (module, class) = inside.rsplit_once('.').unwrap_or((inside, ""));
        self.add(repository, module, class, at);
    }

    /// `file`, `owner/name`, `owner/name--file`.
    pub(super) fn module(&mut self, reference: &str, at: usize) {
        match reference.split_once("--") {
            Some((repository, inside)) => self.add(Some(repository), inside, "", at),
            None => self.add(None, reference.trim_end_matches(".py"), "", at),
        }
    }

    /// What another library takes code by: `file.py` of here, or `owner/name`.
    pub(super) fn elsewhere(&mut self, reference: &str, at: usize) {
        let is_file = ending_of(reference) == "py";
        if reference.contains('/') && !is_file {
            self.add(Some(reference), "pipeline", "", at);
        } else {
            self.module(reference, at);
        }
    }

    fn add(&mut self, repository: Option<&str>, module: &str, class: &str, at: usize) {
        let file = format!("{}.py", module.replace('.', "/"));
        let repository = repository.map(str::to_owned);
        let same = |one: &&mut Named| one.file == file && one.repository == repository;
        if let Some(named) = self.named.iter_mut().find(same) {
            let is_new = !class.is_empty() && named.classes.iter().all(|one| one != class);
            if is_new && named.classes.len() < LISTED {
                named.classes.push(class.to_owned());
            }
        } else if self.named.len() < READ {
            let classes = if class.is_empty() { Vec::new() } else { vec![class.to_owned()] };
            self.named.push(Named { repository, file, classes, at });
        } else {
            self.is_cut = true;
        }
    }

    /// Tells of the code, and reads it where it lies beside the settings.
    pub(super) fn judge(mut self, part: &Part<'_>, examination: &mut Examination<'_>) {
        // No key names these files: they are run because they are there.
        if self.is_of_model && part.member.is_none() {
            if examination.nearby.read(GENERATE).is_ok() {
                self.add(None, GENERATE.trim_end_matches(".py"), "generate", 0);
            }
            handler(examination);
        }
        if self.is_cut {
            let reason = format!("the settings name more than {READ} files of code");
            examination.gap(part.whole(), reason, "read the rest before you load the model");
        }
        let mut files = Vec::new();
        for named in &self.named {
            if let Some(repository) = &named.repository {
                elsewhere(named, repository, part, examination);
            } else {
                here(named, part, examination);
                files.push(named.file.clone());
            }
        }
        // Inside of an archive the code is a member of its own, and is read as one.
        if part.member.is_none() {
            python_source::look_at_files(
                files,
                "when the model is loaded with trust_remote_code",
                examination,
            );
        }
    }
}

fn shown(named: &Named) -> String {
    let classes = named.classes.join(", ");
    let file: String = named.file.chars().take(200).collect();
    if classes.is_empty() { file } else { format!("{file}: {classes}") }
}

fn here(named: &Named, part: &Part<'_>, examination: &mut Examination<'_>) {
    let file = &named.file;
    let leaves = file.starts_with(['/', '\\']) || file.contains("..");
    let message = format!(
        "loading the model with trust_remote_code runs `{}` of this repository",
        file.chars().take(200).collect::<String>()
    );
    let severity = if leaves { Severity::High } else { Severity::Medium };
    let danger = Danger::new(DangerCode::RemoteCode, part.at(named.at as u64), message);
    examination.danger(danger.graded(severity).shown(shown(named)));
}

/// Tells of the code of an endpoint, and reads it.
fn handler(examination: &mut Examination<'_>) {
    if matches!(examination.nearby.read(HANDLER), Err(NearbyError::Absent)) {
        return;
    }
    let place = Place { file: Some(HANDLER.into()), ..Place::default() };
    let message = format!("an inference endpoint that serves the model runs `{HANDLER}` of it");
    let danger = Danger::new(DangerCode::RemoteCode, place, message);
    examination.danger(danger.graded(Severity::Medium).shown(HANDLER));
    python_source::look_at_script_beside(HANDLER, WHEN_SERVED, examination);
}

fn elsewhere(named: &Named, repository: &str, part: &Part<'_>, examination: &mut Examination<'_>) {
    let repository: String = repository.chars().take(200).collect();
    let pinned = if repository.contains('@') {
        ""
    } else {
        "; no revision is pinned, so its owner can change what runs at any time"
    };
    let message = format!(
        "loading the model with trust_remote_code runs code of another repository, \
         `{repository}`{pinned}"
    );
    let danger = Danger::new(DangerCode::RemoteCode, part.at(named.at as u64), message);
    examination.danger(danger.shown(format!("{repository}: {}", shown(named))));
}
