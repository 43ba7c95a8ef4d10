//! The SQL says what the predicate says, on both engines.

use mainstay_store::{Database, StoreError, Value};
use mainstay_testkit::databases;
use mainstay_visibility::{Marked, Reader, VisibleSql, visible};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::random::Random;
use crate::world::{PEOPLE, Thing, World, moment, write_as_they_are};

const THINGS: usize = 1_500;

fn seen(database: &Database, sql: &str, parameters: &[Value]) -> Vec<String> {
    database
        .read::<_, StoreError>(|transaction| transaction.rows(sql, parameters, |row| row.text(0)))
        .unwrap()
}

#[test]
fn the_sql_finds_what_the_predicate_lets_through() {
    let mut random = Random(4);
    let things: Vec<Thing> = (0..THINGS).map(|number| Thing::new(number, &mut random)).collect();
    let marked: Vec<Marked> = things.iter().map(Thing::marked).collect();
    for test in databases() {
        let database = test.open();
        database.write(|transaction| write_as_they_are(transaction, &things)).unwrap();
        let mut runner =
            TestRunner::new(Config { cases: 200, failure_persistence: None, ..Config::default() });
        runner
            .run(
                &(any::<u64>(), 0..20_usize, 0..=PEOPLE, -4..44_i64),
                |(seed, changes, who, time)| {
                    let mut random = Random(seed);
                    let mut world = World::default();
                    (0..changes).for_each(|_| world.change(&mut random));
                    let reader = world.reader((who < PEOPLE).then_some(who));
                    let now = moment(time);
                    let (sql, parameters) = VisibleSql::all(&reader, now);
                    let mut right: Vec<String> = marked
                        .iter()
                        .filter(|marked| visible(&reader, marked, now))
                        .map(|marked| marked.object.to_string())
                        .collect();
                    right.sort_unstable();
                    prop_assert_eq!(seen(&database, &sql, &parameters), right);
                    let one = &marked[random.below(THINGS)];
                    let (sql, parameters) = VisibleSql::one(&reader, now, &one.object);
                    let found = !seen(&database, &sql, &parameters).is_empty();
                    prop_assert_eq!(found, visible(&reader, one, now));
                    Ok(())
                },
            )
            .unwrap();
    }
}

#[test]
fn a_column_that_could_mean_another_table_lets_nothing_through() {
    let reader = Reader::anonymous();
    for column in ["object", "own_marking.object", "told_release.object", "", "a.b.c", "a.b OR 1"] {
        let sql = VisibleSql::of(&reader, moment(0), column, 0);
        assert_eq!((sql.condition(), sql.parameters()), ("(1 = 0)", [].as_slice()), "{column}");
    }
}

#[test]
fn a_query_on_the_tables_of_the_markings_themselves_is_no_way_around() {
    for test in databases() {
        let database = test.open();
        let mut random = Random(5);
        let thing = Thing { releases: Vec::new(), ..Thing::new(0, &mut random) };
        database
            .write(|transaction| write_as_they_are(transaction, std::slice::from_ref(&thing)))
            .unwrap();
        let visible = VisibleSql::of(&Reader::anonymous(), moment(0), "marking.object", 0);
        let sql = format!("SELECT object FROM marking WHERE {}", visible.condition());
        assert!(seen(&database, &sql, visible.parameters()).is_empty());
    }
}

#[test]
fn parameters_come_after_those_of_the_query() {
    for test in databases() {
        let database = test.open();
        let mut random = Random(6);
        let things: Vec<Thing> = (0..50).map(|number| Thing::new(number, &mut random)).collect();
        database.write(|transaction| write_as_they_are(transaction, &things)).unwrap();
        let own = [Value::from("thing/7"), Value::from("o0")];
        let visible = VisibleSql::of(&Reader::anonymous(), moment(44), "m.object", own.len());
        let sql = format!(
            "SELECT m.object FROM marking m WHERE m.object <> $1 AND m.owner = $2 AND {} \
             ORDER BY m.object",
            visible.condition()
        );
        let found = seen(&database, &sql, &[&own, visible.parameters()].concat());
        let reader = Reader::anonymous();
        let mut right: Vec<String> = things
            .iter()
            .filter(|thing| thing.number != 7 && thing.owner == 0)
            .map(Thing::marked)
            .filter(|marked| mainstay_visibility::visible(&reader, marked, moment(44)))
            .map(|marked| marked.object.to_string())
            .collect();
        right.sort_unstable();
        assert_eq!(found, right);
    }
}

#[test]
fn readers_of_similar_size_share_one_statement() {
    let with = |roles: usize| {
        let memberships = (0..roles).map(|number| {
            (format!("o{number:04}").parse().unwrap(), mainstay_visibility::Role::Owner)
        });
        let reader = Reader::signed_in("p".parse().unwrap(), memberships, [], []).unwrap();
        VisibleSql::of(&reader, moment(0), "q.id", 0).condition().to_owned()
    };
    assert_eq!(with(5), with(8));
    assert_ne!(with(8), with(9));
}
