//! Findings as facts that can be compared over two scans of a lockfile that moves.
//!
//! A flaw is the same when the package's name and one of its records agree: which records are
//! joined, and under which id they are shown, may differ between two versions of a package.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use mainstay_scan::{Finding, Scan};
use mainstay_types::{Ecosystem, PackageName, Severity};
use mainstay_versions::Version;

use crate::model::{Choice, LeftAlone};

/// One finding on one version of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The package.
    pub package: PackageName,
    /// Its version, as the lockfile writes it.
    pub version: String,
    /// The id under which it is shown.
    pub id: String,
    /// Every id of it, its own among them.
    pub ids: BTreeSet<String>,
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub title: String,
    /// The smallest version that is fixed, where one is known.
    pub fixed_in: Option<String>,
}

impl Flaw {
    /// The flaws in a scan that an upgrade could remove: those that records tell, on packages of
    /// an exact version.
    pub(crate) fn all(scan: &Scan) -> Vec<Self> {
        scan.findings.iter().filter_map(|finding| Self::of(finding, scan)).collect()
    }

    /// The flaws that statements silence, with what says so.
    pub(crate) fn silenced(scan: &Scan) -> Vec<LeftAlone> {
        let each = scan.stated.silenced.iter().filter_map(|silenced| {
            let flaw = Self::of(&silenced.finding, scan)?;
            let mut paths: Vec<String> =
                silenced.finding.locations.iter().map(|place| place.path.to_string()).collect();
            paths.sort_unstable();
            paths.dedup();
            Some(LeftAlone { flaw, paths, by: Arc::clone(&silenced.by) })
        });
        each.collect()
    }

    pub(crate) fn of(finding: &Finding, scan: &Scan) -> Option<Self> {
        let package = scan.packages.get(finding.package?)?;
        if finding.records.is_empty() {
            return None;
        }
        let ids = finding.aliases().into_iter().chain([finding.id()]).map(str::to_owned).collect();
        Some(Self {
            package: package.name.clone(),
            version: package.version.exact()?.to_owned(),
            id: finding.id().to_owned(),
            ids,
            severity: finding.severity,
            title: finding.title.clone(),
            fixed_in: finding.fixed_in.clone(),
        })
    }

    /// Whether both are about the same trouble of the same package, whatever the version.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.package == other.package && !self.ids.is_disjoint(&other.ids)
    }

    /// The package with its version.
    pub fn label(&self) -> String {
        format!("{} {}", self.package, self.version)
    }
}

impl Choice {
    /// Whether this flaw is to be removed.
    pub(crate) fn takes(&self, flaw: &Flaw) -> bool {
        let severe = self
            .least
            .is_none_or(|least| flaw.severity >= least || flaw.severity == Severity::Unknown);
        severe && (self.only.is_empty() || self.only.iter().any(|word| names(word, flaw)))
    }

    /// The words of [`Choice::only`] that name none of these flaws.
    pub(crate) fn idle(&self, flaws: &[&Flaw]) -> Vec<String> {
        let is_idle = |word: &&String| !flaws.iter().any(|flaw| names(word, flaw));
        self.only.iter().filter(is_idle).cloned().collect()
    }
}

fn names(word: &str, flaw: &Flaw) -> bool {
    let ecosystem = flaw.package.ecosystem();
    let is_name =
        |text: &str| PackageName::parse(ecosystem, text).is_ok_and(|name| name == flaw.package);
    let with_version = || {
        // The last `@` parts name and version; a leading one belongs to an npm scope.
        let (name, version) = word.rsplit_once('@').filter(|(name, _)| !name.is_empty())?;
        Some(version == flaw.version && is_name(name))
    };
    flaw.ids.iter().any(|id| id.eq_ignore_ascii_case(word))
        || is_name(word)
        || with_version().unwrap_or(false)
}

/// The greatest of these versions, by the ecosystem's order. One that cannot be read is passed
/// over.
pub(crate) fn greatest<'v>(
    ecosystem: Ecosystem,
    versions: impl Iterator<Item = &'v str>,
) -> Option<&'v str> {
    versions
        .filter_map(|text| Some((Version::parse(ecosystem, text).ok()?, text)))
        .reduce(|best, next| match best.0.compare(&next.0) {
            Some(Ordering::Less) => next,
            Some(Ordering::Equal | Ordering::Greater) | None => best,
        })
        .map(|(_, text)| text)
}
