//! Which operators of TensorFlow compute, which do more, and which no release has.

use std::collections::HashSet;
use std::sync::LazyLock;

use mainstay_reading::DangerCode;

/// Operators that compute, one a line.
static ORDINARY: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("ordinary_ops.txt").lines().filter(|line| !line.starts_with('#')).collect()
});

/// Operators that call Python functions.
const PYTHON: &[&str] = &["EagerPyFunc", "PyFunc", "PyFuncStateless"];

/// Operators that read files whose names are values of the graph.
const READS: &[&str] = &[
    "CSVDataset",
    "CSVDatasetV2",
    "ExperimentalCSVDataset",
    "ExperimentalLMDBDataset",
    "ExperimentalMatchingFilesDataset",
    "ExperimentalSqlDataset",
    "FixedLengthRecordDataset",
    "FixedLengthRecordDatasetV2",
    "FixedLengthRecordReader",
    "FixedLengthRecordReaderV2",
    "GenerateVocabRemapping",
    "LMDBDataset",
    "LMDBReader",
    "LoadAndRemapMatrix",
    "LoadDataset",
    "MatchingFiles",
    "MatchingFilesDataset",
    "ReadFile",
    "SnapshotDatasetReader",
    "SnapshotNestedDatasetReader",
    "SqlDataset",
    "TFRecordDataset",
    "TFRecordDatasetV2",
    "TFRecordReader",
    "TFRecordReaderV2",
    "TextLineDataset",
    "TextLineReader",
    "TextLineReaderV2",
    "WholeFileReader",
    "WholeFileReaderV2",
];

/// Operators that write files whose names are values of the graph. Those of checkpoints are in
/// every model, and are judged by their paths.
const WRITES: &[&str] = &[
    "CreateSummaryDbWriter",
    "CreateSummaryFileWriter",
    "DatasetToTFRecord",
    "DistributedSave",
    "ExperimentalDatasetToTFRecord",
    "ImportEvent",
    "SaveDataset",
    "SaveDatasetV2",
    "SnapshotDataset",
    "SnapshotDatasetV2",
    "WriteAudioSummary",
    "WriteFile",
    "WriteGraphSummary",
    "WriteHistogramSummary",
    "WriteImageSummary",
    "WriteRawProtoSummary",
    "WriteScalarSummary",
    "WriteSummary",
];

/// Operators that connect to other machines.
const CONNECTS: &[&str] = &[
    "BigQueryReader",
    "BigtableClient",
    "CloudBigtableClient",
    "DataServiceDataset",
    "DataServiceDatasetV2",
    "DataServiceDatasetV3",
    "DataServiceDatasetV4",
    "FileSystemSetConfiguration",
    "GenerateBigQueryReaderPartitions",
    "RegisterDataset",
    "RegisterDatasetV2",
    "RemoteCall",
    "Rpc",
    "RpcCall",
    "RpcCheckStatus",
    "RpcClient",
    "RpcGetValue",
    "RpcServer",
    "RpcServerRegister",
    "RpcServerStart",
    "TryRpc",
];

/// Operators that write a checkpoint to the path of their first input.
pub(super) const SAVES: &[&str] = &["Save", "SaveSlices", "SaveV2"];

/// Words in the names of operators that no release has, which say that they run what they are
/// given.
const TELLING: &[&str] = &[
    "python",
    "pyfunc",
    "pycall",
    "shell",
    "subprocess",
    "system",
    "exec",
    "eval",
    "loadlib",
    "command",
    "spawn",
    "popen",
];

/// What an operator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// It computes.
    Ordinary,
    /// It does more: the sort of danger, and what it does.
    Danger(DangerCode, &'static str),
    /// No release of TensorFlow has it.
    Unknown,
}

/// What an operator is, by its name.
pub(crate) fn operator(name: &str) -> Operator {
    if PYTHON.contains(&name) {
        return Operator::Danger(DangerCode::RunsCode, "calls a Python function");
    }
    if READS.contains(&name) {
        return Operator::Danger(DangerCode::TouchesFiles, "reads files of the machine");
    }
    if WRITES.contains(&name) {
        return Operator::Danger(DangerCode::TouchesFiles, "writes files of the machine");
    }
    if CONNECTS.contains(&name) {
        return Operator::Danger(DangerCode::UsesNetwork, "connects to another machine");
    }
    if ORDINARY.contains(name) || name.starts_with("_Mkl") || name.starts_with("_OneDnn") {
        return Operator::Ordinary;
    }
    let lower = name.to_ascii_lowercase();
    if TELLING.iter().any(|word| lower.contains(word)) {
        let what = "is of no release of TensorFlow and runs what it is given, by its name";
        return Operator::Danger(DangerCode::RunsCode, what);
    }
    Operator::Unknown
}

/// The operators that do more than compute.
pub(crate) fn dangerous() -> impl Iterator<Item = &'static str> {
    [PYTHON, READS, WRITES, CONNECTS].into_iter().flatten().copied()
}

/// Whether a release of TensorFlow, or an official companion, has this operator.
pub(super) fn is_known(name: &str) -> bool {
    ORDINARY.contains(name) || dangerous().any(|dangerous| dangerous == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_operator_is_ordinary_and_dangerous() {
        for list in [PYTHON, READS, WRITES, CONNECTS] {
            for name in list {
                assert!(!ORDINARY.contains(name), "{name}");
            }
        }
    }

    #[test]
    fn every_ordinary_operator_is_ordinary() {
        assert!(ORDINARY.len() > 1500);
        for name in ORDINARY.iter() {
            assert_eq!(operator(name), Operator::Ordinary, "{name}");
        }
    }

    #[test]
    fn what_every_saved_model_has_is_ordinary() {
        for name in ["SaveV2", "RestoreV2", "MergeV2Checkpoints", "ShardedFilename", "StringJoin"] {
            assert_eq!(operator(name), Operator::Ordinary, "{name}");
        }
    }
}
