//! The abbreviated form: `SSVCv2/A:Y/E:A/T:T/2026-11-28T20:00:00Z/`.
//!
//! Standard: SSVC 2.0, "Abbreviated Format". Pairs stand in the order of their letters, several
//! possible values one after another (`U:LESe`), the moment last (RFC 3339). The decision is
//! not part of it: a vector is tied to no table. It is a label; for storage there is JSON.
//! Readers that know only CISA's calculator write `M` for Mission and Well-Being; the rule of
//! the standard gives `Mw`.

use std::fmt::Write as _;

use crate::assessment::Assessment;

impl Assessment {
    /// The abbreviated form, to the second. Points without letters are left out.
    pub fn vector(&self) -> String {
        let mut pairs: Vec<(&str, String)> = self
            .inputs
            .iter()
            .filter_map(|assessed| {
                let values = assessed.point.values_in(assessed.possible);
                let letters = values.map(|value| value.short.as_deref()).collect::<Option<_>>()?;
                Some((assessed.point.short.as_deref()?, letters))
            })
            .collect();
        pairs.sort_unstable();
        let mut text = String::from("SSVCv2/");
        for (point, values) in pairs {
            // Writing into a string cannot fail.
            let _ = write!(text, "{point}:{values}/");
        }
        let _ = write!(text, "{}/", self.second());
        text
    }

    /// The moment in RFC 3339, to the second.
    pub(crate) fn second(&self) -> String {
        self.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}
