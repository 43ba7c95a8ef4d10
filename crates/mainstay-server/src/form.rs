//! A form as a browser sends it. Standards: `application/x-www-form-urlencoded` (WHATWG URL),
//! `multipart/form-data` (RFC 7578).

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;

use crate::problem::Problem;

/// Fields that a form may have: one for each organisation that something is shared with.
const MOST_FIELDS: usize = 1_100;
/// Bytes of a form without files.
const MOST_WITHOUT_FILES: usize = 256 << 10;

/// The fields of a form, in order. A name may come several times.
#[derive(Debug, Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    files: Vec<Upload>,
}

/// A file in a form.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) field: String,
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
}

impl Form {
    pub(crate) fn read(parts: &Parts, body: &Bytes) -> Result<Self, Problem> {
        let kind = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or_default();
        let start = kind.split(';').next().unwrap_or_default().trim();
        if start.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            // Fields without files are small, also where files may come.
            if body.len() > MOST_WITHOUT_FILES {
                return Err(Problem::too_large(MOST_WITHOUT_FILES));
            }
            let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(body)
                .map_err(|error| Problem::request(format!("the form: {error}")))?;
            return bounded(Self { fields, files: Vec::new() });
        }
        if start.eq_ignore_ascii_case("multipart/form-data") {
            let boundary = multer::parse_boundary(kind)
                .map_err(|error| Problem::request(format!("the form: {error}")))?;
            return multipart(body, &boundary);
        }
        Err(Problem::request("a form is expected here"))
    }

    /// The first value of this name, without blanks around it; empty when there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.exact(name).trim()
    }

    /// The value of this name as it was typed, such as a password.
    pub(crate) fn exact(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(field, _)| field == name);
        found.map_or("", |(_, value)| value)
    }

    /// Every value of this name that is not empty, without blanks around it.
    pub(crate) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        let named = self.fields.iter().filter(move |(field, _)| field == name);
        named.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Whether a box of this name is ticked.
    pub(crate) fn is_ticked(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// The files of a field.
    pub(crate) fn files<'f>(&'f self, field: &'f str) -> impl Iterator<Item = &'f Upload> {
        self.files.iter().filter(move |file| file.field == field)
    }
}

/// The body is here as a whole already, so nothing is waited for.
fn multipart(body: &Bytes, boundary: &str) -> Result<Form, Problem> {
    let wrong = |error: multer::Error| Problem::request(format!("the form: {error}"));
    let mut parts = multer::Multipart::new(Body::from(body.clone()).into_data_stream(), boundary);
    let mut form = Form::default();
    tokio::runtime::Handle::current().block_on(async {
        while let Some(field) = parts.next_field().await.map_err(wrong)? {
            let name = field.name().unwrap_or_default().to_owned();
            let file = field.file_name().map(str::to_owned);
            let bytes = field.bytes().await.map_err(wrong)?;
            match file {
                Some(file) if file.is_empty() && bytes.is_empty() => {}
                Some(file) => {
                    form.files.push(Upload { field: name, name: file, bytes });
                }
                None => {
                    let text = String::from_utf8(bytes.to_vec())
                        .map_err(|_| Problem::request(format!("{name} is no text")))?;
                    form.fields.push((name, text));
                }
            }
            if form.fields.len() + form.files.len() > MOST_FIELDS {
                break;
            }
        }
        Ok::<(), Problem>(())
    })?;
    bounded(form)
}

fn bounded(form: Form) -> Result<Form, Problem> {
    if form.fields.len() + form.files.len() > MOST_FIELDS {
        return Err(Problem::request(format!("a form has at most {MOST_FIELDS} fields")));
    }
    Ok(form)
}
