//! The words of the inventory.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use mainstay_types::{Ecosystem, FindingKind, FlawName, SectorId, Severity};

use crate::statement::{StatementRow, WithoutEffect};

/// What sort of party it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartyKind {
    /// A company, an authority, a foundation.
    Organisation,
    /// A project of open source.
    Project,
    /// A person.
    Person,
    /// Those who share within a circle: an ISAC, a CERT's constituency.
    Community,
}

impl PartyKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Organisation, Self::Project, Self::Person, Self::Community];

    /// The word that the database and the API use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Project => "project",
            Self::Person => "person",
            Self::Community => "community",
        }
    }

    /// The kind of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A party to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewParty {
    /// Its id, as other rooms know it.
    pub id: String,
    /// What it is.
    pub kind: PartyKind,
    /// Its name, for people.
    pub name: String,
    /// Whether it is systemically important.
    pub is_important: bool,
    /// The sectors that it belongs to.
    pub sectors: Vec<SectorId>,
}

/// A party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Its small number within this instance.
    pub(crate) number: i64,
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: PartyKind,
    /// Its name, for people.
    pub name: String,
    /// Whether it is systemically important.
    pub is_important: bool,
    /// Ids of the sectors that it belongs to, sorted.
    pub sectors: Vec<String>,
}

/// What a party deploys or ships.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    pub(crate) number: i64,
    /// Its id.
    pub id: String,
    /// Its name, one of its kind within the party.
    pub name: String,
    /// The id of its party.
    pub party: String,
    /// The name of its party.
    pub party_name: String,
    /// When it was added.
    pub created_at: Timestamp,
}

/// An SBOM that comes in.
#[derive(Clone, Copy, Debug)]
pub struct Upload<'u> {
    /// The id of the party.
    pub party: &'u str,
    /// The name of the asset that it describes, one of its kind within the party. It is added when
    /// it is not there.
    pub asset: &'u str,
    /// The version of the asset; may be empty, when it has none.
    pub release: &'u str,
    /// The name of the file, for people.
    pub file_name: &'u str,
    /// The document.
    pub bytes: &'u [u8],
}

/// What became of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The id of the SBOM.
    pub id: String,
    /// The id of the asset.
    pub asset: String,
    /// The very document was there already, and is current: nothing changed.
    pub is_known: bool,
    /// Packages that it names, each once.
    pub packages: usize,
    /// Of those, how many nobody here had named before.
    pub new_packages: usize,
    /// Of all, how many are not checked: nobody can say that they are without flaws.
    pub unchecked: usize,
    /// Findings that it opens, those of the same version before taken off.
    pub opened: usize,
    /// Findings that it closes.
    pub closed: usize,
    /// What the document leaves open.
    pub gaps: Vec<String>,
    /// Findings that statements silence, of those that the SBOM brings.
    pub silenced: usize,
    /// Statements that the document itself makes (VEX).
    pub statements: usize,
    /// What of them had no effect.
    pub without_effect: Vec<WithoutEffect>,
}

/// An SBOM that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SbomRow {
    /// Its id.
    pub id: String,
    /// The version of the asset.
    pub release: String,
    /// The name of the document's blob.
    pub blob: String,
    /// The name of the file.
    pub file_name: String,
    /// The format.
    pub format: String,
    /// When it came.
    pub received_at: Timestamp,
    /// Packages that it names.
    pub packages: i64,
    /// Of those, how many are not checked, as things are known now.
    pub unchecked: usize,
    /// What it leaves open.
    pub gaps: Vec<String>,
    /// Whether it is the newest of its version.
    pub is_current: bool,
}

/// What differs between two SBOMs, by package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SbomChange {
    /// The package, with its ecosystem: `npm lodash`.
    pub package: String,
    /// Versions that only the former has.
    pub before: Vec<String>,
    /// Versions that only the latter has.
    pub after: Vec<String>,
}

/// A flaw in a version of an asset.
#[derive(Clone, Debug)]
pub struct FindingRow {
    /// The id of the asset.
    pub asset: String,
    /// Its name.
    pub asset_name: String,
    /// The id of the party.
    pub party: String,
    /// Its name.
    pub party_name: String,
    /// The version of the asset.
    pub release: String,
    /// The package URL; empty: it is about the asset itself.
    pub purl: String,
    /// The id of the flaw.
    pub flaw: String,
    /// What sort of trouble it is; nothing, when no advisory names it.
    pub kind: Option<FindingKind>,
    /// How bad it is.
    pub severity: Severity,
    /// One line on what it is; empty, when no advisory names it.
    pub title: String,
    /// The version that repairs it, where one is known.
    pub fixed_in: Option<String>,
    /// Whether it is known to be exploited; `None`: nobody here knows.
    pub exploited: Option<bool>,
    /// The chance of exploitation within 30 days, in millionths.
    pub probability: Option<i64>,
    /// A CVSS vector of version 4 or 3.
    pub vector: Option<String>,
    /// Until when the KEV catalogue asks to act.
    pub due: Option<Date>,
    /// When it was opened last.
    pub opened_at: Timestamp,
    /// Whether it is open.
    pub state: FindingState,
    /// No advisory tells it, only the statement.
    pub is_raised: bool,
    /// How often it was opened.
    pub times: i64,
    /// The statement that silences it, or that is told with it.
    pub statement: Option<StatementRow>,
    /// What the organisation says of the asset, as keys of SSVC's System Exposure and Human
    /// Impact.
    pub(crate) exposure: Option<String>,
    pub(crate) human_impact: Option<String>,
    pub(crate) component: i64,
}

/// What a finding is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FindingState {
    /// Nobody answered it.
    Open,
    /// A statement answers it, since then. It is there, and counts no longer as open.
    Silenced(Timestamp),
    /// It is not there any more, since then, and why.
    Closed(Timestamp, String),
}

impl FindingState {
    /// The word of the API.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Silenced(_) => "silenced",
            Self::Closed(..) => "closed",
        }
    }
}

/// What a finding was for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastState {
    /// `open`, `silenced` or `closed`.
    pub state: String,
    /// From when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Why it ended.
    pub why: String,
    /// The id of the statement that silenced it then.
    pub statement: Option<String>,
}

/// What is known of a flaw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlawSummary {
    /// The id under which it is shown.
    pub id: String,
    /// One line on what it is.
    pub title: String,
    /// How bad it is, at worst.
    pub severity: Severity,
    /// Whether it is known to be exploited; `None`: nobody here knows.
    pub exploited: Option<bool>,
    /// Package URLs that have it, and the version that repairs it, where one is known.
    pub fixes: Vec<(String, Option<String>)>,
}

/// What "who is affected" is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A flaw, by any of its ids.
    Flaw(FlawName),
    /// A package in some versions, before any advisory exists. Without a range: in all.
    Package {
        /// A package URL without a version.
        purl: String,
        /// A version range as `vers` writes it: `vers:npm/>=1.0|<1.2`.
        range: Option<String>,
    },
}

/// Who is affected.
#[derive(Clone, Debug, Default)]
pub struct Affected {
    /// The versions of assets, by party and name.
    pub releases: Vec<AffectedRelease>,
    /// Of a flaw: versions of assets that have an affected component, of which somebody says that
    /// it does no harm there. They are not counted as affected, and they are not nothing.
    pub answered: Vec<AnsweredRelease>,
    /// How many organisations that is.
    pub organisations: usize,
    /// By sector, the most affected first.
    pub sectors: Vec<SectorCount>,
    /// Organisations here that have no current SBOM at all: of them nothing is known.
    pub silent: usize,
    /// Versions of the package that could not be compared with the range; who has them is not
    /// known to be unaffected.
    pub undecided: Vec<String>,
    /// Package URLs of the components that were meant.
    pub components: Vec<String>,
    /// Of a flaw: components here that are not checked, so that nobody can say whether they have
    /// it. Of a package: 0, since versions are compared with the range itself.
    pub unchecked: i64,
    /// Current SBOMs that leave something open: what they do not name may be affected.
    pub partial: i64,
    /// Of a flaw: whether every component was asked about with the advisory data that are there
    /// now. Of a package: true.
    pub is_matched: bool,
    /// Of a flaw: the ecosystems of all components, whose advisory data the answer rests on.
    pub ecosystems: Vec<Ecosystem>,
}

/// A version of an asset that has an affected component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AffectedRelease {
    /// The id of the party.
    pub party: String,
    /// Its name.
    pub party_name: String,
    /// The id of the asset.
    pub asset: String,
    /// Its name.
    pub asset_name: String,
    /// The version of the asset.
    pub release: String,
    /// The id of the SBOM that says so.
    pub sbom: String,
    /// The package URLs.
    pub purls: Vec<String>,
    /// When that SBOM came.
    pub received_at: Timestamp,
    /// How the asset needs them.
    pub need: Need,
}

/// A version of an asset that has an affected component, all of which statements answer.
#[derive(Clone, Debug)]
pub struct AnsweredRelease {
    /// What has it.
    pub release: AffectedRelease,
    /// Who says what, by package URL.
    pub by_purl: BTreeMap<String, Vec<StatementRow>>,
}

impl AnsweredRelease {
    /// Who says what, of whichever package; each statement once.
    pub fn statements(&self) -> Vec<&StatementRow> {
        let mut known = BTreeSet::new();
        let all = self.by_purl.values().flatten();
        all.filter(|one| known.insert(one.id.as_str())).collect()
    }
}

/// How an asset needs a component, as far as its SBOM tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// The SBOM does not tell.
    #[default]
    Untold,
    /// Something that the asset asks for needs it.
    Deep,
    /// The asset asks for it itself.
    Direct,
}

/// How many organisations of a sector are affected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectorCount {
    /// The id of the sector.
    pub sector: String,
    /// Organisations that are affected.
    pub affected: usize,
    /// Organisations of the sector with a current SBOM.
    pub with_inventory: usize,
    /// All organisations of the sector.
    pub members: usize,
    /// Affected ones that are systemically important.
    pub important: usize,
}
