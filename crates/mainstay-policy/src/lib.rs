//! The policy: what may pass and what may not.
//!
//! One file, judged the same wherever it is asked. So nothing here knows of a scan, a registry or
//! a request: whoever asks gives facts about a package or a finding as plain values, and gets
//! decisions. A decision names its rule with file and line, the facts that it stands on, and who
//! told them. A rule that needs a fact which nobody knows decides "unknown"; it never lets pass.
//!
//! | module | what it does |
//! | --- | --- |
//! | `facts` | what may be asked about |
//! | `policy`, `file` | the rules, and the file that holds them |
//! | `finding_rule`, `package_rule`, `licence_rule` | how one rule judges |
//! | `pattern`, `version_range`, `age` | the small languages inside rules |
//! | `exception` | what somebody accepted, why, and until when |
//! | `decision` | the answer |
//! | `example` | a policy's own tests |
//! | `settings_toml` | the strict reading of any settings file |
//!
//! Pure: no file, no clock, no network. The moment is a parameter.

mod address;
mod age;
mod decision;
mod example;
mod exception;
mod facts;
mod file;
mod finding_rule;
mod licence_rule;
mod package_rule;
mod pattern;
mod policy;
pub mod settings_toml;
mod version_range;

pub use address::Place;
pub use age::{AgeError, parse_age};
pub use decision::{Decision, Fact, Outcome, RuleName};
pub use example::{Example, ExampleResult};
pub use exception::{Exception, WrittenException};
pub use facts::{Called, DataFacts, FindingFacts, PackageFacts, SourceFacts};
pub use finding_rule::{Condition, FindingRule, Threshold};
pub use pattern::{Fit, PackagePattern, PatternError};
pub use policy::{Allowance, Policy};
pub use settings_toml::SettingsError;
pub use version_range::{RangeError, VersionRange};
