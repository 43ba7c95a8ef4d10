//! The log cannot be changed unseen.

use mainstay_store::log::{self, LogFault};
use mainstay_store::{Checkpoint, Database, SigningKey, StoreError};
use mainstay_testkit::databases;

use crate::{at, change};

fn filled(database: &Database, entries: i64) {
    for number in 0..entries {
        database
            .write::<(), StoreError>(|transaction| {
                transaction.append(change(number, &format!("thing-{number}")));
                Ok(())
            })
            .unwrap();
    }
}

fn fault(database: &Database, kept: Option<&Checkpoint>) -> LogFault {
    match log::verify(database, kept) {
        Err(StoreError::Log(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

fn tamper(database: &Database, sql: &str) {
    assert_eq!(database.write(|transaction| transaction.execute(sql, &[])).unwrap(), 1);
}

#[test]
fn a_log_that_nobody_touched_verifies() {
    for test in databases() {
        let database = test.open();
        filled(&database, 5);
        let head = log::verify(&database, None).unwrap();
        assert_eq!((head.size, head.at), (5, at(4)));
        assert_eq!(head, database.read(log::head).unwrap());
    }
}

#[test]
fn every_field_of_every_entry_is_covered() {
    for test in databases() {
        for field in ["actor", "origin", "action", "subject", "detail", "at"] {
            let database = test.open();
            filled(&database, 3);
            let size = database.read(log::head).unwrap().size;
            let other = if field == "at" { "at + 1" } else { "'forged'" };
            tamper(
                &database,
                &format!("UPDATE log SET {field} = {other} WHERE sequence = {}", size - 1),
            );
            assert!(matches!(fault(&database, None), LogFault::Altered(_)), "{field}");
        }
    }
}

#[test]
fn text_that_moves_from_one_field_to_the_next_is_seen() {
    for test in databases() {
        let database = test.open();
        filled(&database, 1);
        tamper(&database, "UPDATE log SET actor = 'ad', origin = 'a127.0.0.1'");
        assert_eq!(fault(&database, None), LogFault::Altered(1));
    }
}

#[test]
fn an_entry_that_was_taken_out_is_missed() {
    for test in databases() {
        let database = test.open();
        filled(&database, 4);
        tamper(&database, "DELETE FROM log WHERE sequence = 2");
        assert_eq!(fault(&database, None), LogFault::Missing(2));
    }
}

#[test]
fn a_log_that_was_cut_off_or_rewritten_is_known_by_a_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let key = SigningKey::open_or_create(&folder.path().join("key"), "test").unwrap();
    for (original, other) in databases().iter().zip(&databases()) {
        let database = original.open();
        filled(&database, 4);
        let kept = Checkpoint::sign(&database.read(log::head).unwrap(), at(9), &key);
        filled(&database, 2);
        assert_eq!(log::verify(&database, Some(&kept)).unwrap().size, 6);

        let rewritten = other.open();
        filled(&rewritten, 3);
        assert_eq!(fault(&rewritten, Some(&kept)), LogFault::CutOff { size: 4, found: 3 });
        rewritten
            .write::<(), StoreError>(|transaction| {
                transaction.append(change(3, "another"));
                Ok(())
            })
            .unwrap();
        assert_eq!(log::verify(&rewritten, None).unwrap().size, 4, "by itself it is in order");
        assert_eq!(fault(&rewritten, Some(&kept)), LogFault::Rewritten(4));
    }
}

#[test]
fn a_clock_that_goes_back_does_not_put_the_log_out_of_order() {
    for test in databases() {
        let database = test.open();
        for seconds in [100, 50, 200] {
            database
                .write::<(), StoreError>(|transaction| {
                    transaction.append(change(seconds, "x"));
                    Ok(())
                })
                .unwrap();
        }
        let entries = database.read(|transaction| log::entries(transaction, 0, 10)).unwrap();
        let times: Vec<_> = entries.iter().map(|entry| entry.at).collect();
        assert_eq!(times, [at(100), at(100), at(200)]);
        log::verify(&database, None).unwrap();
    }
}

#[test]
fn many_who_append_at_once_make_one_chain() {
    for test in databases() {
        let processes = [test.open(), test.open()];
        std::thread::scope(|scope| {
            for database in &processes {
                for _ in 0..2 {
                    scope.spawn(|| filled(database, 25));
                }
            }
        });
        assert_eq!(log::verify(&processes[0], None).unwrap().size, 100);
    }
}

#[test]
fn what_happened_to_one_thing_is_found_newest_first() {
    for test in databases() {
        let database = test.open();
        filled(&database, 3);
        filled(&database, 2);
        let entries =
            database.read(|transaction| log::entries_about(transaction, "thing-1", 10)).unwrap();
        let numbers: Vec<_> = entries.iter().map(|entry| entry.sequence).collect();
        assert_eq!(numbers, [5, 2]);
    }
}
