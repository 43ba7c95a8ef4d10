//! RECORD: every file of a wheel with its checksum, compared with what is there.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mainstay_archives::{ArchiveError, Budget, MemberKind, Zip, ZipMember};
use mainstay_reading::AnomalyCode;
use mainstay_types::DigestAlgorithm;

use crate::digests::Hashing;
use crate::shipment::{Shipment, Within};

/// Checksum as it is written; empty where none is given.
type Rows<'t> = HashMap<String, &'t str>;

/// So many differences are told one by one.
const TOLD: usize = 10;

/// Compares the members of a wheel with its RECORD. `folder` ends with a slash.
pub(super) fn compare(zip: &Zip<'_>, folder: &str, budget: &Budget, shipment: &mut Shipment) {
    let within = Within::default();
    let path = format!("{folder}RECORD");
    let Some(record) = zip.members().iter().find(|one| one.member.path.as_str() == path) else {
        let reason = "there is no RECORD: whether the content is what was built is not known";
        shipment.gap(within.own_place(), reason, "get the wheel from its registry again");
        return;
    };
    let held = match zip.read(record, budget) {
        Ok(held) => held,
        Err(error) => return shipment.unread(within.place(&path), &error),
    };
    let text = String::from_utf8_lossy(&held);
    let mut rows = rows(&text);
    let mut differences = Vec::new();
    // Whoever installs a wheel writes links as files.
    for member in zip.members().iter().filter(|one| one.member.kind != MemberKind::Folder) {
        let path = member.member.path.as_str();
        // RECORD cannot hold its own checksum; signatures are made after it.
        let is_exempt = path
            .strip_prefix(folder)
            .is_some_and(|name| matches!(name, "RECORD" | "RECORD.jws" | "RECORD.p7s"));
        let row = rows.remove(path);
        if is_exempt {
            continue;
        }
        match row {
            None => differences.push((path.to_owned(), "it is not listed in RECORD")),
            Some("") => differences.push((path.to_owned(), "RECORD gives it no checksum")),
            Some(stated) => match fits(zip, member, stated, budget) {
                Ok(Some(true)) => {}
                Ok(Some(false)) => {
                    differences.push((path.to_owned(), "it does not fit its checksum in RECORD"));
                }
                Ok(None) => differences.push((path.to_owned(), "RECORD names an unknown checksum")),
                Err(error) => shipment.unread(within.place(path), &error),
            },
        }
    }
    let mut missing: Vec<String> =
        rows.into_keys().filter(|row| !row.starts_with(folder)).collect();
    missing.sort_unstable();
    differences
        .extend(missing.into_iter().map(|path| (path, "RECORD lists it, and it is not there")));
    tell(&differences, &within, shipment);
}

fn tell(differences: &[(String, &str)], within: &Within, shipment: &mut Shipment) {
    for (path, what) in differences.iter().take(TOLD) {
        let message = format!("{path:?}: {what}");
        shipment.anomaly(AnomalyCode::WrongContent, None, within.place(path), message);
    }
    if let Some(more) = differences.len().checked_sub(TOLD).filter(|more| *more > 0) {
        let message = format!("{more} more files do not agree with RECORD");
        shipment.anomaly(AnomalyCode::WrongContent, None, within.own_place(), message);
    }
}

/// Lines of `PATH,ALGORITHM=CHECKSUM,SIZE`; a path with a comma stands in quotes.
fn rows(text: &str) -> Rows<'_> {
    let mut rows = Rows::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut fields = line.rsplitn(3, ',');
        let (_size, sum, path) = (fields.next(), fields.next(), fields.next());
        let (Some(sum), Some(path)) = (sum, path) else { continue };
        let plain = path.strip_prefix('"').and_then(|path| path.strip_suffix('"'));
        let path = plain.map_or_else(|| path.to_owned(), |path| path.replace("\"\"", "\""));
        // The first row counts: a second one must not take its checksum away.
        if let Entry::Vacant(place) = rows.entry(path) {
            place.insert(sum.trim());
        }
    }
    rows
}

/// Whether a member fits; `None` for an algorithm that is not known or must not be used.
fn fits(
    zip: &Zip<'_>,
    member: &ZipMember,
    stated: &str,
    budget: &Budget,
) -> Result<Option<bool>, ArchiveError> {
    let algorithm = stated.split_once('=').and_then(|(name, sum)| {
        Some((
            DigestAlgorithm::from_name(name)?,
            URL_SAFE_NO_PAD.decode(sum.trim_end_matches('=')).ok()?,
        ))
    });
    let Some((algorithm, wanted)) = algorithm else { return Ok(None) };
    let sums = Hashing::new(zip.content(member, budget)?, &[algorithm]).finish()?;
    Ok(sums.first().map(|(_, found)| *found == wanted))
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn a_path_with_a_comma_stands_in_quotes() {
        let rows = rows("\"a,\"\"b\"\".py\",sha256=x,1\nc.py,,\n");
        assert_eq!(rows["a,\"b\".py"], "sha256=x");
        assert_eq!(rows["c.py"], "");
    }

    #[test]
    fn the_first_row_of_a_path_counts() {
        assert_eq!(rows("a,sha256=x,1\na,sha256=y,1\n")["a"], "sha256=x");
    }
}
