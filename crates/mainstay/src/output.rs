//! The only place that writes to standard output and standard error.
//!
//! Standard output is the result and nothing else. Warnings, errors and progress go to standard
//! error. A reader who closes the pipe early (`mainstay scan | head`) is no error.

use std::fs::File;
use std::io::{ErrorKind, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use mainstay_console::{ColourChoice, Line, Progress, Sheet, Styling, Tone};
use mainstay_scan::TextLayout;

use crate::args::Common;
use crate::environment::Environment;

/// Where results go and how they look.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    file: Option<PathBuf>,
    pub(crate) layout: TextLayout,
    /// Whether the result goes to a terminal.
    pub(crate) to_terminal: bool,
    quiet: bool,
    progress: bool,
    errors: Styling,
}

impl Output {
    pub(crate) fn new(common: &Common, environment: &Environment) -> Self {
        let colour = common.color.map_or(ColourChoice::Auto, Into::into);
        let decide = |is_terminal| {
            let (no_color, term) = (environment.no_color.as_deref(), environment.term.as_deref());
            Styling::decide(colour, is_terminal, no_color, term)
        };
        let to_terminal = common.output.is_none() && std::io::stdout().is_terminal();
        let width = to_terminal
            .then(terminal_size::terminal_size)
            .flatten()
            .map(|(width, _)| usize::from(width.0));
        let errors_seen = std::io::stderr().is_terminal();
        let wanted = !common.quiet && !common.no_progress && !environment.in_ci;
        Self {
            file: common.output.clone(),
            layout: TextLayout { styling: decide(to_terminal), width, verbose: common.verbose },
            to_terminal,
            quiet: common.quiet,
            progress: wanted && errors_seen,
            errors: decide(errors_seen),
        }
    }

    /// An empty page that looks as the reader's terminal asks.
    pub(crate) fn sheet(&self) -> Sheet {
        Sheet::new(self.layout.styling, self.layout.width)
    }

    /// Writes the result: to `--output`, or else to standard output.
    pub(crate) fn result(&self, text: &str) -> anyhow::Result<()> {
        self.result_by(|to| Ok(to.write_all(text.as_bytes())?))
    }

    /// Writes to standard output also where `--output` names a file: what a person must see beside
    /// the result.
    #[expect(clippy::unused_self, reason = "what is printed is printed by way of an `Output`")]
    pub(crate) fn show(&self, text: &str) -> anyhow::Result<()> {
        write_stdout(|to| Ok(to.write_all(text.as_bytes())?))
    }

    /// As [`Self::result`], for a result that is written piece by piece.
    pub(crate) fn result_by(
        &self,
        write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        match &self.file {
            Some(path) => write_file(path, write),
            None => write_stdout(write),
        }
    }

    /// A warning, on standard error, unless `--quiet`.
    pub(crate) fn warn(&self, message: &str) {
        if !self.quiet {
            self.say(Tone::Warning, "warning: ", message);
        }
    }

    /// An error with its causes, on standard error.
    pub(crate) fn error(&self, error: &anyhow::Error) {
        let mut said = error.to_string();
        self.say(Tone::Bad, "error: ", &said);
        for cause in error.chain().skip(1).map(ToString::to_string) {
            // Many errors already say their cause in their own words.
            if !said.contains(&cause) {
                self.say(Tone::Dim, "  because: ", &cause);
                said = cause;
            }
        }
    }

    /// A line of progress, shown only where somebody sees it.
    pub(crate) fn progress(&self) -> Progress {
        Progress::new(self.progress)
    }

    fn say(&self, tone: Tone, label: &str, message: &str) {
        let mut sheet = Sheet::new(self.errors, None);
        sheet.push(&Line::default().toned(tone, label).text(message));
        // Where standard error is closed, nobody can be told.
        let _ = std::io::stderr().write_all(sheet.into_string().as_bytes());
    }
}

/// A file is complete or not there: it is written beside its place and then renamed. What is no
/// regular file (a pipe, a device, a link to anything) is written directly.
pub(crate) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let failed = || format!("cannot write the report to {}", path.display());
    let there = std::fs::symlink_metadata(path).ok();
    if there.as_ref().is_some_and(|it| !it.is_file()) {
        let mut file = File::create(path).with_context(failed)?;
        return write(&mut file).with_context(failed);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = File::create(&part)
        .map_err(anyhow::Error::from)
        .and_then(|mut file| write(&mut file))
        .and_then(|()| match &there {
            Some(there) => Ok(std::fs::set_permissions(&part, there.permissions())?),
            None => Ok(()),
        })
        .and_then(|()| Ok(std::fs::rename(&part, path)?));
    if written.is_err() {
        // The part is of no use to anybody; that it could not be written is the error to tell.
        let _ = std::fs::remove_file(&part);
    }
    written.with_context(failed)
}

fn write_stdout(write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut reader = Reader { to: standard_output()?, is_there: true };
    write(&mut reader).and_then(|()| Ok(reader.flush()?)).context("cannot write to standard output")
}

/// Standard output as it is. What Rust's own puts before it looks for line breaks in all of a
/// report, and copies it; reports come in large pieces.
#[cfg(unix)]
fn standard_output() -> anyhow::Result<File> {
    use std::os::fd::AsFd as _;

    let mut buffered = std::io::stdout().lock();
    buffered.flush()?;
    let descriptor = buffered.as_fd().try_clone_to_owned();
    Ok(File::from(descriptor.context("cannot write to standard output")?))
}

/// Standard output by way of Rust's own, which knows how a console is written to.
#[cfg(not(unix))]
fn standard_output() -> anyhow::Result<impl Write> {
    Ok(std::io::stdout().lock())
}

/// Whoever reads standard output. One who has closed the pipe has read enough.
struct Reader<W> {
    to: W,
    is_there: bool,
}

impl<W: Write> Reader<W> {
    fn unless_gone(&mut self, outcome: std::io::Result<()>) -> std::io::Result<()> {
        self.is_there = !outcome.as_ref().is_err_and(|why| why.kind() == ErrorKind::BrokenPipe);
        if self.is_there { outcome } else { Ok(()) }
    }
}

impl<W: Write> Write for Reader<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.is_there {
            let outcome = self.to.write_all(bytes);
            self.unless_gone(outcome)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if !self.is_there {
            return Ok(());
        }
        let outcome = self.to.flush();
        self.unless_gone(outcome)
    }
}

/// A panic is an error of Mainstay. Says so, with the place, and what to do.
pub(crate) fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let text = format!(
            "error: this is a bug in Mainstay {}: {}\n  to do: please report it with the command \
             and, if you can, the file that was read\n",
            env!("CARGO_PKG_VERSION"),
            mainstay_console::clean(&panic.to_string()),
        );
        // Where standard error is closed, nobody can be told.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }));
}
