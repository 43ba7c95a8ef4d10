//! Moments and how long ago they were.

use mainstay_ui::{ago, moment, moment_ago};

use crate::{at, html_of};

#[test]
fn a_moment_names_its_zone() {
    assert_eq!(
        html_of(moment(at("2026-11-29T06:10:59.75Z"))),
        "<time datetime=\"2026-11-29T06:10:59Z\">2026-11-29 06:10 UTC</time>"
    );
}

#[test]
fn a_moment_says_how_long_ago_it_was() {
    let html = html_of(moment_ago(at("2026-11-26T06:10:00Z"), at("2026-11-29T07:00:00Z")));
    assert!(html.ends_with("<span class=\"muted ago\">(3 days ago)</span>"), "{html}");
}

#[test]
fn units_are_whole_and_rounded_down() {
    let now = at("2026-11-29T00:00:00Z");
    for (then, said) in [
        ("2026-11-29T00:00:00Z", "now"),
        ("2026-11-28T23:59:59Z", "1 second ago"),
        ("2026-11-28T23:58:01Z", "1 minute ago"),
        ("2026-11-28T00:00:01Z", "23 hours ago"),
        ("2026-11-28T00:00:00Z", "1 day ago"),
        ("2025-11-29T00:00:01Z", "364 days ago"),
        ("2025-11-29T00:00:00Z", "1 year ago"),
        ("2026-11-29T02:00:00Z", "in 2 hours"),
    ] {
        assert_eq!(ago(at(then), now), said);
    }
}
