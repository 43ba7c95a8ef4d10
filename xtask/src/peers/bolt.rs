//! A writer of bbolt files, the key-value store that trivy reads its advisories from.
//!
//! Format, as bbolt 1.3 writes it: pages of 4,096 bytes; two meta pages with an FNV-1a checksum;
//! an empty free list; leaf and branch pages of a B+ tree. A bucket is a leaf element with a
//! flag, whose value is the page of its root, or, for a small bucket, the leaf page itself.
//! All numbers are little-endian.

use std::collections::BTreeMap;

const PAGE: usize = 4096;
const PAGE_HEADER: usize = 16;
const ELEMENT: usize = 16;
/// A bucket whose leaf is no larger than this lies inside its parent.
const INLINE: usize = PAGE / 4;

const MAGIC: u32 = 0xED0C_DAED;
const VERSION: u32 = 2;

const BRANCH: u16 = 0x01;
const LEAF: u16 = 0x02;
const META: u16 = 0x04;
const FREE_LIST: u16 = 0x10;
const BUCKET: u32 = 0x01;

/// A bucket: values and further buckets, by key. A key is one or the other.
#[derive(Default)]
pub(super) struct Bucket {
    values: BTreeMap<String, Vec<u8>>,
    buckets: BTreeMap<String, Self>,
}

impl Bucket {
    /// The bucket under a key, made when it is not there.
    pub(super) fn bucket(&mut self, key: &str) -> &mut Self {
        self.buckets.entry(key.to_owned()).or_default()
    }

    /// Puts a value under a key, in place of one that was there.
    pub(super) fn put(&mut self, key: &str, value: impl Into<Vec<u8>>) {
        self.values.insert(key.to_owned(), value.into());
    }
}

/// The whole file.
pub(super) fn file(root: &Bucket) -> Vec<u8> {
    let mut file = File { bytes: vec![0; 3 * PAGE] };
    let elements = file.elements(root);
    let root = file.tree(&elements);
    let pages = (file.bytes.len() / PAGE) as u64;
    for number in 0..2 {
        let page = page(number, META, 0, 0, &meta(root, pages, number));
        file.put(number, &page);
    }
    let free = page(2, FREE_LIST, 0, 0, &[]);
    file.put(2, &free);
    file.bytes
}

/// An element of a leaf page.
struct Element {
    flags: u32,
    key: Vec<u8>,
    value: Vec<u8>,
}

impl Element {
    fn size(&self) -> usize {
        ELEMENT + self.key.len() + self.value.len()
    }
}

struct File {
    bytes: Vec<u8>,
}

impl File {
    /// The elements of a bucket's leaves, sorted by key as the tree needs them.
    fn elements(&mut self, bucket: &Bucket) -> Vec<Element> {
        let mut elements = Vec::with_capacity(bucket.values.len() + bucket.buckets.len());
        for (key, value) in &bucket.values {
            elements.push(Element { flags: 0, key: key.clone().into(), value: value.clone() });
        }
        for (key, inner) in &bucket.buckets {
            let value = self.bucket(inner);
            elements.push(Element { flags: BUCKET, key: key.clone().into(), value });
        }
        elements.sort_by(|one, other| one.key.cmp(&other.key));
        elements
    }

    /// The value of a bucket's element: the page of its root and a sequence number, and for an
    /// inline bucket (root 0) its leaf page.
    fn bucket(&mut self, bucket: &Bucket) -> Vec<u8> {
        let elements = self.elements(bucket);
        let small = elements.iter().map(Element::size).sum::<usize>() + PAGE_HEADER <= INLINE;
        let inline = small && elements.iter().all(|element| element.flags == 0);
        let root = if inline { 0 } else { self.tree(&elements) };
        let mut value = [root.to_le_bytes(), [0; 8]].concat();
        if inline {
            value.extend(page(0, LEAF, elements.len(), 0, &leaf_body(&elements)));
        }
        value
    }

    /// Writes the pages of a tree, leaves first. Gives the number of its root page.
    fn tree(&mut self, elements: &[Element]) -> u64 {
        let mut level: Vec<(Vec<u8>, u64)> = Vec::new();
        for run in runs(elements, Element::size) {
            let first = run.first().map(|element| element.key.clone()).unwrap_or_default();
            level.push((first, self.append(LEAF, run.len(), &leaf_body(run))));
        }
        while level.len() > 1 {
            let mut above = Vec::new();
            for run in runs(&level, |(key, _)| ELEMENT + key.len()) {
                let first = run.first().map(|(key, _)| key.clone()).unwrap_or_default();
                above.push((first, self.append(BRANCH, run.len(), &branch_body(run))));
            }
            level = above;
        }
        match level.first() {
            Some((_, root)) => *root,
            None => self.append(LEAF, 0, &[]),
        }
    }

    /// Appends a page, with as many overflow pages behind it as the body needs.
    fn append(&mut self, flags: u16, count: usize, body: &[u8]) -> u64 {
        let number = (self.bytes.len() / PAGE) as u64;
        let overflow = (PAGE_HEADER + body.len()).div_ceil(PAGE) - 1;
        let page = page(number, flags, count, overflow, body);
        self.bytes.extend_from_slice(&page);
        self.bytes.resize(self.bytes.len().next_multiple_of(PAGE), 0);
        number
    }

    fn put(&mut self, number: u64, page: &[u8]) {
        let start = usize::try_from(number).unwrap_or(usize::MAX).saturating_mul(PAGE);
        if let Some(place) = self.bytes.get_mut(start..start.saturating_add(page.len())) {
            place.copy_from_slice(page);
        }
    }
}

/// Cuts elements into runs that fit a page. A run is never a single branch element, except the
/// last one, so that every level is smaller than the one below.
fn runs<T>(items: &[T], size: impl Fn(&T) -> usize) -> Vec<&[T]> {
    let mut runs = Vec::new();
    let (mut start, mut used) = (0, PAGE_HEADER);
    for (position, item) in items.iter().enumerate() {
        if used + size(item) > PAGE && position > start + 1 {
            runs.extend(items.get(start..position));
            (start, used) = (position, PAGE_HEADER);
        }
        used += size(item);
    }
    runs.extend(items.get(start..).filter(|rest| !rest.is_empty()));
    runs
}

fn page(number: u64, flags: u16, count: usize, overflow: usize, body: &[u8]) -> Vec<u8> {
    let mut page = Vec::with_capacity(PAGE_HEADER + body.len());
    page.extend(number.to_le_bytes());
    page.extend(flags.to_le_bytes());
    page.extend(u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes());
    page.extend(word(overflow).to_le_bytes());
    page.extend_from_slice(body);
    page
}

fn leaf_body(elements: &[Element]) -> Vec<u8> {
    let mut head = Vec::with_capacity(elements.len() * ELEMENT);
    let mut data = Vec::new();
    for (position, element) in elements.iter().enumerate() {
        let offset = (elements.len() - position) * ELEMENT + data.len();
        for number in [element.flags, word(offset), word(element.key.len())] {
            head.extend(number.to_le_bytes());
        }
        head.extend(word(element.value.len()).to_le_bytes());
        data.extend_from_slice(&element.key);
        data.extend_from_slice(&element.value);
    }
    head.extend(data);
    head
}

fn branch_body(children: &[(Vec<u8>, u64)]) -> Vec<u8> {
    let mut head = Vec::with_capacity(children.len() * ELEMENT);
    let mut data = Vec::new();
    for (position, (key, page)) in children.iter().enumerate() {
        let offset = (children.len() - position) * ELEMENT + data.len();
        head.extend(word(offset).to_le_bytes());
        head.extend(word(key.len()).to_le_bytes());
        head.extend(page.to_le_bytes());
        data.extend_from_slice(key);
    }
    head.extend(data);
    head
}

fn meta(root: u64, pages: u64, transaction: u64) -> Vec<u8> {
    let mut meta = Vec::new();
    for number in [MAGIC, VERSION, word(PAGE), 0] {
        meta.extend(number.to_le_bytes());
    }
    for number in [root, 0, 2, pages, transaction] {
        meta.extend(number.to_le_bytes());
    }
    let sum = fnv_1a(&meta);
    meta.extend(sum.to_le_bytes());
    meta
}

fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// No page of ours comes near 4 GiB.
fn word(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "bolt/tests.rs"]
mod tests;
