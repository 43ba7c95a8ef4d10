//! Who needs whom in a `uv.lock`, and why each package is there.

use std::collections::HashMap;

use super::{Dependency, Graph, HashSet};
use crate::formats::python::Packages;
use mainstay_reading::Place;
use mainstay_types::Scope;

/// Draws the edges, and sets scope and directness from what the project's own packages need.
pub(super) fn connect(packages: &mut Packages, graph: &Graph<'_>) {
    edges(packages, graph);
    let mut reached: HashMap<u32, Scope> = HashMap::new();
    let mut seen: HashSet<Step<'_>> = HashSet::new();
    for scope in [Scope::Runtime, Scope::Optional, Scope::Dev] {
        let mut waiting = first_steps(packages, graph, scope);
        while let Some(step) = waiting.pop() {
            if !seen.insert(step) {
                continue;
            }
            let Some(node) = graph.nodes.get(step.node) else { continue };
            if let Some(position) = node.position {
                reached.entry(position).or_insert(scope);
            }
            let needs = match step.extra {
                None => Some(&node.package.dependencies),
                Some(extra) => node.package.optional_dependencies.get(extra),
            };
            for dependency in needs.into_iter().flatten() {
                waiting.extend(steps(graph, dependency));
            }
        }
    }
    for (position, scope) in reached {
        if let Some(entry) = packages.entry_mut(position) {
            entry.scope = scope;
        }
    }
}

/// A package, or one extra of it, on the way from the root.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Step<'t> {
    node: usize,
    extra: Option<&'t str>,
}

fn steps<'t>(graph: &'t Graph<'_>, dependency: &'t Dependency) -> impl Iterator<Item = Step<'t>> {
    graph.targets(dependency).iter().flat_map(|node| {
        let extras = dependency.extra.names().iter().map(|extra| Some(extra.as_str()));
        std::iter::once(None).chain(extras).map(|extra| Step { node: *node, extra })
    })
}

/// What the project's own packages ask for in a scope.
fn first_steps<'t>(packages: &mut Packages, graph: &'t Graph<'_>, scope: Scope) -> Vec<Step<'t>> {
    let own = graph.nodes.iter().filter(|node| node.package.source.own_folder().is_some());
    let mut first = Vec::new();
    for node in own.filter(|node| node.position.is_none()) {
        let package = node.package;
        let lists: Vec<&Vec<Dependency>> = match scope {
            Scope::Runtime => vec![&package.dependencies],
            Scope::Optional => package.optional_dependencies.values().collect(),
            Scope::Build | Scope::Dev => package.dev_dependencies.values().collect(),
        };
        for dependency in lists.into_iter().flatten() {
            for target in graph.targets(dependency) {
                let position = graph.nodes.get(*target).and_then(|node| node.position);
                if let Some(entry) = position.and_then(|it| packages.entry_mut(it)) {
                    entry.direct = Some(true);
                }
            }
            first.extend(steps(graph, dependency));
        }
    }
    first
}

fn edges(packages: &mut Packages, graph: &Graph<'_>) {
    let mut missing = 0_usize;
    for node in graph.nodes {
        let package = node.package;
        let optional = package.optional_dependencies.values().flatten();
        let dev = package.dev_dependencies.values().flatten();
        let mut needs = Vec::new();
        for dependency in package.dependencies.iter().chain(optional).chain(dev) {
            let targets = graph.targets(dependency);
            let positions = targets.iter().filter_map(|target| graph.nodes.get(*target)?.position);
            needs.extend(positions);
            if targets.is_empty() {
                missing += 1;
                report_missing(packages, node.line, package.name.as_ref(), dependency, missing);
            }
        }
        if let Some(position) = node.position {
            packages.connect(position, needs);
        }
    }
}

/// A lock that was cut off leaves many needs open; a few of them tell enough.
fn report_missing(
    packages: &mut Packages,
    line: u32,
    name: &str,
    dependency: &Dependency,
    count: usize,
) {
    const MOST: usize = 20;
    if count > MOST {
        return;
    }
    packages.gap(
        Place::line(line),
        format!(
            "{} needs {}, which the file does not lock: it may be cut off",
            name.escape_debug(),
            dependency.name.escape_debug()
        ),
        "let uv write the file again: `uv lock`",
    );
}
