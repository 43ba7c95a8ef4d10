//! Whole images, built here: what they say, and what is odd about them.

use mainstay_archives::{ArchiveError, Budget, Limits};
use mainstay_images::{Images, Onlooker, Request, SHOWN_FIRST, TarParts, Unread, read};
use mainstay_reading::{AnomalyCode, ReadError};
use mainstay_testkit::{ImageParts, TarPart, gzip, saved_by_old_docker, tar_of, unpack_tar, zstd};

#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
fn opened(archive: &[u8], judge: impl FnOnce(Result<Images<'_>, ReadError>)) {
    let budget = Budget::new(Limits::default());
    let bytes = archive.to_vec();
    let open = || -> std::io::Result<Box<dyn std::io::Read + Send>> {
        Ok(Box::new(std::io::Cursor::new(bytes.clone())))
    };
    let mut parts = TarParts::new(&open, &budget).unwrap();
    let wanted = |path: &str, _| !path.starts_with("skipped") && !path.starts_with("shown");
    let mut request = Request { wanted: &wanted, largest: 1 << 20, onlooker: &mut Eye::default() };
    judge(read(&mut parts, &mut request, &budget));
}

/// Looks at files whose name begins with `shown`, and remembers those that have their end.
#[derive(Default)]
struct Eye {
    seen: usize,
}

impl Onlooker for Eye {
    fn looks_at(&self, path: &str, first: &[u8], size: u64) -> bool {
        assert_eq!(first.len() as u64, size.min(SHOWN_FIRST as u64));
        path.starts_with("shown")
    }

    fn look(&mut self, _: &str, content: Result<&[u8], ArchiveError>) -> Option<usize> {
        let is_whole = content.is_ok_and(|bytes| bytes.ends_with(b"its end"));
        self.seen += 1;
        is_whole.then_some(self.seen)
    }
}

/// A file of 107 bytes.
fn shown(name: &str) -> TarPart {
    TarPart::file(name, &[&[7; 100][..], b"its end"].concat())
}

#[test]
fn a_file_that_is_shown_is_remembered_by_its_number_and_its_layer() {
    let layers = [
        tar_of(&[shown("shown"), shown("shown-and-gone"), shown("skipped-one")]),
        tar_of(&[TarPart::hard_link("shown-again", "shown"), TarPart::file("shown-short", b"a")]),
        tar_of(&[shown("shown"), TarPart::file(".wh.shown-and-gone", b"")]),
    ];
    opened(&ImageParts::plain("app", &layers).archive(), |images| {
        let images = images.unwrap();
        let root = &images.list[0].root;
        let found: Vec<_> =
            root.files(&|_, _| false).map(|file| (file.path, file.layer, file.content)).collect();
        // The short one was shown too, and not remembered.
        let (first, third) = (Unread::Shown(1), Unread::Shown(4));
        assert_eq!(found, [("shown", 2, Err(&third)), ("shown-again", 1, Err(&first))]);
        assert_eq!(root.before("shown").collect::<Vec<_>>(), [(0, Err(&first))]);
        assert_eq!(root.passed_files(&|_, _| false), 2);
    });
}

fn files(images: &Images<'_>) -> Vec<String> {
    let of = |image: &mainstay_images::Image<'_>| {
        image
            .root
            .files(&|_, _| true)
            .map(|file| format!("{}:{}", file.path, file.layer))
            .collect::<Vec<_>>()
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

/// An archive of an older Docker: its list of images, their configuration `{}`, and its members.
fn saved(list: &str, more: &[TarPart]) -> Vec<u8> {
    let mut parts =
        vec![TarPart::file("manifest.json", list.as_bytes()), TarPart::file("c.json", b"{}")];
    parts.extend_from_slice(more);
    tar_of(&parts)
}

#[test]
fn a_layer_that_two_images_reach_by_two_paths_is_in_both() {
    let list =
        r#"[{"Config": "c.json", "Layers": ["l0"]}, {"Config": "c.json", "Layers": ["l1", "l2"]}]"#;
    let members = [
        TarPart::file("l0", &layer("a")),
        TarPart::symlink("l1", "l0"),
        TarPart::file("l2", &layer("b")),
    ];
    opened(&saved(list, &members), |images| {
        assert_eq!(files(&images.unwrap()), ["a:0", "a:0", "b:1"]);
    });
}

#[test]
fn documents_may_begin_with_blanks() {
    let list = "\n  [{\"Config\": \"d.json\", \"Layers\": [\"l0\"]}]";
    let members =
        [TarPart::file("d.json", b" \n{\"os\": \"linux\"}"), TarPart::file("l0", &layer("a"))];
    opened(&saved(list, &members), |images| {
        let images = images.unwrap();
        assert_eq!(images.list[0].platform, "linux");
        assert!(images.gaps.is_empty(), "{:?}", images.gaps);
    });
}

#[test]
fn a_document_that_is_too_large_is_a_gap() {
    let list = r#"[{"Config": "d.json", "Layers": ["l0"]}]"#;
    let large = [b"{\"a\": \"".to_vec(), vec![b'x'; 5 << 20], b"\"}".to_vec()].concat();
    let members = [TarPart::file("d.json", &large), TarPart::file("l0", &layer("a"))];
    opened(&saved(list, &members), |images| {
        let gaps = images.unwrap().gaps;
        assert!(gaps[0].reason.contains("larger than"), "{gaps:?}");
    });
}

#[test]
fn what_is_odd_about_the_archive_itself_is_told() {
    let list = r#"[{"Config": "c.json", "Layers": ["l0"]}]"#;
    let one = TarPart::file("l0", &layer("a"));
    let members = [one.clone(), one, TarPart::file("../../x", b"")];
    opened(&saved(list, &members), |images| {
        let codes: Vec<_> = images.unwrap().anomalies.iter().map(|one| one.code).collect();
        assert!(codes.contains(&AnomalyCode::PathLeadsOut), "{codes:?}");
        assert!(codes.contains(&AnomalyCode::DuplicateMember), "{codes:?}");
    });
}

#[test]
fn an_image_of_more_or_fewer_layers_than_its_configuration_names_is_a_gap() {
    let list = r#"[{"Config": "d.json", "RepoTags": ["a:1"]}]"#;
    let config = format!(r#"{{"rootfs": {{"diff_ids": ["sha256:{}"]}}}}"#, "0".repeat(64));
    let members = [TarPart::file("d.json", config.as_bytes()), TarPart::file("l0", &layer("a"))];
    opened(&saved(list, &members), |images| {
        let gaps = images.unwrap().gaps;
        assert!(gaps[0].reason.contains("0 layers and its configuration names 1"), "{gaps:?}");
    });
}

#[test]
fn every_digest_that_an_image_gives_a_layer_is_compared() {
    let list = r#"[{"Config": "d.json", "Layers": ["l0", "l0"]}]"#;
    let ids = ["0", "1"].map(|digit| format!(r#""sha256:{}""#, digit.repeat(64)));
    let config = format!(r#"{{"rootfs": {{"diff_ids": [{}]}}}}"#, ids.join(","));
    let members = [TarPart::file("d.json", config.as_bytes()), TarPart::file("l0", &layer("a"))];
    opened(&saved(list, &members), |images| {
        assert_eq!(images.unwrap().anomalies.len(), 2);
    });
}

#[test]
fn a_layer_that_is_listed_again_and_again_costs_once() {
    let names = vec![r#""l0""#; 1000].join(",");
    let images: Vec<String> = (0..200)
        .map(|at| format!(r#"{{"Config": "c.json", "Layers": ["e{at}",{names}]}}"#))
        .collect();
    let list = format!("[{}]", images.join(","));
    let many: Vec<TarPart> = (0..200).map(|at| TarPart::file(&format!("f{at}"), b"")).collect();
    let members = [TarPart::file("l0", &tar_of(&many))];
    opened(&saved(&list, &members), |images| {
        let images = images.unwrap();
        assert_eq!(images.list[0].root.files(&|_, _| true).count(), 200);
        assert_eq!(images.list[0].layers.len(), 1001);
    });
}

/// For each file its layer, of an image of these layers of an archive.
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
fn brought(layers: &str, members: &[(&str, &[TarPart])]) -> Vec<(String, usize)> {
    let list = format!(r#"[{{"Config": "c.json", "Layers": [{layers}]}}]"#);
    let tars = members.iter().map(|(name, parts)| TarPart::file(name, &tar_of(parts)));
    let mut found = Vec::new();
    opened(&saved(&list, &tars.collect::<Vec<_>>()), |images| {
        let root = &images.unwrap().list[0].root;
        let files = root.files(&|_, _| true);
        found.extend(files.map(|file| (file.path.to_owned(), file.layer)));
    });
    found
}

fn file(name: &str, content: &[u8]) -> TarPart {
    TarPart::file(name, content)
}

#[test]
fn a_layer_that_comes_again_brings_only_what_did_not_stand_any_more() {
    let twice = [file("changed", b"1"), file("gone", b"1"), file("same", b"1")];
    let between = [file("changed", b"2"), file(".wh.gone", b""), file("other", b"")];
    let found = brought(r#""a", "b", "a""#, &[("a", &twice), ("b", &between)]);
    let expected = [("changed", 2), ("gone", 2), ("other", 1), ("same", 0)];
    assert_eq!(found, expected.map(|(path, at)| (path.to_owned(), at)));
}

#[test]
fn a_hard_link_finds_a_file_of_a_lower_layer_that_comes_again() {
    let (lower, upper) = ([file("a", b"1")], [TarPart::hard_link("b", "a")]);
    let found = brought(r#""a", "b", "a""#, &[("a", &lower), ("b", &upper)]);
    assert_eq!(found, [("a".to_owned(), 0), ("b".to_owned(), 1)]);
}

#[test]
fn two_layers_that_take_turns_without_end_cost_little() {
    let many: Vec<TarPart> = (0..20_000).map(|at| TarPart::file(&format!("f{at}"), b"")).collect();
    let layers = vec![r#""a", "b""#; 1000].join(",");
    assert_eq!(brought(&layers, &[("a", &many), ("b", &many)]).len(), 20_000);
}

/// Why an image of two layers, which take turns so often, is not known whole.
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
fn gaps_of_turns(times: usize, layer: &[TarPart]) -> Vec<String> {
    let layers = vec![r#""a", "b""#; times].join(",");
    let list = format!(r#"[{{"Config": "c.json", "Layers": [{layers}]}}]"#);
    let tar = tar_of(layer);
    let mut gaps = Vec::new();
    opened(
        &saved(&list, &[TarPart::file("a", &tar), TarPart::file("b", &tar_of(&[]))]),
        |images| {
            gaps.extend(images.unwrap().gaps.into_iter().map(|gap| gap.reason));
        },
    );
    gaps
}

#[test]
fn a_turn_of_a_layer_that_was_not_laid_on_is_told() {
    let gaps = gaps_of_turns(20, &[file("a", b"1")]);
    assert_eq!(gaps, ["a layer comes more than 8 times, and not each was laid on"]);
}

#[test]
fn a_layer_that_changes_nothing_may_come_as_often_as_it_likes() {
    assert_eq!(gaps_of_turns(20, &[]), [""; 0]);
}

/// An OCI layout of one image whose manifest and whose entry in the index were changed.
fn disguised(change: impl Fn(&mut String)) -> Vec<u8> {
    let parts = unpack_tar(&ImageParts::plain("app", &[layer("a")]).archive());
    let parts: Vec<TarPart> = parts
        .into_iter()
        .map(|(path, content)| {
            let text = String::from_utf8_lossy(&content);
            let is_document = text.starts_with('{') && text.contains("schemaVersion");
            let mut text = text.into_owned();
            if is_document {
                change(&mut text);
                return TarPart::file(&path, text.as_bytes());
            }
            TarPart::file(&path, &content)
        })
        .collect();
    tar_of(&parts)
}

#[test]
fn an_image_that_calls_itself_something_else_is_read() {
    type Change = fn(&mut String);
    let changes: [Change; 3] = [
        |text| *text = text.replacen('{', r#"{"artifactType": "x/y","#, 1),
        |text| {
            let name = r#""io.containerd.image.name":"app""#;
            let kind = r#""vnd.docker.reference.type":"attestation-manifest""#;
            *text = text.replace(name, kind);
        },
        |text| *text = text.replace("vnd.oci.image.layer.v1.tar", "vnd.example.tar"),
    ];
    for change in changes {
        opened(&disguised(change), |images| {
            let images = images.unwrap();
            assert_eq!(files(&images), ["a:0"], "{:?}", images.left_out);
        });
    }
    let statement = |text: &mut String| {
        *text = text.replace("vnd.oci.image.layer.v1.tar", "vnd.in-toto+json");
    };
    opened(&disguised(statement), |images| assert!(images.unwrap().list.is_empty()));
}
