//! `mainstay inventory` and `mainstay log`: what can be typed.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

/// Where an instance keeps its data.
#[derive(Debug, ClapArgs)]
pub(crate) struct InstanceArgs {
    /// The database: `sqlite:FILE` or `postgres://USER@HOST/NAME`; by default a file in the data
    /// folder [env: `MAINSTAY_DATABASE`]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database: Option<String>,
}

/// `mainstay inventory`.
#[derive(Debug, ClapArgs)]
pub(crate) struct InventoryArgs {
    #[command(flatten)]
    pub(crate) instance: InstanceArgs,
    #[command(subcommand)]
    pub(crate) command: InventoryCommand,
}

/// The commands of `mainstay inventory`.
#[derive(Debug, Subcommand)]
pub(crate) enum InventoryCommand {
    /// Add an organisation, or change the one of that id
    Organisation(OrganisationArgs),
    /// List the organisations and their sectors
    Organisations,
    /// List the sectors that an organisation can belong to
    Sectors,
    /// Take in the SBOM of something that an organisation deploys or ships
    Submit(SubmitArgs),
    /// Show what an organisation has: assets, SBOMs, open findings
    Show {
        /// The id of the organisation
        #[arg(value_name = "ORGANISATION")]
        organisation: String,
    },
    /// List what is wrong with an asset, and what was
    Findings {
        /// The id of the asset
        #[arg(value_name = "ASSET")]
        asset: String,
    },
    /// Say what changed from one SBOM to another
    Changes {
        /// The id of the former SBOM
        #[arg(value_name = "BEFORE")]
        before: String,
        /// The id of the latter
        #[arg(value_name = "AFTER")]
        after: String,
    },
    /// Match everything again with the advisory data as they are now; after `db update`
    Match,
    /// Say who is affected, in which sector, and of whom nothing is known
    Affected(AffectedArgs),
    /// Say what members rest on most, what of that is weak, and where help goes furthest
    Prevalence(PrevalenceArgs),
}

/// `mainstay inventory organisation`.
#[derive(Debug, ClapArgs)]
pub(crate) struct OrganisationArgs {
    /// Its id: letters, digits, `-`, `_` and `.`
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Its name
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// A sector that it belongs to, such as us-ci/energy; may be given several times
    #[arg(long, value_name = "SECTOR")]
    pub(crate) sector: Vec<String>,
    /// It is systemically important
    #[arg(long)]
    pub(crate) important: bool,
}

/// `mainstay inventory submit`.
#[derive(Debug, ClapArgs)]
pub(crate) struct SubmitArgs {
    /// The SBOM
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The id of the organisation
    #[arg(long, value_name = "ID")]
    pub(crate) organisation: String,
    /// The name of what the SBOM describes; it is added when it is not there
    #[arg(long, value_name = "NAME")]
    pub(crate) asset: String,
    /// Its version
    #[arg(long, value_name = "VERSION", default_value = "")]
    pub(crate) release: String,
}

/// `mainstay inventory affected`.
#[derive(Debug, ClapArgs)]
pub(crate) struct AffectedArgs {
    /// A flaw, by any of its ids, such as CVE-2021-44228
    #[arg(
        long,
        value_name = "ID",
        required_unless_present = "package",
        conflicts_with = "package"
    )]
    pub(crate) advisory: Option<String>,
    /// A package, as a package URL without a version, before any advisory exists
    #[arg(long, value_name = "PURL")]
    pub(crate) package: Option<String>,
    /// Only these versions of the package, such as `vers:maven/>=2.0|<2.15.0`
    #[arg(long, value_name = "VERS", conflicts_with = "advisory")]
    pub(crate) range: Option<String>,
    /// Write JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// `mainstay inventory prevalence`.
#[derive(Debug, ClapArgs)]
pub(crate) struct PrevalenceArgs {
    /// Only organisations of this sector, such as us-ci/energy
    #[arg(long, value_name = "SECTOR")]
    pub(crate) sector: Option<String>,
    /// Only packages of this ecosystem, such as npm or Maven
    #[arg(long, value_name = "ECOSYSTEM")]
    pub(crate) ecosystem: Option<String>,
    /// What comes first
    #[arg(long, value_name = "ORDER", value_enum, default_value_t = FirstArg::Help)]
    pub(crate) order: FirstArg,
    /// So many packages at most
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    pub(crate) most: usize,
    /// Write JSON
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Write a table for spreadsheets (CSV)
    #[arg(long)]
    pub(crate) csv: bool,
}

/// What comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FirstArg {
    /// Where help goes furthest
    Help,
    /// What is used most
    Reach,
}

/// `mainstay log`.
#[derive(Debug, ClapArgs)]
pub(crate) struct LogArgs {
    #[command(flatten)]
    pub(crate) instance: InstanceArgs,
    #[command(subcommand)]
    pub(crate) command: LogCommand,
}

/// The commands of `mainstay log`.
#[derive(Debug, Subcommand)]
pub(crate) enum LogCommand {
    /// Show entries, oldest first
    Show {
        /// Only entries after this number
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        after: i64,
        /// So many at most
        #[arg(long, value_name = "NUMBER", default_value_t = 100)]
        count: i64,
    },
    /// Sign how the log stands: keep the answer where this instance cannot change it
    Checkpoint,
    /// Show the key that checks the signatures of this instance
    Key,
    /// Prove that nothing was changed: every entry against the next, and the whole against a
    /// checkpoint that you kept
    Verify {
        /// A checkpoint that was kept
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        /// The key of the instance, as it was when the checkpoint was kept
        #[arg(long, value_name = "KEY", requires = "checkpoint")]
        key: Option<String>,
    },
}
