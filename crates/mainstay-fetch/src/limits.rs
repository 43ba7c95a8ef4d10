//! How long a request may take and how much it may bring.

use std::time::Duration;

/// The limits of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the first packet to a connection, TLS included. Looking up the name has two thirds
    /// of that beside it.
    pub connect: Duration,
    /// Without a single byte while the answer is awaited or read.
    pub stall: Duration,
    /// The whole request, redirects and body included.
    pub total: Duration,
    /// Bytes of the body. A longer one is cut off with an error.
    pub bytes: u64,
    /// Redirects followed, one after the other.
    pub redirects: u32,
}

impl Default for Limits {
    /// Three seconds to connect, half a minute of silence, an hour and 4 GiB in all, five
    /// redirects.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            stall: Duration::from_secs(30),
            total: Duration::from_hours(1),
            bytes: 4 << 30,
            redirects: 5,
        }
    }
}
