//! How fast: medians of several runs on each input, as a Markdown table.

use std::fmt::Write;

use super::inputs::Input;
use super::programs::{Kind, Program};
use super::verdict::Verdict;
use super::{Bench, LONG_MS};
use crate::peers::measure::Usage;

/// All runs of one program on one input.
struct Row {
    kind: Kind,
    input: usize,
    verdict: Verdict,
    stopped: bool,
    usages: Vec<Usage>,
}

/// Runs every program on every input, alternating, and gives the table.
pub(super) fn measure(bench: &Bench<'_>, inputs: &[Input], runs: u32) -> anyhow::Result<String> {
    let mut rows: Vec<Row> = Vec::new();
    for round in 0..runs {
        println!("model files: round {} of {runs}", round + 1);
        for (number, input) in inputs.iter().enumerate() {
            for program in &bench.programs {
                if input.is_folder && !program.kind.takes_folders() {
                    continue;
                }
                let known = rows.iter_mut().find(|r| r.kind == program.kind && r.input == number);
                if known.as_ref().is_some_and(|row| row.was_long()) {
                    continue;
                }
                let ran = bench.ran(program, &[&input.path])?;
                match known {
                    Some(row) => row.usages.push(ran.usage),
                    None => rows.push(Row {
                        kind: program.kind,
                        input: number,
                        verdict: program.kind.verdict(&ran.said),
                        stopped: ran.usage.code.is_none(),
                        usages: vec![ran.usage],
                    }),
                }
            }
        }
    }
    Ok(markdown(&bench.programs, inputs, &rows))
}

fn markdown(programs: &[Program], inputs: &[Input], rows: &[Row]) -> String {
    let mut text = String::from(
        "| file | program | CPU s | MB/s | times Mainstay's | wall s | peak MiB | said | runs |\n\
         | --- | --- | ---: | ---: | ---: | ---: | ---: | --- | ---: |\n",
    );
    for (number, input) in inputs.iter().enumerate() {
        let row = |kind| rows.iter().find(|row| row.input == number && row.kind == kind);
        let own = row(Kind::Mainstay).map(|row| row.median(|usage| usage.cpu_ms));
        for program in programs {
            let name = program.name();
            let Some(row) = row(program.kind) else {
                let _ = writeln!(
                    text,
                    "| {} | {name} | - | - | - | - | - | takes no folders | 0 |",
                    input.name
                );
                continue;
            };
            let cpu = row.median(|usage| usage.cpu_ms);
            let more = if row.stopped { "> " } else { "" };
            // A speed is of those that looked at the file, to its end.
            let has_looked = !matches!(row.verdict, Verdict::Skipped | Verdict::Error);
            let speed = if has_looked && !row.stopped {
                format!("{:.1}", input.megabytes / (cpu / 1e3))
            } else {
                "-".to_owned()
            };
            let _ = writeln!(
                text,
                "| {} | {name} | {more}{:.3} | {speed} | {} | {:.2} | {:.1} | {} | {} |",
                input.name,
                cpu / 1e3,
                own.map_or("-".to_owned(), |own| format!("{more}{:.1}", cpu / own)),
                row.median(|usage| usage.wall_ms) / 1e3,
                row.median(|usage| usage.peak_mib),
                if row.stopped { "was stopped" } else { row.verdict.name() },
                row.usages.len(),
            );
        }
    }
    text
}

impl Row {
    /// Whether the last run took so long that one is enough.
    fn was_long(&self) -> bool {
        self.usages.last().is_some_and(|usage| usage.wall_ms.max(usage.cpu_ms) > LONG_MS)
    }

    fn median(&self, figure: impl Fn(&Usage) -> f64) -> f64 {
        let mut figures: Vec<f64> = self.usages.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::models::programs;

    #[test]
    fn a_row_has_medians_and_the_ratio_to_mainstay() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["mainstay", "fickling", "modelaudit"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let mainstay = folder.path().join("mainstay");
        let (programs, _) = programs::find(&mainstay, Some(folder.path())).unwrap();
        let path = folder.path().to_owned();
        let inputs = [Input { name: "a", path, megabytes: 20.0, is_folder: true }];
        let usage = |cpu_ms| Usage { cpu_ms, wall_ms: 500.0, peak_mib: 10.0, code: Some(0) };
        let row = |kind, stopped, cpu: &[f64]| Row {
            kind,
            input: 0,
            verdict: Verdict::Clean,
            stopped,
            usages: cpu.iter().copied().map(usage).collect(),
        };
        let rows = [
            row(Kind::Mainstay, false, &[300.0, 100.0, 200.0]),
            row(Kind::Modelaudit, true, &[4000.0]),
        ];
        let text = markdown(&programs, &inputs, &rows);
        assert!(text.contains("| a | mainstay | 0.200 | 100.0 | 1.0 | 0.50 | 10.0 | clean | 3 |"));
        assert!(text.contains("| a | fickling | - | - | - | - | - | takes no folders | 0 |"));
        assert!(
            text.contains("| > 4.000 | - | > 20.0 | 0.50 | 10.0 | was stopped | 1 |"),
            "{text}"
        );
    }
}
