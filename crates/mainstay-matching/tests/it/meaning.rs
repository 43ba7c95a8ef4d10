//! What a record means for a version: the rules of the OSV schema, "Evaluation".

use mainstay_matching::{Basis, Index, ReleaseRecords, Subject};
use mainstay_types::{Ecosystem, FindingKind, PackageName, Release, Score, Severity};

use crate::support::{ask, build, hits, range, record};

const NPM: Ecosystem = Ecosystem::Npm;

#[test]
fn a_version_in_the_range_is_hit_and_one_outside_is_not() {
    let events = r#"{"introduced":"1.0.0"},{"fixed":"1.2.0"}"#;
    let index = build(NPM, &[record("X-1", "npm", "a", &range(events))]);
    for (version, expected) in
        [("0.9.0", false), ("1.0.0", true), ("1.1.9", true), ("1.2.0", false), ("2.0.0", false)]
    {
        assert_eq!(!hits(&index, "a", version).is_empty(), expected, "{version}");
    }
}

#[test]
fn the_last_affected_version_is_affected() {
    let events = r#"{"introduced":"0"},{"last_affected":"1.2.0"}"#;
    let index = build(NPM, &[record("X-1", "npm", "a", &range(events))]);
    assert_eq!(hits(&index, "a", "1.2.0"), ["X-1"]);
    assert!(hits(&index, "a", "1.2.1").is_empty());
}

#[test]
fn a_limit_ends_a_range_but_fixes_nothing() {
    let events = r#"{"introduced":"1.0.0"},{"limit":"2.0.0"}"#;
    let index = build(NPM, &[record("X-1", "npm", "a", &range(events))]);
    let answer = ask(&index, "a", "1.5.0").unwrap();
    assert!(answer.hits[0].fixed_in.is_empty());
    assert!(hits(&index, "a", "2.0.0").is_empty());
}

#[test]
fn the_order_of_the_events_does_not_matter() {
    let events = r#"{"fixed":"3.0.0"},{"introduced":"2.0.0"},{"fixed":"1.1.0"},{"introduced":"0"}"#;
    let index = build(NPM, &[record("X-1", "npm", "a", &range(events))]);
    let hit = ["0.1.0", "1.1.0", "2.5.0", "3.0.0"].map(|v| !hits(&index, "a", v).is_empty());
    assert_eq!(hit, [true, false, true, false]);
}

#[test]
fn a_listed_version_is_hit() {
    let index = build(NPM, &[record("X-1", "npm", "a", r#""versions":["1.0.0","1.0.2"]"#)]);
    let answer = ask(&index, "a", "1.0.2").unwrap();
    assert_eq!(answer.hits[0].basis, Basis::ListedVersion);
    assert!(hits(&index, "a", "1.0.1").is_empty());
}

#[test]
fn a_listed_version_is_known_in_every_way_to_write_it() {
    let index =
        build(Ecosystem::PyPi, &[record("X-1", "PyPI", "A.b", r#""versions":["1.0","2.0rc1"]"#)]);
    assert_eq!(hits(&index, "a_B", "1.0.0"), ["X-1"]);
    assert_eq!(hits(&index, "a-b", "2.0.0-RC.1"), ["X-1"]);
}

#[test]
fn a_release_of_packagist_is_one_in_every_way_to_write_it() {
    let build =
        |rest: &str| build(Ecosystem::Packagist, &[record("X-1", "Packagist", "a/b", rest)]);
    let until = build(&range(r#"{"introduced":"1.0.0"},{"last_affected":"1.2"}"#));
    for (version, expected) in [("1.2.0", true), ("v1.2", true), ("1.0", true), ("1.2.1", false)] {
        assert_eq!(!hits(&until, "a/b", version).is_empty(), expected, "{version}");
    }
    let fixed = build(&range(r#"{"introduced":"0"},{"fixed":"1.2.0"}"#));
    for (version, expected) in [("v1.2", false), ("1.2.0-RC1", true), ("1.2.0+5", false)] {
        assert_eq!(!hits(&fixed, "a/b", version).is_empty(), expected, "{version}");
    }
    let listed = build(r#""versions":["1.2.0"]"#);
    assert_eq!(hits(&listed, "a/b", "v1.2"), ["X-1"]);
}

#[test]
fn a_range_that_begins_nowhere_is_undecided() {
    for events in ["", r#"{"fixed":"1.0.0"}"#, r#"{"last_affected":"1.0.0"}"#] {
        let index = build(NPM, &[record("X-1", "npm", "a", &range(events))]);
        for version in ["0.5.0", "2.0.0"] {
            let answer = ask(&index, "a", version).unwrap();
            assert!(answer.hits.is_empty());
            assert!(answer.undecided[0].reason.contains("does not say where it begins"));
        }
    }
}

#[test]
fn several_entries_of_a_record_are_one_hit() {
    let json = r#"{"id":"X-1","affected":[
        {"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.0"}]}]},
        {"package":{"ecosystem":"npm","name":"b"},"versions":["9.0.0"]},
        {"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.5.0"}]}]}]}"#;
    let index = build(NPM, &[json]);
    let answer = ask(&index, "a", "0.5.0").unwrap();
    assert_eq!(answer.hits.len(), 1);
    assert_eq!(answer.hits[0].fixed_in, ["1.5.0"], "1.0.0 is still affected");
    assert_eq!(hits(&index, "b", "9.0.0"), ["X-1"]);
}

#[test]
fn fixes_are_told_from_the_smallest_up() {
    let events = r#"{"introduced":"0"},{"fixed":"1.2.0"},{"introduced":"2.0.0"},{"fixed":"2.3.0"}"#;
    let index = build(NPM, &[record("X-1", "npm", "a", &range(events))]);
    assert_eq!(ask(&index, "a", "1.0.0").unwrap().hits[0].fixed_in, ["1.2.0", "2.3.0"]);
    assert_eq!(ask(&index, "a", "2.0.0").unwrap().hits[0].fixed_in, ["2.3.0"]);
}

#[test]
fn a_withdrawn_record_is_left_out() {
    let json = r#"{"id":"X-1","withdrawn":"2020-01-01T00:00:00Z","affected":[
        {"package":{"ecosystem":"npm","name":"a"},"versions":["1.0.0"]}]}"#;
    assert!(hits(&build(NPM, &[json]), "a", "1.0.0").is_empty());
}

#[test]
fn a_commit_is_hit_when_the_record_names_it() {
    let json = record(
        "X-1",
        "PyPI",
        "a",
        r#""ranges":[{"type":"GIT","repo":"https://git.example/a","events":
            [{"introduced":"0"},{"introduced":"aaaa1111"},{"last_affected":"bbbb2222"},{"fixed":"cccc3333"}]}]"#,
    );
    let index = build(Ecosystem::PyPi, &[json]);
    let name = PackageName::parse(Ecosystem::PyPi, "a").unwrap();
    let commits = ["aaaa1111", "BBBB2222", "cccc3333", "0", "dddd4444"].map(|commit| {
        let answer = index.look_up(&name, None, Subject::Commit(commit)).unwrap();
        answer.hits.first().map(|hit| (hit.basis, hit.fixed_in.clone()))
    });
    let hit = Some((Basis::Commit, vec!["cccc3333"]));
    assert_eq!(commits, [hit.clone(), hit, None, None, None]);
}

#[test]
fn commits_alone_say_nothing_about_a_version() {
    let git = r#""ranges":[{"type":"GIT","events":[{"introduced":"0"},{"fixed":"cccc3333"}]}]"#;
    let index = build(NPM, &[record("X-1", "npm", "a", git)]);
    let answer = ask(&index, "a", "1.0.0").unwrap();
    assert!(answer.hits.is_empty());
    assert_eq!(answer.undecided[0].advisory.id, "X-1");
    assert!(answer.undecided[0].reason.contains("commits only"));
}

#[test]
fn commits_beside_a_range_leave_nothing_open() {
    let both = r#""ranges":[{"type":"GIT","events":[{"introduced":"0"}]},
        {"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.0.0"}]}]"#;
    let index = build(NPM, &[record("X-1", "npm", "a", both)]);
    let answer = ask(&index, "a", "1.0.0").unwrap();
    assert!(answer.hits.is_empty() && answer.undecided.is_empty());
}

#[test]
fn an_entry_without_any_version_is_undecided() {
    let index = build(NPM, &[record("X-1", "npm", "a", r#""ranges":[],"versions":[]"#)]);
    assert_eq!(ask(&index, "a", "1.0.0").unwrap().undecided.len(), 1);
}

#[test]
fn a_bound_that_nobody_can_read_is_undecided() {
    let events = r#"{"introduced":"0"},{"fixed":"1.0.0.beta.3"}"#;
    let index = build(NPM, &[record("X-1", "npm", "a", &range(events))]);
    let answer = ask(&index, "a", "0.1.0").unwrap();
    assert!(answer.hits.is_empty());
    assert!(answer.undecided[0].reason.contains("1.0.0.beta.3"), "{:?}", answer.undecided);
}

#[test]
fn an_unreadable_bound_does_not_matter_when_another_range_hits() {
    let rest = r#""ranges":[{"type":"SEMVER","events":[{"introduced":"1.x.y.z"},{"fixed":"2.0.0"}]},
        {"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.0"}]}]"#;
    let index = build(NPM, &[record("X-1", "npm", "a", rest)]);
    assert_eq!(hits(&index, "a", "0.1.0"), ["X-1"]);
    assert_eq!(ask(&index, "a", "5.0.0").unwrap().undecided.len(), 1);
}

#[test]
fn an_unknown_event_or_type_of_range_is_undecided() {
    for rest in [
        r#""ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"mended":"1.0.0"}]}]"#,
        r#""ranges":[{"type":"CALENDAR","events":[{"introduced":"0"}]}]"#,
    ] {
        let index = build(NPM, &[record("X-1", "npm", "a", rest)]);
        let answer = ask(&index, "a", "2.0.0").unwrap();
        assert_eq!((answer.hits.len(), answer.undecided.len()), (0, 1), "{rest}");
    }
}

#[test]
fn a_version_that_nobody_can_read_is_told_and_hit_only_by_its_own_text() {
    let records = [
        record("X-1", "npm", "a", &range(r#"{"introduced":"0"},{"fixed":"9.0.0"}"#)),
        record("X-2", "npm", "a", r#""versions":["one point two"]"#),
    ];
    let index = build(NPM, &records);
    let answer = ask(&index, "a", "one point two").unwrap();
    assert!(answer.unreadable_version.is_some());
    assert_eq!(answer.hits.len(), 1);
    assert_eq!(answer.hits[0].advisory.id, "X-2");
}

#[test]
fn a_legacy_python_version_is_not_compared() {
    let index = build(
        Ecosystem::PyPi,
        &[record("X-1", "PyPI", "a", &range(r#"{"introduced":"0"},{"fixed":"9.0"}"#))],
    );
    let answer = ask(&index, "a", "2004d").unwrap();
    assert!(answer.hits.is_empty() && answer.unreadable_version.is_some());
}

#[test]
fn a_wholly_malicious_package_is_hit_in_every_version_even_an_unreadable_one() {
    let index = build(NPM, &[record("MAL-2024-1", "npm", "bad", &range(r#"{"introduced":"0"}"#))]);
    for version in ["0.0.1", "99.0.0-rc.1", "latest of all"] {
        let answer = ask(&index, "bad", version).unwrap();
        assert_eq!(answer.hits[0].advisory.kind, FindingKind::Malicious, "{version}");
    }
}

#[test]
fn a_distributions_release_is_part_of_the_question() {
    let events = range(r#"{"introduced":"0"},{"fixed":"1.2-3"}"#);
    let records = [
        record("D-12", "Debian:12", "a", &events),
        record("D-11", "Debian:11", "a", &events),
        record("D-ALL", "Debian", "a", &events),
    ];
    let index = build(Ecosystem::Debian, &records);
    let name = PackageName::parse(Ecosystem::Debian, "a").unwrap();
    let release = Release::of_osv(Ecosystem::Debian, "12").unwrap();
    let answer = index.look_up(&name, Some(&release), Subject::Version("1.2-2")).unwrap();
    let ids: Vec<_> = answer.hits.iter().map(|hit| hit.advisory.id).collect();
    assert_eq!(ids, ["D-ALL", "D-12"]);
}

#[test]
fn an_advisory_comes_with_its_rating_and_its_names() {
    let json = r#"{"id":"X-1","aliases":["CVE-2020-1","GHSA-x"],"summary":"Trouble","modified":"2021-01-01T00:00:00Z",
        "affected":[{"package":{"ecosystem":"npm","name":"a"},"versions":["1.0.0"]}],
        "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]}"#;
    let index = build(NPM, &[json]);
    let answer = ask(&index, "a", "1.0.0").unwrap();
    let advisory = &answer.hits[0].advisory;
    assert_eq!((advisory.title, advisory.severity), ("Trouble", Severity::Critical));
    assert_eq!(advisory.score, Score::from_tenths(98));
    assert_eq!(advisory.aliases, ["CVE-2020-1", "GHSA-x"]);
    assert_eq!(advisory.url, "https://osv.dev/vulnerability/X-1");
    assert_eq!(advisory.modified.unwrap().to_string(), "2021-01-01T00:00:00Z");
}

#[test]
fn an_advisory_is_found_by_id_and_by_alias_in_any_case() {
    let rest = r#""versions":["1"]}],"aliases":["CVE-2020-1"],"credits":[{"name":"x""#;
    let records = ["X-1", "X-2"].map(|id| record(id, "npm", "a", rest));
    let index = build(NPM, &records);
    assert_eq!(index.advisory("x-2").unwrap().unwrap().id, "X-2");
    assert_eq!(index.advisories("CVE-2020-1").unwrap().len(), 2);
    assert!(index.advisory("X-3").unwrap().is_none());
}

#[test]
fn a_name_without_advisories_is_told_apart() {
    let index = build(NPM, &[record("X-1", "npm", "a", r#""versions":["1.0.0"]"#)]);
    assert!(ask(&index, "a", "2.0.0").unwrap().known_name);
    assert!(!ask(&index, "b", "2.0.0").unwrap().known_name);
}

#[test]
fn an_index_without_records_answers_nothing() {
    let index = build::<&[u8]>(NPM, &[]);
    assert!(hits(&index, "a", "1.0.0").is_empty());
    assert!(index.advisory("X-1").unwrap().is_none());
}

fn ask_release(
    index: &Index,
    name: &str,
    release: &str,
    version: &str,
) -> (Vec<String>, ReleaseRecords) {
    let ecosystem = index.ecosystem();
    let name = PackageName::parse(ecosystem, name).unwrap();
    let release = Release::of_distro(ecosystem, release).unwrap();
    let answer = index.look_up(&name, Some(&release), Subject::Version(version)).unwrap();
    (answer.hits.iter().map(|hit| hit.advisory.id.to_owned()).collect(), answer.release)
}

#[test]
fn a_release_without_any_record_is_told_from_one_without_a_hit() {
    let events = range(r#"{"introduced":"0"},{"fixed":"1.2-3"}"#);
    let records =
        [record("D-12", "Debian:12", "a", &events), record("D-ALL", "Debian", "b", &events)];
    let index = build(Ecosystem::Debian, &records);
    assert_eq!(ask_release(&index, "c", "12", "1"), (Vec::new(), ReleaseRecords::There));
    assert_eq!(ask_release(&index, "a", "13", "1"), (Vec::new(), ReleaseRecords::Missing));
    assert_eq!(ask_release(&index, "b", "13", "1").0, ["D-ALL"]);
}

#[test]
fn every_spelling_of_a_release_finds_its_records() {
    let events = range(r#"{"introduced":"0"},{"fixed":"9"}"#);
    let rows = [
        (Ecosystem::Ubuntu, "Ubuntu:22.04:LTS", "22.04", "1"),
        (Ecosystem::Ubuntu, "Ubuntu:Pro:18.04:LTS", "18.04", "1"),
        (Ecosystem::Alpine, "Alpine:v3.20", "3.20.3", "1-r0"),
        (Ecosystem::RedHat, "Red Hat:enterprise_linux:9::appstream", "rhel-9.4", "1-1"),
        (Ecosystem::RockyLinux, "Rocky Linux:9", "rocky-9.3", "1-1"),
        (Ecosystem::Suse, "SUSE:Linux Enterprise Module for Basesystem 15 SP5", "sles-15.5", "1-1"),
        (Ecosystem::OpenSuse, "openSUSE:Leap 15.5", "opensuse-leap-15.5", "1-1"),
    ];
    for (ecosystem, written, asked, version) in rows {
        let index = build(ecosystem, &[record("X-1", written, "a", &events)]);
        assert_eq!(ask_release(&index, "a", asked, version).0, ["X-1"], "{written}");
    }
}

#[test]
fn a_record_on_two_streams_of_a_release_is_told_once_with_its_fix() {
    let json = r#"{"id":"U-1","modified":"2024-01-01T00:00:00Z","affected":[
        {"package":{"ecosystem":"Ubuntu:18.04:LTS","name":"a"},
         "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]},
        {"package":{"ecosystem":"Ubuntu:Pro:18.04:LTS","name":"a"},
         "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1-1ubuntu1+esm1"}]}]}]}"#;
    let index = build(Ecosystem::Ubuntu, &[json]);
    let name = PackageName::parse(Ecosystem::Ubuntu, "a").unwrap();
    let release = Release::of_distro(Ecosystem::Ubuntu, "18.04").unwrap();
    let answer = index.look_up(&name, Some(&release), Subject::Version("1-1")).unwrap();
    assert_eq!(answer.hits.len(), 1);
    assert_eq!(answer.hits[0].fixed_in, ["1-1ubuntu1+esm1"]);
}

#[test]
fn a_flaw_without_a_fix_in_the_release_affects_every_version() {
    let events = range(r#"{"introduced":"0"}"#);
    let index = build(Ecosystem::Debian, &[record("D-1", "Debian:12", "a", &events)]);
    assert_eq!(ask_release(&index, "a", "12", "99:1").0, ["D-1"]);
}

#[test]
fn the_only_flaw_upstream_is_another_name_of_the_record() {
    let json = r#"{"id":"DEBIAN-CVE-2020-1","upstream":["CVE-2020-1"],"modified":"2021-01-01T00:00:00Z",
        "affected":[{"package":{"ecosystem":"Debian:12","name":"a"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}]}"#;
    let index = build(Ecosystem::Debian, &[json]);
    let found = index.advisory("CVE-2020-1").unwrap().unwrap();
    assert_eq!((found.aliases, found.upstream), (vec!["CVE-2020-1"], vec!["CVE-2020-1"]));
}
