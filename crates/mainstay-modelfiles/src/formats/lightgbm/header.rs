//! The header: what the features are, and how large the trees.

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use crate::examination::Examination;
use crate::odd_text::{has_markup, odd_character, readable};
use crate::part::Part;

/// The most classes and features that a reader holds.
const MOST: u64 = i32::MAX as u64;

/// What the header tells about the trees.
#[derive(Debug, Default)]
pub(super) struct Header {
    /// The sizes of the trees in bytes; `None` for what is no size.
    pub(super) tree_sizes: Vec<Option<u64>>,
    /// The largest number of a feature.
    pub(super) last_feature: Option<u64>,
}

impl Header {
    pub(super) fn read(text: &str, part: &Part<'_>, examination: &mut Examination<'_>) -> Self {
        let mut header = Self::default();
        let mut names = None;
        let mut keys = Vec::new();
        for line in text.lines() {
            let Some((key, value)) = line.split_once('=') else { continue };
            match key {
                "tree_sizes" => {
                    header.tree_sizes =
                        value.split_whitespace().map(|size| size.parse().ok()).collect();
                    continue;
                }
                "feature_names" => names = Some(value),
                "max_feature_idx" => header.last_feature = number(value),
                "version" | "objective" | "num_class" | "num_tree_per_iteration" => {
                    examination.describe(|description| description.fact(key, value));
                }
                _ => continue,
            }
            let is_count =
                matches!(key, "max_feature_idx" | "num_class" | "num_tree_per_iteration");
            if is_count && number(value).is_none() {
                malformed(part, "a count is negative, or more than a reader can hold", examination);
            }
            if keys.contains(&key) {
                let message = "a line of the header stands twice, and readers take different ones";
                malformed(part, message, examination);
            }
            keys.push(key);
        }
        if let Some(names) = names {
            header.names(names, part, examination);
        }
        header
    }

    fn names(&self, names: &str, part: &Part<'_>, examination: &mut Examination<'_>) {
        let count = names.split(' ').filter(|name| !name.is_empty()).count() as u64;
        if self.last_feature.is_some_and(|last| count != last + 1) {
            let message = "there is another number of names of features than of features: a \
                           reader that takes one for each reads outside of its memory";
            malformed(part, message, examination);
        }
        if odd_character(names).is_some() || has_markup(names) {
            let message = "the names of features have markup or characters that terminals and \
                           pages obey instead of showing them";
            let danger = Danger::new(DangerCode::OddContainer, part.whole(), message);
            let shown = readable(names.as_bytes());
            examination.danger(danger.graded(Severity::Medium).shown(shown));
        }
    }
}

fn number(text: &str) -> Option<u64> {
    text.trim().parse().ok().filter(|number| *number < MOST)
}

fn malformed(part: &Part<'_>, message: &str, examination: &mut Examination<'_>) {
    examination.danger(Danger::new(DangerCode::Malformed, part.whole(), message));
}
