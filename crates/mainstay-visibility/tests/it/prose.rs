//! The definition once more, written from the text of `lib.rs` as plainly as it can be, without
//! any of the crate's rules. The tests hold the crate against it.

use mainstay_types::Tlp;
use mainstay_visibility::Role;

use crate::world::{Thing, To, World};

pub(crate) fn may_see(world: &World, person: Option<usize>, thing: &Thing, now: i64) -> bool {
    if let Some(person) = person {
        for (who, organisation, role) in &world.roles {
            if *who == person && *organisation == thing.owner {
                let writes = matches!(role, Role::Owner | Role::Maintainer | Role::Analyst);
                if thing.marking != Tlp::Red || writes {
                    return true;
                }
            }
        }
    }
    thing.releases.iter().any(|(to, not_before, marking)| {
        // Clocks count microseconds: what opens within one opens with the next.
        let opened = (now - 20).div_euclid(2) >= (not_before - 20 + 1).div_euclid(2);
        opened && told(world, person, *to, *marking)
    })
}

fn told(world: &World, person: Option<usize>, to: To, marking: Tlp) -> bool {
    let Some(person) = person else {
        return to == To::Public && marking == Tlp::Clear;
    };
    let has_role_in = |there: usize| {
        world.roles.iter().any(|(who, organisation, _)| *who == person && *organisation == there)
    };
    match to {
        To::Public => marking == Tlp::Clear,
        To::SignedIn if marking == Tlp::Clear => true,
        To::SignedIn if marking == Tlp::Green => {
            world.roles.iter().any(|(who, _, _)| *who == person)
        }
        To::SignedIn => false,
        To::Community(community) => {
            (marking == Tlp::Clear || marking == Tlp::Green)
                && world.communities.contains(&(person, community))
        }
        To::Sector(sector) => {
            (marking == Tlp::Clear || marking == Tlp::Green)
                && world
                    .sectors
                    .iter()
                    .any(|(organisation, of)| *of == sector && has_role_in(*organisation))
        }
        To::Organisation(organisation) => marking != Tlp::Red && has_role_in(organisation),
        To::Person(named) => named == person,
    }
}
