//! A name and a version, as a package claims them, and where its project takes money.

use mainstay_reading::{Entry, Place, ReadError, ReadErrorKind, entry, exact};
use mainstay_types::{Ecosystem, WebAddress};

/// Addresses that are kept of one package.
const MOST_FUNDING: usize = 8;

/// What a package says it is. It is a claim: nothing in the file proves it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The name, as it is written; never empty.
    pub name: Option<Box<str>>,
    /// The version, as it is written; never empty.
    pub version: Option<Box<str>>,
    /// Where its project takes money: at most 8 addresses.
    pub funding: Vec<WebAddress>,
}

impl Identity {
    /// From texts that may be empty, which says nothing.
    pub(crate) fn new(name: Option<&str>, version: Option<&str>) -> Self {
        let said = |text: &str| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.into())
        };
        Self { name: name.and_then(said), version: version.and_then(said), funding: Vec::new() }
    }

    /// With what the file says on where money is taken; what is no address of the web says
    /// nothing.
    pub(crate) fn with_funding<'t>(mut self, addresses: impl Iterator<Item = &'t str>) -> Self {
        for address in addresses.filter_map(WebAddress::parse) {
            if self.funding.len() < MOST_FUNDING && !self.funding.contains(&address) {
                self.funding.push(address);
            }
        }
        self
    }

    /// The package as an entry of an inventory, from its ecosystem's registry and needed at run
    /// time until something says otherwise.
    ///
    /// # Errors
    /// The file gives no name, or one that the ecosystem does not allow.
    pub fn entry(&self, ecosystem: Ecosystem, place: Place) -> Result<Entry, ReadError> {
        let Some(name) = &self.name else {
            return Err(ReadError::new(ReadErrorKind::Shape, "the file gives no name"));
        };
        entry(ecosystem, name, exact(self.version.as_deref().unwrap_or_default()), place)
    }
}
