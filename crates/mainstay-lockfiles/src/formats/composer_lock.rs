//! `composer.lock`: what Composer resolved for PHP.
//!
//! JSON; the shape is `Composer\Package\Locker`'s
//! (<https://getcomposer.org/doc/01-basic-usage.md#composer-lock-the-lock-file>). The requirements
//! on the platform (`php`, `ext-json`) are no packages, and a `dev-` version is the head of a
//! branch: a commit, and no version that has an order.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use mainstay_reading::{
    Input, Inventory, Lines, Listing, Origin, Place, ReadError, exact, is_inside,
    json::{self, Object, Text},
};
use mainstay_types::{Digest, DigestAlgorithm, Ecosystem, Licence, PackageName, Scope, SourceUrl};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::composer_json;

/// Reads the file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let lock: Lock<'_> = json::parse(&text)?;
    let mut reader = Reader {
        listing: Listing::new(Ecosystem::Packagist),
        lines: Lines::new(&text),
        edges: Vec::new(),
        positions: HashMap::new(),
        stand_ins: HashMap::new(),
    };
    for package in &lock.packages {
        reader.package(package, Scope::Runtime)?;
    }
    for package in lock.packages_dev.iter().flatten() {
        reader.package(package, Scope::Dev)?;
    }
    let asked = composer_json::nearby(input);
    Ok(reader.finish(asked.as_ref()))
}

#[derive(Deserialize)]
struct Lock<'t> {
    #[serde(borrow)]
    packages: Vec<Package<'t>>,
    /// `null` in files of `composer install --no-dev` of old.
    #[serde(borrow, default, rename = "packages-dev")]
    packages_dev: Option<Vec<Package<'t>>>,
}

#[derive(Deserialize)]
struct Package<'t> {
    #[serde(borrow)]
    name: Text<'t>,
    #[serde(borrow)]
    version: Version<'t>,
    #[serde(borrow, default)]
    source: Option<Location<'t>>,
    #[serde(borrow, default)]
    dist: Option<Location<'t>>,
    #[serde(borrow, default)]
    require: Names<'t>,
    #[serde(borrow, default)]
    replace: Names<'t>,
    #[serde(borrow, default)]
    provide: Names<'t>,
    #[serde(borrow, default)]
    license: Licences<'t>,
    /// When the release was tagged.
    #[serde(borrow, default)]
    time: Option<Text<'t>>,
}

/// One licence or a list between which one may choose (Composer's "license" property).
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Licences<'t> {
    #[serde(borrow)]
    One(Text<'t>),
    #[serde(borrow)]
    Several(Vec<Text<'t>>),
    Other(IgnoredAny),
    #[default]
    #[serde(skip)]
    Unsaid,
}

impl Licences<'_> {
    fn stated(&self) -> Option<Licence> {
        match self {
            Self::One(text) => composer_licence(text),
            Self::Several(texts) => match texts.as_slice() {
                [one] => composer_licence(one),
                several => Licence::one_of(several.iter().map(|text| &**text)),
            },
            Self::Other(_) | Self::Unsaid => None,
        }
    }
}

/// Composer writes `proprietary` for software without a licence to all.
fn composer_licence(text: &str) -> Option<Licence> {
    Licence::stated(if text.eq_ignore_ascii_case("proprietary") { "NONE" } else { text })
}

/// A version. A package that its own repository describes may have a number for one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Version<'t> {
    #[serde(borrow)]
    Text(Text<'t>),
    Number(serde_json::Number),
}

impl Version<'_> {
    fn written(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
        }
    }
}

#[derive(Deserialize)]
struct Location<'t> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<Text<'t>>,
    #[serde(borrow, default)]
    url: Option<Text<'t>>,
    #[serde(borrow, default)]
    reference: Option<Text<'t>>,
    #[serde(borrow, default)]
    shasum: Option<Text<'t>>,
}

/// An object from names to constraints. PHP writes an empty one as `[]`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Names<'t> {
    #[serde(borrow)]
    Some(Object<'t, IgnoredAny>),
    #[expect(dead_code, reason = "only its shape tells")]
    None(Vec<IgnoredAny>),
}

impl Default for Names<'_> {
    fn default() -> Self {
        Self::None(Vec::new())
    }
}

impl Names<'_> {
    /// The names in lower case, as Composer compares them.
    fn keys(&self) -> impl Iterator<Item = String> {
        let entries = match self {
            Self::Some(object) => object.0.as_slice(),
            Self::None(_) => &[],
        };
        entries.iter().map(|(name, _)| name.to_lowercase())
    }
}

struct Reader<'t> {
    listing: Listing,
    lines: Lines<'t>,
    edges: Vec<(u32, String)>,
    positions: HashMap<String, u32>,
    /// Who replaces or provides a name that no package has.
    stand_ins: HashMap<String, u32>,
}

impl Reader<'_> {
    fn package(&mut self, package: &Package<'_>, scope: Scope) -> Result<(), ReadError> {
        let line = self.lines.of(&package.name);
        let version = package.version.written();
        let mut entry = self.listing.entry(&package.name, exact(&version), Place::at(line))?;
        if let Some(origin) = origin(package) {
            entry.origin = origin;
        } else {
            let path = package.dist.as_ref().and_then(|dist| dist.url.as_deref());
            self.listing.member(Some(entry.name), path);
            return Ok(());
        }
        entry.scope = scope;
        entry.licence = package.license.stated();
        entry.released = package.time.as_deref().and_then(|time| time.parse().ok());
        let position = self.listing.push(entry);
        let dist = package.dist.as_ref();
        if let Some(sum) = dist.and_then(|dist| dist.shasum.as_deref()).filter(|s| !s.is_empty()) {
            self.listing.checksum(position, Digest::from_hex(DigestAlgorithm::Sha1, sum));
        }
        self.positions.insert(package.name.to_lowercase(), position);
        self.edges.extend(package.require.keys().map(|name| (position, name)));
        for name in package.replace.keys().chain(package.provide.keys()) {
            self.stand_ins.entry(name).or_insert(position);
        }
        Ok(())
    }

    /// `asked` are the names for which the manifest beside the file asks, where there is one.
    fn finish(mut self, asked: Option<&HashSet<PackageName>>) -> Inventory {
        if let Some(asked) = asked {
            for entry in &mut self.listing.inventory.packages {
                entry.direct = Some(asked.contains(&entry.name));
            }
            self.listing.inventory.files_read.push(composer_json::FILE_NAME.into());
        }
        let mut positions: HashMap<&str, u32> =
            self.stand_ins.iter().map(|(name, position)| (&**name, *position)).collect();
        positions.extend(self.positions.iter().map(|(name, position)| (&**name, *position)));
        let edges = self.edges.iter().map(|(from, name)| (*from, &**name));
        self.listing.link(&positions, edges);
        self.listing.finish()
    }
}

/// Where the package comes from. `None`: it lies in the project's own folder.
fn origin(package: &Package<'_>) -> Option<Origin> {
    let url = |location: &Location<'_>| location.url.as_deref().map(SourceUrl::new);
    let is = |location: &Location<'_>, kind: &str| location.kind.as_deref() == Some(kind);
    if let Some(dist) = package.dist.as_ref().filter(|dist| is(dist, "path")) {
        let path = dist.url.as_deref().unwrap_or("");
        return (!is_inside(path)).then(|| Origin::Path(path.into()));
    }
    let branch =
        package.version.written().get(..4).is_some_and(|start| start.eq_ignore_ascii_case("dev-"));
    if let Some(source) = package.source.as_ref().filter(|_| branch)
        && let Some(url) = url(source).filter(|_| is(source, "git"))
    {
        let commit = source.reference.as_deref().map(Into::into);
        return Some(Origin::Git { url, commit });
    }
    let artifact = package.dist.as_ref().and_then(url);
    Some(Origin::Registry { index: None, artifact })
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::{NothingNearby, ReadErrorKind};

    fn read_text(text: &str) -> Result<Inventory, ReadError> {
        let bytes = text.as_bytes();
        read(&Input { bytes, file_name: "composer.lock", nearby: &NothingNearby })
    }

    fn lock(packages: &str, dev: &str) -> String {
        format!("{{\n\"packages\": [{packages}],\n\"packages-dev\": {dev},\n\"platform\": []\n}}")
    }

    #[test]
    fn a_version_is_kept_as_it_is_written() {
        let text = lock("{\n\"name\": \"Acme/Web\", \"version\": \"v1.2.3\"}", "[]");
        let inventory = read_text(&text).unwrap();
        let entry = &inventory.packages[0];
        assert_eq!(entry.name.as_written(), "Acme/Web");
        assert_eq!((entry.version.exact(), entry.place.line), (Some("v1.2.3"), Some(3)));
    }

    #[test]
    fn a_version_may_be_a_number() {
        let inventory = read_text(&lock("{\"name\": \"acme/a\", \"version\": 2018}", "[]"));
        assert_eq!(inventory.unwrap().packages[0].version.exact(), Some("2018"));
    }

    #[test]
    fn a_package_for_development_is_marked() {
        let text = lock("", "[{\"name\": \"acme/test\", \"version\": \"1.0\"}]");
        assert_eq!(read_text(&text).unwrap().packages[0].scope, Scope::Dev);
        assert_eq!(read_text(&lock("", "null")).unwrap().packages, []);
    }

    #[test]
    fn the_manifest_beside_it_tells_what_is_direct() {
        struct Beside;
        impl mainstay_reading::Nearby for Beside {
            fn read(&self, path: &str) -> Result<Vec<u8>, mainstay_reading::NearbyError> {
                let manifest = r#"{"require": {"php": "8", "acme/WEB": "^1"},
                    "require-dev": {"acme/test": "*"}}"#;
                let found = (path == "composer.json").then(|| manifest.into());
                found.ok_or(mainstay_reading::NearbyError::Absent)
            }
        }
        let text = lock(
            r#"{"name": "acme/web", "version": "1.0"}, {"name": "acme/inner", "version": "1.0"}"#,
            r#"[{"name": "acme/test", "version": "1.0"}]"#,
        );
        let input = Input { bytes: text.as_bytes(), file_name: "composer.lock", nearby: &Beside };
        let direct: Vec<_> = read(&input).unwrap().packages.iter().map(|it| it.direct).collect();
        assert_eq!(direct, [Some(true), Some(false), Some(true)]);
        assert_eq!(read_text(&text).unwrap().packages[0].direct, None);
    }

    #[test]
    fn a_branch_is_a_commit() {
        let text = lock(
            r#"{"name": "acme/a", "version": "dev-main", "source":
                {"type": "git", "url": "https://git.example/a", "reference": "0123"}}"#,
            "[]",
        );
        let origin = &read_text(&text).unwrap().packages[0].origin;
        assert!(matches!(origin, Origin::Git { commit: Some(commit), .. } if &**commit == "0123"));
    }

    #[test]
    fn an_edge_leads_to_the_package_or_to_what_stands_in_for_it() {
        let text = lock(
            r#"{"name": "acme/a", "version": "1",
                "require": {"php": ">=8", "Acme/B": "^1", "acme/log": "*"}},
               {"name": "acme/b", "version": "1", "require": []},
               {"name": "acme/c", "version": "1", "provide": {"acme/log": "1.0"}}"#,
            "[]",
        );
        assert_eq!(read_text(&text).unwrap().packages[0].needs, [1, 2]);
    }

    #[test]
    fn a_package_in_a_folder_of_the_project_is_a_member() {
        let at = |path: &str| {
            lock(
                &format!(
                    r#"{{"name": "acme/a", "version": "1",
                        "dist": {{"type": "path", "url": "{path}"}}}}"#
                ),
                "[]",
            )
        };
        assert_eq!(read_text(&at("packages/a")).unwrap().members.len(), 1);
        let outside = read_text(&at("../a")).unwrap();
        assert_eq!(outside.packages[0].origin, Origin::Path("../a".into()));
    }

    #[test]
    fn a_checksum_that_is_empty_is_none() {
        let text = lock(
            r#"{"name": "acme/a", "version": "1", "dist":
                {"type": "zip", "url": "https://dist.example/a.zip", "shasum": ""}}"#,
            "[]",
        );
        let inventory = read_text(&text).unwrap();
        assert_eq!((inventory.packages[0].checksums.len(), inventory.irregularities.len()), (0, 0));
    }

    #[test]
    fn a_package_without_a_name_is_refused() {
        let error = read_text(&lock("{\"version\": \"1\"}", "[]")).unwrap_err();
        assert_eq!((error.kind, error.line), (ReadErrorKind::Shape, Some(2)));
    }

    #[test]
    fn an_object_without_packages_is_refused() {
        assert_eq!(read_text("{}").unwrap_err().kind, ReadErrorKind::Shape);
        assert_eq!(read_text("{\"packages\": [").unwrap_err().kind, ReadErrorKind::Syntax);
    }

    #[test]
    fn a_list_of_licences_leaves_the_choice() {
        let text = lock(
            "{\"name\": \"acme/a\", \"version\": \"1\", \"license\": [\"MIT\", \"GPL-2.0+\"], \
             \"time\": \"2024-05-06T07:08:09+00:00\"}",
            "[]",
        );
        let entry = read_text(&text).unwrap().packages.remove(0);
        assert_eq!(entry.licence.unwrap().canonical().as_deref(), Some("MIT OR GPL-2.0-or-later"));
        assert_eq!(entry.released.unwrap().to_string(), "2024-05-06T07:08:09Z");
    }

    #[test]
    fn proprietary_software_has_no_licence_to_all() {
        let text =
            lock("{\"name\": \"acme/a\", \"version\": \"1\", \"license\": \"proprietary\"}", "[]");
        let entry = read_text(&text).unwrap().packages.remove(0);
        assert_eq!(entry.licence.unwrap().as_written(), "NONE");
    }
}
