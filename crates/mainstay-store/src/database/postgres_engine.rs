//! PostgreSQL, for several processes on one body of data.
//!
//! Reading is `REPEATABLE READ`: one moment. Writing is `READ COMMITTED`: a statement that meets
//! a row which another transaction is changing waits, and then sees what that one left.
//! Connections to another machine are made with TLS, with the roots that the system trusts.

use std::collections::HashMap;
use std::error::Error as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use postgres::{Client, Config, NoTls, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::Attempt;
use super::transaction::{Inner, Transaction};
use crate::location::PostgresUri;
use crate::{StoreError, Value};

/// Connections that are kept open for the next.
const IDLE: usize = 8;
/// Statements that a connection keeps prepared.
const PREPARED: usize = 256;
/// How long a connection may take to come about.
const PATIENCE: Duration = Duration::from_secs(10);
/// The lock that lets one process migrate: any number that others do not use.
const MIGRATION_LOCK: i64 = 0x6d61_696e_7374;

pub(super) struct PostgresEngine {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    idle: Mutex<Vec<Session>>,
}

impl std::fmt::Debug for PostgresEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PostgresEngine")
    }
}

impl PostgresEngine {
    pub(super) fn open(uri: &PostgresUri) -> Result<Self, StoreError> {
        let mut config: Config =
            uri.with_secrets().parse().map_err(|_| StoreError::Location(uri.to_string()))?;
        config.connect_timeout(PATIENCE).application_name("mainstay");
        // A URI may name a host and, beside it, the address that is really asked.
        let named = config.get_hosts().iter().find_map(far_host);
        let far = config.get_hostaddrs().iter().find(|address| !address.is_loopback());
        let far = far.map(ToString::to_string).or(named);
        let tls = match (far, config.get_ssl_mode()) {
            (Some(host), SslMode::Disable) => return Err(StoreError::InTheClear(host)),
            (None, SslMode::Disable | SslMode::Prefer) => None,
            (_, _) => {
                config.ssl_mode(SslMode::Require);
                Some(tls()?)
            }
        };
        let engine = Self { config, tls, idle: Mutex::default() };
        let session = engine.session()?;
        engine.keep(session);
        Ok(engine)
    }

    pub(super) fn read<T, E: From<StoreError>>(
        &self,
        look: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut session = self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        let result = look(&mut Transaction::new(Inner::Postgres(&mut session)));
        if session.batch("COMMIT").is_ok() {
            self.keep(session);
        }
        result
    }

    pub(super) fn write<T, E: From<StoreError>>(
        &self,
        change: &mut impl FnMut(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Attempt<Result<T, E>> {
        let mut session = match self.begin("BEGIN") {
            Ok(session) => session,
            Err(error) => return Attempt::Ended(Err(error.into())),
        };
        let mut transaction = Transaction::new(Inner::Postgres(&mut session));
        let result = change(&mut transaction)
            .and_then(|value| transaction.finish().map(|()| value).map_err(E::from));
        let contended = transaction.contended;
        match result {
            Ok(value) => match session.batch("COMMIT") {
                Ok(()) => {
                    self.keep(session);
                    Attempt::Ended(Ok(value))
                }
                Err(StoreError::Contended(_)) => Attempt::Contended,
                Err(StoreError::Unavailable(text)) => {
                    Attempt::Ended(Err(StoreError::CommitUnknown(text).into()))
                }
                Err(error) => Attempt::Ended(Err(error.into())),
            },
            Err(error) => {
                if session.batch("ROLLBACK").is_ok() {
                    self.keep(session);
                }
                if contended { Attempt::Contended } else { Attempt::Ended(Err(error)) }
            }
        }
    }

    pub(super) fn migrate<T, E: From<StoreError>>(
        &self,
        run: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut session = self.begin("BEGIN")?;
        session.batch(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))?;
        // An error drops the session, and with it the transaction.
        let value = run(&mut Transaction::new(Inner::Postgres(&mut session)))?;
        session.batch("COMMIT")?;
        self.keep(session);
        Ok(value)
    }

    /// A connection with a transaction begun. One that was kept may have died meanwhile; then a
    /// new one is made.
    fn begin(&self, how: &str) -> Result<Session, StoreError> {
        loop {
            let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(mut session) = kept else { break };
            if session.batch(how).is_ok() {
                return Ok(session);
            }
        }
        let mut session = self.session()?;
        session.batch(how)?;
        Ok(session)
    }

    fn session(&self) -> Result<Session, StoreError> {
        let client = match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        };
        let client = client.map_err(|error| StoreError::Unavailable(text_of(&error)))?;
        Ok(Session { client, statements: HashMap::new() })
    }

    fn keep(&self, session: Session) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE && !session.client.is_closed() {
            idle.push(session);
        }
    }
}

/// The host, when it is on another machine.
fn far_host(host: &Host) -> Option<String> {
    match host {
        #[cfg(unix)]
        Host::Unix(_) => None,
        Host::Tcp(name) => {
            let near = name == "localhost"
                || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
            (!near).then(|| name.clone())
        }
    }
}

fn tls() -> Result<MakeRustlsConnect, StoreError> {
    use rustls::client::danger::ServerCertVerifier;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let unavailable = |error: rustls::Error| StoreError::Unavailable(error.to_string());
    let verifier: Arc<dyn ServerCertVerifier> = Arc::new(
        rustls_platform_verifier::Verifier::new(Arc::clone(&provider)).map_err(unavailable)?,
    );
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unavailable)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// One connection, and the statements that it has prepared.
pub(super) struct Session {
    client: Client,
    statements: HashMap<String, Statement>,
}

impl Session {
    pub(super) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).map_err(|error| told(&error))
    }

    pub(super) fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        let statement = self.prepared(sql)?;
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
        self.client.execute(&statement, &values).map_err(|error| told(&error))
    }

    pub(super) fn each(
        &mut self,
        sql: &str,
        values: &[Value],
        mut see: impl FnMut(&postgres::Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let statement = self.prepared(sql)?;
        let mut rows =
            self.client.query_raw(&statement, values.iter()).map_err(|error| told(&error))?;
        while let Some(row) = rows.next().map_err(|error| told(&error))? {
            see(&row)?;
        }
        Ok(())
    }

    fn prepared(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(|error| told(&error))?;
        if self.statements.len() >= PREPARED {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) if *kind == Type::INT8 => number.to_sql(kind, out),
            Self::Integer(number) if *kind == Type::INT4 => {
                i32::try_from(*number)?.to_sql(kind, out)
            }
            Self::Text(text) if *kind == Type::TEXT => text.to_sql(kind, out),
            Self::Bytes(bytes) if *kind == Type::BYTEA => bytes.to_sql(kind, out),
            Self::Integer(_) | Self::Text(_) | Self::Bytes(_) => {
                Err(format!("a parameter of another kind than {kind}").into())
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn told(error: &postgres::Error) -> StoreError {
    let text = text_of(error);
    if error.is_closed() {
        return StoreError::Unavailable(text);
    }
    let Some(state) = error.code() else {
        // Without a code it is not the server that speaks: the connection broke, or a value was
        // of another kind.
        let broken = error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
        return if broken { StoreError::Unavailable(text) } else { StoreError::Statement(text) };
    };
    match state {
        state
            if *state == SqlState::T_R_SERIALIZATION_FAILURE
                || *state == SqlState::T_R_DEADLOCK_DETECTED =>
        {
            StoreError::Contended(1)
        }
        state if *state == SqlState::DISK_FULL => StoreError::Full(text),
        state if state.code().starts_with("23") => StoreError::Conflict(text),
        state if state.code().starts_with("08") || state.code().starts_with("57P") => {
            StoreError::Unavailable(text)
        }
        _ => StoreError::Statement(text),
    }
}

/// The text of an error. The client's own text leaves out what the server said.
fn text_of(error: &postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(said), _) => said.message().to_owned(),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}
