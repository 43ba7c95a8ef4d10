//! Names of R that mean danger.

/// Functions that reach for the system, whose names mean nothing else.
const PLAIN: &[&str] = &[
    "system",
    "system2",
    "shell.exec",
    "download.file",
    "download.packages",
    "socketConnection",
    "dyn.load",
    "install.packages",
    "file.remove",
    "unlink",
    "str2lang",
    "str2expression",
    "Sys.setenv",
    "Sys.chmod",
    "file.rename",
    "browseURL",
    "url.show",
];

/// Functions whose names may also be those of variables; they count where something is called.
const CALLED: &[&str] = &[
    "shell",
    "pipe",
    "url",
    "source",
    "sys.source",
    "parse",
    "file",
    "fifo",
    "gzcon",
    "writeLines",
    "writeBin",
    "readRDS",
    "load",
    "saveRDS",
    "quit",
    "q",
];

/// Where a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// It is called.
    Function,
    /// It is an argument, or a constant of byte code.
    Value,
    /// It names something.
    Tag,
}

/// Whether a name that stands so reaches for the system.
pub(super) fn reaches(name: &str, position: Position) -> bool {
    match position {
        Position::Function => PLAIN.contains(&name) || CALLED.contains(&name),
        Position::Value => PLAIN.contains(&name),
        Position::Tag => false,
    }
}

/// What a class of vectors that are no plain ones does when it is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Altrep {
    /// It is a sequence, or wraps a plain vector.
    Plain,
    /// It maps a file into memory.
    MapsFile,
    /// Nobody knows.
    Unknown,
}

pub(super) fn altrep(class: &str) -> Altrep {
    match class {
        "compact_intseq" | "compact_realseq" | "deferred_string" => Altrep::Plain,
        "mmap_real" | "mmap_integer" => Altrep::MapsFile,
        _ if class.starts_with("wrap_") => Altrep::Plain,
        _ => Altrep::Unknown,
    }
}
