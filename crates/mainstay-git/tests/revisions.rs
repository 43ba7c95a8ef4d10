//! Reading revisions of small repositories that the tests make themselves. Without `git` on the
//! machine they are left out, and say so.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mainstay_git::{ExportLimits, Exported, GitError, Repository};
use tempfile::TempDir;

const LIMITS: ExportLimits = ExportLimits { file_bytes: 1_000, total_bytes: 1 << 20, files: 100 };

fn search_path() -> Option<std::ffi::OsString> {
    std::env::var_os("PATH")
}

/// A repository under test; `None` where there is no git.
fn repository() -> Option<TempDir> {
    let folder = tempfile::tempdir().unwrap();
    if Command::new("git").arg("--version").output().is_err() {
        #[expect(clippy::print_stderr, reason = "tells what is left out")]
        {
            eprintln!("left out: git is not installed");
        }
        return None;
    }
    git(folder.path(), &["init", "-q", "-b", "main"]);
    Some(folder)
}

fn git(folder: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .args([
            "-c",
            "user.name=T",
            "-c",
            "user.email=t@project.example",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments)
        .output()
        .unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn write(folder: &Path, name: &str, content: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn commit(folder: &Path) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "-m", "x"]);
}

fn open(folder: &Path) -> Result<Repository, GitError> {
    Repository::around(folder, search_path().as_deref())
}

fn export(folder: &Path, revision: &str, below: &str) -> (TempDir, Exported) {
    let repository = open(folder).unwrap();
    let commit = repository.commit(revision).unwrap();
    let into = tempfile::tempdir().unwrap();
    let exported = repository.export(&commit, below, &|_, _| true, LIMITS, into.path()).unwrap();
    (into, exported)
}

#[test]
fn the_files_of_a_revision_are_those_of_that_time() {
    let Some(folder) = repository() else { return };
    write(folder.path(), "a/Cargo.lock", "old");
    commit(folder.path());
    write(folder.path(), "a/Cargo.lock", "new");
    write(folder.path(), "b", "untracked");
    let (into, exported) = export(folder.path(), "HEAD", "");
    assert_eq!(exported, Exported { files: 1, left_out: Vec::new() });
    assert_eq!(fs::read_to_string(into.path().join("a/Cargo.lock")).unwrap(), "old");
}

#[test]
fn only_what_lies_below_the_folder_is_written() {
    let Some(folder) = repository() else { return };
    for name in ["app/x", "apple/x", "x"] {
        write(folder.path(), name, "");
    }
    commit(folder.path());
    let (into, exported) = export(&folder.path().join("app"), "main", "app");
    assert_eq!(exported.files, 1);
    assert!(into.path().join("app/x").is_file());
}

#[cfg(unix)]
#[test]
fn links_and_large_files_are_left_out_and_told() {
    let Some(folder) = repository() else { return };
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link")).unwrap();
    write(folder.path(), "large", &"x".repeat(1_001));
    commit(folder.path());
    let (_into, exported) = export(folder.path(), "HEAD", "");
    assert_eq!(exported, Exported { files: 0, left_out: vec!["large".into(), "link".into()] });
}

#[test]
fn a_worktree_of_a_repository_is_one_too() {
    let Some(folder) = repository() else { return };
    write(folder.path(), "x", "");
    commit(folder.path());
    let place = tempfile::tempdir().unwrap();
    let tree: PathBuf = place.path().join("tree");
    git(folder.path(), &["worktree", "add", "-q", tree.to_str().unwrap()]);
    let (_into, exported) = export(&tree, "main", "");
    assert_eq!(exported.files, 1);
}

#[test]
fn a_revision_that_is_not_there_is_told() {
    let Some(folder) = repository() else { return };
    write(folder.path(), "x", "");
    commit(folder.path());
    let error = open(folder.path()).unwrap().commit("nowhere").unwrap_err();
    assert!(matches!(error, GitError::NoRevision { .. }), "{error}");
    let error = open(folder.path()).unwrap().commit("--help").unwrap_err();
    assert!(matches!(error, GitError::NoRevision { .. }), "{error}");
}

#[test]
fn a_shallow_clone_says_how_to_fetch() {
    let Some(folder) = repository() else { return };
    for content in ["1", "2"] {
        write(folder.path(), "x", content);
        commit(folder.path());
    }
    let place = tempfile::tempdir().unwrap();
    let url = format!("file://{}", folder.path().display());
    git(place.path(), &["clone", "-q", "--depth=1", &url, "clone"]);
    let error = open(&place.path().join("clone")).unwrap().commit("HEAD~1").unwrap_err();
    assert!(matches!(error, GitError::Shallow { .. }), "{error}");
    assert!(error.to_string().contains("git fetch --depth"), "{error}");
}

#[test]
fn a_folder_without_a_repository_and_a_bare_one_are_told() {
    let Some(_folder) = repository() else { return };
    let place = tempfile::tempdir().unwrap();
    let error = open(place.path()).err().unwrap();
    assert!(matches!(error, GitError::NoRepository { .. }), "{error}");
    git(place.path(), &["init", "-q", "--bare", "bare"]);
    let error = open(&place.path().join("bare")).err().unwrap();
    assert!(matches!(error, GitError::Bare { .. }), "{error}");
}

#[test]
fn without_git_the_error_says_so() {
    let place = tempfile::tempdir().unwrap();
    for path in [None, Some(std::ffi::OsStr::new(".:bin"))] {
        let error = Repository::around(place.path(), path).err().unwrap();
        assert!(matches!(error, GitError::NotInstalled), "{error}");
    }
}

/// The repository's configuration would run a program at every turn. None of it may run.
#[cfg(unix)]
#[test]
fn nothing_that_the_repository_configures_runs() {
    use std::os::unix::fs::PermissionsExt as _;
    let Some(folder) = repository() else { return };
    write(folder.path(), "Cargo.lock", "x");
    write(folder.path(), ".gitattributes", "* diff=trap filter=trap\n");
    commit(folder.path());
    let mark = folder.path().join("ran");
    let trap = folder.path().join("trap");
    fs::write(&trap, format!("#!/bin/sh\ntouch '{}'\ncat\n", mark.display())).unwrap();
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "core.gitProxy",
        "core.askPass",
        "core.alternateRefsCommand",
        "diff.external",
        "diff.trap.textconv",
        "diff.trap.command",
        "filter.trap.smudge",
        "filter.trap.clean",
        "filter.trap.process",
        "credential.helper",
        "gpg.program",
        "pager.ls-tree",
        "pager.cat-file",
        "pager.rev-parse",
        "alias.ls-tree",
        "alias.cat-file",
    ] {
        git(folder.path(), &["config", key, trap.to_str().unwrap()]);
    }
    let hooks = folder.path().join(".git/hooks");
    fs::create_dir_all(&hooks).unwrap();
    for hook in
        ["post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"]
    {
        fs::copy(&trap, hooks.join(hook)).unwrap();
    }
    let (_into, exported) = export(folder.path(), "HEAD", "");
    assert_eq!(exported.files, 2);
    assert!(!mark.exists());
}
