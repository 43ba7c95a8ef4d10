//! What the tensors are: name, dimensions, type, and where their bytes begin.

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use super::layout::Layout;
use super::source::Source;
use super::types::{ElementType, Oversize};
use crate::cursor::Leaves;
use crate::description::Tensor;
use crate::examination::Examination;
use crate::odd_text::{odd_in_name, readable};
use crate::part::Part;
use crate::repeats::Repeats;

/// The most dimensions that readers have room for.
const MOST_DIMENSIONS: u32 = 4;
/// The longest name that a reader has room for; the usual one has half of it.
const LONGEST_NAME: usize = 127;
/// From here on a type is no type of tomorrow.
const NO_TYPE: u32 = 1000;
/// The most repeated names that are told one by one.
const TOLD: usize = 5;

/// Reads so many statements, and checks where the bytes lie that they claim.
pub(super) fn read<'a>(
    part: &Part<'a>,
    source: &mut Source<'a>,
    count: u64,
    alignment: u64,
    examination: &mut Examination<'_>,
) {
    let mut reading = Reading {
        part,
        source,
        layout: Layout::new(alignment),
        names: Repeats::default(),
        examination,
    };
    for _ in 0..count {
        if let Err(leaves) = reading.tensor() {
            return reading.examination.leaves(part, "what a tensor is", leaves);
        }
    }
    reading.repeated();
    let data = reading.source.at().next_multiple_of(alignment);
    reading.layout.check(part, data, reading.examination);
}

struct Reading<'r, 'a, 'b> {
    part: &'r Part<'a>,
    source: &'r mut Source<'a>,
    layout: Layout,
    names: Repeats,
    examination: &'r mut Examination<'b>,
}

impl Reading<'_, '_, '_> {
    fn tensor(&mut self) -> Result<(), Leaves> {
        let at = self.source.at();
        let name = self.source.string()?;
        self.names.note(name, at);
        self.name(name, at);
        let dimensions = self.source.u32()?;
        if dimensions > MOST_DIMENSIONS {
            let message = format!(
                "a tensor has {dimensions} dimensions, and readers have room for \
                 {MOST_DIMENSIONS}: a careless one writes behind its memory"
            );
            let danger = Danger::new(DangerCode::Malformed, self.part.at(at), message);
            self.examination.danger(danger.known_as(Some("CVE-2024-21802")));
        }
        let mut shape = [0; MOST_DIMENSIONS as usize];
        let mut kept = 0;
        let room = self.source.cursor.rest().len() as u64 / self.source.width.bytes();
        if u64::from(dimensions) > room {
            let wanted = u64::from(dimensions) * self.source.width.bytes();
            let left = self.source.cursor.rest().len() as u64;
            return Err(Leaves { at: self.source.at(), wanted, left });
        }
        for _ in 0..dimensions {
            let dimension = self.source.count()?;
            if let Some(slot) = shape.get_mut(kept) {
                *slot = dimension;
                kept += 1;
            }
        }
        let number = self.source.u32()?;
        let offset = self.source.u64()?;
        self.judge(&Stated {
            at,
            name,
            shape: shape.get(..kept).unwrap_or_default(),
            number,
            offset,
        });
        Ok(())
    }

    fn name(&mut self, name: &[u8], at: u64) {
        if name.len() > LONGEST_NAME {
            let message = "the name of a tensor is longer than readers have room for: a careless \
                           one writes behind its memory";
            self.malformed(at, message);
        }
        let flaw = match str::from_utf8(name) {
            Err(_) => Some("is not text".to_owned()),
            Ok(text) => odd_in_name(text).map(|odd| format!("has the character {odd}")),
        };
        if let Some(flaw) = flaw {
            let message = format!("the name of a tensor {flaw}, so readers show it differently");
            let danger = Danger::new(DangerCode::OddContainer, self.part.at(at), message);
            self.examination.danger(danger.graded(Severity::Medium).shown(readable(name)));
        }
    }

    fn judge(&mut self, stated: &Stated<'_>) {
        let element = ElementType::of(stated.number);
        let size = element.map(|element| element.size(stated.shape));
        self.examination.describe(|description| {
            description.tensor(Tensor {
                name: readable(stated.name),
                dtype: element.map_or_else(|| stated.number.to_string(), |it| it.name.to_owned()),
                shape: stated.shape.to_vec(),
                bytes: size.and_then(Result::ok),
            });
        });
        match size {
            None => self.unknown_type(stated),
            Some(Ok(size)) => self.place(stated, size),
            Some(Err(Oversize::NotWhole)) => self.malformed(
                stated.at,
                "the rows of a tensor are no whole number of the blocks of its type: a careless \
                 reader would read outside of it",
            ),
            Some(Err(Oversize::Overflows)) => {
                let message = "the shape of a tensor multiplies to more than a computer can \
                               count: a careless reader takes too little memory and writes behind \
                               it";
                let danger = Danger::new(DangerCode::Malformed, self.part.at(stated.at), message);
                self.examination.danger(danger.known_as(Some("CVE-2026-33298")));
            }
        }
    }

    fn unknown_type(&mut self, stated: &Stated<'_>) {
        self.layout.is_incomplete = true;
        let message = format!(
            "a tensor is of type {}, which readers do not know: a careless one would look up its \
             size outside of its table",
            stated.number
        );
        let danger = Danger::new(DangerCode::Malformed, self.part.at(stated.at), message);
        let grade = if stated.number < NO_TYPE { Severity::Medium } else { Severity::High };
        self.examination.danger(danger.graded(grade));
    }

    fn place(&mut self, stated: &Stated<'_>, size: u64) {
        if !stated.offset.is_multiple_of(self.layout.alignment) {
            self.malformed(
                stated.at,
                "a tensor does not begin at a multiple of the alignment, so readers refuse the \
                 file",
            );
        }
        if let Some(end) = stated.offset.checked_add(size) {
            return self.layout.add(stated.offset, end, stated.at);
        }
        let message = "where a tensor ends is more than a computer can count: a careless reader \
                       would read or write outside of its memory";
        let danger = Danger::new(DangerCode::Malformed, self.part.at(stated.at), message);
        self.examination.danger(danger.known_as(Some("CVE-2025-53630")));
    }

    fn repeated(&mut self) {
        for at in self.names.places(TOLD) {
            let message = "two tensors have the same name: some readers take the first, others \
                           the last, so they load different models";
            let place = self.part.at(at);
            self.examination.danger(Danger::new(DangerCode::OddContainer, place, message));
        }
        if self.names.is_full() {
            let reason = "there are so many tensors that repeated names could not all be found";
            let advice = "find out why the file needs so many tensors before you load it";
            self.examination.gap(self.part.whole(), reason, advice);
        }
    }

    fn malformed(&mut self, at: u64, message: &str) {
        self.examination.danger(Danger::new(DangerCode::Malformed, self.part.at(at), message));
    }
}

/// A tensor as the file states it.
struct Stated<'s> {
    at: u64,
    name: &'s [u8],
    shape: &'s [u64],
    number: u32,
    offset: u64,
}
