//! The prevalence as programs read it: JSON and CSV (RFC 4180).

use schemars::JsonSchema;
use serde::Serialize;

use super::{Known, PointsRange, Prevalence, PrevalentPackage};
use crate::answer::{KnowledgeDocument, NotKnown};
use crate::project::NoteKind;

/// `mainstay.prevalence`, version 1, as the command line and the API write it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PrevalenceDocument {
    /// `mainstay.prevalence`
    pub schema: &'static str,
    /// 1
    pub version: u32,
    /// When it was counted.
    pub taken_at: String,
    /// What it is about.
    pub totals: TotalsDocument,
    /// Packages that match the filter; those that follow are some of them.
    pub found: usize,
    /// Packages, in the order that was asked for.
    pub packages: Vec<PackageDocument>,
    /// The data that flaws rest on.
    pub knowledge: Vec<KnowledgeDocument>,
    /// What is not known.
    pub unknowns: Vec<NotKnown>,
}

/// What the answer is about.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TotalsDocument {
    /// Organisations in sight.
    pub organisations: usize,
    /// Of them, how many have a current SBOM here.
    pub with_inventory: usize,
    /// Of those, how many are systemically important.
    pub important: usize,
    /// Sectors of those.
    pub sectors: usize,
    /// Assets with a current SBOM.
    pub assets: usize,
}

/// A package, as members use it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PackageDocument {
    /// The package URL without a version.
    pub package: String,
    /// The ecosystem.
    pub ecosystem: String,
    /// The name.
    pub name: String,
    /// Organisations that use it.
    pub organisations: usize,
    /// Of them, how many are systemically important.
    pub important: usize,
    /// Their sectors.
    pub sectors: usize,
    /// Assets that use it.
    pub assets: usize,
    /// Of them, how many ask for it themselves.
    pub direct: usize,
    /// How many need it through something else.
    pub deep: usize,
    /// Of how many the SBOM does not tell.
    pub untold: usize,
    /// Versions in use.
    pub versions: usize,
    /// What is weak about it.
    pub weakness: WeaknessDocument,
    /// How far it reaches, 0 to 100.
    pub reach: f64,
    /// How weak it is, 0 to 100.
    pub weak: RangeDocument,
    /// Reach times weakness, 0 to 100; null: it was made to do harm, and has to go.
    pub help: Option<RangeDocument>,
    /// What its project asks for, and ways to it.
    pub asks: Vec<AskDocument>,
}

/// What is weak about a package. Null: nobody here knows.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WeaknessDocument {
    /// Nobody maintains it.
    pub unmaintained: Option<bool>,
    /// Flaws of the versions in use.
    pub flaws: usize,
    /// The worst of them; null: there is none that is known.
    pub worst: Option<&'static str>,
    /// One is known to be exploited.
    pub exploited: bool,
    /// Versions in use that are not checked.
    pub unchecked: usize,
    /// Its metadata name one person.
    pub one_person: Option<bool>,
    /// It is written in a language without memory safety.
    pub memory_unsafe: Option<bool>,
    /// A version in use was made to do harm.
    pub malicious: bool,
}

/// From where to where.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RangeDocument {
    /// By what is known.
    pub least: f64,
    /// If all that is not known were weak.
    pub most: f64,
}

/// Something that a project asks for, or a way to it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AskDocument {
    /// `funding`, `contributing`, `issues`, `security`, `source` or `website`.
    pub kind: &'static str,
    /// The address. Whoever sent an SBOM wrote it: look before you send money.
    pub address: String,
    /// Organisations whose SBOMs say so.
    pub organisations: usize,
}

impl From<PointsRange> for RangeDocument {
    fn from(range: PointsRange) -> Self {
        Self { least: range.least.number(), most: range.most.number() }
    }
}

impl From<&Prevalence> for PrevalenceDocument {
    fn from(prevalence: &Prevalence) -> Self {
        let totals = prevalence.totals;
        Self {
            schema: "mainstay.prevalence",
            version: 1,
            taken_at: prevalence.taken_at.to_string(),
            totals: TotalsDocument {
                organisations: totals.organisations,
                with_inventory: totals.with_inventory,
                important: totals.important,
                sectors: totals.sectors,
                assets: totals.assets,
            },
            found: prevalence.found,
            packages: prevalence.packages.iter().map(PackageDocument::from).collect(),
            knowledge: prevalence.knowledge.iter().map(KnowledgeDocument::from).collect(),
            unknowns: prevalence.unknowns.clone(),
        }
    }
}

impl From<&PrevalentPackage> for PackageDocument {
    fn from(one: &PrevalentPackage) -> Self {
        let weakness = &one.weakness;
        Self {
            package: one.purl.clone(),
            ecosystem: one.ecosystem.clone(),
            name: one.name.clone(),
            organisations: one.organisations,
            important: one.important,
            sectors: one.sectors,
            assets: one.assets(),
            direct: one.direct,
            deep: one.deep,
            untold: one.untold,
            versions: one.versions,
            weakness: WeaknessDocument {
                unmaintained: weakness.unmaintained.told(),
                flaws: weakness.flaws,
                worst: (weakness.flaws > 0).then(|| weakness.worst.word()),
                exploited: weakness.is_exploited,
                unchecked: weakness.unchecked,
                one_person: weakness.one_person.told(),
                memory_unsafe: weakness.memory_unsafe.told(),
                malicious: weakness.is_malicious,
            },
            reach: one.reach.number(),
            weak: one.weak.into(),
            help: one.help.map(RangeDocument::from),
            asks: one
                .asks
                .iter()
                .map(|ask| AskDocument {
                    kind: ask.kind.word(),
                    address: ask.address.clone(),
                    organisations: ask.organisations,
                })
                .collect(),
        }
    }
}

const COLUMNS: [&str; 24] = [
    "package",
    "ecosystem",
    "organisations",
    "systemically important",
    "sectors",
    "assets",
    "direct",
    "deep",
    "need not told",
    "versions",
    "unmaintained",
    "flaws",
    "worst flaw",
    "exploited",
    "unchecked versions",
    "one person",
    "memory-unsafe",
    "malicious",
    "reach",
    "weakness at least",
    "weakness at most",
    "help at least",
    "help at most",
    "funding",
];

/// The packages as CSV, with a line of headings. Whoever sent an SBOM chose the names in it, so no
/// cell begins with what a spreadsheet takes for a formula.
pub fn as_csv(prevalence: &Prevalence) -> String {
    let mut text = String::new();
    push_line(&mut text, COLUMNS.map(str::to_owned));
    for one in &prevalence.packages {
        let known = |known: Known| match known {
            Known::Yes => "yes".to_owned(),
            Known::No => "no".to_owned(),
            Known::Unknown => "unknown".to_owned(),
        };
        let plain = |is_so: bool| if is_so { "yes".to_owned() } else { "not known".to_owned() };
        let weakness = &one.weakness;
        let purses = one.asks.iter().filter(|ask| ask.kind == NoteKind::Funding);
        let purses: Vec<&str> = purses.map(|ask| ask.address.as_str()).collect();
        let help = |end: fn(PointsRange) -> f64| {
            one.help.map_or_else(|| "remove it".to_owned(), |help| end(help).to_string())
        };
        push_line(
            &mut text,
            [
                one.purl.clone(),
                one.ecosystem.clone(),
                one.organisations.to_string(),
                one.important.to_string(),
                one.sectors.to_string(),
                one.assets().to_string(),
                one.direct.to_string(),
                one.deep.to_string(),
                one.untold.to_string(),
                one.versions.to_string(),
                known(weakness.unmaintained),
                weakness.flaws.to_string(),
                if weakness.flaws > 0 { weakness.worst.word().to_owned() } else { String::new() },
                plain(weakness.is_exploited),
                weakness.unchecked.to_string(),
                known(weakness.one_person),
                known(weakness.memory_unsafe),
                plain(weakness.is_malicious),
                one.reach.number().to_string(),
                one.weak.least.number().to_string(),
                one.weak.most.number().to_string(),
                help(|range| range.least.number()),
                help(|range| range.most.number()),
                purses.join(" "),
            ],
        );
    }
    text
}

fn push_line(text: &mut String, cells: [String; 24]) {
    text.push_str(&cells.map(|cell| safe_cell(&cell)).join(","));
    text.push_str("\r\n");
}

/// A cell that no spreadsheet takes for a formula (OWASP, "CSV Injection"), in quotes where it
/// needs them.
fn safe_cell(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if is_formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\r', '\n']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_with_a_formula_or_breaks_out_of_its_quotes() {
        assert_eq!(safe_cell("=1+1"), "'=1+1");
        assert_eq!(safe_cell("@cmd,\"x\""), "\"'@cmd,\"\"x\"\"\"");
        assert_eq!(safe_cell("a\nb"), "\"a\nb\"");
        assert_eq!(safe_cell("pkg:npm/%40a/b"), "pkg:npm/%40a/b");
    }
}
