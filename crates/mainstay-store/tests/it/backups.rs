//! What was backed up comes back, on either database, and nothing that is not whole does.

use std::io::{Read as _, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use mainstay_store::backup::{self, BackupError, Contents, Kept, Place};
use mainstay_store::{Blobs as _, DataDir, Database, FolderBlobs, SigningKey, StoreError, log};
use mainstay_testkit::{TestDatabase, databases};

use crate::{at, change};

const NAME: &str = "the.backup";

/// An instance with a little of everything.
struct Original {
    database: Database,
    folder: tempfile::TempDir,
}

impl Original {
    fn new(test: &TestDatabase) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let original = Self { database: test.open(), folder };
        let name = original.blobs().put(b"{\"bomFormat\":\"CycloneDX\"}").unwrap();
        original.blobs().put(b"\0\xff").unwrap();
        let folder = original.data();
        SigningKey::open_or_create(&folder.signing_key(), "grid").unwrap();
        SigningKey::open_or_create(&folder.key_of("grid").unwrap(), "grid").unwrap();
        original
            .database
            .write::<(), StoreError>(|transaction| {
                transaction.execute(
                    "INSERT INTO party (number, id, kind, name, important, created_at) \
                     VALUES (1, 'grid', 'organisation', $1, 1, $2)",
                    &["Stromnetz \"Süd\"\n'; DROP".into(), at(0).into()],
                )?;
                transaction.execute(
                    "INSERT INTO party_sector (party, sector) VALUES (1, 'energy')",
                    &[],
                )?;
                transaction.execute(
                    "INSERT INTO asset (number, id, party, name, created_at) \
                     VALUES (1, 'asset_1', 1, 'control', 5)",
                    &[],
                )?;
                transaction.execute(
                    "INSERT INTO sbom (number, id, asset, release, blob, file_name, format, \
                     received_at, packages, gaps, content, is_current, turn) \
                     VALUES (1, 'sbom_1', 1, '1.0', $1, 'bom.json', 'cyclonedx', 7, 1, '[]', $2, 1, 1)",
                    &[name.to_string().into(), vec![0_u8, 255, 10].into()],
                )?;
                transaction.append(change(1, "grid"));
                transaction.append(change(2, "asset_1"));
                Ok(())
            })
            .unwrap();
        original
    }

    fn blobs(&self) -> FolderBlobs {
        FolderBlobs::open(&self.folder.path().join("blobs")).unwrap()
    }

    fn data(&self) -> DataDir {
        DataDir::open(self.folder.path()).unwrap()
    }

    fn backup(&self) -> (Vec<u8>, Contents) {
        let mut bytes = Vec::new();
        let kept = Kept { database: &self.database, blobs: &self.blobs(), folder: &self.data() };
        let contents = backup::write(kept, at(9), Path::new(NAME), &mut bytes).unwrap();
        (bytes, contents)
    }
}

/// An empty place.
struct Empty {
    database: TestDatabase,
    folder: tempfile::TempDir,
}

impl Empty {
    fn new(test: &TestDatabase) -> Self {
        Self { database: test.another(), folder: tempfile::tempdir().unwrap() }
    }

    fn restore(&self, bytes: &[u8]) -> Result<Contents, BackupError> {
        let blobs = FolderBlobs::open(&self.folder.path().join("blobs")).unwrap();
        let folder = DataDir::open(self.folder.path()).unwrap();
        let place = Place { database: self.database.location(), blobs: &blobs, folder: &folder };
        backup::restore(place, Path::new(NAME), bytes)
    }

    /// Nothing was kept: a new instance begins here.
    fn is_untouched(&self) -> bool {
        let database = self.database.open();
        database.read(log::head).unwrap().size == 0 && rows(&database, "party") == 0
    }
}

fn rows(database: &Database, table: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    database.read(|transaction| transaction.one(&sql, &[], |row| row.integer(0))).unwrap()
}

fn unpacked(bytes: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

fn packed(text: &str) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

#[test]
fn a_backup_comes_back_on_either_database() {
    for from in databases() {
        let original = Original::new(&from);
        let (bytes, written) = original.backup();
        assert_eq!((written.blobs, written.log), (2, 2));
        assert_eq!(written.unread, Vec::<String>::new());
        for to in databases() {
            let place = Empty::new(&to);
            assert_eq!(place.restore(&bytes).unwrap(), written);
            let database = place.database.open();
            let end = log::verify(&database, None).unwrap();
            assert_eq!(end, original.database.read(log::head).unwrap());
            let again = Original { database, folder: place.folder };
            assert_eq!(again.backup().1, written);
            assert_eq!(unpacked(&again.backup().0), unpacked(&bytes));
        }
    }
}

#[test]
fn what_is_restored_goes_on_where_it_ended() {
    for test in databases() {
        let (bytes, _) = Original::new(&test).backup();
        let place = Empty::new(&test);
        place.restore(&bytes).unwrap();
        let database = place.database.open();
        database
            .write::<(), StoreError>(|transaction| {
                transaction.append(change(3, "later"));
                Ok(())
            })
            .unwrap();
        assert_eq!(log::verify(&database, None).unwrap().size, 3);
    }
}

#[test]
fn a_backup_that_was_cut_off_anywhere_leaves_nothing() {
    let engine = &databases()[0];
    let text = unpacked(&Original::new(engine).backup().0);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for count in 0..lines.len() {
        let place = Empty::new(engine);
        place.restore(&packed(&lines[..count].concat())).unwrap_err();
        assert!(place.is_untouched(), "{count}");
    }
    let half = packed(&text);
    let place = Empty::new(engine);
    place.restore(&half[..half.len() / 2]).unwrap_err();
    assert!(place.is_untouched());
}

#[test]
fn a_backup_in_which_anything_was_changed_is_refused() {
    let engine = &databases()[0];
    let text = unpacked(&Original::new(engine).backup().0);
    for (said, other) in [
        ("Stromnetz", "Wasserwerk"),
        ("thing.change", "thing.forged"),
        ("\"control\"", "\"contro1\""),
        ("\"name\":\"party\"", "\"name\":\"migration\""),
        ("\"columns\":[\"number\"", "\"columns\":[\"1) --\""),
        ("[1,\"grid\"", "[1.5,\"grid\""),
        ("{\"blob\":\"", "{\"blob\":\"!"),
        ("keys/", "../"),
        ("instance.key", "instance.txt"),
        ("\"mainstay_backup\":1", "\"mainstay_backup\":2"),
        ("\"digest\":\"", "\"digest\":\"0"),
    ] {
        let place = Empty::new(engine);
        assert!(text.contains(said), "{said} in {text}");
        let refused = place.restore(&packed(&text.replacen(said, other, 1)));
        refused.expect_err(said);
        assert!(place.is_untouched(), "{said}");
    }
}

#[test]
fn what_follows_the_end_is_refused() {
    let engine = &databases()[0];
    let text = unpacked(&Original::new(engine).backup().0);
    let place = Empty::new(engine);
    let refused = place.restore(&packed(&format!("{text}[1]\n"))).unwrap_err();
    assert!(refused.to_string().contains("follows the end"), "{refused}");
}

#[test]
fn something_else_is_no_backup() {
    let place = Empty::new(&databases()[0]);
    for other in [&b""[..], b"PK\x03\x04", &packed("{}\n"), &packed("hello\n")] {
        let refused = place.restore(other).unwrap_err();
        assert!(matches!(refused, BackupError::Other(..)), "{refused}");
        assert!(refused.to_string().contains(NAME));
    }
}

#[test]
fn an_instance_is_not_overwritten() {
    for test in databases() {
        let (bytes, _) = Original::new(&test).backup();
        let place = Empty::new(&test);
        place.restore(&bytes).unwrap();
        assert!(matches!(place.restore(&bytes).unwrap_err(), BackupError::NotEmpty(_)));
    }
}

#[test]
fn another_key_is_not_overwritten() {
    let engine = &databases()[0];
    let (bytes, _) = Original::new(engine).backup();
    let place = Empty::new(engine);
    SigningKey::open_or_create(&place.folder.path().join("instance.key"), "other").unwrap();
    let refused = place.restore(&bytes).unwrap_err();
    assert!(refused.to_string().contains("a key of another instance"), "{refused}");
    assert!(place.is_untouched());
}

#[test]
fn a_blob_that_is_damaged_is_named_and_the_rest_is_kept() {
    let engine = &databases()[0];
    let original = Original::new(engine);
    let name = original.blobs().put(b"will be damaged").unwrap().to_string();
    let (first, rest) = name.split_at(2);
    std::fs::write(original.folder.path().join("blobs").join(first).join(rest), b"other").unwrap();
    let (bytes, contents) = original.backup();
    assert_eq!((contents.blobs, contents.unread.len()), (2, 1));
    assert!(contents.unread[0].contains(&name), "{contents:?}");
    assert_eq!(Empty::new(engine).restore(&bytes).unwrap().unread, contents.unread);
}

#[test]
fn a_blob_that_a_row_names_and_that_is_gone_is_named() {
    let engine = &databases()[0];
    let original = Original::new(engine);
    let name = mainstay_store::BlobName::of(b"{\"bomFormat\":\"CycloneDX\"}").to_string();
    let (first, rest) = name.split_at(2);
    std::fs::remove_file(original.folder.path().join("blobs").join(first).join(rest)).unwrap();
    let (_, contents) = original.backup();
    assert_eq!((contents.blobs, contents.unread.len()), (1, 1));
    assert!(contents.unread[0].contains(&name), "{contents:?}");
}

#[test]
fn no_table_is_left_out() {
    for test in databases() {
        let database = test.open();
        let catalog = if test.uri().is_none() {
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        } else {
            "SELECT table_name::text FROM information_schema.tables \
             WHERE table_schema = current_schema() ORDER BY table_name"
        };
        let there: Vec<String> =
            database.read(|transaction| transaction.rows(catalog, &[], |row| row.text(0))).unwrap();
        let text = unpacked(&Original::new(&test).backup().0);
        let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        let mut backed: Vec<String> = serde_json::from_value(first["tables"].clone()).unwrap();
        backed.push("migration".to_owned());
        backed.sort_unstable();
        assert_eq!(there, backed);
    }
}
