//! The way out. What may not be known to exist is not there: the same answer, 404 (RFC 9110,
//! section 15.5.5), for what is missing and for what is hidden.

use std::fmt;

use jiff::Timestamp;

use crate::{Marked, Reader, visible};

/// Something that was looked up, or was not there. Only [`Found::for_reader`] and
/// [`only_visible`] let it out, and they ask [`visible`].
pub struct Found<T>(Option<(Marked, T)>);

/// There is no such thing, as far as this reader may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not found")]
pub struct NotFound;

impl<T> Found<T> {
    /// What was found, with its marking.
    pub fn new(marked: Marked, value: T) -> Self {
        Self(Some((marked, value)))
    }

    /// Nothing was found.
    pub fn nothing() -> Self {
        Self(None)
    }

    /// What was found, if its marking was: something without a marking is shown to nobody.
    pub fn of(marked: Option<Marked>, value: Option<T>) -> Self {
        Self(marked.zip(value))
    }

    /// The same, with the value made into another.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Found<U> {
        Found(self.0.map(|(marked, value)| (marked, change(value))))
    }

    /// Gives it out to a reader who may see it.
    ///
    /// # Errors
    /// [`NotFound`] when it is not there, and when the reader may not know that it is.
    pub fn for_reader(self, reader: &Reader, now: Timestamp) -> Result<T, NotFound> {
        self.0
            .filter(|(marked, _)| visible(reader, marked, now))
            .map(|(_, value)| value)
            .ok_or(NotFound)
    }
}

/// What it holds is not for whoever prints it.
impl<T> fmt::Debug for Found<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Found")
    }
}

/// Those of a list that the reader may see.
pub fn only_visible<'r, T>(
    found: impl IntoIterator<Item = Found<T>> + 'r,
    reader: &'r Reader,
    now: Timestamp,
) -> impl Iterator<Item = T> + 'r
where
    T: 'r,
{
    found.into_iter().filter_map(move |one| one.for_reader(reader, now).ok())
}
