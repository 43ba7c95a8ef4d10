//! The same thing on the command line.

use maud::{Markup, html};

/// A command that can be copied. The button appears where a script can copy.
pub fn command(line: &str) -> Markup {
    html! {
        div class="command" {
            code { (line) }
            button type="button" class="quiet" data-copy=(line) hidden { "Copy" }
        }
    }
}
