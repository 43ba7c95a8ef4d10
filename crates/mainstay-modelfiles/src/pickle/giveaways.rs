//! What the name of an unknown function, or a text that it is given, gives away of what it does.
//!
//! No list has every function of every library. One that nobody knows and that is called `load`, or
//! that is given a path, an address or a program, does what its name says.

use super::policy::Sort;

/// Parts of names, and what a function with one does. Each stands alone or begins a part.
const WORDS: [(&str, Sort); 61] = [
    ("exec", Sort::Code),
    ("execute", Sort::Code),
    ("eval", Sort::Code),
    ("evaluate", Sort::Code),
    ("run", Sort::Code),
    ("system", Sort::Code),
    ("spawn", Sort::Code),
    ("popen", Sort::Code),
    ("call", Sort::Code),
    ("command", Sort::Code),
    ("shell", Sort::Code),
    ("subprocess", Sort::Code),
    ("compile", Sort::Code),
    ("import", Sort::Code),
    ("install", Sort::Code),
    ("launch", Sort::Code),
    ("loads", Sort::Code),
    ("invoke", Sort::Code),
    ("fork", Sort::Code),
    ("load", Sort::Files),
    ("read", Sort::Files),
    ("readlines", Sort::Files),
    ("open", Sort::Files),
    ("save", Sort::Files),
    ("savetxt", Sort::Files),
    ("savez", Sort::Files),
    ("savefig", Sort::Files),
    ("savemat", Sort::Files),
    ("loadtxt", Sort::Files),
    ("loadmat", Sort::Files),
    ("genfromtxt", Sort::Files),
    ("imread", Sort::Files),
    ("imsave", Sort::Files),
    ("imwrite", Sort::Files),
    ("write", Sort::Files),
    ("dump", Sort::Files),
    ("dumps", Sort::Files),
    ("disk", Sort::Files),
    ("file", Sort::Files),
    ("files", Sort::Files),
    ("fromfile", Sort::Files),
    ("tofile", Sort::Files),
    ("unlink", Sort::Files),
    ("remove", Sort::Files),
    ("rmtree", Sort::Files),
    ("mkdir", Sort::Files),
    ("makedirs", Sort::Files),
    ("mmap", Sort::Files),
    ("symlink", Sort::Files),
    ("extractall", Sort::Files),
    ("fetch", Sort::Network),
    ("download", Sort::Network),
    ("upload", Sort::Network),
    ("url", Sort::Network),
    ("urlopen", Sort::Network),
    ("http", Sort::Network),
    ("request", Sort::Network),
    ("connect", Sort::Network),
    ("socket", Sort::Network),
    ("register", Sort::Changes),
    ("monkeypatch", Sort::Changes),
];

/// What the name of a function says that it does. `name` may be a path of attributes.
pub(super) fn of_name(name: &str) -> Option<Sort> {
    let last = name.rsplit('.').next().unwrap_or(name);
    let lower = last.trim_start_matches('_');
    if lower.starts_with("set_") {
        return Some(Sort::Changes);
    }
    let words = lower.split('_').flat_map(camel_words);
    let sorts = words.filter_map(|word| {
        let word = word.to_ascii_lowercase();
        WORDS.iter().find(|(known, _)| *known == word).map(|(_, sort)| *sort)
    });
    sorts.min_by_key(|sort| match sort {
        Sort::Code => 0,
        Sort::Network => 1,
        Sort::Files | Sort::Opens | Sort::Hides | Sort::Wraps | Sort::Changes | Sort::Scanner => 2,
    })
}

/// The same of the name of a method that is called on something unknown. Its words may go on, as
/// those of `spawnlp` and `execve` do.
pub(super) fn of_method(name: &str) -> Option<Sort> {
    let begins = || {
        let lower = name.to_ascii_lowercase();
        let mut words = lower.split('_');
        words.any(|word| {
            WORDS.iter().any(|(known, sort)| *sort == Sort::Code && word.starts_with(known))
        })
    };
    of_name(name).or_else(|| begins().then_some(Sort::Code))
}

/// `loadModel` in its words.
fn camel_words(part: &str) -> impl Iterator<Item = &str> {
    let mut rest = part;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest
            .char_indices()
            .skip(1)
            .find(|(_, each)| each.is_ascii_uppercase())
            .map_or(rest.len(), |(end, _)| end);
        let (word, next) = rest.split_at_checked(end.max(first.len_utf8()))?;
        rest = next;
        Some(word)
    })
}

/// What a text that a function or class is given says that it does with it.
pub(super) fn of_text(text: &str, is_class: bool) -> Option<Sort> {
    let is_one_word = !text.is_empty() && !text.contains(char::is_whitespace);
    let is_address = text.split_once("://").is_some_and(|(scheme, _)| {
        scheme.len() >= 2 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+')
    });
    if is_address && is_one_word {
        let is_file = text.starts_with("file:");
        return Some(if is_file { Sort::Files } else { Sort::Network });
    }
    if is_source(text, is_class) {
        return Some(Sort::Code);
    }
    let is_path = if is_class { is_surely_path(text) } else { may_be_path(text) };
    is_path.then_some(Sort::Files)
}

fn is_source(text: &str, is_class: bool) -> bool {
    let has_special = text.split("__").nth(1).is_some_and(|word| {
        word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    }) && text.matches("__").count() >= 2;
    let has_import = text.split(['\n', ';']).any(|line| {
        let line = line.trim_start();
        line.starts_with("import ") || (line.starts_with("from ") && line.contains(" import "))
    });
    let has_call = || {
        text.contains(')')
            && text.match_indices('(').any(|(at, _)| {
                text.get(..at).is_some_and(|before| {
                    before.ends_with(|last: char| last.is_ascii_alphanumeric() || last == '_')
                })
            })
    };
    has_special || has_import || (!is_class && has_call())
}

fn may_be_path(text: &str) -> bool {
    text.len() <= 4096 && (text.contains(['/', '\\']) || text.starts_with('~'))
}

fn is_surely_path(text: &str) -> bool {
    let starts = ["/", "./", "../", "~/", "\\\\"];
    let is_rooted = starts.iter().any(|start| text.starts_with(start)) && text.len() > 1;
    let has_drive = text.as_bytes().get(1..3) == Some(b":\\");
    may_be_path(text) && !text.contains('\n') && (is_rooted || has_drive || text.contains("../"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_away_what_it_does() {
        assert_eq!(of_name("load_model"), Some(Sort::Files));
        assert_eq!(of_name("Model.from_disk"), Some(Sort::Files));
        assert_eq!(of_name("_run_command"), Some(Sort::Code));
        assert_eq!(of_name("safe_download"), Some(Sort::Network));
        assert_eq!(of_name("loadModel"), Some(Sort::Files));
        assert_eq!(of_name("_reconstruct"), None);
        assert_eq!(of_name("reload_count"), None);
        assert_eq!(of_method("spawnlp"), Some(Sort::Code));
        assert_eq!(of_method("transform"), None);
    }

    #[test]
    fn a_text_gives_away_what_is_done_with_it() {
        assert_eq!(of_text("/etc/hostname", true), Some(Sort::Files));
        assert_eq!(of_text("s3://bucket", true), Some(Sort::Network));
        assert_eq!(of_text("__import__('os')", true), Some(Sort::Code));
        assert_eq!(of_text("print('inert')", false), Some(Sort::Code));
        assert_eq!(of_text("a/b", false), Some(Sort::Files));
        assert_eq!(of_text("a/b", true), None);
        assert_eq!(of_text("linear", false), None);
    }
}
