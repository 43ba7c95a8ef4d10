//! A run of bytes that is examined, and where it lies.

use std::sync::Arc;

use mainstay_reading::{Offset, Place};

use crate::format::Beginning;

/// A file, or something inside one.
#[derive(Clone, Debug)]
pub(crate) struct Part<'a> {
    /// The bytes.
    pub(crate) bytes: &'a [u8],
    /// Its own name, without folders; of a wrapping's content the name without the ending of the
    /// wrapping (`weights.pkl.gz` holds `weights.pkl`).
    pub(crate) name: Arc<str>,
    /// The path inside the file; members of members are joined by `!/`. `None` is the file itself.
    pub(crate) member: Option<Arc<str>>,
    /// Where [`Part::bytes`] begin within the file or member.
    pub(crate) base: u64,
}

impl<'a> Part<'a> {
    /// A whole file.
    pub(crate) fn file(name: &str, bytes: &'a [u8]) -> Self {
        Self { bytes, name: name.into(), member: None, base: 0 }
    }

    /// Something that has a path inside this: a member of an archive, what a wrapping holds.
    pub(crate) fn inside<'b>(&self, path: &str, bytes: &'b [u8]) -> Part<'b> {
        let member = match &self.member {
            Some(outer) => format!("{outer}!/{path}").into(),
            None => path.into(),
        };
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path).into();
        Part { bytes, name, member: Some(member), base: 0 }
    }

    /// The bytes from `from` on (to their end), as a part of their own with the same name and
    /// places: what follows a header.
    pub(crate) fn from(&self, from: u64) -> Self {
        let start = usize::try_from(from).unwrap_or(usize::MAX);
        Self {
            bytes: self.bytes.get(start..).unwrap_or_default(),
            name: Arc::clone(&self.name),
            member: self.member.clone(),
            base: self.base.saturating_add(from),
        }
    }

    /// So many bytes from `from` on, as a part of their own with the same places, and without a
    /// name: nothing says what they are.
    pub(crate) fn run(&self, from: u64, length: u64) -> Self {
        let mut part = Self { name: "".into(), ..self.from(from) };
        let end = usize::try_from(length).unwrap_or(usize::MAX).min(part.bytes.len());
        part.bytes = part.bytes.get(..end).unwrap_or_default();
        part
    }

    /// What its format is told by.
    pub(crate) fn beginning(&self) -> Beginning<'_> {
        Beginning {
            bytes: self.bytes,
            length: self.bytes.len() as u64,
            name: &self.name,
            is_inside: self.member.is_some(),
        }
    }

    /// The whole of it as a place.
    pub(crate) fn whole(&self) -> Place {
        Place { member: self.member.clone(), ..Place::default() }
    }

    /// A byte of it as a place: `offset` from the start of [`Part::bytes`].
    pub(crate) fn at(&self, offset: u64) -> Place {
        let offset = Some(Offset::of(self.base.saturating_add(offset)));
        Place { member: self.member.clone(), offset, ..Place::default() }
    }
}
