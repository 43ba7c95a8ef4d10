//! What to scan: the paths that were named, and the settings that hold for each.

use std::path::PathBuf;

use crate::pattern::Pattern;
use mainstay_policy::Exception;

/// Whether installed trees are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Installed {
    /// Only where the path that was named is one, or lies around it as a virtual environment does.
    /// Others are listed as skipped.
    #[default]
    WhereNamed,
    /// Everywhere.
    Everywhere,
}

/// One path named by the user.
#[derive(Clone, Debug)]
pub struct Target {
    /// The path as it was named.
    pub path: PathBuf,
    /// What to leave out below it.
    pub exclude: Vec<Pattern>,
    /// Whether installed trees below it are looked at.
    pub installed: Installed,
    /// Findings that somebody has accepted, for what is found below it.
    pub exceptions: Vec<Exception>,
    /// The settings file that says so, as reports show it.
    pub settings: Option<String>,
}

impl Target {
    /// A path without settings of its own.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            exclude: Vec::new(),
            installed: Installed::WhereNamed,
            exceptions: Vec::new(),
            settings: None,
        }
    }
}
