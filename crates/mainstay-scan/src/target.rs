//! What to scan: the paths that were named, and the settings that hold for each.

use std::path::PathBuf;

use crate::pattern::Pattern;
use mainstay_policy::Exception;

/// One path named by the user.
#[derive(Clone, Debug)]
pub struct Target {
    /// The path as it was named.
    pub path: PathBuf,
    /// What to leave out below it.
    pub exclude: Vec<Pattern>,
    /// Findings that somebody has accepted, for what is found below it.
    pub exceptions: Vec<Exception>,
    /// The settings file that says so, as reports show it.
    pub settings: Option<String>,
}

impl Target {
    /// A path without settings of its own.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), exclude: Vec::new(), exceptions: Vec::new(), settings: None }
    }
}
