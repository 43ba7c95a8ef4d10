//! Drawings of figures.

use jiff::Timestamp;
use mainstay_ui::chart::{Bars, Ink, Lines, Scatter, Stacked, Timeline, sparkline};
use mainstay_ui::review::faults_of_part;
use mainstay_ui::{Amount, html};
use proptest::prelude::*;

use crate::{at, html_of};

/// The widths of all rectangles of a class, in order.
fn widths(html: &str, class: &str) -> Vec<String> {
    let begin = format!("<rect class=\"{class} ink-");
    let rects = html.split(&begin).skip(1);
    rects
        .map(|rect| rect.split("width=\"").nth(1).unwrap().split('"').next().unwrap().to_owned())
        .collect()
}

#[test]
fn a_bar_is_as_long_as_its_figure() {
    let html =
        html_of(Bars::new("T", "D").bar("a", Amount::Exactly(4)).bar("b", Amount::Exactly(1)));
    assert_eq!(widths(&html, "solid"), ["100.00%", "25.00%"]);
    assert_eq!(widths(&html, "band"), [""; 0]);
}

#[test]
fn a_band_is_drawn_from_what_is_certain_to_what_is_possible() {
    let html = html_of(Bars::new("T", "D").bar("a", Amount::Between(5, 10)));
    assert_eq!(widths(&html, "solid"), ["50.00%"]);
    assert_eq!(widths(&html, "band"), ["50.00%"]);
    assert!(html.contains(">5-10</text>"));
}

#[test]
fn a_small_group_has_no_certain_part() {
    let html =
        html_of(Bars::new("T", "D").bar("a", Amount::FewerThan(5)).bar("b", Amount::Exactly(8)));
    assert_eq!(widths(&html, "solid"), ["100.00%"]);
    assert_eq!(widths(&html, "band"), ["50.00%"]);
    assert!(html.contains(">fewer than 5</text>"));
}

#[test]
fn what_has_no_upper_end_reaches_beyond_the_longest() {
    let html = html_of(Bars::new("T", "D").bar("a", Amount::AtLeast(8)));
    assert_eq!(widths(&html, "solid"), ["80.00%"]);
    assert_eq!(widths(&html, "band open"), ["20.00%"]);
}

#[test]
fn what_is_not_told_has_no_bar_and_says_so() {
    let html = html_of(Bars::new("T", "D").bar("a", Amount::NotShown).bar("b", Amount::Exactly(0)));
    assert_eq!(html.matches("class=\"track untold\"").count(), 1);
    assert_eq!(widths(&html, "solid"), [""; 0]);
    assert!(html.contains(">not shown</text>"));
}

fn dots() -> Scatter {
    Scatter::new("T", "D", "What", (("Reach", 100), ("Weakness", 100)))
        .dot("a", 50, Amount::Between(20, 70), Ink::Accent)
        .dot("b <c>", 100, Amount::Exactly(10), Ink::Critical)
        .dot("c", 30, Amount::Unknown, Ink::Accent)
}

#[test]
fn a_dot_is_what_is_certain_and_a_line_what_is_possible() {
    let html = html_of(dots());
    assert_eq!(html.matches("<circle").count(), 2);
    assert_eq!(html.matches("stroke-opacity").count(), 1);
    assert!(html.contains("cx=\"50.00%\"") && html.contains("cx=\"100.00%\""));
    assert!(html.contains("<title>2: b &lt;c&gt;: 100, 10</title>"), "{html}");
}

#[test]
fn the_figures_stand_beneath_every_drawing_as_a_table() {
    let now = at("2026-11-29T00:00:00Z");
    for html in [
        html_of(Bars::new("T", "D").bar("a", Amount::Exactly(4))),
        html_of(Stacked::new("T", "D", [("p", Ink::High)]).bar("a", [Amount::Exactly(4)])),
        html_of(Lines::new("T", "D").line("l", Ink::Accent, [(now, Amount::Exactly(4))])),
        html_of(Timeline::new("T", "D", now).event(now, Ink::Accent, "opened")),
        html_of(dots()),
    ] {
        assert!(html.contains("<title>T</title><desc>D</desc>"), "{html}");
        assert!(html.contains("<caption>T</caption>"), "{html}");
        assert_eq!(faults_of_part(&html), [""; 0]);
    }
}

#[test]
fn parts_follow_one_another_and_are_summed() {
    let stacked = Stacked::new("T", "D", PARTS);
    let html = html_of(stacked.bar("a", [Amount::Exactly(1), Amount::Exactly(3)]));
    assert_eq!(widths(&html, "solid"), ["25.00%", "75.00%"]);
    assert!(html.contains("<title>odd: 3</title>"));
    assert!(html.contains("<td class=\"number\">4</td></tr>"));
}

#[test]
fn with_an_unknown_part_the_sum_has_no_upper_end() {
    let stacked = Stacked::new("T", "D", PARTS);
    let html = html_of(stacked.bar("a", [Amount::Exactly(1), Amount::Unknown]));
    assert!(html.contains("<td class=\"number\">unknown</td>"));
    assert!(html.contains(">at least 1</text>"));
}

fn day(day: i8) -> Timestamp {
    at(&format!("2026-11-{day:02}T00:00:00Z"))
}

#[test]
fn a_line_goes_from_left_to_right_and_from_nothing_to_the_top() {
    let points =
        [(day(1), Amount::Exactly(0)), (day(3), Amount::Exactly(10)), (day(2), Amount::Exactly(5))];
    let html = html_of(Lines::new("T", "D").line("l", Ink::Accent, points));
    assert!(html.contains("points=\"0,1440 5000,720 10000,0\""), "{html}");
}

#[test]
fn a_figure_that_is_not_told_leaves_a_hole_in_the_line() {
    let points =
        [(day(1), Amount::Exactly(1)), (day(2), Amount::NotShown), (day(3), Amount::Exactly(1))];
    let html = html_of(Lines::new("T", "D").line("l", Ink::Accent, points));
    assert_eq!(html.matches("<polyline").count(), 2);
    assert!(html.contains("<td class=\"number\">not shown</td>"));
}

#[test]
fn ranges_make_a_band_around_the_line() {
    let points = [(day(1), Amount::Between(5, 10)), (day(2), Amount::Exactly(5))];
    let html = html_of(Lines::new("T", "D").line("l", Ink::Accent, points));
    assert!(
        html.contains("<polygon class=\"band\" points=\"0,0 10000,720 10000,720 0,720\""),
        "{html}"
    );
}

#[test]
fn a_moment_that_one_line_lacks_is_unknown_in_the_table() {
    let lines = Lines::new("T", "D").line("a", Ink::Accent, [(day(1), Amount::Exactly(1))]);
    let html = html_of(lines.line("b", Ink::Second, [(day(2), Amount::Exactly(2))]));
    assert_eq!(html.matches("<td class=\"number\">unknown</td>").count(), 2);
}

#[test]
fn a_drawing_without_figures_says_so() {
    assert!(html_of(Lines::new("T", "D")).contains("no figures yet"));
    assert!(html_of(Bars::new("T", "D")).contains("Nothing to list."));
}

#[test]
fn a_line_of_the_size_of_a_word_says_its_last_figure() {
    let html = html_of(sparkline("Findings", &[Amount::Exactly(1), Amount::Exactly(3)]));
    assert!(html.contains("<title>Findings</title><desc>2 figures, the last: 3</desc>"), "{html}");
    assert!(html.contains("points=\"0,134 10000,0\""), "{html}");
}

#[test]
fn events_are_listed_in_their_order_with_their_age() {
    let timeline = Timeline::new("T", "D", day(9)).event(day(5), Ink::Low, html! { b { "two" } });
    let html = html_of(timeline.event(day(1), Ink::High, "one"));
    assert!(html.find("one").unwrap() < html.find("<b>two</b>").unwrap());
    assert!(html.contains("(8 days ago)"));
    assert!(html.contains("class=\"solid ink-high\" cx=\"0.00%\""), "{html}");
}

fn amount() -> impl Strategy<Value = Amount> {
    let count = || prop_oneof![0_u64..20, any::<u64>()];
    prop_oneof![
        count().prop_map(Amount::Exactly),
        (count(), count()).prop_map(|(one, other)| Amount::Between(one, other)),
        count().prop_map(Amount::FewerThan),
        count().prop_map(Amount::AtLeast),
        Just(Amount::NotShown),
        Just(Amount::Unknown),
    ]
}

proptest! {
    #[test]
    fn any_figures_can_be_drawn(
        amounts in prop::collection::vec((amount(), amount(), any::<i32>()), 0..8),
        label in "\\PC{1,60}",
    ) {
        let mut bars = Bars::new("T", "D");
        let mut stacked = Stacked::new("T", "D", PARTS);
        for (one, other, _) in &amounts {
            bars = bars.bar(label.clone(), *one);
            stacked = stacked.bar(label.clone(), [*one, *other]);
        }
        let points = amounts.iter().map(|(amount, _, seconds)| {
            (Timestamp::from_second(i64::from(*seconds)).unwrap(), *amount)
        });
        let lines = Lines::new("T", "D").line("l", Ink::Accent, points);
        let spark: Vec<Amount> = amounts.iter().map(|(amount, _, _)| *amount).collect();
        for html in [html_of(bars), html_of(stacked), html_of(lines), html_of(sparkline("T", &spark))] {
            prop_assert_eq!(faults_of_part(&html), [""; 0]);
        }
    }
}

const PARTS: [(&str, Ink); 2] = [("bad", Ink::Critical), ("odd", Ink::Medium)];
