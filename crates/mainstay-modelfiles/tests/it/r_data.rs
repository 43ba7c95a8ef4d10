//! R data.

use mainstay_modelfiles::Examined;
use mainstay_testkit::mutation::Seed;
use mainstay_types::Severity;

use super::everything::{codes, examined, is_clean};

const TAGGED: u32 = 1 << 10;
const NIL: u32 = 254;
/// A list of values with attributes.
const WITH_ATTRIBUTES: u32 = 0x213;

fn word(number: u32) -> Vec<u8> {
    number.to_be_bytes().to_vec()
}

fn string(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap_or(0);
    [word(9 | 1 << 18), word(length), text.as_bytes().to_vec()].concat()
}

fn symbol(name: &str) -> Vec<u8> {
    [word(1), string(name)].concat()
}

fn nil() -> Vec<u8> {
    word(NIL)
}

/// A cell of a list: flags with its type, tag, value, rest.
fn cell(kind: u32, tag: Option<&str>, value: &[u8], rest: &[u8]) -> Vec<u8> {
    let flags = kind | if tag.is_some() { TAGGED } else { 0 };
    [word(flags), tag.map(symbol).unwrap_or_default(), value.to_vec(), rest.to_vec()].concat()
}

fn call(function: &str, argument: &[u8]) -> Vec<u8> {
    cell(6, None, &symbol(function), &cell(2, None, argument, &nil()))
}

fn texts(texts: &[&str]) -> Vec<u8> {
    let length = u32::try_from(texts.len()).unwrap_or(0);
    [vec![word(16), word(length)], texts.iter().map(|text| string(text)).collect()]
        .concat()
        .concat()
}

fn numbers(count: u32) -> Vec<u8> {
    [word(14), word(count), vec![0; count as usize * 8]].concat()
}

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    [word(19), word(u32::try_from(items.len()).unwrap_or(0)), items.concat()].concat()
}

/// The value of a file, with the header of version 3.
fn rds(value: &[u8]) -> Vec<u8> {
    let header = [word(3), word(262_912), word(197_888), word(5), b"UTF-8".to_vec()];
    [b"X\n".to_vec(), header.concat(), value.to_vec()].concat()
}

fn rda(value: &[u8]) -> Vec<u8> {
    [b"RDX3\n".to_vec(), rds(&cell(2, Some("model"), value, &nil()))].concat()
}

fn promise(value: &[u8], function: &str) -> Vec<u8> {
    let flags = word(5 | TAGGED);
    [flags, word(253), value.to_vec(), call(function, &texts(&["echo inert"]))].concat()
}

fn altrep(class: &str) -> Vec<u8> {
    let info = cell(2, None, &symbol(class), &cell(2, None, &symbol("base"), &nil()));
    [word(238), info, numbers(3), nil()].concat()
}

/// A function whose body is byte code around one expression.
fn function(body: &[u8]) -> Vec<u8> {
    let code = [word(13), word(1), word(8)].concat();
    let byte_code = [word(21), word(1), code, word(1), word(6), nil(), body.to_vec()].concat();
    [word(3 | TAGGED), word(253), nil(), byte_code].concat()
}

/// An expression as byte code has it: the types of function and arguments, each before it.
fn body(function: &str) -> Vec<u8> {
    [word(0), symbol(function), word(0), nil()].concat()
}

fn ordinary() -> Vec<(&'static str, Vec<u8>)> {
    let formula = cell(6, None, &symbol("~"), &cell(2, None, &symbol("y"), &nil()));
    let attributes = cell(2, Some("names"), &texts(&["system", "b"]), &nil());
    let named = [word(WITH_ATTRIBUTES), word(2), numbers(1), numbers(2), attributes].concat();
    let environment = [word(4), word(0), word(242), nil(), nil(), nil()].concat();
    let fit = [call("lm", &formula), named, environment, altrep("compact_intseq")];
    vec![
        ("fit.rds", rds(&list(&fit))),
        ("fit.rda", rda(&list(&fit))),
        ("family.rds", rds(&list(&[function(&body("stop"))]))),
        ("kept.rds", rds(&promise(&numbers(1), "sum"))),
        (
            "text.rds",
            b"A\n2\n262656\n131840\n16\n2\n262153\n4\na\\040b\\n\n262153\n2\nNA\n".to_vec(),
        ),
        (
            "native.rds",
            b"B\n\x02\0\0\0\0\x03\x04\0\0\x03\x02\0\x0d\0\0\0\x01\0\0\0\x07\0\0\0".to_vec(),
        ),
    ]
}

fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let again = list(&[symbol("system"), cell(6, None, &word(255 | 1 << 8), &nil())]);
    vec![
        ("promise.rds", rds(&promise(&word(252), "system"))),
        ("promise.rda", rda(&promise(&word(252), "system"))),
        ("call.rds", rds(&call("system", &texts(&["echo inert"])))),
        ("function.rds", rds(&function(&body("parse")))),
        ("reference.rds", rds(&again)),
        ("mapped.rds", rds(&altrep("mmap_real"))),
        ("no-reference.rds", rds(&word(255 | 9 << 8))),
        ("length.rds", rds(&[word(14), word(i32::MAX.cast_unsigned())].concat())),
        ("long-length.rds", rds(&[word(14), word(u32::MAX), word(u32::MAX), word(8)].concat())),
        ("kind.rds", rds(&word(99))),
        ("deep.rds", rds(&[word(19), word(2)].concat().repeat(120_000))),
    ]
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let all = [ordinary(), hostile()].concat();
    let seed = |(name, bytes): (&str, Vec<u8>)| Seed { name: name.to_owned(), bytes };
    all.into_iter().filter(|(name, _)| *name != "deep.rds").map(seed).collect()
}

fn look(name: &str) -> Examined {
    let all = [ordinary(), hostile()].concat();
    let (name, bytes) = all.into_iter().find(|(other, _)| *other == name).unwrap_or_default();
    examined(name, &bytes)
}

#[test]
fn ordinary_models_are_clean_in_every_encoding() {
    for (name, bytes) in ordinary() {
        let found = examined(name, &bytes);
        assert!(is_clean(&found), "{name}: {found:?}");
        assert_eq!(found.format, Some("r-data"), "{name}");
    }
}

#[test]
fn what_is_hostile_is_alerted() {
    for (name, bytes) in hostile() {
        let found = examined(name, &bytes);
        assert!(found.dangers.iter().any(|d| d.severity >= Severity::High), "{name}: {found:?}");
    }
}

#[test]
fn a_promise_that_is_not_kept_runs_code() {
    for name in ["promise.rds", "promise.rda"] {
        let found = look(name);
        assert_eq!(found.dangers[0].severity, Severity::Critical);
        assert_eq!(found.dangers[0].advisory, Some("CVE-2024-27322"));
    }
}

#[test]
fn a_class_that_nobody_knows_is_an_unknown_call() {
    assert_eq!(codes(&examined("a.rds", &rds(&altrep("mine")))), ["model-unknown-call"]);
}

#[test]
fn bytes_behind_the_value_are_warned_of() {
    let found = examined("a.rds", &[rds(&nil()), b"more".to_vec()].concat());
    assert_eq!(codes(&found), ["model-odd-container"]);
}
