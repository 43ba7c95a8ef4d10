//! Properties of a pom and their interpolation: `${spring.version}`, `${project.version}`.
//!
//! <https://maven.apache.org/pom.html#Properties>. Values of the environment, of the system and
//! of the user's settings are not known here, and so stay unresolved.

use std::cell::Cell;
use std::collections::HashMap;

use super::model::{Pom, Section};

/// The longest value that is interpolated, in bytes. No version or name comes near.
const MAX_BYTES: usize = 1024;

/// The most replacements within one value: a value may not double at every step for ever.
const MAX_STEPS: u32 = 128;

/// The deepest chain of one property naming the next.
const MAX_DEPTH: u32 = 16;

/// The properties that count for one project.
#[derive(Clone, Debug, Default)]
pub(super) struct Properties<'p> {
    values: HashMap<&'p str, &'p str>,
    project: HashMap<&'static str, &'p str>,
    /// What counts where these properties say nothing.
    outer: Option<&'p Self>,
}

/// A property that cannot be resolved: its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unresolved(pub(super) Box<str>);

impl<'p> Properties<'p> {
    /// The properties of a project, from itself up to its farthest parent.
    pub(super) fn of(lineage: &'p [Pom]) -> Self {
        let mut properties = Self::default();
        for section in lineage.iter().flat_map(Pom::active_sections) {
            for (name, value) in &section.properties {
                properties.values.entry(name).or_insert(value);
            }
        }
        if let Some(pom) = lineage.first() {
            let parent = pom.parent.as_ref().map(|parent| &parent.coordinates);
            let known = [
                ("groupId", pom.group()),
                ("artifactId", pom.coordinates.artifact.as_deref()),
                ("version", pom.version()),
                ("parent.groupId", parent.and_then(|parent| parent.group.as_deref())),
                ("parent.artifactId", parent.and_then(|parent| parent.artifact.as_deref())),
                ("parent.version", parent.and_then(|parent| parent.version.as_deref())),
            ];
            let known = known.into_iter().filter_map(|(name, value)| Some((name, value?)));
            properties.project.extend(known);
        }
        properties
    }

    /// The same properties, with those of an active profile before them.
    pub(super) fn within<'q>(&'q self, profile: &'q Section) -> Properties<'q> {
        let values = profile.properties.iter().map(|(name, value)| (&**name, &**value)).collect();
        Properties { values, project: HashMap::new(), outer: Some(self) }
    }

    /// The text with every property in it replaced.
    pub(super) fn resolve(&self, text: &str) -> Result<String, Unresolved> {
        let mut resolved = String::new();
        let steps = Cell::new(0);
        self.append(text, &mut resolved, &steps, 0)?;
        Ok(resolved)
    }

    fn append(
        &self,
        text: &str,
        into: &mut String,
        steps: &Cell<u32>,
        depth: u32,
    ) -> Result<(), Unresolved> {
        let mut rest = text;
        if into.len() + text.len() > MAX_BYTES {
            return Err(Unresolved("a value that is too long".into()));
        }
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, behind)) = after.split_once('}') else { break };
            into.push_str(before);
            let value = self.value(name).ok_or_else(|| Unresolved(name.into()))?;
            steps.set(steps.get() + 1);
            if depth >= MAX_DEPTH || steps.get() > MAX_STEPS {
                return Err(Unresolved(name.into()));
            }
            self.append(value, into, steps, depth + 1)?;
            rest = behind;
        }
        into.push_str(rest);
        Ok(())
    }

    /// `project.` (or `pom.`, as old poms write) names the model; other names are properties. A
    /// bare `version` is the project's, unless a property has that name.
    fn value(&self, name: &str) -> Option<&'p str> {
        let of_project = name.strip_prefix("project.").or_else(|| name.strip_prefix("pom."));
        let project = self.project.get(of_project.unwrap_or(name)).copied();
        let property = self.values.get(name).copied();
        let found = if of_project.is_some() { project.or(property) } else { property.or(project) };
        found.or_else(|| self.outer?.value(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lineage(properties: &str) -> Vec<Pom> {
        let text = format!(
            "<project><groupId>g</groupId><artifactId>a</artifactId><version>1</version>\
             <properties>{properties}</properties></project>"
        );
        vec![Pom::parse(text.as_bytes(), None).unwrap()]
    }

    #[test]
    fn a_property_may_name_another() {
        let poms = lineage("<x>${y}.0</x><y>${project.version}</y>");
        assert_eq!(Properties::of(&poms).resolve("v${x}").unwrap(), "v1.0");
    }

    #[test]
    fn an_unknown_property_is_named() {
        let poms = lineage("");
        let error = Properties::of(&poms).resolve("${env.HOME}").unwrap_err();
        assert_eq!(error, Unresolved("env.HOME".into()));
    }

    #[test]
    fn properties_that_name_each_other_end() {
        let poms = lineage("<x>${y}</x><y>${x}</y>");
        assert!(Properties::of(&poms).resolve("${x}").is_err());
    }

    #[test]
    fn properties_that_double_at_every_step_end() {
        let mut text = String::from("<p0></p0>");
        for n in 1..15 {
            let before = n - 1;
            text.push_str(&["<p", &n.to_string(), ">"].concat());
            text.push_str(&["${p", &before.to_string(), "}"].concat().repeat(40));
            text.push_str(&["</p", &n.to_string(), ">"].concat());
        }
        let poms = lineage(&text);
        assert!(Properties::of(&poms).resolve("${p14}").is_err());
    }

    #[test]
    fn a_property_of_a_profile_comes_first() {
        let poms = lineage("<x>1</x>");
        let section = Section { properties: vec![("x".into(), "2".into())], ..Section::default() };
        let properties = Properties::of(&poms);
        assert_eq!(properties.within(&section).resolve("${x}").unwrap(), "2");
    }
}
