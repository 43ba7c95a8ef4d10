//! The Python sources in a wheel or a source distribution.
//!
//! Formats: the binary distribution format (PEP 427), PKWARE APPNOTE 6.3.10, POSIX.1-2017 `pax`
//! (ustar) with the long names of GNU tar. Sizes are bounded: what is too large is left out, and
//! said.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context, bail};
use flate2::bufread::DeflateDecoder;
use flate2::read::GzDecoder;
use rawzip::{CompressionMethod, ZipArchive};

/// The largest package that is read.
const LARGEST_PACKAGE: u64 = 2 << 30;
/// The largest source file that is read.
const LARGEST_FILE: u64 = 4 << 20;
/// The most bytes of sources that are read from one package.
const MOST_BYTES: u64 = 512 << 20;
/// The most bytes that a source distribution may unpack to.
const MOST_UNPACKED: u64 = 4 << 30;

/// What a package holds.
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) modules: Vec<Module>,
    /// What was not read, and why.
    pub(super) notes: Vec<String>,
}

/// A Python module.
pub(super) struct Module {
    /// Its path, as it is imported.
    pub(super) path: String,
    /// Whether it is an `__init__.py`.
    pub(super) is_package: bool,
    pub(super) text: String,
}

/// Reads a wheel or a source distribution.
pub(super) fn read(path: &Path) -> anyhow::Result<Package> {
    read_package(path).with_context(|| format!("cannot read {}", path.display()))
}

fn read_package(path: &Path) -> anyhow::Result<Package> {
    let name = path.file_name().and_then(|name| name.to_str()).context("its name is no text")?;
    if path.metadata()?.len() > LARGEST_PACKAGE {
        bail!("it is larger than {LARGEST_PACKAGE} bytes");
    }
    let mut files = Files::default();
    let in_wheel_form = name.strip_suffix(".whl");
    let is_wheel = in_wheel_form.is_some();
    let stem = if let Some(stem) = in_wheel_form.or(name.strip_suffix(".zip")) {
        files.read_zip(path)?;
        stem
    } else if let Some(stem) = name.strip_suffix(".tar.gz") {
        files.read_tar(GzDecoder::new(io::BufReader::new(File::open(path)?)))?;
        stem
    } else {
        bail!("it is no .whl, .zip or .tar.gz");
    };
    let (name, version) = if is_wheel {
        let mut parts = stem.split('-');
        (parts.next().unwrap_or(stem), parts.next().unwrap_or("?"))
    } else {
        stem.rsplit_once('-').unwrap_or((stem, "?"))
    };
    let paths: HashSet<String> = files.texts.iter().map(|(path, _)| path.clone()).collect();
    let mut modules = Vec::new();
    for (path, text) in files.texts {
        let place = if is_wheel { in_wheel(&path) } else { in_source(&path, &paths) };
        modules.extend(place.and_then(|place| module(place, text)));
    }
    modules.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(Package { name: name.into(), version: version.into(), modules, notes: files.notes })
}

/// Where a file of a wheel is installed, seen from the folder of packages.
fn in_wheel(path: &str) -> Option<&str> {
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    if first.strip_suffix(".dist-info").is_some() {
        return None;
    }
    if first.strip_suffix(".data").is_some() {
        return rest.strip_prefix("purelib/").or_else(|| rest.strip_prefix("platlib/"));
    }
    Some(path)
}

/// The part of a path that begins with the outermost of the folders that are packages.
fn in_source<'a>(path: &'a str, paths: &HashSet<String>) -> Option<&'a str> {
    let mut start = None;
    let ends: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
    for (number, end) in ends.iter().enumerate().rev() {
        let folder = path.get(..*end)?;
        if !paths.contains(&format!("{folder}/__init__.py")) {
            break;
        }
        start = Some(match number.checked_sub(1).and_then(|before| ends.get(before)) {
            Some(before) => before + 1,
            None => 0,
        });
    }
    path.get(start?..)
}

/// A module, unless it belongs to the tests.
fn module(place: &str, text: String) -> Option<Module> {
    let place = place.strip_suffix(".py")?;
    let is_package = place.rsplit('/').next() == Some("__init__");
    let place = if is_package { place.strip_suffix("/__init__")? } else { place };
    let mut parts = place.split('/');
    let is_test =
        |part: &str| matches!(part, "tests" | "test" | "conftest") || part.starts_with("test_");
    let is_name = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    if !parts.all(|part| is_name(part) && !is_test(part)) {
        return None;
    }
    Some(Module { path: place.replace('/', "."), is_package, text })
}

/// The sources that were read so far.
#[derive(Default)]
struct Files {
    texts: Vec<(String, String)>,
    bytes: u64,
    notes: Vec<String>,
}

impl Files {
    fn read_zip(&mut self, path: &Path) -> anyhow::Result<()> {
        let bytes = std::fs::read(path)?;
        let archive = ZipArchive::from_slice(&bytes)?;
        let mut entries = archive.entries();
        while let Some(entry) = entries.next_entry()? {
            let name = String::from_utf8_lossy(entry.file_path().as_bytes()).into_owned();
            if !is_source(&name) {
                continue;
            }
            let method = entry.compression_method();
            let local = archive.get_entry(entry.wayfinder())?;
            if method == CompressionMethod::STORE {
                self.add(name, local.data())?;
            } else if method == CompressionMethod::DEFLATE {
                self.add(name, DeflateDecoder::new(local.data()))?;
            } else {
                self.notes.push(format!("{name}: packed by a method that is not read here"));
            }
        }
        Ok(())
    }

    fn read_tar(&mut self, reader: impl Read) -> anyhow::Result<()> {
        let mut reader = reader.take(MOST_UNPACKED);
        let mut long_name: Option<String> = None;
        let mut header = [0; 512];
        while reader.read_exact(&mut header).is_ok() && header.iter().any(|byte| *byte != 0) {
            let size = octal(header.get(124..136).unwrap_or_default());
            let size = size.context("a size in the archive is no number")?;
            let mut body = reader.by_ref().take(size);
            let kind = header.get(156).copied().unwrap_or(0);
            match kind {
                b'L' | b'x' => {
                    let mut text = Vec::new();
                    body.by_ref().take(LARGEST_FILE).read_to_end(&mut text)?;
                    long_name = if kind == b'L' { Some(text_of(&text)) } else { pax_path(&text) };
                }
                b'0' | 0 => {
                    let name = long_name.take().unwrap_or_else(|| short_name(&header));
                    if is_source(&name) {
                        self.add(name, body.by_ref())?;
                    }
                }
                _ => long_name = None,
            }
            io::copy(&mut body, &mut io::sink())?;
            let padding = size.next_multiple_of(512) - size;
            io::copy(&mut reader.by_ref().take(padding), &mut io::sink())?;
        }
        Ok(())
    }

    fn add(&mut self, name: String, reader: impl Read) -> anyhow::Result<()> {
        let mut bytes = Vec::new();
        let read = reader.take(LARGEST_FILE + 1).read_to_end(&mut bytes);
        if read.is_err() || bytes.len() as u64 > LARGEST_FILE {
            let why = if read.is_err() { "it cannot be unpacked" } else { "it is too large" };
            self.notes.push(format!("{name}: {why}"));
            return Ok(());
        }
        self.bytes += bytes.len() as u64;
        if self.bytes > MOST_BYTES {
            bail!("its sources have more than {MOST_BYTES} bytes");
        }
        self.texts.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        Ok(())
    }
}

fn is_source(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "py")
}

fn text_of(bytes: &[u8]) -> String {
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(bytes).into_owned()
}

/// Name and prefix of a ustar header.
fn short_name(header: &[u8; 512]) -> String {
    let name = text_of(header.get(..100).unwrap_or_default());
    let prefix = text_of(header.get(345..500).unwrap_or_default());
    let is_ustar = header.get(257..263) == Some(b"ustar\0");
    if is_ustar && !prefix.is_empty() { format!("{prefix}/{name}") } else { name }
}

/// The record `path` of an extended header.
fn pax_path(records: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(records);
    let record = text.lines().find_map(|line| line.split_once(" path=").map(|(_, path)| path));
    record.map(str::to_owned)
}

fn octal(digits: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok()?.trim_matches(['\0', ' ']);
    if text.is_empty() {
        return Some(0);
    }
    u64::from_str_radix(text, 8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_lies_in_the_outermost_package() {
        let paths = ["p-1/src/p/__init__.py", "p-1/src/p/q/__init__.py", "p-1/setup.py"];
        let paths: HashSet<String> = paths.into_iter().map(str::to_owned).collect();
        assert_eq!(in_source("p-1/src/p/q/r.py", &paths), Some("p/q/r.py"));
        assert_eq!(in_source("p-1/setup.py", &paths), None);
    }

    #[test]
    fn what_is_installed_from_a_data_folder_is_read() {
        assert_eq!(in_wheel("p-1.data/purelib/p/q.py"), Some("p/q.py"));
        assert_eq!(in_wheel("p-1.dist-info/x.py"), None);
    }

    #[test]
    fn modules_of_tests_are_left_out() {
        assert!(module("p/tests/x.py", String::new()).is_none());
        assert!(module("p/test_x.py", String::new()).is_none());
        assert_eq!(module("p/__init__.py", String::new()).unwrap().path, "p");
    }
}
