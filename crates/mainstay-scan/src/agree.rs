//! Whether what is installed agrees with what is locked.
//!
//! A tree belongs to the lockfiles of its kind in the nearest folder above that has any. All trees
//! below one set of lockfiles are taken together: npm puts the packages of a workspace into
//! several. A copy that the lockfile names too takes over what only the lockfile knows (why it is
//! needed, whether it is direct, where it comes from), so that both are one package. What differs
//! is a finding of the kind drift.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::path::Path;

use mainstay_installed::{Disagreement, Tree};
use mainstay_reading::{Entry, Inventory, Origin};
use mainstay_types::{FindingKind, PackageName, Severity};
use mainstay_versions::Version;

use crate::finding::Finding;
use crate::kind::Kind;
use crate::package::{Location, Package};
use crate::source::Reading;

/// Another version is installed than is locked.
pub(crate) const OTHER_VERSION: &str = "installed-other-version";
/// A package is installed that the lockfile does not name.
pub(crate) const NOT_LOCKED: &str = "installed-not-locked";
/// A locked package is not installed.
pub(crate) const NOT_INSTALLED: &str = "locked-not-installed";

/// Lets copies in trees take over what their lockfiles know of them.
pub(crate) fn settle(readings: &mut [Reading]) {
    let facts: Vec<(usize, usize, Entry)> = sites(readings)
        .iter()
        .flat_map(|site| {
            let locked = site.locked(readings);
            let copies = site.copies(readings);
            copies
                .filter_map(|copy| {
                    let twin = locked.twin(copy.entry)?;
                    Some((copy.reading, copy.number, twin.clone()))
                })
                .collect::<Vec<_>>()
        })
        .collect();
    for (reading, number, twin) in facts {
        let Some(Ok(inventory)) = readings.get_mut(reading).map(|one| one.outcome.as_mut()) else {
            continue;
        };
        let Some(entry) = inventory.packages.get_mut(number) else { continue };
        entry.scope = twin.scope;
        entry.direct = twin.direct;
        if !knows_better(&entry.origin, &twin.origin) {
            entry.origin = twin.origin;
        }
    }
}

/// Whether what a tree records of an origin says more than the lockfile. That a copy came from an
/// address of its own is a fact that no lockfile takes away; that it came from somewhere on the
/// machine is less than any repository or address that a lockfile names, and more than the registry.
fn knows_better(copy: &Origin, locked: &Origin) -> bool {
    match copy {
        Origin::Registry { .. } => false,
        Origin::Path(_) => matches!(locked, Origin::Registry { .. }),
        Origin::Git { .. } | Origin::Url(_) | Origin::Distribution(_) => true,
    }
}

/// Every difference between trees and lockfiles.
pub(crate) fn findings(readings: &[Reading], packages: &[Package]) -> Vec<Finding> {
    let sites = sites(readings);
    if sites.is_empty() {
        return Vec::new();
    }
    let places = crate::package::by_place(packages);
    let mut findings = Vec::new();
    for site in &sites {
        site.compare(readings, &places, &mut findings);
    }
    findings
}

/// Trees, and the lockfiles that say what should be in them.
struct Site {
    tree: &'static Tree,
    locks: Vec<usize>,
    trees: Vec<usize>,
}

/// The trees that have a lockfile, joined by it.
fn sites(readings: &[Reading]) -> Vec<Site> {
    let is_tree = |one: &Reading| matches!(one.found.kind, Kind::Tree(_));
    if !readings.iter().any(is_tree) {
        return Vec::new();
    }
    let mut locks_at: HashMap<_, Vec<usize>> = HashMap::new();
    for (at, reading) in readings.iter().enumerate() {
        if matches!(reading.found.kind, Kind::Lockfile(_)) {
            locks_at.entry(reading.home()).or_default().push(at);
        }
    }
    let trees = readings.iter().filter(|one| is_tree(one));
    let places: HashSet<&Path> = trees.map(|one| one.found.place.as_path()).collect();
    let mut sites: BTreeMap<(Vec<usize>, &str), Site> = BTreeMap::new();
    for (at, reading) in readings.iter().enumerate() {
        let Kind::Tree(tree) = reading.found.kind else { continue };
        // A tree within a tree is what a package carries: no lockfile speaks of it.
        if reading.found.place.ancestors().skip(1).any(|above| places.contains(above)) {
            continue;
        }
        let named = |lock: &usize| {
            readings.get(*lock).is_some_and(|lock| tree.locked_by.contains(&lock.file_name()))
        };
        let locks = reading.home().ancestors().find_map(|folder| {
            let here = locks_at.get(folder).into_iter().flatten().copied();
            let locks: Vec<usize> = here.filter(named).collect();
            (!locks.is_empty()).then_some(locks)
        });
        let Some(locks) = locks else { continue };
        sites
            .entry((locks.clone(), tree.id))
            .or_insert_with(|| Site { tree, locks, trees: Vec::new() })
            .trees
            .push(at);
    }
    sites.into_values().collect()
}

/// One copy in a tree.
#[derive(Clone, Copy)]
struct Copy<'r> {
    reading: usize,
    number: usize,
    entry: &'r Entry,
    /// Whether another package carries it.
    is_carried: bool,
}

/// What the lockfiles of a site name.
struct Locked<'r> {
    exact: HashMap<(&'r PackageName, &'r str), &'r Entry>,
    by_name: HashMap<&'r PackageName, Vec<(usize, usize, &'r Entry)>>,
    members: HashSet<&'r PackageName>,
    /// Whether every lockfile was read whole, so that what is not in them is not locked.
    is_whole: bool,
}

impl<'r> Locked<'r> {
    /// The locked package that a copy is.
    fn twin(&self, copy: &Entry) -> Option<&'r Entry> {
        let exact = copy.version.exact().and_then(|one| self.exact.get(&(&copy.name, one)));
        if let Some(entry) = exact {
            return Some(*entry);
        }
        // A lockfile that names one package in a thousand versions is a hostile one.
        let candidates = self.by_name.get(&copy.name)?.iter().take(VERSIONS);
        candidates.map(|one| one.2).find(|one| agree(one, copy))
    }
}

/// Whether a copy is what is locked. What names no version (git, a path) cannot disagree.
fn agree(locked: &Entry, copy: &Entry) -> bool {
    match (locked.version.exact(), copy.version.exact()) {
        (Some(locked_version), Some(version)) => {
            locked_version == version || same_version(locked, locked_version, version)
        }
        _ => true,
    }
}

/// Whether two ways to write a version mean the same: `1.0` and `1.0.0`, `v1` and `1`.
fn same_version(entry: &Entry, one: &str, other: &str) -> bool {
    let parse = |text| Version::parse(entry.name.ecosystem(), text);
    match (parse(one), parse(other)) {
        (Ok(one), Ok(other)) => one.compare(&other).is_some_and(std::cmp::Ordering::is_eq),
        _ => false,
    }
}

impl Site {
    fn copies<'r>(&self, readings: &'r [Reading]) -> impl Iterator<Item = Copy<'r>> {
        inventories(&self.trees, readings).flat_map(|(reading, inventory)| {
            let carried: HashSet<u32> = inventory.carried.iter().copied().collect();
            inventory.packages.iter().enumerate().map(move |(number, entry)| Copy {
                reading,
                number,
                entry,
                is_carried: u32::try_from(number).is_ok_and(|number| carried.contains(&number)),
            })
        })
    }

    fn locked<'r>(&self, readings: &'r [Reading]) -> Locked<'r> {
        let mut locked = Locked {
            exact: HashMap::new(),
            by_name: HashMap::new(),
            members: HashSet::new(),
            is_whole: true,
        };
        let mut read = 0;
        for (reading, inventory) in inventories(&self.locks, readings) {
            read += 1;
            locked.is_whole &= inventory.gaps.is_empty();
            locked.members.extend(inventory.members.iter().filter_map(|one| one.name.as_ref()));
            locked.members.extend(&inventory.own_name);
            for (number, entry) in inventory.packages.iter().enumerate() {
                if let Some(version) = entry.version.exact() {
                    locked.exact.entry((&entry.name, version)).or_insert(entry);
                }
                locked.by_name.entry(&entry.name).or_default().push((reading, number, entry));
            }
        }
        locked.is_whole &= read == self.locks.len();
        locked
    }

    fn compare(
        &self,
        readings: &[Reading],
        places: &HashMap<(usize, u32), usize>,
        findings: &mut Vec<Finding>,
    ) {
        let locked = self.locked(readings);
        let lock = self.locks.first().and_then(|at| readings.get(*at));
        let lock_name = lock.map_or("the lockfile", |lock| lock.file_name());
        // One finding for each package, however many copies of it there are.
        let mut told: HashMap<(&PackageName, Option<&str>), usize> = HashMap::new();
        let mut wanted: HashMap<&PackageName, String> = HashMap::new();
        let mut installed: HashSet<&PackageName> = HashSet::new();
        for copy in self.copies(readings) {
            installed.insert(&copy.entry.name);
            let is_own = locked.members.contains(&copy.entry.name);
            if copy.is_carried || is_own || locked.twin(copy.entry).is_some() {
                continue;
            }
            let versions = locked.by_name.get(&copy.entry.name);
            if versions.is_none() && (!locked.is_whole || is_installer(&copy.entry.name)) {
                continue;
            }
            let at = location(readings, copy.reading, copy.number, copy.entry);
            let key = (&copy.entry.name, copy.entry.version.exact());
            if let Some(known) = told.get(&key).and_then(|at| findings.get_mut(*at)) {
                known.locations.push(at);
                continue;
            }
            told.insert(key, findings.len());
            let package = u32::try_from(copy.number)
                .ok()
                .and_then(|number| places.get(&(copy.reading, number)).copied());
            findings.push(match versions {
                Some(versions) => {
                    let name = &copy.entry.name;
                    let wanted = wanted.entry(name).or_insert_with(|| listed(versions));
                    other_version(readings, copy.entry, versions, wanted, at, package)
                }
                None => not_locked(copy.entry, lock_name, at, package),
            });
        }
        let tells = self.tree.disagreement == Disagreement::TellsMissing;
        if tells && locked.is_whole && self.trees_are_whole(readings) {
            findings.extend(not_installed(readings, &locked, &installed, lock_name));
        }
    }

    /// Whether nothing in the trees was left open: a copy that could not be read may be the one
    /// that seems to be missing.
    fn trees_are_whole(&self, readings: &[Reading]) -> bool {
        inventories(&self.trees, readings).all(|(_, inventory)| inventory.gaps.is_empty())
    }
}

fn inventories<'r>(
    positions: &[usize],
    readings: &'r [Reading],
) -> impl Iterator<Item = (usize, &'r Inventory)> {
    let read = |at: &usize| Some((*at, readings.get(*at)?.outcome.as_ref().ok()?));
    positions.iter().filter_map(read).collect::<Vec<_>>().into_iter()
}

/// What every virtual environment has without being asked for.
fn is_installer(name: &PackageName) -> bool {
    name.ecosystem() == mainstay_types::Ecosystem::PyPi
        && matches!(name.as_written(), "pip" | "setuptools" | "wheel" | "pkg_resources")
}

fn location(readings: &[Reading], reading: usize, number: usize, entry: &Entry) -> Location {
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    match readings.get(reading) {
        Some(source) => Location::of(&entry.place, source, reading, number),
        None => Location {
            path: "".into(),
            member: None,
            line: None,
            offset: None,
            layer: None,
            reading,
            entry: number,
        },
    }
}

fn other_version(
    readings: &[Reading],
    copy: &Entry,
    locked: &[(usize, usize, &Entry)],
    wanted: &str,
    at: Location,
    package: Option<usize>,
) -> Finding {
    let name = &copy.name;
    let version = copy.version.exact().unwrap_or("no known version");
    let written = locked.iter().map(|one| location(readings, one.0, one.1, one.2));
    drift(
        OTHER_VERSION,
        Severity::Unknown,
        format!("{name} {version} is installed, and {wanted} is locked"),
        package,
        std::iter::once(at).chain(written.take(SHOWN)).collect(),
        "install from the lockfile again, or lock what is wanted",
    )
}

/// The versions of a package that are locked, for a person. Asked once for each name: both a lockfile
/// and a tree may have thousands of versions of one.
fn listed(locked: &[(usize, usize, &Entry)]) -> String {
    let mut versions: Vec<&str> = locked.iter().filter_map(|one| one.2.version.exact()).collect();
    versions.sort_unstable();
    versions.dedup();
    let more = versions.len().saturating_sub(SHOWN);
    let mut listed = versions.iter().take(SHOWN).copied().collect::<Vec<_>>().join(" or ");
    if more > 0 {
        let _ = write!(listed, " or one of {more} more");
    }
    listed
}

fn not_locked(copy: &Entry, lock: &str, at: Location, package: Option<usize>) -> Finding {
    let name = &copy.name;
    let version = copy.version.exact().unwrap_or("in no known version");
    drift(
        NOT_LOCKED,
        Severity::Unknown,
        format!("{name} {version} is installed, and {lock} does not name it"),
        package,
        vec![at],
        "find out who installed it; then remove it, or lock it",
    )
}

/// How many versions of a package are compared by their order, where none is written the same.
const VERSIONS: usize = 64;

/// How many places or names one finding lists.
const SHOWN: usize = 20;

/// One finding for all packages that are missing. Those that are optional or for development may
/// be left out.
fn not_installed(
    readings: &[Reading],
    locked: &Locked<'_>,
    installed: &HashSet<&PackageName>,
    lock: &str,
) -> Option<Finding> {
    let missing = locked.by_name.iter().filter(|(name, _)| !installed.contains(**name));
    let mut missing: Vec<_> = missing
        .flat_map(|(_, entries)| entries)
        .filter(|one| one.2.scope == mainstay_types::Scope::Runtime)
        .collect();
    missing.sort_unstable_by_key(|one| (one.0, one.1));
    let label = |one: &&&(usize, usize, &Entry)| {
        let version = one.2.version.exact().unwrap_or_default();
        format!("{} {version}", one.2.name).trim_end().to_owned()
    };
    let mut names: Vec<String> = missing.iter().take(SHOWN).map(|one| label(&one)).collect();
    names.dedup();
    let more = missing.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let places = missing.iter().take(SHOWN);
    (!missing.is_empty()).then(|| {
        drift(
            NOT_INSTALLED,
            Severity::None,
            format!("{lock} locks packages that are not installed: {}{more}", names.join(", ")),
            None,
            places.map(|one| location(readings, one.0, one.1, one.2)).collect(),
            "install from the lockfile again",
        )
    })
}

fn drift(
    code: &'static str,
    severity: Severity,
    title: String,
    package: Option<usize>,
    locations: Vec<Location>,
    advice: &str,
) -> Finding {
    Finding {
        code,
        kind: FindingKind::Drift,
        severity,
        score: None,
        title,
        package,
        records: Vec::new(),
        fixed_in: None,
        known_exploited: None,
        exploit_probability: None,
        locations,
        via: Vec::new(),
        advice: advice.to_owned(),
        statements: Vec::new(),
    }
}
