//! The questions that outsiders may ask: a fixed catalogue, and no free range of versions.
//!
//! The hold-out keeps its promise for any questions. But with free ranges a reader could cut a
//! package's versions ever finer and learn much of how the counted members are spread; who then
//! knows something of a member from elsewhere could find it there.

use mainstay_types::{Ecosystem, PackageName};

/// What figures are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Who uses something that this advisory means. By its id, as published.
    Advisory(Box<str>),
    /// Who uses this package, in whatever version.
    Package(Ecosystem, Box<str>),
}

impl Question {
    /// Who uses a package, whatever its version. Two spellings of a name are one question.
    pub fn package(name: &PackageName) -> Self {
        Self::Package(name.ecosystem(), name.key().into())
    }
}
