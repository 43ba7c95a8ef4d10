//! Which room may use which: the one-way order of ARCHITECTURE.md, checked.
//!
//! Every member says its layer in its `Cargo.toml` (`[package.metadata.mainstay] layer = 1`).
//! An edge may go down. Within a layer it may go only from a room to one that stands before it
//! in the root's `[workspace.metadata.mainstay] order`; the workflows of layer 4 never use one
//! another. `mainstay-testkit` is for `[dev-dependencies]` of anyone, and for nothing else.

#![expect(clippy::indexing_slicing, reason = "only JSON is indexed: a missing key is null")]

use std::collections::BTreeMap;

use serde_json::Value;

use crate::step::Outcome;
use crate::workspace::Workspace;

const TESTKIT: &str = "mainstay-testkit";
const WORKFLOWS: u64 = 4;
const PRODUCT: u64 = 5;

/// Checks the members of the workspace.
pub(crate) fn step(workspace: &Workspace) -> anyhow::Result<Outcome> {
    Ok(Outcome::of_faults(&faults(&workspace.metadata()?)))
}

/// What is wrong, given what `cargo metadata --no-deps` says.
fn faults(metadata: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let packages = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    let layers: BTreeMap<&str, u64> =
        packages.iter().filter_map(|package| Some((name(package)?, layer(package)?))).collect();
    let order: Vec<&str> = metadata["metadata"]["mainstay"]["order"]
        .as_array()
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for listed in &order {
        if !layers.contains_key(listed) {
            faults.push(format!("the declared order names {listed}, which is no member"));
        }
    }
    for package in packages {
        let Some(own) = name(package) else { continue };
        faults.extend(misnamed(own, package));
        let Some(&from) = layers.get(own) else {
            faults.push(format!(
                "{own} does not say its layer: add `[package.metadata.mainstay] layer = N`, N from \
                 0 to {PRODUCT}"
            ));
            continue;
        };
        for dependency in package["dependencies"].as_array().map_or(&[][..], Vec::as_slice) {
            let Some(used) = name(dependency) else { continue };
            let Some(&to) = layers.get(used) else { continue };
            let edge = Edge { own, from, used, to, dev: dependency["kind"] == "dev" };
            faults.extend(edge.fault(&order));
        }
    }
    faults
}

fn name(package: &Value) -> Option<&str> {
    package["name"].as_str()
}

fn layer(package: &Value) -> Option<u64> {
    package["metadata"]["mainstay"]["layer"].as_u64().filter(|layer| *layer <= PRODUCT)
}

/// An unprefixed name is one that anybody could publish: the mistake behind dependency confusion.
fn misnamed(own: &str, package: &Value) -> Option<String> {
    if own != "xtask" && own != "mainstay" && !own.starts_with("mainstay-") {
        return Some(format!("{own} must be called mainstay-{own}"));
    }
    let manifest = package["manifest_path"].as_str()?.replace('\\', "/");
    let folder = manifest.rsplit('/').nth(1)?;
    (folder != own).then(|| format!("{own} lies in a folder called {folder}"))
}

/// One member's dependency on another.
struct Edge<'a> {
    own: &'a str,
    from: u64,
    used: &'a str,
    to: u64,
    dev: bool,
}

impl Edge<'_> {
    fn fault(&self, order: &[&str]) -> Option<String> {
        let Self { own, from, used, to, dev } = self;
        if *used == TESTKIT {
            return (!dev).then(|| format!("{own} uses {used} outside [dev-dependencies]"));
        }
        if to < from {
            return None;
        }
        if to > from {
            return Some(format!("{own} (layer {from}) uses {used} (layer {to}), which is above"));
        }
        if *from == WORKFLOWS {
            return Some(format!("{own} uses {used}: workflows meet through events, not directly"));
        }
        let place = |name: &str| order.iter().position(|listed| *listed == name);
        match (place(own), place(used)) {
            (Some(own), Some(used)) if used < own => None,
            (Some(_), Some(_)) => Some(format!(
                "{own} uses {used}, which does not stand before it in the order of layer {from}"
            )),
            _ => Some(format!(
                "{own} uses {used} of the same layer {from}, and the declared order does not name \
                 both"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn member(name: &str, layer: u64, uses: &[(&str, Option<&str>)]) -> Value {
        let dependencies: Vec<Value> =
            uses.iter().map(|(name, kind)| json!({ "name": name, "kind": kind })).collect();
        json!({
            "name": name,
            "manifest_path": format!("/work/crates/{name}/Cargo.toml"),
            "metadata": { "mainstay": { "layer": layer } },
            "dependencies": dependencies,
        })
    }

    fn check(order: &[&str], packages: &[Value]) -> Vec<String> {
        faults(&json!({ "packages": packages, "metadata": { "mainstay": { "order": order } } }))
    }

    #[test]
    fn an_edge_to_a_lower_layer_is_right() {
        let low = member("mainstay-low", 0, &[]);
        let high = member("mainstay-high", 3, &[("mainstay-low", None), ("serde", None)]);
        assert_eq!(check(&[], &[low, high]), Vec::<String>::new());
    }

    #[test]
    fn an_edge_to_a_higher_layer_is_wrong() {
        let low = member("mainstay-low", 0, &[("mainstay-high", None)]);
        let high = member("mainstay-high", 3, &[]);
        assert!(check(&[], &[low, high])[0].contains("which is above"));
    }

    #[test]
    fn inside_a_layer_the_declared_order_decides() {
        let first = member("mainstay-first", 2, &[]);
        let second = member("mainstay-second", 2, &[("mainstay-first", None)]);
        let members = [first, second];
        assert!(check(&["mainstay-first", "mainstay-second"], &members).is_empty());
        assert!(check(&["mainstay-second", "mainstay-first"], &members)[0].contains("order"));
        assert!(check(&[], &members)[0].contains("does not name both"));
    }

    #[test]
    fn workflows_never_use_one_another() {
        let one = member("mainstay-one", 4, &[]);
        let two = member("mainstay-two", 4, &[("mainstay-one", None)]);
        let faults = check(&["mainstay-one", "mainstay-two"], &[one, two]);
        assert!(faults[0].contains("events"));
    }

    #[test]
    fn the_testkit_is_for_tests_only() {
        let kit = member(TESTKIT, 5, &[]);
        let tests = member("mainstay-low", 0, &[(TESTKIT, Some("dev"))]);
        assert!(check(&[], &[kit.clone(), tests]).is_empty());
        let code = member("mainstay-low", 0, &[(TESTKIT, None)]);
        assert!(check(&[], &[kit, code])[0].contains("outside"));
    }

    #[test]
    fn a_member_must_say_its_layer() {
        let mut silent = member("mainstay-low", 0, &[]);
        silent["metadata"] = Value::Null;
        assert!(check(&[], &[silent])[0].contains("does not say its layer"));
        let beyond = member("mainstay-low", 6, &[]);
        assert!(check(&[], &[beyond])[0].contains("does not say its layer"));
    }

    #[test]
    fn a_member_must_carry_the_prefix() {
        assert!(check(&[], &[member("types", 0, &[])])[0].contains("mainstay-types"));
        assert!(check(&[], &[member("xtask", 5, &[])]).is_empty());
    }

    #[test]
    fn a_member_lies_in_the_folder_of_its_name() {
        let mut moved = member("mainstay-low", 0, &[]);
        moved["manifest_path"] = json!("/work/crates/low/Cargo.toml");
        assert!(check(&[], &[moved])[0].contains("folder called low"));
    }

    #[test]
    fn an_order_that_names_a_stranger_is_wrong() {
        assert!(check(&["mainstay-gone"], &[])[0].contains("no member"));
    }
}
