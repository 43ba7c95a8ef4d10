//! The types of metadata (`gguf_metadata_value_type` of the specification) and their values.

use super::source::{Order, Source};
use crate::cursor::Leaves;

/// A type of metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number, or a boolean.
    Scalar(Scalar),
    String,
    Array,
}

/// A type of a fixed size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    Bool,
    U64,
    I64,
    F64,
}

impl Kind {
    pub(super) fn of(number: u32) -> Option<Self> {
        Some(Self::Scalar(match number {
            0 => Scalar::U8,
            1 => Scalar::I8,
            2 => Scalar::U16,
            3 => Scalar::I16,
            4 => Scalar::U32,
            5 => Scalar::I32,
            6 => Scalar::F32,
            7 => Scalar::Bool,
            8 => return Some(Self::String),
            9 => return Some(Self::Array),
            10 => Scalar::U64,
            11 => Scalar::I64,
            12 => Scalar::F64,
            _ => return None,
        }))
    }

    /// The fewest bytes of one value.
    pub(super) fn least(self, width: u64) -> u64 {
        match self {
            Self::Scalar(scalar) => scalar.bytes(),
            Self::String => width,
            Self::Array => 4 + width,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Scalar(scalar) => scalar.name(),
            Self::String => "string",
            Self::Array => "array",
        }
    }
}

impl Scalar {
    pub(super) fn bytes(self) -> u64 {
        match self {
            Self::U8 | Self::I8 | Self::Bool => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::I8 => "i8",
            Self::U16 => "u16",
            Self::I16 => "i16",
            Self::U32 => "u32",
            Self::I32 => "i32",
            Self::F32 => "f32",
            Self::Bool => "bool",
            Self::U64 => "u64",
            Self::I64 => "i64",
            Self::F64 => "f64",
        }
    }

    /// Reads the bytes of one value.
    pub(super) fn read(self, source: &mut Source<'_>) -> Result<Value, Leaves> {
        let bytes = source.cursor.take(self.bytes())?;
        let fold = |all: u64, byte: &u8| (all << 8) | u64::from(*byte);
        let bits = match source.order {
            Order::Little => bytes.iter().rev().fold(0, fold),
            Order::Big => bytes.iter().fold(0, fold),
        };
        Ok(Value { scalar: self, bits })
    }
}

/// A value of a fixed size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) scalar: Scalar,
    bits: u64,
}

impl Value {
    /// The number, where it is a whole one that is not negative.
    pub(super) fn unsigned(self) -> Option<u64> {
        let signed_bits = 8 * self.scalar.bytes() - 1;
        match self.scalar {
            Scalar::U8 | Scalar::U16 | Scalar::U32 | Scalar::U64 | Scalar::Bool => Some(self.bits),
            Scalar::I8 | Scalar::I16 | Scalar::I32 | Scalar::I64 => {
                (self.bits >> signed_bits == 0).then_some(self.bits)
            }
            Scalar::F32 | Scalar::F64 => None,
        }
    }

    /// As a person writes it.
    pub(super) fn shown(self) -> String {
        let low = self.bits.to_le_bytes();
        let [a, b, c, d, ..] = low;
        match self.scalar {
            Scalar::Bool => (self.bits != 0).to_string(),
            Scalar::I8 => i8::from_le_bytes([a]).to_string(),
            Scalar::I16 => i16::from_le_bytes([a, b]).to_string(),
            Scalar::I32 => i32::from_le_bytes([a, b, c, d]).to_string(),
            Scalar::I64 => i64::from_le_bytes(low).to_string(),
            Scalar::F32 => f32::from_le_bytes([a, b, c, d]).to_string(),
            Scalar::F64 => f64::from_bits(self.bits).to_string(),
            Scalar::U8 | Scalar::U16 | Scalar::U32 | Scalar::U64 => self.bits.to_string(),
        }
    }
}
