//! The few metrics of a CVSS vector that SSVC can use. No score is computed here.
//!
//! Standards: CVSS 3.1 and 4.0, "Vector String" (<https://www.first.org/cvss/>).

/// Bytes that a vector may have. A full one of version 4.0 has about 250.
const LONGEST: usize = 1024;

/// The metrics of a vector.
pub(crate) struct Metrics<'a> {
    pub(crate) version: Version,
    metrics: Vec<(&'a str, &'a str)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    Three,
    Four,
}

impl<'a> Metrics<'a> {
    /// Reads a vector of version 3.0, 3.1 or 4.0. Why not, where it is another or broken.
    pub(crate) fn read(vector: &'a str) -> Result<Self, &'static str> {
        let vector = vector.trim();
        if vector.len() > LONGEST {
            return Err("the CVSS vector is too long to be one");
        }
        let mut parts = vector.split('/');
        let (version, needed): (_, &[&str]) = match parts.next() {
            Some("CVSS:4.0") => (Version::Four, BASE_4),
            Some("CVSS:3.0" | "CVSS:3.1") => (Version::Three, BASE_3),
            _ => return Err("the CVSS vector is not of version 3 or 4"),
        };
        let mut metrics: Vec<(&str, &str)> = Vec::new();
        for part in parts {
            let metric = part.split_once(':').ok_or("the CVSS vector is broken")?;
            if metrics.iter().any(|(name, _)| *name == metric.0) {
                return Err("the CVSS vector has a metric twice");
            }
            metrics.push(metric);
        }
        let read = Self { version, metrics };
        if needed.iter().all(|name| read.of(name).is_some()) {
            Ok(read)
        } else {
            Err("the CVSS vector lacks a base metric")
        }
    }

    /// The value of a metric.
    pub(crate) fn of(&self, name: &str) -> Option<&'a str> {
        self.metrics.iter().find(|(metric, _)| *metric == name).map(|(_, value)| *value)
    }

    /// Whether all of these metrics have these values.
    pub(crate) fn are(&self, wanted: &[(&str, &str)]) -> bool {
        wanted.iter().all(|(name, value)| self.of(name) == Some(*value))
    }
}

const BASE_3: &[&str] = &["AV", "AC", "PR", "UI", "S", "C", "I", "A"];
const BASE_4: &[&str] = &["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"];
