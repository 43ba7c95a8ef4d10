//! The coders of a 7z, and chains of them.
//!
//! Format: `Methods.txt` of the LZMA SDK. A chain that is one after another is read; what needs
//! several streams at once (BCJ2), a password (AES) or a model of its own (PPMd) is a gap with its
//! name.

use std::io::Read;

use flate2::read::DeflateDecoder;
use lzma_rust2::filter::bcj::BcjReader;
use lzma_rust2::filter::delta::DeltaReader;
use lzma_rust2::{Lzma2Reader, LzmaReader};
use mainstay_archives::ArchiveError;

use super::header::{Coder, Folder};
use crate::wrappings::lzma;
use crate::wrappings::unpacking::{Opened, Sink, Tracked, error_of};

/// Unpacks a folder from its packed bytes.
pub(super) fn unpack(
    folder: &Folder,
    packed: &[u8],
    sink: &mut Sink<'_>,
) -> Result<(), ArchiveError> {
    let chain = chain(folder)?;
    let size = chain.last().map_or(0, |(_, size)| *size);
    sink.fill_up_to(size, packed, |stream| open(&chain, stream))?;
    let length = sink.bytes().len() as u64;
    if length < size {
        return Err(ArchiveError::damaged(format!("it has {length} bytes where {size} are due")));
    }
    Ok(())
}

/// The coders in the order in which they unpack, with what each gives.
fn chain(folder: &Folder) -> Result<Vec<(&Coder, u64)>, ArchiveError> {
    for coder in &folder.coders {
        if coder.inputs != 1 || coder.outputs != 1 {
            return Err(unread(coder));
        }
    }
    // The coder whose output nobody takes is the last one; before it comes what it takes from.
    let is_taken = |at: u64| folder.bound.iter().any(|(_, from)| *from == at);
    let mut next = (0..folder.coders.len() as u64).find(|at| !is_taken(*at));
    let mut chain = Vec::new();
    while let Some(at) = next {
        let index = usize::try_from(at).unwrap_or(usize::MAX);
        let (Some(coder), Some(size)) = (folder.coders.get(index), folder.sizes.get(index)) else {
            return Err(ArchiveError::damaged("its coders are chained to nothing"));
        };
        if chain.len() >= folder.coders.len() {
            return Err(ArchiveError::damaged("its coders are chained in a circle"));
        }
        chain.push((coder, *size));
        next = folder.bound.iter().find(|(into, _)| *into == at).map(|(_, from)| *from);
    }
    chain.reverse();
    Ok(chain)
}

fn open<'x>(chain: &[(&Coder, u64)], packed: Tracked<'x>) -> Opened<'x> {
    let mut stream: Box<dyn Read + 'x> = Box::new(packed);
    for (coder, size) in chain {
        stream = decoder(coder, *size, stream)?;
    }
    Ok(stream)
}

fn decoder<'x>(coder: &Coder, size: u64, from: Box<dyn Read + 'x>) -> Opened<'x> {
    Ok(match (&*coder.id, &*coder.properties) {
        ([0], _) => from,
        ([3, 1, 1], [properties, a, b, c, d]) if lzma::are_properties(*properties) => {
            let window = u32::from_le_bytes([*a, *b, *c, *d]);
            // The window grows with the content, and the content is bounded.
            let reader = LzmaReader::new_with_props(from, size, *properties, window, None);
            let mut reader = reader.map_err(error_of)?;
            reader.set_defer_errors(true);
            Box::new(reader)
        }
        ([0x21], [window]) => Box::new(Lzma2Reader::new(from, lzma2_window(*window)?, None)),
        ([3], [distance]) => Box::new(DeltaReader::new(from, usize::from(*distance) + 1)),
        ([4] | [3, 3, 1, 3], _) => Box::new(BcjReader::new_x86(from, 0)),
        ([5] | [3, 3, 2, 5], _) => Box::new(BcjReader::new_ppc(from, 0)),
        ([6] | [3, 3, 4, 1], _) => Box::new(BcjReader::new_ia64(from, 0)),
        ([7] | [3, 3, 5, 1], _) => Box::new(BcjReader::new_arm(from, 0)),
        ([8] | [3, 3, 7, 1], _) => Box::new(BcjReader::new_arm_thumb(from, 0)),
        ([9] | [3, 3, 8, 5], _) => Box::new(BcjReader::new_sparc(from, 0)),
        ([0xA], _) => Box::new(BcjReader::new_arm64(from, 0)),
        ([0xB], _) => Box::new(BcjReader::new_riscv(from, 0)),
        ([4, 1, 8], _) => Box::new(DeflateDecoder::new(from)),
        ([4, 2, 2], _) => Box::new(bzip2::read::MultiBzDecoder::new(from)),
        _ => return Err(unread(coder)),
    })
}

/// The window of LZMA2 as one byte (`7zFormat.txt`, and section 5.3.1 of the xz format).
fn lzma2_window(bits: u8) -> Result<u32, ArchiveError> {
    match bits {
        0..40 => Ok((2 | u32::from(bits & 1)) << (bits / 2 + 11)),
        40 => Ok(!15),
        _ => Err(ArchiveError::damaged("its window is larger than LZMA2 has")),
    }
}

fn unread(coder: &Coder) -> ArchiveError {
    let name = match &*coder.id {
        [3, 1, 1] => "LZMA with odd properties".to_owned(),
        [0x21] => "LZMA2 with odd properties".to_owned(),
        [3, 3, 1, 0x1B] => "BCJ2".to_owned(),
        [3, 4, 1] => "PPMd".to_owned(),
        [4, 1, 9] => "Deflate64".to_owned(),
        [4, 0xF7, 0x11, 1] => "zstd".to_owned(),
        [4, 0xF7, 0x11, 2] => "Brotli".to_owned(),
        [4, 0xF7, 0x11, 4] => "LZ4".to_owned(),
        [6, 0xF1, 7, 1] => "AES encryption".to_owned(),
        other => format!("number {other:02X?}"),
    };
    ArchiveError::unsupported(format!("it is packed by the coder {name}, which is not read"))
}
