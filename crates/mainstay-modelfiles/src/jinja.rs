//! Jinja templates: what a chat template does beyond formatting messages.
//!
//! Specification: the template syntax of Jinja 2 (the "Template Designer Documentation": tags,
//! strings with the escapes of Python, filters, tests, `raw` blocks), as the chat templates of
//! tokenizers and of GGUF files use it. The dangers, told by reading alone:
//!
//! * a walk to the insides of Python (`__class__`, `__globals__`, frames), from where any code can
//!   run when the library that renders has no sandbox (CVE-2024-34359); written plainly, by the
//!   filter `attr`, by subscripts, with escapes, or put together from pieces;
//! * calls of functions that start programs or open files;
//! * other templates that are taken in;
//! * loops, powers and strings without reasonable end;
//! * instructions to the model that a person who reads the template does not see or expect, and
//!   text that is added only for some users or dates.
//!
//! The lexer is our own; nothing is rendered.

mod effort;
mod expression;
mod folding;
mod hidden;
mod lexer;
mod names;
mod tags;
mod triggers;

use mainstay_reading::{Danger, DangerCode, Place};
use mainstay_types::Severity;

use crate::examination::Examination;
use crate::part::Part;
use lexer::Template;
use tags::Finding;

/// The longest template that is read, in bytes. Real ones stay below 100,000.
const LONGEST: usize = 1 << 20;
/// The most characters of a tag that are shown.
const SHOWN: usize = 300;
/// The most characters of a name that a message has.
const NAMED: usize = 80;
/// The advisory that published what a template can do in a library without a sandbox.
const NO_SANDBOX: &str = "CVE-2024-34359";

/// What a template needs only to reach for the insides of Python.
const REACHES: &[&[u8]] =
    &[b"__", b"|attr", b"| attr", b"\\x", b"\\u", b"popen", b"lipsum", b"cycler", b"gi_frame"];

/// Whether a template has what it needs only to reach for the insides of Python.
pub(crate) fn reaches(template: &[u8]) -> bool {
    REACHES.iter().any(|word| memchr::memmem::find(template, word).is_some())
}

/// Whether a text has a tag of a template in it.
pub(crate) fn has_tag(text: &[u8]) -> bool {
    memchr::memchr_iter(b'{', text).any(|at| matches!(text.get(at + 1), Some(b'{' | b'%')))
}

/// Looks at a text of which nobody says that it is a template, and tells only what leads out of
/// one: it stands at `place`.
pub(crate) fn look_for_escape(text: &str, place: &Place, examination: &mut Examination<'_>) {
    if text.len() > LONGEST {
        let reason = format!("a text that may be a template has more than {LONGEST} bytes");
        examination.gap(place.clone(), reason, "find out what renders it before you use it");
        return;
    }
    let escapes = tags::judge(&Template::read(text));
    if let Some(finding) = escapes.iter().find(|finding| finding.sort.is_escape()) {
        let danger = told(text, finding, &|_| place.clone());
        examination.danger(danger.graded(Severity::High));
    }
}

/// Looks at a template that lies in `part` at `offset`, byte for byte.
pub(crate) fn look_at(
    template: &str,
    part: &Part<'_>,
    offset: u64,
    examination: &mut Examination<'_>,
) {
    look(template, &|at| part.at(offset.saturating_add(at as u64)), examination);
}

/// Looks at a template that was decoded from something in `part` at `offset`, as a string of JSON:
/// places within it are not known.
pub(crate) fn look_at_decoded(
    template: &str,
    part: &Part<'_>,
    offset: u64,
    examination: &mut Examination<'_>,
) {
    look(template, &|_| part.at(offset), examination);
}

fn look(template: &str, place: &dyn Fn(usize) -> Place, examination: &mut Examination<'_>) {
    if template.len() > LONGEST {
        let reason = format!("a template of more than {LONGEST} bytes was not read");
        examination.gap(place(0), reason, "read the template by hand: no real one is so long");
        return;
    }
    let read = Template::read(template);
    for finding in tags::judge(&read) {
        examination.danger(told(template, &finding, place));
    }
    let triggers = triggers::of(&read);
    if let Some(at) = triggers.cut_at {
        let reason = "the template has more conditions on words and dates than are looked at";
        examination.gap(place(at), reason, "read the template by hand: no real one has so many");
    }
    for (at, message) in triggers.found.into_iter().chain(hidden::of(&read)) {
        let danger = Danger::new(DangerCode::Template, place(at), message);
        examination.danger(danger.graded(Severity::Medium).shown(shown(template, at)));
    }
    if let Some(at) = read.open_at {
        let reason = "a tag of the template is not closed, so what follows it was not judged";
        examination.gap(place(at), reason, "get the template again, or repair it by hand");
    }
}

fn told(template: &str, finding: &Finding, place: &dyn Fn(usize) -> Place) -> Danger {
    let name: String = finding.what.chars().take(NAMED).flat_map(char::escape_debug).collect();
    let message = finding.sort.message(&name);
    let advisory = finding.sort.is_escape().then_some(NO_SANDBOX);
    Danger::new(DangerCode::Template, place(finding.at), message)
        .graded(finding.sort.severity())
        .shown(shown(template, finding.tag_at))
        .known_as(advisory)
}

/// The template from a place on, on one line and bounded.
fn shown(template: &str, at: usize) -> String {
    let rest = template.get(at..).unwrap_or_default();
    let end = match rest.as_bytes() {
        [b'{', b'{', ..] => rest.find("}}").map(|end| end + 2),
        [b'{', b'%', ..] => rest.find("%}").map(|end| end + 2),
        _ => None,
    };
    let tag = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
    let mut line: String = tag.chars().take(SHOWN).flat_map(visible).collect();
    if tag.chars().nth(SHOWN).is_some() {
        line.push('…');
    }
    line
}

/// A character as a person can see it.
fn visible(c: char) -> Vec<char> {
    if c == '\n' || c == '\t' || c == '\r' {
        vec![' ']
    } else if c.is_control() || hidden::is_invisible(c) {
        c.escape_unicode().collect()
    } else {
        vec![c]
    }
}
