//! Where the members of a zip lie, and whether what stands there is what the directory says.

use mainstay_reading::AnomalyCode;

use super::directory::{ENCRYPTED, End, OtherEnd, UTF8};
use super::extra::{self, Fields};
use super::{Data, ZipMember};
use crate::error::ArchiveError;
use crate::notes::Notes;
use crate::source::ReadAt;

/// The fixed part of a header in front of a member.
const HEADER: usize = 30;
/// Sizes and checksum stand behind the data.
const DESCRIPTOR: u16 = 1 << 3;

/// A header in front of a member.
struct Local {
    flags: u16,
    method: u16,
    crc: u32,
    packed: u64,
    plain: u64,
    name: Vec<u8>,
    /// All of it.
    length: u64,
}

/// Reads the header in front of every member, compares it, and finds where the data begin.
pub(super) fn compare_headers(
    source: &dyn ReadAt,
    base: u64,
    members: &mut [ZipMember],
    notes: &mut Notes,
) {
    for member in members {
        let at = member.header_at.saturating_add(base);
        member.header_at = at;
        let Some(local) = read_local(source, at) else {
            let error = ArchiveError::damaged("its header in the zip is damaged");
            if !matches!(member.place, Data::Refused(_)) {
                member.place = Data::Refused(error);
            }
            continue;
        };
        for difference in differences(member, &local) {
            let path = member.member.path.as_str();
            notes.add(AnomalyCode::HeadersDisagree, path, difference);
        }
        let data_at = at.saturating_add(local.length);
        let is_whole = data_at.checked_add(member.packed).is_some_and(|to| to <= source.length());
        match &mut member.place {
            Data::At(_) if !is_whole => {
                let error = ArchiveError::damaged("its data lie outside of the zip");
                member.place = Data::Refused(error);
            }
            Data::At(place) => *place = data_at,
            Data::Refused(_) => {}
        }
    }
}

fn read_local(source: &dyn ReadAt, at: u64) -> Option<Local> {
    let mut fixed = [0; HEADER];
    source.read_exact_at(&mut fixed, at).ok()?;
    let mut fields = Fields(fixed.strip_prefix(b"PK\x03\x04")?);
    let (_needed, flags, method) = (fields.u16()?, fields.u16()?, fields.u16()?);
    let (_time, crc) = (fields.u32()?, fields.u32()?);
    let (packed, plain) = (fields.u32()?, fields.u32()?);
    let (name, extra) = (usize::from(fields.u16()?), usize::from(fields.u16()?));
    let mut rest = vec![0; name + extra];
    source.read_exact_at(&mut rest, at.checked_add(HEADER as u64)?).ok()?;
    let length = (HEADER + rest.len()) as u64;
    let fields = rest.split_off(name);
    let mut zip64 = Fields(extra::find(&fields, extra::ZIP64).unwrap_or_default());
    let plain = extra::long(plain, &mut zip64).unwrap_or(u64::from(u32::MAX));
    let packed = extra::long(packed, &mut zip64).unwrap_or(u64::from(u32::MAX));
    Some(Local { flags, method, crc, packed, plain, name: rest, length })
}

/// What a header says otherwise than the directory.
fn differences(member: &ZipMember, local: &Local) -> Vec<String> {
    let path = member.member.path.as_str();
    let mut found = Vec::new();
    let mut differ = |what: &str, one: String, other: String| {
        found.push(format!("the directory gives {path:?} {what} {one}, its header {other}"));
    };
    let name = extra::name(&local.name, local.flags & UTF8 != 0);
    let own =
        crate::member::MemberPath::parse(&name, crate::member::Slash::Both, &mut Notes::default());
    if own != member.member.path {
        differ("the name", format!("{path:?}"), format!("{name:?}"));
    }
    if local.method != member.method {
        differ("the method", member.method.to_string(), local.method.to_string());
    }
    let is_encrypted = matches!(&member.place, Data::Refused(_));
    if (local.flags & ENCRYPTED != 0) != is_encrypted {
        let word = |encrypted: bool| if encrypted { "encrypted" } else { "not encrypted" };
        differ("as", word(is_encrypted).to_owned(), word(!is_encrypted).to_owned());
    }
    let is_later = local.flags & DESCRIPTOR != 0;
    let fits = |stated: u64, own: u64| {
        own == stated || (is_later && (own == 0 || own == u64::from(u32::MAX)))
    };
    if !fits(member.member.size, local.plain) {
        differ("the size", member.member.size.to_string(), local.plain.to_string());
    }
    if !fits(member.packed, local.packed) {
        differ("the packed size", member.packed.to_string(), local.packed.to_string());
    }
    if !fits(u64::from(member.crc), u64::from(local.crc)) {
        differ("the checksum", format!("{:08x}", member.crc), format!("{:08x}", local.crc));
    }
    found
}

/// Looks for members that share bytes, and for bytes that no member has.
pub(super) fn judge_places(
    source: &dyn ReadAt,
    base: u64,
    end: &End,
    members: &mut [ZipMember],
    notes: &mut Notes,
) -> Result<(), ArchiveError> {
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by_key(|at| members.get(*at).map(|member| member.header_at));
    // Where the bytes end that some member has, and which member has the last of them.
    let (mut reached, mut last) = (0_u64, None);
    for at in order {
        let Some(member) = members.get(at) else { continue };
        let (start, to) = (member.header_at, member.end());
        if start < reached {
            share(members, at, last, notes);
        } else if last.is_none() && start > 0 {
            judge_beginning(source, base, start, notes)?;
        } else if last.is_some() && has_hidden_member(source, reached, start) {
            let message = format!("at byte {reached} is a member that the directory does not list");
            notes.add_whole(AnomalyCode::UnlistedBytes, message);
        }
        if to > reached {
            (reached, last) = (to, Some(at));
        }
    }
    if reached > end.directory_at {
        let message = "members reach into the directory of the zip";
        notes.add_whole(AnomalyCode::Overlap, message);
    } else if last.is_some() && has_hidden_member(source, reached, end.directory_at) {
        let message = format!("at byte {reached} is a member that the directory does not list");
        notes.add_whole(AnomalyCode::UnlistedBytes, message);
    }
    Ok(())
}

/// Looks for end records that tools may take for the right one: all but those in the data of a
/// member, which is a zip itself then.
pub(super) fn judge_ends(others: &[OtherEnd], members: &[ZipMember], notes: &mut Notes) {
    if others.is_empty() {
        return;
    }
    let of_data = |member: &ZipMember| match member.place {
        Data::At(start) => Some((start, start.saturating_add(member.packed))),
        Data::Refused(_) => None,
    };
    let mut data: Vec<(u64, u64)> = members.iter().filter_map(of_data).collect();
    data.sort_unstable();
    let is_content = |at: u64| {
        let next = data.partition_point(|(start, _)| *start <= at);
        let last = next.checked_sub(1).and_then(|last| data.get(last));
        last.is_some_and(|(_, end)| at < *end)
    };
    let odd = others.iter().filter(|one| one.reaches_end || !is_content(one.at)).count();
    if odd > 0 {
        let message = format!("the zip has {} end records, and tools may take either", odd + 1);
        notes.add_whole(AnomalyCode::HeadersDisagree, message);
    }
}

impl ZipMember {
    /// Where its data end, as far as that is known.
    fn end(&self) -> u64 {
        match self.place {
            Data::At(data) => data.saturating_add(self.packed),
            Data::Refused(_) => self.header_at.saturating_add(HEADER as u64),
        }
    }
}

/// Members that share bytes are how a small zip unpacks to a huge one, and no packer writes them.
fn share(members: &mut [ZipMember], one: usize, other: Option<usize>, notes: &mut Notes) {
    for at in [Some(one), other].into_iter().flatten() {
        let Some(member) = members.get_mut(at) else { continue };
        if at == one {
            let path = member.member.path.as_str();
            let message = format!("{path:?} shares bytes with another member");
            notes.add(AnomalyCode::Overlap, path, message);
        }
        member.place = Data::Refused(ArchiveError::damaged("it shares bytes with another member"));
    }
}

fn judge_beginning(
    source: &dyn ReadAt,
    base: u64,
    start: u64,
    notes: &mut Notes,
) -> Result<(), ArchiveError> {
    let mut first = [0; 2];
    source.read_exact_at(&mut first, 0)?;
    let what = match &first {
        b"#!" => "a script",
        b"MZ" => "a program for Windows",
        b"\x7FE" => "a program for Unix",
        _ if base > 0 => "something that was put before it",
        _ => "something else",
    };
    let message = format!("the zip begins behind {start} bytes of {what}");
    notes.add_whole(AnomalyCode::UnlistedBytes, message);
    Ok(())
}

/// Whether the header of a member stands between two others. A descriptor of 12 to 24 bytes may
/// come first.
fn has_hidden_member(source: &dyn ReadAt, from: u64, to: u64) -> bool {
    [0, 12, 16, 20, 24].into_iter().any(|skipped| {
        let at = from.saturating_add(skipped);
        let mut signature = [0; 4];
        at.saturating_add(HEADER as u64) <= to
            && source.read_exact_at(&mut signature, at).is_ok()
            && signature == *b"PK\x03\x04"
    })
}
