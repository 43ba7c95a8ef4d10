//! `mainstay account`: what can be typed.

use clap::{Args as ClapArgs, Subcommand};

use super::InstanceArgs;

/// `mainstay account`.
#[derive(Debug, ClapArgs)]
pub(crate) struct AccountArgs {
    #[command(flatten)]
    pub(crate) instance: InstanceArgs,
    #[command(subcommand)]
    pub(crate) command: AccountCommand,
}

/// The commands of `mainstay account`.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Give somebody a role in an organisation
    Role {
        /// The mail address of the account
        #[arg(value_name = "MAIL")]
        mail: String,
        /// The id of the organisation
        #[arg(value_name = "ORGANISATION")]
        organisation: String,
        /// owner, maintainer, analyst, reader or auditor
        #[arg(value_name = "ROLE")]
        role: String,
    },
    /// Take every way into an account away, and show a link by which its owner begins anew
    ///
    /// For somebody who lost everything. Be sure by other means who asks.
    Reset {
        /// The mail address of the account
        #[arg(value_name = "MAIL")]
        mail: String,
    },
}
