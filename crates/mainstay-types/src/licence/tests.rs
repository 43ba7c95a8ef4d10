use proptest::prelude::*;

use super::*;

fn canonical(text: &str) -> Option<String> {
    Licence::stated(text).unwrap().canonical()
}

fn error(text: &str) -> String {
    let licence = Licence::stated(text).unwrap();
    let LicenceMeaning::Unread(error) = licence.meaning() else { panic!("{licence:?}") };
    error.to_string()
}

#[test]
fn and_binds_stronger_than_or() {
    assert_eq!(
        canonical("MIT OR Apache-2.0 AND ISC").as_deref(),
        Some("MIT OR Apache-2.0 AND ISC")
    );
    let licence = Licence::stated("MIT OR Apache-2.0 AND ISC").unwrap();
    let LicenceMeaning::Expression(nodes) = licence.meaning() else { panic!() };
    assert_eq!(nodes[3..], [LicenceNode::And, LicenceNode::Or]);
}

#[test]
fn brackets_bind_strongest() {
    assert_eq!(
        canonical("(MIT OR Apache-2.0) AND ISC").as_deref(),
        Some("(MIT OR Apache-2.0) AND ISC")
    );
}

#[test]
fn case_means_nothing() {
    assert_eq!(canonical("mit or APACHE-2.0").as_deref(), Some("MIT OR Apache-2.0"));
}

#[test]
fn deprecated_gnu_identifiers_mean_what_the_list_says() {
    assert_eq!(canonical("GPL-2.0").as_deref(), Some("GPL-2.0-only"));
    assert_eq!(canonical("LGPL-2.1+").as_deref(), Some("LGPL-2.1-or-later"));
    assert_eq!(
        canonical("GPL-2.0-with-classpath-exception").as_deref(),
        Some("GPL-2.0-only WITH Classpath-exception-2.0")
    );
}

#[test]
fn an_exception_belongs_to_its_licence() {
    assert_eq!(
        canonical("apache-2.0 with llvm-exception").as_deref(),
        Some("Apache-2.0 WITH LLVM-exception")
    );
}

#[test]
fn an_identifier_that_the_list_does_not_have_is_not_known() {
    let licence = Licence::stated("BSD").unwrap();
    let LicenceMeaning::Expression([LicenceNode::Term(term)]) = licence.meaning() else { panic!() };
    assert!(!term.known);
}

#[test]
fn a_reference_of_the_document_is_known() {
    let licence = Licence::stated("DocumentRef-a:LicenseRef-b").unwrap();
    let LicenceMeaning::Expression([LicenceNode::Term(term)]) = licence.meaning() else { panic!() };
    assert!(term.known);
}

#[test]
fn a_sentence_is_no_expression() {
    assert_eq!(error("SEE LICENSE IN x"), "\"LICENSE\" cannot stand there in a licence expression");
    assert_eq!(error("MIT/X11"), "\"MIT/X11\" is no licence identifier");
}

#[test]
fn half_an_expression_is_not_finished() {
    for text in ["MIT OR", "(MIT", "MIT WITH", "MIT AND ("] {
        assert_eq!(error(text), "the licence expression is not finished", "{text}");
    }
}

#[test]
fn a_bracket_that_was_never_opened_is_refused() {
    assert_eq!(error("MIT)"), "\")\" cannot stand there in a licence expression");
}

#[test]
fn saying_nothing_is_no_statement() {
    assert_eq!(Licence::stated("  "), None);
    assert_eq!(Licence::stated("NOASSERTION"), None);
}

#[test]
fn no_licence_is_a_statement() {
    assert_eq!(Licence::stated("NONE").unwrap().meaning(), LicenceMeaning::NoLicence);
}

#[test]
fn a_list_of_licences_leaves_the_choice() {
    let licence = Licence::one_of(["MIT", "GPL-2.0-only AND ISC"]).unwrap();
    assert_eq!(licence.canonical().as_deref(), Some("MIT OR GPL-2.0-only AND ISC"));
}

#[test]
fn a_text_too_long_is_cut_and_unread() {
    let licence = Licence::stated(&"ä".repeat(Licence::MAX_BYTES)).unwrap();
    assert!(licence.as_written().len() <= Licence::MAX_BYTES);
    assert!(matches!(licence.meaning(), LicenceMeaning::Unread(LicenceError::TooLong)));
}

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("MIT".to_owned()),
        Just("Apache-2.0+".to_owned()),
        Just("GPL-2.0-or-later WITH Classpath-exception-2.0".to_owned()),
        Just("LicenseRef-own".to_owned()),
        Just("Foo-1.0".to_owned()),
    ];
    leaf.prop_recursive(4, 32, 2, |inner| {
        (inner.clone(), prop_oneof![Just("AND"), Just("or")], inner)
            .prop_map(|(left, operator, right)| format!("({left}) {operator} ({right})"))
    })
}

proptest! {
    #[test]
    fn canonical_text_reads_as_the_same_expression(text in expression()) {
        let once = canonical(&text).unwrap();
        prop_assert_eq!(canonical(&once).unwrap(), once);
    }

    #[test]
    fn any_text_is_taken_without_panic(text in "[A-Za-z0-9.+ ()-]{0,40}|\\PC{0,20}") {
        if let Some(licence) = Licence::stated(&text) {
            let _ = licence.canonical();
        }
    }
}
