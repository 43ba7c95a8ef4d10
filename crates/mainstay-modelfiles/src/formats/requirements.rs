//! The list of packages that an archive of a model asks to be installed: `TorchServe`'s
//! `requirements.txt`, that of an `MLflow` model.
//!
//! Specification: the requirements file format of pip. The packages of a list that lies in a folder
//! are read as a lockfile is; here the danger counts that comes from elsewhere: whoever serves the
//! model installs, and so runs, what an address or another index gives.

use mainstay_reading::{Danger, DangerCode, Place};
use mainstay_types::Severity;

use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::part::Part;

pub(crate) const FORMAT: Format = Format {
    id: "model-requirements",
    title: "requirements of a model",
    role: Role::Beside,
    endings: &[],
    likeness,
    read,
};

/// The most characters of a line that are shown.
const SHOWN: usize = 200;

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let begins = beginning.bytes.get(..4096).unwrap_or(beginning.bytes);
    let is_named = has_name(beginning.name);
    let is_ours = beginning.is_inside && is_named && !begins.contains(&0);
    if is_ours { Likeness::Possible } else { Likeness::No }
}

/// Whether a name says that a file is a list of packages.
fn has_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("requirements") && [".txt", ".in"].iter().any(|ending| name.ends_with(ending))
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let text = String::from_utf8_lossy(part.bytes);
    for (number, line) in lines(&text) {
        let line = line.split(" #").next().unwrap_or(&line).trim();
        if line.starts_with('#') {
            continue;
        }
        if let Some(what) = comes_from_elsewhere(line) {
            let message = format!("serving the model installs {what}, and so runs its code");
            let place = Place { line: Some(number), ..part.whole() };
            let danger = Danger::new(DangerCode::RemoteCode, place, message);
            let shown: String = line.chars().take(SHOWN).collect();
            examination.danger(danger.graded(Severity::Medium).shown(shown));
        } else if let Some(list) = other_list(line).filter(|list| !has_name(list)) {
            let shown: String = list.chars().take(SHOWN).collect();
            let reason = format!("the list of packages takes in another one, {shown:?}");
            let place = Place { line: Some(number), ..part.whole() };
            examination.gap(place, reason, "read what it asks to be installed");
        }
    }
}

/// The lines with their numbers. A backslash at the end joins a line with the next.
fn lines(text: &str) -> impl Iterator<Item = (u32, String)> {
    let mut lines = text.lines().zip(1..);
    std::iter::from_fn(move || {
        let (first, number) = lines.next()?;
        let mut line = first.to_owned();
        while line.ends_with('\\') && !line.trim_start().starts_with('#') {
            line.pop();
            let Some((next, _)) = lines.next() else { break };
            line.push_str(next);
        }
        Some((number, line))
    })
}

/// Another list that a line takes in.
fn other_list(line: &str) -> Option<&str> {
    let rest = ["--requirement", "-r"].iter().find_map(|name| line.strip_prefix(name))?;
    Some(rest.trim_start_matches(['=', ' ', '\t']))
}

/// What of a line does not come from the usual index.
fn comes_from_elsewhere(line: &str) -> Option<&'static str> {
    let option = |names: &[&str]| {
        names.iter().any(|name| {
            let rest = line.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['=', ' ', '\t']))
        })
    };
    if option(&["--index-url", "-i", "--extra-index-url", "--find-links", "-f"]) {
        return Some("packages from another index");
    }
    // Options may be shortened.
    if line.starts_with('-') && !line.starts_with("-e") && line.contains("://") {
        return Some("packages from another place");
    }
    if ["git+", "hg+", "svn+", "bzr+"].iter().any(|scheme| line.contains(scheme)) {
        return Some("a package from a repository of source code");
    }
    let bare = line.trim_start_matches("-e ").trim_start_matches("--editable ").trim_start();
    let address = bare.split_once(" @ ").map_or(bare, |(_, address)| address.trim_start());
    let schemes = ["http://", "https://", "ftp://", "file://"];
    if schemes.iter().any(|scheme| address.starts_with(scheme)) {
        return Some("a package from an address");
    }
    let is_path = address.starts_with(['.', '/', '\\'])
        || [".whl", ".tar.gz", ".zip"].iter().any(|ending| address.ends_with(ending));
    is_path.then_some("a package that lies in the archive or on the machine")
}

#[cfg(test)]
mod tests {
    use mainstay_archives::{Budget, Limits};
    use mainstay_reading::NothingNearby;

    use super::*;
    use crate::Detail;

    fn told(lines: &str) -> Vec<u32> {
        let budget = Budget::new(Limits::default());
        let mut examination = Examination::new(&budget, &NothingNearby, Detail::Judged);
        let archive = Part::file("model.mar", &[]);
        examination.enter(&archive.inside("requirements.txt", lines.as_bytes()));
        let found = examination.finish();
        assert!(found.dangers.iter().all(|danger| danger.severity == Severity::Medium));
        found.dangers.iter().filter_map(|danger| danger.place.line).collect()
    }

    #[test]
    fn packages_of_the_usual_index_are_ordinary() {
        assert_eq!(told("# see https://a.example\ntorch==2.4.0 # git+x\nnumpy>=1.26,<3\n"), [0; 0]);
    }

    #[test]
    fn packages_from_elsewhere_are_told() {
        assert_eq!(
            told("--extra-ind https://a.example\ngit\\\n+https://b.example/c\n./d\n"),
            [1, 2, 4]
        );
        assert_eq!(told("e-1.0-py3-none-any.whl\n-ihttps://a.example/simple\n"), [1, 2]);
        let lines = "--extra-index-url https://a.example/simple\ngit+https://b.example/c\n\
                     d @ https://b.example/d.whl\n-e git+ssh://b.example/e\nhttps://b.example/f\n";
        assert_eq!(told(lines), [1, 2, 3, 4, 5]);
    }
}
