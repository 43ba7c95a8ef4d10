use super::*;

fn record(json: &str) -> Record<'_> {
    Record::parse(json.as_bytes()).unwrap()
}

#[test]
fn a_text_without_escapes_is_borrowed_from_the_document() {
    let json = r#"{"id":"X-1","aliases":["CVE-1","C\u0056E-2"],"summary":"plain"}"#;
    let record = record(json);
    assert!(matches!(record.summary.as_ref().unwrap().0, Cow::Borrowed("plain")));
    assert!(matches!(record.aliases[0].0, Cow::Borrowed("CVE-1")));
    assert_eq!(&*record.aliases[1], "CVE-2");
}

#[test]
fn null_lists_and_unknown_fields_are_tolerated() {
    let record = record(
        r#"{"id":"X-1","aliases":null,"severity":null,"references":null,"nova":{"a":[1]},
            "affected":[{"package":{"ecosystem":"npm","name":"a"},"ranges":null,"versions":null}]}"#,
    );
    assert!(record.aliases.is_empty() && record.affected[0].ranges.is_empty());
}

#[test]
fn a_bad_date_is_no_date() {
    let record =
        record(r#"{"id":"X-1","modified":"yesterday","published":"2020-01-02T03:04:05Z"}"#);
    assert_eq!(record.modified(), None);
    assert_eq!(record.published().unwrap().to_string(), "2020-01-02T03:04:05Z");
}

#[test]
fn the_year_one_is_a_date() {
    assert!(record(r#"{"id":"X-1","modified":"0001-01-01T00:00:00Z"}"#).modified().is_some());
}

#[test]
fn a_range_without_events_is_an_error() {
    let json = br#"{"id":"X-1","affected":[{"ranges":[{"type":"SEMVER"}]}]}"#;
    let error = Record::parse(json).unwrap_err().to_string();
    assert!(error.contains("missing field `events`") && error.contains("line 1"), "{error}");
}

#[test]
fn a_truncated_record_is_an_error() {
    assert!(Record::parse(br#"{"id":"X-1","affected":["#).is_err());
}

#[test]
fn an_id_that_cannot_be_one_is_an_error() {
    for json in [r#"{"id":""}"#, r#"{"id":"a b"}"#, r#"{"id":"a\u001b[31m"}"#] {
        assert!(matches!(Record::parse(json.as_bytes()), Err(RecordError::BadId { .. })), "{json}");
    }
}

#[test]
fn deep_nesting_in_a_field_that_nobody_needs_is_no_trouble() {
    let json = format!(r#"{{"id":"X-1","nova":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(&*record(&json).id, "X-1");
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    assert!(Record::parse(b"\xEF\xBB\xBF{\"id\":\"X-1\"}").is_ok());
}

#[test]
fn a_mal_id_is_a_malicious_package() {
    let record = record(r#"{"id":"MAL-2024-1","affected":[{}]}"#);
    assert_eq!(record.kind(&record.affected[0]), FindingKind::Malicious);
}

#[test]
fn rustsecs_informational_records_have_their_kind() {
    for (word, kind) in [
        ("\"unmaintained\"", FindingKind::Unmaintained),
        ("\"unsound\"", FindingKind::Unsound),
        ("\"notice\"", FindingKind::Notice),
        ("null", FindingKind::Vulnerability),
    ] {
        let json = format!(
            r#"{{"id":"RUSTSEC-1","affected":[{{"database_specific":{{"informational":{word}}}}}]}}"#
        );
        let record = record(&json);
        assert_eq!(record.kind(&record.affected[0]), kind, "{word}");
    }
}

#[test]
fn the_title_is_the_summary_or_the_first_line_of_the_details() {
    assert_eq!(record(r#"{"id":"X-1","summary":" Short "}"#).title(), "Short");
    assert_eq!(record(r#"{"id":"X-1","details":"\n\n## Overview\nText"}"#).title(), "Overview");
    assert_eq!(record(r#"{"id":"X-1","details":null}"#).title(), "");
}

#[test]
fn the_page_is_the_records_own_advisory_or_the_one_at_osv() {
    let own = record(
        r#"{"id":"X-1","references":[{"type":"WEB","url":"https://a.example/"},
            {"type":"ADVISORY","url":"https://b.example/x"}]}"#,
    );
    assert_eq!(own.url(), "https://b.example/x");
    assert_eq!(record(r#"{"id":"X-1"}"#).url(), "https://osv.dev/vulnerability/X-1");
}

#[test]
fn only_a_filled_withdrawn_field_takes_a_record_back() {
    assert!(record(r#"{"id":"X-1","withdrawn":"2020-01-01T00:00:00Z"}"#).is_withdrawn());
    assert!(!record(r#"{"id":"X-1","withdrawn":null}"#).is_withdrawn());
}

#[test]
fn a_whole_record_is_recognized_without_sniffing() {
    for json in [
        r#"{"schema_version":"1.7","id":"X-1","modified":"2020-01-01T00:00:00Z"}"#,
        "\u{feff}{\r\n\"id\":\"X-1\",\r\n\"modified\":\"\"}\r\n",
    ] {
        let record = Record::recognize(json.as_bytes()).unwrap();
        assert_eq!(&*record.id, "X-1");
        assert_eq!(crate::sniff(json.as_bytes()), Some(crate::DocumentKind::Osv));
    }
}

#[test]
fn a_document_of_another_kind_is_not_recognized() {
    for json in [
        r#"{"type":"indicator","id":"X-1","modified":"2020-01-01T00:00:00Z"}"#,
        r#"{"id":"X-1","modified":"2020-01-01T00:00:00Z","spec_version":null}"#,
        r#"{"id":"X-1"}"#,
        r#"{"id":"X-1","modified":"2020-01-01T00:00:00Z""#,
        "[]",
    ] {
        assert!(Record::recognize(json.as_bytes()).is_none(), "{json}");
    }
}

#[test]
fn a_byte_that_is_no_text_does_no_harm_where_nobody_reads() {
    let json = b"{\"id\":\"X-1\",\"modified\":\"\",\"credits\":\"\xff\"}";
    assert_eq!(&*Record::parse(json).unwrap().id, "X-1");
}
