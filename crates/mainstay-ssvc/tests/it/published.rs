//! The tables are the published ones: names, versions, every outcome, and their order.

use mainstay_ssvc::{Table, Tables};

use crate::table;

/// The outcomes of a table as positions, one digit a row; the last input changes fastest.
fn digits(table: &Table) -> String {
    table.rows().map(|(_, outcome)| outcome.to_string()).collect()
}

#[test]
fn every_table_has_its_published_id_and_number_of_rows() {
    let found: Vec<_> = Tables::shipped()
        .all()
        .iter()
        .map(|table| (table.name(), table.id().as_str(), table.row_count()))
        .collect();
    assert_eq!(
        found,
        [
            ("CISA Coordinator", "cisa:DT_CO:2.0.3", 36),
            ("Deployer", "ssvc:DT_DP:1.0.0", 72),
            ("Supplier", "ssvc:DT_SP:1.0.0", 36),
            ("CISA BOD 26-04", "cisa:DT_BOD2604:1.0.0", 16),
            ("Coordinator Triage", "ssvc:DT_COORD_TRIAGE:1.0.0", 192),
            ("Coordinator Publish", "ssvc:DT_COORD_PUBLISH:1.0.0", 27),
            ("Utility", "ssvc:DT_U:1.0.0", 4),
            ("Public Safety Impact", "ssvc:DT_PSI:1.0.0", 4),
        ]
    );
}

#[test]
fn the_table_cisa_coordinator_has_the_published_outcomes() {
    assert_eq!(digits(table("CISA Coordinator")), "000001002002001012002012002023223233");
}

#[test]
fn the_table_deployer_has_the_published_outcomes() {
    assert_eq!(
        digits(table("Deployer")),
        "001101110111111101111112011111110111111211121122112212221122222212232233"
    );
}

#[test]
fn the_table_supplier_has_the_published_outcomes() {
    assert_eq!(digits(table("Supplier")), "011212121222121313232323232323233333");
}

#[test]
fn the_table_cisa_bod_26_04_has_the_published_outcomes() {
    assert_eq!(digits(table("CISA BOD 26-04")), "0011222412232434");
}

#[test]
fn the_table_coordinator_triage_has_the_published_outcomes() {
    assert_eq!(
        digits(table("Coordinator Triage")),
        "\
         0000000000000000020000020000000000000000020000020000000000000000\
         0200000200000000000000000200000200000000000000000200000200000000\
         0000000002000002000101000101010112010112000101122222010122222222"
    );
}

#[test]
fn the_table_coordinator_publish_has_the_published_outcomes() {
    assert_eq!(digits(table("Coordinator Publish")), "001001011001001011001011111");
}

#[test]
fn the_table_utility_has_the_published_outcomes() {
    assert_eq!(digits(table("Utility")), "0112");
}

#[test]
fn the_table_public_safety_impact_has_the_published_outcomes() {
    assert_eq!(digits(table("Public Safety Impact")), "0111");
}

/// True of every published table, so that the gravest outcome is that of the gravest inputs.
#[test]
fn a_graver_input_never_gives_a_milder_outcome() {
    for table in Tables::shipped().all() {
        let rows: Vec<_> = table.rows().collect();
        for (values, outcome) in &rows {
            for (graver, graver_outcome) in &rows {
                if values.iter().zip(graver).all(|(one, other)| one <= other) {
                    assert!(outcome <= graver_outcome, "{} {values:?} {graver:?}", table.name());
                }
            }
        }
    }
}

#[test]
fn every_combination_has_exactly_one_row() {
    for table in Tables::shipped().all() {
        let mut rows: Vec<_> = table.rows().map(|(values, _)| values).collect();
        let combinations: usize = table.inputs().iter().map(|point| point.values.len()).product();
        rows.sort_unstable();
        rows.dedup();
        assert_eq!(rows.len(), combinations, "{}", table.name());
    }
}

#[test]
fn every_input_has_letters_for_the_abbreviated_form_and_no_two_of_a_table_are_equal() {
    for table in Tables::shipped().all() {
        let mut letters: Vec<_> =
            table.inputs().iter().map(|point| point.short.clone().unwrap()).collect();
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), table.inputs().len(), "{}", table.name());
        let mut values = table.inputs().iter().flat_map(|point| &point.values);
        assert!(values.all(|value| value.short.is_some()), "{}", table.name());
    }
}
