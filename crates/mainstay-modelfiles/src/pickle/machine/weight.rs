//! Calls and contents that take all memory or all time although nothing in them does harm.
//!
//! `bytes(10**12)` is a few bytes of pickle. So is a tuple that holds another one ten times, which
//! holds another one ten times: it is small in memory, and whoever hashes it or goes through it
//! has no end. Numbers of the memo are places of an array to `CPython`.

use mainstay_reading::DangerCode;

use super::Machine;
use crate::pickle::costs::Cost;
use crate::pickle::literal::Literal;
use crate::pickle::render;
use crate::pickle::value::Value;

/// So many elements no array of a model has.
const MOST_ELEMENTS: u64 = 1 << 36;
/// From this on multiplying is no arithmetic any more.
const MOST_TIMES: u64 = 100_000;
/// So many values are not worth counting up.
const MOST_COUNTED: u64 = 1 << 31;
/// So many values an object has only by sharing.
const HEAVIEST: f64 = 1e12;

impl Machine<'_, '_> {
    /// Tells a call that takes too much. Gives its value where it is known better than usual.
    pub(super) fn weigh(&mut self, number: u32, arguments: Value, at: usize) -> Option<Value> {
        let items = self.items(arguments).map(|content| content.items)?;
        let largest = || items.iter().filter_map(|item| self.count(*item)).max().unwrap_or(0);
        let is_heavy = match self.shared.globals.cost(number) {
            Cost::Allocates => {
                items.first().is_some_and(|first| self.elements(*first) > MOST_ELEMENTS)
            }
            Cost::Multiplies => largest() > MOST_TIMES,
            Cost::Consumes => items.iter().any(|item| self.is_endless(*item)),
            Cost::Counts if largest() > MOST_COUNTED => {
                let (endless, _) = self.shared.globals.number("itertools", "count", at)?;
                return Some(Value::Made(endless));
            }
            Cost::Counts | Cost::Little | Cost::Endless | Cost::Tensor => false,
        };
        if is_heavy && self.shared.findings.has_room(DangerCode::Malformed) {
            let path = self.shared.globals.path(number);
            let message =
                format!("loading calls {path} so that it takes more memory or time than there is");
            let shown = render::call(self, Value::Global(number), arguments);
            self.shared.findings.note(at, DangerCode::Malformed, message, Some(shown));
        }
        None
    }

    /// Tells what is amiss with the whole of a pickle.
    pub(super) fn weigh_whole(&mut self, at: usize) {
        if self.recent.heaviest_since(self.first_container) > HEAVIEST {
            let message = "values of the pickle hold each other so often that whoever goes through \
                           them, or hashes them, comes to no end";
            self.shared.findings.note(at, DangerCode::Malformed, message, None);
        }
        if let Some(key) = self.memo.far_out() {
            let message = format!(
                "the pickle remembers a value as number {key}, for which Python makes room for as \
                 many"
            );
            self.shared.findings.note(at, DangerCode::Malformed, message, None);
        }
        if let Some(place) = self.long_number {
            let message = "a number is written in so many digits that reading it takes very long, \
                           or is refused";
            self.shared.findings.note(place, DangerCode::Malformed, message, None);
        }
    }

    /// CVE-2026-24747: SETITEM on a tensor writes beyond its memory.
    pub(super) fn tell_tensor_as_dict(&mut self, start: usize) {
        if !self.shared.findings.has_room(DangerCode::ChangesLibrary) {
            return;
        }
        let key = self.stack.get(start).copied().map(|key| render::value(self, key));
        let shown = format!("tensor[{}] = …", key.unwrap_or_default());
        let message = "loading sets items of a tensor as if it were a dict, which no model does and \
                       which writes beyond its memory in some versions of torch";
        let at = self.source.at().saturating_sub(1);
        let code = DangerCode::ChangesLibrary;
        self.shared.findings.note_known(at, code, message, Some(shown), "CVE-2026-24747");
    }

    fn is_endless(&self, value: Value) -> bool {
        matches!(value, Value::Made(number) if self.shared.globals.cost(number) == Cost::Endless)
    }

    /// How many elements a number or a shape stands for.
    fn elements(&self, value: Value) -> u64 {
        match self.items(value).map(|content| content.items) {
            Some([]) => 0,
            Some(lengths) => lengths.iter().fold(1, |product, length| {
                self.count(*length).unwrap_or(0).saturating_mul(product)
            }),
            None => self.count(value).unwrap_or(0),
        }
    }

    /// A whole number that is not negative.
    fn count(&self, value: Value) -> Option<u64> {
        let Value::Literal(at) = value else { return None };
        match self.literal(at)? {
            Literal::Int(number) => u64::try_from(number).ok(),
            Literal::Long(_) => Some(u64::MAX),
            Literal::None
            | Literal::Bool(_)
            | Literal::Float(_)
            | Literal::Text(_)
            | Literal::Bytes(_) => None,
        }
    }
}
