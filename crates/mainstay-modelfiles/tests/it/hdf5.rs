//! HDF5 files.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panic")]

use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined, is_clean};
use super::keras_json::{keras_2, lambda_2};

const NOWHERE: u64 = u64::MAX;
const SUPERBLOCK: usize = 48;

/// A file with a superblock of version 2, and objects with headers of version 2.
pub struct Hdf5 {
    bytes: Vec<u8>,
}

impl Default for Hdf5 {
    fn default() -> Self {
        Self { bytes: vec![0; SUPERBLOCK] }
    }
}

impl Hdf5 {
    fn add(&mut self, bytes: &[u8]) -> u64 {
        let at = self.bytes.len() as u64;
        self.bytes.extend_from_slice(bytes);
        at
    }

    fn object(&mut self, messages: &[Vec<u8>]) -> u64 {
        let messages = messages.concat();
        let mut bytes = b"OHDR\x02\x02".to_vec();
        bytes.extend(u32::try_from(messages.len()).unwrap().to_le_bytes());
        bytes.extend(messages);
        bytes.extend([0; 4]);
        self.add(&bytes)
    }

    /// A collection of the global heap with one object, whose number is 1.
    fn heap(&mut self, content: &[u8]) -> u64 {
        let mut bytes = b"GCOL\x01\0\0\0".to_vec();
        let filled = content.len().next_multiple_of(8);
        bytes.extend((16 + 16 + filled as u64 + 16).to_le_bytes());
        bytes.extend([1, 0, 1, 0, 0, 0, 0, 0]);
        bytes.extend((content.len() as u64).to_le_bytes());
        bytes.extend(content);
        bytes.resize(16 + 16 + filled + 16, 0);
        self.add(&bytes)
    }

    fn finish(mut self, root: u64) -> Vec<u8> {
        let mut superblock = b"\x89HDF\r\n\x1a\n\x02\x08\x08\0".to_vec();
        for address in [0, NOWHERE, self.bytes.len() as u64, root] {
            superblock.extend(address.to_le_bytes());
        }
        self.bytes[..superblock.len()].copy_from_slice(&superblock);
        self.bytes
    }
}

fn message(kind: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend(u16::try_from(content.len()).unwrap().to_le_bytes());
    bytes.push(0);
    bytes.extend(content);
    bytes
}

fn attribute(name: &str, datatype: &[u8], value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![3, 0];
    for length in [name.len() + 1, datatype.len(), 4] {
        bytes.extend(u16::try_from(length).unwrap().to_le_bytes());
    }
    bytes.push(0);
    bytes.extend(name.as_bytes());
    bytes.push(0);
    bytes.extend(datatype);
    bytes.extend([2, 0, 0, 0]);
    bytes.extend(value);
    message(0x0C, &bytes)
}

/// An attribute that is a text of one length.
fn text_attribute(name: &str, value: &[u8]) -> Vec<u8> {
    let mut datatype = vec![0x13, 0, 0, 0];
    datatype.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
    attribute(name, &datatype, value)
}

/// An attribute whose text is in the global heap.
fn heap_attribute(name: &str, heap: u64, length: usize) -> Vec<u8> {
    let datatype = [0x19, 1, 0, 0, 16, 0, 0, 0, 0x13, 0, 0, 0, 1, 0, 0, 0];
    let mut value = u32::try_from(length).unwrap().to_le_bytes().to_vec();
    value.extend(heap.to_le_bytes());
    value.extend(1_u32.to_le_bytes());
    attribute(name, &datatype, &value)
}

fn link(name: &str, object: u64) -> Vec<u8> {
    let mut bytes = vec![1, 0, u8::try_from(name.len()).unwrap()];
    bytes.extend(name.as_bytes());
    bytes.extend(object.to_le_bytes());
    message(0x06, &bytes)
}

fn other_link(name: &str, sort: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![1, 8, sort, u8::try_from(name.len()).unwrap()];
    bytes.extend(name.as_bytes());
    bytes.extend(u16::try_from(value.len()).unwrap().to_le_bytes());
    bytes.extend(value);
    message(0x06, &bytes)
}

fn dataspace(shape: &[u64]) -> Vec<u8> {
    let mut bytes = vec![2, u8::try_from(shape.len()).unwrap(), 0, 1];
    bytes.extend(shape.iter().flat_map(|side| side.to_le_bytes()));
    message(0x01, &bytes)
}

fn float32() -> Vec<u8> {
    message(0x03, &[0x11, 0x20, 0x1F, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0])
}

fn contiguous(at: u64, length: u64) -> Vec<u8> {
    let mut bytes = vec![3, 1];
    bytes.extend(at.to_le_bytes());
    bytes.extend(length.to_le_bytes());
    message(0x08, &bytes)
}

fn chunked() -> Vec<u8> {
    let mut bytes = vec![3, 2, 2];
    bytes.extend(NOWHERE.to_le_bytes());
    bytes.extend([1, 0, 0, 0, 4, 0, 0, 0]);
    message(0x08, &bytes)
}

/// A file with one dataset that has these messages.
fn with_dataset(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut file = Hdf5::default();
    let dataset = file.object(messages);
    let root = file.object(&[link("kernel:0", dataset)]);
    file.finish(root)
}

/// A file whose root has these messages.
fn with_root(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut file = Hdf5::default();
    let root = file.object(messages);
    file.finish(root)
}

/// Weights as an ordinary library writes them.
pub fn weights() -> Vec<u8> {
    let mut file = Hdf5::default();
    let values = file.add(&[0; 24]);
    let dataset = file.object(&[dataspace(&[2, 3]), float32(), contiguous(values, 24)]);
    let group = file.object(&[link("kernel:0", dataset)]);
    let root = file.object(&[text_attribute("keras_version", b"2.4.0"), link("dense", group)]);
    file.finish(root)
}

/// A model of Keras whose architecture is in the global heap.
pub fn model(config: &str) -> Vec<u8> {
    let mut file = Hdf5::default();
    let heap = file.heap(config.as_bytes());
    let root = file.object(&[heap_attribute("model_config", heap, config.len())]);
    file.finish(root)
}

/// A file with a superblock of version 0, a header of version 1, and a group of the old sort.
fn old() -> Vec<u8> {
    let (header, tree, node, heap, names, end) = (96_u64, 136_u64, 184_u64, 232_u64, 264_u64, 280);
    let mut bytes = b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0\x04\0\x10\0\0\0\0\0".to_vec();
    for number in [0, NOWHERE, end, NOWHERE, 0, header] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.resize(96, 0);
    bytes.extend([1, 0, 1, 0, 1, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend([0x11, 0, 16, 0, 0, 0, 0, 0]);
    bytes.extend([tree.to_le_bytes(), heap.to_le_bytes()].concat());
    bytes.extend(b"TREE\0\0\x01\0");
    for number in [NOWHERE, NOWHERE, 0, node, 8] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(b"SNOD\x01\0\x01\0");
    bytes.extend([8_u64.to_le_bytes(), header.to_le_bytes()].concat());
    bytes.extend([0; 24]);
    bytes.extend(b"HEAP\0\0\0\0");
    for number in [16, NOWHERE, names] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(b"\0\0\0\0\0\0\0\0itself\0\0");
    assert_eq!(bytes.len() as u64, end);
    bytes
}

/// An object header that continues in itself.
fn circle() -> Vec<u8> {
    let mut file = Hdf5::default();
    let here = SUPERBLOCK as u64;
    let mut content = here.to_le_bytes().to_vec();
    content.extend(28_u64.to_le_bytes());
    let block = [b"OCHK".to_vec(), message(0x10, &content), vec![0; 4]].concat();
    assert_eq!(file.add(&block), here);
    let root = file.object(&[message(0x10, &content)]);
    file.finish(root)
}

fn external() -> Vec<u8> {
    let mut file = Hdf5::default();
    let names = file.add(b"\0\0\0\0\0\0\0\0/etc/passwd\0\0\0\0\0");
    let mut heap = b"HEAP\0\0\0\0".to_vec();
    for number in [24, NOWHERE, names] {
        heap.extend(number.to_le_bytes());
    }
    let heap = file.add(&heap);
    let mut list = vec![1, 0, 0, 0, 1, 0, 1, 0];
    for number in [heap, 8, 0, 24] {
        list.extend(number.to_le_bytes());
    }
    let external = message(0x07, &list);
    let layout = contiguous(NOWHERE, 24);
    let dataset = file.object(&[dataspace(&[2, 3]), float32(), layout, external]);
    let root = file.object(&[link("kernel:0", dataset)]);
    file.finish(root)
}

fn virtual_dataset() -> Vec<u8> {
    let mut file = Hdf5::default();
    let heap = file.heap(b"\0\x01\0\0\0\0\0\0\0/tmp/other.h5\0d\0");
    let mut layout = vec![4, 3];
    layout.extend(heap.to_le_bytes());
    layout.extend(1_u32.to_le_bytes());
    let messages = [dataspace(&[2, 3]), float32(), message(0x08, &layout)];
    let dataset = file.object(&messages);
    let root = file.object(&[link("kernel:0", dataset)]);
    file.finish(root)
}

fn filtered(id: u16) -> Vec<u8> {
    let mut filters = vec![2, 1];
    filters.extend(id.to_le_bytes());
    if id >= 256 {
        filters.extend([5, 0]);
    }
    filters.extend([0, 0, 0, 0]);
    if id >= 256 {
        filters.extend(b"mine\0");
    }
    with_dataset(&[dataspace(&[2]), float32(), chunked(), message(0x0B, &filters)])
}

/// How an attribute is kept in a heap.
#[derive(Clone, Copy, Debug)]
enum Kept {
    InRoot,
    InIndirectBlock,
    Alone,
}

/// A B-tree of version 2 with one record, in its root.
fn tree(file: &mut Hdf5, sort: u8, record: &[u8]) -> u64 {
    let leaf = [b"BTLF\0".to_vec(), vec![sort], record.to_vec(), vec![0; 4]].concat();
    let leaf = file.add(&leaf);
    let mut header = b"BTHD\0".to_vec();
    header.push(sort);
    header.extend(512_u32.to_le_bytes());
    header.extend(u16::try_from(record.len()).unwrap().to_le_bytes());
    header.extend([0, 0, 100, 40]);
    header.extend(leaf.to_le_bytes());
    header.extend([1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    file.add(&header)
}

/// A root whose attributes are kept in a fractal heap.
fn dense(attribute: &[u8], kept: Kept) -> Vec<u8> {
    let mut file = Hdf5::default();
    // A message without its head.
    let content = &attribute[4..];
    let mut block = b"FHDB\0".to_vec();
    block.extend([0; 12]);
    block.extend(content);
    block.resize(512.max(block.len()), 0);
    let mut root = file.add(&block);
    let content_at = root + 17;
    if let Kept::InIndirectBlock = kept {
        let mut indirect = b"FHIB\0".to_vec();
        indirect.extend([0; 12]);
        for child in [root, NOWHERE, NOWHERE, NOWHERE] {
            indirect.extend(child.to_le_bytes());
        }
        indirect.extend([0; 4]);
        root = file.add(&indirect);
    }
    let mut large = content_at.to_le_bytes().to_vec();
    large.extend((content.len() as u64).to_le_bytes());
    large.extend(1_u64.to_le_bytes());
    let large = tree(&mut file, 1, &large);
    let mut heap = b"FRHP\0\x08\0\0\0\0\0\x10\0\0".to_vec();
    for number in [1, large, 0, NOWHERE, 512, 512, 0, 1, 0, 0, 0, 0] {
        heap.extend(number.to_le_bytes());
    }
    heap.extend([4, 0]);
    heap.extend([512_u64.to_le_bytes(), 65_536_u64.to_le_bytes()].concat());
    heap.extend([32, 0, 1, 0]);
    heap.extend(root.to_le_bytes());
    heap.extend([u8::from(matches!(kept, Kept::InIndirectBlock)), 0, 0, 0, 0, 0]);
    let heap = file.add(&heap);
    let mut record = match kept {
        Kept::Alone => vec![0x10, 1, 0, 0, 0, 0, 0, 0],
        Kept::InRoot | Kept::InIndirectBlock => {
            let length = u16::try_from(content.len()).unwrap().to_le_bytes();
            vec![0, 17, 0, 0, 0, length[0], length[1], 0]
        }
    };
    record.extend([0; 9]);
    let names = tree(&mut file, 8, &record);
    let info = [vec![0, 0], heap.to_le_bytes().to_vec(), names.to_le_bytes().to_vec()].concat();
    let root = file.object(&[message(0x15, &info)]);
    file.finish(root)
}

fn dense_lambda(kept: Kept) -> Vec<u8> {
    dense(&text_attribute("model_config", hostile().as_bytes()), kept)
}

fn hostile() -> String {
    keras_2(&[lambda_2()])
}

/// Every fixture of this module.
pub fn seeds() -> Vec<Seed> {
    let files = [
        ("weights", weights()),
        ("old", old()),
        ("ordinary", model(&keras_2(&[]))),
        ("lambda", model(&hostile())),
        ("lambda-fixed", with_root(&[text_attribute("model_config", hostile().as_bytes())])),
        ("external-link", with_root(&[other_link("w", 64, b"\0/tmp/other.h5\0/a\0")])),
        ("external", external()),
        ("virtual", virtual_dataset()),
        ("dense", dense_lambda(Kept::InRoot)),
        ("dense-indirect", dense_lambda(Kept::InIndirectBlock)),
        ("dense-alone", dense_lambda(Kept::Alone)),
        ("circle", circle()),
        ("filter", filtered(40_000)),
        ("gzip", filtered(1)),
        ("bomb", with_dataset(&[dataspace(&[1 << 40]), float32(), chunked()])),
        (
            "pickle",
            with_root(&[text_attribute(
                "TITLE",
                b"\x80\x02cos\nsystem\nX\x0a\0\0\0echo inertQ\x85R.",
            )]),
        ),
    ];
    let seed = |(name, bytes): (&str, Vec<u8>)| Seed { name: format!("{name}.h5"), bytes };
    files.into_iter().map(seed).collect()
}

#[test]
fn weights_are_clean() {
    let found = examined("w.h5", &weights());
    assert_eq!(found.format, Some("hdf5"));
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn datasets_are_tensors() {
    let found = examined("w.h5", &weights());
    let tensor = &found.description.tensors[0];
    assert_eq!((&*tensor.name, &*tensor.dtype), ("dense/kernel:0", "float32"));
    assert_eq!((&*tensor.shape, tensor.bytes), (&[2, 3][..], Some(24)));
}

#[test]
fn a_short_attribute_of_the_root_is_a_fact() {
    let found = examined("w.h5", &weights());
    let fact = &found.description.facts[0];
    assert_eq!((&*fact.name, &*fact.value), ("keras_version", "2.4.0"));
}

#[test]
fn a_group_of_the_old_sort_is_read_and_a_circle_of_links_ends() {
    let found = examined("w.h5", &old());
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn a_user_block_may_come_first() {
    let bytes = [vec![0; 512], weights()].concat();
    let found = examined("w.h5", &bytes);
    assert_eq!(found.format, Some("hdf5"));
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn a_lambda_layer_in_the_architecture_runs_code() {
    let found = examined("m.h5", &model(&hostile()));
    assert_eq!(codes(&found), ["model-runs-code"]);
    assert_eq!(found.dangers[0].advisory, Some("CVE-2025-9905"));
}

#[test]
fn a_danger_in_the_architecture_names_its_byte_in_the_file() {
    let bytes = model(&hostile());
    let at = bytes.windows(4).position(|window| window == b"[\"4w").unwrap() as u64;
    assert_eq!(examined("m.h5", &bytes).dangers[0].place.offset, Some(at));
}

#[test]
fn an_architecture_of_fixed_length_is_judged() {
    let bytes = with_root(&[text_attribute("model_config", hostile().as_bytes())]);
    assert_eq!(codes(&examined("m.h5", &bytes)), ["model-runs-code"]);
}

#[test]
fn an_architecture_under_another_name_is_judged() {
    let bytes = with_root(&[text_attribute("model_config0", hostile().as_bytes())]);
    assert_eq!(codes(&examined("m.h5", &bytes)), ["model-runs-code"]);
}

#[test]
fn an_architecture_among_many_attributes_is_judged() {
    for kept in [Kept::InRoot, Kept::InIndirectBlock, Kept::Alone] {
        assert_eq!(codes(&examined("m.h5", &dense_lambda(kept))), ["model-runs-code"], "{kept:?}");
    }
}

#[test]
fn an_ordinary_architecture_is_clean() {
    let found = examined("m.h5", &model(&keras_2(&[])));
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn a_link_to_another_file_touches_files() {
    let found = examined("w.h5", &with_root(&[other_link("w", 64, b"\0/tmp/other.h5\0/a\0")]));
    assert_eq!(codes(&found), ["model-touches-files"]);
    assert_eq!(found.dangers[0].shown.as_deref(), Some("/a in /tmp/other.h5"));
}

#[test]
fn a_link_to_a_path_is_ordinary() {
    let found = examined("w.h5", &with_root(&[other_link("w", 1, b"/a")]));
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn a_link_of_an_unknown_sort_is_unknown() {
    let found = examined("w.h5", &with_root(&[other_link("w", 99, b"x")]));
    assert_eq!(codes(&found), ["model-unknown-call"]);
}

#[test]
fn values_in_another_file_touch_files() {
    let found = examined("w.h5", &external());
    assert_eq!(codes(&found), ["model-touches-files"]);
    assert_eq!(found.dangers[0].shown.as_deref(), Some("/etc/passwd"));
    assert_eq!(found.dangers[0].advisory, Some("CVE-2026-1669"));
}

#[test]
fn a_virtual_dataset_touches_files() {
    let found = examined("w.h5", &virtual_dataset());
    assert_eq!(codes(&found), ["model-touches-files"]);
    assert_eq!(found.dangers[0].shown.as_deref(), Some("/tmp/other.h5"));
}

#[test]
fn an_unknown_filter_loads_a_library() {
    assert_eq!(codes(&examined("w.h5", &filtered(40_000))), ["model-unknown-call"]);
    assert!(is_clean(&examined("w.h5", &filtered(1))));
    assert!(is_clean(&examined("w.h5", &filtered(32_000))));
}

#[test]
fn a_shape_far_beyond_what_is_stored_is_malformed() {
    let found = examined("w.h5", &with_dataset(&[dataspace(&[1 << 40]), float32(), chunked()]));
    assert_eq!(codes(&found), ["model-malformed"]);
    assert_eq!(found.dangers[0].advisory, Some("CVE-2026-0897"));
}

#[test]
fn values_that_leave_the_file_are_malformed() {
    for (at, length) in [(1 << 20, 24), (60, 1 << 50), (u64::MAX - 1, 24)] {
        let messages = [dataspace(&[2, 3]), float32(), contiguous(at, length)];
        let found = examined("w.h5", &with_dataset(&messages));
        assert_eq!(codes(&found), ["model-malformed"], "{at} {length}");
    }
}

#[test]
fn fewer_values_than_the_shape_says_are_malformed() {
    let messages = [dataspace(&[200, 3]), float32(), contiguous(48, 24)];
    assert_eq!(codes(&examined("w.h5", &with_dataset(&messages))), ["model-malformed"]);
}

#[test]
fn a_header_that_continues_in_itself_is_malformed() {
    assert_eq!(codes(&examined("w.h5", &circle())), ["model-malformed"]);
}

#[test]
fn a_file_that_is_cut_off_is_malformed() {
    let bytes = weights();
    let found = examined("w.h5", &bytes[..bytes.len() - 3]);
    assert!(codes(&found).contains(&"model-malformed"));
}

#[test]
fn an_object_that_is_none_is_malformed() {
    let bytes = with_root(&[link("a", 3)]);
    assert_eq!(codes(&examined("w.h5", &bytes)), ["model-malformed"]);
}
