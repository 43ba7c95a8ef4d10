//! Text that a template adds only when a message says a certain word, or from a certain date on:
//! a back door that no trial of the model shows.

use super::lexer::{Kind, Piece, Tag, Template};

/// From so many words on, a text is an instruction and no mark-up.
const SENTENCE: usize = 5;
/// How many pieces behind conditions are looked at, over all of them.
const MOST_PIECES: usize = 200_000;
/// The most conditions that are told.
const TOLD: usize = 20;

/// Words that name the parts of a message, not what a person writes.
const PARTS: &[&str] = &[
    "arguments",
    "assistant",
    "audio",
    "citation",
    "content",
    "developer",
    "document",
    "documents",
    "enum",
    "file",
    "function",
    "image",
    "image_url",
    "input_audio",
    "items",
    "json",
    "name",
    "null",
    "object",
    "properties",
    "reasoning",
    "reasoning_content",
    "result",
    "role",
    "string",
    "system",
    "text",
    "think",
    "thinking",
    "thought",
    "title",
    "tool",
    "tools",
    "type",
    "url",
    "user",
    "video",
];

/// What was found of such conditions.
#[derive(Debug, Default)]
pub(super) struct Triggers {
    /// Where each stands, and what it asks.
    pub(super) found: Vec<(usize, String)>,
    /// Where the first one stands that was not looked at, or not told.
    pub(super) cut_at: Option<usize>,
}

/// Looks for conditions of that sort.
pub(super) fn of(template: &Template<'_>) -> Triggers {
    let mut triggers = Triggers::default();
    let mut left = MOST_PIECES;
    for (position, piece) in template.pieces.iter().enumerate() {
        let Piece::Tag(tag) = piece else { continue };
        if !matches!(tag.keyword(), "if" | "elif") {
            continue;
        }
        let asked = asks_for_a_word(tag).or_else(|| asks_for_a_date(tag));
        let Some(asked) = asked else { continue };
        let branch = template.pieces.get(position + 1..).unwrap_or_default();
        if triggers.found.len() >= TOLD {
            triggers.cut_at = Some(tag.at);
            break;
        }
        if has_instruction(branch, &mut left) {
            triggers.found.push((tag.at, asked));
        } else if left == 0 {
            triggers.cut_at = Some(tag.at);
            break;
        }
    }
    triggers
}

/// `'word' in message['content']`.
fn asks_for_a_word(tag: &Tag<'_>) -> Option<String> {
    let mut windows = tag.tokens.windows(2).enumerate();
    let (position, word) = windows.find_map(|(position, pair)| match pair {
        [one, other] => match (&one.kind, &other.kind) {
            (Kind::Text { decoded, .. }, Kind::Name("in")) if is_word(decoded) => {
                Some((position, decoded))
            }
            _ => None,
        },
        _ => None,
    })?;
    let behind = tag.tokens.get(position + 2..)?;
    let end = behind.iter().position(|token| matches!(token.kind, Kind::Name("and" | "or" | "if")));
    let asked = behind.get(..end.unwrap_or(behind.len()))?;
    let is_content = asked.iter().any(|token| match &token.kind {
        Kind::Name(name) => name.contains("content"),
        Kind::Text { decoded, .. } => decoded == "content",
        Kind::Number(_) | Kind::Sign(_) => false,
    });
    is_content.then(|| {
        format!(
            "the template adds an instruction only when a message has the word \"{word}\" in it: \
             a trial of the model does not show it"
        )
    })
}

/// A word as a person writes it, no mark-up and no name of a part.
fn is_word(text: &str) -> bool {
    let is_plain = text.chars().all(|c| c.is_alphabetic() || c == ' ');
    is_plain && text.trim().chars().count() >= 3 && !PARTS.contains(&text.trim())
}

/// `strftime_now(...) > '2026-01-01'`.
fn asks_for_a_date(tag: &Tag<'_>) -> Option<String> {
    let is_name = |wanted: &str| {
        tag.tokens.iter().any(|token| matches!(token.kind, Kind::Name(name) if name == wanted))
    };
    let compares = tag.tokens.iter().any(|token| {
        matches!(token.kind, Kind::Sign("<" | ">" | "<=" | ">=" | "==" | "!=") | Kind::Name("in"))
    });
    (is_name("strftime_now") && compares).then(|| {
        "the template adds an instruction only on some dates: a trial of the model does not show \
         it"
        .to_owned()
    })
}

/// Whether the branch behind a condition writes a sentence.
fn has_instruction(branch: &[Piece<'_>], left: &mut usize) -> bool {
    let mut open = 0_usize;
    for piece in branch {
        let Some(rest) = left.checked_sub(1) else { return false };
        *left = rest;
        match piece {
            Piece::Text { text, .. } if is_sentence(text) => return true,
            Piece::Text { .. } => {}
            Piece::Tag(tag) => match tag.keyword() {
                "if" | "for" => open += 1,
                "endif" | "else" | "elif" if open == 0 => return false,
                "endif" | "endfor" => open = open.saturating_sub(1),
                // What stops the rendering with a message adds nothing.
                _ if calls_an_exception(tag) => {}
                _ => {
                    let says = tag.tokens.iter().any(|token| match &token.kind {
                        Kind::Text { decoded, .. } => is_sentence(decoded),
                        Kind::Name(_) | Kind::Number(_) | Kind::Sign(_) => false,
                    });
                    if says {
                        return true;
                    }
                }
            },
        }
    }
    false
}

fn calls_an_exception(tag: &Tag<'_>) -> bool {
    tag.tokens.iter().any(|token| matches!(token.kind, Kind::Name("raise_exception")))
}

fn is_sentence(text: &str) -> bool {
    let is_word = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    text.split_whitespace().filter(is_word).count() >= SENTENCE
}
