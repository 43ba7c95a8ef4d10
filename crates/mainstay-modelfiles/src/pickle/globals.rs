//! The names that a file imports, each once.

use std::collections::HashMap;

use super::costs::Cost;
use super::indexed::Indexed;
use super::policy::{self, Standing};

/// The most different names of a file that are told apart.
const LIMIT: usize = 1 << 15;
/// The longest name that is kept whole.
const LONGEST: usize = 500;

/// An imported name.
#[derive(Clone, Debug)]
pub(super) struct Global {
    pub(super) module: Box<str>,
    pub(super) name: Box<str>,
    /// Both, as the newest release of the library spells them.
    pub(super) path: Box<str>,
    pub(super) standing: Standing,
    /// What a call of it takes.
    pub(super) cost: Cost,
    /// Whether it is something with indices in it.
    pub(super) indexed: Indexed,
    /// Where it was imported first.
    pub(super) at: usize,
    /// How often a call of it was told.
    pub(super) told: u64,
}

/// The names of a file.
#[derive(Debug, Default)]
pub(super) struct Globals {
    list: Vec<Global>,
    numbers: HashMap<(Box<str>, Box<str>), u32>,
    /// Whether there were too many.
    pub(super) is_over_budget: bool,
}

impl Globals {
    /// The number of a name. Whether it is new.
    pub(super) fn number(&mut self, module: &str, name: &str, at: usize) -> Option<(u32, bool)> {
        let key = (cut(module), cut(name));
        if let Some(number) = self.numbers.get(&key) {
            return Some((*number, false));
        }
        let (module, name) = key.clone();
        let standing = policy::standing(&module, &name);
        // There is always room for some that do harm.
        let is_harmful = matches!(standing, Standing::Sink(_) | Standing::Hidden(_));
        if self.list.len() >= if is_harmful { 2 * LIMIT } else { LIMIT } {
            self.is_over_budget = true;
            return None;
        }
        let number = u32::try_from(self.list.len()).ok()?;
        let path: Box<str> = policy::path_of(&module, &name).into();
        let (cost, indexed) = (Cost::of(&path), Indexed::of(&path));
        self.list.push(Global { module, name, path, standing, cost, indexed, at, told: 0 });
        self.numbers.insert(key, number);
        Some((number, true))
    }

    pub(super) fn get(&self, number: u32) -> Option<&Global> {
        self.list.get(number as usize)
    }

    pub(super) fn standing(&self, number: u32) -> Standing {
        self.get(number).map_or(Standing::Unknown, |global| global.standing)
    }

    pub(super) fn cost(&self, number: u32) -> Cost {
        self.get(number).map_or(Cost::Little, |global| global.cost)
    }

    pub(super) fn indexed(&self, number: u32) -> Indexed {
        self.get(number).map_or(Indexed::No, |global| global.indexed)
    }

    pub(super) fn path(&self, number: u32) -> &str {
        self.get(number).map_or("?", |global| &global.path)
    }

    /// Counts a call that is told. How many there were before.
    pub(super) fn count_call(&mut self, number: u32) -> u64 {
        let Some(global) = self.list.get_mut(number as usize) else { return 0 };
        global.told += 1;
        global.told - 1
    }

    /// Those of which no call was told.
    pub(super) fn never_called(&self) -> impl Iterator<Item = &Global> {
        self.list.iter().filter(|global| global.told == 0)
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }
}

fn cut(name: &str) -> Box<str> {
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()).into(),
        None => name.into(),
    }
}
