//! Files of the data folder that are not what was written there.

use super::*;

#[test]
fn a_damaged_table_is_an_error_once_it_is_asked() {
    let desk = Desk::new();
    let kev = r#"{"catalogVersion": "1", "vulnerabilities": [{"cveID": "CVE-2021-44228"}]}"#;
    let epss = "cve,epss,percentile\nCVE-2021-44228,0.9,0.9\ngarbage,,\nCVE-2021-1,x,y\n";
    let report = desk.import(&[desk.put("kev.json", kev), desk.put("epss.csv", epss)]).unwrap();
    assert!(report.errors[0].problem.starts_with("2 lines"), "{:?}", report.errors);
    for table in std::fs::read_dir(desk.folder.file("tables")).unwrap() {
        let path = table.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        let inside = bytes.len() - 20;
        bytes[inside] ^= 1;
        std::fs::write(&path, bytes).unwrap();
    }
    let knowledge = desk.open();
    assert!(knowledge.kev_facts().is_some() && knowledge.damaged_tables().is_empty());
    assert_eq!(knowledge.kev("CVE-2021-44228").unwrap_err().code(), "data-damaged");
    assert_eq!(knowledge.epss("CVE-2021-44228").unwrap_err().code(), "data-damaged");
    assert_eq!(knowledge.kev_facts(), None);
    let named: Vec<_> = knowledge.damaged_tables().iter().map(|(table, _)| *table).collect();
    assert_eq!(named, ["kev", "epss"]);
}

#[test]
fn an_index_under_the_name_of_another_is_unusable() {
    let desk = Desk::new();
    let records = [npm("X-1", "a"), Record::new("X-2", "PyPI", "a")];
    desk.import(&[desk.put("all.zip", zip(records.iter().map(Record::entry)))]).unwrap();
    let manifest = Manifest::read(&desk.folder).unwrap();
    let file = |of| desk.folder.file(&manifest.ecosystem(of).unwrap().index);
    std::fs::copy(file(Ecosystem::Npm), file(Ecosystem::PyPi)).unwrap();
    assert_eq!(desk.hits(Ecosystem::PyPi, "a"), ["unusable"]);
    assert_eq!(desk.hits(Ecosystem::Npm, "a"), ["X-1"]);
}

#[test]
fn an_empty_index_is_unusable() {
    let desk = Desk::new();
    desk.import(&[desk.put("X-1.json", npm("X-1", "a").json())]).unwrap();
    std::fs::write(only_file(&desk.folder.file("index")), b"").unwrap();
    assert_eq!(desk.hits(Ecosystem::Npm, "a"), ["unusable"]);
}

#[test]
fn a_manifest_with_any_byte_changed_is_no_crash_and_no_answer_out_of_thin_air() {
    let desk = Desk::new();
    desk.import(&[desk.put("all.zip", zip([npm("X-1", "a").entry()]))]).unwrap();
    let path = desk.folder.file("manifest.json");
    let bytes = std::fs::read(&path).unwrap();
    for position in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[position] ^= 1;
        std::fs::write(&path, damaged).unwrap();
        let hits = desk.hits(Ecosystem::Npm, "a");
        let usual = [["X-1"], ["unusable"], ["starter"], ["absent"]];
        assert!(usual.iter().any(|one| hits == one), "{position}: {hits:?}");
    }
}

#[test]
fn an_entry_that_is_packed_into_more_than_the_limit_is_refused() {
    let desk = Desk::new();
    let entries = [npm("X-1", "a").entry()];
    let mut bytes = zip_with(rawzip::CompressionMethod::STORE, entries);
    // The directory says: unpacked, it is one byte.
    let at = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    bytes[at + 24..at + 28].copy_from_slice(&1_u32.to_le_bytes());
    let path = desk.put("all.zip", bytes);
    let limits = Limits { entry_bytes: 64, ..Limits::default() };
    let report = desk.import_with(&[path], None, limits).unwrap();
    assert!(report.errors[0].problem.contains("bytes packed"), "{:?}", report.errors);
}

#[test]
fn a_packed_entry_that_lacks_its_end_is_refused() {
    let desk = Desk::new();
    let deflated = rawzip::CompressionMethod::DEFLATE;
    let whole = zip_with(deflated, [npm("X-1", "a").entry()]);
    let at = whole.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let size = u32::from_le_bytes(whole[at + 20..at + 24].try_into().unwrap());
    for cut in 1..20 {
        let mut bytes = whole.clone();
        bytes[at + 20..at + 24].copy_from_slice(&(size - cut).to_le_bytes());
        let report = desk.import(&[desk.put("all.zip", bytes)]).unwrap();
        assert_eq!((report.records, report.errors_count), (0, 1), "{cut}: {report:?}");
    }
}

#[test]
fn a_packed_entry_of_another_size_than_announced_is_refused() {
    let desk = Desk::new();
    let deflated = rawzip::CompressionMethod::DEFLATE;
    let whole = zip_with(deflated, [npm("X-1", "a").entry()]);
    let at = whole.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let size = u32::from_le_bytes(whole[at + 24..at + 28].try_into().unwrap());
    for announced in [0, 1, size - 1, size + 1, size + 1000] {
        let mut bytes = whole.clone();
        bytes[at + 24..at + 28].copy_from_slice(&announced.to_le_bytes());
        let report = desk.import(&[desk.put("all.zip", bytes)]).unwrap();
        assert_eq!((report.records, report.errors_count), (0, 1), "{announced}: {report:?}");
    }
}
