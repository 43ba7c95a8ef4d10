//! Affected ranges: the evaluation rules of the OSV schema
//! (<https://ossf.github.io/osv-schema/#evaluation>).
//!
//! The schema sorts the events of a range and walks them; here the walk is done once per range
//! and leaves intervals. Where events fall on the same version the schema leaves the order open:
//! a run that is open ends before a new one begins, and a run that begins there may end there.

use std::cmp::Ordering;

use mainstay_types::Ecosystem;

use crate::{Version, VersionError};

mod sorting;

/// One event of an OSV range, with the version as the record writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Affected from here on; `0` means from the beginning.
    Introduced(&'a str),
    /// No longer affected from here on.
    Fixed(&'a str),
    /// Affected up to here, and no longer after.
    LastAffected(&'a str),
    /// The range says nothing from here on; `*` means no limit.
    Limit(&'a str),
}

/// Where an interval ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound<'a> {
    /// Nowhere: every later version is affected.
    Open,
    /// Before this version, which fixes the flaw.
    Fixed(&'a str),
    /// Before this version, from which on the record says nothing.
    Limit(&'a str),
    /// After this version, the last one affected.
    LastAffected(&'a str),
}

/// A run of affected versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval<'a> {
    /// The first affected version; `None` is the beginning.
    pub from: Option<&'a str>,
    /// The end.
    pub to: Bound<'a>,
}

/// The intervals of a range, sorted. An event that cannot be read makes the range undecidable.
///
/// The order is that of the ecosystem, for ranges of type `SEMVER` and `ECOSYSTEM` alike. Of
/// several limits the highest counts, since the schema asks for a version below any of them.
pub fn intervals<'a>(
    ecosystem: Ecosystem,
    events: &[Event<'a>],
) -> Result<Vec<Interval<'a>>, VersionError> {
    let mut limits = Limits::None;
    let mut marks = Vec::with_capacity(events.len());
    for event in events {
        match *event {
            Event::Introduced("0") => marks.push(Mark::beginning()),
            Event::Introduced(text) => marks.push(Mark::read(ecosystem, Kind::Introduced, text)?),
            Event::Fixed(text) => marks.push(Mark::read(ecosystem, Kind::Fixed, text)?),
            Event::LastAffected(text) => {
                marks.push(Mark::read(ecosystem, Kind::LastAffected, text)?);
            }
            Event::Limit("*") => limits = Limits::Unbounded,
            Event::Limit(text) => limits.add(Mark::read(ecosystem, Kind::Limit, text)?),
        }
    }
    sorting::sort(&mut marks, Mark::compare);
    Ok(walk(&marks, &limits))
}

impl<'a> Interval<'a> {
    /// Whether the version lies in the interval. An error when a bound cannot be read.
    pub fn contains(&self, version: &Version) -> Result<bool, VersionError> {
        if let Some(from) = self.from
            && order(version, from)? == Ordering::Less
        {
            return Ok(false);
        }
        Ok(match self.to {
            Bound::Open => true,
            Bound::Fixed(end) | Bound::Limit(end) => order(version, end)? == Ordering::Less,
            Bound::LastAffected(last) => order(version, last)? != Ordering::Greater,
        })
    }

    /// The version that fixes the flaw for those in the interval, when the record names one.
    pub fn fix(&self) -> Option<&'a str> {
        match self.to {
            Bound::Fixed(version) => Some(version),
            Bound::Open | Bound::Limit(_) | Bound::LastAffected(_) => None,
        }
    }
}

fn order(version: &Version, bound: &str) -> Result<Ordering, VersionError> {
    let ecosystem = version.ecosystem();
    let bound = Version::parse(ecosystem, bound)?;
    Ok(version.compare(&bound).unwrap_or(Ordering::Equal))
}

/// An event with its version, read.
struct Mark<'a> {
    kind: Kind,
    text: &'a str,
    /// `None` is the beginning, before every version.
    version: Option<Version>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Introduced,
    Fixed,
    LastAffected,
    Limit,
}

impl<'a> Mark<'a> {
    fn beginning() -> Self {
        Self { kind: Kind::Introduced, text: "0", version: None }
    }

    fn read(ecosystem: Ecosystem, kind: Kind, text: &'a str) -> Result<Self, VersionError> {
        Ok(Self { kind, text, version: Some(Version::parse(ecosystem, text)?) })
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (&self.version, &other.version) {
            (Some(left), Some(right)) => left.compare(right).unwrap_or(Ordering::Equal),
            (left, right) => left.is_some().cmp(&right.is_some()),
        }
    }
}

/// The highest limit of a range.
enum Limits<'a> {
    None,
    Unbounded,
    Highest(Mark<'a>),
}

impl<'a> Limits<'a> {
    fn add(&mut self, limit: Mark<'a>) {
        match self {
            Self::Unbounded => {}
            Self::Highest(highest) if limit.compare(highest) != Ordering::Greater => {}
            Self::None | Self::Highest(_) => *self = Self::Highest(limit),
        }
    }

    /// The limit, when it lies before the mark. Without a mark the question is for the open end.
    fn before(&self, mark: Option<&Mark<'a>>) -> Option<&'a str> {
        match self {
            Self::None | Self::Unbounded => None,
            Self::Highest(limit) => {
                let beyond = mark.is_none_or(|mark| match mark.kind {
                    Kind::Fixed => limit.compare(mark) == Ordering::Less,
                    Kind::Introduced | Kind::LastAffected | Kind::Limit => {
                        limit.compare(mark) != Ordering::Greater
                    }
                });
                beyond.then_some(limit.text)
            }
        }
    }
}

/// Walks the sorted marks, those on one version together.
fn walk<'a>(marks: &[Mark<'a>], limits: &Limits<'a>) -> Vec<Interval<'a>> {
    let mut intervals = Vec::new();
    let mut start: Option<&Mark<'a>> = None;
    for group in marks.chunk_by(|left, right| left.compare(right) == Ordering::Equal) {
        let introduced = group.iter().find(|mark| mark.kind == Kind::Introduced);
        let end = end_of(group);
        match (start, introduced, end) {
            (Some(from), again, Some(end)) => {
                intervals.extend(interval(from, Some(end), limits));
                start = again;
            }
            (None, Some(from), Some(end)) => {
                if end.kind == Kind::LastAffected {
                    intervals.extend(interval(from, Some(end), limits));
                }
            }
            (None, Some(from), None) => start = Some(from),
            (Some(_), _, None) | (None, None, _) => {}
        }
    }
    if let Some(from) = start {
        intervals.extend(interval(from, None, limits));
    }
    intervals
}

/// The end among marks on one version; a fix there excludes the version itself.
fn end_of<'m, 'a>(group: &'m [Mark<'a>]) -> Option<&'m Mark<'a>> {
    let of = |kind: Kind| group.iter().find(|mark| mark.kind == kind);
    of(Kind::Fixed).or_else(|| of(Kind::LastAffected))
}

/// The interval up to the end, cut at the limit; `None` when the limit leaves nothing.
fn interval<'a>(
    from: &Mark<'a>,
    end: Option<&Mark<'a>>,
    limits: &Limits<'a>,
) -> Option<Interval<'a>> {
    if limits.before(Some(from)).is_some() {
        return None;
    }
    let to = match (limits.before(end), end) {
        (Some(limit), _) => Bound::Limit(limit),
        (None, None) => Bound::Open,
        (None, Some(end)) if end.kind == Kind::Fixed => Bound::Fixed(end.text),
        (None, Some(end)) => Bound::LastAffected(end.text),
    };
    Some(Interval { from: from.version.as_ref().map(|_| from.text), to })
}
