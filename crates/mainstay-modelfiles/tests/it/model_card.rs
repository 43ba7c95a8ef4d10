//! Cards of models.

use mainstay_testkit::mutation::Seed;

use super::everything::{examined, is_clean};

const CARD: &str = "---\nlanguage:\n- en\n- de\nlicense: llama3.1\nlicense_name: \"llama3.1\"\n\
                    library_name: transformers\npipeline_tag: text-generation\nbase_model: \
                    somebody/base-7b\ndatasets: [somebody/one, somebody/two]\ntags:\n  - chat # \
                    one\nmodel-index:\n- name: x\n  results:\n  - task:\n      type: a\n---\n\n# A \
                    model\n\nlicense: not this\n";

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    vec![
        Seed::new("README.md", CARD),
        Seed::new("README.md", "---\nlicense: mit\ntags: [a]\n---\n"),
        Seed::new("README.md", "---\ntitle: A page\n---\n"),
    ]
}

#[test]
fn a_card_is_clean_and_states_its_licence() {
    let examined = examined("README.md", CARD.as_bytes());
    assert!(is_clean(&examined));
    assert_eq!(examined.format, Some("model-card"));
    assert_eq!(examined.description.licences, ["llama3.1"]);
}

#[test]
fn a_licence_that_is_not_open_is_said_to_be_so() {
    let examined = examined("README.md", CARD.as_bytes());
    let note = examined.description.facts.iter().find(|fact| fact.name == "licence").unwrap();
    assert!(note.value.starts_with("llama3.1: not an open licence (restricts use"), "{note:?}");
}

#[test]
fn the_facts_of_a_card_are_kept() {
    let examined = examined("README.md", CARD.as_bytes());
    let of = |name: &str| -> Vec<&str> {
        let facts = examined.description.facts.iter().filter(|fact| fact.name == name);
        facts.map(|fact| &*fact.value).collect()
    };
    assert_eq!(of("base_model"), ["somebody/base-7b"]);
    assert_eq!(of("language"), ["en", "de"]);
    assert_eq!(of("datasets"), ["somebody/one", "somebody/two"]);
}

#[test]
fn an_open_licence_has_no_note() {
    let examined = examined("README.md", b"---\nlicense: apache-2.0\ntags: [a]\n---\n");
    assert_eq!(examined.description.licences, ["apache-2.0"]);
    assert!(examined.description.facts.iter().all(|fact| fact.name != "licence"));
}

#[test]
fn another_page_is_no_card() {
    for page in ["# A project\n\nlicense: mit\n", "---\ntitle: A page\ntags: [a]\n---\n", "---\n"] {
        assert_eq!(examined("README.md", page.as_bytes()).format, None, "{page}");
    }
}

#[test]
fn more_licences_than_are_told_are_a_gap() {
    let licences = (0..30).fold(String::new(), |list, one| format!("{list}- licence-{one}\n"));
    let card = format!("---\nlicense:\n{licences}tags: [a]\n---\n");
    let found = examined("README.md", card.as_bytes());
    assert_eq!((found.description.licences.len(), found.gaps.len()), (20, 1), "{found:?}");
}
