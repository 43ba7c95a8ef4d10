//! Model files that are built here byte by byte, and what is said of them.
//!
//! Each module has the builders of its format, `seeds()` (every fixture, hostile and benign), and
//! one test a fact. Payloads are inert: they would print a word if anybody ran them, and nobody
//! does.

pub mod coreml;
pub mod everything;
pub mod executorch;
pub mod flat;
pub mod mxnet;
pub mod onnx;
pub mod openvino;
pub mod paddle;
pub mod pmml;
pub mod saved_model;
pub mod tflite;
pub mod wire;
