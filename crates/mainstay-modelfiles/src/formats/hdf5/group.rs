//! Groups: which objects have which names.
//!
//! Specification: HDF5 File Format Specification 3.0, III.A.1 (B-trees, version 1), III.B (symbol
//! table nodes), III.D (local heaps), IV.A.2.g (link messages), IV.A.2.c (link info: many links
//! are kept in a fractal heap).

use std::collections::HashSet;

use crate::cursor::{Cursor, Leaves};

use super::dense;
use super::file::{Fault, File, number_of};
use super::object::{Message, kind};

/// The most links of one group.
const MOST_LINKS: usize = 200_000;

/// A name in a group.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// Where it is written.
    pub(super) at: u64,
    pub(super) name: String,
    pub(super) target: Target,
}

/// What a name leads to.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// The header of an object in the file.
    Object(u64),
    /// A path in the file.
    Path,
    /// An object of another file.
    OtherFile { file: String, path: String },
    /// Something that a plug-in finds: the number of its sort.
    Plugin(u8),
}

/// Adds every link of the group that has these messages, up to one that cannot be read.
pub(super) fn links(
    file: &File<'_>,
    messages: &[Message<'_>],
    links: &mut Vec<Link>,
) -> Result<(), Fault> {
    for message in messages {
        match message.kind {
            kind::LINK => links.push(link(file, message.content, message.at)?),
            kind::SYMBOL_TABLE => symbol_table(file, message, links)?,
            kind::LINK_INFO => {
                let mut cursor = file.at(message.at)?;
                let flags = cursor.array::<2>()?[1];
                cursor.take(if flags & 1 == 0 { 0 } else { 8 })?;
                let (heap, names) = (file.address(&mut cursor)?, file.address(&mut cursor)?);
                let (Some(heap), Some(names)) = (heap, names) else { continue };
                for (at, content) in dense::objects(file, heap, names)? {
                    links.push(link(file, content, at)?);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// A link message.
fn link(file: &File<'_>, content: &[u8], at: u64) -> Result<Link, Fault> {
    let mut cursor = Cursor::new(content);
    let relative = |fault| moved(&fault, at);
    let [version, flags] = cursor.array::<2>()?;
    if version != 1 {
        return Err(Fault::Unread(at, "a link is of an unknown version"));
    }
    let sort = if flags & 0x08 == 0 { 0 } else { cursor.u8()? };
    cursor.take(if flags & 0x04 == 0 { 0 } else { 8 })?;
    cursor.take(u64::from(flags & 0x10 != 0))?;
    let length = number_of(&mut cursor, 1 << (flags & 3)).map_err(relative)?;
    let name = cursor.take(length).map_err(|leaves| moved(&leaves.into(), at))?;
    let name = String::from_utf8_lossy(name).into_owned();
    let target = match sort {
        0 => Target::Object(file.place(&mut cursor).map_err(relative)?),
        1 => Target::Path,
        64 => {
            let length = cursor.u16().map_err(|leaves| moved(&leaves.into(), at))?;
            let value = cursor.take(u64::from(length));
            let value = value.map_err(|leaves| moved(&leaves.into(), at))?;
            let mut texts = value.get(1..).unwrap_or_default().split(|byte| *byte == 0);
            let mut text =
                || String::from_utf8_lossy(texts.next().unwrap_or_default()).into_owned();
            Target::OtherFile { file: text(), path: text() }
        }
        other => Target::Plugin(other),
    };
    Ok(Link { at, name, target })
}

/// A fault in a message, told from the start of the file.
fn moved(fault: &Fault, by: u64) -> Fault {
    match *fault {
        Fault::Leaves(what, leaves) => {
            Fault::Leaves(what, Leaves { at: leaves.at.saturating_add(by), ..leaves })
        }
        Fault::Odd(at, what) => Fault::Odd(at.saturating_add(by), what),
        Fault::Unread(at, why) => Fault::Unread(at.saturating_add(by), why),
    }
}

/// The links of an old group: a B-tree over symbol table nodes, and a heap with the names.
fn symbol_table(
    file: &File<'_>,
    message: &Message<'_>,
    links: &mut Vec<Link>,
) -> Result<(), Fault> {
    let mut cursor = file.at(message.at)?;
    let (tree, heap) = (file.place(&mut cursor)?, file.place(&mut cursor)?);
    let names = local_heap(file, heap)?;
    let mut nodes = vec![tree];
    let mut seen = HashSet::new();
    while let Some(node) = nodes.pop() {
        if !seen.insert(node) {
            return Err(Fault::Odd(node, "another node of a group, not the same one"));
        }
        let mut cursor = file.at(node)?;
        match &cursor.array::<4>()? {
            b"TREE" => {
                let [sort, _level] = cursor.array::<2>()?;
                if sort != 0 {
                    return Err(Fault::Odd(node, "a B-tree of a group"));
                }
                let count = cursor.u16()?;
                number_of(&mut cursor, file.offset_size())?;
                number_of(&mut cursor, file.offset_size())?;
                for _ in 0..count {
                    file.length(&mut cursor)?;
                    nodes.push(file.place(&mut cursor)?);
                }
            }
            b"SNOD" => symbols(file, &mut cursor, names, links)?,
            _ => return Err(Fault::Odd(node, "a node of a group")),
        }
        if links.len() > MOST_LINKS {
            return Err(Fault::Unread(node, "a group has more links than are looked at"));
        }
    }
    Ok(())
}

fn symbols(
    file: &File<'_>,
    cursor: &mut Cursor<'_>,
    names: &[u8],
    links: &mut Vec<Link>,
) -> Result<(), Fault> {
    cursor.take(2)?;
    let count = cursor.u16()?;
    for _ in 0..count {
        let at = cursor.at();
        file.step(at)?;
        let name = number_of(cursor, file.offset_size())?;
        let object = file.address(cursor)?;
        let cache = cursor.u32()?;
        cursor.take(20)?;
        let name = name_at(names, name).ok_or(Fault::Odd(at, "a name in the heap of a group"))?;
        let target = match object {
            _ if cache == 2 => Target::Path,
            Some(object) => Target::Object(object),
            None => return Err(Fault::Odd(at, "the address of an object")),
        };
        links.push(Link { at, name, target });
    }
    Ok(())
}

/// The data of a local heap.
pub(super) fn local_heap<'a>(file: &File<'a>, place: u64) -> Result<&'a [u8], Fault> {
    let mut cursor = file.behind(place, *b"HEAP", "the heap of a group")?;
    cursor.take(4)?;
    let length = file.length(&mut cursor)?;
    file.length(&mut cursor)?;
    let data = file.place(&mut cursor)?;
    file.at(data)?.take(length).map_err(|leaves| Fault::Leaves("the heap of a group", leaves))
}

/// A text in a local heap, which ends with a zero.
pub(super) fn name_at(heap: &[u8], offset: u64) -> Option<String> {
    let rest = heap.get(usize::try_from(offset).ok()?..)?;
    let end = memchr::memchr(0, rest)?;
    Some(String::from_utf8_lossy(rest.get(..end)?).into_owned())
}
