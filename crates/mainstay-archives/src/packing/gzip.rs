//! gzip: members one after another are one content (RFC 1952, section 2.2).

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

use super::{Stream, drain};

pub(super) struct Gunzip<R: Read> {
    /// `None` when the stream has ended.
    member: Option<GzDecoder<BufReader<R>>>,
    has_rest: bool,
}

impl<R: Read> Gunzip<R> {
    pub(super) fn new(reader: BufReader<R>) -> Self {
        Self { member: Some(GzDecoder::new(reader)), has_rest: false }
    }
}

impl<R: Read> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(member) = &mut self.member else { return Ok(0) };
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Some(ended) = self.member.take() else { return Ok(0) };
            let mut reader = ended.into_inner();
            if reader.fill_buf()?.first() == Some(&0x1F) {
                self.member = Some(GzDecoder::new(reader));
            } else {
                self.has_rest = drain(&mut reader)?;
            }
        }
    }
}

impl<R: Read> Stream for Gunzip<R> {
    fn has_rest(&self) -> bool {
        self.has_rest
    }
}
