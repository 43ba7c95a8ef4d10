//! Letters to people. The one door by which any of them leaves: as a file in a folder, for another
//! program to send, or by a mail server. Standards: RFC 5322 for their form, RFC 2047 for words
//! beyond ASCII in their heads, RFC 3834 for what no person wrote.

mod letter;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use mainstay_accounts::{Letter, Mail, Notice};
use mainstay_fetch::{Envelope, MailServer, send_mail};
use mainstay_notices::{Outcome, Parcel};
use mainstay_store::jobs;
use mainstay_types::Tlp;

use self::letter::Outgoing;
use crate::origin::Origin;

/// How letters leave.
#[derive(Clone, Debug)]
pub enum Post {
    /// As files in a folder, for another program to send.
    Folder(PathBuf),
    /// By a mail server.
    Server(MailServer),
}

/// How letters leave, and from whom they come.
#[derive(Clone, Debug)]
pub(crate) struct Office {
    pub(crate) post: Post,
    pub(crate) from: Option<Mail>,
}

impl Office {
    /// Sends a letter about an account.
    pub(crate) fn send_account(
        &self,
        job: &jobs::Taken,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<(), String> {
        let letter = Letter::read(&job.body).map_err(|error| error.to_string())?;
        let (subject, body) = words(&letter.about, origin);
        let outgoing = Outgoing {
            file: format!("{:012}", job.id),
            id: format!("{}.{}", job.id, now.as_second()),
            to: &letter.to,
            subject: subject.to_owned(),
            body,
        };
        match self.send(&outgoing, origin, now) {
            Outcome::Taken => Ok(()),
            Outcome::Later(why) | Outcome::Never(why) => Err(why),
        }
    }

    /// Sends a notice. Tried again it has the same name.
    pub(crate) fn send_notice(&self, parcel: &Parcel, origin: &Origin, now: Timestamp) -> Outcome {
        let (subject, body) = notice_words(parcel, origin);
        let outgoing = Outgoing {
            file: parcel.delivery.clone(),
            id: parcel.delivery.clone(),
            to: parcel.channel.address(),
            subject,
            body,
        };
        self.send(&outgoing, origin, now)
    }

    fn send(&self, outgoing: &Outgoing<'_>, origin: &Origin, now: Timestamp) -> Outcome {
        let host = origin.name();
        let usual = format!("mainstay@{host}");
        let from = self.from.as_ref().map_or(usual.as_str(), Mail::as_str);
        match &self.post {
            Post::Folder(folder) => {
                let text = outgoing.text((from, &host), now, true);
                match write(folder, &outgoing.file, &text) {
                    Ok(()) => Outcome::Taken,
                    Err(why) => Outcome::Later(why),
                }
            }
            Post::Server(server) => {
                let text = outgoing.text((from, &host), now, false);
                let envelope = Envelope { from, to: outgoing.to };
                match send_mail(server, &host, &envelope, &text) {
                    Ok(()) => Outcome::Taken,
                    Err(error) if error.is_final => Outcome::Never(error.why),
                    Err(error) => Outcome::Later(error.why),
                }
            }
        }
    }
}

/// The same letter twice is the same file.
fn write(folder: &Path, name: &str, text: &str) -> Result<(), String> {
    let path = folder.join(format!("{name}.eml"));
    let part = folder.join(format!("{name}.part"));
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // Letters hold links that let people in.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    fs::rename(&part, &path).map_err(failed)
}

/// What a letter with a notice says. What may not be known beyond an organisation crosses no mail
/// server: then the letter says who has a notice, and the link leads to it.
fn notice_words(parcel: &Parcel, origin: &Origin) -> (String, String) {
    let content = &parcel.notice.content;
    let marking = content.marking.label();
    let (from, to) = (&parcel.from, &parcel.party_name);
    let code = parcel.link.as_ref().map_or("", |link| link.reveal());
    let link = format!("{origin}{}", mainstay_ui::href("/told", &[("code", code)]));
    let page = format!("{origin}/notices/{}", parcel.notice.id);
    let reminder = match parcel.turn {
        0 => String::new(),
        turn => format!("Reminder {turn}: no answer has come yet.\n\n"),
    };
    let ways = format!(
        "Open it and answer for {to}:\n\n{link}\n\nWhoever has this link can do both, for 60 \
         days. People of {to} with an account here find it at\n\n{page}"
    );
    let (subject, said) = match content.marking {
        Tlp::Clear | Tlp::Green => (
            format!("[{marking}] {}", content.title.as_str()),
            format!("{}\n\n{}", content.title.as_str(), content.text.as_str()),
        ),
        Tlp::Amber | Tlp::AmberStrict | Tlp::Red => (
            format!("[{marking}] A notice for {to}"),
            "What it says is not for mail servers to read.".to_owned(),
        ),
    };
    let body =
        format!("{reminder}{from} has a notice for {to}, marked {marking}.\n\n{said}\n\n{ways}");
    (subject, body)
}

/// What a letter says: its subject, and its text.
fn words(about: &Notice, origin: &Origin) -> (&'static str, String) {
    let link = |path: &str, secret: &str| {
        format!("{origin}{}", mainstay_ui::href(path, &[("code", secret)]))
    };
    let changed = |what: &str| {
        let text = format!(
            "{what}\n\nIf it was not you, sign in, end your sessions and change what is left: \
             {origin}/account"
        );
        ("Your account was changed", text)
    };
    match about {
        Notice::Invitation { secret, organisation, role, by } => (
            "You are invited",
            format!(
                "{by} invites you to {organisation} as {role}. The link is valid for seven \
                 days:\n\n{}",
                link("/join", secret.reveal())
            ),
        ),
        Notice::MailProof { secret } => (
            "Is this your address?",
            format!(
                "Somebody gave this address for an account. If that was you, say so:\n\n{}\n\n\
                 If not, do nothing.",
                link("/prove-mail", secret.reveal())
            ),
        ),
        Notice::Recovery { secret } => (
            "A new password",
            format!(
                "Somebody, probably you, asked for a new password. The link is valid for half an \
                 hour:\n\n{}\n\nIf it was not you, do nothing.",
                link("/recover", secret.reveal())
            ),
        ),
        Notice::AccountReset => {
            changed("Every way into it was taken away; a link makes a new one.")
        }
        Notice::MailChangeAsked => changed("Another mail address was asked for."),
        Notice::MailChanged => changed("It has another mail address now."),
        Notice::PasswordChanged => changed("The password is another one."),
        Notice::PasswordRemoved => changed("There is no password any more."),
        Notice::FactorAdded => changed("Codes by time are asked for from now on."),
        Notice::FactorRemoved => changed("Codes by time are not asked for any more."),
        Notice::RecoveryCodesRenewed => changed("There are new recovery codes."),
        Notice::RecoveryCodeUsed => changed("A recovery code was used."),
        Notice::PasskeyAdded { name } => changed(&format!("There is a new passkey: {name}.")),
        Notice::PasskeyRemoved { name } => changed(&format!("A passkey is gone: {name}.")),
        Notice::PasskeyMayBeCopied { name } => {
            changed(&format!("There may be a copy of a passkey: {name}. It was refused."))
        }
        Notice::TokenCreated { name } => changed(&format!("An API token was made: {name}.")),
    }
}
