//! The two settings files, read strictly: an unknown key is an error with a suggestion, and every
//! error names file and line.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use mainstay_policy::{Exception, Policy, WrittenException, settings_toml};
use mainstay_reading::toml_too_deep_at;
use mainstay_scan::Pattern;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The project's `mainstay.toml`.
#[derive(Clone, Debug)]
pub(crate) struct ProjectFile {
    pub(crate) path: PathBuf,
    pub(crate) max_data_age: Option<String>,
    pub(crate) max_file_size: Option<String>,
    pub(crate) fail_on: Option<Vec<String>>,
    pub(crate) allow_unknown: Option<Vec<String>>,
    pub(crate) exceptions: Vec<Exception>,
    pub(crate) installed: Option<bool>,
    exclude: Vec<Pattern>,
}

/// The user's own `mainstay.toml`, in the platform's configuration folder.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct UserFile {
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) offline: Option<bool>,
    pub(crate) max_data_age: Option<String>,
    pub(crate) max_file_size: Option<String>,
    pub(crate) policy: Option<PathBuf>,
    #[serde(default)]
    pub(crate) addresses: AddressesSection,
}

/// `[addresses]` of the user's file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddressesSection {
    pub(crate) osv: Option<String>,
    pub(crate) kev: Option<String>,
    pub(crate) epss: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ProjectToml {
    #[serde(default)]
    exclude: Vec<String>,
    installed: Option<bool>,
    max_data_age: Option<String>,
    max_file_size: Option<String>,
    fail_on: Option<Vec<String>>,
    allow_unknown: Option<Vec<String>>,
    #[serde(default)]
    exception: Vec<toml::Spanned<WrittenException>>,
}

/// Keys that only the user's file may have.
const USER_KEYS: [&str; 4] = ["data-dir", "offline", "policy", "addresses"];

impl ProjectFile {
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = read(path)?;
        let file: ProjectToml = parse(path, &text).map_err(|error| {
            let foreign = USER_KEYS.iter().find(|key| {
                toml_too_deep_at(&text).is_none()
                    && toml::from_str::<toml::Table>(&text)
                        .is_ok_and(|table| table.contains_key(**key))
            });
            match foreign {
                Some(key) => anyhow!(
                    "{}: \"{key}\" belongs into your own settings file, a flag or a variable: a \
                     project's file travels with the software and may be hostile",
                    path.display()
                ),
                None => error,
            }
        })?;
        let shown = path.display().to_string();
        let exceptions: Result<Vec<Exception>, _> = file
            .exception
            .into_iter()
            .map(|one| WrittenException::read(&shown, &text, one))
            .collect();
        Ok(Self {
            path: path.to_owned(),
            max_data_age: file.max_data_age,
            max_file_size: file.max_file_size,
            fail_on: file.fail_on,
            allow_unknown: file.allow_unknown,
            exceptions: exceptions?,
            installed: file.installed,
            exclude: super::patterns(&file.exclude, &format!("exclude in {}", path.display()))?,
        })
    }

    /// The keys by which it lets something out of sight.
    pub(crate) fn hiding_keys(&self) -> Vec<&'static str> {
        let exclude = (!self.exclude.is_empty()).then_some("exclude");
        exclude.into_iter().chain(self.max_file_size.as_ref().map(|_| "max-file-size")).collect()
    }

    /// The patterns of `exclude`, which are relative to the file's folder, made relative to a
    /// target below it. A pattern that begins with `**/` holds at any depth.
    pub(crate) fn excludes_below(&self, target: &Path) -> anyhow::Result<Vec<Pattern>> {
        let folder =
            self.path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let below = target
            .canonicalize()
            .ok()
            .zip(folder.canonicalize().ok())
            .and_then(|(target, folder)| target.strip_prefix(folder).ok().map(Path::to_owned))
            .unwrap_or_default();
        let below = below.to_string_lossy().replace('\\', "/");
        let mut patterns = Vec::new();
        for pattern in &self.exclude {
            let text = pattern.as_str();
            if below.is_empty() || text.starts_with("**/") {
                patterns.push(pattern.clone());
            } else if let Some(rest) = below_prefix(text, &below) {
                patterns.push(Pattern::parse(&rest)?);
            }
        }
        Ok(patterns)
    }
}

/// What is left of a pattern below a folder: `a/b/*` below `a` is `b/*`. `None` when the pattern
/// leads elsewhere.
fn below_prefix(pattern: &str, below: &str) -> Option<String> {
    let mut parts = pattern.split('/').peekable();
    for folder in below.split('/') {
        let part = *parts.peek()?;
        if part == "**" {
            return Some(parts.collect::<Vec<_>>().join("/"));
        }
        if !Pattern::parse(part).ok()?.names(folder) {
            return None;
        }
        parts.next();
    }
    let rest = parts.collect::<Vec<_>>().join("/");
    (!rest.is_empty()).then_some(rest)
}

impl UserFile {
    /// The user's file; without one, nothing is set.
    pub(crate) fn read() -> anyhow::Result<Self> {
        use etcetera::BaseStrategy as _;
        let Ok(platform) = etcetera::choose_base_strategy() else { return Ok(Self::default()) };
        let path = platform.config_dir().join("mainstay").join("mainstay.toml");
        if !path.is_file() {
            return Ok(Self::default());
        }
        parse(&path, &read(&path)?)
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    bounded(path).with_context(|| format!("cannot read the settings file {}", path.display()))
}

/// Reads a file of settings or rules. It may be a link to something without end, so what is read
/// is counted, not what the disk says of its size.
pub(crate) fn bounded(path: &Path) -> anyhow::Result<String> {
    use std::io::Read as _;
    let mut text = String::new();
    let file = std::fs::File::open(path)?;
    file.take(Policy::MAX_BYTES + 1).read_to_string(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|length| length > Policy::MAX_BYTES) {
        bail!("it has more than {} bytes", Policy::MAX_BYTES);
    }
    Ok(text)
}

fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> anyhow::Result<T> {
    Ok(settings_toml::parse(&path.display().to_string(), text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(text: &str) -> anyhow::Result<ProjectFile> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mainstay.toml");
        std::fs::write(&path, text).unwrap();
        ProjectFile::read(&path)
    }

    #[test]
    #[cfg(unix)]
    fn a_link_to_something_without_end_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mainstay.toml");
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        let error = format!("{:#}", ProjectFile::read(&path).unwrap_err());
        assert!(error.ends_with("it has more than 4194304 bytes"), "{error}");
    }

    #[test]
    fn an_unknown_key_names_the_one_that_was_meant() {
        let error = project("\nexclud = []\n").unwrap_err().to_string();
        assert!(error.contains("mainstay.toml:2"), "{error}");
        assert!(error.contains("did you mean \"exclude\"?"), "{error}");
    }

    #[test]
    fn a_project_cannot_say_where_advisories_come_from() {
        let error = project("[addresses]\nosv = 'https://evil.example'\n").unwrap_err().to_string();
        assert!(error.contains("may be hostile"), "{error}");
    }

    #[test]
    fn an_exception_must_expire() {
        let text = "[[exception]]\nid = 'CVE-1'\nreason = 'r'\nowner = 'o'\nexpires = 'never'\n";
        assert!(project(text).unwrap_err().to_string().contains("must expire"));
    }

    #[test]
    fn an_exception_knows_its_line() {
        let text = "exclude = []\n\n[[exception]]\nid = 'CVE-1'\nreason = 'r'\nowner = 'o'\n\
                    expires = '2026-12-31'\n";
        let file = project(text).unwrap();
        assert!(file.exceptions[0].written.ends_with("mainstay.toml:3"));
    }

    #[test]
    fn a_pattern_is_cut_to_the_folder_that_is_scanned() {
        assert_eq!(below_prefix("a/b/*", "a").as_deref(), Some("b/*"));
        assert_eq!(below_prefix("*/b", "a").as_deref(), Some("b"));
        assert_eq!(below_prefix("a/**/x", "a/q").as_deref(), Some("**/x"));
        assert_eq!(below_prefix("c/b", "a"), None);
        assert_eq!(below_prefix("a", "a/b"), None);
    }
}
