//! Blobs are what their names say.

use mainstay_store::{Blobs, FolderBlobs, StoreError};

fn blobs() -> (tempfile::TempDir, FolderBlobs) {
    let folder = tempfile::tempdir().unwrap();
    let blobs = FolderBlobs::open(&folder.path().join("blobs")).unwrap();
    (folder, blobs)
}

#[test]
fn a_blob_comes_back_as_it_went_however_often_it_came() {
    let (_folder, blobs) = blobs();
    let name = blobs.put(b"an sbom").unwrap();
    assert_eq!(blobs.put(b"an sbom").unwrap(), name);
    assert_eq!(blobs.get(name).unwrap(), b"an sbom");
}

#[test]
fn the_name_is_the_sha_256_of_the_content() {
    let (_folder, blobs) = blobs();
    let name = blobs.put(b"abc").unwrap().to_string();
    // FIPS 180-4's own example.
    assert_eq!(name, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn a_blob_that_was_changed_on_disk_is_not_given_out() {
    let (folder, blobs) = blobs();
    let name = blobs.put(b"an sbom").unwrap();
    let digits = name.to_string();
    let path = folder.path().join("blobs").join(&digits[..2]).join(&digits[2..]);
    std::fs::write(path, b"another").unwrap();
    assert!(matches!(blobs.get(name), Err(StoreError::DamagedBlob(_))));
}

#[test]
fn a_blob_that_is_not_there_is_missed_by_name() {
    let (_folder, blobs) = blobs();
    let name = "00".repeat(32).parse().unwrap();
    assert!(matches!(blobs.get(name), Err(StoreError::MissingBlob(_))));
}

#[test]
fn a_damaged_blob_is_mended_when_its_content_comes_again() {
    let (folder, blobs) = blobs();
    let name = blobs.put(b"an sbom").unwrap();
    let digits = name.to_string();
    let path = folder.path().join("blobs").join(&digits[..2]).join(&digits[2..]);
    std::fs::write(path, b"an sb").unwrap();
    assert_eq!(blobs.put(b"an sbom").unwrap(), name);
    assert_eq!(blobs.get(name).unwrap(), b"an sbom");
}

#[test]
fn a_name_is_64_lower_case_digits_and_nothing_else() {
    use mainstay_store::BlobName;
    for wrong in ["", "..", "../../etc/passwd", &"AB".repeat(32), &"ab".repeat(33)] {
        assert!(wrong.parse::<BlobName>().is_err(), "{wrong}");
    }
}
