//! Calls to programs. Standard: Standard Webhooks 1.0
//! (<https://github.com/standard-webhooks/standard-webhooks>), with its asymmetric signatures
//! (`v1a`, Ed25519): whoever is called needs only the public key of the instance, and the instance
//! keeps no secret for each of them.
//!
//! A call follows no redirect, goes to no private address, waits a few seconds, and reads nothing
//! of the answer but its status.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use mainstay_fetch::{FetchErrorKind, Fetcher, Limits, Reach};
use mainstay_inventory::SubjectDocument;
use mainstay_store::SigningKey;
use mainstay_types::SourceUrl;
use serde::Serialize;

use crate::model::{Channel, WebhookAddress};
use crate::service::{Outcome, Parcel};

/// The key that signs calls.
#[derive(Debug)]
pub struct WebhookKey(SigningKey);

impl WebhookKey {
    /// Calls are signed with this key.
    pub fn new(key: SigningKey) -> Self {
        Self(key)
    }

    /// The public key, as Standard Webhooks writes it: `whpk_` and base64.
    pub fn public(&self) -> String {
        format!("whpk_{}", STANDARD.encode(self.0.verifying().public()))
    }
}

/// A call, ready to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCall {
    /// Where to.
    pub to: WebhookAddress,
    /// `webhook-id`: the same each time that the delivery is tried.
    pub id: String,
    /// `webhook-timestamp`: seconds since 1970.
    pub timestamp: i64,
    /// `webhook-signature`: `v1a,` and base64 of a signature over `id.timestamp.body`.
    pub signature: String,
    /// JSON.
    pub body: String,
}

impl SignedCall {
    /// The call of a parcel, if it goes to a program. `origin` is the address of this server.
    pub fn of(parcel: &Parcel, key: &WebhookKey, origin: &str, now: Timestamp) -> Option<Self> {
        let Channel::Webhook(to) = &parcel.channel else { return None };
        let content = &parcel.notice.content;
        let body = Body {
            r#type: if parcel.turn == 0 { "notice.told" } else { "notice.reminder" },
            timestamp: now.to_string(),
            data: Data {
                notice: &parcel.notice.id,
                from: &parcel.notice.owner,
                from_name: &parcel.from,
                to: &parcel.party,
                marking: content.marking.label(),
                title: content.title.as_str(),
                text: content.text.as_str(),
                subject: (&content.subject).into(),
                digest: content.digest().to_string(),
                page: format!("{origin}/notices/{}", parcel.notice.id),
                answers: format!("{origin}/api/v1/notices/{}/answers", parcel.notice.id),
            },
        };
        // A struct of texts is always JSON.
        let body = serde_json::to_string(&body).unwrap_or_default();
        let (id, timestamp) = (parcel.delivery.clone(), now.as_second());
        let signature = key.0.sign(format!("{id}.{timestamp}.{body}").as_bytes());
        let signature = format!("v1a,{}", STANDARD.encode(signature));
        Some(Self { to: to.clone(), id, timestamp, signature, body })
    }
}

#[derive(Serialize)]
struct Body<'b> {
    r#type: &'static str,
    timestamp: String,
    data: Data<'b>,
}

#[derive(Serialize)]
struct Data<'b> {
    notice: &'b str,
    from: &'b str,
    from_name: &'b str,
    to: &'b str,
    marking: &'static str,
    title: &'b str,
    text: &'b str,
    subject: SubjectDocument,
    digest: String,
    page: String,
    answers: String,
}

/// Makes calls.
#[derive(Clone)]
pub struct Caller {
    fetcher: Fetcher,
    reaches_this_machine: bool,
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Caller")
    }
}

impl Caller {
    /// Makes calls to public addresses; to this machine only for an example world.
    pub fn new(user_agent: &str, reaches_this_machine: bool) -> Self {
        let limits = Limits {
            connect: Duration::from_secs(5),
            stall: Duration::from_secs(10),
            total: Duration::from_secs(20),
            bytes: 64 << 10,
            redirects: 0,
        };
        let reach = if reaches_this_machine { Reach::PublicAndThisMachine } else { Reach::Public };
        Self { fetcher: Fetcher::to(reach, limits, user_agent), reaches_this_machine }
    }

    /// Makes a call.
    pub fn call(&self, call: &SignedCall) -> Outcome {
        if call.to.is_this_machine() && !self.reaches_this_machine {
            return Outcome::Never("this machine is not called".to_owned());
        }
        let timestamp = call.timestamp.to_string();
        let headers = [
            ("content-type", "application/json"),
            ("webhook-id", &*call.id),
            ("webhook-timestamp", &*timestamp),
            ("webhook-signature", &*call.signature),
        ];
        let url: SourceUrl = call.to.url();
        match self.fetcher.post(&url, &headers, call.body.as_bytes()) {
            Ok(200..300) => Outcome::Taken,
            // "410 Gone": the one who listened there does not any more.
            Ok(410) => Outcome::Never("the program answered 410: it is gone".to_owned()),
            Ok(status @ 300..400) => {
                Outcome::Never(format!("the program answered {status}: redirects are not followed"))
            }
            Ok(status) => Outcome::Later(format!("the program answered {status}")),
            Err(error) => {
                let why = call.to.hidden_in(&trouble(error.kind()));
                if matches!(error.kind(), FetchErrorKind::Address(_)) {
                    Outcome::Never(why)
                } else {
                    Outcome::Later(why)
                }
            }
        }
    }
}

/// What went wrong, without the address: who reads it may not know that.
fn trouble(kind: &FetchErrorKind) -> String {
    match kind {
        FetchErrorKind::Address(why) => why.clone(),
        FetchErrorKind::NoHost => "the host was not found".to_owned(),
        FetchErrorKind::Timeout => "no answer in time".to_owned(),
        FetchErrorKind::Status(status) => format!("the program answered {status}"),
        FetchErrorKind::TooLarge(most) => format!("the answer is longer than {most} bytes"),
        FetchErrorKind::NoConnection(why)
        | FetchErrorKind::Tls(why)
        | FetchErrorKind::Proxy(why)
        | FetchErrorKind::Broken(why)
        | FetchErrorKind::Protocol(why) => format!("no connection, or it broke: {why}"),
        FetchErrorKind::Redirect(_) => "redirects are not followed".to_owned(),
    }
}
