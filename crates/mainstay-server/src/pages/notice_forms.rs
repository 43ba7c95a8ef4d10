//! The forms of notices: what is told, and what is answered.

use jiff::Timestamp;
use mainstay_inventory::Subject;
use mainstay_notices::{Circle, ContactRole, Content, Notices, Reminders};
use mainstay_types::{SectorId, Tlp};
use mainstay_ui::{Checked, Choice, Field, Form as Shown, Markup, Render as _, html};
use mainstay_vex::{Claim, Justification};

use crate::api::affected::AffectedQuery;
use crate::asked::Asked;
use crate::form::Form;
use crate::problem::Problem;

/// The words of the answers, as VEX has them.
const CLAIMS: [(&str, &str); 4] = [
    ("under_investigation", "under investigation"),
    ("affected", "affected"),
    ("not_affected", "not affected (say why)"),
    ("fixed", "fixed"),
];

/// The fields of a content, as they were sent or as they would be.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    pub(super) subject: AffectedQuery,
    title: String,
    text: String,
    marking: String,
    not_before: String,
    affected: bool,
    sectors: String,
    named: String,
    roles: Vec<String>,
    hours: String,
    most: String,
}

impl Fields {
    /// Of a content that is there.
    pub(super) fn of(content: &Content) -> Self {
        let circle = &content.circle;
        let joined = |all: Vec<&str>| all.join(" ");
        Self {
            subject: query(&content.subject),
            title: content.title.as_str().to_owned(),
            text: content.text.as_str().to_owned(),
            marking: content.marking.label().to_owned(),
            not_before: content.not_before.map(|at| at.to_string()).unwrap_or_default(),
            affected: circle.affected,
            sectors: joined(circle.sectors.iter().map(SectorId::as_str).collect()),
            named: joined(circle.named.iter().map(String::as_str).collect()),
            roles: circle.roles.iter().map(|role| role.word().to_owned()).collect(),
            hours: content.reminders.after_hours.to_string(),
            most: content.reminders.at_most.to_string(),
        }
    }

    /// As they were sent.
    pub(super) fn sent(form: &Form) -> Self {
        let text = |name: &str| form.text(name).to_owned();
        let ticked = ContactRole::ALL.into_iter().map(ContactRole::word);
        Self {
            subject: AffectedQuery {
                advisory: text("advisory"),
                package: text("package"),
                range: text("range"),
            },
            title: text("title"),
            text: text("text"),
            marking: text("marking"),
            not_before: text("not_before"),
            affected: form.is_ticked("affected"),
            sectors: text("sectors"),
            named: text("named"),
            roles: ticked
                .filter(|word| form.is_ticked(&format!("role-{word}")))
                .map(str::to_owned)
                .collect(),
            hours: text("hours"),
            most: text("most"),
        }
    }

    /// As a content.
    pub(super) fn content(&self) -> Result<Content, Problem> {
        let subject = self.subject.subject()?;
        let subject = subject.ok_or_else(|| Problem::field("advisory", "say what it is about"))?;
        let marking: Tlp = self
            .marking
            .parse()
            .map_err(|_| Problem::field("marking", "a TLP label is asked for"))?;
        let not_before = if self.not_before.is_empty() {
            None
        } else {
            let wrong = "a time with its zone is asked for: 2026-12-01T09:00:00+01:00";
            let at: Result<Timestamp, _> = self.not_before.parse();
            Some(at.map_err(|_| Problem::field("not_before", wrong))?)
        };
        let sectors = words(&self.sectors).map(|word| {
            word.parse::<SectorId>()
                .map_err(|_| Problem::field("sectors", format!("{word} is no id of a sector")))
        });
        let roles = self.roles.iter().map(|word| ContactRole::of_word(word));
        let circle = Circle {
            affected: self.affected,
            sectors: sectors.collect::<Result<_, _>>()?,
            named: words(&self.named).map(str::to_owned).collect(),
            roles: roles.collect::<Result<_, _>>()?,
        };
        let number = |name, text: &str| {
            let text = if text.is_empty() { "0" } else { text };
            text.parse::<u16>()
                .map_err(|_| Problem::field(name, "a whole number from 0 to 65535 is asked for"))
        };
        let most = u8::try_from(number("most", &self.most)?).unwrap_or(u8::MAX);
        let content = Content {
            subject,
            title: self.title.parse()?,
            text: self.text.parse()?,
            marking,
            circle,
            not_before,
            reminders: Reminders::new(number("hours", &self.hours)?, most)?,
        };
        content.check()?;
        Ok(content)
    }

    /// The form, with the fields that `before` adds.
    pub(super) fn form(&self, before: Shown, label: &str) -> Markup {
        let markings = Tlp::ALL.into_iter().filter(|tlp| *tlp != Tlp::Red);
        let markings = markings.map(|tlp| Choice::new(tlp.label(), tlp.label()));
        let mut form = before
            .hidden("advisory", &self.subject.advisory)
            .hidden("package", &self.subject.package)
            .hidden("range", &self.subject.range)
            .field(Field::text("title", "Title").value(&self.title).max_length(200).required())
            .field(Field::area("text", "What it is, and what to do", 18).value(&self.text).required())
            .field(
                Field::select("marking", "Marking", markings)
                    .value(&self.marking)
                    .hint("How far those who are told may tell it on. From TLP:AMBER on no mail server sees the words."),
            )
            .field(Field::text("not_before", "Not before").value(&self.not_before).hint(
                "With a zone, such as 2026-12-01T09:00:00+01:00. Empty: as soon as it is released.",
            ))
            .field(Field::checkbox(
                "affected",
                "Tell whoever is known to be affected, in your organisation's sight",
                Checked::from(self.affected),
            ))
            .field(Field::text("sectors", "Of those only these sectors").value(&self.sectors).hint(
                "Ids with blanks between, such as us-ci/energy. Empty: all.",
            ))
            .field(Field::text("named", "And these organisations").value(&self.named).hint(
                "Ids with blanks between; also when nothing is known of them.",
            ));
        for role in ContactRole::ALL {
            let is_ticked = self.roles.iter().any(|one| one == role.word());
            let label = format!("Their contacts for {}", role.word());
            let name = format!("role-{}", role.word());
            form = form.field(Field::checkbox(name, label, Checked::from(is_ticked)));
        }
        form.field(
            Field::text("hours", "Remind who is silent after so many hours").value(&self.hours),
        )
        .field(
            Field::text("most", "At most so often").value(&self.most).hint("0: never by itself."),
        )
        .submit(label)
        .render()
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', '\n', '\t']).filter(|word| !word.is_empty())
}

/// A subject, as it is asked about.
pub(super) fn query(subject: &Subject) -> AffectedQuery {
    match subject {
        Subject::Flaw(name) => {
            AffectedQuery { advisory: name.as_str().to_owned(), ..AffectedQuery::default() }
        }
        Subject::Package { purl, range } => AffectedQuery {
            package: purl.clone(),
            range: range.clone().unwrap_or_default(),
            ..AffectedQuery::default()
        },
    }
}

/// The fields of an answer, behind what `before` adds.
pub(super) fn answer_form(before: Shown) -> Markup {
    let claims = CLAIMS.map(|(word, text)| Choice::new(word, text));
    let reasons =
        Justification::all().map(|one| Choice::new(one.word(), one.word().replace('_', " ")));
    let none = Choice::new("", "none, or in words");
    before
        .field(Field::select("status", "You are", claims).required())
        .field(Field::select(
            "justification",
            "If not affected, why",
            std::iter::once(none).chain(reasons),
        ))
        .field(
            Field::area("words", "In words", 4).hint("What you do, or why you are not affected."),
        )
        .submit("Answer")
        .render()
}

/// An answer as it was sent: the claim, and the words.
pub(super) fn answer_of(form: &Form) -> Result<(Claim, String), Problem> {
    let words = form.text("words");
    let claim = Notices::claim(form.text("status"), form.text("justification"), words)?;
    Ok((claim, words.to_owned()))
}

/// The version that a form was made from.
pub(super) fn version_of(form: &Form) -> Result<i64, Problem> {
    form.text("version")
        .parse()
        .map_err(|_| Problem::request("the form: the version of the notice is missing"))
}

/// Text of several lines.
pub(super) fn lines(text: &str) -> Markup {
    html! {
        @for part in text.split("\n\n").filter(|part| !part.trim().is_empty()) {
            p { @for (number, line) in part.trim_matches('\n').lines().enumerate() {
                @if number > 0 { br; }
                (line)
            } }
        }
    }
}

/// The name of an organisation; its id, when it is not there any more.
pub(super) fn name_of(asked: &Asked, id: &str) -> String {
    asked.inventory().party(id).map_or_else(|_| id.to_owned(), |party| party.name)
}
