//! Sending an answer to the server that the question came from.

use anyhow::{Context as _, bail};
use mainstay_console::{Line, Tone};
use mainstay_store::SigningKey;
use mainstay_types::{SourceUrl, percent_encoded};
use serde::Deserialize;

use crate::Context;
use crate::args::AnswerForm;
use crate::commands::remote;

/// What a question's address on a server ends with.
const FILE: &str = "/file";

/// Where an answer is sent, and in whose name.
pub(super) struct Way {
    answers: String,
    organisation: String,
    token: String,
}

/// What the server says became of it; other fields are its own affair.
#[derive(Deserialize)]
struct Received {
    id: String,
    known: bool,
    late: bool,
    status: String,
}

impl Way {
    /// The way back to where a question came from.
    pub(super) fn of(question: &str, organisation: &str, token: String) -> anyhow::Result<Self> {
        let is_address = SourceUrl::new(question).scheme().is_some();
        let there = question.strip_suffix(FILE).filter(|_| is_address);
        let Some(there) = there else {
            bail!(
                "--send sends to the server that the question came from: give its address there \
                 to --question, such as https://mainstay.example/api/v1/questions/ID/file"
            );
        };
        let answers = format!("{there}/answers");
        Ok(Self { answers, organisation: organisation.to_owned(), token })
    }

    /// Sends the envelope, with the key to check it.
    pub(super) fn send(
        &self,
        context: &Context,
        (envelope, key): (&str, &SigningKey),
        format: AnswerForm,
    ) -> anyhow::Result<()> {
        let url = SourceUrl::new(&format!(
            "{}?organisation={}&key={}",
            self.answers,
            percent_encoded(&self.organisation),
            percent_encoded(&key.verifying().to_string())
        ));
        let sent = remote::client(&url).send(&url, &self.token, envelope.as_bytes())?;
        let received: Received = serde_json::from_slice(&remote::done(sent)?)
            .context("the server did not answer as Mainstay does")?;
        if format == AnswerForm::Json {
            return Ok(());
        }
        let mut sheet = context.output.sheet();
        let known = if received.known { "It was there already, as " } else { "Sent; it is " };
        let line = Line::default().text(known).toned(Tone::Strong, &received.id);
        sheet.push(&line.text(format!(": {}", received.status)));
        if received.late {
            let text = "it came after the deadline: it counts, and is marked late";
            sheet.push(&Line::indented(2).toned(Tone::Warning, text));
        }
        context.output.show(&sheet.into_string())
    }
}
