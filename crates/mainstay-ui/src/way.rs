//! Ways about: filter bar, tabs, pages of a list, breadcrumbs, results of the search. What one
//! sees is in the address, so that it can be sent to a colleague.

use maud::{Markup, Render, html};

/// One line of filter, sent as `q` with GET.
#[derive(Clone, Debug)]
#[must_use]
pub struct Filter {
    action: String,
    label: String,
    value: String,
    hint: Option<String>,
    kept: Vec<(String, String)>,
    swap: Option<String>,
}

impl Filter {
    /// A filter for the list at a path.
    pub fn new(action: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            label: label.into(),
            value: String::new(),
            hint: None,
            kept: Vec::new(),
            swap: None,
        }
    }

    /// What is filtered by now.
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// What can be typed.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With a script, only the element of this id is replaced by the answer.
    pub fn swap(mut self, id: impl Into<String>) -> Self {
        self.swap = Some(id.into());
        self
    }

    /// A parameter of the address that stays when the filter changes.
    pub fn keep(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.kept.push((name.into(), value.into()));
        self
    }
}

impl Render for Filter {
    fn render(&self) -> Markup {
        let hint = self.hint.as_ref().map(|_| "filter-hint");
        html! {
            form class="filter" method="get" action=(self.action) role="search" aria-label=(self.label)
                data-swap=[self.swap.as_deref()] {
                @for (name, value) in &self.kept { input type="hidden" name=(name) value=(value); }
                label for="filter" { (self.label) }
                div class="line" {
                    input type="search" id="filter" name="q" value=(self.value) autocomplete="off"
                        spellcheck="false" aria-describedby=[hint];
                    button type="submit" { "Filter" }
                    @if !self.value.is_empty() { a class="button quiet" href=(self.action) { "Clear" } }
                }
                @if let Some(text) = &self.hint { p class="hint" id="filter-hint" { (text) } }
            }
        }
    }
}

/// A row of links of which one is where we are: tabs that are pages.
#[derive(Clone, Debug)]
#[must_use]
pub struct Links {
    label: String,
    links: Vec<(String, String, Stand)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    Here,
    Elsewhere,
}

impl Links {
    /// No links yet, with a name for screen readers.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), links: Vec::new() }
    }

    /// A link to another page.
    pub fn link(mut self, name: impl Into<String>, href: impl Into<String>) -> Self {
        self.links.push((name.into(), href.into(), Stand::Elsewhere));
        self
    }

    /// The page that is shown.
    pub fn here(mut self, name: impl Into<String>, href: impl Into<String>) -> Self {
        self.links.push((name.into(), href.into(), Stand::Here));
        self
    }
}

impl Render for Links {
    fn render(&self) -> Markup {
        html! {
            nav class="tabs" aria-label=(self.label) {
                ul {
                    @for (name, href, stand) in &self.links {
                        li { a href=(href) aria-current=[current(*stand)] { (name) } }
                    }
                }
            }
        }
    }
}

fn current(stand: Stand) -> Option<&'static str> {
    match stand {
        Stand::Here => Some("page"),
        Stand::Elsewhere => None,
    }
}

/// The way through a long list.
#[derive(Clone, Debug)]
#[must_use]
pub struct Pages {
    shown: String,
    previous: Option<String>,
    next: Option<String>,
    swap: Option<String>,
}

impl Pages {
    /// What part is shown, in words: `1 to 50 of 1234`.
    pub fn new(shown: impl Into<String>) -> Self {
        Self { shown: shown.into(), previous: None, next: None, swap: None }
    }

    /// Where the part before is, if there is one.
    pub fn previous(mut self, href: Option<String>) -> Self {
        self.previous = href;
        self
    }

    /// Where the part after is, if there is one.
    pub fn next(mut self, href: Option<String>) -> Self {
        self.next = href;
        self
    }

    /// With a script, only the element of this id is replaced by the other part. It has to hold
    /// these links too.
    pub fn swap(mut self, id: impl Into<String>) -> Self {
        self.swap = Some(id.into());
        self
    }
}

impl Render for Pages {
    fn render(&self) -> Markup {
        html! {
            nav class="pages" aria-label="Pages of the list" {
                span class="muted" { (self.shown) }
                @if let Some(href) = &self.previous { a class="button" rel="prev" href=(href) data-swap=[self.swap.as_deref()] { "Previous" } }
                @if let Some(href) = &self.next { a class="button" rel="next" href=(href) data-swap=[self.swap.as_deref()] { "Next" } }
            }
        }
    }
}

/// Breadcrumbs: the pages above this one.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Trail {
    above: Vec<(String, String)>,
}

impl Trail {
    /// At the top.
    pub fn new() -> Self {
        Self::default()
    }

    /// One page further down.
    pub fn to(mut self, name: impl Into<String>, href: impl Into<String>) -> Self {
        self.above.push((name.into(), href.into()));
        self
    }
}

impl Render for Trail {
    fn render(&self) -> Markup {
        html! {
            nav class="trail" aria-label="Breadcrumbs" {
                ol { @for (name, href) in &self.above { li { a href=(href) { (name) } } } }
            }
        }
    }
}

/// One thing that the search found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// What it is called.
    pub title: String,
    /// Where it is.
    pub href: String,
    /// What it is, in a word: *advisory*, *asset*.
    pub kind: String,
    /// A few words more; may be empty.
    pub note: String,
}

/// What the search found. The palette takes this element out of the answer to
/// `GET /search?fragment=1&q=...`; the page of the search shows the same.
pub fn search_results(hits: &[Hit]) -> Markup {
    html! {
        ul id="search-results" class="hits" {
            @for hit in hits {
                li {
                    a href=(hit.href) { (hit.title) }
                    " " span class="tag" { (hit.kind) }
                    @if !hit.note.is_empty() { " " span class="muted" { (hit.note) } }
                }
            }
            @if hits.is_empty() { li class="muted" { "Nothing was found under these words." } }
        }
    }
}
