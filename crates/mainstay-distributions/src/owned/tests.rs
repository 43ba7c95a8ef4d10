use mainstay_reading::NothingNearby;

use super::*;
use crate::database_of;

fn paths(gathering: Gathering<'_>) -> Vec<String> {
    gathering.finish().paths.into_iter().collect()
}

#[test]
fn a_path_has_no_slash_in_front_and_one_between() {
    let mut gathering = Gathering::of(&|_| true);
    gathering.file("", "/usr/a");
    gathering.file("/usr/lib/", "b");
    gathering.file("usr/lib", "c");
    gathering.file("/", "d");
    assert_eq!(paths(gathering), ["d", "usr/a", "usr/lib/b", "usr/lib/c"]);
}

#[test]
fn only_what_is_wanted_is_kept() {
    let mut gathering = Gathering::of(&|path| path.ends_with("/METADATA"));
    gathering.file("usr/x.dist-info", "METADATA");
    gathering.file("usr/x.dist-info", "RECORD");
    assert_eq!(paths(gathering), ["usr/x.dist-info/METADATA"]);
}

#[test]
fn a_path_that_is_too_long_is_a_gap() {
    let mut gathering = Gathering::of(&|_| true);
    gathering.file(&"a".repeat(LONGEST), "b");
    gathering.file("usr", "b");
    let owned = gathering.finish();
    assert_eq!((owned.paths.len(), owned.gaps.len()), (1, 1));
}

#[test]
fn many_files_of_a_long_folder_are_kept_up_to_a_bound_and_the_rest_is_a_gap() {
    let folder = "a".repeat(LONGEST - 32);
    let mut gathering = Gathering::of(&|_| true);
    for file in 0..20_000 {
        gathering.file(&folder, &file.to_string());
    }
    let owned = gathering.finish();
    assert!(owned.paths.iter().map(String::len).sum::<usize>() <= MOST_KEPT);
    assert!(owned.paths.len() > 10_000);
    assert!(owned.gaps[0].reason.contains("not looked at"), "{:?}", owned.gaps);
}

#[test]
fn more_than_the_bound_is_not_looked_at() {
    let mut gathering = Gathering::of(&|_| false);
    assert!(gathering.spend(MOST_BYTES - 4));
    gathering.file("usr", "bin");
    assert_eq!(gathering.finish().gaps.len(), 1);
}

#[test]
fn what_the_reader_refuses_is_refused() {
    for path in ["var/lib/dpkg/status", "lib/apk/db/installed", "var/lib/rpm/Packages"] {
        let input = Input { bytes: b"hello\n", file_name: "file", nearby: &NothingNearby };
        assert!(owned(database_of(path).unwrap(), &input, &|_| true).is_err(), "{path}");
    }
}
