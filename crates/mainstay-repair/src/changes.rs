//! What is gained and lost between two lockfiles.

use std::collections::BTreeMap;

use mainstay_reading::Inventory;
use similar::TextDiff;

use crate::flaws::Flaw;
use crate::model::{Change, Released, Rewrite};

/// The packages that differ, by name: versions that go are paired with versions that come.
pub(crate) fn changes(before: &Inventory, after: &Inventory, gone: &[Flaw]) -> Vec<Change> {
    let (old, new) = (versions(before), versions(after));
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let mut changes = Vec::new();
    for name in names {
        let none = Vec::new();
        let (had, has) = (old.get(name).unwrap_or(&none), new.get(name).unwrap_or(&none));
        let mut lost = had.iter().filter(|version| !has.contains(version)).cloned();
        let mut gained = has.iter().filter(|version| !had.contains(version)).cloned();
        loop {
            let (from, to) = (lost.next(), gained.next());
            if from.is_none() && to.is_none() {
                break;
            }
            let removes = gone
                .iter()
                .filter(|flaw| {
                    flaw.package.to_string() == **name && from.as_ref() == Some(&flaw.version)
                })
                .map(|flaw| flaw.id.clone())
                .collect();
            let released = Released::Unknown;
            let name = name.clone();
            changes.push(Change { name, from, to, released, within_cooldown: None, removes });
        }
    }
    changes
}

fn versions(inventory: &Inventory) -> BTreeMap<String, Vec<String>> {
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in &inventory.packages {
        let Some(version) = entry.version.exact() else { continue };
        versions.entry(entry.name.to_string()).or_default().push(version.to_owned());
    }
    for list in versions.values_mut() {
        list.sort_unstable();
        list.dedup();
    }
    versions
}

impl Rewrite {
    /// Whether anything differs.
    pub fn is_change(&self) -> bool {
        self.before != self.after
    }

    /// The lines that differ, in the unified form that `patch` takes. `None` where a file is not
    /// UTF-8: a diff in other bytes would not apply.
    pub fn diff(&self, path: &str) -> Option<String> {
        let before = std::str::from_utf8(&self.before).ok()?;
        let after = std::str::from_utf8(&self.after).ok()?;
        let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
        let (old, new) = (quoted(&format!("a/{path}")), quoted(&format!("b/{path}")));
        let diff = TextDiff::from_lines(before, after);
        Some(diff.unified_diff().context_radius(3).header(&old, &new).to_string())
    }
}

/// A path as git writes it in a diff: in quotes with escapes, where it is more than plain ASCII
/// (git-config, `core.quotePath`).
fn quoted(path: &str) -> String {
    use std::fmt::Write as _;
    let is_plain = |byte: u8| (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'\\';
    if path.bytes().all(is_plain) {
        return path.to_owned();
    }
    let mut text = String::from("\"");
    for byte in path.bytes() {
        match byte {
            b'"' | b'\\' => {
                text.push('\\');
                text.push(char::from(byte));
            }
            b'\t' => text.push_str("\\t"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            byte if is_plain(byte) => text.push(char::from(byte)),
            // Writing to a `String` cannot fail.
            byte => {
                let _ = write!(text, "\\{byte:03o}");
            }
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewrite(before: &[u8], after: &[u8]) -> Rewrite {
        Rewrite { before: before.to_vec(), after: after.to_vec() }
    }

    #[test]
    fn what_is_not_utf_8_has_no_diff() {
        assert_eq!(rewrite(b"a\xff\n", b"b\n").diff("x"), None);
        assert_eq!(rewrite(b"a\n", b"b\xff\n").diff("x"), None);
    }

    #[test]
    fn a_path_is_quoted_as_git_does() {
        assert_eq!(quoted("a/uv.lock"), "a/uv.lock");
        assert_eq!(quoted("a/x\u{1b}[31m\n\u{202e}\"b"), r#""a/x\033[31m\n\342\200\256\"b""#);
        let diff = rewrite(b"a\n", b"b\n").diff("x\ny").unwrap();
        assert!(diff.starts_with("--- \"a/x\\ny\"\n+++ \"b/x\\ny\"\n"), "{diff}");
    }
}
