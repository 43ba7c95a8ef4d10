//! Tests of the advisory index through its public door.

mod building;
mod damage;
mod expected;
mod meaning;
mod support;
