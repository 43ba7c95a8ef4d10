//! Sectors of critical infrastructure: which there are, and who looks after them.
//!
//! Two schemes come with the program: the sixteen sectors of the United States (PPD-21,
//! NSM-22), with their sector risk management agencies, and the eighteen of the NIS 2
//! Directive (EU 2022/2555, Annexes I and II). Each is a text in TOML that anyone may edit and
//! [`SectorScheme::read`] reads; others can be added in the same form.
//!
//! **Schemes are not mapped onto one another, on purpose.** They cut the world differently:
//! one knows `Dams` and `Nuclear` apart from `Energy`, the other knows `Space` and `Research`,
//! and whether an organisation falls under a directive depends on its size and on a member
//! state's own decision. A table of "the same" sectors would move organisations into figures
//! to which nobody assigned them. An organisation is given its sectors in each scheme by
//! somebody who knows it, and what nobody said stays unknown.

mod read;
mod sector_id;

use std::sync::LazyLock;

pub use read::SectorError;
pub use sector_id::{SectorId, SectorIdError};

/// A list of sectors under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectorScheme {
    id: String,
    name: String,
    source: String,
    sectors: Vec<Sector>,
}

/// One sector of a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sector {
    /// The id, with its scheme: `us-ci/energy`. Never changes its meaning.
    pub id: SectorId,
    /// The name that people read.
    pub name: String,
    /// Who manages the sector's risk, as the scheme's source assigns it. Empty where the
    /// scheme assigns nobody.
    pub agencies: Vec<String>,
    /// The annex that lists the sector (`I`, `II`), where the scheme has annexes.
    pub annex: Option<String>,
    /// What belongs to it, in a sentence. May be empty.
    pub note: String,
}

impl SectorScheme {
    /// Reads a scheme from TOML: `id`, `name`, `source` and tables `[[sector]]` with `id`,
    /// `name` and optional `agencies`, `annex`, `note`. Strict: an unknown key, a missing or
    /// empty name, an id of another scheme or one that is there twice is an error that names
    /// the line. A scheme has 1 to 500 sectors and at most 256 KiB.
    pub fn read(text: &str) -> Result<Self, SectorError> {
        read::read(text)
    }

    /// The schemes that come with the program: `us-ci`, then `nis2`.
    pub fn shipped() -> &'static [Self] {
        &SHIPPED
    }

    /// The id of the scheme: `us-ci`, `nis2`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name that people read.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The law or document that the scheme follows.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The sectors, in the order of the text.
    pub fn sectors(&self) -> &[Sector] {
        &self.sectors
    }

    /// The sector with this id. `None` for ids of other schemes too.
    pub fn sector(&self, id: &SectorId) -> Option<&Sector> {
        self.sectors.iter().find(|sector| sector.id == *id)
    }
}

static SHIPPED: LazyLock<Vec<SectorScheme>> = LazyLock::new(|| {
    let texts =
        [include_str!("../data/sectors/us-ci.toml"), include_str!("../data/sectors/nis2.toml")];
    #[expect(
        clippy::expect_used,
        reason = "the texts are part of the program, and tests read them"
    )]
    texts.map(|text| SectorScheme::read(text).expect("a shipped scheme is well-formed")).into()
});

#[cfg(test)]
mod tests;
