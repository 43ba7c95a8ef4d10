//! What pages and their parts look like to a browser.

#![expect(clippy::unwrap_used, reason = "what a test prepares must be there")]

mod assets;
mod charts;
mod contrast;
#[path = "../../examples/gallery/pages.rs"]
mod gallery;
mod moments;
mod pages;
mod parts;
mod review;

use jiff::Timestamp;
use mainstay_ui::Render;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn html_of(part: impl Render) -> String {
    part.render().into_string()
}
