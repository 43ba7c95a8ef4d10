//! HDF5 files, built byte by byte.

use super::super::keras_json::{keras_2, lambda_2};

pub(super) const NOWHERE: u64 = u64::MAX;
pub(super) const SUPERBLOCK: usize = 48;

/// A file with a superblock of version 2, and objects with headers of version 2.
pub(super) struct Hdf5 {
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

pub(super) fn message(kind: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend(u16::try_from(content.len()).unwrap().to_le_bytes());
    bytes.push(0);
    bytes.extend(content);
    bytes
}

pub(super) fn attribute(name: &str, datatype: &[u8], value: &[u8]) -> Vec<u8> {
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
pub(super) fn text_attribute(name: &str, value: &[u8]) -> Vec<u8> {
    let mut datatype = vec![0x13, 0, 0, 0];
    datatype.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
    attribute(name, &datatype, value)
}

/// An attribute of one record: a number, and behind it a text. Types of records have three versions.
pub(super) fn record_attribute(name: &str, version: u8, value: &[u8]) -> Vec<u8> {
    let number = [&[0x10, 8, 0, 0, 4, 0, 0, 0][..], &[0, 0, 32, 0]].concat();
    let length = u32::try_from(value.len()).unwrap();
    let text = [&[0x13, 0, 0, 0][..], &length.to_le_bytes()].concat();
    let mut datatype = vec![version << 4 | 6, 2, 0, 0];
    datatype.extend((length + 4).to_le_bytes());
    for (name, offset, member) in [("number", 0_u32, &number), ("text", 4, &text)] {
        let mut name = [name.as_bytes(), &[0]].concat();
        name.resize(if version < 3 { 8 } else { name.len() }, 0);
        datatype.extend(name);
        let width = if length + 4 > 255 { 2 } else { 1 };
        let offset = offset.to_le_bytes();
        datatype.extend(if version < 3 { &offset[..] } else { &offset[..width] });
        datatype.extend(vec![0; if version == 1 { 28 } else { 0 }]);
        datatype.extend(member);
    }
    attribute(name, &datatype, &[&[7, 0, 0, 0], value].concat())
}

/// An attribute whose text is in the global heap.
pub(super) fn heap_attribute(name: &str, heap: u64, length: usize) -> Vec<u8> {
    let datatype = [0x19, 1, 0, 0, 16, 0, 0, 0, 0x13, 0, 0, 0, 1, 0, 0, 0];
    let mut value = u32::try_from(length).unwrap().to_le_bytes().to_vec();
    value.extend(heap.to_le_bytes());
    value.extend(1_u32.to_le_bytes());
    attribute(name, &datatype, &value)
}

pub(super) fn link(name: &str, object: u64) -> Vec<u8> {
    let mut bytes = vec![1, 0, u8::try_from(name.len()).unwrap()];
    bytes.extend(name.as_bytes());
    bytes.extend(object.to_le_bytes());
    message(0x06, &bytes)
}

pub(super) fn other_link(name: &str, sort: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![1, 8, sort, u8::try_from(name.len()).unwrap()];
    bytes.extend(name.as_bytes());
    bytes.extend(u16::try_from(value.len()).unwrap().to_le_bytes());
    bytes.extend(value);
    message(0x06, &bytes)
}

pub(super) fn dataspace(shape: &[u64]) -> Vec<u8> {
    let mut bytes = vec![2, u8::try_from(shape.len()).unwrap(), 0, 1];
    bytes.extend(shape.iter().flat_map(|side| side.to_le_bytes()));
    message(0x01, &bytes)
}

pub(super) fn float32() -> Vec<u8> {
    message(0x03, &[0x11, 0x20, 0x1F, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0])
}

pub(super) fn contiguous(at: u64, length: u64) -> Vec<u8> {
    let mut bytes = vec![3, 1];
    bytes.extend(at.to_le_bytes());
    bytes.extend(length.to_le_bytes());
    message(0x08, &bytes)
}

pub(super) fn chunked() -> Vec<u8> {
    let mut bytes = vec![3, 2, 2];
    bytes.extend(NOWHERE.to_le_bytes());
    bytes.extend([1, 0, 0, 0, 4, 0, 0, 0]);
    message(0x08, &bytes)
}

/// A file with one dataset that has these messages.
pub(super) fn with_dataset(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut file = Hdf5::default();
    let dataset = file.object(messages);
    let root = file.object(&[link("kernel:0", dataset)]);
    file.finish(root)
}

/// A file whose root has an attribute of several texts, which is kept in a fractal heap.
pub(super) fn with_texts(name: &str, datatype: &[u8], count: u64, values: &[u8]) -> Vec<u8> {
    let mut content = vec![3, 0];
    for length in [name.len() + 1, datatype.len(), 12] {
        content.extend(u16::try_from(length).unwrap().to_le_bytes());
    }
    content.push(0);
    content.extend(name.as_bytes());
    content.push(0);
    content.extend(datatype);
    content.extend([2, 1, 0, 1]);
    content.extend(count.to_le_bytes());
    content.extend(values);
    // In place of the head of a message, which the heap does not keep.
    dense(&[&[0; 4], &content[..]].concat(), Kept::Alone)
}

/// A file with one dataset of bytes that hold this.
pub(super) fn with_bytes(content: &[u8]) -> Vec<u8> {
    let mut file = Hdf5::default();
    let at = file.add(content);
    let length = content.len() as u64;
    let uint8 = message(0x03, &[0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0]);
    let dataset = file.object(&[dataspace(&[length]), uint8, contiguous(at, length)]);
    let root = file.object(&[link("model", dataset)]);
    file.finish(root)
}

/// A file with objects of Python as `PyTables` keeps them: lists of bytes, referred to from chunks.
pub(super) fn with_objects(content: &[u8]) -> Vec<u8> {
    let mut file = Hdf5::default();
    file.heap(content);
    let list = message(0x03, &[0x19, 0, 0, 0, 16, 0, 0, 0, 0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0]);
    let pseudo = text_attribute("PSEUDOATOM", b"object");
    let dataset = file.object(&[dataspace(&[1]), list, chunked(), pseudo]);
    let root = file.object(&[link("values", dataset)]);
    file.finish(root)
}

/// A model of Keras beside an object whose layout is of a version that does not exist.
pub(super) fn beside_the_unread(config: &str) -> Vec<u8> {
    let mut file = Hdf5::default();
    let heap = file.heap(config.as_bytes());
    let unread = file.object(&[dataspace(&[1]), float32(), message(0x08, &[9, 0])]);
    let model = file.object(&[heap_attribute("model_config", heap, config.len())]);
    let root = file.object(&[link("a", unread), link("b", model)]);
    file.finish(root)
}

/// A file whose root has these messages.
pub(super) fn with_root(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut file = Hdf5::default();
    let root = file.object(messages);
    file.finish(root)
}

/// Weights as an ordinary library writes them.
pub(super) fn weights() -> Vec<u8> {
    let mut file = Hdf5::default();
    let values = file.add(&[0; 24]);
    let dataset = file.object(&[dataspace(&[2, 3]), float32(), contiguous(values, 24)]);
    let group = file.object(&[link("kernel:0", dataset)]);
    let root = file.object(&[text_attribute("keras_version", b"2.4.0"), link("dense", group)]);
    file.finish(root)
}

/// A model of Keras whose architecture is in the global heap.
pub(super) fn model(config: &str) -> Vec<u8> {
    let mut file = Hdf5::default();
    let heap = file.heap(config.as_bytes());
    let root = file.object(&[heap_attribute("model_config", heap, config.len())]);
    file.finish(root)
}

/// A file with a superblock of version 0, a header of version 1, and a group of the old sort.
pub(super) fn old() -> Vec<u8> {
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
pub(super) fn circle() -> Vec<u8> {
    let mut file = Hdf5::default();
    let here = SUPERBLOCK as u64;
    let mut content = here.to_le_bytes().to_vec();
    content.extend(28_u64.to_le_bytes());
    let block = [b"OCHK".to_vec(), message(0x10, &content), vec![0; 4]].concat();
    assert_eq!(file.add(&block), here);
    let root = file.object(&[message(0x10, &content)]);
    file.finish(root)
}

pub(super) fn external() -> Vec<u8> {
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

pub(super) fn virtual_dataset() -> Vec<u8> {
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

pub(super) fn filtered(id: u16) -> Vec<u8> {
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
pub(super) enum Kept {
    InRoot,
    InIndirectBlock,
    Alone,
}

/// A B-tree of version 2 with one record, in its root.
pub(super) fn tree(file: &mut Hdf5, sort: u8, record: &[u8]) -> u64 {
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
pub(super) fn dense(attribute: &[u8], kept: Kept) -> Vec<u8> {
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

pub(super) fn dense_lambda(kept: Kept) -> Vec<u8> {
    dense(&text_attribute("model_config", hostile().as_bytes()), kept)
}

pub(super) fn hostile() -> String {
    keras_2(&[lambda_2()])
}
