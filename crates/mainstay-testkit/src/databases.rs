//! A fresh, empty database of each engine, for tests that hold on both.

use std::sync::atomic::{AtomicU32, Ordering};

use mainstay_store::{Database, Location};
use postgres::NoTls;
use tempfile::TempDir;

/// The variable that names a PostgreSQL server on which databases may be made and dropped:
/// `postgres://USER@127.0.0.1:PORT/postgres`.
const POSTGRES: &str = "MAINSTAY_TEST_POSTGRES";

/// An empty database that goes away with this value.
#[derive(Debug)]
pub struct TestDatabase {
    location: Location,
    _folder: Option<TempDir>,
    dropped: Option<(String, String)>,
}

impl TestDatabase {
    /// Where it is.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The connection URI of one on PostgreSQL, for another process.
    pub fn uri(&self) -> Option<String> {
        let (server, name) = self.dropped.as_ref()?;
        let (before, _) = server.rsplit_once('/')?;
        Some(format!("{before}/{name}"))
    }

    /// Opens it. It may be opened several times, as several processes would.
    pub fn open(&self) -> Database {
        Database::open(&self.location).unwrap()
    }

    /// Another one, empty, of the same engine.
    #[must_use]
    pub fn another(&self) -> Self {
        match self.dropped {
            None => Self::sqlite(),
            Some(_) => Self::postgres().unwrap(),
        }
    }

    /// One in a file of its own.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::sqlite(&folder.path().join("test.sqlite"));
        Self { location, _folder: Some(folder), dropped: None }
    }

    /// One on the PostgreSQL server that the environment names; without it, says what is left
    /// out.
    pub fn postgres() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var(POSTGRES) else {
            eprintln!("left out: the same on PostgreSQL ({POSTGRES} names no server)");
            return None;
        };
        let name = format!(
            "mainstay_test_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::SeqCst)
        );
        let mut client = postgres::Client::connect(&server, NoTls).unwrap();
        client.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        let (before, _) = server.rsplit_once('/').unwrap();
        let location = format!("{before}/{name}").parse().unwrap();
        Some(Self { location, _folder: None, dropped: Some((server, name)) })
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.dropped
            && let Ok(mut client) = postgres::Client::connect(server, NoTls)
        {
            // A database that stays is a nuisance, no fault of what was tested.
            let _ = client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// One of each engine that is there: SQLite always, PostgreSQL where a server is named.
pub fn databases() -> Vec<TestDatabase> {
    let mut databases = vec![TestDatabase::sqlite()];
    databases.extend(TestDatabase::postgres());
    databases
}
