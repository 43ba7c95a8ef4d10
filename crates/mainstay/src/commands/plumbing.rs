//! `mainstay plumbing`: one answer a line, for scripts.
//!
//! Both tools read standard input to its end and write exactly one line for each line read, in
//! order, whatever the line holds.

use std::cmp::Ordering;
use std::io::{BufRead, BufWriter, ErrorKind, Write};

use anyhow::Context as _;
use mainstay_console::{ExitCode, clean};
use mainstay_types::{Ecosystem, OsvEcosystem, Purl};
use mainstay_versions::Version;

use crate::args::PlumbingCommand;

/// The longest line taken, in bytes. No version and no package URL comes near.
const LONGEST_LINE: u64 = 1 << 20;

pub(crate) fn run(command: &PlumbingCommand) -> anyhow::Result<ExitCode> {
    let input = std::io::stdin().lock();
    let output = BufWriter::new(std::io::stdout().lock());
    let done = match command {
        PlumbingCommand::Versions { ecosystem } => {
            let known = OsvEcosystem::parse(ecosystem).with_context(|| {
                let names: Vec<_> = Ecosystem::all().map(Ecosystem::osv_name).collect();
                format!("\"{ecosystem}\" is no ecosystem; choose one of {}", names.join(", "))
            })?;
            answer(input, output, |line| compare(known.ecosystem, line))
        }
        PlumbingCommand::Purl => answer(input, output, canonical),
    };
    match done {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot go on reading standard input or writing standard output")
        }
        Ok(()) | Err(_) => Ok(ExitCode::Done),
    }
}

/// Reads line by line and writes one answer each.
fn answer(
    mut input: impl BufRead,
    mut output: impl Write,
    answer: impl Fn(&Line<'_>) -> String,
) -> std::io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = std::io::Read::take(&mut input, LONGEST_LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            return output.flush();
        }
        let whole = line.ends_with(b"\n");
        if !whole && u64::try_from(read).is_ok_and(|read| read == LONGEST_LINE) {
            input.skip_until(b'\n')?;
        }
        let line = match std::str::from_utf8(&line) {
            Ok(text) => Line::Text(text.trim_end_matches(['\n', '\r'])),
            // The limit may have cut a character in two.
            Err(error) if !whole && error.error_len().is_none() => {
                Line::Text(str_until(&line, error.valid_up_to()))
            }
            Err(_) => Line::NotUtf8(String::from_utf8_lossy(&line).trim_end().to_owned()),
        };
        writeln!(output, "{}", answer(&line))?;
    }
}

fn str_until(bytes: &[u8], end: usize) -> &str {
    bytes.get(..end).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
}

/// A line of the input.
enum Line<'l> {
    Text(&'l str),
    /// Its bytes are no text. As far as it can be shown.
    NotUtf8(String),
}

/// `A < B`, `A = B`, `A > B`, or `A ? B` when one cannot be read. Two versions stand on a line
/// with white space between them; a sign that already stands between them is passed over. Versions
/// that the ecosystem refuses but that have a place by convention are compared too.
fn compare(ecosystem: Ecosystem, line: &Line<'_>) -> String {
    let (line, is_text) = match line {
        Line::Text(line) => (*line, true),
        Line::NotUtf8(shown) => (&**shown, false),
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    let (one, two) = match words.as_slice() {
        [one, two] | [one, "<" | "=" | ">" | "?", two] => (*one, *two),
        [one] => (*one, ""),
        _ => ("", ""),
    };
    let read = |text: &str| Version::parse_as_written(ecosystem, text).ok().filter(|_| is_text);
    let order = read(one).zip(read(two)).and_then(|(one, two)| one.compare(&two));
    let sign = match order {
        Some(Ordering::Less) => '<',
        Some(Ordering::Equal) => '=',
        Some(Ordering::Greater) => '>',
        None => '?',
    };
    format!("{} {sign} {}", clean(one), clean(two))
}

fn canonical(line: &Line<'_>) -> String {
    match line {
        Line::NotUtf8(_) => "error: the bytes are not UTF-8 text".to_owned(),
        Line::Text(text) => match Purl::parse(text) {
            Ok(purl) => purl.to_string(),
            Err(error) => format!("error: {}", clean(&error.to_string())),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &str) -> Vec<String> {
        let mut output = Vec::new();
        answer(input.as_bytes(), &mut output, |line| compare(Ecosystem::CratesIo, line)).unwrap();
        String::from_utf8(output).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn every_line_gets_one_answer() {
        let input = "1.0.0 1.0.1\n1.0.0 = 1.0.0\n\n2.0.0 x\none two three four\n";
        let answers = ["1.0.0 < 1.0.1", "1.0.0 = 1.0.0", " ? ", "2.0.0 ? x", " ? "];
        assert_eq!(lines(input), answers);
    }

    #[test]
    fn a_version_that_has_a_place_only_by_convention_is_compared() {
        assert_eq!(compare(Ecosystem::Npm, &Line::Text("1.1.3.4.5 1.1.4")), "1.1.3.4.5 < 1.1.4");
    }

    #[test]
    fn a_last_line_without_an_end_is_answered() {
        assert_eq!(lines("1.0.0 1.0.0"), ["1.0.0 = 1.0.0"]);
    }
}
