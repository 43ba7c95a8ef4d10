//! Protocol Buffers, written field by field.

/// A field that is a number.
pub fn number(field: u32, value: u64) -> Vec<u8> {
    [varint(u64::from(field) << 3), varint(value)].concat()
}

/// A field that is a message, a text or bytes.
pub fn bytes(field: u32, value: impl AsRef<[u8]>) -> Vec<u8> {
    let value = value.as_ref();
    let mut written = [varint(u64::from(field) << 3 | 2), varint(value.len() as u64)].concat();
    written.extend_from_slice(value);
    written
}

/// A message of fields.
pub fn message(fields: &[Vec<u8>]) -> Vec<u8> {
    fields.concat()
}

/// An entry of a map, or of a list of entries with a key and a value.
pub fn entry(field: u32, key: &str, value: impl AsRef<[u8]>) -> Vec<u8> {
    bytes(field, message(&[bytes(1, key), bytes(2, value)]))
}

/// A message inside itself, so many times: each layer is put into the one around it.
pub fn nested(innermost: Vec<u8>, times: usize, layer: impl Fn(Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    (0..times).fold(innermost, |inner, _| layer(inner))
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut written = Vec::new();
    while value >= 0x80 {
        written.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    written.push(value.to_le_bytes()[0]);
    written
}
