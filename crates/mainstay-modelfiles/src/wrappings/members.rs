//! What an archive holds, whichever archive it is; and the model formats that are archives with
//! certain members.

use std::ops::Deref;
use std::sync::Arc;

use mainstay_archives::Held;

use crate::examination::Examination;
use crate::formats;
use crate::part::Part;

/// The members of an archive that is being examined.
pub(crate) trait Members {
    /// Their paths, in the order of the archive.
    fn paths(&self) -> &[Arc<str>];

    /// What the first member of this path holds. `None` when there is none, or when it could not
    /// be unpacked, which is then a gap.
    fn content(&self, path: &str, examination: &mut Examination<'_>) -> Option<Content<'_>>;
}

/// What a member holds. What was unpacked counts as held until it is dropped.
pub(crate) enum Content<'m> {
    Stored(&'m [u8]),
    Unpacked(Held<'m>),
}

impl Deref for Content<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Stored(bytes) => bytes,
            Self::Unpacked(held) => held,
        }
    }
}

/// A model format that is an archive with certain members. Every member goes through the front
/// door anyway; a flavour looks at what members mean together.
pub(crate) struct Flavour {
    /// The stable name in reports.
    pub(crate) id: &'static str,
    /// Whether an archive is one.
    pub(crate) is_of: fn(&dyn Members) -> bool,
    /// Looks at the members.
    pub(crate) read: fn(&Part<'_>, &dyn Members, &mut Examination<'_>),
}

/// Every flavour, one line each. More than one may fit.
pub(crate) const FLAVOURS: &[Flavour] = &[
    formats::keras_zip::FLAVOUR,
    formats::skops::FLAVOUR,
    formats::torch_zip::FLAVOUR,
    formats::torch_tar::FLAVOUR,
    formats::torchscript::FLAVOUR,
    formats::torch_package::FLAVOUR,
    formats::torchserve::FLAVOUR,
];

/// Looks at what the members of an archive mean together.
pub(super) fn read_flavours(
    part: &Part<'_>,
    members: &dyn Members,
    examination: &mut Examination<'_>,
) {
    for flavour in FLAVOURS {
        if (flavour.is_of)(members) {
            examination.is_archive_of_model();
            examination.describe(|description| description.format(part.whole(), flavour.id));
            (flavour.read)(part, members, examination);
        }
    }
}

/// Archives for tests of flavours, without an archive.
#[cfg(test)]
pub(crate) mod of_texts {
    use mainstay_archives::{Budget, Limits};
    use mainstay_reading::NothingNearby;

    use super::{Arc, Content, Examination, Flavour, Members, Part};
    use crate::{Detail, Examined};

    struct Texts {
        paths: Vec<Arc<str>>,
        texts: Vec<String>,
    }

    impl Members for Texts {
        fn paths(&self) -> &[Arc<str>] {
            &self.paths
        }

        fn content(&self, path: &str, _: &mut Examination<'_>) -> Option<Content<'_>> {
            let position = self.paths.iter().position(|found| &**found == path)?;
            self.texts.get(position).map(|text| Content::Stored(text.as_bytes()))
        }
    }

    /// What a flavour says of an archive with these members. It must be of the flavour.
    pub(crate) fn examined(flavour: &Flavour, members: &[(&str, &str)]) -> Examined {
        let budget = Budget::new(Limits::default());
        let mut examination = Examination::new(&budget, &NothingNearby, Detail::Described);
        let texts = Texts {
            paths: members.iter().map(|(path, _)| (*path).into()).collect(),
            texts: members.iter().map(|(_, text)| (*text).to_owned()).collect(),
        };
        assert!((flavour.is_of)(&texts));
        (flavour.read)(&Part::file("a.zip", b""), &texts, &mut examination);
        examination.finish()
    }
}
