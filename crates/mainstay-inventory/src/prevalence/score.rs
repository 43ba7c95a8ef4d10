//! Where help goes furthest: reach times weakness, in points.
//!
//! Reach is the formula of the `OpenSSF` criticality score (Rob Pike, "Quantifying Criticality",
//! 2020): of each signal S with a weight a and a top T, the sum of `a * log(1 + S) /
//! log(1 + max(S, T))`, over the sum of the weights. The top of each signal is what is in sight,
//! so 100 points mean "all of them".
//!
//! Weakness is the sum of the weights of what is known to be weak, at least; with the weights of
//! what is not known, at most.

use std::fmt;

use mainstay_types::Severity;

use super::{Known, Totals, Weakness};

/// A hundredth part, in tenths: 0 to 100 points, as 0 to 1,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Points(u32);

impl Points {
    const ALL: u32 = 1_000;

    /// As a number from 0 to 100, with one decimal.
    pub fn number(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    /// In tenths of a point: 0 to 1,000.
    pub fn tenths(self) -> u32 {
        self.0
    }

    fn of_share(share: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it was clamped to what fits"
        )]
        Self((share.clamp(0.0, 1.0) * f64::from(Self::ALL)).round() as u32)
    }

    fn times(self, other: Self) -> Self {
        Self((self.0 * other.0 + Self::ALL / 2) / Self::ALL)
    }
}

/// In whole points, as people read it; what is above nothing is never written as nothing.
impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1..=9 => f.write_str("<1"),
            tenths => write!(f, "{}", (tenths + 5) / 10),
        }
    }
}

/// From where to where: what is known, and what could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PointsRange {
    /// At least.
    pub least: Points,
    /// At most.
    pub most: Points,
}

impl fmt::Display for PointsRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.least == self.most {
            return self.least.fmt(f);
        }
        write!(f, "{} to {}", self.least, self.most)
    }
}

/// What each weakness weighs, in points: they are 100 in all.
pub const WEIGHTS: [(&str, u32); 4] = [
    ("nobody maintains it", UNMAINTAINED / 10),
    ("flaws", FLAWS / 10),
    ("one person", ONE_PERSON / 10),
    ("memory-unsafe language", MEMORY_UNSAFE / 10),
];
/// The same, in tenths of points, as they are counted.
const UNMAINTAINED: u32 = 400;
const FLAWS: u32 = 300;
const ONE_PERSON: u32 = 200;
const MEMORY_UNSAFE: u32 = 100;

/// How weak something is, at least and at most.
pub(crate) fn weakness_of(weakness: &Weakness) -> PointsRange {
    let signs = [
        (weakness.unmaintained, UNMAINTAINED),
        (weakness.one_person, ONE_PERSON),
        (weakness.memory_unsafe, MEMORY_UNSAFE),
    ];
    let (mut least, mut most) = flaws_of(weakness);
    for (known, weight) in signs {
        match known {
            Known::Yes => {
                least += weight;
                most += weight;
            }
            Known::No => {}
            Known::Unknown => most += weight,
        }
    }
    PointsRange { least: Points(least), most: Points(most) }
}

/// What the flaws weigh: by the worst, all of it when one is exploited.
fn flaws_of(weakness: &Weakness) -> (u32, u32) {
    let (least, most) = if weakness.is_exploited {
        (4, 4)
    } else if weakness.flaws == 0 {
        (0, 0)
    } else {
        match weakness.worst {
            Severity::Critical => (4, 4),
            Severity::High => (3, 3),
            Severity::Medium => (2, 2),
            Severity::Low | Severity::None => (1, 1),
            Severity::Unknown => (1, 4),
        }
    };
    let most = if weakness.unchecked > 0 { 4 } else { most };
    (FLAWS / 4 * least, FLAWS / 4 * most)
}

/// How far something reaches, among what is in sight.
pub(crate) fn reach_of(
    (organisations, important, sectors, assets): (usize, usize, usize, usize),
    totals: &Totals,
) -> Points {
    let signals = [
        (2.0, organisations, totals.with_inventory),
        (2.0, important, totals.important),
        (1.0, sectors, totals.sectors),
        (1.0, assets, totals.assets),
    ];
    let (mut sum, mut weights) = (0.0, 0.0);
    for (weight, signal, top) in signals {
        let top = top.max(signal);
        // Where there is nothing to reach, nothing is said about reach.
        if top == 0 {
            continue;
        }
        sum += weight * (logarithm(signal) / logarithm(top));
        weights += weight;
    }
    if weights == 0.0 { Points::default() } else { Points::of_share(sum / weights) }
}

fn logarithm(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)).ln_1p()
}

/// Reach times weakness.
pub(crate) fn help_of(reach: Points, weak: PointsRange) -> PointsRange {
    PointsRange { least: reach.times(weak.least), most: reach.times(weak.most) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING_KNOWN: Weakness = Weakness {
        unmaintained: Known::Unknown,
        flaws: 0,
        worst: Severity::Unknown,
        is_exploited: false,
        unchecked: 0,
        one_person: Known::Unknown,
        memory_unsafe: Known::Unknown,
        is_malicious: false,
    };

    fn range(weakness: Weakness) -> (u32, u32) {
        let range = weakness_of(&weakness);
        (range.least.tenths(), range.most.tenths())
    }

    #[test]
    fn what_is_not_known_is_not_taken_for_well() {
        assert_eq!(range(NOTHING_KNOWN), (0, 700));
        assert_eq!(range(Weakness { unchecked: 1, ..NOTHING_KNOWN }), (0, 1_000));
        let unmaintained = Weakness { unmaintained: Known::Yes, ..NOTHING_KNOWN };
        assert_eq!(range(unmaintained), (400, 700));
        assert_eq!(range(Weakness { one_person: Known::No, ..unmaintained }), (400, 500));
    }

    #[test]
    fn an_exploited_flaw_weighs_as_much_as_a_critical_one() {
        let low = Weakness { flaws: 2, worst: Severity::Low, ..NOTHING_KNOWN };
        assert_eq!(range(low).0, 75);
        assert_eq!(range(Weakness { is_exploited: true, ..low }).0, 300);
        assert_eq!(range(Weakness { worst: Severity::Critical, ..low }).0, 300);
        assert_eq!(range(Weakness { worst: Severity::Unknown, ..low }), (75, 1_000));
    }

    #[test]
    fn the_weights_are_all_of_it() {
        assert_eq!(WEIGHTS.iter().map(|(_, weight)| weight).sum::<u32>(), 100);
        assert_eq!(UNMAINTAINED + FLAWS + ONE_PERSON + MEMORY_UNSAFE, Points::ALL);
    }

    #[test]
    fn what_all_use_reaches_furthest_and_the_first_users_count_most() {
        let totals =
            Totals { organisations: 20, with_inventory: 20, important: 4, sectors: 8, assets: 60 };
        assert_eq!(reach_of((20, 4, 8, 60), &totals).tenths(), 1_000);
        assert_eq!(reach_of((0, 0, 0, 0), &totals).tenths(), 0);
        let at = |organisations| reach_of((organisations, 0, 0, 0), &totals).tenths();
        assert!(at(2) - at(1) > at(12) - at(11));
        // Where nobody is important, importance is not asked for.
        let plain = Totals { important: 0, ..totals };
        assert_eq!(reach_of((20, 0, 8, 60), &plain).tenths(), 1_000);
    }

    #[test]
    fn points_are_written_so_that_little_is_not_nothing() {
        let text = |tenths| Points(tenths).to_string();
        assert_eq!([0, 3, 10, 149, 1_000].map(text), ["0", "<1", "1", "15", "100"]);
    }
}
