//! The relying party: the domain that passkeys belong to, and the pages that may ask for them.
//!
//! Standard: sections 4 (RP ID), 13.4.8 (code injection) and 13.4.9 (validating the origin). An origin must be written
//! as browsers serialise it (RFC 6454 section 6.2), so that comparing is comparing texts. Whether
//! a domain is one under which everybody can register names is not known here; browsers refuse
//! such an id.

use std::fmt;

use crate::ValueError;
use crate::user::shown;

/// Origins that a relying party may have.
pub(crate) const ORIGINS: usize = 32;
const LONGEST_DOMAIN: usize = 253;
const LONGEST_LABEL: usize = 63;

/// The domain of a relying party: `mainstay.example.org`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RpId(Box<str>);

/// Where a page comes from: `https://mainstay.example.org:8443`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    text: Box<str>,
    /// Bytes of the text in which the host lies.
    host: (usize, usize),
}

/// Who asks for passkeys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    id: RpId,
    name: Box<str>,
    origins: Vec<Origin>,
}

impl RpId {
    /// The domain that this text is: labels of lower-case ASCII letters, digits and inner
    /// hyphens, the last one not of digits only. International names in their `xn--` form.
    ///
    /// # Errors
    /// [`ValueError::RpId`].
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        if is_domain(text) { Ok(Self(text.into())) } else { Err(ValueError::RpId(text.to_owned())) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a host is this domain or lies below it.
    pub(crate) fn covers(&self, host: &str) -> bool {
        match host.strip_suffix(self.as_str()) {
            Some(rest) => rest.is_empty() || rest.ends_with('.'),
            None => false,
        }
    }
}

impl fmt::Display for RpId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Origin {
    /// The origin that this text is: `https`, or `http` where the host is `localhost` or below
    /// it; a domain as in [`RpId::parse`]; a port unless it is the scheme's own. Nothing after it.
    ///
    /// # Errors
    /// [`ValueError::Origin`].
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        Self::read(text).ok_or_else(|| ValueError::Origin(text.to_owned()))
    }

    fn read(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let (host, port) = match rest.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        };
        let local = host == "localhost" || host.ends_with(".localhost");
        let own_port = match scheme {
            "https" => 443,
            "http" if local => 80,
            _ => return None,
        };
        if let Some(port) = port {
            let number: u16 = port.parse().ok()?;
            if number == 0 || number == own_port || number.to_string() != port {
                return None;
            }
        }
        let start = scheme.len() + "://".len();
        is_domain(host).then(|| Self { text: text.into(), host: (start, start + host.len()) })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The domain of the page.
    pub fn host(&self) -> &str {
        self.text.get(self.host.0..self.host.1).unwrap_or_default()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl RelyingParty {
    /// A relying party: its domain, the name that a browser shows, and the pages that may ask.
    ///
    /// # Errors
    /// [`ValueError::Name`]; [`ValueError::Origins`] when there is none or more than 32;
    /// [`ValueError::ForeignOrigin`] when one is neither of the domain nor below it.
    pub fn new(id: RpId, name: &str, origins: Vec<Origin>) -> Result<Self, ValueError> {
        if !(1..=ORIGINS).contains(&origins.len()) {
            return Err(ValueError::Origins(origins.len()));
        }
        if let Some(foreign) = origins.iter().find(|origin| !id.covers(origin.host())) {
            return Err(ValueError::ForeignOrigin {
                origin: foreign.to_string(),
                id: id.to_string(),
            });
        }
        Ok(Self { id, name: shown(name, "name of the relying party")?, origins })
    }

    /// Its domain.
    pub fn id(&self) -> &RpId {
        &self.id
    }

    /// The name that a browser shows.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The pages that may ask.
    pub fn origins(&self) -> &[Origin] {
        &self.origins
    }
}

fn is_domain(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default();
    (1..=LONGEST_DOMAIN).contains(&text.len())
        && text.split('.').all(is_label)
        && !last.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_label(label: &str) -> bool {
    let right = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=LONGEST_LABEL).contains(&label.len())
        && label.bytes().all(right)
        && !label.starts_with('-')
        && !label.ends_with('-')
}
