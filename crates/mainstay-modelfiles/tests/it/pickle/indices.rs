//! Positions in arrays that lead out of them: sparse matrices, and trees of scikit-learn.

use mainstay_modelfiles::Examined;
use mainstay_reading::Danger;
use mainstay_types::Severity;

use super::super::everything::{codes, examined, is_clean};
use super::assembly::{Fixture, Pickle};

fn bytes_of(numbers: &[i32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn count_of(numbers: &[i32]) -> i32 {
    i32::try_from(numbers.len()).unwrap_or(i32::MAX)
}

/// A dtype of numpy: its text, and the state that it is given.
fn dtype(pickle: Pickle, text: &str, order: &str) -> Pickle {
    pickle
        .global("numpy", "dtype")
        .text(text)
        .raw(b"\x89\x88\x87R(K\x03")
        .text(order)
        .raw(b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb")
}

/// An array of numpy that is made and not given anything yet.
fn empty(pickle: Pickle) -> Pickle {
    pickle
        .global("numpy.core.multiarray", "_reconstruct")
        .global("numpy", "ndarray")
        .raw(b"K\x00\x85C\x01b\x87R")
}

/// What an array is given: its length, its dtype and what stands for its bytes.
fn content(pickle: Pickle, count: i32, text: &str, order: &str, data: &[u8]) -> Pickle {
    dtype(pickle.raw(b"(K\x01").int(count).raw(b"\x85"), text, order)
        .raw(b"\x89")
        .raw(data)
        .raw(b"tb")
}

fn literal(bytes: &[u8]) -> Vec<u8> {
    Pickle::bare().bytes(bytes).unfinished()
}

fn whole(pickle: Pickle, numbers: &[i32]) -> Pickle {
    content(empty(pickle), count_of(numbers), "i4", "<", &literal(&bytes_of(numbers)))
}

/// How arrays are written.
type Array = fn(Pickle, &[i32]) -> Pickle;

/// The same with the first byte of a number first.
fn big_endian(pickle: Pickle, numbers: &[i32]) -> Pickle {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
    content(empty(pickle), count_of(numbers), "i4", ">", &literal(&bytes))
}

/// As protocol 2 writes bytes: a text that is encoded.
fn encoded(pickle: Pickle, numbers: &[i32]) -> Pickle {
    let text: String = bytes_of(numbers).into_iter().map(char::from).collect();
    let data = Pickle::bare()
        .global("_codecs", "encode")
        .text(&text)
        .text("latin1")
        .raw(b"\x86R")
        .unfinished();
    content(empty(pickle), count_of(numbers), "i4", "<", &data)
}

/// As protocol 5 writes them.
fn of_buffer(pickle: Pickle, numbers: &[i32]) -> Pickle {
    let pickle = pickle.global("numpy._core.numeric", "_frombuffer").raw(b"(");
    dtype(pickle.bytes(&bytes_of(numbers)), "i4", "<")
        .int(count_of(numbers))
        .raw(b"\x85")
        .text("C")
        .raw(b"tR")
}

/// As joblib writes them: the bytes stand behind the stand-in of the array.
fn of_joblib(pickle: Pickle, numbers: &[i32]) -> Pickle {
    let pickle = pickle
        .stack_global("joblib.numpy_pickle", "NumpyArrayWrapper")
        .raw(b")\x81}(")
        .text("subclass")
        .stack_global("numpy", "ndarray")
        .text("shape")
        .int(count_of(numbers))
        .raw(b"\x85")
        .text("order")
        .text("C")
        .text("dtype");
    dtype(pickle, "i4", "<")
        .text("allow_mmap")
        .raw(b"\x88")
        .text("numpy_array_alignment_bytes")
        .raw(b"K\x10ub\x01\xff")
        .raw(&bytes_of(numbers))
}

/// A sparse matrix of 2 rows and 3 columns with these arrays.
fn matrix(module: &str, class: &str, array: Array, arrays: &[(&str, &[i32])]) -> Vec<u8> {
    let begun = Pickle::of(4)
        .instance(module, class)
        .raw(b"}(")
        .text("_shape")
        .int(2)
        .int(3)
        .raw(b"\x86")
        .text("maxprint")
        .int(50);
    let filled =
        arrays.iter().fold(begun, |pickle, (name, numbers)| array(pickle.text(name), numbers));
    filled.raw(b"ub").stop()
}

fn rows_by(array: Array, starts: &[i32], indices: &[i32]) -> Vec<u8> {
    let data = vec![1; indices.len()];
    let arrays = [("indptr", starts), ("indices", indices), ("data", &*data)];
    matrix("scipy.sparse._csr", "csr_matrix", array, &arrays)
}

fn rows(starts: &[i32], indices: &[i32]) -> Vec<u8> {
    rows_by(whole, starts, indices)
}

fn pairs(row: &[i32], column: &[i32]) -> Vec<u8> {
    let arrays = [("row", row), ("col", column), ("data", &[1, 1][..])];
    matrix("scipy.sparse.coo", "coo_matrix", whole, &arrays)
}

/// Where the numbers of a node stand: two children and a feature, of four bytes each.
const FIELDS: [&str; 3] = ["left_child", "right_child", "feature"];

/// A tree of scikit-learn for 4 features with these nodes: two children and a feature each.
fn tree(count: i32, nodes: &[[i32; 3]]) -> Vec<u8> {
    let begun = Pickle::of(4).global("sklearn.tree._tree", "Tree").int(4);
    let begun = whole(begun, &[2]).int(1).raw(b"\x87R}(").text("node_count").int(count);
    let begun = empty(begun.text("nodes")).raw(b"(K\x01").int(count_of(&vec![0; nodes.len()]));
    let begun = begun
        .raw(b"\x85")
        .global("numpy", "dtype")
        .text("V12")
        .raw(b"\x89\x88\x87R(K\x03")
        .text("|")
        .raw(b"N(");
    let named = FIELDS.iter().fold(begun, |pickle, name| pickle.text(name));
    let fields = FIELDS.iter().zip([0, 4, 8]).fold(named.raw(b"t}("), |pickle, (name, offset)| {
        dtype(pickle.text(name), "i4", "<").int(offset).raw(b"\x86")
    });
    let typed = fields.raw(b"uJ\x0c\0\0\0J\x01\0\0\0K\x10tb\x89");
    let bytes = bytes_of(&nodes.concat());
    typed.bytes(&bytes).raw(b"tbub").stop()
}

/// A root, and two leaves.
const TREE: [[i32; 3]; 3] = [[1, 2, 3], [-1, -1, -2], [-1, -1, -2]];

pub(crate) fn fixtures() -> Vec<Fixture> {
    vec![
        ("csr", rows(&[0, 1, 2], &[0, 2])),
        ("csr-index", rows(&[0, 1, 2], &[0, 1_000_000])),
        ("csr-joblib", rows_by(of_joblib, &[0, 1, 2], &[0, -1])),
        ("coo", pairs(&[0, 1], &[0, 2])),
        ("tree", tree(3, &TREE)),
        ("tree-child", tree(3, &[[1, 9, 0], [-1, -1, -2], [-1, -1, -2]])),
    ]
}

fn said(bytes: &[u8]) -> Examined {
    examined("m.pkl", bytes)
}

fn is_told(bytes: &[u8], words: &str) {
    let found = said(bytes);
    assert_eq!(codes(&found), ["model-malformed"], "{found:?}");
    let is_right = |one: &Danger| one.severity == Severity::High && one.message.contains(words);
    assert!(found.dangers.iter().all(is_right), "{words}: {found:?}");
}

#[test]
fn a_matrix_whose_positions_fit_is_clean_however_it_is_written() {
    for array in [whole, big_endian, encoded, of_buffer, of_joblib] {
        let found = said(&rows_by(array, &[0, 1, 2], &[0, 2]));
        assert!(is_clean(&found), "{found:?}");
    }
    assert!(is_clean(&said(&rows(&[0, 0, 0], &[]))));
    // Protocol 2 writes no bytes as `bytes()`.
    let bare: Array = |pickle, numbers| match numbers {
        [] => {
            let data = Pickle::bare().global("__builtin__", "bytes").raw(b")R").unfinished();
            content(empty(pickle), 0, "i4", "<", &data)
        }
        numbers => whole(pickle, numbers),
    };
    assert!(is_clean(&said(&rows_by(bare, &[0, 0, 0], &[]))));
    assert!(is_clean(&said(&pairs(&[0, 1], &[0, 2]))));
}

#[test]
fn an_index_that_leads_out_of_a_matrix_is_told_however_it_is_written() {
    for array in [whole, big_endian, encoded, of_buffer, of_joblib] {
        for index in [3, -1, i32::MAX] {
            is_told(&rows_by(array, &[0, 1, 2], &[0, index]), "an index of a sparse matrix");
        }
    }
}

#[test]
fn a_matrix_of_columns_has_as_many_rows_as_it_says() {
    let columns = |index| {
        let arrays =
            [("indptr", &[0, 1, 1, 2][..]), ("indices", &[0, index][..]), ("data", &[1, 1][..])];
        matrix("scipy.sparse._csc", "csc_array", whole, &arrays)
    };
    assert!(is_clean(&said(&columns(1))));
    is_told(&columns(2), "an index of a sparse matrix is 2, and 2 are there");
}

#[test]
fn where_the_rows_of_a_matrix_begin_must_lead_to_what_is_there() {
    is_told(&rows(&[0, 1, 7], &[0, 2]), "values up to 7");
    is_told(&rows(&[0, 2, 1], &[0, 2]), "go from 2 to 1");
    is_told(&rows(&[0, 2], &[0, 2]), "should say 3");
}

#[test]
fn a_pair_that_leads_out_of_a_matrix_is_told() {
    is_told(&pairs(&[0, 2], &[0, 2]), "a row of a sparse matrix is 2");
    is_told(&pairs(&[0, 1], &[0, 3]), "a column of a sparse matrix is 3");
    is_told(&pairs(&[0], &[0, 2]), "a row of 1");
}

#[test]
fn a_matrix_of_which_not_all_is_known_is_unknown() {
    let arrays = [("indices", &[0, 2][..]), ("data", &[1, 1][..])];
    let found = said(&matrix("scipy.sparse._csr", "csr_matrix", whole, &arrays));
    assert!(found.dangers.is_empty() && found.gaps.len() == 1, "{found:?}");
}

#[test]
fn a_matrix_that_is_made_of_its_arrays_at_once_is_unknown() {
    let begun = Pickle::of(4).global("scipy.sparse._csr", "csr_matrix");
    let arrays = [&[1, 1][..], &[0, 9], &[0, 1, 2]];
    let given = arrays.iter().fold(begun, |pickle, numbers| whole(pickle, numbers));
    let made = given.raw(b"\x87").int(2).int(3).raw(b"\x86\x86R").stop();
    let found = said(&made);
    assert!(found.dangers.is_empty() && found.gaps.len() == 1, "{found:?}");
}

#[test]
fn an_array_that_is_given_its_numbers_twice_is_unknown() {
    let twice: Array = |pickle, numbers| {
        let once = whole(pickle, numbers);
        content(once, count_of(numbers), "i4", "<", &literal(&bytes_of(numbers)))
    };
    let found = said(&rows_by(twice, &[0, 1, 2], &[0, 2]));
    assert!(found.dangers.is_empty() && !found.gaps.is_empty(), "{found:?}");
}

#[test]
fn a_tree_whose_nodes_fit_is_clean() {
    let found = said(&tree(3, &TREE));
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn a_node_that_leads_out_of_a_tree_or_round_in_it_is_told() {
    let with = |root: [i32; 3]| tree(3, &[root, TREE[1], TREE[2]]);
    is_told(&with([1, 3, 0]), "a child in a tree is 3");
    is_told(&with([1, -7, 0]), "a child in a tree is -7");
    is_told(&with([1, 0, 0]), "goes in circles");
    is_told(&with([1, 2, 4]), "a feature of a tree is 4, and 4 are there");
    is_told(&tree(4, &TREE), "a tree counts 4 nodes, and has 3");
}
