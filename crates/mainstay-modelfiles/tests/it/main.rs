//! Model files that are built here byte by byte, and what is said of them.
//!
//! Each module has the builders of its format, `seeds()` (every fixture, hostile and benign), and
//! one test a fact. Payloads are inert: they would print a word if anybody ran them, and nobody
//! does.

pub mod catboost;
pub mod coreml;
pub mod everything;
pub mod executorch;
pub mod flat;
pub mod flax;
pub mod ggml;
pub mod gguf;
pub mod hdf5;
pub mod keras_json;
pub mod keras_yaml;
pub mod lfs_pointer;
pub mod lightgbm;
pub mod llamafile;
pub mod mlflow;
pub mod model_card;
pub mod mxnet;
pub mod neighbours;
pub mod nested;
pub mod npy;
pub mod onnx;
pub mod openvino;
pub mod packed;
pub mod packers;
pub mod paddle;
pub mod pickle;
pub mod pmml;
pub mod program;
pub mod python;
pub mod r_data;
pub mod repository_json;
pub mod safetensors;
pub mod saved_model;
pub mod seven_zip;
pub mod skops;
pub mod start_up;
pub mod tar;
pub mod template;
pub mod tflite;
pub mod torch;
pub mod wire;
pub mod xgboost;
pub mod yaml_config;
pub mod zip;
