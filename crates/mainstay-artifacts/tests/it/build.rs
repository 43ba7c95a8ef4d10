//! Small archives, and short words for what was read.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails by panicking, as tests do")]

use mainstay_archives::{ArchiveError, Budget, Limits};
use mainstay_artifacts::{Artifact, FORMATS, format_of};
use mainstay_reading::{AnomalyCode, Inventory};
use mainstay_testkit::{ZipPart, zip_of};

pub(crate) fn try_read(file_name: &str, bytes: &[u8]) -> Result<Inventory, ArchiveError> {
    let format = format_of(file_name).or_else(|| FORMATS.iter().find(|one| one.id == "zip"));
    let budget = Budget::new(Limits::default());
    (format.unwrap().read)(&Artifact { source: &bytes, file_name, budget: &budget, onlooker: None })
}

pub(crate) fn read(file_name: &str, bytes: &[u8]) -> Inventory {
    try_read(file_name, bytes).unwrap()
}

/// `NAME VERSION @ MEMBER`, sorted.
pub(crate) fn packages(inventory: &Inventory) -> Vec<String> {
    let mut list: Vec<String> = inventory
        .packages
        .iter()
        .map(|entry| {
            let version = entry.version.exact().unwrap_or("?");
            let member = entry.place.member.as_deref().unwrap_or("");
            format!("{} {version} @ {member}", entry.name)
        })
        .collect();
    list.sort();
    list
}

pub(crate) fn anomalies(inventory: &Inventory) -> Vec<AnomalyCode> {
    inventory.anomalies.iter().map(|one| one.code).collect()
}

pub(crate) fn gaps(inventory: &Inventory) -> Vec<&str> {
    inventory.gaps.iter().map(|gap| &*gap.reason).collect()
}

pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let parts: Vec<ZipPart> =
        files.iter().map(|(name, content)| ZipPart::deflated(name, content)).collect();
    zip_of(&parts)
}

pub(crate) fn pom_properties(group: &str, artifact: &str, version: &str) -> (String, Vec<u8>) {
    let path = format!("META-INF/maven/{group}/{artifact}/pom.properties");
    (path, format!("groupId={group}\nartifactId={artifact}\nversion={version}\n").into_bytes())
}

/// A class file with these text constants.
pub(crate) fn class(texts: &[&str]) -> Vec<u8> {
    let count = u16::try_from(texts.len() + 1).unwrap();
    let mut bytes = vec![0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 52];
    bytes.extend_from_slice(&count.to_be_bytes());
    for text in texts {
        bytes.push(1);
        bytes.extend_from_slice(&u16::try_from(text.len()).unwrap().to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes
}
