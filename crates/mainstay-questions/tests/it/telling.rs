//! Whose open pages hear that something happened to a question. On each engine.

use mainstay_questions::{Question, Told};
use mainstay_store::events;
use mainstay_types::Tlp;

use crate::board::{Board, ada, asking, boards, says, told};
use crate::world::{key, now};

/// What was told of questions: the kind, and the whole body.
fn heard(board: &Board) -> Vec<(String, String)> {
    let database = board.database.open();
    let all = database.read(|transaction| events::after(transaction, 0, 500)).unwrap();
    let of_questions = all.into_iter().filter(|event| event.kind.starts_with("question."));
    of_questions.map(|event| (event.kind, event.body)).collect()
}

fn event(kind: &str, member: &str) -> (String, String) {
    (kind.to_owned(), format!("{{\"member\":\"{member}\"}}"))
}

#[test]
fn publishing_and_closing_are_heard_by_who_asks_and_who_was_told() {
    for board in boards() {
        let question = board.ask(&asking(), &told(&["grid", "dam"])).unwrap();
        board.questions.close(&question, (&ada(), now())).unwrap();
        let expected = ["question.published", "question.closed"]
            .into_iter()
            .flat_map(|kind| ["cert", "dam", "grid"].map(|member| event(kind, member)));
        assert_eq!(heard(&board), expected.collect::<Vec<_>>());
    }
}

#[test]
fn an_answer_is_heard_by_who_asks_alone() {
    for board in boards() {
        let question = board.ask(&asking(), &told(&["grid"])).unwrap();
        let answer = says(&question, "1.0.0", now());
        board.send(&question, ("grid", &key("grid")), &answer, now()).unwrap();
        let all = heard(&board);
        assert_eq!(all.last(), Some(&event("question.answered", "cert")), "{all:?}");
        assert_eq!(all.len(), 3);
    }
}

#[test]
fn a_question_to_everybody_is_heard_by_whoever_listens() {
    for board in boards() {
        let question = Question { marking: Tlp::Clear, ..asking() };
        board.ask(&question, &Told { everybody: true, ..Told::default() }).unwrap();
        assert_eq!(heard(&board), [("question.published".to_owned(), "{}".to_owned())]);
    }
}
