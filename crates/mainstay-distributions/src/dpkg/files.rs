//! The files of dpkg's packages: `info/NAME.list` beside `status`, `NAME.md5sums` beside a file of
//! `status.d`.
//!
//! Standard: deb-md5sums(5), and dpkg's `lib/dpkg/db-fsys-files.c`: a path a line; the name has the
//! architecture, `info/NAME:ARCH.list`, where several of one package may be there.

use std::collections::HashSet;

use mainstay_reading::{Input, Nearby, NearbyError, ReadError};

use super::{Presence, Stanza, presence, stanzas};
use crate::owned::Gathering;

const TOO_MANY: &str = "the lists are larger than those of any real system";

/// The files of the packages of `status`.
pub(crate) fn owned(input: &Input<'_>, gathering: &mut Gathering<'_>) -> Result<(), ReadError> {
    const ADVICE: &str = "put the folder `info` of the system beside its `status`";
    let text = input.text()?;
    let mut seen = HashSet::new();
    for stanza in stanzas(&text)?.iter().filter(|stanza| stanza.is_there()) {
        if !seen.insert((stanza.package, stanza.architecture)) {
            continue;
        }
        if !is_name(stanza.package) {
            gathering.unknown("one of them", "its name cannot be that of a package", ADVICE);
            continue;
        }
        if gathering.is_spent() {
            gathering.unknown(stanza.package, TOO_MANY, ADVICE);
            continue;
        }
        match list(stanza, input.nearby) {
            Ok(list) if gathering.spend(list.len()) => paths(&list, gathering),
            Ok(_) => gathering.unknown(stanza.package, TOO_MANY, ADVICE),
            Err(error) => gathering.unknown(stanza.package, &of_its_list(&error), ADVICE),
        }
    }
    Ok(())
}

/// The files of the packages of one file of `status.d`. Without checksums it has none to tell.
pub(crate) fn owned_by_checksums(
    input: &Input<'_>,
    gathering: &mut Gathering<'_>,
) -> Result<(), ReadError> {
    const ADVICE: &str = "put the file `.md5sums` of the package beside it";
    let text = input.text()?;
    let stanzas = stanzas(&text)?;
    let Some(stanza) = stanzas.iter().find(|stanza| stanza.is_there()) else { return Ok(()) };
    match input.nearby.read(&format!("{}.md5sums", input.file_name)) {
        Ok(sums) if gathering.spend(sums.len()) => {
            for line in lines(&sums) {
                // The checksum, a space, and a second one or the `*` of a binary file.
                if let Some((_sum, path)) = line.split_once(' ') {
                    let path = path.strip_prefix([' ', '*']).unwrap_or(path);
                    gathering.file("", path.strip_prefix("./").unwrap_or(path));
                }
            }
        }
        Ok(_) => gathering.unknown(stanza.package, TOO_MANY, ADVICE),
        Err(NearbyError::Absent) => {}
        Err(error) => gathering.unknown(stanza.package, &of_its_list(&error), ADVICE),
    }
    Ok(())
}

impl Stanza<'_> {
    /// Whether the reader lists it, and its files are there without a doubt.
    fn is_there(&self) -> bool {
        let is_whole = !self.package.is_empty() && !self.version.is_empty();
        is_whole && matches!(presence(self.status), Presence::Present)
    }
}

fn of_its_list(error: &NearbyError) -> String {
    format!("of its list, {error}")
}

fn list(stanza: &Stanza<'_>, nearby: &dyn Nearby) -> Result<Vec<u8>, NearbyError> {
    let name = stanza.package;
    match nearby.read(&format!("info/{name}.list")) {
        Err(NearbyError::Absent) if is_name(stanza.architecture) => {
            nearby.read(&format!("info/{name}:{}.list", stanza.architecture))
        }
        read => read,
    }
}

fn paths(list: &[u8], gathering: &mut Gathering<'_>) {
    // The root is a folder of every package.
    for line in lines(list).filter(|line| line.starts_with('/') && *line != "/.") {
        gathering.file("", line);
    }
}

/// The lines that are text.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &str> {
    bytes.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok())
}

/// Debian Policy, section 5.6.7, and the same of architectures: no name that leads to another
/// folder.
fn is_name(text: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    text.bytes().all(is_sign) && text.starts_with(|first: char| first.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{Owned, database_of};

    struct Beside(BTreeMap<&'static str, &'static [u8]>);

    impl Nearby for Beside {
        fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
            match self.0.get(path).copied() {
                Some(b"too large") => Err(NearbyError::TooLarge),
                found => found.map(<[u8]>::to_vec).ok_or(NearbyError::Absent),
            }
        }
    }

    fn owned(path: &str, text: &str, beside: &[(&'static str, &'static [u8])]) -> Owned {
        let nearby = Beside(beside.iter().copied().collect());
        let file_name = path.rsplit('/').next().unwrap();
        let input = Input { bytes: text.as_bytes(), file_name, nearby: &nearby };
        crate::owned(database_of(path).unwrap(), &input, &|_| true).unwrap()
    }

    fn status(text: &str, beside: &[(&'static str, &'static [u8])]) -> Owned {
        owned("var/lib/dpkg/status", text, beside)
    }

    fn paths(owned: &Owned) -> Vec<&str> {
        owned.paths.iter().map(String::as_str).collect()
    }

    const SIX: &str = "Package: python3-six\nStatus: install ok installed\nArchitecture: all\n\
        Version: 1.16.0-4\n";
    const LIST: &[u8] = b"/.\n/usr\n/usr/lib/python3/dist-packages/six-1.16.0.egg-info\n";

    #[test]
    fn a_package_owns_what_its_list_names() {
        let owned = status(SIX, &[("info/python3-six.list", LIST)]);
        assert_eq!(paths(&owned), ["usr", "usr/lib/python3/dist-packages/six-1.16.0.egg-info"]);
        assert!(owned.gaps.is_empty());
    }

    #[test]
    fn a_list_may_have_the_architecture_in_its_name() {
        let text = "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\n\
            Version: 2\n\nPackage: libc6\nStatus: install ok installed\nArchitecture: i386\n\
            Version: 2\n";
        let beside: [(_, &[u8]); 2] =
            [("info/libc6:amd64.list", b"/usr/a\n"), ("info/libc6:i386.list", b"/usr/b\n")];
        assert_eq!(paths(&status(text, &beside)), ["usr/a", "usr/b"]);
    }

    #[test]
    fn lists_that_are_missing_are_one_gap_with_their_number() {
        let text = SIX.to_owned() + "\nPackage: b\nVersion: 1\n\nPackage: c\nVersion: 1\n";
        let beside: [(_, &[u8]); 2] =
            [("info/python3-six.list", LIST), ("info/c.list", b"too large")];
        let owned = status(&text, &beside);
        assert_eq!(owned.paths.len(), 2);
        assert_eq!(owned.gaps.len(), 1);
        let reason = "which files 2 packages own is not known; b: of its list, the file is not \
                      there";
        assert_eq!(owned.gaps[0].reason, reason);
    }

    /// Every list is there, and larger than all lists may be together.
    struct Large(std::cell::Cell<u32>);

    impl Nearby for Large {
        fn read(&self, _path: &str) -> Result<Vec<u8>, NearbyError> {
            self.0.set(self.0.get() + 1);
            Ok(vec![0; (1 << 29) + 1])
        }
    }

    #[test]
    fn lists_are_read_up_to_a_bound_and_the_rest_is_a_gap() {
        let text = ["a", "b", "c"].map(|name| format!("Package: {name}\nVersion: 1\n")).join("\n");
        let nearby = Large(std::cell::Cell::new(0));
        let input = Input { bytes: text.as_bytes(), file_name: "status", nearby: &nearby };
        let database = database_of("var/lib/dpkg/status").unwrap();
        let owned = crate::owned(database, &input, &|_| true).unwrap();
        assert_eq!(nearby.0.get(), 1);
        assert!(owned.gaps[0].reason.contains("3 packages"), "{:?}", owned.gaps);
    }

    #[test]
    fn a_package_that_is_not_there_owns_nothing() {
        for state in ["config-files", "not-installed", "half-installed"] {
            let text = SIX.replace("ok installed", &format!("ok {state}"));
            let owned = status(&text, &[("info/python3-six.list", LIST)]);
            assert_eq!(owned, Owned::default(), "{state}");
        }
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_not_followed() {
        let beside: [(_, &[u8]); 1] = [("info/../a.list", b"/usr/a\n")];
        let owned = status("Package: ../a\nVersion: 1\n", &beside);
        assert_eq!((owned.paths.len(), owned.gaps.len()), (0, 1));
    }

    #[test]
    fn a_line_that_is_no_text_is_passed_over() {
        let beside: [(_, &[u8]); 1] = [("info/python3-six.list", b"/usr/\xFF\nusr/b\n/usr/c")];
        assert_eq!(paths(&status(SIX, &beside)), ["usr/c"]);
    }

    #[test]
    fn a_package_of_status_d_owns_what_its_checksums_name() {
        let sums: &[u8] = b"d41d8cd98f00b204e9800998ecf8427e  usr/lib/a b\n\
            d41d8cd98f00b204e9800998ecf8427e *./usr/c\nd41d8cd98f00b204e9800998ecf8427e\n";
        let path = "var/lib/dpkg/status.d/python3-six";
        let text = SIX.replace("Status: install ok installed\n", "");
        let found = owned(path, &text, &[("python3-six.md5sums", sums)]);
        assert_eq!(paths(&found), ["usr/c", "usr/lib/a b"]);
        assert_eq!(owned(path, &text, &[]), Owned::default());
        assert_eq!(owned(path, &text, &[("python3-six.md5sums", b"too large")]).gaps.len(), 1);
    }
}
