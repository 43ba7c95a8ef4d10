//! How far long work has come. What a terminal shows of it is decided elsewhere.

/// Told about long work as it goes on. Every method may be called often and must be quick.
pub trait Progress: Sync {
    /// A step begins: `crates.io: fetching all.zip`.
    fn step(&self, message: &str);
    /// So many bytes of the step are done, of so many if that is known.
    fn bytes(&self, done: u64, total: Option<u64>);
    /// The step is over, whatever came of it.
    fn finished(&self);
}

/// Nobody listens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn step(&self, _message: &str) {}
    fn bytes(&self, _done: u64, _total: Option<u64>) {}
    fn finished(&self) {}
}
