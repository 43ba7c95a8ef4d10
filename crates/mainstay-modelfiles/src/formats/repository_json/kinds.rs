//! Which JSON files are settings of a model.

use memchr::memmem;

use super::events::{Step, visit};
use crate::format::{Beginning, Likeness};

/// How many first bytes are looked at.
const LOOKED_AT: usize = 4096;

/// Keys that nothing else has: one is enough.
const OWN: &[&str] = &[
    "_attn_implementation",
    "_diffusers_version",
    "added_tokens_decoder",
    "auto_map",
    "auto_mapping",
    "base_model_name_or_path",
    "chat_template",
    "custom_pipelines",
    "feature_extractor_type",
    "image_processor_type",
    "peft_type",
    "pooling_mode_mean_tokens",
    "processor_class",
    "similarity_fn_name",
    "tokenizer_class",
    "torch_dtype",
    "transformers_version",
    "trust_remote_code",
    "video_processor_type",
    "weight_map",
    "word_embedding_dimension",
];

/// Keys that other files may have too: two are needed, or one and a name of [`NAMES`].
const COMMON: &[&str] = &[
    "_class_name",
    "_name_or_path",
    "added_tokens",
    "additional_special_tokens",
    "architectures",
    "attn_implementation",
    "bos_token",
    "bos_token_id",
    "cls_token",
    "custom_generate",
    "custom_pipeline",
    "do_lower_case",
    "do_resize",
    "do_sample",
    "eos_token",
    "eos_token_id",
    "experts_implementation",
    "hidden_size",
    "image_mean",
    "image_std",
    "max_new_tokens",
    "max_seq_length",
    "model_max_length",
    "model_type",
    "num_attention_heads",
    "num_hidden_layers",
    "pad_token",
    "pad_token_id",
    "pre_tokenizer",
    "prompts",
    "quantization_config",
    "sampling_rate",
    "unk_token",
    "vocab_size",
];

/// What each entry of `modules.json` has.
const MODULE: &[&str] = &["idx", "name", "path", "type"];

/// The names that the files have in repositories.
const NAMES: &[&str] = &[
    "adapter_config.json",
    "chat_template.json",
    "config.json",
    "config_sentence_transformers.json",
    "generation_config.json",
    "model_index.json",
    "modules.json",
    "preprocessor_config.json",
    "processor_config.json",
    "scheduler_config.json",
    "sentence_bert_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "video_preprocessor_config.json",
];

/// What names a function to call, wherever it stands.
const CALLS: &[&str] =
    &["_target_", "__reduce__", "py/reduce", "py/object", "py/function", "py/type", "py/newobj"];

/// The list of the steps of a model of sentence-transformers, which needs only their types and
/// folders.
const MODULES: &str = "modules.json";

pub(super) fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let bytes = beginning.bytes;
    // Blanks in front say nothing, however many there are.
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    if text.is_empty() && !beginning.is_whole() && beginning.ending() == "json" {
        return Likeness::Possible;
    }
    if !matches!(text, [b'{' | b'[', ..]) {
        return Likeness::No;
    }
    let begins = text.get(..LOOKED_AT).unwrap_or(text);
    let is_all = beginning.is_whole() && begins.len() == text.len();
    let is_named = NAMES.contains(&beginning.name) || beginning.name.ends_with(".index.json");
    let found = Keys::of(begins);
    let enough = if is_named { 1 } else { 2 };
    if found.own > 0 || found.module >= MODULE.len() || beginning.name == MODULES && found.types > 0
    {
        Likeness::Certain
    } else if found.common >= enough
        || found.calls > 0
        || CALLS.iter().any(|call| has(begins, format!("\"{call}\"").as_bytes()))
    {
        Likeness::Possible
    } else if is_named && !is_all && (text.starts_with(b"{") || beginning.name == MODULES) {
        // What matters may stand behind what was looked at.
        Likeness::Possible
    } else {
        Likeness::No
    }
}

fn has(bytes: &[u8], wanted: &[u8]) -> bool {
    memmem::find(bytes, wanted).is_some()
}

/// How many keys of each sort the outermost object has.
#[derive(Default)]
struct Keys {
    own: usize,
    common: usize,
    /// Of the first entry of a list.
    module: usize,
    /// Types that entries of a list have.
    types: usize,
    /// Keys that name what is called, at any depth.
    calls: usize,
}

impl Keys {
    fn of(begins: &[u8]) -> Self {
        let mut keys = Self::default();
        // The text is most often cut off: what is whole of it counts.
        let _ = visit(begins, |path, _, _| {
            if let Some(Step::Key(key)) = path.last() {
                keys.calls += usize::from(CALLS.contains(&&**key));
                keys.types += usize::from(path.len() == 2 && key == "type");
            }
            match path {
                [Step::Key(key)] => {
                    keys.own += usize::from(OWN.contains(&&**key));
                    keys.common += usize::from(COMMON.contains(&&**key));
                }
                [Step::Index(0), Step::Key(key)] => {
                    keys.module += usize::from(MODULE.contains(&&**key));
                }
                _ => {}
            }
        });
        keys
    }
}
