//! SPDX 2 as tag-value: lines of `Tag: value`, where a value between `<text>` and `</text>` may
//! go over many lines and `#` begins a line of comment.
//!
//! Standard: SPDX specification 2.3, clause 5 (composition) and the tag-value examples of each
//! field. A record has no end mark: it ends where the next begins. A file that stands below a
//! package belongs to it.

mod lines;

use std::borrow::Cow;

use mainstay_reading::ReadError;
use mainstay_reading::json::Text as Raw;

use super::building::Building;
use super::raw;
use crate::model::keep::Keep;
use crate::{ComponentId, Encoding, Sbom};
use lines::{Entry, Lines};

/// Reads a document.
pub(crate) fn read(text: &str, keep: Keep) -> Result<Sbom<'_>, ReadError> {
    let mut reading = Reading {
        building: Building::new(text, Encoding::TagValue, keep),
        open: Open::Document,
        package: None,
        relationship: None,
        annotation: None,
    };
    let mut lines = Lines::new(text);
    while let Some(entry) = lines.entry() {
        match entry {
            Entry::Pair(tag, value) => reading.take(tag, Raw(Cow::Borrowed(value))),
            Entry::Junk(line) => {
                let reason = "the line is neither a tag with a value nor a comment".to_owned();
                reading.building.gap(Some(line), reason);
            }
            Entry::Endless(line) => {
                let reason = "a text that begins with <text> has no end".to_owned();
                reading.building.gap(Some(line), reason);
            }
        }
    }
    reading.finish()
}

/// The reader between two lines.
struct Reading<'t> {
    building: Building<'t>,
    /// The record that is not over yet.
    open: Open<'t>,
    /// The package below which files stand.
    package: Option<ComponentId>,
    /// A relationship, whose comment may follow.
    relationship: Option<raw::Relationship<'t>>,
    /// A remark, whose other fields may follow.
    annotation: Option<raw::Annotation<'t>>,
}

/// A record that is not over yet.
enum Open<'t> {
    Document,
    Package(Box<raw::Package<'t>>),
    File(Box<raw::File<'t>>),
    Snippet(raw::Snippet<'t>),
    Licence(raw::Licence<'t>),
}

impl<'t> Reading<'t> {
    /// Takes in one tag.
    fn take(&mut self, tag: &str, value: Raw<'t>) {
        match tag {
            "PackageName" => {
                let name = Some(value);
                self.begin(Open::Package(Box::new(raw::Package { name, ..Default::default() })));
            }
            "FileName" => {
                let file_name = Some(value);
                self.begin(Open::File(Box::new(raw::File { file_name, ..Default::default() })));
            }
            "SnippetSPDXID" | "SnippetSPDXIdentifier" => {
                self.begin(Open::Snippet(raw::Snippet { id: Some(value) }));
            }
            "LicenseID" => {
                let license_id = Some(value);
                self.begin(Open::Licence(raw::Licence { license_id, ..Default::default() }));
            }
            "Relationship" => {
                self.end_relationship();
                self.relationship = Some(relationship(&value));
            }
            "RelationshipComment" => match &mut self.relationship {
                Some(relationship) => relationship.comment = Some(value),
                None => self.building.leave_out(tag),
            },
            "Annotator" => {
                self.end_annotation();
                let annotator = Some(value);
                self.annotation = Some(raw::Annotation { annotator, ..Default::default() });
            }
            "AnnotationDate" | "AnnotationType" | "SPDXREF" | "AnnotationComment" => {
                let annotation = self.annotation.get_or_insert_default();
                match tag {
                    "AnnotationDate" => annotation.annotation_date = Some(value),
                    "AnnotationType" => annotation.annotation_type = Some(value),
                    "SPDXREF" => annotation.subject = Some(value),
                    _ => annotation.comment = Some(value),
                }
            }
            _ => self.field(tag, value),
        }
    }

    /// Takes in a field of the open record. Fields of the document may stand anywhere.
    fn field(&mut self, tag: &str, value: Raw<'t>) {
        let left = match &mut self.open {
            Open::Document => Some(value),
            Open::Package(package) => package_field(package, tag, value),
            Open::File(file) => file_field(file, tag, value),
            Open::Licence(licence) => licence_field(licence, tag, value),
            Open::Snippet(_) => return,
        };
        if let Some(value) = left
            && !document_field(&mut self.building.document, tag, value)
        {
            self.building.leave_out(tag);
        }
    }

    fn begin(&mut self, next: Open<'t>) {
        match std::mem::replace(&mut self.open, next) {
            Open::Document => {}
            Open::Package(package) => {
                self.building.package(*package);
                self.package = self.building.last();
            }
            Open::File(file) => self.building.file_in(*file, self.package),
            Open::Snippet(snippet) => self.building.snippet(snippet),
            Open::Licence(licence) => self.building.licence(licence),
        }
    }

    fn end_relationship(&mut self) {
        if let Some(relationship) = self.relationship.take() {
            self.building.relationship(relationship);
        }
    }

    fn end_annotation(&mut self) {
        if let Some(annotation) = self.annotation.take() {
            self.building.annotation(annotation);
        }
    }

    fn finish(mut self) -> Result<Sbom<'t>, ReadError> {
        self.begin(Open::Document);
        self.end_relationship();
        self.end_annotation();
        self.building.finish()
    }
}

/// `A TYPE B`.
fn relationship<'t>(value: &Raw<'t>) -> raw::Relationship<'t> {
    let mut words = words(value);
    raw::Relationship {
        spdx_element_id: words.next(),
        relationship_type: words.next(),
        related_spdx_element: words.next(),
        comment: None,
    }
}

/// The words of a value. The values of this syntax are all borrowed from the document.
fn words<'t>(value: &Raw<'t>) -> impl Iterator<Item = Raw<'t>> {
    borrowed(value).split_whitespace().map(|word| Raw(Cow::Borrowed(word)))
}

fn borrowed<'t>(value: &Raw<'t>) -> &'t str {
    match value.0 {
        Cow::Borrowed(text) => text,
        Cow::Owned(_) => "",
    }
}

fn part(text: &str) -> Raw<'_> {
    Raw(Cow::Borrowed(text.trim()))
}

/// `SHA1: 0a1b`.
fn checksum<'t>(value: &Raw<'t>) -> raw::Checksum<'t> {
    let text = borrowed(value);
    let (algorithm, value) = text.split_once(':').unwrap_or(("", text));
    raw::Checksum { algorithm: Some(part(algorithm)), checksum_value: Some(part(value)) }
}

/// Takes in a field of the document, if it is one.
fn document_field<'t>(document: &mut raw::Document<'t>, tag: &str, value: Raw<'t>) -> bool {
    let place = match tag {
        "SPDXVersion" => &mut document.version,
        "DataLicense" => &mut document.data_licence,
        "SPDXID" => &mut document.id,
        "DocumentName" => &mut document.name,
        "DocumentNamespace" => &mut document.namespace,
        "DocumentComment" => &mut document.comment,
        "LicenseListVersion" => &mut document.creation.license_list_version,
        "Created" => &mut document.creation.created,
        "CreatorComment" => &mut document.creation.comment,
        "Creator" => {
            document.creation.creators.get_or_insert_default().push(value);
            return true;
        }
        "ExternalDocumentRef" => {
            document.external.push(external_document(&value));
            return true;
        }
        _ => return false,
    };
    *place = Some(value);
    true
}

/// `DocumentRef-x address SHA1: 0a1b`.
fn external_document<'t>(value: &Raw<'t>) -> raw::ExternalDocument<'t> {
    let text = borrowed(value);
    let (id, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim_start();
    let (address, sum) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let sum = Some(part(sum)).filter(|sum| !sum.is_empty());
    raw::ExternalDocument {
        external_document_id: Some(part(id)),
        spdx_document: Some(part(address)),
        checksum: sum.as_ref().map(checksum),
    }
}

/// Takes in a field of a package. Gives the value back when it is of none.
fn package_field<'t>(package: &mut raw::Package<'t>, tag: &str, value: Raw<'t>) -> Option<Raw<'t>> {
    let place = match tag {
        "SPDXID" => &mut package.id,
        "PackageVersion" => &mut package.version_info,
        "PackageFileName" => &mut package.package_file_name,
        "PackageSupplier" => &mut package.supplier,
        "PackageOriginator" => &mut package.originator,
        "PackageDownloadLocation" => &mut package.download_location,
        "PackageHomePage" => &mut package.homepage,
        "PackageSourceInfo" => &mut package.source_info,
        "PackageLicenseConcluded" => &mut package.license_concluded,
        "PackageLicenseDeclared" => &mut package.license_declared,
        "PackageLicenseComments" => &mut package.license_comments,
        "PackageCopyrightText" => &mut package.copyright_text,
        "PackageSummary" => &mut package.summary,
        "PackageDescription" => &mut package.description,
        "PackageComment" => &mut package.comment,
        "PrimaryPackagePurpose" => &mut package.primary_package_purpose,
        "ReleaseDate" => &mut package.release_date,
        "BuiltDate" => &mut package.built_date,
        "ValidUntilDate" => &mut package.valid_until_date,
        _ => return package_list(package, tag, value),
    };
    *place = Some(value);
    None
}

fn package_list<'t>(package: &mut raw::Package<'t>, tag: &str, value: Raw<'t>) -> Option<Raw<'t>> {
    match tag {
        "FilesAnalyzed" => {
            package.files_analyzed = Some(value.eq_ignore_ascii_case("true"));
        }
        "PackageVerificationCode" => {
            package.package_verification_code = Some(verification_code(&value));
        }
        "PackageChecksum" => package.checksums.get_or_insert_default().push(checksum(&value)),
        "PackageLicenseInfoFromFiles" => {
            package.license_info_from_files.get_or_insert_default().push(value);
        }
        "PackageAttributionText" => {
            package.attribution_texts.get_or_insert_default().push(value);
        }
        "ExternalRef" => {
            let mut words = words(&value);
            package.external_refs.get_or_insert_default().push(raw::ExternalRef {
                reference_category: words.next(),
                reference_type: words.next(),
                reference_locator: words.next(),
                comment: None,
            });
        }
        "ExternalRefComment" => {
            match package.external_refs.as_mut().and_then(|refs| refs.last_mut()) {
                Some(reference) => reference.comment = Some(value),
                None => return Some(value),
            }
        }
        _ => return Some(value),
    }
    None
}

/// `0a1b (excludes: ./x.spdx, ./y.spdx)`.
fn verification_code<'t>(value: &Raw<'t>) -> raw::VerificationCode<'t> {
    let (code, rest) = borrowed(value).split_once('(').unwrap_or((borrowed(value), ""));
    let rest = rest.trim_end().strip_suffix(')').unwrap_or(rest).trim();
    let files = rest.strip_prefix("excludes:").unwrap_or("").split(',').map(part);
    let excluded: Vec<Raw<'t>> = files.filter(|file| !file.is_empty()).collect();
    raw::VerificationCode { value: Some(part(code)), excluded: Some(excluded) }
}

/// Takes in a field of a file. Gives the value back when it is of none.
fn file_field<'t>(file: &mut raw::File<'t>, tag: &str, value: Raw<'t>) -> Option<Raw<'t>> {
    match tag {
        "SPDXID" => file.id = Some(value),
        "FileType" => file.file_types.get_or_insert_default().push(value),
        "FileChecksum" => file.checksums.get_or_insert_default().push(checksum(&value)),
        "LicenseConcluded" => file.license_concluded = Some(value),
        "LicenseInfoInFile" => file.license_info_in_files.get_or_insert_default().push(value),
        "FileCopyrightText" => file.copyright_text = Some(value),
        "FileComment" => file.comment = Some(value),
        "LicenseComments" => file.license_comments = Some(value),
        "FileNotice" => file.notice_text = Some(value),
        "FileContributor" => file.file_contributors.get_or_insert_default().push(value),
        "FileDependency" => file.file_dependencies.get_or_insert_default().push(value),
        "FileAttributionText" => file.attribution_texts.get_or_insert_default().push(value),
        _ => return Some(value),
    }
    None
}

/// Takes in a field of a licence. Gives the value back when it is of none.
fn licence_field<'t>(licence: &mut raw::Licence<'t>, tag: &str, value: Raw<'t>) -> Option<Raw<'t>> {
    match tag {
        "ExtractedText" => licence.extracted_text = Some(value),
        "LicenseName" => licence.name = Some(value),
        "LicenseCrossReference" => licence.see_alsos.get_or_insert_default().push(value),
        "LicenseComment" => licence.comment = Some(value),
        _ => return Some(value),
    }
    None
}
