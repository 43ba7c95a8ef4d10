//! Which bytes the tensors claim: they must follow each other, without overlap and without a
//! hole, from the header to the end of the file.

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use crate::cursor::Leaves;
use crate::examination::Examination;
use crate::front_door;
use crate::part::Part;

/// The most claims that are kept. Claims that follow each other are one.
const KEPT: usize = 1_000_000;
/// Up to here zero bytes between tensors are taken for an alignment.
const ALIGNMENT: u64 = 4096;
/// The most holes that are looked into.
const LOOKED_INTO: u32 = 16;

/// The bytes that tensors claim, from the start of the data.
#[derive(Default)]
pub(super) struct Spans {
    claims: Vec<Claim>,
    is_cut: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Claim {
    begin: u64,
    end: u64,
    /// Where in the header.
    stated: u64,
}

impl Spans {
    pub(super) fn add(&mut self, begin: u64, end: u64, stated: u64) {
        if begin == end {
            return;
        }
        let has_room = self.claims.len() < KEPT;
        match self.claims.last_mut() {
            Some(last) if last.end == begin => last.end = end,
            _ if has_room => self.claims.push(Claim { begin, end, stated }),
            _ => self.is_cut = true,
        }
    }
}

/// Checks the claims against each other and against the file, whose tensor data begin at `data`.
pub(super) fn check(
    part: &Part<'_>,
    data: u64,
    mut spans: Spans,
    examination: &mut Examination<'_>,
) {
    if spans.is_cut {
        let reason = "the tensors lie in so many pieces that not all could be compared";
        examination.gap(part.whole(), reason, "save the model again before you load it");
    }
    spans.claims.sort_unstable();
    let mut reached = 0;
    let mut holes = 0;
    for claim in &spans.claims {
        if claim.begin < reached {
            let message = "two tensors lie over each other: writing to one changes the other, \
                           and readers refuse the file";
            examination.danger(Danger::new(
                DangerCode::Malformed,
                part.at(8 + claim.stated),
                message,
            ));
        }
        if claim.begin > reached {
            holes += 1;
        }
        if claim.begin > reached && holes <= LOOKED_INTO {
            between(
                part,
                data.saturating_add(reached),
                data.saturating_add(claim.begin),
                examination,
            );
        }
        reached = reached.max(claim.end);
    }
    if holes > LOOKED_INTO {
        let reason =
            format!("of {holes} holes between tensors only {LOOKED_INTO} were looked into");
        examination.gap(part.whole(), reason, "get the model from somebody who saves it without");
    }
    let left = (part.bytes.len() as u64).saturating_sub(data);
    if reached > left {
        let leaves = Leaves { at: data, wanted: reached, left };
        examination.leaves(part, "the data of the tensors", leaves);
    } else if reached < left && !spans.is_cut {
        behind(part, data + reached, examination);
    }
}

/// Bytes between two tensors that belong to none.
fn between(part: &Part<'_>, from: u64, to: u64, examination: &mut Examination<'_>) {
    let behind = part.from(from);
    let length = usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX);
    let Some(bytes) = behind.bytes.get(..length) else { return };
    let hole = Part { bytes, ..behind };
    let is_alignment = to - from < ALIGNMENT && bytes.iter().all(|byte| *byte == 0);
    let message = format!(
        "{} bytes between tensors belong to none of them: readers refuse the file, and something \
         can hide there",
        to - from
    );
    let danger = Danger::new(DangerCode::OddContainer, hole.at(0), message);
    let grade = if is_alignment { Severity::Medium } else { Severity::High };
    examination.danger(danger.graded(grade));
    if !is_alignment {
        examination.enter(&hole);
    }
}

/// Bytes behind the last tensor.
fn behind(part: &Part<'_>, from: u64, examination: &mut Examination<'_>) {
    let tail = part.from(from);
    let length = tail.bytes.len();
    let message = if front_door::enter(&tail, examination) {
        "another file follows the last tensor: tools that look for it find it, readers of tensors \
         do not"
            .to_owned()
    } else {
        format!(
            "{length} bytes follow the last tensor: readers refuse the file, and something can \
             hide there"
        )
    };
    examination.danger(Danger::new(DangerCode::OddContainer, tail.at(0), message));
}
