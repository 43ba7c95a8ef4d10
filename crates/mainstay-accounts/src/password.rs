//! Passwords: which are taken, and how one is kept.
//!
//! Standards: NIST SP 800-63B-4, section 3.1.1 (length and lists of what is guessed first, no rules on letters and
//! digits), RFC 9106 (Argon2id), RFC 8265, section 4.2 (Unicode in form C, so that it does not
//! matter how a keyboard makes an `ä`; nothing else is changed).

mod breached;

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use unicode_normalization::UnicodeNormalization as _;

use crate::AccountsError;
use breached::BreachedList;

/// Characters that a password has at least and at most.
const SHORTEST: usize = 12;
const LONGEST: usize = 256;

/// What a guess costs: memory in KiB, and passes over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// KiB of memory.
    pub memory: u32,
    /// Passes.
    pub passes: u32,
}

impl Default for Cost {
    /// 19 MiB and two passes: what OWASP's Password Storage Cheat Sheet asks at least.
    fn default() -> Self {
        Self { memory: 19_456, passes: 2 }
    }
}

/// Which passwords are refused.
#[derive(Clone, Debug, Default)]
pub struct PasswordRules {
    /// A file of breached passwords: lines `SHA-1 in capital hexadecimal:count`, sorted, as the
    /// list of Have I Been Pwned is written. Opened once, when the accounts are.
    pub breached: Option<PathBuf>,
}

/// The rules, with the list open.
#[derive(Debug)]
pub(crate) struct Rules {
    breached: Option<BreachedList>,
}

impl Rules {
    pub(crate) fn open(rules: &PasswordRules) -> Result<Self, AccountsError> {
        let breached = rules.breached.as_deref().map(BreachedList::open).transpose()?;
        Ok(Self { breached })
    }

    /// Refuses a password that is short, long, common, breached, or made of what is known about
    /// its owner.
    pub(crate) fn check(&self, password: &str, own: &[&str]) -> Result<(), AccountsError> {
        let wrong = |problem: &str| Err(AccountsError::field("password", problem));
        let password = &*composed(password);
        let letters = password.chars().count();
        if letters < SHORTEST {
            return wrong("it has to have at least 12 characters; several words are easy to keep");
        }
        if letters > LONGEST {
            return wrong("it may have at most 256 characters");
        }
        if is_common(password, own) {
            return wrong("it is among the first that anybody would try: take another one");
        }
        match &self.breached {
            Some(list) if list.has(password)? => {
                wrong("it is in a list of passwords that were stolen elsewhere: take another one")
            }
            _ => Ok(()),
        }
    }
}

/// Words that guessers begin with. Ours, by hand; a list of what was really stolen is
/// [`PasswordRules::breached`].
const COMMON: &[&str] = &[
    "password",
    "passwort",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "motdepasse",
    "contrasena",
    "secret",
    "geheim",
    "letmein",
    "welcome",
    "willkommen",
    "iloveyou",
    "trustno",
    "changeme",
    "default",
    "admin",
    "administrator",
    "root",
    "user",
    "login",
    "test",
    "guest",
    "master",
    "monkey",
    "dragon",
    "football",
    "baseball",
    "princess",
    "sunshine",
    "shadow",
    "superman",
    "batman",
    "starwars",
    "qwerty",
    "qwertz",
    "azerty",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1q2w3e4r",
    "1qaz2wsx",
    "qazwsx",
    "abc",
    "abcdef",
    "abcdefg",
    "abcdefgh",
    "mainstay",
    "security",
    "opensource",
    "spring",
    "summer",
    "autumn",
    "winter",
    "monday",
    "friday",
    "january",
    "december",
    "company",
    "correcthorsebatterystaple",
    "!@#$%^&*()",
    "!@#$%^&*",
];

/// Whether nothing is left when common words, what is known about the owner, rows and repetitions
/// are taken away. Digits and signs next to a word that was taken away go with it: `Summer2026!!!`
/// is a word that was dressed up. Elsewhere they count as letters do, as generated passwords need.
fn is_common(password: &str, own: &[&str]) -> bool {
    let mut rest = password.to_lowercase();
    let own = own.iter().flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric()));
    let mut words: Vec<String> = COMMON
        .iter()
        .map(|word| (*word).to_owned())
        .chain(own.filter(|word| word.len() >= 3).map(str::to_lowercase))
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in &words {
        rest = rest.replace(word.as_str(), TAKEN);
    }
    let left = undressed(&rest);
    let distinct: BTreeSet<char> = password.chars().collect();
    // Twelve digits that follow no rule are as good as five letters: refuse only rows of them.
    if !left.is_empty() && left.iter().all(char::is_ascii_digit) && left.len() >= SHORTEST {
        return distinct.len() < 6 || is_row(password);
    }
    let (letters, others): (Vec<char>, Vec<char>) =
        left.into_iter().partition(|letter| letter.is_alphabetic());
    steps(&letters) + steps(&others) < 4 || distinct.len() < 5
}

/// What stands where a word was.
const TAKEN: &str = "\0";

/// What is left beside the words that were taken away and their dress, without blanks.
fn undressed(rest: &str) -> Vec<char> {
    let is_dress = |letter: char| !letter.is_alphabetic();
    let pieces = rest.split(TAKEN).count();
    let mut left = Vec::new();
    for (at, piece) in rest.split(TAKEN).enumerate() {
        let piece = if at > 0 { piece.trim_start_matches(is_dress) } else { piece };
        let piece = if at + 1 < pieces { piece.trim_end_matches(is_dress) } else { piece };
        left.extend(piece.chars().filter(|letter| !letter.is_whitespace()));
    }
    left
}

/// How often a character is neither the one before it nor a neighbour of that.
fn steps(letters: &[char]) -> usize {
    let far = letters.windows(2).filter(|pair| {
        let [one, two] = pair else { return false };
        u32::from(*one).abs_diff(u32::from(*two)) > 1
    });
    far.count()
}

/// Whether most of the characters follow the one before: 123456789012.
fn is_row(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|letter| letter.to_digit(10)).collect();
    let rising = digits.windows(2).filter(|pair| {
        let [one, two] = pair else { return false };
        (one + 1) % 10 == *two || (two + 1) % 10 == *one
    });
    rising.count() * 4 >= digits.len() * 3
}

/// A password as it is compared.
fn composed(password: &str) -> String {
    password.nfc().collect()
}

/// Makes and checks what is kept of passwords. One at a time: each takes much memory, and a flood
/// of guesses must not take all of it.
pub(crate) struct Hasher {
    cost: Cost,
    /// Of a password that nobody has, so that who does not exist costs the same time.
    nobody: String,
    turn: Mutex<()>,
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hasher({:?})", self.cost)
    }
}

impl Hasher {
    pub(crate) fn new(cost: Cost) -> Result<Self, AccountsError> {
        let mut hasher = Self { cost, nobody: String::new(), turn: Mutex::new(()) };
        hasher.nobody = hasher.hash("the password of nobody in particular")?;
        Ok(hasher)
    }

    fn argon(&self) -> Result<Argon2<'static>, AccountsError> {
        let params = Params::new(self.cost.memory, self.cost.passes, 1, None)
            .map_err(|_| AccountsError::Broken("the cost of passwords cannot be used"))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// What is kept: a text in PHC form.
    pub(crate) fn hash(&self, password: &str) -> Result<String, AccountsError> {
        let salt = crate::secret::random::<16>()?;
        let argon = self.argon()?;
        let password = composed(password);
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        argon
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(|_| AccountsError::Broken("a password could not be hashed"))
    }

    /// Whether it is the password. Without one that is kept, the work is the same.
    pub(crate) fn verify(&self, password: &str, kept: Option<&str>) -> bool {
        // Nobody has a password that is longer than any that is taken.
        let (password, kept) =
            if password.len() > 4 * LONGEST { ("", None) } else { (password, kept) };
        let Ok(hash) = PasswordHash::new(kept.unwrap_or(&self.nobody)) else { return false };
        let password = composed(password);
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        // The parameters of the kept hash count, not ours.
        let is_same = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
        is_same && kept.is_some()
    }

    /// Whether what is kept was made with less work than is asked now.
    pub(crate) fn is_outdated(&self, kept: &str) -> bool {
        let Ok(hash) = PasswordHash::new(kept) else { return true };
        let Ok(params) = Params::try_from(&hash) else { return true };
        params.m_cost() < self.cost.memory || params.t_cost() < self.cost.passes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Cost = Cost { memory: 8, passes: 1 };

    fn rules() -> Rules {
        Rules { breached: None }
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        let own = ["Maria Lopez", "maria.lopez@grid.example"];
        for wrong in [
            "password1234",
            "Passwort!2026",
            "qwertyuiop12",
            "aaaaaaaaaaaa",
            "123456789012",
            "MariaLopez2026",
            "mainstay-admin",
            "abcdefghijkl",
            "Summer2026!!!",
            "short",
            "letmeinletmein",
            "000000000000",
            "!!!Summer-2026-07-14",
            "a1b2c3d4e5f6",
            "!@#$%^&*()12",
        ] {
            assert!(rules().check(wrong, &own).is_err(), "{wrong}");
        }
    }

    #[test]
    fn words_that_nobody_expects_are_taken() {
        let own = ["Maria Lopez", "maria.lopez@grid.example"];
        for right in ["vier Kraniche am Wehr", "tundra-copper-violin", "83 07 41 96 25 58"] {
            rules().check(right, &own).unwrap();
        }
    }

    #[test]
    fn generated_passwords_are_taken_whatever_they_are_made_of() {
        for right in [
            "7#2$9!4&1%83",
            "4831-9027-5516",
            "f3$9-K27!04q",
            "\"}~<_;|'?=>.",
            "x7Q4!8test2#9kR5zV",
        ] {
            rules().check(right, &[]).unwrap();
        }
    }

    #[test]
    fn it_does_not_matter_how_a_keyboard_makes_a_letter() {
        let hasher = Hasher::new(QUICK).unwrap();
        let kept = hasher.hash("drei B\u{e4}ren am See").unwrap();
        assert!(hasher.verify("drei Ba\u{308}ren am See", Some(&kept)));
        assert!(!hasher.verify("drei Baren am See", Some(&kept)));
        // Eleven letters, however many signs they are made of.
        let short = "\u{e4}".repeat(11);
        let taken_apart = "a\u{308}".repeat(11);
        for short in [short, taken_apart] {
            assert!(rules().check(&short, &[]).is_err());
        }
    }

    #[test]
    fn a_password_beyond_all_length_is_wrong_without_reading_it() {
        let hasher = Hasher::new(QUICK).unwrap();
        let endless = "x".repeat(4 * LONGEST + 1);
        let kept = hasher.hash(&endless).unwrap();
        assert!(!hasher.verify(&endless, Some(&kept)));
    }

    #[test]
    fn only_the_password_itself_matches_what_is_kept() {
        let hasher = Hasher::new(QUICK).unwrap();
        let kept = hasher.hash("vier Kraniche am Wehr").unwrap();
        assert!(kept.starts_with("$argon2id$"));
        assert!(hasher.verify("vier Kraniche am Wehr", Some(&kept)));
        assert!(!hasher.verify("vier Kraniche am wehr", Some(&kept)));
        assert!(!hasher.verify("the password of nobody in particular", None));
        assert!(!hasher.is_outdated(&kept));
        assert!(Hasher::new(Cost { memory: 16, passes: 1 }).unwrap().is_outdated(&kept));
    }
}
