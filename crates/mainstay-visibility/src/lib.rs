//! Who sees what. One definition, of which everything else is made: the predicate [`visible`],
//! the SQL condition [`VisibleSql`], and the door [`Found`] through which an answer goes out.
//!
//! The words are those of the Traffic Light Protocol 2.0 (FIRST, <https://www.first.org/tlp/>).
//! TLP says how far whoever was told may tell it on. A server has to say more: to whom it shows
//! something by itself. So an object has
//!
//! - an **owner**, the organisation that wrote it;
//! - a **marking**, which says who of the owner's own people may see it;
//! - a **schedule** of releases. Each names an audience, a time and a marking of its own.
//!
//! # Who may see an object
//!
//! The owner's people, at any time, also before every release. Under RED only those who write for
//! the owner: owners, maintainers, analysts. Under every other marking also its readers and
//! auditors.
//!
//! From the time of a release on, whoever is in its audience, as far as its marking lets an
//! audience of that kind be told:
//!
//! | audience | CLEAR | GREEN | AMBER, AMBER+STRICT | RED |
//! | --- | --- | --- | --- | --- |
//! | public | everybody | nobody | nobody | nobody |
//! | signed in | who has an account | who has a role in some organisation | nobody | nobody |
//! | a community, a sector | its members | its members | nobody | nobody |
//! | an organisation | who has a role in it | the same | the same | nobody |
//! | a person | that account | the same | the same | the same |
//!
//! Why "nobody": GREEN is for a community and no public channel. AMBER is for organisations that
//! were told, so they are named one by one; a community is a list that grows after the telling.
//! RED is for persons, and an organisation is none. AMBER and AMBER+STRICT differ outside this
//! system only: whether an organisation may tell its clients. Showing something to a client is a
//! release to that client.
//!
//! Nothing else counts. There is no role that sees everything. A time is compared with the `now`
//! that is passed and with nothing that was seen before, so a clock that jumps back closes what
//! it had opened. What is marked anew keeps its releases: [`Marked`] is written as a whole, so
//! whoever marks decides about both.
//!
//! # Where it is
//!
//! | to | use |
//! | --- | --- |
//! | say who asks | [`Reader`] |
//! | say whose an object is, and to whom it is told | [`Marked`], [`Release`], [`Audience`] |
//! | ask about one object | [`visible`], [`seen_as`] |
//! | ask in a query over many | [`VisibleSql`] |
//! | give something out, or say that it is not there | [`Found`] |
//! | read the definition as data | [`RULES`] |
//!
//! `docs/decisions/0040-who-sees-what.md` says why.

mod audience;
mod error;
mod found;
mod ids;
mod marked;
mod reader;
mod rules;
mod time;
mod visible_sql;

pub use audience::{Audience, Release};
pub use error::VisibilityError;
pub use found::{Found, NotFound, only_visible};
pub use ids::{AccountId, CommunityId, ObjectId, OrganisationId};
pub use marked::Marked;
pub use reader::{Reader, Role};
pub use rules::{AudienceKind, Needs, RULES, Rule, seen_as, visible};
pub use visible_sql::VisibleSql;
