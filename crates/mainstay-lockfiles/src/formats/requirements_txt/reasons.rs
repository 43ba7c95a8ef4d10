//! Why the packages of a compiled file are there, as its comments say: `# via flask`.
//!
//! pip-compile and uv write these behind each package or below it, one line or many. What is named
//! is a package, a file (`-r base.in`) or the project itself (`app (pyproject.toml)`); a file of
//! constraints (`-c`) asks for nothing.

/// One reason why a package is there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reason<'t> {
    /// The line that gives it; the package stands on this line or above.
    pub(super) line: u32,
    pub(super) who: Who<'t>,
}

/// Who needs a package.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Who<'t> {
    Package(&'t str),
    /// The project, or a file of what it wants.
    Project,
}

/// The reasons, in the order of the file.
pub(super) fn reasons(text: &str) -> Vec<Reason<'_>> {
    let mut found = Vec::new();
    let mut in_list = false;
    for (line, content) in (1_u32..).zip(text.lines()) {
        let Some(list) = list_in(content, in_list) else {
            in_list = false;
            continue;
        };
        in_list = true;
        let all = list.split(',').filter_map(|text| who(text.trim()));
        found.extend(all.map(|who| Reason { line, who }));
    }
    found
}

fn who(text: &str) -> Option<Who<'_>> {
    if text.starts_with("-r ") || text.ends_with(')') {
        return Some(Who::Project);
    }
    let name = text.split('[').next().unwrap_or(text).trim();
    is_name(name).then_some(Who::Package(name))
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

    fn said(text: &str) -> Vec<(u32, &str)> {
        let of = |reason: Reason<'_>| match reason.who {
            Who::Package(name) => (reason.line, text.split_at(text.find(name).unwrap()).1),
            Who::Project => (reason.line, ""),
        };
        reasons(text).into_iter().map(of).map(|(line, rest)| (line, first_word(rest))).collect()
    }

    fn first_word(text: &str) -> &str {
        text.split(|c: char| !c.is_alphanumeric()).next().unwrap()
    }

    #[test]
    fn reasons_stand_behind_the_package_or_below_it() {
        let text = "a==1  # via web, Cli[full]\nb==2\n    # via\n    #   web\n    #   app\nc==3\n    # via other\n";
        let expected = [(1, "web"), (1, "Cli"), (4, "web"), (5, "app"), (7, "other")];
        assert_eq!(said(text), expected);
    }

    #[test]
    fn files_and_the_project_ask_and_constraints_do_not() {
        let text = "a==1\n    # via\n    #   -r base.in\n    #   -c limits.txt\n    #   app[x] (pyproject.toml)\nb==1 # via -r base.in\n";
        assert_eq!(said(text), [(3, ""), (5, ""), (6, "")]);
    }

    #[test]
    fn another_comment_gives_none() {
        assert_eq!(said("# viable\n#   name\na==1 # a note\n    # name\n"), []);
        assert_eq!(said("a==1\n    # via -r a.in\n# web\n    # cli\nb==1\n"), [(2, "")]);
    }
}
