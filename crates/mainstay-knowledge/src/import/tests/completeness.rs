//! What makes an ecosystem complete, what could not be read, and how old it all is.

use super::*;

/// One record about npm, one of npm and Maven.
fn export() -> Vec<u8> {
    zip([npm("X-1", "a"), npm("X-2", "b").and("Maven", "org.example:b")].iter().map(Record::entry))
}

fn broken() -> Vec<u8> {
    let mut bytes = npm("X-9", "a").json();
    bytes.truncate(bytes.len() - 10);
    bytes
}

#[test]
fn an_ecosystem_that_is_only_mentioned_is_not_complete() {
    let desk = Desk::new();
    desk.import(&[desk.put("all.zip", export())]).unwrap();
    let name = PackageName::parse(Ecosystem::Maven, "org.example:b").unwrap();
    let knowledge = desk.open();
    let answer = knowledge.look_up(&name, None, Subject::Version("1.0.0"));
    assert!(matches!(answer, Answer::Mentions(found) if found.hits.len() == 1));
    assert!(desk.facts(Ecosystem::Npm).complete);
}

#[test]
fn a_mention_beside_several_exports_is_still_a_mention() {
    let desk = Desk::new();
    desk.put("npm/X-2.json", npm("X-2", "b").and("Maven", "org.example:b").json());
    desk.put("npm/X-1.json", npm("X-1", "a").json());
    desk.put("PyPI/X-3.json", Record::new("X-3", "PyPI", "a").json());
    desk.import(&[desk.root.path().join("in")]).unwrap();
    assert!(desk.facts(Ecosystem::Npm).complete);
    assert!(desk.facts(Ecosystem::PyPi).complete);
    assert!(!desk.facts(Ecosystem::Maven).complete);
}

#[test]
fn one_record_about_two_ecosystems_completes_neither() {
    let desk = Desk::new();
    let record = npm("X-1", "a").and("Maven", "org.example:a");
    desk.import(&[desk.put("all.zip", zip([record.entry()]))]).unwrap();
    assert!(!desk.facts(Ecosystem::Npm).complete);
    assert!(!desk.facts(Ecosystem::Maven).complete);
}

#[test]
fn a_zip_and_a_folder_of_one_record_are_whole() {
    for name in ["all.zip", "X-1.json"] {
        let desk = Desk::new();
        let record = npm("X-1", "a");
        desk.put(name, if name == "all.zip" { zip([record.entry()]) } else { record.json() });
        desk.import(&[desk.root.path().join("in")]).unwrap();
        assert!(desk.facts(Ecosystem::Npm).complete, "{name}");
    }
}

#[test]
fn records_that_were_named_one_by_one_complete_nothing() {
    let desk = Desk::new();
    let paths = ["X-1", "X-2"].map(|id| desk.put(&format!("{id}.json"), npm(id, "a").json()));
    desk.import(&paths).unwrap();
    assert_eq!(desk.hits(Ecosystem::Npm, "a").len(), 2);
    assert!(!desk.facts(Ecosystem::Npm).complete);
}

#[test]
fn a_named_record_leaves_an_export_whole() {
    let desk = Desk::new();
    desk.import(&[desk.put("all.zip", export())]).unwrap();
    desk.import(&[desk.put("X-5.json", npm("X-5", "a").json())]).unwrap();
    assert!(desk.facts(Ecosystem::Npm).complete);
}

#[test]
fn an_export_whose_records_are_all_replaced_one_by_one_stays_whole() {
    let desk = Desk::new();
    desk.import(&[desk.put("all.zip", zip([npm("X-1", "a").entry()]))]).unwrap();
    let newer = npm("X-1", "a").modified("2025-06-01T00:00:00Z");
    for _ in 0..2 {
        desk.import(&[desk.put("X-1.json", newer.json())]).unwrap();
        assert!(desk.facts(Ecosystem::Npm).complete);
    }
}

#[test]
fn a_record_that_cannot_be_read_is_counted_with_its_export() {
    let desk = Desk::new();
    let entries = [npm("X-1", "a").entry(), ("X-9.json".to_owned(), broken())];
    let report = desk.import(&[desk.put("all.zip", zip(entries))]).unwrap();
    assert_eq!(report.errors_count, 1);
    let facts = desk.facts(Ecosystem::Npm);
    assert_eq!((facts.complete, facts.unread), (false, 1));
}

#[test]
fn a_damaged_entry_is_counted_with_its_export() {
    let desk = Desk::new();
    let entries = [npm("X-1", "a").entry(), npm("X-2", "b").entry()];
    let mut bytes = zip_with(rawzip::CompressionMethod::STORE, entries);
    let at = bytes.windows(3).position(|window| window == b"X-1").unwrap();
    let inside = bytes[at..].windows(7).position(|window| window == b"summary").unwrap();
    bytes[at + inside] ^= 1;
    let report = desk.import(&[desk.put("all.zip", bytes)]).unwrap();
    assert!(report.errors[0].problem.contains("checksum"), "{:?}", report.errors);
    assert_eq!(desk.facts(Ecosystem::Npm).unread, 1);
}

#[test]
fn a_broken_file_in_a_folder_of_records_is_counted() {
    let desk = Desk::new();
    desk.put("X-1.json", npm("X-1", "a").json());
    desk.put("X-9.json", broken());
    desk.import(&[desk.root.path().join("in")]).unwrap();
    assert_eq!(desk.facts(Ecosystem::Npm).unread, 1);
}

#[test]
fn a_whole_export_mends_what_could_not_be_read() {
    let desk = Desk::new();
    let kept = npm("X-7", "gone-since");
    let entries = [kept.entry(), npm("X-1", "a").entry(), ("X-9.json".to_owned(), broken())];
    desk.import(&[desk.put("bad.zip", zip(entries))]).unwrap();
    desk.import(&[desk.put("one.zip", zip([npm("X-2", "b").entry()]))]).unwrap();
    assert_eq!(desk.facts(Ecosystem::Npm).unread, 1);
    desk.import(&[desk.put("all.zip", export())]).unwrap();
    assert_eq!(desk.facts(Ecosystem::Npm).unread, 0);
}

#[test]
fn one_new_record_does_not_make_an_old_export_newer() {
    let desk = Desk::new();
    let old = zip([npm("X-1", "a").modified("2024-07-01T00:00:00Z").entry()]);
    desk.import(&[desk.put("all.zip", old)]).unwrap();
    let new = npm("X-2", "a").modified("2025-12-31T00:00:00Z");
    desk.import(&[desk.put("X-2.json", new.json())]).unwrap();
    let facts = desk.facts(Ecosystem::Npm);
    assert_eq!(facts.as_of, Some(time("2024-07-01T00:00:00Z")));
    assert_eq!(facts.newest, Some(time("2025-12-31T00:00:00Z")));
}

#[test]
fn a_date_that_is_given_lasts_until_a_newer_export_comes() {
    let desk = Desk::new();
    let as_of = time("2025-12-01T00:00:00Z");
    let first = desk.put("all.zip", zip([npm("X-1", "a").entry()]));
    desk.import_with(&[first], Some(as_of), Limits::default()).unwrap();
    let second = zip([npm("X-2", "a").modified("2025-02-01T00:00:00Z").entry()]);
    desk.import(&[desk.put("more.zip", second)]).unwrap();
    assert_eq!(desk.facts(Ecosystem::Npm).as_of, Some(as_of));
}

#[test]
fn a_date_in_the_future_counts_as_now() {
    let desk = Desk::new();
    let path = desk.put("all.zip", zip([npm("X-1", "a").entry()]));
    desk.import_with(&[path], Some(time("2031-01-01T00:00:00Z")), Limits::default()).unwrap();
    assert_eq!(desk.facts(Ecosystem::Npm).as_of, Some(now()));
}

#[test]
fn without_a_usable_date_nobody_knows_how_old_the_data_are() {
    let desk = Desk::new();
    let records = ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2199-01-01T00:00:00Z", "x"];
    let records = records.iter().enumerate();
    let entries = records.map(|(n, date)| {
        let json = npm(&format!("X-{n}"), "a").modified(date).json();
        let json = String::from_utf8(json).unwrap().replace("published", "nothing");
        (format!("X-{n}.json"), json.into_bytes())
    });
    desk.import(&[desk.put("all.zip", zip(entries))]).unwrap();
    let facts = desk.facts(Ecosystem::Npm);
    assert_eq!((facts.newest, facts.as_of), (None, None));
}

#[test]
fn an_id_that_stands_twice_in_a_zip_counts_once() {
    let desk = Desk::new();
    let old = npm("X-1", "a").modified("2024-05-01T00:00:00Z").summary("old");
    let new = npm("X-1", "a").modified("2025-05-01T00:00:00Z").summary("new");
    for order in [[&old, &new], [&new, &old]] {
        let entries = order.map(|record| ("same name.json".to_owned(), record.json()));
        let report = desk.import(&[desk.put("all.zip", zip(entries))]).unwrap();
        assert_eq!(report.ecosystems[&Ecosystem::Npm].records, 1);
        assert_eq!(desk.titles(Ecosystem::Npm, "a"), ["new"]);
    }
}
