//! For tests only: generated fixtures, a local advisory bucket, the shared data if present.

pub mod mutation;
