//! Which bytes the tensors claim: no two the same, none outside of the file, and nothing but the
//! padding of an alignment that belongs to none.

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use crate::cursor::Leaves;
use crate::examination::Examination;
use crate::front_door;
use crate::part::Part;

/// The most claims that are kept. Claims that follow each other are one.
const KEPT: usize = 1_000_000;

/// The bytes that tensors claim, from the start of the data.
pub(super) struct Layout {
    pub(super) alignment: u64,
    /// Whether not all claims are known.
    pub(super) is_incomplete: bool,
    claims: Vec<Claim>,
    is_cut: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Claim {
    begin: u64,
    end: u64,
    /// Where the tensor is stated.
    stated: u64,
}

impl Layout {
    pub(super) fn new(alignment: u64) -> Self {
        Self { alignment, is_incomplete: false, claims: Vec::new(), is_cut: false }
    }

    pub(super) fn add(&mut self, begin: u64, end: u64, stated: u64) {
        if begin == end {
            return;
        }
        let padded = |end: u64| end.checked_next_multiple_of(self.alignment).unwrap_or(u64::MAX);
        let has_room = self.claims.len() < KEPT;
        match self.claims.last_mut() {
            Some(last) if padded(last.end) == begin => last.end = end,
            _ if has_room => self.claims.push(Claim { begin, end, stated }),
            _ => self.is_cut = true,
        }
    }

    /// Checks the claims against each other and against the file, whose tensor data begin at
    /// `data`.
    pub(super) fn check(&mut self, part: &Part<'_>, data: u64, examination: &mut Examination<'_>) {
        if self.is_cut {
            let reason = "the tensors lie in so many pieces that not all could be compared";
            examination.gap(part.whole(), reason, "save the model again before you load it");
        }
        self.is_incomplete |= self.is_cut;
        self.claims.sort_unstable();
        let mut reached = 0_u64;
        for claim in &self.claims {
            if claim.begin < reached {
                let message = "two tensors lie over each other: writing to one changes the other, \
                               and readers refuse the file";
                let place = part.at(claim.stated);
                examination.danger(Danger::new(DangerCode::Malformed, place, message));
            } else if self.is_hole(reached, claim.begin) {
                between(part, data.saturating_add(reached), claim.begin - reached, examination);
            }
            reached = reached.max(claim.end);
        }
        let length = part.bytes.len() as u64;
        let left = length.saturating_sub(data);
        if reached > left {
            let leaves = Leaves { at: data, wanted: reached, left };
            if reached > length.saturating_mul(2) {
                return far_outside(part, leaves, examination);
            }
            examination.leaves(part, "the data of the tensors", leaves);
        } else if reached < left && !self.is_incomplete {
            self.behind(part, data + reached, examination);
        }
    }

    fn is_hole(&self, from: u64, to: u64) -> bool {
        let padded = from.checked_next_multiple_of(self.alignment).unwrap_or(u64::MAX);
        to > padded && !self.is_incomplete
    }

    fn behind(&self, part: &Part<'_>, from: u64, examination: &mut Examination<'_>) {
        let tail = part.from(from);
        // Writers pad also the last tensor.
        let is_short = tail.bytes.len() as u64 <= self.alignment;
        if is_short && tail.bytes.iter().all(|byte| *byte == 0) {
            return;
        }
        let (message, grade) = if front_door::enter(&tail, examination) {
            ("another file follows the last tensor: tools that look for it find it", Severity::High)
        } else {
            ("bytes follow the last tensor that belong to none", Severity::Medium)
        };
        let message = format!("{message}, and readers of GGUF do not see them");
        let danger = Danger::new(DangerCode::OddContainer, tail.at(0), message);
        examination.danger(danger.graded(grade));
    }
}

fn between(part: &Part<'_>, from: u64, length: u64, examination: &mut Examination<'_>) {
    let message = format!(
        "{length} bytes between tensors belong to none of them: readers refuse the file, and \
         something can hide there"
    );
    let danger = Danger::new(DangerCode::OddContainer, part.at(from), message);
    examination.danger(danger.graded(Severity::Medium));
}

/// A file that is cut off has lost its end; this one never had it.
fn far_outside(part: &Part<'_>, leaves: Leaves, examination: &mut Examination<'_>) {
    let message = format!(
        "the tensors claim {} bytes, and {} are there: a reader that trusts the claim shows what \
         else is in its memory",
        leaves.wanted, leaves.left
    );
    let danger = Danger::new(DangerCode::Malformed, part.at(leaves.at), message);
    examination.danger(danger.known_as(Some("CVE-2026-7482")));
}
