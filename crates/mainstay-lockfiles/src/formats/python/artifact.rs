//! Names of Python distribution files: wheels (PEP 427,
//! <https://packaging.python.org/en/latest/specifications/binary-distribution-format/>) and
//! source archives (PEP 625, and the looser names from before it).

use mainstay_types::{Ecosystem, PackageName};

/// Endings of source archives that pip knows.
const ARCHIVES: [&str; 12] = [
    ".tar.gz",
    ".tar.bz2",
    ".tar.xz",
    ".tar.lzma",
    ".tar.lz",
    ".tgz",
    ".tbz",
    ".txz",
    ".tlz",
    ".tar",
    ".zip",
    ".tar.Z",
];

/// The file name at the end of an address or path, percent signs decoded, without query and
/// fragment.
pub(crate) fn file_name(location: &str) -> String {
    let path = location.split(['#', '?']).next().unwrap_or(location);
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    percent_decoded(name)
}

/// A text whose percent signs are decoded (RFC 3986, section 2.1), as paths in addresses have them.
pub fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |digit: &u8| char::from(*digit).to_digit(16);
        let decoded = match tail {
            [high, low, ..] if *first == b'%' => {
                hex(high).zip(hex(low)).and_then(|(high, low)| u8::try_from(high * 16 + low).ok())
            }
            _ => None,
        };
        bytes.push(decoded.unwrap_or(*first));
        rest = tail.get(if decoded.is_some() { 2 } else { 0 }..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether pip takes the text for an archive on disk.
pub(crate) fn is_archive(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    is_wheel(&lower) || source_stem(&lower).is_some()
}

/// Name and version that a file name says, by the rule of its ending.
pub(crate) fn name_and_version(file: &str) -> Option<(&str, &str)> {
    if let Some(stem) = file.strip_suffix(".whl") {
        let mut parts = stem.split('-');
        let (name, version) = (parts.next()?, parts.next()?);
        return matches!(parts.count(), 3 | 4).then_some((name, version));
    }
    let (name, version) = source_stem(file)?.rsplit_once('-')?;
    version.starts_with(|c: char| c.is_ascii_digit()).then_some((name, version))
}

/// Whether the file is a wheel, by its ending.
pub(crate) fn is_wheel(file: &str) -> bool {
    file.len() >= 4
        && file.get(file.len() - 4..).is_some_and(|end| end.eq_ignore_ascii_case(".whl"))
}

fn source_stem(file: &str) -> Option<&str> {
    ARCHIVES.into_iter().find_map(|ending| file.strip_suffix(ending))
}

/// What a file's name says against the package and version that a lockfile gives for it. `None`
/// when they agree, and when the name follows no rule that would tell.
pub(crate) fn disagreement(name: &PackageName, version: &str, location: &str) -> Option<String> {
    let file = file_name(location);
    if !is_wheel(&file) && splits(&file).any(|(part, rest)| agrees(name, version, part, rest)) {
        return None;
    }
    let (said_name, said_version) = name_and_version(&file)?;
    if !same_name(name, said_name) {
        return Some(format!("the file {} is not of the package {name}", shown(&file)));
    }
    let (said, locked) = (canonical(said_version)?, canonical(version)?);
    // A build of the same release may add or lose a local label.
    let public = |version: &str| version.split('+').next().unwrap_or(version).to_owned();
    (public(&said) != public(&locked))
        .then(|| format!("the file {} is not of version {version}", shown(&file)))
}

/// Every way to cut a source archive's name in two: names with hyphens were once allowed.
fn splits(file: &str) -> impl Iterator<Item = (&str, &str)> {
    let stem = source_stem(file).unwrap_or("");
    // Honest names have few hyphens; a name made of hyphens must not cost its square.
    stem.match_indices('-')
        .take(64)
        .filter_map(move |(at, _)| Some((stem.get(..at)?, stem.get(at + 1..)?)))
}

fn agrees(name: &PackageName, version: &str, said_name: &str, said_version: &str) -> bool {
    same_name(name, said_name)
        && (said_version == version
            || canonical(said_version).is_some_and(|said| Some(said) == canonical(version)))
}

fn same_name(name: &PackageName, said: &str) -> bool {
    PackageName::parse(Ecosystem::PyPi, said).is_ok_and(|said| said == *name)
}

/// A file name as a message may carry it.
fn shown(file: &str) -> String {
    file.chars().filter(|c| !c.is_control()).take(120).collect()
}

/// A version in one spelling (PEP 440, "Normalization"), trailing zeros of the release dropped,
/// so that two spellings of one version are one text. `None` when it is no PEP 440 version.
pub(crate) fn canonical(version: &str) -> Option<String> {
    let lower = version.trim().to_ascii_lowercase();
    let bare = lower.strip_prefix('v').unwrap_or(&lower);
    let (public, local) = bare.split_once('+').map_or((bare, None), |(p, l)| (p, Some(l)));
    let (epoch, rest) = public.split_once('!').unwrap_or(("0", public));
    let release_end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let (release, mut rest) = rest.split_at_checked(release_end)?;
    let mut numbers: Vec<&str> = Vec::new();
    for part in release.trim_end_matches('.').split('.') {
        numbers.push(number(part)?);
    }
    while numbers.len() > 1 && numbers.last() == Some(&"0") {
        numbers.pop();
    }
    let mut out = format!("{}!{}", number(epoch)?, numbers.join("."));
    while !rest.is_empty() {
        let (label, value, after) = segment(rest)?;
        out.push_str(label);
        out.push_str(value);
        rest = after;
    }
    if let Some(local) = local {
        out.push('+');
        out.push_str(&local.replace(['-', '_'], "."));
    }
    Some(out)
}

/// Digits without leading zeros.
fn number(digits: &str) -> Option<&str> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let bare = digits.trim_start_matches('0');
    Some(if bare.is_empty() { "0" } else { bare })
}

/// One `a1`, `.post2`, `-dev3` or `-4` at the start of the text.
fn segment(text: &str) -> Option<(&'static str, &str, &str)> {
    const LABELS: [(&str, &str); 11] = [
        ("preview", "rc"),
        ("alpha", "a"),
        ("beta", "b"),
        ("post", "post"),
        ("dev", "dev"),
        ("pre", "rc"),
        ("rev", "post"),
        ("rc", "rc"),
        ("a", "a"),
        ("b", "b"),
        ("c", "rc"),
    ];
    let separators: &[char] = &['-', '_', '.'];
    let bare = text.strip_prefix(separators).unwrap_or(text);
    let (label, rest) = LABELS
        .into_iter()
        .find_map(|(word, label)| Some((label, bare.strip_prefix(word)?)))
        .or_else(|| Some(("post", bare.strip_prefix('r')?)))
        .or_else(|| Some(("post", text.strip_prefix('-')?)))?;
    let rest = match rest.strip_prefix(separators) {
        Some(after) if after.starts_with(|c: char| c.is_ascii_digit()) => after,
        Some(_) | None => rest,
    };
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, rest) = rest.split_at_checked(end)?;
    Some((label, if digits.is_empty() { "0" } else { number(digits)? }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says_otherwise(name: &str, version: &str, location: &str) -> bool {
        let name = PackageName::parse(Ecosystem::PyPi, name).unwrap();
        disagreement(&name, version, location).is_some()
    }

    #[test]
    fn a_wheel_of_the_package_agrees() {
        let wheel = "https://files.example/a/Zope_Interface-5.0-1-cp39-cp39-any.whl#sha256=0";
        assert!(!says_otherwise("zope.interface", "5.0.0", wheel));
    }

    #[test]
    fn a_source_archive_with_hyphens_in_its_name_agrees() {
        assert!(!says_otherwise("python-dateutil", "2.8.2", "python-dateutil-2.8.2.tar.gz"));
        assert!(!says_otherwise("x", "1.0.post1", "x-1.0-1.tar.gz"));
    }

    #[test]
    fn another_package_is_told() {
        assert!(says_otherwise("requests", "2.0", "request-2.0-py3-none-any.whl"));
    }

    #[test]
    fn another_version_is_told() {
        assert!(says_otherwise("requests", "2.0", "requests-2.1.tar.gz"));
    }

    #[test]
    fn a_local_label_does_not_make_another_version() {
        assert!(!says_otherwise("torch", "2.0", "torch-2.0%2Bcpu-cp39-cp39-linux_x86_64.whl"));
    }

    #[test]
    fn a_name_that_follows_no_rule_tells_nothing() {
        assert!(!says_otherwise("a", "1.0", "https://git.example/a/archive/main.zip"));
    }

    #[test]
    fn spellings_of_one_version_are_one() {
        for (one, other) in
            [("1.0", "1"), ("1.0-alpha", "1a0"), ("v1.2.RC1", "1.2rc1"), ("1-1", "1.post1")]
        {
            assert_eq!(canonical(one), canonical(other), "{one} {other}");
            assert!(canonical(one).is_some());
        }
        assert_eq!(canonical("not.a.version"), None);
    }
}
