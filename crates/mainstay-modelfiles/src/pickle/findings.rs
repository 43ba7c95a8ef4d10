//! What the machine has to tell, until the reading of a part is over.

use std::collections::HashMap;

use mainstay_reading::{Danger, DangerCode};

use super::globals::{Global, Globals};
use super::names::Hidden;
use super::policy::{Sink, Sort, Standing};
use crate::examination::Examination;
use crate::part::Part;

/// The most calls of one name that are told one by one.
const TOLD: u64 = 8;

/// A danger before it has a place.
#[derive(Clone, Debug)]
struct Finding {
    at: usize,
    code: DangerCode,
    message: String,
    shown: Option<String>,
    advisory: Option<&'static str>,
}

/// What was found in a part.
#[derive(Debug, Default)]
pub(super) struct Findings {
    list: Vec<Finding>,
    /// How many there were of each sort, with those for which there was no room.
    counts: HashMap<DangerCode, u64>,
}

/// The most findings of one sort that are gathered of a part, so that none crowds out another. The
/// examination tells fewer.
const GATHERED: u64 = 500;

impl Findings {
    /// Notes something; `shown` is the call.
    pub(super) fn note(
        &mut self,
        at: usize,
        code: DangerCode,
        message: impl Into<String>,
        shown: Option<String>,
    ) {
        self.push(Finding { at, code, message: message.into(), shown, advisory: None });
    }

    /// Notes the technique of a published advisory.
    pub(super) fn note_known(
        &mut self,
        at: usize,
        code: DangerCode,
        message: &str,
        shown: Option<String>,
        advisory: &'static str,
    ) {
        let advisory = Some(advisory);
        self.push(Finding { at, code, message: message.to_owned(), shown, advisory });
    }

    /// Notes a call of a name that is not known to be harmless. `before` counts those that were
    /// told before.
    pub(super) fn note_call(
        &mut self,
        at: usize,
        global: &Global,
        before: u64,
        giveaway: Option<Sort>,
        shown: String,
    ) {
        let is_unknown = global.standing == Standing::Unknown && giveaway.is_none();
        let most = if is_unknown { 1 } else { TOLD };
        if before < most {
            let (code, advisory) = match giveaway {
                Some(sort) => (code_of(sort), None),
                None => told_as(global.standing),
            };
            let message = call_message(global, giveaway);
            self.push(Finding { at, code, message, shown: Some(shown), advisory });
        }
    }

    /// Notes the names that were imported and never called.
    pub(super) fn note_imports(&mut self, globals: &Globals) {
        for global in globals.never_called() {
            if let Some(message) = import_message(global) {
                let (code, advisory) = told_as(global.standing);
                let shown = Some(format!("from {} import {}", global.module, global.name));
                self.push(Finding { at: global.at, code, message, shown, advisory });
            }
        }
    }

    /// Whether there is room for another of its sort. If not it is counted, and nothing has to be
    /// put into words.
    pub(super) fn has_room(&mut self, code: DangerCode) -> bool {
        let count = self.counts.entry(code).or_default();
        let has_room = *count < GATHERED;
        *count += u64::from(!has_room);
        has_room
    }

    /// How many there were, with those for which there was no room.
    pub(super) fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Tells everything, in the order of the file.
    pub(super) fn tell(mut self, part: &Part<'_>, examination: &mut Examination<'_>) {
        examination.leaves_untold(self.counts.values().map(|count| count.saturating_sub(GATHERED)));
        self.list.sort_by_key(|finding| finding.at);
        for finding in self.list {
            let place = part.at(finding.at as u64);
            let mut danger =
                Danger::new(finding.code, place, finding.message).known_as(finding.advisory);
            if let Some(shown) = finding.shown {
                danger = danger.shown(shown);
            }
            examination.danger(danger);
        }
    }

    fn push(&mut self, finding: Finding) {
        if self.has_room(finding.code) {
            *self.counts.entry(finding.code).or_default() += 1;
            self.list.push(finding);
        }
    }
}

fn told_as(standing: Standing) -> (DangerCode, Option<&'static str>) {
    match standing {
        Standing::Sink(Sink { sort, advisory }) => (code_of(sort), advisory),
        Standing::Hidden(_) => (DangerCode::HidesCall, Some("GHSA-5j3x-jp52-966f")),
        Standing::Constructor | Standing::Checked(_) | Standing::Library | Standing::Unknown => {
            (DangerCode::UnknownCall, None)
        }
    }
}

/// The danger of a call that does this.
pub(super) fn code_of(sort: Sort) -> DangerCode {
    match sort {
        Sort::Code | Sort::Scanner => DangerCode::RunsCode,
        Sort::Files | Sort::Opens => DangerCode::TouchesFiles,
        Sort::Network => DangerCode::UsesNetwork,
        Sort::Hides | Sort::Wraps => DangerCode::HidesCall,
        Sort::Changes => DangerCode::ChangesLibrary,
    }
}

fn call_message(global: &Global, giveaway: Option<Sort>) -> String {
    let path = &global.path;
    if let Some(sort) = giveaway {
        let harm = harm(sort);
        return format!(
            "loading calls {path}, which no model has to call, and which by its name or by what \
             it is given {harm}"
        );
    }
    match global.standing {
        Standing::Sink(sink) => format!("loading calls {path}, which {}", harm(sink.sort)),
        Standing::Hidden(hidden) => format!("loading calls {path}, {}", way(hidden)),
        Standing::Library => {
            format!("loading calls {path}, a part of a known library that no model has to call")
        }
        Standing::Checked(_) => {
            format!("loading calls {path} in a way that no model needs")
        }
        Standing::Constructor | Standing::Unknown if is_own_script(global) => format!(
            "loading calls {}, which the script that loads the file has to define",
            global.name
        ),
        Standing::Constructor | Standing::Unknown => {
            format!("loading calls {path}, of which nobody knows whether it is harmless")
        }
    }
}

fn import_message(global: &Global) -> Option<String> {
    let path = &global.path;
    match global.standing {
        Standing::Sink(sink) if !matches!(sink.sort, Sort::Opens | Sort::Wraps) => {
            let harm = harm(sink.sort);
            Some(format!("loading imports {path}, which {harm} when anything calls it"))
        }
        Standing::Hidden(hidden) => Some(format!("loading imports {path}, {}", way(hidden))),
        Standing::Unknown if is_own_script(global) => {
            Some(format!("loading takes {} from the script that loads the file", global.name))
        }
        Standing::Unknown => Some(format!(
            "loading imports {path}, of which nobody knows whether it is harmless: an import runs \
             the code of its module"
        )),
        Standing::Sink(_) | Standing::Constructor | Standing::Checked(_) | Standing::Library => {
            None
        }
    }
}

fn is_own_script(global: &Global) -> bool {
    matches!(&*global.module, "__main__" | "__mp_main__")
}

fn harm(sort: Sort) -> &'static str {
    match sort {
        Sort::Code => "runs code or starts a program",
        Sort::Files | Sort::Opens => "reads, writes or removes files",
        Sort::Network => "connects to somewhere",
        Sort::Hides | Sort::Wraps => "reaches or calls something else, whatever it may be",
        Sort::Changes => "changes what other code uses",
        Sort::Scanner => "is part of a scanner of model files, so as to deceive or disable it",
    }
}

fn way(hidden: Hidden) -> &'static str {
    match hidden {
        Hidden::Private => "which is a private part of Python or of a library",
        Hidden::Path => "by a path that goes through something that is no class",
        Hidden::Module => "which is a module that another one has imported",
    }
}
