//! What is odd about one member of a zip.
//!
//! PyTorch's reader looks at neither checksums nor flags, and goes by the directory; Python's
//! `zipfile` refuses what it does not like, and scanners that are built on it see nothing then
//! (CVE-2025-1944, CVE-2025-1945, CVE-2025-10156). Each is told, and no member is left out for it.

use mainstay_reading::{Danger, DangerCode};

use super::archive::{Entry, Listing};
use super::records::{ENCRYPTED, Header, Local};
use crate::examination::Examination;
use crate::part::Part;
use crate::wrappings::paths;

const NAMES_DIFFER: &str = "CVE-2025-1944";
const FLAGS_LIE: &str = "CVE-2025-1945";
pub(super) const CHECKSUM_LIES: &str = "CVE-2025-10156";

/// Tells what is odd about the headers of a member.
pub(super) fn judge(entry: &Entry<'_>, part: &Part<'_>, examination: &mut Examination<'_>) {
    let mut say = |what: &str, advisory: Option<&'static str>| {
        tell(entry, what, advisory, part, examination);
    };
    if let Some(what) = paths::oddity(&entry.path) {
        say(what, None);
    }
    if let Some(what) = entry.header.oddity() {
        say(what, Some(FLAGS_LIE));
    }
    if let Some(name) = entry.header.second_name() {
        let what = format!("has a second name, {:?}", paths::shown(&name));
        say(&what, Some(NAMES_DIFFER));
    }
    if entry.path.ends_with('/') && entry.header.plain > 0 {
        say("is named like a folder, and has content", None);
    }
    match entry.listing {
        Listing::Hidden => say(
            "is not in the directory of the zip: only readers that go from header to header see it",
            None,
        ),
        Listing::Listed { disk, .. } if !matches!(disk, 0 | 0xFFFF) => {
            say("should lie on another disk", None);
        }
        Listing::Listed { .. } => {}
    }
    match &entry.local {
        None => say("has no header where the directory says that it begins", None),
        Some(local) if entry.listing != Listing::Hidden => {
            for (what, advisory) in differences(&entry.header, local) {
                say(&what, advisory);
            }
        }
        Some(_) => {}
    }
}

/// Tells one thing about a member.
pub(super) fn tell(
    entry: &Entry<'_>,
    what: &str,
    advisory: Option<&'static str>,
    part: &Part<'_>,
    examination: &mut Examination<'_>,
) {
    let message = format!("the member {:?} of the zip {what}", paths::shown(&entry.path));
    let danger = Danger::new(DangerCode::OddContainer, part.at(entry.start), message);
    examination.danger(danger.known_as(advisory));
}

/// What the header in front of a member says otherwise than the directory.
fn differences(listed: &Header<'_>, local: &Local<'_>) -> Vec<(String, Option<&'static str>)> {
    let own = &local.header;
    let mut found = Vec::new();
    let mut differ = |what: &str, one: String, other: String, advisory| {
        let message = format!("has {what} {one} in the directory and {other} in front of it");
        found.push((message, advisory));
    };
    if own.raw_name != listed.raw_name {
        let quoted = |header: &Header<'_>| format!("{:?}", paths::shown(&header.name()));
        differ("the name", quoted(listed), quoted(own), Some(NAMES_DIFFER));
    }
    if own.method != listed.method {
        differ("the method", listed.method.to_string(), own.method.to_string(), None);
    }
    if (own.flags & ENCRYPTED) != (listed.flags & ENCRYPTED) {
        let word = |header: &Header<'_>| {
            let is_plain = header.flags & ENCRYPTED == 0;
            if is_plain { "not encrypted" } else { "encrypted" }.to_owned()
        };
        differ("the mark", word(listed), word(own), Some(FLAGS_LIE));
    }
    let is_later = own.has_later_sizes();
    let fits = |stated: u64, own: u64| {
        own == stated || (is_later && (own == 0 || own == u64::from(u32::MAX)))
    };
    if !fits(listed.plain, own.plain) {
        differ("the size", listed.plain.to_string(), own.plain.to_string(), None);
    }
    if !fits(listed.packed, own.packed) {
        differ("the packed size", listed.packed.to_string(), own.packed.to_string(), None);
    }
    if !fits(u64::from(listed.crc), u64::from(own.crc)) {
        let hex = |crc: u32| format!("{crc:08x}");
        differ("the checksum", hex(listed.crc), hex(own.crc), Some(CHECKSUM_LIES));
    }
    found
}
