//! Whom a notice would reach: who is affected, as its owner may see it, whoever is named, and the
//! contacts that fit. Who has none is named as well.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use mainstay_inventory::{Affected, NotKnown, Party, PartyKind};

use super::Notices;
use crate::NoticesError;
use crate::model::{Circle, Contact, ContactRole, Content, Reach, Reached, Unreached, Why};
use crate::store::contacts;

impl Notices {
    /// Whom this content would reach now. The owner is not told: it knows.
    ///
    /// # Errors
    /// A package URL or a range that cannot be read.
    pub fn reach(
        &self,
        owner: &str,
        content: &Content,
        now: Timestamp,
    ) -> Result<Reach, NoticesError> {
        let circle = &content.circle;
        let parties: HashMap<String, Party> = self
            .inventory
            .parties(PartyKind::Organisation)?
            .into_iter()
            .map(|party| (party.id.clone(), party))
            .collect();
        let mut reach = Reach::default();
        let mut chosen: BTreeMap<(String, String), Why> = BTreeMap::new();
        let mut unknown_names = Vec::new();
        for id in &circle.named {
            match parties.get(id) {
                Some(party) => {
                    chosen.insert((party.name.clone(), id.clone()), Why::Named);
                }
                None => unknown_names.push(id.clone()),
            }
        }
        if circle.affected {
            let sight = self.sight_of(owner, now)?;
            let answer = self.inventory.answer(&content.subject, &sight, now)?;
            reach.unknowns.extend(answer.unknowns);
            reach.knowledge.extend(answer.knowledge.iter().map(|one| {
                let of = one.ecosystem.map(|one| format!(" of {one}")).unwrap_or_default();
                (format!("{}{of}", one.source), one.as_of)
            }));
            let others = |id: &str| {
                id != owner
                    && !circle.named.contains(id)
                    && parties.get(id).is_some_and(|party| is_in(circle, party))
            };
            reach.unknowns.extend(said_harmless(&answer.affected, others));
            for release in answer.affected.releases {
                let Some(party) = parties.get(&release.party) else { continue };
                if is_in(circle, party) {
                    chosen.insert((party.name.clone(), release.party), Why::Affected);
                }
            }
        }
        if !unknown_names.is_empty() {
            reach.unknowns.push(NotKnown {
                code: "unknown-organisation",
                message: format!("named, and not here: {}", unknown_names.join(", ")),
            });
        }
        let mut usable = self.read(|transaction| contacts::usable(transaction, owner))?;
        usable.retain(|one| circle.roles.is_empty() || circle.roles.contains(&one.role));
        let mut by_party: HashMap<String, Vec<Contact>> = HashMap::new();
        for contact in usable {
            by_party.entry(contact.party.clone()).or_default().push(contact);
        }
        for ((name, party), why) in chosen {
            if party == owner {
                continue;
            }
            if let Some(found) = by_party.remove(&party) {
                let contacts = once_each(found);
                reach.reached.push(Reached { party, name, why, contacts });
            } else {
                let problem = no_contact(circle);
                reach.unreached.push(Unreached { party, name, why, problem });
            }
        }
        Ok(reach)
    }
}

/// That some have it, and somebody says by a statement of all that they have that it does no harm.
fn said_harmless(affected: &Affected, is_meant: impl Fn(&str) -> bool) -> Option<NotKnown> {
    let open: BTreeSet<&str> = affected.releases.iter().map(|one| &*one.party).collect();
    let answered = affected.answered.iter().map(|one| &*one.release.party);
    let harmless: BTreeSet<&str> =
        answered.filter(|party| !open.contains(party) && is_meant(party)).collect();
    let which = match harmless.len() {
        0 => return None,
        1 => "1 organisation has it, and says".to_owned(),
        count => format!("{count} organisations have it, and say"),
    };
    let message = format!("{which} by a statement that it does no harm: who says so is not told");
    Some(NotKnown { code: "said-harmless", message })
}

fn is_in(circle: &Circle, party: &Party) -> bool {
    circle.sectors.is_empty()
        || party.sectors.iter().any(|one| circle.sectors.iter().any(|id| id.as_str() == one))
}

/// One address is called once, whoever wrote it down.
fn once_each(found: Vec<Contact>) -> Vec<Contact> {
    let mut kept: Vec<Contact> = Vec::new();
    for contact in found {
        if kept.iter().all(|one| one.channel != contact.channel) {
            kept.push(contact);
        }
    }
    kept
}

fn no_contact(circle: &Circle) -> String {
    if circle.roles.is_empty() {
        return "no contact is written down".to_owned();
    }
    let roles: Vec<&str> = circle.roles.iter().copied().map(ContactRole::word).collect();
    format!("no contact for {} is written down", roles.join(" or "))
}
