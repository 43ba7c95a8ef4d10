//! How bad a record is, from what it says itself.
//!
//! In this order: a CVSS vector of the affected package, one of the record, one in the
//! database's own fields; then a bare score; then a word. Of several vectors the newest CVSS
//! version counts (4.0, 3.1, 3.0, 2). Standards: <https://www.first.org/cvss/>.

use std::borrow::Cow;
use std::str::FromStr;

use cvss::{Cvss, v2};
use mainstay_types::{Score, Severity};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::osv::{Affected, Record, SeverityEntry, Text};

/// How bad something is: the word, and the score and vector it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rating {
    /// The word.
    pub severity: Severity,
    /// The base score, where a vector or a number is given.
    pub score: Option<Score>,
    /// The CVSS vector as the record writes it.
    pub vector: Option<String>,
}

impl Rating {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { severity: Severity::Unknown, score: None, vector: None };

    /// The rating of a CVSS vector of version 2 (bare, in brackets or with `CVSS:2.0/`), 3.0,
    /// 3.1 or 4.0. `None` when it cannot be read or lacks a base metric.
    pub fn of_vector(vector: &str) -> Option<Self> {
        Vector::parse(vector).map(|parsed| parsed.rating)
    }

    fn of_number(number: f64) -> Option<Self> {
        let score = Score::from_number(number)?;
        Some(Self { severity: Severity::of(score), score: Some(score), vector: None })
    }

    fn of_word(word: &str) -> Option<Self> {
        let word = word.trim();
        let severity = Severity::from_word(word).or_else(|| {
            let (_, severity) =
                OTHER_WORDS.into_iter().find(|(other, _)| other.eq_ignore_ascii_case(word))?;
            Some(severity)
        })?;
        (severity != Severity::Unknown).then_some(Self { severity, score: None, vector: None })
    }

    /// A vector, a number written as text, or a word.
    fn of_text(text: &str) -> Option<Self> {
        Self::of_vector(text)
            .or_else(|| text.trim().parse().ok().and_then(Self::of_number))
            .or_else(|| Self::of_word(text))
    }
}

/// Words of other scales: Red Hat says `important`, Ubuntu `negligible`.
const OTHER_WORDS: [(&str, Severity); 2] =
    [("important", Severity::High), ("negligible", Severity::Low)];

pub(crate) fn rate(record: &Record<'_>, affected: &Affected<'_>) -> Rating {
    let (of_package, of_ecosystem) = affected.specific();
    best_vector(&affected.severity)
        .or_else(|| best_vector(&record.severity))
        .or_else(|| specific(of_package, Rank::Vector))
        .or_else(|| specific(of_ecosystem, Rank::Vector))
        .or_else(|| specific(record.specific(), Rank::Vector))
        .or_else(|| first_word(&affected.severity))
        .or_else(|| first_word(&record.severity))
        .or_else(|| specific(of_package, Rank::Any))
        .or_else(|| specific(of_ecosystem, Rank::Any))
        .or_else(|| specific(record.specific(), Rank::Any))
        .unwrap_or(Rating::UNKNOWN)
}

/// The text of `informational`, as `RustSec` writes it into `database_specific`.
pub(crate) fn informational(specific: Option<&RawValue>) -> Option<String> {
    let raw = specific.filter(|raw| raw.get().contains("informational"))?;
    let fields: Fields<'_> = serde_json::from_str(raw.get()).ok()?;
    match Value::of(fields.informational?)? {
        Value::Text(text) => Some(text.into_owned()),
        Value::Number(_) => None,
    }
}

fn best_vector(entries: &[SeverityEntry<'_>]) -> Option<Rating> {
    entries
        .iter()
        .filter_map(|entry| Vector::parse(entry.score.as_ref()?))
        .reduce(|best, next| if next.version > best.version { next } else { best })
        .map(|best| best.rating)
}

fn first_word(entries: &[SeverityEntry<'_>]) -> Option<Rating> {
    entries.iter().find_map(|entry| Rating::of_text(entry.score.as_ref()?))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rank {
    Vector,
    Any,
}

/// What a database wrote into its own fields.
fn specific(raw: Option<&RawValue>, rank: Rank) -> Option<Rating> {
    let raw = raw.filter(|raw| raw.get().contains("severity") || raw.get().contains("cvss"))?;
    let fields: Fields<'_> = serde_json::from_str(raw.get()).ok()?;
    let scores = [fields.cvss_v4, fields.cvss_v3, fields.cvss, fields.cvss_v2];
    let mut values = scores.into_iter().chain([fields.severity]).flatten();
    values.find_map(|raw| match (Value::of(raw)?, rank) {
        (Value::Text(text), Rank::Vector) => Rating::of_vector(&text),
        (Value::Text(text), Rank::Any) => Rating::of_text(&text),
        (Value::Number(_), Rank::Vector) => None,
        (Value::Number(number), Rank::Any) => Rating::of_number(number),
    })
}

#[derive(Default, Deserialize)]
struct Fields<'a> {
    #[serde(borrow, default)]
    severity: Option<&'a RawValue>,
    #[serde(borrow, default)]
    cvss: Option<&'a RawValue>,
    #[serde(borrow, default)]
    cvss_v2: Option<&'a RawValue>,
    #[serde(borrow, default)]
    cvss_v3: Option<&'a RawValue>,
    #[serde(borrow, default)]
    cvss_v4: Option<&'a RawValue>,
    #[serde(borrow, default)]
    informational: Option<&'a RawValue>,
}

enum Value<'a> {
    Text(Cow<'a, str>),
    Number(f64),
}

impl<'a> Value<'a> {
    fn of(raw: &'a RawValue) -> Option<Self> {
        let json = raw.get();
        match json.bytes().next()? {
            b'"' => serde_json::from_str::<Text<'a>>(json).ok().map(|text| Self::Text(text.0)),
            b'{' => Self::of_object(json),
            _ => json.parse().ok().map(Self::Number),
        }
    }

    fn of_object(json: &'a str) -> Option<Self> {
        let object: ScoreObject<'a> = serde_json::from_str(json).ok()?;
        let vector = object.vector.or(object.vector_string).map(|text| Self::Text(text.0));
        vector.or(object.score.map(Self::Number))
    }
}

#[derive(Deserialize)]
struct ScoreObject<'a> {
    #[serde(borrow, default)]
    vector: Option<Text<'a>>,
    #[serde(borrow, default, rename = "vectorString")]
    vector_string: Option<Text<'a>>,
    #[serde(default)]
    score: Option<f64>,
}

struct Vector {
    version: u8,
    rating: Rating,
}

/// The base metrics of each version: without all of them a score would mean nothing.
const BASE_2: &[&str] = &["AV", "AC", "Au", "C", "I", "A"];
const BASE_3: &[&str] = &["AV", "AC", "PR", "UI", "S", "C", "I", "A"];
const BASE_4: &[&str] = &["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"];

impl Vector {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (version, needed, bare) = match text.split_once('/') {
            Some(("CVSS:4.0", _)) => (40, BASE_4, text),
            Some(("CVSS:3.1", _)) => (31, BASE_3, text),
            Some(("CVSS:3.0", _)) => (30, BASE_3, text),
            Some(("CVSS:2.0", rest)) => (20, BASE_2, rest),
            Some(_) => (20, BASE_2, text.trim_start_matches('(').trim_end_matches(')')),
            None => return None,
        };
        let metrics = || bare.split('/').filter_map(|metric| metric.split_once(':'));
        if !needed.iter().all(|name| metrics().any(|(metric, _)| metric == *name)) {
            return None;
        }
        let score = if version == 20 {
            v2::Vector::from_str(bare).ok()?.score().value()
        } else {
            Cvss::from_str(bare).ok()?.score()
        };
        let score = Score::from_number(score)?;
        let severity = Severity::of(score);
        let vector = Some(text.to_owned());
        Some(Self { version, rating: Rating { severity, score: Some(score), vector } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenths(vector: &str) -> Option<u8> {
        Rating::of_vector(vector)?.score.map(Score::tenths)
    }

    fn rate_json(record: &str) -> Rating {
        let record = Record::parse(record.as_bytes()).unwrap();
        record.severity(&record.affected[0])
    }

    #[test]
    fn the_examples_of_the_cvss_guides_have_their_scores() {
        for (vector, expected) in [
            ("AV:N/AC:L/Au:N/C:N/I:N/A:C", 78),
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C", 100),
            ("AV:L/AC:H/Au:N/C:C/I:C/A:C", 62),
            ("AV:N/AC:L/Au:N/C:P/I:P/A:P", 75),
            ("AV:N/AC:M/Au:N/C:N/I:P/A:N", 43),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 100),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 61),
            ("CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L", 42),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 93),
        ] {
            assert_eq!(tenths(vector), Some(expected), "{vector}");
        }
    }

    #[test]
    fn a_version_2_vector_may_have_a_prefix_or_brackets() {
        assert_eq!(tenths("CVSS:2.0/AV:N/AC:L/Au:N/C:P/I:P/A:P"), Some(75));
        assert_eq!(tenths("(AV:N/AC:L/Au:N/C:P/I:P/A:P)"), Some(75));
    }

    #[test]
    fn a_vector_that_lacks_a_base_metric_has_no_score() {
        assert_eq!(tenths("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H"), None);
        assert_eq!(tenths("AV:N/AC:L"), None);
        assert_eq!(tenths("CVSS:9.9/AV:N"), None);
    }

    #[test]
    fn the_newest_cvss_version_counts() {
        let rating = rate_json(
            r#"{"id":"X-1","affected":[{}],"severity":[
                {"type":"CVSS_V4","score":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"},
                {"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]}"#,
        );
        assert_eq!(rating.score, Score::from_tenths(93));
    }

    #[test]
    fn the_severity_of_the_package_takes_the_place_of_the_records() {
        let rating = rate_json(
            r#"{"id":"X-1","affected":[{"severity":[{"type":"CVSS_V2","score":"AV:N/AC:L/Au:N/C:P/I:P/A:P"}]}],
                "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]}"#,
        );
        assert_eq!(rating.score, Score::from_tenths(75));
        assert_eq!(rating.vector.as_deref(), Some("AV:N/AC:L/Au:N/C:P/I:P/A:P"));
    }

    #[test]
    fn a_word_of_the_database_is_taken_when_there_is_no_vector() {
        let rating = rate_json(
            r#"{"id":"X-1","affected":[{}],"database_specific":{"severity":"MODERATE"}}"#,
        );
        assert_eq!((rating.severity, rating.score), (Severity::Medium, None));
    }

    #[test]
    fn a_bare_score_of_the_database_is_taken_when_there_is_no_vector() {
        let rating =
            rate_json(r#"{"id":"X-1","affected":[{}],"database_specific":{"cvss_v3":9.8}}"#);
        assert_eq!((rating.severity, rating.score), (Severity::Critical, Score::from_tenths(98)));
    }

    #[test]
    fn a_vector_in_the_packages_own_fields_is_read() {
        let rating = rate_json(
            r#"{"id":"X-1","affected":[{"database_specific":
                {"cvss":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}]}"#,
        );
        assert_eq!(rating.severity, Severity::Critical);
    }

    #[test]
    fn a_distributions_own_word_is_read() {
        let rating = rate_json(
            r#"{"id":"X-1","affected":[{}],"severity":[{"type":"Ubuntu","score":"high"}]}"#,
        );
        assert_eq!(rating.severity, Severity::High);
    }

    #[test]
    fn nothing_said_is_unknown_and_not_none() {
        let rating =
            rate_json(r#"{"id":"X-1","affected":[{}],"database_specific":{"severity":null}}"#);
        assert_eq!(rating, Rating::UNKNOWN);
    }
}
