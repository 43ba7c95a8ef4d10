//! The files that pages need.

use mainstay_ui::{asset, assets};

fn text_of(name: &str) -> &'static str {
    let found = assets().iter().find(|asset| asset.path.contains(name)).unwrap();
    std::str::from_utf8(found.bytes).unwrap()
}

#[test]
fn every_asset_is_found_under_its_own_path() {
    for one in assets() {
        assert_eq!(asset(&one.path).unwrap().bytes, one.bytes);
    }
}

#[test]
fn a_path_with_another_hash_is_no_asset() {
    assert!(asset("/assets/style.0000000000000000.css").is_none());
    assert!(asset("/assets/../style.css").is_none());
}

#[test]
fn the_stylesheet_keeps_its_budget_of_20_kb() {
    assert!(text_of("style").len() <= 20 * 1024);
}

#[test]
fn the_script_keeps_its_budget_of_250_lines() {
    assert!(text_of("/app").lines().count() <= 250);
}

#[test]
fn nothing_is_asked_of_another_server() {
    for one in assets() {
        let text = std::str::from_utf8(one.bytes).unwrap();
        let text = text.replace("http://www.w3.org/2000/svg", "");
        assert!(!text.contains("://"), "{}", one.path);
    }
}

#[test]
fn no_script_makes_code_of_text() {
    for word in ["eval(", "new Function", "innerHTML", "outerHTML", "insertAdjacentHTML", ".style"]
    {
        assert!(!text_of("/app").contains(word), "{word}");
        assert!(!text_of("/passkey").contains(word), "{word}");
    }
}
