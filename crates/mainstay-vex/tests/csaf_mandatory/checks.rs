//! The mandatory tests that can apply. Each gives what is wrong.

use std::collections::BTreeSet;

use mainstay_types::Purl;
use serde_json::Value;

pub(crate) type Check = fn(&Value) -> Vec<String>;

/// The tests that can apply, by their numbers.
pub(crate) const CHECKS: [(&str, Check); 27] = [
    ("6.1.1", undefined_products),
    ("6.1.2", products_defined_twice),
    ("6.1.3", circular_products),
    ("6.1.6", contradicting_status),
    ("6.1.12", language),
    ("6.1.13", package_urls),
    ("6.1.14", unsorted_history),
    ("6.1.16", version_is_not_the_last),
    ("6.1.17", final_draft),
    ("6.1.18", released_with_version_0),
    ("6.1.19", revisions_before_release),
    ("6.1.20", version_before_release),
    ("6.1.21", gaps_in_history),
    ("6.1.22", revisions_told_twice),
    ("6.1.23", cves_told_twice),
    ("6.1.26", category),
    ("6.1.27.4", no_product_tree),
    ("6.1.27.5", no_notes),
    ("6.1.27.7", no_status),
    ("6.1.27.8", no_id),
    ("6.1.27.9", no_impact),
    ("6.1.27.10", no_action),
    ("6.1.29", remediations_of_nothing),
    ("6.1.30", two_ways_of_counting),
    ("6.1.31", ranges_as_versions),
    ("6.1.32", flags_of_nothing),
    ("6.1.33", several_flags),
];

fn list<'v>(value: &'v Value, path: &str) -> &'v [Value] {
    value.pointer(path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, path: &str) -> &'v str {
    value.pointer(path).and_then(Value::as_str).unwrap_or("")
}

fn texts<'v>(value: &'v Value, path: &str) -> Vec<&'v str> {
    list(value, path).iter().filter_map(Value::as_str).collect()
}

pub(crate) fn vulnerabilities(document: &Value) -> &[Value] {
    list(document, "/vulnerabilities")
}

/// Every branch, with those in it.
fn branches(document: &Value) -> Vec<&Value> {
    let mut all = Vec::new();
    let mut rest: Vec<&Value> = list(document, "/product_tree/branches").iter().collect();
    while let Some(one) = rest.pop() {
        rest.extend(list(one, "/branches"));
        all.push(one);
    }
    all
}

/// Every full product name.
fn names(document: &Value) -> Vec<&Value> {
    let of_branches = branches(document).into_iter().filter_map(|one| one.get("product"));
    let of_relationships = list(document, "/product_tree/relationships").iter();
    let of_relationships = of_relationships.filter_map(|one| one.get("full_product_name"));
    let plain = list(document, "/product_tree/full_product_names").iter();
    plain.chain(of_branches).chain(of_relationships).collect()
}

fn defined(document: &Value) -> Vec<&str> {
    names(document).into_iter().map(|one| text(one, "/product_id")).collect()
}

/// What is there more than once.
fn doubled<'v>(all: impl IntoIterator<Item = &'v str>) -> Vec<String> {
    let mut met = BTreeSet::new();
    all.into_iter().filter(|one| !met.insert(*one)).map(str::to_owned).collect()
}

/// The products of a vulnerability that have one of these statuses.
fn with_status<'v>(vulnerability: &'v Value, words: &[&str]) -> Vec<&'v str> {
    let of = |word: &&str| texts(vulnerability, &format!("/product_status/{word}"));
    words.iter().flat_map(of).collect()
}

/// The products that parts of a list name, by themselves or by group.
fn named_by<'v>(document: &'v Value, parts: impl Iterator<Item = &'v Value>) -> Vec<&'v str> {
    let of_group = |id: &str| -> Vec<&'v str> {
        let groups = list(document, "/product_tree/product_groups").iter();
        let groups = groups.filter(|one| text(one, "/group_id") == id);
        groups.flat_map(|one| texts(one, "/product_ids")).collect()
    };
    parts
        .flat_map(|one| {
            let groups = texts(one, "/group_ids").into_iter().flat_map(of_group);
            texts(one, "/product_ids").into_iter().chain(groups)
        })
        .collect()
}

const AFFECTED: [&str; 3] = ["first_affected", "known_affected", "last_affected"];
const FIXED: [&str; 2] = ["first_fixed", "fixed"];
const LISTS: [&str; 4] = ["/flags", "/threats", "/remediations", "/scores"];

fn undefined_products(document: &Value) -> Vec<String> {
    let mut used: Vec<&str> = Vec::new();
    for one in list(document, "/product_tree/relationships") {
        used.extend([text(one, "/product_reference"), text(one, "/relates_to_product_reference")]);
    }
    for one in vulnerabilities(document) {
        let lists = one["product_status"].as_object().into_iter().flat_map(|all| all.values());
        used.extend(lists.flat_map(|all| texts(all, "")));
        for path in LISTS {
            used.extend(list(one, path).iter().flat_map(|part| texts(part, "/product_ids")));
        }
    }
    let defined: BTreeSet<&str> = defined(document).into_iter().collect();
    used.into_iter().filter(|id| !defined.contains(id)).map(str::to_owned).collect()
}

fn products_defined_twice(document: &Value) -> Vec<String> {
    doubled(defined(document))
}

fn circular_products(document: &Value) -> Vec<String> {
    let relationships = list(document, "/product_tree/relationships");
    let edges: Vec<(&str, &str)> = relationships
        .iter()
        .flat_map(|one| {
            let id = text(one, "/full_product_name/product_id");
            let ends =
                [text(one, "/product_reference"), text(one, "/relates_to_product_reference")];
            ends.map(|end| (id, end))
        })
        .collect();
    let reaches_itself = |start: &str| {
        let mut met: BTreeSet<&str> = BTreeSet::new();
        let mut rest: Vec<&str> = vec![start];
        while let Some(at) = rest.pop() {
            for (_, to) in edges.iter().filter(|(from, _)| *from == at) {
                if *to == start {
                    return true;
                }
                if met.insert(to) {
                    rest.push(to);
                }
            }
        }
        false
    };
    let all = edges.iter().map(|(from, _)| *from);
    all.filter(|from| reaches_itself(from)).map(str::to_owned).collect()
}

fn contradicting_status(document: &Value) -> Vec<String> {
    let groups: [&[&str]; 4] =
        [&AFFECTED, &["known_not_affected"], &FIXED, &["under_investigation"]];
    let of_one = |one: &Value| {
        let each = groups.iter().flat_map(|words| {
            with_status(one, words).into_iter().collect::<BTreeSet<&str>>().into_iter()
        });
        doubled(each)
    };
    vulnerabilities(document).iter().flat_map(of_one).collect()
}

fn language(document: &Value) -> Vec<String> {
    let is_language = |text: &str| {
        let mut parts = text.split('-');
        let is_first = parts.next().is_some_and(|one| (2..=3).contains(&one.len()));
        is_first && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let lang = text(document, "/document/lang");
    if is_language(lang) { Vec::new() } else { vec![lang.to_owned()] }
}

fn package_urls(document: &Value) -> Vec<String> {
    let purls = names(document).into_iter();
    let purls = purls.map(|one| text(one, "/product_identification_helper/purl"));
    purls.filter(|one| !one.is_empty() && Purl::parse(one).is_err()).map(str::to_owned).collect()
}

/// The date and the number of each revision, in the order of the document.
fn history(document: &Value) -> Vec<(jiff::Timestamp, Vec<u64>)> {
    let all = list(document, "/document/tracking/revision_history");
    let each = all.iter().map(|one| {
        let date = text(one, "/date").parse().unwrap();
        (date, numbers(text(one, "/number")))
    });
    each.collect()
}

/// The numbers of a version, without what stands behind a hyphen or a plus.
fn numbers(version: &str) -> Vec<u64> {
    let plain = version.split(['-', '+']).next().unwrap_or(version);
    plain.split('.').filter_map(|part| part.parse().ok()).collect()
}

/// Sorted by date, the numbers rise.
fn unsorted_history(document: &Value) -> Vec<String> {
    let mut all = history(document);
    all.sort();
    let falls = |two: &[(jiff::Timestamp, Vec<u64>)]| two[0].1 > two[1].1;
    all.windows(2).filter(|two| falls(two)).map(|two| format!("{two:?}")).collect()
}

/// The version is that of the newest revision. What is behind a plus does not count, nor, in a
/// draft, what is behind a hyphen.
fn version_is_not_the_last(document: &Value) -> Vec<String> {
    let version = text(document, "/document/tracking/version");
    let last = history(document).into_iter().max().map(|(_, number)| number);
    if last == Some(numbers(version)) { Vec::new() } else { vec![version.to_owned()] }
}

fn is_draft(document: &Value) -> bool {
    text(document, "/document/tracking/status") == "draft"
}

fn final_draft(document: &Value) -> Vec<String> {
    let version = text(document, "/document/tracking/version");
    let is_early = version.split('+').next().is_some_and(|one| one.contains('-'))
        || numbers(version).first() == Some(&0);
    if is_early && !is_draft(document) { vec![version.to_owned()] } else { Vec::new() }
}

fn released_with_version_0(document: &Value) -> Vec<String> {
    let early = history(document).into_iter().filter(|(_, number)| number.first() == Some(&0));
    let early: Vec<String> = early.map(|one| format!("{one:?}")).collect();
    if is_draft(document) { Vec::new() } else { early }
}

fn revisions_before_release(document: &Value) -> Vec<String> {
    let all = list(document, "/document/tracking/revision_history");
    let numbers = all.iter().map(|one| text(one, "/number"));
    numbers.filter(|one| one.contains('-')).map(str::to_owned).collect()
}

fn version_before_release(document: &Value) -> Vec<String> {
    let version = text(document, "/document/tracking/version");
    let is_early = !is_draft(document) && version.contains('-');
    is_early.then(|| version.to_owned()).into_iter().collect()
}

/// From 0 or 1, without a gap in the first of the numbers.
fn gaps_in_history(document: &Value) -> Vec<String> {
    let majors = history(document).into_iter().filter_map(|(_, number)| number.first().copied());
    let majors: BTreeSet<u64> = majors.collect();
    let (Some(first), Some(last)) = (majors.first(), majors.last()) else {
        return vec!["there is no revision".to_owned()];
    };
    let missing = (*first..=*last).filter(|one| !majors.contains(one)).map(|one| one.to_string());
    missing.chain((*first > 1).then(|| format!("it begins with {first}"))).collect()
}

fn revisions_told_twice(document: &Value) -> Vec<String> {
    let all = list(document, "/document/tracking/revision_history");
    doubled(all.iter().map(|one| text(one, "/number")))
}

fn cves_told_twice(document: &Value) -> Vec<String> {
    let all = vulnerabilities(document).iter().map(|one| text(one, "/cve"));
    doubled(all.filter(|one| !one.is_empty()))
}

/// The name of the profile, letter for letter.
fn category(document: &Value) -> Vec<String> {
    let category = text(document, "/document/category");
    if category == "csaf_vex" { Vec::new() } else { vec![category.to_owned()] }
}

fn no_product_tree(document: &Value) -> Vec<String> {
    let has = names(document).is_empty() || vulnerabilities(document).is_empty();
    has.then(|| "it has no products, or no vulnerabilities".to_owned()).into_iter().collect()
}

/// Vulnerabilities of which something does not hold, by their positions.
fn failing(document: &Value, holds: impl Fn(&Value) -> bool) -> Vec<String> {
    let all = vulnerabilities(document).iter().enumerate().filter(|(_, one)| !holds(one));
    all.map(|(at, _)| format!("vulnerability {at}")).collect()
}

fn no_notes(document: &Value) -> Vec<String> {
    failing(document, |one| !list(one, "/notes").is_empty())
}

fn no_status(document: &Value) -> Vec<String> {
    let words = ["fixed", "known_affected", "known_not_affected", "under_investigation"];
    failing(document, |one| !with_status(one, &words).is_empty())
}

fn no_id(document: &Value) -> Vec<String> {
    failing(document, |one| !text(one, "/cve").is_empty() || !list(one, "/ids").is_empty())
}

fn no_impact(document: &Value) -> Vec<String> {
    failing(document, |one| {
        let impacts = list(one, "/threats").iter();
        let impacts = impacts.filter(|threat| text(threat, "/category") == "impact");
        let told = named_by(document, list(one, "/flags").iter().chain(impacts));
        with_status(one, &["known_not_affected"]).iter().all(|product| told.contains(product))
    })
}

fn no_action(document: &Value) -> Vec<String> {
    failing(document, |one| {
        let told = named_by(document, list(one, "/remediations").iter());
        with_status(one, &["known_affected"]).iter().all(|product| told.contains(product))
    })
}

/// Whether each part of a list is about products.
fn are_about_products(vulnerability: &Value, path: &str) -> bool {
    list(vulnerability, path)
        .iter()
        .all(|part| !list(part, "/product_ids").is_empty() || !list(part, "/group_ids").is_empty())
}

fn remediations_of_nothing(document: &Value) -> Vec<String> {
    failing(document, |one| are_about_products(one, "/remediations"))
}

fn flags_of_nothing(document: &Value) -> Vec<String> {
    failing(document, |one| are_about_products(one, "/flags"))
}

/// Versions are whole numbers, or all of three parts.
fn two_ways_of_counting(document: &Value) -> Vec<String> {
    let all = list(document, "/document/tracking/revision_history");
    let mut versions: Vec<&str> = all.iter().map(|one| text(one, "/number")).collect();
    versions.push(text(document, "/document/tracking/version"));
    let ways: BTreeSet<bool> = versions.iter().map(|one| one.contains('.')).collect();
    (ways.len() > 1).then(|| format!("{versions:?}")).into_iter().collect()
}

fn ranges_as_versions(document: &Value) -> Vec<String> {
    let versions = branches(document).into_iter();
    let versions = versions.filter(|one| text(one, "/category") == "product_version");
    let names = versions.map(|one| text(one, "/name"));
    names.filter(|name| name.contains(['<', '>', '*', '|'])).map(str::to_owned).collect()
}

fn several_flags(document: &Value) -> Vec<String> {
    let flagged = vulnerabilities(document).iter().flat_map(|one| {
        let each = list(one, "/flags").iter().flat_map(|flag| {
            named_by(document, std::iter::once(flag)).into_iter().collect::<BTreeSet<&str>>()
        });
        doubled(each)
    });
    flagged.collect()
}
