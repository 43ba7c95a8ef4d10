//! Who asks, when, from where and what for; and how the answer is told.
//!
//! Two ways to be known: a session, in a cookie, for people; a token, in a header, for programs.
//! A session alone never changes anything by the API, since a browser sends a cookie for any page
//! that makes it ask; forms carry a second secret for that (`Asked::is_own_form`).

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::MatchedPath;
use axum::http::Method;
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN, REFERER, USER_AGENT};
use axum::http::request::Parts;
use jiff::Timestamp;
use mainstay_accounts::{Account, Caller, Fresh, Right, Scope, Session, TokenHolder};
use mainstay_inventory::{Inventory, Sight};
use mainstay_notices::Notices;
use mainstay_questions::Questions;
use mainstay_store::Actor;
use mainstay_types::SourceUrl;
use mainstay_visibility::Reader;

use crate::form::Form;
use crate::origin::Origin;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::serving::Serving;

/// What whoever asks can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Json,
    Page,
}

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) enum Who {
    Nobody,
    Person(Box<Session>),
    Program(Box<TokenHolder>),
}

/// One request.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) serving: Arc<Serving>,
    pub(crate) now: Timestamp,
    pub(crate) who: Who,
    pub(crate) caller: Caller,
    /// The path with what stands behind `?`, to come back to after signing in.
    pub(crate) address: String,
    /// The page of ours from which a form was sent; the account's, when the browser does not say.
    came_from: String,
    id: String,
    /// What belongs to the options that a browser was given for a passkey.
    passkey_secret: String,
    wanted: Wanted,
    method: &'static str,
    route: String,
}

impl Asked {
    pub(crate) fn new(
        serving: Arc<Serving>,
        parts: &Parts,
        wanted: Wanted,
        id: String,
        from: Option<IpAddr>,
    ) -> Self {
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        let caller = Caller {
            origin: from.map_or_else(|| "unknown".to_owned(), |from| from.to_string()),
            agent: agent.unwrap_or_default().to_owned(),
        };
        let route = parts.extensions.get::<MatchedPath>();
        Self {
            now: serving.instance.clock.now(),
            who: Who::Nobody,
            caller,
            address: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            came_from: came_from(parts, &serving.manner.origin)
                .unwrap_or_else(|| "/account".to_owned()),
            id,
            passkey_secret: String::new(),
            wanted,
            method: if parts.method == Method::GET || parts.method == Method::HEAD {
                "GET"
            } else {
                "POST"
            },
            route: route.map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned()),
            serving,
        }
    }

    /// Looks who it is. A token that is wrong is refused; a session that has ended is nobody.
    pub(crate) fn recognise(&mut self, parts: &Parts) -> Result<(), Problem> {
        if let Some(secret) = cookie(parts, PASSKEY_COOKIE) {
            secret.clone_into(&mut self.passkey_secret);
        }
        let accounts = &self.serving.instance.accounts;
        if let Some(header) = parts.headers.get(AUTHORIZATION) {
            let text = header.to_str().map_err(|_| Problem::request("Authorization"))?;
            let secret = text
                .strip_prefix("Bearer ")
                .ok_or_else(|| Problem::request("Authorization: a Bearer token is asked for"))?;
            let holder = accounts.token(secret.trim(), self.now)?;
            self.who = Who::Program(Box::new(holder));
            return Ok(());
        }
        let Some(secret) = cookie(parts, self.cookie_name()) else { return Ok(()) };
        if let Some(session) = accounts.session(secret, self.now)? {
            self.who = Who::Person(Box::new(session));
        }
        Ok(())
    }

    /// The name of the cookie. Over TLS it cannot be set by another host of the same domain.
    pub(crate) fn cookie_name(&self) -> &'static str {
        if self.serving.manner.origin.is_secure() { "__Host-mainstay" } else { "mainstay" }
    }

    /// A cookie that keeps a session; without a secret, one that ends it.
    pub(crate) fn cookie(&self, secret: Option<&str>) -> String {
        let secure = if self.serving.manner.origin.is_secure() { "; Secure" } else { "" };
        let age = if secret.is_some() { 30 * 24 * 3_600 } else { 0 };
        let (name, value) = (self.cookie_name(), secret.unwrap_or("gone"));
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}")
    }

    /// What came back with a browser's answer about a passkey.
    pub(crate) fn passkey_secret(&self) -> &str {
        &self.passkey_secret
    }

    /// A cookie for the few minutes between options and answer.
    pub(crate) fn passkey_cookie(&self, secret: &str) -> String {
        let secure = if self.serving.manner.origin.is_secure() { "; Secure" } else { "" };
        format!("{PASSKEY_COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=300{secure}")
    }

    /// Whether the API may change something for whoever asks: programs only.
    pub(crate) fn may_change(&self) -> Result<(), Problem> {
        match self.who {
            Who::Program(_) => Ok(()),
            Who::Person(_) => Err(Problem::forbidden("the API takes changes with a token only")),
            Who::Nobody => Err(Problem::sign_in()),
        }
    }

    /// Refuses a form that another page sent. Of somebody who signed in it carries what only our
    /// pages of that session have; of anybody else it has to come from our own origin.
    pub(crate) fn is_own_form(&self, form: &Form) -> Result<(), Problem> {
        let is_own = match &self.who {
            Who::Person(session) => session.is_own_form(form.text("csrf")),
            Who::Program(_) => false,
            Who::Nobody => form.text("csrf") == NOBODYS_FORM,
        };
        if is_own { Ok(()) } else { Err(Problem::forged()) }
    }

    /// What a form of this session carries.
    pub(crate) fn csrf(&self) -> mainstay_ui::Csrf {
        mainstay_ui::Csrf::new(match &self.who {
            Who::Person(session) => session.form_token(),
            Who::Nobody | Who::Program(_) => NOBODYS_FORM.to_owned(),
        })
    }

    pub(crate) fn inventory(&self) -> &Inventory {
        &self.serving.instance.inventory
    }

    pub(crate) fn questions(&self) -> &Questions {
        &self.serving.instance.questions
    }

    /// The person, for pages that only somebody who signed in sees.
    pub(crate) fn session(&self) -> Result<&Session, Problem> {
        match &self.who {
            Who::Person(session) => Ok(session),
            Who::Nobody | Who::Program(_) => Err(Problem::sign_in()),
        }
    }

    /// The account behind whoever asks.
    pub(crate) fn account(&self) -> Result<&Account, Problem> {
        match &self.who {
            Who::Person(session) => Ok(&session.account),
            Who::Program(holder) => Ok(&holder.account),
            Who::Nobody => Err(Problem::sign_in()),
        }
    }

    /// The id of that account.
    pub(crate) fn account_id(&self) -> Result<String, Problem> {
        Ok(self.account()?.id.to_string())
    }

    /// A proof of the last minutes, before what is dangerous.
    pub(crate) fn fresh(&self) -> Result<Fresh<'_>, Problem> {
        Ok(self.session()?.fresh(self.now)?)
    }

    /// The administrator of the instance.
    pub(crate) fn administrator(&self) -> Result<&Session, Problem> {
        let session = self.session()?;
        if session.account.is_administrator { Ok(session) } else { Err(Problem::absent()) }
    }

    /// Whether whoever asks may read the whole log: the administrator, and a token of theirs that
    /// may read and is bound to no organisation.
    pub(crate) fn reads_the_log(&self) -> Result<bool, Problem> {
        let is_administrator = self.account()?.is_administrator;
        Ok(is_administrator
            && match &self.who {
                Who::Person(_) => true,
                Who::Program(holder) => {
                    holder.scopes.contains(&Scope::Read) && holder.organisation.is_none()
                }
                Who::Nobody => false,
            })
    }

    /// Who does something, for the log.
    pub(crate) fn actor(&self) -> Result<Actor, Problem> {
        match &self.who {
            Who::Person(session) => Ok(session.actor(&self.caller)),
            Who::Program(holder) => Ok(holder.actor(&self.caller)),
            Who::Nobody => Err(Problem::sign_in()),
        }
    }

    /// Whether whoever asks may do something in an organisation.
    pub(crate) fn may(&self, right: Right, organisation: &str) -> bool {
        match &self.who {
            Who::Person(session) => session.may(right, organisation),
            Who::Program(holder) => holder.may(right, organisation),
            Who::Nobody => false,
        }
    }

    /// Refuses what whoever asks may not do in an organisation. Of one that may not be known to be
    /// there, that is 404.
    pub(crate) fn needs(&self, right: Right, organisation: &str) -> Result<(), Problem> {
        if self.may(right, organisation) {
            return Ok(());
        }
        self.account()?;
        if self.sight()?.has(organisation) {
            return Err(Problem::forbidden("your role in this organisation does not include that"));
        }
        Err(Problem::absent())
    }

    /// Who asks, as rights see it.
    pub(crate) fn reader(&self) -> Result<Reader, Problem> {
        let account = match &self.who {
            Who::Nobody => return Ok(Reader::anonymous()),
            Who::Person(session) => &session.account,
            Who::Program(holder) => {
                // A token that may not read sees nothing.
                if !holder.scopes.contains(&Scope::Read) {
                    return Ok(Reader::anonymous());
                }
                &holder.account
            }
        };
        let there = match &self.who {
            Who::Program(holder) => holder.organisation.as_ref(),
            Who::Nobody | Who::Person(_) => None,
        };
        let roles = account
            .memberships
            .iter()
            .filter(|one| there.is_none_or(|there| *there == one.organisation))
            .map(|one| (one.organisation.clone(), one.role));
        Reader::signed_in(account.id.clone(), roles, [], [])
            .map_err(|error| Problem::ours(error.to_string()))
    }

    /// The organisations in which whoever asks has a role, by id.
    pub(crate) fn own(&self) -> Result<BTreeSet<String>, Problem> {
        let reader = self.reader()?;
        Ok(reader.memberships().map(|(id, _)| id.as_str().to_owned()).collect())
    }

    /// Whether whoever asks may speak for some organisation.
    pub(crate) fn speaks(&self) -> bool {
        self.own().is_ok_and(|own| own.iter().any(|id| self.may(Right::Speak, id)))
    }

    pub(crate) fn notices(&self) -> &Notices {
        &self.serving.notices
    }

    /// Whose inventories whoever asks may see.
    pub(crate) fn sight(&self) -> Result<Sight, Problem> {
        Ok(self.inventory().sight(&self.reader()?, self.now)?)
    }

    /// Refuses, with 404, what is not in sight.
    pub(crate) fn sees(&self, organisation: &str) -> Result<(), Problem> {
        if self.sight()?.has(organisation) {
            return Ok(());
        }
        self.account()?;
        Err(Problem::absent())
    }

    /// The answer as it goes out: a problem becomes a page or JSON, the request is counted and
    /// written down.
    pub(crate) fn told(&self, outcome: Result<Reply, Problem>, started: Instant) -> Reply {
        let reply = outcome.unwrap_or_else(|problem| self.tell_problem(&problem));
        let took = started.elapsed();
        let status = reply.status.as_u16();
        self.serving.metrics.count(self.method, &self.route, status, took);
        tracing::info!(
            request = %self.id, method = self.method, route = %self.route, status,
            microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "answered"
        );
        reply
    }

    fn tell_problem(&self, problem: &Problem) -> Reply {
        if let Some(cause) = &problem.cause {
            tracing::error!(request = %self.id, code = problem.code, %cause, "a request failed");
        }
        match self.wanted {
            Wanted::Json => Reply::problem_json(problem, &self.id),
            Wanted::Page if problem.code == "not-signed-in" => {
                let back = if self.method == "GET" { &self.address } else { &self.came_from };
                Reply::see(&mainstay_ui::href("/sign-in", &[("back", back)]))
            }
            Wanted::Page if problem.code == "prove-again" => {
                if self.method == "GET" {
                    let back = [("back", self.address.as_str())];
                    return Reply::see(&mainstay_ui::href("/prove-again", &back));
                }
                // What was typed is gone: passwords must not wait anywhere for a proof.
                let back = [("back", self.came_from.as_str()), ("undone", "yes")];
                Reply::see(&mainstay_ui::href("/prove-again", &back))
            }
            Wanted::Page => crate::pages::problem(self, problem, &self.id),
        }
    }
}

const PASSKEY_COOKIE: &str = "mainstay-passkey";

/// What forms of nobody in particular carry. That they come from our own pages is checked by
/// `from_own_origin`, for every request that changes something.
const NOBODYS_FORM: &str = "nobody";

/// Whether a request that changes something comes from a page of this server, or from no page at
/// all. Browsers say in `Origin` (RFC 6454) which page sends a form, and no page can forge it.
pub(crate) fn from_own_origin(parts: &Parts, origin: &Origin) -> bool {
    let Some(named) = parts.headers.get(ORIGIN) else { return true };
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    named.to_str().is_ok_and(|named| {
        // `Referrer-Policy: same-origin` makes no browser say `null` for our own forms.
        named == origin.as_str()
            || named
                .strip_prefix("http://")
                .is_some_and(|named| named == host && !origin.is_secure() && is_loopback(host))
    })
}

/// The page of ours that sent a form, as the browser says it in `Referer` (RFC 9110, section
/// 10.1.3). It decides only where a link back leads.
fn came_from(parts: &Parts, origin: &Origin) -> Option<String> {
    let referer = parts.headers.get(REFERER)?.to_str().ok()?;
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let here = || referer.strip_prefix("http://")?.strip_prefix(host).filter(|_| is_loopback(host));
    let path = referer.strip_prefix(origin.as_str()).or_else(here)?;
    path.starts_with('/').then(|| path.to_owned())
}

/// Whether a `Host` is one of a laptop's own: this machine by name, with any port.
pub(crate) fn is_loopback(host: &str) -> bool {
    SourceUrl::new(&format!("http://{host}/")).is_this_machine()
}

fn cookie<'p>(parts: &'p Parts, name: &str) -> Option<&'p str> {
    let all = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}
