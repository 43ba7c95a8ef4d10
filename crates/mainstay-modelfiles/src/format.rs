//! The table of formats: one line each.

use std::borrow::Cow;

use crate::examination::Examination;
use crate::part::Part;
use crate::{formats, pickle, wrappings};

/// A format of model files, or something that wraps them.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The stable name in reports.
    pub id: &'static str,
    /// Its name for a person.
    pub title: &'static str,
    /// What a file of it is to a model.
    pub role: Role,
    /// Endings that promise this format, in lower case, without the dot. They never decide what a
    /// file is; a file of another format that has one is [`Disguised`](crate::DangerCode).
    pub endings: &'static [&'static str],
    /// Whether bytes are of this format.
    pub(crate) likeness: fn(&Beginning<'_>) -> Likeness,
    /// Reads it to its dangers.
    pub(crate) read: fn(&Part<'_>, &mut Examination<'_>),
}

/// What a file of a format is to a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A model, a part of one, or what attacks through models.
    Model,
    /// It lies beside models, and elsewhere as well: it makes no model of an archive.
    Beside,
    /// It wraps other files: only what is inside tells what it is.
    Wrapping,
}

/// What is asked for its format: the bytes from the start on, perhaps not all of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beginning<'a> {
    /// All bytes, or the first [`SNIFFED`](crate::SNIFFED).
    pub(crate) bytes: &'a [u8],
    /// How long the whole is.
    pub(crate) length: u64,
    /// The name of the file or member, without folders. It may choose between formats that are
    /// equally likely by their bytes (JSON, text), and never against the bytes.
    pub(crate) name: &'a str,
    /// Whether they lie inside of a file. What is ordinary in a folder may be part of a model there.
    pub(crate) is_inside: bool,
}

impl Beginning<'_> {
    /// Whether these are all bytes.
    pub(crate) fn is_whole(&self) -> bool {
        self.bytes.len() as u64 == self.length
    }

    /// The ending of the name in lower case, without the dot.
    pub(crate) fn ending(&self) -> Cow<'_, str> {
        ending_of(self.name)
    }
}

/// The ending of a name in lower case, without the dot; empty when there is none.
pub(crate) fn ending_of(name: &str) -> Cow<'_, str> {
    match name.rsplit_once('.') {
        Some((_, ending)) if ending.bytes().any(|byte| byte.is_ascii_uppercase()) => {
            ending.to_ascii_lowercase().into()
        }
        Some((_, ending)) => ending.into(),
        None => "".into(),
    }
}

/// How sure it is that bytes are of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// They are not.
    No,
    /// They could be: nothing speaks against it, and no magic for it.
    Possible,
    /// They are: a magic, or a structure that nothing else has.
    Certain,
}

impl Likeness {
    /// Certain if so, else not at all.
    pub(crate) fn certain_if(is_so: bool) -> Self {
        if is_so { Self::Certain } else { Self::No }
    }
}

/// Every format, in the order in which they are asked: of several equally likely ones the first
/// counts.
pub const FORMATS: &[Format] = &[
    // What wraps others.
    wrappings::zip::FORMAT,
    wrappings::gzip::FORMAT,
    wrappings::xz::FORMAT,
    wrappings::lzma::FORMAT,
    wrappings::bzip2::FORMAT,
    wrappings::zstd::FORMAT,
    wrappings::lz4::FORMAT,
    wrappings::seven_zip::FORMAT,
    wrappings::zf::FORMAT,
    wrappings::tar::FORMAT,
    wrappings::zlib::FORMAT,
    // Formats with a magic.
    formats::npy::FORMAT,
    formats::hdf5::FORMAT,
    formats::gguf::FORMAT,
    formats::ggml::FORMAT,
    formats::llamafile::FORMAT,
    formats::program::FORMAT,
    formats::safetensors::FORMAT,
    formats::tflite::FORMAT,
    formats::executorch::FORMAT,
    formats::r_data::FORMAT,
    formats::catboost::FORMAT,
    formats::lfs_pointer::FORMAT,
    formats::picture::FORMAT,
    // Formats told by their structure.
    pickle::FORMAT,
    formats::onnx::FORMAT,
    formats::saved_model::FORMAT,
    formats::coreml::FORMAT,
    formats::paddle::FORMAT,
    formats::mxnet::FORMAT,
    formats::xgboost_ubj::FORMAT,
    formats::flax::FORMAT,
    formats::keras_json::FORMAT,
    formats::xgboost_json::FORMAT,
    formats::repository_json::FORMAT,
    formats::openvino::FORMAT,
    formats::pmml::FORMAT,
    formats::lightgbm::FORMAT,
    formats::mlflow::FORMAT,
    formats::keras_yaml::FORMAT,
    formats::yaml_config::FORMAT,
    formats::start_up::FORMAT,
    formats::requirements::FORMAT,
    formats::template::FORMAT,
    formats::python::FORMAT,
    formats::model_card::FORMAT,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_formats_have_one_name() {
        let mut ids: Vec<&str> = FORMATS.iter().map(|format| format.id).collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }
}
