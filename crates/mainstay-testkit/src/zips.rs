//! Zips made in memory, good ones and bad ones.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use rawzip::{CompressionMethod, ZipArchive, ZipArchiveWriter};

/// A zip of deflated entries, in this order.
pub fn zip<N: AsRef<str>, B: AsRef<[u8]>>(entries: impl IntoIterator<Item = (N, B)>) -> Vec<u8> {
    zip_with(CompressionMethod::DEFLATE, entries)
}

/// A zip whose entries say that they are packed by this method. They are deflated if it is
/// DEFLATE, and stored as they are else.
pub fn zip_with<N: AsRef<str>, B: AsRef<[u8]>>(
    method: CompressionMethod,
    entries: impl IntoIterator<Item = (N, B)>,
) -> Vec<u8> {
    let mut writer = ZipArchiveWriter::new(Vec::new());
    for (name, bytes) in entries {
        let started = writer.new_file(name.as_ref()).compression_method(method).start();
        let (mut entry, config) = started.unwrap();
        let descriptor = if method == CompressionMethod::DEFLATE {
            let encoder = DeflateEncoder::new(&mut entry, Compression::default());
            let mut data = config.wrap(encoder);
            data.write_all(bytes.as_ref()).unwrap();
            let (encoder, descriptor) = data.finish().unwrap();
            encoder.finish().unwrap();
            descriptor
        } else {
            let mut data = config.wrap(&mut entry);
            data.write_all(bytes.as_ref()).unwrap();
            data.finish().unwrap().1
        };
        entry.finish(descriptor).unwrap();
    }
    writer.finish().unwrap()
}

/// A zip with one entry of zeros, so many bytes of them.
pub fn zip_bomb(bytes: usize) -> Vec<u8> {
    zip([("MAL-BOMB.json", vec![0; bytes])])
}

/// Every entry of a zip: name and content.
pub fn unzip(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let archive = ZipArchive::from_slice(bytes).unwrap();
    let mut entries = Vec::new();
    for record in archive.entries() {
        let record = record.unwrap();
        let entry = archive.get_entry(record.wayfinder()).unwrap();
        let mut content = Vec::new();
        if record.compression_method() == CompressionMethod::DEFLATE {
            DeflateDecoder::new(entry.data()).read_to_end(&mut content).unwrap();
        } else {
            content.extend_from_slice(entry.data());
        }
        entries.push((String::from_utf8_lossy(record.file_path().as_bytes()).into(), content));
    }
    entries
}
