//! Which images there are, and what each is made of.
//!
//! An archive of `docker save` has a `manifest.json`; an OCI layout has an `index.json`, which may
//! lead over indexes to manifests, one per platform. Newer archives have both. Both are read: a tool
//! loads the one or the other, and they may name different layers.

use std::collections::BTreeSet;

use mainstay_reading::{Anomaly, AnomalyCode, Gap, Place, ReadError, ReadErrorKind, json};
use serde::de::DeserializeOwned;

use crate::digest;
use crate::documents::{Configuration, Descriptor, Node, Platform, Saved};
use crate::parts::{PartError, Parts};

/// What an image is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) name: String,
    pub(crate) platform: String,
    pub(crate) layers: Vec<PlannedLayer>,
}

/// A layer, before it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlannedLayer {
    pub(crate) path: String,
    /// The digest of the layer as it lies there, packed or not.
    pub(crate) digest: Option<String>,
    /// The digest of the tar in it.
    pub(crate) diff_id: Option<String>,
    pub(crate) created_by: Option<String>,
    pub(crate) media_type: String,
}

/// What the documents say.
#[derive(Default)]
pub(crate) struct Layout {
    pub(crate) images: Vec<Planned>,
    /// Images that are named and not there, and things that are no images.
    pub(crate) left_out: Vec<(String, String)>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) anomalies: Vec<Anomaly>,
}

/// The most bytes of one document.
const DOCUMENT_BYTES: u64 = 4 << 20;
/// So many images and indexes of one archive are looked at.
const MOST_NODES: usize = 256;
/// So many layers of one image are looked at; Docker stops at 127.
const MOST_LAYERS: usize = 1024;

/// Reads the documents.
///
/// # Errors
/// There is neither of the two that begin everything, or one of them cannot be read.
pub(crate) fn read(parts: &mut dyn Parts) -> Result<Layout, ReadError> {
    let mut layout = Layout::default();
    let index = document(parts, "index.json")?;
    let saved = document(parts, "manifest.json")?;
    if index.is_none() && saved.is_none() {
        let message = "it has neither an index.json nor a manifest.json";
        return Err(ReadError::new(ReadErrorKind::Shape, message));
    }
    if let Some(bytes) = saved {
        let list: Vec<Saved> = serde_json::from_slice(&bytes).map_err(|error| {
            ReadError::new(ReadErrorKind::Shape, format!("manifest.json cannot be read: {error}"))
        })?;
        for one in list.iter().take(MOST_NODES) {
            layout.saved(parts, one);
        }
        if list.len() > MOST_NODES {
            layout.gap("manifest.json", "it names too many images", "look at it by hand");
        }
    }
    if let Some(bytes) = index {
        layout.index(parts, parse(&bytes)?);
    }
    if layout.images.is_empty() && layout.gaps.is_empty() {
        layout.gap("index.json", "none of the images that it names is in it", "save it again");
    }
    Ok(layout)
}

fn document(parts: &mut dyn Parts, path: &str) -> Result<Option<Vec<u8>>, ReadError> {
    let wrong = |error: PartError| {
        ReadError::new(ReadErrorKind::Shape, format!("{path}: {}", error.message))
    };
    parts.document(path, DOCUMENT_BYTES).map_err(wrong)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ReadError> {
    let text = mainstay_reading::decode(bytes)?;
    json::parse::<Owned<T>>(&text).map(|owned| owned.0)
}

/// A value that keeps nothing of the text.
#[derive(serde::Deserialize)]
#[serde(bound = "T: DeserializeOwned", transparent)]
struct Owned<T>(T);

impl Layout {
    fn gap(&mut self, path: &str, reason: impl Into<String>, advice: &str) {
        let (reason, advice) = (reason.into(), advice.to_owned());
        self.gaps.push(Gap { place: Place::member(path), reason, advice });
    }

    /// An image of `manifest.json`.
    fn saved(&mut self, parts: &mut dyn Parts, saved: &Saved) {
        let name = saved.tags.iter().flatten().next().cloned().unwrap_or_default();
        let layers = saved.layers.iter().map(|path| Descriptor {
            media_type: String::new(),
            digest: path.clone(),
            platform: None,
            annotations: None,
        });
        self.image(parts, name, None, &saved.config, layers);
    }

    /// Everything that an index leads to.
    fn index(&mut self, parts: &mut dyn Parts, top: Node) {
        let mut waiting: Vec<(String, Descriptor)> = Vec::new();
        for descriptor in top.manifests.unwrap_or_default().into_iter().rev() {
            waiting.push((name_of(&descriptor).unwrap_or_default(), descriptor));
        }
        let mut seen = BTreeSet::new();
        while let Some((name, descriptor)) = waiting.pop() {
            if seen.len() >= MOST_NODES {
                self.gap("index.json", "it names too many images", "look at it by hand");
                return;
            }
            if !seen.insert(descriptor.digest.clone()) {
                continue;
            }
            let Some(node) = self.node(parts, &name, &descriptor) else { continue };
            if let Some(manifests) = node.manifests {
                for inner in manifests.into_iter().rev() {
                    waiting.push((name_of(&inner).unwrap_or_else(|| name.clone()), inner));
                }
            } else if let (Some(config), Some(layers)) = (node.config, node.layers) {
                if is_image(&config, &layers) {
                    let platform = descriptor.platform.as_ref();
                    let path = blob_path(&config.digest);
                    self.image(parts, name, platform, &path, layers.into_iter());
                } else {
                    let reason = "it is no image: signatures, statements or other data about one";
                    self.left_out.push((descriptor.digest, reason.to_owned()));
                }
            }
        }
    }

    /// The document that a descriptor of an index names.
    fn node(&mut self, parts: &mut dyn Parts, name: &str, descriptor: &Descriptor) -> Option<Node> {
        let path = blob_path(&descriptor.digest);
        let bytes = match parts.document(&path, DOCUMENT_BYTES) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => {
                let platform = descriptor.platform.as_ref().map(Platform::text);
                let what = platform.filter(|text| !text.is_empty());
                let what = what.unwrap_or_else(|| descriptor.digest.clone());
                let what = if name.is_empty() { what } else { format!("{name} {what}") };
                let reason = "the archive names it and does not hold it";
                self.left_out.push((what, reason.to_owned()));
                return None;
            }
            Err(error) => {
                self.gap(&path, error.message, &error.advice);
                return None;
            }
        };
        self.verify(&path, &bytes);
        match parse(&bytes) {
            Ok(node) => Some(node),
            Err(error) => {
                self.gap(&path, format!("it cannot be read: {error}"), error.kind.advice());
                None
            }
        }
    }

    fn image(
        &mut self,
        parts: &mut dyn Parts,
        name: String,
        platform: Option<&Platform>,
        config: &str,
        layers: impl Iterator<Item = Descriptor>,
    ) {
        let configuration = self.configuration(parts, config);
        let mut steps = configuration.steps();
        let mut diff_ids = configuration.rootfs.diff_ids.iter();
        let mut planned: Vec<PlannedLayer> = layers
            .map(|layer| {
                let is_path = !layer.digest.contains(':');
                let path = if is_path { layer.digest.clone() } else { blob_path(&layer.digest) };
                PlannedLayer {
                    digest: digest::named(&path),
                    path,
                    diff_id: diff_ids.next().cloned(),
                    created_by: steps.next().flatten(),
                    media_type: layer.media_type,
                }
            })
            .collect();
        let stated = configuration.rootfs.diff_ids.len();
        if stated > 0 && stated != planned.len() {
            let reason = format!(
                "the image is made of {} layers and its configuration names {stated}: what is there \
                 may be more or less than what runs",
                planned.len()
            );
            self.gap(config, reason, "save the image again");
        }
        if planned.len() > MOST_LAYERS {
            let reason = format!("only the first {MOST_LAYERS} of {} layers", planned.len());
            self.gap(config, reason, "look at it by hand");
            planned.truncate(MOST_LAYERS);
        }
        let own = configuration.platform.text();
        let platform = platform.map(Platform::text).filter(|text| !text.is_empty()).unwrap_or(own);
        let is_known = |other: &Planned| {
            let paths = |layers: &[PlannedLayer]| -> Vec<String> {
                layers.iter().map(|layer| layer.path.clone()).collect()
            };
            paths(&other.layers) == paths(&planned)
        };
        if let Some(known) = self.images.iter_mut().find(|one| is_known(one)) {
            if known.name.is_empty() {
                known.name = name;
            }
            return;
        }
        self.images.push(Planned { name, platform, layers: planned });
    }

    fn configuration(&mut self, parts: &mut dyn Parts, path: &str) -> Configuration {
        let problem = match parts.document(path, DOCUMENT_BYTES) {
            Ok(Some(bytes)) => {
                self.verify(path, &bytes);
                match parse(&bytes) {
                    Ok(configuration) => return configuration,
                    Err(error) => format!("the configuration cannot be read: {error}"),
                }
            }
            Ok(None) => "the configuration is not there".to_owned(),
            Err(error) => format!("the configuration cannot be read: {}", error.message),
        };
        self.gap(path, problem, "save the image again");
        Configuration::default()
    }

    /// Compares a document with the digest in its own name.
    fn verify(&mut self, path: &str, bytes: &[u8]) {
        let Some(wanted) = digest::named(path) else { return };
        let found = digest::of(bytes);
        if found != wanted {
            self.anomalies.push(Anomaly {
                code: AnomalyCode::WrongContent,
                entry: None,
                place: Place::member(path),
                message: format!("the content has the digest {found}, the image says {wanted}"),
            });
        }
    }
}

/// OCI "Image Layout": `blobs/<alg>/<encoded>`. What is no digest leads nowhere.
fn blob_path(digest: &str) -> String {
    format!("blobs/{}", digest.replacen(':', "/", 1))
}

/// Annotations under which tools keep the name of an image.
fn name_of(descriptor: &Descriptor) -> Option<String> {
    let annotations = descriptor.annotations.as_ref()?;
    ["io.containerd.image.name", "org.opencontainers.image.ref.name"]
        .iter()
        .find_map(|key| annotations.get(*key))
        .cloned()
}

/// Whether a manifest is that of an image, by what it is made of. What it or the index says that it
/// is counts for nothing: whoever runs it goes by its layers. Media types of image layers are
/// registered names; where a maker has one of its own, the configuration tells. Statements,
/// signatures and charts have neither.
fn is_image(config: &Descriptor, layers: &[Descriptor]) -> bool {
    let is_layer = |layer: &Descriptor| {
        layer.media_type.is_empty()
            || layer.media_type.contains("rootfs")
            || layer.media_type.contains("image.layer")
    };
    let is_configured = config.media_type.is_empty()
        || config.media_type.contains("image.config")
        || config.media_type.contains("container.image");
    let has_tar = |layer: &Descriptor| layer.media_type.contains("tar");
    layers.is_empty() || layers.iter().any(is_layer) || is_configured && layers.iter().any(has_tar)
}
