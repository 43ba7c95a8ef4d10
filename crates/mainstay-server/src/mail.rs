//! Letters to people, as files in a folder. Standard: RFC 5322 for their form, RFC 2047 nowhere:
//! their heads are ASCII. Another program sends them, or a person reads them while developing.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use mainstay_accounts::{Letter, Notice};
use mainstay_store::{StoreError, jobs};

use crate::origin::Origin;
use crate::serving::Serving;

/// How long one process may work at a letter before another takes it.
const LEASE: Duration = Duration::from_mins(1);
/// Letters that are written at one look.
const AT_ONCE: usize = 50;

/// Writes the letters that wait. One that fails waits, and is tried again.
pub(crate) fn write_letters(serving: &Serving, folder: &Path) -> Result<(), StoreError> {
    let (instance, worker) = (&serving.instance, serving.run());
    for _ in 0..AT_ONCE {
        let now = instance.clock.now();
        let Some(job) = jobs::take(&instance.database, worker, now, LEASE)? else { break };
        let written = if job.kind == Letter::JOB {
            Letter::read(&job.body)
                .map_err(|error| error.to_string())
                .and_then(|letter| write(folder, &job, &letter, &serving.manner.origin, now))
        } else {
            Err(format!("nobody knows jobs of the kind {}", job.kind))
        };
        match written {
            Ok(()) => {
                instance.database.write(|transaction| jobs::done(transaction, &job).map(|_| ()))?;
            }
            Err(why) => {
                tracing::warn!(%why, job = job.id, "a letter was not written");
                jobs::failed(&instance.database, &job, &why, now)?;
            }
        }
    }
    Ok(())
}

/// The same letter twice is the same file.
fn write(
    folder: &Path,
    job: &jobs::Taken,
    letter: &Letter,
    origin: &Origin,
    now: Timestamp,
) -> Result<(), String> {
    let path = folder.join(format!("{:012}.eml", job.id));
    let part: PathBuf = folder.join(format!("{:012}.part", job.id));
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // Letters hold links that let people in.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part).map_err(failed)?;
    file.write_all(text(letter, origin, job.id, now).as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    fs::rename(&part, &path).map_err(failed)
}

fn text(letter: &Letter, origin: &Origin, number: i64, now: Timestamp) -> String {
    let host = origin.name();
    let (subject, body) = words(&letter.about, origin);
    let date = now.strftime("%a, %d %b %Y %H:%M:%S +0000");
    format!(
        "From: Mainstay <mainstay@{host}>\r\nTo: {}\r\nSubject: {subject}\r\nDate: {date}\r\n\
         Message-ID: <{number}.{}@{host}>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\
         Auto-Submitted: auto-generated\r\n\r\n{}\r\n",
        letter.to,
        now.as_second(),
        body.replace('\n', "\r\n")
    )
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
