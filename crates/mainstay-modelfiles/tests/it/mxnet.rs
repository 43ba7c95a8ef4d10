//! `MXNet`.

#![expect(clippy::unwrap_used, reason = "a test fails by panic")]

use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined, is_clean};

/// A list of arrays of float32 with their names.
fn list(shapes: &[&[u64]], names: &[&str]) -> Vec<u8> {
    let mut bytes = [0x112_u64, 0, shapes.len() as u64].map(u64::to_le_bytes).concat();
    for shape in shapes {
        bytes.extend(0xF993_FAC9_u32.to_le_bytes());
        bytes.extend(0_u32.to_le_bytes());
        bytes.extend(u32::try_from(shape.len()).unwrap().to_le_bytes());
        bytes.extend(shape.iter().flat_map(|size| size.to_le_bytes()));
        bytes.extend([1_u32, 0, 0].map(u32::to_le_bytes).concat());
        let values = shape.iter().fold(1_u64, |all, size| all.saturating_mul(*size)).min(100);
        bytes.extend((0..values).flat_map(|_| [0; 4]));
    }
    bytes.extend((names.len() as u64).to_le_bytes());
    for name in names {
        bytes.extend((name.len() as u64).to_le_bytes());
        bytes.extend(name.bytes());
    }
    bytes
}

fn benign() -> Vec<u8> {
    list(&[&[2, 3], &[4]], &["arg:w", "arg:b"])
}

/// A graph with a node of an operator.
fn symbol(operator: &str, kind: &str) -> String {
    format!(
        "{{\n  \"nodes\": [\n    {{\"op\": \"null\", \"name\": \"data\", \"inputs\": []}},\n    \
         {{\"op\": \"{operator}\", \"name\": \"n\", \"attrs\": {{\"op_type\": \"{kind}\"}}, \
         \"inputs\": [[0, 0, 0]]}}],\n  \"arg_nodes\": [0],\n  \"heads\": [[1, 0, 0]],\n  \
         \"attrs\": {{\"mxnet_version\": [\"int\", 10900]}}\n}}\n"
    )
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let seed = |name: &str, bytes| Seed { name: name.to_owned(), bytes };
    vec![
        seed("benign.params", benign()),
        seed("short.params", list(&[&[1000, 1000]], &["arg:w"])),
        Seed::new("benign-symbol.json", &symbol("Convolution", "")),
        Seed::new("custom-symbol.json", &symbol("Custom", "inert")),
    ]
}

fn dangers(bytes: &[u8]) -> Vec<&'static str> {
    codes(&examined("m.params", bytes))
}

#[test]
fn an_ordinary_list_is_clean_and_described() {
    let examined = examined("m.params", &benign());
    assert_eq!(examined.format, Some("mxnet"));
    assert!(is_clean(&examined), "{examined:?}");
    let [first, second] = &*examined.description.tensors else { panic!("{examined:?}") };
    assert_eq!((&*first.name, first.bytes), ("arg:w", Some(24)));
    assert_eq!((&*second.name, &*second.shape), ("arg:b", &[4][..]));
}

#[test]
fn an_array_that_leaves_the_file_is_malformed() {
    for shape in [&[1000, 1000][..], &[u64::MAX], &[1 << 40, 1 << 40]] {
        assert_eq!(dangers(&list(&[shape], &[])), ["model-malformed"], "{shape:?}");
    }
}

#[test]
fn a_count_of_arrays_that_leaves_the_file_is_malformed() {
    let mut bytes = benign();
    bytes[16..24].copy_from_slice(&u64::MAX.to_le_bytes());
    assert_eq!(dangers(&bytes), ["model-malformed"]);
}

#[test]
fn an_array_of_a_million_dimensions_is_malformed() {
    let mut bytes = benign();
    bytes[32..36].copy_from_slice(&1_000_000_u32.to_le_bytes());
    assert_eq!(dangers(&bytes), ["model-malformed"]);
}

#[test]
fn a_list_that_is_cut_off_is_malformed() {
    let bytes = benign();
    for end in 16..bytes.len() {
        assert_eq!(dangers(&bytes[..end]), ["model-malformed"], "{end}");
    }
}

#[test]
fn an_ordinary_graph_is_clean() {
    let examined = examined("m-symbol.json", symbol("Convolution", "").as_bytes());
    assert_eq!(examined.format, Some("mxnet"));
    assert!(is_clean(&examined), "{examined:?}");
}

#[test]
fn a_custom_operator_runs_code() {
    let examined = examined("m-symbol.json", symbol("Custom", "inert").as_bytes());
    assert_eq!(codes(&examined), ["model-runs-code"]);
    assert_eq!(examined.dangers[0].shown.as_deref(), Some(r#"Custom(op_type="inert")"#));
}

#[test]
fn a_custom_operator_in_a_graph_inside_a_node_runs_code() {
    let inner = symbol("Custom", "inert");
    let text = symbol("_foreach", "").replacen(
        "\"attrs\"",
        &format!("\"subgraphs\": [{inner}], \"attrs\""),
        1,
    );
    assert_eq!(codes(&examined("m-symbol.json", text.as_bytes())), ["model-runs-code"]);
}

#[test]
fn a_graph_that_is_cut_off_is_malformed() {
    let text = symbol("Convolution", "");
    let examined = examined("m-symbol.json", &text.as_bytes()[..text.len() - 20]);
    assert_eq!(codes(&examined), ["model-malformed"]);
}
