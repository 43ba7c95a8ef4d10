//! Whole images, built here: what they say, and what is odd about them.

use mainstay_archives::{Budget, Limits};
use mainstay_images::{Images, TarParts, read};
use mainstay_reading::{AnomalyCode, ReadError};
use mainstay_testkit::{ImageParts, TarPart, gzip, saved_by_old_docker, tar_of, zstd};

#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
fn opened(archive: &[u8], judge: impl FnOnce(Result<Images<'_>, ReadError>)) {
    let budget = Budget::new(Limits::default());
    let bytes = archive.to_vec();
    let open = || -> std::io::Result<Box<dyn std::io::Read + Send>> {
        Ok(Box::new(std::io::Cursor::new(bytes.clone())))
    };
    let mut parts = TarParts::new(&open, &budget).unwrap();
    judge(read(&mut parts, &|path, _| path != "skipped", 1 << 20, &budget));
}

fn files(images: &Images<'_>) -> Vec<String> {
    let of = |image: &mainstay_images::Image<'_>| {
        image.root.files().map(|file| format!("{}:{}", file.path, file.layer)).collect::<Vec<_>>()
    };
    images.list.iter().flat_map(of).collect()
}

fn layer(name: &str) -> Vec<u8> {
    tar_of(&[TarPart::file(name, b"content")])
}

#[test]
fn an_oci_layout_with_packed_layers_is_read() {
    let [a, b, c] = ["a", "b", "c"].map(layer);
    let image = ImageParts::new("app:1.0", &[(&a, &gzip(&a)), (&b, &zstd(&b)), (&c, &c)]);
    opened(&image.archive(), |images| {
        let images = images.unwrap();
        assert_eq!(files(&images), ["a:0", "b:1", "c:2"]);
        assert_eq!(images.list[0].to_string(), "app:1.0 linux/amd64");
        assert_eq!(images.list[0].layers[1].created_by.as_deref(), Some("step 1"));
        assert!(images.gaps.is_empty() && images.anomalies.is_empty(), "{:?}", images.anomalies);
    });
}

#[test]
fn an_archive_of_an_older_docker_is_read() {
    opened(&saved_by_old_docker(&[layer("a"), layer("b")]), |images| {
        let images = images.unwrap();
        assert_eq!(files(&images), ["a:0", "b:1"]);
        assert_eq!(images.list[0].name, "app:1.0");
        assert!(images.gaps.is_empty() && images.anomalies.is_empty(), "{:?}", images.anomalies);
    });
}

#[test]
fn a_packed_archive_is_read() {
    opened(&gzip(&saved_by_old_docker(&[layer("a")])), |images| {
        assert_eq!(files(&images.unwrap()), ["a:0"]);
    });
}

#[test]
fn a_layer_with_another_content_than_its_digest_says_is_told() {
    let mut image = ImageParts::plain("app", &[layer("a")]);
    image.replace_layer(0, layer("b"));
    opened(&image.archive(), |images| {
        let codes: Vec<_> = images.unwrap().anomalies.iter().map(|one| one.code).collect();
        assert_eq!(codes, [AnomalyCode::WrongContent, AnomalyCode::WrongContent]);
    });
}

#[test]
fn a_layer_that_is_not_there_is_a_gap_and_the_others_are_read() {
    let mut image = ImageParts::plain("app", &[layer("a"), layer("b")]);
    image.remove_layer(0);
    opened(&image.archive(), |images| {
        let images = images.unwrap();
        assert_eq!(files(&images), ["b:1"]);
        assert_eq!(images.gaps.len(), 1);
    });
}

#[test]
fn a_layer_that_is_cut_off_is_a_gap() {
    let whole = gzip(&layer("a"));
    let mut image = ImageParts::new("app", &[(&layer("a"), &whole)]);
    image.replace_layer(0, whole[..whole.len() / 2].to_vec());
    opened(&image.archive(), |images| assert_eq!(images.unwrap().gaps.len(), 1));
}

#[test]
fn a_layer_of_a_method_that_is_not_read_is_a_gap() {
    let image = ImageParts::plain("app", &[b"\xFD7zXZ\0 not read".to_vec()]);
    opened(&image.archive(), |images| {
        assert!(images.unwrap().gaps[0].reason.contains("xz"));
    });
}

#[test]
fn a_layer_that_grows_without_end_ends_at_the_limit() {
    let zeros = vec![0; 64 << 20];
    let a = layer("a");
    let image = ImageParts::new("app", &[(&zeros, &gzip(&zeros)), (&a, &a)]);
    opened(&image.archive(), |images| {
        let images = images.unwrap();
        assert!(images.gaps[0].reason.contains("larger than packed"), "{:?}", images.gaps);
        assert_eq!(files(&images), ["a:1"]);
    });
}

#[test]
fn every_platform_that_is_there_is_read_and_the_others_are_named() {
    let mut image = ImageParts::plain("app", &[layer("a")]);
    image.add_absent_platform("linux", "s390x");
    opened(&image.archive(), |images| {
        let images = images.unwrap();
        assert_eq!(images.list.len(), 1);
        assert_eq!(images.left_out[0].0, "app linux/s390x");
    });
}

#[test]
fn a_tar_that_is_no_image_is_refused() {
    opened(&layer("a"), |images| assert!(images.is_err()));
}

#[test]
fn images_that_are_too_many_are_a_gap() {
    let names: Vec<String> =
        (0..300).map(|at| format!(r#"{{"Config": "c.json", "Layers": ["l{at}"]}}"#)).collect();
    let list = format!("[{}]", names.join(","));
    let archive =
        tar_of(&[TarPart::file("manifest.json", list.as_bytes()), TarPart::file("c.json", b"{}")]);
    opened(&archive, |images| {
        let images = images.unwrap();
        assert!(images.gaps.iter().any(|gap| gap.reason.contains("too many")), "{:?}", images.gaps);
    });
}
