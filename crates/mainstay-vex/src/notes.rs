//! Evidence and expiry inside notes.
//!
//! None of the standards has a field for the last day of a statement, and `OpenVEX` has none for
//! evidence. Both travel as lines of the notes, which people can read and schemas permit:
//!
//! ```text
//! Evidence: https://host.example/call-graph
//! Expires: 2026-12-31
//! ```

use jiff::civil::Date;

/// What notes say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    /// The lines that are neither.
    pub(crate) text: Option<String>,
    pub(crate) evidence: Vec<String>,
    pub(crate) expires: Option<Date>,
    /// An expiry that is no date.
    pub(crate) unreadable: Option<String>,
}

const EVIDENCE: &str = "Evidence:";
const EXPIRES: &str = "Expires:";

/// Takes evidence and expiry out of notes.
pub(crate) fn read(text: &str) -> Notes {
    let mut notes = Notes::default();
    let mut other = Vec::new();
    for line in text.lines() {
        if let Some(evidence) = line.strip_prefix(EVIDENCE) {
            notes.evidence.push(evidence.trim().to_owned());
        } else if let Some(day) = line.strip_prefix(EXPIRES) {
            match day.trim().parse() {
                Ok(day) => notes.expires = Some(day),
                Err(_) => notes.unreadable = Some(day.trim().to_owned()),
            }
        } else {
            other.push(line);
        }
    }
    let text = other.join("\n").trim().to_owned();
    notes.text = (!text.is_empty()).then_some(text);
    notes
}

/// Writes notes. `None` when there is nothing to say.
pub(crate) fn write(
    text: Option<&str>,
    evidence: &[String],
    expires: Option<Date>,
) -> Option<String> {
    let mut lines: Vec<String> = text.map(str::to_owned).into_iter().collect();
    lines.extend(evidence.iter().map(|one| format!("{EVIDENCE} {}", one_line(one))));
    lines.extend(expires.map(|day| format!("{EXPIRES} {day}")));
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let evidence = vec!["https://host.example/1".to_owned(), "call graph of v2".to_owned()];
        let day = Some(jiff::civil::date(2026, 12, 31));
        let text = write(Some("two\nlines"), &evidence, day).unwrap();
        let notes = read(&text);
        assert_eq!(notes.text.as_deref(), Some("two\nlines"));
        assert_eq!((notes.evidence, notes.expires), (evidence, day));
    }

    #[test]
    fn a_last_day_that_is_none_is_told() {
        assert_eq!(read("Expires: soon").unreadable.as_deref(), Some("soon"));
    }
}
