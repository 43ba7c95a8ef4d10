//! `LightGBM`.

use mainstay_testkit::mutation::Seed;
use mainstay_types::Severity;

use super::everything::{codes, examined, is_clean};

const TREE: &str = "Tree=0\nnum_leaves=3\nnum_cat=1\nsplit_feature=0 1\nthreshold=0.5 0\ndecision_type=2 1\nleft_child=1 -1\nright_child=-2 -3\nleaf_value=1 2 3\ncat_boundaries=0 1\ncat_threshold=4\nshrinkage=0.1\n\n\n";

fn model(header: &str, tree: &str) -> String {
    let sizes = tree.len();
    format!(
        "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nmax_feature_idx=1\n{header}tree_sizes={sizes}\n\n{tree}end of trees\n\nfeature_importances:\na=1\n"
    )
}

const NAMES: &str = "feature_names=a b\n";

/// A linear tree: how many features each leaf has, and which.
fn linear(counts: &str, features: &str) -> String {
    let lines = format!("is_linear=1\nnum_features={counts}\nleaf_features={features}\n");
    model(NAMES, &TREE.replace("shrinkage", &format!("{lines}shrinkage")))
}

fn hostile() -> Vec<(&'static str, String)> {
    let changed = |from: &str, to: &str| model(NAMES, &TREE.replace(from, to));
    vec![
        ("sizes", model(NAMES, TREE).replace("tree_sizes=", "tree_sizes=9")),
        (
            "sizes-overflow",
            model(NAMES, TREE).replace("tree_sizes=", "tree_sizes=18446744073709551"),
        ),
        ("leaves", changed("num_leaves=3", "num_leaves=2000000000")),
        ("few-leaves", changed("num_leaves=3", "num_leaves=4")),
        ("node", changed("left_child=1", "left_child=9")),
        ("leaf", changed("right_child=-2", "right_child=-200")),
        ("circle", changed("left_child=1 -1", "left_child=1 0")),
        ("feature", changed("split_feature=0", "split_feature=7")),
        ("categories", changed("cat_boundaries=0 1", "cat_boundaries=0 9")),
        ("category", changed("threshold=0.5 0", "threshold=0.5 1")),
        ("no-category", changed("num_cat=1", "num_cat=0")),
        ("linear-counts", linear("1 1 2", "0 1 1")),
        ("linear-feature", linear("1 1 1", "0 1 2")),
        ("names", model("feature_names=a\n", TREE)),
        ("classes", model(NAMES, TREE).replace("num_class=1", "num_class=-1")),
        ("cut", model(NAMES, TREE).replace("end of trees\n\nfeature_importances", "")),
    ]
}

/// Every fixture.
pub fn seeds() -> Vec<Seed> {
    let mut files = hostile();
    files.push(("ordinary", model(NAMES, TREE)));
    files.iter().map(|(name, text)| Seed::new(&format!("{name}.txt"), text)).collect()
}

#[test]
fn an_ordinary_model_is_clean() {
    let found = examined("model.txt", model(NAMES, TREE).as_bytes());
    assert!(is_clean(&found), "{found:?}");
    assert_eq!(found.format, Some("lightgbm"));
}

#[test]
fn a_tree_of_one_leaf_is_ordinary() {
    let tree = "Tree=0\nnum_leaves=1\nnum_cat=0\nsplit_feature=\nleft_child=\nleaf_value=1\n\n\n";
    assert!(is_clean(&examined("model.txt", model(NAMES, tree).as_bytes())));
}

#[test]
fn a_linear_tree_that_fits_is_clean() {
    let found = examined("model.txt", linear("1 0 2", "0  0 1").as_bytes());
    assert!(is_clean(&found), "{found:?}");
}

#[test]
fn every_broken_rule_is_alerted() {
    for (name, text) in hostile() {
        let found = examined("model.txt", text.as_bytes());
        assert!(codes(&found).contains(&"model-malformed"), "{name}: {found:?}");
        assert_eq!(found.dangers[0].severity, Severity::High, "{name}");
    }
}

#[test]
fn markup_in_the_names_of_features_is_warned_of() {
    let text = model("feature_names=<script>x</script> b\n", TREE);
    assert_eq!(codes(&examined("model.txt", text.as_bytes())), ["model-odd-container"]);
}
