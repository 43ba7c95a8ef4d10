//! What sources list and no ecosystem knows: nothing is looked up about it, and a policy judges it.

use mainstay_reading::Unidentified;
use mainstay_types::Purl;

use crate::package::Location;
use crate::scan::Scan;
use crate::source::Reading;

/// One such thing, in the source that lists it.
#[derive(Clone, Copy)]
pub(crate) struct Component<'s> {
    pub(crate) listed: &'s Unidentified,
    reading: &'s Reading,
    at: ComponentAt,
}

/// Where one is: the source by its position among the readings, and its own position in there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComponentAt {
    reading: usize,
    listed: usize,
}

impl<'s> Component<'s> {
    /// For a person: what it is called, with its version.
    pub(crate) fn label(&self) -> String {
        let version = self.listed.version.as_deref().map(|version| format!(" {version}"));
        format!("{}{}", self.listed.name, version.unwrap_or_default())
    }

    /// Its package URL, where it has one.
    pub(crate) fn purl(&self) -> Option<&'s Purl> {
        self.listed.purl.as_ref()
    }

    /// Where it is written.
    pub(crate) fn place(&self) -> Location {
        // It is no entry, so no layer is known for it.
        Location::of(&self.listed.place, self.reading, self.at.reading, u32::MAX)
    }

    pub(crate) fn at(&self) -> ComponentAt {
        self.at
    }
}

impl Scan {
    /// Everything that a source lists and no ecosystem knows.
    pub(crate) fn components(&self) -> impl Iterator<Item = Component<'_>> {
        self.readings.iter().enumerate().flat_map(|(position, reading)| {
            let listed = reading.outcome.as_ref().map(|read| &*read.unidentified);
            let listed = listed.unwrap_or_default().iter().enumerate();
            listed.map(move |(at, listed)| Component {
                listed,
                reading,
                at: ComponentAt { reading: position, listed: at },
            })
        })
    }

    /// The one at this place.
    pub(crate) fn component(&self, at: ComponentAt) -> Option<Component<'_>> {
        let reading = self.readings.get(at.reading)?;
        let listed = reading.outcome.as_ref().ok()?.unidentified.get(at.listed)?;
        Some(Component { listed, reading, at })
    }
}
