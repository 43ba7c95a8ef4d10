//! Cooldown: a release that is a few days old has been looked at by few.
//!
//! The fix for a known flaw is taken however young it is; what merely comes along is moved back
//! to the newest release that is old enough, where the resolver allows it and the date is known.

use std::cmp::Ordering;

use jiff::Timestamp;
use mainstay_types::Ecosystem;
use mainstay_versions::Version;

/// The newest of these releases that is not younger than the cutoff, newer than `above` and older
/// than `below`.
pub(crate) fn old_enough(
    ecosystem: Ecosystem,
    releases: &[(String, Timestamp)],
    cutoff: Timestamp,
    above: Option<&str>,
    below: &str,
) -> Option<String> {
    let below = Version::parse(ecosystem, below).ok()?;
    let above = above.and_then(|version| Version::parse(ecosystem, version).ok());
    releases
        .iter()
        .filter(|(_, published)| *published <= cutoff)
        // Cargo's mark of a preview is npm's too; nobody asked for one.
        .filter(|(text, _)| !text.contains('-'))
        .filter_map(|(text, _)| Some((Version::parse(ecosystem, text).ok()?, text)))
        .filter(|(version, _)| version.compare(&below) == Some(Ordering::Less))
        .filter(|(version, _)| {
            let newer = |above| version.compare(above) != Some(Ordering::Less);
            above.as_ref().is_none_or(newer)
        })
        .reduce(
            |best, next| {
                if best.0.compare(&next.0) == Some(Ordering::Less) { next } else { best }
            },
        )
        .map(|(_, text)| text.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn releases() -> Vec<(String, Timestamp)> {
        [("1.0.0", 100), ("1.1.0", 200), ("1.2.0-beta.1", 250), ("1.2.0", 300)]
            .map(|(version, second)| (version.to_owned(), Timestamp::from_second(second).unwrap()))
            .to_vec()
    }

    fn chosen(cutoff: i64, above: Option<&str>) -> Option<String> {
        let cutoff = Timestamp::from_second(cutoff).unwrap();
        old_enough(Ecosystem::CratesIo, &releases(), cutoff, above, "1.2.0")
    }

    #[test]
    fn the_newest_release_before_the_cutoff_is_taken() {
        assert_eq!(chosen(260, None).as_deref(), Some("1.1.0"));
    }

    #[test]
    fn nothing_older_than_what_is_there_is_taken() {
        assert_eq!(chosen(150, Some("1.1.0")), None);
    }

    #[test]
    fn the_release_that_is_there_may_stay() {
        assert_eq!(chosen(260, Some("1.1.0")).as_deref(), Some("1.1.0"));
    }
}
