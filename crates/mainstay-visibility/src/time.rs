//! Times as the database keeps them, so that the predicate and the SQL compare the same numbers.

use jiff::Timestamp;

/// The moment that a decision is made for: the microsecond in which it lies.
pub(crate) fn now_micros(now: Timestamp) -> i64 {
    whole(now.as_nanosecond().div_euclid(1_000))
}

/// The first microsecond that is not before `not_before`: rounding never opens anything early.
pub(crate) fn opening_micros(not_before: Timestamp) -> i64 {
    let nanos = not_before.as_nanosecond();
    let up = i128::from(nanos.rem_euclid(1_000) != 0);
    whole(nanos.div_euclid(1_000) + up)
}

/// Within what a time can be again.
fn whole(micros: i128) -> i64 {
    // A second within the ends, where every microsecond is a time.
    let first = Timestamp::MIN.as_microsecond().saturating_add(1_000_000);
    let last = Timestamp::MAX.as_microsecond().saturating_sub(1_000_000);
    i64::try_from(micros).unwrap_or(last).clamp(first, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embargo_is_never_shortened_by_rounding() {
        for nanos in [-1_999, -1_001, -1_000, -1, 0, 1, 999, 1_000, 1_001] {
            let moment = Timestamp::from_nanosecond(nanos).unwrap();
            let before = Timestamp::from_nanosecond(nanos - 1).unwrap();
            assert!(now_micros(before) < opening_micros(moment), "{nanos}");
        }
    }

    #[test]
    fn the_ends_of_time_can_be_kept() {
        for moment in [Timestamp::MIN, Timestamp::MAX] {
            assert!(Timestamp::from_microsecond(opening_micros(moment)).is_ok());
            assert!(Timestamp::from_microsecond(now_micros(moment)).is_ok());
        }
    }
}
