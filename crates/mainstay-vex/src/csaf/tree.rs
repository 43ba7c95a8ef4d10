//! The product tree: what a product id of a CSAF document means.
//!
//! Standard: CSAF 2.0 and 2.1, section 3.2.2. A product is a leaf of the branches, an entry of
//! `full_product_names`, or made of others (`relationships`, in 2.1 `product_paths`): a component
//! of a product, or something installed on it.
//!
//! A leaf under `product_version_range` means the versions of its range; one under
//! `product_version` whose package URL has no version means the version that the branch names.

use std::collections::HashMap;
use std::sync::Arc;

use mainstay_reading::json::Text;
use mainstay_types::Purl;
use mainstay_versions::VersRange;

use super::raw::{Branch, FullName, RawTree};
use crate::document::Drafting;
use crate::product::{PackagePattern, Product, Subject, Whole, read_purl, with_version};

/// What the product ids of a document mean.
pub(super) struct Tree<'t> {
    products: HashMap<&'t str, Product>,
    groups: HashMap<&'t str, &'t [Text<'t>]>,
}

impl<'t> Tree<'t> {
    pub(super) fn of(raw: &'t RawTree<'t>, drafting: &mut Drafting) -> Self {
        let mut tree = Self { products: HashMap::new(), groups: HashMap::new() };
        let mut rest: Vec<&Branch<'_>> = raw.branches.iter().rev().collect();
        while let Some(branch) = rest.pop() {
            if let Some(product) = &branch.product {
                tree.add(drafting, product, leaf(product, Some(branch)));
            }
            rest.extend(branch.branches.iter().rev());
        }
        for product in &raw.full_product_names {
            tree.add(drafting, product, leaf(product, None));
        }
        for made in &raw.relationships {
            let whole = &*made.relates_to_product_reference;
            let subject = tree.made_of(&made.full_product_name, &made.product_reference, whole);
            tree.add(drafting, &made.full_product_name, subject);
        }
        for path in &raw.product_paths {
            // The outermost product is what the others are parts of.
            let last = path.subpaths.last().map(|step| &*step.next_product_reference);
            let whole = last.unwrap_or_default();
            let begin = &path.beginning_product_reference;
            let subject = tree.made_of(&path.full_product_name, begin, whole);
            tree.add(drafting, &path.full_product_name, subject);
        }
        for group in &raw.product_groups {
            tree.groups.insert(&group.group_id, &group.product_ids);
        }
        tree
    }

    /// What a product id means. An id that the tree does not define cannot be matched.
    pub(super) fn product(&self, id: &str) -> Product {
        self.products.get(id).cloned().unwrap_or_else(|| Product {
            written: id.into(),
            subject: Subject::Unmatchable("the product tree does not define the product".into()),
        })
    }

    /// Whether the tree defines a product.
    pub(super) fn defines(&self, id: &str) -> bool {
        self.products.contains_key(id)
    }

    /// How a report names a product.
    pub(super) fn written(&self, id: &str) -> Arc<str> {
        self.products.get(id).map_or_else(|| id.into(), |product| Arc::clone(&product.written))
    }

    /// The products of a group.
    pub(super) fn group(&self, id: &str) -> &'t [Text<'t>] {
        self.groups.get(id).copied().unwrap_or_default()
    }

    fn add(&mut self, drafting: &mut Drafting, product: &'t FullName<'t>, subject: Subject) {
        let written: Arc<str> = product.name.as_deref().unwrap_or(&product.product_id).into();
        let known = self.products.insert(&product.product_id, Product { written, subject });
        if let Some(known) = known {
            // Which of the two is meant, nobody can say (mandatory test 6.1.2).
            let id = &*product.product_id;
            drafting.remark(None, id, "the product tree defines it twice");
            let why = "the product tree defines the product twice".into();
            let unmatchable = Product { subject: Subject::Unmatchable(why), ..known };
            self.products.insert(&product.product_id, unmatchable);
        }
    }

    /// A product that is made of two others.
    fn made_of(&self, own: &FullName<'_>, part: &str, whole: &str) -> Subject {
        if let Ok(subject) = by_purl(own, None) {
            return subject;
        }
        let part = match self.products.get(part).map(|product| &product.subject) {
            Some(Subject::Package(part) | Subject::Part { part, .. }) => part.clone(),
            Some(Subject::Unmatchable(why)) => return Subject::Unmatchable(Arc::clone(why)),
            Some(Subject::Whole(_)) | None => {
                return Subject::Unmatchable("its component has no package URL".into());
            }
        };
        let whole = self.products.get(whole);
        match whole.map(|product| (&product.subject, &product.written)) {
            Some((Subject::Package(whole), _)) => {
                Subject::Part { whole: Arc::new(Whole::Package(whole.clone())), part }
            }
            // A package of a distribution whose version names the build is that build wherever it
            // is installed; the product beside it is the distribution itself.
            _ if is_build_of_distribution(part.purl()) => Subject::Package(part),
            Some((_, written)) => {
                Subject::Part { whole: Arc::new(Whole::Other(written.to_string())), part }
            }
            None => Subject::Unmatchable("the product tree does not define its product".into()),
        }
    }
}

fn is_build_of_distribution(purl: &Purl) -> bool {
    ["rpm", "deb", "apk", "alpm"].contains(&purl.package_type()) && purl.version().is_some()
}

fn leaf(product: &FullName<'_>, branch: Option<&Branch<'_>>) -> Subject {
    by_purl(product, branch).unwrap_or_else(Subject::Unmatchable)
}

/// The product by its package URL.
fn by_purl(product: &FullName<'_>, branch: Option<&Branch<'_>>) -> Result<Subject, Arc<str>> {
    let helper = &product.product_identification_helper;
    // Of several URLs of one product each means the same; the first is taken.
    let Some(text) = helper.purl.as_ref().or(helper.purls.first()) else {
        return Err(match &helper.cpe {
            Some(_) => "the product has a CPE and no package URL".into(),
            None => "the product has no package URL".into(),
        });
    };
    let purl = read_purl(text)
        .map_err(|error| Arc::from(format!("its package URL cannot be read: {error}")))?;
    let category = branch.and_then(|branch| branch.category.as_deref());
    let name = branch.and_then(|branch| branch.name.as_deref()).unwrap_or_default();
    if purl.version().is_some() {
        return Ok(Subject::Package(PackagePattern::new(purl)));
    }
    match category {
        Some("product_version_range") => match VersRange::parse(name) {
            Ok(range) => Ok(Subject::Package(PackagePattern::within(purl, range, name))),
            Err(error) => Err(format!("its range of versions cannot be decided: {error}").into()),
        },
        Some("product_version") => with_version(&purl, name).map(Subject::Package),
        Some(_) | None => Ok(Subject::Package(PackagePattern::new(purl))),
    }
}
