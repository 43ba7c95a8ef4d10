//! One line of progress on standard error, only where somebody sees it.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::clean::clean;

/// A line that says what is going on, and vanishes at the end.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A line on standard error, or nothing when it is not wanted (not a terminal, `--quiet`).
    pub fn new(wanted: bool) -> Self {
        if !wanted {
            return Self { bar: ProgressBar::hidden() };
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(8));
        Self { bar }
    }

    /// Says what happens now, without a known end.
    pub fn say(&self, what: &str) {
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            self.bar.set_style(style);
        }
        self.bar.set_message(clean(what).into_owned());
        self.bar.enable_steady_tick(Duration::from_millis(300));
    }

    /// Says how many bytes of how many are done.
    pub fn bytes(&self, what: &str, done: u64, total: Option<u64>) {
        let template = match total {
            Some(_) => "{msg} {bar:24} {bytes}/{total_bytes} {bytes_per_sec}",
            None => "{spinner} {msg} {bytes} {bytes_per_sec}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_message(clean(what).into_owned());
        if let Some(total) = total {
            self.bar.set_length(total);
        }
        self.bar.set_position(done);
    }

    /// Takes the line away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}
