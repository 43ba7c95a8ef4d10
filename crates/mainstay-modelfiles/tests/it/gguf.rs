//! GGUF.

use mainstay_modelfiles::Examined;
use mainstay_testkit::mutation::Seed;
use mainstay_types::Severity;

use super::everything::{codes, examined, is_clean};
use super::safetensors::small_zip;

/// A file that is written piece by piece.
#[derive(Clone, Default)]
struct Gguf {
    version: u32,
    is_big: bool,
    entries: Vec<Vec<u8>>,
    tensors: Vec<Vec<u8>>,
    counts: Option<(u64, u64)>,
    data: Vec<u8>,
}

impl Gguf {
    fn new() -> Self {
        Self { version: 3, ..Self::default() }
    }

    fn u32(&self, number: u32) -> Vec<u8> {
        if self.is_big { number.to_be_bytes().to_vec() } else { number.to_le_bytes().to_vec() }
    }

    fn u64(&self, number: u64) -> Vec<u8> {
        if self.is_big { number.to_be_bytes().to_vec() } else { number.to_le_bytes().to_vec() }
    }

    fn count(&self, number: u64) -> Vec<u8> {
        if self.version == 1 {
            self.u32(u32::try_from(number).unwrap_or(u32::MAX))
        } else {
            self.u64(number)
        }
    }

    fn string(&self, text: &[u8]) -> Vec<u8> {
        [self.count(text.len() as u64), text.to_vec()].concat()
    }

    fn raw(mut self, key: &str, kind: u32, value: &[u8]) -> Self {
        self.entries.push([self.string(key.as_bytes()), self.u32(kind), value.to_vec()].concat());
        self
    }

    fn text(self, key: &str, text: &str) -> Self {
        let value = self.string(text.as_bytes());
        self.raw(key, 8, &value)
    }

    fn number(self, key: &str, number: u32) -> Self {
        let value = self.u32(number);
        self.raw(key, 4, &value)
    }

    fn texts(self, key: &str, texts: &[&str]) -> Self {
        let mut value = [self.u32(8), self.count(texts.len() as u64)].concat();
        for text in texts {
            value.extend(self.string(text.as_bytes()));
        }
        self.raw(key, 9, &value)
    }

    fn floats(self, key: &str, count: u64) -> Self {
        let numbers = vec![0; usize::try_from(count * 4).unwrap_or(0)];
        let value = [self.u32(6), self.count(count), numbers].concat();
        self.raw(key, 9, &value)
    }

    fn tensor(mut self, name: &str, shape: &[u64], kind: u32, offset: u64) -> Self {
        let dimensions = u32::try_from(shape.len()).unwrap_or(u32::MAX);
        let mut bytes = [self.string(name.as_bytes()), self.u32(dimensions)].concat();
        for dimension in shape {
            bytes.extend(self.count(*dimension));
        }
        bytes.extend(self.u32(kind));
        bytes.extend(self.u64(offset));
        self.tensors.push(bytes);
        self
    }

    fn data(mut self, data: &[u8]) -> Self {
        self.data = data.to_vec();
        self
    }

    fn counts(mut self, tensors: u64, entries: u64) -> Self {
        self.counts = Some((tensors, entries));
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let counts = (self.tensors.len() as u64, self.entries.len() as u64);
        let (tensors, entries) = self.counts.unwrap_or(counts);
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(self.u32(self.version));
        bytes.extend(self.count(tensors));
        bytes.extend(self.count(entries));
        bytes.extend(self.entries.concat());
        bytes.extend(self.tensors.concat());
        bytes.resize(bytes.len().next_multiple_of(32), 0);
        bytes.extend_from_slice(&self.data);
        bytes
    }
}

/// Metadata and two tensors, the first of 24 bytes, the second of a block of `Q4_0`.
fn ordinary(mut file: Gguf) -> Gguf {
    file = file
        .text("general.architecture", "llama")
        .text("general.license", "apache-2.0")
        .number("general.alignment", 32)
        .number("llama.block_count", 32)
        .raw("general.flag", 7, &[1])
        .texts("tokenizer.ggml.tokens", &["<s>", "</s>", "a"])
        .floats("tokenizer.ggml.scores", 3)
        .text("tokenizer.chat_template", "{{ messages[0]['content'] }}");
    file.tensor("a.weight", &[3, 2], 0, 0).tensor("b.weight", &[32], 2, 32).data(&[0; 64])
}

fn hostile() -> Vec<(&'static str, Gguf)> {
    let new = Gguf::new;
    let le = |number: u64| number.to_le_bytes();
    let array = |kind: u32, count: u64| [&kind.to_le_bytes()[..], &count.to_le_bytes()].concat();
    vec![
        ("entries", ordinary(new()).counts(2, 1 << 60)),
        ("tensors", ordinary(new()).counts(1 << 60, 8)),
        ("few-tensors-more", ordinary(new()).counts(3, 8)),
        ("string", new().raw("general.name", 8, &le(u64::MAX))),
        ("array", new().raw("a", 9, &array(4, 1 << 62))),
        ("string-array", new().raw("a", 9, &array(8, 1 << 61))),
        ("nested", new().raw("a", 9, &array(9, 1).repeat(2000))),
        ("kind", new().raw("a", 77, &[0; 8])),
        ("version", Gguf { version: 99, ..new() }),
        ("dimensions", new().tensor("a", &[1; 5], 0, 0).data(&[0; 32])),
        ("shape", new().tensor("a", &[1 << 32, 1 << 32], 0, 0).data(&[0; 32])),
        ("end", new().tensor("a", &[8], 0, u64::MAX - 31).data(&[0; 32])),
        ("block", new().tensor("a", &[33], 2, 0).data(&[0; 32])),
        ("type", new().tensor("a", &[8], 0xFFFF_FFFF, 0).data(&[0; 32])),
        ("offset", new().tensor("a", &[1], 0, 4).data(&[0; 32])),
        ("outside", new().tensor("a", &[1 << 20], 0, 0).data(&[0; 32])),
        ("cut", new().tensor("a", &[9], 0, 0).data(&[0; 32])),
        ("overlap", new().tensor("a", &[16], 0, 0).tensor("b", &[8], 0, 32).data(&[0; 64])),
        ("twice", new().tensor("a", &[8], 0, 0).tensor("a", &[8], 0, 32).data(&[0; 64])),
        ("key-twice", new().number("a", 1).number("a", 2)),
        ("alignment-zero", ordinary(new().number("general.alignment", 0))),
        ("alignment-odd", new().number("general.alignment", 33)),
        ("layers", new().number("llama.block_count", 100_000)),
        (
            "scores",
            new().texts("tokenizer.ggml.tokens", &["a", "b"]).floats("tokenizer.ggml.scores", 1),
        ),
        ("long-name", new().tensor(&"a".repeat(500), &[8], 0, 0).data(&[0; 32])),
        ("zip", new().tensor("a", &[8], 0, 0).data(&[&[0; 32][..], &small_zip()].concat())),
    ]
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let mut files = hostile();
    files.push(("ordinary", ordinary(Gguf::new())));
    files.push(("first", ordinary(Gguf { version: 1, ..Gguf::new() })));
    files.push(("big", ordinary(Gguf { is_big: true, ..Gguf::new() })));
    files.push(("vocabulary", Gguf::new().texts("tokenizer.ggml.tokens", &["a"; 300])));
    let seed =
        |(name, file): (&str, Gguf)| Seed { name: format!("{name}.gguf"), bytes: file.bytes() };
    files.into_iter().map(seed).collect()
}

fn look(file: &Gguf) -> Examined {
    examined("model.gguf", &file.bytes())
}

fn advisory(name: &str) -> Option<&'static str> {
    let (_, file) = hostile().into_iter().find(|(other, _)| *other == name)?;
    look(&file).dangers.iter().find_map(|danger| danger.advisory)
}

#[test]
fn an_ordinary_file_is_clean_in_every_version_and_byte_order() {
    let old = Gguf { version: 1, ..Gguf::new() };
    let second = Gguf { version: 2, ..Gguf::new() };
    let big = Gguf { is_big: true, ..Gguf::new() };
    for start in [Gguf::new(), old, second, big] {
        let found = look(&ordinary(start));
        assert!(is_clean(&found), "{found:?}");
        assert_eq!(found.description.tensors_in_all, 2);
        assert_eq!(found.description.tensor_bytes, 24 + 18);
        assert_eq!(found.description.licences, ["apache-2.0"]);
    }
}

#[test]
fn a_file_of_metadata_alone_is_clean() {
    let found = look(&Gguf::new().texts("tokenizer.ggml.tokens", &["a"; 300]));
    assert!(is_clean(&found), "{found:?}");
    assert!(is_clean(&look(&Gguf::new())));
}

#[test]
fn every_broken_rule_is_alerted() {
    for (name, file) in hostile() {
        let found = look(&file);
        assert!(found.dangers.iter().any(|d| d.severity >= Severity::High), "{name}: {found:?}");
    }
}

#[test]
fn the_published_overflows_are_named() {
    for (name, known) in [
        ("entries", "CVE-2024-23605"),
        ("tensors", "CVE-2024-21836"),
        ("string", "CVE-2024-23496"),
        ("array", "CVE-2024-25667"),
        ("string-array", "CVE-2024-25668"),
        ("dimensions", "CVE-2024-21802"),
        ("shape", "CVE-2026-33298"),
        ("outside", "CVE-2026-7482"),
    ] {
        assert_eq!(advisory(name), Some(known), "{name}");
    }
}

#[test]
fn a_file_that_is_cut_off_is_malformed_and_has_no_advisory() {
    assert_eq!(advisory("cut"), None);
    assert_eq!(advisory("few-tensors-more"), None);
}

#[test]
fn padding_behind_the_last_tensor_is_ordinary_and_other_bytes_are_warned_of() {
    let file = Gguf::new().tensor("a", &[1], 0, 0);
    assert!(is_clean(&look(&file.clone().data(&[0; 4]))));
    assert!(is_clean(&look(&file.clone().data(&[0; 32]))));
    let found = look(&file.data(&[1; 200]));
    assert_eq!(codes(&found), ["model-odd-container"]);
    assert_eq!(found.dangers[0].severity, Severity::Medium);
}

#[test]
fn a_type_of_tomorrow_is_a_warning() {
    let found = look(&Gguf::new().tensor("a", &[8], 150, 0).data(&[0; 32]));
    assert_eq!(found.dangers.len(), 1);
    assert_eq!(found.dangers[0].severity, Severity::Medium);
}

#[test]
fn a_description_that_steers_a_terminal_is_warned_of() {
    let found = look(&Gguf::new().text("general.description", "fine\u{1b}]0;x\u{7}"));
    assert_eq!(codes(&found), ["model-odd-container"]);
}

#[test]
fn text_that_begins_with_the_magic_is_not_claimed() {
    assert_eq!(examined("notes.txt", b"GGUF files are models").format, None);
}
