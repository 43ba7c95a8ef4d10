//! One `affected` entry of a record becomes part of a rule.
//!
//! What cannot be decided is not left out but noted with its reason, so that a look-up can say
//! that it does not know.

use mainstay_advisories::osv::{Affected, Event as OsvEvent, Range, RangeKind, Text};
use mainstay_types::Ecosystem;
use mainstay_versions::{Bound, Event, Interval, intervals};

use crate::rule::{End, IntervalDraft, RuleDraft};
use crate::texts::Texts;

/// A longer version is not compared. The longest real ones have about 100 bytes.
const MAX_VERSION_BYTES: usize = 1024;
const TOO_LONG: &str = "it names a version of more than 1024 bytes";

/// Adds what the entry says to the rule.
pub(super) fn collect(
    affected: &Affected<'_>,
    ecosystem: Ecosystem,
    texts: &mut Texts,
    rule: &mut RuleDraft,
) {
    for version in &affected.versions {
        if version.len() <= MAX_VERSION_BYTES {
            rule.listed.push(texts.intern(version));
        } else {
            rule.reasons.push(texts.intern(TOO_LONG));
        }
    }
    let mut says_something = !affected.versions.is_empty();
    let mut has_commits = false;
    for range in &affected.ranges {
        match &range.kind {
            RangeKind::Semver | RangeKind::Ecosystem => {
                says_something = true;
                collect_versions(range, ecosystem, texts, rule);
            }
            RangeKind::Git => {
                has_commits = true;
                collect_commits(range, texts, rule);
            }
            RangeKind::Other(kind) => {
                says_something = true;
                let kind = kind.get(..kind.floor_char_boundary(40)).unwrap_or_default();
                let reason = format!("it has a range of the unknown type {kind:?}");
                rule.reasons.push(texts.intern(&reason));
            }
        }
    }
    if !says_something {
        let reason = if has_commits {
            "it names commits only, no versions"
        } else {
            "it names the package, but no versions"
        };
        rule.reasons.push(texts.intern(reason));
    }
}

fn collect_versions(
    range: &Range<'_>,
    ecosystem: Ecosystem,
    texts: &mut Texts,
    rule: &mut RuleDraft,
) {
    if range.events.iter().any(OsvEvent::is_unknown) {
        rule.reasons.push(texts.intern("it has a range with an unknown event"));
        return;
    }
    let events: Vec<Event<'_>> = events(range).collect();
    if !events.iter().any(|event| matches!(event, Event::Introduced(_))) {
        // The schema asks for one in every range. Where it is left out, nobody can say from which
        // version on the package is affected.
        rule.reasons.push(texts.intern("it has a range that does not say where it begins"));
        return;
    }
    if events.iter().any(|event| text(event).len() > MAX_VERSION_BYTES) {
        rule.reasons.push(texts.intern(TOO_LONG));
        return;
    }
    // The range that nearly every record has needs no sorting, so no version is parsed here: one
    // that cannot be read is found when it is compared.
    match events.as_slice() {
        [Event::Introduced("0")] => {
            put(&Interval { from: None, to: Bound::Open }, texts, rule);
            return;
        }
        [Event::Introduced("0"), Event::Fixed(fixed)] => {
            put(&Interval { from: None, to: Bound::Fixed(fixed) }, texts, rule);
            return;
        }
        _ => {}
    }
    match intervals(ecosystem, &events) {
        Ok(found) => {
            for interval in &found {
                put(interval, texts, rule);
            }
        }
        Err(error) => rule.reasons.push(texts.intern(&error.to_string())),
    }
}

fn events<'r>(range: &'r Range<'_>) -> impl Iterator<Item = Event<'r>> {
    range.events.iter().flat_map(|event| {
        [
            event.introduced.as_deref().map(Event::Introduced),
            event.fixed.as_deref().map(Event::Fixed),
            event.last_affected.as_deref().map(Event::LastAffected),
            event.limit.as_deref().map(Event::Limit),
        ]
        .into_iter()
        .flatten()
    })
}

fn text<'e>(event: &Event<'e>) -> &'e str {
    match *event {
        Event::Introduced(text)
        | Event::Fixed(text)
        | Event::LastAffected(text)
        | Event::Limit(text) => text,
    }
}

fn put(interval: &Interval<'_>, texts: &mut Texts, rule: &mut RuleDraft) {
    let (end, to) = match interval.to {
        Bound::Open => (End::Open, 0),
        Bound::Fixed(version) => (End::Fixed, texts.intern(version)),
        Bound::Limit(version) => (End::Limit, texts.intern(version)),
        Bound::LastAffected(version) => (End::LastAffected, texts.intern(version)),
    };
    let from = interval.from.map(|version| texts.intern(version));
    rule.intervals.push(IntervalDraft { from, end, to });
}

/// Only the commits that are named can be compared without the repository: the first and the
/// last affected one. `0`, the beginning, names none.
fn collect_commits(range: &Range<'_>, texts: &mut Texts, rule: &mut RuleDraft) {
    for event in &range.events {
        let named = |commit: &&Text<'_>| &***commit != "0" && commit.len() <= MAX_VERSION_BYTES;
        let affected = event.introduced.iter().chain(&event.last_affected).filter(named);
        rule.commits.extend(affected.map(|commit| texts.intern(commit)));
        let fixing = event.fixed.iter().filter(named);
        rule.fixing_commits.extend(fixing.map(|commit| texts.intern(commit)));
    }
}
