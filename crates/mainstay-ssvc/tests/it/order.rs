//! The order of work.

use mainstay_ssvc::{Epss, Inputs, Kev};
use mainstay_types::Severity;

use crate::{assess, inputs};

fn epss(probability: f64) -> Option<Epss> {
    Epss::from_probability(probability)
}

fn mild() -> Inputs {
    inputs(&[("ssvc:E:1.1.0", "N"), ("ssvc:A:2.0.0", "N"), ("ssvc:MWI:1.0.0", "L")])
}

#[test]
fn a_graver_possible_outcome_goes_before_everything_else() {
    let open = assess("CISA Coordinator", &Inputs::default());
    let track = assess("CISA Coordinator", &mild());
    assert!(
        open.priority(Kev::NotListed, epss(0.0), Severity::Low)
            > track.priority(Kev::Listed, epss(1.0), Severity::Critical)
    );
}

#[test]
fn within_an_outcome_kev_then_epss_then_severity_decide() {
    let one = assess("CISA Coordinator", &mild());
    let mut order = [
        one.priority(Kev::NotListed, epss(0.2), Severity::High),
        one.priority(Kev::Listed, epss(0.1), Severity::Low),
        one.priority(Kev::NotListed, epss(0.2), Severity::Critical),
        one.priority(Kev::NotListed, epss(0.9), Severity::Low),
    ];
    let wanted = [order[0], order[2], order[3], order[1]];
    order.sort_unstable();
    assert_eq!(order, wanted);
}

#[test]
fn what_is_unknown_does_not_sink() {
    let one = assess("CISA Coordinator", &mild());
    let known = one.priority(Kev::NotListed, epss(0.9), Severity::Critical);
    assert!(one.priority(Kev::Unknown, epss(0.9), Severity::Critical) > known);
    assert!(one.priority(Kev::NotListed, None, Severity::Critical) > known);
    assert!(one.priority(Kev::NotListed, epss(0.9), Severity::Unknown) > known);
}

#[test]
fn a_probability_is_between_nought_and_one() {
    assert_eq!(Epss::from_probability(1.1), None);
    assert_eq!(Epss::from_probability(f64::NAN), None);
    assert!((Epss::from_probability(0.974_21).unwrap().probability() - 0.974_21).abs() < 1e-9);
}
