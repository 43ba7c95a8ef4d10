//! `--format html`: one page that holds everything, runs nothing of others and can be read by
//! everybody.

use mainstay_testkit::Record;
use serde_json::json;

use crate::sandbox::{Sandbox, cargo_lock};

fn page(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let answer = sandbox.run(&[arguments, &["--format", "html"]].concat());
    assert!(answer.exit == 0 || arguments[0] == "check", "{answer:?}");
    answer.stdout
}

/// A project with one finding, something unknown and a name that would like to be markup.
fn eventful() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.lock", cargo_lock(&[("left", "1.0.0")]));
    sandbox.write("<b>web/Cargo.lock", "broken \"'><script>alert(1)</script>");
    let mut record = Record::new("TEST-2024-0001", "crates.io", "left");
    record.0["summary"] = json!("\"><img src=x onerror=alert(1)> & \u{202e}</style></script>");
    sandbox.import(&[record]);
    sandbox
}

/// The tags of a page: what stands between `<` and the next space or `>`.
fn tags(page: &str) -> Vec<&str> {
    page.split('<').skip(1).map(|rest| rest.split([' ', '>', '\n']).next().unwrap()).collect()
}

#[test]
fn text_from_outside_is_never_markup() {
    let page = page(&eventful(), &["scan"]);
    let known = tags(&page);
    assert!(!known.contains(&"img") && !known.contains(&"b"), "{known:?}");
    assert_eq!(known.iter().filter(|tag| **tag == "script").count(), 1);
    assert_eq!(known.iter().filter(|tag| **tag == "style").count(), 1);
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"));
    assert!(!page.contains('\u{202e}'));
}

#[test]
fn nothing_is_asked_of_anybody() {
    let page = page(&eventful(), &["scan"]);
    assert!(page.contains("default-src 'none'; style-src 'sha256-"));
    for word in [" src=", " style=", "@import", "url(", "onclick", "eval(", "fetch(", "innerHTML"] {
        let own = page.replace("src=x onerror", "");
        assert!(!own.contains(word), "{word}");
    }
    assert!(!tags(&page).iter().any(|tag| ["link", "iframe", "object", "base"].contains(tag)));
}

#[test]
fn the_page_is_whole_without_its_script() {
    let page = page(&eventful(), &["scan"]);
    let bare = page.split("<script>").next().unwrap();
    for word in ["TEST-2024-0001", "left 1.0.0", "broken-source", "Knowledge", "Cargo.lock"] {
        assert!(bare.contains(word), "{word}");
    }
    assert!(bare.contains("<form class=\"filter\" id=\"filter\" hidden"));
}

#[test]
fn everybody_can_find_their_way() {
    let page = page(&eventful(), &["check"]);
    let known = tags(&page);
    let count = |tag: &str| known.iter().filter(|one| **one == tag).count();
    assert_eq!((count("h1"), count("main"), count("header"), count("footer")), (1, 1, 1, 1));
    assert_eq!(count("table"), count("caption"));
    assert_eq!(page.matches("<th ").count(), page.matches("<th scope=\"col\"").count());
    assert!(page.contains("<html lang=\"en\">") && page.contains("href=\"#findings\""));
    assert_eq!(count("input"), page.matches("<label").count() - 1, "every field has a label");
}

#[test]
fn the_same_scan_gives_the_same_bytes() {
    let sandbox = eventful();
    assert_eq!(page(&sandbox, &["scan"]), page(&sandbox, &["scan"]));
}

#[test]
fn the_unknown_is_told_before_the_findings() {
    let page = page(&eventful(), &["scan"]);
    let at = |word: &str| page.find(word).unwrap_or_else(|| panic!("{word}"));
    assert!(at("<h2 id=\"unknown\"") < at("<h2 id=\"findings\""));
}

#[test]
fn the_gate_stands_first_where_it_was_asked() {
    let sandbox = eventful();
    sandbox.write("mainstay-policy.toml", "[licences]\nallow = ['MIT']\n");
    let page = page(&sandbox, &["check"]);
    assert!(page.contains("Gate: refused"));
    assert!(page.contains("nobody says what its licence is"));
    assert!(page.contains("mainstay-policy.toml:1"));
}
