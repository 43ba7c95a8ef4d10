//! Figures about groups that single out nobody: what a reader without rights to an organisation
//! sees of "who is affected".
//!
//! The words are those of statistical disclosure control (threshold rule, complementary
//! suppression, record key; Handbook on Statistical Disclosure Control,
//! <https://sdctools.github.io/HandbookSDC/>). Pure rules: no clock, no store, no page.
//!
//! | to | use |
//! | --- | --- |
//! | say who is a member, and in which reporting sector | [`Members`] |
//! | make the groups about which anything is said | [`Partition`] |
//! | ask what outsiders may ask | [`Question`] |
//! | go from exact facts to what is published | [`release`] |
//! | keep what the next day needs | [`Released`], [`Kept`] |
//! | show it | [`Figures`], [`Figure`], [`Band`] |
//!
//! # What holds
//!
//! 1. **The groups follow from membership alone**, and no two share a member. No total over
//!    groups is published, so there is nothing to subtract from.
//! 2. **Of every group as many members as the threshold are held out.** Who, follows from a
//!    secret key, the same for every question and every day, and is never said. What is
//!    published does not depend on the facts of those members.
//! 3. **Counts are bands** of at least as many values as the threshold, and the first and the
//!    last are closed: nobody learns "none" or "all".
//! 4. **A figure changes once a day at most**, and only when the facts of as many counted
//!    members as the threshold have changed.
//!
//! From 2 follows: while the members stay the same, whatever the questions are, however many,
//! and over how many days, there is for every member a world in which every published figure
//! is the same and that member's facts are any others. A reader who controls or knows fewer
//! members than the threshold gains nothing against this.
//!
//! # What this is not
//!
//! No differential privacy. The promise is that nothing is *certain* about a member. A reader
//! may become fairly sure: of a group of 20 in which 15 are counted and many affected, a member
//! probably is. `docs/decisions/0045-figures-about-groups.md` has the reasons and the limits.

mod band;
mod error;
mod figure;
mod hold_out;
mod members;
mod partition;
mod question;
mod release;
mod threshold;

pub use band::Band;
pub use error::FiguresError;
pub use figure::{Figure, Figures};
pub use hold_out::HoldOutKey;
pub use members::{MemberId, Members};
pub use partition::{Group, GroupName, Partition};
pub use question::Question;
pub use release::{Facts, Kept, Released, State, release};
pub use threshold::Threshold;
