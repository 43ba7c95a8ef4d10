//! A count that is told as a range of counts.

use std::fmt;

use crate::Threshold;

/// Inner bands begin at twice the threshold times these, and times 10, 100 and so on: with the
/// threshold 5 at 10, 20, 50, 100, 200, 500.
const STEPS: [usize; 3] = [1, 2, 5];

/// From how many to how many of the counted members.
///
/// Each band has at least as many values as the threshold. The first holds 0, the last holds
/// everybody, so none says "none" or "all".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Band {
    least: usize,
    most: usize,
    of: usize,
}

impl Band {
    /// The band of `count` among `of` counted members. Which bands there are follows from `of`
    /// and the threshold alone. A group of fewer than two thresholds has one band with every
    /// count in it. A count above `of` is in the last band.
    pub(crate) fn holding(count: usize, of: usize, threshold: Threshold) -> Self {
        let t = threshold.count();
        if of < 2 * t {
            return Self { least: 0, most: of, of };
        }
        // The first band ends before `t`. The last begins at `closing`, unless what would be left
        // between the two is narrower than a band may be: then there are only two.
        let closing = if of < 3 * t - 1 { t } else { of - t + 1 };
        if count < t {
            return Self { least: 0, most: t - 1, of };
        }
        if count >= closing {
            return Self { least: closing, most: of, of };
        }
        let mut least = t;
        for edge in edges(t) {
            if edge + t > closing {
                break;
            }
            if count < edge {
                return Self { least, most: edge - 1, of };
            }
            least = edge;
        }
        Self { least, most: closing - 1, of }
    }

    /// The smallest count that it may be.
    pub fn least(self) -> usize {
        self.least
    }

    /// The greatest count that it may be.
    pub fn most(self) -> usize {
        self.most
    }

    /// Of how many counted members.
    pub fn of(self) -> usize {
        self.of
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { least, most, of } = *self;
        match (least, most == of) {
            (0, true) => write!(f, "not told, of {of}"),
            (0, false) => write!(f, "fewer than {} of {of}", most + 1),
            (_, true) => write!(f, "more than {} of {of}", least - 1),
            (_, false) => write!(f, "{least} to {most} of {of}"),
        }
    }
}

/// Twice the threshold times 1, 2, 5, 10, 20, 50 and so on. Ends before it would overflow.
fn edges(threshold: usize) -> impl Iterator<Item = usize> {
    (0u32..)
        .map_while(|power| 10_usize.checked_pow(power))
        .flat_map(|ten| STEPS.map(|step| step.checked_mul(ten)))
        .map_while(move |factor| factor?.checked_mul(2 * threshold))
        .map_while(|edge| (edge < usize::MAX / 2).then_some(edge))
}
