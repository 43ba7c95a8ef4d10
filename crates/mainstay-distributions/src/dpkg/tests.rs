use mainstay_reading::{Nearby, NearbyError, Origin};

use super::*;

/// A root with nothing but an os-release.
pub(crate) struct Root(pub(crate) &'static str);

impl Nearby for Root {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        match path {
            "../../../etc/os-release" => Ok(self.0.as_bytes().to_vec()),
            _ => Err(NearbyError::Absent),
        }
    }
}

const BOOKWORM: Root = Root("ID=debian\nVERSION_ID=\"12\"\n");

fn read_status(text: &str) -> Inventory {
    let input = Input { bytes: text.as_bytes(), file_name: "status", nearby: &BOOKWORM };
    read::<3>(&input).unwrap()
}

fn names(inventory: &Inventory) -> Vec<&str> {
    inventory.packages.iter().map(|entry| entry.name.as_written()).collect()
}

const LIBSSL: &str = "Package: libssl3\nStatus: install ok installed\nSource: openssl\n\
                      Architecture: amd64\nVersion: 3.0.11-1~deb12u2\n";

#[test]
fn an_installed_package_has_its_release_and_its_source() {
    let inventory = read_status(LIBSSL);
    let entry = &inventory.packages[0];
    let Origin::Distribution(built) = &entry.origin else { panic!("{entry:?}") };
    assert_eq!(built.release.as_ref().unwrap().to_string(), "Debian 12");
    let asked = built.asked(&entry.name, entry.version.exact().unwrap());
    assert_eq!((asked[0].0.as_written(), asked[0].1), ("openssl", "3.0.11-1~deb12u2"));
    assert!(inventory.gaps.is_empty());
}

#[test]
fn a_source_may_have_its_own_version() {
    let text = "Package: libgcc-s1\nStatus: install ok installed\nSource: gcc-12 (12.2.0-14)\n\
                Architecture: amd64\nVersion: 12.2.0-14+b1\n";
    let inventory = read_status(text);
    let Origin::Distribution(built) = &inventory.packages[0].origin else { panic!() };
    let BuiltFrom::Source(source) = &built.built_from else { panic!() };
    assert_eq!((source.name.as_written(), &*source.version), ("gcc-12", "12.2.0-14"));
}

#[test]
fn a_removed_package_is_not_there() {
    let text = "Package: gone\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 1\n";
    assert!(names(&read_status(text)).is_empty());
}

#[test]
fn an_unpacked_package_is_there_and_a_half_installed_one_may_be() {
    let text = "Package: a\nStatus: install ok unpacked\nVersion: 1\n\n\
                Package: b\nStatus: install reinstreq half-installed\nVersion: 2\n";
    let inventory = read_status(text);
    assert_eq!(names(&inventory), ["a", "b"]);
    assert_eq!(inventory.gaps.len(), 1);
}

#[test]
fn a_stanza_without_a_status_is_an_installed_package() {
    assert_eq!(
        names(&read_status("Package: base-files\nVersion: 12.4\nArchitecture: amd64\n")).len(),
        1
    );
}

#[test]
fn a_continued_field_is_no_package_of_its_own() {
    let text =
        "Package: a\nStatus: install ok installed\nDescription: x\n Package: b\n .\nVersion: 1\n";
    assert_eq!(names(&read_status(text)), ["a"]);
}

#[test]
fn dependencies_lead_to_the_package_that_provides_them() {
    let text = "Package: a\nDepends: b (>= 1), nothing | virtual\nVersion: 1\n\n\
                Package: b\nVersion: 1\n\nPackage: c\nProvides: virtual (= 2)\nVersion: 1\n";
    assert_eq!(read_status(text).packages[0].needs, [1, 2]);
}

#[test]
fn packages_of_an_unknown_distribution_are_counted_and_not_listed() {
    let mint = Root("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\nPRETTY_NAME=\"Linux Mint 21\"\n");
    let input = Input { bytes: LIBSSL.as_bytes(), file_name: "status", nearby: &mint };
    let inventory = read::<3>(&input).unwrap();
    assert!(inventory.packages.is_empty());
    assert!(inventory.gaps[0].reason.contains("Linux Mint 21"), "{:?}", inventory.gaps);
}

#[test]
fn a_file_that_is_no_status_is_refused() {
    let input = Input { bytes: b"hello\n", file_name: "status", nearby: &BOOKWORM };
    assert_eq!(read::<3>(&input).unwrap_err().line, Some(1));
}

#[test]
fn a_stanza_with_a_field_twice_is_refused_as_two_packages_in_one() {
    let root = Root("ID=debian\nVERSION_ID=\"12\"\n");
    let fields = ["Package: b", "Version: 2", "Status: deinstall ok not-installed"];
    for field in fields {
        let text = format!("Package: a\nStatus: install ok installed\nVersion: 1\n{field}\n");
        let input = Input { bytes: text.as_bytes(), file_name: "status", nearby: &root };
        assert_eq!(read::<3>(&input).unwrap_err().line, Some(4), "{field}");
    }
}
