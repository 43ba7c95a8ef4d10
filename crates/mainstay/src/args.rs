//! What can be typed: commands, flags and their help.

mod account;
mod backup;
mod inventory;
mod questions;
mod sbom;
mod serve;
pub(crate) mod vex;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use mainstay_console::ColourChoice;
use mainstay_scan::ReportFormat;

pub(crate) use account::{AccountArgs, AccountCommand};
pub(crate) use backup::{BackupArgs, RestoreArgs};
pub(crate) use inventory::{
    AffectedArgs, FirstArg, InstanceArgs, InventoryArgs, InventoryCommand, LogArgs, LogCommand,
    OrganisationArgs, PrevalenceArgs, SubmitArgs,
};
pub(crate) use questions::{
    AffectedHereArgs, AnsweringArgs, NewQuestionArgs, QuestionCommand, SigningArgs, SubjectArgs,
    TallyArgs, TrustArgs,
};
pub(crate) use sbom::{Against, AnswerForm, SbomCommand};
pub(crate) use serve::{SendArgs, ServeArgs};

/// The secure open source workbench.
///
/// Says what is in your software, what is wrong with it, and what nobody knows.
#[derive(Debug, Parser)]
#[command(
    name = "mainstay",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = "Examples:\n  \
        mainstay scan .                     look and report\n  \
        mainstay check . --fail-on high     the gate for CI\n  \
        mainstay db update                  fetch what is known\n  \
        mainstay explain CVE-2021-44228     read one advisory\n  \
        mainstay why lodash                 why is it there?\n\n\
        Exit codes: 0 done, 1 findings (check), 2 wrong use, 3 unknown (check), 4 a bug."
)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Common {
    /// Write the result to a file instead of standard output
    #[arg(long, short, global = true, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN")]
    pub(crate) color: Option<Color>,
    /// List everything, not only the first of many
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    /// No warnings and no progress
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// No progress line
    #[arg(long, global = true)]
    pub(crate) no_progress: bool,
    /// The folder of the advisory data [env: `MAINSTAY_DATA_DIR`]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

/// `--color`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

impl From<Color> for ColourChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look and report: what is in it, what is wrong, what is not known
    ///
    /// Exits 0 whenever it could do its work, whatever it found. `check` is the gate.
    Scan(ScanArgs),
    /// The gate for CI: the same scan, judged
    ///
    /// Exits 1 on a finding at or above the threshold, else 3 when anything is unknown, else 0.
    Check(CheckArgs),
    /// Plan the smallest set of upgrades that removes findings, and prove it
    ///
    /// Asks the ecosystem's own resolver in a copy of the project, scans the answer again, and
    /// shows what moves. Writes only with --apply. Exits 0 when nothing chosen stays, 1 when
    /// something does, 3 when the upgrades bring in something that is not known.
    Fix(FixArgs),
    /// Say what an advisory or a code in a report means
    Explain {
        /// An advisory by any of its ids, or a code from a report
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Say by which path of dependencies a package is there
    Why {
        /// The package: a name, NAME@VERSION, or a package URL
        #[arg(value_name = "PACKAGE")]
        package: String,
        #[command(flatten)]
        targets: TargetArgs,
    },
    /// The policy of the gate: run its examples, show its rules
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// SBOMs as documents: convert, compare, merge, check
    #[command(subcommand)]
    Sbom(SbomCommand),
    /// Model files: what one is, and what loading it would do
    #[command(subcommand)]
    Model(ModelCommand),
    /// The advisory data: import, update, status
    #[command(subcommand)]
    Db(DbCommand),
    /// VEX: record, list and export statements on flaws
    #[command(subcommand)]
    Vex(vex::VexCommand),
    /// Who uses what: organisations, their SBOMs, and who is affected
    Inventory(InventoryArgs),
    /// Serve an instance: pages, the API, live events
    Serve(ServeArgs),
    /// Send an SBOM to a server, from CI
    Submit(SendArgs),
    /// The people of an instance: give roles, let somebody begin anew
    Account(AccountArgs),
    /// Say whether what is here is affected, and answer a signed question
    ///
    /// Looks with the data that are on this machine and sends nothing. With a question it shows what
    /// would leave; with --output it writes the signed answer, and you send it.
    Affected(Box<AffectedHereArgs>),
    /// Ask those who upload nothing who is affected: signed questions, and their count
    #[command(subcommand)]
    Question(Box<QuestionCommand>),
    /// The log of an instance: show it, sign how it stands, prove that it was not changed
    Log(LogArgs),
    /// Write all that an instance keeps into one file
    Backup(BackupArgs),
    /// Bring an instance back from a backup, into an empty place
    Restore(RestoreArgs),
    /// List the formats that are read
    Formats,
    /// Write a completion script for a shell to standard output
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual: the main page to standard output, or every page into a folder
    Man {
        /// The folder to write every page into
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
    /// Small tools for scripts
    #[command(subcommand)]
    Plumbing(PlumbingCommand),
}

/// What to look at.
#[derive(Debug, ClapArgs)]
pub(crate) struct TargetArgs {
    /// Folders and files to look at
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Leave out paths that match; may be given several times
    #[arg(long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<String>,
    /// Look at installed packages too: `node_modules`, virtual environments, vendored modules
    #[arg(long)]
    pub(crate) installed: bool,
    /// Refuse files larger than this, such as 64MiB [env: `MAINSTAY_MAX_FILE_SIZE`]
    #[arg(long, value_name = "SIZE")]
    pub(crate) max_file_size: Option<String>,
    /// Read no settings of the project: for software that is not yours
    #[arg(long)]
    pub(crate) no_project_settings: bool,
}

/// `mainstay scan`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ScanArgs {
    #[command(flatten)]
    pub(crate) targets: TargetArgs,
    /// The form of the report
    #[arg(long, short, value_name = "FORMAT", default_value = "text", value_parser = report_format())]
    pub(crate) format: ReportFormat,
    /// Never use the network [env: `MAINSTAY_OFFLINE`]
    #[arg(long)]
    pub(crate) offline: bool,
    /// Advisory data older than this are stale, such as 7d or 12h [env: `MAINSTAY_MAX_DATA_AGE`]
    #[arg(long, value_name = "AGE")]
    pub(crate) max_data_age: Option<String>,
    #[command(flatten)]
    pub(crate) statements: StatementArgs,
}

/// What others say about flaws in the software.
#[derive(Debug, ClapArgs)]
pub(crate) struct StatementArgs {
    /// Read VEX documents (OpenVEX, CycloneDX, CSAF, SPDX 3) from a file or folder; may be given
    /// several times
    #[arg(long, value_name = "PATH")]
    pub(crate) vex: Vec<PathBuf>,
    /// Do not read the VEX documents that lie beside what is scanned
    #[arg(long)]
    pub(crate) no_vex: bool,
    /// What is scanned, as VEX documents name it: a package URL, a name; may be given several
    /// times
    #[arg(long, value_name = "PRODUCT")]
    pub(crate) product: Vec<String>,
}

/// `mainstay check`.
#[derive(Debug, ClapArgs)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) scan: ScanArgs,
    /// Refuse only such findings: low, medium, high, critical (and worse, and severity unknown),
    /// known-exploited, or a kind such as malicious; may be given several times [default: any]
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(crate) fail_on: Vec<String>,
    /// The policy that rules; what a project brings can then only refuse more
    /// [env: `MAINSTAY_POLICY`]
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Judge only what is new since this revision of the git repository
    #[arg(long, value_name = "REF")]
    pub(crate) since: Option<String>,
    /// Let the unknown pass: all of it, or only the named reasons
    #[arg(
        long,
        value_name = "REASON",
        value_delimiter = ',',
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "all"
    )]
    pub(crate) allow_unknown: Vec<String>,
}

/// `mainstay fix`.
#[derive(Debug, ClapArgs)]
pub(crate) struct FixArgs {
    #[command(flatten)]
    pub(crate) targets: TargetArgs,
    /// Write the lockfiles; without it nothing is written
    #[arg(long)]
    pub(crate) apply: bool,
    /// Only these: an advisory, a package, or PACKAGE@VERSION; may be given several times
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Only findings this severe or worse, and those whose severity nobody tells
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) severity: Option<String>,
    /// Take releases younger than this only as the fix of a known flaw
    #[arg(long, value_name = "AGE", default_value = "7d")]
    pub(crate) cooldown: String,
    /// The form of the answer
    #[arg(long, short, value_name = "FORMAT", value_enum, default_value = "text")]
    pub(crate) format: FixFormat,
    /// Never use the network, and let resolvers use what lies on the machine [env: `MAINSTAY_OFFLINE`]
    #[arg(long)]
    pub(crate) offline: bool,
    #[command(flatten)]
    pub(crate) statements: StatementArgs,
}

/// `mainstay fix --format`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FixFormat {
    /// For a person at a terminal
    Text,
    /// One JSON document
    Json,
    /// Only the lines that change, for `patch`
    Diff,
}

/// `mainstay db`.
#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Take in advisory data: zips, folders or files of OSV records, CISA KEV, EPSS
    Import {
        /// Zips, folders and files
        #[arg(value_name = "PATH", required = true)]
        paths: Vec<PathBuf>,
        /// When the data were true, such as 2026-01-31 [default: the newest record]
        #[arg(long, value_name = "DATE")]
        as_of: Option<String>,
    },
    /// Fetch what is new
    Update {
        /// Only these ecosystems, by their OSV names [default: those that are there]
        #[arg(long, short, value_name = "NAME")]
        ecosystem: Vec<String>,
        /// Every ecosystem that Mainstay knows
        #[arg(long, conflicts_with = "ecosystem")]
        all: bool,
    },
    /// Say what is there and how old it is
    Status {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// `mainstay model`.
#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// Show its format, tensors, metadata, licence, imports and calls; nothing is loaded
    Show {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Text for a person or JSON for a program
        #[arg(long, value_enum, default_value_t = AnswerForm::Text)]
        format: AnswerForm,
    },
}

/// `mainstay policy`.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Run the examples of a policy; exits 1 when one of them does not hold
    Test {
        /// The policy [default: mainstay-policy.toml here or in a folder above]
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// List the rules and the exceptions of a policy, with their lines
    Show {
        /// The policy [default: mainstay-policy.toml here or in a folder above]
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
}

/// `mainstay plumbing`.
#[derive(Debug, Subcommand)]
pub(crate) enum PlumbingCommand {
    /// Compare two versions a line from standard input: `A < B`, `A = B`, `A > B` or `A ? B`
    Versions {
        /// The ecosystem, by its OSV name
        #[arg(long, value_name = "NAME")]
        ecosystem: String,
    },
    /// Make package URLs canonical, one a line from standard input
    Purl,
}

fn report_format() -> impl clap::builder::TypedValueParser<Value = ReportFormat> {
    use clap::builder::{PossibleValuesParser, TypedValueParser as _};
    PossibleValuesParser::new(ReportFormat::ALL.map(ReportFormat::word)).map(|word| {
        // The parser above lets only known words through.
        ReportFormat::from_word(&word).unwrap_or(ReportFormat::Text)
    })
}
