//! Reading files out of the zips of the shared data, and writing one.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use anyhow::{Context, bail};
use flate2::Compression;
use flate2::bufread::DeflateDecoder;
use flate2::write::DeflateEncoder;
use rawzip::{CompressionMethod, ZipArchive, ZipArchiveWriter};

/// Calls back with the path and content of every file whose path is wanted.
pub(super) fn each_file(
    zip: &Path,
    wanted: impl Fn(&str) -> bool,
    mut found: impl FnMut(&str, Vec<u8>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let bytes = std::fs::read(zip).with_context(|| format!("cannot read {}", zip.display()))?;
    let archive = ZipArchive::from_slice(&bytes)?;
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry()? {
        let path = entry.file_path().try_normalize()?.as_ref().to_owned();
        if path.ends_with('/') || !wanted(&path) {
            continue;
        }
        let method = entry.compression_method();
        let local = archive.get_entry(entry.wayfinder())?;
        let mut content = Vec::new();
        if method == CompressionMethod::STORE {
            local.verifying_reader(local.data()).read_to_end(&mut content)?;
        } else if method == CompressionMethod::DEFLATE {
            local.verifying_reader(DeflateDecoder::new(local.data())).read_to_end(&mut content)?;
        } else {
            bail!("{}: {path} is packed by a method that is not read here", zip.display());
        }
        found(&path, content)?;
    }
    Ok(())
}

/// Whether a path in a zip is that of a JSON file.
pub(super) fn is_json(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "json")
}

/// Writes a zip, one file after another.
pub(crate) struct ZipWriter(ZipArchiveWriter<BufWriter<File>>);

impl ZipWriter {
    pub(crate) fn create(path: &Path) -> anyhow::Result<Self> {
        let file =
            File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self(ZipArchiveWriter::new(BufWriter::new(file))))
    }

    pub(crate) fn add(&mut self, name: &str, content: &[u8]) -> anyhow::Result<()> {
        let file = self.0.new_file(name).compression_method(CompressionMethod::DEFLATE);
        let (mut entry, config) = file.start()?;
        let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::fast()));
        writer.write_all(content)?;
        let (encoder, descriptor) = writer.finish()?;
        encoder.finish()?;
        entry.finish(descriptor)?;
        Ok(())
    }

    pub(crate) fn finish(self) -> anyhow::Result<()> {
        self.0.finish()?.flush()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("some.zip");
        let mut zip = ZipWriter::create(&path).unwrap();
        zip.add("a.json", b"{}").unwrap();
        zip.add("b.txt", b"no").unwrap();
        zip.finish().unwrap();
        let mut files = Vec::new();

        each_file(&path, is_json, |path, content| {
            files.push((path.to_owned(), content));
            Ok(())
        })
        .unwrap();
        assert_eq!(files, [("a.json".to_owned(), b"{}".to_vec())]);
    }
}
