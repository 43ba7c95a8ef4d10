//! `mainstay serve`.

use std::io::IsTerminal as _;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use mainstay_accounts::{Accounts, PasswordRules, Secret, Settings, UnprovedMail};
use mainstay_console::{ExitCode, Line, Tone};
use mainstay_fetch::MailServer;
use mainstay_notices::WebhookKey;
use mainstay_server::{
    Clock, Door, LogForm, Origin, Post, ServeOptions, TlsFiles, fill_demo, log_to_stderr,
};
use mainstay_webauthn::{RelyingParty, RpId};

use super::instance;
use crate::Context;
use crate::args::{Common, ServeArgs};

/// Bytes that a document may have, as for the command line.
const MOST_BYTES: usize = 64 << 20;

pub(crate) fn serve(
    context: &Context,
    common: &Common,
    args: &ServeArgs,
) -> anyhow::Result<ExitCode> {
    let opened = if args.demo {
        instance::Instance::open_demo(context, common)?
    } else {
        instance::Instance::open(context, common, &args.instance)?
    };
    let environment = context.environment.clone();
    // A time that was set is wrong or right for good; then it stands still.
    environment.now()?;
    let clock = Clock::new(move || environment.now().unwrap_or_default());
    let inventory = Arc::new(opened.inventory()?);
    if args.demo {
        fill_demo(&opened.database, &inventory, clock.now())
            .context("the example world was not filled")?;
    }
    let tls = args.tls_certificate.clone().zip(args.tls_key.clone());
    let options = ServeOptions {
        listen: args.listen,
        public_url: args.public_url.clone(),
        tls: tls.map(|(certificate, key)| TlsFiles { certificate, key }),
        is_behind_proxy: args.behind_proxy,
        most_bytes: MOST_BYTES,
        post: post(context, args)?,
        mail_from: args.mail_from.as_deref().map(str::parse).transpose()?,
        calls_this_machine: args.demo,
        is_demo: args.demo,
    };
    let door = Door::open(&options)?;
    let settings = Settings {
        rules: PasswordRules { breached: args.breached_passwords.clone() },
        passkeys: relying_party(door.origin()),
        // Where no letter leaves, nobody could prove an address.
        unproved_mail: match &options.post {
            Some(_) => UnprovedMail::MayMakeNoTokens,
            None => UnprovedMail::MayAll,
        },
        ..Settings::default()
    };
    let accounts = Arc::new(Accounts::open(Arc::clone(&opened.database), settings)?);
    let first = accounts.first_run(clock.now())?;
    let stop = door.interrupted()?;
    tell(context, door.origin(), first.as_ref())?;
    let served = mainstay_server::Instance {
        database: Arc::clone(&opened.database),
        questions: Arc::new(opened.questions()),
        inventory,
        accounts,
        webhook_key: WebhookKey::new(opened.webhook_key()?),
        clock,
    };
    let is_watched = std::io::stderr().is_terminal() && !common.verbose;
    log_to_stderr(if is_watched { LogForm::Troubles } else { LogForm::Json });
    mainstay_server::serve(door, served, &options, stop)?;
    Ok(ExitCode::Done)
}

/// How letters leave.
fn post(context: &Context, args: &ServeArgs) -> anyhow::Result<Option<Post>> {
    if let Some(folder) = &args.mail_folder {
        if !folder.is_dir() {
            bail!("{} is no folder: make it first, so that only you may read it", folder.display());
        }
        return Ok(Some(Post::Folder(folder.clone())));
    }
    let Some(address) = &args.smtp else { return Ok(None) };
    let password = match &args.smtp_password_file {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("{} cannot be read", file.display()))?;
            Some(text.trim_end_matches(['\r', '\n']).to_owned())
        }
        None => context.environment.smtp_password.clone(),
    };
    let server = MailServer::parse(address, password).context("--smtp")?;
    Ok(Some(Post::Server(server)))
}

/// Says where the server is, and how the first account is made.
fn tell(context: &Context, address: &Origin, first: Option<&Secret>) -> anyhow::Result<()> {
    let mut sheet = context.output.sheet();
    sheet.push(&Line::default().text("Mainstay answers at ").toned(Tone::Strong, address.as_str()));
    if let Some(secret) = first {
        sheet.push(&Line::default().text("Make the first account (once, within a day):"));
        let link = format!("{address}/first-run?code={}", secret.reveal());
        sheet.push(&Line::indented(2).toned(Tone::Strong, link));
    }
    sheet.push(&Line::default().toned(Tone::Dim, "Ctrl-C ends it."));
    context.output.result(&sheet.into_string())
}

/// Who asks for passkeys: the name by which people reach the server. An address of numbers, or
/// `http` from another machine, has none.
fn relying_party(origin: &Origin) -> Option<RelyingParty> {
    let id = RpId::parse(&origin.name()).ok()?;
    let page = mainstay_webauthn::Origin::parse(origin.as_str()).ok()?;
    RelyingParty::new(id, "Mainstay", vec![page]).ok()
}
