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
use crate::problem::Problem;
use crate::reply::Reply;
use crate::route::{Route, form, form_with_files, get, page, upload};
use crate::serve::Peer;
use crate::serving::Serving;
use crate::{api, openapi, pages};

/// The operations of the API, and the pages.
pub(crate) fn routes() -> Vec<Route> {
    let mut routes = api_routes();
    routes.extend(page_routes());
    routes.extend(account_routes());
    routes
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
    let sight = blocking(move || {
        asked.recognise(&parts)?;
        asked.account()?;
        asked.sight()
    });
    match sight.await {
        Ok(sight) => {
            let topics = topic.split(',').take(8).map(str::to_owned).collect();
            serving.live.answer(topics, sight)
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
