//! How each distribution spells its releases, and what all spellings have in common.

use crate::Ecosystem;

/// The fields of an os-release file that tell a release.
pub(super) struct System<'a> {
    pub(super) version_id: &'a str,
    pub(super) version: &'a str,
    pub(super) codename: &'a str,
    pub(super) pretty_name: &'a str,
}

/// A way to write releases.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    Debian,
    Ubuntu,
    Alpine,
    RedHat,
    Suse,
    OpenSuse,
    OpenEuler,
    /// Only the number before the first dot counts.
    Major,
    /// The text is the key.
    AsWritten,
    /// There are no releases.
    None,
}

impl Spelling {
    pub(super) fn of(ecosystem: Ecosystem) -> Self {
        match ecosystem {
            Ecosystem::Debian => Self::Debian,
            Ecosystem::Ubuntu => Self::Ubuntu,
            Ecosystem::Alpine => Self::Alpine,
            Ecosystem::RedHat => Self::RedHat,
            Ecosystem::Suse => Self::Suse,
            Ecosystem::OpenSuse => Self::OpenSuse,
            Ecosystem::OpenEuler => Self::OpenEuler,
            Ecosystem::RockyLinux
            | Ecosystem::AlmaLinux
            | Ecosystem::Mageia
            | Ecosystem::AzureLinux => Self::Major,
            Ecosystem::PhotonOs | Ecosystem::Alpaquita => Self::AsWritten,
            Ecosystem::Wolfi
            | Ecosystem::Chainguard
            | Ecosystem::MinimOs
            | Ecosystem::CratesIo
            | Ecosystem::Npm
            | Ecosystem::PyPi
            | Ecosystem::Go
            | Ecosystem::Maven
            | Ecosystem::RubyGems
            | Ecosystem::Packagist
            | Ecosystem::NuGet
            | Ecosystem::Hex
            | Ecosystem::Pub
            | Ecosystem::Hackage
            | Ecosystem::Ghc
            | Ecosystem::Cran
            | Ecosystem::Bioconductor
            | Ecosystem::ConanCenter
            | Ecosystem::SwiftUrl => Self::None,
        }
    }

    /// The key of what OSV writes.
    pub(super) fn of_osv(self, text: &str) -> Option<String> {
        match self {
            Self::Debian => Some(debian(text)),
            Self::Ubuntu => Some(text.strip_suffix(":LTS").unwrap_or(text).to_owned()),
            Self::Alpine => alpine(text),
            Self::RedHat => Some(red_hat(text)),
            Self::Suse => Some(suse(text)),
            Self::Major => Some(major(text).to_owned()),
            Self::OpenSuse | Self::OpenEuler | Self::AsWritten => Some(text.to_owned()),
            Self::None => None,
        }
    }

    /// The key of a `distro` qualifier. What stands before its last word is the distribution's id.
    pub(super) fn of_distro(self, ecosystem: Ecosystem, text: &str) -> Option<String> {
        let bare = without_id(ecosystem, text);
        match self {
            _ if bare.is_empty() => None,
            Self::Ubuntu => Some(ubuntu(bare)),
            Self::RedHat => Some(major(bare).to_owned()),
            Self::Suse => Some(suse_of_number(bare).unwrap_or_else(|| suse(bare))),
            Self::OpenSuse => Some(open_suse(text, bare)),
            Self::Debian
            | Self::Alpine
            | Self::OpenEuler
            | Self::Major
            | Self::AsWritten
            | Self::None => self.of_osv(bare),
        }
    }

    /// The key of a running system.
    pub(super) fn of_system(self, ecosystem: Ecosystem, system: &System<'_>) -> Option<String> {
        let number = system.version_id.trim();
        let by_number = || self.of_distro(ecosystem, number);
        match self {
            Self::Debian => of_debian_system(system),
            Self::Alpine if number.contains('_') || system.pretty_name.ends_with("edge") => {
                Some("edge".to_owned())
            }
            Self::Suse => {
                let product = system.pretty_name.strip_prefix("SUSE ").map(suse);
                product.or_else(|| suse_of_number(number))
            }
            Self::OpenSuse if system.pretty_name.contains("Tumbleweed") => {
                Some("Tumbleweed".to_owned())
            }
            // `22.03 (LTS-SP3)` is what OSV writes `22.03-LTS-SP3`.
            Self::OpenEuler if !system.version.is_empty() => {
                Some(system.version.trim().replace(" (", "-").replace(')', ""))
            }
            Self::Alpine
            | Self::OpenSuse
            | Self::OpenEuler
            | Self::Ubuntu
            | Self::RedHat
            | Self::Major
            | Self::AsWritten
            | Self::None => by_number(),
        }
    }

    /// The other key under which records speak of packages of this release.
    pub(super) fn also(self, key: &str) -> Option<String> {
        match self {
            Self::Ubuntu => (!key.contains(':')).then(|| format!("Pro:{key}")),
            Self::Suse => key.split_once(" SP").map(|(major, _)| major.to_owned()),
            Self::Debian
            | Self::Alpine
            | Self::RedHat
            | Self::OpenSuse
            | Self::OpenEuler
            | Self::Major
            | Self::AsWritten
            | Self::None => None,
        }
    }

    /// The qualifier that leads back to the key.
    pub(super) fn distro(self, id: &str, key: &str) -> String {
        match self {
            Self::Alpine => format!("{id}-{}", key.strip_prefix('v').unwrap_or(key)),
            Self::Suse => match key.split_once(" SP") {
                Some((major, pack)) => format!("sles-{major}.{pack}"),
                None => format!("sles-{key}"),
            },
            Self::OpenSuse => format!("opensuse-{}", key.to_lowercase().replace(' ', "-")),
            Self::Debian
            | Self::Ubuntu
            | Self::RedHat
            | Self::OpenEuler
            | Self::Major
            | Self::AsWritten
            | Self::None => format!("{id}-{key}"),
        }
    }
}

/// Takes the distribution's id off: `debian-12`, `rhel-9.4`, `opensuse-leap-15.5`.
fn without_id(ecosystem: Ecosystem, text: &str) -> &str {
    let dashes = text.rmatch_indices('-').map(|(at, _)| at);
    dashes
        .filter_map(|at| text.split_at_checked(at))
        .find(|(id, _)| Ecosystem::of_distribution_id(id) == Some(ecosystem))
        .map_or(text, |(_, rest)| rest.trim_start_matches('-'))
}

/// The series of Debian that have a number (Debian's `distro-info-data`).
const DEBIAN_SERIES: [(&str, &str); 10] = [
    ("wheezy", "7"),
    ("jessie", "8"),
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("forky", "14"),
    ("duke", "15"),
    ("unstable", "sid"),
];

/// A number of Debian: since 7 only the major number is a release. A series becomes its number.
fn debian(text: &str) -> String {
    let known = DEBIAN_SERIES.iter().find(|(series, _)| series.eq_ignore_ascii_case(text));
    known.map_or_else(|| major(text).to_owned(), |(_, number)| (*number).to_owned())
}

/// Before a release its system has no number, and names itself after the series and `sid` alike.
fn of_debian_system(system: &System<'_>) -> Option<String> {
    match (system.version_id.trim(), system.codename.trim()) {
        ("", "") if system.pretty_name.ends_with("/sid") => Some("sid".to_owned()),
        ("", "") => None,
        ("", codename) => Some(debian(codename)),
        (number, _) => Some(debian(number)),
    }
}

/// The series of Ubuntu with long support, which most images are of.
const UBUNTU_SERIES: [(&str, &str); 7] = [
    ("trusty", "14.04"),
    ("xenial", "16.04"),
    ("bionic", "18.04"),
    ("focal", "20.04"),
    ("jammy", "22.04"),
    ("noble", "24.04"),
    ("plucky", "25.04"),
];

fn ubuntu(text: &str) -> String {
    let known = UBUNTU_SERIES.iter().find(|(series, _)| series.eq_ignore_ascii_case(text));
    let number = known.map_or(text, |(_, number)| number);
    number.strip_suffix(":LTS").unwrap_or(number).to_owned()
}

/// `v3.20` of `3.20.3` and `v3.20`; `edge` stays.
fn alpine(text: &str) -> Option<String> {
    let number = text.strip_prefix('v').unwrap_or(text);
    if !number.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(number.to_owned());
    }
    let mut parts = number.split('.');
    let (one, two) = (parts.next()?, parts.next()?);
    Some(format!("v{one}.{two}"))
}

/// A translated CPE, `product:version:update:edition`.
fn red_hat(text: &str) -> String {
    let mut parts = text.split(':');
    let (product, version) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let edition = parts.nth(1).unwrap_or("");
    let of_system = edition.strip_prefix("el").filter(|number| is_number(number));
    match (product, of_system) {
        ("enterprise_linux", _) if !version.is_empty() => major(version).to_owned(),
        (_, Some(system)) => system.to_owned(),
        ("", _) | (_, None) if version.is_empty() => major(product).to_owned(),
        _ => format!("{product}:{version}"),
    }
}

/// `Linux Enterprise Server 15 SP5-LTSS` and `Linux Enterprise Module for Basesystem 15 SP5` are
/// `15 SP5`. Micro has numbers of its own, as have products that are no Linux.
fn suse(text: &str) -> String {
    let product = text.strip_prefix("SUSE ").unwrap_or(text);
    let words: Vec<&str> = product.split_whitespace().collect();
    let number = words.iter().rposition(|word| is_number(word));
    let (Some(at), true) = (number, product.starts_with("Linux Enterprise")) else {
        return product.to_owned();
    };
    if words.contains(&"Micro") {
        return product.to_owned();
    }
    let major = words.get(at).copied().unwrap_or("");
    let pack = words.get(at + 1).and_then(|word| word.strip_prefix("SP"));
    let pack = pack.map(|pack| pack.split('-').next().unwrap_or(pack));
    match pack.filter(|pack| is_number(pack)) {
        Some(pack) => format!("{major} SP{pack}"),
        None => major.to_owned(),
    }
}

/// `15.5` of an os-release is service pack 5; `12` is none.
fn suse_of_number(text: &str) -> Option<String> {
    match text.split_once('.') {
        Some((major, "0")) if is_number(major) => Some(major.to_owned()),
        Some((major, pack)) if is_number(major) && is_number(pack) => {
            Some(format!("{major} SP{pack}"))
        }
        _ => is_number(text).then(|| text.to_owned()),
    }
}

/// `Leap 15.5` of `opensuse-leap-15.5` and of `15.5`; Tumbleweed has dates for numbers.
fn open_suse(text: &str, bare: &str) -> String {
    if text.to_ascii_lowercase().contains("tumbleweed") {
        return "Tumbleweed".to_owned();
    }
    let number = bare.rsplit(['-', ' ']).next().unwrap_or(bare);
    if number.starts_with(|c: char| c.is_ascii_digit()) {
        format!("Leap {number}")
    } else {
        bare.to_owned()
    }
}

fn major(text: &str) -> &str {
    text.split('.').next().unwrap_or(text)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
