//! Files that list many records.

use super::*;

fn lines(records: &[Record]) -> Vec<u8> {
    records.iter().flat_map(|record| [record.json(), b"\r\n".to_vec()].concat()).collect()
}

fn array(records: &[Record]) -> Vec<u8> {
    let records: Vec<_> = records.iter().map(Record::json).collect();
    [b"\xEF\xBB\xBF[".to_vec(), records.join(&b","[..]), b"]".to_vec()].concat()
}

#[test]
fn a_list_of_records_is_taken_in_whole() {
    let records = [npm("X-1", "a"), npm("X-2", "a")];
    for (name, bytes) in [("all.jsonl", lines(&records)), ("all.json", array(&records))] {
        let desk = Desk::new();
        let report = desk.import(&[desk.put(name, bytes)]).unwrap();
        assert_eq!((report.records, report.errors_count), (2, 0), "{name}");
        assert_eq!(desk.hits(Ecosystem::Npm, "a"), ["X-1", "X-2"]);
        assert!(desk.facts(Ecosystem::Npm).complete);
        assert_eq!(desk.open().record("X-2").unwrap(), Some(records[1].json()));
    }
}

#[test]
fn a_list_that_breaks_off_is_not_taken_for_whole() {
    let desk = Desk::new();
    let mut bytes = lines(&[npm("X-1", "a"), npm("X-2", "a")]);
    bytes.truncate(bytes.len() - 20);
    let report = desk.import(&[desk.put("all.jsonl", bytes)]).unwrap();
    assert!(report.errors[0].problem.contains("breaks off after 1 records"), "{report:?}");
    assert_eq!(desk.facts(Ecosystem::Npm).unread, 1);
}

#[test]
fn a_bad_record_in_a_list_is_named_with_its_place() {
    let desk = Desk::new();
    let bad = br#"{"id": "", "modified": "2025-01-01T00:00:00Z", "summary": "no id"}"#;
    let bytes = [npm("X-1", "a").json(), b"\n".to_vec(), bad.to_vec()].concat();
    let report = desk.import(&[desk.put("all.jsonl", bytes)]).unwrap();
    assert!(report.errors[0].path.ends_with("all.jsonl (document 2)"), "{report:?}");
    assert_eq!(desk.facts(Ecosystem::Npm).unread, 1);
}

#[test]
fn a_list_of_other_things_is_no_advisory_data() {
    let desk = Desk::new();
    let report = desk.import(&[desk.put("a.json", "[1, {\"a\": 2}]")]).unwrap();
    assert_eq!((report.errors_count, report.not_advisories_count), (0, 1));
}

#[test]
fn a_list_inside_a_zip_is_named_and_not_passed_over() {
    let desk = Desk::new();
    let records = [npm("X-1", "a"), npm("X-2", "a")];
    let lists = [("a.json", lines(&records)), ("b.json", array(&records))];
    let lists = lists.map(|(name, bytes)| (name.to_owned(), bytes));
    let entries = std::iter::once(npm("X-3", "a").entry()).chain(lists);
    let report = desk.import(&[desk.put("all.zip", zip(entries))]).unwrap();
    assert_eq!(report.errors_count, 2);
    assert_eq!(desk.facts(Ecosystem::Npm).unread, 2);
}
