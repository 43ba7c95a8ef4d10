//! Writing files of a commit: the tree's listing, then each content through `git cat-file --batch`.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::Path;
use std::process::Stdio;

use crate::Commit;
use crate::call::{Git, disk};
use crate::error::GitError;
use crate::tree::{TreeEntry, TreeFile, entry};

/// How much is written.
#[derive(Clone, Copy, Debug)]
pub struct ExportLimits {
    /// The most bytes of one file; larger ones are left out.
    pub file_bytes: u64,
    /// The most bytes of all files.
    pub total_bytes: u64,
    /// The most files.
    pub files: usize,
}

/// What was written.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// How many files.
    pub files: usize,
    /// Links, submodules, files that are too large and names that are not safe, among what was
    /// asked for.
    pub left_out: Vec<String>,
}

pub(crate) fn export(
    git: &Git,
    commit: &Commit,
    below: &str,
    wanted: &dyn Fn(&str, u64) -> bool,
    limits: ExportLimits,
    into: &Path,
) -> Result<Exported, GitError> {
    let listing = git.bytes(&["ls-tree", "-r", "-z", "-l", "--full-tree", commit.id()])?;
    let mut exported = Exported::default();
    let mut files: Vec<TreeFile<'_>> = Vec::new();
    let mut total = 0_u64;
    for line in listing.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
        let found = entry(line).ok_or_else(|| unreadable("ls-tree"))?;
        match found {
            TreeEntry::LeftOut(path) => {
                if is_below(&path, below) && wanted(&path, 0) {
                    exported.left_out.push(path);
                }
            }
            TreeEntry::File(file) => {
                if !is_below(file.path, below) || !wanted(file.path, file.bytes) {
                    continue;
                }
                if file.bytes > limits.file_bytes {
                    exported.left_out.push(file.path.to_owned());
                    continue;
                }
                total = total.saturating_add(file.bytes);
                if total > limits.total_bytes || files.len() >= limits.files {
                    let most =
                        format!("{} MiB or {} files", limits.total_bytes >> 20, limits.files);
                    return Err(GitError::TooLarge(most));
                }
                files.push(file);
            }
        }
    }
    write_all(git, &files, into, &mut exported)?;
    Ok(exported)
}

fn is_below(path: &str, below: &str) -> bool {
    below.is_empty()
        || path == below
        || path.strip_prefix(below).is_some_and(|rest| rest.starts_with('/'))
}

fn write_all(
    git: &Git,
    files: &[TreeFile<'_>],
    into: &Path,
    exported: &mut Exported,
) -> Result<(), GitError> {
    let mut command = git.command(&["cat-file", "--batch"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| disk(&git.program, &error))?;
    let (Some(mut asks), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(unreadable("cat-file"));
    };
    let mut answers = BufReader::new(answers);
    let mut done = Ok(());
    for file in files {
        // One question at a time: neither side can wait for the other.
        let asked = asks.write_all(format!("{}\n", file.object).as_bytes());
        done = asked
            .and_then(|()| asks.flush())
            .map_err(|error| disk(&git.program, &error))
            .and_then(|()| write_one(&mut answers, file, into, exported));
        if done.is_err() {
            let _ = child.kill();
            break;
        }
    }
    drop(asks);
    let _ = child.wait();
    done
}

/// Reads `<object> blob <size>`, the content and a line feed.
fn write_one(
    answers: &mut impl std::io::BufRead,
    file: &TreeFile<'_>,
    into: &Path,
    exported: &mut Exported,
) -> Result<(), GitError> {
    let mut head = String::new();
    let read = answers.by_ref().take(256).read_line(&mut head);
    let expected = format!("{} blob {}\n", file.object, file.bytes);
    if read.is_err() || head != expected {
        return Err(unreadable("cat-file"));
    }
    let path = into.join(file.path);
    let mut content = answers.by_ref().take(file.bytes);
    let written = path
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| File::create_new(&path))
        .and_then(|mut target| std::io::copy(&mut content, &mut target));
    match written {
        Ok(bytes) if bytes == file.bytes => exported.files += 1,
        Ok(_) => return Err(unreadable("cat-file")),
        // Two names that this disk does not tell apart, or a file where a folder should be.
        Err(_) => {
            exported.left_out.push(file.path.to_owned());
            std::io::copy(&mut content, &mut std::io::sink())
                .map_err(|error| disk(&path, &error))?;
        }
    }
    let mut end = [0];
    answers.read_exact(&mut end).map_err(|_| unreadable("cat-file"))?;
    if end == *b"\n" { Ok(()) } else { Err(unreadable("cat-file")) }
}

fn unreadable(command: &str) -> GitError {
    GitError::Unreadable { command: command.to_owned() }
}
