//! Going through the tree, with the open maps and arrays on a stack.

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use super::array::{self, Array};
use super::message_pack::{Fault, Item, next};
use crate::cursor::Cursor;
use crate::description::Tensor;
use crate::examination::Examination;
use crate::front_door;
use crate::odd_text::{odd_in_name, readable};
use crate::part::Part;
use crate::repeats::Repeats;

/// The deepest nesting; the library stops there too.
const DEEPEST: usize = 512;
/// The most repeated keys that are told one by one.
const TOLD: usize = 5;

/// The most keys in the path of an array, and the most arrays that get one.
const PATH: usize = 16;
const NAMED: u64 = 10_000;

/// A map or an array that is open.
struct Open<'a> {
    /// The items left in it; a pair counts as two.
    left: u64,
    is_map: bool,
    /// Where it begins: the scope of its keys.
    begin: u64,
    /// The key whose value comes next.
    key: &'a [u8],
}

struct Tree<'r, 'a, 'b> {
    part: &'r Part<'a>,
    cursor: Cursor<'a>,
    open: Vec<Open<'a>>,
    keys: Repeats,
    named: u64,
    examination: &'r mut Examination<'b>,
}

pub(super) fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let cursor = Cursor::new(part.bytes);
    let keys = Repeats::default();
    let mut tree = Tree { part, cursor, open: Vec::new(), keys, named: 0, examination };
    let is_whole = tree.items();
    tree.repeated();
    if is_whole && !tree.cursor.is_at_end() {
        let rest = part.from(tree.cursor.at());
        front_door::enter(&rest, tree.examination);
        let message = "bytes follow the end of the parameters: readers refuse the file, and \
                       something can hide there";
        let danger = Danger::new(DangerCode::OddContainer, rest.at(0), message);
        tree.examination.danger(danger);
    }
}

impl<'a> Tree<'_, 'a, '_> {
    /// Reads every item. Whether the tree came to its end.
    fn items(&mut self) -> bool {
        loop {
            let at = self.cursor.at();
            match next(&mut self.cursor) {
                Ok(item) => {
                    if !self.item(item, at) {
                        return false;
                    }
                }
                Err(Fault::Leaves(leaves)) => {
                    self.examination.leaves(self.part, "an item", leaves);
                    return false;
                }
                Err(Fault::Unused) => {
                    self.malformed(at, "a byte stands here that MessagePack never uses");
                    return false;
                }
            }
            while self.open.last().is_some_and(|open| open.left == 0) {
                self.open.pop();
            }
            if self.open.is_empty() {
                return true;
            }
        }
    }

    /// Whether to go on.
    fn item(&mut self, item: Item<'a>, at: u64) -> bool {
        let mut is_key = false;
        if let Some(open) = self.open.last_mut() {
            is_key = open.is_map && open.left.is_multiple_of(2);
            open.left = open.left.saturating_sub(1);
        }
        if is_key {
            self.key(item, at);
        }
        match item {
            Item::Map(pairs) => return self.go_into(pairs.saturating_mul(2), true, at),
            Item::Array(items) => return self.go_into(items, false, at),
            Item::Extension(number, content) => self.extension(number, content, at),
            Item::Text(_) | Item::Binary(_) | Item::Number(_) | Item::Other => {}
        }
        true
    }

    fn go_into(&mut self, items: u64, is_map: bool, at: u64) -> bool {
        // Each item has at least a byte.
        let left = self.cursor.rest().len() as u64;
        if items > left {
            let message = format!(
                "a map or an array claims {items} items, and {left} bytes are left: the file is \
                 cut off, or made to break its reader"
            );
            self.malformed(at, &message);
            return false;
        }
        if self.open.len() >= DEEPEST {
            self.malformed(at, "it is nested so deeply that a careless reader runs out of stack");
            return false;
        }
        self.open.push(Open { left: items, is_map, begin: at, key: b"" });
        true
    }

    fn key(&mut self, item: Item<'a>, at: u64) {
        let Item::Text(key) = item else {
            let message = "a key is not a text, so readers refuse the file";
            let danger = Danger::new(DangerCode::Malformed, self.part.at(at), message);
            return self.examination.danger(danger.graded(Severity::Medium));
        };
        if let Some(open) = self.open.last_mut() {
            open.key = key;
            self.keys.note(&(open.begin, key), at);
        }
        let odd = str::from_utf8(key).map_or_else(|_| Some(String::new()), odd_in_name);
        if odd.is_some() {
            let message = "the name of a parameter has characters that terminals and pages obey \
                           instead of showing them";
            let danger = Danger::new(DangerCode::OddContainer, self.part.at(at), message);
            self.examination.danger(danger.graded(Severity::Medium).shown(readable(key)));
        }
    }

    fn extension(&mut self, number: i8, content: &[u8], at: u64) {
        match number {
            1 | 3 => match array::read(content) {
                Some(array) => self.array(array, at),
                None => self.malformed(at, "an array is not written as one, so its reader fails"),
            },
            2 => {}
            _ => {
                let message = format!(
                    "an extension of number {number} stands here, which Flax does not know: what \
                     it does is up to the program that loads the file"
                );
                let danger = Danger::new(DangerCode::UnknownCall, self.part.at(at), message);
                self.examination.danger(danger);
            }
        }
    }

    fn array(&mut self, array: Array, at: u64) {
        let Array { shape, dtype, bytes, declared, element } = array;
        if dtype.contains("object") || dtype == "O" {
            let message = "an array is of Python objects: its bytes would be taken for addresses \
                           in memory";
            self.malformed(at, message);
        } else if element.is_none() {
            let message = "an array is of a type that Flax does not write";
            let danger = Danger::new(DangerCode::Malformed, self.part.at(at), message);
            self.examination.danger(danger.graded(Severity::Medium).shown(dtype.clone()));
        } else if declared != Some(bytes) {
            let message = format!(
                "an array has {bytes} bytes, and its type and shape say otherwise: its reader \
                 fails, or reads outside of it"
            );
            self.malformed(at, &message);
        }
        if self.examination.describes() {
            let name = self.path();
            self.examination.describe(|description| {
                description.tensor(Tensor { name, dtype, shape, bytes: Some(bytes) });
            });
        }
    }

    /// The innermost keys, joined; none any more once nobody reads them.
    fn path(&mut self) -> String {
        self.named += 1;
        if self.named > NAMED {
            return String::new();
        }
        let innermost = self.open.len().saturating_sub(PATH);
        let keys = self.open.iter().skip(innermost).map(|open| readable(open.key));
        keys.filter(|key| !key.is_empty()).collect::<Vec<_>>().join(".")
    }

    fn repeated(&mut self) {
        for at in self.keys.places(TOLD) {
            let message = "a parameter stands twice under the same name: readers take different \
                           ones, so they load different models";
            let danger = Danger::new(DangerCode::OddContainer, self.part.at(at), message);
            self.examination.danger(danger);
        }
        if self.keys.is_full() {
            let reason = "there are so many keys that repeated ones could not all be found";
            let advice = "find out why the file needs so many keys before you load it";
            self.examination.gap(self.part.whole(), reason, advice);
        }
    }

    fn malformed(&mut self, at: u64, message: &str) {
        self.examination.danger(Danger::new(DangerCode::Malformed, self.part.at(at), message));
    }
}
