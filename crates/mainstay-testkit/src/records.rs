//! OSV records made up for tests.

use serde_json::{Value, json};

/// A record about one package, to be changed at will.
#[derive(Clone, Debug)]
pub struct Record(pub Value);

impl Record {
    /// A record with an id about all versions of a package below 2.0.0.
    pub fn new(id: &str, ecosystem: &str, package: &str) -> Self {
        Self(json!({
            "schema_version": "1.7.0",
            "id": id,
            "modified": "2025-01-01T00:00:00Z",
            "published": "2024-06-01T00:00:00Z",
            "summary": format!("A made-up flaw in {package}"),
            "affected": [affected(ecosystem, package)],
        }))
    }

    /// With another `modified`.
    #[must_use]
    pub fn modified(mut self, date: &str) -> Self {
        self.0["modified"] = date.into();
        self
    }

    /// With another `summary`.
    #[must_use]
    pub fn summary(mut self, text: &str) -> Self {
        self.0["summary"] = text.into();
        self
    }

    /// Taken back by its author.
    #[must_use]
    pub fn withdrawn(mut self, date: &str) -> Self {
        self.0["withdrawn"] = date.into();
        self
    }

    /// About one more package.
    #[must_use]
    pub fn and(mut self, ecosystem: &str, package: &str) -> Self {
        if let Some(list) = self.0["affected"].as_array_mut() {
            list.push(affected(ecosystem, package));
        }
        self
    }

    /// The id.
    pub fn id(&self) -> &str {
        self.0["id"].as_str().unwrap_or("")
    }

    /// The record as a file of the OSV bucket.
    pub fn json(&self) -> Vec<u8> {
        self.0.to_string().into_bytes()
    }

    /// The record as an entry of `all.zip`.
    pub fn entry(&self) -> (String, Vec<u8>) {
        (format!("{}.json", self.id()), self.json())
    }
}

fn affected(ecosystem: &str, package: &str) -> Value {
    json!({
        "package": {"ecosystem": ecosystem, "name": package},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}],
        "versions": ["1.0.0"],
    })
}

/// Records repeated under new ids and new package names until there are so many.
pub fn repeated(records: &[Vec<u8>], count: usize) -> impl Iterator<Item = (String, Vec<u8>)> {
    let parsed: Vec<Value> =
        records.iter().filter_map(|bytes| serde_json::from_slice(bytes).ok()).collect();
    (0..count).filter_map(move |number| {
        let round = number / parsed.len().max(1);
        let mut record = parsed.get(number % parsed.len().max(1))?.clone();
        let id = format!("{}-r{round}", record["id"].as_str()?);
        record["id"] = id.as_str().into();
        for affected in record["affected"].as_array_mut().into_iter().flatten() {
            let name = affected["package"]["name"].as_str().map(|name| format!("{name}-r{round}"));
            if let Some(name) = name {
                affected["package"]["name"] = name.into();
            }
        }
        Some((format!("{id}.json"), record.to_string().into_bytes()))
    })
}
