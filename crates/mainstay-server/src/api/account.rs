//! Who asks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::asked::{Asked, Who};
use crate::problem::Problem;

/// Nothing is asked for.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Nothing {}

/// Who asks.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Me {
    /// The id of the account.
    account: String,
    /// Its name.
    name: String,
    /// The id of the token, when one is used.
    token: Option<String>,
    /// What the token is for; empty without one.
    scopes: Vec<&'static str>,
    /// The roles of the account.
    roles: Vec<RoleThere>,
}

/// A role in an organisation.
#[derive(Serialize, JsonSchema)]
pub(crate) struct RoleThere {
    /// The id of the organisation.
    organisation: String,
    /// owner, maintainer, analyst, reader or auditor.
    role: &'static str,
}

/// Who asks, and with which rights.
pub(crate) fn me(asked: &Asked, _: &Nothing) -> Result<Me, Problem> {
    let account = asked.account()?;
    let (token, scopes) = match &asked.who {
        Who::Program(holder) => {
            (Some(holder.id.clone()), holder.scopes.iter().map(|scope| scope.word()).collect())
        }
        Who::Person(_) | Who::Nobody => (None, Vec::new()),
    };
    // What a token cannot act in, it need not know of.
    let bound = match &asked.who {
        Who::Program(holder) => holder.organisation.as_ref(),
        Who::Person(_) | Who::Nobody => None,
    };
    Ok(Me {
        account: account.id.to_string(),
        name: account.name.clone(),
        token,
        scopes,
        roles: account
            .memberships
            .iter()
            .filter(|one| bound.is_none_or(|there| *there == one.organisation))
            .map(|one| RoleThere {
                organisation: one.organisation.to_string(),
                role: one.role.word(),
            })
            .collect(),
    })
}
