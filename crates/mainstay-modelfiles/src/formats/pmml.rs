//! PMML: models of statistics and data mining as XML.
//!
//! Specification: "PMML 4.4.1", dmg.org/pmml/v4-4-1/GeneralStructure.html. Functions that a model
//! defines (`DefineFunction`) are made of functions of the standard, and are harmless.
//!
//! Dangers: document types and entities of the XML, and inclusions (`XInclude`); scripts and code in
//! extensions, which engines hand to interpreters.

use mainstay_reading::{Danger, DangerCode};

use crate::examination::Examination;
use crate::findings::Findings;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::front_door::SNIFFED;
use crate::markup::{Piece, Tag, decoded, resolved, root, walk};
use crate::part::Part;

pub(crate) const FORMAT: Format =
    Format { id: "pmml", title: "PMML", role: Role::Model, endings: &["pmml"], likeness, read };

/// What code looks like, in lower case.
const CODE: &[&str] = &[
    "<script",
    "javascript:",
    "vbscript:",
    "java.lang.runtime",
    "getruntime(",
    "processbuilder",
    "scriptengine",
    "__import__",
    "os.system",
    "subprocess.",
    "eval(",
    "exec(",
    "system(",
    "new function(",
    "cmd.exe",
    "powershell",
    "/bin/sh",
    "/bin/bash",
];

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let bytes = decoded(beginning.bytes.get(..SNIFFED).unwrap_or(beginning.bytes));
    Likeness::certain_if(root(&bytes).is_some_and(|tag| tag.name == b"PMML"))
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let bytes = decoded(part.bytes);
    let mut findings = Findings::new(part, examination);
    let mut model = Model::default();
    walk(&bytes, "the PMML model", &mut findings, |piece, open, at, findings| {
        model.piece(piece, open, at, findings);
    });
}

/// Where the walk stands.
#[derive(Default)]
struct Model {
    /// How many elements are open around the extension that is open, if any.
    extension: Option<u64>,
}

impl Model {
    fn piece(&mut self, piece: Piece<'_>, open: u64, at: u64, findings: &mut Findings<'_, '_, '_>) {
        match piece {
            Piece::Open(tag) => self.element(tag, open, at, findings),
            Piece::Close if self.extension == Some(open) => self.extension = None,
            Piece::Text(text) if self.extension.is_some() => code(&resolved(text), at, findings),
            Piece::Close | Piece::Text(_) | Piece::DocumentType(_) => {}
        }
    }

    fn element(&mut self, tag: Tag<'_>, open: u64, at: u64, findings: &mut Findings<'_, '_, '_>) {
        match tag.name {
            b"PMML" | b"Application" | b"Header" => {
                for (key, value) in tag.attributes() {
                    let key = String::from_utf8_lossy(key);
                    findings.examination.describe(|it| it.fact(&key, &value));
                }
            }
            b"Extension" if self.extension.is_none() && !tag.is_empty => {
                self.extension = Some(open);
            }
            b"include" => {
                let target = tag.attribute("href").unwrap_or_default();
                findings.path(at, "parts of the model", &target, (None, None));
            }
            name if name.eq_ignore_ascii_case(b"script") => tell("<script>", at, findings),
            _ => {}
        }
        if tag.name == b"Extension" || self.extension.is_some() {
            for (_, value) in tag.attributes() {
                code(&value, at, findings);
            }
        }
    }
}

/// Judges a text of an extension.
fn code(text: &str, at: u64, findings: &mut Findings<'_, '_, '_>) {
    let lower = text.to_ascii_lowercase();
    if CODE.iter().any(|sign| lower.contains(sign)) {
        tell(text, at, findings);
    }
}

fn tell(text: &str, at: u64, findings: &mut Findings<'_, '_, '_>) {
    let shown: String = text.trim().chars().take(300).collect();
    if findings.is_new(&shown) {
        let message = "an extension of the model holds a script or a call of a program, which \
                       engines that know the extension run";
        let place = findings.at(at);
        findings.danger(Danger::new(DangerCode::RunsCode, place, message).shown(shown));
    }
}
