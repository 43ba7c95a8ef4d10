//! Which statements run when a module is imported, and which wait in functions.

use super::tokens::{Kind, Token};

/// Blocks within blocks that are followed; what is deeper counts to the last of them.
const DEEPEST: usize = 100;

/// A module, a function or a class.
#[derive(Debug)]
pub(super) struct Scope<'s> {
    pub(super) name: &'s str,
    /// The scope around it; the module is its own.
    pub(super) parent: usize,
    pub(super) sort: Sort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Module,
    Function,
    Class,
    /// What runs only when the file is started as a program.
    Main,
}

/// The scopes of a source; the first is the module.
#[derive(Debug)]
pub(super) struct Scopes<'s> {
    pub(super) all: Vec<Scope<'s>>,
    /// The scope of each token.
    pub(super) of: Vec<usize>,
}

impl<'s> Scopes<'s> {
    pub(super) fn read(tokens: &[Token<'s>]) -> Self {
        let module = Scope { name: "", parent: 0, sort: Sort::Module };
        let mut finder = Finder {
            scopes: Self { all: vec![module], of: Vec::with_capacity(tokens.len()) },
            blocks: vec![0],
            header: None,
            waiting: None,
            one_line: None,
            depth: 0,
            is_start: true,
        };
        for (position, token) in tokens.iter().enumerate() {
            finder.take(tokens, position, token);
        }
        finder.scopes
    }

    /// Whether everything of a scope runs on import, for itself: functions do not.
    pub(super) fn is_on_import(&self, scope: usize) -> bool {
        let mut at = scope;
        for _ in 0..=DEEPEST {
            match self.all.get(at) {
                Some(Scope { sort: Sort::Module, .. }) => return true,
                Some(Scope { sort: Sort::Class, parent, .. }) => at = *parent,
                Some(_) | None => return false,
            }
        }
        false
    }
}

struct Finder<'s> {
    scopes: Scopes<'s>,
    /// The scopes of the open blocks.
    blocks: Vec<usize>,
    /// The scope whose header is being read: its body begins behind the colon.
    header: Option<usize>,
    /// The scope whose body is the next block.
    waiting: Option<usize>,
    /// The scope of a body on the line of its header.
    one_line: Option<usize>,
    depth: usize,
    is_start: bool,
}

impl<'s> Finder<'s> {
    fn take(&mut self, tokens: &[Token<'s>], position: usize, token: &Token<'s>) {
        let block = self.blocks.last().copied().unwrap_or(0);
        self.scopes.of.push(self.one_line.unwrap_or(block));
        match &token.kind {
            Kind::Newline => {
                (self.header, self.one_line, self.depth) = (None, None, 0);
                self.is_start = true;
            }
            Kind::Indent => {
                let scope = self.waiting.take().unwrap_or(block);
                self.blocks.push(if self.blocks.len() < DEEPEST { scope } else { block });
            }
            Kind::Dedent => {
                if self.blocks.len() > 1 {
                    self.blocks.pop();
                }
                self.waiting = None;
            }
            Kind::Name(word) => {
                if self.is_start && self.begins(tokens, position, word, block) {
                    // `async def`: the next word still begins the statement.
                    return;
                }
                self.is_start = false;
            }
            Kind::Sign(sign) => {
                match *sign {
                    "(" | "[" | "{" => self.depth += 1,
                    ")" | "]" | "}" => self.depth = self.depth.saturating_sub(1),
                    ":" if self.depth == 0 => self.colon(tokens, position),
                    _ => {}
                }
                self.is_start = *sign == ";" && self.depth == 0;
            }
            Kind::Text(_) | Kind::Format | Kind::Number(_) => self.is_start = false,
        }
        if !matches!(token.kind, Kind::Newline | Kind::Indent) {
            self.waiting = self.waiting.filter(|_| matches!(token.kind, Kind::Sign(":")));
        }
    }

    /// A statement begins with a word. Whether the next word still begins it.
    fn begins(&mut self, tokens: &[Token<'s>], position: usize, word: &str, block: usize) -> bool {
        let next = tokens.get(position + 1).map(|token| &token.kind);
        let name = if let Some(Kind::Name(name)) = next { name } else { "" };
        let sort = match word {
            "async" => return true,
            "def" => Sort::Function,
            "class" => Sort::Class,
            "if" if name == "__name__" && tests_main(tokens.get(position + 2..)) => Sort::Main,
            _ => return false,
        };
        let parent = self.one_line.unwrap_or(block);
        self.scopes.all.push(Scope { name, parent, sort });
        self.header = Some(self.scopes.all.len() - 1);
        false
    }

    /// A colon outside of brackets: a header ends.
    fn colon(&mut self, tokens: &[Token<'s>], position: usize) {
        let Some(scope) = self.header.take() else { return };
        match tokens.get(position + 1).map(|token| &token.kind) {
            Some(Kind::Newline) | None => self.waiting = Some(scope),
            Some(_) => self.one_line = Some(scope),
        }
    }
}

/// Whether `== "__main__"` follows, and nothing else up to the colon.
fn tests_main(tokens: Option<&[Token<'_>]>) -> bool {
    matches!(
        tokens,
        Some([
            Token { kind: Kind::Sign("=="), .. },
            Token { kind: Kind::Text(text), .. },
            Token { kind: Kind::Sign(":"), .. },
            ..
        ]) if text == "__main__"
    )
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    fn scope_of(source: &str, wanted: &str) -> (String, bool) {
        let (tokens, _) = tokens(source);
        let scopes = Scopes::read(&tokens);
        let position = tokens.iter().position(|token| token.kind == Kind::Name(wanted)).unwrap();
        let scope = scopes.of[position];
        (scopes.all[scope].name.to_owned(), scopes.is_on_import(scope))
    }

    #[test]
    fn a_body_belongs_to_its_function_and_a_default_to_what_is_around() {
        let on_import = (String::new(), true);
        assert_eq!(scope_of("def f(a=x):\n    y\n", "x"), on_import);
        assert_eq!(scope_of("def f(a=x):\n    y\n", "y"), ("f".into(), false));
        assert_eq!(scope_of("def f(): y\nz\n", "y"), ("f".into(), false));
        assert_eq!(scope_of("def f(): y\nz\n", "z"), on_import);
        assert_eq!(scope_of("async def f():\n  if a:\n    y\nz\n", "y"), ("f".into(), false));
        assert_eq!(scope_of("async def f():\n  if a:\n    y\nz\n", "z"), on_import);
        assert_eq!(scope_of("@x\ndef f(): y\n", "x"), on_import);
    }

    #[test]
    fn the_body_of_a_class_runs_on_import_and_its_methods_do_not() {
        let source = "class A(B):\n    x\n    def f(self):\n        y\n    z\n";
        assert_eq!(scope_of(source, "x"), ("A".into(), true));
        assert_eq!(scope_of(source, "y"), ("f".into(), false));
        assert_eq!(scope_of(source, "z"), ("A".into(), true));
    }

    #[test]
    fn what_runs_as_a_program_does_not_run_on_import() {
        assert!(!scope_of("if __name__ == \"__main__\":\n    x\n", "x").1);
        assert!(scope_of("if __name__ != \"__main__\":\n    x\n", "x").1);
    }
}
