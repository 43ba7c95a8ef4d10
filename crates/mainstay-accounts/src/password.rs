//! Passwords: which are taken, and how one is kept.
//!
//! Standards: NIST SP 800-63B-4, section 3.1.1 (length and lists of what is guessed first, no rules on letters and
//! digits), RFC 9106 (Argon2id), RFC 8265, section 4.2 (Unicode in form C, so that it does not
//! matter how a keyboard makes an `ä`; nothing else is changed).

use std::fmt;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use unicode_normalization::UnicodeNormalization as _;

use crate::AccountsError;

/// Characters that a password has at least and at most.
const SHORTEST: usize = 12;
const LONGEST: usize = 256;
/// Bytes around a place in the list of breached passwords that hold a whole line.
const LINE: u64 = 128;

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
    /// list of Have I Been Pwned is written. Searched where it lies, never read as a whole.
    pub breached: Option<PathBuf>,
}

impl PasswordRules {
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
            Some(list) if is_listed(list, password)? => {
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
];

/// Whether nothing is left when common words, what is known about the owner, rows of digits and
/// repetitions are taken away.
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
        rest = rest.replace(word.as_str(), " ");
    }
    // What is left counts when it is no digit, sign or blank, and no repetition or row of letters.
    let letters: Vec<char> = rest.chars().filter(|letter| letter.is_alphabetic()).collect();
    let steps = letters.windows(2).filter(|pair| {
        let [one, two] = pair else { return false };
        let (one, two) = (u32::from(*one), u32::from(*two));
        one.abs_diff(two) > 1
    });
    let digits_only = letters.is_empty() && !password.chars().any(char::is_alphabetic);
    let distinct: std::collections::BTreeSet<char> = password.chars().collect();
    // Twelve digits that follow no rule are as good as five letters: refuse only rows of them.
    if digits_only {
        return distinct.len() < 6 || is_row(password);
    }
    steps.count() < 4 || distinct.len() < 5
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

/// Whether the list has the password. A list that cannot be read refuses nothing by silence: it
/// is an error, so that nobody believes in a check that was not made.
fn is_listed(list: &Path, password: &str) -> Result<bool, AccountsError> {
    let hash = sha1(password);
    let unread = |_| AccountsError::Broken("the list of breached passwords cannot be read");
    let mut file = File::open(list).map_err(unread)?;
    let (mut low, mut high) = (0, file.metadata().map_err(unread)?.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let (start, line) = line_at(&mut file, middle).map_err(unread)?;
        let found = line.split(':').next().unwrap_or_default().trim().to_ascii_uppercase();
        if found.len() != hash.len() || !found.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(AccountsError::Broken("the list of breached passwords has another form"));
        }
        match found.as_str().cmp(hash.as_str()) {
            std::cmp::Ordering::Equal => return Ok(true),
            std::cmp::Ordering::Less => low = start + line.len() as u64 + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    Ok(false)
}

/// As the list writes it.
fn sha1(password: &str) -> String {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    hash.as_ref().iter().fold(String::new(), |text, byte| text + &format!("{byte:02X}"))
}

/// The line that has the byte at this place, and where it begins.
fn line_at(file: &mut File, place: u64) -> std::io::Result<(u64, String)> {
    let from = place.saturating_sub(LINE);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.by_ref().take(2 * LINE).read_to_end(&mut bytes)?;
    let at = usize::try_from(place - from).unwrap_or(0).min(bytes.len());
    let (before, after) = bytes.split_at(at);
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |found| found + 1);
    let end = after.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| at + end);
    let line = bytes.get(start..end).unwrap_or_default();
    Ok((from + start as u64, String::from_utf8_lossy(line).into_owned()))
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
        ] {
            assert!(PasswordRules::default().check(wrong, &own).is_err(), "{wrong}");
        }
    }

    #[test]
    fn words_that_nobody_expects_are_taken() {
        let own = ["Maria Lopez", "maria.lopez@grid.example"];
        for right in ["vier Kraniche am Wehr", "tundra-copper-violin", "83 07 41 96 25 58"] {
            PasswordRules::default().check(right, &own).unwrap();
        }
    }

    #[test]
    fn a_stolen_password_is_found_in_the_list() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("breached.txt");
        let stolen = ["tundra-copper-violin", "one more of them", "and a third one"];
        let mut lines: Vec<String> = stolen.iter().map(|text| sha1(text) + ":12").collect();
        lines.extend((0..500).map(|n: u32| format!("{:040X}:1", u128::from(n) << 100)));
        lines.sort();
        std::fs::write(&path, lines.join("\r\n")).unwrap();
        let rules = PasswordRules { breached: Some(path) };
        for stolen in stolen {
            assert!(rules.check(stolen, &[]).is_err(), "{stolen}");
        }
        rules.check("vier Kraniche am Wehr", &[]).unwrap();
    }

    #[test]
    fn a_list_that_is_not_there_is_an_error_and_no_yes() {
        let rules = PasswordRules { breached: Some("/no/such/list".into()) };
        assert!(matches!(rules.check("vier Kraniche am Wehr", &[]), Err(AccountsError::Broken(_))));
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
            assert!(PasswordRules::default().check(&short, &[]).is_err());
        }
    }

    #[test]
    fn a_list_of_another_form_is_an_error_and_no_yes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.txt");
        for text in ["tundra-copper-violin\n".repeat(9), format!("{}:4\n", "0F".repeat(16))] {
            std::fs::write(&path, text).unwrap();
            let rules = PasswordRules { breached: Some(path.clone()) };
            let outcome = rules.check("vier Kraniche am Wehr", &[]);
            assert!(matches!(outcome, Err(AccountsError::Broken(_))), "{outcome:?}");
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
