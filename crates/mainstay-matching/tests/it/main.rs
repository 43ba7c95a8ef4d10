//! Tests of the advisory index through its public door.

#[cfg(test)]
mod building;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod expected;
#[cfg(test)]
mod meaning;
#[cfg(test)]
mod support;
