//! Transactions and rows.

use mainstay_store::{Database, Location, StoreError, Value};
use mainstay_testkit::databases;

fn settings(database: &Database) -> Vec<(String, String)> {
    database
        .read(|transaction| {
            transaction.rows("SELECT name, value FROM setting ORDER BY name", &[], |row| {
                Ok((row.text(0)?, row.text(1)?))
            })
        })
        .unwrap()
}

fn set(database: &Database, name: &str, value: &str) -> Result<u64, StoreError> {
    database.write(|transaction| {
        transaction.execute(
            "INSERT INTO setting (value, name) VALUES ($2, $1) \
             ON CONFLICT (name) DO UPDATE SET value = $2",
            &[name.into(), value.into()],
        )
    })
}

#[test]
fn what_is_written_is_read_whatever_the_order_of_parameters() {
    for database in databases() {
        let database = database.open();
        set(&database, "b", "2").unwrap();
        set(&database, "a", "'; DROP TABLE setting; --").unwrap();
        set(&database, "b", "3").unwrap();
        assert_eq!(
            settings(&database),
            [
                ("a".to_owned(), "'; DROP TABLE setting; --".to_owned()),
                ("b".to_owned(), "3".to_owned())
            ]
        );
    }
}

#[test]
fn text_sorts_by_its_bytes_on_both_engines() {
    for database in databases() {
        let database = database.open();
        for name in ["b", "B", "a", "ä", "_", "Z"] {
            set(&database, name, "").unwrap();
        }
        let names: Vec<_> = settings(&database).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["B", "Z", "_", "a", "b", "ä"]);
    }
}

#[test]
fn nothing_of_a_change_that_fails_is_kept() {
    for database in databases() {
        let database = database.open();
        let failed: Result<(), StoreError> = database.write(|transaction| {
            transaction.execute(
                "INSERT INTO setting (name, value) VALUES ($1, $2)",
                &["a".into(), "1".into()],
            )?;
            transaction.append(crate::change(1, "a"));
            Err(StoreError::Location("no".to_owned()))
        });
        assert!(failed.is_err());
        assert!(settings(&database).is_empty());
        assert_eq!(database.read(mainstay_store::log::head).unwrap().size, 0);
    }
}

#[test]
fn a_change_that_panics_leaves_the_database_usable() {
    for database in databases() {
        let database = database.open();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            database.write::<(), StoreError>(|transaction| {
                transaction.execute("INSERT INTO setting (name, value) VALUES ('a', '1')", &[])?;
                panic!("on purpose")
            })
        }));
        assert!(panicked.is_err());
        set(&database, "b", "2").unwrap();
        assert_eq!(settings(&database).len(), 1);
    }
}

#[test]
fn bytes_nothing_and_great_numbers_come_back_as_they_went() {
    for database in databases() {
        let database = database.open();
        let job =
            [i64::MAX.into(), "kind".into(), "\u{1f680}".into(), Value::Null, i64::MIN.into()];
        let read = database
            .write(|transaction| {
                transaction.execute(
                    "INSERT INTO job (id, kind, body, key, ready_at, attempts, leased_until, dead) \
                     VALUES ($1, $2, $3, $4, $5, 0, 0, 0)",
                    &job,
                )?;
                transaction.one("SELECT id, body, key, ready_at FROM job", &[], |row| {
                    Ok((row.integer(0)?, row.text(1)?, row.text_or_null(2)?, row.integer(3)?))
                })
            })
            .unwrap();
        assert_eq!(read, (i64::MAX, "\u{1f680}".to_owned(), None, i64::MIN));
    }
}

#[test]
fn a_second_row_with_the_same_key_is_a_conflict() {
    for database in databases() {
        let database = database.open();
        let insert = || {
            database.write(|transaction| {
                transaction.execute("INSERT INTO setting (name, value) VALUES ('a', '1')", &[])
            })
        };
        insert().unwrap();
        assert!(matches!(insert(), Err(StoreError::Conflict(_))));
    }
}

#[test]
fn many_rows_go_in_whatever_their_number() {
    for database in databases() {
        let database = database.open();
        for count in [0, 1, 7, 1000, 1001] {
            let values: Vec<Value> = (0..count)
                .flat_map(|number| [format!("{count}-{number}").into(), "x".into()])
                .collect();
            let inserted = database
                .write(|transaction| {
                    transaction.insert(
                        "INSERT INTO setting (name, value)",
                        2,
                        &values,
                        "ON CONFLICT DO NOTHING",
                    )
                })
                .unwrap();
            assert_eq!(inserted, count);
        }
        assert_eq!(settings(&database).len(), 2009);
    }
}

#[test]
fn numbers_are_given_once_though_many_ask_at_once() {
    for test in databases() {
        let database = test.open();
        let mut given: Vec<i64> = std::thread::scope(|scope| {
            let askers: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        (0..25)
                            .map(|_| {
                                database
                                    .write(|transaction| transaction.numbers("thing", 3))
                                    .unwrap()
                                    .unwrap()
                            })
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            askers.into_iter().flat_map(|asker| asker.join().unwrap()).collect()
        });
        given.sort_unstable();
        let expected: Vec<i64> = (0..100).map(|number| 1 + number * 3).collect();
        assert_eq!(given, expected);
    }
}

#[test]
fn a_database_is_opened_again_as_it_was() {
    for test in databases() {
        set(&test.open(), "a", "1").unwrap();
        assert_eq!(settings(&test.open()).len(), 1);
    }
}

#[test]
fn a_database_of_a_newer_mainstay_is_left_alone() {
    for test in databases() {
        test.open()
            .write(|transaction| {
                transaction.execute(
                    "INSERT INTO migration (number, name, digest, applied_at) \
                     VALUES (9999, 'later', '', 0)",
                    &[],
                )
            })
            .unwrap();
        let refused = Database::open(test.location()).unwrap_err();
        assert!(matches!(refused, StoreError::TooNew { found: 9999, .. }), "{refused}");
    }
}

#[test]
fn a_file_that_is_no_database_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "these are not the rows that you look for\n".repeat(200)).unwrap();
    let refused = Database::open(&Location::sqlite(&path)).unwrap_err();
    assert!(refused.to_string().contains("notes.txt"), "{refused}");
}

#[test]
fn a_far_database_is_not_asked_in_the_clear() {
    let location: Location =
        "postgres://me:secret@db.example.net/mainstay?sslmode=disable".parse().unwrap();
    let refused = Database::open(&location).unwrap_err();
    assert!(matches!(&refused, StoreError::InTheClear(host) if host == "db.example.net"));
}

#[test]
fn an_address_beside_the_host_is_no_way_around_tls() {
    let uri = "postgres://me@localhost/mainstay?hostaddr=192.0.2.1&sslmode=disable";
    let refused = Database::open(&uri.parse().unwrap()).unwrap_err();
    assert!(matches!(&refused, StoreError::InTheClear(host) if host == "192.0.2.1"));
}

#[test]
fn who_gives_way_is_called_again() {
    for database in databases() {
        let database = database.open();
        let mut calls = 0;
        let answer = database.write::<_, StoreError>(|transaction| {
            calls += 1;
            if calls < 3 { Err(transaction.give_way()) } else { Ok(calls) }
        });
        assert_eq!(answer.unwrap(), 3);
    }
}

#[test]
fn many_keys_are_asked_for_beside_what_is_fixed() {
    for database in databases() {
        let database = database.open();
        let rows: Vec<Value> = (0..2_500)
            .flat_map(|number| {
                let value = if number % 2 == 0 { "a" } else { "b" };
                [format!("{number:04}").into(), value.into()]
            })
            .collect();
        let into = "INSERT INTO setting (name, value)";
        database.write(|transaction| transaction.insert(into, 2, &rows, "")).unwrap();
        let keys: Vec<Value> = (0..2_500).map(|number| format!("{number:04}").into()).collect();
        let mut found = 0;
        database
            .read(|transaction| {
                let sql = "SELECT name FROM setting WHERE value = $1 AND name IN";
                transaction.each_of(sql, &["a".into()], &keys, |_| {
                    found += 1;
                    Ok(())
                })
            })
            .unwrap();
        assert_eq!(found, 1_250);
    }
}
