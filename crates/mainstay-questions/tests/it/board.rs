//! Questions on a server: who sees them, who answers, and what is counted. On each engine.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use mainstay_inventory::{Inventory, Limits, NewParty, PartyKind, Sight, Upload};
use mainstay_knowledge::DataFolder;
use mainstay_questions::{
    Answer, Deadline, Detail, Drafting, Name, PartyStanding, PayloadDigest, Preview, Published,
    Question, QuestionError, Questions, SeenClaim, Sent, ServiceError, Source, Standing, Subject,
    Told, examine_inventory,
};
use mainstay_store::{Actor, DataDir, FolderBlobs, SigningKey};
use mainstay_testkit::{TestDatabase, databases};
use mainstay_types::Tlp;
use mainstay_visibility::{Reader, Role};
use serde_json::json;

use crate::world::{World, key, now};

/// An instance with the organisations `cert`, `grid`, `bank` and `dam`.
pub(crate) struct Board {
    pub(crate) database: TestDatabase,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) questions: Questions,
    pub(crate) inventory: Inventory,
}

pub(crate) fn boards() -> Vec<Board> {
    databases().into_iter().map(Board::on).collect()
}

pub(crate) fn ada() -> Actor {
    Actor { id: "acc_ada".to_owned(), origin: "127.0.0.1".to_owned() }
}

pub(crate) fn later(hours: i64) -> Timestamp {
    now() + SignedDuration::from_hours(hours)
}

pub(crate) fn reader(organisation: &str) -> Reader {
    let people = [(organisation.parse().unwrap(), Role::Analyst)];
    Reader::signed_in("acc_ada".parse().unwrap(), people, [], []).unwrap()
}

pub(crate) fn told(organisations: &[&str]) -> Told {
    let organisations = organisations.iter().map(|id| id.parse().unwrap()).collect();
    Told { everybody: false, organisations }
}

pub(crate) fn asking() -> Question {
    crate::world::question()
}

impl Board {
    fn on(database: TestDatabase) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let rows = Arc::new(database.open());
        let blobs = FolderBlobs::open(&folder.path().join("blobs")).unwrap();
        let data = DataFolder::open(&folder.path().join("knowledge")).unwrap();
        let inventory =
            Inventory::open(Arc::clone(&rows), Arc::new(blobs), data, Limits::default());
        let keys = DataDir::open(&folder.path().join("instance")).unwrap();
        let questions = Questions::open(rows, keys);
        for (id, sector) in [
            ("cert", "us-ci/information-technology"),
            ("grid", "us-ci/energy"),
            ("bank", "us-ci/financial-services"),
            ("dam", "us-ci/energy"),
        ] {
            let party = NewParty {
                id: id.to_owned(),
                kind: PartyKind::Organisation,
                name: format!("The {id}"),
                is_important: false,
                sectors: vec![sector.parse().unwrap()],
            };
            inventory.put_party(&party, &ada(), now()).unwrap();
        }
        Self { database, folder, questions, inventory }
    }

    pub(crate) fn ask(&self, question: &Question, told: &Told) -> Result<Published, ServiceError> {
        self.questions.ask("cert", question, told, (&ada(), now()))
    }

    /// A question of `cert` to the grid, the bank and the dam.
    pub(crate) fn asked(&self) -> Published {
        self.ask(&asking(), &told(&["grid", "bank", "dam"])).unwrap()
    }

    pub(crate) fn send(
        &self,
        question: &Published,
        (organisation, key): (&str, &SigningKey),
        answer: &Answer,
        at: Timestamp,
    ) -> Result<mainstay_questions::Received, ServiceError> {
        let envelope = answer.seal(key).unwrap();
        let key = key.verifying();
        let sent = Sent { organisation, key: &key, envelope: envelope.as_bytes() };
        self.questions.receive(&question.signed.question.id, &sent, (&ada(), at))
    }

    pub(crate) fn picture(
        &self,
        question: &Published,
        at: Timestamp,
    ) -> mainstay_questions::Picture {
        let seen_by = (&reader("cert"), &Sight::Everything);
        self.questions.picture(&self.inventory, question, seen_by, at).unwrap()
    }

    fn holds(&self, party: &str, purl: &str) {
        let (name, version) = purl.rsplit_once('@').unwrap();
        let name = name.rsplit_once('/').unwrap().1;
        let bytes = json!({
            "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
            "metadata": { "component": { "type": "application", "bom-ref": "app", "name": "app" } },
            "components": [{
                "type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
            }],
            "dependencies": [{ "ref": "app", "dependsOn": [purl] }, { "ref": purl, "dependsOn": [] }],
        })
        .to_string()
        .into_bytes();
        let upload =
            Upload { party, asset: "app", release: "1", file_name: "bom.json", bytes: &bytes };
        self.inventory.receive(&upload, &ada(), now()).unwrap();
    }
}

/// What a project with this version of `left` answers at a moment.
pub(crate) fn says(question: &Published, version: &str, at: Timestamp) -> Answer {
    let seen = World::new(&[("left", version)]).examine(&question.signed.question.subject);
    seen.answer(Drafting {
        question: &question.signed,
        answered_by: Name::parse("answered_by", "somebody").unwrap(),
        sectors: Vec::new(),
        marking: None,
        detail: Detail::Status,
        fixed_since: None,
        note: None,
        now: at,
    })
    .unwrap()
}

pub(crate) fn standing_of(picture: &mainstay_questions::Picture, id: &str) -> PartyStanding {
    picture.parties.iter().find(|party| party.id == id).unwrap().standing
}

#[test]
fn a_question_is_there_for_those_who_were_told_and_for_nobody_else() {
    for board in boards() {
        let published = board.ask(&asking(), &told(&["grid"])).unwrap();
        let id = published.signed.question.id.to_string();
        for (organisation, sees) in [("cert", true), ("grid", true), ("bank", false)] {
            let found = board.questions.find(&reader(organisation), &id, now());
            assert_eq!(found.is_ok(), sees, "{organisation}");
            let listed = board.questions.published(&reader(organisation), now()).unwrap();
            assert_eq!(listed.len(), usize::from(sees), "{organisation}");
        }
        let absent = board.questions.find(&Reader::anonymous(), &id, now());
        assert!(matches!(absent, Err(ServiceError::Absent)), "{absent:?}");
    }
}

#[test]
fn a_clear_question_to_everybody_is_there_for_the_public() {
    for board in boards() {
        let question = Question { marking: Tlp::Clear, ..asking() };
        let everybody = Told { everybody: true, ..Told::default() };
        let published = board.ask(&question, &everybody).unwrap();
        let id = &published.signed.question.id;
        let found = board.questions.find(&Reader::anonymous(), id, now()).unwrap();
        assert_eq!(found.envelope, published.envelope);
    }
}

#[test]
fn an_audience_that_the_marking_does_not_allow_is_refused() {
    for board in boards() {
        let everybody = Told { everybody: true, ..Told::default() };
        let red = Question { marking: Tlp::Red, ..asking() };
        for (question, told) in
            [(asking(), &everybody), (asking(), &Told::default()), (red, &told(&["grid"]))]
        {
            let refused = board.ask(&question, told);
            let field = QuestionError::Field { field: "audience", problem: String::new() };
            let ServiceError::Question(error) = refused.unwrap_err() else { panic!() };
            assert_eq!(std::mem::discriminant(&error), std::mem::discriminant(&field), "{error}");
        }
    }
}

#[test]
fn a_question_that_was_signed_elsewhere_is_published_and_once_more_changes_nothing() {
    for board in boards() {
        let cert = key("cert");
        let envelope = asking().seal(&cert);
        let (own, other) = (cert.verifying(), key("cert").verifying());
        let publish = |organisation, key| {
            let by = (organisation, key);
            board.questions.publish(by, envelope.as_bytes(), &told(&["grid"]), (&ada(), now()))
        };
        let first = publish("cert", &own).unwrap();
        let again = publish("cert", &own).unwrap();
        assert_eq!(first.signed.digest, again.signed.digest);
        assert!(matches!(publish("bank", &own), Err(ServiceError::TakenId(_))));
        let forged = publish("cert", &other);
        let untrusted = ServiceError::Question(QuestionError::Untrusted { named: String::new() });
        assert_eq!(
            std::mem::discriminant(&forged.unwrap_err()),
            std::mem::discriminant(&untrusted)
        );
    }
}

#[test]
fn a_question_whose_deadline_is_over_is_refused() {
    for board in boards() {
        let deadline = Deadline::parse("2026-03-01T12:00:00Z").unwrap();
        assert!(board.ask(&Question { deadline, ..asking() }, &told(&["grid"])).is_err());
    }
}

#[test]
fn answers_are_counted_once_for_an_organisation_and_the_newest_counts() {
    for board in boards() {
        let (question, grid) = (board.asked(), key("grid"));
        let before = says(&question, "1.0.0", now());
        let after = says(&question, "2.0.0", later(1));
        board.send(&question, ("grid", &grid), &after, later(2)).unwrap();
        // What was said before comes later, and does not count all the same.
        board.send(&question, ("grid", &grid), &before, later(3)).unwrap();
        let picture = board.picture(&question, later(4));
        assert_eq!(standing_of(&picture, "grid"), PartyStanding::Fixed);
        assert_eq!(
            (picture.counts.fixed, picture.counts.silent, picture.counts.parties),
            (1, 2, 3)
        );
        assert_eq!(picture.parties.iter().map(|party| party.earlier).sum::<usize>(), 1);
        let answers = board.questions.answers(&question, &reader("cert"), later(4)).unwrap();
        assert_eq!(answers.len(), 2);
    }
}

#[test]
fn the_picture_reads_only_the_answers_that_count() {
    for board in boards() {
        let (question, grid) = (board.asked(), key("grid"));
        let before = says(&question, "1.0.0", now());
        let former = board.send(&question, ("grid", &grid), &before, now()).unwrap();
        let after = says(&question, "2.0.0", later(1));
        board.send(&question, ("grid", &grid), &after, later(2)).unwrap();
        let broken = "UPDATE question_answer SET envelope = $2 WHERE id = $1";
        let rows = board.database.open();
        let values = [former.id.into(), b"nothing".as_slice().into()];
        rows.write(|transaction| transaction.execute(broken, &values)).unwrap();
        assert_eq!(standing_of(&board.picture(&question, later(4)), "grid"), PartyStanding::Fixed);
    }
}

#[test]
fn silence_is_silence() {
    for board in boards() {
        let question = board.asked();
        let picture = board.picture(&question, now());
        assert_eq!((picture.counts.silent, picture.counts.not_affected), (3, 0));
        assert!(picture.not_known.iter().any(|one| one.code == "silent"));
        let energy = picture.sectors.iter().find(|one| one.sector == "us-ci/energy").unwrap();
        assert_eq!((energy.counts.parties, energy.counts.silent), (2, 2));
    }
}

#[test]
fn the_very_same_answer_again_changes_nothing() {
    for board in boards() {
        let (question, grid) = (board.asked(), key("grid"));
        let answer = says(&question, "1.0.0", now());
        let first = board.send(&question, ("grid", &grid), &answer, now()).unwrap();
        let again = board.send(&question, ("grid", &grid), &answer, now()).unwrap();
        assert_eq!((first.is_known, again.is_known), (false, true));
        assert_eq!(first.id, again.id);
    }
}

#[test]
fn an_answer_cannot_be_sent_in_the_name_of_another_organisation() {
    for board in boards() {
        let (question, grid) = (board.asked(), key("grid"));
        let answer = says(&question, "1.0.0", now());
        board.send(&question, ("grid", &grid), &answer, now()).unwrap();
        let stolen = board.send(&question, ("bank", &grid), &answer, now());
        assert!(matches!(stolen, Err(ServiceError::ForeignKey(_))), "{stolen:?}");
    }
}

#[test]
fn who_was_not_told_cannot_answer_and_does_not_learn_of_the_question() {
    for board in boards() {
        let question = board.ask(&asking(), &told(&["grid"])).unwrap();
        let answer = says(&question, "1.0.0", now());
        let refused = board.send(&question, ("bank", &key("bank")), &answer, now());
        assert!(matches!(refused, Err(ServiceError::Absent)), "{refused:?}");
    }
}

#[test]
fn a_forged_answer_and_one_to_another_question_are_refused() {
    for board in boards() {
        let (one, other, grid) = (board.asked(), board.asked(), key("grid"));
        let answer = says(&one, "1.0.0", now());
        let replayed = board.send(&other, ("grid", &grid), &answer, now());
        let is_other = |error: &ServiceError| {
            matches!(error, ServiceError::Question(QuestionError::OtherQuestion { .. }))
        };
        assert!(is_other(&replayed.unwrap_err()));
        let envelope = answer.seal(&key("grid")).unwrap();
        let forged =
            Sent { organisation: "grid", key: &grid.verifying(), envelope: envelope.as_bytes() };
        let id = &one.signed.question.id;
        let refused = board.questions.receive(id, &forged, (&ada(), now())).unwrap_err();
        let is_untrusted =
            matches!(refused, ServiceError::Question(QuestionError::Untrusted { .. }));
        assert!(is_untrusted, "{refused}");
    }
}

#[test]
fn an_answer_after_the_deadline_is_late_and_not_lost() {
    for board in boards() {
        let (question, grid) = (board.asked(), key("grid"));
        // It says an early time; when it came is what counts.
        let answer = says(&question, "1.0.0", now());
        let received = board.send(&question, ("grid", &grid), &answer, later(72)).unwrap();
        assert!(received.is_late);
        let picture = board.picture(&question, later(72));
        assert_eq!((picture.counts.affected, picture.counts.late), (1, 1));
    }
}

#[test]
fn an_answer_of_tomorrow_is_refused() {
    for board in boards() {
        let question = board.asked();
        let answer = says(&question, "1.0.0", later(24));
        assert!(board.send(&question, ("grid", &key("grid")), &answer, now()).is_err());
    }
}

#[test]
fn a_closed_question_takes_no_answer() {
    for board in boards() {
        let (question, grid) = (board.asked(), key("grid"));
        board.questions.close(&question, (&ada(), now())).unwrap();
        let refused =
            board.send(&question, ("grid", &grid), &says(&question, "1.0.0", now()), now());
        assert!(matches!(refused, Err(ServiceError::Closed)), "{refused:?}");
    }
}

#[test]
fn after_fifty_answers_of_one_organisation_no_more_are_taken() {
    for board in boards() {
        let (question, grid) = (board.asked(), key("grid"));
        let mut answer = says(&question, "1.0.0", now());
        for number in 0..50 {
            answer.id = format!("answer-{number}").into();
            board.send(&question, ("grid", &grid), &answer, now()).unwrap();
        }
        answer.id = "answer-50".into();
        let refused = board.send(&question, ("grid", &grid), &answer, now());
        assert!(matches!(refused, Err(ServiceError::TooMany(_))), "{refused:?}");
    }
}

#[test]
fn an_answer_is_seen_by_its_organisation_and_by_whoever_asks() {
    for board in boards() {
        let (question, grid) = (board.asked(), key("grid"));
        board.send(&question, ("grid", &grid), &says(&question, "1.0.0", now()), now()).unwrap();
        for (organisation, seen) in [("cert", 1), ("grid", 1), ("bank", 0)] {
            let reader = reader(organisation);
            let answers = board.questions.answers(&question, &reader, now()).unwrap();
            assert_eq!(answers.len(), seen, "{organisation}");
        }
    }
}

#[test]
fn inventories_are_counted_where_nobody_answered() {
    for board in boards() {
        board.holds("grid", "pkg:cargo/left@1.4.0");
        board.holds("dam", "pkg:cargo/right@1.0.0");
        let question = board.asked();
        let picture = board.picture(&question, now());
        assert_eq!(standing_of(&picture, "grid"), PartyStanding::Affected);
        assert_eq!(standing_of(&picture, "dam"), PartyStanding::NotFound);
        assert_eq!(standing_of(&picture, "bank"), PartyStanding::Silent);
        assert_eq!((picture.counts.by_inventory, picture.counts.by_answer), (2, 0));
    }
}

#[test]
fn an_organisation_with_an_answer_and_an_inventory_is_counted_once_and_shown_to_differ() {
    for board in boards() {
        board.holds("grid", "pkg:cargo/left@1.4.0");
        let question = board.asked();
        let fixed = says(&question, "2.0.0", now());
        board.send(&question, ("grid", &key("grid")), &fixed, now()).unwrap();
        let picture = board.picture(&question, now());
        let grid = picture.parties.iter().find(|party| party.id == "grid").unwrap();
        assert_eq!((grid.standing, grid.differs), (PartyStanding::Fixed, true));
        assert!(matches!(grid.source, Some(Source::Answer { .. })));
        assert_eq!((picture.counts.parties, picture.counts.affected), (3, 0));
        assert_eq!(picture.counts.differing, 1);
    }
}

#[test]
fn an_inventory_out_of_sight_is_silent() {
    for board in boards() {
        board.holds("grid", "pkg:cargo/left@1.4.0");
        let question = board.asked();
        let seen_by = (&reader("cert"), &Sight::Of([].into()));
        let picture = board.questions.picture(&board.inventory, &question, seen_by, now()).unwrap();
        assert_eq!(standing_of(&picture, "grid"), PartyStanding::Silent);
    }
}

#[test]
fn what_was_shown_of_an_inventory_is_what_is_sent() {
    for board in boards() {
        board.holds("grid", "pkg:cargo/left@1.4.0");
        let question = board.asked();
        let id = &question.signed.question.id;
        let grid = board.inventory.party("grid").unwrap();
        let how = Preview { detail: Detail::Components, marking: None, note: None };
        let (examination, shown) =
            board.questions.preview(&board.inventory, (id, &grid), &how, now()).unwrap();
        assert_eq!(examination.standing, Standing::Affected);
        assert!(shown.payload().contains("app 1"), "{}", shown.payload());
        let digest = PayloadDigest::of(shown.payload().as_bytes());
        let exactly = (&*shown.id, now(), &digest);
        let send = || {
            let by = (&ada(), later(0));
            board.questions.send_shown(&board.inventory, (id, &grid), &how, exactly, by)
        };
        send().unwrap();
        let kept = board.questions.answers(&question, &reader("grid"), now()).unwrap();
        assert_eq!(kept[0].signed.digest, digest);
        board.holds("grid", "pkg:cargo/left@1.5.0");
        assert!(matches!(send(), Err(ServiceError::Changed)));
    }
}

#[test]
fn an_inventory_says_what_it_has_in_other_versions() {
    for board in boards() {
        let subject = asking().subject;
        let examined = || examine_inventory(&board.inventory, "grid", &subject, now()).unwrap();
        assert_eq!(examined().standing, Standing::UnderInvestigation, "no inventory");
        board.holds("grid", "pkg:cargo/left@2.1.0");
        let seen = examined();
        assert_eq!(seen.standing, Standing::Fixed { since: None }, "{:?}", seen.not_known);
        assert_eq!(seen.seen[0].claim, SeenClaim::Fixed);
    }
}

#[test]
fn an_inventory_does_not_call_a_distributions_package_absent() {
    for board in boards() {
        board.holds("grid", "pkg:cargo/left@2.1.0");
        let subject = Subject::package("pkg:deb/debian/openssl", None).unwrap();
        let seen = examine_inventory(&board.inventory, "grid", &subject, now()).unwrap();
        assert_eq!(seen.standing, Standing::UnderInvestigation);
        assert!(seen.not_known.iter().any(|one| one.code == "inventory-not-asked"));
    }
}

#[test]
fn the_key_of_an_organisation_stays() {
    for board in boards() {
        let (grid, other) =
            (board.questions.key("grid").unwrap(), board.questions.key("Grid").unwrap());
        assert_eq!(grid.verifying(), board.questions.key("grid").unwrap().verifying());
        assert_ne!(grid.verifying().public(), other.verifying().public());
    }
}
