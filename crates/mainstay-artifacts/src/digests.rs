//! Checksums of what streams past (FIPS 180-4).

use std::io::{self, Read};

use aws_lc_rs::digest::{self, Context};
use mainstay_archives::{ArchiveError, SourceReader};
use mainstay_types::{Digest, DigestAlgorithm};

use crate::format::Artifact;

/// Takes the checksum of all that is read through it.
pub(crate) struct Hashing<R> {
    reader: R,
    contexts: Vec<(DigestAlgorithm, Context)>,
}

impl<R: Read> Hashing<R> {
    /// Algorithms that are not known here are left out.
    pub(crate) fn new(reader: R, algorithms: &[DigestAlgorithm]) -> Self {
        let contexts = algorithms
            .iter()
            .filter_map(|algorithm| Some((*algorithm, Context::new(function(*algorithm)?))))
            .collect();
        Self { reader, contexts }
    }

    /// Reads what is left, and gives the checksums.
    pub(crate) fn finish(mut self) -> io::Result<Vec<(DigestAlgorithm, Vec<u8>)>> {
        io::copy(&mut self, &mut io::sink())?;
        let sums = self.contexts.into_iter();
        Ok(sums.map(|(name, context)| (name, context.finish().as_ref().to_vec())).collect())
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        for (_, context) in &mut self.contexts {
            context.update(buffer.get(..read).unwrap_or_default());
        }
        Ok(read)
    }
}

/// The checksum of the whole file, as registries and lockfiles give it.
pub(crate) fn of_file(
    artifact: &Artifact<'_>,
    algorithm: DigestAlgorithm,
) -> Result<Option<Digest>, ArchiveError> {
    let reader = SourceReader::new(artifact.source);
    let sums = Hashing::new(reader, &[algorithm]).finish()?;
    let hex = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            for nibble in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(u32::from(nibble), 16));
            }
            text
        })
    };
    Ok(sums.first().and_then(|(name, bytes)| Digest::from_hex(*name, &hex(bytes)).ok()))
}

fn function(algorithm: DigestAlgorithm) -> Option<&'static digest::Algorithm> {
    match algorithm {
        DigestAlgorithm::Sha1 => Some(&digest::SHA1_FOR_LEGACY_USE_ONLY),
        DigestAlgorithm::Sha256 => Some(&digest::SHA256),
        DigestAlgorithm::Sha384 => Some(&digest::SHA384),
        DigestAlgorithm::Sha512 => Some(&digest::SHA512),
        DigestAlgorithm::Md5
        | DigestAlgorithm::Blake2b
        | DigestAlgorithm::GoH1
        | DigestAlgorithm::YarnArchive => None,
    }
}
