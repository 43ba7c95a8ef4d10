//! The options of a requirements file: which there are, and how a line splits into a requirement
//! and its options.

use mainstay_reading::IndexRole;

/// One logical line.
pub(super) enum Line {
    Requirement {
        text: String,
        hashes: Vec<String>,
    },
    /// `-e`: a folder or an address.
    Editable(String),
    Settings(Vec<Setting>),
}

/// An option that stands alone on its line.
pub(super) enum Setting {
    Index(String, IndexRole),
    FindLinks(String),
    Include(String),
    Constraint(String),
    Ignored,
}

/// Every option of pip's requirement files, its short form, and whether a value follows. The last
/// rows were taken by older versions of pip.
const OPTIONS: [(&str, Option<&str>, bool); 30] = [
    ("--index-url", Some("-i"), true),
    ("--pypi-url", None, true),
    ("--extra-index-url", None, true),
    ("--no-index", None, false),
    ("--constraint", Some("-c"), true),
    ("--requirement", Some("-r"), true),
    ("--editable", Some("-e"), true),
    ("--find-links", Some("-f"), true),
    ("--no-binary", None, true),
    ("--only-binary", None, true),
    ("--prefer-binary", None, false),
    ("--require-hashes", None, false),
    ("--pre", None, false),
    ("--all-releases", None, true),
    ("--only-final", None, true),
    ("--trusted-host", None, true),
    ("--use-feature", None, true),
    ("--hash", None, true),
    ("--config-settings", Some("-C"), true),
    ("--config-setting", None, true),
    ("--global-option", None, true),
    ("--install-option", None, true),
    ("--no-use-wheel", None, false),
    ("--use-wheel", None, false),
    ("--allow-external", None, true),
    ("--allow-all-external", None, false),
    ("--allow-unverified", None, true),
    ("--process-dependency-links", None, false),
    ("--always-unzip", Some("-Z"), false),
    ("--no-deps", None, false),
];

/// Reads a logical line. The error says what is wrong, as a fragment.
pub(super) fn parse(text: &str) -> Result<Line, String> {
    let (requirement, rest) = split(text);
    let found = options(rest)?;
    if !requirement.is_empty() {
        let mut hashes = Vec::new();
        for (option, value) in found {
            match option {
                "--hash" => hashes.push(hash(value)?),
                "--config-settings" | "--config-setting" | "--global-option"
                | "--install-option" => {}
                other => return Err(format!("{other} cannot follow a requirement")),
            }
        }
        return Ok(Line::Requirement { text: requirement.to_owned(), hashes });
    }
    if let Some((_, target)) = found.iter().find(|(option, _)| *option == "--editable") {
        return Ok(Line::Editable(target.clone()));
    }
    found.into_iter().map(setting).collect::<Result<_, _>>().map(Line::Settings)
}

/// The words up to the first that begins with a hyphen, and the rest.
fn split(text: &str) -> (&str, &str) {
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        if word.starts_with('-') {
            let (head, rest) = text.split_at_checked(at).unwrap_or((text, ""));
            return (head.trim_end(), rest);
        }
        at += word.len();
    }
    (text.trim_end(), "")
}

fn setting((option, value): (&'static str, String)) -> Result<Setting, String> {
    Ok(match option {
        "--index-url" | "--pypi-url" => Setting::Index(value, IndexRole::Replaces),
        "--extra-index-url" => Setting::Index(value, IndexRole::Beside),
        "--find-links" => Setting::FindLinks(value),
        "--requirement" => Setting::Include(value),
        "--constraint" => Setting::Constraint(value),
        "--hash" => return Err("a hash without a requirement".to_owned()),
        _ => Setting::Ignored,
    })
}

/// `algorithm:value`. Whether the value can be right is left to the digest.
fn hash(value: String) -> Result<String, String> {
    match value.split_once(':') {
        Some((algorithm, digits)) if !algorithm.is_empty() && !digits.is_empty() => Ok(value),
        Some(_) | None => Err("a hash has the form algorithm:value".to_owned()),
    }
}

/// Splits options by the rules of a shell and of Python's `optparse`: `--name=value`,
/// `--name value`, `-xvalue`, and unique beginnings of long names. Words that belong to no option
/// are passed over, as pip does.
fn options(text: &str) -> Result<Vec<(&'static str, String)>, String> {
    let mut words = shell_words(text)?.into_iter();
    let mut found = Vec::new();
    while let Some(word) = words.next() {
        if !word.starts_with('-') || word.len() < 2 {
            continue;
        }
        let (name, attached) = if word.starts_with("--") {
            match word.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (word, None),
            }
        } else {
            let end = word.char_indices().nth(2).map_or(word.len(), |(at, _)| at);
            let (name, value) = word.split_at_checked(end).unwrap_or((&word, ""));
            (name.to_owned(), (!value.is_empty()).then(|| value.to_owned()))
        };
        let (long, takes_value) = known(&name)?;
        let value = match (takes_value, attached) {
            (true, Some(value)) => value,
            (true, None) => words.next().ok_or_else(|| format!("{long} has no value"))?,
            (false, _) => String::new(),
        };
        if takes_value && value.is_empty() {
            return Err(format!("{long} has no value"));
        }
        found.push((long, value));
    }
    Ok(found)
}

fn known(name: &str) -> Result<(&'static str, bool), String> {
    let exact = OPTIONS.iter().find(|(long, short, _)| *long == name || *short == Some(name));
    let mut begun = OPTIONS.iter().filter(|(long, _, _)| name.len() > 2 && long.starts_with(name));
    let only = begun.next().filter(|_| begun.next().is_none());
    if let Some((long, _, takes_value)) = exact.or(only) {
        return Ok((long, *takes_value));
    }
    let name: String = name.chars().take(40).flat_map(char::escape_debug).collect();
    Err(format!("{name} is no option of a requirements file"))
}

/// Words, with quotes and backslashes taken as a POSIX shell takes them.
fn shell_words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(chars.next()),
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err("a quotation is not closed".to_owned());
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<String> {
        match parse(text) {
            Ok(Line::Requirement { hashes, .. }) => hashes,
            Ok(Line::Editable(_) | Line::Settings(_)) | Err(_) => panic!("{text}"),
        }
    }

    #[test]
    fn hashes_follow_with_an_equals_sign_or_a_space() {
        assert_eq!(hashes("a==1 --hash=sha256:1 --hash sha256:2"), ["sha256:1", "sha256:2"]);
    }

    #[test]
    fn a_beginning_of_one_option_is_that_option() {
        let Ok(Line::Settings(settings)) = parse("--extra-index https://h.example/") else {
            panic!()
        };
        assert!(matches!(&settings[..], [Setting::Index(_, IndexRole::Beside)]));
    }

    #[test]
    fn a_short_option_may_hold_its_value() {
        let Ok(Line::Settings(settings)) = parse("-rother.txt") else { panic!() };
        assert!(matches!(&settings[..], [Setting::Include(path)] if path == "other.txt"));
    }

    #[test]
    fn what_pip_refuses_is_refused() {
        for text in ["--nonsense", "a==1 --hash=", "a==1 --hash=x", "-r", "a -r b.txt", "-i 'x"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
