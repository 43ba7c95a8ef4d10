//! Model files in folders, named, and in images. The pickles are built here byte by byte; what they
//! would call prints a word, and nobody loads them.

use mainstay_testkit::{ImageParts, TarPart, ZipPart, gzip, tar_of, zip_of};
use serde_json::Value;

use crate::sandbox::Sandbox;

/// A pickle of protocol 0 that would call `os.system`.
const HOSTILE: &[u8] = b"cos\nsystem\n(S'echo inert'\ntR.";
/// A list of two numbers, protocol 2.
const HARMLESS: &[u8] = b"\x80\x02]q\x00(K\x01K\x02e.";

/// The first finding of a scan of everything.
fn finding(sandbox: &Sandbox) -> Value {
    let report = sandbox.scan(&["."]);
    report["findings"][0].clone()
}

#[test]
fn a_pickle_that_calls_a_program_is_a_critical_finding_with_its_place() {
    let sandbox = Sandbox::new();
    sandbox.write("weights.pkl", HOSTILE);
    let finding = finding(&sandbox);
    assert_eq!(finding["code"], "model-runs-code");
    assert_eq!(finding["kind"], "model");
    assert_eq!(finding["severity"], "critical");
    assert!(finding["title"].as_str().unwrap().contains("os.system('echo inert')"), "{finding}");
    assert_eq!(finding["locations"][0]["path"], "weights.pkl");
    assert!(finding["locations"][0]["offset"].is_u64(), "{finding}");
    assert_eq!(sandbox.check(&["."]).exit, 1);
}

#[test]
fn a_member_of_an_archive_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("model.zip", zip_of(&[ZipPart::deflated("inner/any.name", HOSTILE)]));
    assert_eq!(finding(&sandbox)["locations"][0]["member"], "inner/any.name");
}

#[test]
fn a_folder_of_ordinary_models_is_clean() {
    let sandbox = Sandbox::new();
    sandbox.write("a.pkl", HARMLESS);
    sandbox.write("b/model.zip", zip_of(&[ZipPart::stored("a.pkl", HARMLESS)]));
    let report = sandbox.scan(&["."]);
    assert_eq!(report["verdict"], "clean", "{report}");
    assert_eq!(report["sources"].as_array().unwrap().len(), 2);
    assert_eq!(sandbox.check(&["."]).exit, 0);
}

#[test]
fn a_name_that_promises_a_model_over_bytes_that_nobody_knows_is_unknown() {
    let sandbox = Sandbox::new();
    sandbox.write("weights.ckpt", b"these are no weights, whatever the name says");
    let report = sandbox.scan(&["."]);
    assert_eq!(report["verdict"], "unknown", "{report}");
    assert_eq!(sandbox.check(&["."]).unknown_codes(), ["partial-source"]);
}

#[test]
fn one_hostile_file_among_many_is_told_by_its_path() {
    let sandbox = Sandbox::new();
    for number in 0..40 {
        sandbox.write(&format!("part-{number}.pkl"), HARMLESS);
    }
    sandbox.write("part-17.pkl", HOSTILE);
    let report = sandbox.scan(&["."]);
    let findings = report["findings"].as_array().unwrap();
    let paths: Vec<_> = findings.iter().map(|one| &one["locations"][0]["path"]).collect();
    assert_eq!(paths, ["part-17.pkl"]);
}

/// The models of every finding and of every gap, as `path!/member`.
fn places(report: &Value) -> Vec<String> {
    let list = |name: &str| report[name].as_array().unwrap().clone();
    let findings =
        list("findings").into_iter().filter_map(|one| one["locations"].as_array().cloned());
    let findings = findings.flatten().map(|place| (place["path"].clone(), place["member"].clone()));
    let problems = list("sources").into_iter().flat_map(|source| {
        let problems = source["problems"].as_array().cloned().unwrap_or_default();
        problems.into_iter().map(move |one| (source["path"].clone(), one["member"].clone()))
    });
    let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
    findings.chain(problems).map(|(path, member)| text(path) + "!/" + &text(member)).collect()
}

#[test]
fn a_model_in_a_package_of_any_ecosystem_is_examined() {
    let sandbox = Sandbox::new();
    let metadata = b"Metadata-Version: 2.1\nName: a\nVersion: 1.0\n";
    sandbox.write(
        "a-1.0-py3-none-any.whl",
        zip_of(&[
            ZipPart::deflated("a/model.pkl", HOSTILE),
            ZipPart::deflated("a/ordinary.pkl", HARMLESS),
            ZipPart::deflated("a-1.0.dist-info/METADATA", metadata),
        ]),
    );
    sandbox.write(
        "app.jar",
        zip_of(&[ZipPart::stored(
            "lib/inner.jar",
            &zip_of(&[ZipPart::deflated("model.pkl", HOSTILE)]),
        )]),
    );
    sandbox.write(
        "a-1.0.0.tgz",
        gzip(&tar_of(&[
            TarPart::file("package/package.json", br#"{"name": "a", "version": "1.0.0"}"#),
            TarPart::file("package/model.pkl", HOSTILE),
        ])),
    );
    let report = sandbox.scan(&["."]);
    let found: Vec<String> =
        places(&report).into_iter().filter(|one| one.ends_with("model.pkl")).collect();
    assert_eq!(
        found,
        [
            "a-1.0-py3-none-any.whl!/a/model.pkl",
            "a-1.0.0.tgz!/package/model.pkl",
            "app.jar!/lib/inner.jar!/model.pkl",
        ]
    );
}

#[test]
fn a_model_in_a_wheel_whose_mode_says_folder_or_link_is_examined_all_the_same() {
    for mode in [0o040_755, 0o120_777] {
        let sandbox = Sandbox::new();
        let mut part = ZipPart::deflated("a/model.pkl", HOSTILE);
        (part.made_by, part.external) = (3 << 8, mode << 16);
        sandbox.write("a-1.0-py3-none-any.whl", zip_of(&[part]));
        let report = sandbox.scan(&["."]);
        let codes: Vec<_> =
            report["findings"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
        assert!(codes.iter().any(|code| **code == "model-runs-code"), "{mode:o}: {report}");
    }
}

#[test]
fn a_model_in_a_package_that_nobody_can_read_is_unknown() {
    let sandbox = Sandbox::new();
    let package = br#"{"name": "a", "version": "1.0.0"}"#;
    let model = b"these are no weights, whatever the name says";
    sandbox.write(
        "a-1.0.0.tgz",
        gzip(&tar_of(&[
            TarPart::file("package/package.json", package),
            TarPart::file("package/weights.ckpt", model),
        ])),
    );
    let report = sandbox.scan(&["."]);
    assert_eq!(places(&report), ["a-1.0.0.tgz!/package/weights.ckpt"], "{report}");
}

#[test]
fn a_pickle_under_a_name_of_source_code_is_no_source() {
    let sandbox = Sandbox::new();
    sandbox.write("a.js", HOSTILE);
    assert_eq!(sandbox.check(&["."]).unknown_codes(), ["nothing-to-read"]);
}

#[test]
fn a_named_file_may_be_called_anything() {
    let sandbox = Sandbox::new();
    sandbox.write("a.js", HOSTILE);
    let report = sandbox.scan(&["a.js"]);
    assert_eq!(report["findings"][0]["code"], "model-runs-code", "{report}");
}

#[test]
fn a_model_in_an_image_is_found_with_its_path() {
    let sandbox = Sandbox::new();
    let layer = tar_of(&[TarPart::file("srv/weights.bin", HOSTILE)]);
    sandbox.write("image.tar", ImageParts::plain("app", &[layer]).archive());
    let report = sandbox.scan(&["image.tar"]);
    let found = report["findings"].as_array().unwrap();
    let found = found.iter().find(|one| one["code"] == "model-runs-code").unwrap();
    assert_eq!(found["locations"][0]["path"], "image.tar");
    assert_eq!(found["locations"][0]["member"], "srv/weights.bin");
}

#[test]
fn a_policy_may_speak_of_models() {
    let sandbox = Sandbox::new();
    sandbox.write("weights.pkl", HOSTILE);
    sandbox.write(
        "mainstay-policy.toml",
        "version = 1\n[[finding]]\nkind = [\"malicious\"]\nname = \"malware only\"\n",
    );
    assert_eq!(sandbox.check(&["."]).exit, 0);
    sandbox.write("mainstay-policy.toml", "version = 1\n[[finding]]\nkind = [\"model\"]\n");
    assert_eq!(sandbox.check(&["."]).exit, 1);
}

#[test]
fn an_archive_without_a_model_is_no_source() {
    let sandbox = Sandbox::new();
    sandbox.write("backup.tar", tar_of(&[TarPart::file("notes.txt", b"nothing of a model")]));
    sandbox.write("backup.zip", zip_of(&[ZipPart::deflated("notes.txt", b"nothing of a model")]));
    assert_eq!(sandbox.check(&["."]).unknown_codes(), ["nothing-to-read"]);
}

#[test]
fn a_package_inside_a_model_is_unknown_and_a_list_of_packages_is_listed() {
    let sandbox = Sandbox::new();
    let model = |member: ZipPart| zip_of(&[ZipPart::stored("a.pkl", HARMLESS), member]);
    sandbox.write("model.zip", model(ZipPart::stored("lib/left-1.0.0.jar", b"whatever it is")));
    let report = sandbox.scan(&["."]);
    assert_eq!(report["verdict"], "unknown", "{report}");
    let problem = &report["sources"][0]["problems"][0];
    assert_eq!(problem["member"], "lib/left-1.0.0.jar", "{report}");
    sandbox.write("model.zip", model(ZipPart::stored("code/requirements.txt", b"left==1.0.0\n")));
    let report = sandbox.scan(&["."]);
    assert_eq!(report["verdict"], "clean", "{report}");
    let sources = report["sources"].as_array().unwrap();
    assert!(sources.iter().any(|one| one["status"] == "skipped"), "{report}");
}
