//! Keys that are trusted, and the parties whose they are.
//!
//! A file of keys has one key a line, `name+id+base64`, and behind it the sectors of its party,
//! parted by blanks. Empty lines, and what begins with `#`, say nothing.

use mainstay_store::VerifyingKey;
use mainstay_types::SectorId;

use crate::QuestionError;

/// The most keys of one file.
const MOST_KEYS: usize = 100_000;
/// The most sectors of one party.
pub(crate) const MOST_SECTORS: usize = 64;

/// Keys whose signatures count.
#[derive(Clone, Debug, Default)]
pub struct Keyring {
    keys: Vec<VerifyingKey>,
}

/// Who is asked: a key, and the sectors in which the coordinator counts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The key that signs its answers.
    pub key: VerifyingKey,
    /// Its sectors.
    pub sectors: Vec<SectorId>,
}

impl Keyring {
    /// Of these keys, each once.
    pub fn new(keys: impl IntoIterator<Item = VerifyingKey>) -> Self {
        let mut ring = Self::default();
        for key in keys {
            if !ring.keys.contains(&key) {
                ring.keys.push(key);
            }
        }
        ring
    }

    /// The keys.
    pub fn keys(&self) -> &[VerifyingKey] {
        &self.keys
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

impl Party {
    /// Reads a file of keys.
    ///
    /// # Errors
    /// A line that is no key, a word that is no sector, or a key that stands there twice.
    pub fn read_all(text: &str) -> Result<Vec<Self>, QuestionError> {
        let mut parties: Vec<Self> = Vec::new();
        let mut known = std::collections::HashSet::new();
        for (line, text) in (1..).zip(text.lines()) {
            let wrong = |problem: String| QuestionError::Keys { line, problem };
            let mut words = text.split_whitespace();
            let Some(key) = words.next().filter(|word| !word.starts_with('#')) else { continue };
            let key: VerifyingKey = key.parse().map_err(|error: &str| wrong(error.to_owned()))?;
            let sectors = words
                .map(|word| {
                    SectorId::parse(word).map_err(|error| wrong(format!("{word}: {error}")))
                })
                .collect::<Result<Vec<_>, _>>()?;
            if sectors.len() > MOST_SECTORS {
                return Err(wrong(format!("more than {MOST_SECTORS} sectors")));
            }
            if !known.insert(key.to_string()) {
                return Err(wrong("the key stands there twice".to_owned()));
            }
            if parties.len() >= MOST_KEYS {
                return Err(wrong(format!("more than {MOST_KEYS} keys")));
            }
            parties.push(Self { key, sectors });
        }
        Ok(parties)
    }
}
