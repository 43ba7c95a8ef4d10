//! Text as part of an address (RFC 3986, section 2.1).

use std::fmt::Write as _;

/// Every byte but the unreserved ones (letters, digits, `-._~`) as `%` and two digits, so that the
/// text is one segment of a path, or one value of a query: `Red Hat` is `Red%20Hat`.
pub fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(percent_encoded("a-Z0._~"), "a-Z0._~");
        assert_eq!(percent_encoded("Red Hat/\u{e9}&="), "Red%20Hat%2F%C3%A9%26%3D");
    }
}
