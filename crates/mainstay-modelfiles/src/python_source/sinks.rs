//! What functions of Python and of well-known libraries do when they are called, by their names.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Deed {
    /// Starts a program.
    Runs,
    /// Runs text or bytes as code.
    Evaluates,
    /// Loads native code.
    Native,
    /// Takes an object by a name that is a string.
    Names,
    /// Unpickles.
    Unpickles,
    /// Connects to somewhere.
    Network,
    /// Writes or removes files, or opens them.
    Files,
    /// Decodes what may hide something.
    Decodes,
}

impl Deed {
    /// What it does, after "which".
    pub(crate) fn does(self) -> &'static str {
        match self {
            Self::Runs => "starts a program",
            Self::Evaluates => "runs text or bytes as code",
            Self::Native => "loads native code",
            Self::Names => "takes an object by a name that is only a string",
            Self::Unpickles => "unpickles, which can run any code",
            Self::Network => "connects to a server",
            Self::Files => "opens, writes or removes files",
            Self::Decodes => "decodes something that is hidden",
        }
    }
}

const LIST: &str = include_str!("sinks.txt");

/// A sort in the list, where it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sink {
    deed: Deed,
    /// Whether it counts only where settings name it.
    is_only_named: bool,
}

static SINKS: LazyLock<HashMap<&'static str, Sink>> = LazyLock::new(|| {
    let lines = LIST.lines().filter(|line| !line.starts_with('#'));
    let mut sinks = HashMap::new();
    for line in lines {
        let mut words = line.split_whitespace();
        let sort = words.next().unwrap_or_default();
        let bare = sort.strip_prefix("named-");
        let deed = match bare.unwrap_or(sort) {
            "runs" => Deed::Runs,
            "evaluates" => Deed::Evaluates,
            "names" => Deed::Names,
            "native" => Deed::Native,
            "unpickles" => Deed::Unpickles,
            "network" => Deed::Network,
            "files" => Deed::Files,
            "decodes" => Deed::Decodes,
            _ => continue,
        };
        let sink = Sink { deed, is_only_named: bare.is_some() };
        sinks.extend(words.map(|path| (path, sink)));
    }
    sinks
});

/// What calling the function of this path does, if it is known to do something. `path` begins with
/// a module; what needs no import is in `builtins`.
pub(crate) fn deed_of(path: &str) -> Option<Deed> {
    sink(path).map(|sink| sink.deed)
}

/// The same for a call in source code, where some are ordinary.
pub(super) fn deed_in_source(path: &str) -> Option<Deed> {
    sink(path).filter(|sink| !sink.is_only_named).map(|sink| sink.deed)
}

fn sink(path: &str) -> Option<Sink> {
    let known = |path: &str| SINKS.get(path).copied();
    let bare = path.strip_prefix("__builtin__.").or(path.strip_prefix("__builtins__."));
    if let Some(bare) = bare {
        return known(&format!("builtins.{bare}"));
    }
    known(path).or_else(|| {
        let (module, _) = path.rsplit_once('.')?;
        known(&format!("{module}.*"))
    })
}

/// Whether a module is there to start programs and to run code: what is taken from it by a name
/// that nobody can read is suspicious. `sys` is not among them: its streams are often taken so.
pub(super) fn is_powerful(module: &str) -> bool {
    matches!(
        module,
        "builtins"
            | "__builtins__"
            | "__builtin__"
            | "ctypes"
            | "importlib"
            | "marshal"
            | "nt"
            | "os"
            | "posix"
            | "pty"
            | "runpy"
            | "subprocess"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_has_a_sort() {
        for line in LIST.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let first = line.split_whitespace().nth(1).unwrap();
            assert!(SINKS.contains_key(first), "{line}");
        }
    }

    #[test]
    fn what_is_in_builtins_is_known_by_each_of_its_names() {
        assert_eq!(deed_of("builtins.eval"), Some(Deed::Evaluates));
        assert_eq!(deed_of("__builtin__.eval"), Some(Deed::Evaluates));
        assert_eq!(deed_of("posix.system"), Some(Deed::Runs));
        assert_eq!(deed_of("os.path.join"), None);
    }
}
