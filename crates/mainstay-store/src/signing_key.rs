//! The key of an instance, and what others need to check its signatures.
//!
//! Standard: C2SP signed-note, with Ed25519 (RFC 8032). Both keys are one line of text.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::StoreError;
use crate::hexadecimal::hexadecimal;

/// The algorithm byte of Ed25519 in signed notes.
const ED25519_NOTE: u8 = 1;

/// A key that signs. Never shown.
pub struct SigningKey {
    name: String,
    pair: Ed25519KeyPair,
}

impl SigningKey {
    /// Reads the key in this file, or makes one under `name` and writes it there, for the owner
    /// alone to read.
    ///
    /// # Errors
    /// When the file cannot be read or written, or holds something else.
    pub fn open_or_create(path: &Path, name: &str) -> Result<Self, StoreError> {
        match fs::read_to_string(path) {
            Ok(text) => Self::read(&text).ok_or_else(|| StoreError::Key(path.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::create(path, name),
            Err(error) => Err(StoreError::disk(path)(error)),
        }
    }

    /// The text of the key in this file, for a backup; nothing, when there is none.
    pub(crate) fn text_in(path: &Path) -> Result<Option<String>, StoreError> {
        match fs::read_to_string(path) {
            Ok(text) if Self::read(&text).is_some() => Ok(Some(text)),
            Ok(_) => Err(StoreError::Key(path.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::disk(path)(error)),
        }
    }

    /// Puts a key from a backup where none is.
    pub(crate) fn put_text(path: &Path, text: &str) -> Result<(), StoreError> {
        if Self::read(text).is_none() {
            return Err(StoreError::Key(path.to_owned()));
        }
        write_private(path, text)
    }

    fn create(path: &Path, name: &str) -> Result<Self, StoreError> {
        let no_key = || StoreError::Key(path.to_owned());
        let name = note_name(name);
        let mut seed = [0; 32];
        SystemRandom::new().fill(&mut seed).map_err(|_| no_key())?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| no_key())?;
        let key = Self { name, pair };
        let mut secret = vec![ED25519_NOTE];
        secret.extend_from_slice(&seed);
        let text = format!(
            "PRIVATE+KEY+{}+{}+{}\n",
            key.name,
            hexadecimal(&key.verifying().id()),
            STANDARD.encode(&secret)
        );
        write_private(path, &text)?;
        Ok(key)
    }

    fn read(text: &str) -> Option<Self> {
        let rest = text.trim_end().strip_prefix("PRIVATE+KEY+")?;
        let mut parts = rest.splitn(3, '+');
        let (name, _, secret) = (parts.next()?, parts.next()?, parts.next()?);
        let secret = STANDARD.decode(secret).ok()?;
        let (algorithm, seed) = secret.split_first()?;
        if *algorithm != ED25519_NOTE {
            return None;
        }
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        Some(Self { name: name.to_owned(), pair })
    }

    /// The name under which it signs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What others need to check its signatures.
    pub fn verifying(&self) -> VerifyingKey {
        VerifyingKey { name: self.name.clone(), public: self.pair.public_key().as_ref().to_vec() }
    }

    /// The 64 bytes of a signature over `message`.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.name)
    }
}

/// Writes a new file that its owner alone may read.
fn write_private(path: &Path, text: &str) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(StoreError::disk(path))?;
    file.write_all(text.as_bytes()).map_err(StoreError::disk(path))?;
    file.sync_all().map_err(StoreError::disk(path))
}

/// A key that checks signatures: `name+id+base64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    name: String,
    public: Vec<u8>,
}

impl VerifyingKey {
    /// The name under which the key signs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The 32 bytes of the key itself (RFC 8032). Its name is chosen; this is what it is.
    pub fn public(&self) -> &[u8] {
        &self.public
    }

    /// Four bytes that tell keys apart (C2SP signed-note, "Signatures"). No proof of anything.
    pub fn id(&self) -> [u8; 4] {
        let mut named = self.name.clone().into_bytes();
        named.push(b'\n');
        named.push(ED25519_NOTE);
        named.extend_from_slice(&self.public);
        let mut id = [0; 4];
        for (byte, first) in id.iter_mut().zip(digest(&SHA256, &named).as_ref()) {
            *byte = *first;
        }
        id
    }

    /// Whether this key made this signature over `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.public).verify(message, signature).is_ok()
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut public = vec![ED25519_NOTE];
        public.extend_from_slice(&self.public);
        write!(f, "{}+{}+{}", self.name, hexadecimal(&self.id()), STANDARD.encode(public))
    }
}

impl FromStr for VerifyingKey {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const SHAPE: &str = "no key of the form name+id+base64";
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(public)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(SHAPE);
        };
        let public = STANDARD.decode(public).map_err(|_| SHAPE)?;
        match public.split_first() {
            Some((&ED25519_NOTE, public)) if public.len() == 32 => {
                let key = Self { name: name.to_owned(), public: public.to_vec() };
                if hexadecimal(&key.id()) == id {
                    Ok(key)
                } else {
                    Err("the id is not the one of the key")
                }
            }
            _ => Err(SHAPE),
        }
    }
}

/// Names of keys have neither blanks nor `+`.
fn note_name(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|letter| {
            if letter.is_whitespace() || letter.is_control() || letter == '+' {
                '-'
            } else {
                letter
            }
        })
        .collect();
    if name.is_empty() { "mainstay".to_owned() } else { name }
}
