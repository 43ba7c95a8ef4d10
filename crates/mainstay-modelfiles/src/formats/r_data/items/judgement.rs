//! What items mean to whoever loads them.

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use super::{Items, Position, Stop};
use crate::formats::r_data::names::{Altrep, altrep, reaches};
use crate::odd_text::readable;

/// The value of a promise that is not kept yet.
const UNBOUND: i32 = 252;

impl Items<'_, '_, '_> {
    pub(super) fn promise_value(&mut self) -> Result<(), Stop> {
        let at = self.source.cursor.at();
        let mut source = self.source.clone();
        if source.number()? & 0xFF == UNBOUND {
            let message = "a variable is an expression that R has not run yet: it runs as soon as \
                           somebody looks at the variable";
            let danger = Danger::new(DangerCode::RunsCode, self.part.at(at), message);
            self.examination.danger(danger.known_as(Some("CVE-2024-27322")));
        }
        self.item(Position::Value)
    }

    /// A symbol, wherever it stands.
    pub(super) fn name(&mut self, name: &[u8], position: Position, at: u64) {
        let Ok(name) = str::from_utf8(name) else { return };
        if self.altrep_names > 0 {
            self.altrep_names -= 1;
            if self.altrep_names == 1 {
                self.altrep_class(name, at);
            }
            return;
        }
        if reaches(name, position) {
            let message = format!(
                "an expression in the model calls `{name}`, which reaches for the system: it runs \
                 when the model is used or updated"
            );
            let danger = Danger::new(DangerCode::CarriesCode, self.part.at(at), message);
            self.examination.danger(danger.graded(Severity::High).shown(format!("{name}(...)")));
        }
    }

    fn altrep_class(&mut self, class: &str, at: u64) {
        let place = self.part.at(at);
        let danger = match altrep(class) {
            Altrep::Plain => return,
            Altrep::MapsFile => Danger::new(
                DangerCode::TouchesFiles,
                place,
                "a vector is a file of the machine: loading the model opens it",
            ),
            Altrep::Unknown => Danger::new(
                DangerCode::UnknownCall,
                place,
                "a vector is made by a class that nobody knows, from a package that R loads for \
                 it",
            ),
        };
        self.examination.danger(danger.shown(readable(class.as_bytes())));
    }

    /// What describes a class is over; one that was not named is a class that nobody knows.
    pub(super) fn altrep_end(&mut self) {
        if self.altrep_names == 2 {
            self.altrep_class("", self.source.cursor.at());
        }
        self.altrep_names = 0;
    }

    pub(super) fn active(&mut self, at: u64) {
        let message = "a variable runs a function whenever it is read: looking at the model runs \
                       code from the file";
        let danger = Danger::new(DangerCode::CarriesCode, self.part.at(at), message);
        self.examination.danger(danger);
    }

    /// Functions are ordinary in R models: families, links, predictors. What they call counts.
    pub(super) fn function(&mut self, at: u64) {
        let place = self.part.at(at);
        self.examination.describe(|description| description.trace(place, "function(...)"));
    }

    /// A function of R itself, by its name.
    pub(super) fn built_in(&mut self, name: &[u8], at: u64) {
        self.name(name, Position::Function, at);
    }

    pub(super) fn no_such_reference(&mut self, at: u64) {
        let message = "a value refers to another one that is not there, so R reads outside of its \
                       table";
        self.examination.danger(Danger::new(DangerCode::Malformed, self.part.at(at), message));
    }
}
