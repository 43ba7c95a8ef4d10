//! `mainstay vex`: what can be typed.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use mainstay_vex::{Justification, VexFormat};

/// The file in which a project keeps its statements. A scan finds it beside what is scanned.
pub(crate) const LEDGER: &str = "mainstay.openvex.json";

/// `mainstay vex`.
#[derive(Debug, Subcommand)]
pub(crate) enum VexCommand {
    /// Record a statement on a flaw in the project's file
    Add(Box<VexAddArgs>),
    /// Write the statements that count as OpenVEX, CycloneDX or CSAF
    Export(VexExportArgs),
    /// List the statements of VEX documents
    Show {
        /// The documents
        #[arg(value_name = "FILE", default_value = LEDGER)]
        files: Vec<PathBuf>,
    },
}

/// `mainstay vex add`.
#[derive(Debug, ClapArgs)]
pub(crate) struct VexAddArgs {
    /// The flaw, such as CVE-2021-44228
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Another id of the same flaw; may be given several times
    #[arg(long, value_name = "ID")]
    pub(crate) alias: Vec<String>,
    /// The product, as a package URL; may be given several times
    #[arg(long, value_name = "PURL", required = true)]
    pub(crate) product: Vec<String>,
    /// A part of the product, as a package URL: the package that has the flaw; may be given
    /// several times
    #[arg(long, value_name = "PURL")]
    pub(crate) part: Vec<String>,
    /// What holds
    #[arg(long, value_name = "STATUS")]
    pub(crate) status: Status,
    /// Why it is not affected
    #[arg(long, value_name = "WORD", value_parser = justification())]
    pub(crate) justification: Option<Justification>,
    /// Why it is not affected, in words
    #[arg(long, value_name = "TEXT")]
    pub(crate) impact: Option<String>,
    /// What to do about it, where it is affected
    #[arg(long, value_name = "TEXT")]
    pub(crate) action: Option<String>,
    /// How it was found out: an address, or words; may be given several times
    #[arg(long, value_name = "TEXT")]
    pub(crate) evidence: Vec<String>,
    /// What else there is to say
    #[arg(long, value_name = "TEXT")]
    pub(crate) notes: Option<String>,
    /// The last day on which it holds, such as 2026-12-31
    #[arg(long, value_name = "DATE")]
    pub(crate) expires: Option<String>,
    /// Who answers for it [default: the author of the file]
    #[arg(long, value_name = "NAME")]
    pub(crate) author: Option<String>,
    /// The file that grows: an OpenVEX document
    #[arg(long, value_name = "FILE", default_value = LEDGER)]
    pub(crate) file: PathBuf,
}

/// `mainstay vex export`.
#[derive(Debug, ClapArgs)]
pub(crate) struct VexExportArgs {
    /// The documents whose statements are written, of any of the formats
    #[arg(value_name = "FILE", default_value = LEDGER)]
    pub(crate) files: Vec<PathBuf>,
    /// The format
    #[arg(long, short, value_name = "FORMAT", value_parser = vex_format())]
    pub(crate) format: VexFormat,
    /// Who publishes the document [default: the author of the documents]
    #[arg(long, value_name = "NAME")]
    pub(crate) author: Option<String>,
    /// An address that the publisher owns, such as <https://example.org>; CSAF needs one
    #[arg(long, value_name = "URL")]
    pub(crate) namespace: Option<String>,
    /// The id of the document [default: made from what it says]
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
}

/// `--status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Status {
    /// The flaw does no harm there; say why
    NotAffected,
    /// The flaw is there; say what to do
    Affected,
    /// The product holds the repair
    Fixed,
    /// Nobody knows yet
    UnderInvestigation,
}

fn justification() -> impl TypedValueParser<Value = Justification> {
    // The five that all formats share.
    let words = Justification::all().filter(|one| one.shared() == *one).map(Justification::word);
    PossibleValuesParser::new(words.collect::<Vec<_>>()).map(|word| {
        // The parser above lets only known words through.
        Justification::from_word(&word).unwrap_or(Justification::ComponentNotPresent)
    })
}

fn vex_format() -> impl TypedValueParser<Value = VexFormat> {
    PossibleValuesParser::new(VexFormat::WRITTEN.map(VexFormat::word)).map(|word| {
        // The parser above lets only known words through.
        VexFormat::from_word(&word).unwrap_or(VexFormat::OpenVex)
    })
}
