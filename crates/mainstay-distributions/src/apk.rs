//! apk: `lib/apk/db/installed` of Alpine and its kin.
//!
//! Standard: the Alpine wiki, "Apk spec", and apk-tools' `src/database.c`: stanzas of lines
//! `LETTER:value`; `P` name, `V` version, `A` architecture, `o` origin (the source package), `L`
//! licence, `D` dependencies, `p` what it provides, `C` checksum; `F` a folder and `R` a file of it;
//! `M`, `a`, `Z` are about those, and are passed over. Letters have a case.

use std::collections::HashMap;

use mainstay_reading::{Input, Inventory, Place, ReadError, ReadErrorKind};
use mainstay_types::{BuiltFrom, Packaging, SourcePackage};

use crate::installed::{Described, Installed};
use crate::owned::Gathering;

/// Reads a database that lies so many folders below the root of its system.
pub(crate) fn read<const DEPTH: usize>(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let mut installed = Installed::of(input, DEPTH, Packaging::Apk);
    let mut provided: HashMap<&str, u32> = HashMap::new();
    let mut edges = Vec::new();
    for stanza in stanzas(&text)? {
        let described = Described {
            name: stanza.name,
            version: stanza.version,
            architecture: Some(stanza.architecture),
            licence: Some(stanza.licence),
            place: Place::line(stanza.line),
        };
        let built_from = match (installed.ecosystem(), stanza.origin) {
            (Some(ecosystem), origin) if !origin.is_empty() => {
                let source = SourcePackage::new(ecosystem, origin, stanza.version);
                source.map_or(BuiltFrom::Unknown, BuiltFrom::Source)
            }
            (Some(_), _) => BuiltFrom::Namesake,
            (None, _) => BuiltFrom::Unknown,
        };
        let Some(position) = installed.push(&described, built_from) else { continue };
        provided.entry(stanza.name).or_insert(position);
        for name in stanza.provides.split(' ').map(bare) {
            provided.entry(name).or_insert(position);
        }
        let needs = stanza.depends.split(' ').filter(|one| !one.starts_with('!'));
        edges.extend(needs.map(|one| (position, vec![bare(one)])));
    }
    installed.link(&provided, &edges);
    Ok(installed.finish())
}

/// The files of the packages that the reader lists.
pub(crate) fn owned(input: &Input<'_>, gathering: &mut Gathering<'_>) -> Result<(), ReadError> {
    let text = input.text()?;
    let mut stanzas = stanzas(&text)?.into_iter().peekable();
    let mut is_listed = false;
    let mut folder = None;
    for (line, number) in text.lines().zip(1_u32..) {
        if let Some(stanza) = stanzas.next_if(|stanza| stanza.line == number) {
            is_listed = !stanza.name.is_empty() && !stanza.version.is_empty();
            folder = None;
        }
        if let Some(path) = line.strip_prefix("F:") {
            folder = Some(path);
        }
        if let (true, Some(folder), Some(file)) = (is_listed, folder, line.strip_prefix("R:")) {
            gathering.file(folder, file);
        }
    }
    Ok(())
}

#[derive(Default)]
struct Stanza<'t> {
    line: u32,
    name: &'t str,
    version: &'t str,
    architecture: &'t str,
    origin: &'t str,
    licence: &'t str,
    depends: &'t str,
    provides: &'t str,
}

fn stanzas(text: &str) -> Result<Vec<Stanza<'_>>, ReadError> {
    let mut stanzas = Vec::new();
    let mut open: Option<Stanza<'_>> = None;
    for (line, number) in text.lines().zip(1_u32..) {
        if line.trim().is_empty() {
            stanzas.extend(open.take());
            continue;
        }
        let (Some(letter), Some(value)) = (line.get(..1), line.get(1..)) else {
            return Err(wrong(number));
        };
        let value = value.strip_prefix(':').ok_or_else(|| wrong(number))?.trim();
        let stanza = open.get_or_insert_with(|| Stanza { line: number, ..Stanza::default() });
        let place = match letter {
            "P" => &mut stanza.name,
            "V" => &mut stanza.version,
            "A" => &mut stanza.architecture,
            "o" => &mut stanza.origin,
            "L" => &mut stanza.licence,
            "D" => &mut stanza.depends,
            "p" => &mut stanza.provides,
            _ => continue,
        };
        if !std::mem::replace(place, value).is_empty() {
            let message =
                format!("the stanza has a second field {letter:?}: a blank line is missing");
            return Err(ReadError::at(ReadErrorKind::Syntax, number, message));
        }
    }
    stanzas.extend(open);
    Ok(stanzas)
}

fn wrong(line: u32) -> ReadError {
    ReadError::at(ReadErrorKind::Syntax, line, "a line is not a letter, a colon and a value")
}

/// A dependency without the version that it asks for: `so:libc.musl-x86_64.so.1=1`, `a>=1`, `a~1`.
fn bare(text: &str) -> &str {
    let text = text.trim();
    text.get(..text.find(['=', '<', '>', '~']).unwrap_or(text.len())).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use mainstay_reading::{Nearby, NearbyError, Origin};

    use super::*;

    struct Root(&'static str);

    impl Nearby for Root {
        fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
            match path {
                "../../../usr/lib/os-release" => Ok(self.0.as_bytes().to_vec()),
                _ => Err(NearbyError::Absent),
            }
        }
    }

    const TEXT: &str = "C:Q1aaaaaaaaaaaaaaaaaaaaaaaaaaa=\nP:libcrypto3\nV:3.3.2-r0\nA:x86_64\n\
        S:100\nI:200\nT:Crypto library\nU:https://www.openssl.example/\nL:Apache-2.0\no:openssl\n\
        D:so:libc.musl-x86_64.so.1\np:so:libcrypto.so.3=3\nF:usr/lib\nR:libcrypto.so.3\n\
        a:0:0:755\n\nP:musl\nV:1.2.5-r0\nA:x86_64\no:musl\np:so:libc.musl-x86_64.so.1=1\n";

    fn read_installed(text: &str) -> Result<Inventory, ReadError> {
        let root = Root("ID=alpine\nVERSION_ID=3.20.3\n");
        read::<3>(&Input { bytes: text.as_bytes(), file_name: "installed", nearby: &root })
    }

    #[test]
    fn a_package_has_its_origin_as_source() {
        let inventory = read_installed(TEXT).unwrap();
        let entry = &inventory.packages[0];
        let Origin::Distribution(built) = &entry.origin else { panic!("{entry:?}") };
        let asked = built.asked(&entry.name, "3.3.2-r0");
        assert_eq!(asked[0].0.as_written(), "openssl");
        assert_eq!(built.release.as_ref().unwrap().key(), "v3.20");
        assert_eq!(entry.place.line, Some(1));
    }

    #[test]
    fn a_dependency_leads_to_the_package_with_the_library() {
        assert_eq!(read_installed(TEXT).unwrap().packages[0].needs, [1]);
    }

    #[test]
    fn a_package_without_a_version_is_a_gap() {
        let inventory = read_installed("P:musl\n").unwrap();
        assert_eq!((inventory.packages.len(), inventory.gaps.len()), (0, 1));
    }

    #[test]
    fn a_stanza_with_a_field_twice_is_refused_as_two_packages_in_one() {
        let error = read_installed("P:musl\nV:1.2\nP:openssl\nV:3\n").unwrap_err();
        assert_eq!(error.line, Some(3));
    }

    #[test]
    fn a_line_without_a_colon_is_refused() {
        assert_eq!(read_installed("P:musl\nhello\n").unwrap_err().line, Some(2));
    }

    fn owned(text: &str) -> Vec<String> {
        let input = Input { bytes: text.as_bytes(), file_name: "installed", nearby: &Root("") };
        let database = crate::database_of("lib/apk/db/installed").unwrap();
        crate::owned(database, &input, &|_| true).unwrap().paths.into_iter().collect()
    }

    #[test]
    fn a_package_owns_the_files_of_its_folders() {
        let text = "P:py3-six\nV:1.16.0-r9\nF:usr\nF:usr/lib/a b\nR:METADATA\na:0:0:755\n\
            R:RECORD\nF:\nR:root\n";
        assert_eq!(owned(text), ["root", "usr/lib/a b/METADATA", "usr/lib/a b/RECORD"]);
        assert_eq!(owned(TEXT), ["usr/lib/libcrypto.so.3"]);
    }

    #[test]
    fn a_package_that_is_not_listed_owns_nothing() {
        assert!(owned("P:musl\nF:lib\nR:a\n").is_empty());
    }

    #[test]
    fn a_folder_does_not_reach_into_the_next_package() {
        assert!(owned("P:a\nV:1\nF:lib\n\nP:b\nV:1\nR:x\n").is_empty());
    }
}
