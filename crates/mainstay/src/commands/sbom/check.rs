//! `mainstay sbom check`: which of the minimum elements an SBOM lacks.

use std::path::Path;

use mainstay_console::{ExitCode, Line, Sheet, Tone, clean_json};
use mainstay_reading::Gap;
use mainstay_sboms::{Baseline, Completed, Element, Sbom, minimum, open_questions};
use serde::Serialize;

use super::File;
use crate::Context;
use crate::args::{Against, AnswerForm};

pub(super) fn run(
    context: &Context,
    path: &Path,
    against: &[Against],
    form: AnswerForm,
) -> anyhow::Result<ExitCode> {
    let file = File::read(context, path)?;
    let text = file.text()?;
    let sbom = file.sbom(&text)?;
    let asked: Vec<Baseline> = match against {
        [] => Baseline::ALL.to_vec(),
        some => some.iter().map(|one| baseline(*one)).collect(),
    };
    let completed = minimum(&sbom, &asked);
    let open = open_questions(&sbom);
    let answer = answer(&file, &sbom, &open, (&asked, &completed));
    let text = match form {
        AnswerForm::Json => clean_json(serde_json::to_string_pretty(&answer)? + "\n"),
        AnswerForm::Text => {
            let mut sheet = context.output.sheet();
            page(&mut sheet, &answer, &completed, context.output.layout.verbose);
            sheet.into_string()
        }
    };
    context.output.result(&text)?;
    // A document without components lacks none of their elements, and says nothing.
    let is_known = open.is_empty() && completed.components > 0;
    Ok(if !completed.missing.is_empty() {
        ExitCode::Findings
    } else if is_known {
        ExitCode::Done
    } else {
        ExitCode::Unknown
    })
}

fn baseline(against: Against) -> Baseline {
    match against {
        Against::Ntia => Baseline::Ntia,
        Against::Cisa2024 => Baseline::Cisa2024,
        Against::Cisa2025 => Baseline::Cisa2025,
    }
}

#[derive(Serialize)]
struct Answer {
    schema: &'static str,
    version: u32,
    path: String,
    format: String,
    against: Vec<&'static str>,
    components: usize,
    findings: Vec<Finding>,
    /// What the document does not tell, or tells wrongly.
    unknown: Vec<Unknown>,
}

/// An element that is missing.
#[derive(Serialize)]
struct Finding {
    code: &'static str,
    message: String,
    /// Who asks for it.
    asked_by: Vec<&'static str>,
    /// The component that lacks it. Absent for the document itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

#[derive(Serialize)]
struct Unknown {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

fn answer(
    file: &File,
    sbom: &Sbom<'_>,
    open: &[Gap],
    (asked, completed): (&[Baseline], &Completed),
) -> Answer {
    let findings = completed.missing.iter().map(|missing| {
        let component = missing.component.and_then(|at| sbom.components.get(at));
        let whose = match component {
            None => "the document".to_owned(),
            Some(component) => label(&component.label(), &component.reference),
        };
        let by = missing.element.asked_by().iter().filter(|by| asked.contains(by));
        Finding {
            code: missing.element.code(),
            message: format!("{whose} lacks {}", missing.element.title()),
            asked_by: by.map(|by| by.word()).collect(),
            component: component.map(|_| whose),
            line: component.and_then(|component| component.line),
        }
    });
    let spec = sbom.document.spec;
    Answer {
        schema: "mainstay.sbom-check",
        version: 1,
        path: file.shown.clone(),
        format: format!("{} {}", spec.standard(), spec.version()),
        against: asked.iter().map(|by| by.word()).collect(),
        components: completed.components,
        findings: findings.collect(),
        unknown: open
            .iter()
            .map(|gap| Unknown { message: gap.reason.clone(), line: gap.place.line })
            .collect(),
    }
}

fn label(label: &str, reference: &str) -> String {
    match (label, reference) {
        ("", "") => "a component without a name".to_owned(),
        ("", reference) => reference.to_owned(),
        (label, _) => label.to_owned(),
    }
}

/// So many components of one element are listed; all of them with `--verbose`.
const FIRST: usize = 5;

fn page(sheet: &mut Sheet, answer: &Answer, completed: &Completed, verbose: bool) {
    let head = format!("{} ({})", answer.path, answer.format);
    let counted =
        format!("; components: {}; against: {}", answer.components, answer.against.join(", "));
    sheet.push(&Line::default().toned(Tone::Strong, head).text(counted));
    for element in Element::ALL {
        let found: Vec<&Finding> = completed
            .missing
            .iter()
            .zip(&answer.findings)
            .filter(|(missing, _)| missing.element == element)
            .map(|(_, finding)| finding)
            .collect();
        let Some(first) = found.first() else { continue };
        let of_document = first.component.is_none();
        let title = if of_document {
            format!("the document lacks {}", element.title())
        } else {
            format!("{} of {} lack {}", found.len(), answer.components, element.title())
        };
        let asked = format!("  {}", first.asked_by.join(", "));
        let line = Line::default().toned(Tone::Bad, element.code()).text("  ").text(title);
        sheet.push(&line.toned(Tone::Dim, asked));
        let shown = if verbose { found.len() } else { FIRST };
        for finding in found.iter().take(shown) {
            let Some(component) = &finding.component else { continue };
            let line = finding.line.map_or_else(String::new, |line| format!("  line {line}"));
            sheet.push(&Line::indented(4).text(component).toned(Tone::Dim, line));
        }
        if found.len() > shown {
            let more = format!("and {} more; --verbose lists them", found.len() - shown);
            sheet.push(&Line::indented(4).toned(Tone::Dim, more));
        }
    }
    if !answer.unknown.is_empty() {
        let told = format!("not known: {}", answer.unknown.len());
        sheet.push(&Line::default().toned(Tone::Warning, told));
    }
    for unknown in &answer.unknown {
        let line = unknown.line.map_or_else(String::new, |line| format!("  line {line}"));
        sheet.push(&Line::indented(4).text(&unknown.message).toned(Tone::Dim, line));
    }
    let verdict = match (answer.findings.len(), answer.unknown.len()) {
        (0, _) if answer.components == 0 => {
            "No component is listed, so that nothing could be checked.".to_owned()
        }
        (0, 0) => "Every element is there.".to_owned(),
        (0, _) => "Every element is there, but the document does not tell everything.".to_owned(),
        (missing, _) => format!("Missing: {missing}"),
    };
    sheet.push(&Line::default().toned(Tone::Strong, verdict));
}

#[cfg(test)]
mod tests {
    use super::Element;

    /// The pages of the codes.
    const CODES: &str = include_str!("../../../../../docs/user/codes.md");

    #[test]
    fn every_code_of_a_missing_element_is_explained() {
        for element in Element::ALL {
            assert!(CODES.contains(&format!("### `{}`", element.code())), "{}", element.code());
        }
    }
}
