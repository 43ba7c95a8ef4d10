use mainstay_archives::{Budget, Limits};
use mainstay_testkit::{TarPart, tar_of};

use super::*;
use crate::layer::{self, Unread};

/// Looks at nothing.
struct Nobody;

impl layer::Onlooker for Nobody {
    fn looks_at(&self, _: &str, _: &[u8], _: u64) -> bool {
        false
    }

    fn look(&mut self, _: &str, _: Result<&[u8], ArchiveError>) -> Option<usize> {
        None
    }
}

fn read<'b>(bytes: &[u8], wanted: Wanted<'_>, budget: &'b Budget) -> Layer<'b> {
    let mut request = layer::Request { wanted, largest: 1000, onlooker: &mut Nobody };
    layer::read(&mut &*bytes, &mut request, budget)
}

fn laid_out<'b>(budget: &'b Budget, layers: &[&[TarPart]]) -> Root<'b> {
    let mut root = Root::new(budget);
    for (position, parts) in layers.iter().enumerate() {
        let bytes = tar_of(parts);
        let layer = read(&bytes, &|_, _| true, budget);
        assert_eq!(layer.problem, None);
        root.apply(Turn { position, first: position }, &layer).unwrap();
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
    root.files(&|_, _| true).map(text).collect()
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
    let file = root.files(&|_, _| true).next().unwrap();
    assert_eq!(file.content, Err(&Unread::TooLarge(1001)));
}

#[test]
fn a_whiteout_of_something_outside_is_odd() {
    let budget = Budget::new(Limits::default());
    let bytes = tar_of(&[file(".wh...", ""), file("a/.wh.", "")]);
    let layer = read(&bytes, &|_, _| true, &budget);
    assert_eq!(layer.odd_whiteouts, [".wh...", "a/.wh."]);
}

#[test]
fn a_hard_link_to_a_name_with_a_leading_dot_leads_there() {
    let parts = [file(".cache/x", "1"), TarPart::hard_link("b", "./.cache/x")];
    assert_eq!(files(&[&parts]), [".cache/x 0 1", "b 0 1"]);
}

#[test]
fn a_link_with_the_name_of_a_source_is_what_it_leads_to() {
    let parts = [file("opt/x", "1"), TarPart::symlink("a/lock", "/opt/x")];
    assert_eq!(files(&[&parts]), ["a/lock 0 1", "opt/x 0 1"]);
}

/// A root of one layer of which only `lock` is kept as it comes by.
fn keeping_lock<'b>(budget: &'b Budget, parts: &[TarPart]) -> Root<'b> {
    let bytes = tar_of(parts);
    let layer = read(&bytes, &|path, _| path == "lock", budget);
    let mut root = Root::new(budget);
    root.apply(Turn { position: 0, first: 0 }, &layer).unwrap();
    root
}

#[test]
fn what_a_link_leads_to_and_was_not_kept_is_missed_by_its_own_path() {
    for link in [TarPart::hard_link("lock", "opt/x"), TarPart::symlink("lock", "opt/x")] {
        let budget = Budget::new(Limits::default());
        let root = keeping_lock(&budget, &[file("opt/x", "1"), link]);
        let found: Vec<_> = root.files(&|path, _| path == "lock").collect();
        assert_eq!((found.len(), found[0].content), (1, Err(&Unread::Passed)));
        assert_eq!(root.take_missed(), BTreeSet::from(["opt/x".into()]));
    }
}

#[test]
fn a_file_behind_a_link_of_a_folder_is_found_by_the_path_through_it() {
    let budget = Budget::new(Limits::default());
    let parts = [file("opt/db/status", "1"), TarPart::symlink("var/db", "../opt/db")];
    let root = laid_out(&budget, &[&parts]);
    let (real, found) = root.behind_links("var/db/status").unwrap();
    assert_eq!((&*real, found.content), ("opt/db/status", Ok(&b"1"[..])));
    assert!(root.behind_links("opt/db/status").is_none());
}

#[test]
fn a_device_has_nothing_to_read_and_is_told_where_a_source_should_be() {
    let budget = Budget::new(Limits::default());
    let root = keeping_lock(&budget, &[TarPart::of("lock", b'3', "", b"")]);
    let found: Vec<_> = root.files(&|path, _| path == "lock").collect();
    assert_eq!(found[0].content, Err(&Unread::Special));
}

#[test]
fn names_count_as_memory() {
    let parts: Vec<TarPart> = (0..100).map(|at| file(&format!("a{at}"), "")).collect();
    let bytes = tar_of(&parts);
    let budget = Budget::new(Limits { held_bytes: 5000, ..Limits::default() });
    let layer = read(&bytes, &|_, _| false, &budget);
    assert!(layer.problem.is_some_and(|error| error.message.contains("in memory")));
}
