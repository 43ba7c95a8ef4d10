//! Accounts on a fresh database, and somebody to act.

use std::sync::Arc;

use jiff::Timestamp;
use std::time::Duration;

use mainstay_accounts::{
    Accounts, AccountsError, Caller, Cost, Letter, Notice, Secret, Session, Settings, SignIn,
    Standing,
};
use mainstay_store::{Actor, Database, StoreError, jobs, log};
use mainstay_testkit::{TestDatabase, databases};
use mainstay_webauthn::{Origin, RelyingParty, RpId};

/// The page of the server.
pub(crate) const PAGE: &str = "https://mainstay.example.org";

/// Passwords that are taken.
pub(crate) const ADA: &str = "vier Kraniche am Wehr";
pub(crate) const BEN: &str = "tundra-copper-violin";

pub(crate) struct World {
    pub(crate) accounts: Accounts,
    pub(crate) database: Arc<Database>,
    _kept: TestDatabase,
}

/// A world on each engine.
pub(crate) fn worlds() -> Vec<World> {
    databases().into_iter().map(World::on).collect()
}

/// Cheap passwords, and passkeys for [`PAGE`].
pub(crate) fn settings() -> Settings {
    let id = RpId::parse("mainstay.example.org").unwrap();
    let party = RelyingParty::new(id, "Mainstay", vec![Origin::parse(PAGE).unwrap()]).unwrap();
    let cost = Cost { memory: 8, passes: 1 };
    Settings { cost, passkeys: Some(party), ..Settings::default() }
}

/// A time in 2026.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

pub(crate) fn from(origin: &str) -> Caller {
    Caller { origin: origin.to_owned(), agent: "a test".to_owned() }
}

pub(crate) fn home() -> Caller {
    from("192.0.2.1")
}

pub(crate) fn operator() -> Actor {
    Actor { id: "operator".to_owned(), origin: "command line".to_owned() }
}

impl World {
    fn on(kept: TestDatabase) -> Self {
        let database = Arc::new(kept.open());
        let accounts = Accounts::open(Arc::clone(&database), settings()).unwrap();
        Self { accounts, database, _kept: kept }
    }

    /// The same instance, with other settings.
    pub(crate) fn with(&self, settings: Settings) -> Accounts {
        Accounts::open(Arc::clone(&self.database), settings).unwrap()
    }

    /// The letters that wait, oldest first. They are sent by that.
    pub(crate) fn letters(&self) -> Vec<Letter> {
        let mut letters = Vec::new();
        let lease = Duration::from_mins(1);
        while let Some(job) =
            jobs::take(&self.database, &[Letter::JOB], ("post", lease), at(10_000_000)).unwrap()
        {
            assert_eq!(job.kind, Letter::JOB);
            letters.push(Letter::read(&job.body).unwrap());
            let ended = self.database.write(|transaction| jobs::done(transaction, &job));
            assert!(ended.unwrap());
        }
        letters
    }

    /// The secret of the newest link by which an address is proved.
    pub(crate) fn mail_proof(&self) -> Secret {
        let mut proof = None;
        for letter in self.letters() {
            if let Notice::MailProof { secret } = letter.about {
                proof = Some(secret);
            }
        }
        proof.unwrap()
    }

    /// Adds somebody whose address is `name@example.org`; gives the id.
    pub(crate) fn add(&self, name: &str, password: &str) -> String {
        let mail = format!("{name}@example.org").parse().unwrap();
        let person = (&name.parse().unwrap(), &mail, password);
        self.accounts.create(person, Standing::Person, &operator(), at(0)).unwrap()
    }

    pub(crate) fn sign_in(&self, name: &str, password: &str, now: Timestamp) -> Session {
        let mail = format!("{name}@example.org");
        match self.accounts.sign_in((&mail, password), &home(), now).unwrap() {
            SignIn::Done(secret) => self.session(&secret, now),
            SignIn::Second(_) => panic!("a second factor is asked for"),
        }
    }

    pub(crate) fn session(&self, secret: &Secret, now: Timestamp) -> Session {
        self.accounts.session(secret.reveal(), now).unwrap().unwrap()
    }

    /// What the log has been told.
    pub(crate) fn log(&self) -> Vec<log::Entry> {
        let entries =
            self.database.read::<_, StoreError>(|transaction| log::entries(transaction, 0, 1_000));
        entries.unwrap()
    }

    /// What the log has been told, by action.
    pub(crate) fn actions(&self) -> Vec<String> {
        self.log().into_iter().map(|entry| entry.action).collect()
    }
}

pub(crate) fn is_wait<T: std::fmt::Debug>(outcome: &Result<T, AccountsError>) -> bool {
    matches!(outcome, Err(AccountsError::Wait { .. }))
}
