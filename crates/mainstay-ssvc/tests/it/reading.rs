//! Texts of tables that are read, and refused with a line.

use mainstay_ssvc::{PointId, Tables};
use proptest::prelude::*;

const POINTS: &str = "[[point]]
id = 'own:A:1.0.0'
name = 'A'
asks = ''
values = [{ key = 'N', name = 'no', means = '' }, { key = 'Y', name = 'yes', means = '' }]
[[point]]
id = 'own:O:1.0.0'
name = 'O'
asks = ''
values = [{ key = 'D', name = 'later', means = '' }, { key = 'I', name = 'now', means = '' }]
[[table]]
id = 'own:T:1.0.0'
name = 'Own'
source = 'by hand'
inputs = ['own:A:1.0.0']
outcome = 'own:O:1.0.0'
";

fn error(rows: &str) -> String {
    Tables::read(&format!("{POINTS}rows = \"\"\"\n{rows}\"\"\"\n")).unwrap_err().to_string()
}

#[test]
fn a_table_of_ones_own_is_read() {
    let tables = Tables::read(&format!("{POINTS}rows = \"\"\"\nN D\nY I\n\"\"\"\n")).unwrap();
    assert_eq!(tables.named("own").unwrap().row_count(), 2);
}

#[test]
fn a_missing_row_is_refused() {
    assert_eq!(error("N D\n"), "line 17: there are 1 rows, the inputs have 2 combinations");
}

#[test]
fn a_row_that_is_there_twice_is_refused_with_its_line() {
    assert_eq!(error("N D\nY I\nN I\n"), "line 20: a row for these values is there already");
}

#[test]
fn a_value_that_is_none_is_refused_with_its_line() {
    assert_eq!(error("N D\nX I\n"), "line 19: A has no value \"X\"");
}

#[test]
fn a_row_that_is_too_long_or_too_short_is_refused() {
    assert_eq!(error("N D D\n"), "line 18: the row has more than 2 keys");
    assert_eq!(error("N\n"), "line 18: the row has no key for O");
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let text = POINTS.replace("name = 'O'", "title = 'O'");
    assert_eq!(Tables::read(&text).unwrap_err().line, 8);
}

#[test]
fn a_table_with_too_many_rows_is_refused_before_it_is_made() {
    let values: Vec<_> =
        (0..16).map(|n| format!("{{ key = 'k{n}', name = '', means = '' }}")).collect();
    let values = values.join(",");
    let point =
        |n| format!("[[point]]\nid='own:P{n}:1.0.0'\nname=''\nasks=''\nvalues=[{values}]\n");
    let points: Vec<_> = (0..6).map(point).collect();
    let points = points.concat();
    let inputs: Vec<_> = (1..6).map(|n| format!("'own:P{n}:1.0.0'")).collect();
    let inputs = inputs.join(",");
    let text = format!(
        "{points}[[table]]\nid='own:T:1.0.0'\nname=''\nsource=''\ninputs=[{inputs}]\n\
         outcome='own:P0:1.0.0'\nrows=''\n"
    );
    assert!(Tables::read(&text).unwrap_err().reason.contains("more than 65536 rows"));
}

#[test]
fn an_id_has_three_parts() {
    for text in [
        "",
        "ssvc:E",
        "ssvc:E:1.1",
        "ssvc:E:1.1.0:x",
        "ssvc::1.0.0",
        "s s:E:1.0.0",
        "ssvc:E:01.0.0",
    ] {
        assert!(PointId::parse(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn what_parses_as_an_id_is_written_the_same(text in "[a-z#.]{0,5}:[A-Z0-9_*]{0,4}:[0-9.]{0,6}") {
        if let Ok(id) = PointId::parse(&text) {
            let parts = format!("{}:{}:{}", id.namespace(), id.key(), id.version());
            prop_assert_eq!((id.as_str(), parts.as_str()), (text.as_str(), text.as_str()));
        }
    }

    /// A piece of the shipped text is cut out: tables, or an error with a line of the text.
    #[test]
    fn broken_tables_are_refused_with_a_line(from in 0..18_000_usize, length in 1..400_usize) {
        let text = include_str!("../../data/tables.toml");
        let from = text.floor_char_boundary(from);
        let to = text.floor_char_boundary(from + length);
        let broken = format!("{}{}", &text[..from], &text[to..]);
        if let Err(error) = Tables::read(&broken) {
            prop_assert!(error.line >= 1 && error.line <= broken.lines().count() + 1);
        }
    }
}
