//! Settings of model repositories: ordinary ones of many families, and ones that take code.

use mainstay_modelfiles::Examined;
use mainstay_testkit::mutation::Seed;
use mainstay_types::Severity;

use super::everything::{codes, examined, examined_beside, is_clean};

/// Files as ordinary repositories have them.
const ORDINARY: &[(&str, &str)] = &[
    (
        "config.json",
        r#"{"_name_or_path": "/srv/me/run/checkpoint-100", "architectures": ["BertModel"],
            "attention_probs_dropout_prob": 0.1, "hidden_act": "gelu", "hidden_size": 768,
            "id2label": {"0": "no", "1": "yes"}, "layer_norm_eps": 1e-12, "model_type": "bert",
            "torch_dtype": "float32", "transformers_version": "4.41.2", "vocab_size": 30522}"#,
    ),
    (
        "config.json",
        r#"{"architectures": ["LlamaForCausalLM"], "attention_bias": false, "bos_token_id": 1,
            "eos_token_id": [2, 3], "hidden_act": "silu", "model_type": "llama",
            "quantization_config": {"bits": 4, "quant_method": "gptq", "group_size": 128},
            "rope_scaling": {"factor": 8.0, "rope_type": "llama3"}, "use_cache": true}"#,
    ),
    (
        "config.json",
        r#"{"architectures": ["MambaForCausalLM"], "model_type": "mamba2",
            "time_step_limit": [0.0, Infinity], "_attn_implementation": "flash_attention_2",
            "_attn_implementation_autoset": true, "text_config": {"model_type": "x"}}"#,
    ),
    (
        "tokenizer_config.json",
        r#"{"add_bos_token": true, "added_tokens_decoder": {"0": {"content": "<unk>", "lstrip":
            false, "special": true}}, "bos_token": "<s>", "chat_template": "{% for message in messages
            %}{{ message['content'] }}{% endfor %}", "clean_up_tokenization_spaces": false,
            "model_max_length": 1000000000000000019884624838656, "tokenizer_class":
            "LlamaTokenizer", "tokenizer_file": "/srv/.cache/x/tokenizer.json"}"#,
    ),
    (
        "tokenizer_config.json",
        r#"{"tokenizer_class": "CohereTokenizer", "chat_template": [{"name": "default",
            "template": "{{ messages[0]['content'] }}"}, {"name": "tool_use", "template":
            "{{ tools | tojson }}"}]}"#,
    ),
    (
        "generation_config.json",
        r#"{"_from_model_config": true, "bos_token_id": 1, "do_sample": true,
            "eos_token_id": 2, "max_length": 4096, "temperature": 0.6, "transformers_version":
            "4.31.0"}"#,
    ),
    (
        "preprocessor_config.json",
        r#"{"do_normalize": true, "do_resize": true, "image_mean": [0.5, 0.5, 0.5],
            "image_processor_type": "ViTImageProcessor", "size": {"height": 224, "width": 224}}"#,
    ),
    ("processor_config.json", r#"{"processor_class": "LlavaProcessor", "patch_size": 14}"#),
    (
        "adapter_config.json",
        r#"{"auto_mapping": null, "base_model_name_or_path": "somebody/base-7b", "bias":
            "none", "lora_alpha": 16, "peft_type": "LORA", "r": 8, "target_modules": ["q_proj"],
            "task_type": "CAUSAL_LM"}"#,
    ),
    (
        "adapter_config.json",
        r#"{"auto_mapping": {"base_model_class": "WhisperModel", "parent_library":
            "transformers.models.whisper.modeling_whisper"}, "base_model_name_or_path":
            "/workspace/base", "peft_type": "LORA"}"#,
    ),
    (
        "modules.json",
        r#"[{"idx": 0, "name": "0", "path": "", "type":
            "sentence_transformers.models.Transformer"}, {"idx": 1, "name": "1", "path":
            "1_Pooling", "type": "sentence_transformers.models.Pooling"}]"#,
    ),
    (
        "config_sentence_transformers.json",
        r#"{"__version__": {"pytorch": "2.1"}, "prompts": {"query": "search: "},
            "similarity_fn_name": "cosine"}"#,
    ),
    (
        "model.safetensors.index.json",
        r#"{"metadata": {"total_size": 13476831232}, "weight_map": {"lm_head.weight":
            "model-00002-of-00002.safetensors", "a.weight": "model-00001-of-00002.safetensors"}}"#,
    ),
    (
        "special_tokens_map.json",
        r#"{"bos_token": "<s>", "eos_token": {"content": "</s>", "lstrip": false},
            "additional_special_tokens": ["<|im_start|>"]}"#,
    ),
    (
        "tokenizer.json",
        r#"{"version": "1.0", "truncation": null, "padding": null, "added_tokens": [{"id": 0,
            "content": "<unk>"}], "normalizer": {"type": "NFC"}, "pre_tokenizer": {"type":
            "ByteLevel"}, "model": {"type": "BPE", "vocab": {"a": 0, "__class__": 1, "file": 2,
            "path": 3}, "merges": ["a b", ["/", "etc"]]}}"#,
    ),
    (
        "model_index.json",
        r#"{"_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.21.4",
            "feature_extractor": ["transformers", "CLIPImageProcessor"], "requires_safety_checker":
            true, "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
            "scheduler": ["diffusers", "PNDMScheduler"], "image_encoder": [null, null]}"#,
    ),
    (
        "config.json",
        r#"{"_class_name": "UNet2DConditionModel", "_diffusers_version": "0.6.0",
            "act_fn": "silu", "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"]}"#,
    ),
    (
        "settings.json",
        r#"{"model": {"_target_": "torch.nn.Linear", "in_features": 4}, "opt": {"_target_":
            "torch.optim.AdamW", "lr": 0.1}}"#,
    ),
];

/// Files that take code or files from where they should not: name, text, code, severity.
const HOSTILE: &[(&str, &str, &str, Severity)] = &[
    (
        "config.json",
        r#"{"auto_map": {"AutoConfig": "configuration_x.XConfig", "AutoModel":
            "configuration_x.XModel"}, "model_type": "x"}"#,
        "model-remote-code",
        Severity::Medium,
    ),
    (
        "config.json",
        r#"{"auto_map": {"AutoModel": "other/repo--modeling_x.XModel"}}"#,
        "model-remote-code",
        Severity::High,
    ),
    (
        "tokenizer_config.json",
        r#"{"auto_map": {"AutoTokenizer": ["tokenization_x.XTokenizer", null]}}"#,
        "model-remote-code",
        Severity::Medium,
    ),
    (
        "config.json",
        r#"{"custom_pipelines": {"mine": {"impl": "my_pipeline.Mine", "pt":
            ["AutoModel"]}}, "model_type": "x"}"#,
        "model-remote-code",
        Severity::Medium,
    ),
    (
        "config.json",
        r#"{"model_type": "x", "trust_remote_code": true}"#,
        "model-remote-code",
        Severity::Medium,
    ),
    (
        "config.json",
        r#"{"model_type": "x", "hidden_size": 1, "_attn_implementation":
            "somebody/kernel:attention"}"#,
        "model-remote-code",
        Severity::High,
    ),
    (
        "tokenizer_config.json",
        r#"{"tokenizer_class": "X", "chat_template": "{{ x.__class__ }}"}"#,
        "model-template",
        Severity::Critical,
    ),
    (
        "tokenizer_config.json",
        r#"{"tokenizer_class": "X", "chat_template": [{"name": "a", "template":
            "{{ x['\u005f\u005fclass__'] }}"}]}"#,
        "model-template",
        Severity::Critical,
    ),
    (
        "chat_template.json",
        r#"{"chat_template": {"tool_use": "{{ lipsum.__globals__ }}"}}"#,
        "model-template",
        Severity::Critical,
    ),
    (
        "adapter_config.json",
        r#"{"peft_type": "LORA", "auto_mapping": {"base_model_class": "X", "parent_library":
            "nobody.knows"}}"#,
        "model-unknown-call",
        Severity::Medium,
    ),
    (
        "adapter_config.json",
        r#"{"peft_type": "LORA", "auto_mapping": {"base_model_class": "X", "parent_library":
            "transformers_modules.other.modeling_x"}}"#,
        "model-remote-code",
        Severity::Medium,
    ),
    (
        "modules.json",
        r#"[{"idx": 0, "name": "0", "path": "", "type": "custom_module.Transformer"}]"#,
        "model-remote-code",
        Severity::Medium,
    ),
    (
        "modules.json",
        r#"[{"idx": 0, "name": "0", "path": "", "type": "subprocess.Popen"}]"#,
        "model-runs-code",
        Severity::Critical,
    ),
    (
        "modules.json",
        r#"[{"idx": 0, "name": "0", "path": "", "type": "a/b--custom_module.Transformer"}]"#,
        "model-remote-code",
        Severity::High,
    ),
    (
        "model.safetensors.index.json",
        r#"{"metadata": {}, "weight_map": {"a": "../../../etc/passwd"}}"#,
        "model-touches-files",
        Severity::High,
    ),
    (
        "pytorch_model.bin.index.json",
        r#"{"metadata": {}, "weight_map": {"a": "/srv/other.bin"}}"#,
        "model-touches-files",
        Severity::High,
    ),
    (
        "model_index.json",
        r#"{"_class_name": "X", "_diffusers_version": "0.2", "unet": ["my_unet", "MyUNet"]}"#,
        "model-remote-code",
        Severity::Medium,
    ),
    (
        "model_index.json",
        r#"{"_class_name": ["pipeline", "X"], "_diffusers_version": "0.2"}"#,
        "model-remote-code",
        Severity::Medium,
    ),
    (
        "model_index.json",
        r#"{"_class_name": "X", "_diffusers_version": "0.2", "custom_pipeline":
            "somebody/pipeline"}"#,
        "model-remote-code",
        Severity::High,
    ),
    (
        "settings.json",
        r#"{"model": {"_target_": "os.system", "command": "echo inert"}}"#,
        "model-runs-code",
        Severity::Critical,
    ),
    (
        "settings.json",
        r#"{"model": {"_target_": "builtins.exec", "_args_": ["print('inert')"]}}"#,
        "model-runs-code",
        Severity::Critical,
    ),
    (
        "settings.json",
        r#"{"a": [{"_target_": "hydra.utils.get_method", "path": "os.system"}]}"#,
        "model-hides-call",
        Severity::Critical,
    ),
    (
        "settings.json",
        r#"{"a": {"_target_": "nobody.Knows"}}"#,
        "model-unknown-call",
        Severity::Medium,
    ),
    (
        "state.json",
        r#"{"py/reduce": [{"py/function": "posix.system"}, {"py/tuple": ["echo inert"]}]}"#,
        "model-runs-code",
        Severity::Critical,
    ),
    (
        "config.json",
        r#"{"model_type": "x", "hidden_size": 1, "vocab_file": "\\\\host.example\\share"}"#,
        "model-touches-files",
        Severity::High,
    ),
    (
        "config.json",
        r#"{"auto_map": {}, "auto_map": {"AutoModel": "modeling_x.X"}, "auto_map": {}}"#,
        "model-remote-code",
        Severity::Medium,
    ),
];

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let ordinary = ORDINARY.iter().copied().map(|(name, text)| Seed::new(name, text));
    let hostile = HOSTILE.iter().copied().map(|(name, text, _, _)| Seed::new(name, text));
    ordinary.chain(hostile).collect()
}

#[test]
fn the_settings_of_ordinary_models_are_clean() {
    for (name, text) in ORDINARY.iter().copied() {
        let examined = examined(name, text.as_bytes());
        assert!(is_clean(&examined), "{text}: {examined:#?}");
        assert_eq!(examined.format, Some("model-settings"), "{text}");
    }
}

#[test]
fn settings_that_take_code_or_files_are_told_by_what_they_do() {
    for (name, text, code, severity) in HOSTILE.iter().copied() {
        let examined = examined(name, text.as_bytes());
        assert_eq!(codes(&examined), [code], "{text}: {examined:#?}");
        assert_eq!(examined.dangers[0].severity, severity, "{text}");
    }
}

#[test]
fn code_of_another_repository_is_said_to_be_unpinned() {
    let text = br#"{"auto_map": {"AutoModel": "other/repo--modeling_x.XModel"}}"#;
    assert!(examined("config.json", text).dangers[0].message.contains("no revision is pinned"));
}

#[test]
fn every_class_of_a_file_is_listed_with_it() {
    let text = br#"{"auto_map": {"AutoConfig": "x.XConfig", "AutoModel": "x.XModel"}}"#;
    let examined = examined("config.json", text);
    assert_eq!(examined.dangers[0].shown.as_deref(), Some("x.py: XConfig, XModel"));
    assert_eq!(examined.dangers[0].place.offset.map(mainstay_reading::Offset::bytes), Some(28));
}

#[test]
fn other_json_is_no_settings_of_a_model() {
    for (name, text) in [
        ("package.json", r#"{"name": "x", "version": "1.0.0", "dependencies": {"a": "^1"}}"#),
        ("package-lock.json", r#"{"name": "x", "lockfileVersion": 3, "packages": {}}"#),
        ("tsconfig.json", r#"{"compilerOptions": {"strict": true}, "files": []}"#),
        ("composer.json", r#"{"name": "a/b", "type": "library", "require": {}}"#),
        ("config.json", r#"{"port": 8080, "prompt": "x", "type": "a"}"#),
        ("bom.json", r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": []}"#),
        ("a.spdx.json", r#"{"spdxVersion": "SPDX-2.3", "name": "x", "packages": []}"#),
        ("list.json", r#"[{"name": "a", "type": "b"}, {"name": "c"}]"#),
        ("vocab.json", r#"{"a": 0, "model_type": 1, "b": 2}"#),
        ("x.json", "{"),
        ("config.json", ""),
    ] {
        assert_eq!(examined(name, text.as_bytes()).format, None, "{text}");
    }
}

#[test]
fn settings_that_break_off_are_a_gap_and_keep_what_was_read() {
    let text = br#"{"auto_map": {"AutoModel": "a/b--modeling_x.XModel"}, "model_type": "#;
    let examined = examined("config.json", text);
    assert_eq!(codes(&examined), ["model-remote-code"]);
    assert_eq!(examined.gaps.len(), 1);
}

#[test]
fn settings_behind_much_else_are_read() {
    let padding = "x".repeat(10_000);
    let text = format!(r#"{{"a": "{padding}", "auto_map": {{"AutoModel": "a/b--c.D"}}}}"#);
    assert_eq!(codes(&examined("config.json", text.as_bytes())), ["model-remote-code"]);
}

#[test]
fn blanks_in_front_hide_no_settings() {
    let blanks = " \n".repeat(5000);
    for (name, text) in [
        ("other.json", r#"{"auto_map": {"AutoModel": "a/b--c.D"}}"#),
        ("modules.json", r#"[{"type": "os.system", "path": "", "name": "0"}]"#),
        ("other.json", r#"{"a": {"\u005ftarget_": "os.system"}}"#),
        (
            "other.json",
            r#"{"class\u005fname": "Functional", "config": {"layers": [{"class_name": "Lambda",
                "config": {"function": ["4wEA", null, null]}}]}}"#,
        ),
    ] {
        let text = format!("{blanks}{text}");
        let found = examined(name, text.as_bytes());
        assert!(
            found.dangers.iter().any(|one| one.severity >= Severity::High),
            "{text}: {found:?}"
        );
        let first = &text.as_bytes()[..4096];
        assert!(mainstay_modelfiles::role_of(name, first, text.len() as u64).is_some());
    }
}

#[test]
fn modules_of_sentences_are_read_in_every_shape_that_is_loaded() {
    for (text, code) in [
        (r#"[{"type": "os.system", "path": ""}]"#, "model-runs-code"),
        (r#"[{}, {"path": "", "type": "os.system", "name": "0"}]"#, "model-runs-code"),
        (r#"[{"type": "sentence_transformers.util.os.system", "path": ""}]"#, "model-runs-code"),
        (r#"[{"type": "sentence_transformers.util.import_from_string"}]"#, "model-unknown-call"),
        (r#"[{"type": "modeling_x.X", "path": "", "name": "0"}]"#, "model-remote-code"),
    ] {
        assert_eq!(codes(&examined("modules.json", text.as_bytes())), [code], "{text}");
    }
}

#[test]
fn what_is_not_kept_of_the_settings_is_a_gap() {
    let code: Vec<String> = (0..100).map(|n| format!(r#""A{n}": "m{n}.X""#)).collect();
    let text = format!(r#"{{"auto_map": {{{}}}}}"#, code.join(", "));
    let found = examined("config.json", text.as_bytes());
    let named = |reason: &str| reason.contains("more than 64 files of code");
    assert!(found.gaps.iter().any(|gap| named(&gap.reason)), "{:?}", found.gaps);
    let parts: Vec<String> = (0..600).map(|n| format!(r#""p{n}": ["diffusers", "X"]"#)).collect();
    let text =
        format!(r#"{{"_class_name": "P", "_diffusers_version": "1", {}}}"#, parts.join(", "));
    assert_eq!(examined("model_index.json", text.as_bytes()).gaps.len(), 1);
}

/// Settings that name `modeling_x.py`, with these files beside them.
pub fn with_code(files: &[(&'static str, &'static str)]) -> Examined {
    beside(br#"{"auto_map": {"AutoModel": "modeling_x.XModel"}}"#, files)
}

fn beside(bytes: &[u8], files: &[(&'static str, &'static str)]) -> Examined {
    examined_beside("config.json", bytes, files)
}

#[test]
fn the_code_that_settings_name_is_read_where_it_lies() {
    let examined = with_code(&[("modeling_x.py", "import os\n\nos.system('echo inert')\n")]);
    assert_eq!(codes(&examined), ["model-remote-code", "model-runs-code"]);
    let danger = &examined.dangers[1];
    assert_eq!(danger.place.file.as_deref(), Some("modeling_x.py"));
    assert_eq!(danger.place.line, Some(3));
    assert_eq!(danger.shown.as_deref(), Some("os.system('echo inert')"));
}

#[test]
fn the_code_that_code_imports_is_read_too() {
    let examined = with_code(&[
        ("modeling_x.py", "from .layers import Layer\nfrom . import more\n"),
        ("layers.py", "import os\nos.system('echo inert')\n"),
        ("more.py", "from .modeling_x import a\nimport subprocess\nsubprocess.run(['a'])\n"),
    ]);
    let files: Vec<_> =
        examined.dangers.iter().filter_map(|danger| danger.place.file.as_deref()).collect();
    assert_eq!(files, ["layers.py", "more.py"]);
}

#[test]
fn a_way_to_generate_of_its_own_is_code_of_the_repository() {
    let source = "import os\nos.system('echo inert')\n";
    let files = &[("custom_generate/generate.py", source)];
    let examined = beside(br#"{"architectures": ["X"], "model_type": "x"}"#, files);
    assert_eq!(codes(&examined), ["model-remote-code", "model-runs-code"]);
}

#[test]
fn the_code_of_an_endpoint_is_told_and_read() {
    let settings = br#"{"architectures": ["X"], "model_type": "x"}"#;
    let source = "import os\nclass EndpointHandler:\n    def __init__(self, path=''):\n        \
                  os.system('echo inert')\n";
    let examined = beside(settings, &[("handler.py", source)]);
    assert_eq!(codes(&examined), ["model-remote-code", "model-runs-code"]);
    let places: Vec<_> = examined.dangers.iter().map(|one| one.place.file.as_deref()).collect();
    assert_eq!(places, [Some("handler.py"), Some("handler.py")]);
    assert_eq!(codes(&beside(settings, &[("other.py", source)])), [""; 0]);
}

#[test]
fn more_components_of_a_pipeline_than_are_kept_are_a_gap() {
    let pipeline = |count: usize| {
        let components: Vec<String> =
            (0..count).map(|number| format!(r#""c{number}": ["diffusers", "X"]"#)).collect();
        let text = format!(
            r#"{{"_class_name": "XPipeline", "_diffusers_version": "0.30.0", {}}}"#,
            components.join(", ")
        );
        examined("model_index.json", text.as_bytes())
    };
    assert!(is_clean(&pipeline(20)));
    assert_eq!(pipeline(600).gaps.len(), 1);
}
