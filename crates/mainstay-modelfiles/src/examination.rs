//! What an examination gathers while it goes through a file and everything inside it.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use mainstay_archives::{ArchiveError, Budget};
use mainstay_reading::{Danger, DangerCode, Gap, Nearby, Place};

use crate::cursor::Leaves;
use crate::description::Description;
use crate::format::{Format, Role};
use crate::front_door;
use crate::part::Part;

/// How much is wanted to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Dangers and gaps.
    Judged,
    /// Also a [`Description`].
    Described,
}

/// What was found in a file.
#[derive(Clone, Debug, Default)]
pub struct Examined {
    /// The id of its format. `None` when its bytes are of no known one.
    pub format: Option<&'static str>,
    /// Whether it is a model or holds one. An archive may hold anything.
    pub holds_model: bool,
    /// What loading it would do, in the order in which it was met.
    pub dangers: Vec<Danger>,
    /// What could not be looked at.
    pub gaps: Vec<Gap>,
    /// Paths inside of files that others read, as far as one can tell by the path: at most 50, and
    /// a gap says that there are more.
    pub for_others: Vec<Arc<str>>,
    /// What it is; empty unless [`Detail::Described`] was asked for.
    pub description: Description,
}

impl Examined {
    /// Whether anything is to be said of an archive whose name promises no model: it holds one, or
    /// something about it kept from seeing whether it does.
    pub fn concerns_models(&self) -> bool {
        let is_odd = |danger: &Danger| {
            matches!(danger.code, DangerCode::OddContainer | DangerCode::Malformed)
        };
        self.holds_model || !self.gaps.is_empty() || self.dangers.iter().any(is_odd)
    }
}

/// The most dangers of one sort, and the most gaps, that are told of one file. The first ones are
/// kept, and a gap says how many more there are.
const TOLD: usize = 50;

/// A running examination. Readers are given it, and tell it what they find.
pub(crate) struct Examination<'b> {
    /// What unpacking, nesting and holding may still cost, over everything in the file.
    pub(crate) budget: &'b Budget,
    /// The files beside the one that is examined.
    pub(crate) nearby: &'b dyn Nearby,
    /// See [`ModelFile::is_for_others`](crate::ModelFile).
    pub(crate) is_for_others: fn(&str) -> bool,
    detail: Detail,
    found: Examined,
    told: HashSet<(DangerCode, Place, String)>,
    untold_dangers: Untold,
    untold_gaps: Untold,
    /// How many of the parts that are being examined are only beginnings.
    beginnings: u32,
}

/// The most things that are not told and still told apart.
const COUNTED: usize = 100_000;

/// How many different things were not told.
#[derive(Default)]
struct Untold {
    /// Their hashes: they themselves take too much room.
    hashes: HashSet<u64>,
    /// How many there are of which their reader knew only the number.
    more: u64,
}

impl Untold {
    fn add(&mut self, thing: &impl Hash) {
        if self.hashes.len() < COUNTED {
            let mut hasher = DefaultHasher::new();
            thing.hash(&mut hasher);
            self.hashes.insert(hasher.finish());
        }
    }

    /// How many there are, if there are some.
    fn count(&self) -> Option<String> {
        let all = self.more.saturating_add(self.hashes.len() as u64);
        match all {
            0 => None,
            _ if self.hashes.len() >= COUNTED => Some(format!("{all} or more")),
            _ => Some(all.to_string()),
        }
    }
}

impl<'b> Examination<'b> {
    pub(crate) fn new(budget: &'b Budget, nearby: &'b dyn Nearby, detail: Detail) -> Self {
        let found = Examined::default();
        let told = HashSet::new();
        Self {
            budget,
            nearby,
            is_for_others: |_| false,
            detail,
            found,
            told,
            untold_dangers: Untold::default(),
            untold_gaps: Untold::default(),
            beginnings: 0,
        }
    }

    /// Another examination on the same budget: what it finds is judged before it is told here.
    pub(crate) fn apart(&self) -> Self {
        let mut apart = Self::new(self.budget, self.nearby, Detail::Judged);
        apart.is_for_others = self.is_for_others;
        apart
    }

    /// Takes in what an examination [apart](Self::apart) could not look at and what it leaves to
    /// others. Gives its dangers, which whoever set it apart judges.
    pub(crate) fn take_in(&mut self, apart: Self) -> Vec<Danger> {
        let found = apart.finish();
        self.found.holds_model |= found.holds_model;
        for gap in found.gaps {
            self.gap(gap.place, gap.reason, gap.advice);
        }
        for path in found.for_others {
            self.leave_to_others(path);
        }
        found.dangers
    }

    /// Notes a danger. The same one at the same place is told once.
    pub(crate) fn danger(&mut self, danger: Danger) {
        let of_its_end = matches!(danger.code, DangerCode::Malformed | DangerCode::OddContainer);
        if self.beginnings > 0 && of_its_end {
            return;
        }
        let same_sort = self.found.dangers.iter().filter(|told| told.code == danger.code).count();
        let key = (danger.code, danger.place.clone(), danger.message.clone());
        if same_sort >= TOLD {
            if !self.told.contains(&key) {
                self.untold_dangers.add(&key);
            }
        } else if self.told.insert(key) {
            self.found.dangers.push(danger);
        }
    }

    /// Counts dangers for which their reader had no room.
    pub(crate) fn leaves_untold(&mut self, counts: impl Iterator<Item = u64>) {
        self.untold_dangers.more = counts.fold(self.untold_dangers.more, u64::saturating_add);
    }

    /// How many dangers were noted so far.
    pub(crate) fn count_of_dangers(&self) -> usize {
        self.found.dangers.len() + self.untold_dangers.hashes.len()
    }

    /// Notes something that could not be looked at: `reason` is a sentence without a full stop.
    pub(crate) fn gap(
        &mut self,
        place: Place,
        reason: impl Into<String>,
        advice: impl Into<String>,
    ) {
        let gap = Gap { place, reason: reason.into(), advice: advice.into() };
        if self.found.gaps.contains(&gap) {
            return;
        }
        if self.found.gaps.len() < TOLD {
            self.found.gaps.push(gap);
        } else {
            self.untold_gaps.add(&(gap.place, gap.reason));
        }
    }

    /// Notes that a length, a count or an offset leads out of the bytes: `what` is that which it
    /// should delimit, as "the tensor data".
    pub(crate) fn leaves(&mut self, part: &Part<'_>, what: &str, leaves: Leaves) {
        let Leaves { at, wanted, left } = leaves;
        let message = format!(
            "{what} should have {wanted} bytes, and {left} are there: the file is cut off, or made \
             to break its reader"
        );
        self.danger(Danger::new(DangerCode::Malformed, part.at(at), message));
    }

    /// Notes that a container or a packed stream could not be read on.
    pub(crate) fn unread(&mut self, place: Place, error: &ArchiveError) {
        self.gap(place, error.message.clone(), error.kind.advice());
    }

    /// Notes a file inside that others read, whatever else is done with it.
    pub(crate) fn leaves_to_others(&mut self, part: &Part<'_>) {
        if let Some(path) = part.member.as_ref().filter(|path| (self.is_for_others)(path)) {
            self.leave_to_others(Arc::clone(path));
        }
    }

    fn leave_to_others(&mut self, path: Arc<str>) {
        if self.found.for_others.contains(&path) {
            return;
        }
        if self.found.for_others.len() < TOLD {
            self.found.for_others.push(path);
        } else {
            let reason = "more packages and lists of packages lie in it than are told of one file";
            self.gap(Place::default(), reason, "unpack it, and scan what was in it");
        }
    }

    /// Gives bytes that were found inside to the front door. What nobody recognises is no gap: a
    /// container may hold anything.
    pub(crate) fn enter(&mut self, part: &Part<'_>) {
        front_door::enter(part, self);
    }

    /// Gives the beginning of something to the front door, of which the rest could not be unpacked;
    /// that it could not has been told. That the beginning is cut off is no danger of its own.
    pub(crate) fn enter_beginning(&mut self, part: &Part<'_>) {
        self.beginnings += 1;
        front_door::enter(part, self);
        self.beginnings -= 1;
    }

    /// Gives bytes to the front door of which nobody says that they are a file, as the numbers of a
    /// tensor: only what is certainly of a format, or text of a possible one, is examined.
    pub(crate) fn enter_numbers(&mut self, part: &Part<'_>) {
        front_door::enter_numbers(part, self);
    }

    /// Gives bytes to the front door of which it is known what they are, unless they are certainly
    /// something else.
    pub(crate) fn enter_certain(&mut self, part: &Part<'_>) {
        front_door::enter_certain(part, self);
    }

    /// Gives what was found to a description, if somebody asked for one.
    pub(crate) fn describe(&mut self, tell: impl FnOnce(&mut Description)) {
        if self.detail == Detail::Described {
            tell(&mut self.found.description);
        }
    }

    /// Whether somebody asked for a description.
    pub(crate) fn describes(&self) -> bool {
        self.detail == Detail::Described
    }

    /// Notes that a format was met, in the file or in something inside.
    pub(crate) fn meets(&mut self, format: &Format) {
        self.found.holds_model |= format.role == Role::Model;
    }

    /// Notes that an archive is a model by its members.
    pub(crate) fn is_archive_of_model(&mut self) {
        self.found.holds_model = true;
    }

    /// Notes the format of the file itself.
    pub(crate) fn is_of(&mut self, format: &'static str) {
        self.found.format.get_or_insert(format);
    }

    /// What was found.
    pub(crate) fn finish(mut self) -> Examined {
        let mut say = |reason: String, advice: &str| {
            let (place, advice) = (Place::default(), advice.to_owned());
            self.found.gaps.push(Gap { place, reason, advice });
        };
        if let Some(count) = self.untold_dangers.count() {
            let reason = format!("{count} more dangers of the same sorts are not listed");
            say(reason, "do not load the file before the listed ones are understood");
        }
        if let Some(count) = self.untold_gaps.count() {
            let reason = format!("{count} more places that could not be looked at are not listed");
            say(reason, "do not load the file before the listed ones are understood");
        }
        self.found
    }
}

#[cfg(test)]
mod tests {
    use mainstay_archives::Limits;
    use mainstay_reading::NothingNearby;

    use super::*;

    fn examined(tell: impl FnOnce(&mut Examination<'_>)) -> Examined {
        let budget = Budget::new(Limits::default());
        let mut examination = Examination::new(&budget, &NothingNearby, Detail::Judged);
        tell(&mut examination);
        examination.finish()
    }

    #[test]
    fn gaps_that_are_not_told_are_counted_once_each() {
        let found = examined(|examination| {
            for number in (0..TOLD + 7).chain(0..TOLD + 7) {
                examination.gap(Place::default(), format!("gap {number}"), "look");
            }
        });
        assert_eq!(found.gaps.len(), TOLD + 1);
        assert!(found.gaps.last().unwrap().reason.starts_with("7 more places"));
    }

    #[test]
    fn dangers_that_are_not_told_are_counted_once_each() {
        let found = examined(|examination| {
            for number in (0..TOLD + 7).chain(0..TOLD + 7) {
                let message = format!("danger {number}");
                let danger = Danger::new(DangerCode::RunsCode, Place::default(), message);
                examination.danger(danger);
            }
        });
        assert_eq!(found.dangers.len(), TOLD);
        assert!(found.gaps.last().unwrap().reason.starts_with("7 more dangers"));
    }

    #[test]
    fn no_more_is_told_than_there_is() {
        let found = examined(|examination| {
            for number in 0..TOLD {
                examination.gap(Place::default(), format!("gap {number}"), "look");
            }
        });
        assert_eq!(found.gaps.len(), TOLD);
    }
}
