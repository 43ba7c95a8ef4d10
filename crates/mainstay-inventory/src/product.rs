//! What a statement is about, as it is kept: JSON, and back. The words are those of `mainstay-vex`.

use std::sync::Arc;

use mainstay_versions::VersRange;
use mainstay_vex::{PackagePattern, Product, Subject, Whole, read_purl};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Kept {
    written: String,
    subject: KeptSubject,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptSubject {
    Package(KeptPackage),
    Part(KeptWhole, KeptPackage),
    Whole(KeptWhole),
    Unmatchable(String),
}

#[derive(Serialize, Deserialize)]
struct KeptPackage {
    purl: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    range: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptWhole {
    Package(KeptPackage),
    Named(String, Option<String>),
    Bom(String, Option<u64>),
    Other(String),
}

/// Writes a product.
pub(crate) fn write(product: &Product) -> Result<String, serde_json::Error> {
    let subject = match &product.subject {
        Subject::Package(pattern) => KeptSubject::Package(kept_package(pattern)),
        Subject::Part { whole, part } => KeptSubject::Part(kept_whole(whole), kept_package(part)),
        Subject::Whole(whole) => KeptSubject::Whole(kept_whole(whole)),
        Subject::Unmatchable(why) => KeptSubject::Unmatchable(why.to_string()),
    };
    serde_json::to_string(&Kept { written: product.written.to_string(), subject })
}

/// Reads a product. `None` for what [`write`] does not make.
pub(crate) fn read(json: &str) -> Option<Product> {
    let kept: Kept = serde_json::from_str(json).ok()?;
    let subject = match kept.subject {
        KeptSubject::Package(package) => Subject::Package(pattern(&package)?),
        KeptSubject::Part(whole, part) => {
            Subject::Part { whole: Arc::new(whole_of(whole)?), part: pattern(&part)? }
        }
        KeptSubject::Whole(whole) => Subject::Whole(Arc::new(whole_of(whole)?)),
        KeptSubject::Unmatchable(why) => Subject::Unmatchable(why.into()),
    };
    Some(Product { written: kept.written.into(), subject })
}

/// Type, namespace and name of the package that a product is or that it is a part of it; empty
/// when it is none.
pub(crate) fn about(product: &Product) -> String {
    match &product.subject {
        Subject::Package(pattern) | Subject::Part { part: pattern, .. } => {
            pattern.key().into_owned()
        }
        Subject::Whole(_) | Subject::Unmatchable(_) => String::new(),
    }
}

fn kept_package(pattern: &PackagePattern) -> KeptPackage {
    KeptPackage { purl: pattern.purl().to_string(), range: pattern.range().map(str::to_owned) }
}

fn kept_whole(whole: &Whole) -> KeptWhole {
    match whole {
        Whole::Package(pattern) => KeptWhole::Package(kept_package(pattern)),
        Whole::Named { name, version } => KeptWhole::Named(name.clone(), version.clone()),
        Whole::Bom { serial, edition } => KeptWhole::Bom(serial.clone(), *edition),
        Whole::Other(name) => KeptWhole::Other(name.clone()),
    }
}

fn pattern(kept: &KeptPackage) -> Option<PackagePattern> {
    let purl = read_purl(&kept.purl).ok()?;
    match &kept.range {
        None => Some(PackagePattern::new(purl)),
        Some(text) => Some(PackagePattern::within(purl, VersRange::parse(text).ok()?, text)),
    }
}

fn whole_of(kept: KeptWhole) -> Option<Whole> {
    Some(match kept {
        KeptWhole::Package(package) => Whole::Package(pattern(&package)?),
        KeptWhole::Named(name, version) => Whole::Named { name, version },
        KeptWhole::Bom(serial, edition) => Whole::Bom { serial, edition },
        KeptWhole::Other(name) => Whole::Other(name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purl(text: &str) -> PackagePattern {
        PackagePattern::new(read_purl(text).unwrap())
    }

    #[test]
    fn a_product_is_read_as_it_was_written() {
        let range = VersRange::parse("vers:npm/<2.0.0").unwrap();
        let within =
            PackagePattern::within(read_purl("pkg:npm/a").unwrap(), range, "vers:npm/<2.0.0");
        let named = Whole::Named { name: "portal".to_owned(), version: Some("1".to_owned()) };
        let bom = Whole::Bom { serial: "urn:uuid:1".to_owned(), edition: Some(2) };
        let subjects = [
            Subject::Package(within),
            Subject::Package(purl("pkg:golang/stdlib@v1.23.4")),
            Subject::Part { whole: Arc::new(named), part: purl("pkg:npm/a@1.0.0") },
            Subject::Whole(Arc::new(bom)),
            Subject::Whole(Arc::new(Whole::Package(purl("pkg:npm/a")))),
            Subject::Whole(Arc::new(Whole::Other("cpe:x".to_owned()))),
            Subject::Unmatchable("why".into()),
        ];
        for subject in subjects {
            let product = Product { written: "as written".into(), subject };
            let kept = write(&product).unwrap();
            assert_eq!(write(&read(&kept).unwrap()).unwrap(), kept);
        }
    }

    #[test]
    fn what_nobody_writes_is_not_read() {
        for text in ["", "{}", r#"{"written":"x","subject":{"package":{"purl":"no"}}}"#] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
