//! The frame of every page: head, marking, search, navigation, one heading, content, footer.

use std::fmt;

use mainstay_types::Tlp;
use maud::{DOCTYPE, Markup, html};

use crate::{
    address::href,
    asset::{Part, path_of},
    badge::{tlp, tlp_class},
    form::Csrf,
    place::Place,
    way::Trail,
};

/// Who reads the page.
#[derive(Clone, Debug)]
pub struct Who {
    /// The name that the account has.
    pub name: String,
    /// The token for the form that signs out.
    pub sign_out_token: Csrf,
}

/// One page.
///
/// ```
/// use mainstay_ui::{Page, Place, html};
/// let page = Page::new("Affected").nav(Place::Affected).content(html! { p { "Nobody." } });
/// assert!(page.render().starts_with("<!DOCTYPE html>"));
/// ```
///
/// Its debug output is its title: what it shows may be for one reader only, and forms in it have
/// tokens.
#[derive(Clone)]
#[must_use]
pub struct Page {
    title: String,
    lead: Option<String>,
    here: Option<Place>,
    places: Vec<Place>,
    who: Option<Who>,
    marking: Option<Tlp>,
    banner: Option<Markup>,
    trail: Option<Trail>,
    actions: Option<Markup>,
    live: Option<String>,
    searched: String,
    content: Markup,
}

impl Page {
    /// A page with its title, which is also its one heading of the first level.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            lead: None,
            here: None,
            places: Place::ALL.to_vec(),
            who: None,
            marking: None,
            banner: None,
            trail: None,
            actions: None,
            live: None,
            searched: String::new(),
            content: html! {},
        }
    }

    /// A sentence beneath the heading: what this is.
    pub fn lead(mut self, sentence: impl Into<String>) -> Self {
        self.lead = Some(sentence.into());
        self
    }

    /// Which entry of the navigation is current.
    pub fn nav(mut self, here: Place) -> Self {
        self.here = Some(here);
        self
    }

    /// The entries that the reader may enter; all unless said. With none there is no navigation
    /// and no search, as on the page to sign in.
    pub fn places(mut self, places: &[Place]) -> Self {
        self.places = places.to_vec();
        self
    }

    /// Who reads; nobody is offered to sign in.
    pub fn who(mut self, who: Option<Who>) -> Self {
        self.who = who;
        self
    }

    /// The marking of the most restricted thing on the page. It is shown above and beneath the
    /// page (TLP 2.0 wants both of documents), also when printed.
    pub fn marking(mut self, marking: Tlp) -> Self {
        self.marking = Some(marking);
        self
    }

    /// Something that the reader must know on every page, such as that this is an example.
    pub fn banner(mut self, banner: Markup) -> Self {
        self.banner = Some(banner);
        self
    }

    /// The pages above this one.
    pub fn trail(mut self, trail: Trail) -> Self {
        self.trail = Some(trail);
        self
    }

    /// What can be done with the thing that the page is about; one primary button at most.
    pub fn actions(mut self, actions: Markup) -> Self {
        self.actions = Some(actions);
        self
    }

    /// The content is fetched again when an event of this topic comes from
    /// `/events?topic=<topic>`; any event without a name counts, whatever its data are. Without
    /// scripts the page stays as it was loaded.
    pub fn live(mut self, topic: impl Into<String>) -> Self {
        self.live = Some(topic.into());
        self
    }

    /// What was searched for, to stand in the field at the top.
    pub fn searched(mut self, words: impl Into<String>) -> Self {
        self.searched = words.into();
        self
    }

    /// What stands beneath the heading. Headings in it begin at the second level.
    pub fn content(mut self, content: Markup) -> Self {
        self.content = content;
        self
    }

    /// The whole document.
    pub fn render(&self) -> String {
        let document = html! {
            (DOCTYPE)
            html lang="en" {
                (self.head())
                body {
                    a class="skip" href="#content" { "Skip to the content" }
                    (self.header())
                    @if !self.places.is_empty() { (self.navigation()) }
                    (self.main())
                    (self.footer())
                    (dialogs(&self.places))
                }
            }
        };
        document.into_string()
    }

    fn head(&self) -> Markup {
        html! {
            head {
                meta charset="utf-8";
                title { (self.title) " - Mainstay" }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                link rel="icon" type="image/svg+xml" href=(path_of(Part::Mark));
                link rel="stylesheet" href=(path_of(Part::Style));
                // Not deferred: it sets the theme before anything is drawn.
                script src=(path_of(Part::App)) {}
                script src=(path_of(Part::Passkey)) defer {}
            }
        }
    }

    fn header(&self) -> Markup {
        html! {
            header class="top" {
                @if let Some(marking) = self.marking { (strip(marking)) }
                div class="bar" {
                    a class="brand" href="/" {
                        img src=(path_of(Part::Mark)) alt="" width="20" height="20";
                        "Mainstay"
                    }
                    @if !self.places.is_empty() {
                        form class="find" role="search" aria-label="Everything" method="get" action="/search" {
                            label class="sr" for="search" { "Search packages, advisories, parties" }
                            input type="search" id="search" name="q" value=(self.searched) autocomplete="off"
                                spellcheck="false" placeholder="Search";
                        }
                    }
                    div class="who" { (theme()) (self.signed_in()) }
                }
            }
        }
    }

    fn signed_in(&self) -> Markup {
        html! {
            @if let Some(who) = &self.who {
                a href=(Place::Account.path()) { (who.name) }
                form method="post" action="/sign-out" {
                    (who.sign_out_token)
                    button type="submit" class="quiet" { "Sign out" }
                }
            } @else if !self.places.is_empty() {
                a href="/sign-in" { "Sign in" }
            }
        }
    }

    fn navigation(&self) -> Markup {
        html! {
            nav class="side" aria-label="Main" {
                ul {
                    @for place in &self.places {
                        @let current = (self.here == Some(*place)).then_some("page");
                        li {
                            a href=(place.path()) data-key=(place.key()) aria-current=[current] {
                                (place.name())
                            }
                        }
                    }
                }
            }
        }
    }

    fn main(&self) -> Markup {
        let topic = self.live.as_deref();
        let events = topic.map(|topic| href("/events", &[("topic", topic)]));
        html! {
            main id="content" tabindex="-1" {
                @if let Some(banner) = &self.banner { div class="banner" { (banner) } }
                @if let Some(trail) = &self.trail { (trail) }
                div class="head" {
                    div {
                        h1 { (self.title) }
                        @if let Some(lead) = &self.lead { p class="lead" { (lead) } }
                    }
                    @if let Some(actions) = &self.actions { div class="buttons" { (actions) } }
                }
                @if let Some(events) = events {
                    // An empty source is the page itself.
                    div id="live" class="flow" data-live=(events) data-live-source="" { (self.content) }
                } @else {
                    div class="flow" { (self.content) }
                }
            }
        }
    }

    fn footer(&self) -> Markup {
        html! {
            footer class="foot" {
                div class="line" {
                    p {
                        "Unknown is never clean. "
                        span class="scripted" hidden { kbd { "?" } " shows the keys." }
                    }
                    // Whether what is shown is live; and what a script did.
                    p id="live-status" role="status" {}
                }
                @if let Some(marking) = self.marking { (strip(marking)) }
            }
        }
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page").field("title", &self.title).finish_non_exhaustive()
    }
}

/// The marking over the whole width, with what it means (TLP 2.0, section 4, in our words).
fn strip(marking: Tlp) -> Markup {
    let meaning = match marking {
        Tlp::Clear => "May be told to everybody.",
        Tlp::Green => "May be told within the community, not in public.",
        Tlp::Amber => "May be told within one's organisation and to its clients who need it.",
        Tlp::AmberStrict => "May be told within one's organisation only.",
        Tlp::Red => "For the named recipients only. May be told to nobody else.",
    };
    html! {
        div class={ "strip " (tlp_class(marking)) } { (tlp(marking)) " " span { (meaning) } }
    }
}

/// Shown by the script, which alone can switch.
fn theme() -> Markup {
    html! {
        button type="button" class="quiet scripted" data-theme-switch hidden { "Theme: system" }
    }
}

/// Both are opened by the script.
fn dialogs(places: &[Place]) -> Markup {
    html! {
        dialog id="palette" aria-label="Go to" {
            form method="get" action="/search" role="search" aria-label="Go to" {
                label for="palette-words" { "Go to" }
                input type="search" id="palette-words" name="q" autocomplete="off" spellcheck="false";
            }
            div id="palette-results" aria-live="polite" {}
        }
        dialog id="keys" aria-labelledby="keys-title" {
            h2 id="keys-title" { "Keys" }
            dl class="facts" {
                @for (keys, does) in KEYS { div { dt { kbd { (keys) } } dd { (does) } } }
                @for place in places {
                    div { dt { kbd { "g " (place.key()) } } dd { (place.name()) } }
                }
            }
            // Keys of one character get in the way of speech input (WCAG 2.2, 2.1.4).
            form method="dialog" {
                div class="field tick" {
                    input type="checkbox" id="keys-on" name="keys";
                    " " label for="keys-on" { "Use the keys of one character" }
                }
                div class="buttons" { button type="submit" { "Close" } }
            }
        }
    }
}

const KEYS: [(&str, &str); 6] = [
    ("/", "search"),
    ("Ctrl K", "go to anything"),
    ("j", "next row"),
    ("k", "row before"),
    ("Enter", "open the row"),
    ("?", "these keys"),
];
