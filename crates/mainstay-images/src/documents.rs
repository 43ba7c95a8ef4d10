//! The documents of an image.
//!
//! Standards: OCI image specification 1.1, "Image Index", "Image Manifest", "Image Configuration",
//! "Content Descriptors"; Docker's image specification 1.2 (`manifest.json` of `docker save`).
//! Fields that nothing here asks for are passed over; unknown ones too, as the standard wants.

use std::collections::BTreeMap;

use serde::Deserialize;

/// An entry of `manifest.json`.
#[derive(Debug, Deserialize)]
pub(crate) struct Saved {
    #[serde(rename = "Config")]
    pub(crate) config: String,
    #[serde(rename = "RepoTags", default)]
    pub(crate) tags: Option<Vec<String>>,
    #[serde(rename = "Layers", default)]
    pub(crate) layers: Vec<String>,
}

/// A reference to a blob by its digest.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Descriptor {
    #[serde(rename = "mediaType", default)]
    pub(crate) media_type: String,
    pub(crate) digest: String,
    #[serde(default)]
    pub(crate) platform: Option<Platform>,
    #[serde(default)]
    pub(crate) annotations: Option<BTreeMap<String, String>>,
}

/// What an image runs on.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub(crate) struct Platform {
    #[serde(default)]
    pub(crate) os: String,
    #[serde(default)]
    pub(crate) architecture: String,
    #[serde(default)]
    pub(crate) variant: Option<String>,
}

/// `index.json`, an image index, or an image manifest: told apart by what they hold, as media types
/// are optional in both.
#[derive(Debug, Deserialize)]
pub(crate) struct Node {
    #[serde(default)]
    pub(crate) manifests: Option<Vec<Descriptor>>,
    #[serde(default)]
    pub(crate) config: Option<Descriptor>,
    #[serde(default)]
    pub(crate) layers: Option<Vec<Descriptor>>,
}

/// The configuration of an image.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Configuration {
    #[serde(flatten)]
    pub(crate) platform: Platform,
    #[serde(default)]
    pub(crate) rootfs: Rootfs,
    #[serde(default)]
    pub(crate) history: Option<Vec<Step>>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Rootfs {
    #[serde(default)]
    pub(crate) diff_ids: Vec<String>,
}

/// One step of the build.
#[derive(Debug, Deserialize)]
pub(crate) struct Step {
    #[serde(default)]
    pub(crate) created_by: Option<String>,
    #[serde(default)]
    pub(crate) empty_layer: bool,
}

impl Configuration {
    /// The steps that made the layers, in their order.
    pub(crate) fn steps(&self) -> impl Iterator<Item = Option<String>> {
        let steps = self.history.iter().flatten().filter(|step| !step.empty_layer);
        steps.map(|step| step.created_by.clone().filter(|text| !text.trim().is_empty()))
    }
}

impl Platform {
    /// `linux/arm64/v8`; empty when nothing is said.
    pub(crate) fn text(&self) -> String {
        let variant = self.variant.as_deref().unwrap_or("");
        let parts = [&*self.os, &*self.architecture, variant];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join("/")
    }
}
