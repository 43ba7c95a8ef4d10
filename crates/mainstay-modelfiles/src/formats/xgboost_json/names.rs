//! The keys of a model that mean something here.

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Attributes,
    FeatureNames,
    Trees,
    /// How many trees, nodes, features and classes there are.
    TreeCount,
    NodeCount,
    FeatureCount,
    ClassCount,
    /// Of a tree.
    Array(Array),
    Other,
}

/// An array of a tree: one number for each node, or about categories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Array {
    LeftChildren,
    RightChildren,
    Parents,
    SplitIndices,
    SplitConditions,
    DefaultLeft,
    Categories,
    CategorySegments,
    CategorySizes,
}

impl Name {
    pub(super) fn of(key: &[u8]) -> Self {
        match key {
            b"attributes" => Self::Attributes,
            b"feature_names" => Self::FeatureNames,
            b"trees" => Self::Trees,
            b"num_trees" => Self::TreeCount,
            b"num_nodes" => Self::NodeCount,
            b"num_feature" => Self::FeatureCount,
            b"num_class" | b"num_target" => Self::ClassCount,
            b"left_children" => Self::Array(Array::LeftChildren),
            b"right_children" => Self::Array(Array::RightChildren),
            b"parents" => Self::Array(Array::Parents),
            b"split_indices" => Self::Array(Array::SplitIndices),
            b"split_conditions" => Self::Array(Array::SplitConditions),
            b"default_left" => Self::Array(Array::DefaultLeft),
            b"categories" => Self::Array(Array::Categories),
            b"categories_segments" => Self::Array(Array::CategorySegments),
            b"categories_sizes" => Self::Array(Array::CategorySizes),
            _ => Self::Other,
        }
    }
}
