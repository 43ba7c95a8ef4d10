//! The order of work: what SSVC's table for deployers says of a finding. The rules are those of
//! `mainstay-ssvc`; nothing is assumed where nobody knows.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use mainstay_ssvc::{
    Assessed, Assessment, Epss, Evidence, Facts, Input, Inputs, Kev, PointId, Priority, Reason,
    Table, Tables,
};
use mainstay_types::Severity;

use crate::model::FindingRow;

/// The name of the table.
const TABLE: &str = "Deployer";
/// The questions that only the organisation can answer, in the versions that the table asks.
pub(crate) const EXPOSURE: &str = "ssvc:EXP:1.0.1";
pub(crate) const HUMAN_IMPACT: &str = "ssvc:HI:2.0.2";

/// What is to be done about a finding, how urgently, and why.
#[derive(Clone, Debug)]
pub struct Work {
    assessment: Option<Assessment>,
    kev: Kev,
    epss: Option<Epss>,
    severity: Severity,
    due: Option<Date>,
}

/// One question of the table, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The question: `Exploitation`.
    pub question: String,
    /// The answers that are possible; several where nobody knows.
    pub possible: Vec<String>,
    /// Why, or what is missing.
    pub why: String,
}

impl Work {
    /// What the table says of a finding, from KEV, its CVSS vector, and what the organisation says
    /// of the asset.
    pub fn of(row: &FindingRow) -> Self {
        let kev = match row.exploited {
            Some(true) => Kev::Listed,
            Some(false) => Kev::NotListed,
            None => Kev::Unknown,
        };
        let facts = Facts {
            kev,
            attacks: Evidence::NotSearched,
            public_poc: Evidence::NotSearched,
            cvss: row.vector.as_deref(),
        };
        let mut inputs = facts.inputs();
        say(&mut inputs, EXPOSURE, row.exposure.as_deref());
        say(&mut inputs, HUMAN_IMPACT, row.human_impact.as_deref());
        // The moment is of the paper form of an assessment, which is not shown.
        let at = row.opened_at;
        let assessment = table().and_then(|table| table.assess(&inputs, &[&row.flaw], at).ok());
        let chance = row.probability.and_then(|millionths| u32::try_from(millionths).ok());
        let epss = chance.and_then(|chance| Epss::from_probability(f64::from(chance) / 1e6));
        Self { assessment, kev, epss, severity: row.severity, due: row.due }
    }

    /// The name of the table.
    pub fn table() -> &'static str {
        TABLE
    }

    /// Every outcome that is possible, mildest first: one, where what is unknown cannot change it.
    pub fn outcomes(&self) -> Vec<&str> {
        let possible = self.assessment.iter().flat_map(Assessment::possible);
        possible.map(|value| value.name.as_str()).collect()
    }

    /// The outcome, or the mildest and the gravest.
    pub fn range(&self) -> String {
        match self.outcomes().as_slice() {
            [] => "not assessed".to_owned(),
            [one] => (*one).to_owned(),
            [mildest, .., gravest] => format!("{mildest} to {gravest}"),
        }
    }

    /// The questions with their answers.
    pub fn why(&self) -> Vec<Answered> {
        let inputs = self.assessment.iter().flat_map(Assessment::inputs);
        inputs.map(answered).collect()
    }

    /// Until when the KEV catalogue asks to act.
    pub fn due(&self) -> Option<Date> {
        self.due
    }

    /// Whether that day is over.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.due.is_some_and(|due| due < now.to_zoned(TimeZone::UTC).date())
    }

    /// Its place in the order of work; the greater goes first.
    pub(crate) fn priority(&self) -> Option<Priority> {
        let assessment = self.assessment.as_ref()?;
        Some(assessment.priority(self.kev, self.epss, self.severity))
    }
}

/// The answers to a question that the table of deployers asks: key and name.
pub(crate) fn answers(point: &str) -> Vec<(String, String)> {
    let point = PointId::parse(point).ok();
    let point = point.and_then(|id| Tables::shipped().point(&id));
    let values = point.into_iter().flat_map(|point| &point.values);
    values.map(|value| (value.key.clone(), value.name.clone())).collect()
}

fn table() -> Option<&'static Table> {
    static FOUND: LazyLock<Option<&'static Table>> =
        LazyLock::new(|| Tables::shipped().named(TABLE));
    *FOUND
}

fn say(inputs: &mut Inputs, point: &str, key: Option<&str>) {
    let Ok(id) = PointId::parse(point) else { return };
    let input = match key {
        Some(key) => {
            Input::Known(key.to_owned(), Reason::stated("the organisation says so of the asset"))
        }
        None => Input::Unknown("the organisation has not said it of the asset".to_owned()),
    };
    inputs.set(id, input);
}

fn answered(one: &Assessed) -> Answered {
    let why = match &one.input {
        Input::Known(_, reason) | Input::Among(_, reason) => reason.text.clone(),
        Input::Unknown(why) if why.is_empty() => "nobody here knows".to_owned(),
        Input::Unknown(why) => why.clone(),
    };
    let possible = one.point.values_in(one.possible).map(|value| value.name.clone());
    Answered { question: one.point.name.clone(), possible: possible.collect(), why }
}
