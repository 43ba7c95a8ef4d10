//! A scan as an SBOM: its packages, the graph between them, its findings as vulnerabilities, and
//! the statement of coverage.
//!
//! Standards: NTIA, "The Minimum Elements For a Software Bill of Materials" (2021), for what must
//! be there; for what the formats make of it see `mainstay-sboms`.
//!
//! The coverage statement has three parts. A claim of completeness says whether all sources were
//! read whole. Each thing that is not known is an annotation of what was scanned; a package that was
//! not looked up says so itself. And the document names the advisory data that were asked, and how
//! old they are.

mod graph;
mod packages;
mod vulnerabilities;

use std::collections::BTreeMap;

use mainstay_sboms::{
    Aggregate, Annotation, Completeness, Component, ComponentId, ComponentKind, Encoding, End,
    Identifier, Party, PartyKind, Property, Sbom, Spec, Tool,
};
use mainstay_types::Purl;

use crate::finding::Finding;
use crate::report::stated::nothing;
use crate::scan::{LookedUp, Scan};
use crate::statements::{NoEffect, Stated, WithoutEffect};
use crate::unknown::{Unknown, UnknownCode};

/// The name under which the document's maker is known.
const MAINSTAY: &str = "mainstay";

/// The scan as a model that can be written in every SBOM format.
pub fn sbom(scan: &Scan) -> Sbom<'_> {
    let mut sbom = Sbom::new(Spec::CycloneDx1_6, Encoding::Json);
    sbom.document.created = Some(whole_seconds(scan).into());
    sbom.document.tools.push(Tool {
        vendor: Some("Mainstay".into()),
        name: MAINSTAY.into(),
        version: Some(env!("CARGO_PKG_VERSION").into()),
        hashes: Vec::new(),
    });
    let subject = sbom.add(subject(scan));
    sbom.described.push(subject);
    let components: Vec<ComponentId> = scan
        .packages
        .iter()
        .map(|package| sbom.add(packages::component(package, scan.looked_up)))
        .collect();
    graph::link(&mut sbom, scan, subject, &components);
    vulnerabilities::list(&mut sbom, scan, subject, &components);
    coverage(&mut sbom, scan, subject);
    annotations(&mut sbom, scan, subject, &components);
    sbom
}

/// The date of the document, without the parts of a second that no standard asks for.
fn whole_seconds(scan: &Scan) -> String {
    scan.dated.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// What was scanned: named by the first source that says to what it belongs.
fn subject(scan: &Scan) -> Component<'static> {
    let own = scan.readings.iter().find_map(|reading| {
        let inventory = reading.outcome.as_ref().ok()?;
        inventory.own_name.as_ref()
    });
    let name = own.map_or_else(|| scan.scanned.clone(), ToString::to_string);
    let mut component = Component::new(ComponentKind::Application, name);
    component.reference = "mainstay:scanned".into();
    if let Some(own) = own {
        component.identifiers.push(Identifier::Purl(Purl::of_package(own, None)));
    }
    component
}

/// Says whether all sources were read whole, and what was asked about the packages.
fn coverage<'s>(sbom: &mut Sbom<'s>, scan: &'s Scan, subject: ComponentId) {
    let whole = !scan.unknowns.iter().any(|unknown| bears_on_packages(unknown.code));
    sbom.completeness.push(Completeness {
        aggregate: if whole { Aggregate::Complete } else { Aggregate::Incomplete },
        assemblies: vec![subject],
        dependencies: Vec::new(),
        is_of_all: false,
    });
    let mut say = |name: &'static str, value: String| {
        sbom.document.properties.push(Property { name: name.into(), value: value.into() });
    };
    if scan.looked_up == LookedUp::Packages {
        say("mainstay:verdict", scan.verdict().word().to_owned());
    }
    say("mainstay:coverage", scan.coverage().word().to_owned());
    for source in &scan.sources {
        let (path, status) = (&source.path, source.status.word());
        say("mainstay:source", format!("{path}: {status}, {} packages", source.packages));
    }
    for used in &scan.knowledge {
        let of = used.ecosystem.map(|ecosystem| format!(" ({ecosystem})")).unwrap_or_default();
        let as_of = used.as_of.map_or_else(|| "unknown".to_owned(), |as_of| as_of.to_string());
        say(
            "mainstay:knowledge",
            format!("{}{of}: {} records as of {as_of}", used.source, used.records),
        );
    }
}

/// Whether an unknown means that packages may be missing. Others say that packages which are listed
/// could not be looked up.
fn bears_on_packages(code: UnknownCode) -> bool {
    match code {
        UnknownCode::NoData
        | UnknownCode::StaleData
        | UnknownCode::DamagedData
        | UnknownCode::UncheckedPackage
        | UnknownCode::UnreadVex => false,
        UnknownCode::NothingToRead
        | UnknownCode::UnreadableFile
        | UnknownCode::UnsupportedFile
        | UnknownCode::FileTooLarge
        | UnknownCode::LinkOutside
        | UnknownCode::BrokenSource
        | UnknownCode::PartialSource => true,
    }
}

/// What is not known, and findings that are not about a vulnerability.
fn annotations<'s>(
    sbom: &mut Sbom<'s>,
    scan: &'s Scan,
    subject: ComponentId,
    components: &[ComponentId],
) {
    // A package that was not looked up says so in its own component.
    let unknowns = scan.unknowns.iter().filter(|one| one.code != UnknownCode::UncheckedPackage);
    for unknown in unknowns {
        sbom.annotations.push(annotation(vec![End::Component(subject)], told(unknown)));
    }
    for told in without_effect(&scan.stated) {
        sbom.annotations.push(annotation(vec![End::Component(subject)], told));
    }
    let shapes = scan.findings.iter().filter(|finding| finding.records.is_empty());
    for finding in shapes {
        sbom.annotations.push(of_shape(finding, "", subject, components));
    }
    for excepted in scan.excepted.iter().filter(|one| one.finding.records.is_empty()) {
        let accepted = format!("; {}", vulnerabilities::accepted(&excepted.exception));
        sbom.annotations.push(of_shape(&excepted.finding, &accepted, subject, components));
    }
}

/// Statements that changed nothing: how many for each reason, and the first of them. A vendor's
/// collection may have thousands about other software.
fn without_effect(stated: &Stated) -> Vec<String> {
    const SHOWN: usize = 3;
    let mut groups: BTreeMap<NoEffect, Vec<&WithoutEffect>> = BTreeMap::new();
    for one in &stated.without_effect {
        groups.entry(one.code).or_default().push(one);
    }
    let tell = |(code, group): (NoEffect, Vec<&WithoutEffect>)| {
        let each = group.iter().take(SHOWN).map(|one| format!("{} ({})", nothing(one), one.place));
        let each: Vec<String> = each.collect();
        let more = group.len().saturating_sub(SHOWN);
        let tail = if more > 0 { format!("; and {more} more") } else { String::new() };
        let count = group.len();
        format!("VEX without effect ({}, {count}): {}{tail}", code.code(), each.join("; "))
    };
    groups.into_iter().map(tell).collect()
}

fn told(unknown: &Unknown) -> String {
    format!("not known ({}): {}: {}", unknown.code.word(), unknown.subject, unknown.message)
}

fn of_shape(
    finding: &Finding,
    accepted: &str,
    subject: ComponentId,
    components: &[ComponentId],
) -> Annotation<'static> {
    let about = finding.package.and_then(|at| components.get(at)).copied().unwrap_or(subject);
    let places: Vec<String> = finding.locations.iter().map(ToString::to_string).collect();
    let place = places.join(", ");
    let text = format!("{}: {} ({place}){accepted}", finding.code, finding.title);
    annotation(vec![End::Component(about)], text)
}

fn annotation(subjects: Vec<End>, text: String) -> Annotation<'static> {
    let annotator = Some(Party::named(PartyKind::Tool, MAINSTAY));
    Annotation { subjects, annotator, timestamp: None, kind: None, text: text.into() }
}
