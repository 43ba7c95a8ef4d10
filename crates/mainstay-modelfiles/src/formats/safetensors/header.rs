//! The JSON header: one object, a tensor under each name, and texts under `__metadata__`.

mod tensor;

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use super::layout::Spans;
use crate::examination::Examination;
use crate::json_walk::{Broken, Event, Text, Walk};
use crate::odd_text::{odd_character, odd_in_name, readable};
use crate::part::Part;
use crate::repeats::Repeats;
use crate::{jinja, licence};

/// Where the header begins in the file.
const START: u64 = 8;
/// The most repeated names that are told one by one.
const TOLD: usize = 5;

/// What goes through the header.
struct Reading<'r, 'a, 'b> {
    part: &'r Part<'a>,
    walk: Walk<'a>,
    examination: &'r mut Examination<'b>,
}

/// Reads the header, and says which bytes its tensors claim.
pub(super) fn read(part: &Part<'_>, text: &str, examination: &mut Examination<'_>) -> Spans {
    let mut spans = Spans::default();
    let mut reading = Reading { part, walk: Walk::new(text), examination };
    match reading.object(&mut spans) {
        Ok(()) => reading.padding(text),
        Err(Broken { at, why }) => {
            reading.malformed(at, &format!("the header is not JSON, its reader fails: {why}"));
        }
    }
    spans
}

impl Reading<'_, '_, '_> {
    fn object(&mut self, spans: &mut Spans) -> Result<(), Broken> {
        if self.walk.next()? != Some(Event::Object) {
            self.malformed(0, "the header is not a JSON object, so it names no tensors");
            return Ok(());
        }
        let mut names = Repeats::default();
        while let Some(Event::Key(name)) = self.walk.next()? {
            names.note(name.value().as_bytes(), name.at);
            if name.is("__metadata__") {
                self.metadata()?;
            } else {
                self.name(name);
                self.tensor(name, spans)?;
            }
        }
        self.repeated(names, "a tensor");
        Ok(())
    }

    fn name(&mut self, name: Text<'_>) {
        let value = name.value();
        if let Some(odd) = odd_in_name(&value) {
            let message = format!(
                "the name of a tensor has the character {odd}, which terminals and pages obey \
                 instead of showing it"
            );
            let danger = Danger::new(DangerCode::OddContainer, self.at(name.at), message);
            let shown = readable(value.as_bytes());
            self.examination.danger(danger.graded(Severity::Medium).shown(shown));
        }
    }

    /// Texts by name. The reference reader takes nothing else.
    fn metadata(&mut self) -> Result<(), Broken> {
        let (at, depth) = (self.walk.at(), self.walk.depth());
        let opening = self.walk.next()?;
        if opening != Some(Event::Object) {
            self.malformed(at, "the metadata are not texts by name, so the reader refuses them");
            return if opening == Some(Event::Array) { self.walk.leave(depth + 1) } else { Ok(()) };
        }
        let mut names = Repeats::default();
        while let Some(Event::Key(name)) = self.walk.next()? {
            names.note(name.value().as_bytes(), name.at);
            let at = self.walk.at();
            let depth = self.walk.depth();
            match self.walk.next()? {
                Some(Event::String(text)) => self.text(name, text),
                Some(Event::Object | Event::Array) => {
                    self.odd_metadata(at);
                    self.walk.leave(depth + 1)?;
                }
                _ => self.odd_metadata(at),
            }
        }
        self.repeated(names, "an entry of the metadata");
        Ok(())
    }

    fn odd_metadata(&mut self, at: u64) {
        self.malformed(
            at,
            "an entry of the metadata is not a text, so the reader refuses the file",
        );
    }

    fn text(&mut self, name: Text<'_>, text: Text<'_>) {
        let (key, value) = (name.value(), text.value());
        self.examination.describe(|description| description.fact(&key, &value));
        let last = key.rsplit('.').next().unwrap_or(&key);
        if matches!(last, "license" | "licence") {
            licence::stated(&value, self.examination);
        }
        if key.ends_with("chat_template") {
            jinja::look_at(&value, self.part, START + text.at, self.examination);
        }
        if let Some(odd) = odd_in_name(&key).or_else(|| odd_character(&value)) {
            let message = format!(
                "an entry of the metadata has the character {odd}, which terminals and pages obey \
                 instead of showing it"
            );
            let danger = Danger::new(DangerCode::OddContainer, self.at(text.at), message);
            let shown = readable(format!("{key}: {value}").as_bytes());
            self.examination.danger(danger.graded(Severity::Medium).shown(shown));
        }
    }

    fn repeated(&mut self, mut names: Repeats, what: &str) {
        for at in names.places(TOLD) {
            let message = format!(
                "{what} stands twice under the same name: some readers take the first, others the \
                 last, so they load different models"
            );
            let danger = Danger::new(DangerCode::OddContainer, self.at(at), message);
            self.examination.danger(danger);
        }
        if names.is_full() {
            let reason = "there are so many names that repeated ones could not all be found";
            let advice = "find out why the file needs so many tensors before you load it";
            self.examination.gap(self.part.whole(), reason, advice);
        }
    }

    /// Behind the object there may be spaces, and nothing else.
    fn padding(&mut self, text: &str) {
        let start = usize::try_from(self.walk.at()).unwrap_or(usize::MAX);
        let rest = text.get(start..).unwrap_or_default();
        let Some(found) = rest.bytes().position(|byte| byte != b' ') else { return };
        let at = (start + found) as u64;
        if rest.trim_ascii().is_empty() {
            let message = "the header is filled up with other characters than spaces";
            let danger = Danger::new(DangerCode::OddContainer, self.at(at), message);
            self.examination.danger(danger.graded(Severity::Medium));
            return;
        }
        let message = "bytes follow the JSON of the header: its reader refuses them, and a \
                       careless one shows a file without them";
        let shown = readable(rest.trim_ascii().as_bytes());
        let danger = Danger::new(DangerCode::OddContainer, self.at(at), message);
        self.examination.danger(danger.shown(shown));
    }

    fn malformed(&mut self, at: u64, message: &str) {
        self.examination.danger(Danger::new(DangerCode::Malformed, self.at(at), message));
    }

    /// A place in the header.
    fn at(&self, at: u64) -> mainstay_reading::Place {
        self.part.at(START + at)
    }
}
