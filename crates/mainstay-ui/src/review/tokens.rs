//! HTML cut into tags and text, tolerantly, in one pass. Follows the tokenizer of the HTML
//! standard (section 13.2.5) as far as the review needs: names and attributes in any quoting,
//! comments, and the elements whose content is text. Character references stay as written.

/// A piece of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'h> {
    /// `<!DOCTYPE ...>`.
    Doctype,
    /// A start tag.
    Open(Tag<'h>),
    /// An end tag, in lower case.
    Close(String),
    /// Text between tags.
    Text(&'h str),
}

/// A start tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag<'h> {
    /// In lower case.
    pub(super) name: String,
    /// Names in lower case, values as written, in their order.
    pub(super) attributes: Vec<(String, &'h str)>,
}

impl<'h> Tag<'h> {
    /// The value of an attribute; the first counts, as in a browser.
    pub(super) fn value(&self, name: &str) -> Option<&'h str> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| *value)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }
}

/// The pieces of a page, in order.
pub(super) struct Tokens<'h> {
    rest: &'h str,
    /// The element whose text is being read, if text is all that it can have.
    within: Option<String>,
}

impl<'h> Tokens<'h> {
    pub(super) fn of(html: &'h str) -> Self {
        Self { rest: html, within: None }
    }

    /// Takes everything before the first place where `ends` holds.
    fn take_until(&mut self, ends: impl Fn(char) -> bool) -> &'h str {
        let at = self.rest.find(ends).unwrap_or(self.rest.len());
        self.take(at)
    }

    fn take(&mut self, length: usize) -> &'h str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
    }

    /// The text of `script`, `style`, `title` or `textarea`, up to its end tag.
    fn raw_text(&mut self, name: &str) -> &'h str {
        let closes = |at: &usize| {
            let after = self.rest.get(at + 2..).unwrap_or("");
            after.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name))
        };
        let end = self.rest.match_indices("</").map(|(at, _)| at).find(closes);
        self.take(end.unwrap_or(self.rest.len()))
    }

    /// What begins with `<!` or `<?`: a comment, a doctype, or something a browser passes over.
    fn declaration(&mut self) -> Option<Token<'h>> {
        if let Some(comment) = self.rest.strip_prefix("<!--") {
            let end = comment.find("-->").map_or(comment.len(), |at| at + 3);
            self.take(4 + end);
            return None;
        }
        let text = self.take_until(|c| c == '>');
        self.take(1);
        let doctype = text.get(2..9).is_some_and(|word| word.eq_ignore_ascii_case("doctype"));
        doctype.then_some(Token::Doctype)
    }

    fn close(&mut self) -> Token<'h> {
        self.take(2);
        let text = self.take_until(|c| c == '>');
        self.take(1);
        let name = text.split(|c: char| c.is_ascii_whitespace() || c == '/').next().unwrap_or("");
        Token::Close(name.to_ascii_lowercase())
    }

    fn open(&mut self) -> Token<'h> {
        self.take(1);
        let ends = |c: char| c.is_ascii_whitespace() || c == '/' || c == '>';
        let name = self.take_until(ends).to_ascii_lowercase();
        let mut attributes = Vec::new();
        loop {
            self.rest = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if self.rest.is_empty() || self.rest.starts_with('>') {
                self.take(1);
                break;
            }
            attributes.push(self.attribute());
        }
        if ["script", "style", "title", "textarea"].contains(&name.as_str()) {
            self.within = Some(name.clone());
        }
        Token::Open(Tag { name, attributes })
    }

    fn attribute(&mut self) -> (String, &'h str) {
        // A name may begin with an equals sign; so each turn takes at least one character.
        let first = self.rest.chars().next().map_or(0, char::len_utf8);
        let ends = |c: char| c.is_ascii_whitespace() || c == '/' || c == '>' || c == '=';
        let after = self.rest.get(first..).unwrap_or("");
        let length = first + after.find(ends).unwrap_or(after.len());
        let name = self.take(length).to_ascii_lowercase();
        self.skip_space();
        if !self.rest.starts_with('=') {
            return (name, "");
        }
        self.take(1);
        self.skip_space();
        let quote = self.rest.chars().next().filter(|c| *c == '"' || *c == '\'');
        let value = if let Some(quote) = quote {
            self.take(1);
            let value = self.take_until(|c| c == quote);
            self.take(1);
            value
        } else {
            self.take_until(|c| c.is_ascii_whitespace() || c == '>')
        };
        (name, value)
    }
}

impl<'h> Iterator for Tokens<'h> {
    type Item = Token<'h>;

    fn next(&mut self) -> Option<Token<'h>> {
        if let Some(name) = self.within.take() {
            let text = self.raw_text(&name);
            if !text.is_empty() {
                return Some(Token::Text(text));
            }
        }
        while !self.rest.is_empty() {
            let mut after = self.rest.chars();
            match (after.next(), after.next()) {
                (Some('<'), Some('!' | '?')) => {
                    if let Some(token) = self.declaration() {
                        return Some(token);
                    }
                }
                (Some('<'), Some('/')) => return Some(self.close()),
                (Some('<'), Some(letter)) if letter.is_ascii_alphabetic() => {
                    return Some(self.open());
                }
                _ => {
                    // A `<` that begins no tag is text.
                    let first = self.rest.chars().next().map_or(0, char::len_utf8);
                    let after = self.rest.get(first..).unwrap_or("");
                    let length = first + after.find('<').unwrap_or(after.len());
                    return Some(Token::Text(self.take(length)));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open<'h>(name: &str, attributes: &[(&str, &'h str)]) -> Token<'h> {
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), *value));
        Token::Open(Tag { name: name.to_owned(), attributes: attributes.collect() })
    }

    fn tokens(html: &str) -> Vec<Token<'_>> {
        Tokens::of(html).collect()
    }

    #[test]
    fn attributes_are_read_in_every_quoting() {
        assert_eq!(
            tokens("<INPUT a=1 B='2' c = \"3>\" d/>x"),
            [open("input", &[("a", "1"), ("b", "2"), ("c", "3>"), ("d", "")]), Token::Text("x")]
        );
    }

    #[test]
    fn text_of_scripts_is_not_markup() {
        assert_eq!(
            tokens("<script>a</b><p></SCRIPT>"),
            [open("script", &[]), Token::Text("a</b><p>"), Token::Close("script".to_owned())]
        );
    }

    #[test]
    fn comments_are_passed_over_and_lone_brackets_are_text() {
        assert_eq!(
            tokens("<!doctype html><!-- <p> -->a < b"),
            [Token::Doctype, Token::Text("a "), Token::Text("< b")]
        );
    }

    #[test]
    fn what_never_ends_ends_with_the_page() {
        assert_eq!(tokens("<!-- "), []);
        assert_eq!(tokens("<p a='"), [open("p", &[("a", "")])]);
        assert_eq!(tokens("<title>x"), [open("title", &[]), Token::Text("x")]);
    }
}
