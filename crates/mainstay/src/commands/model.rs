//! `mainstay model show FILE`: what a model file is, and what loading it would do. Needs no
//! advisory data and no network; nothing is loaded.

use std::path::Path;

use anyhow::{Context as _, bail};
use mainstay_console::{ExitCode, Line, Sheet, Tone, clean_json};
use mainstay_modelfiles::{Danger, Description, Detail, Examined, FORMATS, Gap, Tensor};
use mainstay_reading::{Offset, Place};
use mainstay_scan::examine_model;
use serde::Serialize;

use crate::Context;
use crate::args::{AnswerForm, ModelCommand};

/// How many tensors, facts and lines of trace are shown without `--verbose`.
const SHOWN: usize = 20;

pub(crate) fn run(context: &Context, command: &ModelCommand) -> anyhow::Result<ExitCode> {
    let ModelCommand::Show { file: path, format } = command;
    let (examined, size) = examine(path)?;
    let text = match format {
        AnswerForm::Json => {
            let answer = Answer::of(path, size, &examined);
            clean_json(serde_json::to_string_pretty(&answer)? + "\n")
        }
        AnswerForm::Text => {
            let shown = if context.output.layout.verbose { usize::MAX } else { SHOWN };
            let mut page = Page { sheet: context.output.sheet(), shown };
            page.model(path, size, &examined);
            page.sheet.into_string()
        }
    };
    context.output.result(&text)?;
    Ok(ExitCode::Done)
}

fn examine(path: &Path) -> anyhow::Result<(Examined, u64)> {
    let shown = path.display();
    if path.is_dir() {
        bail!("{shown} is a folder; name one file, or use `mainstay scan` for all of it");
    }
    examine_model(path, Detail::Described).with_context(|| format!("cannot read {shown}"))
}

/// The page for a person.
struct Page {
    sheet: Sheet,
    shown: usize,
}

impl Page {
    fn model(&mut self, path: &Path, size: u64, examined: &Examined) {
        let format = examined.format.map_or("no format that is known", title);
        let line = Line::default().toned(Tone::Strong, path.display().to_string());
        self.sheet.push(&line.text(format!("  {format}, {size} bytes")));
        let description = &examined.description;
        if !description.licences.is_empty() {
            let text = format!("Licence: {}", description.licences.join("; "));
            self.sheet.push(&Line::indented(2).text(text));
        }
        self.sheet.gap();
        self.dangers(&examined.dangers);
        self.gaps(&examined.gaps);
        if examined.dangers.is_empty() && examined.gaps.is_empty() && examined.format.is_some() {
            let text = "Nothing is wrong with it, as far as reading tells";
            self.sheet.push(&Line::default().toned(Tone::Good, text));
            self.sheet.gap();
        }
        self.description(description);
    }

    fn dangers(&mut self, dangers: &[Danger]) {
        if dangers.is_empty() {
            return;
        }
        self.heading("What loading it would do");
        for danger in dangers {
            let tone = Tone::Severity(danger.severity);
            let line = Line::indented(2)
                .toned(tone, danger.severity.word())
                .text("  ")
                .toned(Tone::Strong, danger.code.code())
                .text("  ")
                .text(&danger.message);
            self.sheet.push(&line);
            if let Some(shown) = &danger.shown {
                self.sheet.push(&Line::indented(4).text(shown));
            }
            if let Some(advisory) = danger.advisory {
                self.sheet.push(&Line::indented(4).text(format!("published as {advisory}")));
            }
            self.at(&danger.place);
            self.sheet.push(&Line::indented(4).text(danger.code.advice()));
        }
        self.sheet.gap();
    }

    fn gaps(&mut self, gaps: &[Gap]) {
        if gaps.is_empty() {
            return;
        }
        self.heading("Not known");
        for gap in gaps {
            self.sheet.push(&Line::indented(2).toned(Tone::Warning, &gap.reason));
            self.at(&gap.place);
            self.sheet.push(&Line::indented(4).text(&gap.advice));
        }
        self.sheet.gap();
    }

    fn description(&mut self, description: &Description) {
        self.list("Parts", &description.formats, |(place, format)| {
            format!("{}  {}", place_text(place), title(format))
        });
        self.list("Facts", &description.facts, |fact| format!("{}: {}", fact.name, fact.value));
        if description.tensors_in_all > 0 {
            let Description { tensors_in_all, tensor_bytes, .. } = description;
            let heading = format!("Tensors: {tensors_in_all}, {tensor_bytes} bytes");
            self.list(&heading, &description.tensors, tensor_text);
        }
        self.list("Imports and calls", &description.trace, |line| {
            format!("{}  {}", place_text(&line.place), line.text)
        });
        if description.is_cut {
            let text = "There is more than is kept of one file.";
            self.sheet.push(&Line::default().toned(Tone::Dim, text));
        }
    }

    fn list<T>(&mut self, heading: &str, items: &[T], text: impl Fn(&T) -> String) {
        if items.is_empty() {
            return;
        }
        self.heading(heading);
        for item in items.iter().take(self.shown) {
            self.sheet.push(&Line::indented(2).text(text(item)));
        }
        if let Some(more) = items.len().checked_sub(self.shown).filter(|more| *more > 0) {
            let text = format!("and {more} more; --verbose lists all");
            self.sheet.push(&Line::indented(2).toned(Tone::Dim, text));
        }
        self.sheet.gap();
    }

    fn heading(&mut self, text: &str) {
        self.sheet.push(&Line::default().toned(Tone::Strong, text));
    }

    fn at(&mut self, place: &Place) {
        if place.member.is_some() || place.offset.is_some() {
            let line = Line::indented(4).toned(Tone::Dim, "at ");
            self.sheet.push(&line.text(place_text(place)));
        }
    }
}

fn title(id: &str) -> &str {
    FORMATS.iter().find(|format| format.id == id).map_or(id, |format| format.title)
}

fn place_text(place: &Place) -> String {
    let member = place.member.as_deref().unwrap_or("the file");
    match (place.offset, place.line) {
        (Some(offset), _) => format!("{member}, byte {}", offset.bytes()),
        (None, Some(line)) => format!("{member}, line {line}"),
        (None, None) => member.to_owned(),
    }
}

fn tensor_text(tensor: &Tensor) -> String {
    let shape: Vec<String> = tensor.shape.iter().map(u64::to_string).collect();
    let bytes = tensor.bytes.map(|bytes| format!(", {bytes} bytes")).unwrap_or_default();
    format!("{}: {} [{}]{bytes}", tensor.name, tensor.dtype, shape.join(", "))
}

/// `docs/schemas/model.schema.json`.
#[derive(Serialize)]
struct Answer<'a> {
    schema: &'static str,
    version: u32,
    path: String,
    size: u64,
    format: Option<&'static str>,
    dangers: Vec<DangerJson<'a>>,
    unknown: Vec<GapJson<'a>>,
    licences: &'a [String],
    formats: Vec<FormatJson<'a>>,
    facts: Vec<FactJson<'a>>,
    tensors: Vec<TensorJson<'a>>,
    tensors_in_all: u64,
    tensor_bytes: u64,
    trace: Vec<TraceJson<'a>>,
    /// Whether there is more than is kept of one file.
    cut: bool,
}

#[derive(Serialize)]
struct PlaceJson<'a> {
    member: Option<&'a str>,
    offset: Option<u64>,
}

#[derive(Serialize)]
struct DangerJson<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    shown: Option<&'a str>,
    advisory: Option<&'static str>,
    advice: &'static str,
    #[serde(flatten)]
    place: PlaceJson<'a>,
}

#[derive(Serialize)]
struct GapJson<'a> {
    message: &'a str,
    advice: &'a str,
    #[serde(flatten)]
    place: PlaceJson<'a>,
}

#[derive(Serialize)]
struct FormatJson<'a> {
    format: &'static str,
    #[serde(flatten)]
    place: PlaceJson<'a>,
}

#[derive(Serialize)]
struct FactJson<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct TensorJson<'a> {
    name: &'a str,
    dtype: &'a str,
    shape: &'a [u64],
    bytes: Option<u64>,
}

#[derive(Serialize)]
struct TraceJson<'a> {
    text: &'a str,
    #[serde(flatten)]
    place: PlaceJson<'a>,
}

impl<'a> PlaceJson<'a> {
    fn of(place: &'a Place) -> Self {
        Self { member: place.member.as_deref(), offset: place.offset.map(Offset::bytes) }
    }
}

impl<'a> Answer<'a> {
    fn of(path: &Path, size: u64, examined: &'a Examined) -> Self {
        let description = &examined.description;
        let danger = |danger: &'a Danger| DangerJson {
            code: danger.code.code(),
            severity: danger.severity.word(),
            message: &danger.message,
            shown: danger.shown.as_deref(),
            advisory: danger.advisory,
            advice: danger.code.advice(),
            place: PlaceJson::of(&danger.place),
        };
        let gap = |gap: &'a Gap| GapJson {
            message: &gap.reason,
            advice: &gap.advice,
            place: PlaceJson::of(&gap.place),
        };
        let tensor = |tensor: &'a Tensor| TensorJson {
            name: &tensor.name,
            dtype: &tensor.dtype,
            shape: &tensor.shape,
            bytes: tensor.bytes,
        };
        let formats = description.formats.iter();
        let facts = description.facts.iter();
        let trace = description.trace.iter();
        Self {
            schema: "mainstay.model",
            version: 1,
            path: path.display().to_string(),
            size,
            format: examined.format,
            dangers: examined.dangers.iter().map(danger).collect(),
            unknown: examined.gaps.iter().map(gap).collect(),
            licences: &description.licences,
            formats: formats
                .map(|(place, format)| FormatJson { format, place: PlaceJson::of(place) })
                .collect(),
            facts: facts.map(|one| FactJson { name: &one.name, value: &one.value }).collect(),
            tensors: description.tensors.iter().map(tensor).collect(),
            tensors_in_all: description.tensors_in_all,
            tensor_bytes: u64::try_from(description.tensor_bytes).unwrap_or(u64::MAX),
            trace: trace
                .map(|line| TraceJson { text: &line.text, place: PlaceJson::of(&line.place) })
                .collect(),
            cut: description.is_cut,
        }
    }
}
