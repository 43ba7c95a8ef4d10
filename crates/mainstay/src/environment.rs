//! Every environment variable that Mainstay reads, in one place.
//!
//! | variable | meaning |
//! | --- | --- |
//! | `MAINSTAY_DATA_DIR` | the data folder |
//! | `MAINSTAY_DATABASE` | where an instance keeps its rows, as `--database` |
//! | `MAINSTAY_TOKEN` | the API token that `submit` sends |
//! | `MAINSTAY_SMTP_PASSWORD` | the password of the mail server of `serve --smtp` |
//! | `MAINSTAY_OFFLINE` | `1` or `true`: never use the network |
//! | `MAINSTAY_MAX_DATA_AGE` | as `--max-data-age` |
//! | `MAINSTAY_MAX_FILE_SIZE` | as `--max-file-size` |
//! | `MAINSTAY_POLICY` | as `--policy` |
//! | `MAINSTAY_OSV_URL`, `MAINSTAY_KEV_URL`, `MAINSTAY_EPSS_URL` | where the data come from |
//! | `MAINSTAY_NOW` | the time to take for now, for tests and for reports that repeat |
//! | `CARGO_HOME` | where Cargo keeps its copies of the index, for the dates of releases |
//! | `PATH` | where `git` is looked for |
//! | `SOURCE_DATE_EPOCH` | the time of the documents that are written, in seconds since 1970 |
//! | `NO_COLOR`, `TERM`, `CI` | what terminals and CI systems say |

use std::ffi::OsString;
use std::path::PathBuf;

use jiff::Timestamp;

/// The variables, read once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) database: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) smtp_password: Option<String>,
    pub(crate) offline: Option<String>,
    pub(crate) max_data_age: Option<String>,
    pub(crate) max_file_size: Option<String>,
    pub(crate) policy: Option<PathBuf>,
    pub(crate) search_path: Option<OsString>,
    pub(crate) osv_url: Option<String>,
    pub(crate) kev_url: Option<String>,
    pub(crate) epss_url: Option<String>,
    pub(crate) now: Option<String>,
    pub(crate) cargo_home: Option<PathBuf>,
    pub(crate) source_date_epoch: Option<String>,
    pub(crate) no_color: Option<String>,
    pub(crate) term: Option<String>,
    pub(crate) in_ci: bool,
}

impl Environment {
    pub(crate) fn read() -> Self {
        let text = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        let path = |name: &str| {
            std::env::var_os(name).filter(|text: &OsString| !text.is_empty()).map(PathBuf::from)
        };
        Self {
            data_dir: path("MAINSTAY_DATA_DIR"),
            database: text("MAINSTAY_DATABASE"),
            token: text("MAINSTAY_TOKEN"),
            smtp_password: text("MAINSTAY_SMTP_PASSWORD"),
            offline: text("MAINSTAY_OFFLINE"),
            max_data_age: text("MAINSTAY_MAX_DATA_AGE"),
            max_file_size: text("MAINSTAY_MAX_FILE_SIZE"),
            policy: path("MAINSTAY_POLICY"),
            search_path: std::env::var_os("PATH"),
            osv_url: text("MAINSTAY_OSV_URL"),
            kev_url: text("MAINSTAY_KEV_URL"),
            epss_url: text("MAINSTAY_EPSS_URL"),
            now: text("MAINSTAY_NOW"),
            // As Cargo itself finds it.
            cargo_home: path("CARGO_HOME")
                .or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))),
            source_date_epoch: text("SOURCE_DATE_EPOCH"),
            no_color: text("NO_COLOR"),
            term: text("TERM"),
            in_ci: text("CI").is_some(),
        }
    }

    /// The time now: `MAINSTAY_NOW`, or else the clock. The only place that asks the clock.
    pub(crate) fn now(&self) -> anyhow::Result<Timestamp> {
        match &self.now {
            None => Ok(Timestamp::now()),
            Some(text) => text.parse().map_err(|error| {
                anyhow::anyhow!(
                    "MAINSTAY_NOW=\"{text}\" is no time such as 2026-01-31T12:00:00Z: {error}"
                )
            }),
        }
    }

    /// The time of a document that is written: `SOURCE_DATE_EPOCH`, so that the same input gives
    /// the same bytes (<https://reproducible-builds.org/specs/source-date-epoch/>), or else now.
    pub(crate) fn document_time(&self) -> anyhow::Result<Timestamp> {
        let Some(text) = &self.source_date_epoch else { return self.now() };
        let seconds = text.trim().parse().ok();
        seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()).ok_or_else(|| {
            anyhow::anyhow!("SOURCE_DATE_EPOCH=\"{text}\" is no number of seconds since 1970")
        })
    }
}
