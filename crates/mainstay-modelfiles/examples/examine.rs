//! Prints what is found in each of the named files, one finding a line.
//!
//! `cargo run --release -p mainstay-modelfiles --example examine -- model.pt`

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;
use std::{env, fs, io};

use mainstay_archives::{Budget, Limits};
use mainstay_modelfiles::{ModelFile, examine};
use mainstay_reading::NothingNearby;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for path in env::args().skip(1) {
        let bytes = fs::read(&path)?;
        let name = Path::new(&path).file_name().unwrap_or_default().to_string_lossy();
        let budget = Budget::new(Limits::default());
        let start = Instant::now();
        let found = examine(&ModelFile {
            name: &name,
            bytes: &bytes,
            nearby: &NothingNearby,
            is_for_others: |_| false,
            budget: &budget,
        });
        let format = found.format.unwrap_or("no known format");
        writeln!(out, "{path}: {format}, {} ms", start.elapsed().as_millis())?;
        for danger in found.dangers {
            let shown = danger.shown.unwrap_or_default();
            let (severity, code) = (danger.severity, danger.code.code());
            writeln!(
                out,
                "  {severity:?} {code} {:?}: {} | {shown}",
                danger.place, danger.message
            )?;
        }
        for gap in found.gaps {
            writeln!(out, "  gap {:?}: {}", gap.place, gap.reason)?;
        }
    }
    Ok(())
}
