//! Built programs and models in a walk: no name tells them, so first bytes are asked.
//!
//! A file costs an open and a short read, unless its ending says that it is source, media or an
//! archive of its own. So a program or a pickle that is named `x.js` is not found. Only a program
//! that has a record of what it was built from becomes a source: a tree may hold thousands of
//! others, of which nothing can be said. What is a model says `mainstay-modelfiles`; a file whose
//! name promises a model is one too, so that bytes that nobody knows are told.

use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;

use mainstay_archives::{FileSource, ReadAt as _};
use mainstay_artifacts::{is_program, names_its_packages};
use mainstay_modelfiles::{
    PictureEnd, SNIFFED, is_weights, matters_beside_weights, picture_end, role_of,
};

use super::Within;
use crate::kind::Kind;
use crate::model;

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

/// Endings of [`TOLD`] that models have too, or that people and attackers give them: archives and
/// packed files, settings, texts and tables, pictures. Sorted.
const MAY_BE_MODEL: [&str; 28] = [
    "7z", "bmp", "bz2", "csv", "doc", "docx", "gif", "gz", "in", "jpeg", "jpg", "json", "key",
    "log", "md", "o", "pdf", "png", "svg", "tar", "tgz", "tsv", "txt", "xml", "xz", "yaml", "yml",
    "zip",
];

/// Source files that Python runs by their names.
const RUN_BY_NAME: [&str; 2] = ["sitecustomize.py", "usercustomize.py"];

/// What the content of a file says that it is; it must be a regular one. One that cannot be opened
/// is counted as other files are. In an installed tree, settings and texts are the packages' own:
/// only what may be a program, and what is run by its name, is looked at.
pub(super) fn kind(folder: &Path, name: &OsStr, within: Within, company: Company) -> Option<Kind> {
    let beside = company == Company::Weights && is_neighbour(name);
    let program = may_be_program(name);
    let model = program
        || match within {
            Within::Project | Within::ProjectWithTrees => may_be_model(name),
            Within::Tree => is_run_by_name(name),
        };
    if !model && !beside {
        return None;
    }
    let path = folder.join(name);
    let kind = Beginning::of(&path).ok()?.kind(&path, name, program);
    kind.or_else(|| beside.then_some(Kind::Model))
}

/// What lies in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Company {
    /// Weights of a model, so that code beside them is a matter of the model.
    Weights,
    Others,
}

impl Company {
    /// The company of a folder in which these lie. Weights are only looked for where a file lies to
    /// which they matter, and installed trees hold code of packages.
    pub(super) fn of<'n>(
        mut names: impl Iterator<Item = &'n OsStr> + Clone,
        within: Within,
    ) -> Self {
        let may_matter = match within {
            Within::Project | Within::ProjectWithTrees => names.clone().any(is_neighbour),
            Within::Tree => false,
        };
        let is_of_weights = |name: &OsStr| name.to_str().is_some_and(is_weights);
        if may_matter && names.any(is_of_weights) { Self::Weights } else { Self::Others }
    }
}

/// Whether a file matters beside weights, by its name.
pub(super) fn is_neighbour(name: &OsStr) -> bool {
    name.to_str().is_some_and(matters_beside_weights)
}

/// The kind of a file that the user named and whose name tells nothing, if it is a model.
pub(super) fn model_of_named(path: &Path) -> Option<Kind> {
    // A named pipe would block its opener for ever, so the kind is asked first.
    if !path.is_file() {
        return None;
    }
    let name = path.file_name()?;
    Beginning::of(path).ok()?.kind(path, name, false)
}

/// Whether a name leaves it open whether a file is a program.
fn may_be_program(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    match ending(bytes) {
        Some(ending) => ENDINGS.binary_search(&packed(ending)).is_err(),
        None => WHOLE.binary_search(&packed(bytes)).is_err(),
    }
}

/// Whether a name leaves it open whether a file is a model. Source code is none, whatever its
/// bytes: nothing loads it as one.
pub(crate) fn may_be_model(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    let of_model =
        |ending: &[u8]| MAY_BE_MODEL.iter().any(|one| one.as_bytes().eq_ignore_ascii_case(ending));
    may_be_program(name) || ending(bytes).is_some_and(of_model) || is_run_by_name(name)
}

fn is_run_by_name(name: &OsStr) -> bool {
    RUN_BY_NAME.iter().any(|one| one.as_bytes() == name.as_encoded_bytes())
}

fn ending(name: &[u8]) -> Option<&[u8]> {
    let dot = memchr::memrchr(b'.', name).filter(|dot| *dot > 0);
    dot.and_then(|dot| name.get(dot + 1..))
}

/// How a file begins.
struct Beginning {
    source: FileSource,
    first: [u8; SNIFFED],
}

impl Beginning {
    fn of(path: &Path) -> std::io::Result<Self> {
        let source = FileSource::new(File::open(path)?)?;
        let mut beginning = Self { source, first: [0; SNIFFED] };
        // What the kernel shows as files of no length may block whoever reads them.
        let length = beginning.length();
        let first = beginning.first.get_mut(..length).unwrap_or_default();
        beginning.source.read_exact_at(first, 0)?;
        Ok(beginning)
    }

    fn length(&self) -> usize {
        usize::try_from(self.source.length()).map_or(SNIFFED, |length| length.min(SNIFFED))
    }

    fn kind(&self, path: &Path, name: &OsStr, program: bool) -> Option<Kind> {
        let first = self.first.get(..self.length()).unwrap_or_default();
        if program && is_program(first) && names_its_packages(&self.source) {
            return Some(Kind::PROGRAM);
        }
        let name = name.to_string_lossy();
        let length = self.source.length();
        if let Some(is_model) = self.is_picture_with_model() {
            return is_model.then_some(Kind::Model);
        }
        let is_model = model::is_one(&name, first, length, || model::concerns_models(path));
        is_model.then_some(Kind::Model)
    }
}

impl Beginning {
    /// Whether a picture has a model, or an archive of any kind, behind its end; nothing where it is
    /// no picture. Only the heads of its parts are read.
    fn is_picture_with_model(&self) -> Option<bool> {
        let first = self.first.get(..self.length()).unwrap_or_default();
        let length = self.source.length();
        let read = |at, buffer: &mut [u8]| self.source.read_exact_at(buffer, at).is_ok();
        match picture_end(first, length, read) {
            PictureEnd::Unknown => None,
            PictureEnd::EndOfFile => Some(false),
            PictureEnd::Unsought => Some(true),
            PictureEnd::At(end) => {
                let rest = length.saturating_sub(end);
                let mut behind =
                    vec![0; usize::try_from(rest).map_or(SNIFFED, |rest| rest.min(SNIFFED))];
                self.source.read_exact_at(&mut behind, end).ok()?;
                Some(role_of("", &behind, rest).is_some())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(ENDINGS.is_sorted() && !ENDINGS.contains(&0));
        assert!(WHOLE.is_sorted() && !WHOLE.contains(&0));
        assert!(MAY_BE_MODEL.is_sorted() && MAY_BE_MODEL.iter().all(|one| TOLD.contains(one)));
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
