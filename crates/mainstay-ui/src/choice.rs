//! What can be chosen in a form.

/// One of the choices of a `<select>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
}

impl Choice {
    /// A choice of a value and its words.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// Whether a box is ticked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It is.
    Yes,
    /// It is not.
    No,
}

impl From<bool> for Checked {
    fn from(is: bool) -> Self {
        if is { Self::Yes } else { Self::No }
    }
}
