//! What is told, to whom, from when, and how far they may tell it on.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use mainstay_accounts::is_unseen;
use mainstay_inventory::Subject;
use mainstay_types::{FlawName, SectorId, Tlp};
use serde::{Deserialize, Serialize};

use super::ContactRole;
use crate::NoticesError;

/// Characters of a title.
const LONGEST_TITLE: usize = 200;
/// Bytes of the text.
const LONGEST_TEXT: usize = 20_000;
/// Organisations that may be named.
const MOST_NAMED: usize = 1_000;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title(String);

/// Plain text of several lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(String);

impl Title {
    /// The line.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Text {
    /// The lines.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Title {
    type Err = NoticesError;

    fn from_str(text: &str) -> Result<Self, NoticesError> {
        let text = text.trim();
        let is_right =
            (1..=LONGEST_TITLE).contains(&text.chars().count()) && !text.chars().any(is_unseen);
        if is_right {
            return Ok(Self(text.to_owned()));
        }
        Err(NoticesError::field(
            "title",
            "one line of 1 to 200 characters that can be seen is asked for",
        ))
    }
}

impl FromStr for Text {
    type Err = NoticesError;

    fn from_str(text: &str) -> Result<Self, NoticesError> {
        // Browsers send line ends as CRLF.
        let text = text.replace("\r\n", "\n");
        let text = text.trim();
        let is_wrong = |one: char| is_unseen(one) && one != '\n' && one != '\t';
        if text.is_empty() || text.len() > LONGEST_TEXT || text.chars().any(is_wrong) {
            return Err(NoticesError::field(
                "text",
                format!("1 to {LONGEST_TEXT} bytes of plain text are asked for"),
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

/// To whom it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circle {
    /// Whoever is known to be affected, as the author may see it.
    pub affected: bool,
    /// Of those only the ones of these sectors; empty: of all.
    pub sectors: BTreeSet<SectorId>,
    /// Organisations by id, whether known to be affected or not.
    pub named: BTreeSet<String>,
    /// Which of their contacts; empty: all.
    pub roles: BTreeSet<ContactRole>,
}

/// When who is silent is told again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reminders {
    /// Hours after the last word.
    pub after_hours: u16,
    /// How often at most; 0: never by itself.
    pub at_most: u8,
}

impl Reminders {
    /// Checks the numbers.
    ///
    /// # Errors
    /// More than ten, or closer than an hour.
    pub fn new(after_hours: u16, at_most: u8) -> Result<Self, NoticesError> {
        if at_most > 10 || (at_most > 0 && after_hours == 0) || after_hours > 24 * 90 {
            let problem = "at most ten, 1 to 2160 hours apart";
            return Err(NoticesError::field("reminders", problem));
        }
        Ok(Self { after_hours, at_most })
    }
}

/// What is told, and all that a reviewer agrees to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// What it is about.
    pub subject: Subject,
    /// In one line.
    pub title: Title,
    /// What it is, and what to do.
    pub text: Text,
    /// How far those who are told may tell it on.
    pub marking: Tlp,
    /// To whom.
    pub circle: Circle,
    /// Not before; without, as soon as it is released.
    pub not_before: Option<Timestamp>,
    /// When who is silent is told again.
    pub reminders: Reminders,
}

impl Content {
    /// Refuses what could reach nobody.
    ///
    /// # Errors
    /// TLP:RED, which is for persons; a circle without anybody; more names than are taken.
    pub fn check(&self) -> Result<(), NoticesError> {
        if self.marking == Tlp::Red {
            return Err(NoticesError::field(
                "marking",
                "TLP:RED is for persons, and a notice goes to organisations: talk to them",
            ));
        }
        if !self.circle.affected && self.circle.named.is_empty() {
            let problem = "say that it goes to whoever is affected, or name organisations";
            return Err(NoticesError::field("audience", problem));
        }
        if self.circle.named.len() > MOST_NAMED {
            let problem = format!("at most {MOST_NAMED} organisations can be named");
            return Err(NoticesError::field("audience", problem));
        }
        Ok(())
    }

    /// What a reviewer agreed to, as a number that no other content has.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.written(true))
    }

    /// As JSON, for its row. The marking is kept with the object, and the times have columns.
    pub(crate) fn row(&self) -> String {
        self.written(false)
    }

    fn written(&self, with_all: bool) -> String {
        let row = ContentRow {
            subject: match &self.subject {
                Subject::Flaw(name) => SubjectRow {
                    advisory: Some(name.as_str().to_owned()),
                    package: None,
                    range: None,
                },
                Subject::Package { purl, range } => {
                    SubjectRow { advisory: None, package: Some(purl.clone()), range: range.clone() }
                }
            },
            title: self.title.0.clone(),
            text: self.text.0.clone(),
            affected: self.circle.affected,
            sectors: self.circle.sectors.iter().map(|one| one.as_str().to_owned()).collect(),
            named: self.circle.named.iter().cloned().collect(),
            roles: self.circle.roles.iter().map(|one| one.word().to_owned()).collect(),
            rest: with_all.then(|| {
                let at = self.not_before.map(|at| at.to_string()).unwrap_or_default();
                let Reminders { after_hours, at_most } = self.reminders;
                format!("{} {at} {after_hours} {at_most}", self.marking.label())
            }),
        };
        // A struct of texts is always JSON.
        serde_json::to_string(&row).unwrap_or_default()
    }

    /// From its row.
    pub(crate) fn read(
        id: &str,
        row: &str,
        (marking, not_before, reminders): (Tlp, Option<Timestamp>, Reminders),
    ) -> Result<Self, NoticesError> {
        let damaged = || NoticesError::Damaged(id.to_owned());
        let row: ContentRow = serde_json::from_str(row).map_err(|_| damaged())?;
        let subject = match (row.subject.advisory, row.subject.package) {
            (Some(name), None) => Subject::Flaw(FlawName::parse(&name)?),
            (None, Some(purl)) => Subject::Package { purl, range: row.subject.range },
            _ => return Err(damaged()),
        };
        let sectors = row.sectors.iter().map(|one| one.parse().map_err(|_| damaged()));
        let circle = Circle {
            affected: row.affected,
            sectors: sectors.collect::<Result<_, _>>()?,
            named: row.named.into_iter().collect(),
            roles: row
                .roles
                .iter()
                .map(|one| ContactRole::of_word(one))
                .collect::<Result<_, _>>()?,
        };
        let (title, text) = (row.title.parse()?, row.text.parse()?);
        Ok(Self { subject, title, text, marking, circle, not_before, reminders })
    }
}

#[derive(Serialize, Deserialize)]
struct ContentRow {
    subject: SubjectRow,
    title: String,
    text: String,
    affected: bool,
    sectors: Vec<String>,
    named: Vec<String>,
    roles: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rest: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct SubjectRow {
    advisory: Option<String>,
    package: Option<String>,
    range: Option<String>,
}

/// SHA-256 of a content, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest(String);

impl Digest {
    fn of(text: &str) -> Self {
        let bytes = digest(&SHA256, text.as_bytes());
        Self(bytes.as_ref().iter().fold(String::new(), |mut text, byte| {
            // Writing to a text cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        }))
    }

    pub(crate) fn read(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_line_that_can_be_seen() {
        for wrong in ["", " ", "a\r\nBcc: x@y.z", "a\nb", "a\u{202e}b", &"x".repeat(201)] {
            assert!(wrong.parse::<Title>().is_err(), "{wrong:?}");
        }
        assert_eq!(" Ä title ".parse::<Title>().unwrap().as_str(), "Ä title");
    }

    #[test]
    fn a_text_has_lines_and_no_control_characters() {
        assert_eq!("a\r\nb\n".parse::<Text>().unwrap().as_str(), "a\nb");
        for wrong in ["", "\n", "a\u{0}", "a\u{1b}[2J", "a\rb", &"x".repeat(20_001)] {
            assert!(wrong.parse::<Text>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn red_is_refused_and_so_is_a_circle_without_anybody() {
        let content = Content {
            subject: Subject::Flaw(FlawName::parse("CVE-2021-44228").unwrap()),
            title: "x".parse().unwrap(),
            text: "x".parse().unwrap(),
            marking: Tlp::Red,
            circle: Circle { affected: true, ..Circle::default() },
            not_before: None,
            reminders: Reminders::default(),
        };
        assert!(content.check().is_err());
        let amber = Content { marking: Tlp::Amber, ..content.clone() };
        assert!(amber.check().is_ok());
        assert_ne!(amber.digest(), content.digest());
        assert!(Content { circle: Circle::default(), ..amber }.check().is_err());
    }
}
