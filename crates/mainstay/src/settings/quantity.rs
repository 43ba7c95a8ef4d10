//! Sizes, as people write them.

use anyhow::Context as _;

/// A size: a whole number, alone (bytes) or with `KiB`, `MiB`, `GiB`, `kB`, `MB`, `GB`.
pub(crate) fn parse_size(text: &str) -> anyhow::Result<u64> {
    let (number, unit) = split(text);
    let factor = match unit {
        "" | "B" => Some(1),
        "kB" => Some(1_000),
        "MB" => Some(1_000_000),
        "GB" => Some(1_000_000_000),
        "KiB" => Some(1 << 10),
        "MiB" => Some(1 << 20),
        "GiB" => Some(1 << 30),
        _ => None,
    };
    number
        .parse::<u64>()
        .ok()
        .zip(factor)
        .and_then(|(number, factor)| number.checked_mul(factor))
        .with_context(|| {
            format!("\"{text}\" is no size; write a number of bytes, or such as 64MiB")
        })
}

fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number, unit.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_counts_bytes_unless_it_says_otherwise() {
        assert_eq!(parse_size("10").unwrap(), 10);
        assert_eq!(parse_size("64 MiB").unwrap(), 64 << 20);
    }

    #[test]
    fn a_number_without_end_is_refused() {
        assert!(parse_size("99999999999GiB").is_err());
    }
}
