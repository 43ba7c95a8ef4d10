//! `mainstay serve`.

use std::io::IsTerminal as _;
use std::sync::Arc;

use anyhow::Context as _;
use mainstay_accounts::{Accounts, PasswordRules, Settings};
use mainstay_console::{ExitCode, Line, Tone};
use mainstay_server::{
    Clock, LogForm, ServeOptions, TlsFiles, fill_demo, interrupted, log_to_stderr,
};

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
        fill_demo(&inventory, clock.now()).context("the example world was not filled")?;
    }
    let settings = Settings {
        rules: PasswordRules { breached: args.breached_passwords.clone() },
        ..Settings::default()
    };
    let accounts = Arc::new(Accounts::open(Arc::clone(&opened.database), settings)?);
    let first = accounts.first_run(clock.now())?;
    let served = mainstay_server::Instance {
        database: Arc::clone(&opened.database),
        inventory,
        accounts,
        key: Arc::new(opened.key()?),
        clock,
    };
    let tls = args.tls_certificate.clone().zip(args.tls_key.clone());
    let options = ServeOptions {
        listen: args.listen,
        public_url: args.public_url.clone(),
        tls: tls.map(|(certificate, key)| TlsFiles { certificate, key }),
        is_behind_proxy: args.behind_proxy,
        most_bytes: MOST_BYTES,
        is_demo: args.demo,
    };
    let told = |address: &str| {
        let mut sheet = context.output.sheet();
        sheet.push(&Line::default().text("Mainstay answers at ").toned(Tone::Strong, address));
        if let Some(secret) = &first {
            sheet.push(&Line::default().text("Make the first account (once, within a day):"));
            let link = format!("{address}/first-run?code={}", secret.reveal());
            sheet.push(&Line::indented(2).toned(Tone::Strong, link));
        }
        sheet.push(&Line::default().toned(Tone::Dim, "Ctrl-C ends it."));
        // Where nobody reads, the server serves all the same.
        let _ = context.output.result(&sheet.into_string());
    };
    let is_watched = std::io::stderr().is_terminal() && !common.verbose;
    log_to_stderr(if is_watched { LogForm::Troubles } else { LogForm::Json });
    mainstay_server::serve(served, &options, told, interrupted())?;
    Ok(ExitCode::Done)
}
