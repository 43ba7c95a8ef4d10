//! Advisory data that are damaged, half written, or of a newer version.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mainstay_testkit::{Record, zip};

use super::assert_unknown;
use crate::sandbox::{AS_OF, Sandbox, files_below};

/// The compiled index of the sandbox's only ecosystem.
fn index(sandbox: &Sandbox) -> PathBuf {
    let files = files_below(&sandbox.data().join("index"));
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}

/// Puts other bytes in a file's place, as a bad disk would: under the same name.
fn damage(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

#[test]
fn an_index_of_other_bytes_is_damaged() {
    let sandbox = Sandbox::clean();
    damage(&index(&sandbox), |bytes| bytes.iter_mut().for_each(|byte| *byte = !*byte));
    assert_unknown(&sandbox, &["damaged-data"]);
}

#[test]
fn an_index_that_is_cut_off_is_damaged() {
    let sandbox = Sandbox::clean();
    damage(&index(&sandbox), |bytes| bytes.truncate(bytes.len() / 2));
    assert_unknown(&sandbox, &["damaged-data"]);
}

#[test]
fn an_empty_index_is_damaged() {
    let sandbox = Sandbox::clean();
    damage(&index(&sandbox), Vec::clear);
    assert_unknown(&sandbox, &["damaged-data"]);
}

#[test]
fn an_index_that_is_gone_is_damaged() {
    let sandbox = Sandbox::clean();
    fs::remove_file(index(&sandbox)).unwrap();
    assert_unknown(&sandbox, &["damaged-data"]);
}

#[test]
fn no_flipped_byte_of_an_index_hides_a_finding() {
    let sandbox = Sandbox::flawed();
    let path = index(&sandbox);
    let whole = fs::read(&path).unwrap();
    // A prime step meets every part of the file at changing offsets.
    for at in (0..whole.len()).step_by(whole.len().div_ceil(97)) {
        damage(&path, |bytes| bytes[at] ^= 0x41);
        let answer = sandbox.check(&[]);
        assert!(matches!(answer.exit, 1 | 3), "byte {at}: {answer:?}");
        fs::write(&path, &whole).unwrap();
    }
}

#[test]
fn a_manifest_that_is_no_json_is_damage() {
    let sandbox = Sandbox::clean();
    fs::write(sandbox.data().join("manifest.json"), "{\"format\": 1, \"ecosys").unwrap();
    assert_unknown(&sandbox, &["damaged-data"]);
}

#[test]
fn damaged_data_are_mended_by_an_import() {
    let sandbox = Sandbox::clean();
    fs::remove_file(index(&sandbox)).unwrap();
    sandbox.import(&[Record::new("TEST-2024-0001", "crates.io", "left")]);
    assert_eq!(sandbox.check(&[]).exit, 0);
}

#[test]
fn a_data_folder_of_a_newer_version_is_refused() {
    let sandbox = Sandbox::clean();
    fs::write(sandbox.data().join("manifest.json"), "{\"format\": 999}").unwrap();
    let answer = sandbox.check(&[]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert_eq!(answer.stdout, "");
    insta::assert_snapshot!(answer.stderr, @"error: the data folder SANDBOX/data has format 999, and this Mainstay knows formats up to 1; use a newer Mainstay, or another folder with `--data-dir`");
}

#[test]
fn a_data_folder_that_is_a_file_is_refused() {
    let sandbox = Sandbox::clean();
    let answer = sandbox.check(&["--data-dir", "Cargo.lock"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @"error: cannot use the data folder Cargo.lock: not a directory; what was there before is unharmed");
}

/// A zip of records that no small disk can hold.
fn large_export(sandbox: &Sandbox) -> PathBuf {
    let records = (0..3000_u32).map(|number| {
        // Text that does not pack well.
        let word = |turn: u32| (number * 16 + turn).wrapping_mul(2_654_435_761).to_string();
        let noise = (0..16).map(word).collect::<Vec<_>>().join(" ");
        let id = format!("TEST-2025-{number}");
        Record::new(&id, "crates.io", &format!("p{number}")).summary(&noise).entry()
    });
    let path = sandbox.beside("large.zip");
    fs::write(&path, zip(records)).unwrap();
    path
}

/// Imports with a disk that takes no file past 8 KiB. With `signal`, the system also kills whoever
/// tries.
#[cfg(unix)]
fn import_onto_a_full_disk(sandbox: &Sandbox, signal: bool) -> crate::sandbox::Answer {
    let trap = if signal { "" } else { "trap '' XFSZ; " };
    let mut command = Command::new("/bin/sh");
    sandbox.prepare(&mut command);
    command
        .arg("-c")
        .arg(format!("{trap}ulimit -f 16; exec \"$0\" db import --as-of {AS_OF} \"$1\""))
        .arg(env!("CARGO_BIN_EXE_mainstay"))
        .arg(large_export(sandbox));
    sandbox.answer(&mut command)
}

#[cfg(unix)]
#[test]
fn an_import_that_fills_the_disk_is_an_error_that_says_so() {
    let sandbox = Sandbox::clean();
    let answer = import_onto_a_full_disk(&sandbox, false);
    assert_eq!(answer.exit, 2, "{answer:?}");
    assert!(answer.stderr.contains("File too large"), "{answer:?}");
}

#[cfg(unix)]
#[test]
fn after_an_import_that_filled_the_disk_the_former_data_answer() {
    let sandbox = Sandbox::flawed();
    import_onto_a_full_disk(&sandbox, false);
    assert_eq!(sandbox.check(&[]).exit, 1);
}

#[cfg(unix)]
#[test]
fn after_an_import_that_was_killed_the_former_data_answer() {
    let sandbox = Sandbox::flawed();
    let answer = import_onto_a_full_disk(&sandbox, true);
    assert_eq!(answer.exit, -1, "{answer:?}");
    assert_eq!(sandbox.check(&[]).exit, 1);
}

#[cfg(unix)]
#[test]
fn without_former_data_an_import_that_filled_the_disk_leaves_the_unknown() {
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.lock", crate::sandbox::cargo_lock(&[("left", "2.0.0")]));
    import_onto_a_full_disk(&sandbox, false);
    assert_unknown(&sandbox, &["no-data"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_does_not_fit_on_the_disk_is_an_error() {
    let answer = Sandbox::clean().check(&["--output", "/dev/full"]);
    assert_eq!(answer.exit, 2, "{answer:?}");
    insta::assert_snapshot!(answer.stderr, @"
    error: cannot write the report to /dev/full
      because: No space left on device (os error 28)
    ");
}
