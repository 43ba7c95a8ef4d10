//! skops.

use mainstay_testkit::mutation::Seed;
use mainstay_testkit::{ZipPart, zip_of};

use super::everything::{codes, examined, is_clean};
use super::npy::npy;

/// A model of one array, which is in a file.
fn with_array(file: &str) -> Vec<u8> {
    let schema = format!(
        r#"{{"__class__": "LogisticRegression", "__module__": "sklearn.linear_model._logistic",
            "__loader__": "ObjectNode", "content": {{"__class__": "dict", "__module__": "builtins",
            "__loader__": "DictNode", "content": {{"coef_": {{"__class__": "ndarray",
            "__module__": "numpy", "__loader__": "NdArrayNode", "type": "numpy",
            "file": "{file}"}}}}}}, "protocol": 2, "_skops_version": "0.11.0"}}"#
    );
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n";
    zip_of(&[
        ZipPart::deflated("1.npy", &npy(1, header, &[0; 8])),
        ZipPart::deflated("schema.json", schema.as_bytes()),
    ])
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let seed = |name: &str, bytes: Vec<u8>| Seed { name: name.to_owned(), bytes };
    vec![
        seed("array.skops", with_array("1.npy")),
        seed("outside.skops", with_array("../../etc/passwd")),
    ]
}

#[test]
fn an_array_of_the_archive_is_clean() {
    let found = examined("m.skops", &with_array("1.npy"));
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn an_array_that_lies_elsewhere_touches_files() {
    for file in ["../../etc/passwd", "/etc/passwd", "https://a.example/1.npy", "C:/1.npy"] {
        let found = examined("m.skops", &with_array(file));
        assert_eq!(codes(&found), ["model-touches-files"], "{file}: {found:?}");
    }
}
