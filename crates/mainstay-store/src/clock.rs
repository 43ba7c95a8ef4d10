//! What time it is. Everything else takes the time as a parameter.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// A source of the time.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock. It may jump, also backwards.
    #[default]
    System,
    /// A clock that stands still until it is set, for tests and demonstrations: microseconds
    /// since 1970.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that shows `moment` until it is moved.
    pub fn standing(moment: Timestamp) -> Self {
        Self::Set(Arc::new(AtomicI64::new(moment.as_microsecond())))
    }

    /// The time now, to the microsecond: what the database keeps.
    pub fn now(&self) -> Timestamp {
        let micros = match self {
            Self::System => Timestamp::now().as_microsecond(),
            Self::Set(micros) => micros.load(Ordering::SeqCst),
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
    }

    /// Moves a standing clock by `seconds`, forwards or back. The machine's clock is left alone.
    pub fn advance(&self, seconds: i64) {
        if let Self::Set(micros) = self {
            micros.fetch_add(seconds.saturating_mul(1_000_000), Ordering::SeqCst);
        }
    }
}
