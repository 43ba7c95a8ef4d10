use super::*;
use crate::justification::Justification;

fn new(claim: Claim) -> NewStatement {
    NewStatement {
        flaw: Flaw { id: "CVE-2026-1".to_owned(), aliases: vec!["GHSA-1".to_owned()] },
        products: vec![Purl::parse("pkg:npm/app").unwrap()],
        parts: Vec::new(),
        claim,
        evidence: vec!["https://h.example/e".to_owned()],
        notes: Some("Seen by two.".to_owned()),
        expires: Some(jiff::civil::date(2026, 12, 31)),
        time: "2026-03-01T12:00:00Z".parse().unwrap(),
    }
}

fn not_affected() -> NewStatement {
    let reason = Reason::of(Some(Justification::ComponentNotPresent), Some("No.".into()));
    new(Claim::NotAffected(reason.unwrap()))
}

#[test]
fn a_new_file_holds_the_statement_with_evidence_and_last_day() {
    let text = add(None, Some("A Team"), &not_affected()).unwrap();
    let document = read(text.as_bytes(), VexFormat::OpenVex).unwrap();
    let [said] = &*document.statements else { panic!("{text}") };
    assert_eq!(said.flaw.ids().collect::<Vec<_>>(), ["CVE-2026-1", "GHSA-1"]);
    assert_eq!(
        (&*said.evidence, said.expires),
        (&*not_affected().evidence, not_affected().expires)
    );
    assert_eq!(said.notes.as_deref(), Some("Seen by two."));
    assert_eq!(document.said_by.author.as_deref(), Some("A Team"));
}

#[test]
fn a_file_grows_and_keeps_what_others_wrote_byte_for_byte() {
    let foreign = "{\"vulnerability\":   {\"name\": \"X-1\", \"x-ours\": [1,2]},\n \"products\": \
                   [\"pkg:npm/a\"], \"status\": \"fixed\"}";
    let existing = format!(
        "{{\"@context\": \"https://openvex.dev/ns/v0.2.0\", \"@id\": \"https://h.example/1\",\n\
         \"author\": \"A Team\", \"timestamp\": \"2026-01-01T00:00:00Z\", \"version\": 4,\n\
         \"x-more\": {{\"a\":  1}}, \"statements\": [{foreign}]}}"
    );
    let text = add(Some(existing.as_bytes()), None, &not_affected()).unwrap();
    assert!(text.contains(foreign), "{text}");
    assert!(text.contains("\"x-more\": {\"a\":  1}"), "{text}");
    assert!(text.contains("\"version\": 5"), "{text}");
    assert!(text.contains("\"last_updated\": \"2026-03-01T12:00:00Z\""), "{text}");
    assert_eq!(read(text.as_bytes(), VexFormat::OpenVex).unwrap().statements.len(), 2);
}

#[test]
fn what_is_not_ours_to_write_is_refused() {
    let foreign: [&[u8]; 4] = [
        b"{\"bomFormat\": \"CycloneDX\"}",
        b"{\"a\": 1}",
        b"[]",
        b"{\"@context\": \"https://openvex.dev/ns\", \"author\": \"A\", \"statements\": []}",
    ];
    for text in foreign {
        let error = add(Some(text), None, &not_affected()).unwrap_err();
        assert!(matches!(error, LedgerError::Foreign), "{error}");
    }
    let broken = add(Some(b"{\"@context\": "), None, &not_affected()).unwrap_err();
    assert!(matches!(broken, LedgerError::Unreadable(_)), "{broken}");
}

#[test]
fn a_document_has_one_author() {
    let text = add(None, Some("A Team"), &not_affected()).unwrap();
    let error = add(Some(text.as_bytes()), Some("B Team"), &not_affected()).unwrap_err();
    assert!(matches!(error, LedgerError::OtherAuthor(author) if author == "A Team"));
    assert!(matches!(add(None, None, &not_affected()), Err(LedgerError::NoAuthor)));
}

#[test]
fn an_affected_product_needs_an_action() {
    let error = add(None, Some("A"), &new(Claim::Affected { action: None })).unwrap_err();
    assert!(matches!(error, LedgerError::NoAction));
}

#[test]
fn the_same_statement_gives_the_same_bytes() {
    let text = || add(None, Some("A Team"), &not_affected()).unwrap();
    assert_eq!(text(), text());
}
