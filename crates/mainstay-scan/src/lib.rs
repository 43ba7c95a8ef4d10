//! A scan answers three questions: what is in this software, what is wrong with it, and what does
//! nobody know?
//!
//! Data flow one way: [`inventory`] walks the targets and reads every source;
//! [`Inventoried::judge`] looks each package up and judges; [`report`] writes the answer down.
//!
//! | module | what it does |
//! | --- | --- |
//! | `target`, `pattern`, `exception` | what the user asks for and accepts |
//! | `walk`, `kind`, `confine` | finding files and reading them, within the root and within limits |
//! | `source`, `cover` | how far each source was read; which manifests a lockfile answers for |
//! | `package`, `via` | the packages over all sources, and why each is there |
//! | `look_up`, `group`, `finding` | records that match, joined by flaw |
//! | `statements` | VEX: what others say about a flaw, and what that changes |
//! | `agree` | whether what is installed is what is locked |
//! | `shape` | what the files themselves show: doors for dependency confusion |
//! | `unknown`, `judge`, `verdict` | what is not known, and what follows from all that |
//! | `gate` | policies judge all that for `mainstay check` |
//! | `since` | what was there already at a revision |
//! | `report` | text, JSON, SARIF, Markdown, annotations |

mod agree;
mod component;
mod confine;
mod cover;
mod exception;
mod finding;
mod gate;
mod ground;
mod group;
mod image;
mod joined;
mod judge;
mod kind;
mod look_up;
mod members;
mod model;
mod package;
mod pattern;
mod repeated;
mod report;
mod scan;
mod shape;
mod since;
mod source;
mod statements;
mod target;
mod tree_folder;
mod unknown;
mod verdict;
mod via;
mod walk;

pub use component::ComponentAt;
pub use confine::DiskError;
pub use finding::{Excepted, ExploitProbability, Finding, Record, finding_codes};
pub use gate::{AllowedUnknown, Gate, Judged, Judgement, Standing};
pub use judge::{data_unknowns, knowledge_used};
pub use look_up::{Asked, known_about};
pub use model::examine_model;
pub use package::{Location, Package, PackageStatus, UncheckedReason};
pub use pattern::{Pattern, PatternError};
pub use report::{ReportError, ReportFormat, TextLayout, knowledge_line, report, sbom};
pub use scan::{Inventoried, KnowledgeUsed, Limits, LookedUp, Scan, inventory};
pub use since::{NoLongerSilenced, Revision, Since, is_needed};
pub use source::{Source, SourceProblem, SourceStatus};
pub use statements::{
    Beside, Cited, KeptFinding, KeptHearing, KeptOutcome, KeptRecord, KeptSoftware, KeptStatement,
    NoEffect, Provenance, Said, Silenced, Software, Stated, StatementSources, Statements,
    VexDocument, Weight, WithoutEffect,
};
pub use target::{Installed, Target};
pub use unknown::{Unknown, UnknownCode};
pub use verdict::{Coverage, Verdict};
