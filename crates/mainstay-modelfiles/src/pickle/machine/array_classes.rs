//! Functions of numpy that make an empty array of the class that they are given.
//!
//! `_reconstruct(class, shape, dtype)` is `ndarray.__new__(class, ...)`, without the class's own
//! constructor, and `_mareconstruct` takes a second class for the data. numpy refuses what is no class of
//! arrays; which ones are shows no name. So a class that is not known to be one is told: what it
//! does when it is given its state, nobody has judged for arrays.

use super::Machine;
use super::calls::Outcome;
use crate::pickle::policy::{Sink, Sort, Standing};
use crate::pickle::value::Value;

/// Classes of arrays outside of numpy that keep their state and do nothing else with it.
const ARRAYS: [&str; 18] = [
    "astropy.coordinates.angles.Angle",
    "astropy.coordinates.angles.Latitude",
    "astropy.coordinates.angles.Longitude",
    "astropy.coordinates.angles.core.Angle",
    "astropy.coordinates.angles.core.Latitude",
    "astropy.coordinates.angles.core.Longitude",
    "astropy.coordinates.distances.Distance",
    "astropy.table.column.Column",
    "astropy.table.column.MaskedColumn",
    "astropy.table.table.NdarrayMixin",
    "astropy.units.quantity.Quantity",
    "astropy.units.quantity.SpecificTypeQuantity",
    "pint.quantity.Quantity",
    "skimage.util._array.Array",
    "skimage.io._io.Image",
    "unyt.array.unyt_array",
    "unyt.array.unyt_quantity",
    "yt.units.yt_array.YTArray",
];

impl Machine<'_, '_> {
    /// A class of arrays first.
    pub(super) fn judge_array_class(
        &mut self,
        items: &[Value],
        arguments: Value,
        at: usize,
    ) -> Outcome {
        let Some(Value::Global(class)) = items.first().copied() else { return Outcome::Unknown };
        if self.is_array_class(class) {
            return Outcome::Harmless(Value::Made(class));
        }
        match self.shared.globals.standing(class) {
            Standing::Sink(_) | Standing::Hidden(_) => self.judge_first_class(items, arguments, at),
            Standing::Constructor
            | Standing::Checked(_)
            | Standing::Library
            | Standing::Unknown => Outcome::Harmless(self.tell_making(class, arguments, at)),
        }
    }

    /// A class of arrays first, and the class of its data second.
    pub(super) fn judge_masked_class(
        &mut self,
        items: &[Value],
        arguments: Value,
        at: usize,
    ) -> Outcome {
        let base_is_array = match items.get(1) {
            Some(Value::Global(base)) => self.is_array_class(*base),
            _ => false,
        };
        if base_is_array { self.judge_array_class(items, arguments, at) } else { Outcome::Unknown }
    }

    fn is_array_class(&self, number: u32) -> bool {
        let path = self.shared.globals.path(number);
        match self.shared.globals.standing(number) {
            // `memmap` opens a file in its own constructor, and here that is not called.
            Standing::Sink(Sink { sort: Sort::Opens, .. }) => path.ends_with(".memmap"),
            Standing::Constructor | Standing::Library => {
                let is_numpys = path.starts_with("numpy.") && Self::is_class_of_arrays(path);
                is_numpys || ARRAYS.contains(&path)
            }
            Standing::Checked(_) | Standing::Sink(_) | Standing::Hidden(_) | Standing::Unknown => {
                false
            }
        }
    }

    /// numpy writes the names of its classes of arrays in small letters, and those of masked ones
    /// not.
    fn is_class_of_arrays(path: &str) -> bool {
        const CLASSES: [&str; 9] = [
            "ndarray",
            "memmap",
            "matrix",
            "recarray",
            "chararray",
            "MaskedArray",
            "MaskedConstant",
            "MaskedRecords",
            "mrecarray",
        ];
        path.rsplit('.').next().is_some_and(|last| CLASSES.contains(&last))
    }
}
