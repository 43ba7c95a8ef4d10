//! Judges each value of the settings as it is met.

use mainstay_reading::{Danger, DangerCode};
use mainstay_types::Severity;

use super::code::Code;
use super::events::{Step, Value};
use super::targets;
use crate::description::shortened;
use crate::examination::Examination;
use crate::part::Part;
use crate::python_source::{Callable, callable};
use crate::{jinja, licence};

/// The most components of a pipeline that are kept.
const COMPONENTS: usize = 500;

/// Keys whose values are worth showing.
const SHOWN: &[&str] = &[
    "_class_name",
    "_name_or_path",
    "architectures",
    "base_model_name_or_path",
    "model_type",
    "peft_type",
    "tokenizer_class",
    "torch_dtype",
    "transformers_version",
];

/// Libraries whose classes a pipeline of diffusers names, besides its own modules.
const LIBRARIES: &[&str] =
    &["diffusers", "transformers", "onnxruntime", "onnxruntime.training", "k_diffusion", "null"];

/// Modules of diffusers that a pipeline names without the library before them.
const MODULES: &[&str] = &[
    "ace_step",
    "allegro",
    "animatediff",
    "audioldm2",
    "aura_flow",
    "bria",
    "chroma",
    "cogvideo",
    "cogview3",
    "cogview4",
    "consisid",
    "consistency_models",
    "controlnet",
    "cosmos",
    "deepfloyd_if",
    "flux",
    "hidream_image",
    "hunyuan_image",
    "hunyuan_video",
    "hunyuandit",
    "kandinsky",
    "kandinsky2_2",
    "kandinsky3",
    "kandinsky5",
    "kolors",
    "latent_diffusion",
    "latte",
    "ledits_pp",
    "ltx",
    "lumina",
    "lumina2",
    "mochi",
    "musicldm",
    "omnigen",
    "paint_by_example",
    "pixart_alpha",
    "prx",
    "qwenimage",
    "sana",
    "semantic_stable_diffusion",
    "shap_e",
    "stable_audio",
    "stable_cascade",
    "stable_diffusion",
    "stable_diffusion_3",
    "stable_diffusion_safe",
    "stable_diffusion_xl",
    "stable_video_diffusion",
    "t2i_adapter",
    "unclip",
    "unidiffuser",
    "versatile_diffusion",
    "wan",
    "wuerstchen",
];

pub(super) struct Judge<'j, 'p, 'b> {
    part: &'j Part<'p>,
    examination: &'j mut Examination<'b>,
    code: Code,
    is_pipeline: bool,
    /// Whether there are more components than are kept.
    has_more: bool,
    /// `"name": ["library", "Class"]`, as far as they were met: the name, the library, where.
    components: Vec<(String, String, usize)>,
}

impl<'j, 'p, 'b> Judge<'j, 'p, 'b> {
    pub(super) fn new(part: &'j Part<'p>, examination: &'j mut Examination<'b>) -> Self {
        let (code, components) = (Code::default(), Vec::new());
        Self { part, examination, code, is_pipeline: false, has_more: false, components }
    }

    /// Judges one value.
    pub(super) fn met(&mut self, path: &[Step<'_>], value: &Value<'_>, at: usize) {
        let Some(key) = last_key(path) else { return };
        match value {
            Value::Text(text) => self.text(path, key, text, at),
            Value::True if key == "trust_remote_code" => {
                let message = "the settings ask for trust_remote_code: who obeys runs whatever \
                               code the repository has";
                self.danger(DangerCode::RemoteCode, Severity::Medium, at, message, key);
            }
            Value::True | Value::Other | Value::Container => {}
        }
    }

    /// Judges what only the whole file tells.
    pub(super) fn finish(mut self) {
        // Diffusers reads components from the file of this name only; the settings of a component
        // have lists of their own.
        let is_index = self.is_pipeline && &*self.part.name == "model_index.json";
        for (name, library, at) in std::mem::take(&mut self.components) {
            let is_known = LIBRARIES.contains(&&*library) || MODULES.contains(&&*library);
            if self.is_pipeline && name == "_class_name" {
                self.code.module(&library, at);
            } else if is_index && !is_known {
                // A module of its own lies in the folder of its component.
                self.code.module(&format!("{name}/{library}"), at);
            }
        }
        if self.has_more && self.is_pipeline {
            let reason = format!("of the components of the pipeline only {COMPONENTS} were read");
            let advice = "look at the others by hand: no real pipeline has so many";
            self.examination.gap(self.part.whole(), reason, advice);
        }
        self.code.judge(self.part, self.examination);
    }

    fn danger(
        &mut self,
        code: DangerCode,
        severity: Severity,
        at: usize,
        message: impl Into<String>,
        shown: &str,
    ) {
        let danger = Danger::new(code, self.part.at(at as u64), message).graded(severity);
        let shown: String = shortened(shown).chars().take(300).collect();
        self.examination.danger(danger.shown(shown));
    }

    fn text(&mut self, path: &[Step<'_>], key: &str, text: &str, at: usize) {
        self.note(path, key, text);
        match (key, path) {
            ("impl", _) if has_key(path, "custom_pipelines") => self.code.class(text, at),
            _ if has_key(path, "auto_map") => self.code.class(text, at),
            ("custom_pipeline" | "custom_generate", [Step::Key(_)]) => {
                self.code.elsewhere(text, at);
            }
            ("name", _) if has_key(path, "chat_template") && path.len() > 1 => {}
            _ if has_key(path, "chat_template") => {
                jinja::look_at_decoded(text, self.part, at as u64, self.examination);
            }
            ("type", [Step::Index(_), Step::Key(_)]) => self.module_of_sentences(text, at),
            ("parent_library", _) if has_key(path, "auto_mapping") => self.library(text, at),
            _ if has_key(path, "weight_map") => self.shard(text, at),
            _ if key.ends_with("attn_implementation") || key == "experts_implementation" => {
                self.kernel(text, at);
            }
            _ if targets::is_target(path, key) => {
                targets::judge(path, text, self.part, at, self.examination);
            }
            (_, [Step::Key(name), Step::Index(0)]) => {
                if self.components.len() < COMPONENTS {
                    self.components.push((name.to_string(), text.to_owned(), at));
                } else {
                    self.has_more = true;
                }
            }
            _ => self.path(key, text, at),
        }
    }

    /// Keeps what tells something of the file.
    fn note(&mut self, path: &[Step<'_>], key: &str, text: &str) {
        let [Step::Key(first), ..] = path else { return };
        self.code.is_of_model |= &**first == "architectures";
        self.is_pipeline |= matches!(&**first, "_diffusers_version" | "_class_name");
        if path.len() <= 2 && SHOWN.contains(&&**first) {
            self.examination.describe(|description| description.fact(key, text));
        }
        if path.len() == 1 && matches!(key, "license" | "licence") {
            licence::stated(text, self.examination);
        }
    }

    /// The class of a step of sentence-transformers.
    fn module_of_sentences(&mut self, text: &str, at: usize) {
        if !text.contains(['.', '-']) {
            return;
        }
        let verdict = callable(text);
        let is_theirs = text.starts_with("sentence_transformers.");
        if is_theirs && verdict == Callable::Ordinary {
            return;
        }
        if is_theirs && verdict == Callable::Unknown {
            let message = format!("loading the model calls `{text}`, which nobody knows");
            self.danger(DangerCode::UnknownCall, Severity::Medium, at, message, text);
        } else if let Callable::Sink(deed) = verdict {
            let message = format!("loading the model calls `{text}`, which {}", deed.does());
            self.danger(deed.code(), deed.code().severity(), at, message, text);
        } else {
            self.code.class(text, at);
        }
    }

    /// The library that PEFT imports to find the class of the model.
    fn library(&mut self, text: &str, at: usize) {
        let first = text.split('.').next().unwrap_or(text);
        if text.starts_with("transformers_modules.") {
            let message = format!(
                "loading the adapter needs the code of another repository, which is imported as \
                 `{text}`"
            );
            self.danger(DangerCode::RemoteCode, Severity::Medium, at, message, text);
        } else if !matches!(
            first,
            "transformers"
                | "diffusers"
                | "torch"
                | "timm"
                | "peft"
                | "sentence_transformers"
                | "torchvision"
                | "open_clip"
                | "__main__"
        ) {
            let message = format!("loading the adapter imports `{text}`, which nobody knows");
            self.danger(DangerCode::UnknownCall, Severity::Medium, at, message, text);
        }
    }

    /// The name of a file with weights.
    fn shard(&mut self, text: &str, at: usize) {
        if leaves_folder(text) {
            let message = "the index of the weights names a file outside of the repository: \
                           loading the model opens it";
            self.danger(DangerCode::TouchesFiles, Severity::High, at, message, text);
        }
    }

    /// `owner/name` in place of the name of an implementation: a kernel that is taken from there.
    fn kernel(&mut self, text: &str, at: usize) {
        let text = text.rsplit_once('|').map_or(text, |(_, kernel)| kernel);
        let [_, name] = &*text.splitn(3, '/').collect::<Vec<_>>() else { return };
        if name.is_empty() {
            return;
        }
        let pinned = if text.contains('@') { "" } else { ", in no certain revision" };
        let message = format!(
            "loading the model takes native code from the repository `{text}`{pinned}: its owner \
             decides what runs"
        );
        self.danger(DangerCode::RemoteCode, Severity::High, at, message, text);
    }

    /// A path that leads to secrets, devices or another machine.
    fn path(&mut self, key: &str, text: &str, at: usize) {
        let names_a_file = ["_file", "_path", "_name_or_path", "path", "file", "filename"]
            .iter()
            .any(|end| key.ends_with(end));
        if names_a_file && is_sensitive(text) {
            let message = format!(
                "the setting `{key}` names a file of the machine or of another one, which loading \
                 the model opens"
            );
            self.danger(DangerCode::TouchesFiles, Severity::High, at, message, text);
        }
    }
}

fn last_key<'p>(path: &'p [Step<'_>]) -> Option<&'p str> {
    path.iter().rev().find_map(|step| match step {
        Step::Key(key) => Some(&**key),
        Step::Index(_) => None,
    })
}

fn has_key(path: &[Step<'_>], wanted: &str) -> bool {
    path.iter().any(|step| matches!(step, Step::Key(key) if key == wanted))
}

/// Whether a path leads out of the folder it is joined to.
fn leaves_folder(path: &str) -> bool {
    let is_absolute = path.starts_with(['/', '\\', '~'])
        || matches!(path.as_bytes(), [drive, b':', ..] if drive.is_ascii_alphabetic());
    is_absolute || path.contains("://") || path.split(['/', '\\']).any(|step| step == "..")
}

fn is_sensitive(path: &str) -> bool {
    let places = ["/etc/", "/proc/", "/dev/", "/sys/", "\\\\", "//", "file://"];
    let secrets =
        ["/.ssh", "/.aws/", "/.kube/", "/.gnupg/", "/.netrc", "id_rsa", "/.git-credentials"];
    places.iter().any(|place| path.starts_with(place))
        || secrets.iter().any(|secret| path.contains(secret))
        || path.contains("../../")
}
