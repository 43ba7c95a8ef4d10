//! What calls of harmless names take: memory, or time without end.

/// What a call of a name takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cost {
    /// No more than its arguments are worth.
    Little,
    /// As much as the number or the shape that stands first.
    Allocates,
    /// As much as the iterators that it is given have to give.
    Consumes,
    /// Its arguments multiplied.
    Multiplies,
    /// It gives a number of values, as its arguments say.
    Counts,
    /// It gives values without end, or very many.
    Endless,
    /// It makes a tensor, which has memory of its own size.
    Tensor,
}

const ALLOCATING: [&str; 12] = [
    "builtins.bytearray",
    "builtins.bytes",
    "numpy.empty",
    "numpy.full",
    "numpy.ndarray",
    "numpy.ones",
    "numpy.zeros",
    "numpy.arange",
    "numpy.eye",
    "numpy.identity",
    "numpy.tri",
    "array.array",
];
const CONSUMING: [&str; 16] = [
    "_collections.deque",
    "builtins.all",
    "builtins.any",
    "builtins.dict",
    "builtins.frozenset",
    "builtins.list",
    "builtins.max",
    "builtins.min",
    "builtins.set",
    "builtins.sorted",
    "builtins.sum",
    "builtins.tuple",
    "collections.Counter",
    "collections.OrderedDict",
    "collections.UserList",
    "collections.deque",
];
const MULTIPLYING: [&str; 14] = [
    "_operator.imul",
    "_operator.ipow",
    "_operator.lshift",
    "_operator.mul",
    "_operator.pow",
    "builtins.pow",
    "math.comb",
    "math.factorial",
    "math.perm",
    "operator.imul",
    "operator.ipow",
    "operator.lshift",
    "operator.mul",
    "operator.pow",
];
const ENDLESS: [&str; 6] = [
    "itertools.combinations",
    "itertools.combinations_with_replacement",
    "itertools.count",
    "itertools.cycle",
    "itertools.permutations",
    "itertools.product",
];
const COUNTING: [&str; 2] = ["builtins.range", "itertools.repeat"];

impl Cost {
    /// What a call of the name with this path takes.
    pub(super) fn of(path: &str) -> Self {
        let lists: [(&[&str], Self); 5] = [
            (&ALLOCATING, Self::Allocates),
            (&CONSUMING, Self::Consumes),
            (&MULTIPLYING, Self::Multiplies),
            (&ENDLESS, Self::Endless),
            (&COUNTING, Self::Counts),
        ];
        if path.starts_with("torch._utils._rebuild_") && path.contains("tensor") {
            return Self::Tensor;
        }
        let found = lists.into_iter().find(|(paths, _)| paths.contains(&path));
        found.map_or(Self::Little, |(_, cost)| cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_no_list_costs_little() {
        assert_eq!(Cost::of("collections.OrderedDict.keys"), Cost::Little);
        assert_eq!(Cost::of("builtins.bytes"), Cost::Allocates);
        assert_eq!(Cost::of("torch._utils._rebuild_tensor_v2"), Cost::Tensor);
    }
}
