//! `mainstay why`: the path of dependencies to a package.

use crate::sandbox::{Sandbox, cargo_lock};

/// `app` needs `right`, which needs `left`; `other` is needed by `app` itself.
fn project() -> Sandbox {
    let sandbox = Sandbox::new();
    let lock = cargo_lock(&[("right", "1.2.0"), ("left", "1.0.0"), ("other", "0.1.0")])
        .replace(" \"left\",\n", "")
        .replace("name = \"right\"\n", "name = \"right\"\ndependencies = [\"left\"]\n");
    sandbox.write("Cargo.lock", lock);
    sandbox
}

fn why(package: &str) -> String {
    let answer = project().run(&["why", package]);
    assert_eq!((answer.exit, &*answer.stderr), (0, ""), "{answer:?}");
    answer.stdout
}

#[test]
fn a_package_that_another_one_needs_is_shown_with_its_path() {
    insta::assert_snapshot!(why("left"), @"
    left 1.0.0 (crates.io, runtime)
      at Cargo.lock:19
        right 1.2.0 > left 1.0.0
    ");
}

#[test]
fn a_package_that_the_project_needs_itself_says_so() {
    insta::assert_snapshot!(why("other"), @"
    other 0.1.0 (crates.io, runtime)
      at Cargo.lock:25
        the project asks for it itself
    ");
}

#[test]
fn a_package_can_be_named_with_its_version() {
    assert_eq!(why("left@1.0.0"), why("left"));
}

#[test]
fn a_package_can_be_named_by_its_purl() {
    assert_eq!(why("pkg:cargo/left@1.0.0"), why("left"));
    assert_eq!(why("pkg:cargo/left"), why("left"));
}

#[test]
fn another_version_is_another_package() {
    insta::assert_snapshot!(why("left@2.0.0"), @"left@2.0.0 is not among the 3 packages that were read");
}

#[test]
fn a_package_that_is_not_there_is_said_to_be_absent() {
    insta::assert_snapshot!(why("up"), @"up is not among the 3 packages that were read");
}

#[test]
fn an_absent_package_may_be_in_what_was_not_read() {
    let sandbox = project();
    sandbox.write("web/package-lock.json", "{");
    let answer = sandbox.run(&["why", "up"]);
    insta::assert_snapshot!(answer.stdout, @"
    up is not among the 3 packages that were read, but not everything could be read
    not known: web/package-lock.json: EOF while parsing an object
    ");
}

#[test]
fn a_scoped_package_of_npm_is_named_with_its_at_sign() {
    let sandbox = Sandbox::new();
    let lock = r#"{"lockfileVersion": 3, "packages": {
        "": {"dependencies": {"@yours/left": "1"}},
        "node_modules/@yours/left": {"version": "1.0.0"}}}"#;
    sandbox.write("package-lock.json", lock);
    let answer = sandbox.run(&["why", "@yours/left"]);
    assert!(answer.stdout.starts_with("@yours/left 1.0.0 (npm"), "{answer:?}");
    assert_eq!(sandbox.run(&["why", "@yours/left@1.0.0"]).stdout, answer.stdout);
}

#[test]
fn the_reason_needs_no_data_and_no_network() {
    let mut sandbox = project();
    sandbox.go_online(&crate::sandbox::nobody_there());
    let answer = sandbox.run(&["why", "left"]);
    assert_eq!((answer.exit, &*answer.stderr), (0, ""), "{answer:?}");
    assert!(!sandbox.data().exists());
}

#[test]
fn what_is_no_package_url_is_wrong_use() {
    let answer = project().run(&["why", "pkg:npm/"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @r#"error: "pkg:npm/" is no package URL such as pkg:npm/left-pad: the name is missing"#);
}
