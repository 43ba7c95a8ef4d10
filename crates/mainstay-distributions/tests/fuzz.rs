//! Every reader, on broken databases: an inventory that is consistent or an error, no panic.

use std::cell::Cell;

use mainstay_distributions::{Database, System, database_of, owned};
use mainstay_reading::{Input, Nearby, NearbyError};
use mainstay_testkit::mutation::{self, Seed};
use mainstay_testkit::{rpm_files, rpm_header, rpm_ndb as ndb, rpm_sqlite as sqlite};
use mainstay_types::Purl;

/// A root with an os-release, and a list of files for every package.
struct Root<'l>(&'static str, &'l [u8]);

impl Nearby for Root<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        match path {
            "../../../etc/os-release" | "../../../../etc/os-release" => {
                Ok(self.0.as_bytes().to_vec())
            }
            "info/libssl3.list" | "file.md5sums" => Ok(self.1.to_vec()),
            _ => Err(NearbyError::Absent),
        }
    }
}

const LIST: &str = "/.\n/usr/lib/python3/dist-packages/six-1.dist-info/METADATA\n";
const SUMS: &str = "d41d8cd98f00b204e9800998ecf8427e  usr/lib/six-1.dist-info/METADATA\n";
const DPKG: &str = "Package: libssl3\nStatus: install ok installed\nSource: openssl (3.0.11-1)\n\
    Architecture: amd64\nVersion: 3.0.11-1+b1\nDepends: libc6 (>= 2.34), a | b:any\n\
    Description: Library\n more of it\n .\n\nPackage: libc6\nStatus: hold ok half-installed\n\
    Provides: a (= 1)\nVersion: 2.36-9\n";
const APK: &str = "C:Q1abc=\nP:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\no:musl\n\
    p:so:libc.musl-x86_64.so.1=1\nF:lib\nR:ld.so\n\nP:busybox\nV:1.36.1-r29\n\
    D:so:libc.musl-x86_64.so.1 !a b>=1\n";

#[test]
fn a_broken_database_is_an_error_or_a_consistent_inventory() {
    let rpms: Vec<_> = (0..60)
        .map(|n| {
            let source = "p-1-2.el9.src.rpm";
            let header = rpm_header(&format!("p{n}"), "1", "2.el9", Some(n), source, 100 * 60);
            rpm_files(&header, &["/usr/lib/", "/usr/"], &[(0, "a"), (1, "b"), (n % 2, "c")])
        })
        .collect();
    let binary = |name: &str, bytes| Seed { name: name.to_owned(), bytes };
    let seeds = [
        Seed::new("var/lib/dpkg/status", DPKG),
        Seed::new("var/lib/dpkg/status.d/libssl3", DPKG),
        Seed::new("lib/apk/db/installed", APK),
        binary("var/lib/rpm/rpmdb.sqlite", sqlite(&rpms[..20])),
        binary("usr/lib/sysimage/rpm/rpmdb.sqlite", sqlite(&rpms)),
        binary("var/lib/rpm/Packages.db", ndb(&rpms[..10])),
        Seed::new("var/lib/dpkg/info/libssl3.list", LIST),
        Seed::new("var/lib/dpkg/status.d/libssl3.md5sums", SUMS),
        Seed::new("os-release", "ID=\"opensuse-leap\"\nVERSION_ID='15.5'\nNAME=a\\ b\n"),
    ];
    mutation::run("distributions", &seeds, |seed, input| {
        // Lists are broken beside a database that is not.
        let of_list = match &*seed.name {
            "var/lib/dpkg/info/libssl3.list" => database_of("var/lib/dpkg/status"),
            "var/lib/dpkg/status.d/libssl3.md5sums" => database_of("var/lib/dpkg/status.d/file"),
            _ => None,
        };
        if let Some(database) = of_list {
            return owns_consistently(database, DPKG.as_bytes(), &Root("", input));
        }
        let Some(database) = database_of(&seed.name) else {
            return System::parse(&String::from_utf8_lossy(input)).release.is_some();
        };
        let root = match &*seed.name {
            "lib/apk/db/installed" => Root("ID=alpine\nVERSION_ID=3.20.3\n", b""),
            name if name.contains("dpkg") => Root("ID=debian\nVERSION_ID=12\n", LIST.as_bytes()),
            _ => Root("ID=rocky\nVERSION_ID=9.3\n", b""),
        };
        let owns = owns_consistently(database, input, &root);
        let read = (database.read)(&Input { bytes: input, file_name: "file", nearby: &root });
        assert_eq!(read.is_ok(), owns, "{read:?}");
        read.is_ok_and(|inventory| {
            let count = u32::try_from(inventory.packages.len()).unwrap();
            for entry in &inventory.packages {
                assert!(entry.needs.iter().all(|need| *need < count), "{entry:?}");
                assert!(entry.version.exact().is_some_and(|version| !version.is_empty()));
                let _ = Purl::of_package(&entry.name, entry.version.exact());
            }
            true
        })
    });
}

/// Whether the files that the packages own can be told. Those that are, were asked for and wanted.
fn owns_consistently(database: &Database, bytes: &[u8], root: &Root<'_>) -> bool {
    let input = Input { bytes, file_name: "file", nearby: root };
    let asked = Cell::new(0_usize);
    let wanted = |path: &str| {
        assert!(path.len() <= 4096, "{path}");
        asked.set(asked.get() + 1);
        path.len().is_multiple_of(2)
    };
    owned(database, &input, &wanted).is_ok_and(|owned| {
        assert!(owned.paths.len() <= asked.get());
        assert!(owned.paths.iter().all(|path| path.len().is_multiple_of(2)));
        assert!(owned.gaps.len() <= 2, "{:?}", owned.gaps);
        true
    })
}
