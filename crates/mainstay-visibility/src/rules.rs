//! The definition as data, and the predicate made of it. The SQL is made of the same table and
//! of the same [`Circle`]s, in `visible_sql.rs`.

use jiff::Timestamp;
use mainstay_types::{SectorId, Tlp};

use crate::time::{now_micros, opening_micros};
use crate::{AccountId, CommunityId, Marked, Reader, Role};

/// Kinds of audience. The owner is one that needs no release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AudienceKind {
    /// The organisation whose object it is, at any time.
    Owner,
    /// [`crate::Audience::Public`].
    Public,
    /// [`crate::Audience::SignedIn`].
    SignedIn,
    /// [`crate::Audience::Community`].
    Community,
    /// [`crate::Audience::Sector`].
    Sector,
    /// [`crate::Audience::Organisation`].
    Organisation,
    /// [`crate::Audience::Person`].
    Person,
}

impl AudienceKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Owner,
        Self::Public,
        Self::SignedIn,
        Self::Community,
        Self::Sector,
        Self::Organisation,
        Self::Person,
    ];

    /// The word for it, also in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Public => "public",
            Self::SignedIn => "signed-in",
            Self::Community => "community",
            Self::Sector => "sector",
            Self::Organisation => "organisation",
            Self::Person => "person",
        }
    }

    pub(crate) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What a reader must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// An account.
    Account,
    /// A role in some organisation.
    AnyRole,
    /// To be in the community that is named.
    ThatCommunity,
    /// A role in an organisation of the sector that is named.
    ThatSector,
    /// One of these roles in the organisation that is named.
    RoleThere(&'static [Role]),
    /// To be the person who is named.
    ThatPerson,
}

/// One rule: an audience of this kind may be told under these markings, and who is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// For which kind of audience.
    pub kind: AudienceKind,
    /// Under which markings.
    pub markings: &'static [Tlp],
    /// What a reader must have to be in that audience.
    pub needs: Needs,
}

/// The whole definition. Where no rule speaks of a kind and a marking, nobody is told.
pub const RULES: &[Rule] = &[
    Rule {
        kind: AudienceKind::Owner,
        markings: &[Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict],
        needs: Needs::RoleThere(&Role::ALL),
    },
    Rule {
        kind: AudienceKind::Owner,
        markings: &[Tlp::Red],
        needs: Needs::RoleThere(&Role::WRITERS),
    },
    Rule { kind: AudienceKind::Public, markings: &[Tlp::Clear], needs: Needs::Nothing },
    Rule { kind: AudienceKind::SignedIn, markings: &[Tlp::Clear], needs: Needs::Account },
    Rule { kind: AudienceKind::SignedIn, markings: &[Tlp::Green], needs: Needs::AnyRole },
    Rule {
        kind: AudienceKind::Community,
        markings: &[Tlp::Clear, Tlp::Green],
        needs: Needs::ThatCommunity,
    },
    Rule {
        kind: AudienceKind::Sector,
        markings: &[Tlp::Clear, Tlp::Green],
        needs: Needs::ThatSector,
    },
    Rule {
        kind: AudienceKind::Organisation,
        markings: &[Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict],
        needs: Needs::RoleThere(&Role::ALL),
    },
    Rule { kind: AudienceKind::Person, markings: &Tlp::ALL, needs: Needs::ThatPerson },
];

/// Whether the reader may see the object, and may know that it exists.
pub fn visible(reader: &Reader, object: &Marked, now: Timestamp) -> bool {
    seen_as(reader, object, now).is_some()
}

/// The label under which the reader sees the object; nothing when it is not to be seen. Of
/// several ways in, the widest counts: what everybody may know is CLEAR for its owner too.
pub fn seen_as(reader: &Reader, object: &Marked, now: Timestamp) -> Option<Tlp> {
    let now = now_micros(now);
    let own = (AudienceKind::Owner, object.owner.as_str(), object.marking);
    let released = object
        .releases
        .iter()
        .filter(|release| opening_micros(release.not_before) <= now)
        .map(|release| (release.audience.kind(), release.audience.name(), release.marking));
    std::iter::once(own)
        .chain(released)
        .filter(|(kind, name, marking)| {
            rule_for(*kind, *marking).is_some_and(|rule| Circle::of(rule.needs, reader).has(name))
        })
        .map(|(_, _, marking)| marking)
        .min()
}

pub(crate) fn rule_for(kind: AudienceKind, marking: Tlp) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.kind == kind && rule.markings.contains(&marking))
}

/// The audiences of a need that a reader is in. What a need means is said here, once, for the
/// predicate and for the SQL.
pub(crate) enum Circle<'r> {
    All,
    None,
    These(Vec<&'r str>),
}

impl<'r> Circle<'r> {
    pub(crate) fn of(needs: Needs, reader: &'r Reader) -> Self {
        let mut names: Vec<&str> = match needs {
            Needs::Nothing => return Self::All,
            Needs::Account => return Self::all_if(reader.account().is_some()),
            Needs::AnyRole => return Self::all_if(reader.memberships().next().is_some()),
            Needs::ThatCommunity => reader.communities().map(CommunityId::as_str).collect(),
            Needs::ThatSector => reader.sectors().map(SectorId::as_str).collect(),
            Needs::RoleThere(roles) => reader
                .memberships()
                .filter(|(_, role)| roles.contains(role))
                .map(|(organisation, _)| organisation.as_str())
                .collect(),
            Needs::ThatPerson => reader.account().map(AccountId::as_str).into_iter().collect(),
        };
        names.dedup();
        if names.is_empty() { Self::None } else { Self::These(names) }
    }

    fn all_if(truth: bool) -> Self {
        if truth { Self::All } else { Self::None }
    }

    fn has(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::These(names) => names.contains(&name),
        }
    }
}
