//! Every reader against every fixture, whole and damaged.
//!
//! A fixture is `tests/fixtures/<format id>/<case>/<file>`; files of a case that are not of the
//! format lie beside it for the reader to find. Damage is made by a generator with fixed seeds,
//! so a failure names the fixture and the round that repeat it. `MAINSTAY_FUZZ_ROUNDS` is the
//! number of rounds for each fixture; the default keeps the whole test near two seconds.
//!
//! A file that was cut off must not pass for a whole one with fewer packages. Every lockfile is
//! cut at every byte, JSON and XML at every seventh. JSON and XML have an end, some formats are
//! closed by a certain table or line, and the others end their last line, so a cut inside a line
//! always shows. A cut between two lines shows where what is left needs what is lost; fixtures in
//! which it may not are named.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panic")]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use mainstay_lockfiles::{FORMATS, Format, Role, confusion, format_of};
use mainstay_reading::{
    Input, Inventory, LockedVersion, Nearby, NearbyError, NothingNearby, ReadError,
};

struct Fixture {
    format: &'static Format,
    /// `<format id>/<case>/<file>`.
    label: String,
    file_name: String,
    bytes: Vec<u8>,
    folder: Folder,
}

struct Folder(PathBuf);

impl Nearby for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        if path.starts_with("..") {
            return Err(NearbyError::Outside);
        }
        fs::read(self.0.join(path)).map_err(|_| NearbyError::Absent)
    }
}

impl Fixture {
    fn read(&self, bytes: &[u8]) -> Result<Inventory, ReadError> {
        let input = Input { bytes, file_name: &self.file_name, nearby: &self.folder };
        self.format.read(&input)
    }
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let (folders, mut files): (Vec<_>, Vec<_>) =
        folders(folder).into_iter().partition(|path| path.is_dir());
    files.extend(folders.iter().flat_map(|folder| self::files(folder)));
    files
}

fn fixtures() -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let cases = folders(&root).into_iter().flat_map(|format| folders(&format));
    cases.flat_map(|case| fixtures_of(&root, &case)).collect()
}

fn fixtures_of(root: &Path, case: &Path) -> Vec<Fixture> {
    let id = case.parent().unwrap().file_name().unwrap().to_str().unwrap();
    let found: Vec<Fixture> = files(case)
        .into_iter()
        .filter_map(|path| {
            let relative = path.strip_prefix(case).unwrap().to_str().unwrap().replace('\\', "/");
            let format = format_of(&relative).filter(|format| format.id == id)?;
            Some(Fixture {
                format,
                label: path.strip_prefix(root).unwrap().display().to_string(),
                file_name: path.file_name().unwrap().to_str().unwrap().to_owned(),
                bytes: fs::read(&path).unwrap(),
                folder: Folder(path.parent().unwrap().to_owned()),
            })
        })
        .collect();
    assert!(!found.is_empty(), "{}: no file of the format {id} is found there", case.display());
    found
}

#[test]
fn every_fixture_is_found_and_read() {
    for fixture in fixtures() {
        if let Err(error) = fixture.read(&fixture.bytes) {
            panic!("{}: {error}", fixture.label);
        }
    }
}

#[test]
fn a_damaged_file_is_read_or_refused_and_never_a_panic() {
    let rounds = std::env::var("MAINSTAY_FUZZ_ROUNDS").ok();
    let rounds: u64 = rounds.map_or(12, |text| text.parse().unwrap());
    for fixture in fixtures() {
        for round in 0..rounds {
            let bytes = damaged(&fixture.bytes, round);
            survives(fixture.format, &fixture.label, round, || fixture.read(&bytes));
        }
    }
}

#[test]
fn a_file_of_nothing_but_noise_is_no_panic() {
    let nested = ["[", "{", "(", "<a>", "- ", "{\"a\":", "a:\n ", "\"", "\\\n", "a = [", "/*"];
    let mut noise: Vec<Vec<u8>> = nested.iter().map(|text| text.repeat(1_000).into()).collect();
    let mut random = Random(7);
    noise.push(Vec::new());
    noise.push(vec![0; 4096]);
    noise.push((0..4096).map(|_| random.byte()).collect());
    noise.push(b"\xFF\xFE".to_vec());
    for format in FORMATS {
        for (round, bytes) in (0..).zip(&noise) {
            let file_name = format.file_names.first().unwrap_or(&"file");
            let input = Input { bytes, file_name, nearby: &NothingNearby };
            survives(format, format.id, round, || format.read(&input));
        }
    }
}

/// Fixtures of formats that put no mark at their end. A cut between two of their lines shows only
/// where what is left needs what is lost; else it leaves a file that the format's own package
/// manager would take. In a real file of many packages that is rare.
const MAY_END_AFTER_A_LINE: &[&str] = &[
    "cargo-lock/",
    "go-mod/",
    "gradle-lockfile/per-configuration",
    "pdm-lock/",
    "pnpm-lock/version-5",
    "pnpm-lock/version-6",
    "pylock-toml/",
    "requirements-txt/",
    "uv-lock/",
    "yarn-lock/",
];

/// An empty file is left out: the scan has a word for it in every format.
#[test]
fn a_file_cut_off_before_its_end_is_not_taken_for_whole() {
    for fixture in fixtures().iter().filter(|fixture| fixture.format.role == Role::Lockfile) {
        let content = fixture.bytes.trim_ascii_end();
        let whole = locked(&fixture.read(&fixture.bytes).unwrap());
        let may_end = MAY_END_AFTER_A_LINE.iter().any(|case| fixture.label.starts_with(case));
        // Where a bracket closes the file, one cut is like the next.
        let step = if matches!(content.first(), Some(b'{' | b'<')) { 7 } else { 1 };
        for length in (1..content.len()).step_by(step) {
            let beginning = content.get(..length).unwrap();
            if may_end && beginning.ends_with(b"\n") {
                continue;
            }
            let Ok(cut) = fixture.read(beginning) else { continue };
            assert!(
                !cut.gaps.is_empty() || locked(&cut) == whole,
                "{} cut to {length} bytes passes for whole",
                fixture.label
            );
        }
    }
}

/// What a file locks.
fn locked(inventory: &Inventory) -> Vec<(String, LockedVersion)> {
    let packages = inventory.packages.iter();
    packages.map(|entry| (entry.name.to_string(), entry.version.clone())).collect()
}

/// Reads once, and looks whether what comes back holds together.
fn survives(
    format: &Format,
    label: &str,
    round: u64,
    read: impl FnOnce() -> Result<Inventory, ReadError>,
) {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let inventory = read()?;
        let doors = confusion::doors(&inventory, format.ecosystem);
        Ok::<_, ReadError>((inventory, doors))
    }));
    let Ok(outcome) = outcome else { panic!("{label}: round {round} panics") };
    let Ok((inventory, doors)) = outcome else { return };
    let count = inventory.packages.len();
    let needs = inventory.packages.iter().flat_map(|entry| &entry.needs).copied();
    let named = doors.iter().filter_map(|door| door.entry);
    for position in needs.chain(named) {
        let inside = usize::try_from(position).is_ok_and(|position| position < count);
        assert!(inside, "{label}: round {round} names the package {position} of {count}");
    }
}

/// A few kinds of damage on top of each other, by the number of the round.
fn damaged(bytes: &[u8], round: u64) -> Vec<u8> {
    let mut random = Random(round);
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(3) {
        bytes = match random.below(7) {
            0 => bytes.get(..random.below(bytes.len())).unwrap_or_default().to_vec(),
            1 => with_flipped_byte(bytes, &mut random),
            2 => spliced(&bytes, 0, &mut random),
            3 => shuffled_lines(&bytes, &mut random),
            4 | 5 => with_hostile_word(&bytes, &mut random),
            _ => spliced(&bytes, 4, &mut random),
        };
    }
    bytes
}

fn with_flipped_byte(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    let at = random.below(bytes.len());
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << random.below(8);
    }
    bytes
}

/// Some bytes replaced by hostile text.
fn spliced(bytes: &[u8], remove: usize, random: &mut Random) -> Vec<u8> {
    let at = random.below(bytes.len());
    let end = (at + remove).min(bytes.len());
    [bytes.get(..at).unwrap_or_default(), &hostile(random), bytes.get(end..).unwrap_or_default()]
        .concat()
}

/// One line twice, gone, or in another's place.
fn shuffled_lines(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let (one, other) = (random.below(lines.len()), random.below(lines.len()));
    match random.below(3) {
        0 => lines.swap(one, other),
        1 => drop(lines.remove(one)),
        _ => lines.insert(one, lines.get(other).copied().unwrap_or_default()),
    }
    lines.concat()
}

/// A whole word replaced by hostile text, which leaves the syntax around it whole.
fn with_hostile_word(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let in_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    let from = random.below(bytes.len());
    let rest = bytes.get(from..).unwrap_or_default();
    let start = from + rest.iter().position(in_word).unwrap_or(0);
    let rest = bytes.get(start..).unwrap_or_default();
    let end = start + rest.iter().position(|byte| !in_word(byte)).unwrap_or(rest.len());
    let (head, tail) = (bytes.get(..start).unwrap_or_default(), bytes.get(end..));
    [head, &hostile(random), tail.unwrap_or_default()].concat()
}

fn hostile(random: &mut Random) -> Vec<u8> {
    const WORDS: [&str; 36] = [
        "",
        "\0",
        "\u{1b}[31m",
        "\u{202e}",
        "\u{feff}",
        "é",
        "\u{10ffff}",
        "\r\n",
        "\t",
        "\"",
        "'",
        "\\",
        "`",
        "#",
        "//",
        "/*",
        "-",
        "--",
        "=",
        "==",
        "=>",
        "@",
        ":",
        ": ",
        "*a",
        "&a",
        "<!--",
        "999999999999999999999999",
        "-1",
        "1e999",
        "null",
        "[]",
        "{}",
        "../../../etc/passwd",
        "file:///etc/passwd",
        "${HOME}",
    ];
    match random.below(12) {
        0 => b"[".repeat(5_000),
        1 => b"{\"a\":".repeat(2_000),
        2 => b"A".repeat(10_000),
        3 => vec![random.byte(), random.byte(), random.byte()],
        _ => WORDS.get(random.below(WORDS.len())).unwrap_or(&"").as_bytes().to_vec(),
    }
}

/// `SplitMix64` (Steele, Lea, Flood 2014): small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit.max(1)).unwrap();
        usize::try_from(self.next() % limit).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.next() & 0xFF).unwrap()
    }
}
