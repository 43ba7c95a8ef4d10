//! `renv.lock`: what renv recorded of a project's R library.
//!
//! JSON, <https://rstudio.github.io/renv/reference/lockfiles.html>. `Source` tells where a
//! package was installed from; the fields of a remote begin with `Remote`. `Hash` covers the
//! description of the package, not its content, and so is no checksum.

use std::collections::HashMap;

use mainstay_reading::{
    self, DeclaredIndex, IndexRole, Input, Inventory, Lines, Listing, Origin, Place, ReadError,
    exact,
    json::{self, Object, Text},
};
use mainstay_types::{Ecosystem, SourceUrl};
use serde::Deserialize;

/// Reads the file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let lock: Lock<'_> = json::parse(&text)?;
    let lines = Lines::new(&text);
    let mut listing = Listing::new(Ecosystem::Cran);
    for (position, (url, line)) in lock.r.repositories.urls(&lines).into_iter().enumerate() {
        // A package names the repository that it is from.
        let role = if position == 0 { IndexRole::Replaces } else { IndexRole::Named };
        let place = Place::at(line);
        listing.inventory.indexes.push(DeclaredIndex { url, place, role });
    }
    let mut positions = HashMap::new();
    for (key, package) in &lock.packages.0 {
        let position = add(&mut listing, key, package, lines.of(key))?;
        positions.insert(&**key, position);
    }
    for (key, package) in &lock.packages.0 {
        let Some(&from) = positions.get(&**key) else { continue };
        let names = package.requirements();
        listing.link(&positions, names.into_iter().map(|to| (from, to)));
    }
    Ok(listing.finish())
}

#[derive(Deserialize)]
struct Lock<'t> {
    #[serde(borrow, rename = "R")]
    r: R<'t>,
    #[serde(borrow, rename = "Packages")]
    packages: Object<'t, Package<'t>>,
}

#[derive(Deserialize)]
struct R<'t> {
    #[serde(borrow, default, rename = "Repositories")]
    repositories: Repositories<'t>,
}

/// A list of names and addresses; older files have an object from names to addresses.
#[derive(Deserialize)]
#[serde(untagged)]
enum Repositories<'t> {
    #[serde(borrow)]
    List(Vec<Repository<'t>>),
    #[serde(borrow)]
    Object(Object<'t, Text<'t>>),
}

impl Default for Repositories<'_> {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl Repositories<'_> {
    fn urls(&self, lines: &Lines<'_>) -> Vec<(SourceUrl, Option<u32>)> {
        let one = |url: &Text<'_>| (SourceUrl::new(url), lines.of(url));
        match self {
            Self::List(list) => list.iter().map(|repository| one(&repository.url)).collect(),
            Self::Object(object) => object.0.iter().map(|(_, url)| one(url)).collect(),
        }
    }
}

#[derive(Deserialize)]
struct Repository<'t> {
    #[serde(borrow, rename = "URL")]
    url: Text<'t>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Package<'t> {
    #[serde(borrow, default, rename = "Package")]
    name: Option<Text<'t>>,
    #[serde(borrow)]
    version: Text<'t>,
    #[serde(borrow, default)]
    source: Option<Text<'t>>,
    #[serde(borrow, default)]
    repository: Option<Text<'t>>,
    #[serde(borrow, default)]
    remote_host: Option<Text<'t>>,
    #[serde(borrow, default)]
    remote_username: Option<Text<'t>>,
    #[serde(borrow, default)]
    remote_repo: Option<Text<'t>>,
    #[serde(borrow, default)]
    remote_sha: Option<Text<'t>>,
    #[serde(borrow, default)]
    remote_url: Option<Text<'t>>,
    /// Up to renv 1.0: the names that the package needs.
    #[serde(borrow, default)]
    requirements: Option<Names<'t>>,
    /// Since renv 1.1: the fields of the package's own description.
    #[serde(borrow, default)]
    depends: Option<Names<'t>>,
    #[serde(borrow, default)]
    imports: Option<Names<'t>>,
    #[serde(borrow, default)]
    linking_to: Option<Names<'t>>,
}

/// A list of requirements, or one text with commas between them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Names<'t> {
    #[serde(borrow)]
    List(Vec<Text<'t>>),
    #[serde(borrow)]
    Text(Text<'t>),
}

impl Package<'_> {
    /// The names of the packages that this one needs, without their bounds.
    fn requirements(&self) -> Vec<&str> {
        let fields = [&self.requirements, &self.depends, &self.imports, &self.linking_to];
        let texts = fields.into_iter().flatten().flat_map(|names| match names {
            Names::List(list) => list.iter().map(|text| &**text).collect(),
            Names::Text(text) => vec![&**text],
        });
        texts
            .flat_map(|text| text.split(','))
            .map(|text| text.split('(').next().unwrap_or(text).trim())
            .collect()
    }

    fn ecosystem(&self) -> Ecosystem {
        let bioconductor = |text: &Option<Text<'_>>| {
            let text = text.as_deref().unwrap_or("");
            text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("bioc"))
        };
        if bioconductor(&self.source) || bioconductor(&self.repository) {
            Ecosystem::Bioconductor
        } else {
            Ecosystem::Cran
        }
    }

    /// Where the package comes from. `None` when the file does not tell.
    fn origin(&self) -> Option<Origin> {
        let source = self.source.as_deref().unwrap_or("").to_ascii_lowercase();
        let remote = || self.remote_url.as_deref().unwrap_or("");
        match &*source {
            "repository" | "cran" | "bioconductor" => Some(Origin::registry()),
            "github" => Some(self.forge("api.github.com")),
            "gitlab" => Some(self.forge("gitlab.com")),
            "bitbucket" => Some(self.forge("bitbucket.org")),
            "gitea" => Some(self.forge("")),
            "git" | "git2r" | "xgit" => Some(self.git(remote())),
            "url" => Some(Origin::Url(SourceUrl::new(remote()))),
            "local" => Some(Origin::Path(remote().into())),
            _ => None,
        }
    }

    fn git(&self, url: &str) -> Origin {
        let commit = self.remote_sha.as_deref().map(Into::into);
        Origin::Git { url: SourceUrl::new(url), commit }
    }

    /// A repository that is named by the host of its API, its owner and its own name. `default_host`
    /// is where renv looks when the file names none.
    fn forge(&self, default_host: &str) -> Origin {
        let host = self.remote_host.as_deref().unwrap_or(default_host);
        let host = host.split_once("://").map_or(host, |(_, host)| host);
        let host = host.split('/').next().unwrap_or(host);
        let host = host.strip_prefix("api.").unwrap_or(host);
        let owner = self.remote_username.as_deref().unwrap_or("");
        let repository = self.remote_repo.as_deref().unwrap_or("");
        self.git(&format!("https://{host}/{owner}/{repository}"))
    }
}

fn add(
    listing: &mut Listing,
    key: &str,
    package: &Package<'_>,
    line: Option<u32>,
) -> Result<u32, ReadError> {
    let place = Place::at(line);
    let name = package.name.as_deref().unwrap_or(key);
    let version = exact(&package.version);
    let mut entry = mainstay_reading::entry(package.ecosystem(), name, version, place.clone())?;
    match package.origin() {
        Some(origin) => entry.origin = origin,
        None => listing.gap(
            place,
            format!("where {} was installed from is not known", entry.name),
            "install it from a repository and run `renv::snapshot()`",
        ),
    }
    Ok(listing.push(entry))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::NothingNearby;

    const LOCK: &str = r#"{
      "R": {"Version": "4.3.1", "Repositories": [
        {"Name": "CRAN", "URL": "https://cran.example"},
        {"Name": "own", "URL": "https://own.example"}]},
      "Packages": {
        "BH": {"Package": "BH", "Version": "1.75.0-0", "Source": "Repository",
               "Repository": "CRAN", "Requirements": ["mime", "R"]},
        "BSgenome": {"Package": "BSgenome", "Version": "1.60.0", "Source": "Bioconductor",
               "Imports": ["R (>= 4.0)", "BH (>= 1.7)"]},
        "mime": {"Package": "mime", "Version": "0.12.1", "Source": "GitHub",
               "RemoteHost": "api.git.example", "RemoteUsername": "o", "RemoteRepo": "mime",
               "RemoteSha": "1763e0dcb72fb58d97bab97bb834fc71f1e012bc"}
      }
    }"#;

    fn read_text(text: &str) -> Result<Inventory, ReadError> {
        let bytes = text.as_bytes();
        read(&Input { bytes, file_name: "renv.lock", nearby: &NothingNearby })
    }

    #[test]
    fn a_repository_without_a_host_is_where_renv_looks() {
        let lock = LOCK.replace("\"RemoteHost\": \"api.git.example\", ", "");
        let inventory = read_text(&lock).unwrap();
        let Origin::Git { url, .. } = &inventory.packages[2].origin else { panic!() };
        assert_eq!(url.reveal(), "https://github.com/o/mime");
    }

    #[test]
    fn each_package_has_the_ecosystem_of_its_source() {
        let inventory = read_text(LOCK).unwrap();
        let found: Vec<_> = inventory.packages.iter().map(|p| p.name.ecosystem()).collect();
        assert_eq!(found, [Ecosystem::Cran, Ecosystem::Bioconductor, Ecosystem::Cran]);
        assert_eq!(inventory.packages[0].version.exact(), Some("1.75.0-0"));
    }

    #[test]
    fn a_remote_is_a_repository_and_its_commit() {
        let inventory = read_text(LOCK).unwrap();
        let Origin::Git { url, commit } = &inventory.packages[2].origin else { panic!() };
        assert_eq!(url.reveal(), "https://git.example/o/mime");
        assert_eq!(commit.as_deref(), Some("1763e0dcb72fb58d97bab97bb834fc71f1e012bc"));
    }

    #[test]
    fn requirements_of_both_kinds_are_edges() {
        let inventory = read_text(LOCK).unwrap();
        assert_eq!(inventory.packages[0].needs, [2]);
        assert_eq!(inventory.packages[1].needs, [0]);
    }

    #[test]
    fn a_package_of_unknown_origin_is_a_gap() {
        let text = LOCK.replace("\"Source\": \"GitHub\"", "\"Source\": \"unknown\"");
        assert_eq!(read_text(&text).unwrap().gaps.len(), 1);
    }

    #[test]
    fn a_second_repository_is_asked_for_what_names_it() {
        let inventory = read_text(LOCK).unwrap();
        assert_eq!(inventory.indexes[1].role, IndexRole::Named);
    }

    #[test]
    fn an_object_without_packages_is_refused() {
        assert!(read_text("{}").is_err());
        assert!(read_text("{\"R\": {}, \"Packages\": {\"a\": {}}}").is_err());
    }
}
