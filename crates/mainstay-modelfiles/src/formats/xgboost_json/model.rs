//! A model of `XGBoost`, taken piece by piece from JSON or UBJSON.

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use super::names::Name;
use super::tree::Tree;
use crate::examination::Examination;
use crate::odd_text::{odd_character, readable};
use crate::part::Part;

/// What a file is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) enum Piece<'a> {
    Object,
    Array,
    End,
    Key(&'a [u8]),
    Text(&'a [u8]),
    /// A whole number, or another one.
    Number(Option<i64>),
    Other,
}

/// The model so far.
pub(in crate::formats) struct Model<'r, 'a, 'b> {
    part: &'r Part<'a>,
    examination: &'r mut Examination<'b>,
    /// The keys of what is open.
    open: Vec<Name>,
    /// The key whose value comes next, and as it is written, for attributes.
    name: Name,
    key: String,
    /// The tree that is being read, and how many were open around it.
    tree: Option<(usize, Tree)>,
    trees: u64,
    has_trees: bool,
    claimed_trees: Option<u64>,
    features: Option<u64>,
    largest_feature: i64,
}

impl<'r, 'a, 'b> Model<'r, 'a, 'b> {
    pub(in crate::formats) fn new(
        part: &'r Part<'a>,
        examination: &'r mut Examination<'b>,
    ) -> Self {
        Self {
            part,
            examination,
            open: Vec::new(),
            name: Name::Other,
            key: String::new(),
            tree: None,
            trees: 0,
            has_trees: false,
            claimed_trees: None,
            features: None,
            largest_feature: -1,
        }
    }

    /// Takes the next piece, which lies at `at`.
    pub(in crate::formats) fn take(&mut self, piece: Piece<'_>, at: u64) {
        match piece {
            Piece::Object | Piece::Array => {
                if piece == Piece::Object && self.open.last() == Some(&Name::Trees) {
                    self.trees += 1;
                    self.tree = Some((self.open.len(), Tree::new(at)));
                }
                self.has_trees |= self.name == Name::Trees;
                self.open.push(self.name);
                self.name = Name::Other;
            }
            Piece::End => {
                self.open.pop();
                self.name = Name::Other;
                if self.tree.as_ref().is_some_and(|(depth, _)| *depth == self.open.len()) {
                    self.end_of_tree();
                }
            }
            Piece::Key(key) => {
                self.name = Name::of(key);
                if self.open.last() == Some(&Name::Attributes) {
                    self.key = readable(key);
                }
            }
            Piece::Text(text) => self.text(text, at),
            Piece::Number(number) => self.number(number),
            Piece::Other => {}
        }
    }

    /// Looks at what only the whole file can tell.
    pub(in crate::formats) fn finish(&mut self) {
        // Settings that are saved without their model have no trees.
        if self.has_trees && self.claimed_trees.is_some_and(|claimed| claimed != self.trees) {
            let message = "the model claims another number of trees than it has: a reader that \
                           trusts the claim reads outside of its memory";
            self.malformed(0, message);
        }
        let features = self.features.and_then(|features| i64::try_from(features).ok());
        if features.is_some_and(|features| features > 0 && self.largest_feature >= features) {
            let message = "a tree asks for a feature that the model does not have: its reader \
                           reads outside of its memory";
            self.malformed(0, message);
        }
        let trees = self.trees;
        self.examination.describe(|description| {
            description.fact("XGBoost.trees", &trees.to_string());
        });
    }

    fn end_of_tree(&mut self) {
        let Some((_, tree)) = self.tree.take() else { return };
        self.largest_feature = self.largest_feature.max(tree.largest_feature);
        if let Some(flaw) = tree.flaw() {
            self.malformed(tree.at, flaw);
        }
    }

    fn number(&mut self, number: Option<i64>) {
        if let (Some(Name::Array(array)), Some((_, tree))) = (self.open.last(), &mut self.tree) {
            tree.add(*array, number);
        }
    }

    fn text(&mut self, text: &[u8], at: u64) {
        if matches!(
            self.name,
            Name::TreeCount | Name::NodeCount | Name::FeatureCount | Name::ClassCount
        ) {
            self.count(text, at);
        }
        match self.open.last() {
            Some(Name::Attributes) => self.attribute(text, at),
            Some(Name::FeatureNames) => self.shown(text, "the name of a feature", at),
            _ => {}
        }
    }

    /// A count, which the format writes as a text.
    fn count(&mut self, text: &[u8], at: u64) {
        let count = str::from_utf8(text).ok().and_then(|text| text.parse::<u64>().ok());
        let Some(count) = count.filter(|count| i32::try_from(*count).is_ok()) else {
            return self.malformed(at, "a count is negative, or more than a reader can hold");
        };
        match (&mut self.tree, self.name) {
            (Some((_, tree)), Name::NodeCount) => tree.claimed = Some(count),
            (None, Name::TreeCount) => self.claimed_trees = Some(count),
            (None, Name::FeatureCount) => self.features = Some(count),
            _ => {}
        }
    }

    fn attribute(&mut self, text: &[u8], at: u64) {
        let key = &self.key;
        self.examination.describe(|description| {
            description.fact(key, &String::from_utf8_lossy(text));
        });
        if odd_character(&String::from_utf8_lossy(text)).is_some() {
            self.shown(text, "an attribute", at);
        }
    }

    /// A text that plots and pages show.
    fn shown(&mut self, text: &[u8], what: &str, at: u64) {
        let string = String::from_utf8_lossy(text);
        if odd_character(&string).is_none() && !crate::odd_text::has_markup(&string) {
            return;
        }
        let message = format!(
            "{what} has markup or characters that terminals and pages obey instead of showing them"
        );
        let danger = Danger::new(DangerCode::OddContainer, self.part.at(at), message);
        self.examination.danger(danger.graded(Severity::Medium).shown(readable(text)));
    }

    fn malformed(&mut self, at: u64, message: &str) {
        self.examination.danger(Danger::new(DangerCode::Malformed, self.part.at(at), message));
    }
}
