//! Weights without pickled arrays: PyTorch's zip, safetensors, GGUF. Where the format allows it
//! the bodies of the tensors are holes, so that they cost no room on the disk.
//!
//! Formats: PKWARE APPNOTE 6.3.10 with the layout of `torch.save`; the `README` of safetensors;
//! `docs/gguf.md` of ggml, version 3.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::Path;

/// Bytes of a tensor of 1,024 by 1,024 single floats.
pub(super) const TENSOR: usize = 4 << 20;

/// What `torch.save` writes of a dictionary of so many tensors with this body.
pub(super) fn write_torch(path: &Path, tensors: usize, body: &[u8]) -> io::Result<()> {
    let mut zip = Zip::create(path)?;
    zip.add("model/data.pkl", &state_dict(tensors, body.len() / 4))?;
    zip.add("model/byteorder", b"little")?;
    for number in 0..tensors {
        zip.add(&format!("model/data/{number}"), body)?;
    }
    zip.add("model/version", b"3\n")?;
    zip.finish()
}

/// The pickle of a state dictionary: protocol 2, with persistent numbers for the storages.
fn state_dict(tensors: usize, floats: usize) -> Vec<u8> {
    let mut pickle = b"\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01(".to_vec();
    let side = u32::try_from(floats / 1024).unwrap_or(0).to_le_bytes();
    let count = u32::try_from(floats).unwrap_or(0).to_le_bytes();
    let text = |pickle: &mut Vec<u8>, text: &str| {
        pickle.push(b'X');
        pickle.extend_from_slice(&u32::try_from(text.len()).unwrap_or(0).to_le_bytes());
        pickle.extend_from_slice(text.as_bytes());
    };
    for number in 0..tensors {
        text(&mut pickle, &format!("layers.{number}.weight"));
        pickle.extend_from_slice(b"ctorch._utils\n_rebuild_tensor_v2\n((");
        text(&mut pickle, "storage");
        pickle.extend_from_slice(b"ctorch\nFloatStorage\n");
        text(&mut pickle, &number.to_string());
        text(&mut pickle, "cpu");
        pickle.push(b'J');
        pickle.extend_from_slice(&count);
        // The storage, its offset, the sizes, the strides, no gradient, no hooks.
        pickle.extend_from_slice(b"tQK\x00J");
        pickle.extend_from_slice(&side);
        pickle.extend_from_slice(b"M\x00\x04\x86M\x00\x04K\x01\x86\x89ccollections\nOrderedDict\n");
        pickle.extend_from_slice(b")RtR");
    }
    pickle.extend_from_slice(b"u.");
    pickle
}

/// A zip as PyTorch lays it out: stored members, their bodies at multiples of 64, sizes and sum
/// behind the body.
struct Zip {
    file: BufWriter<File>,
    at: u64,
    directory: Vec<u8>,
    members: u16,
}

/// Sizes follow the body, and the name is UTF-8.
const FLAGS: [u8; 2] = 0x0808_u16.to_le_bytes();

impl Zip {
    fn create(path: &Path) -> io::Result<Self> {
        let file = BufWriter::new(File::create(path)?);
        Ok(Self { file, at: 0, directory: Vec::new(), members: 0 })
    }

    fn add(&mut self, name: &str, body: &[u8]) -> io::Result<()> {
        let start = u32::try_from(self.at).map_err(io::Error::other)?;
        let size = u32::try_from(body.len()).map_err(io::Error::other)?.to_le_bytes();
        let length = u16::try_from(name.len()).map_err(io::Error::other)?.to_le_bytes();
        let mut sum = flate2::Crc::new();
        sum.update(body);
        let sum = sum.sum().to_le_bytes();
        // The extra field `FB` fills up.
        let plain = self.at + 30 + name.len() as u64 + 4;
        let padding = plain.next_multiple_of(64) - plain;
        let padding = u16::try_from(padding).map_err(io::Error::other)?;
        let mut local = b"PK\x03\x04\0\0".to_vec();
        local.extend_from_slice(&FLAGS);
        local.extend_from_slice(&[0; 18]);
        local.extend_from_slice(&length);
        local.extend_from_slice(&(padding + 4).to_le_bytes());
        local.extend_from_slice(name.as_bytes());
        local.extend_from_slice(b"FB");
        local.extend_from_slice(&padding.to_le_bytes());
        local.resize(local.len() + usize::from(padding), b'Z');
        let mut descriptor = b"PK\x07\x08".to_vec();
        descriptor.extend_from_slice(&[sum, size, size].concat());
        for part in [&local[..], body, &descriptor] {
            self.file.write_all(part)?;
            self.at += part.len() as u64;
        }
        self.directory.extend_from_slice(b"PK\x01\x02\0\0\0\0");
        self.directory.extend_from_slice(&FLAGS);
        self.directory.extend_from_slice(&[0; 6]);
        self.directory.extend_from_slice(&[sum, size, size].concat());
        self.directory.extend_from_slice(&length);
        self.directory.extend_from_slice(&[0; 12]);
        self.directory.extend_from_slice(&start.to_le_bytes());
        self.directory.extend_from_slice(name.as_bytes());
        self.members += 1;
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        let size = u32::try_from(self.directory.len()).map_err(io::Error::other)?;
        let start = u32::try_from(self.at).map_err(io::Error::other)?;
        let members = self.members.to_le_bytes();
        self.file.write_all(&self.directory)?;
        self.file.write_all(b"PK\x05\x06\0\0\0\0")?;
        self.file.write_all(&[members, members].concat())?;
        self.file.write_all(&[size.to_le_bytes(), start.to_le_bytes()].concat())?;
        self.file.write_all(&[0, 0])?;
        self.file.flush()
    }
}

/// A safetensors file of so many half-float tensors; their bodies are a hole.
pub(super) fn write_safetensors(path: &Path, tensors: usize, each: usize) -> io::Result<()> {
    let mut header = String::from("{\"__metadata__\":{\"format\":\"pt\"}");
    for number in 0..tensors {
        let (start, end) = (number * each, (number + 1) * each);
        let rows = each / 2 / 1024;
        let _ = write!(
            header,
            ",\"model.layers.{number}.weight\":{{\"dtype\":\"F16\",\"shape\":[{rows},1024],\
             \"data_offsets\":[{start},{end}]}}"
        );
    }
    header.push('}');
    while !header.len().is_multiple_of(8) {
        header.push(' ');
    }
    let mut file = File::create(path)?;
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    file.set_len((8 + header.len() + tensors * each) as u64)
}

/// A GGUF file with this many tokens and half-float tensors; the bodies are a hole.
pub(super) fn write_gguf(
    path: &Path,
    tokens: usize,
    tensors: usize,
    each: usize,
) -> io::Result<()> {
    let mut bytes = b"GGUF\x03\0\0\0".to_vec();
    bytes.extend_from_slice(&(tensors as u64).to_le_bytes());
    bytes.extend_from_slice(&6_u64.to_le_bytes());
    for (key, value) in [
        ("general.architecture", "llama"),
        ("general.name", "measured"),
        ("tokenizer.ggml.model", "llama"),
        ("tokenizer.chat_template", "{% for m in messages %}{{ m['content'] }}{% endfor %}"),
    ] {
        gguf_text(&mut bytes, key);
        bytes.extend_from_slice(&8_u32.to_le_bytes());
        gguf_text(&mut bytes, value);
    }
    gguf_text(&mut bytes, "tokenizer.ggml.tokens");
    gguf_array(&mut bytes, 8, tokens);
    for number in 0..tokens {
        gguf_text(&mut bytes, &format!("token{number}"));
    }
    gguf_text(&mut bytes, "tokenizer.ggml.scores");
    gguf_array(&mut bytes, 6, tokens);
    for number in 0..tokens {
        let score = -f32::from(u16::try_from(number % 32_000).unwrap_or(0));
        bytes.extend_from_slice(&score.to_le_bytes());
    }
    for number in 0..tensors {
        gguf_text(&mut bytes, &format!("blk.{number}.attn_q.weight"));
        bytes.extend_from_slice(&2_u32.to_le_bytes());
        bytes.extend_from_slice(&1024_u64.to_le_bytes());
        bytes.extend_from_slice(&((each / 2 / 1024) as u64).to_le_bytes());
        bytes.extend_from_slice(&1_u32.to_le_bytes());
        bytes.extend_from_slice(&((number * each) as u64).to_le_bytes());
    }
    bytes.resize(bytes.len().next_multiple_of(32), 0);
    let mut file = File::create(path)?;
    file.write_all(&bytes)?;
    let bodies = file.stream_position()?;
    file.set_len(bodies + (tensors * each) as u64)
}

fn gguf_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

/// The head of an array: its type, the type of its elements, how many.
fn gguf_array(bytes: &mut Vec<u8>, element: u32, length: usize) {
    bytes.extend_from_slice(&9_u32.to_le_bytes());
    bytes.extend_from_slice(&element.to_le_bytes());
    bytes.extend_from_slice(&(length as u64).to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::zips;

    #[test]
    fn the_torch_file_is_a_zip_whose_sums_agree() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.pt");
        write_torch(&path, 2, &[7; 8192]).unwrap();
        let mut names = Vec::new();
        zips::each_file(
            &path,
            |_| true,
            |name, content| {
                names.push((name.to_owned(), content.len()));
                Ok(())
            },
        )
        .unwrap();
        assert_eq!(names[2..4], [("model/data/0".into(), 8192), ("model/data/1".into(), 8192)]);
        assert_eq!(names[4], ("model/version".into(), 2));
    }

    #[test]
    fn bodies_in_the_torch_file_are_aligned() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.pt");
        write_torch(&path, 1, &[0xa7; 4096]).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let start = bytes.windows(16).position(|window| window == [0xa7; 16]).unwrap();
        assert_eq!(start % 64, 0);
    }

    #[test]
    fn tensors_of_safetensors_fill_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        write_safetensors(&path, 3, 4096).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let length = u64::from_le_bytes(bytes[..8].try_into().unwrap());
        assert_eq!(bytes.len() as u64, 8 + length + 3 * 4096);
        let header: serde_json::Value =
            serde_json::from_slice(&bytes[8..8 + usize::try_from(length).unwrap()]).unwrap();
        assert_eq!(header["model.layers.2.weight"]["shape"], serde_json::json!([2, 1024]));
    }

    #[test]
    fn bodies_of_gguf_begin_at_a_multiple_of_32() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.gguf");
        write_gguf(&path, 10, 2, 4096).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert!(bytes.starts_with(b"GGUF\x03"));
        assert_eq!((bytes.len() - 2 * 4096) % 32, 0);
    }
}
