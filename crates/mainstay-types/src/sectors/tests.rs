use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn scheme(id: &str) -> &'static SectorScheme {
    SectorScheme::shipped().iter().find(|scheme| scheme.id() == id).unwrap()
}

fn line_of_error(text: &str) -> usize {
    SectorScheme::read(text).unwrap_err().line
}

const HEAD: &str = "id = 'x'\nname = 'X'\nsource = 'by hand'\n";

#[test]
fn the_united_states_have_sixteen_sectors_and_each_has_an_agency() {
    let scheme = scheme("us-ci");
    assert_eq!(scheme.sectors().len(), 16);
    assert!(scheme.sectors().iter().all(|sector| !sector.agencies.is_empty()));
}

#[test]
fn three_sectors_of_the_united_states_are_managed_by_two_agencies() {
    let shared: Vec<_> = scheme("us-ci")
        .sectors()
        .iter()
        .filter(|sector| sector.agencies.len() == 2)
        .map(|sector| sector.id.sector())
        .collect();
    assert_eq!(
        shared,
        ["food-and-agriculture", "government-services-and-facilities", "transportation-systems"]
    );
}

#[test]
fn nis2_has_eleven_sectors_in_annex_one_and_seven_in_annex_two() {
    let count = |annex: &str| {
        let sectors = scheme("nis2").sectors().iter();
        sectors.filter(|sector| sector.annex.as_deref() == Some(annex)).count()
    };
    assert_eq!((count("I"), count("II")), (11, 7));
    assert_eq!(scheme("nis2").sectors().len(), 18);
}

#[test]
fn the_energy_sectors_of_both_schemes_have_their_stable_ids() {
    for id in ["us-ci/energy", "nis2/energy"] {
        let id = SectorId::parse(id).unwrap();
        assert_eq!(scheme(id.scheme()).sector(&id).unwrap().name, "Energy");
    }
}

#[test]
fn no_id_is_in_two_schemes() {
    let ids: Vec<_> =
        SectorScheme::shipped().iter().flat_map(SectorScheme::sectors).map(|s| &s.id).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}

#[test]
fn an_unknown_key_names_its_line() {
    let text = format!("{HEAD}[[sector]]\nid = 'x/a'\nname = 'A'\nagency = 'typo'\n");
    assert_eq!(line_of_error(&text), 7);
}

#[test]
fn a_sector_that_is_there_twice_names_the_second_line() {
    let row = "[[sector]]\nid = 'x/a'\nname = 'A'\n";
    assert_eq!(line_of_error(&format!("{HEAD}{row}{row}")), 8);
}

#[test]
fn a_sector_of_another_scheme_is_refused() {
    let error = SectorScheme::read(&format!("{HEAD}[[sector]]\nid = 'y/a'\nname = 'A'\n"));
    assert_eq!(error.unwrap_err().to_string(), "line 5: y/a does not begin with x/");
}

#[test]
fn an_empty_name_is_refused() {
    assert_eq!(line_of_error(&format!("{HEAD}[[sector]]\nid = 'x/a'\nname = ' '\n")), 6);
}

#[test]
fn a_scheme_without_sectors_is_refused() {
    assert_eq!(line_of_error(HEAD), 1);
}

#[test]
fn broken_toml_names_its_line() {
    assert_eq!(line_of_error("id = 'x'\nname = [\n"), 2);
}

#[test]
fn an_id_needs_two_halves_of_lower_case() {
    for text in ["energy", "us-ci/", "/energy", "US/energy", "a/b/c", "a/-b", "a/b c", ""] {
        assert_eq!(SectorId::parse(text), Err(SectorIdError), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_a_scheme_or_an_error_with_a_line_of_it(text in "(id = 'x'\n|name = '[a\\PC]{0,3}'\n|\\[\\[sector\\]\\]\n|source = ''\n|\\PC{0,9}\n){0,9}") {
        if let Err(error) = SectorScheme::read(&text) {
            prop_assert!(error.line >= 1 && error.line <= text.lines().count() + 1);
        }
    }

    #[test]
    fn what_parses_as_an_id_is_written_the_same(text in "[a-z0-9/-]{0,12}") {
        if let Ok(id) = SectorId::parse(&text) {
            prop_assert_eq!(id.to_string(), text);
            prop_assert_eq!(format!("{}/{}", id.scheme(), id.sector()), id.as_str());
        }
    }
}
