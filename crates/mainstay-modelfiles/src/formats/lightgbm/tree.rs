//! One tree: its inner nodes and its leaves by number. A child below zero is a leaf.

/// Lines of a tree that have a number for each inner node, and for each leaf.
const OF_NODES: [&str; 4] = ["split_feature", "threshold", "left_child", "right_child"];
const OF_LEAVES: [&str; 1] = ["leaf_value"];

/// What is wrong with a tree, whose features end at `last_feature`.
pub(super) fn flaw(text: &str, last_feature: Option<u64>) -> Option<&'static str> {
    let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    let leaves = value("num_leaves").and_then(|leaves| leaves.trim().parse::<usize>().ok());
    let Some(leaves) = leaves.filter(|leaves| *leaves > 0 && *leaves <= text.len()) else {
        return Some(
            "a tree claims a number of leaves that it cannot have: a reader that trusts it takes \
             too little memory",
        );
    };
    let counts = |keys: &[&str], wanted: usize| {
        keys.iter().all(|key| value(key).is_none_or(|it| it.split_whitespace().count() == wanted))
    };
    // A tree of one leaf may leave its nodes out.
    if leaves > 1 && !(counts(&OF_NODES, leaves - 1) && counts(&OF_LEAVES, leaves)) {
        return Some(
            "a tree claims another number of leaves than it has: a reader that trusts the claim \
             reads outside of its memory",
        );
    }
    let numbers = |key: &str| {
        let words = value(key).unwrap_or_default().split_whitespace();
        words.map(|word| word.parse::<i64>().unwrap_or(i64::MIN)).collect::<Vec<_>>()
    };
    let features = numbers("split_feature");
    let is_feature = |feature: &i64| {
        u64::try_from(*feature).is_ok_and(|feature| last_feature.is_none_or(|last| feature <= last))
    };
    if !features.iter().all(is_feature) {
        return Some("a tree asks for a feature that the model does not have");
    }
    let children = [numbers("left_child"), numbers("right_child")].concat();
    children_flaw(&children, leaves)
        .or_else(|| categories_flaw(&value))
        .or_else(|| splits_flaw(&value))
        .or_else(|| linear_flaw(&value, leaves, last_feature))
}

/// A node has one parent, and the root none: then no way leads back.
fn children_flaw(children: &[i64], leaves: usize) -> Option<&'static str> {
    if leaves == 1 {
        return None;
    }
    let mut is_child = vec![false; leaves - 1];
    if let Some(root) = is_child.first_mut() {
        *root = true;
    }
    for child in children {
        // A leaf is the complement of its number.
        if *child < 0 {
            let is_leaf = usize::try_from(!*child).is_ok_and(|leaf| leaf < leaves);
            if !is_leaf {
                return Some(
                    "a tree leads to a leaf that does not exist: its reader reads outside of its \
                     memory",
                );
            }
            continue;
        }
        match usize::try_from(*child).ok().and_then(|child| is_child.get_mut(child)) {
            None => {
                return Some(
                    "a tree leads to a node that does not exist: its reader reads outside of its \
                     memory",
                );
            }
            Some(true) => {
                return Some("a tree leads back into itself: predicting with it never ends");
            }
            Some(is_child) => *is_child = true,
        }
    }
    None
}

/// The threshold of a split by categories is the number of its categories.
fn splits_flaw<'t>(value: &impl Fn(&str) -> Option<&'t str>) -> Option<&'static str> {
    let categories = value("num_cat").and_then(|count| count.trim().parse::<i32>().ok());
    let kinds = value("decision_type").unwrap_or_default().split_whitespace();
    let thresholds = value("threshold").unwrap_or_default().split_whitespace();
    let leads_out = |(kind, threshold): (&str, &str)| {
        // The first bit says that a split is one by categories.
        let is_by_categories = kind.parse::<i64>().is_ok_and(|kind| kind & 1 == 1);
        let number = threshold.parse::<f64>().unwrap_or(f64::NAN);
        let is_one = number >= 0.0 && number < f64::from(categories.unwrap_or(0));
        is_by_categories && !is_one
    };
    kinds.zip(thresholds).any(leads_out).then_some(
        "a split of a tree goes by categories that do not exist: its reader reads outside of its \
         memory",
    )
}

/// The leaves of a linear tree: how many features each has, and which.
fn linear_flaw<'t>(
    value: &impl Fn(&str) -> Option<&'t str>,
    leaves: usize,
    last_feature: Option<u64>,
) -> Option<&'static str> {
    let words = |key: &str| value(key).unwrap_or_default().split_whitespace();
    let is_linear = value("is_linear").is_some_and(|it| it.trim() != "0");
    if !is_linear || value("num_features").is_none() {
        return None;
    }
    let counts: Option<Vec<u64>> = words("num_features").map(|word| word.parse().ok()).collect();
    let wanted = counts
        .filter(|counts| counts.len() == leaves)
        .and_then(|counts| counts.into_iter().try_fold(0_u64, u64::checked_add));
    let is_feature = |word: &str| {
        word.parse::<u64>().is_ok_and(|one| last_feature.is_none_or(|last| one <= last))
    };
    if wanted != Some(words("leaf_features").count() as u64) {
        return Some(
            "the leaves of a linear tree claim another number of features than they have: a reader \
             that trusts it reads outside of its memory",
        );
    }
    (!words("leaf_features").all(is_feature))
        .then_some("a leaf of a linear tree asks for a feature that the model does not have")
}

/// Categories are bits in words; the boundaries say where those of a split begin.
fn categories_flaw<'t>(value: &impl Fn(&str) -> Option<&'t str>) -> Option<&'static str> {
    let claimed = value("num_cat")?.trim().parse::<u64>().ok()?;
    if claimed == 0 {
        return None;
    }
    let words = value("cat_threshold").unwrap_or_default().split_whitespace().count() as u64;
    let mut before = 0;
    let mut count = 0;
    for boundary in value("cat_boundaries").unwrap_or_default().split_whitespace() {
        let boundary = boundary.parse::<u64>().unwrap_or(u64::MAX);
        if boundary < before || boundary > words {
            count = 0;
            break;
        }
        before = boundary;
        count += 1;
    }
    (count != claimed.saturating_add(1)).then_some(
        "the categories of a tree lie outside of those that are there: its reader reads outside \
         of its memory",
    )
}
