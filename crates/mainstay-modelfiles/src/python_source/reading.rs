//! What a source does, and when: on import, when the model is loaded, or only when somebody calls.

use super::chains::{Chains, Found, closes};
use super::names::Names;
use super::reach::Reach;
use super::scopes::{Scopes, Sort};
use super::sinks::{Deed, deed_in_source};
use super::tokens::{Kind, Token, tokens};

/// Methods that a library calls while it loads a model or serves it.
const ENTRIES: &[&str] = &[
    "__call__",
    "__getattr__",
    "__init__",
    "__init_subclass__",
    "__new__",
    "__post_init__",
    "__reduce__",
    "__setstate__",
    "_from_config",
    "_init_weights",
    "_load_model",
    "forward",
    "from_pretrained",
    "generate",
    "handle",
    "inference",
    "initialize",
    "load",
    "load_model",
    "model_fn",
    "post_init",
    "postprocess",
    "predict",
    "preprocess",
];
/// Attributes through which code reaches everything.
const INSIDES: &[&str] = &["__builtins__", "__globals__", "__subclasses__"];
/// Sources within strings that are read.
const DEEPEST: usize = 3;
/// The most that is kept of one source.
const KEPT: usize = 1_000;
/// From so many characters on, text without a blank is data that is hidden in the source.
const PACKED: usize = 200;

/// What a source does.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) acts: Vec<Act>,
    /// What is imported, with its line.
    pub(crate) imports: Vec<(String, u32)>,
    /// Files beside it that it imports.
    pub(crate) beside: Vec<String>,
    /// Whether there was too much of it to be read whole.
    pub(crate) is_cut: bool,
}

/// One thing that it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Act {
    pub(crate) line: u32,
    pub(crate) time: Time,
    pub(crate) what: What,
    /// The function or name.
    pub(crate) name: String,
}

/// When something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Time {
    /// At once, on import.
    Import,
    /// When a library uses the class.
    Load,
    /// When somebody calls.
    Call,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum What {
    /// A known function is called.
    Deed(Deed),
    /// What was decoded is run.
    RunsHidden,
    /// Something is taken from a module by a name that is not known.
    Computed,
    /// Python's insides are walked through.
    Insides,
    /// A module that starts programs is handed on as a value.
    Handed,
    /// A name is written in letters that only look like those of ASCII.
    LookAlike,
    /// A file outside of the folder is opened.
    OpensOutside,
}

/// Reads a source.
pub(crate) fn read(source: &str) -> Reading {
    read_within(source, 0, None)
}

/// Reads a source; `outer` are the names around one that another one runs.
fn read_within<'s>(source: &'s str, depth: usize, outer: Option<&'s Names<'s>>) -> Reading {
    let (tokens, is_whole) = tokens(source);
    let closes = closes(&tokens);
    let names = Names::read(&tokens, &closes, outer);
    let scopes = Scopes::read(&tokens);
    let chains = Chains { tokens: &tokens, closes: &closes, names: &names };
    let mut reader = Reader {
        chains,
        scopes: &scopes,
        acts: Vec::new(),
        imports: Vec::new(),
        depth,
        is_cut: false,
    };
    reader.read();
    let has_more = reader.acts.len() >= KEPT || reader.is_cut || names.is_cut;
    let has_more = has_more || names.is_followed_in_part.get();
    let inner = std::mem::take(&mut reader.imports);
    let acts = reader.timed();
    let Names { mut imports, beside, .. } = names;
    imports.extend(inner);
    Reading { acts, imports, beside, is_cut: !is_whole || has_more }
}

struct Reader<'r, 's> {
    chains: Chains<'r, 's>,
    scopes: &'r Scopes<'s>,
    /// What is done, with the scope.
    acts: Vec<(Act, usize)>,
    /// What strings import that are run as code.
    imports: Vec<(String, u32)>,
    depth: usize,
    /// Whether something that strings run was read in part.
    is_cut: bool,
}

impl<'s> Reader<'_, 's> {
    fn read(&mut self) {
        let tokens = self.chains.tokens;
        let mut is_import = false;
        let mut is_start = true;
        for (position, token) in tokens.iter().enumerate() {
            if self.acts.len() >= KEPT {
                return;
            }
            let starts = std::mem::replace(&mut is_start, false);
            match &token.kind {
                Kind::Newline | Kind::Indent | Kind::Dedent | Kind::Sign(";" | ":") => {
                    (is_import, is_start) = (false, true);
                }
                Kind::Name("import" | "from") if starts => is_import = true,
                Kind::Name(name) if !is_import => self.name(position, name),
                Kind::Name(_) | Kind::Sign(_) | Kind::Text(_) | Kind::Format | Kind::Number(_) => {}
            }
        }
    }

    fn sign(&self, at: usize) -> &'s str {
        match self.chains.tokens.get(at).map(|token| &token.kind) {
            Some(Kind::Sign(sign)) => sign,
            _ => "",
        }
    }

    fn tell(&mut self, position: usize, what: What, name: &str) {
        let line = self.chains.tokens.get(position).map_or(0, |token| token.line);
        let scope = self.scopes.of.get(position).copied().unwrap_or(0);
        let act = Act { line, time: Time::Call, what, name: name.to_owned() };
        self.acts.push((act, scope));
    }

    fn name(&mut self, position: usize, name: &str) {
        let before = position.checked_sub(1).map_or("", |before| self.sign(before));
        if is_look_alike(name) {
            self.tell(position, What::LookAlike, name);
        }
        if before == "." {
            if INSIDES.contains(&name) {
                self.tell(position, What::Insides, name);
            }
            return;
        }
        // The name of an argument, of a parameter, of what is bound or defined.
        let defines = position.checked_sub(1).and_then(|before| self.chains.tokens.get(before));
        let is_defined = matches!(defines, Some(Token { kind: Kind::Name("def" | "class"), .. }));
        if is_defined || self.sign(position + 1) == "=" {
            return;
        }
        let found = self.chains.follow(position);
        let mut told: Option<Deed> = None;
        for (path, next) in &found.met {
            let Some(deed) = known(path) else { continue };
            if told != Some(deed) && self.counts(path, deed, *next, position) {
                told = Some(deed);
                self.deed(position, path, deed, *next);
            }
        }
        self.computed(position, &found);
        self.handed(position, &found);
    }

    /// A module that is there to start programs, handed on as a value.
    fn handed(&mut self, position: usize, found: &Found) {
        let Some((path, next)) = found.met.last() else { return };
        let is_module = found.met.len() == 1 && super::sinks::is_powerful(path);
        let before = position.checked_sub(1).map_or("", |before| self.sign(before));
        let is_value = matches!(self.sign(*next), "," | ")" | "]" | "}")
            || matches!(
                self.chains.tokens.get(*next).map(|token| &token.kind),
                Some(Kind::Name("if" | "or" | "and"))
            );
        if is_module && is_value && before != "." && !self.is_looked_at(position) {
            self.tell(position, What::Handed, path);
        }
    }

    /// Whether the function that is given something there only looks at it.
    fn is_looked_at(&self, position: usize) -> bool {
        let tokens = self.chains.tokens;
        let name = |at: usize| position.checked_sub(at).and_then(|at| tokens.get(at));
        matches!(
            (name(1), name(2)),
            (
                Some(Token { kind: Kind::Sign("("), .. }),
                Some(Token {
                    kind: Kind::Name(
                        "hasattr"
                            | "getattr"
                            | "setattr"
                            | "delattr"
                            | "vars"
                            | "dir"
                            | "id"
                            | "repr"
                            | "str"
                            | "print"
                            | "isinstance"
                            | "type"
                            | "reload"
                    ),
                    ..
                })
            )
        )
    }

    fn computed(&mut self, position: usize, found: &Found) {
        if let Some(module) = &found.computed {
            let what = match &**module {
                "importlib" | "sys.modules" | "globals()" => What::Deed(Deed::Names),
                _ => What::Computed,
            };
            self.tell(position, what, module);
        }
    }

    /// Whether a path that is written there is used as the function that it is.
    fn counts(&self, path: &str, deed: Deed, next: usize, position: usize) -> bool {
        let last = path.rsplit('.').next().unwrap_or(path);
        let is_called = self.sign(next) == "(";
        let before = position.checked_sub(1).map_or("", |before| self.sign(before));
        let is_passed = self.is_passed(position, before, next);
        match deed {
            // A literal name is followed, and one that is not known is told for itself.
            Deed::Names if path.ends_with("import_module") || last == "__import__" => {
                !is_called && is_passed
            }
            Deed::Runs if !path.starts_with("builtins.") => {
                is_called || is_passed || last.starts_with(|c: char| c.is_ascii_lowercase())
            }
            Deed::Evaluates if matches!(last, "eval" | "exec") => {
                let bare = path.strip_prefix("builtins.");
                // A name that the source binds itself is most often something else.
                let is_theirs = bare.is_some_and(|name| !self.chains.names.is_bound(name));
                is_called || is_passed || is_theirs
            }
            Deed::Decodes => false,
            Deed::Native | Deed::Unpickles | Deed::Network => is_called || is_passed,
            Deed::Names | Deed::Runs | Deed::Evaluates | Deed::Files => is_called,
        }
    }

    /// Whether a function is not called there, but given to something that may call it: an
    /// argument, an element of a list, a decorator.
    fn is_passed(&self, position: usize, before: &str, next: usize) -> bool {
        let kind = |at: usize| {
            let at = position.checked_sub(at);
            at.and_then(|at| self.chains.tokens.get(at)).map(|token| &token.kind)
        };
        let ends = matches!(self.sign(next), "," | ")" | "]" | "}");
        match before {
            "@" => true,
            // `Optional[Popen]` is a type.
            "[" => ends && !matches!(kind(2), Some(Kind::Name(_))),
            "(" => ends && matches!(kind(2), Some(Kind::Name(_) | Kind::Sign(")" | "]"))),
            "=" => ends,
            _ => false,
        }
    }

    fn deed(&mut self, position: usize, path: &str, deed: Deed, open: usize) {
        let is_open = matches!(path, "builtins.open" | "io.open" | "codecs.open");
        if is_open || path.starts_with("pathlib.") {
            self.opens(position, path, open);
        } else if deed == Deed::Evaluates && self.sign(open) == "(" {
            self.evaluates(position, path, open);
        } else {
            self.tell(position, What::Deed(deed), path);
        }
    }

    /// `eval(...)`, `exec(...)`: what it runs.
    fn evaluates(&mut self, position: usize, path: &str, open: usize) {
        let close = self.chains.close_of(open);
        let text = self
            .chains
            .text(open + 1)
            .filter(|(_, end)| matches!(self.sign(*end), ")" | ",") && self.depth < DEEPEST);
        if let Some((source, _)) = text {
            let inner = read_within(&source, self.depth + 1, Some(self.chains.names));
            self.is_cut |= inner.is_cut || self.imports.len() >= KEPT;
            let scope = self.scopes.of.get(position).copied().unwrap_or(0);
            let line = self.chains.tokens.get(position).map_or(0, |token| token.line);
            if self.imports.len() < KEPT {
                self.imports.extend(inner.imports.into_iter().map(|(module, _)| (module, line)));
            }
            self.acts.extend(inner.acts.into_iter().map(|act| (Act { line, ..act }, scope)));
            return;
        }
        let hides = (open + 1..close.min(open + 4000)).any(|at| self.hides(at));
        let what = if hides { What::RunsHidden } else { What::Deed(Deed::Evaluates) };
        self.tell(position, what, path);
    }

    /// Whether something is decoded there, or packed text lies there.
    fn hides(&self, at: usize) -> bool {
        match self.chains.tokens.get(at).map(|token| &token.kind) {
            Some(Kind::Text(text)) => text.len() > PACKED && !text.contains(char::is_whitespace),
            Some(Kind::Name("chr" | "decompress" | "fromhex" | "unhexlify" | "b64decode")) => true,
            Some(Kind::Name(_)) if at == 0 || self.sign(at - 1) != "." => {
                let found = self.chains.follow(at);
                found.met.iter().any(|(path, _)| known(path) == Some(Deed::Decodes))
            }
            _ => false,
        }
    }

    /// `open(path, mode)`: only what leads out of the folder counts.
    fn opens(&mut self, position: usize, path: &str, open: usize) {
        let Some((file, end)) = self.chains.text(open + 1) else { return };
        let mode = if self.sign(end) == "," { self.chains.text(end + 1) } else { None };
        let writes = mode.is_some_and(|(mode, _)| mode.contains(['w', 'a', 'x', '+']));
        if is_secret(&file) || writes && leads_out(&file) {
            self.tell(position, What::OpensOutside, &format!("{path}({file:?})"));
        }
    }

    /// Gives each act its time.
    fn timed(self) -> Vec<Act> {
        if self.acts.is_empty() {
            return Vec::new();
        }
        let reach = Reach::new(self.chains.tokens, self.scopes);
        let on_import = reach.from(|index| self.scopes.is_on_import(index));
        let entries = |index: usize| {
            let scope = self.scopes.all.get(index);
            scope.is_some_and(|scope| scope.sort == Sort::Function && ENTRIES.contains(&scope.name))
        };
        let on_load = reach.from(entries);
        let at = |reached: &[bool], scope: usize| reached.get(scope).copied().unwrap_or(true);
        let timed = self.acts.into_iter().map(|(act, scope)| {
            let time = if at(&on_import, scope) {
                Time::Import
            } else if at(&on_load, scope) {
                Time::Load
            } else {
                Time::Call
            };
            Act { time, ..act }
        });
        timed.collect()
    }
}

/// What a path does, also where a module is reached through another one (`torch.os.system`).
fn known(path: &str) -> Option<Deed> {
    deed_in_source(path).or_else(|| {
        let passed = [".os.", "._os.", ".subprocess.", ".builtins.", ".sys.modules.", ".shutil."];
        let from = passed.iter().filter_map(|module| path.rfind(module)).max()?;
        let rest = path.get(from..)?.trim_start_matches(['.', '_']);
        deed_in_source(rest)
    })
}

/// Whether a path names what only its owner should read, or what runs later by itself.
fn is_secret(path: &str) -> bool {
    [
        "/etc/cron",
        "/etc/ld.so",
        "/etc/passwd",
        "/etc/profile",
        "/etc/shadow",
        "/etc/ssh",
        "/etc/ssl/private",
        "/etc/sudoers",
        ".ssh",
        ".aws",
        ".bashrc",
        ".profile",
        ".netrc",
        ".zshrc",
        "authorized_keys",
        "id_rsa",
        "crontab",
        "LaunchAgents",
        "autostart",
        ".git-credentials",
        "/proc/",
    ]
    .iter()
    .any(|secret| path.contains(secret))
}

fn leads_out(path: &str) -> bool {
    let is_device = path == "/dev/null" || path.starts_with("/tmp/");
    let is_drive = matches!(path.as_bytes(), [drive, b':', ..] if drive.is_ascii_alphabetic());
    !is_device && (path.starts_with(['/', '\\', '~']) || is_drive || path.contains(".."))
}

/// Whether Python reads a name as ASCII that is not written so (PEP 3131: names are compared in
/// the form NFKC). Single signs of mathematics are ordinary.
fn is_look_alike(name: &str) -> bool {
    let folds = |c: char| {
        matches!(
            u32::from(c),
            0x1D400..=0x1D7FF | 0xFF21..=0xFF5A | 0x2102..=0x2149 | 0x1D2C..=0x1D6A
                | 0x2B0..=0x2B8 | 0x2070..=0x209C | 0xFB00..=0xFB06 | 0x17F | 0xAA | 0xBA
        )
    };
    !name.is_ascii() && name.chars().any(folds) && name.chars().filter(|c| *c != '_').count() > 1
}
