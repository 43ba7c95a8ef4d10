use mainstay_reading::{Nearby, NearbyError, Origin};
use mainstay_testkit::{rpm_header as header, rpm_ndb as ndb, rpm_sqlite as sqlite};

use super::*;

struct Root;

impl Nearby for Root {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        match path {
            "../../../etc/os-release" => Ok(b"ID=\"rocky\"\nVERSION_ID=\"9.3\"\n".to_vec()),
            _ => Err(NearbyError::Absent),
        }
    }
}

fn read_db(bytes: &[u8]) -> Result<Inventory, ReadError> {
    read::<3>(&Input { bytes, file_name: "rpmdb.sqlite", nearby: &Root })
}

fn labels(inventory: &Inventory) -> Vec<String> {
    let label = |entry: &mainstay_reading::Entry| {
        format!("{} {}", entry.name, entry.version.exact().unwrap_or("?"))
    };
    inventory.packages.iter().map(label).collect()
}

#[test]
fn a_small_sqlite_database_is_read() {
    let bytes = sqlite(&[header(
        "openssl-libs",
        "3.0.7",
        "24.el9",
        Some(1),
        "openssl-3.0.7-24.el9.src.rpm",
        0,
    )]);
    let inventory = read_db(&bytes).unwrap();
    assert_eq!(labels(&inventory), ["openssl-libs 1:3.0.7-24.el9"]);
    let Origin::Distribution(built) = &inventory.packages[0].origin else { panic!() };
    assert_eq!(built.release.as_ref().unwrap().to_string(), "Rocky Linux 9");
    let asked = built.asked(&inventory.packages[0].name, "1:3.0.7-24.el9");
    assert_eq!((asked[0].0.as_written(), asked[0].1), ("openssl", "1:3.0.7-24.el9"));
}

#[test]
fn headers_that_overflow_their_page_are_read_whole() {
    let large: Vec<_> = (0..40)
        .map(|n| header(&format!("p{n}"), "1", "1", None, "p-1-1.src.rpm", 9000 + 977 * n))
        .collect();
    let inventory = read_db(&sqlite(&large)).unwrap();
    assert_eq!(inventory.packages.len(), 40);
    assert!(inventory.gaps.is_empty(), "{:?}", inventory.gaps);
}

#[test]
fn many_packages_need_an_interior_page() {
    let many: Vec<_> = (0..500).map(|n| header(&format!("p{n}"), "1", "1", None, "", 0)).collect();
    let inventory = read_db(&sqlite(&many)).unwrap();
    assert_eq!(inventory.packages.len(), 500);
    assert_eq!(inventory.packages[499].name.as_written(), "p499");
}

#[test]
fn an_ndb_database_is_read() {
    let bytes = ndb(&[header(
        "zlib",
        "1.2.13",
        "150500.4.3.1",
        None,
        "zlib-1.2.13-150500.4.3.1.src.rpm",
        0,
    )]);
    assert_eq!(labels(&read_db(&bytes).unwrap()), ["zlib 1.2.13-150500.4.3.1"]);
}

#[test]
fn the_keys_that_packages_are_signed_with_are_no_packages() {
    let bytes = sqlite(&[header("gpg-pubkey", "1", "1", None, "", 0)]);
    assert!(read_db(&bytes).unwrap().packages.is_empty());
}

#[test]
fn a_berkeley_database_is_known_and_not_read() {
    let mut bytes = vec![0; 512];
    bytes[12..16].copy_from_slice(&0x0006_1561_u32.to_le_bytes());
    assert_eq!(read_db(&bytes).unwrap_err().kind, ReadErrorKind::UnknownVersion);
}

#[test]
fn a_page_that_leads_back_to_itself_is_damage() {
    let many: Vec<_> = (0..500).map(|n| header(&format!("p{n}"), "1", "1", None, "", 0)).collect();
    let mut bytes = sqlite(&many);
    // The root of Packages is page 2; its rightmost child stands in its head.
    bytes[4096 + 8..4096 + 12].copy_from_slice(&2_u32.to_be_bytes());
    let error = read_db(&bytes).unwrap_err();
    assert!(error.message.contains("used twice"), "{error}");
}

#[test]
fn cells_that_share_the_bytes_of_a_page_are_damage() {
    let mut bytes = sqlite(&[header("a", "1", "1", None, "", 0)]);
    // The only cell of page 2 is listed a hundred times.
    let place = bytes[4096 + 8..4096 + 10].to_vec();
    bytes[4096 + 3..4096 + 5].copy_from_slice(&100_u16.to_be_bytes());
    for cell in 0..100 {
        bytes[4096 + 8 + 2 * cell..4096 + 10 + 2 * cell].copy_from_slice(&place);
    }
    let error = read_db(&bytes).unwrap_err();
    assert!(error.message.contains("overlap"), "{error}");
}

#[test]
fn changes_that_are_not_in_the_database_yet_are_a_gap() {
    struct Wal(Result<Vec<u8>, NearbyError>);
    impl Nearby for Wal {
        fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
            if path == "rpmdb.sqlite-wal" { self.0.clone() } else { Root.read(path) }
        }
    }
    let gaps = |wal| {
        let bytes = sqlite(&[header("a", "1", "1", None, "", 0)]);
        let input = Input { bytes: &bytes, file_name: "rpmdb.sqlite", nearby: &Wal(wal) };
        read::<3>(&input).unwrap().gaps.len()
    };
    assert_eq!((gaps(Ok(vec![1])), gaps(Err(NearbyError::TooLarge))), (1, 1));
    assert_eq!((gaps(Ok(vec![])), gaps(Err(NearbyError::Absent))), (0, 0));
}

#[test]
fn a_damaged_header_is_a_gap_and_the_others_are_read() {
    let bytes = sqlite(&[vec![0, 0, 0, 9], header("a", "1", "1", None, "", 0)]);
    let inventory = read_db(&bytes).unwrap();
    assert_eq!((labels(&inventory), inventory.gaps.len()), (vec!["a 1-1".to_owned()], 1));
}
