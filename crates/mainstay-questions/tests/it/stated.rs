//! What an inventory says to a question where statements (VEX) speak of what it has. On each
//! engine.

use std::fs;

use mainstay_inventory::{NewStatement, Reach, Upload};
use mainstay_knowledge::{DataFolder, ImportOptions, Limits as DataLimits, Silent, import};
use mainstay_questions::{
    Answer, Examination, PartyPicture, PartyStanding, Published, Question, SeenClaim, Source,
    Standing, Subject, examine_inventory,
};
use mainstay_testkit::{Record, zip};
use mainstay_vex::{Claim, Justification, Reason};
use serde_json::json;

use crate::board::{Board, ada, asking, boards, says, told};
use crate::world::{key, now};

const LEFT: &str = "pkg:cargo/left@1.4.0";
const RIGHT: &str = "pkg:cargo/right@1.0.0";

fn flaw() -> Subject {
    Subject::flaw("TEST-2024-0001").unwrap()
}

fn unreachable() -> Reason {
    Reason::Justified(Justification::VulnerableCodeNotInExecutePath, None)
}

/// Boards that know of a flaw in `left` and `right`, below 2.0.0.
fn boards_with_flaw() -> Vec<Board> {
    let boards = boards();
    for board in &boards {
        let record = Record::new("TEST-2024-0001", "crates.io", "left").and("crates.io", "right");
        let path = board.folder.path().join("all.zip");
        fs::write(&path, zip([record.entry()])).unwrap();
        let options =
            ImportOptions { as_of: Some(now()), now: now(), limits: DataLimits::default() };
        let data = DataFolder::open(&board.folder.path().join("knowledge")).unwrap();
        import(&data, &[path], &options, &Silent).unwrap();
        board.inventory.rematch(&ada(), now()).unwrap();
    }
    boards
}

fn send(board: &Board, asset: &str, purls: &[&str]) {
    let component = |purl: &&str| {
        let (name, version) = purl.rsplit_once('@').unwrap();
        let name = name.rsplit_once('/').unwrap().1;
        json!({
            "type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
        })
    };
    let mut dependencies: Vec<_> =
        purls.iter().map(|purl| json!({ "ref": purl, "dependsOn": [] })).collect();
    dependencies.push(json!({ "ref": "app", "dependsOn": purls }));
    let bytes = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": { "component": { "type": "application", "bom-ref": "app", "name": asset } },
        "components": purls.iter().map(component).collect::<Vec<_>>(),
        "dependencies": dependencies,
    })
    .to_string()
    .into_bytes();
    let upload =
        Upload { party: "grid", asset, release: "1", file_name: "bom.json", bytes: &bytes };
    board.inventory.receive(&upload, &ada(), now()).unwrap();
}

fn say(board: &Board, (asset, purl): (&str, &str), claim: Claim) {
    let assets = board.inventory.assets("grid").unwrap();
    let asset = assets.into_iter().find(|one| one.name == asset).unwrap().id;
    let new = NewStatement {
        asset: &asset,
        release: "1",
        purl,
        flaw: "TEST-2024-0001",
        reach: Reach::Release,
        claim,
        evidence: Vec::new(),
        notes: None,
        expires: None,
        author: "Ada",
    };
    board.inventory.say(&new, &ada(), now()).unwrap();
}

fn examined(board: &Board) -> Examination {
    examine_inventory(&board.inventory, "grid", &flaw(), now()).unwrap()
}

fn claims(seen: &Examination) -> Vec<(&str, &SeenClaim, String)> {
    let place = |one: &mainstay_questions::Seen| one.places.join(", ");
    seen.seen.iter().map(|one| (one.purl.as_str(), &one.claim, place(one))).collect()
}

#[test]
fn a_flawed_version_that_a_statement_answers_has_the_reason_of_the_statement() {
    for board in boards_with_flaw() {
        send(&board, "app", &[LEFT]);
        assert_eq!(examined(&board).standing, Standing::Affected);
        say(&board, ("app", LEFT), Claim::NotAffected(unreachable()));
        let seen = examined(&board);
        assert_eq!(seen.standing, Standing::NotAffected(unreachable()), "{:?}", seen.not_known);
        assert_eq!(
            claims(&seen),
            [(LEFT, &SeenClaim::NotAffected(unreachable()), "app 1".to_owned())]
        );
    }
}

#[test]
fn a_flawed_version_that_is_said_to_be_repaired_is_fixed() {
    for board in boards_with_flaw() {
        send(&board, "app", &[LEFT]);
        say(&board, ("app", LEFT), Claim::Fixed);
        let seen = examined(&board);
        assert_eq!(seen.standing, Standing::Fixed { since: None }, "{:?}", seen.not_known);
        assert_eq!(claims(&seen), [(LEFT, &SeenClaim::Fixed, "app 1".to_owned())]);
    }
}

#[test]
fn each_package_has_what_its_own_statement_says() {
    for board in boards_with_flaw() {
        send(&board, "app", &[LEFT, RIGHT]);
        say(&board, ("app", LEFT), Claim::NotAffected(unreachable()));
        say(&board, ("app", RIGHT), Claim::Fixed);
        let seen = examined(&board);
        let unaffected = SeenClaim::NotAffected(unreachable());
        assert_eq!(
            claims(&seen),
            [
                (LEFT, &unaffected, "app 1".to_owned()),
                (RIGHT, &SeenClaim::Fixed, "app 1".to_owned())
            ]
        );
    }
}

#[test]
fn a_statement_speaks_for_its_own_place_and_the_other_is_affected() {
    for board in boards_with_flaw() {
        send(&board, "app", &[LEFT]);
        send(&board, "tool", &[LEFT]);
        say(&board, ("app", LEFT), Claim::NotAffected(unreachable()));
        let seen = examined(&board);
        let unaffected = SeenClaim::NotAffected(unreachable());
        assert_eq!(seen.standing, Standing::Affected);
        assert_eq!(
            claims(&seen),
            [
                (LEFT, &SeenClaim::Affected, "tool 1".to_owned()),
                (LEFT, &unaffected, "app 1".to_owned())
            ]
        );
    }
}

/// A question of `cert` about the flaw, to the grid.
fn asked(board: &Board) -> Published {
    let question = Question { subject: flaw(), ..asking() };
    board.ask(&question, &told(&["grid"])).unwrap()
}

fn grid(board: &Board, question: &Published) -> PartyPicture {
    let mut picture = board.picture(question, now());
    assert_eq!((picture.counts.parties, picture.counts.not_found), (1, 0));
    picture.parties.pop().unwrap()
}

#[test]
fn who_has_a_flawed_version_and_a_statement_stands_in_the_picture_as_it_says() {
    for board in boards_with_flaw() {
        for (asset, claim, standing) in [
            ("app", Claim::NotAffected(unreachable()), PartyStanding::NotAffected),
            ("tool", Claim::Fixed, PartyStanding::Fixed),
        ] {
            let question = asked(&board);
            send(&board, asset, &[LEFT]);
            assert_eq!(grid(&board, &question).standing, PartyStanding::Affected);
            say(&board, (asset, LEFT), claim);
            let grid = grid(&board, &question);
            assert_eq!((grid.standing, &grid.source), (standing, &Some(Source::Inventory)));
            let picture = board.picture(&question, now());
            assert_eq!((picture.counts.by_inventory, picture.counts.differing), (1, 0));
            assert!(picture.not_known.iter().any(|one| one.code == "by-statement"));
        }
    }
}

#[test]
fn an_answer_and_a_statement_that_both_deny_harm_do_not_differ() {
    for board in boards_with_flaw() {
        let question = asked(&board);
        send(&board, "app", &[LEFT]);
        let standing = Standing::Fixed { since: None };
        let fixed = Answer { standing, ..says(&question, "2.0.0", now()) };
        board.send(&question, ("grid", &key("grid")), &fixed, now()).unwrap();
        let answered = grid(&board, &question);
        assert!(answered.differs, "{answered:?}");
        say(&board, ("app", LEFT), Claim::NotAffected(unreachable()));
        let answered = grid(&board, &question);
        assert!(!answered.differs && matches!(answered.source, Some(Source::Answer { .. })));
    }
}
