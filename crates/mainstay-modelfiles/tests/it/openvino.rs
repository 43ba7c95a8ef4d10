//! `OpenVINO` IR.

use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined, is_clean};

/// A network of these layers.
fn net(layers: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<net name=\"m\" version=\"11\">\n<layers>{layers}</layers>\n\
         <edges><edge from-layer=\"0\" from-port=\"0\" to-layer=\"1\" to-port=\"0\"/></edges>\n\
         <rt_info><extensions value=\"/srv/somebody/ops.so\"/>\
         <input_model value=\"/srv/somebody/m.onnx\"/></rt_info>\n</net>\n"
    )
}

fn layer(kind: &str, set: &str, inside: &str) -> String {
    format!("<layer id=\"0\" name=\"l\" type=\"{kind}\" version=\"{set}\">{inside}</layer>")
}

fn constant(shape: &str, offset: &str, size: &str) -> String {
    let data = format!(
        "<data element_type=\"f32\" shape=\"{shape}\" offset=\"{offset}\" size=\"{size}\"/>"
    );
    net(&layer("Const", "opset1", &data))
}

fn benign() -> String {
    let body = layer("Convolution", "opset1", "<data strides=\"1, 1\" auto_pad=\"explicit\"/>");
    let tokenizer = layer("BPETokenizer", "extension", "");
    net(&[constant_layer(), body, tokenizer].concat())
}

fn constant_layer() -> String {
    let data = "<data element_type=\"i4\" shape=\"3, 1\" offset=\"0\" size=\"2\"/>";
    layer("Const", "opset13", data)
}

fn with_type(document_type: &str) -> String {
    benign().replacen("<net", &format!("{document_type}<net"), 1)
}

const EXTERNAL: &str = "<!DOCTYPE net [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";

fn library() -> String {
    net(&layer("Sparkle", "opset1", "<data library=\"./libinert.so\"/>"))
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    vec![
        Seed::new("benign.xml", &benign()),
        Seed::new("external.xml", &with_type(EXTERNAL)),
        Seed::new("library.xml", &library()),
        Seed::new("set.xml", &net(&layer("Sparkle", "custom", ""))),
        Seed::new("short.xml", &constant("1000", "0", "4")),
        Seed::new("path.xml", &net(&layer("Read", "opset1", "<data path=\"&#46;./x\"/>"))),
    ]
}

fn dangers(text: &str) -> Vec<&'static str> {
    codes(&examined("m.xml", text.as_bytes()))
}

#[test]
fn an_ordinary_model_is_clean_and_described() {
    let examined = examined("m.xml", benign().as_bytes());
    assert_eq!(examined.format, Some("openvino"));
    assert!(is_clean(&examined), "{examined:?}");
    assert_eq!(examined.description.tensors.len(), 1);
}

#[test]
fn an_entity_of_a_file_touches_files() {
    assert_eq!(dangers(&with_type(EXTERNAL)), ["model-touches-files"]);
}

#[test]
fn a_document_type_at_an_address_uses_the_network() {
    let text = with_type("<!DOCTYPE net SYSTEM \"http://host.example/a.dtd\">");
    assert_eq!(dangers(&text), ["model-uses-network"]);
}

#[test]
fn an_entity_of_its_own_is_malformed() {
    let text = with_type("<!DOCTYPE net [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]>");
    assert_eq!(dangers(&text), ["model-malformed"]);
}

#[test]
fn an_entity_in_utf_16_counts_too() {
    let text = with_type(EXTERNAL);
    let bytes: Vec<u8> =
        format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(codes(&examined("m.xml", &bytes)), ["model-touches-files"]);
}

#[test]
fn an_encoding_that_is_not_read_is_a_gap() {
    let text = benign().replace("version=\"1.0\"", "version=\"1.0\" encoding=\"UTF-7\"");
    assert_eq!(examined("m.xml", text.as_bytes()).gaps.len(), 1);
}

#[test]
fn an_operation_of_another_set_is_an_unknown_call() {
    for set in ["custom", "extension", "opsetx"] {
        assert_eq!(dangers(&net(&layer("Sparkle", set, ""))), ["model-unknown-call"], "{set}");
    }
}

#[test]
fn a_library_runs_code() {
    assert_eq!(dangers(&library()), ["model-runs-code"]);
}

#[test]
fn a_path_above_the_folder_touches_files() {
    for path in ["../x", "&#46;./x", "/etc/passwd", "C:\\x"] {
        let text = net(&layer("Read", "opset1", &format!("<data path=\"{path}\"/>")));
        assert_eq!(dangers(&text), ["model-touches-files"], "{path}");
    }
}

#[test]
fn a_constant_that_is_larger_than_its_values_is_malformed() {
    assert_eq!(dangers(&constant("1000,1000", "0", "4")), ["model-malformed"]);
    assert_eq!(dangers(&constant("4294967296,4294967296", "0", "4")), ["model-malformed"]);
}

#[test]
fn a_span_that_overflows_is_malformed() {
    assert_eq!(dangers(&constant("1", "18446744073709551615", "4")), ["model-malformed"]);
}

#[test]
fn elements_nested_without_end_are_malformed() {
    assert_eq!(dangers(&net(&"<a>".repeat(10_000)))[..1], ["model-malformed"]);
}

#[test]
fn a_model_that_is_cut_off_is_malformed() {
    let text = benign();
    for end in 100..text.trim_end().len() {
        assert_eq!(dangers(&text[..end]), ["model-malformed"], "{end}");
    }
}

#[test]
fn another_document_is_no_model() {
    for text in ["<net version=\"1.9\"><edge/></net>", "<svg version=\"1\"/>", "<html></html>"] {
        assert_eq!(examined("m.xml", text.as_bytes()).format, None, "{text}");
    }
}
