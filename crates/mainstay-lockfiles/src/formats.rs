//! One module per format; the table that names them is [`crate::FORMATS`].

// Rust
pub(crate) mod cargo_lock;
pub(crate) mod cargo_toml;

// JavaScript

// Python

// Go

// Java and the JVM

// Ruby

// PHP

// .NET

// Erlang and Elixir, Dart

// C and C++, R, Haskell, Swift
