//! The inputs: large model files, a tree of small ones, one that is next to nothing. All of them
//! are ordinary: there is nothing in them to find. Written once, and used again.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::pickles::{
    APPENDS, Arrays, BATCH, BUILD, EMPTY_DICT, EMPTY_LIST, EMPTY_TUPLE, FALSE, MARK, NEWOBJ, NONE,
    Pickle, SETITEMS, TRUE, TUPLE_OF_2,
};
use super::weights::{TENSOR, write_gguf, write_safetensors, write_torch};

/// A file or a folder to look at.
pub(super) struct Input {
    pub(super) name: &'static str,
    pub(super) path: PathBuf,
    /// Its size, in millions of bytes.
    pub(super) megabytes: f64,
    pub(super) is_folder: bool,
}

/// How much of everything.
struct Amounts {
    arrays: usize,
    dicts: u32,
    small: u32,
    safetensors: usize,
    tokens: usize,
    gguf: usize,
}

const AMOUNTS: Amounts =
    Amounts { arrays: 64, dicts: 500_000, small: 500, safetensors: 128, tokens: 128_000, gguf: 63 };

/// Part of the name of the folder: to be raised when the files change.
const VERSION: u32 = 1;

/// Writes the files into a folder, unless they are there.
pub(super) fn prepare(folder: &Path) -> anyhow::Result<Vec<Input>> {
    prepare_of(&folder.join(VERSION.to_string()), &AMOUNTS)
}

fn prepare_of(folder: &Path, amounts: &Amounts) -> anyhow::Result<Vec<Input>> {
    let done = folder.join("complete");
    let names: [(&'static str, &'static str); 7] = [
        ("a pickle of 40 bytes", "one.pkl"),
        ("500 small pickles", "tree"),
        ("arrays.pkl", "arrays.pkl"),
        ("dense.pkl", "dense.pkl"),
        ("model.pt", "model.pt"),
        ("model.safetensors", "model.safetensors"),
        ("model.gguf", "model.gguf"),
    ];
    if !done.is_file() {
        println!("writing model files to {}", folder.display());
        write_all(folder, amounts)
            .with_context(|| format!("cannot write model files to {}", folder.display()))?;
        fs::write(&done, b"")?;
    }
    let mut inputs = Vec::new();
    for (name, file) in names {
        let path = folder.join(file);
        let is_folder = path.is_dir();
        inputs.push(Input { name, megabytes: megabytes(&path)?, is_folder, path });
    }
    Ok(inputs)
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files fit 52 bits")]
fn megabytes(path: &Path) -> io::Result<f64> {
    let mut bytes = 0;
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            bytes += entry?.metadata()?.len();
        }
    } else {
        bytes = fs::metadata(path)?.len();
    }
    Ok(bytes as f64 / 1e6)
}

fn write_all(folder: &Path, amounts: &Amounts) -> io::Result<()> {
    let tree = folder.join("tree");
    fs::create_dir_all(&tree)?;
    let body = noise(TENSOR);
    let to = |name: &str| File::create(folder.join(name)).map(BufWriter::new);
    write_one(to("one.pkl")?)?;
    write_arrays(to("arrays.pkl")?, amounts.arrays, &body)?;
    write_dicts(to("dense.pkl")?, amounts.dicts)?;
    for number in 0..amounts.small {
        let file = File::create(tree.join(format!("model-{number:03}.pkl")))?;
        write_estimator(BufWriter::new(file), number, &body)?;
    }
    write_torch(&folder.join("model.pt"), amounts.arrays, &body)?;
    write_safetensors(&folder.join("model.safetensors"), amounts.safetensors, TENSOR)?;
    write_gguf(&folder.join("model.gguf"), amounts.tokens, amounts.gguf, TENSOR)
}

/// Bytes that look like weights: the same at every run, and hard to pack.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// `{"epoch": 3, "best_loss": 1}`.
fn write_one(file: BufWriter<File>) -> io::Result<()> {
    let mut pickle = Pickle::begin(file)?;
    pickle.put(&[EMPTY_DICT]);
    pickle.memoize();
    pickle.put(&[MARK]);
    pickle.text("epoch");
    pickle.integer(3);
    pickle.text("best_loss");
    pickle.integer(1);
    pickle.put(&[SETITEMS]);
    pickle.finish().map(drop)
}

/// A dictionary of large arrays.
fn write_arrays(file: BufWriter<File>, arrays: usize, body: &[u8]) -> io::Result<()> {
    let mut pickle = Pickle::begin(file)?;
    let mut writer = Arrays::default();
    pickle.put(&[EMPTY_DICT]);
    pickle.memoize();
    pickle.put(&[MARK]);
    let rows = u32::try_from(body.len() / 4 / 1024).map_err(io::Error::other)?;
    for number in 0..arrays {
        pickle.text(&format!("layer{number}.weight"));
        writer.write(&mut pickle, &[rows, 1024], "f4", body)?;
    }
    pickle.put(&[SETITEMS]);
    pickle.finish().map(drop)
}

/// A list of small dictionaries: twenty opcodes each, and nothing that is large.
fn write_dicts(file: BufWriter<File>, dicts: u32) -> io::Result<()> {
    let mut pickle = Pickle::begin(file)?;
    pickle.put(&[EMPTY_LIST]);
    pickle.memoize();
    let mut keys = None;
    for number in 0..dicts {
        let place = number as usize % BATCH;
        if place == 0 {
            pickle.put(&[MARK]);
        }
        pickle.put(&[EMPTY_DICT]);
        pickle.memoize();
        pickle.put(&[MARK]);
        let [id, score, tags, at] = *keys.get_or_insert_with(|| first_keys(&mut pickle));
        pickle.get(id);
        pickle.integer(number);
        pickle.get(score);
        pickle.real(f64::from(number) / 4.0);
        pickle.get(tags);
        pickle.put(&[EMPTY_LIST]);
        pickle.memoize();
        pickle.put(&[MARK]);
        pickle.integer(number % 7);
        pickle.integer(number % 11);
        pickle.put(&[APPENDS]);
        pickle.get(at);
        pickle.integer(number & 255);
        pickle.integer(number >> 8);
        pickle.put(&[TUPLE_OF_2]);
        pickle.memoize();
        pickle.put(&[SETITEMS]);
        if place + 1 == BATCH || number + 1 == dicts {
            pickle.put(&[APPENDS]);
        }
        pickle.end_object()?;
    }
    pickle.finish().map(drop)
}

/// Puts the keys into the memo, as items of the first dictionary: each under the next.
fn first_keys(pickle: &mut Pickle<BufWriter<File>>) -> [u32; 4] {
    ["id", "score", "tags", "at"].map(|key| {
        let number = pickle.text(key);
        pickle.put(&[NONE]);
        number
    })
}

/// A linear model as scikit-learn pickles it, with some hundred coefficients.
fn write_estimator(file: BufWriter<File>, number: u32, body: &[u8]) -> io::Result<()> {
    let mut pickle = Pickle::begin(file)?;
    let mut arrays = Arrays::default();
    pickle.global("sklearn.linear_model._logistic", "LogisticRegression");
    pickle.put(&[EMPTY_TUPLE, NEWOBJ]);
    pickle.memoize();
    pickle.put(&[EMPTY_DICT]);
    pickle.memoize();
    pickle.put(&[MARK]);
    pickle.text("penalty");
    pickle.text("l2");
    pickle.text("C");
    pickle.real(f64::from(number + 1));
    pickle.text("fit_intercept");
    pickle.put(&[TRUE]);
    pickle.text("max_iter");
    pickle.integer(100);
    pickle.text("verbose");
    pickle.put(&[FALSE]);
    pickle.text("class_weight");
    pickle.put(&[NONE]);
    pickle.text("n_features_in_");
    pickle.integer(450);
    pickle.text("coef_");
    let start = number as usize * 8;
    let part = |length: usize| body.get(start..start + length).unwrap_or_default();
    arrays.write(&mut pickle, &[1, 450], "f8", part(3600))?;
    pickle.text("intercept_");
    arrays.write(&mut pickle, &[1], "f8", part(8))?;
    pickle.text("_sklearn_version");
    pickle.text("1.6.1");
    pickle.put(&[SETITEMS, BUILD]);
    pickle.finish().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEW: Amounts =
        Amounts { arrays: 1, dicts: 2001, small: 2, safetensors: 1, tokens: 5, gguf: 1 };

    #[test]
    fn every_input_is_written_once() {
        let folder = tempfile::tempdir().unwrap();
        let inputs = prepare_of(folder.path(), &FEW).unwrap();
        assert!(inputs.iter().all(|input| input.megabytes > 0.0));
        let one = &inputs[0].path;
        assert_eq!(fs::metadata(one).unwrap().len(), 40);
        fs::write(one, b"touched").unwrap();
        prepare_of(folder.path(), &FEW).unwrap();
        assert_eq!(fs::read(one).unwrap(), b"touched");
    }
}
