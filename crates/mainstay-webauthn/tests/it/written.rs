//! CBOR written by hand.

fn head(major: u8, number: u64) -> Vec<u8> {
    let major = major << 5;
    match number {
        0..=23 => vec![major | u8::try_from(number).unwrap()],
        24..=0xff => vec![major | 0x18, u8::try_from(number).unwrap()],
        _ => [&[major | 0x19][..], &u16::try_from(number).unwrap().to_be_bytes()].concat(),
    }
}

pub(crate) fn integer(number: i64) -> Vec<u8> {
    if number < 0 { head(1, number.unsigned_abs() - 1) } else { head(0, number.unsigned_abs()) }
}

pub(crate) fn bytes(bytes: &[u8]) -> Vec<u8> {
    [head(2, bytes.len() as u64), bytes.to_vec()].concat()
}

pub(crate) fn text(text: &str) -> Vec<u8> {
    [head(3, text.len() as u64), text.as_bytes().to_vec()].concat()
}

pub(crate) fn array(items: &[Vec<u8>]) -> Vec<u8> {
    [head(4, items.len() as u64), items.concat()].concat()
}

pub(crate) fn map(pairs: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let written: Vec<u8> = pairs.iter().flat_map(|(k, v)| [&k[..], v].concat()).collect();
    [head(5, pairs.len() as u64), written].concat()
}

/// An attestation object.
pub(crate) fn object(format: &str, statement: &[u8], data: &[u8]) -> Vec<u8> {
    map(&[
        (text("fmt"), text(format)),
        (text("attStmt"), statement.to_vec()),
        (text("authData"), bytes(data)),
    ])
}
