//! `cabal.project.freeze`: what Cabal resolved for a Haskell project.
//!
//! A project file that holds constraints
//! (<https://cabal.readthedocs.io/en/stable/cabal-commands.html#cabal-freeze>): fields with
//! continuation lines, comments from `--`, constraints with commas between them. `any.name ==1.2`
//! is a package; `name +flag -flag` sets flags and `name source|test|bench` a property: none is a
//! package.

use std::collections::HashSet;

use mainstay_reading::{
    Input, Inventory, Listing, LockedVersion, Place, ReadError, ReadErrorKind, exact,
};
use mainstay_types::{Ecosystem, Scope};

/// Whether a path is a file of this format: the name is that of the project file and `.freeze`.
pub(crate) fn is_one(path: &str) -> bool {
    path.ends_with(".project.freeze")
}

/// Reads the file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let listing = Listing::new(Ecosystem::Hackage);
    let mut reader = Reader { listing, seen: HashSet::new(), open: None };
    let (mut field, mut constrained) = (None, false);
    for (number, line) in (1u32..).zip(text.lines()) {
        let content = line.trim();
        if content.is_empty() || content.starts_with("--") {
            continue;
        }
        let mut value = content;
        if !line.starts_with([' ', '\t']) {
            let Some((name, rest)) = content.split_once(':') else {
                let message = "a line without a field name stands at the margin";
                return Err(ReadError::at(ReadErrorKind::Syntax, number, message));
            };
            reader.end_field();
            field = Some(name.trim().to_ascii_lowercase());
            value = rest;
        }
        match field.as_deref() {
            Some("constraints") => {
                constrained = true;
                for constraint in constraints(value).map(str::trim).filter(|it| !it.is_empty()) {
                    reader.constraint(constraint, number)?;
                }
                reader.open = value.trim_end().ends_with(',').then_some(number);
            }
            Some(_) => {}
            None => {
                let message = "an indented line stands before any field";
                return Err(ReadError::at(ReadErrorKind::Syntax, number, message));
            }
        }
    }
    if field.is_none() {
        return Err(ReadError::new(ReadErrorKind::Shape, "the file has no constraints"));
    }
    reader.end_field();
    if !constrained {
        let reason = "the field `constraints` is not there: the file may be cut off";
        reader.listing.gap(Place::default(), reason, FREEZE_AGAIN);
    }
    Ok(reader.listing.finish())
}

struct Reader {
    listing: Listing,
    /// Constraints that were added: the same one may stand there for several qualifiers.
    seen: HashSet<(String, String)>,
    /// The line of a comma behind which nothing stands yet.
    open: Option<u32>,
}

impl Reader {
    /// A field that ends with a comma lacks a constraint.
    fn end_field(&mut self) {
        if let Some(line) = self.open.take() {
            let reason = "nothing follows the comma: the file may be cut off";
            self.listing.gap(Place::line(line), reason, FREEZE_AGAIN);
        }
    }

    fn constraint(&mut self, text: &str, line: u32) -> Result<(), ReadError> {
        let end =
            text.find(|c: char| c.is_whitespace() || matches!(c, '=' | '<' | '>' | '^' | '('));
        let (qualified, wish) = text.split_at(end.unwrap_or(text.len()));
        let wish = wish.trim();
        let Some(version) = version(wish) else {
            if sets_no_version(wish) {
                return Ok(());
            }
            let reason = format!(
                "the constraint \"{}\" has neither a version nor flags: the file may be cut off",
                text.escape_debug()
            );
            self.listing.gap(Place::line(line), reason, FREEZE_AGAIN);
            return Ok(());
        };
        // `any.name`, `setup.name`, `package:setup.name`.
        let (prefix, name) = qualified.rsplit_once('.').unwrap_or(("", qualified));
        if name.is_empty() {
            let message = "a constraint names no package";
            return Err(ReadError::at(ReadErrorKind::Syntax, line, message));
        }
        if !self.seen.insert((name.to_owned(), wish.to_owned())) {
            return Ok(());
        }
        if version == LockedVersion::Unstated {
            let reason = format!("{name} is the compiler's own: its version is not in this file");
            self.listing.gap(Place::line(line), reason, "name the version with `--constraint`");
        }
        let mut entry = self.listing.entry(name, version, Place::line(line))?;
        if prefix.ends_with("setup") {
            entry.scope = Scope::Build;
        }
        self.listing.push(entry);
        Ok(())
    }
}

const FREEZE_AGAIN: &str = "run `cabal freeze` again";

/// The constraints of a line. A comma within a set or within parentheses does not end one.
fn constraints(line: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    line.split(move |c| {
        match c {
            '{' | '(' => depth += 1,
            '}' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
}

/// Whether the property of a constraint is flags, or a word that says how to build.
fn sets_no_version(property: &str) -> bool {
    let mut words = property.split_whitespace().peekable();
    words.peek().is_some()
        && words
            .all(|word| word.starts_with(['+', '-']) || matches!(word, "source" | "test" | "bench"))
}

/// The version that a constraint asks for. `None` when it asks for something else.
fn version(wish: &str) -> Option<LockedVersion> {
    if wish == "installed" {
        return Some(LockedVersion::Unstated);
    }
    if let Some(version) = wish.strip_prefix("==") {
        let version = version.trim();
        let numbers = version.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        if numbers && !version.is_empty() {
            return Some(exact(version));
        }
    }
    let range = wish.starts_with(['=', '<', '>', '^', '(']) || wish == "-any";
    range.then(|| LockedVersion::Asked(wish.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::NothingNearby;

    const FREEZE: &str = "\
active-repositories: hackage.example:merge
constraints: any.Cabal ==3.8.1.0,
             any.acme-missiles ==0.3,
             acme-missiles +arm -disarm,
             -- a note
             any.open >=1.0 && <2,
             setup.hooks ==1.0,
             any.ghc installed
index-state: hackage.example 2024-01-01T00:00:00Z
";

    fn read_text(text: &str) -> Result<Inventory, ReadError> {
        let bytes = text.as_bytes();
        read(&Input { bytes, file_name: "cabal.project.freeze", nearby: &NothingNearby })
    }

    #[test]
    fn an_exact_constraint_is_a_package_and_flags_are_none() {
        let inventory = read_text(FREEZE).unwrap();
        let found: Vec<_> = inventory
            .packages
            .iter()
            .map(|p| (p.name.as_written(), p.version.exact(), p.place.line))
            .collect();
        assert_eq!(
            found,
            [
                ("Cabal", Some("3.8.1.0"), Some(2)),
                ("acme-missiles", Some("0.3"), Some(3)),
                ("open", None, Some(6)),
                ("hooks", Some("1.0"), Some(7)),
                ("ghc", None, Some(8)),
            ]
        );
        assert_eq!(inventory.packages[3].scope, Scope::Build);
    }

    #[test]
    fn a_package_of_the_compiler_is_a_gap() {
        assert_eq!(read_text(FREEZE).unwrap().gaps.len(), 1);
    }

    #[test]
    fn a_wildcard_is_a_wish() {
        let inventory = read_text("constraints: any.a ==1.2.*\n").unwrap();
        assert_eq!(inventory.packages[0].version, LockedVersion::Asked("==1.2.*".into()));
    }

    #[test]
    fn a_comma_with_nothing_behind_it_is_a_gap() {
        let cut = FREEZE.find("index-state").unwrap();
        assert_eq!(read_text(&FREEZE[..cut]).unwrap().gaps.len(), 1);
        for after in ["", "index-state: x\n"] {
            let text = format!("constraints: any.a ==1,\n{after}");
            let inventory = read_text(&text).unwrap();
            assert_eq!(inventory.gaps.first().map(|gap| gap.place.line), Some(Some(1)));
        }
    }

    #[test]
    fn a_constraint_that_asks_for_nothing_is_a_gap() {
        for text in ["constraints: any.a", "constraints: any.a instal\n", "index-state: x\n"] {
            assert_eq!(read_text(text).unwrap().gaps.len(), 1, "{text}");
        }
        for text in ["constraints: a source\n", "constraints: a +x -y, b test\n"] {
            let inventory = read_text(text).unwrap();
            assert_eq!((inventory.packages.len(), inventory.gaps.len()), (0, 0));
        }
    }

    #[test]
    fn a_set_of_versions_is_one_wish() {
        let text = "constraints: any.a == { 1.0, 1.1 }, any.b (>=1 && <2), any.c ==3\n";
        let inventory = read_text(text).unwrap();
        let versions: Vec<_> = inventory.packages.iter().map(|p| p.version.exact()).collect();
        assert_eq!((versions, inventory.gaps.len()), (vec![None, None, Some("3")], 0));
    }

    #[test]
    fn another_kind_of_file_is_refused() {
        assert!(read_text("").is_err());
        assert!(read_text("  any.a ==1\n").is_err());
        assert!(read_text("{}\n").is_err());
    }
}
