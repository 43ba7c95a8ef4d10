//! Who needs the packages of a compiled file, as its comments say: `# via flask`.
//!
//! pip-compile and `uv pip compile` write these behind each package or below it, one line or many.
//! Each parent is in the same file, so one that is not shows that the file was cut off. Parents
//! that are a file (`-r base.in`) or the project itself (`app (pyproject.toml)`) are none.

/// Each parent once, in the order of the file, with the first line that names it.
pub(super) fn parents(text: &str) -> Vec<(u32, &str)> {
    let mut found: Vec<(u32, &str)> = Vec::new();
    let mut in_list = false;
    for (number, line) in (1_u32..).zip(text.lines()) {
        let Some(list) = list_in(line, in_list) else {
            in_list = false;
            continue;
        };
        in_list = true;
        let names = list.split(',').map(|name| name.split('[').next().unwrap_or(name).trim());
        found.extend(names.filter(|name| is_name(name)).map(|name| (number, name)));
    }
    found.sort_by_key(|(line, name)| (*name, *line));
    found.dedup_by_key(|(_, name)| *name);
    found.sort_unstable();
    found
}

/// The part of a line that lists parents: behind `# via`, or a further line of such a comment,
/// which the tools indent by two spaces more.
fn list_in(line: &str, in_list: bool) -> Option<&str> {
    let (before, comment) = line.split_once('#')?;
    let starts = before.is_empty() || before.ends_with([' ', '\t']);
    match comment.trim().strip_prefix("via") {
        Some(list) if starts && (list.is_empty() || list.starts_with(' ')) => Some(list.trim()),
        Some(_) | None => {
            let is_further = !before.is_empty() && before.trim().is_empty();
            (in_list && is_further && comment.starts_with("   ")).then(|| comment.trim())
        }
    }
}

/// A bare name: no option, no file, no remark in parentheses.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_stand_behind_the_package_or_below_it() {
        let text = "a==1  # via web, Cli[full]\nb==2\n    # via\n    #   web\n    #   app\nc==3\n    # via other\n";
        assert_eq!(parents(text), [(1, "Cli"), (1, "web"), (5, "app"), (7, "other")]);
    }

    #[test]
    fn files_and_the_project_are_no_parents() {
        let text = "a==1\n    # via\n    #   -r base.in\n    #   -c limits.txt\n    #   app (pyproject.toml)\nb==1 # via -r base.in\n";
        assert_eq!(parents(text), []);
    }

    #[test]
    fn another_comment_lists_none() {
        assert_eq!(parents("# viable\n#   name\na==1 # a note\n    # name\n"), []);
        assert_eq!(parents("a==1\n    # via -r a.in\n# web\n    # cli\nb==1\n"), []);
    }
}
