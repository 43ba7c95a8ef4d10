//! The release of a distribution: Debian 12, Ubuntu 22.04, Alpine v3.20.
//!
//! One release has many spellings. OSV writes `Ubuntu:22.04:LTS` (its schema, "Defined
//! ecosystems"), a package URL `distro=ubuntu-22.04` (purl-spec, "Known qualifiers"), a running
//! system `ID=ubuntu` and `VERSION_ID=22.04` (os-release(5)). All of them lead to one [`Release`],
//! and two are equal when their keys are.
//!
//! | distribution | OSV | key |
//! | --- | --- | --- |
//! | Debian | `12`, `sid` | the same; code names become numbers |
//! | Ubuntu | `22.04:LTS`, `Pro:18.04:LTS` | `22.04`, `Pro:18.04`: without the mark of long support |
//! | Alpine | `v3.20` | `v3.20`: without the third number |
//! | Red Hat | `enterprise_linux:9::baseos`, `openshift:4.12::el9` | `9`: the major number of the system; streams of their own updates (`rhel_eus:9.2`) stay apart |
//! | Rocky Linux, `AlmaLinux`, Mageia, Azure Linux | `9` | the major number |
//! | SUSE | `Linux Enterprise Module for Basesystem 15 SP5` | `15 SP5`: all products of a service pack share its packages |
//! | openSUSE | `Leap 15.5`, `Tumbleweed` | the same |
//! | openEuler | `22.03-LTS-SP3` | the same |
//! | Photon OS | `4.0` | the same |
//! | Alpaquita | `23`, `stream` | the same |
//!
//! Wolfi, Chainguard and `MinimOS` have no releases.

mod spelling;

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::Ecosystem;
use crate::package_name::is_control;
use spelling::{Spelling, System};

/// A release of a distribution. Equality and hash are those of ecosystem and key.
#[derive(Clone, Debug)]
pub struct Release {
    ecosystem: Ecosystem,
    key: Box<str>,
}

impl Release {
    /// The longest name of a release taken, in bytes.
    pub const MAX_BYTES: usize = 128;

    /// Reads what OSV writes after the first colon of an ecosystem: `12`, `22.04:LTS`,
    /// `enterprise_linux:9::baseos`. `None` for an ecosystem without releases, and for text that
    /// can be no release.
    pub fn of_osv(ecosystem: Ecosystem, text: &str) -> Option<Self> {
        Self::made(ecosystem, Spelling::of(ecosystem).of_osv(usable(text)?)?)
    }

    /// Reads the `distro` qualifier of a package URL, with or without the distribution in front:
    /// `debian-12`, `bookworm`, `alpine-3.20.3`, `opensuse-leap-15.5`.
    pub fn of_distro(ecosystem: Ecosystem, text: &str) -> Option<Self> {
        Self::made(ecosystem, Spelling::of(ecosystem).of_distro(ecosystem, usable(text)?)?)
    }

    /// The release that an os-release file tells by its fields, each empty where it is absent:
    /// `VERSION_ID`, `VERSION`, `VERSION_CODENAME`, `PRETTY_NAME`.
    pub fn of_system(
        ecosystem: Ecosystem,
        version_id: &str,
        version: &str,
        codename: &str,
        pretty_name: &str,
    ) -> Option<Self> {
        let fields = System { version_id, version, codename, pretty_name };
        Self::made(ecosystem, Spelling::of(ecosystem).of_system(ecosystem, &fields)?)
    }

    /// The distribution.
    pub fn ecosystem(&self) -> Ecosystem {
        self.ecosystem
    }

    /// The text under which all spellings of the release are one.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The keys of all releases whose records speak of a package of this one: a package of Ubuntu
    /// 18.04 has records for `18.04` and for `Pro:18.04`, one of SUSE's `15 SP5` also for `15`.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        let also = Spelling::of(self.ecosystem).also(&self.key);
        std::iter::once(self.key.to_string()).chain(also)
    }

    /// The `distro` qualifier of a package URL: `debian-12`.
    pub fn distro(&self) -> String {
        let id = self.ecosystem.distribution_id().unwrap_or("");
        Spelling::of(self.ecosystem).distro(id, &self.key)
    }

    fn made(ecosystem: Ecosystem, key: String) -> Option<Self> {
        usable(&key)?;
        ecosystem.has_releases().then(|| Self { ecosystem, key: key.into_boxed_str() })
    }
}

fn usable(text: &str) -> Option<&str> {
    let text = text.trim();
    let fits = !text.is_empty() && text.len() <= Release::MAX_BYTES;
    (fits && !text.chars().any(is_control)).then_some(text)
}

impl Ecosystem {
    /// The id of a distribution: `ID` of its os-release, and the namespace of its package URLs.
    pub fn distribution_id(self) -> Option<&'static str> {
        IDS.iter().find(|(ecosystem, _)| *ecosystem == self).map(|(_, id)| *id)
    }

    /// The distribution with this id, as os-release files and package URLs write it, in any case.
    pub fn of_distribution_id(id: &str) -> Option<Self> {
        let known = |row: &&(Self, &str)| row.1.eq_ignore_ascii_case(id);
        IDS.iter().find(known).or_else(|| OTHER_IDS.iter().find(known)).map(|row| row.0)
    }
}

/// The id that package URLs of the distribution have here.
const IDS: [(Ecosystem, &str); 16] = [
    (Ecosystem::Debian, "debian"),
    (Ecosystem::Ubuntu, "ubuntu"),
    (Ecosystem::Alpine, "alpine"),
    (Ecosystem::RedHat, "redhat"),
    (Ecosystem::RockyLinux, "rocky"),
    (Ecosystem::AlmaLinux, "almalinux"),
    (Ecosystem::Suse, "suse"),
    (Ecosystem::OpenSuse, "opensuse"),
    (Ecosystem::Mageia, "mageia"),
    (Ecosystem::OpenEuler, "openeuler"),
    (Ecosystem::AzureLinux, "azurelinux"),
    (Ecosystem::PhotonOs, "photon"),
    (Ecosystem::Wolfi, "wolfi"),
    (Ecosystem::Chainguard, "chainguard"),
    (Ecosystem::MinimOs, "minimos"),
    (Ecosystem::Alpaquita, "alpaquita"),
];

/// Other ids of the same distributions, of os-release files and of other tools' package URLs.
const OTHER_IDS: [(Ecosystem, &str); 16] = [
    (Ecosystem::RedHat, "rhel"),
    (Ecosystem::RedHat, "rhcos"),
    (Ecosystem::RockyLinux, "rocky-linux"),
    (Ecosystem::RockyLinux, "rockylinux"),
    (Ecosystem::AlmaLinux, "alma"),
    (Ecosystem::Suse, "sles"),
    (Ecosystem::Suse, "sled"),
    (Ecosystem::Suse, "sles_sap"),
    (Ecosystem::Suse, "sle_hpc"),
    (Ecosystem::Suse, "sle-micro"),
    (Ecosystem::Suse, "sl-micro"),
    (Ecosystem::OpenSuse, "opensuse-leap"),
    (Ecosystem::OpenSuse, "opensuse-tumbleweed"),
    (Ecosystem::AzureLinux, "azure-linux"),
    (Ecosystem::AzureLinux, "mariner"),
    (Ecosystem::PhotonOs, "photon-os"),
];

impl PartialEq for Release {
    fn eq(&self, other: &Self) -> bool {
        (self.ecosystem, &self.key) == (other.ecosystem, &other.key)
    }
}

impl Eq for Release {}

impl Hash for Release {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.ecosystem.hash(state);
        self.key.hash(state);
    }
}

impl fmt::Display for Release {
    /// `Debian 12`, `openSUSE Leap 15.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ecosystem == Ecosystem::Suse {
            write!(f, "SUSE Linux Enterprise {}", self.key)
        } else {
            write!(f, "{} {}", self.ecosystem, self.key)
        }
    }
}

#[cfg(test)]
mod tests;
