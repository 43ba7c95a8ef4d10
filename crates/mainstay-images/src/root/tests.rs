use mainstay_archives::{Budget, Limits};
use mainstay_testkit::{TarPart, tar_of};

use super::*;
use crate::layer;

fn laid_out<'b>(budget: &'b Budget, layers: &[&[TarPart]]) -> Root<'b> {
    let mut root = Root::default();
    for (position, parts) in layers.iter().enumerate() {
        let bytes = tar_of(parts);
        let layer = layer::read(&mut &*bytes, &|_, _| true, 1000, budget);
        assert_eq!(layer.problem, None);
        root.apply(position, &layer);
    }
    root
}

fn files(layers: &[&[TarPart]]) -> Vec<String> {
    let budget = Budget::new(Limits::default());
    let root = laid_out(&budget, layers);
    let text = |file: FileNode<'_>| {
        let content = String::from_utf8_lossy(file.content.unwrap()).into_owned();
        format!("{} {} {content}", file.path, file.layer)
    };
    root.files().map(text).collect()
}

fn file(name: &str, content: &str) -> TarPart {
    TarPart::file(name, content.as_bytes())
}

#[test]
fn a_later_layer_replaces_a_file() {
    assert_eq!(
        files(&[&[file("a", "old"), file("b", "b")], &[file("a", "new")]]),
        ["a 1 new", "b 0 b"]
    );
}

#[test]
fn a_whiteout_takes_a_file_or_a_folder_away() {
    let lower = [file("etc/a", "1"), file("etc/b/c", "2"), file("etc/bc", "3")];
    let upper = [file("etc/.wh.a", ""), file("etc/.wh.b", "")];
    assert_eq!(files(&[&lower, &upper]), ["etc/bc 0 3"]);
}

#[test]
fn an_opaque_folder_hides_what_is_below_and_not_what_the_layer_adds() {
    let lower = [file("app/old", "1"), file("application", "2")];
    let upper = [file("app/new", "3"), file("app/.wh..wh..opq", "")];
    assert_eq!(files(&[&lower, &upper]), ["app/new 1 3", "application 0 2"]);
}

#[test]
fn a_whiteout_does_not_hide_what_its_own_layer_adds() {
    let upper = [file("a", "new"), file(".wh.a", "")];
    assert_eq!(files(&[&[file("a", "old")], &upper]), ["a 1 new"]);
}

#[test]
fn a_file_in_place_of_a_folder_takes_the_folder_away() {
    assert_eq!(files(&[&[file("a/b", "1")], &[file("a", "2")]]), ["a 1 2"]);
}

#[test]
fn a_path_through_a_link_of_a_lower_layer_is_what_the_link_leads_to() {
    let lower = [TarPart::symlink("lib", "usr/lib"), file("usr/lib/x", "1")];
    let upper = [file("lib/y", "2"), file("lib/.wh.x", "")];
    assert_eq!(files(&[&lower, &upper]), ["usr/lib/y 1 2"]);
}

#[test]
fn a_hard_link_has_the_content_of_the_file() {
    let parts = [file("a", "1"), TarPart::hard_link("b", "a")];
    assert_eq!(files(&[&parts]), ["a 0 1", "b 0 1"]);
}

#[test]
fn a_link_is_followed_within_the_image_alone() {
    let budget = Budget::new(Limits::default());
    let parts = [
        TarPart::symlink("etc/os-release", "../usr/lib/os-release"),
        TarPart::symlink("etc/up", "../../../../../usr/lib/os-release"),
        TarPart::symlink("etc/absolute", "/usr/lib/os-release"),
        file("usr/lib/os-release", "ID=debian"),
    ];
    let root = laid_out(&budget, &[&parts]);
    for path in ["../../../etc/os-release", "../../../etc/up", "../../../etc/absolute"] {
        assert_eq!(root.beside("var/lib/dpkg").read(path).unwrap(), b"ID=debian", "{path}");
    }
}

#[test]
fn links_in_a_circle_lead_nowhere() {
    let budget = Budget::new(Limits::default());
    let root = laid_out(&budget, &[&[TarPart::symlink("a", "b"), TarPart::symlink("b", "a")]]);
    assert_eq!(root.beside("").read("a"), Err(NearbyError::Absent));
}

#[test]
fn a_file_above_the_limit_is_there_without_its_content() {
    let budget = Budget::new(Limits::default());
    let root = laid_out(&budget, &[&[file("a", &"x".repeat(1001))]]);
    assert!(root.files().next().unwrap().content.unwrap_err().contains("1001 bytes"));
}

#[test]
fn a_whiteout_of_something_outside_is_odd() {
    let budget = Budget::new(Limits::default());
    let bytes = tar_of(&[file(".wh...", ""), file("a/.wh.", "")]);
    let layer = layer::read(&mut &*bytes, &|_, _| true, 1000, &budget);
    assert_eq!(layer.odd_whiteouts, [".wh...", "a/.wh."]);
}
