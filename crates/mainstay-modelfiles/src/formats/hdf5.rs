//! HDF5: groups, datasets and attributes; Keras keeps weights and whole models in it.
//!
//! Specification: HDF5 File Format Specification 3.0 (superblocks 0 to 3, object headers 1 and 2,
//! groups of both sorts, compact and dense links and attributes). Dangers: the architecture of
//! Keras in an attribute, which is built without the safe mode (CVE-2025-9905); links, datasets
//! and virtual datasets whose values lie in other files (CVE-2026-1669); shapes far beyond what is
//! stored (CVE-2026-0897); filters and links that plug-ins read; pickles in attributes and bytes;
//! addresses that leave the file; circles.

mod attribute;
mod compound;
mod dataset;
mod datatype;
mod dense;
mod file;
mod fractal_heap;
mod group;
mod heap;
mod object;

use std::collections::HashSet;

use mainstay_reading::{Danger, DangerCode};

use crate::cursor::Leaves;
use crate::examination::Examination;
use crate::format::{Beginning, Format, Likeness, Role};
use crate::formats::keras::{self, Kept};
use crate::part::Part;
use attribute::Attribute;
use dataset::{Dataset, bounded};
use file::{Fault, File};
use group::{Link, Target};
use object::{Message, kind};

pub(crate) const FORMAT: Format = Format {
    id: "hdf5",
    title: "HDF5",
    role: Role::Model,
    endings: &["h5", "hdf5", "keras"],
    likeness,
    read,
};

/// The most objects of one file.
const MOST_OBJECTS: usize = 200_000;
/// The longest path that is told.
const LONGEST_PATH: usize = 200;

fn likeness(beginning: &Beginning<'_>) -> Likeness {
    Likeness::certain_if(file::start_of(beginning.bytes).is_some())
}

fn read(part: &Part<'_>, examination: &mut Examination<'_>) {
    let Some(start) = file::start_of(part.bytes) else { return };
    if let Some(user_block) = part.bytes.get(..start).filter(|block| !block.is_empty()) {
        examination.enter(&part.inside("user block", user_block));
    }
    let file = match File::open(part.bytes, start) {
        Ok(file) => file,
        Err(fault) => return tell(&fault, part, examination),
    };
    ends(&file, part, examination);
    Walk { file: &file, part, examination, objects: Vec::new(), seen: HashSet::new() }.all();
}

/// Holds the end that the file declares against its bytes.
fn ends(file: &File<'_>, part: &Part<'_>, examination: &mut Examination<'_>) {
    let length = file.bytes.len() as u64;
    if file.end > length {
        let leaves = Leaves { at: 0, wanted: file.end, left: length };
        examination.leaves(part, "the HDF5 file", leaves);
    } else if file.end < length {
        let behind = usize::try_from(file.end).ok().and_then(|end| file.bytes.get(end..));
        let behind = behind.unwrap_or_default();
        examination.enter(&part.inside("behind the end", behind));
    }
    if file.is_split {
        let reason = "the HDF5 file says that it is one of several that belong together";
        examination.gap(part.whole(), reason, "scan the other files too");
    }
}

fn tell(fault: &Fault, part: &Part<'_>, examination: &mut Examination<'_>) {
    match fault {
        Fault::Leaves(what, leaves) => examination.leaves(part, what, *leaves),
        Fault::Odd(at, what) => {
            let message = format!(
                "{what} should be here, and something else is: the file is damaged, or made to \
                 break its reader"
            );
            examination.danger(Danger::new(DangerCode::Malformed, part.at(*at), message));
        }
        Fault::Unread(at, why) => {
            let reason = format!("the HDF5 file was not read to its end: {why}");
            examination.gap(part.at(*at), reason, "save the model again with a current library");
        }
    }
}

/// The walk through every object that can be reached.
struct Walk<'a, 'p, 'e, 'b> {
    file: &'p File<'a>,
    part: &'p Part<'a>,
    examination: &'e mut Examination<'b>,
    /// Objects to visit: where their headers are, and their paths.
    objects: Vec<(u64, String)>,
    seen: HashSet<u64>,
}

impl Walk<'_, '_, '_, '_> {
    fn all(&mut self) {
        match self.file.root {
            Some(root) => self.objects.push((root, String::new())),
            None => self.fault(&Fault::Odd(0, "the address of the root group")),
        }
        while let Some((place, path)) = self.objects.pop() {
            if !self.seen.insert(place) {
                continue;
            }
            if self.seen.len() + self.objects.len() > MOST_OBJECTS {
                return self.fault(&Fault::Unread(place, "it has more objects than are looked at"));
            }
            if let Err(fault) = self.object(place, &path) {
                self.fault(&fault);
            }
            if self.file.is_spent() {
                return;
            }
        }
        heap::look_at(self.file, self.part, self.examination);
    }

    fn fault(&mut self, fault: &Fault) {
        tell(fault, self.part, self.examination);
    }

    fn object(&mut self, place: u64, path: &str) -> Result<(), Fault> {
        let messages = object::messages(self.file, place)?;
        let mut faults = Vec::new();
        for attribute in attribute::attributes(self.file, &messages, &mut faults) {
            self.attribute(&attribute, path);
        }
        for fault in &faults {
            self.fault(fault);
        }
        self.unknown(&messages);
        // To the library an object with links is a group, whatever else it has.
        let mut links = Vec::new();
        let linked = group::links(self.file, &messages, &mut links);
        // The last one is visited first.
        links.reverse();
        for link in links {
            self.link(&link, path);
        }
        let dataset = Dataset { file: self.file, part: self.part, path };
        dataset::look_at(&dataset, &messages, self.examination)?;
        linked
    }

    /// Tells of messages of a sort that no version of the format has.
    fn unknown(&mut self, messages: &[Message<'_>]) {
        if let Some(message) = messages.iter().find(|message| message.kind > kind::LAST) {
            self.fault(&Fault::Unread(message.at, "an object has a message of an unknown sort"));
        }
    }

    fn link(&mut self, link: &Link, path: &str) {
        let path =
            if path.is_empty() { link.name.clone() } else { format!("{path}/{}", link.name) };
        let path: String = path.chars().take(LONGEST_PATH).collect();
        let place = self.part.at(link.at);
        match &link.target {
            Target::Object(object) if self.seen.contains(object) => {}
            Target::Object(object) => self.objects.push((*object, path)),
            Target::Path => {}
            Target::OtherFile { file, path: within } => {
                let message = format!(
                    "{} is a link to an object of another file of the machine, which is read in \
                     its place",
                    bounded(&path)
                );
                let danger = Danger::new(DangerCode::TouchesFiles, place, message);
                let shown = format!("{} in {}", bounded(within), bounded(file));
                self.examination.danger(danger.shown(shown).known_as(Some("CVE-2026-1669")));
            }
            Target::Plugin(sort) => {
                let message = format!(
                    "{} is a link of the sort {sort}, which HDF5 does not know: a plug-in that \
                     follows it is loaded",
                    bounded(&path)
                );
                self.examination.danger(Danger::new(DangerCode::UnknownCall, place, message));
            }
        }
    }

    fn attribute(&mut self, attribute: &Attribute<'_>, path: &str) {
        for &(at, value) in &attribute.values {
            let part = Part {
                bytes: value,
                name: attribute.name.as_str().into(),
                member: self.part.member.clone(),
                base: self.part.base.saturating_add(at),
            };
            let is_config = keras::is_json(value)
                && (attribute.name.ends_with("_config")
                    || memchr::memmem::find(value, b"class_name").is_some());
            if attribute.is_cut {
                self.fault(&Fault::Unread(at, "an attribute has more texts than are looked at"));
            }
            if is_config {
                keras::judge(&part, Kept::Hdf5, self.examination);
            } else if is_pickle(value) {
                self.examination.enter(&part);
            } else {
                self.examination.enter_certain(&part);
            }
            if !is_config && path.is_empty() && value.len() < 200 && attribute.values.len() == 1 {
                let text = String::from_utf8_lossy(value);
                self.examination.describe(|description| description.fact(&attribute.name, &text));
            }
        }
    }
}

/// Whether a value may be a pickle: `PyTables` keeps what HDF5 has no type for so.
fn is_pickle(value: &[u8]) -> bool {
    match value {
        [0x80, 2..=5, ..] => true,
        [b'(' | b'c' | b'V' | b'S' | b'i', .., b'.'] => value.contains(&b'\n'),
        _ => false,
    }
}
