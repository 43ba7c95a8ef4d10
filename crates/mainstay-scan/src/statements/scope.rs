//! What in a scan a statement is about: packages, and the sources in which it holds.
//!
//! A statement about a package holds wherever the package is. A statement about a part of a
//! product holds only in that product: in the sources that say of themselves that they are it, or
//! in all of them when the user says so (`--product`). The version of a project is in no lockfile;
//! a statement about one version of the project holds only when the user names that version.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use mainstay_types::{PackageName, Purl};
use mainstay_vex::{PackagePattern, Subject, Whole};

use super::{Cited, Described, Gathered, NoEffect, Software};
use crate::package::Package;
use crate::source::Reading;

/// Where a statement holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// In every source.
    Everywhere,
    /// In these readings.
    In(Arc<BTreeSet<usize>>),
}

impl Scope {
    pub(super) fn covers(&self, reading: usize) -> bool {
        match self {
            Self::Everywhere => true,
            Self::In(readings) => readings.contains(&reading),
        }
    }
}

/// What a statement is about.
#[derive(Clone, Debug)]
pub(super) struct About {
    /// The package; `None` is the scanned software itself.
    pub(super) package: Option<usize>,
    pub(super) scope: Scope,
}

/// The packages and the software of a scan, to be found by name.
pub(super) struct Ground<'s> {
    packages: Vec<Purl>,
    /// By type, namespace and name.
    by_base: HashMap<String, Vec<usize>>,
    /// For each package, the readings that name it.
    readings: Vec<BTreeSet<usize>>,
    /// The readings that say what they are: by base of the package URL, and by name.
    own_base: HashMap<String, BTreeSet<usize>>,
    own_name: HashMap<String, BTreeSet<usize>>,
    /// What the user says is scanned.
    products: Vec<&'s str>,
    product_purls: Vec<Purl>,
    /// What scanned SBOMs describe.
    described: &'s [Described],
}

impl<'s> Ground<'s> {
    pub(super) fn of(packages: &[Package], readings: &[Reading], gathered: &'s Gathered) -> Self {
        let products = &gathered.products;
        let purls: Vec<Purl> = packages.iter().map(Package::purl).collect();
        let mut by_base: HashMap<String, Vec<usize>> = HashMap::new();
        for (position, purl) in purls.iter().enumerate() {
            by_base.entry(purl.key().into_owned()).or_default().push(position);
        }
        let mut own_base: HashMap<String, BTreeSet<usize>> = HashMap::new();
        let mut own_name: HashMap<String, BTreeSet<usize>> = HashMap::new();
        for (position, reading) in readings.iter().enumerate() {
            let Some(name) = own_name_of(reading) else { continue };
            let purl = Purl::of_package(name, None);
            own_base.entry(purl.key().into_owned()).or_default().insert(position);
            own_name.entry(name.as_written().to_owned()).or_default().insert(position);
        }
        let of_package =
            |package: &Package| package.locations.iter().map(|location| location.reading).collect();
        Self {
            packages: purls,
            by_base,
            readings: packages.iter().map(of_package).collect(),
            own_base,
            own_name,
            products: products.iter().map(|text| &**text).collect(),
            described: &gathered.described,
            product_purls: products.iter().filter_map(|text| Purl::parse(text).ok()).collect(),
        }
    }

    /// What a statement is about in this scan; never empty. What an SBOM says holds in it alone.
    pub(super) fn about(&self, cited: &Cited) -> Result<Vec<About>, (NoEffect, String)> {
        let mut about = self.about_subject(&cited.statement.product.subject)?;
        if let Some(reading) = cited.document.reading {
            about.retain(|one| {
                let is_there = one.package.is_none_or(|at| {
                    self.readings.get(at).is_some_and(|readings| readings.contains(&reading))
                });
                is_there && one.scope.covers(reading)
            });
            let only = Scope::In(Arc::new(BTreeSet::from([reading])));
            for one in &mut about {
                one.scope = only.clone();
            }
            if about.is_empty() {
                return Err(another_product(&cited.statement.product.written));
            }
        }
        Ok(about)
    }

    fn about_subject(&self, subject: &Subject) -> Result<Vec<About>, (NoEffect, String)> {
        match subject {
            Subject::Unmatchable(why) => Err((NoEffect::UnmatchableProduct, why.to_string())),
            Subject::Package(pattern) => {
                let mut about: Vec<About> = self
                    .matching(pattern)
                    .map(|package| About { package: Some(package), scope: Scope::Everywhere })
                    .collect();
                let itself = self.covered_by_purl(pattern);
                about.extend(itself.ok().map(|scope| About { package: None, scope }));
                if about.is_empty() {
                    return Err(self.not_scanned(pattern));
                }
                Ok(about)
            }
            Subject::Whole(whole) => {
                let scope = self.covered(whole)?;
                Ok(vec![About { package: None, scope }])
            }
            Subject::Part { whole, part } => {
                let scope = self.covered(whole)?;
                let about: Vec<About> = self
                    .matching(part)
                    .filter(|at| self.is_in(*at, &scope))
                    .map(|package| About { package: Some(package), scope: scope.clone() })
                    .collect();
                if about.is_empty() {
                    return Err(self.not_scanned(part));
                }
                Ok(about)
            }
        }
    }

    fn matching<'g>(&'g self, pattern: &'g PackagePattern) -> impl Iterator<Item = usize> + 'g {
        let named = self.by_base.get(&*pattern.key()).map(Vec::as_slice).unwrap_or_default();
        let is_meant = |at: &usize| self.packages.get(*at).is_some_and(|one| pattern.matches(one));
        named.iter().copied().filter(is_meant)
    }

    fn is_in(&self, package: usize, scope: &Scope) -> bool {
        let readings = self.readings.get(package);
        readings.is_some_and(|all| all.iter().any(|reading| scope.covers(*reading)))
    }

    fn not_scanned(&self, pattern: &PackagePattern) -> (NoEffect, String) {
        let found = self.by_base.get(&*pattern.key()).map_or(0, Vec::len);
        let why = match found {
            0 => format!("{} is not in the scan", pattern.base()),
            _ => format!("{} is in the scan, but not as {}", pattern.base(), pattern.purl()),
        };
        (NoEffect::ProductNotScanned, why)
    }

    /// Where a product is.
    fn covered(&self, whole: &Whole) -> Result<Scope, (NoEffect, String)> {
        let label = whole.label();
        if self.products.contains(&&*label) {
            return Ok(Scope::Everywhere);
        }
        let described = self.described_as(|one| match whole {
            Whole::Package(pattern) => one.purl.as_ref().is_some_and(|purl| pattern.matches(purl)),
            Whole::Named { name, version } => {
                one.name.as_ref() == Some(name) && (version.is_none() || *version == one.version)
            }
            Whole::Bom { serial, edition } => {
                one.serial.as_ref() == Some(serial)
                    && edition.is_none_or(|edition| edition == one.edition)
            }
            Whole::Other(_) => false,
        });
        if let Some(scope) = described {
            return Ok(scope);
        }
        match whole {
            Whole::Package(pattern) => self.covered_by_purl(pattern),
            Whole::Named { name, version } => {
                let versioned = version.as_ref().map(|version| format!("{name}@{version}"));
                if versioned.is_some_and(|text| self.products.contains(&&*text)) {
                    return Ok(Scope::Everywhere);
                }
                match (self.own_name.get(name), version) {
                    (Some(readings), None) => Ok(Scope::In(Arc::new(readings.clone()))),
                    (Some(_), Some(_)) => Err(version_unknown(&label)),
                    (None, _) => Err(another_product(&label)),
                }
            }
            Whole::Bom { serial, .. } if self.products.contains(&&**serial) => {
                Ok(Scope::Everywhere)
            }
            Whole::Bom { .. } => Err(another_product(&label)),
            Whole::Other(_) => {
                let why = format!(
                    "its product {label} has no package URL; say with --product that it is what is scanned"
                );
                Err((NoEffect::UnmatchableProduct, why))
            }
        }
    }

    /// The sources whose SBOM describes such software.
    fn described_as(&self, is_meant: impl Fn(&Software) -> bool) -> Option<Scope> {
        let mut meant = self.described.iter().filter(|one| is_meant(&one.software)).peekable();
        meant.peek()?;
        Some(Scope::In(Arc::new(meant.filter_map(|one| one.reading).collect())))
    }

    fn covered_by_purl(&self, pattern: &PackagePattern) -> Result<Scope, (NoEffect, String)> {
        if self.product_purls.iter().any(|product| pattern.matches(product)) {
            return Ok(Scope::Everywhere);
        }
        let is_meant = |purl: &Purl| pattern.matches(purl);
        if let Some(scope) = self.described_as(|one| one.purl.as_ref().is_some_and(is_meant)) {
            return Ok(scope);
        }
        let label = pattern.purl().to_string();
        let Some(readings) = self.own_base.get(&*pattern.key()) else {
            return Err(another_product(&label));
        };
        let bare = pattern.purl().as_str() == pattern.base() && pattern.range().is_none();
        if bare { Ok(Scope::In(Arc::new(readings.clone()))) } else { Err(version_unknown(&label)) }
    }
}

fn another_product(label: &str) -> (NoEffect, String) {
    let why = format!(
        "it is about {label}, and what is scanned does not say that it is that; --product does"
    );
    (NoEffect::ProductNotScanned, why)
}

fn version_unknown(label: &str) -> (NoEffect, String) {
    let why = format!(
        "it is about {label}, and which version is scanned is not known; --product says so"
    );
    (NoEffect::ProductNotScanned, why)
}

/// What a source says that it is: its own name, or that of its only member.
fn own_name_of(reading: &Reading) -> Option<&PackageName> {
    let inventory = reading.outcome.as_ref().ok()?;
    if let Some(name) = &inventory.own_name {
        return Some(name);
    }
    match &*inventory.members {
        [only] => only.name.as_ref(),
        _ => None,
    }
}
