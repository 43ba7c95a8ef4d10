//! Jobs are done, events are told, also when processes die.

use std::time::Duration;

use mainstay_store::jobs::{self, MOST_ATTEMPTS, Taken};
use mainstay_store::{Database, Event, Job, StoreError, events};
use mainstay_testkit::databases;

use crate::at;

const LEASE: Duration = Duration::from_mins(1);

fn ask(database: &Database, key: Option<&str>) {
    database
        .write::<(), StoreError>(|transaction| {
            transaction.enqueue(Job {
                kind: "thing.do",
                body: serde_json::json!({ "n": 1 }),
                key: key.map(str::to_owned),
                ready_at: at(10),
            });
            Ok(())
        })
        .unwrap();
}

fn take(database: &Database, worker: &str, seconds: i64) -> Option<Taken> {
    jobs::take(database, &["thing.do"], (worker, LEASE), at(seconds)).unwrap()
}

fn end(database: &Database, job: &Taken) -> bool {
    database.write(|transaction| jobs::done(transaction, job)).unwrap()
}

#[test]
fn a_job_is_taken_when_it_is_ready_and_by_one_worker() {
    for test in databases() {
        let database = test.open();
        ask(&database, None);
        assert_eq!(take(&database, "a", 9), None);
        let job = take(&database, "a", 10).unwrap();
        assert_eq!((job.kind.as_str(), job.body.as_str()), ("thing.do", "{\"n\":1}"));
        assert_eq!(take(&database, "b", 10), None);
        assert!(end(&database, &job));
        assert_eq!(take(&database, "b", 1000), None);
    }
}

#[test]
fn the_job_of_a_worker_that_died_is_taken_by_another_and_ended_once() {
    for test in databases() {
        let database = test.open();
        ask(&database, None);
        let first = take(&database, "a", 10).unwrap();
        assert_eq!(take(&database, "b", 69), None);
        let second = take(&database, "b", 70).unwrap();
        assert_eq!(second.attempts, 2);
        assert!(!end(&database, &first), "the lease was lost");
        assert!(end(&database, &second));
    }
}

#[test]
fn jobs_of_one_key_are_one_while_it_waits_and_not_while_it_is_done() {
    for test in databases() {
        let database = test.open();
        ask(&database, Some("npm"));
        ask(&database, Some("npm"));
        ask(&database, Some("pypi"));
        let first = take(&database, "a", 10).unwrap();
        ask(&database, Some("npm"));
        let waiting = database.read(jobs::waiting).unwrap().waiting;
        assert_eq!(waiting, 3, "what came after it was begun may not be in it");
        assert!(end(&database, &first));
    }
}

#[test]
fn a_job_that_fails_is_tried_later_and_at_last_laid_aside() {
    for test in databases() {
        let database = test.open();
        ask(&database, None);
        let mut now = 10;
        for attempt in 1..=MOST_ATTEMPTS {
            let job = take(&database, "a", now).unwrap();
            assert_eq!(job.attempts, attempt);
            jobs::failed(&database, &job, "no luck", at(now)).unwrap();
            assert_eq!(take(&database, "a", now + 4), None, "it waits");
            now += 10_000;
        }
        assert_eq!(take(&database, "a", now), None);
        let counts = database.read(jobs::waiting).unwrap();
        assert_eq!((counts.waiting, counts.dead), (0, 1));
    }
}

#[test]
fn a_job_that_ends_every_worker_is_laid_aside() {
    for test in databases() {
        let database = test.open();
        ask(&database, None);
        for attempt in 0..MOST_ATTEMPTS {
            assert!(
                take(&database, "one that dies", (attempt + 1) * 10_000).is_some(),
                "{attempt}"
            );
        }
        assert!(take(&database, "another", (MOST_ATTEMPTS + 1) * 10_000).is_none());
    }
}

#[test]
fn many_workers_do_every_job_once() {
    for test in databases() {
        let processes = [test.open(), test.open()];
        for _ in 0..40 {
            ask(&processes[0], None);
        }
        let done: usize = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..4)
                .map(|number| {
                    let database = &processes[number % 2];
                    scope.spawn(move || {
                        let name = format!("worker-{number}");
                        let mut done = 0;
                        while let Some(job) = take(database, &name, 10) {
                            assert!(end(database, &job));
                            done += 1;
                        }
                        done
                    })
                })
                .collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).sum()
        });
        // A worker that finds its choice taken gives up its turn; what remains is done by others
        // or is still there. None is done twice.
        let left = processes[0].read(jobs::waiting).unwrap().waiting;
        assert_eq!(done, 40 - usize::try_from(left).unwrap());
        while let Some(job) = take(&processes[0], "last", 10) {
            assert!(end(&processes[0], &job));
        }
        assert_eq!(processes[0].read(jobs::waiting).unwrap().waiting, 0);
    }
}

#[test]
fn events_come_in_order_and_none_is_missed() {
    for test in databases() {
        let processes = [test.open(), test.open()];
        std::thread::scope(|scope| {
            for database in &processes {
                scope.spawn(|| {
                    for number in 0..20 {
                        database
                            .write::<(), StoreError>(|transaction| {
                                transaction.emit(Event {
                                    at: at(number),
                                    kind: "thing.changed",
                                    subject: format!("{number}"),
                                    body: serde_json::Value::Null,
                                });
                                Ok(())
                            })
                            .unwrap();
                    }
                });
            }
        });
        let told = processes[1].read(|transaction| events::after(transaction, 0, 100)).unwrap();
        let numbers: Vec<_> = told.iter().map(|event| event.sequence).collect();
        assert_eq!(numbers, (1..=40).collect::<Vec<_>>());
        assert_eq!(processes[0].read(events::newest).unwrap(), 40);
    }
}
