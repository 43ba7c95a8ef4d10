//! The listing of a tree: `git ls-tree -r -z -l`.

/// One regular file of a tree.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TreeFile<'a> {
    pub(crate) object: &'a str,
    pub(crate) bytes: u64,
    /// Relative to the top, with `/`.
    pub(crate) path: &'a str,
}

/// What one entry of the listing is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TreeEntry<'a> {
    File(TreeFile<'a>),
    /// A link, a submodule, or a name that no safe path has.
    LeftOut(String),
}

/// Reads `<mode> <type> <object> <size>\t<path>`. `None`: it is no such line.
pub(crate) fn entry(line: &[u8]) -> Option<TreeEntry<'_>> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let (head, path) = (line.get(..tab)?, line.get(tab + 1..)?);
    let mut words = std::str::from_utf8(head).ok()?.split_ascii_whitespace();
    let (mode, kind, object, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let is_object =
        matches!(object.len(), 40 | 64) && object.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_object || words.next().is_some() {
        return None;
    }
    let shown = || String::from_utf8_lossy(path).into_owned();
    let is_file = kind == "blob" && matches!(mode, "100644" | "100755" | "100664");
    match std::str::from_utf8(path) {
        Ok(path) if is_file && is_safe(path) => {
            Some(TreeEntry::File(TreeFile { object, bytes: size.parse().ok()?, path }))
        }
        _ => Some(TreeEntry::LeftOut(shown())),
    }
}

/// Whether a path of a tree stays in the folder that it is written to, on every platform. Git
/// itself refuses to write the others; here they can only come from a tree made by hand.
pub(crate) fn is_safe(path: &str) -> bool {
    !path.is_empty()
        && path.len() < 4_096
        && path.split('/').all(|part| {
            !matches!(part, "" | "." | "..")
                && !part.contains(['\\', ':', '\0'])
                && !part.chars().any(char::is_control)
                && !part.ends_with(['.', ' '])
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OBJECT: &str = "0123456789012345678901234567890123456789";

    #[test]
    fn a_line_gives_object_size_and_path() {
        let line = format!("100644 blob {OBJECT}     123\ta b/Cargo.lock");
        let expected = TreeFile { object: OBJECT, bytes: 123, path: "a b/Cargo.lock" };
        assert_eq!(entry(line.as_bytes()), Some(TreeEntry::File(expected)));
    }

    #[test]
    fn a_link_and_a_submodule_are_left_out() {
        for head in ["120000 blob", "160000 commit"] {
            let line = format!("{head} {OBJECT}       -\tlink");
            let found = entry(line.as_bytes());
            assert_eq!(found, Some(TreeEntry::LeftOut("link".to_owned())), "{head}");
        }
    }

    #[test]
    fn a_path_that_leads_out_is_left_out() {
        for path in ["../x", "a/../../x", "/etc/x", "a//b", "a\\b", "c:x", "a/./b", "a\u{1b}b"] {
            assert!(!is_safe(path), "{path}");
        }
        assert!(is_safe("a/.github/x..y/Cargo.lock"));
    }

    #[test]
    fn another_line_is_no_entry() {
        for line in ["", "100644 blob x 1\ta", "100644 blob\ta", "a\tb"] {
            assert_eq!(entry(line.as_bytes()), None, "{line}");
        }
    }
}
