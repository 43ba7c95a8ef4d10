//! The package indexes that a `pyproject.toml` declares, and how each installer asks them.
//!
//! Sources: poetry "Repositories" (priorities), uv "Package indexes", pdm "Configure the package
//! indexes", each in the tool's own documentation.

use mainstay_reading::{DeclaredIndex, IndexRole};
use mainstay_types::SourceUrl;
use serde::Deserialize;
use toml::Spanned;

use super::{Reading, Tool};

/// One `[[tool.poetry.source]]`.
#[derive(Deserialize)]
pub(super) struct PoetrySource {
    url: Option<String>,
    priority: Option<String>,
    #[serde(default)]
    default: bool,
    #[serde(default)]
    secondary: bool,
}

/// One `[[tool.uv.index]]`.
#[derive(Deserialize)]
pub(super) struct UvIndex {
    url: Option<String>,
    #[serde(default)]
    default: bool,
    #[serde(default)]
    explicit: bool,
}

/// One `[[tool.pdm.source]]`.
#[derive(Deserialize)]
pub(super) struct PdmSource {
    url: Option<String>,
    name: Option<String>,
    #[serde(default)]
    include_packages: Vec<String>,
}

pub(super) fn read(reading: &mut Reading<'_>, tool: &Tool) {
    poetry(reading, &tool.poetry.source);
    uv(reading, tool);
    pdm(reading, &tool.pdm.source);
}

fn declare(reading: &mut Reading<'_>, url: Option<&str>, offset: usize, role: IndexRole) {
    if let Some(url) = url {
        let place = reading.place(offset);
        reading.project.indexes.push(DeclaredIndex { url: SourceUrl::new(url), place, role });
    }
}

/// Of several primary sources each is asked for every name, so all but the first stand beside.
/// Poetry 1.x also asks the public index unless a source is the default.
fn poetry(reading: &mut Reading<'_>, sources: &[Spanned<PoetrySource>]) {
    let mut replaced = sources.iter().any(|source| is_default(source.as_ref()));
    for source in sources {
        let (offset, source) = (source.span().start, source.as_ref());
        let role = match source.priority.as_deref().map(str::to_ascii_lowercase).as_deref() {
            _ if is_default(source) => IndexRole::Replaces,
            Some("explicit") => IndexRole::Named,
            Some("supplemental" | "secondary") => IndexRole::Beside,
            None if source.secondary => IndexRole::Beside,
            Some(_) | None if replaced || reading.dialect.poetry_one => IndexRole::Beside,
            Some(_) | None => {
                replaced = true;
                IndexRole::Replaces
            }
        };
        declare(reading, source.url.as_deref(), offset, role);
    }
}

fn is_default(source: &PoetrySource) -> bool {
    source.priority.as_deref().is_some_and(|it| it.eq_ignore_ascii_case("default"))
        || source.priority.is_none() && source.default
}

fn uv(reading: &mut Reading<'_>, tool: &Tool) {
    for index in &tool.uv.index {
        let (offset, index) = (index.span().start, index.as_ref());
        let role = match (index.explicit, index.default) {
            (true, _) => IndexRole::Named,
            (false, true) => IndexRole::Replaces,
            (false, false) => IndexRole::Beside,
        };
        declare(reading, index.url.as_deref(), offset, role);
    }
    let single = tool.uv.index_url.iter().map(|url| (url, IndexRole::Replaces));
    let links = tool.uv.find_links.iter().filter(|link| link.as_ref().contains("://"));
    let more = tool.uv.extra_index_url.iter().chain(links).map(|url| (url, IndexRole::Beside));
    for (url, role) in single.chain(more) {
        declare(reading, Some(url.as_ref()), url.span().start, role);
    }
}

/// A source named `pypi` stands in place of the public one; one that includes packages by name
/// is asked for those only.
fn pdm(reading: &mut Reading<'_>, sources: &[Spanned<PdmSource>]) {
    for source in sources {
        let (offset, source) = (source.span().start, source.as_ref());
        let role = if source.name.as_deref() == Some("pypi") {
            IndexRole::Replaces
        } else if source.include_packages.is_empty() {
            IndexRole::Beside
        } else {
            IndexRole::Named
        };
        declare(reading, source.url.as_deref(), offset, role);
    }
}
