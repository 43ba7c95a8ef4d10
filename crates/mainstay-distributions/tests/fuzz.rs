//! Every reader, on broken databases: an inventory that is consistent or an error, no panic.

use mainstay_distributions::{System, database_of};
use mainstay_reading::{Input, Nearby, NearbyError};
use mainstay_testkit::mutation::{self, Seed};
use mainstay_testkit::{rpm_header as header, rpm_ndb as ndb, rpm_sqlite as sqlite};
use mainstay_types::Purl;

struct Root(&'static str);

impl Nearby for Root {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        match path {
            "../../../etc/os-release" | "../../../../etc/os-release" => {
                Ok(self.0.as_bytes().to_vec())
            }
            _ => Err(NearbyError::Absent),
        }
    }
}

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
        .map(|n| header(&format!("p{n}"), "1", "2.el9", Some(n), "p-1-2.el9.src.rpm", 100 * 60))
        .collect();
    let binary = |name: &str, bytes| Seed { name: name.to_owned(), bytes };
    let seeds = [
        Seed::new("var/lib/dpkg/status", DPKG),
        Seed::new("var/lib/dpkg/status.d/libssl3", DPKG),
        Seed::new("lib/apk/db/installed", APK),
        binary("var/lib/rpm/rpmdb.sqlite", sqlite(&rpms[..20])),
        binary("usr/lib/sysimage/rpm/rpmdb.sqlite", sqlite(&rpms)),
        binary("var/lib/rpm/Packages.db", ndb(&rpms[..10])),
        Seed::new("os-release", "ID=\"opensuse-leap\"\nVERSION_ID='15.5'\nNAME=a\\ b\n"),
    ];
    mutation::run("distributions", &seeds, |seed, input| {
        let Some(database) = database_of(&seed.name) else {
            return System::parse(&String::from_utf8_lossy(input)).release.is_some();
        };
        let root = match &*seed.name {
            "lib/apk/db/installed" => Root("ID=alpine\nVERSION_ID=3.20.3\n"),
            name if name.contains("dpkg") => Root("ID=debian\nVERSION_ID=12\n"),
            _ => Root("ID=rocky\nVERSION_ID=9.3\n"),
        };
        let read = (database.read)(&Input { bytes: input, file_name: "file", nearby: &root });
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
