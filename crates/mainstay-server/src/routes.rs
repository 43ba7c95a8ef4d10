//! Every path, with what answers. A new one is a line here and a function there.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, RawPathParams, Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get as handle;
use mainstay_store::StoreError;
use serde::Deserialize;

use crate::asked::Wanted;
use crate::headers::guard;
use crate::live::Listener;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::route::{
    Route, form, form_with_files, form_with_small_files, get, page, post, small_upload, upload,
};
use crate::serve::Peer;
use crate::serving::Serving;
use crate::{api, openapi, pages};

/// The operations of the API, and the pages.
pub(crate) fn routes() -> Vec<Route> {
    let mut routes = api_routes();
    routes.extend(page_routes());
    routes.extend(question_routes());
    routes.extend(account_routes());
    routes.extend(notice_routes());
    routes.extend(statement_routes());
    routes
}

fn notice_routes() -> Vec<Route> {
    vec![
        get("/api/v1/notices", api::notices::list)
            .says("The notices that whoever asks may see, the newest first"),
        small_upload("/api/v1/notices", api::notices::draft)
            .says("Draft a notice; a person reviews it"),
        get("/api/v1/notices/{notice}", api::notices::notice)
            .says("A notice, with what the organisations of whoever asks answered"),
        get("/api/v1/notices/{notice}/export", api::notices::export)
            .says("A notice with everything about its recipients, for the organisation that tells"),
        small_upload("/api/v1/notices/{notice}/answers", api::notices::answer)
            .says("Answer a notice for an organisation; the newest answer counts"),
        get("/api/v1/organisations/{organisation}/contacts", api::notices::contacts)
            .says("The contacts that an organisation has written down"),
        page("/notices", pages::notices::notices),
        form("/notices", pages::notices::create),
        page("/notices/new", pages::notices::new),
        form("/notices/wish", pages::notices::wish),
        page("/notices/{notice}", pages::notice::notice),
        page("/notices/{notice}/export", pages::notice::export),
        form("/notices/{notice}/edit", pages::notice_steps::edit),
        form("/notices/{notice}/review", pages::notice_steps::review),
        form("/notices/{notice}/release", pages::notice_steps::release),
        form("/notices/{notice}/tell-more", pages::notice_steps::tell_more),
        form("/notices/{notice}/remind", pages::notice_steps::remind),
        form("/notices/{notice}/close", pages::notice_steps::close),
        form("/notices/{notice}/answer", pages::notice_steps::answer),
        page("/told", pages::told::told),
        form("/told", pages::told::open),
        form("/told/answer", pages::told::answer),
        page("/inventory/{organisation}/contacts", pages::contacts::contacts),
        form("/inventory/{organisation}/contacts", pages::contacts::change),
    ]
}

fn api_routes() -> Vec<Route> {
    vec![
        get("/api/v1/me", api::account::me).says("Who asks, and with which rights"),
        get("/api/v1/affected", api::affected::affected)
            .says("Who is affected by an advisory, or by a package in a range of versions"),
        get("/api/v1/figures", api::affected::figures)
            .says("How many are affected by sector, in bands, for those who see no inventory"),
        get("/api/v1/organisations", api::inventory::organisations)
            .says("The organisations whose inventory whoever asks may see"),
        get("/api/v1/organisations/{organisation}/assets", api::inventory::assets)
            .says("What an organisation deploys or ships"),
        upload("/api/v1/organisations/{organisation}/sboms", api::inventory::receive)
            .says("Take in the SBOM of a version of an asset"),
        get("/api/v1/assets/{asset}/sboms", api::inventory::sboms)
            .says("The SBOMs of an asset, newest first"),
        get("/api/v1/assets/{asset}/findings", api::inventory::findings)
            .says("What is wrong with an asset, and what was"),
        get("/api/v1/assets/{asset}/changes", api::inventory::changes)
            .says("What differs between two SBOMs of an asset"),
        get("/api/v1/prevalence", api::prevalence::prevalence)
            .says("What the organisations in sight rest on, and where help goes furthest"),
        get("/api/v1/log", api::log::entries).says("The log, oldest first"),
    ]
}

fn statement_routes() -> Vec<Route> {
    vec![
        upload("/api/v1/organisations/{organisation}/vex", api::statements::receive)
            .says("Take in a VEX document"),
        get("/api/v1/organisations/{organisation}/vex-documents", api::statements::documents)
            .says("The VEX documents of an organisation, newest first"),
        get("/api/v1/vex-documents/{document}", api::statements::document)
            .says("What a VEX document says, and what of it has no effect"),
        get("/api/v1/organisations/{organisation}/statements", api::statements::statements)
            .says("What is said about flaws in what an organisation uses"),
        get("/api/v1/organisations/{organisation}/vex", api::statements::vex_of_organisation)
            .says("What counts of that, as a VEX document"),
        get("/api/v1/organisations/{organisation}/work", api::statements::work)
            .says("The open findings of an organisation, in the order of work"),
        get("/api/v1/assets/{asset}/vex", api::statements::vex_of_asset)
            .says("What counts of what is said about an asset, as a VEX document"),
        post("/api/v1/assets/{asset}/statements", api::statements::say)
            .says("Say something about a finding of an asset"),
        post("/api/v1/assets/{asset}/context", api::statements::set_context)
            .says("Say who reaches an asset, and what rests on it"),
        form_with_files("/inventory/{organisation}/vex", pages::vex::receive),
        page("/inventory/{organisation}/vex", pages::vex::written),
        page("/inventory/{organisation}/vex/{document}", pages::vex::document),
        page("/inventory/{organisation}/vex/{document}/file", pages::vex::file),
        page("/inventory/{organisation}/assets/{asset}/vex", pages::vex::written_of_asset),
        page("/inventory/{organisation}/assets/{asset}/finding", pages::finding::finding),
        form("/inventory/{organisation}/assets/{asset}/finding", pages::finding::say),
        form("/inventory/{organisation}/assets/{asset}/context", pages::finding::set_context),
    ]
}

fn page_routes() -> Vec<Route> {
    vec![
        page("/", pages::overview::overview),
        page("/affected", pages::affected::affected),
        page("/inventory", pages::inventory::organisations),
        page("/inventory/{organisation}", pages::inventory::organisation),
        form_with_files("/inventory/{organisation}/sboms", pages::inventory::receive),
        form("/inventory/{organisation}/sharing", pages::sharing::share),
        page("/inventory/{organisation}/members", pages::members::members),
        form("/inventory/{organisation}/members", pages::members::change),
        form("/inventory/{organisation}/invitations", pages::members::invite),
        page("/inventory/{organisation}/assets/{asset}", pages::asset::asset),
        page("/inventory/{organisation}/assets/{asset}/changes", pages::asset::changes),
        page("/inventory/{organisation}/sboms/{sbom}", pages::asset::document),
        page("/advisories", pages::advisories::advisories),
        page("/prevalence", pages::prevalence::prevalence),
        page("/prevalence.csv", api::prevalence::table),
        page("/log", pages::log::log),
        page("/search", pages::search::search),
        page("/administration", pages::administration::administration),
        form("/administration/organisations", pages::administration::put_organisation),
    ]
}

fn question_routes() -> Vec<Route> {
    vec![
        get("/api/v1/questions", api::questions::questions)
            .says("The questions that whoever asks may see, newest first"),
        small_upload("/api/v1/questions", api::questions::publish)
            .says("Publish a question that an organisation signed"),
        get("/api/v1/questions/{question}", api::questions::question).says("A question"),
        get("/api/v1/questions/{question}/file", api::questions::file)
            .says("A question as it was signed, for `mainstay affected --question`"),
        get("/api/v1/questions/{question}/answers", api::questions::answers)
            .says("The answers to a question that whoever asks may see, at most 500"),
        small_upload("/api/v1/questions/{question}/answers", api::questions::receive)
            .says("Answer a question in the name of an organisation"),
        get("/api/v1/questions/{question}/picture", api::questions::picture)
            .says("Who is affected, from answers and from inventories, for whoever asked"),
        page("/questions", pages::questions::questions),
        page("/questions/new", pages::questions::new),
        form("/questions/new", pages::questions::ask),
        page("/questions/new/file", pages::questions::new_file),
        form_with_small_files("/questions/new/file", pages::questions::publish),
        page("/questions/{question}", pages::questions::question),
        page("/questions/{question}/file", pages::questions::file),
        form("/questions/{question}/close", pages::questions::close),
        form_with_small_files("/questions/{question}/answers", pages::answers::receive),
        page("/questions/{question}/answers/{answer}", pages::answers::file),
        page("/questions/{question}/draft", pages::answers::draft),
        form("/questions/{question}/draft", pages::answers::send),
    ]
}

fn account_routes() -> Vec<Route> {
    vec![
        page("/first-run", pages::sign_in::first_run),
        form("/first-run", pages::sign_in::create_first),
        page("/sign-in", pages::sign_in::sign_in),
        form("/sign-in", pages::sign_in::try_sign_in),
        form("/sign-in/second", pages::sign_in::second_step),
        form("/sign-out", pages::sign_in::sign_out),
        page("/prove-again", pages::sign_in::prove_again),
        form("/prove-again", pages::sign_in::try_prove),
        form("/passkeys/first", pages::passkeys::ask_first),
        form("/passkeys/join", pages::passkeys::ask_join),
        form("/passkeys/sign-in", pages::passkeys::ask_sign_in),
        form("/passkeys/proof", pages::passkeys::ask_proof),
        form("/passkeys/new", pages::passkeys::ask_new),
        form("/first-run/passkey", pages::passkeys::create_first),
        form("/sign-in/passkey", pages::passkeys::sign_in),
        form("/prove-again/passkey", pages::passkeys::prove),
        form("/join/passkey", pages::passkeys::join),
        form("/account/passkeys", pages::passkeys::add),
        form("/account/passkeys/name", pages::passkeys::name),
        form("/account/passkeys/remove", pages::passkeys::remove),
        page("/prove-mail", pages::sign_in::prove_mail),
        form("/prove-mail", pages::sign_in::take_mail_proof),
        page("/lost-password", pages::sign_in::lost_password),
        form("/lost-password", pages::sign_in::ask_recovery),
        page("/recover", pages::sign_in::recover),
        form("/recover", pages::sign_in::set_recovered),
        page("/join", pages::members::join),
        form("/join", pages::members::take_invitation),
        page("/account", pages::account::account),
        form("/account/password", pages::account::change_password),
        form("/account/password/remove", pages::account::remove_password),
        form("/account/mail", pages::address::change),
        form("/account/mail/proof", pages::address::ask_proof),
        form("/account/leave", pages::account::leave),
        page("/account/second-factor", pages::account::second_factor),
        form("/account/second-factor", pages::account::confirm_second_factor),
        form("/account/second-factor/begin", pages::account::begin_second_factor),
        form("/account/second-factor/remove", pages::account::remove_second_factor),
        form("/account/recovery-codes", pages::account::renew_codes),
        form("/account/tokens", pages::account::create_token),
        form("/account/tokens/revoke", pages::account::revoke_token),
        form("/account/sessions/end", pages::account::end_session),
    ]
}

/// Everything that is answered.
pub(crate) fn router(serving: &Arc<Serving>) -> Router {
    let all = routes();
    // Made once: it does not change while the program runs.
    let description = openapi::document(&all).to_string();
    let described = move || async move { told(Ok(Reply::text("application/json", description))) };
    let mut router = Router::new();
    for route in all {
        router = router.route(route.path, route.handler);
    }
    router
        .route("/api/v1/openapi.json", handle(described))
        .route("/assets/{name}", handle(asset))
        .route("/events", handle(events))
        .route("/health/live", handle(async || "live\n"))
        .route("/health/ready", handle(ready))
        .route("/metrics", handle(metrics))
        .fallback(absent)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(Arc::clone(serving), guard))
        .with_state(Arc::clone(serving))
}

async fn asset(named: RawPathParams) -> Response {
    let name = named.iter().next().map(|(_, value)| value.to_owned()).unwrap_or_default();
    let found = mainstay_ui::asset(&format!("/assets/{name}")).ok_or_else(Problem::absent);
    told(found.map(|asset| Reply::text(asset.content_type, asset.bytes).kept()))
}

/// For what is answered outside the table of routes.
fn told(outcome: Result<Reply, Problem>) -> Response {
    outcome.unwrap_or_else(|problem| Reply::problem_json(&problem, "")).into_response()
}

/// Runs what may block on a thread for that.
async fn blocking<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    // It panicked: the hook has told the log.
    tokio::task::spawn_blocking(run).await.unwrap_or_else(|_| Err(Problem::ours("panic")))
}

#[derive(Deserialize)]
struct Topics {
    topic: String,
}

async fn events(State(serving): State<Arc<Serving>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let Ok(Query(Topics { topic })) = Query::<Topics>::try_from_uri(&parts.uri) else {
        return told(Err(Problem::request("say which topic")));
    };
    let mut asked = serving.request(&parts, Wanted::Json);
    let listener = blocking(move || {
        asked.recognise(&parts)?;
        asked.account()?;
        Ok(Listener { sight: asked.sight()?, own: asked.own()? })
    });
    match listener.await {
        Ok(listener) => {
            let topics = topic.split(',').take(8).map(str::to_owned).collect();
            serving.live.answer(topics, listener)
        }
        Err(problem) => told(Err(problem)),
    }
}

/// Ready is a server whose database answers.
async fn ready(State(serving): State<Arc<Serving>>) -> Response {
    let looked = blocking(move || {
        let database = &serving.instance.database;
        Ok(database.read::<_, StoreError>(mainstay_store::events::newest)?)
    });
    told(looked.await.map(|_| Reply::text("text/plain; charset=utf-8", "ready\n")))
}

/// For those on the same machine only: how much is asked of a server is its operator's affair.
async fn metrics(State(serving): State<Arc<Serving>>, request: Request) -> Response {
    let peer = request.extensions().get::<Peer>();
    if serving.manner.is_behind_proxy || !peer.is_some_and(|peer| peer.0.ip().is_loopback()) {
        return told(Err(Problem::absent()));
    }
    let text = blocking(move || {
        let database = &serving.instance.database;
        let waiting = database.read::<_, StoreError>(mainstay_store::jobs::waiting)?;
        Ok(serving.metrics.text(&[
            ("mainstay_jobs_waiting", "Jobs that are ready or will be.", waiting.waiting),
            ("mainstay_jobs_dead", "Jobs that were given up.", waiting.dead),
        ]))
    });
    told(text.await.map(|text| Reply::text("text/plain; version=0.0.4", text)))
}

async fn absent(State(serving): State<Arc<Serving>>, request: Request) -> Response {
    unanswered(serving, request, Problem::absent()).await
}

async fn wrong_method(State(serving): State<Arc<Serving>>, request: Request) -> Response {
    unanswered(serving, request, Problem::method()).await
}

async fn unanswered(serving: Arc<Serving>, request: Request, problem: Problem) -> Response {
    let (parts, _) = request.into_parts();
    let is_api = parts.uri.path().starts_with("/api/");
    let mut asked = serving.request(&parts, if is_api { Wanted::Json } else { Wanted::Page });
    let started = std::time::Instant::now();
    let reply = blocking(move || {
        // Who asks decides only what stands in the page's head.
        let _ = asked.recognise(&parts);
        Ok(asked.told(Err(problem), started))
    });
    told(reply.await)
}
