//! Which of several statements counts.
//!
//! What somebody named comes before the software's own word about itself, whatever the dates:
//! else the word of a stranger could take back that of the user. Then the newest counts, by the
//! last time that it was said; one without a date is older than every one with a date. Of equal
//! dates the higher version of one document counts, and then the more careful statement.
//!
//! A document is the same when id, author and trust agree: anybody may write any id.

use std::cmp::Reverse;
use std::collections::HashMap;

use jiff::Timestamp;

use crate::statement::{SaidBy, Statement};

/// Who brings a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trust {
    /// The user, who named it.
    Named,
    /// The software that it speaks of.
    OwnWord,
}

/// Sorts statements, the one that counts first. Statements that nothing sets apart keep their
/// order.
pub fn sort_by_precedence<'s, T>(
    items: &mut [T],
    look: impl Fn(&T) -> Option<(&'s Statement, Trust)>,
) {
    let mut newest: HashMap<Edition<'s>, Vec<u64>> = HashMap::new();
    for (statement, trust) in items.iter().filter_map(&look) {
        let version = version(&statement.said_by);
        let known = newest.entry(Edition::of(statement, trust)).or_default();
        if version > *known {
            *known = version;
        }
    }
    items.sort_by_cached_key(|item| {
        look(item).map(|(statement, trust)| {
            let newest = newest.get(&Edition::of(statement, trust));
            let has_id = !statement.said_by.document.is_empty();
            let is_replaced =
                has_id && newest.is_some_and(|newest| version(&statement.said_by) < *newest);
            (trust, Reverse(statement.time()), is_replaced, Reverse(statement.claim.caution()))
        })
    });
}

/// What the versions of one document share, at one moment.
#[derive(PartialEq, Eq, Hash)]
struct Edition<'s> {
    trust: Trust,
    time: Option<Timestamp>,
    document: &'s str,
    author: Option<&'s str>,
}

impl<'s> Edition<'s> {
    fn of(statement: &'s Statement, trust: Trust) -> Self {
        let SaidBy { author, document, .. } = &*statement.said_by;
        Self { trust, time: statement.time(), document, author: author.as_deref() }
    }
}

/// The numbers of a document's version.
fn version(said_by: &SaidBy) -> Vec<u64> {
    let text = said_by.version.as_deref().unwrap_or("0");
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::read;
    use crate::statement::VexFormat;

    /// The statuses of documents in the order in which they count.
    fn order(documents: &[(&str, &str, u64, &str, Trust)]) -> Vec<&'static str> {
        let mut all: Vec<(Statement, Trust)> = Vec::new();
        for (id, author, version, status, trust) in documents {
            let text = format!(
                r#"{{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "{id}",
                "author": "{author}", "version": {version}, "timestamp": "2026-01-01T00:00:00Z",
                "statements": [{{"vulnerability": {{"name": "X-1"}}, "products": [{{"@id":
                "pkg:npm/a"}}], "status": "{status}", "impact_statement": "no"}}]}}"#
            );
            let document = read(text.as_bytes(), VexFormat::OpenVex).unwrap();
            all.extend(document.statements.into_iter().map(|one| (one, *trust)));
        }
        let mut order: Vec<&(Statement, Trust)> = all.iter().collect();
        sort_by_precedence(&mut order, |(one, trust)| Some((one, *trust)));
        order.into_iter().map(|(one, _)| one.claim.word()).collect()
    }

    #[test]
    fn the_higher_version_of_one_document_counts() {
        let one = ("u:1", "A", 1, "affected", Trust::Named);
        let two = ("u:1", "A", 2, "not_affected", Trust::Named);
        assert_eq!(order(&[one, two]), ["not_affected", "affected"]);
    }

    #[test]
    fn a_document_of_another_author_is_another_document() {
        let one = ("u:1", "A", 1, "affected", Trust::Named);
        let two = ("u:1", "Evil", 99, "not_affected", Trust::Named);
        assert_eq!(order(&[one, two]), ["affected", "not_affected"]);
    }

    #[test]
    fn what_was_named_comes_before_the_own_word() {
        let one = ("u:1", "A", 1, "fixed", Trust::Named);
        let two = ("u:1", "A", 99, "affected", Trust::OwnWord);
        assert_eq!(order(&[two, one]), ["fixed", "affected"]);
    }

    #[test]
    fn versions_of_different_documents_do_not_make_a_circle() {
        let a = ("u:1", "A", 1, "affected", Trust::Named);
        let b = ("u:2", "A", 9, "under_investigation", Trust::Named);
        let c = ("u:1", "A", 2, "not_affected", Trust::Named);
        let expected = ["under_investigation", "not_affected", "affected"];
        for all in [[a, b, c], [c, b, a], [b, a, c]] {
            assert_eq!(order(&all), expected);
        }
    }
}
