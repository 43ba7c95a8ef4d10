//! Running a resolver: no shell, bounded in time and output, nothing on its standard input.
//!
//! The program is the user's own, found on the user's `PATH`, with the user's own settings (mirror,
//! proxy, credentials). What the project could say about how it runs stays outside the workshop.

use std::fmt;
use std::io::{ErrorKind, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use thiserror::Error;

/// A resolver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// Cargo.
    Cargo,
    /// npm.
    Npm,
    /// uv.
    Uv,
    /// pip.
    Pip,
}

impl Program {
    /// The command's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::Npm => "npm",
            Self::Uv => "uv",
            Self::Pip => "pip",
        }
    }
}

/// One question to a resolver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// Who is asked.
    pub program: Program,
    /// The arguments.
    pub arguments: Vec<String>,
    /// The folder in which it runs.
    pub folder: PathBuf,
}

impl fmt::Display for Invocation {
    /// As one would type it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.program.name())?;
        self.arguments.iter().try_for_each(|argument| write!(f, " {argument}"))
    }
}

/// What a resolver answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Whether it did what was asked.
    pub success: bool,
    /// Its result.
    pub stdout: String,
    /// What it said beside.
    pub stderr: String,
}

/// A resolver that could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ToolError {
    /// It is not installed.
    #[error("{0} is not installed, or not on the PATH")]
    Absent(&'static str),
    /// It did not end in time.
    #[error("{program} did not answer within {} s", limit.as_secs())]
    Late {
        /// Who.
        program: &'static str,
        /// The limit.
        limit: Duration,
    },
    /// The system could not run it.
    #[error("{program} could not be run: {why}")]
    Failed {
        /// Who.
        program: &'static str,
        /// The system's reason.
        why: String,
    },
}

/// Who runs resolvers: the system, or recorded answers in tests.
pub trait Run {
    /// Asks, and waits for the answer.
    fn run(&self, invocation: &Invocation) -> Result<Output, ToolError>;

    /// The folder in which Cargo keeps its copies of the index, if it is known.
    fn cargo_home(&self) -> Option<PathBuf>;
}

/// The programs of this machine.
#[derive(Clone, Debug, Default)]
pub struct SystemTools {
    /// Cargo's folder.
    pub cargo_home: Option<PathBuf>,
}

/// A resolver may download a large index the first time.
const LIMIT: Duration = Duration::from_mins(5);
/// More than this of what a resolver says is cut.
const MOST_BYTES: u64 = 4 << 20;
/// How often the end of a process is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(10);

impl Run for SystemTools {
    fn cargo_home(&self) -> Option<PathBuf> {
        self.cargo_home.clone()
    }

    fn run(&self, invocation: &Invocation) -> Result<Output, ToolError> {
        let program = invocation.program.name();
        let failed = |why: std::io::Error| ToolError::Failed { program, why: why.to_string() };
        let mut child = Command::new(program)
            .args(&invocation.arguments)
            .current_dir(&invocation.folder)
            .env("NO_COLOR", "1")
            .env("CARGO_TERM_COLOR", "never")
            // npm prepares packages from git with another npm, which sees no flag of the first.
            .env("npm_config_ignore_scripts", "true")
            .env_remove("VIRTUAL_ENV")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| {
                let absent = error.kind() == ErrorKind::NotFound;
                if absent { ToolError::Absent(program) } else { failed(error) }
            })?;
        let stdout = collect(child.stdout.take());
        let stderr = collect(child.stderr.take());
        let success = wait(&mut child, program).inspect_err(|_| {
            // It is late or lost: nothing more is wanted of it.
            let _ = child.kill();
            let _ = child.wait();
        })?;
        Ok(Output { success, stdout: text(stdout), stderr: text(stderr) })
    }
}

type Collector = std::thread::JoinHandle<Vec<u8>>;

/// Reads a pipe on a thread of its own, so that a resolver that says much is never stuck.
fn collect<R: Read + Send + 'static>(pipe: Option<R>) -> Collector {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is what there is.
            let _ = pipe.by_ref().take(MOST_BYTES).read_to_end(&mut bytes);
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        bytes
    })
}

fn text(collector: Collector) -> String {
    String::from_utf8_lossy(&collector.join().unwrap_or_default()).into_owned()
}

fn wait(child: &mut Child, program: &'static str) -> Result<bool, ToolError> {
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if start.elapsed() > LIMIT => {
                return Err(ToolError::Late { program, limit: LIMIT });
            }
            Ok(None) => std::thread::sleep(LOOK_EVERY),
            Err(error) => return Err(ToolError::Failed { program, why: error.to_string() }),
        }
    }
}
