//! The order of work.

use mainstay_types::Severity;

use crate::assessment::Assessment;

/// What CISA's catalogue of Known Exploited Vulnerabilities says. In the order of work: not
/// having looked is no clearance, so it stands above "not listed".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kev {
    /// The catalogue was looked up and does not list it.
    NotListed,
    /// Nobody looked.
    Unknown,
    /// The catalogue lists it.
    Listed,
}

/// A probability of FIRST's EPSS, held in millionths so that it compares exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Epss(u32);

/// How urgent one piece of work is. The greater one goes first. Compare priorities of one table
/// only: outcomes of two tables are not on one scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Priority {
    worst: usize,
    kev: Kev,
    epss: Unscored<Epss>,
    severity: Unscored<Severity>,
}

/// Something that may be unknown, and then stands above everything known (decision 0012).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Unscored<T> {
    Known(T),
    Unknown,
}

impl Epss {
    /// The probability, 0 to 1. `None` outside, and for not-a-number.
    pub fn from_probability(probability: f64) -> Option<Self> {
        if !(0.0..=1.0).contains(&probability) {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range was checked on the line above"
        )]
        let millionths = (probability * 1e6).round() as u32;
        Some(Self(millionths))
    }

    /// The probability, 0 to 1.
    pub fn probability(self) -> f64 {
        f64::from(self.0) / 1e6
    }
}

impl Assessment {
    /// The place in the order of work: by the gravest possible outcome, then KEV, then EPSS,
    /// then severity. EPSS orders work of one outcome and never changes an outcome. What is
    /// unknown stands above what is known, so that nothing sinks for want of a score.
    pub fn priority(&self, kev: Kev, epss: Option<Epss>, severity: Severity) -> Priority {
        Priority {
            worst: self.worst_position(),
            kev,
            epss: epss.map_or(Unscored::Unknown, Unscored::Known),
            severity: match severity {
                Severity::Unknown => Unscored::Unknown,
                Severity::None
                | Severity::Low
                | Severity::Medium
                | Severity::High
                | Severity::Critical => Unscored::Known(severity),
            },
        }
    }
}
