//! The faces of a scan, and how they reach their reader.

mod faces;
mod hostile;
mod html;
mod json;
mod outputs;
mod sboms;

use mainstay_testkit::Record;
use serde_json::json;

use crate::sandbox::{Sandbox, cargo_lock};

/// A project with something of everything: a rated finding that needs another package, a finding
/// that is accepted, a package from git, a file that cannot be read, a skipped folder.
fn of_everything() -> Sandbox {
    let sandbox = Sandbox::new();
    let git = "\n[[package]]\nname = \"forked\"\nversion = \"0.3.0\"\nsource = \
               \"git+https://code.example/forked#0a1b2c3d4e5f60718293a4b5c6d7e8f901234567\"\n";
    let lock = cargo_lock(&[("left", "1.0.0"), ("right", "1.2.0"), ("old", "0.1.0")])
        .replace(" \"left\",\n", "")
        .replace("name = \"right\"\n", "name = \"right\"\ndependencies = [\"left\"]\n");
    sandbox.write("Cargo.lock", lock + git);
    sandbox.write("tools/Cargo.lock", "version = 4\n[[package]]\nname = \"tools");
    sandbox.write("node_modules/x/package.json", "{}");
    sandbox.write("README", "");
    sandbox.write(
        "mainstay.toml",
        "[[exception]]\nid = \"TEST-2024-0002\"\nreason = \"it goes in May\"\n\
         owner = \"team@project.example\"\nexpires = \"2026-05-31\"\n",
    );
    let mut flaw = Record::new("TEST-2024-0001", "crates.io", "left");
    flaw.0["aliases"] = json!(["CVE-2024-0001"]);
    flaw.0["severity"] =
        json!([{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}]);
    flaw.0["references"] = json!([{"type": "ADVISORY", "url": "https://flaws.example/1"}]);
    let mut unmaintained = Record::new("TEST-2024-0002", "crates.io", "old").summary("old rests");
    unmaintained.0["affected"][0]["ranges"][0]["events"] = json!([{"introduced": "0"}]);
    unmaintained.0["affected"][0]["database_specific"] = json!({"informational": "unmaintained"});
    sandbox.import(&[flaw, unmaintained]);
    sandbox
}
