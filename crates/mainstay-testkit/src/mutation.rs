//! Mutation tests: fixtures, broken in random but repeatable ways, given to a reader.
//!
//! It is fuzzing without instrumentation, so that it runs on a stable toolchain and inside
//! `cargo test`. A round is a number: the same number breaks the same fixture the same way. The
//! variables that steer a run are
//!
//! | variable | what | default |
//! | --- | --- | --- |
//! | `MAINSTAY_FUZZ_SECONDS` | how long | by rounds |
//! | `MAINSTAY_FUZZ_ROUNDS` | how many inputs | 1000 |
//! | `MAINSTAY_FUZZ_SEED` | the number of the first round | 0 |

mod dictionary;
mod mutator;
mod random;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs, io};

use mutator::Mutator;

/// One fixture to start from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// What it is: for files, the path relative to the folder of fixtures, with `/`.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Seed {
    /// A seed from text.
    pub fn new(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
    }
}

/// Every file under a folder, sorted by name.
///
/// # Errors
/// The folder or a file in it cannot be read.
pub fn seeds_in(folder: &Path) -> io::Result<Vec<Seed>> {
    let mut seeds = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).unwrap_or(&path);
            let name = name.to_string_lossy().replace('\\', "/");
            seeds.push(Seed { name, bytes: fs::read(&path)? });
        }
    }
    seeds.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(seeds)
}

/// The longest that a reader may take for one input. The inputs have at most 256 KiB, so even
/// an unoptimised reader is far below; one whose work grows with the square of its input is not.
const PATIENCE: Duration = Duration::from_secs(20);

/// Gives broken seeds to a reader until the time or the rounds are over. The reader says whether
/// it could read the input; it asserts for itself what must hold of the result.
///
/// # Panics
/// When the reader panics or is slower than 20 seconds on one input. The message names the round,
/// and the input is kept in the folder for temporary files.
pub fn run(target: &str, seeds: &[Seed], reader: impl Fn(&Seed, &[u8]) -> bool) {
    assert!(!seeds.is_empty(), "{target}: there are no seeds");
    let budget = Budget::from_environment();
    let mutator = Mutator::new(seeds);
    let start = Instant::now();
    let (mut tried, mut read) = (0_u64, 0_u64);
    while budget.allows(tried, start.elapsed()) {
        let round = budget.first.wrapping_add(tried);
        let (seed, input) = mutator.input(round);
        let began = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| reader(seed, &input)));
        let took = began.elapsed();
        match result {
            Ok(could) if took < PATIENCE => read += u64::from(could),
            Ok(_) => failed(target, round, seed, &input, &format!("took {took:?}")),
            Err(cause) => {
                tell(&failure(target, round, seed, &input, "panicked"));
                resume_unwind(cause);
            }
        }
        tried += 1;
    }
    let seconds = start.elapsed().as_secs_f32();
    tell(&format!("{target}: {tried} inputs in {seconds:.1} s, {read} of them could be read"));
}

/// How long a run goes on.
struct Budget {
    first: u64,
    rounds: u64,
    time: Option<Duration>,
}

impl Budget {
    fn from_environment() -> Self {
        let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
        Self {
            first: number("MAINSTAY_FUZZ_SEED").unwrap_or(0),
            rounds: number("MAINSTAY_FUZZ_ROUNDS").unwrap_or(1_000),
            time: number("MAINSTAY_FUZZ_SECONDS").map(Duration::from_secs),
        }
    }

    fn allows(&self, tried: u64, elapsed: Duration) -> bool {
        match self.time {
            Some(time) => elapsed < time,
            None => tried < self.rounds,
        }
    }
}

#[expect(clippy::panic, reason = "a test fails by panicking")]
fn failed(target: &str, round: u64, seed: &Seed, input: &[u8], what: &str) -> ! {
    panic!("{}", failure(target, round, seed, input, what))
}

fn failure(target: &str, round: u64, seed: &Seed, input: &[u8], what: &str) -> String {
    let kept = keep(target, round, input);
    let kept = kept.map_or_else(|| "nowhere".to_owned(), |path| path.display().to_string());
    format!(
        "{target}: the reader {what} on round {round}, made from {}; repeat it with \
         MAINSTAY_FUZZ_SEED={round} MAINSTAY_FUZZ_ROUNDS=1; the input is in {kept}",
        seed.name
    )
}

fn keep(target: &str, round: u64, input: &[u8]) -> Option<PathBuf> {
    let path = env::temp_dir().join(format!("mainstay-{target}-{round}.bin"));
    fs::write(&path, input).ok()?;
    Some(path)
}

#[expect(clippy::print_stderr, reason = "a test says what it did")]
fn tell(text: &str) {
    eprintln!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_reader_is_not_swallowed() {
        let outcome = catch_unwind(|| {
            run("testkit-panic", &[Seed::new("a", "x")], |_, _| panic!("found something"));
        });
        assert!(outcome.is_err());
    }

    #[test]
    fn seeds_are_found_in_folders_of_folders() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("inner")).unwrap();
        fs::write(folder.path().join("inner/a.lock"), b"x").unwrap();
        fs::write(folder.path().join("b.lock"), b"y").unwrap();
        let seeds = seeds_in(folder.path()).unwrap();
        let names: Vec<&str> = seeds.iter().map(|seed| seed.name.as_str()).collect();
        assert_eq!(names, ["b.lock", "inner/a.lock"]);
    }
}
