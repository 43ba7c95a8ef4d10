//! What each package type asks for: one row per type definition of the purl specification.
//!
//! A type that has no row is taken with the default of the definitions' schema: everything
//! optional, everything case-sensitive. Two definitions contradict themselves: `golang` is called
//! case-sensitive, but its notes say that namespace and name are lowered, and the row follows the
//! notes. `git` is case-sensitive and its examples keep case, but a case of the test suite lowers
//! a repository on GitHub: [`NameRule::RepositoryPath`] lowers where the host itself ignores case.

use super::{PurlComponent, PurlError};

/// Whether a type has a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Namespace {
    Required,
    Optional,
    Prohibited,
}

/// How the letters of a component become canonical.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Kept,
    Lower,
    /// CPAN's author ids.
    Upper,
}

/// What a type does to a name, or asks of it, beyond case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameRule {
    Any,
    /// `_` becomes `-` (pypi; hackage calls it kebab-case).
    Dashes,
    /// All but letters and digits become `_`.
    Underscores,
    /// A distribution, never a module: no `::`.
    NoDoubleColon,
    /// No white space, no `+`, no `.` in front.
    PodName,
    /// 32 letters from `a` to `p`.
    ExtensionId,
    /// The server decides about case, and Databricks ignores it.
    LowerOnDatabricks,
    /// The path of a repository: its slashes stand as they are, and the namespace is the host.
    /// Lowered on GitHub and Bitbucket, whose own types have no case.
    RepositoryPath,
}

/// The rules of one type.
#[derive(Clone, Copy, Debug)]
pub(super) struct TypeRules {
    pub(super) name: &'static str,
    pub(super) namespace: Namespace,
    pub(super) namespace_case: Case,
    pub(super) name_case: Case,
    pub(super) version_case: Case,
    pub(super) subpath_case: Case,
    pub(super) name_rule: NameRule,
    pub(super) required_qualifier: Option<&'static str>,
    pub(super) max_namespace_segments: Option<usize>,
    /// One to four numbers with dots between them.
    pub(super) numeric_version: bool,
}

/// The rules of a type, which is in lower case.
pub(super) fn of(package_type: &str) -> &'static TypeRules {
    let found = TABLE.binary_search_by(|row| row.name.cmp(package_type));
    found.ok().and_then(|position| TABLE.get(position)).unwrap_or(&UNDEFINED)
}

/// Types that SBOMs and ecosystems have and the specification does not define.
const WITHOUT_DEFINITION: [&str; 3] = ["bioconductor", "bower", "gitlab"];

/// The types that are known.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|row| row.name).chain(WITHOUT_DEFINITION)
}

const UNDEFINED: TypeRules = row("", Namespace::Optional);

/// Sorted by name.
const TABLE: [TypeRules; 42] = {
    use Namespace::{Optional, Prohibited, Required};
    [
        row("alpm", Required).lower_namespace().lower_name(),
        row("apk", Required).lower_namespace().lower_name(),
        row("bazel", Prohibited),
        row("bitbucket", Required).lower_namespace().lower_name(),
        row("bitnami", Prohibited).lower_name(),
        row("brew", Optional).lower_namespace().lower_name(),
        row("cargo", Prohibited),
        row("chrome-extension", Prohibited)
            .lower_name()
            .name_rule(NameRule::ExtensionId)
            .numeric_version(),
        row("cocoapods", Prohibited).name_rule(NameRule::PodName),
        row("composer", Required).lower_namespace().lower_name(),
        row("conan", Optional),
        row("conda", Prohibited),
        row("cpan", Optional).upper_namespace().name_rule(NameRule::NoDoubleColon),
        row("cran", Prohibited),
        row("deb", Required).lower_namespace().lower_name(),
        row("docker", Optional),
        row("gem", Prohibited),
        row("generic", Optional),
        row("git", Required).name_rule(NameRule::RepositoryPath),
        row("github", Required).lower_namespace().lower_name(),
        row("golang", Required).lower_namespace().lower_name(),
        row("hackage", Prohibited).name_rule(NameRule::Dashes),
        row("hex", Optional).lower_namespace().lower_name(),
        row("huggingface", Required).lower_version(),
        row("julia", Prohibited).requires("uuid"),
        row("luarocks", Optional).lower_namespace().lower_name(),
        row("maven", Required),
        row("mlflow", Prohibited).name_rule(NameRule::LowerOnDatabricks),
        row("npm", Optional),
        row("nuget", Prohibited),
        row("oci", Prohibited).lower_name().lower_version(),
        row("opam", Prohibited),
        row("otp", Prohibited).lower_name().lower_subpath(),
        row("pub", Prohibited).lower_name().name_rule(NameRule::Underscores),
        row("pypi", Prohibited).lower_name().lower_version().name_rule(NameRule::Dashes),
        row("qpkg", Required).lower_namespace(),
        row("rpm", Required).lower_namespace(),
        row("swid", Optional).requires("tag_id").max_namespace_segments(2),
        row("swift", Required),
        row("vcpkg", Prohibited),
        row("vscode-extension", Required).lower_namespace().lower_name().lower_version(),
        row("yocto", Optional).lower_namespace(),
    ]
};

/// A row with nothing but its namespace rule.
const fn row(name: &'static str, namespace: Namespace) -> TypeRules {
    TypeRules {
        name,
        namespace,
        namespace_case: Case::Kept,
        name_case: Case::Kept,
        version_case: Case::Kept,
        subpath_case: Case::Kept,
        name_rule: NameRule::Any,
        required_qualifier: None,
        max_namespace_segments: None,
        numeric_version: false,
    }
}

impl TypeRules {
    /// Splits an encoded path into namespace and name.
    pub(super) fn split_path<'a>(&self, path: &'a str) -> (Option<&'a str>, &'a str) {
        let split = match self.name_rule {
            NameRule::RepositoryPath => path.split_once('/'),
            NameRule::Any
            | NameRule::Dashes
            | NameRule::Underscores
            | NameRule::NoDoubleColon
            | NameRule::PodName
            | NameRule::ExtensionId
            | NameRule::LowerOnDatabricks => path.rsplit_once('/'),
        };
        match split {
            Some((namespace, name)) => (Some(namespace), name),
            None => (None, path),
        }
    }

    /// Checks the number of namespace segments against the type.
    pub(super) fn check_namespace(&self, segments: usize) -> Result<(), PurlError> {
        match (self.namespace, segments) {
            (Namespace::Required, 0) => return Err(PurlError::NamespaceMissing(self.name)),
            (Namespace::Prohibited, 1..) => return Err(PurlError::NamespaceProhibited(self.name)),
            (Namespace::Required | Namespace::Prohibited | Namespace::Optional, _) => {}
        }
        match self.max_namespace_segments {
            Some(limit) if segments > limit => {
                Err(PurlError::NamespaceTooDeep { package_type: self.name, found: segments, limit })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Checks a decoded name against the characters that the type permits.
    pub(super) fn check_name(&self, name: &str) -> Result<(), PurlError> {
        let broken = match self.name_rule {
            NameRule::NoDoubleColon if name.contains("::") => {
                "a distribution's name has no `::`; name the distribution, not the module"
            }
            NameRule::PodName
                if name.starts_with('.')
                    || name.contains(|c: char| c == '+' || c.is_whitespace()) =>
            {
                "no white space, no `+`, no `.` in front"
            }
            NameRule::ExtensionId
                if name.len() != 32 || !name.bytes().all(|b| matches!(b | 0x20, b'a'..=b'p')) =>
            {
                "an extension id is 32 letters from a to p"
            }
            NameRule::Any
            | NameRule::Dashes
            | NameRule::Underscores
            | NameRule::NoDoubleColon
            | NameRule::PodName
            | NameRule::ExtensionId
            | NameRule::LowerOnDatabricks
            | NameRule::RepositoryPath => return Ok(()),
        };
        Err(self.not_permitted(PurlComponent::Name, broken))
    }

    /// Checks a decoded version, which is not empty.
    pub(super) fn check_version(&self, version: &str) -> Result<(), PurlError> {
        let numeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if self.numeric_version
            && !(version.split('.').all(numeric) && version.split('.').count() <= 4)
        {
            let rule = "one to four numbers with dots between them";
            return Err(self.not_permitted(PurlComponent::Version, rule));
        }
        Ok(())
    }

    fn not_permitted(&self, component: PurlComponent, rule: &'static str) -> PurlError {
        PurlError::NotPermitted { package_type: self.name, component, rule }
    }

    const fn lower_namespace(mut self) -> Self {
        self.namespace_case = Case::Lower;
        self
    }

    const fn upper_namespace(mut self) -> Self {
        self.namespace_case = Case::Upper;
        self
    }

    const fn lower_name(mut self) -> Self {
        self.name_case = Case::Lower;
        self
    }

    const fn lower_version(mut self) -> Self {
        self.version_case = Case::Lower;
        self
    }

    const fn lower_subpath(mut self) -> Self {
        self.subpath_case = Case::Lower;
        self
    }

    const fn name_rule(mut self, rule: NameRule) -> Self {
        self.name_rule = rule;
        self
    }

    const fn requires(mut self, key: &'static str) -> Self {
        self.required_qualifier = Some(key);
        self
    }

    const fn max_namespace_segments(mut self, limit: usize) -> Self {
        self.max_namespace_segments = Some(limit);
        self
    }

    const fn numeric_version(mut self) -> Self {
        self.numeric_version = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_a_row_can_be_found() {
        assert!(TABLE.is_sorted_by_key(|row| row.name));
        for row in &TABLE {
            assert_eq!(of(row.name).name, row.name);
        }
    }

    #[test]
    fn a_type_without_a_row_keeps_everything() {
        assert_eq!(of("bioconductor").namespace, Namespace::Optional);
        assert_eq!(of("bioconductor").name_case, Case::Kept);
    }
}
