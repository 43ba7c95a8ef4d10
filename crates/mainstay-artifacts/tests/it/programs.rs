//! Programs, built here header by header, and what they say of themselves.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails by panicking, as tests do")]

use mainstay_archives::{ArchiveErrorKind, Budget, Limits};
use mainstay_artifacts::{Artifact, PROGRAM, is_program, names_its_packages};
use mainstay_reading::{Inventory, Origin};
use mainstay_types::Scope;

use crate::build::{gaps, packages};
use crate::layout::{
    Bits, Order, Section, elf, fat, go_inline, go_pointers, mach_o, pe, wasm, zlib,
};

const ALL: [(Bits, Order); 4] = [
    (Bits::ThirtyTwo, Order::Little),
    (Bits::ThirtyTwo, Order::Big),
    (Bits::SixtyFour, Order::Little),
    (Bits::SixtyFour, Order::Big),
];

const MODULES: &str = "path\tm.example/app/cmd\nmod\tm.example/app\t(devel)\t\n\
    dep\tgolang.org/x/net\tv0.17.0\th1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\
    dep\ta.example/old\tv1.0.0\n=>\ta.example/new\tv1.2.0\t\nbuild\tGOOS=linux\n";

fn try_read(bytes: &[u8]) -> Result<Inventory, mainstay_archives::ArchiveError> {
    let budget = Budget::new(Limits::default());
    (PROGRAM.read)(&Artifact { source: &bytes, file_name: "app", budget: &budget, onlooker: None })
}

fn read(bytes: &[u8]) -> Inventory {
    assert!(is_program(bytes));
    try_read(bytes).unwrap()
}

fn go_section(record: Vec<u8>) -> Section {
    Section { name: ".go.buildinfo", content: record }
}

fn rust_section(text: &str) -> Section {
    Section { name: ".dep-v0", content: zlib(text.as_bytes()) }
}

const EXPECTED: [&str; 3] =
    ["a.example/new v1.2.0 @ ", "golang.org/x/net v0.17.0 @ ", "stdlib 1.21.3 @ "];

#[test]
fn go_says_its_modules_in_every_width_and_order_of_elf() {
    for (bits, order) in ALL {
        let program = elf(bits, order, &[go_section(go_inline("go1.21.3", MODULES))]);
        let inventory = read(&program);
        assert_eq!(packages(&inventory), EXPECTED, "{bits:?} {order:?}");
        assert!(inventory.gaps.is_empty());
        assert!(names_its_packages(&&*program));
        assert_eq!(inventory.members.len(), 1);
        assert_eq!(inventory.packages[1].checksums.len(), 1);
    }
}

#[test]
fn go_before_1_18_says_them_behind_addresses() {
    for (bits, order) in ALL {
        let record = go_pointers(bits, order, "go1.16.4", MODULES);
        let inventory = read(&elf(bits, order, &[go_section(record)]));
        assert_eq!(packages(&inventory)[2], "stdlib 1.16.4 @ ", "{bits:?} {order:?}");
        assert_eq!(inventory.packages.len(), 3);
    }
}

#[test]
fn go_says_them_in_programs_of_windows_and_macos() {
    let mut data = vec![0; 48];
    data.extend(go_inline("go1.21.3", MODULES));
    for bits in [Bits::ThirtyTwo, Bits::SixtyFour] {
        let section = Section { name: ".data", content: data.clone() };
        assert_eq!(packages(&read(&pe(bits, &[section]))), EXPECTED, "{bits:?}");
    }
    for (bits, order) in ALL {
        let content = go_inline("go1.21.3", MODULES);
        let program = mach_o(bits, order, &[Section { name: "__go_buildinfo", content }]);
        assert_eq!(packages(&read(&program)), EXPECTED, "{bits:?} {order:?}");
    }
}

#[test]
fn a_record_is_found_where_the_names_of_sections_were_cut_away() {
    let section = go_section(go_inline("go1.21.3", MODULES));
    let mut program = elf(Bits::SixtyFour, Order::Little, &[section]);
    program[40..48].fill(0);
    assert_eq!(packages(&read(&program)), EXPECTED);
}

#[test]
fn the_programs_of_a_fat_file_that_say_the_same_say_it_once() {
    let one = |version| {
        let content = go_inline(version, MODULES);
        mach_o(Bits::SixtyFour, Order::Little, &[Section { name: "__go_buildinfo", content }])
    };
    let same = read(&fat(&[one("go1.21.3"), one("go1.21.3")]));
    assert_eq!(packages(&same), EXPECTED);
    let other = read(&fat(&[one("go1.21.3"), one("go1.20")]));
    assert_eq!(other.packages.len(), 6);
}

#[test]
fn a_main_module_with_a_version_is_a_package_that_is_asked_for() {
    let modules = "path\tm.example/app\nmod\tm.example/app\tv1.4.0\th1:x\n";
    let inventory =
        read(&elf(Bits::SixtyFour, Order::Little, &[go_section(go_inline("go1.22.0", modules))]));
    assert_eq!(packages(&inventory), ["m.example/app v1.4.0 @ ", "stdlib 1.22.0 @ "]);
    assert_eq!(inventory.packages[1].direct, Some(true));
    assert!(inventory.members.is_empty());
}

#[test]
fn a_replacement_by_a_folder_is_of_a_path() {
    let modules = "mod\tm\t(devel)\t\ndep\ta.example/a\tv1.0.0\n=>\t../a\t(devel)\t\n";
    let inventory =
        read(&elf(Bits::SixtyFour, Order::Little, &[go_section(go_inline("go1.22.0", modules))]));
    assert_eq!(inventory.packages[1].origin, Origin::Path("../a".into()));
}

#[test]
fn a_program_without_a_list_of_modules_is_partial() {
    let inventory =
        read(&elf(Bits::SixtyFour, Order::Little, &[go_section(go_inline("go1.22.0", ""))]));
    assert_eq!(packages(&inventory), ["stdlib 1.22.0 @ "]);
    assert_eq!(gaps(&inventory), ["the program does not say which modules it was built from"]);
}

#[test]
fn a_go_of_no_release_is_partial() {
    let record = go_inline("devel go1.23-0a1b2c3 Tue", MODULES);
    let inventory = read(&elf(Bits::SixtyFour, Order::Little, &[go_section(record)]));
    assert_eq!(inventory.packages[0].version.exact(), None);
    assert!(gaps(&inventory)[0].contains("no release of Go"));
}

#[test]
fn a_section_of_go_that_was_overwritten_is_partial() {
    let program = elf(Bits::SixtyFour, Order::Little, &[go_section(vec![0; 64])]);
    assert!(names_its_packages(&&*program));
    assert_eq!(gaps(&read(&program)), ["it was not read: the record of Go is overwritten"]);
}

const RECORD: &str = r#"{"packages": [
    {"name": "app", "version": "0.1.0", "source": "local", "dependencies": [1, 2, 3], "root": true},
    {"name": "serde", "version": "1.0.1", "source": "crates.io", "dependencies": [3]},
    {"name": "cc", "version": "1.0.2", "source": "crates.io", "kind": "build"},
    {"name": "forked", "version": "0.3.0", "source": "git"}
], "format": 1}"#;

#[test]
fn rust_says_its_crates_in_every_kind_of_program() {
    let section = || [rust_section(RECORD)];
    let mut programs: Vec<Vec<u8>> =
        ALL.into_iter().map(|(bits, order)| elf(bits, order, &section())).collect();
    programs.extend(ALL.into_iter().map(|(bits, order)| mach_o(bits, order, &section())));
    programs.extend([Bits::ThirtyTwo, Bits::SixtyFour].map(|bits| pe(bits, &section())));
    programs.push(wasm(&section()));
    for program in programs {
        let inventory = read(&program);
        assert_eq!(packages(&inventory), ["cc 1.0.2 @ ", "forked 0.3.0 @ ", "serde 1.0.1 @ "]);
        assert!(inventory.gaps.is_empty() && names_its_packages(&&*program));
    }
}

#[test]
fn the_record_of_rust_says_why_each_crate_is_there() {
    let inventory = read(&elf(Bits::SixtyFour, Order::Little, &[rust_section(RECORD)]));
    let [serde, cc, forked] = &*inventory.packages else { panic!("{inventory:?}") };
    assert_eq!((serde.direct, serde.scope, &*serde.needs), (Some(true), Scope::Runtime, &[2][..]));
    assert_eq!((cc.direct, cc.scope), (Some(true), Scope::Build));
    assert!(matches!(&forked.origin, Origin::Git { url, commit: None } if url.is_empty()));
    assert_eq!(inventory.members.len(), 1);
}

#[test]
fn a_program_that_was_installed_from_crates_io_is_a_package() {
    let record = r#"{"packages": [
        {"name": "tool", "version": "2.0.0", "source": "crates.io", "dependencies": [1], "root": true},
        {"name": "dep", "version": "1.0.0", "source": "crates.io"}]}"#;
    let inventory = read(&elf(Bits::SixtyFour, Order::Little, &[rust_section(record)]));
    let direct: Vec<_> = inventory.packages.iter().map(|entry| entry.direct).collect();
    assert_eq!(direct, [Some(true), Some(false)]);
}

#[test]
fn records_that_a_linker_joined_are_all_read() {
    let other = r#"{"packages": [{"name": "lib", "version": "1.0.0", "source": "crates.io", "root": true}]}"#;
    let content = [&*zlib(RECORD.as_bytes()), &[0; 5], &*zlib(other.as_bytes()), &[0; 3]].concat();
    let section = Section { name: ".dep-v0", content };
    let inventory = read(&elf(Bits::SixtyFour, Order::Little, &[section]));
    assert_eq!(inventory.packages.len(), 4);
    assert!(inventory.gaps.is_empty());
}

#[test]
fn a_record_that_contradicts_itself_is_partial() {
    let record = r#"{"packages": [
        {"name": "a", "version": "1.0.0", "source": "crates.io", "dependencies": [1, 7], "root": true},
        {"name": "b", "version": "1.0.0", "source": "crates.io", "dependencies": [0], "root": true}]}"#;
    let inventory = read(&elf(Bits::SixtyFour, Order::Little, &[rust_section(record)]));
    assert_eq!(inventory.packages.len(), 2);
    let gaps = gaps(&inventory);
    assert!(gaps[0].starts_with("1 needs in the record lead to no package"));
    assert!(gaps[1].starts_with("the record says of 2 packages that they are the program itself"));
}

#[test]
fn a_bomb_ends_at_its_limit() {
    let bomb = format!("{{\"packages\": [], \"x\": \"{}\"}}", "a".repeat(9 << 20));
    let inventory = read(&elf(Bits::SixtyFour, Order::Little, &[rust_section(&bomb)]));
    assert!(gaps(&inventory)[0].contains("more than 8388608 bytes unpacked"));
}

#[test]
fn a_program_with_go_and_rust_says_both() {
    let sections = [go_section(go_inline("go1.21.3", MODULES)), rust_section(RECORD)];
    let inventory = read(&elf(Bits::SixtyFour, Order::Little, &sections));
    assert_eq!(inventory.packages.len(), 6);
}

#[test]
fn a_program_that_says_nothing_is_partial() {
    let section = Section { name: ".text", content: vec![0; 64] };
    let program = elf(Bits::SixtyFour, Order::Little, &[section]);
    assert!(!names_its_packages(&&*program));
    assert_eq!(gaps(&read(&program)), ["the program does not say what it was built from"]);
    let section = Section { name: ".text", content: b"UPX!".to_vec() };
    let program = elf(Bits::SixtyFour, Order::Little, &[section]);
    assert!(gaps(&read(&program))[0].contains("packed by UPX"));
}

#[test]
fn a_class_of_java_is_no_program() {
    assert!(!is_program(b"\xCA\xFE\xBA\xBE\0\0\0\x34\0\x10"));
    assert!(is_program(b"\xCA\xFE\xBA\xBE\0\0\0\x02\x01\0\0\x07"));
    assert!(!is_program(b"MZ is how this text begins"));
    assert!(!is_program(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x01\0"));
}

#[test]
fn a_text_longer_than_the_file_is_a_gap() {
    for length in [&[0xFF; 10][..], &[0xFF, 0xFF, 3], &[0x80; 10]] {
        let mut record = go_inline("go1.21.3", MODULES);
        record.truncate(32);
        record.extend_from_slice(length);
        let inventory = read(&elf(Bits::SixtyFour, Order::Little, &[go_section(record)]));
        assert!(inventory.packages.is_empty() && inventory.gaps.len() == 1, "{inventory:?}");
    }
}

#[test]
fn addresses_that_lead_out_of_the_program_are_a_gap() {
    let mut record = go_pointers(Bits::SixtyFour, Order::Little, "go1.16.4", MODULES);
    record[16..24].fill(0xFF);
    let inventory = read(&elf(Bits::SixtyFour, Order::Little, &[go_section(record)]));
    assert!(gaps(&inventory)[0].contains("points out of the program"));
}

#[test]
fn a_table_without_end_is_refused_and_no_silence() {
    let mut program = elf(Bits::SixtyFour, Order::Little, &[rust_section(RECORD)]);
    // No number in the header: it stands in the first section, as its size.
    program[60..62].fill(0);
    let start = usize::try_from(u64::from_le_bytes(program[40..48].try_into().unwrap())).unwrap();
    program[start + 32..start + 40].copy_from_slice(&u64::MAX.to_le_bytes());
    assert_eq!(try_read(&program).unwrap_err().kind, ArchiveErrorKind::Spent);
    assert!(names_its_packages(&&*program));
}

#[test]
fn a_section_that_leads_out_of_the_file_is_a_gap() {
    let mut program = elf(Bits::SixtyFour, Order::Little, &[rust_section(RECORD)]);
    let start = usize::try_from(u64::from_le_bytes(program[40..48].try_into().unwrap())).unwrap();
    program[start + 64 + 24..start + 64 + 32].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(gaps(&read(&program))[0].contains("leads out of the file"));
}

#[test]
fn sections_without_end_that_each_have_a_record_end_at_a_limit() {
    // Each begins elsewhere in the same bytes, so no two say the same.
    let mut program = elf(Bits::SixtyFour, Order::Little, &[rust_section(RECORD)]);
    let start = usize::try_from(u64::from_le_bytes(program[40..48].try_into().unwrap())).unwrap();
    let section = program[start + 64..start + 128].to_vec();
    let table = program.len() as u64;
    let rows = program[start..].to_vec();
    program.extend(rows);
    for number in 0..20_000_u64 {
        let mut row = section.clone();
        let offset = u64::from_le_bytes(row[24..32].try_into().unwrap()) - number % 8;
        row[24..32].copy_from_slice(&offset.to_le_bytes());
        program.extend(row);
    }
    program[40..48].copy_from_slice(&table.to_le_bytes());
    program[60..62].copy_from_slice(&20_000_u16.to_le_bytes());
    let inventory = read(&program);
    assert!(inventory.gaps.len() < 5_000, "{}", inventory.gaps.len());
    assert!(gaps(&inventory).last().unwrap().contains("more than 16777216 bytes together"));
}

#[test]
fn rows_that_claim_to_be_long_are_refused() {
    let mut program = elf(Bits::SixtyFour, Order::Little, &[rust_section(RECORD)]);
    program[58..62].fill(0xFF);
    assert_eq!(try_read(&program).unwrap_err().kind, ArchiveErrorKind::Spent);
}

#[test]
fn records_of_a_section_share_one_limit() {
    let text = |fill: &str| format!("{{\"packages\": [], \"x\": \"{}\"}}", fill.repeat(5 << 20));
    let content = [zlib(text("a").as_bytes()), zlib(text("b").as_bytes())].concat();
    let section = Section { name: ".dep-v0", content };
    let inventory = read(&elf(Bits::SixtyFour, Order::Little, &[section]));
    assert!(gaps(&inventory).last().unwrap().contains("bytes unpacked"), "{inventory:?}");
}
