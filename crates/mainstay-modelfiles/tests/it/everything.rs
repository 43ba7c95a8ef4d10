//! What holds for every fixture of every format.

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use mainstay_archives::{Budget, Limits};
use mainstay_modelfiles::{Detail, Examined, ModelFile, examine_as};
use mainstay_reading::{Nearby, NearbyError, NothingNearby};
use mainstay_testkit::mutation::Seed;

/// Every fixture, named as its file would be.
pub fn seeds() -> Vec<Seed> {
    let mut seeds = Vec::new();
    seeds.extend(super::hdf5::seeds());
    seeds.extend(super::keras_json::seeds());
    seeds.extend(super::keras_yaml::seeds());
    seeds.extend(super::mlflow::seeds());
    seeds.extend(super::catboost::seeds());
    seeds.extend(super::flax::seeds());
    seeds.extend(super::lightgbm::seeds());
    seeds.extend(super::ggml::seeds());
    seeds.extend(super::llamafile::seeds());
    seeds.extend(super::gguf::seeds());
    seeds.extend(super::lfs_pointer::seeds());
    seeds.extend(super::npy::seeds());
    seeds.extend(super::r_data::seeds());
    seeds.extend(super::safetensors::seeds());
    seeds.extend(super::xgboost::seeds());
    seeds.extend(super::onnx::seeds());
    seeds.extend(super::saved_model::seeds());
    seeds.extend(super::tflite::seeds());
    seeds.extend(super::coreml::seeds());
    seeds.extend(super::openvino::seeds());
    seeds.extend(super::pmml::seeds());
    seeds.extend(super::executorch::seeds());
    seeds.extend(super::paddle::seeds());
    seeds.extend(super::mxnet::seeds());
    seeds.extend(super::model_card::seeds());
    seeds.extend(super::program::seeds());
    seeds.extend(super::python::seeds());
    seeds.extend(super::repository_json::seeds());
    seeds.extend(super::skops::seeds());
    seeds.extend(super::start_up::seeds());
    seeds.extend(super::template::seeds());
    seeds.extend(super::neighbours::seeds());
    seeds.extend(super::nested::seeds());
    seeds.extend(super::packed::seeds());
    seeds.extend(super::seven_zip::seeds());
    seeds.extend(super::tar::seeds());
    seeds.extend(super::torch::seeds());
    seeds.extend(super::yaml_config::seeds());
    seeds.extend(super::zip::seeds());
    seeds.extend(super::pickle::seeds());
    seeds
}

/// Files that lie beside one.
struct Beside(HashMap<&'static str, &'static str>);

impl Nearby for Beside {
    fn read(&self, path: &str) -> Result<Vec<u8>, NearbyError> {
        self.0.get(path).map(|text| text.as_bytes().to_vec()).ok_or(NearbyError::Absent)
    }
}

/// What is said of a file that lies beside these.
pub fn examined_beside(
    name: &str,
    bytes: &[u8],
    files: &[(&'static str, &'static str)],
) -> Examined {
    let nearby = &Beside(files.iter().copied().collect());
    let budget = &Budget::new(Limits::default());
    let file = ModelFile { name, bytes, nearby, is_for_others: |_| false, budget };
    examine_as(&file, Detail::Described)
}

/// Examines bytes that stand alone.
pub fn examined(name: &str, bytes: &[u8]) -> Examined {
    let budget = Budget::new(Limits::default());
    let file = ModelFile {
        name,
        bytes,
        nearby: &NothingNearby,
        is_for_others: |_| false,
        budget: &budget,
    };
    examine_as(&file, Detail::Described)
}

/// The codes of the dangers, in their order.
pub fn codes(examined: &Examined) -> Vec<&'static str> {
    examined.dangers.iter().map(|danger| danger.code.code()).collect()
}

/// Whether nothing at all is wrong or unknown.
pub fn is_clean(examined: &Examined) -> bool {
    examined.dangers.is_empty() && examined.gaps.is_empty()
}

#[test]
fn every_fixture_cut_at_every_length_is_examined_without_a_panic() {
    let seeds = seeds();
    let next = AtomicUsize::new(0);
    let cut_all = || {
        while let Some(seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
            // Each length costs as much as is left: large fixtures are cut at fewer places.
            let step = if seed.bytes.len() <= 1000 { 1 } else { seed.bytes.len() / 500 };
            for end in (0..seed.bytes.len()).step_by(step) {
                examined(&seed.name, &seed.bytes[..end]);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(cut_all);
        }
    });
}
