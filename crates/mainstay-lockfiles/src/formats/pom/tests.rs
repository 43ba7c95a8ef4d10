use std::collections::BTreeMap;

use super::*;
use mainstay_reading::{Nearby, NearbyError, ReadErrorKind};

/// Files beside the source, by path.
#[derive(Default)]
struct Tree(BTreeMap<&'static str, String>);

impl Nearby for Tree {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        self.0.get(path).map(|text| text.clone().into_bytes()).ok_or(NearbyError::Absent)
    }
}

fn project(inner: &str) -> String {
    format!(
        "<project>\n<groupId>org.own</groupId>\n<artifactId>app</artifactId>\n\
         <version>1.0</version>\n{inner}\n</project>"
    )
}

fn dependency(artifact: &str, rest: &str) -> String {
    format!(
        "<dependency><groupId>org.acme</groupId><artifactId>{artifact}</artifactId>{rest}\
         </dependency>"
    )
}

fn dependencies(inner: &str) -> String {
    format!("<dependencies>{inner}</dependencies>")
}

fn managed(inner: &str) -> String {
    format!("<dependencyManagement>{}</dependencyManagement>", dependencies(inner))
}

fn read_with(text: &str, tree: &Tree) -> Result<Inventory, ReadError> {
    read(&Input { bytes: text.as_bytes(), file_name: "pom.xml", nearby: tree })
}

fn read_project(inner: &str) -> Inventory {
    read_with(&project(inner), &Tree::default()).unwrap()
}

fn found(inventory: &Inventory) -> Vec<(&str, Option<&str>, Scope)> {
    let packages = inventory.packages.iter();
    packages.map(|p| (p.name.as_written(), p.version.exact(), p.scope)).collect()
}

#[test]
fn a_pom_is_never_the_whole_answer() {
    assert_eq!(read_project("").gaps.len(), 1);
}

#[test]
fn a_dependency_has_its_version_scope_and_line() {
    let inventory = read_project(&dependencies(&format!(
        "\n{}\n{}\n{}",
        dependency("web", "<version>2.17.1</version>"),
        dependency("test", "<version>4</version><scope>test</scope>"),
        dependency("extra", "<version>1</version><optional>true</optional>"),
    )));
    assert_eq!(
        found(&inventory),
        [
            ("org.acme:web", Some("2.17.1"), Scope::Runtime),
            ("org.acme:test", Some("4"), Scope::Dev),
            ("org.acme:extra", Some("1"), Scope::Optional),
        ]
    );
    assert_eq!(inventory.packages[0].place, Place::line(6));
    assert_eq!(inventory.packages[0].direct, Some(true));
}

#[test]
fn a_range_is_a_wish_and_a_single_version_in_brackets_is_not() {
    let inventory = read_project(&dependencies(&format!(
        "{}{}",
        dependency("a", "<version>[1.0,2.0)</version>"),
        dependency("b", "<version>[1.0]</version>"),
    )));
    assert_eq!(inventory.packages[0].version, LockedVersion::Asked("[1.0,2.0)".into()));
    assert_eq!(inventory.packages[1].version.exact(), Some("1.0"));
}

#[test]
fn a_property_is_resolved_and_an_unknown_one_is_a_gap() {
    let inventory = read_project(&format!(
        "<properties><web.version>2.0</web.version></properties>{}",
        dependencies(&format!(
            "{}{}{}",
            dependency("a", "<version>${web.version}</version>"),
            dependency("b", "<version>${project.version}</version>"),
            dependency("c", "<version>${unknown}</version>"),
        ))
    ));
    let versions: Vec<_> = inventory.packages.iter().map(|p| p.version.exact()).collect();
    assert_eq!(versions, [Some("2.0"), Some("1.0"), None]);
    assert!(inventory.gaps[0].reason.contains("unknown"));
}

#[test]
fn a_managed_version_counts_where_none_is_written() {
    let inventory = read_project(&format!(
        "{}{}",
        managed(&format!(
            "{}{}",
            dependency("a", "<version>3.0</version><scope>test</scope>"),
            dependency("unused", "<version>9</version>"),
        )),
        dependencies(&format!("{}{}", dependency("a", ""), dependency("b", "")))
    ));
    assert_eq!(
        found(&inventory),
        [("org.acme:a", Some("3.0"), Scope::Dev), ("org.acme:b", None, Scope::Runtime)]
    );
    assert!(inventory.gaps[0].reason.contains("org.acme:b"));
}

fn parent_reference(path: &str) -> String {
    format!(
        "<parent><groupId>org.own</groupId><artifactId>parent</artifactId>\
         <version>1.0</version>{path}</parent>"
    )
}

fn parent_pom(inner: &str) -> String {
    format!(
        "<project><groupId>org.own</groupId><artifactId>parent</artifactId>\
         <version>1.0</version>{inner}</project>"
    )
}

#[test]
fn a_parent_beside_the_project_gives_its_properties_and_dependencies() {
    let parent = parent_pom(&format!(
        "<properties><v>7</v></properties>{}{}",
        managed(&dependency("b", "<version>${v}</version>")),
        dependencies(&dependency("a", "<version>${v}</version>"))
    ));
    let tree = Tree(BTreeMap::from([("../pom.xml", parent)]));
    let text = project(&format!(
        "{}<properties><v>8</v></properties>{}",
        parent_reference(""),
        dependencies(&dependency("b", ""))
    ));
    let inventory = read_with(&text, &tree).unwrap();
    let versions: Vec<_> = inventory.packages.iter().map(|p| p.version.exact()).collect();
    // The child's property counts for what it inherits too.
    assert_eq!(versions, [Some("8"), Some("8")]);
    assert_eq!(inventory.files_read, ["../pom.xml".into()]);
    assert_eq!(inventory.packages[1].place.file.as_deref(), Some("../pom.xml"));
}

#[test]
fn a_parent_that_is_not_there_is_a_gap() {
    for path in ["", "<relativePath/>", "<relativePath>/etc</relativePath>"] {
        let text = project(&parent_reference(path));
        let inventory = read_with(&text, &Tree::default()).unwrap();
        assert_eq!(inventory.gaps.len(), 2, "{path}");
        assert!(inventory.gaps[0].reason.contains("org.own:parent"));
    }
}

#[test]
fn another_project_at_the_path_of_the_parent_is_not_the_parent() {
    let other = parent_pom("").replace("<version>1.0", "<version>2.0");
    let tree = Tree(BTreeMap::from([("../pom.xml", other)]));
    let inventory = read_with(&project(&parent_reference("")), &tree).unwrap();
    assert_eq!(inventory.gaps.len(), 2);
}

#[test]
fn the_path_of_a_parent_may_be_its_folder() {
    let tree = Tree(BTreeMap::from([("../parent/pom.xml", parent_pom(""))]));
    let text = project(&parent_reference("<relativePath>../parent</relativePath>"));
    assert_eq!(read_with(&text, &tree).unwrap().gaps.len(), 1);
}

#[test]
fn a_project_that_is_its_own_parent_ends() {
    let text = format!(
        "<project>{}<artifactId>parent</artifactId></project>",
        parent_reference("<relativePath>pom.xml</relativePath>")
    );
    let inventory = read_with(&text, &Tree::default()).unwrap();
    assert!(inventory.gaps[0].reason.contains("does not end"));
}

#[test]
fn a_bill_of_materials_in_the_tree_is_imported() {
    let bill = format!(
        "<project>{}<artifactId>bill</artifactId><properties><v>5</v></properties>{}</project>",
        parent_reference(""),
        managed(&dependency("a", "<version>${v}</version>"))
    );
    let parent = parent_pom("<modules><module>bill</module><module>app</module></modules>");
    let tree = Tree(BTreeMap::from([("../pom.xml", parent), ("../bill/pom.xml", bill)]));
    let import = "<dependency><groupId>org.own</groupId><artifactId>bill</artifactId>\
                  <version>1.0</version><type>pom</type><scope>import</scope></dependency>";
    let text = project(&format!(
        "{}{}{}",
        parent_reference(""),
        managed(import),
        dependencies(&dependency("a", ""))
    ));
    let inventory = read_with(&text, &tree).unwrap();
    assert_eq!(found(&inventory), [("org.acme:a", Some("5"), Scope::Runtime)]);
    assert_eq!(inventory.gaps.len(), 1);
}

#[test]
fn a_bill_of_materials_from_a_repository_is_named_in_the_gap() {
    let import = dependency("bill", "<version>1</version><type>pom</type><scope>import</scope>");
    let inventory =
        read_project(&format!("{}{}", managed(&import), dependencies(&dependency("a", ""))));
    assert!(inventory.gaps[0].reason.contains("org.acme:bill"));
}

#[test]
fn a_module_of_the_project_is_not_a_package() {
    let parent = parent_pom("<modules><module>app</module><module>core</module></modules>");
    let tree = Tree(BTreeMap::from([("../pom.xml", parent)]));
    let core = "<dependency><groupId>org.own</groupId><artifactId>core</artifactId>\
                <version>${project.version}</version></dependency>";
    let text = project(&format!("{}{}", parent_reference(""), dependencies(core)));
    assert_eq!(read_with(&text, &tree).unwrap().packages, []);
}

#[test]
fn modules_are_members() {
    let inventory = read_project("<modules><module>core</module></modules>");
    let paths: Vec<_> = inventory.members.iter().map(|m| m.path.as_deref()).collect();
    assert_eq!(paths, [Some("."), Some("core")]);
    assert_eq!(inventory.own_name.unwrap().as_written(), "org.own:app");
}

#[test]
fn a_profile_is_listed_and_noted() {
    let inventory = read_project(&format!(
        "<profiles><profile><id>extra</id><properties><v>3</v></properties>{}</profile></profiles>",
        dependencies(&dependency("a", "<version>${v}</version>"))
    ));
    assert_eq!(found(&inventory), [("org.acme:a", Some("3"), Scope::Optional)]);
    assert!(inventory.gaps[0].reason.contains("extra"));
}

#[test]
fn a_profile_that_is_active_by_default_counts_always() {
    let inventory = read_project(&format!(
        "<profiles><profile><activation><activeByDefault>true</activeByDefault></activation>{}\
         </profile></profiles>",
        dependencies(&dependency("a", "<version>3</version>"))
    ));
    assert_eq!(found(&inventory), [("org.acme:a", Some("3"), Scope::Runtime)]);
    assert_eq!(inventory.gaps.len(), 1);
}

#[test]
fn a_plugin_is_for_the_build() {
    let inventory = read_project(
        "<build><pluginManagement><plugins><plugin><artifactId>maven-a</artifactId>\
         <version>2</version></plugin></plugins></pluginManagement>\
         <plugins><plugin><artifactId>maven-a</artifactId></plugin></plugins></build>",
    );
    assert_eq!(found(&inventory), [("org.apache.maven.plugins:maven-a", Some("2"), Scope::Build)]);
}

#[test]
fn a_dependency_of_a_plugin_that_the_project_uses_too_is_one_package() {
    let inventory = read_project(&format!(
        "<build><plugins><plugin><artifactId>p</artifactId><version>1</version>{0}</plugin>\
         </plugins></build>\n{0}",
        dependencies(&dependency("a", "<version>3</version>"))
    ));
    assert_eq!(inventory.packages[0].place.line, Some(6));
    assert_eq!(inventory.packages[0].scope, Scope::Runtime);
    assert_eq!(inventory.packages.len(), 2);
}

#[test]
fn a_file_on_the_machine_is_not_a_registry_package() {
    let rest = "<version>1</version><scope>system</scope><systemPath>${lib}/a.jar</systemPath>";
    let inventory = read_project(&dependencies(&dependency("a", rest)));
    assert!(matches!(inventory.packages[0].origin, Origin::Path(_)));
}

#[test]
fn a_type_or_classifier_does_not_make_another_package() {
    let inventory = read_project(&dependencies(&format!(
        "{}{}",
        dependency("a", "<version>1</version><classifier>sources</classifier>"),
        dependency("a", "<version>1</version>"),
    )));
    assert_eq!(inventory.packages.len(), 1);
}

#[test]
fn a_version_that_is_managed_for_another_classifier_is_no_fault_of_a_parent() {
    let inventory = read_project(&format!(
        "{}{}",
        managed(&dependency("a", "<version>1</version><classifier>tests</classifier>")),
        dependencies(&dependency("a", "")),
    ));
    let said = "nothing that was read sets one for its type and classifier";
    assert!(inventory.gaps.iter().any(|gap| gap.reason.ends_with(said)), "{:?}", inventory.gaps);
}

#[test]
fn a_dependency_without_a_group_is_a_gap() {
    let text = "<dependency><artifactId>a</artifactId></dependency>";
    let inventory = read_project(&dependencies(text));
    assert_eq!((inventory.packages.len(), inventory.gaps.len()), (0, 2));
}

#[test]
fn another_document_is_refused() {
    for (text, kind) in [
        ("<settings/>", ReadErrorKind::Shape),
        ("<project>", ReadErrorKind::Syntax),
        ("", ReadErrorKind::Syntax),
        ("<!DOCTYPE project [<!ENTITY a 'b'>]><project>&a;</project>", ReadErrorKind::TooDeep),
    ] {
        assert_eq!(read_with(text, &Tree::default()).unwrap_err().kind, kind, "{text}");
    }
}

#[test]
fn of_two_dependencies_of_one_name_the_second_counts() {
    let inventory = read_project(&dependencies(&format!(
        "{}{}",
        dependency("a", "<version>1.0</version>"),
        dependency("a", "<version>2.0</version>")
    )));
    assert_eq!(found(&inventory), [("org.acme:a", Some("2.0"), Scope::Runtime)]);
}

#[test]
fn a_subproject_of_maven_4_is_a_member() {
    let inventory = read_project("<subprojects><subproject>core</subproject></subprojects>");
    assert!(inventory.members.iter().any(|member| member.path.as_deref() == Some("core")));
}
