//! Strings of Python (the language reference, section 2.4.1), with prefixes and escapes.

/// Reads a string. `None` when there is none, or one that is not followed.
pub(super) fn read(text: &str) -> Option<(String, &str)> {
    let belongs = |byte: &u8| matches!(byte, b'u' | b'U' | b'b' | b'B' | b'r' | b'R');
    let quote = text.bytes().take(3).take_while(belongs).count();
    let prefix = text.get(..quote)?;
    let is_raw = prefix.contains(['r', 'R']);
    let mark = text.get(quote..)?.chars().next().filter(|mark| matches!(mark, '\'' | '"'))?;
    let body = text.get(quote + 1..)?;
    let mut read = String::new();
    let mut letters = body.char_indices();
    while let Some((at, letter)) = letters.next() {
        if letter == mark {
            return Some((read, body.get(at + 1..)?));
        }
        if letter != '\\' {
            read.push(letter);
            continue;
        }
        let (_, escaped) = letters.next()?;
        if is_raw {
            read.extend([letter, escaped]);
            continue;
        }
        let (meant, length) = escape(escaped, letters.as_str())?;
        read.extend(meant);
        for _ in 0..length {
            letters.next();
        }
    }
    None
}

/// What an escape means, and how many of the letters that follow it belong to it.
fn escape(letter: char, rest: &str) -> Option<(Option<char>, usize)> {
    let hex = |length: usize| {
        let number = u32::from_str_radix(rest.get(..length)?, 16).ok()?;
        Some((Some(char::from_u32(number)?), length))
    };
    Some(match letter {
        '\n' => (None, 0),
        '\\' | '\'' | '"' => (Some(letter), 0),
        'a' => (Some('\u{7}'), 0),
        'b' => (Some('\u{8}'), 0),
        'f' => (Some('\u{C}'), 0),
        'n' => (Some('\n'), 0),
        'r' => (Some('\r'), 0),
        't' => (Some('\t'), 0),
        'v' => (Some('\u{B}'), 0),
        'x' => return hex(2),
        'u' => return hex(4),
        'U' => return hex(8),
        '0'..='7' => {
            let more = rest.bytes().take(2).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
            let first = letter.to_digit(8)?;
            let fold = |number: u32, byte: u8| number * 8 + u32::from(byte - b'0');
            let number = rest.bytes().take(more).fold(first, fold);
            (Some(char::from_u32(number)?), more)
        }
        // `\N{...}`, or a backslash that escapes nothing.
        _ => return None,
    })
}
