//! Lines over time.

use jiff::Timestamp;
use maud::{Markup, Render, html};

use super::{
    Beneath, Drawing, Heading, Ink, cell, framed, legend,
    scale::{Share, Span, round_top},
};
use crate::{
    amount::{Amount, Reach},
    moment::moment,
    table::Table,
};

/// One or more lines over the same time. Moments whose figure is not told leave a hole.
#[derive(Clone, Debug)]
#[must_use]
pub struct Lines {
    heading: Heading,
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    name: String,
    ink: Ink,
    points: Vec<(Timestamp, Amount)>,
}

impl Lines {
    /// A drawing with its title, and what it shows in a sentence.
    pub fn new(title: impl Into<String>, description: impl Into<String>) -> Self {
        Self { heading: Heading::new(title, description), lines: Vec::new() }
    }

    /// One more line; its points in any order.
    pub fn line(
        mut self,
        name: impl Into<String>,
        ink: Ink,
        points: impl IntoIterator<Item = (Timestamp, Amount)>,
    ) -> Self {
        let mut points: Vec<_> = points.into_iter().collect();
        points.sort_by_key(|(at, _)| *at);
        self.lines.push(Line { name: name.into(), ink, points });
        self
    }

    fn moments(&self) -> impl Iterator<Item = Timestamp> + Clone {
        self.lines.iter().flat_map(|line| line.points.iter().map(|(at, _)| *at))
    }

    fn table(&self) -> Table {
        let mut moments: Vec<Timestamp> = self.moments().collect();
        moments.sort_unstable();
        moments.dedup();
        let mut table = Table::new(self.heading.title.as_str()).text("When");
        for line in &self.lines {
            table = table.number(line.name.as_str());
        }
        table.rows(moments.into_iter().map(|at| {
            let figures = self.lines.iter().map(|line| {
                let found = line.points.binary_search_by_key(&at, |(other, _)| *other).ok();
                let amount = found.and_then(|found| line.points.get(found));
                cell(amount.map_or(Amount::Unknown, |(_, amount)| *amount))
            });
            std::iter::once(moment(at)).chain(figures).collect()
        }))
    }
}

impl Render for Lines {
    fn render(&self) -> Markup {
        let ends = self.lines.iter().flat_map(|line| &line.points);
        let ends = ends.filter_map(|(_, amount)| amount.reach());
        let top = round_top(ends.map(|reach| reach.high.unwrap_or(reach.low)).max().unwrap_or(0));
        let names = self.lines.iter().enumerate();
        let names = legend(names.map(|(at, line)| (line.name.as_str(), class(line.ink, at))));
        let marks = html! {
            (grid())
            @if let Some(span) = Span::around(self.moments()) {
                @for (at, line) in self.lines.iter().enumerate() {
                    (drawn(line, &class(line.ink, at), Field { span, top, height: HEIGHT }))
                }
                (ends_of(span))
            } @else {
                text class="figure" x="50%" y=(TOP + HEIGHT / 2) text-anchor="middle" { "no figures yet" }
            }
        };
        let drawing = Drawing {
            height: TOP + HEIGHT + BOTTOM,
            marks,
            axis: Some(axis(top)),
            legend: Some(names),
        };
        framed(&self.heading, &drawing, &self.table(), Beneath::Figures)
    }
}

/// A line of the size of a word, for a cell of a table whose other cells have the figures.
/// Points are equally far apart.
pub fn sparkline(title: &str, amounts: &[Amount]) -> Markup {
    let told = amounts.iter().filter_map(|amount| amount.reach());
    let top = told.map(|reach| reach.high.unwrap_or(reach.low)).max().unwrap_or(0).max(1);
    let last = amounts.last().map_or("none".to_owned(), ToString::to_string);
    let whole = u64::try_from(amounts.len().saturating_sub(1)).unwrap_or(u64::MAX);
    let places = amounts.iter().zip(0_u64..).map(|(amount, at)| {
        (if whole == 0 { Share::middle() } else { Share::of(at, whole) }, *amount)
    });
    let runs = runs(places, top, SPARK);
    html! {
        svg class="spark" role="img" width="96" height=(SPARK + 4) {
            title { (title) }
            desc { (amounts.len()) " figures, the last: " (last) }
            svg class=(Ink::Accent) y="2" width="100%" height=(SPARK) preserveAspectRatio="none"
                viewBox={ "0 0 " (Share::WHOLE) " " (SPARK * FINE) } {
                @for run in &runs { (strokes(run)) }
            }
        }
    }
}

/// What a figure is measured by.
#[derive(Clone, Copy)]
struct Field {
    span: Span,
    top: u64,
    height: u32,
}

/// One point: how far along, and from where to where, downwards from the top, in fine units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Point {
    x: Share,
    low: u32,
    high: u32,
}

fn drawn(line: &Line, class: &str, field: Field) -> Markup {
    let places = line.points.iter().map(|(at, amount)| (field.span.place(*at), *amount));
    let runs = runs(places, field.top, field.height);
    let few = line.points.len() <= MOST_DOTS;
    html! {
        g class=(class) {
            svg x="0" y=(TOP) width="100%" height=(field.height) preserveAspectRatio="none"
                viewBox={ "0 0 " (Share::WHOLE) " " (field.height * FINE) } {
                @for run in &runs { (strokes(run)) }
            }
            @for run in &runs {
                @for point in run {
                    // A point alone would have no line at all.
                    @if run.len() == 1 || (few && point.low == point.high) { (dot(*point)) }
                }
            }
        }
    }
}

fn dot(point: Point) -> Markup {
    let (high, low) = (TOP + point.high / FINE, TOP + point.low / FINE);
    html! {
        @if high == low {
            circle class="solid" cx=(point.x) cy=(low) r="2.5" {}
        } @else {
            line class="stroke" x1=(point.x) x2=(point.x) y1=(high) y2=(low) {}
        }
    }
}

/// Points between two holes, joined. A range is a band between its ends.
fn strokes(run: &[Point]) -> Markup {
    let lows = run.iter().map(|point| (point.x, point.low));
    let highs = run.iter().map(|point| (point.x, point.high));
    let exact = run.iter().all(|point| point.low == point.high);
    html! {
        @if !exact {
            polygon class="band" points=(joined(highs.clone().chain(lows.clone().rev()))) {}
            polyline class="stroke" points=(joined(highs)) {}
        }
        polyline class="stroke" points=(joined(lows)) {}
    }
}

fn joined(points: impl Iterator<Item = (Share, u32)>) -> String {
    let points: Vec<String> = points.map(|(x, y)| format!("{},{y}", x.units())).collect();
    points.join(" ")
}

fn runs(places: impl Iterator<Item = (Share, Amount)>, top: u64, height: u32) -> Vec<Vec<Point>> {
    let down = |value: u64| {
        let units = u64::from(height * FINE);
        let up = u64::from(Share::of(value, top).units()) * units / u64::from(Share::WHOLE);
        u32::try_from(units - up).unwrap_or(0)
    };
    let mut runs: Vec<Vec<Point>> = vec![Vec::new()];
    for (x, amount) in places {
        match (amount.reach(), runs.last_mut()) {
            (Some(Reach { low, high }), Some(run)) => {
                run.push(Point { x, low: down(low), high: down(high.unwrap_or(top)) });
            }
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Lines at nothing, half and the top.
fn grid() -> Markup {
    html! {
        @for y in [TOP, TOP + HEIGHT / 2, TOP + HEIGHT] {
            line class="grid" x1="0" x2="100%" y1=(y) y2=(y) {}
        }
    }
}

/// The figures of those lines, and the room that they take.
fn axis(top: u64) -> (u32, Markup) {
    let half = top.is_multiple_of(2).then_some((top / 2, HEIGHT / 2));
    let digits = u32::try_from(top.to_string().len()).unwrap_or(u32::MAX);
    let width = digits.saturating_mul(DIGIT) + 8;
    let figures = html! {
        @for (value, y) in [Some((top, 0)), half, Some((0, HEIGHT))].into_iter().flatten() {
            text class="figure" x=(width - 8) y=(TOP + y + 4) text-anchor="end" { (value) }
        }
    };
    (width, figures)
}

fn ends_of(span: Span) -> Markup {
    let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
    html! {
        text class="figure" x="0" y=(TOP + HEIGHT + BOTTOM - 4) { (day(span.first)) }
        text class="figure" x="100%" y=(TOP + HEIGHT + BOTTOM - 4) text-anchor="end" { (day(span.last)) }
    }
}

/// Lines differ by their dashes too.
fn class(ink: Ink, at: usize) -> String {
    format!("{ink} dash-{}", at % 4)
}

/// In pixels.
const TOP: u32 = 8;
const HEIGHT: u32 = 144;
const BOTTOM: u32 = 24;
const DIGIT: u32 = 8;
const SPARK: u32 = 20;
/// Units of a pixel downwards.
const FINE: u32 = 10;
/// A line of more points has no dots.
const MOST_DOTS: usize = 60;
