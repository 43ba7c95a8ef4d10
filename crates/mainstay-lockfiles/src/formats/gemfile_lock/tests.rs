use super::*;
use mainstay_reading::NothingNearby;

const LOCK: &str = "\
GIT
  remote: https://git.example/rails/rails.git
  revision: 5904fc9a70683b8749aa2861257d0c8c01eae4aa
  branch: main
  specs:
    rails (7.1.0.alpha)
      rack (>= 2.2)

PATH
  remote: .
  specs:
    own (0.1.0)
      nokogiri (~> 1.15)

PATH
  remote: ../outside
  specs:
    outside (0.2.0)

GEM
  remote: https://gems.example/
  specs:
    nokogiri (1.15.0)
      mini_portile2 (~> 2.8)
    nokogiri (1.15.0-x86_64-linux)
      racc (~> 1.4)
    mini_portile2 (2.8.0)
    racc (1.6.2)
    rack (2.2.3)

PLATFORMS
  ruby
  x86_64-linux

DEPENDENCIES
  outside!
  own!
  rails!

CHECKSUMS
  rack (2.2.3) sha256=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
  racc (1.6.2)

BUNDLED WITH
   2.5.3
";

fn read_text(text: &str) -> Result<Inventory, ReadError> {
    let bytes = text.as_bytes();
    read(&Input { bytes, file_name: "Gemfile.lock", nearby: &NothingNearby })
}

fn versions(inventory: &Inventory) -> Vec<(&str, &str)> {
    let packages = inventory.packages.iter();
    packages.map(|entry| (entry.name.as_written(), entry.version.exact().unwrap_or("?"))).collect()
}

fn position(inventory: &Inventory, name: &str) -> usize {
    inventory.packages.iter().position(|entry| entry.name.as_written() == name).unwrap()
}

#[test]
fn a_platform_is_no_part_of_the_version() {
    let inventory = read_text(LOCK).unwrap();
    assert_eq!(
        versions(&inventory),
        [
            ("rails", "7.1.0.alpha"),
            ("outside", "0.2.0"),
            ("nokogiri", "1.15.0"),
            ("mini_portile2", "2.8.0"),
            ("racc", "1.6.2"),
            ("rack", "2.2.3"),
        ]
    );
    assert_eq!(inventory.gaps, []);
}

#[test]
fn a_gem_needs_what_each_of_its_platforms_needs() {
    let inventory = read_text(LOCK).unwrap();
    let nokogiri = &inventory.packages[position(&inventory, "nokogiri")];
    assert_eq!(nokogiri.needs, [3, 4]);
    assert_eq!(nokogiri.place, Place::line(23));
}

#[test]
fn a_git_gem_is_not_a_registry_gem() {
    let inventory = read_text(LOCK).unwrap();
    let rails = &inventory.packages[position(&inventory, "rails")];
    assert!(matches!(&rails.origin, Origin::Git { commit: Some(commit), .. }
        if &**commit == "5904fc9a70683b8749aa2861257d0c8c01eae4aa"));
}

#[test]
fn a_gem_in_the_projects_folder_is_a_member_and_one_outside_is_not() {
    let inventory = read_text(LOCK).unwrap();
    let members: Vec<_> =
        inventory.members.iter().map(|member| member.name.as_ref().unwrap().as_written()).collect();
    assert_eq!(members, ["own"]);
    let outside = &inventory.packages[position(&inventory, "outside")];
    assert_eq!(outside.origin, Origin::Path("../outside".into()));
}

#[test]
fn what_the_projects_own_gem_needs_is_direct() {
    let inventory = read_text(LOCK).unwrap();
    let direct = |name| inventory.packages[position(&inventory, name)].direct;
    assert_eq!((direct("nokogiri"), direct("rails")), (Some(true), Some(true)));
    assert_eq!(direct("rack"), Some(false));
}

#[test]
fn a_checksum_belongs_to_its_gem() {
    let inventory = read_text(LOCK).unwrap();
    assert_eq!(inventory.packages[position(&inventory, "rack")].checksums.len(), 1);
}

#[test]
fn two_addresses_in_one_section_are_both_asked_for_every_name() {
    let text = "GEM\n  remote: https://a.example/\n  remote: https://b.example/\n  specs:\n    \
                rack (1.0)\n\nDEPENDENCIES\n  rack\n";
    let inventory = read_text(text).unwrap();
    let roles: Vec<_> = inventory.indexes.iter().map(|index| index.role).collect();
    assert_eq!(roles, [IndexRole::Replaces, IndexRole::Beside]);
}

#[test]
fn a_section_for_each_address_pins_its_gems() {
    let text = "GEM\n  remote: https://a.example/\n  specs:\n    rack (1.0)\n\nGEM\n  remote: \
                https://b.example/\n  specs:\n    own (1.0)\n\nDEPENDENCIES\n  own!\n";
    let inventory = read_text(text).unwrap();
    assert!(inventory.indexes.iter().all(|index| index.role == IndexRole::Named));
}

#[test]
fn a_file_that_is_cut_off_has_a_gap() {
    let cut = LOCK.find("PLATFORMS").unwrap();
    assert_eq!(read_text(&LOCK[..cut]).unwrap().gaps.len(), 1);
}

#[test]
fn a_gem_that_is_needed_and_not_locked_is_a_gap() {
    let text = LOCK.replace("    rack (2.2.3)\n", "");
    assert!(read_text(&text).unwrap().gaps[0].reason.contains("rack"));
}

#[test]
fn windows_line_ends_are_read() {
    let inventory = read_text(&LOCK.replace('\n', "\r\n")).unwrap();
    assert_eq!(inventory, read_text(LOCK).unwrap());
}

#[test]
fn a_merge_conflict_is_refused_on_its_line() {
    let text = LOCK.replace("PLATFORMS\n", "<<<<<<< HEAD\nPLATFORMS\n");
    let error = read_text(&text).unwrap_err();
    assert_eq!((error.kind, error.line), (ReadErrorKind::Syntax, Some(31)));
}

#[test]
fn another_kind_of_file_is_refused() {
    assert!(read_text("{\n}").is_err());
    assert!(read_text("").is_err());
    assert!(read_text("    rack (1.0)\n").is_err());
}

#[test]
fn an_unknown_section_is_a_gap() {
    let inventory = read_text(&format!("{LOCK}\nNEW THINGS\n  odd\n")).unwrap();
    assert!(inventory.gaps[0].reason.contains("NEW THINGS"));
}
