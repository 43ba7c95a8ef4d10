//! zstd: frames one after another are one content; skippable frames hold none (RFC 8878,
//! section 3.1).

use std::io::{self, BufReader, Read};

use ruzstd::decoding::FrameDecoder;
use ruzstd::decoding::StreamingDecoder;

use super::{Stream, drain};

const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

type Frame<R> = StreamingDecoder<Again<R>, FrameDecoder>;

pub(super) struct Unzstd<R: Read> {
    state: State<R>,
    has_begun: bool,
    has_rest: bool,
}

enum State<R: Read> {
    Between(BufReader<R>),
    Within(Box<Frame<R>>),
    Ended,
}

/// The magic number, which had to be looked at, and then the rest.
struct Again<R: Read> {
    magic: io::Cursor<[u8; 4]>,
    reader: BufReader<R>,
}

impl<R: Read> Read for Again<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.magic.read(buffer)? {
            0 => self.reader.read(buffer),
            read => Ok(read),
        }
    }
}

impl<R: Read> Unzstd<R> {
    pub(super) fn new(reader: BufReader<R>) -> Self {
        Self { state: State::Between(reader), has_begun: false, has_rest: false }
    }

    /// Goes to the next frame with content, or to the end.
    fn next(&mut self, mut reader: BufReader<R>) -> io::Result<State<R>> {
        loop {
            let mut magic = [0; 4];
            let read = fill(&mut reader, &mut magic)?;
            match magic {
                _ if read == 0 && self.has_begun => return Ok(State::Ended),
                _ if MAGIC.get(..read).is_some_and(|part| read < 4 && magic.starts_with(part)) => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                MAGIC => {
                    self.has_begun = true;
                    let again = Again { magic: io::Cursor::new(magic), reader };
                    let frame = StreamingDecoder::new(again).map_err(io::Error::other)?;
                    return Ok(State::Within(Box::new(frame)));
                }
                // 0x184D2A50 to 0x184D2A5F
                [0x50..=0x5F, 0x2A, 0x4D, 0x18] => {
                    self.has_begun = true;
                    let mut length = [0; 4];
                    reader.read_exact(&mut length)?;
                    let length = u64::from(u32::from_le_bytes(length));
                    let skipped = io::copy(&mut (&mut reader).take(length), &mut io::sink())?;
                    if skipped < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                _ if !self.has_begun => return Err(io::Error::other("this is no zstd stream")),
                other => {
                    let found = other.iter().take(read).any(|byte| *byte != 0);
                    self.has_rest = found || drain(&mut reader)?;
                    return Ok(State::Ended);
                }
            }
        }
    }
}

fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

impl<R: Read> Read for Unzstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Ok(0),
                State::Between(reader) => self.state = self.next(reader)?,
                State::Within(mut frame) => {
                    let read = frame.read(buffer)?;
                    if read > 0 || buffer.is_empty() {
                        self.state = State::Within(frame);
                        return Ok(read);
                    }
                    let decoder = &frame.decoder;
                    let stated = decoder.get_checksum_from_data();
                    if stated.is_some() && stated != decoder.get_calculated_checksum() {
                        return Err(io::Error::other("its checksum does not fit"));
                    }
                    self.state = State::Between(frame.into_inner().reader);
                }
            }
        }
    }
}

impl<R: Read> Stream for Unzstd<R> {
    fn has_rest(&self) -> bool {
        self.has_rest
    }
}
