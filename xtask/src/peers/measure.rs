//! What one command used: CPU time, wall time, peak memory.
//!
//! The peak that a system reports for a child counts from the memory that it shared with its
//! parent before `exec`. So the command is started by a fresh, small process of this program
//! (`cargo xtask measure`) and never by the one that holds the advisory data.

#![expect(clippy::indexing_slicing, reason = "only JSON is indexed: a missing key is null")]

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use wait4::Wait4;

use super::own_program;
use crate::step::Outcome;

/// What to start, and where its answers go.
#[derive(Args)]
pub(crate) struct Options {
    /// Where the usage is written, as JSON
    #[arg(long)]
    usage: PathBuf,
    /// Where the command's standard output is written
    #[arg(long)]
    output: PathBuf,
    /// Seconds after which the command is killed. Its standard error goes to the output then
    #[arg(long)]
    limit: Option<u64>,
    /// The command
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// What a command used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Usage {
    /// User and system time, in milliseconds.
    pub(super) cpu_ms: f64,
    /// From start to end, in milliseconds.
    pub(super) wall_ms: f64,
    /// The largest resident set, in MiB.
    pub(super) peak_mib: f64,
    /// The exit code; `None` when a signal ended it.
    pub(super) code: Option<i64>,
}

/// What a program that may not end, and may talk on both its outputs, is allowed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// After so many seconds it is killed.
    pub(super) seconds: u64,
}

/// What keeps Python programs from calling home and from using more cores than are measured.
const QUIET: [(&str, &str); 5] = [
    ("SYFT_CHECK_FOR_APP_UPDATE", "false"),
    ("PROMPTFOO_DISABLE_TELEMETRY", "1"),
    ("NO_ANALYTICS", "1"),
    ("PYTHONWARNINGS", "ignore"),
    ("OMP_NUM_THREADS", "1"),
];

/// Runs one command and writes what it used. This is the small process.
pub(crate) fn run(options: &Options) -> anyhow::Result<Outcome> {
    let (program, arguments) = options.command.split_first().context("no command")?;
    let output = File::create(&options.output).context("cannot write the output")?;
    let mut command = Command::new(program);
    command.args(arguments).envs(QUIET).stdin(Stdio::null());
    match options.limit {
        Some(_) => command.stderr(output.try_clone().context("cannot write the output")?),
        None => command.stderr(Stdio::inherit()),
    };
    let start = Instant::now();
    let child = command
        .stdout(output)
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let ended = options.limit.map(|seconds| kill_after(child.id(), Duration::from_secs(seconds)));
    let used = child.wait4().context("cannot wait for the command")?;
    drop(ended);
    let wall = start.elapsed();
    let cpu = used.rusage.utime + used.rusage.stime;
    let usage = json!({
        "cpu_us": cpu.as_micros(),
        "wall_us": wall.as_micros(),
        "peak_bytes": used.rusage.maxrss,
        "code": used.status.code(),
    });
    fs::write(&options.usage, usage.to_string()).context("cannot write the usage")?;
    Ok(Outcome::Passed)
}

/// Kills a process after some time, unless what this gives is dropped before.
fn kill_after(process: u32, time: Duration) -> mpsc::Sender<()> {
    let (ended, end) = mpsc::channel::<()>();
    thread::spawn(move || {
        if end.recv_timeout(time) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").args(["-9", &process.to_string()]).status();
        }
    });
    ended
}

/// Measures one command. Gives what it used and what it wrote to its standard output.
pub(super) fn measured(scratch: &Path, command: &[OsString]) -> anyhow::Result<(Usage, Vec<u8>)> {
    measured_as(scratch, command, None)
}

/// Measures one command that is killed when it takes too long. Gives what it used and what it
/// wrote to both its outputs.
pub(super) fn measured_within(
    scratch: &Path,
    command: &[OsString],
    limits: Limits,
) -> anyhow::Result<(Usage, Vec<u8>)> {
    measured_as(scratch, command, Some(limits))
}

fn measured_as(
    scratch: &Path,
    command: &[OsString],
    limits: Option<Limits>,
) -> anyhow::Result<(Usage, Vec<u8>)> {
    let usage = scratch.join("usage.json");
    let output = scratch.join("output");
    let mut measure = Command::new(own_program()?);
    measure.arg("measure").arg("--usage").arg(&usage).arg("--output").arg(&output);
    if let Some(limits) = limits {
        measure.arg("--limit").arg(limits.seconds.to_string());
    }
    let status = measure.arg("--").args(command).status()?;
    if !status.success() {
        bail!("the measurement ended with {status}");
    }
    let usage = read_usage(&fs::read(&usage)?).context("the usage is not as it was written")?;
    Ok((usage, fs::read(&output)?))
}

#[expect(clippy::cast_precision_loss, reason = "micro-seconds and bytes of one run fit 52 bits")]
fn read_usage(bytes: &[u8]) -> Option<Usage> {
    let usage: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    Some(Usage {
        cpu_ms: usage["cpu_us"].as_u64()? as f64 / 1e3,
        wall_ms: usage["wall_us"].as_u64()? as f64 / 1e3,
        peak_mib: usage["peak_bytes"].as_u64()? as f64 / f64::from(1 << 20),
        code: usage["code"].as_i64(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usage_of_a_command_is_written_and_read() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            usage: folder.path().join("usage.json"),
            output: folder.path().join("output"),
            limit: None,
            command: vec!["sh".into(), "-c".into(), "echo said; exit 3".into()],
        };
        run(&options).unwrap();
        let usage = read_usage(&fs::read(&options.usage).unwrap()).unwrap();
        assert_eq!(usage.code, Some(3));
        assert!(usage.peak_mib > 0.0 && usage.wall_ms > 0.0);
        assert_eq!(fs::read(&options.output).unwrap(), b"said\n");
    }

    #[test]
    fn a_command_that_takes_too_long_is_killed() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            usage: folder.path().join("usage.json"),
            output: folder.path().join("output"),
            limit: Some(1),
            command: ["sh", "-c", "echo said >&2; exec sleep 60"].map(OsString::from).into(),
        };
        run(&options).unwrap();
        let usage = read_usage(&fs::read(&options.usage).unwrap()).unwrap();
        assert_eq!(usage.code, None);
        assert!(usage.wall_ms < 30_000.0);
        assert_eq!(fs::read(&options.output).unwrap(), b"said\n");
    }
}
