//! One line a route: method, path, and the function that answers. The API's description is made
//! from the types of that function, so the two cannot differ.
//!
//! Functions that answer are ordinary ones that may block: they run on threads of their own. What
//! is asynchronous (arrival, limits, time) is here.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use axum::routing::{MethodFilter, MethodRouter, on};
use mainstay_accounts::Right;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::asked::{Asked, Wanted};
use crate::form::Form;
use crate::openapi::{Described, described};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::serving::Serving;

/// Bytes of a form or of JSON.
const SMALL: usize = 256 << 10;
/// Bytes of a signed document, with the form around it.
const SIGNED: usize = 512 << 10;
/// Time for a request to arrive: small ones, and uploads.
const ARRIVAL: Duration = Duration::from_secs(20);
const ARRIVAL_OF_UPLOADS: Duration = Duration::from_mins(10);

/// A path with a method, and what answers.
pub(crate) struct Route {
    pub(crate) path: &'static str,
    pub(crate) handler: MethodRouter<Arc<Serving>>,
    /// Of the API's operations.
    pub(crate) described: Option<Described>,
}

impl Route {
    /// One sentence on what the operation does, for the API's description.
    pub(crate) fn says(mut self, summary: &'static str) -> Self {
        if let Some(described) = &mut self.described {
            described.summary = summary;
        }
        self
    }
}

/// `GET` of the API: path and query in, JSON out.
pub(crate) fn get<Q, T>(path: &'static str, answer: fn(&Asked, &Q) -> Result<T, Problem>) -> Route
where
    Q: DeserializeOwned + JsonSchema + Send + 'static,
    T: Serialize + JsonSchema + 'static,
{
    let run = move |asked: &Asked, arrived: &Arrived| {
        let given = arrived.given().or_else(|problem| {
            // Nobody in particular is told that a name is missing first, and not how to ask.
            asked.account()?;
            Err(problem)
        })?;
        answer(asked, &given).map(|value| Reply::json(StatusCode::OK, &value))
    };
    Route {
        path,
        handler: handler(MethodFilter::GET, Kind::Api, (SMALL, ARRIVAL), run),
        described: Some(described::<Q, T>("get", path, StatusCode::OK)),
    }
}

/// `POST` of a document, as it is: path and query in, bytes in, JSON out. The path names the
/// organisation that it is sent to.
pub(crate) fn upload<Q, T>(
    path: &'static str,
    answer: fn(&Asked, &Q, &[u8]) -> Result<T, Problem>,
) -> Route
where
    Q: DeserializeOwned + JsonSchema + Send + 'static,
    T: Serialize + JsonSchema + 'static,
{
    document_of(path, Kind::Upload, (0, ARRIVAL_OF_UPLOADS), answer)
}

/// As [`upload`], of a document that is small, such as a signed answer: it needs no place among
/// the large ones, and the path may name anything.
pub(crate) fn small_upload<Q, T>(
    path: &'static str,
    answer: fn(&Asked, &Q, &[u8]) -> Result<T, Problem>,
) -> Route
where
    Q: DeserializeOwned + JsonSchema + Send + 'static,
    T: Serialize + JsonSchema + 'static,
{
    document_of(path, Kind::Api, (SIGNED, ARRIVAL), answer)
}

fn document_of<Q, T>(
    path: &'static str,
    kind: Kind,
    limits: (usize, Duration),
    answer: fn(&Asked, &Q, &[u8]) -> Result<T, Problem>,
) -> Route
where
    Q: DeserializeOwned + JsonSchema + Send + 'static,
    T: Serialize + JsonSchema + 'static,
{
    let run = move |asked: &Asked, arrived: &Arrived| {
        asked.may_change()?;
        let value = answer(asked, &arrived.given()?, &arrived.body)?;
        Ok(Reply::json(StatusCode::CREATED, &value))
    };
    let mut described = described::<Q, T>("post", path, StatusCode::CREATED);
    described.takes_bytes = true;
    let handler = handler(MethodFilter::POST, kind, limits, run);
    Route { path, handler, described: Some(described) }
}

/// `POST` of JSON: path and query in, a value in, JSON out.
pub(crate) fn post<Q, B, T>(
    path: &'static str,
    answer: fn(&Asked, &Q, &B) -> Result<T, Problem>,
) -> Route
where
    Q: DeserializeOwned + JsonSchema + Send + 'static,
    B: DeserializeOwned + JsonSchema + 'static,
    T: Serialize + JsonSchema + 'static,
{
    let run = move |asked: &Asked, arrived: &Arrived| {
        asked.may_change()?;
        let body = serde_json::from_slice(&arrived.body)
            .map_err(|error| Problem::request(format!("the body: {error}")))?;
        let value = answer(asked, &arrived.given()?, &body)?;
        Ok(Reply::json(StatusCode::CREATED, &value))
    };
    Route {
        path,
        handler: handler(MethodFilter::POST, Kind::Api, (SMALL, ARRIVAL), run),
        described: Some(described::<Q, T>("post", path, StatusCode::CREATED).takes::<B>()),
    }
}

/// A page: path and query in, anything out.
pub(crate) fn page<Q>(path: &'static str, answer: fn(&Asked, &Q) -> Result<Reply, Problem>) -> Route
where
    Q: DeserializeOwned + Send + 'static,
{
    let run = move |asked: &Asked, arrived: &Arrived| answer(asked, &arrived.given()?);
    let handler = handler(MethodFilter::GET, Kind::Page, (SMALL, ARRIVAL), run);
    Route { path, handler, described: None }
}

/// A form that was sent: path in, fields in, mostly the way to a page out. A form that does not
/// belong to the session is refused before the function is called.
pub(crate) fn form<Q>(
    path: &'static str,
    answer: fn(&Asked, &Q, &Form) -> Result<Reply, Problem>,
) -> Route
where
    Q: DeserializeOwned + Send + 'static,
{
    form_of(path, Kind::Page, (SMALL, ARRIVAL), answer)
}

/// As [`form`], with files. The path names the organisation that they are sent to.
pub(crate) fn form_with_files<Q>(
    path: &'static str,
    answer: fn(&Asked, &Q, &Form) -> Result<Reply, Problem>,
) -> Route
where
    Q: DeserializeOwned + Send + 'static,
{
    form_of(path, Kind::UploadForm, (0, ARRIVAL_OF_UPLOADS), answer)
}

/// As [`form`], with small files: see [`small_upload`].
pub(crate) fn form_with_small_files<Q>(
    path: &'static str,
    answer: fn(&Asked, &Q, &Form) -> Result<Reply, Problem>,
) -> Route
where
    Q: DeserializeOwned + Send + 'static,
{
    form_of(path, Kind::Page, (SIGNED, ARRIVAL), answer)
}

fn form_of<Q>(
    path: &'static str,
    kind: Kind,
    limits: (usize, Duration),
    answer: fn(&Asked, &Q, &Form) -> Result<Reply, Problem>,
) -> Route
where
    Q: DeserializeOwned + Send + 'static,
{
    let run = move |asked: &Asked, arrived: &Arrived| {
        let form = Form::read(&arrived.parts, &arrived.body)?;
        asked.is_own_form(&form)?;
        answer(asked, &arrived.given()?, &form)
    };
    Route { path, handler: handler(MethodFilter::POST, kind, limits, run), described: None }
}

/// What a route is for: how its problems are told, and whether it takes large bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Api,
    Upload,
    Page,
    UploadForm,
}

impl Kind {
    fn is_upload(self) -> bool {
        matches!(self, Self::Upload | Self::UploadForm)
    }

    fn wanted(self) -> Wanted {
        match self {
            Self::Api | Self::Upload => Wanted::Json,
            Self::Page | Self::UploadForm => Wanted::Page,
        }
    }
}

/// A request that is here as a whole.
pub(crate) struct Arrived {
    pub(crate) parts: Parts,
    /// What stands in the path, as a query would write it.
    named: String,
    pub(crate) body: Bytes,
}

impl Arrived {
    /// The values of path and query. One that is given twice is refused.
    fn given<Q: DeserializeOwned>(&self) -> Result<Q, Problem> {
        let query = self.parts.uri.query().unwrap_or_default();
        let join = if self.named.is_empty() || query.is_empty() { "" } else { "&" };
        serde_urlencoded::from_str(&format!("{}{join}{query}", self.named))
            .map_err(|error| Problem::request(format!("the address: {error}")))
    }
}

/// What stands in the path.
struct Named {
    /// As a query would write it.
    text: String,
    /// The organisation that it names.
    organisation: Option<String>,
}

impl Named {
    fn of(named: &RawPathParams) -> Self {
        let text = serde_urlencoded::to_string(named.iter().collect::<Vec<_>>());
        let organisation = named.iter().find(|(name, _)| *name == "organisation");
        let organisation = organisation.map(|(_, value)| value.to_owned());
        Self { text: text.unwrap_or_default(), organisation }
    }
}

/// What stands in the path, when it is text.
type InPath = Result<RawPathParams, RawPathParamsRejection>;

fn handler<F>(
    method: MethodFilter,
    kind: Kind,
    (most, time): (usize, Duration),
    run: F,
) -> MethodRouter<Arc<Serving>>
where
    F: Fn(&Asked, &Arrived) -> Result<Reply, Problem> + Clone + Send + Sync + 'static,
{
    let handle = move |State(serving): State<Arc<Serving>>, named: InPath, request: Request| {
        let run = run.clone();
        async move {
            // What is no text names nothing.
            let named = named.ok().map(|named| Named::of(&named));
            answer(serving, kind, (most, time), named, request, run).await
        }
    };
    on(method, handle)
}

async fn answer<F>(
    serving: Arc<Serving>,
    kind: Kind,
    (most, time): (usize, Duration),
    named: Option<Named>,
    request: Request,
    run: F,
) -> Response<Body>
where
    F: Fn(&Asked, &Arrived) -> Result<Reply, Problem> + Send + 'static,
{
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let mut asked = serving.request(&parts, kind.wanted());
    let Some(named) = named else {
        return asked.told(Err(Problem::absent()), started).into_response();
    };
    let organisation = named.organisation;
    let there = organisation.clone();
    // Who it is and whether they may, before anything of theirs is waited for or kept. Where the
    // path names no organisation, the function that answers looks.
    let recognised = tokio::task::spawn_blocking(move || {
        let outcome = asked.recognise(&parts);
        let outcome = if kind.is_upload() {
            outcome.and_then(|()| {
                if let Some(there) = there.filter(|there| !asked.may(Right::Triage, there)) {
                    asked.needs(Right::Submit, &there)?;
                }
                asked.account_id()
            })
        } else {
            outcome.map(|()| String::new())
        };
        (asked, parts, outcome)
    });
    let Ok((asked, parts, outcome)) = recognised.await else { return broken() };
    let account = match outcome {
        Ok(account) => account,
        Err(problem) => return asked.told(Err(problem), started).into_response(),
    };
    let place = if kind.is_upload() {
        serving.places.take(&account, organisation.as_deref()).await.map(Some)
    } else {
        Ok(None)
    };
    let place = match place {
        Ok(place) => place,
        Err(problem) => return asked.told(Err(problem), started).into_response(),
    };
    let most = if kind.is_upload() { serving.most_bytes() } else { most };
    let arrived = tokio::time::timeout(time, axum::body::to_bytes(body, most)).await;
    let body = match arrived {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return asked.told(Err(Problem::too_large(most)), started).into_response(),
        Err(_) => return asked.told(Err(Problem::too_slow()), started).into_response(),
    };
    let done = tokio::task::spawn_blocking(move || {
        // The place is held until the work is done, also when nobody waits for it any more.
        let _place = place;
        let arrived = Arrived { parts, named: named.text, body };
        let outcome = run(&asked, &arrived);
        asked.told(outcome, started)
    });
    match done.await {
        Ok(reply) => reply.into_response(),
        Err(_) => broken(),
    }
}

/// It panicked: the hook has told the log.
fn broken() -> Response<Body> {
    Reply::problem_json(&Problem::ours("panic"), "").into_response()
}
