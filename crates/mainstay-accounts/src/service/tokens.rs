//! API tokens: `mst_`, 43 letters and digits of a secret, and six of a checksum, so that a scanner can tell
//! a real one from a text that looks alike, without asking anybody: `mst_[0-9A-Za-z]{43}[0-9A-Za-z]{6}`.

use jiff::{SignedDuration, Timestamp};
use mainstay_store::{Transaction, new_id};
use serde_json::json;

use super::{Accounts, UnprovedMail, earlier, later};
use crate::AccountsError;
use crate::model::{
    Caller, Fresh, NewToken, Right, Scope, Session, TokenHolder, TokenRow, label, may,
};
use crate::notice::{Notice, tell};
use crate::secret::{Secret, hash_of, random};
use crate::store::{accounts, tokens};

const PREFIX: &str = "mst_";
const LETTERS: usize = 43;
const CHECKSUM: usize = 6;
const MOST_DAYS: i64 = 366;
/// Tokens of one account that are valid at a time.
const MOST_TOKENS: i64 = 100;
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl Accounts {
    /// Makes a token. The secret is given once.
    ///
    /// # Errors
    /// A name, a number of days or a scope that will not do; an organisation in which the person
    /// has no role.
    pub fn create_token(
        &self,
        fresh: Fresh<'_>,
        new: &NewToken,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Secret, AccountsError> {
        let session = fresh.session();
        let name = label("name", &new.name)?;
        if !(1..=MOST_DAYS).contains(&new.days) {
            return Err(AccountsError::field("days", "1 to 366 days are possible"));
        }
        if new.scopes.is_empty() {
            return Err(AccountsError::field("scopes", "say at least one thing that it is for"));
        }
        if let Some(organisation) = &new.organisation
            && !may(&session.account.memberships, Right::SeeInventory, organisation.as_str())
        {
            return Err(AccountsError::field("organisation", "you have no role there"));
        }
        let secret = new_secret()?;
        let row = TokenRow {
            id: new_id("token", now)?,
            name,
            organisation: new.organisation.as_ref().map_or("", |one| one.as_str()).to_owned(),
            scopes: Scope::ALL.into_iter().filter(|one| new.scopes.contains(one)).collect(),
            made_at: now,
            expires_at: later(now, SignedDuration::from_hours(24 * new.days)),
            seen_at: None,
            revoked_at: None,
        };
        let account = &session.account;
        self.write(|transaction| {
            accounts::hold(transaction, account.id.as_str())?;
            self.check_mail(transaction, account.id.as_str())?;
            if tokens::count_valid(transaction, account.id.as_str(), now)? >= MOST_TOKENS {
                return Err(AccountsError::NotAllowed("100 tokens are valid: end some of them"));
            }
            tokens::add(transaction, (&secret.hash(), account.id.as_str()), &row)?;
            let scopes: Vec<&str> = row.scopes.iter().map(|scope| scope.word()).collect();
            let detail = json!({ "organisation": row.organisation, "scopes": scopes,
                "expires_at": row.expires_at.to_string() });
            transaction.append(caller.actor(account.id.as_str()).does(
                "token.add",
                &row.id,
                detail,
                now,
            ));
            let about = Notice::TokenCreated { name: row.name.clone() };
            tell(transaction, &account.mail, about, now)
        })?;
        Ok(secret)
    }

    /// Who asks with this token.
    ///
    /// # Errors
    /// [`AccountsError::Wrong`] when it is none, has ended or was revoked. Nothing is counted:
    /// nobody guesses 256 random bits, and what has no right checksum is not even looked up.
    pub fn token(&self, secret: &str, now: Timestamp) -> Result<TokenHolder, AccountsError> {
        if !has_checksum(secret) {
            return Err(AccountsError::Wrong);
        }
        let hash = hash_of(secret);
        let found = self.read(|transaction| {
            let kept = tokens::of_hash(transaction, &hash)?;
            let Some(kept) =
                kept.filter(|kept| kept.row.revoked_at.is_none() && kept.row.expires_at > now)
            else {
                return Ok(None);
            };
            let account = accounts::of_id(transaction, &kept.account)?;
            Ok(account.map(|account| (kept.row, account)))
        })?;
        let (row, account) = found.ok_or(AccountsError::Wrong)?;
        if row.seen_at.is_none_or(|seen| seen < earlier(now, SEEN_EVERY)) {
            self.write(|transaction| Ok(tokens::seen(transaction, &row.id, now)?))?;
        }
        let organisation = (!row.organisation.is_empty()).then(|| row.organisation.parse());
        let organisation = organisation.transpose()?;
        Ok(TokenHolder { account, id: row.id, organisation, scopes: row.scopes })
    }

    /// The tokens of a person, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn tokens(&self, session: &Session) -> Result<Vec<TokenRow>, AccountsError> {
        let account = session.account.id.as_str();
        self.read(|transaction| Ok(tokens::of_account(transaction, account)?))
    }

    /// Ends a token before its time.
    ///
    /// # Errors
    /// When there is none of this id, or it was ended.
    pub fn revoke_token(
        &self,
        session: &Session,
        id: &str,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(), AccountsError> {
        let account = &session.account;
        self.write(|transaction| {
            if !tokens::revoke(transaction, account.id.as_str(), (id, now))? {
                return Err(AccountsError::Absent("token"));
            }
            let actor = caller.actor(account.id.as_str());
            transaction.append(actor.does("token.revoke", id, json!({}), now));
            Ok(())
        })
    }

    /// Refuses who did not prove the address, where that is asked.
    fn check_mail(
        &self,
        transaction: &mut Transaction<'_>,
        account: &str,
    ) -> Result<(), AccountsError> {
        match self.unproved_mail {
            UnprovedMail::MayAll => Ok(()),
            UnprovedMail::MayMakeNoTokens => {
                let account = accounts::of_id(transaction, account)?;
                match account.and_then(|account| account.mail_proved_at) {
                    Some(_) => Ok(()),
                    None => Err(AccountsError::NotAllowed(
                        "your mail address is not proved yet: open the link that was sent to it",
                    )),
                }
            }
        }
    }
}

impl Scope {
    /// What people read.
    pub fn text(self) -> &'static str {
        match self {
            Self::Read => "read what I may see",
            Self::Submit => "send SBOMs",
            Self::Speak => "say what flaws mean, ask and answer",
        }
    }
}

fn new_secret() -> Result<Secret, AccountsError> {
    let mut body = String::new();
    while body.len() < LETTERS {
        for byte in random::<64>()? {
            // 248 is the largest multiple of 62: above it some letters would come more often.
            if byte < 248 && body.len() < LETTERS {
                body.push(letter(u32::from(byte) % 62));
            }
        }
    }
    Ok(Secret::of(format!("{PREFIX}{body}{}", checksum(&body))))
}

fn has_checksum(secret: &str) -> bool {
    secret.strip_prefix(PREFIX).is_some_and(|rest| {
        rest.len() == LETTERS + CHECKSUM
            && rest.is_ascii()
            && rest.split_at_checked(LETTERS).is_some_and(|(body, sum)| checksum(body) == sum)
    })
}

/// CRC-32 (ISO 3309, as zip has it) in six letters of base 62. It finds mistakes, and proves
/// nothing.
fn checksum(body: &str) -> String {
    let mut crc = u32::MAX;
    for byte in body.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & 0_u32.wrapping_sub(crc & 1));
        }
    }
    let mut rest = !crc;
    let mut letters = Vec::with_capacity(CHECKSUM);
    for _ in 0..CHECKSUM {
        letters.push(letter(rest % 62));
        rest /= 62;
    }
    letters.iter().rev().collect()
}

fn letter(number: u32) -> char {
    let at = usize::try_from(number).unwrap_or(0);
    ALPHABET.get(at).map_or('0', |byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_with_one_other_letter_is_none() {
        let secret = new_secret().unwrap();
        let text = secret.reveal().to_owned();
        assert!(has_checksum(&text) && text.len() == 4 + 43 + 6);
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'x' { b'y' } else { b'x' };
            assert!(!has_checksum(&String::from_utf8(changed).unwrap()), "{at}");
        }
    }

    /// The check value of CRC-32/ISO-HDLC for "123456789" is CBF43926.
    #[test]
    fn the_checksum_is_that_of_zip() {
        let number = checksum("123456789").bytes().fold(0_u64, |sum, byte| {
            sum * 62 + ALPHABET.iter().position(|one| *one == byte).unwrap() as u64
        });
        assert_eq!(number, 0xCBF4_3926);
    }
}
