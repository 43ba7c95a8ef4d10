//! Reads files back as bbolt does: by the meta page, down the branches, through inline buckets.

use super::*;

fn u16_at(bytes: &[u8], at: usize) -> usize {
    u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap()).into()
}

fn u32_at(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

fn u64_at(bytes: &[u8], at: usize) -> usize {
    usize::try_from(u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())).unwrap()
}

/// All values, each under its keys joined by `/`.
fn values(file: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    walk(file, &file[u64_at(file, 32) * PAGE..], "", &mut found);
    found
}

fn walk(file: &[u8], page: &[u8], prefix: &str, found: &mut Vec<(String, Vec<u8>)>) {
    let leaf = u16_at(page, 8) == usize::from(LEAF);
    for position in 0..u16_at(page, 10) {
        let at = PAGE_HEADER + position * ELEMENT;
        if !leaf {
            walk(file, &file[u64_at(page, at + 8) * PAGE..], prefix, found);
            continue;
        }
        let key_at = at + u32_at(page, at + 4);
        let value_at = key_at + u32_at(page, at + 8);
        let key = std::str::from_utf8(&page[key_at..value_at]).unwrap();
        let value = &page[value_at..value_at + u32_at(page, at + 12)];
        if u32_at(page, at) == 0 {
            found.push((format!("{prefix}{key}"), value.to_vec()));
        } else {
            let root = u64_at(value, 0);
            let inside = if root == 0 { &value[16..] } else { &file[root * PAGE..] };
            walk(file, inside, &format!("{prefix}{key}/"), found);
        }
    }
}

#[test]
fn both_meta_pages_carry_their_checksum() {
    let file = file(&Bucket::default());
    for number in 0..2 {
        let meta = &file[number * PAGE + PAGE_HEADER..];
        assert_eq!(u32_at(meta, 0), MAGIC as usize);
        assert_eq!(u64_at(meta, 40) * PAGE, file.len());
        assert_eq!(u64::from_le_bytes(meta[56..64].try_into().unwrap()), fnv_1a(&meta[..56]));
    }
}

#[test]
fn the_checksum_is_fnv_1a() {
    assert_eq!(fnv_1a(b"a"), 0xaf63_dc4c_8601_ec8c);
}

#[test]
fn an_empty_bucket_has_no_values() {
    assert!(values(&file(&Bucket::default())).is_empty());
}

#[test]
fn many_keys_are_found_in_their_order() {
    let mut root = Bucket::default();
    for number in 0..5_000 {
        let bucket = root.bucket("numbers");
        bucket.put(&format!("key-{number:05}"), vec![b'x'; number % 50]);
    }
    let values = values(&file(&root));
    assert_eq!(values.len(), 5_000);
    assert!(values.is_sorted());
    assert_eq!(values[4_999], ("numbers/key-04999".to_owned(), vec![b'x'; 49]));
}

#[test]
fn a_value_larger_than_a_page_is_kept_whole() {
    let mut root = Bucket::default();
    root.put("before", *b"small");
    root.put("large", vec![7; 3 * PAGE]);
    root.put("more", *b"small");
    let values = values(&file(&root));
    assert_eq!(values[1].1, vec![7; 3 * PAGE]);
    assert_eq!(values[2].0, "more");
}

#[test]
fn a_small_bucket_lies_inside_its_parent() {
    let mut root = Bucket::default();
    root.bucket("outer").put("key", *b"value");
    let file = file(&root);
    assert_eq!(file.len(), 4 * PAGE, "two meta pages, the free list and the root");
    assert_eq!(values(&file), [("outer/key".to_owned(), b"value".to_vec())]);
}
