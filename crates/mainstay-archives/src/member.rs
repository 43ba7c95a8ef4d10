//! A member of an archive, and its path.

use std::fmt;
use std::sync::Arc;

use mainstay_reading::AnomalyCode;

use crate::notes::Notes;

/// A member, as its header describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its path.
    pub path: MemberPath,
    /// What it is.
    pub kind: MemberKind,
    /// Its bytes, unpacked. 0 for what is no file.
    pub size: u64,
    /// The permission bits of Unix, where the archive has any.
    pub mode: Option<u32>,
}

/// What a member is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, to this target as it is written.
    Symlink(Arc<str>),
    /// A second name of an earlier member.
    HardLink(Arc<str>),
    /// A device, a pipe or a socket.
    Device,
}

/// A path within an archive: relative, with `/`, without `.`, `..` and empty parts. A path that
/// was written otherwise is made so, and noted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberPath(Arc<str>);

impl MemberPath {
    /// The path that a name means. What it is not allowed to mean is noted and cut off: `/etc/x`
    /// is `etc/x`, and `..` does not climb above the archive.
    pub(crate) fn parse(name: &str, slash: Slash, notes: &mut Notes) -> Self {
        if is_deceptive(name) {
            let message = format!("the name {name:?} holds characters that are not shown");
            notes.add(AnomalyCode::DeceptiveName, name, message);
        }
        if leads_out(name) {
            let message = format!("the path {name:?} leads out of the archive");
            notes.add(AnomalyCode::PathLeadsOut, name, message);
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in name.split(|c| c == '/' || (slash == Slash::Both && c == '\\')) {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        Self(parts.join("/").into())
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part behind the last `/`.
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&*self.0, |(_, name)| name)
    }
}

impl fmt::Display for MemberPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What divides the parts of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slash {
    /// `/` alone: tar.
    Forward,
    /// `/`, and `\` as some packers of Windows write it: zip.
    Both,
}

/// Whether a careless tool would unpack the path to somewhere else. Windows divides at `\` too,
/// and begins a path with a drive.
fn leads_out(name: &str) -> bool {
    let drive = matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    if drive || name.starts_with(['/', '\\']) {
        return true;
    }
    climbs_out(0, name)
}

/// Whether a path climbs above the archive, seen from a folder so many levels below its top.
fn climbs_out(depth: usize, path: &str) -> bool {
    let mut depth = depth;
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => match depth.checked_sub(1) {
                Some(up) => depth = up,
                None => return true,
            },
            _ => depth += 1,
        }
    }
    false
}

/// Whether the target of a symbolic link leads out of the archive.
pub(crate) fn target_leads_out(path: &MemberPath, target: &str) -> bool {
    let folder = path.as_str().split('/').count().saturating_sub(1);
    target.starts_with(['/', '\\']) || has_drive(target) || climbs_out(folder, target)
}

fn has_drive(name: &str) -> bool {
    matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

/// Control characters, and those that turn the direction of text (Unicode TR 36, "bidirectional
/// text spoofing"). U+FFFD stands where bytes were no text.
fn is_deceptive(name: &str) -> bool {
    name.chars().any(|c| {
        c.is_control()
            || matches!(c, '\u{FFFD}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
                | '\u{2066}'..='\u{2069}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(name: &str) -> (MemberPath, Vec<AnomalyCode>) {
        let mut notes = Notes::default();
        let path = MemberPath::parse(name, Slash::Both, &mut notes);
        (path, notes.into_list().iter().map(|note| note.code).collect())
    }

    #[test]
    fn a_leading_dot_is_no_part_of_a_path() {
        let (path, codes) = parse("./a//b/../c");
        assert_eq!((path.as_str(), codes), ("a/c", vec![]));
    }

    #[test]
    fn a_path_that_climbs_is_noted_and_stays_inside() {
        for name in ["../etc/passwd", "a/../../etc/passwd", "/etc/passwd", "..\\etc\\passwd"] {
            let (path, codes) = parse(name);
            assert_eq!((path.as_str(), codes), ("etc/passwd", vec![AnomalyCode::PathLeadsOut]));
        }
        assert_eq!(parse("C:\\x").1, [AnomalyCode::PathLeadsOut]);
    }

    #[test]
    fn a_name_that_turns_its_direction_is_noted() {
        assert_eq!(parse("a\u{202E}gnp.exe").1, [AnomalyCode::DeceptiveName]);
        assert_eq!(parse("a\nb").1, [AnomalyCode::DeceptiveName]);
    }

    #[test]
    fn a_link_is_judged_from_the_folder_that_it_lies_in() {
        let path = parse("usr/lib/a").0;
        let out = |target| target_leads_out(&path, target);
        assert!(!out("../../b"));
        for target in ["../../../b", "/b", "C:\\b"] {
            assert!(out(target), "{target}");
        }
    }
}
