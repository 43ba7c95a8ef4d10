//! A page while it is read: what is open, what was counted, what is wrong so far.

use std::collections::BTreeSet;

use super::{
    names::{Control, WORDED},
    tokens::{Tag, Token},
};

/// What is known of a page.
#[derive(Debug, Default)]
pub(super) struct Reading {
    faults: Vec<String>,
    open: Vec<Open>,
    ids: BTreeSet<String>,
    referred: BTreeSet<(String, String)>,
    pub(super) labelled: BTreeSet<String>,
    pub(super) unnamed: Vec<Control>,
    doctypes: usize,
    languages: usize,
    titles: usize,
    viewports: usize,
    mains: usize,
    headings: usize,
    level: u8,
}

/// An element that is open.
#[derive(Debug)]
struct Open {
    name: String,
    words: Words,
    /// A form that is sent with POST and has no token yet, or a table that has no caption yet.
    lacks: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Words {
    Some,
    None,
}

impl Reading {
    pub(super) fn fault(&mut self, fault: String) {
        if self.faults.len() < MOST_FAULTS && !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    pub(super) fn faults(self) -> Vec<String> {
        self.faults
    }

    /// Notes that something names an id, to be looked for at the end.
    pub(super) fn refer(&mut self, what: &str, id: &str) {
        self.referred.insert((what.to_owned(), id.to_owned()));
    }

    pub(super) fn is_open(&self, name: &str) -> bool {
        self.open.iter().any(|open| open.name == name)
    }

    pub(super) fn token(&mut self, token: &Token<'_>) {
        match token {
            Token::Doctype => self.doctypes += 1,
            Token::Open(tag) => self.opens(tag),
            Token::Close(name) => self.closes(name),
            Token::Text(text) => self.text(text),
        }
    }

    /// After the last token of anything.
    pub(super) fn finish(&mut self) {
        while let Some(open) = self.open.pop() {
            self.left(&open);
        }
        self.controls_without_label();
        for (what, id) in std::mem::take(&mut self.referred) {
            if !self.ids.contains(&id) {
                self.fault(format!("{what} names the id {id}, which is not there"));
            }
        }
    }

    /// After the last token of a whole page.
    pub(super) fn finish_document(&mut self) {
        self.finish();
        for (count, what) in [
            (self.doctypes, "doctype"),
            (self.languages, "html element with lang"),
            (self.titles, "title"),
            (self.viewports, "viewport"),
            (self.mains, "main element"),
            (self.headings, "h1"),
        ] {
            if count != 1 {
                self.fault(format!("the page has {count} times {what}, not once"));
            }
        }
    }

    fn opens(&mut self, tag: &Tag<'_>) {
        self.attributes(tag);
        self.addresses(tag);
        self.references(tag);
        self.control(tag);
        self.count(tag);
        self.provide(tag);
        if !TRACKED.contains(&tag.name.as_str()) && !WORDED.contains(&tag.name.as_str()) {
            return;
        }
        if tag.name == "form" && self.is_open("form") {
            self.fault("a form stands in a form".to_owned());
        }
        if self.open.len() >= DEEPEST {
            self.fault(format!("elements are nested more than {DEEPEST} deep"));
            return;
        }
        let posts = tag.value("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
        let lacks = match tag.name.as_str() {
            "form" if posts => Some("a form that is sent with POST has no field csrf"),
            "table" => Some("a table has no caption"),
            "svg" if tag.value("role") == Some("img") => Some("a drawing has no title"),
            _ => None,
        };
        let named = tag.value("aria-label").is_some_and(|name| !name.trim().is_empty());
        let words = if named { Words::Some } else { Words::None };
        self.open.push(Open { name: tag.name.clone(), words, lacks });
    }

    fn attributes(&mut self, tag: &Tag<'_>) {
        let mut seen = BTreeSet::new();
        for (name, value) in &tag.attributes {
            if !seen.insert(name.as_str()) {
                self.fault(format!("the attribute {name} is on {} more than once", tag.name));
            }
            if name.starts_with("on") {
                self.fault(format!("the attribute {name} on {} is inline script", tag.name));
            }
            if name == "style" || name == "srcdoc" {
                self.fault(format!("the attribute {name} on {} is inline", tag.name));
            }
            if name == "id"
                && (value.is_empty() || value.contains(|c: char| c.is_ascii_whitespace()))
            {
                self.fault(format!("an id of {} is empty, or has a space in it", tag.name));
            } else if name == "id" && !self.ids.insert((*value).to_owned()) {
                self.fault(format!("the id {value} is there more than once"));
            }
        }
        match tag.name.as_str() {
            "img" if !tag.has("alt") => self.fault("an image has no alt".to_owned()),
            "style" => self.fault("the element style is inline".to_owned()),
            "script" if !tag.has("src") => self.fault("a script is inline".to_owned()),
            "th" if !tag.has("scope") => self.fault("a heading of a table has no scope".to_owned()),
            _ => {}
        }
    }

    fn count(&mut self, tag: &Tag<'_>) {
        match tag.name.as_str() {
            "html" if tag.value("lang").is_some_and(|lang| !lang.is_empty()) => self.languages += 1,
            // A title within a drawing is that drawing's.
            "title" if !self.is_open("svg") => self.titles += 1,
            "meta" if tag.value("name") == Some("viewport") => self.viewports += 1,
            "main" => self.mains += 1,
            "h1" => self.headings += 1,
            _ => {}
        }
        if let Some(level) = heading_level(&tag.name) {
            // A dialog is a place of its own; it begins where it likes.
            if level > self.level + 1 && self.level > 0 && !self.is_open("dialog") {
                self.fault(format!(
                    "a heading of level {level} follows one of level {}",
                    self.level
                ));
            }
            self.level = level;
        }
    }

    /// What a tag gives to the elements around it.
    fn provide(&mut self, tag: &Tag<'_>) {
        let token = tag.name == "input"
            && tag.value("name") == Some("csrf")
            && tag.value("value").is_some_and(|token| !token.is_empty());
        let gives = match tag.name.as_str() {
            "input" if token => "form",
            "caption" => "table",
            "title" => "svg",
            _ => "",
        };
        if let Some(open) = self.open.iter_mut().rev().find(|open| open.name == gives) {
            open.lacks = None;
        }
        if tag.name == "img" && tag.value("alt").is_some_and(|alt| !alt.trim().is_empty()) {
            self.text("picture");
        }
    }

    fn text(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        for open in &mut self.open {
            open.words = Words::Some;
        }
        if self.open.last().is_some_and(|open| open.name == "script") {
            self.fault("a script is inline".to_owned());
        }
    }

    fn closes(&mut self, name: &str) {
        if !self.is_open(name) {
            return;
        }
        while let Some(open) = self.open.pop() {
            self.left(&open);
            if open.name == name {
                return;
            }
        }
    }

    fn left(&mut self, open: &Open) {
        if let Some(lack) = open.lacks {
            self.fault(lack.to_owned());
        }
        if open.words == Words::None && WORDED.contains(&open.name.as_str()) {
            self.fault(format!("a {} has no words", open.name));
        }
    }
}

fn heading_level(name: &str) -> Option<u8> {
    let level = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}

/// Elements whose end matters, beside those that need words.
const TRACKED: [&str; 5] = ["form", "table", "svg", "dialog", "script"];
const DEEPEST: usize = 256;
const MOST_FAULTS: usize = 100;
