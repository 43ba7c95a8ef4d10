//! Text to be copied: the same thing on the command line, a token that is shown once, a drawing
//! for the camera of a telephone.

use std::fmt::Write as _;

use maud::{Markup, html};

/// A command that can be copied. The button appears where a script can copy.
pub fn command(line: &str) -> Markup {
    html! { div class="command" { code class="shell" { (line) } (button(line)) } }
}

/// Any other text that can be copied, such as a token.
pub fn copyable(text: &str) -> Markup {
    html! { div class="command" { code { (text) } (button(text)) } }
}

/// A QR code, or another pattern of dark and light squares, with the margin of four squares that
/// readers need (ISO/IEC 18004, "quiet zone"), black on white in both themes. `is_dark` is asked
/// for each column and row below `side`. Beside it the page gives the same as text: not
/// everybody has a camera.
pub fn squares(label: &str, side: u8, is_dark: impl Fn(u8, u8) -> bool) -> Markup {
    let mut path = String::new();
    for y in 0..side {
        for x in (0..side).filter(|x| is_dark(*x, y)) {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    let whole = u32::from(side) + 2 * QUIET;
    html! {
        svg class="squares" role="img" width=(whole * PIXELS) height=(whole * PIXELS)
            viewBox={ "-" (QUIET) " -" (QUIET) " " (whole) " " (whole) } shape-rendering="crispEdges" {
            title { (label) }
            path d=(path) {}
        }
    }
}

fn button(text: &str) -> Markup {
    html! { button type="button" class="quiet" data-copy=(text) hidden { "Copy" } }
}

const QUIET: u32 = 4;
/// On the screen, for one square.
const PIXELS: u32 = 5;
