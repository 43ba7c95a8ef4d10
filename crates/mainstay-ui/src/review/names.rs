//! Elements that are nothing without words, and controls that need a label.

use super::{page::Reading, tokens::Tag};

/// A control that no `<label>` is around, and how else it may be named.
#[derive(Debug)]
pub(super) struct Control {
    what: String,
    id: Option<String>,
}

impl Reading {
    /// An `input`, `select` or `textarea`.
    pub(super) fn control(&mut self, tag: &Tag<'_>) {
        let kind = tag.value("type").unwrap_or("text").to_ascii_lowercase();
        let needs = match tag.name.as_str() {
            "select" | "textarea" => true,
            "input" => !["hidden", "submit", "reset", "button", "image"].contains(&kind.as_str()),
            _ => return,
        };
        let worded = |name: &str| tag.value(name).is_some_and(|text| !text.trim().is_empty());
        let named = worded("aria-label") || worded("aria-labelledby") || self.is_open("label");
        if needs && !named {
            let what = tag.value("name").or(tag.value("id")).unwrap_or("without a name");
            let what = format!("{} {what}", tag.name);
            self.unnamed.push(Control { what, id: tag.value("id").map(str::to_owned) });
        }
    }

    /// At the end of the page, when every label is known.
    pub(super) fn controls_without_label(&mut self) {
        for control in std::mem::take(&mut self.unnamed) {
            let named = control.id.as_ref().is_some_and(|id| self.labelled.contains(id));
            if !named {
                self.fault(format!("no label is tied to {}", control.what));
            }
        }
    }

    /// `for`, `aria-describedby` and others name ids that must be there.
    pub(super) fn references(&mut self, tag: &Tag<'_>) {
        if tag.name == "label"
            && let Some(id) = tag.value("for")
        {
            self.labelled.insert(id.to_owned());
            self.refer("a label", id);
        }
        for attribute in ["aria-describedby", "aria-labelledby", "aria-controls", "data-swap"] {
            for id in tag.value(attribute).unwrap_or("").split_ascii_whitespace() {
                self.refer(attribute, id);
            }
        }
    }
}

/// Elements that must have words in them, or an `aria-label`.
pub(super) const WORDED: [&str; 11] =
    ["title", "h1", "h2", "h3", "h4", "a", "button", "label", "caption", "summary", "legend"];
