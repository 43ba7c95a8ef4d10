//! Writes pickles instruction by instruction.

/// A fixture: its name and its bytes.
pub(crate) type Fixture = (&'static str, Vec<u8>);

/// A pickle under construction.
#[derive(Clone, Default)]
pub(crate) struct Pickle(Vec<u8>);

impl Pickle {
    /// One that states no protocol.
    pub(crate) fn bare() -> Self {
        Self::default()
    }

    /// One of protocol 2 to 5.
    pub(crate) fn of(protocol: u8) -> Self {
        Self(vec![0x80, protocol])
    }

    /// Raw bytes: instructions as they are.
    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// GLOBAL.
    pub(crate) fn global(self, module: &str, name: &str) -> Self {
        self.raw(format!("c{module}\n{name}\n").as_bytes())
    }

    /// `STACK_GLOBAL` with its two texts.
    pub(crate) fn stack_global(self, module: &str, name: &str) -> Self {
        self.text(module).text(name).raw(b"\x93")
    }

    /// A text, as BINUNICODE.
    pub(crate) fn text(self, text: &str) -> Self {
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.raw(b"X").raw(&length.to_le_bytes()).raw(text.as_bytes())
    }

    /// Bytes, as BINBYTES.
    pub(crate) fn bytes(self, bytes: &[u8]) -> Self {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.raw(b"B").raw(&length.to_le_bytes()).raw(bytes)
    }

    /// A number, as BININT.
    pub(crate) fn int(self, number: i32) -> Self {
        self.raw(b"J").raw(&number.to_le_bytes())
    }

    /// TUPLE1 to TUPLE3.
    pub(crate) fn tuple(self, count: u8) -> Self {
        self.raw(&[0x84 + count])
    }

    /// A call of a name with texts.
    pub(crate) fn call(self, module: &str, name: &str, texts: &[&str]) -> Self {
        let begun = self.global(module, name).raw(b"(");
        texts.iter().fold(begun, |pickle, text| pickle.text(text)).raw(b"tR")
    }

    /// An instance by `__new__`, with an empty tuple.
    pub(crate) fn instance(self, module: &str, name: &str) -> Self {
        self.global(module, name).raw(b")\x81")
    }

    /// STOP.
    pub(crate) fn stop(self) -> Vec<u8> {
        self.raw(b".").0
    }

    /// As it is, without STOP.
    pub(crate) fn unfinished(self) -> Vec<u8> {
        self.0
    }
}

/// A frame of protocol 4 around instructions.
pub(crate) fn frame(content: &[u8]) -> Vec<u8> {
    let mut framed = vec![0x95];
    framed.extend_from_slice(&(content.len() as u64).to_le_bytes());
    framed.extend_from_slice(content);
    framed
}
