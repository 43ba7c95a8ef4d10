//! Markings in the database.

use jiff::Timestamp;
use mainstay_store::Database;
use mainstay_testkit::databases;
use mainstay_types::Tlp;
use mainstay_visibility::{Audience, Marked, ObjectId, Release, VisibilityError};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn object() -> ObjectId {
    "question/1".parse().unwrap()
}

fn marked() -> Marked {
    let release = |audience, second, marking| Release { audience, not_before: at(second), marking };
    Marked {
        object: object(),
        owner: "cert".parse().unwrap(),
        marking: Tlp::AmberStrict,
        releases: vec![
            release(Audience::Community("isac".parse().unwrap()), 10, Tlp::Green),
            release(Audience::Organisation("acme".parse().unwrap()), 5, Tlp::Amber),
            release(Audience::Public, 20, Tlp::Clear),
        ],
    }
}

fn read(database: &Database) -> Option<Marked> {
    database.read(|transaction| Marked::read(transaction, &object())).unwrap()
}

fn count(database: &Database, table: &str) -> i64 {
    database
        .read::<_, VisibilityError>(|transaction| {
            Ok(transaction
                .one(&format!("SELECT count(*) FROM {table}"), &[], |row| row.integer(0))?)
        })
        .unwrap()
}

#[test]
fn a_marking_is_read_as_it_was_written_and_written_as_a_whole() {
    for test in databases() {
        let database = test.open();
        assert_eq!(read(&database), None);
        let mut marked = marked();
        database.write(|transaction| marked.write(transaction)).unwrap();
        assert_eq!(read(&database), Some(marked.clone()));
        marked.marking = Tlp::Red;
        marked.releases.truncate(1);
        database.write(|transaction| marked.write(transaction)).unwrap();
        assert_eq!(read(&database), Some(marked));
    }
}

#[test]
fn what_is_removed_has_no_rights_left_behind() {
    for test in databases() {
        let database = test.open();
        database.write(|transaction| marked().write(transaction)).unwrap();
        database.write(|transaction| Marked::remove(transaction, &object())).unwrap();
        assert_eq!((read(&database), count(&database, "release")), (None, 0));
    }
}

#[test]
fn a_contradiction_is_not_written_and_changes_nothing() {
    for test in databases() {
        let database = test.open();
        database.write(|transaction| marked().write(transaction)).unwrap();
        let mut wrong = marked();
        wrong.releases[2].marking = Tlp::Green;
        assert!(matches!(
            database.write(|transaction| wrong.write(transaction)),
            Err(VisibilityError::NobodyMaySee { marking: Tlp::Green, .. })
        ));
        assert_eq!(read(&database), Some(marked()));
    }
}

#[test]
fn a_marking_of_a_later_program_is_an_error_and_no_guess() {
    for test in databases() {
        let database = test.open();
        database.write(|transaction| marked().write(transaction)).unwrap();
        database
            .write::<_, VisibilityError>(|transaction| {
                Ok(transaction.execute("UPDATE release SET kind = 'planet'", &[])?)
            })
            .unwrap();
        let refused = database.read(|transaction| Marked::read(transaction, &object()));
        assert!(matches!(refused, Err(VisibilityError::Unreadable(_))));
    }
}

#[test]
fn the_ends_of_time_are_kept() {
    for test in databases() {
        let database = test.open();
        let mut marked = marked();
        marked.releases.truncate(1);
        marked.releases[0].not_before = Timestamp::MAX;
        database.write(|transaction| marked.write(transaction)).unwrap();
        assert!(read(&database).unwrap().releases[0].not_before > at(253_402_200_000));
    }
}

#[test]
fn the_log_can_say_who_was_told_what_from_when() {
    let detail = marked().detail().to_string();
    for part in ["\"cert\"", "TLP:AMBER+STRICT", "\"isac\"", "1970-01-01T00:00:10Z", "\"public\""] {
        assert!(detail.contains(part), "{part} in {detail}");
    }
}
