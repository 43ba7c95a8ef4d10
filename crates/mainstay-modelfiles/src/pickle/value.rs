//! What the machine knows of a value: eight bytes, most of which point back into the file.

/// A value on the stack or in the memo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A number, text, bytes, a truth value or None: where its instruction stands.
    Literal(Offset),
    /// An imported name, by its number.
    Global(u32),
    /// What a harmless call of an imported name gave: an instance.
    Made(u32),
    /// The same, of which the content is kept, by its own number: an array, a tree.
    Kept(u32),
    /// Bytes that `_codecs.encode` makes of a literal text as Latin-1: where its instruction stands.
    Encoded(Offset),
    /// A numpy dtype, by its number.
    Dtype(u32),
    /// What another call gave, as a [`Recent`](super::recent::Recent) holds it.
    Result(u32),
    /// What was reached through something else: an attribute, a module, the inside of a library.
    Reached(u32),
    Tuple(u32),
    List(u32),
    Dict(u32),
    Set(u32),
    /// What the loader puts in for a persistent id.
    Persistent,
    /// A buffer that lies outside of the pickle.
    Buffer,
    /// Forgotten, for lack of room.
    Lost,
}

impl Value {
    /// The number of a container.
    pub(super) fn container(self) -> Option<u32> {
        match self {
            Self::Tuple(number) | Self::List(number) | Self::Dict(number) | Self::Set(number) => {
                Some(number)
            }
            Self::Literal(_)
            | Self::Global(_)
            | Self::Made(_)
            | Self::Kept(_)
            | Self::Encoded(_)
            | Self::Dtype(_)
            | Self::Result(_)
            | Self::Reached(_)
            | Self::Persistent
            | Self::Buffer
            | Self::Lost => None,
        }
    }

    /// Whether it could be called, and would then run more than the constructor of plain data.
    pub(super) fn may_be_called(self) -> bool {
        matches!(
            self,
            Self::Global(_) | Self::Made(_) | Self::Kept(_) | Self::Result(_) | Self::Reached(_)
        )
    }
}

/// A place in the file in six bytes: up to 256 TiB.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Offset([u16; 3]);

impl Offset {
    pub(super) fn new(at: usize) -> Self {
        let at = at as u64;
        let pair = |shift: u32| u16::try_from((at >> shift) & 0xffff).unwrap_or(u16::MAX);
        Self([pair(0), pair(16), pair(32)])
    }

    pub(super) fn get(self) -> usize {
        let [low, middle, high] = self.0.map(u64::from);
        usize::try_from(low | (middle << 16) | (high << 32)).unwrap_or(usize::MAX)
    }
}

impl std::fmt::Debug for Offset {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_eight_bytes() {
        assert_eq!(size_of::<Value>(), 8);
    }

    #[test]
    fn an_offset_keeps_its_place() {
        for at in [0, 1, 0xffff, 0x1_0000, 0x1234_5678_9abc] {
            assert_eq!(Offset::new(at).get(), at);
        }
    }
}
