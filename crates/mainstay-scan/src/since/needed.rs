//! Which files of an earlier revision are read.

use std::ffi::OsStr;

use mainstay_modelfiles::matters_beside_weights;

use crate::kind::Kind;
use crate::statements::has_vex_path;
use crate::walk::may_be_model;

/// Whether a file of a revision is needed to read its sources: a source itself, a VEX document that
/// may lie beside one, a small text that a source may name (`-r base.txt`, a parent's pom), or what
/// the walk looks at to see whether it is a program or a model, or lies beside one.
pub fn is_needed(path: &str, bytes: u64) -> bool {
    const SMALL: u64 = 256 << 10;
    const TEXTS: [&str; 12] =
        ["txt", "toml", "json", "xml", "cfg", "in", "yaml", "yml", "lock", "props", "pip", "mod"];
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let name = path.rsplit('/').next().unwrap_or(path);
    Kind::of_path(path).is_some()
        || has_vex_path(path)
        || bytes <= SMALL && TEXTS.contains(&extension)
        || may_be_model(OsStr::new(name))
        || matters_beside_weights(name)
}

#[cfg(test)]
mod tests {
    use super::is_needed;

    #[test]
    fn what_a_walk_looks_at_is_needed_of_a_revision() {
        for path in [
            "m/pytorch_model-00001-of-00002.bin",
            "m/model.safetensors",
            "m/handler.py",
            "m/use.ipynb",
            "m/picture.png",
            "m/libops.so",
            "m/weights.zip",
        ] {
            assert!(is_needed(path, 100), "{path}");
        }
    }

    #[test]
    fn source_code_is_not_needed_of_a_revision() {
        assert!(!is_needed("src/main.rs", 100) && !is_needed("app/index.js", 5_000));
    }
}
