//! Keys, questions, projects and data for the tests.

use std::fs;

use jiff::Timestamp;
use mainstay_knowledge::{
    DataFolder, ImportOptions, Knowledge, Limits as DataLimits, Silent, import,
};
use mainstay_questions::{
    Answer, Deadline, Detail, Drafting, Examination, FlawFacts, Keyring, Name, Question,
    SignedAnswer, SignedQuestion, Subject, examine,
};
use mainstay_scan::{Limits, Scan, StatementSources, Target, inventory};
use mainstay_store::SigningKey;
use mainstay_testkit::{Record, zip};
use mainstay_types::{Ecosystem, Tlp};
use tempfile::TempDir;

/// The time in every test.
pub(crate) fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// A new key of this name.
pub(crate) fn key(name: &str) -> SigningKey {
    let folder = tempfile::tempdir().unwrap();
    SigningKey::open_or_create(&folder.path().join("key"), name).unwrap()
}

pub(crate) fn ring(keys: &[&SigningKey]) -> Keyring {
    Keyring::new(keys.iter().map(|key| key.verifying()))
}

/// A question about `left` below 2.0.0.
pub(crate) fn question() -> Question {
    about(Subject::package("pkg:cargo/left", Some("vers:cargo/>=1.0.0|<2.0.0")).unwrap())
}

pub(crate) fn about(subject: Subject) -> Question {
    Question {
        id: Question::new_id(now()).unwrap(),
        subject,
        asked_by: Name::parse("asked_by", "CERT Example").unwrap(),
        purpose: None,
        reply_to: None,
        marking: Tlp::Amber,
        asked_at: now(),
        deadline: Deadline::parse("2026-03-03T17:00:00+01:00").unwrap(),
    }
}

/// The question, signed and opened.
pub(crate) fn asked(question: &Question, by: &SigningKey) -> SignedQuestion {
    SignedQuestion::open(question.seal(by).as_bytes(), &ring(&[by])).unwrap()
}

/// A draft with this detail at a moment.
pub(crate) fn drafting(question: &SignedQuestion, detail: Detail, at: Timestamp) -> Drafting<'_> {
    Drafting {
        question,
        answered_by: Name::parse("answered_by", "The grid").unwrap(),
        sectors: vec!["us-ci/energy".parse().unwrap()],
        marking: None,
        detail,
        fixed_since: None,
        note: None,
        now: at,
    }
}

/// The answer, signed and opened.
pub(crate) fn answered(
    answer: &Answer,
    by: &SigningKey,
    question: &SignedQuestion,
) -> SignedAnswer {
    SignedAnswer::open(answer.seal(by).unwrap().as_bytes(), &ring(&[by]), question).unwrap()
}

/// A project and data, on a disk of its own.
pub(crate) struct World {
    folder: TempDir,
}

impl World {
    /// A project with this Cargo.lock.
    pub(crate) fn new(packages: &[(&str, &str)]) -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap() };
        world.write("Cargo.lock", &cargo_lock(packages));
        world
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let project = self.folder.path().join("project");
        fs::create_dir_all(&project).unwrap();
        fs::write(project.join(name), text).unwrap();
    }

    /// Imports records, true as of now.
    pub(crate) fn know(&self, records: &[Record]) -> &Self {
        let path = self.folder.path().join("records.zip");
        fs::write(&path, zip(records.iter().map(Record::entry))).unwrap();
        let options =
            ImportOptions { as_of: Some(now()), now: now(), limits: DataLimits::default() };
        import(&self.data(), &[path], &options, &Silent).unwrap();
        self
    }

    fn data(&self) -> DataFolder {
        DataFolder::open(&self.folder.path().join("data")).unwrap()
    }

    fn scan(&self, knowledge: &Knowledge) -> Scan {
        let target = Target::new(self.folder.path().join("project"));
        inventory(vec![target], Limits::default())
            .with_statements(&StatementSources::default(), Limits::default())
            .judge(knowledge, Limits::default(), now())
    }

    /// The scan, with the data that are known.
    pub(crate) fn scanned(&self) -> Scan {
        self.scan(&Knowledge::open(&self.data(), Ecosystem::all()))
    }

    pub(crate) fn examine(&self, subject: &Subject) -> Examination {
        self.examine_without(subject, &[])
    }

    pub(crate) fn examine_without(&self, subject: &Subject, excluded: &[String]) -> Examination {
        let knowledge = Knowledge::open(&self.data(), Ecosystem::all());
        let facts = match subject {
            Subject::Flaw(id) => FlawFacts::of(&knowledge, id),
            Subject::Package { .. } => FlawFacts::default(),
        };
        examine(subject, &self.scan(&knowledge), &facts, excluded)
    }
}

/// A Cargo.lock of version 4: a project that needs each of these packages.
fn cargo_lock(packages: &[(&str, &str)]) -> String {
    use std::fmt::Write as _;
    let mut text =
        String::from("version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n");
    for (name, version) in packages {
        write!(
            text,
            "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\
             source = \"registry+https://registry.example/index\"\nchecksum = \"{:064}\"\n",
            0
        )
        .unwrap();
    }
    text
}
