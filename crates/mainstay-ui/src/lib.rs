//! What a page looks like: the shell, components, charts, the stylesheet.
//!
//! Pure: values in, HTML out. Nothing here reads a file, a clock or a request, and nothing knows
//! of HTTP beyond the headers that a page needs. The server asks its rooms, and gives what they
//! say to the functions of this one.
//!
//! | to find | look in |
//! | --- | --- |
//! | the frame of every page, its navigation | [`Page`], [`Place`] |
//! | headers that every answer has | [`CONTENT_SECURITY_POLICY`], [`SECURITY_HEADERS`] |
//! | stylesheet and scripts | [`assets`], [`asset`] |
//! | severity, marking, verdict | [`severity`], [`tlp`], [`verdict`] |
//! | what an answer does not know | [`Unknowns`] |
//! | tables, forms, messages, lists | [`Table`], [`Form`], [`Field`], [`alert`], [`Facts`] |
//! | drawings | [`chart`] |
//! | what every page must keep to | [`review`] |

//!
//! The standards are HTML (WHATWG), WCAG 2.2 level AA, CSP level 3, and TLP 2.0 of FIRST for the
//! colours of markings. Everything works without a script; scripts only make it quicker.
//!
//! Text from outside is escaped, because [`maud`] escapes what it is given. `maud::PreEscaped`
//! is the door around that: of what the server shows, **only this crate may use it**, and at
//! present it need not. Links to places that others name go through [`outside_link`]. Markdown
//! is not rendered here.

mod address;
mod alert;
mod amount;
mod asset;
mod badge;
pub mod chart;
mod choice;
mod command;
mod fact;
mod field;
mod form;
mod headers;
mod moment;
mod page;
mod place;
pub mod review;
mod table;
mod unknowns;
mod way;

pub use address::{href, outside_link};
pub use alert::{Empty, Tone, alert};
pub use amount::Amount;
pub use asset::{ASSET_CACHE, Asset, asset, assets};
pub use badge::{Verdict, severity, state, tag, tlp, verdict};
pub use choice::{Checked, Choice};
pub use command::{command, copyable, squares};
pub use fact::{Facts, Step, Steps, Tile, fold, section, tiles};
pub use field::{Field, TextKind};
pub use form::{Csrf, Form, Passkey, button_link};
pub use headers::{CONTENT_SECURITY_POLICY, SECURITY_HEADERS};
pub use maud::{Markup, Render, html};
pub use moment::{ago, moment, moment_ago};
pub use page::{Page, Who};
pub use place::Place;
pub use table::Table;
pub use unknowns::Unknowns;
pub use way::{Filter, Hit, Links, Pages, Trail, search_results};
