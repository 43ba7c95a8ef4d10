//! The content of one member of a zip.

use std::io::{self, BufReader, Read};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::{Data, ZipMember};
use crate::budget::{Budget, Held};
use crate::error::ArchiveError;
use crate::source::{ReadAt, SourceReader};

/// The content of one member, unpacked while it is read.
pub struct ZipContent<'s, 'b> {
    stream: Method<'s>,
    budget: &'b Budget,
    packed: u64,
    size: u64,
    crc: u32,
    read: u64,
    sum: Crc,
}

enum Method<'s> {
    Stored(SourceReader<'s>),
    Deflated(Box<DeflateDecoder<BufReader<SourceReader<'s>>>>),
}

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

impl<'s, 'b> ZipContent<'s, 'b> {
    pub(super) fn new(
        source: &'s dyn ReadAt,
        member: &ZipMember,
        budget: &'b Budget,
    ) -> Result<Self, ArchiveError> {
        let at = match &member.place {
            Data::At(at) => *at,
            Data::Refused(error) => return Err(error.clone()),
        };
        budget.ratio(member.packed, member.member.size)?;
        let packed = SourceReader::part(source, at, at.saturating_add(member.packed));
        let stream = match member.method {
            STORED => Method::Stored(packed),
            DEFLATED => Method::Deflated(Box::new(DeflateDecoder::new(BufReader::new(packed)))),
            method => {
                let message = format!("it is packed by the method {method}, which is not read");
                return Err(ArchiveError::unsupported(message));
            }
        };
        let ZipMember { packed, crc, .. } = *member;
        Ok(Self { stream, budget, packed, size: member.member.size, crc, read: 0, sum: Crc::new() })
    }

    pub(super) fn read_whole(mut self, size: u64) -> Result<Held<'b>, ArchiveError> {
        let mut held = Held::empty(self.budget);
        let length = usize::try_from(size).unwrap_or(usize::MAX).min(64 << 10);
        let mut buffer = vec![0; length.max(1)];
        loop {
            let read = self.read(&mut buffer)?;
            if read == 0 {
                return Ok(held);
            }
            held.extend(buffer.get(..read).unwrap_or_default())?;
        }
    }

    /// Whether what was read is what was promised.
    fn check(&self) -> Result<(), ArchiveError> {
        if self.read != self.size {
            let message = format!("it has {} bytes where {} are due", self.read, self.size);
            return Err(ArchiveError::damaged(message));
        }
        if self.sum.sum() != self.crc {
            return Err(ArchiveError::damaged("its checksum does not fit"));
        }
        if let Method::Deflated(stream) = &self.stream
            && stream.total_in() != self.packed
        {
            return Err(ArchiveError::damaged("bytes follow behind its packed data"));
        }
        Ok(())
    }
}

impl Read for ZipContent<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let read = match &mut self.stream {
            Method::Stored(reader) => reader.read(buffer)?,
            Method::Deflated(stream) => stream.read(buffer)?,
        };
        self.read = self.read.saturating_add(read as u64);
        self.budget.unpacked(read as u64)?;
        if read == 0 || self.read > self.size {
            self.check()?;
        }
        self.sum.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}
