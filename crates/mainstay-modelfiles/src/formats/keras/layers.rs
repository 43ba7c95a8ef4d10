//! Layers whose settings decide what they do.

use mainstay_reading::DangerCode;

use super::json_tree::NodeId;
use super::judge::{Judge, bounded};
use super::{known, marshalled};

impl Judge<'_, '_, '_> {
    /// Looks at the settings of a layer. Whether that says all: its class needs no look of its
    /// own.
    pub(super) fn layer(&mut self, id: NodeId, class: &str) -> bool {
        let class = class.rsplit(['>', '.']).next().unwrap_or(class);
        let tree = self.tree;
        let Some(config) = tree.get(id, "config").filter(|config| tree.is_object(*config)) else {
            return class == "Lambda" && self.is_of_keras(id);
        };
        self.vocabulary(config, class);
        match class {
            "Lambda" => {
                self.lambda_layer(config);
                self.is_of_keras(id)
            }
            "TFSMLayer" => self.saved_model(config),
            "KerasLayer" => self.hub_layer(config),
            "TFOpLambda" | "SlicingOpLambda" | "TensorFlowOpLayer" | "ClassMethod" => {
                self.operation(config);
                false
            }
            _ => false,
        }
    }

    /// Whether an object names no module, or one of Keras.
    fn is_of_keras(&self, id: NodeId) -> bool {
        let module = self.tree.text(id, "module");
        module.is_none_or(|module| {
            matches!(known::origin_of(module), known::Origin::Building | known::Origin::Keras)
        })
    }

    /// A function as compiled code (a list with the code first, or marked as such), or by name.
    /// One that is an object is looked at where it stands.
    fn lambda_layer(&mut self, config: NodeId) {
        for (function, kind) in [
            ("function", "function_type"),
            ("output_shape", "output_shape_type"),
            ("mask", "mask_type"),
        ] {
            let tree = self.tree;
            let Some(value) = tree.get(config, function) else { continue };
            let is_lambda = tree.text(config, kind) == Some("lambda");
            let first = tree.children(value).next().map(|(first, _)| first);
            let code = first.filter(|_| tree.is_list(value)).unwrap_or(value);
            let Some(text) = tree.as_text(code) else {
                if is_lambda {
                    self.lambda(value, None);
                }
                continue;
            };
            if is_lambda || tree.is_list(value) || marshalled::is_code(text) {
                self.lambda(value, Some(code));
            } else if function == "function" && !known::is_keras_name(text) {
                self.custom_object(value, "function", text);
            }
        }
    }

    /// A vocabulary that is a text is a path, which is read when the layer is built.
    fn vocabulary(&mut self, config: NodeId, class: &str) {
        for key in ["vocabulary", "vocabulary_file", "idf_weights", "merges"] {
            let tree = self.tree;
            let Some(value) = tree.get(config, key) else { continue };
            let Some(path) = tree.as_text(value).filter(|path| !path.is_empty()) else { continue };
            let (code, message) = if path.contains("://") {
                (DangerCode::UsesNetwork, "fetches its vocabulary from an address")
            } else {
                (DangerCode::TouchesFiles, "reads its vocabulary from a file of the machine")
            };
            let message = format!("the layer {} {message} when it is loaded", bounded(class, 60));
            let shown = format!("{}({key}={:?})", bounded(class, 60), bounded(path, 200));
            self.danger(value, code, message, Some(shown), Some("CVE-2025-12058"));
        }
    }

    /// A layer that is another `SavedModel`.
    fn saved_model(&mut self, config: NodeId) -> bool {
        let Some(path) = self.tree.text(config, "filepath") else { return false };
        let message =
            "the layer TFSMLayer loads another SavedModel from a path, and runs its graph";
        let shown = format!("TFSMLayer(filepath={:?})", bounded(path, 200));
        self.danger(config, DangerCode::TouchesFiles, message, Some(shown), None);
        true
    }

    /// A layer that is a model of a hub.
    fn hub_layer(&mut self, config: NodeId) -> bool {
        let tree = self.tree;
        let handle = ["handle", "hub_url", "url"].iter().find_map(|key| tree.text(config, key));
        let Some(handle) = handle else { return false };
        let (code, message) = if handle.contains("://") {
            (DangerCode::UsesNetwork, "the layer KerasLayer downloads another model and runs it")
        } else {
            (DangerCode::TouchesFiles, "the layer KerasLayer loads another model from a path")
        };
        let shown = format!("KerasLayer(handle={:?})", bounded(handle, 200));
        self.danger(config, code, message, Some(shown), None);
        true
    }

    /// An operation of `TensorFlow` by name.
    fn operation(&mut self, config: NodeId) {
        let tree = self.tree;
        for key in ["function", "method", "node_def", "class_symbol"] {
            let Some(value) = tree.get(config, key) else { continue };
            let named = match tree.as_text(value) {
                Some(text) if key == "node_def" => operation_of(text),
                Some(text) => text.to_owned(),
                None => tree.text(value, "op").unwrap_or_default().to_owned(),
            };
            let name = named.rsplit('.').next().unwrap_or_default();
            let is_of_files = ["io.", "gfile.", "raw_ops."].iter().any(|of| named.starts_with(of));
            let harmless_here =
                !is_of_files && matches!(name, "copy" | "print" | "walk" | "vectorize");
            let Some(code) = known::reaches_beyond_arrays(name).filter(|_| !harmless_here) else {
                continue;
            };
            let message = format!(
                "a layer calls the operation {} of TensorFlow, which reaches beyond arrays",
                bounded(&named, 80)
            );
            self.danger(value, code, message, Some(format!("tf.{}", bounded(&named, 80))), None);
        }
    }
}

/// The operation of a node definition in the text form of Protocol Buffers or JSON.
fn operation_of(node: &str) -> String {
    let after = ["op: \"", "\"op\": \"", "\"op\":\""]
        .iter()
        .find_map(|start| node.split_once(start))
        .map(|(_, after)| after);
    after.and_then(|after| after.split('"').next()).unwrap_or_default().to_owned()
}
