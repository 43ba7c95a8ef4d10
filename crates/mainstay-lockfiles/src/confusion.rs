//! The doors that dependency confusion uses.
