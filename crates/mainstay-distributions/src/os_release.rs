//! os-release: which distribution a system is, and which release of it.
//!
//! Standard: os-release(5). Assignments as a shell reads them: values in single or double quotes
//! or in none, `\` before a character that means itself. `etc/os-release` counts before
//! `usr/lib/os-release`, and is usually a link to it.

use mainstay_reading::{Nearby, NearbyError, decode};
use mainstay_types::{Ecosystem, Release};

/// A system, as its os-release describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// The distribution, where it is an ecosystem of OSV.
    pub ecosystem: Option<Ecosystem>,
    /// Its release, where the file tells one that can be.
    pub release: Option<Release>,
    /// Its name for people.
    pub name: String,
}

impl System {
    /// Reads the text of an os-release file.
    pub fn parse(text: &str) -> Self {
        let fields = Fields::parse(text);
        let ecosystem = Ecosystem::of_distribution_id(&fields.id);
        let release = ecosystem.and_then(|ecosystem| {
            let Fields { version_id, version, codename, pretty_name, .. } = &fields;
            Release::of_system(ecosystem, version_id, version, codename, pretty_name)
        });
        let names = [&fields.pretty_name, &fields.name, &fields.id];
        let name = names.into_iter().find(|name| !name.is_empty());
        let name = name.map_or_else(|| "a system without a name".to_owned(), Clone::clone);
        Self { ecosystem, release, name }
    }

    /// The system to whose root `up` leads (`../../../`). The error says why it is not known.
    pub(crate) fn nearby(nearby: &dyn Nearby, up: &str) -> Result<Self, String> {
        let mut problem = None;
        for file in ["etc/os-release", "usr/lib/os-release"] {
            match nearby.read(&format!("{up}{file}")) {
                Ok(bytes) => match decode(&bytes) {
                    Ok(text) => return Ok(Self::parse(&text)),
                    Err(error) => problem = Some(format!("{file} cannot be read: {error}")),
                },
                Err(NearbyError::Absent) => {}
                Err(error) => problem = Some(format!("{file} cannot be read: {error}")),
            }
        }
        Err(problem.unwrap_or_else(|| "there is no etc/os-release that names it".to_owned()))
    }
}

#[derive(Default)]
struct Fields {
    id: String,
    name: String,
    pretty_name: String,
    version: String,
    version_id: String,
    codename: String,
}

impl Fields {
    fn parse(text: &str) -> Self {
        let mut fields = Self::default();
        for line in text.lines() {
            let Some((key, value)) = line.trim().split_once('=') else { continue };
            let field = match key {
                "ID" => &mut fields.id,
                "NAME" => &mut fields.name,
                "PRETTY_NAME" => &mut fields.pretty_name,
                "VERSION" => &mut fields.version,
                "VERSION_ID" => &mut fields.version_id,
                "VERSION_CODENAME" => &mut fields.codename,
                _ => continue,
            };
            *field = unquoted(value);
        }
        fields
    }
}

/// The longest value taken, in characters.
const LONGEST: usize = 256;

fn unquoted(value: &str) -> String {
    let value = value.trim();
    let inner = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    if let Some(literal) = inner('\'') {
        return literal.chars().take(LONGEST).collect();
    }
    let mut out = String::new();
    let mut escaped = false;
    for letter in inner('"').unwrap_or(value).chars().take(LONGEST) {
        if letter == '\\' && !escaped {
            escaped = true;
            continue;
        }
        escaped = false;
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(text: &str) -> String {
        System::parse(text).release.unwrap().to_string()
    }

    #[test]
    fn a_debian_system_is_known() {
        let text = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n";
        assert_eq!(release(text), "Debian 12");
    }

    #[test]
    fn the_third_number_of_an_alpine_is_no_release() {
        assert_eq!(release("ID=alpine\nVERSION_ID=3.20.3\n"), "Alpine v3.20");
    }

    #[test]
    fn a_red_hat_system_is_told_by_its_major_number() {
        assert_eq!(release("ID=\"rhel\"\nVERSION_ID=\"9.4\"\n"), "Red Hat 9");
    }

    #[test]
    fn a_suse_system_is_told_by_its_name() {
        let text = "ID=sles\nVERSION_ID=15.5\nPRETTY_NAME='SUSE Linux Enterprise Server 15 SP5'\n";
        assert_eq!(release(text), "SUSE Linux Enterprise 15 SP5");
    }

    #[test]
    fn a_distribution_without_records_has_a_name_and_no_ecosystem() {
        let system = System::parse("ID=fedora\nVERSION_ID=40\nPRETTY_NAME=\"Fedora Linux 40\"\n");
        assert_eq!((system.ecosystem, &*system.name), (None, "Fedora Linux 40"));
    }

    #[test]
    fn wolfi_has_no_release() {
        let system = System::parse("ID=wolfi\nVERSION_ID=20230201\n");
        assert_eq!((system.ecosystem, system.release), (Some(Ecosystem::Wolfi), None));
    }

    #[test]
    fn a_backslash_in_quotes_protects_one_character() {
        assert_eq!(unquoted(r#""a \"b\" \\c""#), r#"a "b" \c"#);
        assert_eq!(unquoted("''"), "");
    }
}
