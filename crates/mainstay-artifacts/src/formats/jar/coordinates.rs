//! Maven's coordinates: from `pom.properties`, or from `pom.xml` where that alone is there.
//!
//! Format: Java properties ("Properties.load" of Java SE) with `groupId`, `artifactId`, `version`;
//! the POM reference of Maven.

use std::collections::HashMap;

use super::properties;
use mainstay_reading::xml::Element;
use mainstay_reading::{ReadError, xml};

/// What one folder of `META-INF/maven` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Coordinates {
    pub(super) group: String,
    pub(super) artifact: String,
    /// Empty when it is not known.
    pub(super) version: String,
    /// The file that says so.
    pub(super) member: String,
    /// What the pom asks for at run time, as `group:artifact`; `None` without a pom.
    pub(super) needs: Option<Vec<String>>,
}

/// Whether a member names coordinates.
pub(super) fn is_file(path: &str) -> bool {
    path.starts_with("META-INF/maven/")
        && (path.ends_with("/pom.properties") || path.ends_with("/pom.xml"))
}

impl Coordinates {
    /// Reads one file. A pom.properties without coordinates names nothing.
    pub(super) fn read(path: &str, bytes: &[u8]) -> Result<Option<Self>, ReadError> {
        let found = if path.ends_with("/pom.xml") {
            Self::of_pom(&xml::parse(bytes, "project")?)
        } else {
            Self::of_properties(&String::from_utf8_lossy(bytes))
        };
        let named = !found.group.is_empty() && !found.artifact.is_empty();
        Ok(named.then(|| Self { member: path.to_owned(), ..found }))
    }

    /// Whether both name one package; what is not known agrees with anything.
    fn agrees(&self, other: &Self) -> bool {
        let is_open = self.version.is_empty() || other.version.is_empty();
        self.group == other.group
            && self.artifact == other.artifact
            && (is_open || self.version == other.version)
    }

    fn of_properties(text: &str) -> Self {
        let all = properties::parse(text);
        let value = |wanted: &str| all.get(wanted).map(|value| known(value)).unwrap_or_default();
        Self {
            group: value("groupId"),
            artifact: value("artifactId"),
            version: value("version"),
            ..Self::default()
        }
    }

    fn of_pom(project: &Element) -> Self {
        let parent = project.child("parent");
        let own = |name: &str| {
            let inherited = || parent.and_then(|parent| parent.child_text(name));
            project.child_text(name).or_else(inherited).map(known).unwrap_or_default()
        };
        let group = own("groupId");
        let artifact = project.child_text("artifactId").map(known).unwrap_or_default();
        let needs = project
            .listed("dependencies", "dependency")
            .filter(|one| is_needed(one))
            .map(|one| {
                let group_text = one.child_text("groupId").unwrap_or_default();
                let is_own =
                    matches!(group_text, "${project.groupId}" | "${pom.groupId}" | "${groupId}");
                let named = if is_own { group.as_str() } else { group_text };
                format!("{named}:{}", one.child_text("artifactId").unwrap_or_default())
            })
            .collect();
        Self { version: own("version"), group, artifact, needs: Some(needs), ..Self::default() }
    }
}

fn is_needed(dependency: &Element) -> bool {
    let scope = dependency.child_text("scope").unwrap_or("compile");
    matches!(scope, "compile" | "runtime") && dependency.child_text("optional") != Some("true")
}

/// A value that nothing has to be put into.
fn known(value: &str) -> String {
    let value = value.trim();
    if value.contains("${") { String::new() } else { value.to_owned() }
}

/// One for each folder: pom.properties says who it is, pom.xml what it needs. Where the two name
/// different packages, both are there.
pub(super) fn joined(found: Vec<Coordinates>) -> Vec<Coordinates> {
    let mut joined: Vec<Coordinates> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for one in found {
        let folder = one.member.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let at = *places.entry(folder).or_insert(joined.len());
        let Some(known) = joined.get_mut(at) else {
            joined.push(one);
            continue;
        };
        if !known.agrees(&one) {
            joined.push(one);
            continue;
        }
        let needs = known.needs.take().or_else(|| one.needs.clone());
        if one.member.ends_with(".properties") {
            *known = one;
        }
        known.needs = needs;
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, text: &str) -> Coordinates {
        let path = format!("META-INF/maven/g/a/{file}");
        Coordinates::read(&path, text.as_bytes()).unwrap().unwrap()
    }

    #[test]
    fn properties_say_who_it_is() {
        let found = read("pom.properties", "#Made\nversion = 1.0\ngroupId=g\nartifactId: a\n");
        assert_eq!((&*found.group, &*found.artifact, &*found.version), ("g", "a", "1.0"));
    }

    #[test]
    fn a_pom_takes_from_its_parent() {
        let found = read(
            "pom.xml",
            "<project><parent><groupId>g</groupId><version>2</version></parent>\
             <artifactId>a</artifactId></project>",
        );
        assert_eq!((&*found.group, &*found.artifact, &*found.version), ("g", "a", "2"));
    }

    #[test]
    fn a_version_that_has_to_be_put_in_is_not_known() {
        let text = "<project><groupId>g</groupId><artifactId>a</artifactId>\
                    <version>${revision}</version></project>";
        assert_eq!(read("pom.xml", text).version, "");
    }

    #[test]
    fn only_what_is_needed_at_run_time_counts() {
        let dependency = |artifact: &str, more: &str| {
            format!(
                "<dependency><groupId>${{project.groupId}}</groupId>\
                 <artifactId>{artifact}</artifactId>{more}</dependency>"
            )
        };
        let text = format!(
            "<project><groupId>g</groupId><artifactId>a</artifactId><dependencies>{}{}{}\
             </dependencies></project>",
            dependency("b", ""),
            dependency("c", "<scope>test</scope>"),
            dependency("d", "<optional>true</optional>"),
        );
        assert_eq!(read("pom.xml", &text).needs, Some(vec!["g:b".to_owned()]));
    }

    #[test]
    fn both_files_of_a_folder_are_one() {
        let pom = "<project><groupId>g</groupId><artifactId>a</artifactId></project>";
        let both = vec![
            read("pom.xml", pom),
            read("pom.properties", "groupId=g\nartifactId=a\nversion=1\n"),
        ];
        let one = joined(both);
        assert_eq!((one.len(), &*one[0].version, one[0].needs.is_some()), (1, "1", true));
    }

    #[test]
    fn two_files_of_a_folder_that_name_two_packages_are_two() {
        let pom = "<project><groupId>g</groupId><artifactId>b</artifactId></project>";
        let both = vec![read("pom.properties", "groupId=g\nartifactId=a\n"), read("pom.xml", pom)];
        let names: Vec<_> = joined(both).into_iter().map(|one| one.artifact).collect();
        assert_eq!(names, ["a", "b"]);
    }
}
