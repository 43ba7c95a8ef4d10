//! From exact facts to published figures, and what the next day needs of today.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::partition::Group;
use crate::{
    Band, Figure, Figures, FiguresError, GroupName, MemberId, Partition, Question, Threshold,
};

/// What is known of one member, for one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// It is affected.
    Affected,
    /// It is not, and that is known.
    NotAffected,
    /// Nobody knows.
    Unknown,
}

/// The exact facts of one question. A member that is missing is [`State::Unknown`].
pub type Facts = BTreeMap<MemberId, State>;

/// What was released for one question, and all that the next snapshot needs. A secret: it holds
/// exact facts. The caller stores it under the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// What it answers.
    pub question: Question,
    /// The day of the snapshot.
    pub day: Date,
    /// What stands for each group, by name. Groups that are not shown any more are kept too: a
    /// group that comes back is compared with what was last said about it.
    pub kept: Vec<Kept>,
    /// Which of `kept` are shown; the others are not groups now.
    pub shown: Vec<GroupName>,
    /// Members in sectors that are too small to say anything about, together.
    pub unshown: usize,
}

/// What was last released about one group: the facts behind the figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Which group.
    pub group: GroupName,
    /// The day of these facts.
    pub as_of: Date,
    /// The threshold at that time.
    pub threshold: Threshold,
    /// How many members the group had, with those who are held out.
    pub members: usize,
    /// The state of each counted member.
    pub basis: Facts,
}

/// The figures of one question for one day.
///
/// What was released on `day` or later stands as it is. Else a group gets a new figure when the
/// facts of at least as many counted members as the threshold differ from those behind the old
/// one, whoever came or went included; otherwise the old figure stands with its old day. That a
/// figure stands does not tell whether anything changed.
///
/// An error when `previous` is of another question.
pub fn release(
    question: &Question,
    partition: &Partition,
    facts: &Facts,
    previous: Option<&Released>,
    day: Date,
) -> Result<Released, FiguresError> {
    if let Some(former) = previous {
        if former.question != *question {
            return Err(FiguresError::OtherQuestion);
        }
        if day <= former.day {
            return Ok(former.clone());
        }
    }
    let mut kept: BTreeMap<GroupName, Kept> = previous
        .map(|former| former.kept.iter().map(|one| (one.group.clone(), one.clone())).collect())
        .unwrap_or_default();
    for group in partition.groups() {
        let now = Kept::of(group, partition.threshold(), facts, day);
        let stands = kept.get(group.name()).is_some_and(|old| !old.gives_way_to(&now));
        if !stands {
            kept.insert(group.name().clone(), now);
        }
    }
    Ok(Released {
        question: question.clone(),
        day,
        kept: kept.into_values().collect(),
        shown: partition.groups().iter().map(|group| group.name().clone()).collect(),
        unshown: partition.unshown(),
    })
}

impl Released {
    /// What a reader may see of it.
    pub fn figures(&self) -> Figures {
        let shown = self.kept.iter().filter(|one| self.shown.contains(&one.group));
        Figures { day: self.day, groups: shown.map(Kept::figure).collect(), unshown: self.unshown }
    }
}

impl Kept {
    fn of(group: &Group, threshold: Threshold, facts: &Facts, as_of: Date) -> Self {
        let basis = group
            .counted()
            .iter()
            .map(|member| (*member, facts.get(member).copied().unwrap_or(State::Unknown)))
            .collect();
        Self { group: group.name().clone(), as_of, threshold, members: group.members(), basis }
    }

    /// Whether enough has changed. The greater of the two thresholds decides, so that lowering
    /// it does not let a small change through on that very day.
    fn gives_way_to(&self, now: &Self) -> bool {
        let differ =
            now.basis.iter().filter(|(member, state)| self.basis.get(member) != Some(state));
        let gone = self.basis.keys().filter(|member| !now.basis.contains_key(member));
        differ.count() + gone.count() >= self.threshold.max(now.threshold).count()
    }

    fn figure(&self) -> Figure {
        let band = |state: State| {
            let count = self.basis.values().filter(|its| **its == state).count();
            Band::holding(count, self.basis.len(), self.threshold)
        };
        Figure {
            group: self.group.clone(),
            members: self.members,
            affected: band(State::Affected),
            unknown: band(State::Unknown),
            as_of: self.as_of,
        }
    }
}
