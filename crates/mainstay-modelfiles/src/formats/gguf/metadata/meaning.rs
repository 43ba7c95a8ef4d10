//! What single keys mean: alignment, licence, templates, the vocabulary.

use std::borrow::Cow;

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use super::super::scalar::{Kind, Scalar, Value};
use super::Reading;
use crate::odd_text::{odd_character, readable};
use crate::{jinja, licence};

/// The largest alignment that anybody needs: a large page.
const LARGEST_ALIGNMENT: u64 = 1 << 21;
/// The most layers that llama.cpp has room for.
const MOST_LAYERS: u64 = 512;

/// Whether a key holds a chat template: `tokenizer.chat_template`, or one of several by name.
pub(super) fn is_template(key: &[u8]) -> bool {
    key.ends_with(b"chat_template") || key.starts_with(b"tokenizer.chat_template.")
}

impl Reading<'_, '_, '_> {
    pub(super) fn number(&mut self, key: &[u8], value: Value, at: u64) {
        self.examination.describe(|description| {
            description.fact(&readable(key), &value.shown());
        });
        let number = value.unsigned();
        if value.scalar == Scalar::Bool && number > Some(1) {
            let message = "a yes or no is neither: readers take it differently";
            let danger = Danger::new(DangerCode::Malformed, self.part.at(at), message);
            self.examination.danger(danger.graded(Severity::Medium));
        }
        if key == b"general.alignment" {
            self.alignment(number, at);
        }
        if key.ends_with(b".block_count") && number.is_none_or(|number| number > MOST_LAYERS) {
            let message = format!(
                "the model claims {} layers, and readers have room for {MOST_LAYERS}: a careless \
                 one writes behind its memory",
                value.shown()
            );
            self.malformed(at, message);
        }
    }

    fn alignment(&mut self, number: Option<u64>, at: u64) {
        match number {
            Some(number) if number.is_power_of_two() && number <= LARGEST_ALIGNMENT => {
                self.metadata.alignment = number;
            }
            _ => {
                let message = "the alignment is not a power of two of a sensible size: a reader \
                               that divides by it crashes, or looks for tensors in the wrong place";
                self.malformed(at, message);
            }
        }
    }

    pub(super) fn text(&mut self, key: &[u8], text: &[u8], at: u64) {
        self.examination.describe(|description| {
            description.fact(&readable(key), &String::from_utf8_lossy(text));
        });
        if is_template(key) {
            return self.template(text, at);
        }
        if !key.starts_with(b"general.") {
            return;
        }
        let text = String::from_utf8_lossy(text);
        if key == b"general.license" || key == b"general.license.name" {
            licence::stated(&text, self.examination);
        }
        if let Some(odd) = odd_character(&text) {
            let message = format!(
                "a text about the model has the character {odd}, which terminals and pages obey \
                 instead of showing it"
            );
            let danger = Danger::new(DangerCode::OddContainer, self.part.at(at), message);
            let shown = readable(text.as_bytes());
            self.examination.danger(danger.graded(Severity::Medium).shown(shown));
        }
    }

    pub(super) fn template(&mut self, text: &[u8], at: u64) {
        let readable = String::from_utf8_lossy(text);
        if matches!(readable, Cow::Owned(_)) {
            let message = "a chat template is not UTF-8 text: readers take different templates \
                           from it";
            self.malformed(at, message);
        }
        jinja::look_at(&readable, self.part, at, self.examination);
    }

    pub(super) fn array_means(&mut self, key: &[u8], kind: Kind, count: u64) {
        self.examination.describe(|description| {
            description.fact(&readable(key), &format!("[{}; {count}]", kind.name()));
        });
        let into = match key {
            b"tokenizer.ggml.tokens" => &mut self.metadata.tokens,
            b"tokenizer.ggml.scores" => &mut self.metadata.scores,
            b"tokenizer.ggml.token_type" => &mut self.metadata.types,
            _ => return,
        };
        *into = Some(count);
    }
}
