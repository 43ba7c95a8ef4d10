//! Markers of requirements, as far as extras go.
//!
//! Standard: "Dependency specifiers" of the `PyPA` specifications (PEP 508), "Environment Markers":
//! comparisons joined by `and` and `or`, with parentheses; `and` binds closer.

/// Whether a marker may hold for whoever asks for no extra. What else it asks (the version of Python,
/// the platform) may hold somewhere.
pub(super) fn may_hold_without_extras(marker: &str) -> bool {
    let mut values: Vec<bool> = Vec::new();
    let mut waiting: Vec<Joint> = Vec::new();
    let mut comparison: Vec<&str> = Vec::new();
    for token in Tokens(marker) {
        let joint = match token {
            "(" => {
                waiting.push(Joint::Open);
                continue;
            }
            ")" => Joint::Open,
            "and" => Joint::And,
            "or" => Joint::Or,
            part => {
                comparison.push(part);
                continue;
            }
        };
        close(&mut comparison, &mut values);
        while let Some(last) = waiting.pop_if(|last| *last != Joint::Open && *last >= joint) {
            apply(last, &mut values);
        }
        match token {
            ")" => drop(waiting.pop_if(|last| *last == Joint::Open)),
            _ => waiting.push(joint),
        }
    }
    close(&mut comparison, &mut values);
    while let Some(last) = waiting.pop() {
        apply(last, &mut values);
    }
    values.pop().unwrap_or(true)
}

/// What joins two comparisons: what binds closer is greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Joint {
    Open,
    Or,
    And,
}

fn close(comparison: &mut Vec<&str>, values: &mut Vec<bool>) {
    if !comparison.is_empty() {
        values.push(may_hold(comparison));
        comparison.clear();
    }
}

/// Without an extra, `extra` is no name that anything could be compared with.
fn may_hold(comparison: &[&str]) -> bool {
    !matches!(comparison, ["extra", "==" | "===", _] | [_, "==" | "===", "extra"])
}

/// What is missing from a marker that is no marker may hold.
fn apply(joint: Joint, values: &mut Vec<bool>) {
    let (right, left) = (values.pop().unwrap_or(true), values.pop().unwrap_or(true));
    values.push(match joint {
        Joint::And => left && right,
        Joint::Or => left || right,
        Joint::Open => right,
    });
}

/// Words, texts in quotes, operators and parentheses.
struct Tokens<'m>(&'m str);

impl<'m> Iterator for Tokens<'m> {
    type Item = &'m str;

    fn next(&mut self) -> Option<&'m str> {
        let rest = self.0.trim_start();
        let first = rest.chars().next()?;
        let is_operator = |c: char| "<>=!~".contains(c);
        let length = match first {
            '(' | ')' => 1,
            '"' | '\'' => rest.get(1..)?.find(first).map_or(rest.len(), |end| end + 2),
            first if is_operator(first) => rest.find(|c| !is_operator(c)).unwrap_or(rest.len()),
            _ => {
                let ends = |c: char| c.is_whitespace() || "()\"'".contains(c) || is_operator(c);
                rest.find(ends).unwrap_or(rest.len())
            }
        };
        let (token, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use super::may_hold_without_extras as holds;

    #[test]
    fn what_only_an_extra_asks_for_does_not_hold() {
        for marker in [
            "extra == 'x'",
            "'x'==extra",
            "python_version < \"3\" and extra == \"x\"",
            "(extra == 'a' or extra == 'b') and os_name == 'nt'",
        ] {
            assert!(!holds(marker), "{marker}");
        }
    }

    #[test]
    fn what_may_hold_without_an_extra_does() {
        for marker in [
            "",
            "python_version >= '3' or extra == 'x'",
            "extra != 'x'",
            "os_name == 'extra'",
            "extra == 'x' and os_name == 'nt' or os_name == 'posix'",
            "))((",
            "'",
            "and or",
        ] {
            assert!(holds(marker), "{marker}");
        }
    }
}
