//! What goes back: JSON, a page, a file, or the way to another page.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION, RETRY_AFTER, SET_COOKIE,
    WWW_AUTHENTICATE,
};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::problem::Problem;

/// An answer, before the headers that every answer has.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
}

impl Reply {
    fn new(status: StatusCode, kind: &'static str, body: Vec<u8>) -> Self {
        let headers = vec![
            (CONTENT_TYPE, HeaderValue::from_static(kind)),
            // What one reader sees is not kept for another.
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        Self { status, headers, body }
    }

    /// A value as JSON.
    pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self::new(status, "application/json", body),
            Err(error) => Self::problem_json(&Problem::ours(error.to_string()), ""),
        }
    }

    /// A page.
    pub(crate) fn html(status: StatusCode, html: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", html.into_bytes())
    }

    /// Something of some kind, as it is.
    pub(crate) fn text(kind: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self::new(StatusCode::OK, kind, body.into())
    }

    /// A file to be kept, under a name that is made safe here.
    pub(crate) fn file(kind: &'static str, name: &str, body: Vec<u8>) -> Self {
        let plain = |letter: char| {
            if letter.is_ascii_alphanumeric() || "-_.".contains(letter) { letter } else { '_' }
        };
        let name: String = name.chars().map(plain).take(100).collect();
        let mut reply = Self::new(StatusCode::OK, kind, body);
        if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
            reply.headers.push((CONTENT_DISPOSITION, value));
        }
        reply
    }

    /// To another page of this server, to be read there (303).
    pub(crate) fn see(path: &str) -> Self {
        let mut reply = Self::new(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", Vec::new());
        // Browsers drop control characters, and take `\` for `/`.
        let is_plain = !path.contains('\\') && !path.chars().any(char::is_control);
        let is_ours = path.starts_with('/') && !path.starts_with("//") && is_plain;
        let path = if is_ours { path } else { "/" };
        let value = HeaderValue::from_str(path).unwrap_or_else(|_| HeaderValue::from_static("/"));
        reply.headers.push((LOCATION, value));
        reply
    }

    /// A problem for a program.
    pub(crate) fn problem_json(problem: &Problem, request: &str) -> Self {
        let body = serde_json::to_vec(&problem.document(request)).unwrap_or_default();
        let mut reply = Self::new(problem.status, "application/problem+json", body);
        if problem.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer realm=\"mainstay\"");
            reply.headers.push((WWW_AUTHENTICATE, scheme));
        }
        reply.with_wait(problem)
    }

    /// Says when to try again, where the problem knows.
    pub(crate) fn with_wait(mut self, problem: &Problem) -> Self {
        if let Some(seconds) = problem.retry_after {
            self.headers.push((RETRY_AFTER, HeaderValue::from(seconds)));
        }
        self
    }

    /// What never changes under its name may be kept for a year.
    pub(crate) fn kept(mut self) -> Self {
        self.headers.retain(|(name, _)| name != CACHE_CONTROL);
        let value = HeaderValue::from_static("public, max-age=31536000, immutable");
        self.headers.push((CACHE_CONTROL, value));
        self
    }

    pub(crate) fn with_cookie(mut self, cookie: &str) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(cookie) {
            value.set_sensitive(true);
            self.headers.push((SET_COOKIE, value));
        }
        self
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        response
    }
}
