//! Going through a file as one layout has it.

use super::layouts::{Blocks, Layout, Vocabulary};
use crate::cursor::{Cursor, Leaves};
use crate::description::Tensor;
use crate::formats::gguf::types::ElementType;
use crate::odd_text::readable;

/// The most dimensions that readers have room for.
const MOST_DIMENSIONS: u32 = 4;
/// The longest name of a tensor that anything writes.
const LONGEST_NAME: u32 = 1024;
/// The most tensors that are described.
const DESCRIBED: usize = 10_000;

/// What a file of this layout is.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) parameters: Vec<(&'static str, u32)>,
    pub(super) tensors: Vec<Tensor>,
    /// A parameter that readers divide by and that is zero, and where it stands.
    pub(super) zero: Option<(&'static str, u64)>,
}

/// Where a file stops to be of this layout.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failure {
    pub(super) at: u64,
    pub(super) why: Why,
    /// How many tensors were read before.
    tensors: u64,
}

/// Why a file is not of this layout.
#[derive(Clone, Copy, Debug)]
pub(super) enum Why {
    Leaves(&'static str, Leaves),
    Flaw(&'static str),
}

impl Failure {
    /// How far it was right.
    pub(super) fn progress(&self) -> (u64, u64) {
        (self.tensors, self.at)
    }

    /// Whether a tensor was read, so that the layout is surely the right one.
    pub(super) fn is_among_tensors(&self) -> bool {
        self.tensors > 0
    }
}

/// Goes through a file. It is of this layout if its last tensor ends where the file does.
pub(super) fn walk(bytes: &[u8], layout: Layout) -> Result<Outcome, Failure> {
    let mut walk =
        Walk { cursor: Cursor::new(bytes), layout, count: 0, outcome: Outcome::default() };
    match walk.all() {
        Ok(()) => Ok(walk.outcome),
        Err(why) => Err(Failure { at: walk.cursor.at(), why, tensors: walk.count }),
    }
}

struct Walk<'a> {
    cursor: Cursor<'a>,
    layout: Layout,
    count: u64,
    outcome: Outcome,
}

impl Walk<'_> {
    fn all(&mut self) -> Result<(), Why> {
        let leaves = |leaves| Why::Leaves("the parameters", leaves);
        let words = if self.layout.has_version { 2 } else { 1 };
        self.cursor.take(4 * words).map_err(leaves)?;
        for name in self.layout.parameters {
            let at = self.cursor.at();
            let value = self.cursor.u32().map_err(leaves)?;
            self.outcome.parameters.push((name, value));
            if value == 0 && matches!(*name, "n_head" | "n_heads" | "n_embd" | "d_model") {
                self.outcome.zero.get_or_insert((name, at));
            }
        }
        self.vocabulary()?;
        while !self.cursor.is_at_end() {
            self.tensor()?;
            self.count += 1;
        }
        Ok(())
    }

    fn vocabulary(&mut self) -> Result<(), Why> {
        let leaves = |leaves| Why::Leaves("the vocabulary", leaves);
        let tokens = match self.layout.vocabulary {
            Vocabulary::None => return Ok(()),
            Vocabulary::Parameter(index) => {
                self.outcome.parameters.get(index).map_or(0, |(_, value)| *value)
            }
            Vocabulary::Own => self.cursor.u32().map_err(leaves)?,
            Vocabulary::OwnBehindFilters => {
                let filters = |leaves| Why::Leaves("the filters", leaves);
                let rows = self.cursor.u32().map_err(filters)?;
                let columns = self.cursor.u32().map_err(filters)?;
                let numbers = u64::from(rows) * u64::from(columns);
                self.cursor.take(numbers.saturating_mul(4)).map_err(filters)?;
                self.cursor.u32().map_err(leaves)?
            }
        };
        let score = if self.layout.has_scores { 4 } else { 0 };
        let least = (4 + score) * u64::from(tokens);
        let left = self.cursor.rest().len() as u64;
        if least > left {
            return Err(leaves(Leaves { at: self.cursor.at(), wanted: least, left }));
        }
        for _ in 0..tokens {
            let length = self.cursor.u32().map_err(leaves)?;
            self.cursor.take(u64::from(length) + score).map_err(leaves)?;
        }
        Ok(())
    }

    fn tensor(&mut self) -> Result<(), Why> {
        let leaves = |leaves| Why::Leaves("what a tensor is", leaves);
        let dimensions = self.cursor.u32().map_err(leaves)?;
        let name = self.cursor.u32().map_err(leaves)?;
        let number = self.cursor.u32().map_err(leaves)?;
        if dimensions > MOST_DIMENSIONS {
            return Err(Why::Flaw(
                "a tensor has more dimensions than readers have room for: they write behind \
                 their memory",
            ));
        }
        if name > LONGEST_NAME {
            return Err(Why::Flaw("the name of a tensor is longer than any is"));
        }
        let mut shape = Vec::new();
        for _ in 0..dimensions {
            shape.push(u64::from(self.cursor.u32().map_err(leaves)?));
        }
        let name = self.cursor.take(u64::from(name)).map_err(leaves)?;
        if self.layout.is_aligned {
            let padding = self.cursor.at().next_multiple_of(32) - self.cursor.at();
            self.cursor.take(padding).map_err(leaves)?;
        }
        let Some(element) = element(number, self.layout.blocks) else {
            return Err(Why::Flaw("a tensor is of a type that readers do not know"));
        };
        let Ok(size) = element.size(&shape) else {
            return Err(Why::Flaw(
                "the shape of a tensor does not fit its type, or multiplies to more than can be \
                 counted: readers would write behind their memory",
            ));
        };
        let data = self.cursor.take(size);
        data.map_err(|leaves| Why::Leaves("the data of a tensor", leaves))?;
        if self.outcome.tensors.len() < DESCRIBED {
            self.outcome.tensors.push(Tensor {
                name: readable(name),
                dtype: element.name.to_owned(),
                shape,
                bytes: Some(size),
            });
        }
        Ok(())
    }
}

fn element(number: u32, blocks: Blocks) -> Option<ElementType> {
    let element = ElementType::of(number)?;
    let old = match number {
        2 => 20,
        3 => 24,
        8 => 36,
        _ => element.bytes,
    };
    Some(match blocks {
        Blocks::New => element,
        Blocks::Old => ElementType { bytes: old, ..element },
    })
}
