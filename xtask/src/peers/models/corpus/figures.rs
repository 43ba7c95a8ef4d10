//! The tables: recall and precision of each program, and what it found of each class.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use super::Entry;
use crate::peers::models::programs::Program;
use crate::peers::models::verdict::Verdict;

/// What one program says of the files that it was run on.
pub(super) struct Judged {
    name: String,
    pub(super) verdicts: HashMap<String, Verdict>,
    pub(super) cpu_ms: f64,
}

impl Judged {
    pub(super) fn of(program: &Program) -> Self {
        Self { name: program.name(), verdicts: HashMap::new(), cpu_ms: 0.0 }
    }
}

/// How many files of one kind got which verdict.
#[derive(Clone, Debug, Default)]
struct Counts(BTreeMap<Verdict, usize>);

impl Counts {
    fn of(&self, verdicts: &[Verdict]) -> usize {
        verdicts.iter().filter_map(|verdict| self.0.get(verdict)).sum()
    }

    fn all(&self) -> usize {
        self.0.values().sum()
    }

    /// A number and its share in percent.
    fn shown(&self, verdicts: &[Verdict]) -> String {
        format!("{} ({})", self.of(verdicts), percent(self.of(verdicts), self.all()))
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of files fit 52 bits")]
fn percent(some: usize, all: usize) -> String {
    if all == 0 { "-".to_owned() } else { format!("{:.1} %", 100.0 * some as f64 / all as f64) }
}

/// Both tables.
pub(super) fn markdown(entries: &[Entry], all: &[Judged]) -> String {
    let mut text = recall_and_precision(entries, all);
    for (label, title) in [("hostile", "Hostile"), ("benign", "Ordinary")] {
        let _ = write!(text, "\n{title} files by class: alerted + warned of all.\n\n");
        text.push_str(&by_class(entries, all, label));
    }
    text
}

fn recall_and_precision(entries: &[Entry], all: &[Judged]) -> String {
    use Verdict::{Alert, Clean, Error, Skipped, Unknown, Warn};
    let mut text = String::from(
        "| program | hostile | alerted | alerted or warned | unknown | clean or skipped | error \
         | ordinary | alerted in vain | warned in vain | clean | unknown | skipped | error \
         | precision of alerts | CPU s a file |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: \
         | ---: | ---: | ---: | ---: |\n",
    );
    for judged in all {
        let count = |hostile: bool| {
            let mut counts = Counts::default();
            for entry in entries.iter().filter(|entry| entry.is_hostile() == hostile) {
                if let Some(verdict) = judged.verdicts.get(&entry.path) {
                    *counts.0.entry(*verdict).or_default() += 1;
                }
            }
            counts
        };
        let (bad, good) = (count(true), count(false));
        let _ = write!(text, "| {} | {}", judged.name, bad.all());
        let columns: [&[Verdict]; 5] =
            [&[Alert], &[Alert, Warn], &[Unknown], &[Clean, Skipped], &[Error]];
        for verdicts in columns {
            let _ = write!(text, " | {}", bad.shown(verdicts));
        }
        let _ = write!(text, " | {}", good.all());
        for verdict in [Alert, Warn, Clean, Unknown, Skipped, Error] {
            let _ = write!(text, " | {}", good.shown(&[verdict]));
        }
        let alerts = bad.of(&[Alert]);
        let _ = writeln!(
            text,
            " | {} | {:.4} |",
            percent(alerts, alerts + good.of(&[Alert])),
            seconds_a_file(judged),
        );
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "numbers of files fit 52 bits")]
fn seconds_a_file(judged: &Judged) -> f64 {
    judged.cpu_ms / 1e3 / judged.verdicts.len().max(1) as f64
}

fn by_class(entries: &[Entry], all: &[Judged], label: &str) -> String {
    let mut text = String::from("| class | files |");
    for judged in all {
        let _ = write!(text, " {} |", judged.name);
    }
    let _ = writeln!(text, "\n| --- | ---: |{}", " --- |".repeat(all.len()));
    let mut classes: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.label == label) {
        classes.entry(&entry.class).or_default().push(entry);
    }
    for (class, members) in classes {
        let _ = write!(text, "| {class} | {} |", members.len());
        for judged in all {
            let mut counts = Counts::default();
            for verdict in members.iter().filter_map(|entry| judged.verdicts.get(&entry.path)) {
                *counts.0.entry(*verdict).or_default() += 1;
            }
            let (alerts, warnings) = (counts.of(&[Verdict::Alert]), counts.of(&[Verdict::Warn]));
            let _ = match counts.all() {
                0 => write!(text, " - |"),
                all => write!(text, " {alerts} + {warnings} of {all} |"),
            };
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, label: &str) -> Entry {
        Entry { path: path.into(), label: label.into(), class: "x".into() }
    }

    #[test]
    fn shares_are_of_the_files_that_a_program_was_run_on() {
        let entries = [
            entry("a", "hostile"),
            entry("b", "hostile"),
            entry("c", "benign"),
            entry("d", "benign"),
        ];
        let verdicts = [("a", Verdict::Alert), ("b", Verdict::Clean), ("c", Verdict::Alert)];
        let verdicts = verdicts.map(|(path, verdict)| (path.to_owned(), verdict)).into();
        let judged = Judged { name: "it".into(), verdicts, cpu_ms: 300.0 };
        let text = markdown(&entries, &[judged]);
        let row = "| it | 2 | 1 (50.0 %) | 1 (50.0 %) | 0 (0.0 %) | 1 (50.0 %) | 0 (0.0 %) | 1 | \
                   1 (100.0 %) |";
        assert!(text.contains(row), "{text}");
        assert!(text.contains("| 50.0 % | 0.1000 |"), "{text}");
        assert!(text.contains("| x | 2 | 1 + 0 of 2 |"), "{text}");
    }
}
