//! Images built by the standard: blobs by digest, a manifest, a configuration, an index.

use crate::{TarPart, tar_of};
use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};

/// An OCI layout under construction.
#[derive(Debug)]
pub struct ImageParts {
    name: String,
    layers: Vec<(String, Option<Vec<u8>>)>,
    diff_ids: Vec<String>,
    absent: Vec<(String, String)>,
}

impl ImageParts {
    /// An image with these layers: each a tar, and the same tar as it is packed.
    pub fn new(name: &str, layers: &[(&[u8], &[u8])]) -> Self {
        let diff_ids = layers.iter().map(|(tar, _)| sha256(tar)).collect();
        let layers =
            layers.iter().map(|(_, packed)| (sha256(packed), Some(packed.to_vec()))).collect();
        Self { name: name.to_owned(), layers, diff_ids, absent: Vec::new() }
    }

    /// An image with these layers, none packed.
    pub fn plain(name: &str, layers: &[Vec<u8>]) -> Self {
        let layers: Vec<(&[u8], &[u8])> = layers.iter().map(|tar| (&**tar, &**tar)).collect();
        Self::new(name, &layers)
    }

    /// Puts another content under the digest of a layer.
    pub fn replace_layer(&mut self, at: usize, content: Vec<u8>) {
        self.layers[at].1 = Some(content);
    }

    /// Leaves a layer out.
    pub fn remove_layer(&mut self, at: usize) {
        self.layers[at].1 = None;
    }

    /// Names an image for a platform that is not there.
    pub fn add_absent_platform(&mut self, os: &str, architecture: &str) {
        self.absent.push((os.to_owned(), architecture.to_owned()));
    }

    /// The archive as a tar.
    pub fn archive(&self) -> Vec<u8> {
        let history: Vec<Value> = (0..self.layers.len())
            .flat_map(|at| {
                let empty = json!({"created_by": "ENV", "empty_layer": true});
                [json!({"created_by": format!("step {at}")}), empty]
            })
            .collect();
        let config = json!({
            "os": "linux", "architecture": "amd64",
            "rootfs": {"type": "layers", "diff_ids": self.diff_ids}, "history": history,
        })
        .to_string()
        .into_bytes();
        let layers: Vec<Value> = self
            .layers
            .iter()
            .map(|(digest, _)| {
                json!({"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": digest})
            })
            .collect();
        let manifest = json!({
            "schemaVersion": 2,
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": sha256(&config)},
            "layers": layers,
        })
        .to_string()
        .into_bytes();
        let named = json!({"io.containerd.image.name": self.name});
        let mut manifests = vec![json!({"digest": sha256(&manifest), "annotations": named})];
        for (os, architecture) in &self.absent {
            manifests.push(json!({
                "digest": sha256(architecture.as_bytes()),
                "platform": {"os": os, "architecture": architecture}, "annotations": named,
            }));
        }
        let index = json!({"schemaVersion": 2, "manifests": manifests}).to_string();
        let mut parts = vec![
            TarPart::file("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#),
            TarPart::file("index.json", index.as_bytes()),
            blob(&sha256(&config), &config),
            blob(&sha256(&manifest), &manifest),
        ];
        let layers = self.layers.iter();
        parts.extend(layers.filter_map(|(digest, content)| Some(blob(digest, content.as_ref()?))));
        tar_of(&parts)
    }
}

/// The archive that Docker wrote before it wrote OCI layouts.
pub fn saved_by_old_docker(layers: &[Vec<u8>]) -> Vec<u8> {
    let diff_ids: Vec<String> = layers.iter().map(|layer| sha256(layer)).collect();
    let config = json!({"os": "linux", "architecture": "amd64", "rootfs": {"diff_ids": diff_ids}})
        .to_string()
        .into_bytes();
    let config_name = format!("{}.json", sha256(&config).trim_start_matches("sha256:"));
    let paths: Vec<String> = (0..layers.len()).map(|at| format!("layer{at}/layer.tar")).collect();
    let manifest = json!([{"Config": config_name, "RepoTags": ["app:1.0"], "Layers": paths}]);
    let mut parts: Vec<TarPart> =
        paths.iter().zip(layers).map(|(path, layer)| TarPart::file(path, layer)).collect();
    parts.push(TarPart::file(&config_name, &config));
    parts.push(TarPart::file("manifest.json", manifest.to_string().as_bytes()));
    tar_of(&parts)
}

fn blob(digest: &str, content: &[u8]) -> TarPart {
    TarPart::file(&format!("blobs/{}", digest.replacen(':', "/", 1)), content)
}

fn sha256(bytes: &[u8]) -> String {
    let digits = digest(&SHA256, bytes);
    digits.as_ref().iter().fold("sha256:".to_owned(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}
