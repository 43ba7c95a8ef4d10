//! What becomes of components: packages, members, gaps.

use mainstay_reading::{Inventory, LockedVersion, Origin};
use mainstay_types::Scope;

use crate::DocumentText;
use crate::cyclonedx::read_json;

fn inventory(parts: &str) -> Inventory {
    let text = format!("{{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.7\", {parts}}}");
    let inventory = super::inventory(read_json(&text).unwrap());
    // What is kept for an inventory is enough for it.
    let text = DocumentText::of(text.as_bytes()).unwrap();
    assert_eq!(super::inventory(text.packages().unwrap()), inventory);
    inventory
}

/// A document about `app` that needs everything; with these components, each needing nothing.
fn of(components: &[(&str, &str)]) -> Inventory {
    let list: Vec<String> = components
        .iter()
        .enumerate()
        .map(|(at, (kind, rest))| {
            format!("{{\"bom-ref\": \"c{at}\", \"type\": \"{kind}\", \"name\": \"n{at}\"{rest}}}")
        })
        .collect();
    let names: Vec<String> = (0..components.len()).map(|at| format!("\"c{at}\"")).collect();
    let nodes: Vec<String> = names.iter().map(|name| format!("{{\"ref\": {name}}}")).collect();
    inventory(&format!(
        "\"metadata\": {{\"component\": {{\"bom-ref\": \"app\", \"type\": \"application\",
            \"name\": \"app\", \"purl\": \"pkg:npm/app@1\"}}}},
         \"components\": [{}],
         \"dependencies\": [{{\"ref\": \"app\", \"dependsOn\": [{}]}}, {}]",
        list.join(","),
        names.join(","),
        nodes.join(",")
    ))
}

fn reasons(inventory: &Inventory) -> Vec<&str> {
    inventory.gaps.iter().map(|gap| &*gap.reason).collect()
}

#[test]
fn a_component_with_a_package_url_is_a_package() {
    let inventory = of(&[("library", ", \"purl\": \"pkg:npm/%40s/a@1.0.0\"")]);
    assert_eq!(reasons(&inventory), [""; 0]);
    let entry = &inventory.packages[0];
    assert_eq!(entry.name.as_written(), "@s/a");
    assert_eq!(entry.version, LockedVersion::Exact("1.0.0".into()));
    assert_eq!(entry.direct, Some(true));
    assert_eq!(inventory.own_name.unwrap().as_written(), "app");
}

#[test]
fn a_component_without_an_identity_is_unknown_by_name() {
    for (rest, why) in [
        ("", "it has no package URL"),
        (", \"cpe\": \"cpe:/a:x:y:1\"", "it has a CPE and no package URL"),
        (
            ", \"purl\": \"pkg:generic/x@1\"",
            "Mainstay has no ecosystem for package URLs like pkg:generic/x@1",
        ),
        (", \"purl\": \"not a purl\"", "its package URL \"not a purl\" cannot be read"),
    ] {
        let inventory = of(&[("library", rest)]);
        assert_eq!(inventory.packages.len(), 0);
        let told = reasons(&inventory);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(&format!("n0 is unknown: {why}")), "{told:?}");
    }
}

#[test]
fn a_file_a_service_and_data_are_no_packages() {
    let inventory = of(&[("file", ""), ("data", ""), ("cryptographic-asset", "")]);
    assert_eq!((inventory.packages.len(), inventory.gaps.len()), (0, 0));
}

#[test]
fn a_component_whose_parts_are_in_another_document_is_not_whole() {
    let link = ", \"purl\": \"pkg:npm/n0@1.0.0\", \"externalReferences\": [{\"type\": \"bom\",
        \"url\": \"urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1\"}]";
    let inventory = of(&[("library", link)]);
    let told = reasons(&inventory);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("which is not in it and was not read"), "{told:?}");
}

#[test]
fn what_was_taken_from_a_commit_is_no_package_of_the_registry() {
    let commit = "a".repeat(40);
    let of = |address: &str| {
        let purl = format!(", \"purl\": \"pkg:npm/n0@1.0.0?vcs_url={address}\"");
        of(&[("library", &purl)]).packages[0].origin.clone()
    };
    let taken = of(&format!("git%2Bssh://git@git.example/o/n0.git%23{commit}"));
    assert!(matches!(&taken, Origin::Git { commit: Some(one), .. } if **one == *commit));
    let inner = of(&format!("git%2Bhttps://git.example/o/r.git@{commit}%23packages/a"));
    assert!(matches!(&inner, Origin::Git { commit: Some(one), .. } if **one == *commit));
    assert_eq!(of("git%2Bhttps://git.example/o/n0.git"), Origin::registry());
}

#[test]
fn a_place_of_download_tells_whence_a_package_is() {
    let of = |address: &str| {
        let references = format!(
            ", \"purl\": \"pkg:npm/n0@1.0.0\", \"externalReferences\": [{{\"type\":
             \"distribution\", \"url\": \"{address}\"}}]"
        );
        of(&[("library", &references)]).packages[0].origin.clone()
    };
    let commit = "b".repeat(40);
    let taken = of(&format!("git+https://git.example/o/n0.git@{commit}"));
    assert!(matches!(&taken, Origin::Git { commit: Some(one), .. } if **one == *commit));
    let Origin::Registry { artifact: Some(artifact), .. } = of("https://files.example/n0.tgz")
    else {
        panic!("no file")
    };
    assert_eq!(artifact.host().as_deref(), Some("files.example"));
    let tagged = of("git+https://user@git.example/o/n0.git@v1.0.0#packages/a");
    let Origin::Git { url, commit: None } = tagged else { panic!("{tagged:?}") };
    assert_eq!(url.reveal(), "https://user@git.example/o/n0.git");
    assert_eq!(of("git+https://user@git.example/o/n0.git"), Origin::registry());
    assert_eq!(of("git+https://git.example/o/n0.git"), Origin::registry());
    assert_eq!(of("https://git.example/o/n0.git"), Origin::registry());
}

#[test]
fn a_go_module_keeps_the_case_in_which_the_document_writes_it() {
    let inventory = inventory(
        "\"components\": [{\"type\": \"library\", \"name\": \"git.example/BurntToast/Toml\",
            \"purl\": \"pkg:golang/git.example/burnttoast/toml@v1.0.0\"}]",
    );
    assert_eq!(inventory.packages[0].name.as_written(), "git.example/BurntToast/Toml");
}

#[test]
fn an_excluded_component_is_for_development() {
    let inventory = of(&[
        ("library", ", \"scope\": \"excluded\", \"purl\": \"pkg:npm/a@1\""),
        ("library", ", \"scope\": \"optional\", \"purl\": \"pkg:npm/b@1\""),
        (
            "library",
            ", \"properties\": [{\"name\": \"cdx:npm:package:development\", \"value\": \"true\"}],
            \"purl\": \"pkg:npm/c@1\"",
        ),
    ]);
    let scopes: Vec<_> = inventory.packages.iter().map(|entry| entry.scope).collect();
    assert_eq!(scopes, [Scope::Dev, Scope::Optional, Scope::Dev]);
}

#[test]
fn what_a_group_asks_for_is_direct() {
    let inventory = inventory(
        "\"metadata\": {\"component\": {\"bom-ref\": \"app\", \"type\": \"application\", \"name\": \"app\"}},
         \"components\": [
            {\"bom-ref\": \"lock\", \"type\": \"application\", \"name\": \"package-lock.json\"},
            {\"bom-ref\": \"a\", \"type\": \"library\", \"name\": \"a\", \"purl\": \"pkg:npm/a@1\"},
            {\"bom-ref\": \"b\", \"type\": \"library\", \"name\": \"b\", \"purl\": \"pkg:npm/b@1\"}],
         \"dependencies\": [{\"ref\": \"app\", \"dependsOn\": [\"lock\"]},
            {\"ref\": \"lock\", \"dependsOn\": [\"a\"]}, {\"ref\": \"a\", \"dependsOn\": [\"b\"]}]",
    );
    let direct: Vec<_> = inventory.packages.iter().map(|entry| entry.direct).collect();
    assert_eq!(direct, [Some(true), Some(false)]);
    assert_eq!(inventory.packages[0].needs, [1]);
}

#[test]
fn a_package_whose_dependencies_are_not_told_makes_the_document_partial() {
    let inventory = inventory(
        "\"metadata\": {\"component\": {\"bom-ref\": \"app\", \"type\": \"application\", \"name\": \"app\"}},
         \"components\": [
            {\"bom-ref\": \"a\", \"type\": \"library\", \"name\": \"a\", \"purl\": \"pkg:npm/a@1\"}],
         \"dependencies\": [{\"ref\": \"app\", \"dependsOn\": [\"a\"]}]",
    );
    assert!(reasons(&inventory)[0].contains("1 of its 2 components"), "{:?}", inventory.gaps);
}

#[test]
fn a_claim_that_all_parts_are_listed_stands_in_for_the_graph() {
    let claimed = |aggregate: &str| {
        inventory(&format!(
            "\"metadata\": {{\"component\": {{\"bom-ref\": \"app\", \"type\": \"application\", \"name\": \"app\"}}}},
             \"components\": [{{\"type\": \"library\", \"name\": \"a\", \"purl\": \"pkg:npm/a@1\"}}],
             \"compositions\": [{{\"aggregate\": \"{aggregate}\", \"assemblies\": [\"app\"]}}]"
        ))
    };
    assert_eq!(reasons(&claimed("complete")), [""; 0]);
    let incomplete = claimed("incomplete");
    assert!(reasons(&incomplete)[0].ends_with("what is in app: incomplete"));
    assert_eq!(incomplete.gaps.len(), 2);
}

#[test]
fn a_need_of_another_document_is_a_gap() {
    let link = "urn:cdx:00000000-0000-4000-8000-000000000009/1#x";
    let inventory = inventory(&format!(
        "\"metadata\": {{\"component\": {{\"bom-ref\": \"app\", \"type\": \"application\", \"name\": \"app\"}}}},
         \"dependencies\": [{{\"ref\": \"app\", \"dependsOn\": [\"{link}\"]}}]"
    ));
    assert!(reasons(&inventory)[0].contains(link), "{:?}", inventory.gaps);
}

#[test]
fn a_document_of_nothing_is_partial() {
    assert!(!inventory("\"version\": 1").gaps.is_empty());
}

#[test]
fn an_external_component_asks_for_a_range() {
    let inventory = of(&[(
        "library",
        ", \"isExternal\": true, \"versionRange\": \"vers:npm/>=1\", \"purl\": \"pkg:npm/a\"",
    )]);
    assert_eq!(inventory.packages[0].version, LockedVersion::Asked("vers:npm/>=1".into()));
}

#[test]
fn a_private_index_in_a_package_url_is_kept() {
    let inventory =
        of(&[("library", ", \"purl\": \"pkg:npm/a@1?repository_url=https://npm.corp.example\"")]);
    let Origin::Registry { index: Some(index), .. } = &inventory.packages[0].origin else {
        panic!("no index")
    };
    assert_eq!(index.host().as_deref(), Some("npm.corp.example"));
}

#[test]
fn what_no_ecosystem_knows_is_listed_with_all_that_a_policy_asks() {
    let inventory = of(&[
        (
            "library",
            ", \"purl\": \"pkg:luarocks/n0@1\", \"licenses\": [{\"license\": {\"id\": \"MIT\"}}],
            \"version\": \"1\", \"scope\": \"optional\", \"externalReferences\": [{\"type\":
            \"distribution\", \"url\": \"https://files.example/n0.tgz\"}]",
        ),
        ("library", ", \"group\": \"g\""),
        ("library", ", \"purl\": \"pkg:npm/n2@1\""),
    ]);
    let [first, second] = &*inventory.unidentified else { panic!("{:?}", inventory.unidentified) };
    assert_eq!(first.purl.as_ref().unwrap().to_string(), "pkg:luarocks/n0@1");
    assert_eq!((first.version.as_deref(), first.scope), (Some("1"), Scope::Optional));
    assert_eq!(first.licence.as_ref().unwrap().as_written(), "MIT");
    assert!(matches!(&first.origin, Some(Origin::Registry { artifact: Some(_), .. })));
    assert_eq!((&*second.name, &second.purl, &second.origin), ("g/n1", &None, &None));
}
