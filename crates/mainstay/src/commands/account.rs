//! `mainstay account`: what whoever runs an instance can do for its people.

use std::sync::Arc;

use anyhow::Context as _;
use mainstay_accounts::{Accounts, Mail, Membership, Settings};
use mainstay_console::{ExitCode, Line, Tone};

use super::instance::{Instance, operator};
use crate::Context;
use crate::args::{AccountArgs, AccountCommand, Common};

pub(crate) fn run(
    context: &Context,
    common: &Common,
    args: &AccountArgs,
) -> anyhow::Result<ExitCode> {
    let instance = Instance::open(context, common, &args.instance)?;
    let accounts = Accounts::open(Arc::clone(&instance.database), Settings::default())?;
    match &args.command {
        AccountCommand::Role { mail, organisation, role } => {
            let role = Membership::role_of(role)?;
            instance.inventory()?.party(organisation).with_context(|| {
                format!("there is no organisation \"{organisation}\": `mainstay inventory organisations` lists them")
            })?;
            let account = accounts.account_of(&mail.parse::<Mail>()?)?;
            let now = context.environment.now()?;
            let there = (organisation.as_str(), role);
            accounts.put_member(account.id.as_str(), there, &operator(), now)?;
            context
                .output
                .result(&format!("{} has that role in {organisation}\n", account.name))?;
        }
        AccountCommand::Reset { mail } => {
            let now = context.environment.now()?;
            let secret = accounts.reset(&mail.parse()?, &operator(), now)?;
            let mut sheet = context.output.sheet();
            sheet.push(&Line::default().text(
                "Every way into the account is gone. This link makes a new one, once, within a \
                 day; hand it over yourself. Put the address of the server before it:",
            ));
            let link = format!("/recover?code={}", secret.reveal());
            sheet.push(&Line::indented(2).toned(Tone::Strong, link));
            context.output.result(&sheet.into_string())?;
        }
    }
    Ok(ExitCode::Done)
}
