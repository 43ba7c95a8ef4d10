//! What a shipped file would do to whoever loads it: run code, touch files, reach out, or break
//! its reader.
//!
//! Dangers are findings, not gaps: what was looked at is known. What could not be looked at is a
//! [`Gap`](crate::Gap) beside them.

use mainstay_types::Severity;

use crate::inventory::Place;

/// One danger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Danger {
    /// What sort.
    pub code: DangerCode,
    /// How bad it is; most often [`DangerCode::severity`].
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// What would happen when the file is loaded, and why: one sentence without a full stop that
    /// somebody understands who has never heard of opcodes.
    pub message: String,
    /// The call as readable pseudo-Python, or the expression, cut to a bounded length.
    pub shown: Option<Box<str>>,
    /// The published advisory whose technique this is.
    pub advisory: Option<&'static str>,
}

impl Danger {
    /// A danger of the usual severity of its sort.
    pub fn new(code: DangerCode, place: Place, message: impl Into<String>) -> Self {
        let severity = code.severity();
        Self { code, severity, place, message: message.into(), shown: None, advisory: None }
    }

    /// With a severity of its own.
    #[must_use]
    pub fn graded(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// With the call or expression that does it.
    #[must_use]
    pub fn shown(mut self, call: impl Into<Box<str>>) -> Self {
        self.shown = Some(call.into());
        self
    }

    /// With the advisory that published the technique.
    #[must_use]
    pub fn known_as(mut self, advisory: Option<&'static str>) -> Self {
        self.advisory = advisory;
        self
    }
}

/// The sorts of dangers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DangerCode {
    /// Loading runs code, or starts a program.
    RunsCode,
    /// Loading changes a module, a class or a function that other code uses.
    ChangesLibrary,
    /// Which function is called is hidden: computed, or reached through another name.
    HidesCall,
    /// Loading reads, writes or removes files of the machine.
    TouchesFiles,
    /// Loading connects to somewhere.
    UsesNetwork,
    /// Loading takes code from the repository of the model, or from another one.
    RemoteCode,
    /// A template does more than format text: it reaches for the insides of Python.
    Template,
    /// A length, a count or an offset overflows, overlaps or leaves the file.
    Malformed,
    /// The container shows one reader another content than the next.
    OddContainer,
    /// The name promises another format than the bytes are.
    Disguised,
    /// Loading imports or calls something of which nobody knows whether it is harmless.
    UnknownCall,
    /// Source code or a program lies in the model.
    CarriesCode,
}

impl DangerCode {
    /// Every sort.
    pub const ALL: [Self; 12] = [
        Self::RunsCode,
        Self::ChangesLibrary,
        Self::HidesCall,
        Self::TouchesFiles,
        Self::UsesNetwork,
        Self::RemoteCode,
        Self::Template,
        Self::Malformed,
        Self::OddContainer,
        Self::Disguised,
        Self::UnknownCall,
        Self::CarriesCode,
    ];

    /// The stable word.
    pub fn code(self) -> &'static str {
        match self {
            Self::RunsCode => "model-runs-code",
            Self::ChangesLibrary => "model-changes-library",
            Self::HidesCall => "model-hides-call",
            Self::TouchesFiles => "model-touches-files",
            Self::UsesNetwork => "model-uses-network",
            Self::RemoteCode => "model-remote-code",
            Self::Template => "model-template",
            Self::Malformed => "model-malformed",
            Self::OddContainer => "model-odd-container",
            Self::Disguised => "model-disguised",
            Self::UnknownCall => "model-unknown-call",
            Self::CarriesCode => "model-carries-code",
        }
    }

    /// How bad it is, where the reader knows no better.
    pub fn severity(self) -> Severity {
        match self {
            Self::RunsCode | Self::ChangesLibrary | Self::HidesCall => Severity::Critical,
            Self::TouchesFiles
            | Self::UsesNetwork
            | Self::RemoteCode
            | Self::Template
            | Self::Malformed
            | Self::OddContainer => Severity::High,
            Self::Disguised | Self::UnknownCall | Self::CarriesCode => Severity::Medium,
        }
    }

    /// What to do.
    pub fn advice(self) -> &'static str {
        match self {
            Self::RunsCode | Self::ChangesLibrary | Self::HidesCall => {
                "do not load it; get the weights as safetensors or from its publisher, and tell \
                 whoever hosts the file"
            }
            Self::TouchesFiles | Self::UsesNetwork => {
                "do not load it where files or the network matter; ask its publisher why it does \
                 so"
            }
            Self::RemoteCode => {
                "read the code before you allow it with trust_remote_code, and pin its revision"
            }
            Self::Template => {
                "do not render the template with a library that is not sandboxed; write it anew"
            }
            Self::Malformed => {
                "do not load it: a careless reader would read or write outside of its memory; get \
                 the file again and compare its checksum"
            }
            Self::OddContainer => {
                "do not use the file: different tools see different content; save the model again"
            }
            Self::Disguised => "find out what the file is before you load it, and name it rightly",
            Self::UnknownCall => {
                "look at the call: if its library is one that you trust, accept the finding with \
                 an exception; else do not load the file"
            }
            Self::CarriesCode => "read the code before you load the model",
        }
    }
}
