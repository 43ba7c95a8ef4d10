//! A software authenticator, for tests: it answers options as a browser with a passkey would.
