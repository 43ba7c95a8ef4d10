//! The parts of a CSAF document that are read, as the schema names them.

use mainstay_reading::json::Text;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Raw<'t> {
    #[serde(borrow)]
    pub(super) document: RawHead<'t>,
    #[serde(borrow, default)]
    pub(super) product_tree: RawTree<'t>,
    #[serde(borrow, default)]
    pub(super) vulnerabilities: Vec<RawVulnerability<'t>>,
}

#[derive(Deserialize)]
pub(super) struct RawHead<'t> {
    #[serde(borrow)]
    pub(super) csaf_version: Text<'t>,
    #[serde(borrow, default)]
    pub(super) publisher: Publisher<'t>,
    #[serde(borrow, default)]
    pub(super) tracking: Tracking<'t>,
}

#[derive(Default, Deserialize)]
pub(super) struct Publisher<'t> {
    #[serde(borrow)]
    pub(super) name: Option<Text<'t>>,
}

#[derive(Default, Deserialize)]
pub(super) struct Tracking<'t> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) version: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) current_release_date: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) status: Option<Text<'t>>,
}

#[derive(Default, Deserialize)]
pub(super) struct RawTree<'t> {
    #[serde(borrow, default)]
    pub(super) branches: Vec<Branch<'t>>,
    #[serde(borrow, default)]
    pub(super) full_product_names: Vec<FullName<'t>>,
    /// Of 2.0.
    #[serde(borrow, default)]
    pub(super) relationships: Vec<Relationship<'t>>,
    /// Of 2.1.
    #[serde(borrow, default)]
    pub(super) product_paths: Vec<ProductPath<'t>>,
    #[serde(borrow, default)]
    pub(super) product_groups: Vec<Group<'t>>,
}

/// Nested as deep as JSON may be, which its parser bounds.
#[derive(Deserialize)]
pub(super) struct Branch<'t> {
    #[serde(borrow)]
    pub(super) category: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) name: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) product: Option<FullName<'t>>,
    #[serde(borrow, default)]
    pub(super) branches: Vec<Self>,
}

#[derive(Deserialize)]
pub(super) struct FullName<'t> {
    #[serde(borrow)]
    pub(super) name: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) product_id: Text<'t>,
    #[serde(borrow, default)]
    pub(super) product_identification_helper: Helper<'t>,
}

#[derive(Default, Deserialize)]
pub(super) struct Helper<'t> {
    /// Of 2.0.
    #[serde(borrow)]
    pub(super) purl: Option<Text<'t>>,
    /// Of 2.1.
    #[serde(borrow, default)]
    pub(super) purls: Vec<Text<'t>>,
    #[serde(borrow)]
    pub(super) cpe: Option<Text<'t>>,
}

#[derive(Deserialize)]
pub(super) struct Relationship<'t> {
    #[serde(borrow)]
    pub(super) full_product_name: FullName<'t>,
    #[serde(borrow)]
    pub(super) product_reference: Text<'t>,
    #[serde(borrow)]
    pub(super) relates_to_product_reference: Text<'t>,
}

#[derive(Deserialize)]
pub(super) struct ProductPath<'t> {
    #[serde(borrow)]
    pub(super) beginning_product_reference: Text<'t>,
    #[serde(borrow)]
    pub(super) full_product_name: FullName<'t>,
    #[serde(borrow, default)]
    pub(super) subpaths: Vec<Subpath<'t>>,
}

#[derive(Deserialize)]
pub(super) struct Subpath<'t> {
    #[serde(borrow)]
    pub(super) next_product_reference: Text<'t>,
}

#[derive(Deserialize)]
pub(super) struct Group<'t> {
    #[serde(borrow)]
    pub(super) group_id: Text<'t>,
    #[serde(borrow, default)]
    pub(super) product_ids: Vec<Text<'t>>,
}

#[derive(Deserialize)]
pub(super) struct RawVulnerability<'t> {
    #[serde(borrow)]
    pub(super) cve: Option<Text<'t>>,
    #[serde(borrow, default)]
    pub(super) ids: Vec<Id<'t>>,
    #[serde(borrow, default)]
    pub(super) product_status: ProductStatus<'t>,
    #[serde(borrow, default)]
    pub(super) flags: Vec<Flag<'t>>,
    #[serde(borrow, default)]
    pub(super) threats: Vec<Threat<'t>>,
    #[serde(borrow, default)]
    pub(super) remediations: Vec<Remediation<'t>>,
    #[serde(borrow, default)]
    pub(super) notes: Vec<Note<'t>>,
}

#[derive(Deserialize)]
pub(super) struct Id<'t> {
    #[serde(borrow)]
    pub(super) text: Option<Text<'t>>,
}

#[derive(Default, Deserialize)]
pub(super) struct ProductStatus<'t> {
    #[serde(borrow, default)]
    pub(super) first_affected: Vec<Text<'t>>,
    #[serde(borrow, default)]
    pub(super) known_affected: Vec<Text<'t>>,
    #[serde(borrow, default)]
    pub(super) last_affected: Vec<Text<'t>>,
    #[serde(borrow, default)]
    pub(super) known_not_affected: Vec<Text<'t>>,
    #[serde(borrow, default)]
    pub(super) first_fixed: Vec<Text<'t>>,
    #[serde(borrow, default)]
    pub(super) fixed: Vec<Text<'t>>,
    #[serde(borrow, default)]
    pub(super) under_investigation: Vec<Text<'t>>,
}

/// To which products something applies.
#[derive(Default, Deserialize)]
pub(super) struct Applies<'t> {
    #[serde(borrow, default)]
    pub(super) product_ids: Vec<Text<'t>>,
    #[serde(borrow, default)]
    pub(super) group_ids: Vec<Text<'t>>,
}

#[derive(Deserialize)]
pub(super) struct Flag<'t> {
    #[serde(borrow)]
    pub(super) label: Option<Text<'t>>,
    #[serde(flatten, borrow)]
    pub(super) applies: Applies<'t>,
}

#[derive(Deserialize)]
pub(super) struct Threat<'t> {
    #[serde(borrow)]
    pub(super) category: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) details: Option<Text<'t>>,
    #[serde(flatten, borrow)]
    pub(super) applies: Applies<'t>,
}

#[derive(Deserialize)]
pub(super) struct Remediation<'t> {
    #[serde(borrow)]
    pub(super) details: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) url: Option<Text<'t>>,
    #[serde(flatten, borrow)]
    pub(super) applies: Applies<'t>,
}

#[derive(Deserialize)]
pub(super) struct Note<'t> {
    #[serde(borrow)]
    pub(super) title: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) text: Option<Text<'t>>,
}
