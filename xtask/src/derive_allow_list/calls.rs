//! The calls in a line of code whose texts are emptied.

/// A call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call<'a> {
    /// Of a name, or of names joined by dots, and what stands behind its bracket.
    Path { path: &'a str, arguments: &'a str },
    /// Of a method of the bases: `super().method(`.
    OfSuper { method: &'a str },
    /// Of a method of a value without a name: `"".join(`, `f(x).pop(`.
    OfValue { method: &'a str },
    /// Of what another call or an index gave: `f()(`, `table[x](`.
    Computed,
}

/// Words that stand in front of a bracket and are no calls.
const KEYWORDS: [&str; 24] = [
    "and", "as", "assert", "await", "case", "del", "elif", "else", "except", "for", "from", "if",
    "in", "is", "lambda", "match", "not", "or", "print", "raise", "return", "while", "with",
    "yield",
];

/// Every call in a line, in order. A bare decorator of an inner function is one.
pub(super) fn of(code: &str) -> Vec<Call<'_>> {
    let mut calls = Vec::new();
    if let Some(decorator) = code.strip_prefix('@').filter(|name| !name.contains('(')) {
        calls.push(Call::Path { path: decorator.trim(), arguments: "" });
    }
    for (at, _) in code.match_indices('(') {
        let (Some(before), Some(arguments)) = (code.get(..at), code.get(at + 1..)) else {
            continue;
        };
        calls.extend(call(before.trim_end(), arguments));
    }
    calls
}

fn call<'a>(before: &'a str, arguments: &'a str) -> Option<Call<'a>> {
    let last = before.chars().next_back()?;
    if matches!(last, ')' | ']') {
        return Some(Call::Computed);
    }
    if !is_letter(last) {
        // A bracket of its own, unless a text is called, which is an error when it runs.
        return None;
    }
    let start = before.rfind(|c: char| !is_letter(c) && c != '.');
    let start = start.map_or(0, |at| at + before.get(at..).map_or(1, first_length));
    let (front, path) = before.split_at_checked(start)?;
    let Some(method) = path.strip_prefix('.') else {
        let is_definition =
            front.trim_end().ends_with("def") || front.trim_end().ends_with("class");
        let is_word = KEYWORDS.contains(&path) || path.starts_with(|c: char| c.is_ascii_digit());
        return (!is_definition && !is_word).then_some(Call::Path { path, arguments });
    };
    if front.ends_with("super()") {
        return Some(Call::OfSuper { method });
    }
    Some(Call::OfValue { method: method.rsplit('.').next().unwrap_or(method) })
}

fn first_length(text: &str) -> usize {
    text.chars().next().map_or(1, char::len_utf8)
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a word stands in a line by itself.
pub(super) fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code.get(..at).and_then(|text| text.chars().next_back());
        let after = code.get(at + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(|c| is_letter(c) || c == '.') && !after.is_some_and(is_letter)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(code: &str) -> Vec<&str> {
        let path = |call: Call<'_>| match call {
            Call::Path { path, .. } => Some(path.to_owned()),
            Call::OfSuper { .. } | Call::OfValue { .. } | Call::Computed => None,
        };
        of(code).into_iter().filter_map(path).map(|path| &*path.leak()).collect()
    }

    #[test]
    fn names_in_front_of_a_bracket_are_called() {
        assert_eq!(paths("x = a.b (f(1), (2, 3))"), ["a.b", "f"]);
        assert_eq!(paths("if (x) and not (y): return (z)"), [""; 0]);
        assert_eq!(paths("def inner(a): return g(a)"), ["g"]);
    }

    #[test]
    fn what_is_called_on_a_value_is_told_apart() {
        assert_eq!(of("super().__setstate__(s)")[1], Call::OfSuper { method: "__setstate__" });
        assert_eq!(of("\"\".join(x)"), [Call::OfValue { method: "join" }]);
        assert_eq!(of("t[x](y)"), [Call::Computed]);
    }

    #[test]
    fn a_bare_decorator_is_a_call() {
        assert_eq!(paths("@wraps"), ["wraps"]);
    }

    #[test]
    fn a_word_is_found_only_by_itself() {
        assert!(has_word("if x: import y", "import"));
        assert!(!has_word("import_x = a.import", "import"));
    }
}
