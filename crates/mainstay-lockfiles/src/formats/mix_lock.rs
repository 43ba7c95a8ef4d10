//! `mix.lock`: what Mix resolved for Elixir and Erlang.
//!
//! An Elixir map from the name of the application to a tuple; for a Hex package
//! `{:hex, name, version, checksum, managers, requirements, repository, outer checksum}`
//! (Hex's `Hex.Utils.lock`), for a repository `{:git, url, commit, options}`. The package is
//! called by the name in the tuple, which may differ from the application's.

mod term;

use std::collections::HashMap;

use mainstay_reading::{
    Input, Inventory, Lines, Listing, LockedVersion, Origin, Place, ReadError, ReadErrorKind,
    exact, is_inside,
};
use mainstay_types::{Digest, DigestAlgorithm, Ecosystem, SourceUrl};

use self::term::Term;

/// Reads the file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let lines = Lines::new(&text);
    let Term::Map(items) = term::parse(&text)? else {
        return Err(ReadError::at(ReadErrorKind::Shape, 1, "the file is no map of packages"));
    };
    let mut reader = Reader {
        listing: Listing::new(Ecosystem::Hex),
        positions: HashMap::new(),
        edges: Vec::new(),
    };
    for item in &items {
        let Term::Pair(offset, application, lock) = item else {
            return Err(ReadError::at(
                ReadErrorKind::Shape,
                1,
                "the map has an entry without a name",
            ));
        };
        reader.package(application, lock, lines.at(*offset))?;
    }
    let edges = reader.edges.iter().copied();
    reader.listing.link(&reader.positions, edges);
    Ok(reader.listing.finish())
}

struct Reader<'t> {
    listing: Listing,
    /// By the package's name, and by the application's.
    positions: HashMap<&'t str, u32>,
    edges: Vec<(u32, &'t str)>,
}

impl<'t> Reader<'t> {
    fn package(
        &mut self,
        application: &'t str,
        lock: &'t Term<'_>,
        line: u32,
    ) -> Result<(), ReadError> {
        if self.positions.contains_key(application) {
            let message = format!("{} is there twice", application.escape_debug());
            return Err(ReadError::at(ReadErrorKind::Shape, line, message));
        }
        let fields = lock.items();
        let word = |position: usize| fields.get(position).and_then(Term::word);
        match (word(0), word(1), word(2)) {
            (Some("hex"), Some(name), Some(version)) => {
                self.hex(application, name, version, fields, line)
            }
            // Hex before 0.5 wrote `{:package, version}`.
            (Some("package"), Some(version), _) => {
                self.hex(application, application, version, &[], line)
            }
            (Some("path"), Some(path), _) if is_inside(path) => {
                let name = self.listing.name(application, Some(line))?;
                self.listing.member(Some(name), Some(path));
                Ok(())
            }
            (Some("path"), Some(path), _) => {
                self.unversioned(application, Origin::Path(path.into()), line)
            }
            (Some("git"), Some(url), commit) => {
                let (url, commit) = (SourceUrl::new(url), commit.map(Into::into));
                self.unversioned(application, Origin::Git { url, commit }, line)
            }
            (Some(_), Some(address), _) => {
                self.unversioned(application, Origin::Url(SourceUrl::new(address)), line)
            }
            _ => {
                let message = format!("the lock of {} is not known", application.escape_debug());
                Err(ReadError::at(ReadErrorKind::Shape, line, message))
            }
        }
    }

    fn hex(
        &mut self,
        application: &'t str,
        name: &'t str,
        version: &str,
        fields: &'t [Term<'_>],
        line: u32,
    ) -> Result<(), ReadError> {
        let entry = self.listing.entry(name, exact(version), Place::line(line))?;
        let position = self.listing.push(entry);
        self.positions.insert(application, position);
        self.positions.entry(name).or_insert(position);
        for requirement in fields.get(5).map(Term::items).unwrap_or_default() {
            let options = requirement.items().last();
            let package = options.and_then(|options| options.option("hex")).and_then(Term::word);
            let application = requirement.items().first().and_then(Term::word);
            self.edges.extend(package.or(application).map(|needed| (position, needed)));
        }
        // The fourth field covers the inner archive only; the last covers the file as fetched.
        if let Some(sum) = fields.get(7).and_then(Term::word) {
            self.listing.checksum(position, Digest::from_hex(DigestAlgorithm::Sha256, sum));
        }
        Ok(())
    }

    fn unversioned(
        &mut self,
        application: &'t str,
        origin: Origin,
        line: u32,
    ) -> Result<(), ReadError> {
        let place = Place::line(line);
        let mut entry = self.listing.entry(application, LockedVersion::Unstated, place)?;
        entry.origin = origin;
        let position = self.listing.push(entry);
        self.positions.insert(application, position);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::NothingNearby;

    const LOCK: &str = r#"%{
  "app_name": {:hex, :package_name, "1.0.0", "aa", [:mix], [{:jason, "~> 1.0", [hex: :jason, repo: "hexpm", optional: true]}], "hexpm", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"},
  "forked": {:git, "https://git.example/forked.git", "a9574ab75d6ed01e1288c453ae1d943d7a964595", [branch: "main"]},
  "jason": {:hex, :jason, "1.4.1", "bb", [:mix], [], "hexpm"},
  "old": {:package, "0.4.2"},
}
"#;

    fn read_text(text: &str) -> Result<Inventory, ReadError> {
        let bytes = text.as_bytes();
        read(&Input { bytes, file_name: "mix.lock", nearby: &NothingNearby })
    }

    #[test]
    fn a_package_has_the_name_in_its_tuple() {
        let inventory = read_text(LOCK).unwrap();
        let found: Vec<_> =
            inventory.packages.iter().map(|p| (p.name.as_written(), p.version.exact())).collect();
        assert_eq!(
            found,
            [
                ("package_name", Some("1.0.0")),
                ("forked", None),
                ("jason", Some("1.4.1")),
                ("old", Some("0.4.2")),
            ]
        );
    }

    #[test]
    fn a_requirement_is_an_edge() {
        assert_eq!(read_text(LOCK).unwrap().packages[0].needs, [2]);
    }

    #[test]
    fn the_outer_checksum_is_kept() {
        assert_eq!(read_text(LOCK).unwrap().packages[0].checksums.len(), 1);
    }

    #[test]
    fn a_git_package_is_not_a_registry_package() {
        let inventory = read_text(LOCK).unwrap();
        assert!(matches!(&inventory.packages[1].origin, Origin::Git { commit: Some(_), .. }));
        assert_eq!(inventory.packages[1].place, Place::line(3));
    }

    #[test]
    fn an_application_that_is_there_twice_is_refused() {
        let text = "%{\n\"a\": {:hex, :a, \"1\"},\n\"a\": {:hex, :a, \"2\"}}";
        let error = read_text(text).unwrap_err();
        assert_eq!((error.kind, error.line), (ReadErrorKind::Shape, Some(3)));
    }

    #[test]
    fn an_empty_map_is_an_empty_lock() {
        assert_eq!(read_text("%{\n}\n").unwrap(), Inventory::default());
        assert!(read_text("").is_err());
    }
}
