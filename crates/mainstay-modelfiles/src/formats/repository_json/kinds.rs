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
const CALLS: &[&[u8]] = &[
    b"\"_target_\"",
    b"\"__reduce__\"",
    b"\"py/reduce\"",
    b"\"py/object\"",
    b"\"py/function\"",
    b"\"py/type\"",
    b"\"py/newobj\"",
];

pub(super) fn likeness(beginning: &Beginning<'_>) -> Likeness {
    let begins = beginning.bytes.get(..LOOKED_AT).unwrap_or(beginning.bytes);
    let text = begins.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(begins).trim_ascii_start();
    if !matches!(text, [b'{' | b'[', ..]) {
        return Likeness::No;
    }
    let is_all = beginning.length <= LOOKED_AT as u64;
    let is_named = NAMES.contains(&beginning.name) || beginning.name.ends_with(".index.json");
    let found = Keys::of(begins);
    let enough = if is_named { 1 } else { 2 };
    if found.own > 0 || found.module == MODULE.len() {
        Likeness::Certain
    } else if found.common >= enough || CALLS.iter().any(|call| has(begins, call)) {
        Likeness::Possible
    } else if is_named && !is_all && matches!(text, [b'{', ..]) {
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
}

impl Keys {
    fn of(begins: &[u8]) -> Self {
        let mut keys = Self::default();
        // The text is most often cut off: what is whole of it counts.
        let _ = visit(begins, |path, _, _| match path {
            [Step::Key(key)] => {
                keys.own += usize::from(OWN.contains(&&**key));
                keys.common += usize::from(COMMON.contains(&&**key));
            }
            [Step::Index(0), Step::Key(key)] => {
                keys.module += usize::from(MODULE.contains(&&**key));
            }
            _ => {}
        });
        keys
    }
}
