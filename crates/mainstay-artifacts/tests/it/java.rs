//! Jars: coordinates, names, nesting, classes without metadata.

use mainstay_archives::{Budget, Limits};
use mainstay_artifacts::{Artifact, FORMATS};
use mainstay_reading::{AnomalyCode, Origin};
use mainstay_testkit::{ZipPart, zip_of};

use crate::build::{anomalies, class, gaps, packages, pom_properties, read, try_read, zip};

fn jar(group: &str, artifact: &str, version: &str) -> Vec<u8> {
    let (path, content) = pom_properties(group, artifact, version);
    zip(&[(&path, &content), ("a/A.class", &class(&[]))])
}

#[test]
fn a_jar_is_what_its_pom_properties_say() {
    let inventory = read("a-1.0.jar", &jar("g.example", "a", "1.0"));
    let expected = "g.example:a 1.0 @ META-INF/maven/g.example/a/pom.properties";
    assert_eq!(packages(&inventory), [expected]);
    assert_eq!(anomalies(&inventory), []);
    assert_eq!(gaps(&inventory), ["it does not say which packages it needs"]);
}

#[test]
fn a_shaded_jar_is_all_that_was_merged_into_it() {
    let (one, two) = (pom_properties("g", "a", "1"), pom_properties("h", "b", "2"));
    let bytes = zip(&[(&one.0, &one.1), (&two.0, &two.1), ("x/X.class", &class(&[]))]);
    let inventory = read("a-1.jar", &bytes);
    assert_eq!(
        packages(&inventory),
        ["g:a 1 @ META-INF/maven/g/a/pom.properties", "h:b 2 @ META-INF/maven/h/b/pom.properties"]
    );
    assert_eq!(gaps(&inventory), Vec::<&str>::new());
}

#[test]
fn jars_in_a_war_in_an_ear_are_found_and_nothing_more_is_asked_for() {
    let war = zip(&[("WEB-INF/lib/a-1.0.jar", &jar("g", "a", "1.0"))]);
    let ear = zip(&[("app.war", &war)]);
    let inventory = read("all.ear", &ear);
    let place = "app.war!/WEB-INF/lib/a-1.0.jar!/META-INF/maven/g/a/pom.properties";
    assert_eq!(packages(&inventory), [format!("g:a 1.0 @ {place}")]);
    assert_eq!(gaps(&inventory), Vec::<&str>::new());
}

#[test]
fn what_a_pom_asks_for_and_is_not_there_is_a_gap() {
    let pom = b"<project><groupId>g</groupId><artifactId>a</artifactId><version>1</version>\
        <dependencies><dependency><groupId>h</groupId><artifactId>b</artifactId></dependency>\
        </dependencies></project>";
    let files: [(&str, &[u8]); 1] = [("META-INF/maven/g/a/pom.xml", pom)];
    let inventory = read("a-1.jar", &zip(&files));
    assert_eq!(
        gaps(&inventory),
        ["it asks for one package that is not in it; which versions come is not known"]
    );
}

#[test]
fn a_jar_with_the_name_of_another_version_is_a_finding() {
    let inventory = read("a-2.0.jar", &jar("g", "a", "1.0"));
    assert_eq!(anomalies(&inventory), [AnomalyCode::WrongName]);
    assert_eq!(anomalies(&read("a-1.0-sources.jar", &jar("g", "a", "1.0"))), []);
    assert_eq!(anomalies(&read("renamed.jar", &jar("g", "a", "1.0"))), []);
}

#[test]
fn a_jar_that_only_its_name_tells_is_listed_and_cannot_be_looked_up() {
    let bytes = zip(&[("x/X.class", &class(&[]))]);
    let inventory = read("thing-1.2.jar", &bytes);
    assert_eq!(packages(&inventory), ["thing 1.2 @ "]);
    assert_eq!(inventory.packages[0].origin, Origin::Path("thing-1.2.jar".into()));
}

#[test]
fn a_name_that_may_be_read_in_two_ways_is_decided_by_the_manifest_or_not_at_all() {
    let bare = zip(&[("x/X.class", &class(&[]))]);
    let inventory = read("log4j-1.2-api-2.0.jar", &bare);
    assert_eq!(packages(&inventory), Vec::<String>::new());
    assert!(gaps(&inventory)[0].contains("cannot be told"), "{:?}", gaps(&inventory));
    let manifest = b"Manifest-Version: 1.0\nImplementation-Version: 2.0\n\
        Implementation-Vendor-Id: org.example\n";
    let told = zip(&[("META-INF/MANIFEST.MF", manifest), ("x/X.class", &class(&[]))]);
    let inventory = read("log4j-1.2-api-2.0.jar", &told);
    assert_eq!(packages(&inventory), ["org.example:log4j-1.2-api 2.0 @ "]);
    assert_eq!(inventory.packages[0].origin, Origin::registry());
}

#[test]
fn classes_of_an_old_log4j_without_metadata_are_found_where_they_were_moved() {
    let lookup = class(&["java:comp/env/"]);
    let old = class(&["JndiManager"]);
    let new = class(&["log4j2.enableJndi"]);
    let shaded = |manager: &[u8]| {
        zip(&[
            ("my/shaded/log4j/core/lookup/JndiLookup.class", &lookup),
            ("my/shaded/log4j/core/net/JndiManager.class", manager),
        ])
    };
    let inventory = read("app.jar", &shaded(&old));
    assert_eq!(anomalies(&inventory), [AnomalyCode::VulnerableClass]);
    let place = "my/shaded/log4j/core/lookup/JndiLookup.class";
    assert_eq!(packages(&inventory), [format!("org.apache.logging.log4j:log4j-core ? @ {place}")]);
    assert_eq!(anomalies(&read("app.jar", &shaded(&new))), [AnomalyCode::UnnamedPackage]);
    let alone = zip(&[("my/core/lookup/JndiLookup.class", lookup.as_slice())]);
    assert_eq!(anomalies(&read("app.jar", &alone)), [AnomalyCode::UnnamedPackage]);
}

#[test]
fn a_class_of_the_same_name_that_is_another_is_left_alone() {
    let bytes = zip(&[("x/core/lookup/JndiLookup.class", class(&["hello"]).as_slice())]);
    assert_eq!(anomalies(&read("app.jar", &bytes)), []);
}

#[test]
fn log4j_with_its_metadata_is_a_package_like_any_other() {
    let (path, content) = pom_properties("org.apache.logging.log4j", "log4j-core", "2.14.1");
    let lookup = class(&["java:comp/env/"]);
    let bytes = zip(&[
        (path.as_str(), content.as_slice()),
        ("org/apache/logging/log4j/core/lookup/JndiLookup.class", &lookup),
    ]);
    let inventory = read("log4j-core-2.14.1.jar", &bytes);
    assert_eq!((inventory.packages.len(), anomalies(&inventory)), (1, vec![]));
}

#[test]
fn jars_nested_without_end_are_a_gap() {
    let mut bytes = jar("g", "a", "1");
    for _ in 0..20 {
        bytes = zip(&[("a.jar", &bytes)]);
    }
    let inventory = read("a.jar", &bytes);
    let found = gaps(&inventory).join("; ");
    assert!(found.contains("nested more than 8 deep"), "{found}");
}

#[test]
fn a_nested_jar_that_is_damaged_is_a_gap_at_its_place() {
    let inventory = read("app.war", &zip(&[("WEB-INF/lib/a.jar", b"no zip")]));
    assert_eq!(inventory.gaps[0].place.member.as_deref(), Some("WEB-INF/lib/a.jar"));
}

#[test]
fn an_archive_of_another_kind_in_a_war_is_a_gap_at_its_place() {
    let inner = jar("g", "a", "1.0");
    let zipped = zip(&[("a.jar", &inner)]);
    let bytes = zip(&[("WEB-INF/lib/a.jar", inner.as_slice()), ("WEB-INF/more.zip", &zipped)]);
    let inventory = read("app.war", &zip(&[("x.war", &bytes)]));
    assert_eq!(inventory.packages.len(), 1);
    assert_eq!(inventory.gaps[0].place.member.as_deref(), Some("x.war!/WEB-INF/more.zip"));
}

#[test]
fn the_members_of_a_named_zip_count_once() {
    let (path, content) = pom_properties("g", "a", "1");
    let bytes = zip(&[(&path, &content), ("a", b"1"), ("b", b"2")]);
    let budget = Budget::new(Limits { members: 3, ..Limits::default() });
    let format = FORMATS.iter().find(|one| one.id == "zip").unwrap();
    let artifact =
        Artifact { source: &&*bytes, file_name: "named", budget: &budget, onlooker: None };
    assert_eq!((format.read)(&artifact).unwrap().packages.len(), 1);
}

#[test]
fn an_archive_without_any_package_is_not_clean() {
    assert_eq!(
        gaps(&read("data", &zip(&[("a.txt", b"x")]))),
        ["it holds no package that is known"]
    );
    assert!(try_read("a.jar", b"no zip").is_err());
}

#[test]
fn an_sbom_inside_is_listed() {
    let inventory = read("a-1.jar", &zip(&[("META-INF/sbom/a.cdx.json", b"{}")]));
    assert_eq!(&*inventory.asides[0].member, "META-INF/sbom/a.cdx.json");
}

#[test]
fn a_nested_jar_whose_mode_says_folder_or_link_is_read_all_the_same() {
    let inner = jar("g", "a", "1.0");
    for mode in [0o040_755, 0o120_777] {
        let mut part = ZipPart::deflated("WEB-INF/lib/a-1.0.jar", &inner);
        (part.made_by, part.external) = (3 << 8, mode << 16);
        let inventory = read("app.war", &zip_of(&[part]));
        assert_eq!(inventory.packages.len(), 1, "{mode:o}");
        assert_eq!(anomalies(&inventory), [AnomalyCode::HeadersDisagree], "{mode:o}");
    }
}

#[test]
fn a_link_in_place_of_a_nested_jar_is_a_gap() {
    let bytes = zip_of(&[ZipPart::symlink("WEB-INF/lib/a-1.0.jar", "../b.jar")]);
    assert_eq!(read("app.war", &bytes).gaps.len(), 1);
}

#[test]
fn a_jar_with_classes_is_a_package_whatever_lies_in_it() {
    let inner = jar("g", "a", "1.0");
    let bytes = zip(&[("x/X.class", class(&[]).as_slice()), ("lib/a-1.0.jar", &inner)]);
    let found = packages(&read("thing-1.2.jar", &bytes));
    assert_eq!(found[1], "thing 1.2 @ ");
    assert!(gaps(&read("thing.jar", &bytes))[0].contains("cannot be told"));
}

#[test]
fn an_application_is_its_own_and_what_it_carries_is_what_counts() {
    let inner = jar("g", "a", "1.0");
    let own = class(&[]);
    let bytes = zip(&[("WEB-INF/classes/X.class", own.as_slice()), ("WEB-INF/lib/a.jar", &inner)]);
    let inventory = read("app.war", &bytes);
    assert_eq!((inventory.packages.len(), gaps(&inventory)), (1, vec![]));
}
