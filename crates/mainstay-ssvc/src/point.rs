//! Decision points: a question with a few ordered answers.
//!
//! Standard: SSVC's schemas `DecisionPoint_2_0_0` and `SelectionList_2_0_0`. A point is known
//! by namespace, key and version; a value by its key within the point.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Values that a point may have.
pub(crate) const VALUES: usize = 16;
/// Bytes that an id may have. Its parts are kept as offsets of one byte.
const LONGEST_ID: usize = 200;

/// What a decision point, or a table, is known by: `ssvc:E:1.1.0`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PointId {
    text: Box<str>,
    /// Bytes of the namespace, and of namespace and key with the colon between them.
    ends: (u8, u8),
}

/// Why a text is no id of a decision point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not an id of SSVC: write namespace:key:version, such as ssvc:E:1.1.0")]
pub struct PointIdError;

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The published key: `P` for a public exploit.
    pub key: String,
    /// The published name.
    pub name: String,
    /// The letters of the abbreviated form. `None` where the point is only an outcome.
    pub short: Option<String>,
    /// What it means, in our own words.
    pub meaning: String,
}

/// A question with its answers, from mild to grave in the published order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionPoint {
    /// Namespace, key and version.
    pub id: PointId,
    /// The published name.
    pub name: String,
    /// The letters of the abbreviated form. `None` where the point is only an outcome.
    pub short: Option<String>,
    /// The question, in our own words.
    pub question: String,
    /// The answers, 2 to 16.
    pub values: Vec<Value>,
}

/// Some of the values of one point, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ValueSet(u16);

impl PointId {
    /// The id in a text: `ssvc:E:1.1.0`. The namespace is of ASCII letters, digits and
    /// `_ - . / # $`, the key of letters, digits and inner `_` (or `T*`, which SSVC keeps), the
    /// version of three numbers.
    pub fn parse(text: &str) -> Result<Self, PointIdError> {
        let mut parts = text.split(':');
        let (Some(namespace), Some(key), Some(version), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(PointIdError);
        };
        let namespace_fits = namespace.len() >= 3
            && namespace.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./#$".contains(&b));
        if text.len() > LONGEST_ID || !namespace_fits || !is_key(key) || !is_version(version) {
            return Err(PointIdError);
        }
        let end = |length: usize| u8::try_from(length).map_err(|_| PointIdError);
        let ends = (end(namespace.len())?, end(namespace.len() + 1 + key.len())?);
        Ok(Self { text: text.into(), ends })
    }

    /// The whole id: `ssvc:E:1.1.0`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Who defines it: `ssvc`, `cisa`, or a name of one's own such as `x_org.example#team`.
    pub fn namespace(&self) -> &str {
        self.text.get(..usize::from(self.ends.0)).unwrap_or_default()
    }

    /// The key within the namespace: `E`.
    pub fn key(&self) -> &str {
        let (from, to) = (usize::from(self.ends.0) + 1, usize::from(self.ends.1));
        self.text.get(from..to).unwrap_or_default()
    }

    /// The version: `1.1.0`.
    pub fn version(&self) -> &str {
        self.text.get(usize::from(self.ends.1) + 1..).unwrap_or_default()
    }

    /// Whether both are one point, in whatever version.
    pub fn is_same_point(&self, other: &Self) -> bool {
        self.namespace() == other.namespace() && self.key() == other.key()
    }
}

impl fmt::Display for PointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for PointId {
    type Err = PointIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl DecisionPoint {
    /// The value at a position, 0 being the mildest.
    pub fn value(&self, position: usize) -> Option<&Value> {
        self.values.get(position)
    }

    /// The position of the value with this key.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.values.iter().position(|value| value.key == key)
    }

    /// All values.
    pub fn every_value(&self) -> ValueSet {
        (0..self.values.len()).collect()
    }

    /// The values in a set, mildest first.
    pub fn values_in(&self, set: ValueSet) -> impl DoubleEndedIterator<Item = &Value> {
        self.values.iter().enumerate().filter(move |(at, _)| set.has(*at)).map(|(_, value)| value)
    }
}

impl ValueSet {
    /// No value.
    pub const EMPTY: Self = Self(0);

    /// One value. Positions from 16 on are of no point, and give the empty set.
    pub fn one(position: usize) -> Self {
        if position < VALUES { Self(1 << position) } else { Self::EMPTY }
    }

    /// The values of either.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the value at this position is in it.
    pub fn has(self, position: usize) -> bool {
        position < VALUES && self.0 & (1 << position) != 0
    }

    /// How many values.
    pub fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The mildest position.
    pub fn first(self) -> Option<usize> {
        (self.0 != 0).then(|| self.0.trailing_zeros() as usize)
    }

    /// The gravest position.
    pub fn last(self) -> Option<usize> {
        (0..VALUES).rev().find(|position| self.has(*position))
    }
}

impl FromIterator<usize> for ValueSet {
    fn from_iter<I: IntoIterator<Item = usize>>(positions: I) -> Self {
        positions.into_iter().fold(Self::EMPTY, |set, position| set.with(Self::one(position)))
    }
}

/// Whether a text can be the key of a point or of a value.
pub(crate) fn is_key(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text == "T*"
        || (!text.is_empty()
            && text.bytes().all(inner)
            && !text.starts_with('_')
            && !text.ends_with('_'))
}

fn is_version(text: &str) -> bool {
    let mut numbers = text.split('.');
    let three = numbers.clone().count() == 3;
    three && numbers.all(|number| number.parse::<u32>().is_ok_and(|n| n.to_string() == number))
}
