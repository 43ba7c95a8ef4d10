//! Programs in a project: what they say is looked up, and what they do not say is not known.

use super::{assert_unknown, assert_unknown_with};
use crate::sandbox::Sandbox;

/// A module of WebAssembly with a section of this name.
pub(super) fn module(name: &str, content: &[u8]) -> Vec<u8> {
    let size = 1 + name.len() + content.len();
    let mut bytes = b"\0asm\x01\0\0\0\0".to_vec();
    // LEB128, in two bytes.
    let [low, high] = [size % 128, size / 128].map(|part| u8::try_from(part).unwrap());
    bytes.extend([low | 0x80, high]);
    bytes.push(u8::try_from(name.len()).unwrap());
    bytes.extend(name.as_bytes());
    bytes.extend(content);
    bytes
}

/// zlib with one block that is not packed (RFC 1950, RFC 1951).
fn zlib(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap();
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in text.bytes() {
        a = (a + u32::from(byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    let head = [&[0x78, 0x01, 1][..], &length.to_le_bytes(), &(!length).to_le_bytes()].concat();
    [&*head, text.as_bytes(), &(b << 16 | a).to_be_bytes()].concat()
}

/// A program that says that `left` is in it.
pub(super) fn with_left(version: &str) -> Vec<u8> {
    let record = format!(
        r#"{{"packages": [
            {{"name": "app", "version": "0.1.0", "source": "local", "dependencies": [1], "root": true}},
            {{"name": "left", "version": "{version}", "source": "crates.io"}}]}}"#
    );
    module(".dep-v0", &zlib(&record))
}

#[test]
fn a_flawed_crate_in_a_program_is_a_finding_wherever_the_program_lies() {
    let sandbox = Sandbox::clean();
    sandbox.write("bin/app", with_left("1.0.0"));
    for arguments in [&[][..], &["bin/app"]] {
        let report = sandbox.scan(arguments);
        assert_eq!(report["findings"][0]["locations"][0]["path"], "bin/app", "{report}");
        assert_eq!(report["coverage"], "complete");
    }
}

#[test]
fn a_program_without_a_flaw_is_clean() {
    let sandbox = Sandbox::clean();
    sandbox.write("bin/app", with_left("2.0.0"));
    assert_eq!(sandbox.check(&["bin/app"]).exit, 0);
}

#[test]
fn a_program_that_says_nothing_is_unknown_where_it_is_named() {
    let sandbox = Sandbox::clean();
    sandbox.write("bin/app", module("name", &[0; 64]));
    assert_unknown_with(&sandbox, &["bin/app"], &["partial-source"]);
    assert_eq!(sandbox.check(&[]).exit, 0);
}

#[test]
fn a_program_with_a_damaged_record_is_unknown() {
    let sandbox = Sandbox::clean();
    sandbox.write("bin/app", module(".dep-v0", &[7; 64]));
    assert_unknown(&sandbox, &["partial-source"]);
}
