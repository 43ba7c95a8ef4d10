//! Files that lie beside a model, and pictures with something behind their end.

use mainstay_modelfiles::{
    PictureEnd, Role, is_weights, matters_beside_weights, picture_end, role_of,
};
use mainstay_testkit::mutation::Seed;
use mainstay_types::Severity;

use super::everything::{codes, examined, examined_beside, is_clean};
use super::pickle::assembly::Pickle;

const HANDLER: &str = "import os\nos.system('echo inert')\n\n\nclass EndpointHandler:\n    pass\n";
const SETUP: &str = "from setuptools import setup\nfrom setuptools.command.install import install\n\
    import os\n\n\nclass Hook(install):\n    def run(self):\n        os.system('echo inert')\n\n\n\
    setup(name='x', cmdclass={'install': Hook})\n";
const PLAIN_SETUP: &str =
    "from setuptools import find_packages, setup\n\nsetup(name='x', packages=find_packages())\n";
const ELF: &[u8] = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0";

fn chunk(name: &[u8], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&length[..], name, content, &[0; 4]].concat()
}

/// A picture, and what follows it.
fn picture(behind: &[u8]) -> Vec<u8> {
    let signature = b"\x89PNG\r\n\x1a\n".to_vec();
    let parts = [chunk(b"IHDR", &[0; 13]), chunk(b"IDAT", &[7; 5_000]), chunk(b"IEND", &[])];
    [signature, parts.concat(), behind.to_vec()].concat()
}

fn evil() -> Vec<u8> {
    Pickle::of(4).call("os", "system", &["echo inert"]).stop()
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let seed = |name: &str, bytes: &[u8]| Seed { name: name.to_owned(), bytes: bytes.to_vec() };
    vec![
        seed("handler.py", HANDLER.as_bytes()),
        seed("setup.py", SETUP.as_bytes()),
        seed("libops.so", ELF),
        seed("use.ipynb", b"{\"cells\": []}"),
        seed("picture.png", &picture(&evil())),
    ]
}

#[test]
fn the_handler_of_an_endpoint_is_read() {
    let found = examined("handler.py", HANDLER.as_bytes());
    assert_eq!(codes(&found), ["model-runs-code"], "{found:?}");
    assert_eq!(found.dangers[0].severity, Severity::Critical);
    assert!(is_clean(&examined("handler.py", b"class EndpointHandler:\n    pass\n")));
}

#[test]
fn what_a_handler_imports_from_beside_itself_is_read() {
    let handler = b"from steps import run\n\n\nclass EndpointHandler:\n    pass\n";
    let found =
        examined_beside("handler.py", handler, &[("steps.py", "import os\nos.system('echo')\n")]);
    assert_eq!(codes(&found), ["model-runs-code"], "{found:?}");
    assert_eq!(found.dangers[0].place.file.as_deref(), Some("steps.py"));
    assert!(is_clean(&examined_beside("handler.py", handler, &[("steps.py", "run = len\n")])));
}

#[test]
fn a_setup_with_a_hook_is_a_warning_and_a_plain_one_is_clean() {
    let found = examined("setup.py", SETUP.as_bytes());
    assert!(!found.dangers.is_empty(), "{found:?}");
    assert!(found.dangers.iter().all(|danger| danger.severity == Severity::Medium), "{found:?}");
    let plain = examined("setup.py", PLAIN_SETUP.as_bytes());
    assert!(is_clean(&plain), "{plain:?}");
}

#[test]
fn a_setup_that_runs_something_at_once_is_a_warning() {
    let found = examined("setup.py", b"import os\nos.system('echo inert')\n");
    assert_eq!(codes(&found), ["model-runs-code"]);
    assert_eq!(found.dangers[0].severity, Severity::Medium);
}

#[test]
fn native_code_beside_a_model_is_a_warning() {
    for name in ["libops.so", "libops.so.1.2", "ops.dll", "ops.dylib"] {
        assert_eq!(codes(&examined(name, ELF)), ["model-carries-code"], "{name}");
    }
    assert!(is_clean(&examined("libops.so", b"INPUT(libops.so.1)\n")));
}

#[test]
fn a_notebook_beside_a_model_is_unknown() {
    let found = examined("use.ipynb", b"{\"cells\": []}");
    assert!(found.dangers.is_empty() && found.gaps.len() == 1, "{found:?}");
}

#[test]
fn only_names_of_weights_make_a_folder_that_of_a_model() {
    for name in ["m.safetensors", "M.GGUF", "pytorch_model.bin", "saved_model.pb", "a.pth"] {
        assert!(is_weights(name), "{name}");
    }
    for name in [
        "pytorch_model-00001-of-00002.bin",
        "pytorch_model_00001-of-00002.bin",
        "pytorch_model.fp16.bin",
        "pytorch_model.fp16-00001-of-00002.bin",
        "pytorch_model-00001-of-00002.fp16.bin",
        "diffusion_pytorch_model-00003-of-00003.bin",
        "flax_model-00001-of-00002.msgpack",
        "model.ckpt.data-00000-of-00001",
        "variables.data-00000-of-00002",
        "ggml-base.en.bin",
    ] {
        assert!(is_weights(name), "{name}");
    }
    for name in
        ["disk-00001-of-00002.bin", "pytorch_model-one-of-two.bin", "pytorch_model.py", "x.data-1"]
    {
        assert!(!is_weights(name), "{name}");
    }
    for name in ["setup.py", "data.npy", "x.bin", "a.pb", "model.py", "config.json", "pt"] {
        assert!(!is_weights(name), "{name}");
    }
    assert!(matters_beside_weights("handler.py") && !matters_beside_weights("main.py"));
    assert!(!matters_beside_weights("x.so.bak"));
}

#[test]
fn a_pickle_behind_the_end_of_a_picture_is_told() {
    let found = examined("p.png", &picture(&evil()));
    assert_eq!(codes(&found), ["model-odd-container", "model-runs-code"], "{found:?}");
    assert!(found.holds_model);
}

#[test]
fn a_picture_alone_or_with_bytes_of_no_format_behind_it_is_clean() {
    for behind in [b"".as_slice(), b"\n", b"\0\0\0\0", b"some text behind the end"] {
        let found = examined("p.png", &picture(behind));
        assert!(is_clean(&found) && !found.concerns_models(), "{found:?}");
    }
}

#[test]
fn the_end_of_a_picture_is_found_by_its_heads_alone() {
    let end = |bytes: &[u8]| {
        let read = |at: u64, buffer: &mut [u8]| {
            let start = usize::try_from(at).unwrap_or(usize::MAX);
            let found = bytes.get(start..).and_then(|rest| rest.get(..buffer.len()));
            found.inspect(|found| buffer.copy_from_slice(found)).is_some()
        };
        picture_end(bytes.get(..8).unwrap_or(bytes), bytes.len() as u64, read)
    };
    let whole = picture(b"");
    assert_eq!(end(&whole), PictureEnd::EndOfFile);
    assert_eq!(end(&picture(b"x")), PictureEnd::At(whole.len() as u64));
    assert_eq!(end(&whole[..whole.len() - 1]), PictureEnd::Unknown);
    assert_eq!(end(b"GIF89a  "), PictureEnd::Unknown);
    assert_eq!(
        end(&[b"\x89PNG\r\n\x1a\n".as_slice(), &vec![0; 1_300_000]].concat()),
        PictureEnd::Unsought
    );
}

#[test]
fn a_picture_wraps_and_is_no_model() {
    let bytes = picture(b"");
    assert_eq!(role_of("p.png", &bytes, bytes.len() as u64), Some(Role::Wrapping));
}
