//! The picture of a question: what organisations answered, and what their inventories here say,
//! where whoever looks may see them.
//!
//! An organisation is counted once. Its own answer comes first, for it knows more than a list of
//! components; where that list says otherwise, the two are shown to differ. A flawed version of
//! which a statement (VEX) speaks in an inventory is neither affected nor absent: the organisation
//! stands as the statement says. Who did neither is silent, which is not "not affected"; nor is an
//! inventory in which nothing was found, since it says nothing of what it does not name.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use mainstay_inventory::{
    AnsweredRelease, Inventory, InventoryError, NotKnown, Party, PartyKind, Sight,
};
use mainstay_scan::KnowledgeUsed;
use mainstay_types::Tlp;
use mainstay_visibility::Reader;

use super::{KeptAnswer, Published, Questions, ServiceError, Told};
use crate::examine::claim_of;
use crate::{SeenClaim, Standing};

/// The picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Those that the question was told to, and those that answered, by name.
    pub parties: Vec<PartyPicture>,
    /// Over all of them.
    pub counts: PictureCounts,
    /// By sector, in the order of ids. An organisation may be in several, or in none.
    pub sectors: Vec<SectorPicture>,
    /// Organisations that are in no sector.
    pub without_sector: usize,
    /// The narrowest marking of all that is counted: so far the picture may be told.
    pub marking: Tlp,
    /// The data that what inventories say rests on.
    pub knowledge: Vec<KnowledgeUsed>,
    /// What is not known.
    pub not_known: Vec<NotKnown>,
}

/// An organisation in the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartyPicture {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its sectors.
    pub sectors: Vec<String>,
    /// Where it stands.
    pub standing: PartyStanding,
    /// How that is known.
    pub source: Option<Source>,
    /// Earlier answers that the newest replaces.
    pub earlier: usize,
    /// Its inventory shows what its answer says is not there.
    pub differs: bool,
}

/// Where an organisation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartyStanding {
    /// Affected.
    Affected,
    /// It answered, or a statement in its inventory says, that what it has is repaired.
    Fixed,
    /// It answered, or a statement in its inventory says, that it is not affected.
    NotAffected,
    /// It answered that it does not know, or not yet; or nobody can tell from its statements.
    UnderInvestigation,
    /// It did not answer, and nothing was found in its inventory. That is not "not affected".
    NotFound,
    /// It did not answer, and no inventory of it is in sight. That is not "not affected".
    Silent,
}

/// How something is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// By its own answer.
    Answer {
        /// The id of the answer here.
        id: String,
        /// It came after the deadline.
        is_late: bool,
    },
    /// By its inventory, with the statements that are heard in it.
    Inventory,
}

/// How many organisations stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PictureCounts {
    /// All of them.
    pub parties: usize,
    /// Affected.
    pub affected: usize,
    /// With repaired versions only.
    pub fixed: usize,
    /// Not affected.
    pub not_affected: usize,
    /// They do not know, or not yet.
    pub under_investigation: usize,
    /// Nothing was found in their inventories.
    pub not_found: usize,
    /// Of these nothing is known.
    pub silent: usize,
    /// Known by an answer.
    pub by_answer: usize,
    /// Known by an inventory.
    pub by_inventory: usize,
    /// Of the answers, those after the deadline.
    pub late: usize,
    /// Of the answers, those that an inventory does not bear out.
    pub differing: usize,
}

/// The counts of a sector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectorPicture {
    /// The id of the sector.
    pub sector: String,
    /// The counts.
    pub counts: PictureCounts,
}

/// What an organisation answered last.
struct Newest {
    id: String,
    standing: PartyStanding,
    marking: Tlp,
    is_late: bool,
    earlier: usize,
}

impl Newest {
    fn of(answer: &KeptAnswer, earlier: usize) -> Self {
        Self {
            id: answer.id.clone(),
            standing: PartyStanding::of(&answer.signed.answer.standing),
            marking: answer.signed.answer.marking,
            is_late: answer.is_late,
            earlier,
        }
    }
}

/// What inventories say.
#[derive(Default)]
struct Inventories {
    with: BTreeSet<String>,
    affected: BTreeSet<String>,
    /// Where statements speak of flawed versions that are there: what they say.
    answered: BTreeMap<String, PartyStanding>,
    knowledge: Vec<KnowledgeUsed>,
    not_known: Vec<NotKnown>,
}

impl Questions {
    /// The picture, of what a reader may see.
    ///
    /// # Errors
    /// When the database does not answer, or an answer cannot be read any more.
    pub fn picture(
        &self,
        inventory: &Inventory,
        question: &Published,
        (reader, sight): (&Reader, &Sight),
        now: Timestamp,
    ) -> Result<Picture, ServiceError> {
        let told = self.told(&question.signed.question.id)?;
        let mut newest: BTreeMap<String, Newest> = BTreeMap::new();
        self.each_newest(question, (reader, now), |answer, earlier| {
            newest.insert(answer.organisation.clone(), Newest::of(&answer, earlier));
        })?;
        let parties: Vec<Party> = inventory
            .parties(PartyKind::Organisation)?
            .into_iter()
            .filter(|party| is_counted(party, question, &told, newest.contains_key(&party.id)))
            .collect();
        let seen = parties.iter().filter(|party| sight.has(&party.id));
        let seen: BTreeSet<String> = seen.map(|party| party.id.clone()).collect();
        let said = inventories(inventory, question, seen, now)?;
        let parties: Vec<PartyPicture> = parties
            .into_iter()
            .map(|party| {
                let answer = newest.get(&party.id);
                said.party(party, answer)
            })
            .collect();
        let answered = newest.values().map(|one| one.marking);
        let of_inventories = Some(Tlp::Amber).filter(|_| !said.with.is_empty());
        let marking =
            answered.chain(of_inventories).fold(question.signed.question.marking, Tlp::max);
        Ok(Picture::of(parties, marking, said, &told))
    }
}

fn is_counted(party: &Party, question: &Published, told: &Told, has_answered: bool) -> bool {
    let is_named = told.organisations.iter().any(|one| one.as_str() == party.id);
    has_answered || is_named || (told.everybody && party.id != question.organisation)
}

fn inventories(
    inventory: &Inventory,
    question: &Published,
    seen: BTreeSet<String>,
    now: Timestamp,
) -> Result<Inventories, ServiceError> {
    let sight = Sight::Of(seen);
    let subject = question.signed.question.subject.of_inventory();
    let answer = match inventory.answer(&subject, &sight, now) {
        Ok(answer) => answer,
        // What cannot be asked of an inventory can still be answered by hand.
        Err(InventoryError::Field { field, problem }) => {
            let message = format!("inventories were not asked: {field}: {problem}");
            let not_known = vec![NotKnown { code: "inventory-not-asked", message }];
            return Ok(Inventories { not_known, ..Inventories::default() });
        }
        Err(error) => return Err(error.into()),
    };
    // Who has no inventory, and what is out of sight, is said by the picture itself.
    let is_ours = |code: &str| !["no-inventory", "out-of-sight"].contains(&code);
    Ok(Inventories {
        with: inventory.with_inventory(&sight)?,
        affected: answer.affected.releases.into_iter().map(|release| release.party).collect(),
        answered: answered(&answer.affected.answered),
        knowledge: answer.knowledge,
        not_known: answer.unknowns.into_iter().filter(|one| is_ours(one.code)).collect(),
    })
}

/// By organisation, what statements say of all that it has with the flaw.
fn answered(releases: &[AnsweredRelease]) -> BTreeMap<String, PartyStanding> {
    let mut standings: BTreeMap<String, PartyStanding> = BTreeMap::new();
    for one in releases {
        for purl in &one.release.purls {
            let said = match claim_of(one, purl) {
                SeenClaim::NotAffected(_) => PartyStanding::NotAffected,
                SeenClaim::Fixed => PartyStanding::Fixed,
                // A release that a statement answers is not affected by it.
                SeenClaim::Affected | SeenClaim::Undecided => PartyStanding::UnderInvestigation,
            };
            let standing = standings.entry(one.release.party.clone()).or_insert(said);
            // As in an answer: what nobody can tell comes first, then what is repaired.
            *standing = match (*standing, said) {
                (former, PartyStanding::NotAffected) => former,
                (PartyStanding::NotAffected, said) => said,
                (former, said) if former == said => said,
                _ => PartyStanding::UnderInvestigation,
            };
        }
    }
    standings
}

impl Inventories {
    fn party(&self, party: Party, answer: Option<&Newest>) -> PartyPicture {
        let is_affected = self.affected.contains(&party.id);
        let (standing, source) = match answer {
            Some(answer) => {
                let source = Source::Answer { id: answer.id.clone(), is_late: answer.is_late };
                (answer.standing, Some(source))
            }
            None if is_affected => (PartyStanding::Affected, Some(Source::Inventory)),
            None => match self.answered.get(&party.id) {
                Some(standing) => (*standing, Some(Source::Inventory)),
                None if self.with.contains(&party.id) => {
                    (PartyStanding::NotFound, Some(Source::Inventory))
                }
                None => (PartyStanding::Silent, None),
            },
        };
        let says_no = matches!(standing, PartyStanding::Fixed | PartyStanding::NotAffected);
        PartyPicture {
            differs: is_affected && says_no,
            earlier: answer.map_or(0, |answer| answer.earlier),
            id: party.id,
            name: party.name,
            sectors: party.sectors,
            standing,
            source,
        }
    }
}

impl Picture {
    fn of(parties: Vec<PartyPicture>, marking: Tlp, said: Inventories, told: &Told) -> Self {
        let mut counts = PictureCounts::default();
        let mut sectors: BTreeMap<String, PictureCounts> = BTreeMap::new();
        for party in &parties {
            counts.add(party);
            for sector in &party.sectors {
                sectors.entry(sector.clone()).or_default().add(party);
            }
        }
        let without_sector = parties.iter().filter(|party| party.sectors.is_empty()).count();
        let mut not_known = said.not_known;
        let mut push = |code, message: String| not_known.push(NotKnown { code, message });
        if counts.silent > 0 {
            push("silent", format!("organisations of which nothing is known: {}", counts.silent));
        }
        if counts.not_found > 0 {
            let text = "organisations that did not answer, and in whose inventory nothing was \
                        found; what it does not name is not seen";
            push("not-found", format!("{text}: {}", counts.not_found));
        }
        let by_statement = parties.iter().filter(|party| party.is_by_statement()).count();
        if by_statement > 0 {
            let text = "organisations that did not answer, and in whose inventory a statement \
                        speaks of what was found; what it does not name is not seen";
            push("by-statement", format!("{text}: {by_statement}"));
        }
        if counts.differing > 0 {
            let text = "answers that an inventory does not bear out: ask again";
            push("differing", format!("{text}: {}", counts.differing));
        }
        if told.everybody {
            push(
                "others",
                "the question is told to everybody; who has no organisation here is not counted"
                    .to_owned(),
            );
        }
        let sectors =
            sectors.into_iter().map(|(sector, counts)| SectorPicture { sector, counts }).collect();
        let knowledge = said.knowledge;
        Self { parties, counts, sectors, without_sector, marking, knowledge, not_known }
    }
}

impl PartyPicture {
    /// Whether it stands there by statements in its inventory.
    pub fn is_by_statement(&self) -> bool {
        let is_said = match self.standing {
            PartyStanding::Fixed
            | PartyStanding::NotAffected
            | PartyStanding::UnderInvestigation => true,
            PartyStanding::Affected | PartyStanding::NotFound | PartyStanding::Silent => false,
        };
        is_said && self.source == Some(Source::Inventory)
    }
}

impl PartyStanding {
    /// Every standing, in the order in which they are shown.
    pub const ALL: [Self; 6] = [
        Self::Affected,
        Self::UnderInvestigation,
        Self::Silent,
        Self::NotFound,
        Self::Fixed,
        Self::NotAffected,
    ];

    fn of(standing: &Standing) -> Self {
        match standing {
            Standing::Affected => Self::Affected,
            Standing::Fixed { .. } => Self::Fixed,
            Standing::NotAffected(_) => Self::NotAffected,
            Standing::UnderInvestigation => Self::UnderInvestigation,
        }
    }

    /// The word: a status of VEX, `not_found` or `silent`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Affected => "affected",
            Self::Fixed => "fixed",
            Self::NotAffected => "not_affected",
            Self::UnderInvestigation => "under_investigation",
            Self::NotFound => "not_found",
            Self::Silent => "silent",
        }
    }
}

impl PictureCounts {
    /// How many stand there.
    pub fn of(&self, standing: PartyStanding) -> usize {
        match standing {
            PartyStanding::Affected => self.affected,
            PartyStanding::Fixed => self.fixed,
            PartyStanding::NotAffected => self.not_affected,
            PartyStanding::UnderInvestigation => self.under_investigation,
            PartyStanding::NotFound => self.not_found,
            PartyStanding::Silent => self.silent,
        }
    }

    fn add(&mut self, party: &PartyPicture) {
        self.parties += 1;
        let count = match party.standing {
            PartyStanding::Affected => &mut self.affected,
            PartyStanding::Fixed => &mut self.fixed,
            PartyStanding::NotAffected => &mut self.not_affected,
            PartyStanding::UnderInvestigation => &mut self.under_investigation,
            PartyStanding::NotFound => &mut self.not_found,
            PartyStanding::Silent => &mut self.silent,
        };
        *count += 1;
        match &party.source {
            Some(Source::Answer { is_late, .. }) => {
                self.by_answer += 1;
                self.late += usize::from(*is_late);
            }
            Some(Source::Inventory) => self.by_inventory += 1,
            None => {}
        }
        self.differing += usize::from(party.differs);
    }
}
