//! `gradle.lockfile`, `buildscript-gradle.lockfile` and `gradle/dependency-locks/*.lockfile`:
//! what Gradle resolved.
//!
//! <https://docs.gradle.org/current/userguide/dependency_locking.html>. Since Gradle 6 one file
//! holds `group:name:version=configuration,configuration` and ends with `empty=...`; before,
//! each configuration had a file of its own, named after it, with `group:name:version` alone and
//! no end mark.

use mainstay_reading::{Input, Inventory, Listing, Place, ReadError, ReadErrorKind, exact};
use mainstay_types::{Ecosystem, Scope};

use crate::ending;

/// Whether a path is a file of this format.
pub(crate) fn is_one(path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let in_folder =
        folder == "gradle/dependency-locks" || folder.ends_with("/gradle/dependency-locks");
    path.ends_with("gradle.lockfile") || in_folder && path.ends_with(".lockfile")
}

/// The names that Gradle itself gives to files for all configurations.
const SINGLE: [&str; 3] =
    ["gradle.lockfile", "buildscript-gradle.lockfile", "settings-gradle.lockfile"];

/// Reads the file.
pub(crate) fn read(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let mut listing = Listing::new(Ecosystem::Maven);
    let (mut single, mut ended) = (SINGLE.contains(&input.file_name), false);
    for (number, line) in (1u32..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (module, configurations) = match line.split_once('=') {
            Some(divided) => {
                single = true;
                divided
            }
            None if single => {
                let message = "the line is not group:name:version=configuration: the file may be \
                               cut off";
                return Err(ReadError::at(ReadErrorKind::Syntax, number, message));
            }
            None => (line, input.file_name.strip_suffix(".lockfile").unwrap_or("")),
        };
        if module == "empty" {
            ended = true;
            continue;
        }
        let mut parts = module.split(':');
        let (Some(group), Some(name), Some(version), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            let message = "the line is not group:name:version";
            return Err(ReadError::at(ReadErrorKind::Syntax, number, message));
        };
        if group.is_empty() || name.is_empty() || version.is_empty() {
            let message = "the line lacks a group, a name or a version";
            return Err(ReadError::at(ReadErrorKind::Shape, number, message));
        }
        let name = format!("{group}:{name}");
        let mut entry = listing.entry(&name, exact(version), Place::line(number))?;
        entry.scope = scope(input.file_name, configurations);
        listing.push(entry);
    }
    if !single {
        listing.inventory.gaps.extend(ending::open_last_line(input.bytes));
    } else if !ended {
        listing.gap(
            Place::default(),
            "the line empty=, which ends such a file, is not there: the file may be cut off",
            "run `gradle dependencies --write-locks` again",
        );
    }
    Ok(listing.finish())
}

/// The strongest reason among the configurations.
fn scope(file_name: &str, configurations: &str) -> Scope {
    if file_name.starts_with("buildscript-") || file_name.starts_with("settings-") {
        return Scope::Build;
    }
    configurations
        .split(',')
        .map(|name| configuration_scope(name.trim()))
        .min()
        .unwrap_or(Scope::Runtime)
}

/// The names are those of Gradle's Java, Kotlin and Android plugins.
fn configuration_scope(name: &str) -> Scope {
    let lower = name.to_ascii_lowercase();
    let tools = ["annotationprocessor", "kapt", "ksp", "kotlincompiler", "kotlinbuildtools"];
    if lower.contains("test") {
        Scope::Dev
    } else if lower == "classpath" || tools.iter().any(|tool| lower.contains(tool)) {
        Scope::Build
    } else {
        Scope::Runtime
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::NothingNearby;

    const LOCK: &str = "\
# This is a Gradle generated file for dependency locking.
org.acme:web:1.0.0=compileClasspath,runtimeClasspath,testRuntimeClasspath
org.acme:test:2.0=testCompileClasspath,testRuntimeClasspath
org.acme:process:3.0=annotationProcessor
empty=kapt
";

    fn read_named(file_name: &str, text: &str) -> Result<Inventory, ReadError> {
        read(&Input { bytes: text.as_bytes(), file_name, nearby: &NothingNearby })
    }

    #[test]
    fn each_module_has_its_version_line_and_scope() {
        let inventory = read_named("gradle.lockfile", LOCK).unwrap();
        let found: Vec<_> = inventory
            .packages
            .iter()
            .map(|p| (p.name.as_written(), p.version.exact(), p.place.line, p.scope))
            .collect();
        assert_eq!(
            found,
            [
                ("org.acme:web", Some("1.0.0"), Some(2), Scope::Runtime),
                ("org.acme:test", Some("2.0"), Some(3), Scope::Dev),
                ("org.acme:process", Some("3.0"), Some(4), Scope::Build),
            ]
        );
        assert_eq!(inventory.gaps, []);
    }

    #[test]
    fn what_the_build_script_needs_is_for_the_build() {
        let text = "org.acme:plugin:1=classpath\nempty=\n";
        let inventory = read_named("buildscript-gradle.lockfile", text).unwrap();
        assert_eq!(inventory.packages[0].scope, Scope::Build);
    }

    #[test]
    fn a_file_for_one_configuration_is_read() {
        let text = "org.acme:test:1\n";
        let inventory = read_named("testRuntimeClasspath.lockfile", text).unwrap();
        assert_eq!((inventory.packages[0].scope, inventory.gaps.len()), (Scope::Dev, 0));
    }

    #[test]
    fn a_file_that_is_cut_off_has_a_gap() {
        let comment = LOCK.find("org").unwrap();
        for cut in [comment, LOCK.find("empty").unwrap()] {
            assert_eq!(read_named("gradle.lockfile", &LOCK[..cut]).unwrap().gaps.len(), 1);
        }
    }

    #[test]
    fn a_line_of_all_configurations_that_names_none_is_refused() {
        let cut = LOCK.find("=compile").unwrap();
        let error = read_named("gradle.lockfile", &LOCK[..cut]).unwrap_err();
        assert_eq!((error.kind, error.line), (ReadErrorKind::Syntax, Some(2)));
    }

    #[test]
    fn a_line_of_another_kind_is_refused() {
        let error = read_named("gradle.lockfile", "# a\nnot a module\n").unwrap_err();
        assert_eq!((error.kind, error.line), (ReadErrorKind::Syntax, Some(2)));
    }

    #[test]
    fn the_old_files_are_known_by_their_folder() {
        assert!(is_one("app/gradle/dependency-locks/compileClasspath.lockfile"));
        assert!(is_one("gradle/dependency-locks/compileClasspath.lockfile"));
        assert!(!is_one("other/compileClasspath.lockfile"));
    }
}
