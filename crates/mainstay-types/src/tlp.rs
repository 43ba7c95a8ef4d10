//! How far something may be told: the Traffic Light Protocol, version 2.0
//! (FIRST, "Traffic Light Protocol (TLP)", <https://www.first.org/tlp/>).

use std::fmt;
use std::str::FromStr;

/// A label of TLP 2.0. The order of the variants is from the widest to the narrowest circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tlp {
    /// Everybody may know.
    Clear,
    /// The recipients' community may know, no public channel.
    Green,
    /// The recipients' organisation and its clients, who need it, may know.
    Amber,
    /// The recipients' organisation only.
    AmberStrict,
    /// The named recipients only, each in person.
    Red,
}

/// The text is no label of TLP 2.0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no label of TLP 2.0: one of TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED is"
)]
pub struct TlpError;

impl Tlp {
    /// Every label, the widest circle first.
    pub const ALL: [Self; 5] =
        [Self::Clear, Self::Green, Self::Amber, Self::AmberStrict, Self::Red];

    /// The label as the standard writes it, with its prefix.
    pub fn label(self) -> &'static str {
        match self {
            Self::Clear => "TLP:CLEAR",
            Self::Green => "TLP:GREEN",
            Self::Amber => "TLP:AMBER",
            Self::AmberStrict => "TLP:AMBER+STRICT",
            Self::Red => "TLP:RED",
        }
    }
}

impl fmt::Display for Tlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl FromStr for Tlp {
    type Err = TlpError;

    /// Reads a label in any case, with or without `TLP:`. `WHITE` of TLP 1.0 is not read: what it
    /// is now called has to be said by whoever marked it.
    fn from_str(text: &str) -> Result<Self, TlpError> {
        let text = text.trim();
        let named = |label: &Self| {
            let label = label.label();
            let short = label.strip_prefix("TLP:").unwrap_or(label);
            text.eq_ignore_ascii_case(label) || text.eq_ignore_ascii_case(short)
        };
        Self::ALL.into_iter().find(named).ok_or(TlpError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_read_in_any_case_with_or_without_its_prefix() {
        for tlp in Tlp::ALL {
            assert_eq!(tlp.to_string().parse(), Ok(tlp));
            assert_eq!(tlp.label().to_lowercase()[4..].parse(), Ok(tlp));
        }
        assert_eq!(" tlp:Amber+Strict ".parse(), Ok(Tlp::AmberStrict));
    }

    #[test]
    fn what_tlp_2_does_not_know_is_no_label() {
        for text in ["", "TLP:", "TLP:WHITE", "AMBER STRICT", "TLP:TLP:RED", "RED\u{0}"] {
            assert_eq!(text.parse::<Tlp>(), Err(TlpError), "{text:?}");
        }
    }

    #[test]
    fn the_order_goes_from_clear_to_red() {
        assert!(Tlp::ALL.is_sorted() && Tlp::Clear < Tlp::Red);
    }
}
