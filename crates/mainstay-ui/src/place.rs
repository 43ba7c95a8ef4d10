//! The places that the navigation leads to.

/// An entry of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// What needs doing now.
    Overview,
    /// Who is affected by a flaw.
    Affected,
    /// Parties, assets and their SBOMs.
    Inventory,
    /// The advisories that are known here.
    Advisories,
    /// Signed questions that travel to others, and their answers.
    Questions,
    /// Drafts and sent notices.
    Notices,
    /// How widely something is used, in figures that name nobody.
    Prevalence,
    /// The log of the instance.
    Log,
    /// One's own account.
    Account,
    /// People, keys, settings.
    Administration,
}

impl Place {
    /// Every place, in the order of the navigation.
    pub const ALL: [Self; 10] = [
        Self::Overview,
        Self::Affected,
        Self::Inventory,
        Self::Advisories,
        Self::Questions,
        Self::Notices,
        Self::Prevalence,
        Self::Log,
        Self::Account,
        Self::Administration,
    ];

    /// Its name in the navigation.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Affected => "Affected",
            Self::Inventory => "Inventory",
            Self::Advisories => "Advisories",
            Self::Questions => "Questions",
            Self::Notices => "Notices",
            Self::Prevalence => "Prevalence",
            Self::Log => "Log",
            Self::Account => "Account",
            Self::Administration => "Administration",
        }
    }

    /// Its path on the server.
    pub fn path(self) -> &'static str {
        match self {
            Self::Overview => "/",
            Self::Affected => "/affected",
            Self::Inventory => "/inventory",
            Self::Advisories => "/advisories",
            Self::Questions => "/questions",
            Self::Notices => "/notices",
            Self::Prevalence => "/prevalence",
            Self::Log => "/log",
            Self::Account => "/account",
            Self::Administration => "/administration",
        }
    }

    /// The key that leads there after `g`. No two places share one.
    pub fn key(self) -> char {
        match self {
            Self::Overview => 'o',
            Self::Affected => 'a',
            Self::Inventory => 'i',
            Self::Advisories => 'v',
            Self::Questions => 'q',
            Self::Notices => 'n',
            Self::Prevalence => 'p',
            Self::Log => 'l',
            Self::Account => 'm',
            Self::Administration => 's',
        }
    }
}
