//! The types of tensors (`ggml_type` of the specification): how many elements a block has, and
//! how many bytes it takes.

/// A type of tensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) struct ElementType {
    pub(in crate::formats) name: &'static str,
    /// The elements of a block.
    pub(in crate::formats) block: u64,
    /// The bytes of a block.
    pub(in crate::formats) bytes: u64,
}

impl ElementType {
    pub(in crate::formats) fn of(number: u32) -> Option<Self> {
        let at = TYPES.binary_search_by_key(&number, |known| known.0).ok()?;
        TYPES.get(at).map(|&(_, name, block, bytes)| Self { name, block, bytes })
    }

    /// The bytes of a tensor of this shape. The error says why there is no such tensor.
    pub(in crate::formats) fn size(self, shape: &[u64]) -> Result<u64, Oversize> {
        let row = shape.first().copied().unwrap_or(1);
        if row % self.block != 0 {
            return Err(Oversize::NotWhole);
        }
        let mut elements = 1_u64;
        for dimension in shape {
            let product = elements.checked_mul(*dimension);
            elements = product.filter(|product| *product <= MOST).ok_or(Oversize::Overflows)?;
        }
        let blocks = elements / self.block;
        let bytes = blocks.checked_mul(self.bytes).filter(|bytes| *bytes <= MOST);
        bytes.ok_or(Oversize::Overflows)
    }
}

/// Readers count in signed numbers.
const MOST: u64 = i64::MAX as u64;

/// Why a shape has no size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) enum Oversize {
    /// It multiplies to more than can be counted.
    Overflows,
    /// Its rows are no whole number of blocks.
    NotWhole,
}

/// Number, name, elements of a block, bytes of a block; in the order of the numbers.
const TYPES: &[(u32, &str, u64, u64)] = &[
    (0, "F32", 1, 4),
    (1, "F16", 1, 2),
    (2, "Q4_0", 32, 18),
    (3, "Q4_1", 32, 20),
    (4, "Q4_2", 16, 10),
    (5, "Q4_3", 16, 12),
    (6, "Q5_0", 32, 22),
    (7, "Q5_1", 32, 24),
    (8, "Q8_0", 32, 34),
    (9, "Q8_1", 32, 36),
    (10, "Q2_K", 256, 84),
    (11, "Q3_K", 256, 110),
    (12, "Q4_K", 256, 144),
    (13, "Q5_K", 256, 176),
    (14, "Q6_K", 256, 210),
    (15, "Q8_K", 256, 292),
    (16, "IQ2_XXS", 256, 66),
    (17, "IQ2_XS", 256, 74),
    (18, "IQ3_XXS", 256, 98),
    (19, "IQ1_S", 256, 50),
    (20, "IQ4_NL", 32, 18),
    (21, "IQ3_S", 256, 110),
    (22, "IQ2_S", 256, 82),
    (23, "IQ4_XS", 256, 136),
    (24, "I8", 1, 1),
    (25, "I16", 1, 2),
    (26, "I32", 1, 4),
    (27, "I64", 1, 8),
    (28, "F64", 1, 8),
    (29, "IQ1_M", 256, 56),
    (30, "BF16", 1, 2),
    (31, "Q4_0_4_4", 32, 18),
    (32, "Q4_0_4_8", 32, 18),
    (33, "Q4_0_8_8", 32, 18),
    (34, "TQ1_0", 256, 54),
    (35, "TQ2_0", 256, 66),
    (36, "IQ4_NL_4_4", 32, 18),
    (37, "IQ4_NL_4_8", 32, 18),
    (38, "IQ4_NL_8_8", 32, 18),
    (39, "MXFP4", 32, 17),
    (40, "NVFP4", 64, 36),
    (41, "Q1_0", 128, 18),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_its_numbers() {
        assert!(TYPES.is_sorted_by_key(|known| known.0));
    }

    #[test]
    fn a_shape_that_overflows_has_no_size() {
        let float = ElementType::of(0).unwrap();
        assert_eq!(float.size(&[2, 3]), Ok(24));
        assert_eq!(float.size(&[1 << 32, 1 << 32]), Err(Oversize::Overflows));
        assert_eq!(ElementType::of(2).unwrap().size(&[33]), Err(Oversize::NotWhole));
    }
}
