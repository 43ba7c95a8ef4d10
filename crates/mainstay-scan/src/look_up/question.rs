//! What can be asked about a package, and how certain the answer is.

use mainstay_knowledge::{Answer, Knowledge};
use mainstay_matching::{LookUp, ReleaseRecords, Subject};
use mainstay_reading::{LockedVersion, Origin};
use mainstay_types::{BuiltFrom, Distributed, Ecosystem, PackageName, Release};

use super::unchecked;
use crate::package::{Package, PackageStatus, UncheckedReason};

/// What is asked about a package: one or more names, each with a version or a commit, and the
/// release of a distribution.
pub(super) struct Question<'p> {
    package: &'p Package,
    subject: Subject<'p>,
    /// Other names than the package's own, under which its distribution's records speak of it.
    names: Vec<(&'p PackageName, Subject<'p>)>,
    distributed: Option<&'p Distributed>,
}

impl<'p> Question<'p> {
    /// The question, or why nothing can be asked.
    pub(super) fn about(package: &'p Package) -> Result<Self, String> {
        let subject = subject(package)?;
        let distributed = match &package.origin {
            Origin::Distribution(built) => Some(&**built),
            Origin::Registry { .. } | Origin::Git { .. } | Origin::Path(_) | Origin::Url(_) => None,
        };
        let names = match (distributed, subject) {
            (Some(built), Subject::Version(version)) => built
                .asked(&package.name, version)
                .into_iter()
                .map(|(name, version)| (name, Subject::Version(version)))
                .collect(),
            (_, subject) => vec![(&package.name, subject)],
        };
        Ok(Self { package, subject, names, distributed })
    }

    pub(super) fn subject(&self) -> Subject<'p> {
        self.subject
    }

    /// The ecosystem of the package.
    pub(super) fn ecosystem(&self) -> Ecosystem {
        self.package.name.ecosystem()
    }

    /// The same question about another version.
    pub(super) fn of_version(&self, version: &'p str) -> Self {
        let subject = Subject::Version(version);
        let names = self.names.iter().map(|(name, _)| (*name, subject)).collect();
        Self { subject, names, ..*self }
    }

    /// Asks under every name, and joins the answers.
    pub(super) fn ask<'k>(&self, knowledge: &'k Knowledge) -> Answer<'k> {
        let mut joined = Answer::Absent;
        for (name, subject) in &self.names {
            let answer = knowledge.look_up(name, self.release(), *subject);
            joined = match (joined, answer) {
                (Answer::Records(one), Answer::Records(two)) => Answer::Records(one.joined(two)),
                (Answer::Mentions(one), Answer::Mentions(two)) => Answer::Mentions(one.joined(two)),
                (Answer::Unusable(why), _) => Answer::Unusable(why),
                (_, answer) => answer,
            };
        }
        joined
    }

    fn release(&self) -> Option<&'p Release> {
        self.distributed.and_then(|built| built.release.as_ref())
    }

    /// Whether the answer of the ecosystem's own records is certain.
    pub(super) fn certain(&self, found: &LookUp<'_>) -> PackageStatus {
        let of_package = |problem: String| unchecked(UncheckedReason::Package, problem);
        if matches!(self.subject, Subject::Commit(_)) && found.hits.is_empty() {
            let problem =
                "it comes from a git repository, and no advisory on its name names its commit";
            return of_package(problem.to_owned());
        }
        if let Some(problem) = self.release_problem(found) {
            return problem;
        }
        if let Some(error) = &found.unreadable_version {
            return of_package(format!("its version cannot be compared: {error}"));
        }
        match found.undecided.as_slice() {
            [] => PackageStatus::Checked,
            [one] => of_package(format!("{} cannot be decided: {}", one.advisory.id, one.reason)),
            [first, rest @ ..] => of_package(format!(
                "{} and {} other advisories cannot be decided: {}",
                first.advisory.id,
                rest.len(),
                first.reason
            )),
        }
    }

    /// Why no hit says nothing about a package of a distribution.
    fn release_problem(&self, found: &LookUp<'_>) -> Option<PackageStatus> {
        let ecosystem = self.package.name.ecosystem();
        ecosystem.packaging()?;
        let of_package = |problem: String| Some(unchecked(UncheckedReason::Package, problem));
        match (self.release(), found.release) {
            (None, _) if ecosystem.has_releases() => {
                return of_package(format!(
                    "of which release of {ecosystem} it is is not known, and each has its own \
                     advisories"
                ));
            }
            (Some(release), ReleaseRecords::Missing | ReleaseRecords::NotAsked) => {
                let problem = format!("the advisory data have nothing on {release}");
                return Some(unchecked(UncheckedReason::Release, problem));
            }
            (Some(_), ReleaseRecords::There) | (None, _) => {}
        }
        let source = self.distributed.map(|built| &built.built_from);
        if matches!(source, None | Some(BuiltFrom::Unknown)) && !found.known_name {
            return of_package(
                "from which source package it was built is not known, and advisories go by that"
                    .to_owned(),
            );
        }
        None
    }
}

/// What can be asked about a package under its own name, or why nothing can.
fn subject(package: &Package) -> Result<Subject<'_>, String> {
    let name = &package.name;
    if name.ecosystem() == Ecosystem::SwiftUrl && !name.as_written().contains('/') {
        return Err("it is named by its identity in a registry, and advisories name packages of \
                    Swift by the address of their repository"
            .to_owned());
    }
    match (&package.origin, &package.version) {
        (Origin::Git { commit: Some(commit), .. }, _) => Ok(Subject::Commit(commit)),
        (Origin::Git { commit: None, .. }, _) => {
            Err("it comes from a git repository, at no locked commit".to_owned())
        }
        (Origin::Path(_), _) => {
            Err("it comes from a path on the machine, not from the registry".to_owned())
        }
        (Origin::Url(_), _) => {
            Err("it comes from an address of its own, not from the registry".to_owned())
        }
        (Origin::Registry { .. } | Origin::Distribution(_), LockedVersion::Exact(version)) => {
            Ok(Subject::Version(version))
        }
        (Origin::Registry { .. } | Origin::Distribution(_), LockedVersion::Asked(range)) => {
            Err(format!("no version is locked, only \"{range}\" is asked for"))
        }
        (Origin::Registry { .. } | Origin::Distribution(_), LockedVersion::Unstated) => {
            Err("the file names no version of it".to_owned())
        }
    }
}
