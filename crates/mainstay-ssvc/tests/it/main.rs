//! What the tables say, what they refuse, and what stays open.

#![expect(clippy::unwrap_used, reason = "what a test prepares must be there")]

mod answers;
mod facts;
mod forms;
mod order;
mod published;
mod reading;

use jiff::Timestamp;
use mainstay_ssvc::{Assessment, Input, Inputs, Reason, Table, Tables};

/// A table that comes with the program.
fn table(name: &str) -> &'static Table {
    Tables::shipped().named(name).unwrap()
}

/// Inputs that somebody stated: pairs of point and keys, several keys parted by a bar.
fn inputs(said: &[(&str, &str)]) -> Inputs {
    let mut inputs = Inputs::default();
    for (point, keys) in said {
        let keys = keys.split('|').map(str::to_owned).collect();
        let input = Input::of_keys(keys, Reason::stated("an analyst"));
        inputs.set(point.parse().unwrap(), input);
    }
    inputs
}

fn moment() -> Timestamp {
    "2026-11-28T20:00:00.5Z".parse().unwrap()
}

fn assess(name: &str, inputs: &Inputs) -> Assessment {
    table(name).assess(inputs, &["CVE-2026-0001"], moment()).unwrap()
}

/// The keys of all possible outcomes, mildest first.
fn outcomes(assessment: &Assessment) -> Vec<&str> {
    assessment.possible().map(|value| value.key.as_str()).collect()
}
