//! Built programs in a walk: no name tells them, so first bytes are asked.
//!
//! A file costs an open and a short read, unless its ending says that it is text, source, media or
//! an archive of its own. So a program that is named `x.js` is not found. Only a program that has
//! a record of what it was built from becomes a source: a tree may hold thousands of others, of
//! which nothing can be said. A file that cannot be opened is counted as other files are.

use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;

use mainstay_archives::{FileSource, ReadAt as _};
use mainstay_artifacts::{PROGRAM_SNIFFED, is_program, names_its_packages};

/// Endings of files that are no programs, in lower case, sorted.
const TOLD: [&str; 202] = [
    "7z",
    "a",
    "adoc",
    "avif",
    "bas",
    "bash",
    "bat",
    "bib",
    "bmp",
    "bnf",
    "bsd",
    "bz2",
    "c",
    "cc",
    "cfg",
    "cjs",
    "class",
    "cls",
    "cmake",
    "cmd",
    "coffee",
    "conf",
    "cpp",
    "crate",
    "crt",
    "cs",
    "csh",
    "csproj",
    "csr",
    "css",
    "csv",
    "cts",
    "cur",
    "cxx",
    "d",
    "dart",
    "def",
    "diff",
    "doc",
    "docx",
    "ejs",
    "el",
    "eot",
    "eps",
    "erb",
    "erl",
    "ex",
    "exs",
    "f90",
    "fish",
    "flac",
    "flow",
    "fnt",
    "gem",
    "gif",
    "go",
    "gradle",
    "gyp",
    "gz",
    "h",
    "haml",
    "hbs",
    "hpp",
    "hs",
    "htm",
    "html",
    "hxx",
    "iced",
    "icns",
    "ico",
    "iml",
    "in",
    "inc",
    "inf",
    "ini",
    "ipynb",
    "jade",
    "jar",
    "java",
    "jpeg",
    "jpg",
    "js",
    "json",
    "json5",
    "jsonc",
    "jsonl",
    "jst",
    "jsx",
    "key",
    "kt",
    "kts",
    "lcov",
    "ld",
    "less",
    "license",
    "litcoffee",
    "lock",
    "log",
    "lua",
    "m",
    "m4",
    "make",
    "map",
    "markdown",
    "md",
    "mdown",
    "mdx",
    "mjs",
    "mk",
    "ml",
    "mli",
    "mov",
    "mp3",
    "mp4",
    "mpg",
    "mts",
    "mustache",
    "o",
    "odt",
    "ogg",
    "otf",
    "patch",
    "pdf",
    "pem",
    "php",
    "pl",
    "pm",
    "png",
    "po",
    "ppt",
    "pptx",
    "pri",
    "priv",
    "proto",
    "ps1",
    "psd",
    "pub",
    "pug",
    "pxd",
    "py",
    "pyc",
    "pyi",
    "pyx",
    "r",
    "rb",
    "rlib",
    "rmeta",
    "rs",
    "rsp",
    "rst",
    "rtf",
    "s",
    "sass",
    "scala",
    "scss",
    "sh",
    "slim",
    "sln",
    "snap",
    "sol",
    "sql",
    "styl",
    "svelte",
    "svg",
    "svgz",
    "swift",
    "tar",
    "tcl",
    "tex",
    "texi",
    "tgz",
    "tmpl",
    "toml",
    "tpl",
    "ts",
    "tsbuildinfo",
    "tsv",
    "tsx",
    "ttf",
    "txt",
    "vcxproj",
    "vim",
    "vue",
    "wav",
    "webm",
    "webp",
    "whl",
    "wiki",
    "woff",
    "woff2",
    "xcscheme",
    "xhtml",
    "xls",
    "xlsx",
    "xml",
    "xsd",
    "xsl",
    "xz",
    "yaml",
    "yml",
    "zip",
    "zsh",
];

/// Names without an ending of which every other package has one, in lower case, sorted.
const TOLD_WHOLE: [&str; 29] = [
    ".babelrc",
    ".dockerignore",
    ".editorconfig",
    ".eslintignore",
    ".eslintrc",
    ".gitattributes",
    ".gitignore",
    ".gitkeep",
    ".gitmodules",
    ".jshintrc",
    ".npmignore",
    ".npmrc",
    ".nvmrc",
    ".nycrc",
    ".prettierrc",
    "authors",
    "changelog",
    "contributors",
    "copying",
    "dockerfile",
    "gemfile",
    "licence",
    "license",
    "license-apache",
    "license-mit",
    "makefile",
    "notice",
    "rakefile",
    "readme",
];

/// Both tables as numbers: a walk asks for every file, and numbers are compared fast.
const ENDINGS: [u128; TOLD.len()] = packed_table(TOLD);
const WHOLE: [u128; TOLD_WHOLE.len()] = packed_table(TOLD_WHOLE);

#[expect(clippy::indexing_slicing, reason = "it is computed when the program is compiled")]
const fn packed_table<const N: usize>(names: [&str; N]) -> [u128; N] {
    let mut table = [0; N];
    let mut at = 0;
    while at < N {
        table[at] = packed(names[at].as_bytes());
        at += 1;
    }
    table
}

/// A name of at most 16 bytes in lower case, in the order of its bytes; longer ones are zero.
const fn packed(name: &[u8]) -> u128 {
    let mut number = 0;
    let mut rest = name;
    if name.len() > 16 {
        return 0;
    }
    while let [first, behind @ ..] = rest {
        number = number << 8 | first.to_ascii_lowercase() as u128;
        rest = behind;
    }
    if name.is_empty() { 0 } else { number << (8 * (16 - name.len())) }
}

/// Whether a file, which must be a regular one, is a program that says what it was built from.
pub(super) fn is_one(folder: &Path, name: &OsStr) -> bool {
    may_be_program(name) && has_record(&folder.join(name)).unwrap_or(false)
}

/// Whether a name leaves it open.
pub(crate) fn may_be_program(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    let dot = memchr::memrchr(b'.', bytes).filter(|dot| *dot > 0);
    let ending = dot.and_then(|dot| bytes.get(dot + 1..));
    match ending {
        Some(ending) => ENDINGS.binary_search(&packed(ending)).is_err(),
        None => WHOLE.binary_search(&packed(bytes)).is_err(),
    }
}

fn has_record(path: &Path) -> std::io::Result<bool> {
    let source = FileSource::new(File::open(path)?)?;
    let mut first = [0; PROGRAM_SNIFFED];
    // What the kernel shows as files of no length may block whoever reads them.
    if source.length() < PROGRAM_SNIFFED as u64 {
        return Ok(false);
    }
    source.read_exact_at(&mut first, 0)?;
    Ok(is_program(&first) && names_its_packages(&source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(ENDINGS.is_sorted() && !ENDINGS.contains(&0));
        assert!(WHOLE.is_sorted() && !WHOLE.contains(&0));
    }

    #[test]
    fn an_ending_of_text_tells_and_an_ending_of_programs_does_not() {
        let may = |name: &str| may_be_program(OsStr::new(name));
        for name in ["kubectl", "terraform_1.5.0", "tool-1.7.0.linux-amd64", "x.exe", "y.so.6"] {
            assert!(may(name), "{name}");
        }
        for name in ["index.js", "README.MD", "a.d.ts", "LICENSE", "A.class"] {
            assert!(!may(name), "{name}");
        }
        assert!(may(".js"));
    }
}
