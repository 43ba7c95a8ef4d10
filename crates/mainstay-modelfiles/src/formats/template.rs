//! A template that stands alone: `chat_template.jinja` beside a tokenizer.
//!
//! Specification: the chat templates of the library transformers ("Chat templates"); the syntax is
//! that of Jinja 2. Its dangers are those of [`crate::jinja`].
//!
//! Many projects have templates of pages and of source code that end in `.jinja` too. One is a
//! model's when it speaks of messages, or when it reaches for what no page needs.

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::jinja;
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "template",
    title: "a chat template",
    role: Role::Beside,
    endings: &[],
    likeness,
    read,
};

/// How many first bytes are looked at.
const LOOKED_AT: usize = 4096;

/// Words of chat templates.
const CHAT: &[&[u8]] = &[
    b"messages",
    b"message",
    b"bos_token",
    b"eos_token",
    b"add_generation_prompt",
    b"tools",
    b"raise_exception",
    b"strftime_now",
];
fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let is_named = matches!(&*beginning.ending(), "jinja" | "jinja2" | "j2");
    let begins = beginning.bytes.get(..LOOKED_AT).unwrap_or(beginning.bytes);
    if !is_named || begins.contains(&0) {
        return Likeness::No;
    }
    let has_chat = || CHAT.iter().any(|word| memchr::memmem::find(begins, word).is_some());
    let is_chat = beginning.name.starts_with("chat_template");
    let is_all = beginning.length <= LOOKED_AT as u64;
    if is_chat || has_chat() || jinja::reaches(begins) || !is_all {
        Likeness::Possible
    } else {
        Likeness::No
    }
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    if let Ok(text) = std::str::from_utf8(part.bytes) {
        jinja::look_at(text, part, 0, examination);
    } else {
        let reason = "the template is not UTF-8 text, and was not read";
        examination.gap(part.whole(), reason, "save it as UTF-8");
    }
}
