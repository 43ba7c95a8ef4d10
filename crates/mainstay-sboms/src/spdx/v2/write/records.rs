//! The records of SPDX 2.3, ready to be written.

#![expect(clippy::struct_field_names, reason = "the fields are called as the standard calls them")]

use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    pub(super) spdx_version: &'static str,
    pub(super) data_license: &'static str,
    #[serde(rename = "SPDXID")]
    pub(super) id: &'static str,
    pub(super) name: String,
    pub(super) document_namespace: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
    pub(super) creation_info: Creation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) external_document_refs: Vec<ExternalDocument>,
    pub(super) packages: Vec<Package>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) files: Vec<File>,
    pub(super) relationships: Vec<Relationship>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) annotations: Vec<Annotation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) has_extracted_licensing_infos: Vec<Extracted>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Creation {
    pub(super) created: String,
    pub(super) creators: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) license_list_version: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExternalDocument {
    pub(super) external_document_id: String,
    pub(super) spdx_document: String,
    pub(super) checksum: Checksum,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Package {
    #[serde(rename = "SPDXID")]
    pub(super) id: String,
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version_info: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) package_file_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) supplier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) originator: Option<String>,
    pub(super) download_location: String,
    pub(super) files_analyzed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) package_verification_code: Option<VerificationCode>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) checksums: Vec<Checksum>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) homepage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source_info: Option<String>,
    pub(super) license_concluded: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) license_info_from_files: Vec<String>,
    pub(super) license_declared: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) license_comments: Option<String>,
    pub(super) copyright_text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) external_refs: Vec<ExternalRef>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) attribution_texts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) primary_package_purpose: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) release_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) built_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) valid_until_date: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) annotations: Vec<Annotation>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VerificationCode {
    pub(super) package_verification_code_value: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) package_verification_code_excluded_files: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Checksum {
    pub(super) algorithm: String,
    pub(super) checksum_value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExternalRef {
    pub(super) reference_category: &'static str,
    pub(super) reference_type: String,
    pub(super) reference_locator: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct File {
    #[serde(rename = "SPDXID")]
    pub(super) id: String,
    pub(super) file_name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) file_types: Vec<String>,
    pub(super) checksums: Vec<Checksum>,
    pub(super) license_concluded: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) license_info_in_files: Vec<String>,
    pub(super) copyright_text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) license_comments: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) notice_text: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) file_contributors: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) attribution_texts: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) annotations: Vec<Annotation>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Relationship {
    pub(super) spdx_element_id: String,
    pub(super) relationship_type: String,
    pub(super) related_spdx_element: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Annotation {
    pub(super) annotation_date: String,
    pub(super) annotation_type: &'static str,
    pub(super) annotator: String,
    pub(super) comment: String,
}

impl Annotation {
    /// A remark of the tool that writes.
    pub(super) fn by(tool: &str, created: &str, comment: &str) -> Self {
        Self {
            annotation_date: created.to_owned(),
            annotation_type: "OTHER",
            annotator: tool.to_owned(),
            comment: comment.to_owned(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Extracted {
    pub(super) license_id: String,
    pub(super) extracted_text: String,
    pub(super) name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) see_alsos: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
}
