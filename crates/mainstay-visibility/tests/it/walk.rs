//! A million random steps: markings, releases, roles, memberships and the clock change, and after
//! each the predicate says what the prose says. Now and then the databases are asked too.

use mainstay_store::StoreError;
use mainstay_testkit::databases;
use mainstay_types::Tlp;
use mainstay_visibility::{Marked, Reader, VisibleSql, visible};

use crate::prose::may_see;
use crate::random::Random;
use crate::world::{PEOPLE, Thing, World, any_time, moment, toggle, write_as_they_are};

const STEPS: usize = 1_000_000;
const THINGS: usize = 12;
/// How often the databases are asked as well.
const SAMPLED: usize = 50_000;

#[test]
fn a_million_steps_of_marking_role_membership_and_time_leak_nothing() {
    let databases: Vec<_> = databases().into_iter().map(|test| (test.open(), test)).collect();
    let mut walk = Walk::new(2026);
    let mut seen = 0;
    for step in 0..STEPS {
        walk.step();
        seen += usize::from(walk.check_one());
        if step % 10_000 == 0 {
            walk.check_all();
        }
        if step % SAMPLED == 0 {
            for (database, _) in &databases {
                walk.check_in(database);
            }
        }
    }
    // Neither "everybody" nor "nobody" would pass.
    assert!((STEPS / 10..STEPS * 9 / 10).contains(&seen), "{seen} of {STEPS} were seen");
}

struct Walk {
    random: Random,
    world: World,
    now: i64,
    things: Vec<Thing>,
    /// What the crate is told, kept beside the world.
    marked: Vec<Marked>,
    readers: Vec<Reader>,
}

impl Walk {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let things: Vec<Thing> =
            (0..THINGS).map(|number| Thing::new(number, &mut random)).collect();
        let marked = things.iter().map(Thing::marked).collect();
        let world = World::default();
        let readers = people().map(|person| world.reader(person)).collect();
        Self { random, world, now: 0, things, marked, readers }
    }

    fn step(&mut self) {
        let random = &mut self.random;
        let number = random.below(THINGS);
        let thing = &mut self.things[number];
        match random.below(6) {
            0 => thing.marking = random.of(&Tlp::ALL),
            1 => thing.owner = random.below(crate::world::ORGANISATIONS),
            2 => toggle(&mut thing.releases, Thing::any_release(random), 4),
            3 => {
                thing.releases.pop();
            }
            4 => {
                self.world.change(random);
                self.readers = people().map(|person| self.world.reader(person)).collect();
                return;
            }
            // Clocks jump, both ways.
            _ => {
                self.now = any_time(random);
                return;
            }
        }
        self.marked[number] = self.things[number].marked();
    }

    fn check_one(&mut self) -> bool {
        let (place, number) = (self.random.below(PEOPLE + 1), self.random.below(THINGS));
        self.check(place, number)
    }

    fn check_all(&self) {
        for place in 0..=PEOPLE {
            for number in 0..THINGS {
                self.check(place, number);
            }
        }
    }

    fn check(&self, place: usize, number: usize) -> bool {
        let (reader, thing) = (&self.readers[place], &self.things[number]);
        let right = may_see(&self.world, people().nth(place).unwrap(), thing, self.now);
        let said = visible(reader, &self.marked[number], moment(self.now));
        assert_eq!(said, right, "{reader:?} {thing:?} at {}", self.now);
        right
    }

    fn check_in(&self, database: &mainstay_store::Database) {
        database.write(|transaction| write_as_they_are(transaction, &self.things)).unwrap();
        for (reader, person) in self.readers.iter().zip(people()) {
            let (sql, parameters) = VisibleSql::all(reader, moment(self.now));
            let said: Vec<String> = database
                .read::<_, StoreError>(|transaction| {
                    transaction.rows(&sql, &parameters, |row| row.text(0))
                })
                .unwrap();
            let mut right: Vec<String> = self
                .things
                .iter()
                .filter(|thing| may_see(&self.world, person, thing, self.now))
                .map(|thing| format!("thing/{}", thing.number))
                .collect();
            right.sort_unstable();
            assert_eq!(said, right, "{reader:?} at {}", self.now);
        }
    }
}

/// Everybody of the world, and somebody who did not sign in.
fn people() -> impl Iterator<Item = Option<usize>> {
    (0..PEOPLE).map(Some).chain([None])
}
