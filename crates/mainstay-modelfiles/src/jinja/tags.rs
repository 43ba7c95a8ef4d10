//! Judges the tags of a template, one after the other.

use std::collections::HashSet;

use mainstay_types::Severity;

use super::effort;
use super::expression::{Deed, Known, Walker};
use super::lexer::{Kind, Piece, Tag, Template};
use super::names::{is_internal, is_of_a_server, is_opener, is_sink, mentions_internal};

/// What one tag does: the worst of it.
#[derive(Debug)]
pub(super) struct Finding {
    /// Where.
    pub(super) at: usize,
    /// Where its tag begins.
    pub(super) tag_at: usize,
    pub(super) sort: Sort,
    /// The name that matters.
    pub(super) what: String,
}

/// The sorts of things that a tag does, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    /// A name of Python's insides that is put together from pieces.
    BuiltWalk,
    /// One that is written with escapes.
    VeiledWalk,
    /// One that is written plainly.
    Walk,
    /// A call that starts a program or runs text as code.
    Sink,
    /// A name for the filter `attr` that is not known.
    ComputedFilter,
    /// A subscript that is put together from pieces.
    ComputedSubscript,
    /// A call that opens a file or reaches into an object.
    Opener,
    /// Settings or secrets of a web server.
    Server,
    /// Another template.
    OtherTemplate,
    /// Work without reasonable end.
    Effort,
    /// A sentence that names Python's insides.
    Mention,
    /// A subscript that may be put together.
    PieceSubscript,
    /// Nested deeper than Jinja reads.
    TooDeep,
}

impl Sort {
    /// Whether it leads out of the template into Python.
    pub(super) fn is_escape(self) -> bool {
        matches!(
            self,
            Self::BuiltWalk | Self::VeiledWalk | Self::Walk | Self::Sink | Self::ComputedFilter
        )
    }

    pub(super) fn severity(self) -> Severity {
        match self {
            Self::BuiltWalk | Self::VeiledWalk | Self::Walk | Self::Sink | Self::ComputedFilter => {
                Severity::Critical
            }
            Self::ComputedSubscript | Self::Opener | Self::Server => Severity::High,
            Self::OtherTemplate
            | Self::Effort
            | Self::Mention
            | Self::PieceSubscript
            | Self::TooDeep => Severity::Medium,
        }
    }

    pub(super) fn message(self, name: &str) -> String {
        let runs = "a library that renders it without a sandbox can be made to run any code";
        match self {
            Self::BuiltWalk => format!(
                "the template puts the name `{name}` together from pieces, to hide that it reaches \
                 for the insides of Python; {runs}"
            ),
            Self::VeiledWalk => format!(
                "the template writes the name `{name}` with escapes, to hide that it reaches for \
                 the insides of Python; {runs}"
            ),
            Self::Walk => {
                format!("the template reaches for the insides of Python (`{name}`); {runs}")
            }
            Self::Sink => format!(
                "the template calls `{name}`, which starts a program or runs text as code where \
                 the library that renders it lets it"
            ),
            Self::ComputedFilter => format!(
                "the template takes an attribute by a name that is known only when it is \
                 rendered; so attacks hide the insides of Python, and {runs}"
            ),
            Self::ComputedSubscript => "the template takes an element by a name that it puts \
                                        together from pieces; so attacks hide the insides of \
                                        Python"
                .to_owned(),
            Self::Opener => format!(
                "the template calls `{name}`, which opens a file or reaches into an object where \
                 the library that renders it lets it"
            ),
            Self::Server => {
                format!("the template reaches for the settings of a web server (`{name}`)")
            }
            Self::OtherTemplate => format!(
                "the template takes in another template by `{name}`: what that one does is not in \
                 this file"
            ),
            Self::Effort => format!(
                "rendering the template takes time or memory without reasonable end (`{name}`)"
            ),
            Self::Mention => format!(
                "a text of the template has the name `{name}` of Python's insides in it, from \
                 where it can be taken"
            ),
            Self::PieceSubscript => "the template takes an element by a name that may be put \
                                     together from pieces"
                .to_owned(),
            Self::TooDeep => "an expression of the template is nested deeper than Jinja reads, \
                              and was not judged whole"
                .to_owned(),
        }
    }
}

/// Judges every tag.
pub(super) fn judge(template: &Template<'_>) -> Vec<Finding> {
    let macros = macros(template);
    let mut known = Known::new();
    let mut loops: Vec<u64> = Vec::new();
    let mut findings = Vec::new();
    for piece in &template.pieces {
        let Piece::Tag(tag) = piece else { continue };
        let keyword = tag.keyword();
        let mut deeds = names(tag, &macros);
        let mut walker = Walker::new(&tag.tokens, &mut known);
        walker.walk(keyword);
        deeds.append(&mut walker.deeds);
        match keyword {
            "for" => loops.push(walker.rounds.unwrap_or(1).max(1)),
            "endfor" => {
                loops.pop();
            }
            _ => {}
        }
        let rounds = loops.iter().fold(1_u64, |all, one| all.saturating_mul(*one));
        if keyword == "for" && loops.len() > 1 && effort::is_endless(rounds / 100) {
            deeds.push((tag.at, Sort::Effort, "for".to_owned()));
        }
        let worst = deeds.into_iter().min_by_key(|(_, sort, _)| *sort);
        findings.extend(worst.map(|(at, sort, what)| Finding { at, tag_at: tag.at, sort, what }));
    }
    findings
}

/// The names of the macros that the template defines itself, whatever is rendered: one in a branch
/// may never come to be.
fn macros<'t>(template: &Template<'t>) -> HashSet<&'t str> {
    let mut names = HashSet::new();
    let mut depth = 0_usize;
    for piece in &template.pieces {
        let Piece::Tag(tag) = piece else { continue };
        let keyword = tag.keyword();
        if let ("macro", 0, Some(Kind::Name(name))) =
            (keyword, depth, tag.tokens.get(1).map(|token| &token.kind))
        {
            names.insert(*name);
        }
        if keyword.starts_with("end") {
            depth = depth.saturating_sub(1);
        } else {
            let is_block_of_set =
                || keyword == "set" && tag.tokens.iter().all(|token| token.kind != Kind::Sign("="));
            let opens = matches!(
                keyword,
                "if" | "for"
                    | "macro"
                    | "call"
                    | "filter"
                    | "with"
                    | "block"
                    | "autoescape"
                    | "generation"
                    | "raw"
            );
            depth += usize::from(opens || is_block_of_set());
        }
    }
    names
}

/// What the names and strings of a tag do as they are written.
fn names(tag: &Tag<'_>, macros: &HashSet<&str>) -> Vec<Deed> {
    let mut deeds: Vec<Deed> = Vec::new();
    let keyword = tag.keyword();
    if matches!(keyword, "include" | "import" | "extends" | "from" | "debug") {
        deeds.push((tag.at, Sort::OtherTemplate, keyword.to_owned()));
    }
    let kind = |position: usize| tag.tokens.get(position).map(|token| &token.kind);
    for (position, token) in tag.tokens.iter().enumerate() {
        let mut tell = |sort, name: &str| deeds.push((token.at, sort, name.to_owned()));
        match &token.kind {
            Kind::Text { decoded, is_veiled } => {
                // A sentence is no name, and a format string takes attributes by its fields.
                let is_prose = decoded.contains(char::is_whitespace) && !decoded.contains('{');
                // Prose that is only put out or compared never becomes a name.
                let is_taken_apart = keyword == "set"
                    || matches!(
                        kind(position + 1),
                        Some(Kind::Sign("." | "[" | "|" | "%" | "~" | "*"))
                    );
                if let Some(name) = mentions_internal(decoded)
                    && (*is_veiled || !is_prose || is_taken_apart)
                {
                    tell(
                        match (is_veiled, is_prose) {
                            (true, _) => Sort::VeiledWalk,
                            (false, true) => Sort::Mention,
                            (false, false) => Sort::Walk,
                        },
                        name,
                    );
                }
            }
            Kind::Name(name) => {
                let before = position.checked_sub(1).and_then(kind);
                let is_attribute = before == Some(&Kind::Sign("."));
                let is_called = kind(position + 1) == Some(&Kind::Sign("("));
                // A method is no macro.
                let is_own = !is_attribute && macros.contains(name);
                if is_attribute && is_internal(name) {
                    tell(Sort::Walk, name);
                } else if is_called && !is_own && is_sink(name) {
                    tell(Sort::Sink, name);
                } else if is_called && !is_own && is_opener(name) {
                    tell(Sort::Opener, name);
                } else if let (false, Some(Kind::Sign(".")), Some(Kind::Name(attribute))) =
                    (is_attribute, kind(position + 1), kind(position + 2))
                    && is_of_a_server(name, attribute)
                {
                    tell(Sort::Server, &format!("{name}.{attribute}"));
                }
            }
            Kind::Number(_) | Kind::Sign(_) => {}
        }
    }
    deeds
}
