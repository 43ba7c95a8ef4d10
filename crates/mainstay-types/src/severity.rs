//! How bad a finding is: a score and the word for it.
//!
//! The words and their bounds are the qualitative rating scale of CVSS 3.1 (section 5), which
//! CVSS 4.0 keeps. CVSS 2 has no `critical`; Mainstay reads its scores on the same scale, so
//! that two records of one flaw can be compared.

use std::fmt;

/// A base score between 0.0 and 10.0, held in tenths so that it compares exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Score(u8);

impl Score {
    /// The score of this many tenths. `None` above 100.
    pub fn from_tenths(tenths: u8) -> Option<Self> {
        (tenths <= 100).then_some(Self(tenths))
    }

    /// The score nearest to a number. `None` outside 0.0 to 10.0, and for not-a-number.
    pub fn from_number(number: f64) -> Option<Self> {
        if !(0.0..=10.0).contains(&number) {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range was checked on the line above"
        )]
        let tenths = (number * 10.0).round() as u8;
        Some(Self(tenths))
    }

    /// The score in tenths, 0 to 100.
    pub fn tenths(self) -> u8 {
        self.0
    }

    /// The score as a number, 0.0 to 10.0.
    pub fn number(self) -> f64 {
        f64::from(self.0) / 10.0
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

/// How bad a finding is, in a word. The order is from unknown up to critical, so `max` takes the
/// worst of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// No source says. This is not the same as harmless.
    Unknown,
    /// Score 0.0.
    None,
    /// Score 0.1 to 3.9.
    Low,
    /// Score 4.0 to 6.9.
    Medium,
    /// Score 7.0 to 8.9.
    High,
    /// Score 9.0 to 10.0.
    Critical,
}

impl Severity {
    /// Every severity, least first.
    pub const ALL: [Self; 6] =
        [Self::Unknown, Self::None, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word of the CVSS rating scale for a score.
    pub fn of(score: Score) -> Self {
        match score.tenths() {
            0 => Self::None,
            1..=39 => Self::Low,
            40..=69 => Self::Medium,
            70..=89 => Self::High,
            _ => Self::Critical,
        }
    }

    /// The word used in reports and settings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity with this word, in any case. `moderate` is read as medium, as GitHub's and
    /// npm's records write it.
    pub fn from_word(word: &str) -> Option<Self> {
        if word.eq_ignore_ascii_case("moderate") {
            return Some(Self::Medium);
        }
        Self::ALL.into_iter().find(|severity| severity.word().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_change_at_the_bounds_of_the_cvss_scale() {
        let words: Vec<_> = [0, 1, 39, 40, 69, 70, 89, 90, 100]
            .map(|tenths| Severity::of(Score::from_tenths(tenths).unwrap()).word())
            .into();
        assert_eq!(
            words,
            ["none", "low", "low", "medium", "medium", "high", "high", "critical", "critical"]
        );
    }

    #[test]
    fn a_score_above_ten_is_refused() {
        assert_eq!(Score::from_number(10.1), None);
        assert_eq!(Score::from_tenths(101), None);
    }

    #[test]
    fn not_a_number_is_no_score() {
        assert_eq!(Score::from_number(f64::NAN), None);
    }

    #[test]
    fn a_score_is_written_with_one_decimal() {
        assert_eq!(Score::from_number(9.75).unwrap().to_string(), "9.8");
        assert_eq!(Score::from_number(10.0).unwrap().to_string(), "10.0");
    }

    #[test]
    fn moderate_means_medium() {
        assert_eq!(Severity::from_word("MODERATE"), Some(Severity::Medium));
    }
}
