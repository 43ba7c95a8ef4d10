//! `mainstay backup` and `mainstay restore`: what can be typed.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::InstanceArgs;

/// `mainstay backup`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:\n  \
    mainstay backup grid-2026-11-29.backup\n  \
    mainstay backup - | age -r KEY >grid.backup.age     to be kept where others may read it")]
pub(crate) struct BackupArgs {
    #[command(flatten)]
    pub(crate) instance: InstanceArgs,
    /// The file to write; it must not be there yet. `-` is standard output
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// `mainstay restore`.
#[derive(Debug, ClapArgs)]
pub(crate) struct RestoreArgs {
    #[command(flatten)]
    pub(crate) instance: InstanceArgs,
    /// The backup. `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Only prove that the backup is whole: restore it into a folder that is thrown away
    #[arg(long, conflicts_with = "database")]
    pub(crate) check: bool,
}
