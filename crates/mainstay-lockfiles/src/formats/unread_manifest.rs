//! Manifests that name what is wanted in a language of their own, and that Mainstay does not read.
//!
//! Most are programs (`build.gradle`, `Gemfile`, `mix.exs`): only their package manager can say
//! what they ask for. What matters here is that such a project is not taken for a clean one: a
//! manifest that visibly depends on packages, with no lockfile beside it, is a source with a gap.
//!
//! Each format is one function below: the words that give a dependency away, and what to do.

use mainstay_reading::{Input, Inventory, Listing, Place, ReadError};
use mainstay_types::Ecosystem;

/// What is known of one kind of manifest.
struct Unread {
    ecosystem: Ecosystem,
    /// Words without which the file asks for no package.
    signs: &'static [&'static str],
    /// What to do, so that the packages are known.
    advice: &'static str,
}

/// `build.gradle`, `build.gradle.kts`.
pub(crate) fn build_gradle(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let advice = "lock the configurations (`dependencyLocking { lockAllConfigurations() }`), run \
                  `gradle dependencies --write-locks` and keep gradle.lockfile beside the file";
    let signs = &["dependencies", "plugins", "classpath"];
    look(input, &Unread { ecosystem: Ecosystem::Maven, signs, advice })
}

/// `build.sbt`.
pub(crate) fn build_sbt(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let advice = "scan the software bill of materials that sbt writes, or the built program";
    let signs = &["libraryDependencies", "addSbtPlugin", "%"];
    look(input, &Unread { ecosystem: Ecosystem::Maven, signs, advice })
}

/// `ivy.xml`.
pub(crate) fn ivy(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let advice = "run `ant resolve`, and scan the software bill of materials of the result";
    look(input, &Unread { ecosystem: Ecosystem::Maven, signs: &["<dependency"], advice })
}

/// `Gemfile`, `gems.rb`.
pub(crate) fn gemfile(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let advice = "run `bundle lock` and keep Gemfile.lock beside the file";
    look(input, &Unread { ecosystem: Ecosystem::RubyGems, signs: &["gem"], advice })
}

/// `*.gemspec`.
pub(crate) fn gemspec(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let advice = "name the gemspec in a Gemfile, run `bundle lock` and keep Gemfile.lock";
    let signs = &["dependency"];
    look(input, &Unread { ecosystem: Ecosystem::RubyGems, signs, advice })
}

/// Whether a path is a gem specification.
pub(crate) fn is_gemspec(path: &str) -> bool {
    ends_with_one(path, &[".gemspec"])
}

/// `*.csproj`, `*.fsproj`, `*.vbproj`, `Directory.Packages.props`.
pub(crate) fn msbuild(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let advice = "set RestorePackagesWithLockFile, run `dotnet restore` and keep \
                  packages.lock.json beside the project";
    let signs = &["PackageReference", "PackageVersion"];
    look(input, &Unread { ecosystem: Ecosystem::NuGet, signs, advice })
}

/// Whether a path is a project of .NET.
pub(crate) fn is_msbuild(path: &str) -> bool {
    ends_with_one(path, &[".csproj", ".fsproj", ".vbproj"])
}

/// `mix.exs`. One of an umbrella names the umbrella's lockfile: `lockfile: "../../mix.lock"`.
pub(crate) fn mix_exs(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let advice = "run `mix deps.get` and keep mix.lock beside the file";
    let unread = Unread { ecosystem: Ecosystem::Hex, signs: &["deps"], advice };
    let is_locked_above = value_of(&input.text()?, "lockfile:", |value| {
        value.starts_with("\"../") && value.contains("/mix.lock\"")
    });
    Ok(Inventory { is_locked_above, ..look(input, &unread)? })
}

/// `rebar.config`.
pub(crate) fn rebar_config(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let advice = "Mainstay does not read rebar.lock: look at its packages by hand";
    look(input, &Unread { ecosystem: Ecosystem::Hex, signs: &["deps", "plugins"], advice })
}

/// `pubspec.yaml`. One of a workspace says `resolution: workspace`, and is locked above
/// (<https://dart.dev/tools/pub/workspaces>).
pub(crate) fn pubspec(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let advice = "run `dart pub get` and keep pubspec.lock beside the file";
    let unread = Unread { ecosystem: Ecosystem::Pub, signs: &["dependencies"], advice };
    let is_locked_above =
        value_of(&input.text()?, "resolution:", |value| value.starts_with("workspace"));
    Ok(Inventory { is_locked_above, ..look(input, &unread)? })
}

/// `conanfile.txt`, `conanfile.py`.
pub(crate) fn conanfile(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let advice = "run `conan lock create .` and keep conan.lock beside the file";
    look(input, &Unread { ecosystem: Ecosystem::ConanCenter, signs: &["require"], advice })
}

/// `stack.yaml`: its snapshot alone names some thousand packages.
pub(crate) fn stack_yaml(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let advice = "run `stack build` and keep stack.yaml.lock beside the file";
    let signs = &["resolver", "snapshot", "extra-deps"];
    look(input, &Unread { ecosystem: Ecosystem::Hackage, signs, advice })
}

/// `cabal.project`.
pub(crate) fn cabal_project(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let signs = &["packages", "import", "source-repository-package", "constraints"];
    look(input, &Unread { ecosystem: Ecosystem::Hackage, signs, advice: CABAL_ADVICE })
}

/// `*.cabal`.
pub(crate) fn cabal(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let signs = &["build-depends", "setup-depends", "build-tool-depends"];
    look(input, &Unread { ecosystem: Ecosystem::Hackage, signs, advice: CABAL_ADVICE })
}

/// Whether a path is a Cabal package.
pub(crate) fn is_cabal(path: &str) -> bool {
    ends_with_one(path, &[".cabal"])
}

const CABAL_ADVICE: &str = "run `cabal freeze` and keep cabal.project.freeze beside the project";

/// `Package.swift`.
pub(crate) fn package_swift(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let advice = "run `swift package resolve` and keep Package.resolved beside the file";
    look(input, &Unread { ecosystem: Ecosystem::SwiftUrl, signs: &[".package("], advice })
}

/// `Podfile`: `CocoaPods` is no ecosystem of the advisories that Mainstay reads.
pub(crate) fn podfile(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let advice = "Mainstay knows no advisories for CocoaPods: look at the pods by hand";
    look(input, &Unread { ecosystem: Ecosystem::SwiftUrl, signs: &["pod"], advice })
}

/// `environment.yml` of Conda, which mixes packages of Conda and of Python.
pub(crate) fn conda_environment(input: &Input<'_>) -> Result<Inventory, ReadError> {
    let advice = "Mainstay knows no advisories for Conda: write `pip freeze` of the environment \
                  into a requirements.txt and scan that";
    look(input, &Unread { ecosystem: Ecosystem::PyPi, signs: &["dependencies"], advice })
}

/// Whether a line begins with this key and its value is right.
fn value_of(text: &str, key: &str, is_right: impl Fn(&str) -> bool) -> bool {
    let mut values = text.lines().filter_map(|line| line.trim_start().strip_prefix(key));
    values.any(|value| is_right(value.trim_start()))
}

fn ends_with_one(path: &str, ends: &[&str]) -> bool {
    ends.iter().any(|end| path.ends_with(end))
}

/// A gap where the file visibly depends on packages. A comment may look so too: then the gap is
/// one too many, never one too few.
fn look(input: &Input<'_>, manifest: &Unread) -> Result<Inventory, ReadError> {
    let text = input.text()?;
    let mut listing = Listing::new(manifest.ecosystem);
    let first = manifest.signs.iter().filter_map(|sign| text.find(sign)).min();
    if let Some(offset) = first {
        let line = mainstay_reading::Lines::new(&text).at(offset);
        let reason = format!(
            "{} asks for packages, and no lockfile beside it says which they are",
            input.file_name.escape_debug()
        );
        listing.gap(Place::line(line), reason, manifest.advice);
    }
    Ok(listing.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainstay_reading::{NothingNearby, ReadErrorKind};

    fn input<'a>(file_name: &'a str, text: &'a str) -> Input<'a> {
        Input { bytes: text.as_bytes(), file_name, nearby: &NothingNearby }
    }

    #[test]
    fn a_manifest_that_asks_for_packages_is_a_gap_on_their_line() {
        let text = "# frozen\n\ngem \"rack\"\n";
        let inventory = gemfile(&input("Gemfile", text)).unwrap();
        assert_eq!(inventory.gaps.len(), 1);
        assert_eq!(inventory.gaps[0].place.line, Some(3));
        assert!(inventory.gaps[0].advice.contains("bundle lock"));
    }

    #[test]
    fn a_manifest_that_asks_for_nothing_has_no_gap() {
        let text = "<Project Sdk=\"Microsoft.NET.Sdk\">\n</Project>";
        assert_eq!(msbuild(&input("a.csproj", text)).unwrap(), Inventory::default());
    }

    #[test]
    fn a_manifest_of_a_workspace_or_umbrella_is_locked_above() {
        let dart = "name: a\nresolution: workspace\ndependencies:\n";
        assert!(pubspec(&input("pubspec.yaml", dart)).unwrap().is_locked_above);
        let elixir = "  lockfile: \"../../mix.lock\",\n  deps: deps()";
        assert!(mix_exs(&input("mix.exs", elixir)).unwrap().is_locked_above);
        assert!(!mix_exs(&input("mix.exs", "deps: deps()")).unwrap().is_locked_above);
    }

    #[test]
    fn a_manifest_that_is_no_text_is_refused() {
        let input = Input { bytes: b"\xFF\x00\xFE", file_name: "Podfile", nearby: &NothingNearby };
        assert_eq!(podfile(&input).unwrap_err().kind, ReadErrorKind::Encoding);
    }

    #[test]
    fn each_manifest_is_known_by_its_name() {
        for (path, id) in [
            ("app/build.gradle.kts", "gradle-build"),
            ("lib/own.gemspec", "gemspec"),
            ("src/Own.fsproj", "dotnet-project"),
            ("own.cabal", "cabal-package"),
            ("environment.yaml", "conda-environment"),
        ] {
            assert_eq!(crate::format_of(path).map(|format| format.id), Some(id), "{path}");
        }
    }
}
