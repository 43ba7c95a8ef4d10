//! Names of the things that rights are about: plain text, checked once at the border.

use std::fmt;
use std::str::FromStr;

use crate::VisibilityError;

/// The longest id, in bytes.
const LONGEST: usize = 200;

macro_rules! id {
    ($(#[$text:meta])* $name:ident) => {
        $(#[$text])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = VisibilityError;

            fn from_str(text: &str) -> Result<Self, VisibilityError> {
                let right = (1..=LONGEST).contains(&text.len())
                    && text.bytes().all(|byte| byte.is_ascii_graphic());
                if right { Ok(Self(text.to_owned())) } else { Err(VisibilityError::Id) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A person's account.
    AccountId
}
id! {
    /// An organisation: it owns objects, and people have roles in it.
    OrganisationId
}
id! {
    /// A community, such as an ISAC.
    CommunityId
}
id! {
    /// Something that has a marking. Of one name space over all rooms: `question/...`, `sbom/...`.
    ObjectId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_visible_ascii_and_short() {
        assert_eq!("sbom/01J".parse::<ObjectId>().unwrap().to_string(), "sbom/01J");
        for wrong in ["", " ", "a b", "a\n", "\u{0}", "ä", &"x".repeat(201)] {
            assert!(wrong.parse::<ObjectId>().is_err(), "{wrong:?}");
        }
    }
}
