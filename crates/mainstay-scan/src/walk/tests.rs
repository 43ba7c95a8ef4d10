use super::*;
use crate::ground::survey;

/// A folder with these files, all empty.
fn tree(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }
    folder
}

fn walked(paths: &[PathBuf]) -> Walked {
    let targets: Vec<Target> = paths.iter().map(Target::new).collect();
    walk(&targets, &survey(&targets))
}

#[test]
fn a_file_that_is_named_beside_its_folder_counts_once() {
    let folder = tree(&["a/Cargo.lock"]);
    let file = folder.path().join("a/../a/Cargo.lock");
    let walked = walked(&[folder.path().to_owned(), file]);
    assert_eq!(walked.found.len(), 1);
    assert!(walked.found[0].named);
}

#[test]
fn a_folder_that_is_named_twice_counts_once() {
    let folder = tree(&["Cargo.lock", "readme"]);
    let walked = walked(&[folder.path().to_owned(), folder.path().join(".")]);
    assert_eq!((walked.found.len(), walked.other_files), (1, 1));
}

#[test]
fn a_folder_that_is_named_beside_the_one_around_it_counts_once() {
    let folder = tree(&["Cargo.lock", "node_modules/a/package.json"]);
    let walked = walked(&[folder.path().to_owned(), folder.path().join("node_modules")]);
    assert_eq!((walked.found.len(), walked.skipped.len()), (2, 0));
}

/// The formats of what was found, in the order of the paths.
fn formats(walked: &Walked) -> Vec<&'static str> {
    walked.found.iter().map(|one| one.kind.format_id()).collect()
}

#[test]
fn a_tree_that_is_named_is_looked_at_and_the_lockfiles_in_it_are_listed() {
    let files = [
        "node_modules/a/package.json",
        "node_modules/a/yarn.lock",
        "node_modules/a/node_modules/b/package.json",
        "node_modules/a/target/x",
    ];
    let folder = tree(&files);
    let walked = walked(&[folder.path().join("node_modules")]);
    assert_eq!(formats(&walked), ["node-modules"]);
    let reasons: Vec<_> = walked.skipped.iter().map(|one| &*one.reason).collect();
    assert_eq!(reasons, ["build output", "belongs to an installed package"]);
}

#[test]
fn modules_in_a_cache_among_modules_are_a_tree_of_their_own() {
    let folder =
        tree(&["node_modules/a/package.json", "node_modules/.cache/x/node_modules/b/package.json"]);
    let walked = walked(&[folder.path().join("node_modules")]);
    assert_eq!(formats(&walked), ["node-modules", "carried-modules"]);
}

#[test]
fn a_virtual_environment_that_is_named_shows_what_is_installed_in_it() {
    let folder = tree(&[".venv/pyvenv.cfg", ".venv/lib/python3.11/site-packages/a.py"]);
    let walked = walked(&[folder.path().join(".venv")]);
    assert_eq!(formats(&walked), ["site-packages"]);
}

#[test]
fn every_tree_is_looked_at_when_that_is_wanted() {
    let folder = tree(&[
        "Cargo.lock",
        "node_modules/a/package.json",
        "go/vendor/modules.txt",
        "php/vendor/autoload.php",
        "php/vendor/composer/installed.json",
        "rust/vendor/a/.cargo-checksum.json",
        "rust/vendor/a/Cargo.toml",
        "rust/vendor/b/.cargo-checksum.json",
        "rust/vendor/b/Cargo.toml",
        "rust/vendor/b/Cargo.lock",
        "lambda/requirements.txt",
        "lambda/a-1.dist-info/METADATA",
        "ruby/vendor/bundle/ruby/3.2.0/specifications/a.gemspec",
        "ruby/vendor/bundle/ruby/3.2.0/gems/a-1/a.rb",
    ]);
    let target = Target { installed: Installed::Everywhere, ..Target::new(folder.path()) };
    let walked = walk(std::slice::from_ref(&target), &survey(std::slice::from_ref(&target)));
    assert_eq!(
        formats(&walked),
        [
            "cargo-lock",
            "go-vendor",
            "site-packages",
            "requirements-txt",
            "node-modules",
            "composer-vendor",
            "installed-gems",
            "cargo-vendor"
        ]
    );
    assert_eq!(walked.skipped.len(), 1);
}

#[test]
fn distributions_among_the_projects_own_files_do_not_hide_these() {
    let folder = tree(&["app/requirements.txt", "app/a-1.dist-info/METADATA"]);
    let walked = walked(&[folder.path().to_owned()]);
    assert_eq!(formats(&walked), ["requirements-txt"]);
    assert_eq!(walked.skipped.len(), 1);
}

#[test]
fn a_path_through_an_installed_tree_is_told() {
    for path in ["usr/lib/node_modules/npm/package.json", "app/vendor/bundle/x/Gemfile.lock"] {
        assert!(lies_in_tree(path), "{path}");
    }
    for path in ["node_modules", "app/package.json", "target/Cargo.lock", "bundle/Gemfile.lock"] {
        assert!(!lies_in_tree(path), "{path}");
    }
}

#[test]
fn a_folder_that_only_looks_vendored_is_walked_and_one_that_is_has_its_own_name() {
    let folder = tree(&[
        "app/.cargo-checksum.json",
        "app/package-lock.json",
        "one/.cargo-checksum.json",
        "one/Cargo.toml",
        "other/Cargo.lock",
    ]);
    let walked = walked(&[folder.path().to_owned()]);
    assert_eq!(formats(&walked), ["package-lock", "cargo-lock"]);
    let skipped: Vec<_> = walked.skipped.iter().map(|one| &*one.shown).collect();
    assert!(skipped.len() == 1 && skipped[0].ends_with("one"), "{skipped:?}");
}

#[test]
fn crates_that_were_vendored_are_skipped_as_one() {
    let crates = ["a", "b"].map(|name| format!("vendor/{name}/.cargo-checksum.json"));
    let manifests = ["a", "b"].map(|name| format!("vendor/{name}/Cargo.toml"));
    let files: Vec<&str> = crates.iter().chain(&manifests).map(String::as_str).collect();
    let folder = tree(&files);
    let walked = walked(&[folder.path().to_owned()]);
    assert_eq!(walked.skipped.len(), 1);
    assert!(walked.skipped[0].shown.ends_with("vendor/*"), "{}", walked.skipped[0].shown);
    assert!(walked.skipped[0].reason.ends_with("(2 folders)"), "{}", walked.skipped[0].reason);
}

#[test]
fn folders_without_number_are_all_walked() {
    let files: Vec<String> =
        (0..2 * PARALLEL_FROM).map(|n| format!("{}/{n}/Cargo.lock", n % 7)).collect();
    let folder = tree(&files.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(walked(&[folder.path().to_owned()]).found.len(), files.len());
}

#[test]
fn what_was_installed_is_skipped_and_said() {
    let folder = tree(&["vendor/autoload.php", "vendor/a/b/composer.json", "composer.lock"]);
    let walked = walked(&[folder.path().to_owned()]);
    assert_eq!((walked.found.len(), walked.skipped.len()), (1, 1));
}

/// The smallest program of WebAssembly with a record of cargo-auditable, which is empty.
const PROGRAM: &[u8] = b"\0asm\x01\0\0\0\0\x40\x07.dep-v0\
    --------------------------------------------------------";

#[test]
fn a_program_that_says_what_is_in_it_is_found_whatever_its_name() {
    let folder = tree(&["bin/tool", "bin/notes.txt", "bin/other"]);
    std::fs::write(folder.path().join("bin/tool"), PROGRAM).unwrap();
    std::fs::write(folder.path().join("bin/notes.txt"), PROGRAM).unwrap();
    std::fs::write(folder.path().join("bin/other"), &PROGRAM[..8]).unwrap();
    let walked = walked(&[folder.path().to_owned()]);
    assert_eq!((formats(&walked), walked.other_files), (vec!["program"], 2));
}

#[test]
fn a_program_in_an_installed_tree_is_a_source_of_its_own() {
    let folder = tree(&["node_modules/a/package.json", "node_modules/a/addon.node"]);
    std::fs::write(folder.path().join("node_modules/a/addon.node"), PROGRAM).unwrap();
    let walked = walked(&[folder.path().join("node_modules")]);
    assert_eq!(formats(&walked), ["node-modules", "program"]);
}

#[test]
fn a_program_that_says_nothing_is_a_source_where_it_is_named() {
    let folder = tree(&["tool"]);
    let path = folder.path().join("tool");
    std::fs::write(&path, [b"\0asm\x01\0\0\0".as_slice(), &[0; 60]].concat()).unwrap();
    assert_eq!(formats(&walked(&[path])), ["program"]);
    assert_eq!(walked(&[folder.path().to_owned()]).found.len(), 0);
}

/// A folder with these files.
fn folder_of(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, content) in files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    folder
}

/// The names of what was found, with their formats.
fn found_in(folder: &tempfile::TempDir) -> Vec<(String, &'static str)> {
    let name =
        |found: &Found| found.place.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let walked = walked(&[folder.path().to_owned()]);
    walked.found.iter().map(|one| (name(one), one.kind.format_id())).collect()
}

#[test]
fn code_beside_weights_is_looked_at() {
    let files = ["handler.py", "libops.so", "model.safetensors", "other.py", "use.ipynb"];
    let found = found_in(&tree(&files));
    let names: Vec<&str> = found.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["handler.py", "libops.so", "model.safetensors", "use.ipynb"]);
    assert!(found.iter().all(|(_, format)| *format == found[0].1), "{found:?}");
}

#[test]
fn a_program_beside_weights_is_a_program_and_code() {
    let found = found_in(&folder_of(&[("libops.so", PROGRAM), ("model.safetensors", b"")]));
    let of_library: Vec<&str> =
        found.iter().filter(|(name, _)| name == "libops.so").map(|(_, format)| *format).collect();
    assert_eq!(of_library.len(), 2, "{found:?}");
    assert!(of_library.contains(&"program"), "{found:?}");
}

#[test]
fn a_setup_beside_weights_is_a_list_and_code() {
    let found = found_in(&tree(&["model.safetensors", "setup.py"]));
    let of_setup: Vec<&str> =
        found.iter().filter(|(name, _)| name == "setup.py").map(|(_, format)| *format).collect();
    assert_eq!(of_setup.len(), 2, "{found:?}");
    assert!(of_setup.contains(&"setup-py"), "{found:?}");
}

#[test]
fn code_in_a_project_without_weights_is_only_what_it_was() {
    let files = ["handler.py", "libops.so", "use.ipynb", "setup.py", "sub/model.safetensors"];
    let found = found_in(&tree(&files));
    let names: Vec<&str> = found.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["setup.py", "model.safetensors"], "{found:?}");
    assert_eq!(found[0].1, "setup-py");
}

#[test]
fn a_picture_is_a_source_only_with_a_model_behind_its_end() {
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\0IEND\xae\x42\x60\x82";
    let pickle = b"\x80\x04cos\nsystem\nX\x01\0\0\0x\x85R.";
    let folder = folder_of(&[
        ("a.png", picture),
        ("b.png", &[&picture[..], pickle].concat()),
        ("c.png", &[&picture[..], b"plain"].concat()),
        ("d.png", &picture[..picture.len() - 2]),
    ]);
    let names: Vec<String> = found_in(&folder).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["b.png"]);
}
