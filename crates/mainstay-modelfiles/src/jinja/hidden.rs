//! Text of a template that the model reads and a person does not see, or that turns the model
//! against whoever uses it.

use super::lexer::{Kind, Piece, Template};

/// From so many invisible characters on they are no slip of the keyboard.
const MOST_INVISIBLE: usize = 3;
/// From so many blank characters on, text behind them is out of sight.
const LONGEST_BLANK: usize = 400;

/// Where something is hidden, and what.
pub(super) fn of(template: &Template<'_>) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut tell = |at: usize, message: Option<&str>| {
        let message = message.filter(|one| !found.iter().any(|(_, told)| told == one));
        found.extend(message.map(|message| (at, message.to_owned())));
    };
    for (position, piece) in template.pieces.iter().enumerate() {
        match piece {
            Piece::Text { at, text } => {
                for message in text_dangers(text) {
                    tell(*at, Some(message));
                }
                let next = template.pieces.get(position + 1);
                let is_put_out = matches!(next, Some(Piece::Tag(tag)) if !tag.is_statement);
                tell(*at, is_put_out.then(|| sends_away(text)).flatten());
            }
            Piece::Tag(tag) => {
                for token in &tag.tokens {
                    if let Kind::Text { decoded, .. } = &token.kind {
                        for message in text_dangers(decoded) {
                            tell(token.at, Some(message));
                        }
                    }
                }
            }
        }
    }
    found
}

fn text_dangers(text: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    found.extend(invisible(text));
    found.extend(pushed_away(text));
    found.extend(overrides(text));
    found
}

/// Whether a character takes no room where it is shown.
pub(super) fn is_invisible(c: char) -> bool {
    is_zero_width(c) || is_turning(c) || is_tag(c) || is_variation(c)
}

fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{180E}')
        || matches!(c, '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{3164}')
}

/// Marks that turn the direction of writing (Unicode Standard Annex 9).
fn is_turning(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Tag characters: a copy of ASCII that is not shown.
fn is_tag(c: char) -> bool {
    matches!(c, '\u{E0000}'..='\u{E007F}')
}

fn is_variation(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Characters that are not shown and carry text all the same.
fn invisible(text: &str) -> Option<&'static str> {
    if text.is_ascii() {
        return None;
    }
    let (mut zero_width, mut variations) = (0, 0);
    let mut before = '\n';
    // A flag of a region is an emoji that is spelled with tags.
    let mut is_flag = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        is_flag = c == '\u{1F3F4}' || is_flag && is_tag(c);
        if is_turning(c) {
            return Some(
                "text of the template has marks that turn the direction of writing: a person \
                 reads something else than the model does",
            );
        }
        if is_tag(c) && !is_flag {
            return Some(
                "text of the template has Unicode tags, which a person does not see and the \
                 model reads",
            );
        }
        let next = characters.peek().copied().unwrap_or('\n');
        let splits_word = before.is_ascii_alphanumeric() && next.is_ascii_alphanumeric();
        // Joiners belong to emoji and to scripts such as Persian.
        let joins = matches!(c, '\u{200C}' | '\u{200D}') && !before.is_ascii() && !next.is_ascii();
        if is_zero_width(c) && !joins {
            zero_width += if splits_word && c != '\u{00AD}' { MOST_INVISIBLE + 1 } else { 1 };
        }
        variations = if is_variation(c) { variations + 1 } else { 0 };
        if zero_width > MOST_INVISIBLE || variations > MOST_INVISIBLE {
            return Some(
                "text of the template has characters without width, which a person does not see \
                 and the model reads",
            );
        }
        before = c;
    }
    None
}

/// Text behind so much blank space that an editor does not show it.
fn pushed_away(text: &str) -> Option<&'static str> {
    let mut blank = 0;
    for c in text.chars() {
        if c.is_whitespace() {
            blank += 1;
            continue;
        }
        if blank >= LONGEST_BLANK {
            return Some(
                "text of the template stands behind hundreds of blank characters, where a person \
                 does not see it and the model reads it",
            );
        }
        blank = 0;
    }
    None
}

const DROPS: &[&str] = &["ignore", "disregard", "forget", "override", "bypass", "discard"];
const BETWEEN: &[&str] = &[
    "a",
    "above",
    "all",
    "any",
    "earlier",
    "every",
    "everything",
    "former",
    "given",
    "my",
    "of",
    "other",
    "preceding",
    "previous",
    "prior",
    "safety",
    "system",
    "the",
    "these",
    "those",
    "user",
    "your",
    "previously",
    "and",
    "or",
];
const POINTS_BACK: &[&str] =
    &["above", "all", "earlier", "former", "preceding", "previous", "prior"];
const ORDERS: &[&str] = &[
    "command",
    "commands",
    "directions",
    "directives",
    "guidelines",
    "instruction",
    "instructions",
    "message",
    "messages",
    "policies",
    "prompt",
    "prompts",
    "restrictions",
    "rules",
];

/// "Ignore all previous instructions", and asking to keep something from the user.
fn overrides(text: &str) -> Option<&'static str> {
    let mut words = Vec::new();
    let mut drops = false;
    let mut points_back = false;
    for word in text.split(|c: char| !c.is_alphanumeric() && !is_invisible(c) && c != '\'') {
        if word.is_empty() || word.len() > 64 {
            continue;
        }
        let word: String =
            word.chars().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase).collect();
        if DROPS.contains(&&*word) {
            (drops, points_back) = (true, false);
        } else if drops && ORDERS.contains(&&*word) && points_back {
            return Some(
                "text of the template tells the model to drop the instructions of whoever uses it",
            );
        } else if !BETWEEN.contains(&&*word) {
            drops = false;
        }
        points_back |= POINTS_BACK.contains(&&*word);
        words.push(word);
        if words.len() > 5 {
            words.remove(0);
        }
        if conceals(&words) {
            return Some("text of the template tells the model to keep something from the user");
        }
    }
    None
}

/// "Do not tell the user about the tools" is ordinary; acting without telling is not.
fn conceals(words: &[String]) -> bool {
    let ends = |wanted: &[&str]| {
        let from = words.len().checked_sub(wanted.len());
        from.and_then(|from| words.get(from..)).is_some_and(|found| found == wanted)
    };
    [
        &["without", "telling", "the", "user"][..],
        &["without", "informing", "the", "user"],
        &["without", "the", "user", "knowing"],
        &["hide", "this", "from", "the", "user"],
    ]
    .iter()
    .any(|wanted| ends(wanted))
}

/// An address to whose end the conversation is put.
fn sends_away(text: &str) -> Option<&'static str> {
    let last = text.rsplit(|c: char| c.is_whitespace() || "\"'<>".contains(c)).next()?;
    let address = last.find("http://").or_else(|| last.find("https://"))?;
    let inside = last.get(address..)?.split_once("://")?.1;
    (inside.contains('.') && inside.contains(['/', '?'])).then_some(
        "the template puts the conversation into an address: whoever shows the answer sends it \
         there",
    )
}
