//! `mainstay sbom`: what can be typed.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};
use mainstay_sboms::WrittenForm;

use super::TargetArgs;

/// `mainstay sbom`.
#[derive(Debug, Subcommand)]
pub(crate) enum SbomCommand {
    /// Write an SBOM of folders and files, without advisory data and without a network
    ///
    /// `mainstay scan --format cyclonedx` or `spdx` writes one with what is known to be wrong.
    Make {
        #[command(flatten)]
        targets: TargetArgs,
        #[command(flatten)]
        form: FormArgs,
    },
    /// Write an SBOM in another format
    Convert {
        /// The SBOM
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        form: FormArgs,
    },
    /// Say what changed between two SBOMs
    ///
    /// Exits 0 when nothing changed, 1 when something did, 3 when nothing changed but one of the
    /// documents does not tell everything.
    Diff {
        /// The earlier SBOM
        #[arg(value_name = "BEFORE")]
        before: PathBuf,
        /// The later SBOM
        #[arg(value_name = "AFTER")]
        after: PathBuf,
        /// The form of the answer
        #[arg(long, short, value_name = "FORMAT", default_value = "text")]
        format: AnswerForm,
    },
    /// Join several SBOMs into one
    Merge {
        /// The SBOMs
        #[arg(value_name = "FILE", required = true, num_args = 2..)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        form: FormArgs,
    },
    /// Say which of the minimum elements of NTIA and CISA an SBOM lacks
    ///
    /// Exits 0 when it has them all, 1 when one is missing, 3 when none is missing but the document
    /// does not tell everything.
    Check {
        /// The SBOM
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Whose elements [default: all]
        #[arg(long, value_name = "WHOSE", value_delimiter = ',')]
        against: Vec<Against>,
        /// The form of the answer
        #[arg(long, short, value_name = "FORMAT", default_value = "text")]
        format: AnswerForm,
    },
}

/// The format of a document to write.
#[derive(Debug, Args)]
pub(crate) struct FormArgs {
    /// The format to write
    #[arg(long, short, value_name = "FORMAT", default_value = "cyclonedx", value_parser = written_form())]
    pub(crate) format: WrittenForm,
}

fn written_form() -> impl TypedValueParser<Value = WrittenForm> {
    PossibleValuesParser::new(WrittenForm::ALL.map(WrittenForm::word)).map(|word| {
        // The parser above lets only known words through.
        WrittenForm::from_word(&word).unwrap_or(WrittenForm::CycloneDx1_6)
    })
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerForm {
    /// For a person
    Text,
    /// For programs
    Json,
}

/// Whose minimum elements.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Against {
    /// NTIA, July 2021
    Ntia,
    /// CISA's framing, third edition, 2024
    #[value(name = "cisa-2024")]
    Cisa2024,
    /// CISA's draft of August 2025
    #[value(name = "cisa-2025")]
    Cisa2025,
}
