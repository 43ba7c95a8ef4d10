//! Pickles as libraries write them: nothing is said of them.

use super::super::everything::{codes, examined, is_clean};
use super::assembly::{Fixture, Pickle};

/// What numpy writes for an array, without its data.
fn array(pickle: Pickle, dtype: &str, data: &[u8]) -> Pickle {
    pickle
        .global("numpy.core.multiarray", "_reconstruct")
        .global("numpy", "ndarray")
        .raw(b"K\x00\x85C\x01b\x87R(K\x01K\x02\x85")
        .global("numpy", "dtype")
        .text(dtype)
        .raw(b"\x89\x88\x87R(K\x03")
        .text("<")
        .raw(b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89")
        .bytes(data)
        .raw(b"tb")
}

/// What scikit-learn writes for an estimator.
fn estimator() -> Vec<u8> {
    let pickle = Pickle::of(4)
        .stack_global("sklearn.linear_model._logistic", "LogisticRegression")
        .raw(b")\x81}(")
        .text("coef_");
    array(pickle, "f8", &[0; 16]).text("_sklearn_version").text("1.9.1").raw(b"ub").stop()
}

/// The state dict of torch, as `data.pkl` holds it.
fn state_dict() -> Vec<u8> {
    Pickle::of(2)
        .global("collections", "OrderedDict")
        .raw(b")Rq\x00(")
        .text("layer.weight")
        .global("torch._utils", "_rebuild_tensor_v2")
        .raw(b"((")
        .text("storage")
        .global("torch", "FloatStorage")
        .text("0")
        .text("cpu")
        .raw(b"K\x04tQK\x00K\x02K\x02\x86K\x02K\x01\x86\x89")
        .global("collections", "OrderedDict")
        .raw(b")RtRu}")
        .text("_metadata")
        .global("collections", "OrderedDict")
        .raw(b")Rsb")
        .stop()
}

/// The legacy form of `torch.save`.
pub(crate) fn legacy_torch() -> Vec<u8> {
    let mut file = Pickle::of(2).raw(b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19").stop();
    file.extend(Pickle::of(2).raw(b"M\xe9\x03").stop());
    let system = Pickle::of(2).raw(b"}(").text("protocol_version").raw(b"M\xe9\x03");
    file.extend(system.text("little_endian").raw(b"\x88u").stop());
    file.extend(state_dict());
    file.extend(Pickle::of(2).raw(b"]").text("0").raw(b"a").stop());
    file.extend(4_u64.to_le_bytes());
    file.extend([0xc3; 16]);
    file
}

/// joblib's stand-in for an array, and the bytes of the array behind it.
pub(crate) fn joblib(data: &[u8]) -> Vec<u8> {
    padded_joblib(b"\x03\xff\xff\xff", data)
}

/// The same with other padding: a byte that counts it, and itself.
pub(crate) fn padded_joblib(padding: &[u8], data: &[u8]) -> Vec<u8> {
    let length = i32::try_from(data.len()).unwrap_or(i32::MAX);
    Pickle::of(4)
        .raw(b"}")
        .text("weights")
        .stack_global("joblib.numpy_pickle", "NumpyArrayWrapper")
        .raw(b")\x81}(")
        .text("subclass")
        .stack_global("numpy", "ndarray")
        .text("shape")
        .int(length)
        .raw(b"\x85")
        .text("order")
        .text("C")
        .text("dtype")
        .stack_global("numpy", "dtype")
        .text("u1")
        .raw(b"\x89\x88\x87R(K\x03")
        .text("|")
        .raw(b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb")
        .text("allow_mmap")
        .raw(b"\x88")
        .text("numpy_array_alignment_bytes")
        .raw(b"K\x10ub")
        .raw(padding)
        .raw(data)
        .raw(b"s")
        .stop()
}

pub(crate) fn fixtures() -> Vec<Fixture> {
    vec![
        ("array", array(Pickle::of(4), "f4", &[0; 8]).stop()),
        ("estimator", estimator()),
        ("state_dict", state_dict()),
        ("legacy_torch", legacy_torch()),
        ("joblib", joblib(&[7; 40])),
        ("protocol_0_list", b"(lp0\nI1\naI01\naL7L\naF1.5\naS'x\\n'\np1\naV\\u20ac\na.".to_vec()),
        ("protocol_0_object", b"ccopy_reg\n_reconstructor\n(csklearn.svm\nSVC\nc__builtin__\nobject\nNtR(dS'C'\nF1.0\nsb.".to_vec()),
        ("enumeration", Pickle::of(4).global("builtins", "getattr").stack_global("sklearn.base", "Kind").text("LINEAR").raw(b"\x86R").stop()),
        ("bytes_of_protocol_2", Pickle::of(2).call("_codecs", "encode", &["abc", "latin1"]).stop()),
        ("preprocessor", Pickle::of(4).global("builtins", "getattr").global("builtins", "str").text("lower").raw(b"\x86R").stop()),
        ("function_of_numpy", Pickle::of(4).instance("sklearn.preprocessing", "FunctionTransformer").raw(b"}").text("func").global("numpy", "log1p").raw(b"sb").stop()),
        ("partial", Pickle::of(4).global("functools", "partial").global("numpy", "clip").raw(b"\x85R(").global("numpy", "clip").raw(b")}Ntb").stop()),
        ("distribution", distribution("\ndef _parse_args(self, a, loc=0, scale=1):\n    return (a, ), loc, scale\n")),
        ("mapped_array", Pickle::of(4).global("numpy.core.multiarray", "_reconstruct").global("numpy", "memmap").raw(b"K\x00\x85C\x01b\x87R").stop()),
        ("plain", b"N.".to_vec()),
        ("buffers", Pickle::of(5).raw(b"]\x97\x98a\x96\x03\x00\x00\x00\x00\x00\x00\x00abca").stop()),
    ]
}

/// A distribution of scipy.stats with its template of arguments.
pub(crate) fn distribution(template: &str) -> Vec<u8> {
    Pickle::of(4)
        .instance("scipy.stats._continuous_distns", "gamma_gen")
        .raw(b"}(")
        .text("a")
        .raw(b"K\x00")
        .text("_parse_arg_template")
        .text(template)
        .raw(b"ub")
        .stop()
}

#[test]
fn nothing_is_said_of_what_libraries_write() {
    for (name, bytes) in fixtures() {
        let found = examined(&format!("{name}.pkl"), &bytes);
        assert_eq!(found.format, Some("pickle"), "{name}");
        assert!(is_clean(&found), "{name}: {:?} {:?}", found.dangers, found.gaps);
    }
}

#[test]
fn a_description_has_each_import_and_call() {
    let found = examined("model.pkl", &state_dict());
    let lines: Vec<&str> = found.description.trace.iter().map(|line| &*line.text).collect();
    assert!(lines.contains(&"from torch._utils import _rebuild_tensor_v2"), "{lines:?}");
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("torch._utils._rebuild_tensor_v2(persistent_load"))
    );
}

#[test]
fn text_is_no_pickle() {
    let texts: [&[u8]; 16] = [
        b"Some text.\n",
        b"(c) 2020 by somebody\n",
        b"I am\n",
        b"N.B. this is a text",
        b"cat\ndog\nfish\nbird\n",
        b"{\"a\": 1}\n",
        b"[1, 2, 3]",
        b"}\n",
        b"import os\nos.getcwd()\n",
        b"}{ plainly nothing .",
        b"V for a long line that goes on\nand on.\n",
        b"(a)\n(b)\n(c)\n",
        b"\x80\x04\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\x80\x02random \x00\x01\x02",
        b"GIF89a\x01\x00\x01\x00\x80\x00",
        b"",
    ];
    for text in texts {
        let found = examined("file", text);
        assert_eq!(found.format, None, "{}", String::from_utf8_lossy(text));
        assert!(codes(&found).is_empty());
    }
}

#[test]
fn raw_bytes_of_an_array_are_no_instructions() {
    assert!(is_clean(&examined("model.joblib", &joblib(b"plain numbers, as it were"))));
}

#[test]
fn a_pickle_of_many_small_containers_is_read_within_bounds() {
    let dict = b"}\x94(\x8c\x01aK\x01\x8c\x01bM\x00\x01ue";
    let mut bytes = b"\x80\x04]\x94".to_vec();
    for _ in 0..100_000 {
        bytes.push(b'(');
        bytes.extend_from_slice(dict);
    }
    bytes.push(b'.');
    assert!(is_clean(&examined("dense.pkl", &bytes)));
}
