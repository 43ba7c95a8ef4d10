//! `mainstay backup` and `mainstay restore`, as they are typed.

use crate::sandbox::Sandbox;

fn grid() -> Sandbox {
    let sandbox = Sandbox::new();
    let made = ["inventory", "organisation", "grid", "--name", "Grid Operator"];
    assert_eq!(sandbox.run(&made).exit, 0);
    assert_eq!(sandbox.run(&["log", "key"]).exit, 0);
    sandbox
}

#[test]
fn an_instance_comes_back_elsewhere_with_its_log_and_its_key() {
    let original = grid();
    let file = original.beside("grid.backup");
    let file = file.to_str().unwrap();
    let written = original.run(&["backup", file]);
    assert_eq!(written.exit, 0, "{written:?}");
    assert!(written.stdout.contains("a log of 1 entries"), "{written:?}");
    assert!(written.stderr.contains("keep it as you keep the instance"), "{written:?}");
    let checked = original.run(&["restore", "--check", file]);
    assert!(checked.stdout.contains("is whole"), "{checked:?}");

    let place = Sandbox::new();
    let restored = place.run(&["restore", file]);
    assert_eq!(restored.exit, 0, "{restored:?}");
    for command in [&["log", "show"][..], &["log", "key"], &["inventory", "organisations"]] {
        assert_eq!(place.run(command).stdout, original.run(command).stdout);
    }
    let again = place.run(&["restore", file]);
    assert_eq!(again.exit, 2, "{again:?}");
    assert!(again.stderr.contains("nothing is overwritten"), "{again:?}");
}

#[cfg(unix)]
#[test]
fn a_backup_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let original = grid();
    let file = original.beside("grid.backup");
    assert_eq!(original.run(&["backup", file.to_str().unwrap()]).exit, 0);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_file_that_is_there_is_not_overwritten() {
    let original = grid();
    original.write("taken", "something else");
    let refused = original.run(&["backup", "taken"]);
    assert_eq!(refused.exit, 2, "{refused:?}");
    assert!(refused.stderr.contains("is there already"), "{refused:?}");
    assert_eq!(std::fs::read_to_string(original.path("taken")).unwrap(), "something else");
}

#[test]
fn what_is_no_backup_is_refused_and_leaves_the_place_empty() {
    let sandbox = Sandbox::new();
    sandbox.write("notes.txt", "hello");
    let refused = sandbox.run(&["restore", "notes.txt"]);
    assert_eq!(refused.exit, 2, "{refused:?}");
    assert!(refused.stderr.contains("is no backup of Mainstay"), "{refused:?}");
    let original = grid();
    let file = original.beside("grid.backup");
    assert_eq!(original.run(&["backup", file.to_str().unwrap()]).exit, 0);
    assert_eq!(sandbox.run(&["restore", file.to_str().unwrap()]).exit, 0);
}
