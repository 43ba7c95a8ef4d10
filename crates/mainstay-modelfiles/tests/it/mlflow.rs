//! Descriptions of `MLflow` models.

use mainstay_testkit::mutation::Seed;

use super::everything::{codes, examined, is_clean};

fn model(python_function: &str) -> String {
    format!(
        "artifact_path: model\nflavors:\n  python_function:\n    env:\n      conda: conda.yaml\n      \
         virtualenv: python_env.yaml\n{python_function}    python_version: 3.11.5\n  sklearn:\n    \
         code: null\n    pickled_model: model.pkl\n    serialization_format: cloudpickle\n\
         mlflow_version: 2.9.2\nmodel_uuid: 0b7b8a\nutc_time_created: '2024-01-01 00:00:00.0'\n"
    )
}

fn ordinary() -> String {
    model("    loader_module: mlflow.sklearn\n    model_path: model.pkl\n    predict_fn: predict\n")
}

const CONDA: &str = "\
channels:
- conda-forge
dependencies:
- python=3.11.5
- pip<=23.3.1
- pip:
  - mlflow==2.9.2
  - git+https://code.example/mine.git
name: mlflow-env
";

/// Every fixture of this module.
pub fn seeds() -> Vec<Seed> {
    vec![
        Seed::new("MLmodel", &ordinary()),
        Seed::new("MLmodel", &model("    loader_module: mine.loader\n    code: code\n")),
        Seed::new("MLmodel", &model("    loader_module: os\n    model_path: ../../x\n")),
        Seed::new("conda.yaml", CONDA),
    ]
}

fn codes_of(python_function: &str) -> Vec<&'static str> {
    codes(&examined("MLmodel", model(python_function).as_bytes()))
}

#[test]
fn an_ordinary_model_is_clean() {
    let found = examined("MLmodel", ordinary().as_bytes());
    assert_eq!(found.format, Some("mlflow"));
    assert!(is_clean(&found), "{found:?}");
    assert_eq!(found.description.facts[0].value, "2.9.2");
}

#[test]
fn a_loader_of_another_library_is_unknown() {
    assert_eq!(codes_of("    loader_module: mine.loader\n"), ["model-unknown-call"]);
}

#[test]
fn a_loader_within_the_model_is_remote_code() {
    let codes = codes_of("    loader_module: mine.loader\n    code: code\n");
    assert_eq!(codes, ["model-remote-code", "model-carries-code"]);
}

#[test]
fn a_loader_of_the_standard_library_runs_code() {
    assert_eq!(codes_of("    loader_module: os\n"), ["model-runs-code"]);
}

#[test]
fn a_path_that_leaves_the_model_touches_files() {
    for path in ["../../etc/passwd", "/etc/passwd", "C:\\x", "a/../../b"] {
        let codes =
            codes_of(&format!("    loader_module: mlflow.sklearn\n    model_path: {path}\n"));
        assert_eq!(codes, ["model-touches-files"], "{path}");
    }
}

#[test]
fn a_path_that_is_an_address_uses_the_network() {
    let codes =
        codes_of("    loader_module: mlflow.sklearn\n    model_path: https://m.example/a\n");
    assert_eq!(codes, ["model-uses-network"]);
}

#[test]
fn a_python_file_as_the_model_carries_code() {
    let codes = codes_of("    loader_module: mlflow.pyfunc.model\n    model_code_path: model.py\n");
    assert_eq!(codes, ["model-carries-code"]);
}

#[test]
fn a_requirement_from_an_address_is_remote_code() {
    let found = examined("conda.yaml", CONDA.as_bytes());
    assert_eq!(codes(&found), ["model-remote-code"]);
    assert_eq!(
        found.dangers[0].place.offset.map(mainstay_reading::Offset::bytes),
        CONDA.find("git+").map(|at| at as u64)
    );
}

#[test]
fn an_environment_under_another_name_is_not_claimed() {
    assert_eq!(examined("environment.yml", CONDA.as_bytes()).format, None);
}

#[test]
fn a_description_that_is_no_yaml_is_a_gap() {
    let text = format!("{}flavors: [\n", ordinary());
    let found = examined("MLmodel", text.as_bytes());
    assert!(found.dangers.is_empty() && found.gaps.len() == 1, "{found:?}");
}

#[test]
fn a_description_that_is_too_long_is_a_gap() {
    let text = format!("{}# {}\n", ordinary(), "x".repeat(9 << 20));
    let found = examined("MLmodel", text.as_bytes());
    assert!(!found.gaps.is_empty(), "{found:?}");
}
