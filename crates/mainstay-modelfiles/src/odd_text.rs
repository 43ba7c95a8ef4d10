//! Characters in names and short texts that show a person something else than a program reads:
//! control characters (a terminal obeys them) and marks that turn the direction of text.

/// The first odd character of a text of many lines, as a person would name it.
pub(crate) fn odd_character(text: &str) -> Option<String> {
    text.chars().find(|letter| is_odd(*letter) && !matches!(letter, '\t' | '\n' | '\r')).map(shown)
}

/// The first odd character of a name, which has a single line.
pub(crate) fn odd_in_name(name: &str) -> Option<String> {
    name.chars().find(|letter| is_odd(*letter)).map(shown)
}

/// Bytes as text of bounded length, odd characters escaped.
pub(crate) fn readable(bytes: &[u8]) -> String {
    let cut = bytes.get(..200).unwrap_or(bytes);
    let mut text = String::new();
    for letter in String::from_utf8_lossy(cut).chars() {
        if is_odd(letter) {
            text.push_str(&shown(letter));
        } else {
            text.push(letter);
        }
    }
    if cut.len() < bytes.len() {
        text.push('…');
    }
    text
}

/// Whether a text has an element of HTML that a browser would act upon.
pub(crate) fn has_markup(text: &str) -> bool {
    let Some((inner, _)) = text.rsplit_once('>') else { return false };
    inner.split('<').skip(1).any(|name| {
        let name = name.strip_prefix('/').unwrap_or(name);
        name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '!')
    })
}

fn is_odd(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}')
        || matches!(letter, '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}

fn shown(letter: char) -> String {
    format!("U+{:04X}", u32::from(letter))
}
