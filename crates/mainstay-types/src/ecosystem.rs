//! The package ecosystems that Mainstay can tell apart.
//!
//! Names are those of the OSV schema (<https://ossf.github.io/osv-schema/>, "Defined
//! ecosystems"). A distribution's name may carry its release after a colon (`Debian:12`);
//! [`OsvEcosystem`] keeps the two apart.

use std::fmt;

/// A package ecosystem: one set of rules for names, versions and their order.
///
/// There is no catch-all variant on purpose. A new ecosystem is a new variant, and the compiler
/// then lists every place that must learn about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ecosystem {
    /// Rust crates.
    CratesIo,
    /// JavaScript packages.
    Npm,
    /// Python distributions.
    PyPi,
    /// Go modules, and the pseudo-modules `stdlib` and `toolchain`.
    Go,
    /// Java and other JVM artifacts, named `group:artifact`.
    Maven,
    /// Ruby gems.
    RubyGems,
    /// PHP packages, named `vendor/package`.
    Packagist,
    /// .NET packages.
    NuGet,
    /// Erlang and Elixir packages.
    Hex,
    /// Dart and Flutter packages.
    Pub,
    /// Haskell packages.
    Hackage,
    /// The Haskell compiler and its tools.
    Ghc,
    /// R packages.
    Cran,
    /// R packages for bioinformatics.
    Bioconductor,
    /// C and C++ packages of Conan.
    ConanCenter,
    /// Swift packages, named by the address of their repository.
    SwiftUrl,
    /// Debian source packages.
    Debian,
    /// Ubuntu source packages.
    Ubuntu,
    /// Alpine packages.
    Alpine,
    /// Red Hat packages.
    RedHat,
    /// Rocky Linux packages.
    RockyLinux,
    /// `AlmaLinux` packages.
    AlmaLinux,
    /// Packages of SUSE Linux Enterprise.
    Suse,
    /// openSUSE packages.
    OpenSuse,
    /// Mageia packages.
    Mageia,
    /// openEuler packages.
    OpenEuler,
    /// Azure Linux packages, formerly CBL-Mariner.
    AzureLinux,
    /// Photon OS packages.
    PhotonOs,
    /// Wolfi packages.
    Wolfi,
    /// Chainguard packages.
    Chainguard,
    /// `MinimOS` packages.
    MinimOs,
    /// Alpaquita packages.
    Alpaquita,
}

/// The package format of a distribution: how its packages are installed, named and ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Packaging {
    /// dpkg: Debian and what descends from it.
    Deb,
    /// apk: Alpine and its kin.
    Apk,
    /// RPM.
    Rpm,
}

/// One row per ecosystem: the variant, the name in OSV, the purl type, whether OSV's name
/// carries a release.
const TABLE: [(Ecosystem, &str, &str, bool); 32] = [
    (Ecosystem::CratesIo, "crates.io", "cargo", false),
    (Ecosystem::Npm, "npm", "npm", false),
    (Ecosystem::PyPi, "PyPI", "pypi", false),
    (Ecosystem::Go, "Go", "golang", false),
    (Ecosystem::Maven, "Maven", "maven", false),
    (Ecosystem::RubyGems, "RubyGems", "gem", false),
    (Ecosystem::Packagist, "Packagist", "composer", false),
    (Ecosystem::NuGet, "NuGet", "nuget", false),
    (Ecosystem::Hex, "Hex", "hex", false),
    (Ecosystem::Pub, "Pub", "pub", false),
    (Ecosystem::Hackage, "Hackage", "hackage", false),
    (Ecosystem::Ghc, "GHC", "generic", false),
    (Ecosystem::Cran, "CRAN", "cran", false),
    (Ecosystem::Bioconductor, "Bioconductor", "bioconductor", false),
    (Ecosystem::ConanCenter, "ConanCenter", "conan", false),
    (Ecosystem::SwiftUrl, "SwiftURL", "swift", false),
    (Ecosystem::Debian, "Debian", "deb", true),
    (Ecosystem::Ubuntu, "Ubuntu", "deb", true),
    (Ecosystem::Alpine, "Alpine", "apk", true),
    (Ecosystem::RedHat, "Red Hat", "rpm", true),
    (Ecosystem::RockyLinux, "Rocky Linux", "rpm", true),
    (Ecosystem::AlmaLinux, "AlmaLinux", "rpm", true),
    (Ecosystem::Suse, "SUSE", "rpm", true),
    (Ecosystem::OpenSuse, "openSUSE", "rpm", true),
    (Ecosystem::Mageia, "Mageia", "rpm", true),
    (Ecosystem::OpenEuler, "openEuler", "rpm", true),
    (Ecosystem::AzureLinux, "Azure Linux", "rpm", true),
    (Ecosystem::PhotonOs, "Photon OS", "rpm", true),
    (Ecosystem::Wolfi, "Wolfi", "apk", false),
    (Ecosystem::Chainguard, "Chainguard", "apk", false),
    (Ecosystem::MinimOs, "MinimOS", "apk", false),
    (Ecosystem::Alpaquita, "Alpaquita", "apk", true),
];

impl Ecosystem {
    /// Every ecosystem, in the order of the declaration.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        TABLE.iter().map(|row| row.0)
    }

    /// The ecosystem with this OSV name, without a release: `crates.io`, `PyPI`, `Debian`.
    /// Letters must match in case, as the schema writes them.
    pub fn from_osv_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The name in the OSV schema, without a release.
    pub fn osv_name(self) -> &'static str {
        self.row().1
    }

    /// The purl type: `cargo` for crates.io, `golang` for Go.
    pub fn purl_type(self) -> &'static str {
        self.row().2
    }

    /// Whether OSV publishes one stream of records per release (`Debian:12`, `Alpine:v3.20`).
    pub fn has_releases(self) -> bool {
        self.row().3
    }

    /// The package format, if this is a distribution.
    pub fn packaging(self) -> Option<Packaging> {
        match self.purl_type() {
            "deb" => Some(Packaging::Deb),
            "apk" => Some(Packaging::Apk),
            "rpm" => Some(Packaging::Rpm),
            _ => None,
        }
    }

    fn row(self) -> &'static (Self, &'static str, &'static str, bool) {
        // The table is in the order of the declaration; a test holds it there.
        TABLE.get(self as usize).unwrap_or(&TABLE[0])
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.osv_name())
    }
}

/// The `ecosystem` string of an OSV record, read: `Debian:12` is Debian with release `12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OsvEcosystem<'a> {
    /// The ecosystem before the first colon.
    pub ecosystem: Ecosystem,
    /// What follows the first colon, if anything does.
    pub release: Option<&'a str>,
}

impl<'a> OsvEcosystem<'a> {
    /// Reads OSV's ecosystem string. `None` when Mainstay does not know the ecosystem.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (name, release) = match text.split_once(':') {
            Some((name, release)) => (name, Some(release)),
            None => (text, None),
        };
        let ecosystem = Ecosystem::from_osv_name(name)?;
        Some(Self { ecosystem, release: release.filter(|release| !release.is_empty()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_stands_at_its_variant() {
        for (position, row) in TABLE.iter().enumerate() {
            assert_eq!(row.0 as usize, position, "{}", row.1);
        }
    }

    #[test]
    fn an_osv_name_leads_back_to_its_ecosystem() {
        for ecosystem in Ecosystem::all() {
            assert_eq!(Ecosystem::from_osv_name(ecosystem.osv_name()), Some(ecosystem));
        }
    }

    #[test]
    fn a_release_is_kept_apart_from_the_distribution() {
        let parsed = OsvEcosystem::parse("Ubuntu:22.04:LTS").unwrap();
        assert_eq!(parsed.ecosystem, Ecosystem::Ubuntu);
        assert_eq!(parsed.release, Some("22.04:LTS"));
    }

    #[test]
    fn only_distributions_have_a_packaging() {
        assert_eq!(Ecosystem::Wolfi.packaging(), Some(Packaging::Apk));
        assert_eq!(Ecosystem::CratesIo.packaging(), None);
    }

    #[test]
    fn an_unknown_ecosystem_is_refused() {
        assert_eq!(OsvEcosystem::parse("crates.IO"), None);
    }
}
