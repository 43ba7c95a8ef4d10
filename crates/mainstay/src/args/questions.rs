//! `mainstay question` and `mainstay affected`: what can be typed.

use std::path::PathBuf;

use clap::{ArgGroup, Args as ClapArgs, Subcommand, ValueEnum};
use mainstay_questions::Detail;

use super::{AnswerForm, StatementArgs, TargetArgs};

/// The commands of `mainstay question`.
#[derive(Debug, Subcommand)]
pub(crate) enum QuestionCommand {
    /// Write a signed question
    New(NewQuestionArgs),
    /// Check the signature of a question and show what it asks
    Show {
        /// The question: a file, or an https address
        #[arg(value_name = "FILE|URL")]
        question: String,
        #[command(flatten)]
        trust: TrustArgs,
        /// Text for a person or JSON for a program
        #[arg(long, value_enum, default_value_t = AnswerForm::Text)]
        format: AnswerForm,
    },
    /// Count the answers to a question: by status, by sector, and who is silent
    Tally(TallyArgs),
    /// Show the key that others need to check your signatures; it is made when it is not there
    Key {
        #[command(flatten)]
        signing: SigningArgs,
        /// The name under which a new key signs
        #[arg(long = "as", value_name = "NAME", default_value = "mainstay")]
        name: String,
    },
}

/// Which signatures count.
#[derive(Debug, ClapArgs)]
pub(crate) struct TrustArgs {
    /// A key whose signatures count: name+id+base64, or a file of such lines; may be given several
    /// times
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Vec<String>,
}

/// With which key is signed.
#[derive(Debug, ClapArgs)]
pub(crate) struct SigningArgs {
    /// The file of the key that signs; it is made when it is not there [default: the key of the
    /// instance in the data folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
}

/// What is asked about.
#[derive(Debug, ClapArgs)]
pub(crate) struct SubjectArgs {
    /// A flaw, by any of its ids, such as CVE-2021-44228
    #[arg(long, value_name = "ID", conflicts_with = "package")]
    pub(crate) advisory: Option<String>,
    /// A package, as a package URL without a version, before any advisory exists
    #[arg(long, value_name = "PURL")]
    pub(crate) package: Option<String>,
    /// Only these versions of the package, such as `vers:maven/>=2.0|<2.15.0`
    #[arg(long, value_name = "VERS", requires = "package")]
    pub(crate) range: Option<String>,
}

/// `mainstay question new`.
#[derive(Debug, ClapArgs)]
#[command(
    group(ArgGroup::new("subject").args(["advisory", "package"]).required(true)),
    after_help = "Example:\n  \
        mainstay question new --advisory CVE-2021-44228 --marking TLP:AMBER \\\n    \
        --deadline 2026-12-01T17:00:00+01:00 --from \"CERT Example\" -o question.json"
)]
pub(crate) struct NewQuestionArgs {
    #[command(flatten)]
    pub(crate) subject: SubjectArgs,
    /// How far the question may be told: TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED
    #[arg(long, value_name = "TLP")]
    pub(crate) marking: String,
    /// Until when an answer is of use, with the offset from UTC: 2026-12-01T17:00:00+01:00
    #[arg(long, value_name = "TIME")]
    pub(crate) deadline: String,
    /// Who asks
    #[arg(long, value_name = "NAME")]
    pub(crate) from: String,
    /// What for
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: Option<String>,
    /// Where answers go: an address for mail, a page
    #[arg(long, value_name = "TEXT")]
    pub(crate) reply_to: Option<String>,
    #[command(flatten)]
    pub(crate) signing: SigningArgs,
}

/// `mainstay question tally`.
#[derive(Debug, ClapArgs)]
pub(crate) struct TallyArgs {
    /// The question: a file, or an https address
    #[arg(value_name = "FILE|URL")]
    pub(crate) question: String,
    /// The answers
    #[arg(value_name = "ANSWER")]
    pub(crate) answers: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
    /// Who was asked: a file of keys, one a line, each with its sectors behind it
    #[arg(long, value_name = "FILE")]
    pub(crate) invited: Option<PathBuf>,
    /// Text for a person or JSON for a program
    #[arg(long, value_enum, default_value_t = AnswerForm::Text)]
    pub(crate) format: AnswerForm,
}

/// `mainstay affected`.
#[derive(Debug, ClapArgs)]
#[command(
    group(ArgGroup::new("asked").args(["question", "advisory", "package"]).required(true)),
    after_help = "Examples:\n  \
        mainstay affected --advisory CVE-2021-44228 .\n  \
        mainstay affected --package pkg:npm/left-pad --range 'vers:npm/<1.3.0' .\n  \
        mainstay affected --question question.json --key cert.pub .        see what would leave\n  \
        mainstay affected --question question.json --key cert.pub . \\\n    \
        --as \"Grid Operator\" --detail versions -o answer.json             write the answer"
)]
pub(crate) struct AffectedHereArgs {
    #[command(flatten)]
    pub(crate) targets: TargetArgs,
    #[command(flatten)]
    pub(crate) statements: StatementArgs,
    /// A signed question: a file, or an https address
    #[arg(long, value_name = "FILE|URL", conflicts_with_all = ["advisory", "package"])]
    pub(crate) question: Option<String>,
    #[command(flatten)]
    pub(crate) subject: SubjectArgs,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
    #[command(flatten)]
    pub(crate) answering: AnsweringArgs,
    /// Never use the network, not even for a question at an address [env: `MAINSTAY_OFFLINE`]
    #[arg(long)]
    pub(crate) offline: bool,
    /// Text for a person or JSON for a program
    #[arg(long, value_enum, default_value_t = AnswerForm::Text)]
    pub(crate) format: AnswerForm,
}

/// What an answer to a question says.
#[derive(Debug, ClapArgs)]
pub(crate) struct AnsweringArgs {
    /// How much leaves
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "status")]
    pub(crate) detail: DetailLevel,
    /// Who answers [default: the name of the key]
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// A sector that you belong to, such as us-ci/energy; may be given several times
    #[arg(long, value_name = "SECTOR")]
    pub(crate) sector: Vec<String>,
    /// How far the answer may be told [default: as far as the question]
    #[arg(long, value_name = "TLP")]
    pub(crate) marking: Option<String>,
    /// Since when only repaired versions are there, such as 2026-02-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) fixed_since: Option<String>,
    /// What else you say
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: Option<String>,
    #[command(flatten)]
    pub(crate) signing: SigningArgs,
    /// Show what would leave and write nothing; so it is without --output and --send too
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The id of your organisation on the server of the question; the question is fetched with
    /// your API token
    #[arg(long, value_name = "ID", requires = "question")]
    pub(crate) organisation: Option<String>,
    /// Send the answer to the server that the question came from, in the name of --organisation
    #[arg(long, requires = "organisation")]
    pub(crate) send: bool,
    /// A file that holds the API token; without it, the variable `MAINSTAY_TOKEN`
    #[arg(long, value_name = "FILE", requires = "organisation")]
    pub(crate) token_file: Option<PathBuf>,
}

/// `--detail`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum DetailLevel {
    /// The status alone
    Status,
    /// Also the versions of the packages
    Versions,
    /// Also where they are
    Components,
}

impl From<DetailLevel> for Detail {
    fn from(level: DetailLevel) -> Self {
        match level {
            DetailLevel::Status => Self::Status,
            DetailLevel::Versions => Self::Versions,
            DetailLevel::Components => Self::Components,
        }
    }
}
