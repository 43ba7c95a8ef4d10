//! The record of the go command: the version of Go, and every module that was linked.
//!
//! Format: the Go source, `debug/buildinfo` and `runtime/debug` (`ParseBuildInfo`). The record
//! begins with a magic number at a multiple of 16. Since Go 1.18 two texts follow, each behind its
//! length; before, two addresses of texts. `strip`, `-ldflags "-s -w"` and `-trimpath` leave it
//! alone; packers, garble, and builds without modules (GOPATH, Bazel) do not write or keep it.
//!
//! The standard library is a package here, `stdlib`, as Go's own vulnerability database names it:
//! a program holds exactly the one of its Go. The line `go` of a go.mod is a minimum and says no
//! such thing. Flaws of the go command itself have the name `toolchain`, and are in no program.

use mainstay_archives::{ArchiveError, ReadAt};
use mainstay_reading::{Entry, LockedVersion, Member, Origin, Place, ReadError, entry, exact};
use mainstay_types::{Digest, Ecosystem, PackageName};

use crate::program::{Numbers, Order, Program, Width, bytes_at, leb128};
use crate::shipment::Shipment;

const MAGIC: &[u8] = b"\xff Go buildinf:";
const ALIGN: usize = 16;
/// The magic number, the size of a pointer, flags, and room for two pointers.
const HEAD: u64 = 32;
/// The most bytes of a program's data that are searched, where no section has the record's name.
const SEARCHED: u64 = 16 << 20;
/// So many bytes are searched at once; a multiple of [`ALIGN`].
const PIECE: u64 = 64 << 10;
/// The most bytes of a version of Go.
const VERSION: u64 = 1 << 10;
/// The most bytes of a list of modules; Kubernetes has some ten kilobytes.
const MODULES: u64 = 4 << 20;
/// What stands around the list of modules, so that it can be found in memory too.
const SENTINEL: usize = 16;

/// Where a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// At this place of the file.
    At(u64),
    /// A section has the record's name, and something else in it.
    Destroyed,
}

/// A record, cut into its two texts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    version: Vec<u8>,
    modules: Vec<u8>,
}

impl Record {
    /// Both texts, to tell whether two records are the same.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        [&*self.version, b"\n", &*self.modules].concat()
    }
}

/// Looks for the record of a program.
pub(crate) fn find(source: &dyn ReadAt, program: &Program) -> Result<Option<Found>, ArchiveError> {
    let spans = if program.go.is_empty() { &program.data } else { &program.go };
    let mut left = SEARCHED;
    for span in spans {
        let end = span.offset.saturating_add(span.size).min(source.length());
        let mut at = span.offset;
        while at < end && left > 0 {
            let piece = bytes_at(source, at, PIECE.min(left).min(end - at))?;
            // The magic number is shorter than the step, so none lies across two pieces.
            let found = piece.chunks(ALIGN).position(|chunk| chunk.starts_with(MAGIC));
            if let Some(found) = found {
                return Ok(Some(Found::At(at.saturating_add((found * ALIGN) as u64))));
            }
            at = at.saturating_add(PIECE);
            left = left.saturating_sub(PIECE);
        }
    }
    Ok((!program.go.is_empty()).then_some(Found::Destroyed))
}

/// Reads the record that was found.
pub(crate) fn record(
    source: &dyn ReadAt,
    program: &Program,
    found: Found,
) -> Result<Record, ArchiveError> {
    let Found::At(at) = found else {
        return Err(ArchiveError::damaged("the record of Go is overwritten"));
    };
    let bytes = bytes_at(source, at, HEAD)?;
    let (Some(pointer), Some(flags)) = (bytes.get(14), bytes.get(15)) else {
        return Err(cut_off());
    };
    let (version, modules) = if flags & 2 == 2 {
        let (version, next) = inline(source, at.saturating_add(HEAD), VERSION)?;
        (version, inline(source, next, MODULES)?.0)
    } else {
        let order = if flags & 1 == 1 { Order::Big } else { Order::Little };
        let width = match pointer {
            4 => Width::Four,
            8 => Width::Eight,
            other => {
                let message = format!("the record of Go has pointers of {other} bytes");
                return Err(ArchiveError::damaged(message));
            }
        };
        let numbers = Numbers { bytes: &bytes, order, width };
        let at = |place| pointed(source, program, numbers, place);
        let second = if width == Width::Four { 20 } else { 24 };
        (at(16)?.text(source, VERSION)?, at(second)?.text(source, MODULES)?)
    };
    Ok(Record { version, modules: without_sentinels(&modules) })
}

/// A text behind its length, and where the next one begins.
fn inline(source: &dyn ReadAt, at: u64, limit: u64) -> Result<(Vec<u8>, u64), ArchiveError> {
    let (length, skipped) = leb128(&bytes_at(source, at, 10)?).ok_or_else(cut_off)?;
    let start = at.saturating_add(skipped as u64);
    let text = Text { offset: start, length }.text(source, limit)?;
    Ok((text, start.saturating_add(length)))
}

/// A text in the file.
struct Text {
    offset: u64,
    length: u64,
}

impl Text {
    fn text(&self, source: &dyn ReadAt, limit: u64) -> Result<Vec<u8>, ArchiveError> {
        if self.length > limit {
            let length = self.length;
            let message = format!("a text in the record of Go has {length} bytes; limit {limit}");
            return Err(ArchiveError::spent(message));
        }
        let text = bytes_at(source, self.offset, self.length)?;
        if text.len() as u64 == self.length { Ok(text) } else { Err(cut_off()) }
    }
}

/// The text whose head (address and length) a pointer leads to. No text where it is null.
fn pointed(
    source: &dyn ReadAt,
    program: &Program,
    head: Numbers<'_>,
    place: usize,
) -> Result<Text, ArchiveError> {
    let nowhere = || ArchiveError::damaged("the record of Go points out of the program");
    let pointer = head.word(place).ok_or_else(cut_off)?;
    if pointer == 0 {
        return Ok(Text { offset: 0, length: 0 });
    }
    let span = program.at_address(pointer).ok_or_else(nowhere)?;
    let bytes = bytes_at(source, span.offset, span.size.min(16))?;
    let numbers = head.of(&bytes);
    let second = if head.width == Width::Four { 4 } else { 8 };
    let (Some(address), Some(length)) = (numbers.word(0), numbers.word(second)) else {
        return Err(nowhere());
    };
    if length == 0 {
        return Ok(Text { offset: 0, length: 0 });
    }
    let span = program.at_address(address).filter(|span| span.size >= length);
    Ok(Text { offset: span.ok_or_else(nowhere)?.offset, length })
}

/// The lines between the sentinels; nothing where these are not, as Go reads it.
fn without_sentinels(modules: &[u8]) -> Vec<u8> {
    let end = modules.len().saturating_sub(SENTINEL);
    let lines = modules.get(SENTINEL..end).unwrap_or_default();
    if lines.ends_with(b"\n") { lines.to_vec() } else { Vec::new() }
}

fn cut_off() -> ArchiveError {
    ArchiveError::damaged("the record of Go is cut off, or leads out of the file")
}

/// Puts a record into an inventory.
pub(crate) fn tell(record: &Record, shipment: &mut Shipment) {
    let version = String::from_utf8_lossy(&record.version);
    standard_library(&version, shipment);
    let Ok(lines) = std::str::from_utf8(&record.modules) else {
        let reason = "the list of modules in the program is no text";
        return shipment.gap(Place::default(), reason, REBUILD);
    };
    if lines.is_empty() {
        let reason = "the program does not say which modules it was built from";
        return shipment.gap(Place::default(), reason, REBUILD);
    }
    let (modules, broken) = modules(lines);
    for module in &modules {
        if let Err(error) = take(module, shipment) {
            shipment.misread(Place::default(), &error);
        }
    }
    if broken > 0 {
        let reason = format!("{broken} lines of the list of modules cannot be read");
        shipment.gap(Place::default(), reason, REBUILD);
    }
}

const REBUILD: &str = "build it with the go command in module mode, or scan its go.mod; garble, packers, GOPATH and \
     Bazel leave the list out";

fn standard_library(version: &str, shipment: &mut Shipment) {
    let release = release(version);
    if release.is_none() {
        let version = version.escape_debug();
        let reason = format!(
            "it was built by \"{version}\", which is no release of Go: which flaws its standard \
             library has is not known"
        );
        shipment.gap(Place::default(), reason, "build it with a release of Go");
    }
    let version = release.map_or(LockedVersion::Unstated, |version| exact(&version));
    match entry(Ecosystem::Go, "stdlib", version, Place::default()) {
        Ok(entry) => {
            shipment.push(entry);
        }
        Err(error) => shipment.misread(Place::default(), &error),
    }
}

/// The release that a version of Go names, as its vulnerability database writes it: `go1.21.3` is
/// `1.21.3`, `go1.20` is `1.20.0`, `go1.22rc1` is `1.22.0-rc.1`. What experiments (` X:...`) and
/// vendors (`-fips`) add behind it changes no number. `devel ...` is none.
fn release(version: &str) -> Option<String> {
    let word = version.split_whitespace().next()?;
    let (major, rest) = number(word.strip_prefix("go")?)?;
    let (minor, rest) = number(rest.strip_prefix('.')?)?;
    let (patch, rest) = match rest.strip_prefix('.') {
        Some(rest) => number(rest)?,
        None => ("0", rest),
    };
    for (sign, name) in [("rc", "rc"), ("beta", "beta")] {
        if let Some(rest) = rest.strip_prefix(sign) {
            let (count, rest) = number(rest)?;
            return is_end(rest).then(|| format!("{major}.{minor}.{patch}-{name}.{count}"));
        }
    }
    is_end(rest).then(|| format!("{major}.{minor}.{patch}"))
}

fn is_end(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(['-', '+'])
}

/// The digits at the start, which must be some, and the rest.
fn number(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).filter(|(digits, _)| !digits.is_empty())
}

/// A line about a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line<'t> {
    path: &'t str,
    version: &'t str,
    sum: &'t str,
}

/// A module that was linked.
#[derive(Debug, PartialEq, Eq)]
struct Module<'t> {
    role: Role,
    line: Line<'t>,
    /// What was linked in its place.
    replacement: Option<Line<'t>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// The module of the program itself.
    Main,
    Dependency,
}

/// The modules, and how many lines cannot be read. Lines of a kind that is not known are none.
fn modules(text: &str) -> (Vec<Module<'_>>, usize) {
    let (mut modules, mut broken) = (Vec::<Module<'_>>::new(), 0);
    for line in text.lines() {
        let mut fields = line.split('\t');
        let word = fields.next().unwrap_or_default();
        let mut field = || fields.next().unwrap_or_default();
        let line = Line { path: field(), version: field(), sum: field() };
        let role = match word {
            "mod" => Role::Main,
            "dep" => Role::Dependency,
            "=>" => {
                match modules.last_mut() {
                    Some(module) if !line.path.is_empty() => module.replacement = Some(line),
                    _ => broken += 1,
                }
                continue;
            }
            _ => continue,
        };
        if line.path.is_empty() {
            broken += 1;
        } else {
            modules.push(Module { role, line, replacement: None });
        }
    }
    (modules, broken)
}

/// A version that the go command writes where there is none.
fn is_unversioned(version: &str) -> bool {
    matches!(version, "" | "(devel)")
}

fn take(module: &Module<'_>, shipment: &mut Shipment) -> Result<(), ReadError> {
    let used = module.replacement.unwrap_or(module.line);
    let is_main = module.role == Role::Main;
    if is_main {
        let own = PackageName::parse(Ecosystem::Go, module.line.path);
        shipment.inventory.own_name = own.ok();
    }
    let found = match module.replacement {
        // A replacement without a version is a folder on the machine that built it.
        Some(folder) if is_unversioned(folder.version) => {
            let origin = Origin::Path(folder.path.into());
            Entry { origin, ..entry_of(module.line)? }
        }
        _ if is_unversioned(used.version) => {
            let name = PackageName::parse(Ecosystem::Go, used.path).ok();
            shipment.inventory.members.push(Member { name, path: None });
            return Ok(());
        }
        _ => entry_of(used)?,
    };
    shipment.push(Entry { direct: is_main.then_some(true), ..found });
    Ok(())
}

fn entry_of(line: Line<'_>) -> Result<Entry, ReadError> {
    let mut entry = entry(Ecosystem::Go, line.path, exact(line.version), Place::default())?;
    entry.checksums.extend(Digest::from_go_sum(line.sum));
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_of_go_is_written_as_its_advisories_write_it() {
        let of = |text| release(text).unwrap();
        assert_eq!(of("go1.21.3"), "1.21.3");
        assert_eq!(of("go1.20"), "1.20.0");
        assert_eq!(of("go1.22rc1"), "1.22.0-rc.1");
        assert_eq!(of("go1.18beta2"), "1.18.0-beta.2");
        assert_eq!(of("go1.21.3 X:boringcrypto,nocoverageredesign"), "1.21.3");
        assert_eq!(of("go1.21.3 (Red Hat 1.21.3-1.el9)"), "1.21.3");
        assert_eq!(of("go1.21.3-microsoft"), "1.21.3");
    }

    #[test]
    fn what_is_no_release_of_go_has_no_version() {
        for text in ["devel go1.22-0123abc Tue Aug 1", "devel +abc", "go2", "go1.x", "1.21", ""] {
            assert_eq!(release(text), None, "{text}");
        }
    }

    #[test]
    fn a_replacement_stands_for_the_line_before_it() {
        let text = "path\tm/cmd\nmod\tm\t(devel)\t\ndep\ta\tv1.0.0\n=>\tb\tv2.0.0\th1:x\n";
        let (modules, broken) = modules(text);
        assert_eq!(broken, 0);
        assert_eq!(modules[1].line.path, "a");
        assert_eq!(modules[1].replacement.map(|line| line.path), Some("b"));
    }

    #[test]
    fn a_replacement_of_nothing_is_a_broken_line() {
        assert_eq!(modules("=>\tb\tv2.0.0\t\ndep\t\t\n").1, 2);
    }
}
