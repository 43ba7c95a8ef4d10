//! Pickles and templates that are only values of a pickle.

use mainstay_types::Severity;

use super::super::everything::{codes, examined, is_clean};
use super::assembly::{Fixture, Pickle};

const ESCAPE: &str = "{% for m in messages %}{{ m.__class__.__init__.__globals__ }}{% endfor %}";

fn inner() -> Vec<u8> {
    Pickle::of(2).call("os", "system", &["echo inert"]).stop()
}

fn field(name: &str, value: Pickle) -> Vec<u8> {
    Pickle::of(4).raw(b"}").text(name).raw(&value.unfinished()).raw(b"s").stop()
}

fn bytes(content: &[u8]) -> Vec<u8> {
    field("payload", Pickle::bare().bytes(content))
}

/// Bytes as protocol 2 of Python 3 writes them.
fn encoded() -> Vec<u8> {
    let text: String = inner().iter().map(|byte| char::from(*byte)).collect();
    Pickle::of(2).global("_codecs", "encode").text(&text).text("latin1").raw(b"\x86R").stop()
}

/// Bytes as Python 2 writes them.
fn old(content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
    Pickle::of(2).raw(b"U").raw(&[length]).raw(content).stop()
}

fn escaped() -> Vec<u8> {
    let hex = inner().iter().fold(String::new(), |hex, byte| format!("{hex}\\x{byte:02x}"));
    Pickle::bare().raw(format!("S'{hex}'\n").as_bytes()).stop()
}

/// A component that has a template, as an instance of a class with a state.
fn template(text: &str) -> Vec<u8> {
    Pickle::of(4)
        .instance("sklearn.pipeline", "Pipeline")
        .raw(b"}")
        .text("template")
        .text(text)
        .raw(b"sb")
        .stop()
}

pub(crate) fn fixtures() -> Vec<Fixture> {
    let twice = bytes(&bytes(&inner()));
    vec![
        ("carried-bytes", bytes(&inner())),
        ("carried-protocol-0", bytes(b"cos\nsystem\n(S'echo inert'\ntR.")),
        ("carried-encoded", encoded()),
        ("carried-by-python-2", old(&inner())),
        ("carried-escaped", escaped()),
        ("carried-twice", twice),
    ]
}

#[test]
fn a_pickle_among_the_values_of_another_is_told() {
    for (name, bytes) in fixtures() {
        let found = examined("m.pkl", &bytes);
        assert_eq!(codes(&found), ["model-carries-code"], "{name}: {found:?}");
        assert_eq!(found.dangers[0].severity, Severity::Medium);
        assert!(found.dangers[0].message.contains("os.system"), "{name}: {found:?}");
    }
}

#[test]
fn bytes_that_a_call_loads_are_told_once() {
    let bytes = Pickle::of(4)
        .global("torch.storage", "_load_from_bytes")
        .bytes(&inner())
        .raw(b"\x85R")
        .stop();
    assert_eq!(codes(&examined("m.pkl", &bytes)), ["model-runs-code"]);
}

#[test]
fn a_harmless_pickle_among_the_values_is_ordinary() {
    for content in
        [b"\x80\x04]\x94(K\x01K\x02K\x03K\x04e.".as_slice(), b"\x80\x02 no pickle at all"]
    {
        let found = examined("m.pkl", &bytes(content));
        assert!(is_clean(&found), "{found:?}");
    }
}

#[test]
fn more_carried_pickles_than_there_is_room_for_are_unknown() {
    let one = Pickle::bare().bytes(b"\x80\x04]\x94(K\x01K\x02K\x03K\x04e.").raw(b"a").unfinished();
    let many = Pickle::of(4).raw(b"]").raw(&one.repeat(1_001)).stop();
    let found = examined("m.pkl", &many);
    assert!(found.dangers.is_empty() && found.gaps.len() == 1, "{found:?}");
}

#[test]
fn a_template_among_the_values_that_reaches_for_the_insides_of_python_is_told() {
    let found = examined("m.pkl", &template(ESCAPE));
    assert_eq!(codes(&found), ["model-template"]);
    assert_eq!(found.dangers[0].severity, Severity::High);
}

#[test]
fn an_ordinary_template_among_the_values_is_clean() {
    let chat = "{% for message in messages %}{{ message['role'] }}: {{ message.content }}\n{% \
                endfor %}{# __class__ #}";
    for text in [chat, "{{ cookiecutter.version }} in __init__.py", "a = {{'b'}, {'__c__'}}"] {
        let found = examined("m.pkl", &template(text));
        assert!(is_clean(&found), "{text}: {found:?}");
    }
}
