//! YAML settings that name what is built from them.

use mainstay_modelfiles::role_of;
use mainstay_testkit::mutation::Seed;
use mainstay_testkit::{TarPart, gzip, tar_of};

use super::everything::{codes, examined, is_clean};

const NEMO: &str = "\
target: nemo.collections.asr.models.EncDecCTCModelBPE
preprocessor:
  _target_: nemo.collections.asr.modules.AudioToMelSpectrogramPreprocessor
  sample_rate: 16000
optim: {name: adamw, betas: [0.9, 0.98]}
decoder:
  _target_: torch.nn.Linear
  in_features: ${model.encoder.d_model}
";

const HOSTILE: &str = "a:\n  _target_: os.system\n  _args_: [echo inert]\n";

const TAGGED: &str = "a: !!python/object/apply:os.system [echo inert]\n";

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    vec![
        Seed::new("model_config.yaml", NEMO),
        Seed::new("hostile.yaml", HOSTILE),
        Seed::new("tagged.yml", TAGGED),
        Seed::new("v1-inference.yaml", LATENT),
        Seed::new("v2-inference.yaml", LATENT_HOSTILE),
        Seed::new("fit.yaml", LIGHTNING),
        Seed::new("fit-hostile.yaml", LIGHTNING_HOSTILE),
        Seed::new("broken.yaml", "a: [\n_target_: os.system\n"),
        Seed::new("hyperparams.yaml", "net: !new:torch.nn.Linear\n  in: !ref <a>\n"),
    ]
}

fn codes_of(text: &str) -> Vec<&'static str> {
    codes(&examined("model_config.yaml", text.as_bytes()))
}

#[test]
fn settings_of_known_libraries_are_clean() {
    let examined = examined("model_config.yaml", NEMO.as_bytes());
    assert!(is_clean(&examined), "{examined:?}");
    assert_eq!(examined.format, Some("yaml-settings"));
}

#[test]
fn a_target_that_runs_programs_runs_code() {
    let examined = examined("conf.yaml", HOSTILE.as_bytes());
    assert_eq!(codes(&examined), ["model-runs-code"]);
    assert_eq!(examined.dangers[0].advisory, Some("CVE-2025-23304"));
    assert_eq!(examined.dangers[0].shown.as_deref(), Some("os.system(_args_=[\"echo inert\"])"));
}

#[test]
fn a_target_is_found_however_it_is_written() {
    for text in [
        "{_target_: os.system, x: 1}",
        "a: {\"_target_\": \"os.system\"}",
        "a: [{b: {'_target_': 'os.system'}}]",
        "a:\n  \"\\x5ftarget_\":\n    os.system\n",
        "b: &b os.system\na:\n  _target_: *b\n",
        "target: os.system\n",
        "m:\n  target: os.system\n  params: {}\n",
    ] {
        assert_eq!(codes_of(text), ["model-runs-code"], "{text}");
    }
}

#[test]
fn a_target_in_what_is_no_yaml_is_found_and_a_gap_is_left() {
    let examined = examined("model_config.yaml", b"a: [\n_target_: os.system\n");
    assert_eq!((codes(&examined), examined.gaps.len()), (vec!["model-runs-code"], 1));
}

#[test]
fn a_target_that_nobody_knows_is_unknown_and_one_behind_another_module_is_hidden() {
    assert_eq!(codes_of("_target_: my.Net"), ["model-unknown-call"]);
    assert_eq!(codes_of("_target_: torch.os.system"), ["model-hides-call"]);
}

#[test]
fn tags_of_python_run_code() {
    for text in [
        TAGGED,
        "!!python/object/new:os.system [x]",
        "a: !<tag:yaml.org,2002:python/object/apply:os.system> [x]",
        "%TAG !p! tag:yaml.org,2002:python/\n---\na: !p!object/apply:os.system [x]",
        "a: !!python/object/apply:os%2Esystem [x]",
        "a: !apply:os.system [x]",
        "a: !!python/name:os.system ''",
    ] {
        assert!(codes_of(text).contains(&"model-runs-code"), "{text}");
    }
}

#[test]
fn harmless_tags_of_python_are_clean() {
    for text in [
        "a: !!python/tuple [1, 2]\n_target_: torch.nn.Linear\n",
        "a: !!python/object:argparse.Namespace\n  b: 1\n",
        "a: !!python/object/apply:pathlib.PosixPath [x]\n",
        "net: !new:torch.nn.Linear\n  in: !ref <a>\n",
        "# never write !!python/object/apply:os.system\na: 1\n",
    ] {
        assert_eq!(codes_of(text), [""; 0], "{text}");
    }
}

#[test]
fn ordinary_yaml_is_not_claimed() {
    for text in ["services:\n  web:\n    image: x\n", "on: push\njobs: {}\n"] {
        assert!(role_of("compose.yaml", text.as_bytes(), text.len() as u64).is_none());
    }
    assert!(role_of("x.py", HOSTILE.as_bytes(), HOSTILE.len() as u64).is_none());
}

#[test]
fn the_settings_in_a_model_of_nemo_are_examined() {
    let tar = tar_of(&[TarPart::file("./model_config.yaml", HOSTILE.as_bytes())]);
    let examined = examined("m.nemo", &gzip(&tar));
    assert_eq!(codes(&examined), ["model-runs-code"]);
    let member = examined.dangers[0].place.member.as_deref();
    assert_eq!(member, Some("m.nemo!/model_config.yaml"));
}

const LATENT: &str = "\
model:
  target: ldm.models.diffusion.ddpm.LatentDiffusion
  params:
    timesteps: 1000
    unet_config:
      target: ldm.modules.diffusionmodules.openaimodel.UNetModel
      params: {image_size: 32}
";

const LATENT_HOSTILE: &str = "model:\n  target: os.system\n  params:\n    command: echo inert\n";

const LIGHTNING: &str = "\
model:
  class_path: lightning.pytorch.demos.boring_classes.DemoModel
  init_args:
    out_dim: 10
";

const LIGHTNING_HOSTILE: &str =
    "model:\n  \"class_path\" : subprocess.Popen\n  init_args: {args: echo inert}\n";

#[test]
fn a_configuration_of_latent_diffusion_is_read_under_any_name() {
    let ordinary = examined("v1-inference.yaml", LATENT.as_bytes());
    assert!(is_clean(&ordinary), "{ordinary:?}");
    assert_eq!(ordinary.format, Some("yaml-settings"));
    let hostile = examined("v1-inference.yaml", LATENT_HOSTILE.as_bytes());
    assert_eq!(codes(&hostile), ["model-runs-code"]);
}

#[test]
fn a_class_path_is_imported_and_called() {
    let ordinary = examined("fit.yaml", LIGHTNING.as_bytes());
    assert!(is_clean(&ordinary), "{ordinary:?}");
    assert_eq!(ordinary.format, Some("yaml-settings"));
    let hostile = examined("fit.yaml", LIGHTNING_HOSTILE.as_bytes());
    assert_eq!(codes(&hostile), ["model-runs-code"]);
}

#[test]
fn what_no_reader_understands_is_a_gap_and_its_names_are_looked_at() {
    for text in [
        "a: [\nclass_path: os.system\n",
        "a: [\nm:\n  target: os.system\n  params: {}\n",
        "a: [\n'_target_' : os.system\n",
    ] {
        let found = examined("model_config.yaml", text.as_bytes());
        assert_eq!((codes(&found), found.gaps.len()), (vec!["model-runs-code"], 1), "{text}");
    }
    assert_eq!(examined("model_config.yaml", b"a: [\n").gaps.len(), 1);
}

#[test]
fn comments_in_front_hide_no_target() {
    let text = format!("{}{HOSTILE}", "# nothing\n".repeat(1000));
    assert_eq!(codes(&examined("conf.yaml", text.as_bytes())), ["model-runs-code"]);
    let first = &text.as_bytes()[..4096];
    assert!(role_of("conf.yaml", first, text.len() as u64).is_some());
}

#[test]
fn a_nested_target_that_does_harm_needs_no_parameters() {
    let text = "model:\n  net:\n    target: os.system\n";
    assert_eq!(codes(&examined("inference.yaml", text.as_bytes())), ["model-runs-code"]);
    for other in ["build:\n  stage:\n    target: app.release\n", "a:\n  target: x86_64.linux\n"] {
        assert!(is_clean(&examined("compose.yaml", other.as_bytes())), "{other}");
    }
}
