//! What every answer carries, and what every request must.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{HOST, STRICT_TRANSPORT_SECURITY};
use axum::http::{HeaderName, HeaderValue, Method, Response};
use axum::middleware::Next;
use std::sync::Arc;

use crate::asked::{from_own_origin, is_loopback};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::serving::Serving;

/// Refuses requests that are meant for another host or come from another's page, and adds the
/// headers that keep a page to itself.
pub(crate) async fn guard(
    State(serving): State<Arc<Serving>>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_ours = serving.manner.origin.host() == host.to_ascii_lowercase() || is_loopback(host);
    let is_reading = parts.method == Method::GET || parts.method == Method::HEAD;
    // Another name that leads here could be one whose owner reads along (DNS rebinding).
    let mut response = if !is_ours {
        let detail = "this server has another name: see --public-url";
        Reply::problem_json(&Problem::request(detail), "").into_response()
    } else if !is_reading && !from_own_origin(&parts, &serving.manner.origin) {
        Reply::problem_json(&Problem::forged(), "").into_response()
    } else {
        next.run(Request::from_parts(parts, body)).await
    };
    let headers = response.headers_mut();
    for (name, value) in mainstay_ui::SECURITY_HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if serving.manner.origin.is_secure() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(STRICT_TRANSPORT_SECURITY, year);
    }
    response
}
