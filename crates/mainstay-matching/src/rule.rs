//! What of a package is affected, as the index holds it.
//!
//! A rule is one blob: the number of intervals and the intervals (a byte for the kind of the
//! end, with [`HAS_FROM`] set when there is a beginning; then the beginning and the end as
//! texts); then four lists of texts, each with its number: listed versions (ascending, as
//! differences), affected commits, fixing commits, reasons why it cannot be decided.

use mainstay_versions::{Bound, Interval};

use crate::bytes::{Cursor, Damage};
use crate::layout::put_number;
use crate::pages::Pages;

const HAS_FROM: u8 = 8;

/// A rule while it is built: texts by their reference.
#[derive(Debug, Default)]
pub(crate) struct RuleDraft {
    pub(crate) intervals: Vec<IntervalDraft>,
    pub(crate) listed: Vec<u32>,
    pub(crate) commits: Vec<u32>,
    pub(crate) fixing_commits: Vec<u32>,
    pub(crate) reasons: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct IntervalDraft {
    pub(crate) from: Option<u32>,
    pub(crate) end: End,
    /// The text of the end; nothing for an open one.
    pub(crate) to: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Open = 0,
    Fixed = 1,
    Limit = 2,
    LastAffected = 3,
}

impl RuleDraft {
    pub(crate) fn clear(&mut self) {
        self.intervals.clear();
        for list in self.lists_mut() {
            list.clear();
        }
    }

    pub(crate) fn encode(&mut self, out: &mut Vec<u8>) {
        put_count(out, self.intervals.len());
        for interval in &self.intervals {
            let has_from = if interval.from.is_some() { HAS_FROM } else { 0 };
            out.push(interval.end as u8 | has_from);
            if let Some(from) = interval.from {
                put_number(out, from);
            }
            if interval.end != End::Open {
                put_number(out, interval.to);
            }
        }
        for list in self.lists_mut() {
            list.sort_unstable();
            list.dedup();
            put_count(out, list.len());
            let mut previous = 0;
            for text in list {
                put_number(out, *text - previous);
                previous = *text;
            }
        }
    }

    fn lists_mut(&mut self) -> [&mut Vec<u32>; 4] {
        [&mut self.listed, &mut self.commits, &mut self.fixing_commits, &mut self.reasons]
    }
}

fn put_count(out: &mut Vec<u8>, count: usize) {
    // A record with 2^32 entries would be a document of many GiB: it was never read.
    put_number(out, u32::try_from(count).unwrap_or(u32::MAX));
}

/// A rule, read. The vectors are kept from one rule to the next.
#[derive(Debug, Default)]
pub(crate) struct Rule<'i> {
    pub(crate) intervals: Vec<Interval<'i>>,
    pub(crate) listed: Vec<u32>,
    pub(crate) commits: Vec<u32>,
    pub(crate) fixing_commits: Vec<u32>,
    pub(crate) reasons: Vec<u32>,
}

impl<'i> Rule<'i> {
    pub(crate) fn read(&mut self, pages: &'i Pages, blob: &'i [u8]) -> Result<(), Damage> {
        let mut cursor = Cursor::new(blob);
        self.intervals.clear();
        for _ in 0..cursor.number()? {
            self.intervals.push(interval(pages, &mut cursor)?);
        }
        let lists =
            [&mut self.listed, &mut self.commits, &mut self.fixing_commits, &mut self.reasons];
        for list in lists {
            list.clear();
            let mut text = 0_u32;
            for _ in 0..cursor.number()? {
                text = text.checked_add(cursor.number()?).ok_or(Damage("a list is too long"))?;
                list.push(text);
            }
        }
        Ok(())
    }
}

fn interval<'i>(pages: &'i Pages, cursor: &mut Cursor<'i>) -> Result<Interval<'i>, Damage> {
    let kind = cursor.byte()?;
    let from = match kind & HAS_FROM {
        0 => None,
        _ => Some(pages.text(cursor.number()?)?),
    };
    let to = match kind & !HAS_FROM {
        0 => Bound::Open,
        1 => Bound::Fixed(pages.text(cursor.number()?)?),
        2 => Bound::Limit(pages.text(cursor.number()?)?),
        3 => Bound::LastAffected(pages.text(cursor.number()?)?),
        _ => return Err(Damage("an interval of an unknown kind")),
    };
    Ok(Interval { from, to })
}
