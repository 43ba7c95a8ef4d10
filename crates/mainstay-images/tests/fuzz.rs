//! Broken images: an error or a consistent file system, no panic.

use mainstay_archives::{ArchiveError, Budget, Limits};
use mainstay_images::{Onlooker, Request, TarParts, read};
use mainstay_testkit::mutation::{self, Seed};
use mainstay_testkit::{ImageParts, TarPart, gzip, saved_by_old_docker, tar_of, zstd};

/// Looks at files that begin as `program`.
struct Eye;

impl Onlooker for Eye {
    fn looks_at(&self, _: &str, first: &[u8], _: u64) -> bool {
        first.starts_with(b"program")
    }

    fn look(&mut self, _: &str, content: Result<&[u8], ArchiveError>) -> Option<usize> {
        content.ok().map(<[u8]>::len)
    }
}

#[test]
fn a_broken_image_is_an_error_or_a_consistent_file_system() {
    let lower = tar_of(&[
        TarPart::folder("etc"),
        TarPart::symlink("lib", "usr/lib"),
        TarPart::file("etc/os-release", b"ID=debian\n"),
        TarPart::hard_link("etc/same", "etc/os-release"),
    ]);
    let upper = tar_of(&[
        TarPart::file("lib/.wh..wh..opq", b""),
        TarPart::file("etc/.wh.same", b""),
        TarPart::file("lib/a", b"a"),
        TarPart::file("lib/program", &b"program".repeat(20)),
    ]);
    let images = [
        ImageParts::plain("plain", &[lower.clone(), upper.clone()]).archive(),
        ImageParts::new("packed", &[(&lower, &gzip(&lower)), (&upper, &zstd(&upper))]).archive(),
        saved_by_old_docker(&[lower, upper]),
    ];
    let seed = |bytes: Vec<u8>| Seed { name: "image".to_owned(), bytes };
    let seeds: Vec<Seed> = images.into_iter().map(seed).collect();
    mutation::run("images", &seeds, |_, input| {
        let limits = Limits { unpacked_bytes: 64 << 20, held_bytes: 16 << 20, ..Limits::default() };
        let budget = Budget::new(limits);
        let bytes = input.to_vec();
        let open = || -> std::io::Result<Box<dyn std::io::Read + Send>> {
            Ok(Box::new(std::io::Cursor::new(bytes.clone())))
        };
        let Ok(mut parts) = TarParts::new(&open, &budget) else { return false };
        let wanted = |_: &str, size| size < 64;
        let mut request = Request { wanted: &wanted, largest: 1 << 20, onlooker: &mut Eye };
        let Ok(images) = read(&mut parts, &mut request, &budget) else { return false };
        for image in &images.list {
            for file in image.root.files(&|_, _| true) {
                assert!(file.layer < image.layers.len(), "{file:?}");
                assert!(!file.path.starts_with('/') && !file.path.contains("../"), "{file:?}");
            }
        }
        true
    });
}
