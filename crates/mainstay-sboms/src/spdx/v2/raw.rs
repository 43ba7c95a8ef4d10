//! The records of SPDX 2, as its syntaxes write them: texts, nothing understood yet.

#![expect(clippy::struct_field_names, reason = "the fields are called as the standard calls them")]

use mainstay_reading::json::Text;
use serde::Deserialize;

/// The document, without its elements.
#[derive(Default)]
pub(super) struct Document<'t> {
    pub(super) version: Option<Text<'t>>,
    pub(super) id: Option<Text<'t>>,
    pub(super) name: Option<Text<'t>>,
    pub(super) namespace: Option<Text<'t>>,
    pub(super) data_licence: Option<Text<'t>>,
    pub(super) comment: Option<Text<'t>>,
    pub(super) creation: Creation<'t>,
    pub(super) external: Vec<ExternalDocument<'t>>,
    pub(super) describes: Vec<Text<'t>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Creation<'t> {
    #[serde(borrow)]
    pub(super) created: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) creators: Option<Vec<Text<'t>>>,
    #[serde(borrow)]
    pub(super) comment: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) license_list_version: Option<Text<'t>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExternalDocument<'t> {
    #[serde(borrow)]
    pub(super) external_document_id: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) spdx_document: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) checksum: Option<Checksum<'t>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Package<'t> {
    #[serde(borrow, rename = "SPDXID")]
    pub(super) id: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) name: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) version_info: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) package_file_name: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) supplier: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) originator: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) download_location: Option<Text<'t>>,
    pub(super) files_analyzed: Option<bool>,
    #[serde(borrow)]
    pub(super) package_verification_code: Option<VerificationCode<'t>>,
    #[serde(borrow)]
    pub(super) checksums: Option<Vec<Checksum<'t>>>,
    #[serde(borrow)]
    pub(super) homepage: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) source_info: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) license_concluded: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) license_info_from_files: Option<Vec<Text<'t>>>,
    #[serde(borrow)]
    pub(super) license_declared: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) license_comments: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) copyright_text: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) summary: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) description: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) comment: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) external_refs: Option<Vec<ExternalRef<'t>>>,
    #[serde(borrow)]
    pub(super) attribution_texts: Option<Vec<Text<'t>>>,
    #[serde(borrow)]
    pub(super) primary_package_purpose: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) release_date: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) built_date: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) valid_until_date: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) has_files: Option<Vec<Text<'t>>>,
    #[serde(borrow)]
    pub(super) annotations: Option<Vec<Annotation<'t>>>,
}

#[derive(Default, Deserialize)]
pub(super) struct VerificationCode<'t> {
    #[serde(borrow, rename = "packageVerificationCodeValue")]
    pub(super) value: Option<Text<'t>>,
    #[serde(borrow, rename = "packageVerificationCodeExcludedFiles")]
    pub(super) excluded: Option<Vec<Text<'t>>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Checksum<'t> {
    #[serde(borrow)]
    pub(super) algorithm: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) checksum_value: Option<Text<'t>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExternalRef<'t> {
    #[serde(borrow)]
    pub(super) reference_category: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) reference_type: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) reference_locator: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) comment: Option<Text<'t>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct File<'t> {
    #[serde(borrow, rename = "SPDXID")]
    pub(super) id: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) file_name: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) file_types: Option<Vec<Text<'t>>>,
    #[serde(borrow)]
    pub(super) checksums: Option<Vec<Checksum<'t>>>,
    #[serde(borrow)]
    pub(super) license_concluded: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) license_info_in_files: Option<Vec<Text<'t>>>,
    #[serde(borrow)]
    pub(super) copyright_text: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) comment: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) attribution_texts: Option<Vec<Text<'t>>>,
    #[serde(borrow)]
    pub(super) license_comments: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) notice_text: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) file_contributors: Option<Vec<Text<'t>>>,
    /// Deprecated, and said by relationships.
    #[serde(borrow)]
    pub(super) file_dependencies: Option<Vec<Text<'t>>>,
    #[serde(borrow)]
    pub(super) annotations: Option<Vec<Annotation<'t>>>,
}

#[derive(Default, Deserialize)]
pub(super) struct Snippet<'t> {
    #[serde(borrow, rename = "SPDXID")]
    pub(super) id: Option<Text<'t>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Relationship<'t> {
    #[serde(borrow)]
    pub(super) spdx_element_id: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) relationship_type: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) related_spdx_element: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) comment: Option<Text<'t>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Annotation<'t> {
    #[serde(borrow)]
    pub(super) annotator: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) annotation_date: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) annotation_type: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) comment: Option<Text<'t>>,
    /// The element that it is about; tag-value only. In JSON it stands inside the element.
    #[serde(skip)]
    pub(super) subject: Option<Text<'t>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Licence<'t> {
    #[serde(borrow)]
    pub(super) license_id: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) extracted_text: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) name: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) see_alsos: Option<Vec<Text<'t>>>,
    #[serde(borrow)]
    pub(super) comment: Option<Text<'t>>,
}
