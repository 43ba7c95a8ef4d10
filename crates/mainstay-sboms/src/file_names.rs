//! Which files are SBOMs: by their names, and by how they begin.
//!
//! Names: CycloneDX reference, "Recognized file patterns" (`bom.json`, `bom.xml`, `*.cdx.json`,
//! `*.cdx.xml`); SPDX specification 2.3, clause 5.2 (`*.spdx`, `*.spdx.json`), and what tools
//! write by default. Syntaxes of SPDX that are not read have names here too.

use crate::document_text::told_by_beginning;

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SbomFile {
    /// The stable name in reports.
    pub id: &'static str,
    /// What its users call it.
    pub title: &'static str,
    /// Whole file names.
    pub file_names: &'static [&'static str],
    /// Ends of file names.
    pub endings: &'static [&'static str],
}

/// Every kind of file, in the order of the documentation.
pub static SBOM_FILES: &[SbomFile] = &[CYCLONEDX, SPDX, ANY];

const CYCLONEDX: SbomFile = SbomFile {
    id: "cyclonedx",
    title: "CycloneDX",
    file_names: &["bom.json", "bom.xml", "cyclonedx.json", "cyclonedx.xml"],
    endings: &[".cdx.json", ".cdx.xml", ".cyclonedx.json", ".cyclonedx.xml"],
};

/// Syntaxes that are not read are here too, so that they are refused by name and not overlooked.
const SPDX: SbomFile = SbomFile {
    id: "spdx",
    title: "SPDX",
    file_names: &["spdx.json"],
    endings: &[
        ".spdx",
        ".spdx.json",
        ".spdx.tv",
        ".spdx3.json",
        ".spdx.jsonld",
        ".spdx.rdf",
        ".spdx.rdf.xml",
        ".spdx.xml",
        ".spdx.yaml",
        ".spdx.yml",
        ".spdx.xls",
        ".spdx.xlsx",
    ],
};

/// Files whose names say that they are SBOMs, and not of which standard.
const ANY: SbomFile = SbomFile {
    id: "sbom",
    title: "SBOM of either standard",
    file_names: &["sbom.json", "sbom.xml"],
    endings: &[".sbom.json", ".sbom.xml", ".bom.json", ".bom.xml"],
};

/// The kind of SBOM that a path tells, with `/`. Letters match in any case.
pub fn file_of(path: &str) -> Option<&'static SbomFile> {
    let name = path.rsplit('/').next().unwrap_or(path);
    SBOM_FILES.iter().find(|file| file.is_named(name))
}

/// The kind of SBOM that the beginning of a file tells, whatever its name.
pub fn file_beginning(bytes: &[u8]) -> Option<&'static SbomFile> {
    told_by_beginning(bytes).map(|format| if format.is_spdx() { &SPDX } else { &CYCLONEDX })
}

impl SbomFile {
    fn is_named(&self, name: &str) -> bool {
        let ends = |ending: &&str| {
            let start = name.len().checked_sub(ending.len());
            let tail = start.filter(|start| *start > 0).and_then(|start| name.get(start..));
            tail.is_some_and(|tail| tail.eq_ignore_ascii_case(ending))
        };
        self.file_names.iter().any(|known| name.eq_ignore_ascii_case(known))
            || self.endings.iter().any(ends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(path: &str) -> Option<&'static str> {
        file_of(path).map(|file| file.id)
    }

    #[test]
    fn names_of_the_standard_are_known_in_any_case() {
        assert_eq!(id("out/bom.json"), Some("cyclonedx"));
        assert_eq!(id("App-1.0.CDX.xml"), Some("cyclonedx"));
        assert_eq!(id("sbom.json"), Some("sbom"));
        assert_eq!(id("app.spdx"), Some("spdx"));
        assert_eq!(id("app.spdx.rdf"), Some("spdx"));
    }

    #[test]
    fn a_bare_ending_and_another_json_file_are_none() {
        assert_eq!(id(".cdx.json"), None);
        assert_eq!(id("data.json"), None);
    }

    #[test]
    fn a_document_is_known_by_its_beginning() {
        let json = b"{\"version\": 1, \"bomFormat\": \"CycloneDX\", \"components\": [";
        assert!(file_beginning(json).is_some());
        let xml = b"<?xml version='1.0'?><bom xmlns='http://cyclonedx.org/schema/bom/1.4'>";
        assert!(file_beginning(xml).is_some());
        assert!(file_beginning(b"{\"name\": \"bomFormat\"").is_none());
        assert!(file_beginning(b"<project/>").is_none());
    }
}
