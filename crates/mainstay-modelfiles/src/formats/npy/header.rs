//! The header: a dictionary of exactly `descr`, `fortran_order` and `shape`.

use super::element;
use super::literal::{self, Literal};
use crate::odd_text::readable;

/// The most dimensions that `NumPy` has.
const MOST_DIMENSIONS: usize = 64;

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Whether the elements are a pickle.
    pub(super) has_objects: bool,
    pub(super) shape: Vec<u64>,
    /// The bytes of all elements. `None` when they cannot be counted.
    pub(super) bytes: Option<u64>,
    /// The type of the elements for a person.
    pub(super) element: String,
}

/// Why a header is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) message: &'static str,
    pub(super) shown: Option<String>,
    /// Whether it may be a type of tomorrow.
    pub(super) is_unknown_type: bool,
}

pub(super) fn read(text: &str) -> Result<Header, Flaw> {
    let flaw = |message| Flaw {
        message,
        shown: Some(readable(text.trim().as_bytes())),
        is_unknown_type: false,
    };
    let Some(literal) = literal::read(text) else {
        return Err(flaw(
            "the header is no plain Python literal: it is broken, or made for a reader that \
             evaluates it",
        ));
    };
    let Literal::Dict(pairs) = literal else {
        return Err(flaw("the header is not a dictionary, so its reader fails"));
    };
    let (mut descr, mut order, mut shape) = (None, None, None);
    for pair in pairs.chunks_exact(2) {
        let [Literal::Text(key), value] = pair else {
            return Err(flaw("the header has a key that is not a text"));
        };
        let into = match &**key {
            "descr" => &mut descr,
            "fortran_order" => &mut order,
            "shape" => &mut shape,
            _ => return Err(flaw("the header has a key that the format does not know")),
        };
        if into.replace(value).is_some() {
            return Err(flaw("the header states a key twice, and readers take different ones"));
        }
    }
    let (Some(descr), Some(Literal::Bool), Some(Literal::Tuple(shape))) = (descr, order, shape)
    else {
        return Err(flaw("the header lacks the type, the order or the shape, or they are odd"));
    };
    let element = element::read(descr);
    let element_text = element_text(descr, element.has_objects);
    if element.is_unknown && !element.has_objects {
        let mut flaw = flaw("the elements are of a type that NumPy does not write");
        flaw.is_unknown_type = true;
        return Err(flaw);
    }
    let Some(shape) = dimensions(shape) else {
        return Err(flaw("a dimension of the shape is not a whole number that readers can hold"));
    };
    let all = shape.iter().try_fold(1_u64, |all, dimension| all.checked_mul(*dimension));
    let bytes = all.zip(element.bytes).and_then(|(all, bytes)| all.checked_mul(bytes));
    let bytes = bytes.filter(|_| !element.has_objects);
    Ok(Header { has_objects: element.has_objects, shape, bytes, element: element_text })
}

fn dimensions(shape: &[Literal]) -> Option<Vec<u64>> {
    if shape.len() > MOST_DIMENSIONS {
        return None;
    }
    let one = |dimension: &Literal| i64::try_from(dimension.number()?).ok()?.try_into().ok();
    shape.iter().map(one).collect()
}

fn element_text(descr: &Literal, has_objects: bool) -> String {
    if let Literal::Text(code) = descr {
        return readable(code.as_bytes());
    }
    if has_objects { "fields with objects".to_owned() } else { "fields".to_owned() }
}
