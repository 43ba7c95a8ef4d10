//! Moments: always with date, time and UTC written out, and how long ago where that helps. The
//! present is a parameter.

use jiff::Timestamp;
use maud::{Markup, html};

/// A moment to the minute, in UTC.
pub fn moment(at: Timestamp) -> Markup {
    let at = to_second(at);
    html! { time datetime=(at.to_string()) { (at.strftime("%Y-%m-%d %H:%M UTC")) } }
}

/// A moment, and how long before `now` it was.
pub fn moment_ago(at: Timestamp, now: Timestamp) -> Markup {
    html! { (moment(at)) " " span class="muted ago" { "(" (ago(at, now)) ")" } }
}

/// How long before `now` something was: `3 days ago`. In whole units, rounded down, so that
/// nothing looks older than it is by a unit; a moment that is still to come is `in 3 days`.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(at.as_second());
    let length = seconds.unsigned_abs();
    let (unit, seconds_each) =
        UNITS.iter().find(|(_, each)| length >= *each).copied().unwrap_or(("second", 1));
    let count = length / seconds_each;
    match (seconds, count) {
        (_, 0) => "now".to_owned(),
        (..0, 1) => format!("in 1 {unit}"),
        (..0, _) => format!("in {count} {unit}s"),
        (_, 1) => format!("1 {unit} ago"),
        _ => format!("{count} {unit}s ago"),
    }
}

/// Without fractions of a second, which nobody reads. A moment outside of what can be shown
/// stays as it is.
fn to_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// A year counts as 365 days. Months are left out: nobody knows how long one is.
const UNITS: [(&str, u64); 5] =
    [("year", 31_536_000), ("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)];
