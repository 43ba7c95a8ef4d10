//! `conan.lock`: what Conan resolved for C and C++.
//!
//! Conan 1 (versions 0.0 to 0.4) writes a graph, Conan 2 (0.5) plain lists
//! (<https://docs.conan.io/2/tutorial/versioning/lockfiles.html>). A reference is
//! `name/version@user/channel#recipe-revision%time`; in a graph `:package-id#revision` may follow.

use std::collections::{HashMap, HashSet};

use mainstay_reading::{
    Input, Inventory, Lines, Listing, LockedVersion, Place, ReadError, ReadErrorKind, exact,
    json::{self, Object, Text},
};
use mainstay_types::{Ecosystem, Scope};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Reads the file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let lock: Lock<'_> = json::parse(&text)?;
    let lines = Lines::new(&text);
    match (&lock.graph, lock.version.as_deref()) {
        (Some(graph), None | Some("0.0" | "0.1" | "0.2" | "0.3" | "0.4")) => {
            read_graph(graph, &lines)
        }
        (None, Some("0.5")) => read_lists(&lock, &lines),
        (_, Some(version)) => {
            let message = format!("version {} of conan.lock is not known", version.escape_debug());
            let line = lock.version.as_ref().and_then(|version| lines.of(version));
            Err(ReadError { kind: ReadErrorKind::UnknownVersion, line, message })
        }
        (None, None) => {
            let message = "the file has neither a version nor a graph";
            Err(ReadError::new(ReadErrorKind::Shape, message))
        }
    }
}

#[derive(Deserialize)]
struct Lock<'t> {
    #[serde(borrow, default)]
    version: Option<Text<'t>>,
    #[serde(borrow, default, rename = "graph_lock")]
    graph: Option<Graph<'t>>,
    #[serde(borrow, default)]
    requires: Vec<Listed<'t>>,
    #[serde(borrow, default)]
    build_requires: Vec<Listed<'t>>,
    #[serde(borrow, default)]
    python_requires: Vec<Listed<'t>>,
    #[serde(borrow, default)]
    config_requires: Vec<Listed<'t>>,
}

/// An item of a list: a reference, or a pair of one and the packages that were built of it, where
/// `--lockfile-packages` was asked for.
#[derive(Deserialize)]
#[serde(untagged)]
enum Listed<'t> {
    #[serde(borrow)]
    Recipe(Text<'t>),
    WithPackages(Text<'t>, IgnoredAny),
}

impl<'t> Listed<'t> {
    fn reference(&self) -> &Text<'t> {
        match self {
            Self::Recipe(reference) | Self::WithPackages(reference, _) => reference,
        }
    }
}

#[derive(Deserialize)]
struct Graph<'t> {
    #[serde(borrow)]
    nodes: Object<'t, Node<'t>>,
}

#[derive(Deserialize)]
struct Node<'t> {
    /// Since 0.4.
    #[serde(rename = "ref", borrow, default)]
    reference: Option<Text<'t>>,
    /// Before 0.4: the reference with the package behind it.
    #[serde(borrow, default)]
    pref: Option<Text<'t>>,
    /// The recipe of a consumer, which lies in the project.
    #[serde(borrow, default)]
    path: Option<Text<'t>>,
    #[serde(borrow, default)]
    context: Option<Text<'t>>,
    #[serde(borrow, default)]
    requires: Needs<'t>,
    #[serde(borrow, default)]
    build_requires: Needs<'t>,
    #[serde(borrow, default)]
    python_requires: Option<Vec<Text<'t>>>,
}

/// The nodes that a node needs: a list of their keys, or in 0.0 an object from references to keys.
#[derive(Deserialize)]
#[serde(untagged)]
enum Needs<'t> {
    #[serde(borrow)]
    List(Vec<Text<'t>>),
    #[serde(borrow)]
    Object(Object<'t, Text<'t>>),
    #[expect(dead_code, reason = "only its shape tells")]
    Nothing(Option<IgnoredAny>),
}

impl Default for Needs<'_> {
    fn default() -> Self {
        Self::Nothing(None)
    }
}

impl Needs<'_> {
    fn keys(&self) -> Vec<&str> {
        match self {
            Self::List(keys) => keys.iter().map(|key| &**key).collect(),
            Self::Object(object) => object.0.iter().map(|(_, key)| &**key).collect(),
            Self::Nothing(_) => Vec::new(),
        }
    }
}

fn read_graph(graph: &Graph<'_>, lines: &Lines<'_>) -> Result<Inventory, ReadError> {
    let mut listing = Listing::new(Ecosystem::ConanCenter);
    let mut positions = HashMap::new();
    let mut direct = Vec::new();
    for (key, node) in &graph.nodes.0 {
        let written = node.reference.as_ref().or(node.pref.as_ref());
        let reference = written.and_then(|text| Reference::parse(text));
        if node.path.is_some() || written.is_none() {
            let name =
                reference.as_ref().map(|r| listing.name(r.name, lines.of(key))).transpose()?;
            listing.member(name, None);
            direct.extend(node.requires.keys());
            direct.extend(node.build_requires.keys());
            continue;
        }
        let line = written.and_then(|text| lines.of(text));
        let Some(reference) = reference else {
            let reason = "a node of the graph has no name and version";
            listing.gap(Place::at(line), reason, "run `conan lock create` again");
            continue;
        };
        let scope = match node.context.as_deref() {
            Some("build") => Scope::Build,
            Some(_) | None => Scope::Runtime,
        };
        let position = add(&mut listing, &reference, scope, line)?;
        positions.insert(&**key, position);
    }
    for (key, node) in &graph.nodes.0 {
        for recipe in node.python_requires.iter().flatten() {
            if let Some(reference) = Reference::parse(recipe) {
                add(&mut listing, &reference, Scope::Build, lines.of(recipe))?;
            }
        }
        let Some(&from) = positions.get(&**key) else { continue };
        let needs = node.requires.keys().into_iter().chain(node.build_requires.keys());
        listing.link(&positions, needs.map(|to| (from, to)));
    }
    for key in positions.values().copied().collect::<Vec<_>>() {
        if let Some(entry) = listing.get_mut(key) {
            entry.direct = Some(false);
        }
    }
    for key in direct {
        if let Some(entry) = positions.get(key).and_then(|position| listing.get_mut(*position)) {
            entry.direct = Some(true);
        }
    }
    Ok(listing.finish())
}

fn read_lists(lock: &Lock<'_>, lines: &Lines<'_>) -> Result<Inventory, ReadError> {
    let mut listing = Listing::new(Ecosystem::ConanCenter);
    let mut seen = HashSet::new();
    for (list, scope) in [
        (&lock.requires, Scope::Runtime),
        (&lock.build_requires, Scope::Build),
        (&lock.python_requires, Scope::Build),
        (&lock.config_requires, Scope::Build),
    ] {
        for written in list.iter().map(Listed::reference) {
            let line = lines.of(written);
            let reference = Reference::parse(written).ok_or_else(|| {
                let message = format!("\"{}\" is not name/version", written.escape_debug());
                ReadError { kind: ReadErrorKind::Shape, line, message }
            })?;
            // Two revisions of one recipe are one package.
            if seen.insert((reference.name, reference.version, scope)) {
                add(&mut listing, &reference, scope, line)?;
            }
        }
    }
    Ok(listing.finish())
}

fn add(
    listing: &mut Listing,
    reference: &Reference<'_>,
    scope: Scope,
    line: Option<u32>,
) -> Result<u32, ReadError> {
    let version = match reference.version.strip_prefix('[') {
        Some(range) => LockedVersion::Asked(range.trim_end_matches(']').into()),
        None => exact(reference.version),
    };
    let mut entry = listing.entry(reference.name, version, Place::at(line))?;
    entry.scope = scope;
    Ok(listing.push(entry))
}

/// `name/version`, without what follows.
struct Reference<'t> {
    name: &'t str,
    version: &'t str,
}

impl<'t> Reference<'t> {
    fn parse(text: &'t str) -> Option<Self> {
        let text = text.split(['@', '#', '%', ':']).next()?;
        let (name, version) = text.split_once('/')?;
        (!name.is_empty() && !version.is_empty()).then_some(Self { name, version })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::NothingNearby;

    fn read_text(text: &str) -> Result<Inventory, ReadError> {
        let bytes = text.as_bytes();
        read(&Input { bytes, file_name: "conan.lock", nearby: &NothingNearby })
    }

    fn found(inventory: &Inventory) -> Vec<(&str, Option<&str>, Scope)> {
        let packages = inventory.packages.iter();
        packages.map(|p| (p.name.as_written(), p.version.exact(), p.scope)).collect()
    }

    #[test]
    fn a_list_of_conan_2_gives_names_and_versions() {
        let text = r#"{"version": "0.5", "requires": ["zlib/1.2.13#13c96f%1667396813.733"],
            "build_requires": ["ninja/1.11.1@acme/stable#a2f0%1.0"], "python_requires": []}"#;
        let inventory = read_text(text).unwrap();
        assert_eq!(
            found(&inventory),
            [("zlib", Some("1.2.13"), Scope::Runtime), ("ninja", Some("1.11.1"), Scope::Build),]
        );
    }

    #[test]
    fn a_recipe_that_is_locked_with_its_packages_is_read() {
        let text = r#"{"version": "0.5", "requires": [["fmt/9.1.0#ab%1.0", {"0a": ["1b"]}]]}"#;
        let inventory = read_text(text).unwrap();
        assert_eq!(found(&inventory), [("fmt", Some("9.1.0"), Scope::Runtime)]);
    }

    #[test]
    fn two_revisions_of_a_recipe_are_one_package() {
        let text = r#"{"version": "0.5", "requires": ["fmt/9.1.0#ab%2.0", "fmt/9.1.0#cd%1.0"]}"#;
        assert_eq!(read_text(text).unwrap().packages.len(), 1);
    }

    const GRAPH: &str = r#"{"graph_lock": {"nodes": {
        "0": {"ref": "own/1.0", "path": "conanfile.py", "requires": ["1"]},
        "1": {"ref": "freetype/2.12.1#0", "requires": ["2"], "context": "host"},
        "2": {"ref": "zlib/1.2.13", "context": "host"},
        "3": {"ref": "cmake/3.25.0", "context": "build"}
    }}, "version": "0.4"}"#;

    #[test]
    fn a_graph_of_conan_1_gives_edges_and_what_is_direct() {
        let inventory = read_text(GRAPH).unwrap();
        let direct: Vec<_> = inventory.packages.iter().map(|p| p.direct).collect();
        assert_eq!(direct, [Some(true), Some(false), Some(false)]);
        assert_eq!(inventory.packages[0].needs, [1]);
        assert_eq!(inventory.packages[2].scope, Scope::Build);
    }

    #[test]
    fn the_consumer_is_a_member() {
        let inventory = read_text(GRAPH).unwrap();
        assert_eq!(inventory.members[0].name.as_ref().unwrap().as_written(), "own");
    }

    #[test]
    fn a_graph_of_the_first_kind_is_read() {
        let text = r#"{"graph_lock": {"nodes": {
            "a": {"pref": null, "requires": {"zlib/1.2.11@x/y": "b"}},
            "b": {"pref": "zlib/1.2.11@x/y#5f49:19729b#5884"}}}}"#;
        let inventory = read_text(text).unwrap();
        assert_eq!(found(&inventory), [("zlib", Some("1.2.11"), Scope::Runtime)]);
        assert_eq!(inventory.packages[0].direct, Some(true));
    }

    #[test]
    fn a_node_without_a_name_is_a_gap() {
        let text = GRAPH.replace("zlib/1.2.13", "1.2.13#ffa7");
        assert_eq!(read_text(&text).unwrap().gaps.len(), 1);
    }

    #[test]
    fn an_unknown_version_is_refused() {
        let error = read_text(r#"{"version": "0.9", "requires": []}"#).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::UnknownVersion);
        assert_eq!(read_text("{}").unwrap_err().kind, ReadErrorKind::Shape);
    }
}
