//! Fields of forms. Each has a label; its hint and its error are tied to it with
//! `aria-describedby` (WCAG 2.2, 1.3.1, 3.3.1 and 3.3.2).

use maud::{Markup, Render, html};

use crate::choice::{Checked, Choice};

/// What a line of text is, so that a browser brings the right keyboard and fills in the right
/// thing. The server checks for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// Any text.
    Plain,
    /// An email address.
    Email,
    /// An address of the web.
    Url,
    /// A whole number.
    Number,
    /// A day.
    Date,
    /// A one-time code, in digits.
    Code,
}

/// One field. By itself it is rendered with `field-<name>` as its id; in a form that has an id,
/// with `<form>-<name>`, so that two forms of one page may both ask for a name.
#[derive(Clone, Debug)]
#[must_use]
pub struct Field {
    name: String,
    label: String,
    control: Control,
    hint: Option<String>,
    error: Option<String>,
    required: Option<Required>,
    autocomplete: Option<&'static str>,
    max_length: Option<u32>,
}

#[derive(Clone, Debug)]
enum Control {
    Text { kind: TextKind, value: String },
    Password,
    Select { choices: Vec<Choice>, value: String },
    Checkbox(Checked),
    Area { rows: u8, value: String },
    File { accept: Option<String> },
}

#[derive(Clone, Copy, Debug)]
struct Required;

impl Field {
    /// A line of text.
    pub fn text(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::of(name, label, Control::Text { kind: TextKind::Plain, value: String::new() })
    }

    /// A password that exists. What was typed is never sent back to the page. For a new one say
    /// `.autocomplete("new-password")`.
    pub fn password(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::of(name, label, Control::Password).autocomplete("current-password")
    }

    /// One of several.
    pub fn select(
        name: impl Into<String>,
        label: impl Into<String>,
        choices: impl IntoIterator<Item = Choice>,
    ) -> Self {
        let choices = choices.into_iter().collect();
        Self::of(name, label, Control::Select { choices, value: String::new() })
    }

    /// Yes or no; sent as `on` when ticked.
    pub fn checkbox(name: impl Into<String>, label: impl Into<String>, checked: Checked) -> Self {
        Self::of(name, label, Control::Checkbox(checked))
    }

    /// Several lines of text.
    pub fn area(name: impl Into<String>, label: impl Into<String>, rows: u8) -> Self {
        Self::of(name, label, Control::Area { rows, value: String::new() })
    }

    /// A file. Its form has to be [`Form::post_files`](crate::Form::post_files).
    pub fn file(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::of(name, label, Control::File { accept: None })
    }

    fn of(name: impl Into<String>, label: impl Into<String>, control: Control) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            control,
            hint: None,
            error: None,
            required: None,
            autocomplete: None,
            max_length: None,
        }
    }

    /// What kind of text; nothing for other fields.
    pub fn kind(mut self, is: TextKind) -> Self {
        if let Control::Text { kind, .. } = &mut self.control {
            *kind = is;
        }
        self
    }

    /// What stands in it. Nothing for passwords, files and boxes.
    pub fn value(mut self, is: impl Into<String>) -> Self {
        match &mut self.control {
            Control::Text { value, .. }
            | Control::Select { value, .. }
            | Control::Area { value, .. } => *value = is.into(),
            Control::Password | Control::Checkbox(_) | Control::File { .. } => {}
        }
        self
    }

    /// What a file may be: the `accept` list, such as `.json,.xml`. Nothing for other fields.
    pub fn accept(mut self, list: impl Into<String>) -> Self {
        if let Control::File { accept } = &mut self.control {
            *accept = Some(list.into());
        }
        self
    }

    /// A sentence on what to give.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What is wrong with what was given, if anything.
    pub fn error(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }

    /// It may not stay empty.
    pub fn required(mut self) -> Self {
        self.required = Some(Required);
        self
    }

    /// What a browser or password manager may fill in (HTML, "Autofill detail tokens").
    pub fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = Some(token);
        self
    }

    /// How many UTF-16 units fit.
    pub fn max_length(mut self, units: u32) -> Self {
        self.max_length = Some(units);
        self
    }

    pub(crate) fn within(&self, form: &str) -> Markup {
        let id = format!("{form}-{}", self.name);
        let hint = self.hint.as_ref().map(|_| format!("{id}-hint"));
        let error = self.error.as_ref().map(|_| format!("{id}-error"));
        let described: Vec<&str> = error.iter().chain(&hint).map(String::as_str).collect();
        let described = (!described.is_empty()).then(|| described.join(" "));
        let tick = matches!(self.control, Control::Checkbox(_));
        html! {
            div class={ "field" @if tick { " tick" } @if self.error.is_some() { " wrong" } } {
                @if tick { (self.control(&id, described.as_deref())) " " }
                label for=(id) {
                    (self.label)
                    @if self.required.is_none() && !tick { span class="muted" { " (optional)" } }
                }
                @if !tick { (self.control(&id, described.as_deref())) }
                @if let (Some(id), Some(text)) = (&error, &self.error) {
                    p class="problem" id=(id) { strong { "Error: " } (text) }
                }
                @if let (Some(id), Some(text)) = (&hint, &self.hint) {
                    p class="hint" id=(id) { (text) }
                }
            }
        }
    }

    fn control(&self, id: &str, described: Option<&str>) -> Markup {
        let invalid = self.error.as_ref().map(|_| "true");
        let required = self.required.is_some();
        match &self.control {
            Control::Select { choices, value } => html! {
                select id=(id) name=(self.name) aria-describedby=[described] aria-invalid=[invalid]
                    required[required] autocomplete=[self.autocomplete] {
                    @for choice in choices {
                        option value=(choice.value) selected[choice.value == *value] { (choice.label) }
                    }
                }
            },
            Control::Area { rows, value } => html! {
                // A browser drops one line break at the start of the text; so it is given one.
                textarea id=(id) name=(self.name) rows=(rows) aria-describedby=[described]
                    aria-invalid=[invalid] required[required] maxlength=[self.max_length]
                    autocomplete=[self.autocomplete] { "\n" (value) }
            },
            Control::Checkbox(checked) => html! {
                input type="checkbox" id=(id) name=(self.name) aria-describedby=[described]
                    aria-invalid=[invalid] required[required] checked[*checked == Checked::Yes];
            },
            Control::Password => html! {
                input type="password" id=(id) name=(self.name) aria-describedby=[described]
                    aria-invalid=[invalid] required[required] maxlength=[self.max_length]
                    autocomplete=[self.autocomplete];
            },
            Control::File { accept } => html! {
                input type="file" id=(id) name=(self.name) aria-describedby=[described]
                    aria-invalid=[invalid] required[required] accept=[accept.as_deref()];
            },
            Control::Text { kind, value } => html! {
                input type=(input_type(*kind)) id=(id) name=(self.name) value=(value)
                    aria-describedby=[described] aria-invalid=[invalid] required[required]
                    maxlength=[self.max_length] inputmode=[input_mode(*kind)]
                    autocomplete=[self.autocomplete.or(own_autocomplete(*kind))];
            },
        }
    }
}

impl Render for Field {
    fn render(&self) -> Markup {
        self.within("field")
    }
}

fn input_type(kind: TextKind) -> &'static str {
    match kind {
        // A code may begin with a zero; and a field of type number changes what is typed.
        TextKind::Plain | TextKind::Code | TextKind::Number => "text",
        TextKind::Email => "email",
        TextKind::Url => "url",
        TextKind::Date => "date",
    }
}

fn input_mode(kind: TextKind) -> Option<&'static str> {
    matches!(kind, TextKind::Code | TextKind::Number).then_some("numeric")
}

fn own_autocomplete(kind: TextKind) -> Option<&'static str> {
    matches!(kind, TextKind::Code).then_some("one-time-code")
}
