//! Which imported names make or are something with indices in it: arrays, and what keeps arrays of
//! positions in other arrays.

/// What a name is for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Indexed {
    /// Nothing.
    No,
    /// A class of arrays.
    Array,
    /// A function that makes an array of a buffer, a dtype and a shape.
    Buffer,
    /// joblib's stand-in for an array whose bytes follow.
    Wrapper,
    /// A matrix of `scipy.sparse`.
    Matrix(Matrix),
    /// `sklearn.tree._tree.Tree`, the nodes of a tree of scikit-learn.
    Tree,
    /// The nodes of a tree of scikit-learn's histogram gradient boosting.
    Predictor,
}

/// How a sparse matrix keeps its positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Matrix {
    /// CSR: row after row.
    Rows,
    /// CSC: column after column.
    Columns,
    /// BSR: rows of blocks.
    Blocks,
    /// COO: a pair of positions for each value.
    Pairs,
}

impl Indexed {
    /// What the name with this path is.
    pub(super) fn of(path: &str) -> Self {
        const ARRAYS: [&str; 5] = ["ndarray", "memmap", "matrix", "recarray", "MaskedArray"];
        let last = path.rsplit('.').next().unwrap_or(path);
        match path {
            "numpy.core.numeric._frombuffer" => Self::Buffer,
            "joblib.numpy_pickle.NumpyArrayWrapper" => Self::Wrapper,
            "sklearn.tree._tree.Tree" => Self::Tree,
            "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor" => Self::Predictor,
            _ if path.starts_with("numpy.") && ARRAYS.contains(&last) => Self::Array,
            _ if path.starts_with("scipy.sparse.") => match last {
                "csr_matrix" | "csr_array" => Self::Matrix(Matrix::Rows),
                "csc_matrix" | "csc_array" => Self::Matrix(Matrix::Columns),
                "bsr_matrix" | "bsr_array" => Self::Matrix(Matrix::Blocks),
                "coo_matrix" | "coo_array" => Self::Matrix(Matrix::Pairs),
                _ => Self::No,
            },
            _ => Self::No,
        }
    }
}
