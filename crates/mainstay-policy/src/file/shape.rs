//! The shape of the policy file.

use serde::Deserialize;
use toml::Spanned;

use crate::exception::WrittenException;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PolicyToml {
    pub(super) version: Option<u32>,
    #[serde(default)]
    pub(super) allow_unknown: Vec<String>,
    #[serde(default)]
    pub(super) project_exceptions: bool,
    #[serde(default)]
    pub(super) project_exclusions: bool,
    #[serde(default)]
    pub(super) project_statements: bool,
    #[serde(default)]
    pub(super) finding: Vec<Spanned<FindingToml>>,
    pub(super) licences: Option<Spanned<LicencesToml>>,
    #[serde(default)]
    pub(super) ban: Vec<Spanned<BanToml>>,
    pub(super) sources: Option<Spanned<SourcesToml>>,
    pub(super) releases: Option<Spanned<ReleasesToml>>,
    pub(super) data: Option<Spanned<DataToml>>,
    #[serde(default)]
    pub(super) exception: Vec<Spanned<WrittenException>>,
    #[serde(default)]
    pub(super) example: Vec<Spanned<ExampleToml>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct FindingToml {
    pub(super) name: Option<String>,
    pub(super) severity: Option<String>,
    pub(super) known_exploited: Option<bool>,
    pub(super) epss: Option<f64>,
    pub(super) kind: Option<Vec<String>>,
    pub(super) scope: Option<Vec<String>>,
    pub(super) direct: Option<bool>,
    pub(super) fixable: Option<bool>,
    pub(super) package: Option<Vec<String>>,
    pub(super) reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct LicencesToml {
    #[serde(default)]
    pub(super) allow: Vec<String>,
    #[serde(default)]
    pub(super) deny: Vec<String>,
    #[serde(default)]
    pub(super) scope: Vec<String>,
    pub(super) unstated: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct BanToml {
    pub(super) name: Option<String>,
    pub(super) package: String,
    pub(super) versions: Option<String>,
    #[serde(default)]
    pub(super) scope: Vec<String>,
    pub(super) reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct SourcesToml {
    pub(super) registries: Option<Vec<String>>,
    pub(super) git: Option<Vec<String>>,
    pub(super) addresses: Option<Vec<String>>,
    pub(super) paths: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ReleasesToml {
    pub(super) cooldown: Option<String>,
    pub(super) max_age: Option<String>,
    #[serde(default)]
    pub(super) scope: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct DataToml {
    pub(super) max_age: String,
}

/// A package or a finding as facts, and what must follow.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct ExampleToml {
    pub(crate) name: Option<String>,
    pub(crate) expect: String,
    pub(crate) rule: Option<String>,
    pub(crate) on: Option<String>,
    pub(crate) package: Option<String>,
    pub(crate) licence: Option<String>,
    pub(crate) scope: Option<String>,
    pub(crate) direct: Option<bool>,
    pub(crate) source: Option<String>,
    pub(crate) released: Option<String>,
    pub(crate) finding: Option<ExampleFindingToml>,
    pub(crate) data_age: Option<String>,
}

/// A finding of an example.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct ExampleFindingToml {
    pub(crate) id: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) severity: Option<String>,
    pub(crate) known_exploited: Option<bool>,
    pub(crate) epss: Option<f64>,
    pub(crate) fixed_in: Option<String>,
}
