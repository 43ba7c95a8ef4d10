//! Ages, as people write them.

use jiff::SignedDuration;
use thiserror::Error;

/// A text that is no age.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{0}\" is no age; write a number and m, h, d or w, such as 7d")]
pub struct AgeError(pub String);

/// An age: a whole number and `m`, `h`, `d` or `w` (minutes, hours, days, weeks).
pub fn parse_age(text: &str) -> Result<SignedDuration, AgeError> {
    let trimmed = text.trim();
    let end = trimmed.find(|c: char| !c.is_ascii_digit()).unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(end);
    let minutes = match unit.trim_start() {
        "m" => Some(1),
        "h" => Some(60),
        "d" => Some(24 * 60),
        "w" => Some(7 * 24 * 60),
        _ => None,
    };
    number
        .parse::<i64>()
        .ok()
        .zip(minutes)
        .and_then(|(number, minutes)| number.checked_mul(minutes))
        .and_then(|minutes| minutes.checked_mul(60))
        .map(SignedDuration::from_secs)
        .ok_or_else(|| AgeError(text.to_owned()))
}

/// An age for a person: whole days where it is that long.
pub(crate) fn in_words(age: SignedDuration) -> String {
    let hours = age.as_hours();
    match hours {
        48.. => format!("{} days", hours / 24),
        1 => "1 hour".to_owned(),
        2..48 => format!("{hours} hours"),
        _ => format!("{} minutes", age.as_mins()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_a_unit() {
        assert_eq!(parse_age("7d").unwrap(), SignedDuration::from_hours(7 * 24));
        assert!(parse_age("7").is_err());
    }

    #[test]
    fn a_number_without_end_is_refused() {
        assert!(parse_age("99999999999999999999d").is_err());
    }

    #[test]
    fn a_long_age_is_told_in_days() {
        assert_eq!(in_words(SignedDuration::from_hours(24 * 9 + 5)), "9 days");
        assert_eq!(in_words(SignedDuration::from_hours(24)), "24 hours");
    }
}
