//! Package archives, built here byte by byte, and what their readers say of them.

mod build;
mod java;
mod layout;
mod programs;
mod python;
mod tarballs;
