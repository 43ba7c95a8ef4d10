//! The headers that every answer of the server carries.
//!
//! Sources: CSP level 3 (W3C), Referrer Policy (W3C), Permissions Policy (W3C), HTML
//! ("cross-origin opener policy"), Fetch (`nosniff`, `Cross-Origin-Resource-Policy`).
//! `Strict-Transport-Security` is not here: only who knows that TLS is used may promise it.

/// What a page may load and where it may send: only this server, and no script or style inside
/// the page. So text that got past the escaping still runs nothing. No nonces are needed.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'";

/// Names and values, the policy above among them.
pub const SECURITY_HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), \
         publickey-credentials-create=(self), publickey-credentials-get=(self)",
    ),
    // For browsers older than `frame-ancestors`.
    ("x-frame-options", "DENY"),
];
