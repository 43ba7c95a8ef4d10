//! Calling `git` so that nothing of the repository's configuration runs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::GitError;

/// The program and the folder that it works in.
pub(crate) struct Git {
    pub(crate) program: PathBuf,
    pub(crate) folder: PathBuf,
}

/// Configuration that a repository may hold and that could run something or reach out. What is
/// given on the command line counts before the repository's own. `safe.directory` lets a
/// repository of another user be read, as a container in CI has it; with all the rest switched off
/// nothing of it runs.
const OVERRIDES: [&str; 8] = [
    "safe.directory=*",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.alternateRefsCommand=false",
    "core.sshCommand=false",
    "core.askPass=false",
    "protocol.allow=never",
    "core.pager=cat",
];

/// The most bytes of an answer that is held in memory.
const MOST_TEXT: u64 = 256 << 20;

/// `git` in the first absolute folder of the search path that has it. A relative folder could lie
/// in the repository.
pub(crate) fn find(search_path: Option<&OsStr>) -> Option<PathBuf> {
    let name = if cfg!(windows) { "git.exe" } else { "git" };
    std::env::split_paths(search_path?)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

impl Git {
    /// A command of git's plumbing, with nothing of the caller's surroundings.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.env_clear().current_dir(&self.folder).stdin(Stdio::null());
        // The program's own folder is enough for what it calls itself.
        if let Some(folder) = self.program.parent() {
            command.env("PATH", folder);
        }
        let nowhere = if cfg!(windows) { "NUL" } else { "/dev/null" };
        command
            .env("LC_ALL", "C")
            .env("HOME", nowhere)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_SYSTEM", nowhere)
            .env("GIT_CONFIG_GLOBAL", nowhere)
            .env("GIT_ATTR_NOSYSTEM", "1")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0");
        #[cfg(windows)]
        if let Some(root) = std::env::var_os("SystemRoot") {
            command.env("SystemRoot", root);
        }
        command.arg("--no-pager");
        for setting in OVERRIDES {
            command.arg("-c").arg(setting);
        }
        command.args(arguments);
        command
    }

    /// Runs a command to its end and gives what it wrote.
    pub(crate) fn bytes(&self, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        use std::io::Read as _;
        let failed = |said: String| GitError::Failed {
            command: arguments.first().copied().unwrap_or_default().to_owned(),
            said,
        };
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| disk(&self.program, &error))?;
        // What it complains about is short; a thread reads it, so that neither pipe fills.
        let complaints = child.stderr.take().map(|pipe| {
            std::thread::spawn(move || {
                let mut said = Vec::new();
                let _ = pipe.take(64 << 10).read_to_end(&mut said);
                said
            })
        });
        let mut answer = Vec::new();
        if let Some(pipe) = child.stdout.take() {
            pipe.take(MOST_TEXT + 1)
                .read_to_end(&mut answer)
                .map_err(|error| disk(&self.program, &error))?;
        }
        let too_large = u64::try_from(answer.len()).is_ok_and(|length| length > MOST_TEXT);
        if too_large {
            let _ = child.kill();
        }
        let status = child.wait().map_err(|error| disk(&self.program, &error))?;
        let said = complaints.and_then(|thread| thread.join().ok()).unwrap_or_default();
        if too_large {
            return Err(GitError::TooLarge("256 MiB of file names".to_owned()));
        }
        if !status.success() {
            let said = String::from_utf8_lossy(&said);
            let first = said.lines().next().unwrap_or("it gave no reason");
            return Err(failed(first.to_owned()));
        }
        Ok(answer)
    }

    /// Runs a command that answers with text.
    pub(crate) fn text(&self, arguments: &[&str]) -> Result<String, GitError> {
        let answer = self.bytes(arguments)?;
        String::from_utf8(answer).map_err(|_| GitError::Unreadable {
            command: arguments.first().copied().unwrap_or_default().to_owned(),
        })
    }
}

pub(crate) fn disk(path: &Path, error: &std::io::Error) -> GitError {
    GitError::Disk { path: path.to_owned(), cause: error.to_string() }
}
