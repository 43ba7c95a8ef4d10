//! The compiled advisory index: build, open, look up.
