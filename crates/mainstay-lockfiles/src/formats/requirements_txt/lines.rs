//! From the lines of a requirements file to its logical lines: continued lines are joined,
//! comments dropped, in the order in which pip does it.

/// A line as pip sees it, with the number of its first line.
pub(super) struct Logical {
    pub(super) number: u32,
    pub(super) text: String,
    /// The last line of the file promises a further one.
    pub(super) open: bool,
}

/// The logical lines that are not empty.
pub(super) fn logical(text: &str) -> impl Iterator<Item = Logical> {
    let mut physical = (1_u32..).zip(text.lines());
    std::iter::from_fn(move || {
        loop {
            let (number, first) = physical.next()?;
            let mut joined = String::new();
            let (mut current, mut open) = (first, false);
            // A comment line ends a continuation, and is not continued itself.
            while let (Some(head), false) = (current.strip_suffix('\\'), is_comment(current)) {
                joined.push_str(head.trim_end_matches('\\'));
                let next = physical.next();
                open = next.is_none();
                current = next.map_or("", |(_, line)| line);
            }
            if is_comment(current) {
                joined.push(' ');
            }
            joined.push_str(current);
            let text = without_comment(&joined).trim();
            if !text.is_empty() {
                return Some(Logical { number, text: text.to_owned(), open });
            }
        }
    })
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// A comment starts at a number sign that begins the line or follows white space.
fn without_comment(line: &str) -> &str {
    let mut before_is_space = true;
    for (at, c) in line.char_indices() {
        if c == '#' && before_is_space {
            return line.get(..at).unwrap_or(line);
        }
        before_is_space = c.is_whitespace();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u32, String)> {
        logical(text).map(|line| (line.number, line.text)).collect()
    }

    #[test]
    fn a_backslash_joins_lines_under_the_first_number() {
        assert_eq!(
            read("\na==1 \\\n  --hash=x\nb\n"),
            [(2, "a==1   --hash=x".into()), (4, "b".into())]
        );
    }

    #[test]
    fn a_comment_needs_white_space_before_it() {
        assert_eq!(
            read("a @ http://h.example/a#egg=a # why"),
            [(1, "a @ http://h.example/a#egg=a".into())]
        );
    }

    #[test]
    fn a_comment_line_ends_a_continuation() {
        assert_eq!(read("a==1 \\\n# note \\\nb==2"), [(1, "a==1".into()), (3, "b==2".into())]);
    }

    #[test]
    fn a_backslash_at_the_end_leaves_the_line_open() {
        assert_eq!(read("a==1 \\"), [(1, "a==1".into())]);
        let open: Vec<bool> = logical("a==1 \\\n\\\nb==2 \\\n").map(|line| line.open).collect();
        assert_eq!(open, [true]);
        assert!(logical("a==1 \\\n  --pre\nb==2\n").all(|line| !line.open));
    }
}
