//! Forms. One that changes something is sent with POST and carries the token that proves that
//! it comes from one of our own pages; without a token it cannot be written.

use std::fmt;

use maud::{Markup, Render, html};

use crate::field::Field;

/// The token against forged requests, as the session of the reader has it. It does not show
/// itself in debug output.
#[derive(Clone, PartialEq, Eq)]
pub struct Csrf(String);

impl Csrf {
    /// The token of a session.
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }
}

impl fmt::Debug for Csrf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Csrf(..)")
    }
}

/// The hidden field: `csrf`.
impl Render for Csrf {
    fn render(&self) -> Markup {
        html! { input type="hidden" name="csrf" value=(self.0); }
    }
}

/// What a passkey is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passkey {
    /// To be made: `navigator.credentials.create`.
    Create,
    /// To answer: `navigator.credentials.get`.
    Get,
}

/// A form.
#[derive(Clone, Debug)]
#[must_use]
pub struct Form {
    action: String,
    method: Method,
    id: Option<String>,
    swap: Option<String>,
    passkey: Option<(Passkey, String)>,
    pieces: Vec<Piece>,
    buttons: Vec<Button>,
}

#[derive(Clone, Debug)]
enum Method {
    Get,
    Post(Csrf),
    PostFiles(Csrf),
}

#[derive(Clone, Debug)]
enum Piece {
    Field(Field),
    Other(Markup),
}

#[derive(Clone, Debug)]
struct Button {
    label: String,
    weight: Weight,
    sends: Option<(String, String)>,
}

#[derive(Clone, Copy, Debug)]
enum Weight {
    Primary,
    Ordinary,
    Danger,
}

impl Form {
    /// A form that asks, and whose answers are in the address.
    pub fn get(action: impl Into<String>) -> Self {
        Self::of(action, Method::Get)
    }

    /// A form that changes something.
    pub fn post(action: impl Into<String>, csrf: &Csrf) -> Self {
        Self::of(action, Method::Post(csrf.clone()))
    }

    /// A form that sends files, as `multipart/form-data`. The token is the first part.
    pub fn post_files(action: impl Into<String>, csrf: &Csrf) -> Self {
        Self::of(action, Method::PostFiles(csrf.clone()))
    }

    fn of(action: impl Into<String>, method: Method) -> Self {
        Self {
            action: action.into(),
            method,
            id: None,
            swap: None,
            passkey: None,
            pieces: Vec::new(),
            buttons: Vec::new(),
        }
    }

    /// Its id, with which those of its fields begin.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Another field.
    pub fn field(mut self, field: Field) -> Self {
        self.pieces.push(Piece::Field(field));
        self
    }

    /// Something between the fields.
    pub fn with(mut self, piece: impl Render) -> Self {
        self.pieces.push(Piece::Other(piece.render()));
        self
    }

    /// A value that goes along and is not shown.
    pub fn hidden(self, name: &str, value: &str) -> Self {
        self.with(html! { input type="hidden" name=(name) value=(value); })
    }

    /// The one primary button.
    pub fn submit(self, label: impl Into<String>) -> Self {
        self.button(label, Weight::Primary, None)
    }

    /// A button of less weight, which sends a value of its own.
    pub fn choice(
        self,
        label: impl Into<String>,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.button(label, Weight::Ordinary, Some((name.into(), value.into())))
    }

    /// The button of something that cannot be taken back.
    pub fn danger(self, label: impl Into<String>) -> Self {
        self.button(label, Weight::Danger, None)
    }

    fn button(
        mut self,
        label: impl Into<String>,
        weight: Weight,
        sends: Option<(String, String)>,
    ) -> Self {
        self.buttons.push(Button { label: label.into(), weight, sends });
        self
    }

    /// With a script, only the element of this id is replaced by the answer.
    pub fn swap(mut self, id: impl Into<String>) -> Self {
        self.swap = Some(id.into());
        self
    }

    /// A passkey is asked for before the form is sent. The script POSTs the token, as `csrf`, to
    /// the address given here and gets the options as JSON; the credential goes into the field
    /// `credential`.
    pub fn passkey(mut self, what: Passkey, options: impl Into<String>) -> Self {
        self.passkey = Some((what, options.into()));
        self
    }
}

impl Render for Form {
    fn render(&self) -> Markup {
        let (method, encoding, csrf) = match &self.method {
            Method::Get => ("get", None, None),
            Method::Post(csrf) => ("post", None, Some(csrf)),
            Method::PostFiles(csrf) => ("post", Some("multipart/form-data"), Some(csrf)),
        };
        let ids = self.id.as_deref().unwrap_or("field");
        let passkey = self.passkey.as_ref().map(|(what, _)| match what {
            Passkey::Create => "create",
            Passkey::Get => "get",
        });
        let options = self.passkey.as_ref().map(|(_, options)| options.as_str());
        html! {
            form method=(method) action=(self.action) enctype=[encoding] id=[self.id.as_deref()]
                data-swap=[self.swap.as_deref()] data-passkey=[passkey] data-options=[options] {
                @if let Some(csrf) = csrf { (csrf) }
                @for piece in &self.pieces {
                    @match piece {
                        Piece::Field(field) => (field.within(ids)),
                        Piece::Other(markup) => (markup),
                    }
                }
                @if passkey.is_some() {
                    input type="hidden" name="credential" value="";
                    p class="status" data-status role="status" {}
                    noscript { p class="hint" { "A passkey needs scripts, which are off in this browser." } }
                }
                div class="buttons" { @for button in &self.buttons { (button) } }
            }
        }
    }
}

impl Render for Button {
    fn render(&self) -> Markup {
        let class = match self.weight {
            Weight::Primary => Some("primary"),
            Weight::Ordinary => None,
            Weight::Danger => Some("danger"),
        };
        let name = self.sends.as_ref().map(|(name, _)| name.as_str());
        let value = self.sends.as_ref().map(|(_, value)| value.as_str());
        html! { button type="submit" class=[class] name=[name] value=[value] { (self.label) } }
    }
}

/// A link that looks like a button: the one next step of a page.
pub fn button_link(label: &str, href: &str) -> Markup {
    html! { a class="button primary" href=(href) { (label) } }
}
