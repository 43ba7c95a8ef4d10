//! Why a value is not taken: settings of the server, names of users, what a database kept.

/// Why a text or bytes cannot be what they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// The text is no domain.
    #[error(
        "{0:?} cannot be the id of a relying party: write a domain in lower case, without scheme \
         and port, such as mainstay.example.org; an address of numbers cannot have passkeys"
    )]
    RpId(String),
    /// The text is no origin.
    #[error(
        "{0:?} cannot be an origin: write https, host and, where it is not 443, the port, such as \
         https://mainstay.example.org:8443, without a path; http is for localhost only"
    )]
    Origin(String),
    /// The relying party has no origin, or too many.
    #[error("a relying party has 1 to {most} origins, not {0}", most = crate::relying_party::ORIGINS)]
    Origins(usize),
    /// The page is not of the domain.
    #[error(
        "the origin {origin} is not of the domain {id}: passkeys of a domain work on its own \
         pages and those of its subdomains"
    )]
    ForeignOrigin {
        /// The address of the page.
        origin: String,
        /// The domain.
        id: String,
    },
    /// A name that is shown is empty, too long or has control characters.
    #[error("the {0} has 1 to {most} bytes and no control characters", most = crate::user::LONGEST_NAME)]
    Name(&'static str),
    /// The id of a credential is empty or too long.
    #[error("the id of a credential has 1 to 1023 bytes, not {0}")]
    CredentialId(usize),
    /// The handle of a user is empty or too long.
    #[error("the handle of a user has 1 to 64 bytes, not {0}")]
    UserHandle(usize),
    /// The text is no transport.
    #[error("a transport has 1 to 32 visible ASCII characters, such as internal or usb")]
    Transport,
    /// The operating system gave no random bytes.
    #[error("no random bytes could be had from the operating system")]
    Randomness,
}
