//! The tables that come with the program, and any others.

use std::sync::{Arc, LazyLock};

use crate::point::{DecisionPoint, PointId};
use crate::read::{self, TableError};
use crate::table::Table;

/// Decision points, and the tables made of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tables {
    pub(crate) points: Vec<Arc<DecisionPoint>>,
    pub(crate) tables: Vec<Table>,
}

impl Tables {
    /// The tables that come with the program: CISA Coordinator, Deployer, Supplier, CISA BOD
    /// 26-04, Coordinator Triage, Coordinator Publish; and Utility and Public Safety Impact,
    /// which answer an input of others.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads points and tables from TOML, in the form of `data/tables.toml`. Strict: an unknown
    /// key, a name that is there twice, a row that is missing or there twice is an error that
    /// names the line. At most 1 MiB, 16 values a point and 65,536 rows a table.
    pub fn read(text: &str) -> Result<Self, TableError> {
        read::read(text)
    }

    /// Every point, in the order of the text.
    pub fn points(&self) -> &[Arc<DecisionPoint>] {
        &self.points
    }

    /// Every table, in the order of the text.
    pub fn all(&self) -> &[Table] {
        &self.tables
    }

    /// The point with this id.
    pub fn point(&self, id: &PointId) -> Option<&Arc<DecisionPoint>> {
        self.points.iter().find(|point| point.id == *id)
    }

    /// The table with this id: `cisa:DT_CO:2.0.3`.
    pub fn table(&self, id: &PointId) -> Option<&Table> {
        self.tables.iter().find(|table| table.id == *id)
    }

    /// The table with this name, in any case: `deployer`.
    pub fn named(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name.eq_ignore_ascii_case(name))
    }
}

static SHIPPED: LazyLock<Tables> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the text is part of the program, and tests read it")]
    Tables::read(include_str!("../data/tables.toml")).expect("the shipped tables are well-formed")
});
