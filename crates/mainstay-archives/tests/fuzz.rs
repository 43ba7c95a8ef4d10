//! Every reader of containers, on broken archives: an answer or an error, no panic, no path that
//! leads out, and never more than the budget has.

use std::io::Read;

use mainstay_archives::{
    ArchiveError, Budget, Container, Limits, MemberPath, Packing, Tar, TarUse, Zip, unpack,
};
use mainstay_testkit::mutation::{self, Seed};
use mainstay_testkit::{TarPart, ZipPart, gzip, tar_of, zip_of, zstd};

#[test]
fn a_broken_archive_is_an_error_or_stays_inside() {
    mutation::run("archives", &seeds(), |seed, input| {
        let limits = Limits { unpacked_bytes: 64 << 20, members: 10_000, ..Limits::default() };
        let budget = Budget::new(limits);
        let read = match &*seed.name {
            "zip" => read_zip(input, &budget),
            "tar" => read_tar(input, &budget),
            "gzip" => read_tar(unpack(Packing::Gzip, input, &budget), &budget),
            _ => read_tar(unpack(Packing::Zstd, input, &budget), &budget),
        };
        let _ = Container::of_bytes(input);
        read.is_ok()
    });
}

fn read_zip(input: &[u8], budget: &Budget) -> Result<(), ArchiveError> {
    let zip = Zip::open(&input, budget)?;
    for member in zip.members() {
        stays_inside(&member.member.path);
        let _ = zip.read(member, budget);
    }
    Ok(())
}

fn read_tar(input: impl Read, budget: &Budget) -> Result<(), ArchiveError> {
    let mut tar = Tar::new(input, TarUse::Package, budget);
    while let Some(member) = tar.next_member()? {
        stays_inside(&member.path);
        let _ = tar.read_content();
    }
    Ok(())
}

fn stays_inside(path: &MemberPath) {
    assert!(!path.as_str().starts_with('/'));
    assert!(path.as_str().split('/').all(|part| part != "."), "{path}");
    assert!(path.as_str().split('/').all(|part| part != ".."), "{path}");
}

fn seeds() -> Vec<Seed> {
    let zip = zip_of(&[
        ZipPart::stored("a", b"one"),
        ZipPart::deflated("b/c", &[7; 500]).with_long_sizes(),
        ZipPart::symlink("d", "../../e"),
        ZipPart::stored("../f", b"six"),
    ]);
    let tar = tar_of(&[
        TarPart::folder("a/"),
        TarPart::long_name(&"long/".repeat(40)),
        TarPart::file("b", &[1; 600]),
        TarPart::pax(&[("path", "c/d"), ("size", "3")]),
        TarPart::file("short", b"abc"),
        TarPart::symlink("e", "/etc"),
        TarPart::hard_link("f", "b"),
    ]);
    let (gz, zst) = (gzip(&tar), zstd(&tar));
    [("zip", zip), ("tar", tar), ("gzip", gz), ("zstd", zst)]
        .map(|(name, bytes)| Seed { name: name.to_owned(), bytes })
        .into()
}
