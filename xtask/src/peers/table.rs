//! The measurements, and the Markdown table of their medians.

use std::ffi::OsString;
use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, bail};

use super::answers::{Answer, Teller};
use super::measure::{Usage, measured};

/// One program on one input.
pub(super) struct Case {
    pub(super) input: &'static str,
    pub(super) teller: Teller,
    pub(super) command: Vec<OsString>,
}

/// All measurements, in the order in which the cases first came.
#[derive(Default)]
pub(super) struct Table {
    rows: Vec<Row>,
}

struct Row {
    input: &'static str,
    teller: Teller,
    answer: Answer,
    usages: Vec<Usage>,
}

impl Table {
    /// Runs a case once and keeps what it used.
    pub(super) fn measure(&mut self, scratch: &Path, case: &Case) -> anyhow::Result<()> {
        let (usage, written) = measured(scratch, &case.command)?;
        let name = case.teller.name();
        if !case.teller.worked(usage.code) {
            bail!("{name} failed on {}: exit code {:?}", case.input, usage.code);
        }
        let answer = case.teller.answer(&written).with_context(|| {
            format!("{name} on {} wrote something that cannot be read", case.input)
        })?;
        self.keep(case.input, case.teller, answer, usage);
        Ok(())
    }

    fn keep(&mut self, input: &'static str, teller: Teller, answer: Answer, usage: Usage) {
        let same = |row: &&mut Row| row.input == input && row.teller == teller;
        match self.rows.iter_mut().find(same) {
            Some(row) => row.usages.push(usage),
            None => self.rows.push(Row { input, teller, answer, usages: vec![usage] }),
        }
    }

    /// One row per case: medians, counts, and how many times Mainstay's CPU time it took.
    pub(super) fn markdown(&self) -> String {
        let mut text = String::from(
            "| input | program | CPU ms | times Mainstay's | wall ms | peak MiB | packages | findings |\n\
             | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        );
        for row in &self.rows {
            let own = self
                .rows
                .iter()
                .find(|other| other.input == row.input && other.teller == Teller::Mainstay)
                .map(|own| row.median(|usage| usage.cpu_ms) / own.median(|usage| usage.cpu_ms));
            let _ = writeln!(
                text,
                "| {} | {} | {:.1} | {} | {:.0} | {:.1} | {} | {} |",
                row.input,
                row.teller.name(),
                row.median(|usage| usage.cpu_ms),
                own.map_or("-".to_owned(), |times| format!("{times:.1}")),
                row.median(|usage| usage.wall_ms),
                row.median(|usage| usage.peak_mib),
                shown(row.answer.packages),
                shown(row.answer.findings),
            );
        }
        text
    }
}

impl Row {
    fn median(&self, figure: impl Fn(&Usage) -> f64) -> f64 {
        let mut figures: Vec<f64> = self.usages.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

fn shown(count: Option<usize>) -> String {
    count.map_or("-".to_owned(), |count| count.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(cpu_ms: f64) -> Usage {
        Usage { cpu_ms, wall_ms: 2.0 * cpu_ms, peak_mib: 10.0, code: Some(0) }
    }

    #[test]
    fn a_row_shows_medians_and_the_ratio_to_mainstay() {
        let mut table = Table::default();
        let found = Answer { packages: Some(5), findings: Some(1) };
        for cpu in [9.0, 4.0, 5.0] {
            table.keep("a", Teller::Mainstay, found, usage(cpu));
        }
        let listed = Answer { packages: Some(5), findings: None };
        table.keep("a", Teller::Syft, listed, usage(50.0));
        let text = table.markdown();
        assert!(text.contains("| a | mainstay | 5.0 | 1.0 | 10 | 10.0 | 5 | 1 |"), "{text}");
        assert!(text.contains("| a | syft 1.18.1 | 50.0 | 10.0 | 100 | 10.0 | 5 | - |"), "{text}");
    }

    #[test]
    fn without_mainstay_there_is_no_ratio() {
        let mut table = Table::default();
        table.keep("a", Teller::Syft, Answer { packages: None, findings: None }, usage(1.0));
        assert!(table.markdown().contains("| 1.0 | - |"));
    }
}
