//! Statements about software whose packages and findings an inventory keeps. The rules are those of
//! a scan of one source, with one difference: *fixed* silences too ([`Silencing::OrFixed`]).

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use mainstay_reading::{Inventory, Place};
use mainstay_types::{FindingKind, Severity};
use mainstay_vex::Statement;

use super::effect::{Fate, Outcome, hear_each};
use super::{
    Cited, Described, Gathered, NoEffect, Provenance, Said, Silencing, Software, VexDocument,
    Weight,
};
use crate::finding::{Finding, Record, code_of};
use crate::kind::Kind;
use crate::package::{Location, Package};
use crate::source::Reading;
use crate::walk::Found;

/// One piece of software.
#[derive(Clone, Debug, Default)]
pub struct KeptSoftware {
    /// What it is called, by all who call it something: its SBOM, and who keeps it.
    pub called: Vec<Software>,
    /// The packages that it has.
    pub packages: Vec<Package>,
    /// What is wrong with them.
    pub findings: Vec<KeptFinding>,
}

/// A finding, as far as statements need it.
#[derive(Clone, Debug)]
pub struct KeptFinding {
    /// The position of the package.
    pub package: usize,
    /// What sort of trouble it is.
    pub kind: FindingKind,
    /// The records that say so.
    pub records: Vec<KeptRecord>,
}

/// The ids of one advisory record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptRecord {
    /// Its own.
    pub id: String,
    /// Other ids of the same flaw.
    pub aliases: Vec<String>,
    /// Ids of the flaws upstream that it is about.
    pub upstream: Vec<String>,
}

/// A statement that may be about the software.
#[derive(Clone, Debug)]
pub struct KeptStatement {
    /// What is said.
    pub statement: Statement,
    /// The document that says it, for people.
    pub document: String,
    /// Whether the SBOM of the software itself says it: the software's own word.
    pub is_own_word: bool,
}

/// What statements did. Statements are named by their positions.
#[derive(Clone, Debug, Default)]
pub struct KeptHearing {
    /// For each finding, in its order.
    pub findings: Vec<KeptOutcome>,
    /// What only a statement tells: the package, or nothing for the software itself; and who says
    /// so.
    pub raised: Vec<(Option<usize>, usize)>,
    /// For each statement: why it had no effect, or nothing.
    pub fates: Vec<Option<(NoEffect, String)>>,
}

/// What statements did to a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptOutcome {
    /// Whether they silence it.
    pub is_silenced: bool,
    /// The statements that count, the one to be told first; those that count in part are among
    /// them.
    pub by: Vec<usize>,
}

impl KeptSoftware {
    /// Lets statements speak about the findings.
    pub fn hear(self, statements: Vec<KeptStatement>, now: Timestamp) -> KeptHearing {
        let Self { called, mut packages, findings } = self;
        let readings = [reading()];
        let Some(source) = readings.first() else { return KeptHearing::default() };
        for (at, package) in packages.iter_mut().enumerate() {
            let entry = u32::try_from(at).unwrap_or(u32::MAX);
            package.locations = vec![Location::of(&Place::default(), source, 0, entry)];
        }
        let findings = findings.into_iter().map(|one| finding(one, &packages)).collect();
        let gathered = Gathered {
            products: called.iter().flat_map(labels).collect(),
            cited: statements.into_iter().map(cited).collect(),
            described: called
                .into_iter()
                .map(|software| Described { reading: Some(0), software })
                .collect(),
            silencing: Silencing::OrFixed,
            ..Gathered::default()
        };
        let each = hear_each(findings, &packages, &readings, &gathered, now);
        let positions: HashMap<*const Cited, usize> =
            gathered.cited.iter().enumerate().map(|(at, one)| (Arc::as_ptr(one), at)).collect();
        let position = |said: &Said| positions.get(&Arc::as_ptr(&said.cited)).copied();
        let outcome = |outcome: &Outcome| {
            let (finding, is_silenced) = match outcome {
                Outcome::Shown(finding) => (&**finding, false),
                Outcome::Silenced(silenced) => (&silenced.finding, true),
            };
            let counts = finding.statements.iter().filter(|one| one.standing != Weight::Overruled);
            KeptOutcome { is_silenced, by: counts.filter_map(position).collect() }
        };
        let raised = each
            .raised
            .iter()
            .filter_map(|finding| Some((finding.package, position(finding.statements.first()?)?)));
        let fates: Vec<Fate> = each.fates;
        KeptHearing {
            findings: each.outcomes.iter().map(outcome).collect(),
            raised: raised.collect(),
            fates,
        }
    }
}

/// How documents name software that has no package URL: with its version, and without.
fn labels(software: &Software) -> Vec<String> {
    let Some(name) = &software.name else { return Vec::new() };
    let versioned = software.version.as_ref().map(|version| format!("{name} {version}"));
    std::iter::once(name.clone()).chain(versioned).collect()
}

/// The one source: it says nothing of itself here.
fn reading() -> Reading {
    let found = Found {
        shown: "SBOM".into(),
        path: PathBuf::new(),
        place: PathBuf::new(),
        target: 0,
        named: true,
        kind: Kind::Model,
    };
    Reading::on_disk(found, Ok(Inventory::default()))
}

fn cited(kept: KeptStatement) -> Arc<Cited> {
    let provenance = if kept.is_own_word { Provenance::Inside } else { Provenance::Named };
    let document = VexDocument {
        path: kept.document,
        provenance,
        said_by: Arc::clone(&kept.statement.said_by),
        statements: 1,
        reading: kept.is_own_word.then_some(0),
    };
    Arc::new(Cited { statement: kept.statement, document: Arc::new(document) })
}

fn finding(kept: KeptFinding, packages: &[Package]) -> Finding {
    let locations = packages.get(kept.package).map(|package| package.locations.clone());
    let records = kept.records.into_iter().map(|one| Record {
        upstream: one.upstream,
        ..Record::of_ids(one.id, one.aliases, "kept")
    });
    Finding {
        code: code_of(kept.kind),
        kind: kept.kind,
        severity: Severity::Unknown,
        score: None,
        title: String::new(),
        package: Some(kept.package),
        records: records.collect(),
        fixed_in: None,
        known_exploited: None,
        exploit_probability: None,
        locations: locations.unwrap_or_default(),
        via: Vec::new(),
        advice: String::new(),
        statements: Vec::new(),
    }
}
