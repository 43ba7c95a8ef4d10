//! Reading and writing an SPDX expression. A shunting yard: no recursion, one pass.

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

/// One node of an expression in postfix order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LicenceNode {
    /// A licence.
    Term(LicenceTerm),
    /// Both of the two operands before it hold.
    And,
    /// One of the two operands before it may be chosen.
    Or,
}

/// One licence of an expression.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LicenceTerm {
    /// The identifier, spelled as the SPDX License List spells it; or `LicenseRef-...`, with a
    /// `DocumentRef-...:` before it where the text has one; or an identifier that the list does
    /// not have.
    pub id: Cow<'static, str>,
    /// Whether the list has the identifier, or it is a reference of the document itself.
    pub known: bool,
    /// A `+` after it: this version or a later one. The GNU licences say that in their identifier.
    pub or_later: bool,
    /// What follows `WITH`.
    pub exception: Option<Cow<'static, str>>,
}

/// Why a text is no SPDX expression.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Error)]
pub enum LicenceError {
    /// Longer than [`crate::Licence::MAX_BYTES`].
    #[error("it is too long for a licence expression")]
    TooLong,
    /// A character that no identifier has.
    #[error("\"{0}\" is no licence identifier")]
    BadIdentifier(Box<str>),
    /// Something stands where it cannot.
    #[error("\"{0}\" cannot stand there in a licence expression")]
    Unexpected(Box<str>),
    /// The expression breaks off, or a bracket is not closed.
    #[error("the licence expression is not finished")]
    Unfinished,
}

/// An operator that waits for its second operand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    Or,
    And,
    Bracket,
}

/// Reads an expression into postfix order.
pub(super) fn read(text: &str) -> Result<Vec<LicenceNode>, LicenceError> {
    let mut nodes: Vec<LicenceNode> = Vec::new();
    let mut waiting: Vec<Waiting> = Vec::new();
    // Whether the next word must be an operand.
    let mut open = true;
    let mut words = words(text).peekable();
    while let Some(word) = words.next() {
        match (Word::of(word), open) {
            (Word::Open, true) => waiting.push(Waiting::Bracket),
            (Word::Close, false) => close(&mut nodes, &mut waiting, word)?,
            (Word::And, false) => {
                take(&mut nodes, &mut waiting, |top| top == Waiting::And);
                waiting.push(Waiting::And);
                open = true;
            }
            (Word::Or, false) => {
                take(&mut nodes, &mut waiting, |top| top != Waiting::Bracket);
                waiting.push(Waiting::Or);
                open = true;
            }
            (Word::Other, true) => {
                let mut term = term(word)?;
                if words.next_if(|next| Word::of(next) == Word::With).is_some() {
                    let exception = words.next().ok_or(LicenceError::Unfinished)?;
                    term.add_exception(exception)?;
                }
                nodes.push(LicenceNode::Term(term));
                open = false;
            }
            _ => return Err(LicenceError::Unexpected(word.into())),
        }
    }
    if open {
        return Err(LicenceError::Unfinished);
    }
    take(&mut nodes, &mut waiting, |top| top != Waiting::Bracket);
    if waiting.is_empty() { Ok(nodes) } else { Err(LicenceError::Unfinished) }
}

/// Ends a bracket.
fn close(
    nodes: &mut Vec<LicenceNode>,
    waiting: &mut Vec<Waiting>,
    word: &str,
) -> Result<(), LicenceError> {
    take(nodes, waiting, |top| top != Waiting::Bracket);
    match waiting.pop() {
        Some(_) => Ok(()),
        None => Err(LicenceError::Unexpected(word.into())),
    }
}

/// Moves operators that bind at least as strongly as the next one behind their operands.
fn take(nodes: &mut Vec<LicenceNode>, waiting: &mut Vec<Waiting>, binds: impl Fn(Waiting) -> bool) {
    while let Some(top) = waiting.pop_if(|top| binds(*top)) {
        match top {
            Waiting::And => nodes.push(LicenceNode::And),
            Waiting::Or => nodes.push(LicenceNode::Or),
            Waiting::Bracket => {}
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Open,
    Close,
    And,
    Or,
    With,
    Other,
}

impl Word {
    fn of(text: &str) -> Self {
        match text {
            "(" => Self::Open,
            ")" => Self::Close,
            _ if text.eq_ignore_ascii_case("and") => Self::And,
            _ if text.eq_ignore_ascii_case("or") => Self::Or,
            _ if text.eq_ignore_ascii_case("with") => Self::With,
            _ => Self::Other,
        }
    }
}

/// The words: brackets stand alone, white space divides the rest.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        let end = if matches!(first, '(' | ')') {
            1
        } else {
            rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')')).unwrap_or(rest.len())
        };
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

fn term(word: &str) -> Result<LicenceTerm, LicenceError> {
    let (bare, or_later) = match word.strip_suffix('+') {
        Some(bare) => (bare, true),
        None => (word, false),
    };
    if is_reference(bare, "LicenseRef-") && !or_later {
        let id = Cow::Owned(bare.to_owned());
        return Ok(LicenceTerm { id, known: true, or_later, exception: None });
    }
    check_identifier(bare, word)?;
    let Some(id) = listed(spdx::identifiers::LICENSES, |one| one.name, bare) else {
        let id = Cow::Owned(bare.to_owned());
        return Ok(LicenceTerm { id, known: false, or_later, exception: None });
    };
    let gnu = ["GPL-", "LGPL-", "AGPL-", "GFDL-"].iter().any(|family| id.starts_with(family));
    if !gnu {
        return Ok(LicenceTerm { id: Cow::Borrowed(id), known: true, or_later, exception: None });
    }
    Ok(gnu_term(id, or_later))
}

/// The GNU licences say "or later" in their identifier, and five deprecated identifiers hold an
/// exception (SPDX License List, "Deprecated License Identifiers").
fn gnu_term(id: &'static str, or_later: bool) -> LicenceTerm {
    let (base, exception) = match id.split_once("-with-") {
        Some((base, exception)) => (base, Some(exception)),
        None => (id, None),
    };
    let exception = exception.map(|name| match name {
        "autoconf-exception" if base == "GPL-2.0" => "Autoconf-exception-2.0",
        "autoconf-exception" => "Autoconf-exception-3.0",
        "bison-exception" => "Bison-exception-2.2",
        "classpath-exception" => "Classpath-exception-2.0",
        "font-exception" => "Font-exception-2.0",
        "GCC-exception" if base == "GPL-2.0" => "GCC-exception-2.0",
        "GCC-exception" => "GCC-exception-3.1",
        other => other,
    });
    let unversioned = base.strip_suffix("-only").unwrap_or(base).trim_end_matches('+');
    let or_later = or_later || base.ends_with('+');
    let suffixed = if unversioned.ends_with("-or-later") {
        unversioned.to_owned()
    } else if or_later {
        format!("{unversioned}-or-later")
    } else {
        format!("{unversioned}-only")
    };
    let id = listed(spdx::identifiers::LICENSES, |one| one.name, &suffixed).unwrap_or(id);
    LicenceTerm {
        id: Cow::Borrowed(id),
        known: true,
        or_later: false,
        exception: exception.map(Cow::Borrowed),
    }
}

/// A version's numbers, to be compared.
fn numbers(version: &str) -> Vec<u64> {
    version.split('.').map(|part| part.parse().unwrap_or(u64::MAX)).collect()
}

impl LicenceTerm {
    fn add_exception(&mut self, word: &str) -> Result<(), LicenceError> {
        if self.exception.is_some() || Word::of(word) != Word::Other {
            return Err(LicenceError::Unexpected(word.into()));
        }
        if is_reference(word, "AdditionRef-") {
            self.exception = Some(Cow::Owned(word.to_owned()));
            return Ok(());
        }
        check_identifier(word, word)?;
        let listed = listed(spdx::identifiers::EXCEPTIONS, |one| one.name, word);
        self.known &= listed.is_some();
        self.exception = Some(listed.map_or_else(|| Cow::Owned(word.to_owned()), Cow::Borrowed));
        Ok(())
    }

    /// The name without its version: `Apache` of `Apache-2.0`, `GPL` of `GPL-2.0-only`. `None`
    /// where the identifier has no version.
    pub fn family(&self) -> Option<&str> {
        self.split_version().map(|(family, _)| family)
    }

    /// The version in the identifier: `2.0` of `Apache-2.0`.
    pub fn version(&self) -> Option<&str> {
        self.split_version().map(|(_, version)| version)
    }

    fn split_version(&self) -> Option<(&str, &str)> {
        let bare = self.id.strip_suffix("-only").unwrap_or(&self.id);
        let bare = bare.strip_suffix("-or-later").unwrap_or(bare);
        let (family, version) = bare.rsplit_once('-')?;
        let is_version = version.starts_with(|c: char| c.is_ascii_digit())
            && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        is_version.then_some((family, version))
    }

    /// The versions on the SPDX License List that the licensee may take, this one first. Empty for
    /// a licence that leaves no choice, and for one whose versions nobody can tell.
    pub fn choices(&self) -> Vec<Self> {
        let (true, Some(family), Some(own)) = (self.allows_later(), self.family(), self.version())
        else {
            return Vec::new();
        };
        let own = numbers(own);
        let mut choices: Vec<(Vec<u64>, Self)> = spdx::identifiers::LICENSES
            .iter()
            .filter(|one| one.name.starts_with(family))
            .filter_map(|one| {
                // What may be written with a `+`, or deprecated, is read as what it means now.
                let other = term(one.name).ok().filter(|other| !other.allows_later())?;
                let version = numbers(other.version()?);
                let is_later = other.family() == Some(family) && version >= own;
                let exception = self.exception.clone();
                (is_later && other.exception.is_none())
                    .then_some((version, Self { exception, known: self.known, ..other }))
            })
            .collect();
        choices.sort_by(|one, other| one.0.cmp(&other.0).then_with(|| one.1.id.cmp(&other.1.id)));
        choices.dedup();
        choices.into_iter().map(|(_, choice)| choice).collect()
    }

    /// Whether it is a reference of a document to a text of its own, which no list has.
    pub fn is_reference(&self) -> bool {
        is_reference(&self.id, "LicenseRef-")
    }

    /// Whether the licensee may take a later version.
    pub fn allows_later(&self) -> bool {
        self.or_later || self.id.ends_with("-or-later")
    }
}

impl fmt::Display for LicenceTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)?;
        if self.or_later {
            f.write_str("+")?;
        }
        match &self.exception {
            Some(exception) => write!(f, " WITH {exception}"),
            None => Ok(()),
        }
    }
}

/// `LicenseRef-x` or `DocumentRef-d:LicenseRef-x`.
fn is_reference(word: &str, kind: &str) -> bool {
    let reference = match word.strip_prefix("DocumentRef-").and_then(|rest| rest.split_once(':')) {
        Some((document, reference)) if is_idstring(document) => reference,
        Some(_) => return false,
        None => word,
    };
    reference.strip_prefix(kind).is_some_and(is_idstring)
}

/// `idstring` of the annex: letters, digits, `-` and `.`.
fn is_idstring(text: &str) -> bool {
    let taken = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    !text.is_empty() && text.bytes().all(taken)
}

fn check_identifier(bare: &str, word: &str) -> Result<(), LicenceError> {
    if is_idstring(bare) { Ok(()) } else { Err(LicenceError::BadIdentifier(word.into())) }
}

/// The identifier as a list spells it: case means nothing.
fn listed<T>(
    list: &'static [T],
    name: impl Fn(&'static T) -> &'static str,
    word: &str,
) -> Option<&'static str> {
    list.iter().map(name).find(|one| one.eq_ignore_ascii_case(word))
}

/// Writes nodes in postfix order as an expression, with the brackets that it needs.
pub(super) fn write(nodes: &[LicenceNode]) -> String {
    // Each operand with the operator that joins it outermost.
    let mut stack: Vec<(String, Option<Waiting>)> = Vec::new();
    for node in nodes {
        let (operator, word) = match node {
            LicenceNode::Term(term) => {
                stack.push((term.to_string(), None));
                continue;
            }
            LicenceNode::And => (Waiting::And, " AND "),
            LicenceNode::Or => (Waiting::Or, " OR "),
        };
        let bracketed = |(text, inner): (String, Option<Waiting>)| {
            if operator == Waiting::And && inner == Some(Waiting::Or) {
                format!("({text})")
            } else {
                text
            }
        };
        let (Some(right), Some(left)) = (stack.pop(), stack.pop()) else { break };
        stack.push((bracketed(left) + word + &bracketed(right), Some(operator)));
    }
    stack.pop().map(|(text, _)| text).unwrap_or_default()
}
