//! Many links or attributes of one object: a fractal heap that holds them, and a B-tree that
//! lists them.
//!
//! Specification: HDF5 File Format Specification 3.0, III.A.2 (B-trees, version 2) and III.G
//! (fractal heaps: direct and indirect blocks; managed, huge and tiny objects).

use std::collections::HashSet;

use super::file::{Fault, File, number_of};
use super::fractal_heap::Heap;

/// The most records of one tree.
const MOST_RECORDS: usize = 200_000;

/// Every object of a heap that a tree of names lists: where it is, and its bytes.
pub(super) fn objects<'a>(
    file: &File<'a>,
    heap: u64,
    tree: u64,
) -> Result<Vec<(u64, &'a [u8])>, Fault> {
    let heap = Heap::open(file, heap)?;
    let tree = Tree::open(file, tree)?;
    // Where in a record the number in the heap is.
    let (skipped, length) = match tree.sort {
        5 => (4, 7),
        6 => (8, 7),
        8 | 9 => (0, 8),
        _ => return Err(Fault::Odd(tree.at, "a B-tree of names")),
    };
    let mut objects = Vec::new();
    for record in tree.records(file)? {
        let id = record.get(skipped..skipped + length);
        let id = id.ok_or(Fault::Odd(tree.at, "records that hold a number in the heap"))?;
        objects.push(heap.object(file, id)?);
    }
    Ok(objects)
}

/// A B-tree of version 2.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) at: u64,
    pub(super) sort: u8,
    node_size: u64,
    record_size: u64,
    depth: u16,
    root: Option<u64>,
    in_root: u16,
}

impl Tree {
    pub(super) fn open(file: &File<'_>, at: u64) -> Result<Self, Fault> {
        let mut cursor = file.behind(at, *b"BTHD", "a B-tree of version 2")?;
        let [_version, sort] = cursor.array::<2>()?;
        let node_size = u64::from(cursor.u32()?);
        let record_size = u64::from(cursor.u16()?);
        let depth = cursor.u16()?;
        cursor.take(2)?;
        let root = file.address(&mut cursor)?;
        let in_root = cursor.u16()?;
        if record_size == 0 || node_size < 10 + record_size || depth > 64 {
            return Err(Fault::Odd(at, "a B-tree of version 2 whose nodes hold records"));
        }
        Ok(Self { at, sort, node_size, record_size, depth, root, in_root })
    }

    /// Every record, in no order.
    pub(super) fn records<'a>(&self, file: &File<'a>) -> Result<Vec<&'a [u8]>, Fault> {
        let levels = self.levels(file);
        let mut records = Vec::new();
        let mut seen = HashSet::new();
        let mut nodes: Vec<(u64, u64, usize)> = Vec::new();
        nodes
            .extend(self.root.map(|root| (root, u64::from(self.in_root), usize::from(self.depth))));
        while let Some((node, count, level)) = nodes.pop() {
            if !seen.insert(node) {
                return Err(Fault::Odd(node, "another node of a B-tree, not the same one"));
            }
            let signature = if level == 0 { *b"BTLF" } else { *b"BTIN" };
            let mut cursor = file.behind(node, signature, "a node of a B-tree")?;
            cursor.take(2)?;
            for _ in 0..count {
                file.step(node)?;
                records.push(cursor.take(self.record_size)?);
            }
            if records.len() > MOST_RECORDS {
                return Err(Fault::Unread(node, "it has more names than are looked at"));
            }
            let Some(below) = level.checked_sub(1) else { continue };
            let total_size = levels.get(below).map_or(0, |level| level.total_size);
            let count_size = levels.first().map_or(1, |leaf| leaf.count_size);
            for _ in 0..=count {
                let child = file.place(&mut cursor)?;
                let within = number_of(&mut cursor, count_size)?;
                number_of(&mut cursor, total_size)?;
                nodes.push((child, within, below));
            }
        }
        Ok(records)
    }

    /// How wide the counts in the pointers to the nodes of each level are.
    fn levels(&self, file: &File<'_>) -> Vec<Level> {
        let room = self.node_size.saturating_sub(10);
        let in_leaf = room / self.record_size;
        let mut levels =
            vec![Level { count_size: bytes_for(in_leaf), most: in_leaf, total_size: 0 }];
        let count_size = bytes_for(in_leaf);
        for _ in 0..self.depth {
            let Some(below) = levels.last() else { break };
            let pointer = u64::from(file.offset_size() + count_size + below.total_size);
            let here = room.saturating_sub(pointer) / (self.record_size + pointer);
            let most = here.saturating_add(1).saturating_mul(below.most).saturating_add(here);
            levels.push(Level { count_size, most, total_size: bytes_for(most) });
        }
        levels
    }
}

struct Level {
    count_size: u8,
    /// The most records in a node and everything below it.
    most: u64,
    total_size: u8,
}

/// How many bytes a number up to this one takes.
pub(super) fn bytes_for(most: u64) -> u8 {
    let bits = 64 - most.max(1).leading_zeros();
    u8::try_from(bits.div_ceil(8)).unwrap_or(8)
}
