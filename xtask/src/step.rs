//! A named step, how it ended, and the summary of several.

use std::time::{Duration, Instant};

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was done and found nothing wrong.
    Passed,
    /// It was done and found something wrong.
    Failed(String),
    /// It could not be done here. That is neither passed nor failed, and is said.
    LeftOut(String),
}

impl Outcome {
    /// Passed when nothing is wrong, else failed with one line per fault.
    pub(crate) fn of_faults(faults: &[String]) -> Self {
        if faults.is_empty() {
            println!("  nothing wrong");
            return Self::Passed;
        }
        for fault in faults {
            println!("  {fault}");
        }
        Self::Failed(format!("{} fault(s), see above", faults.len()))
    }
}

/// Steps that have been run, in order.
#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<(&'static str, Outcome, Duration)>,
}

impl Report {
    /// Runs a step and keeps how it ended. An error of the step's own is a failure.
    pub(crate) fn run(
        &mut self,
        name: &'static str,
        step: impl FnOnce() -> anyhow::Result<Outcome>,
    ) {
        println!("== {name}");
        let start = Instant::now();
        let outcome = step().unwrap_or_else(|error| Outcome::Failed(format!("{error:#}")));
        self.lines.push((name, outcome, start.elapsed()));
    }

    /// Prints one line per step. Fails when a step failed, or, if nothing may be left out, when
    /// one was.
    pub(crate) fn finish(self, nothing_left_out: bool) -> Outcome {
        println!("\n== summary");
        let mut bad = Vec::new();
        for (name, outcome, took) in &self.lines {
            let seconds = took.as_secs_f32();
            match outcome {
                Outcome::Passed => println!("passed    {seconds:6.1} s  {name}"),
                Outcome::Failed(why) => {
                    println!("FAILED    {seconds:6.1} s  {name}: {why}");
                    bad.push(*name);
                }
                Outcome::LeftOut(why) => {
                    println!("left out  {seconds:6.1} s  {name}: {why}");
                    if nothing_left_out {
                        bad.push(*name);
                    }
                }
            }
        }
        if bad.is_empty() { Outcome::Passed } else { Outcome::Failed(bad.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcome: Outcome) -> Report {
        let mut report = Report::default();
        report.run("fine", || Ok(Outcome::Passed));
        report.run("other", || Ok(outcome));
        report
    }

    #[test]
    fn one_failed_step_fails_the_whole() {
        let outcome = report(Outcome::Failed("broken".into())).finish(false);
        assert_eq!(outcome, Outcome::Failed("other".into()));
    }

    #[test]
    fn a_step_that_errs_has_failed() {
        let mut report = Report::default();
        report.run("errs", || Err(anyhow::anyhow!("no such tool")));
        assert_eq!(report.finish(false), Outcome::Failed("errs".into()));
    }

    #[test]
    fn a_step_left_out_fails_only_where_nothing_may_be() {
        assert_eq!(report(Outcome::LeftOut("no data".into())).finish(false), Outcome::Passed);
        assert_eq!(
            report(Outcome::LeftOut("no data".into())).finish(true),
            Outcome::Failed("other".into())
        );
    }
}
