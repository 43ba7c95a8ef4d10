//! Texts in the forms that the schema asks for. Other people's documents hold addresses with
//! placeholders in them and dates without a time; a writer must not hand that on as if it were
//! valid.

use std::borrow::Cow;

/// An IRI reference (RFC 3987): what may not stand in one is percent-encoded; an address in the
/// short form of SSH (`git@host:path`) is written in its long form.
pub(super) fn iri(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let source = match long_form(text) {
        Some(long) => Cow::Owned(long),
        None => Cow::Borrowed(text),
    };
    if source.bytes().all(|byte| byte != b'#' && is_allowed(char::from(byte))) {
        return source;
    }
    let mut out = String::with_capacity(source.len() + 8);
    let mut has_fragment = false;
    for (at, character) in source.char_indices() {
        let is_kept = match character {
            '%' => is_escape(&source, at),
            '#' => !std::mem::replace(&mut has_fragment, true),
            character => is_allowed(character),
        };
        if is_kept {
            out.push(character);
        } else {
            encode(&mut out, character);
        }
    }
    Cow::Owned(out)
}

/// Whether a percent sign stands before two digits.
fn is_escape(text: &str, at: usize) -> bool {
    let digits = text.as_bytes().get(at + 1..at + 3);
    digits.is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
}

fn encode(out: &mut String, character: char) {
    let digit =
        |nibble: u8| char::from_digit(u32::from(nibble), 16).map(|c| c.to_ascii_uppercase());
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        out.push('%');
        out.extend(digit(byte >> 4));
        out.extend(digit(byte & 15));
    }
}

/// Characters that may stand unencoded wherever they are. Those beyond ASCII may not stand
/// everywhere, and are encoded.
fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._~:/?@!$&'()*+,;=".contains(character)
}

/// `git@host:path` and `ssh://git@host:path` with a scheme and without a port that is no number.
/// `None` where the text is right as it is.
fn long_form(text: &str) -> Option<String> {
    let (before, after) = text.split_once(':')?;
    let Some(rest) = after.strip_prefix("//") else {
        let is_scheme = before.starts_with(|c: char| c.is_ascii_alphabetic())
            && before.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
        let is_path = before.contains(['/', '?', '#']);
        return (!is_scheme && !is_path).then(|| format!("ssh://{before}/{after}"));
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let host = authority.rfind('@').map_or(0, |at| at + 1);
    let colon = authority.get(host..)?.rfind(':')? + host;
    let port = authority.get(colon + 1..)?;
    if port.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(format!("{before}://{}/{port}{path}", authority.get(..colon)?))
}

/// A time as RFC 3339 has it. `None` for any other text.
pub(super) fn time(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<u32> {
        let digits = text.get(from..to)?;
        let is_number = digits.bytes().all(|b| b.is_ascii_digit());
        if is_number { digits.parse().ok() } else { None }
    };
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    let is_separated = separators.iter().all(|(at, wanted)| bytes.get(*at) == Some(wanted));
    number(0, 4)?;
    let in_range = (1..=12).contains(&number(5, 7)?)
        && (1..=31).contains(&number(8, 10)?)
        && number(11, 13)? < 24
        && number(14, 16)? < 60
        && number(17, 19)? < 60;
    let rest = text.get(19..)?;
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            (zone.len() < fraction.len()).then_some(zone)?
        }
        None => rest,
    };
    let is_offset = match zone.as_bytes() {
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            let digits = [h1, h2, m1, m2].iter().all(|b| b.is_ascii_digit());
            digits && (*h1, *h2) < (b'2', b'4') && *m1 < b'6'
        }
        zone => zone == b"Z",
    };
    (is_separated && in_range && is_offset).then_some(text)
}

/// An address for mail: one `@` with plain text on both sides.
pub(super) fn mail(text: &str) -> Option<&str> {
    let (user, host) = text.split_once('@')?;
    let plain = |part: &str, also: &str| {
        let is_dotted = part.starts_with('.') || part.ends_with('.') || part.contains("..");
        let is_plain = part.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c));
        !part.is_empty() && !is_dotted && is_plain
    };
    (plain(user, ".!#$%&'*+/=?^_`{|}~-") && plain(host, ".-")).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_stand_in_an_address_is_encoded() {
        assert_eq!(iri("https://a.example/${x}/b c"), "https://a.example/$%7Bx%7D/b%20c");
        assert_eq!(iri("https://a.example/%20%zz#a#b"), "https://a.example/%20%25zz#a%23b");
        assert_eq!(iri("https://a.example/ok?x=1"), "https://a.example/ok?x=1");
    }

    #[test]
    fn the_short_form_of_ssh_becomes_the_long_one() {
        assert_eq!(iri("git@git.example:o/r.git"), "ssh://git@git.example/o/r.git");
        assert_eq!(iri("ssh://git@git.example:o/r.git"), "ssh://git@git.example/o/r.git");
        assert_eq!(iri("https://git.example:8443/r"), "https://git.example:8443/r");
    }

    #[test]
    fn a_date_without_a_time_is_no_time() {
        assert_eq!(time("2026-01-02"), None);
        assert_eq!(time("2026-13-02T00:00:00Z"), None);
        assert!(time("2026-01-02T03:04:05Z").is_some());
        assert!(time("2026-01-02T03:04:05.123+01:00").is_some());
    }

    #[test]
    fn a_name_is_no_address_for_mail() {
        assert_eq!(mail("Ada Lovelace"), None);
        assert!(mail("ada@maker.example").is_some());
    }
}
