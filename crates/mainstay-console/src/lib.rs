//! What a terminal sees: text that cannot harm it, colour where it is wanted, progress, and the
//! exit codes.
//!
//! * [`clean`] and [`Sheet`]: every character that comes from outside passes through one of them,
//!   so no file can move the cursor, set a title or turn the direction of text.
//! * [`CleanJson`]: a report in JSON, in which the same characters are escapes.
//! * [`Tone`]: what a piece of text means; [`Styling`] decides whether that becomes colour.
//! * [`ExitCode`]: the documented answers of the process.
//! * [`Progress`]: one line on standard error, only on a terminal.
//!
//! Colour follows <https://no-color.org>: `NO_COLOR` set and not empty turns it off.

mod clean;
mod exit_code;
mod json;
mod progress;
mod sheet;
mod styling;

pub use clean::{clean, clean_json};
pub use exit_code::ExitCode;
pub use json::{CleanJson, JsonError};
pub use progress::Progress;
pub use sheet::{Line, Sheet};
pub use styling::{ColourChoice, Styling, Tone};
