//! The rules of the standard and of the types, one fact each, and what holds for every text.

use proptest::prelude::*;

use super::*;
use crate::Ecosystem;

fn canonical(text: &str) -> String {
    Purl::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).to_string()
}

fn refused(text: &str) -> PurlError {
    Purl::parse(text).expect_err(text)
}

fn of(ecosystem: Ecosystem, name: &str, version: &str) -> String {
    let name = PackageName::parse(ecosystem, name).unwrap();
    Purl::of_package(&name, Some(version)).to_string()
}

#[test]
fn the_type_of_each_ecosystem_is_known() {
    for ecosystem in Ecosystem::all() {
        let kind = ecosystem.purl_type();
        assert!(Purl::types().any(|known| known == kind), "{kind}");
    }
}

#[test]
fn every_component_is_read_and_decoded() {
    let purl =
        Purl::parse("pkg:maven/org.acme/tool@1.0%20b?type=zip&classifier=a%2Fb#/docs//x").unwrap();
    assert_eq!(purl.package_type(), "maven");
    assert_eq!(purl.namespace().as_deref(), Some("org.acme"));
    assert_eq!(purl.name(), "tool");
    assert_eq!(purl.version().as_deref(), Some("1.0 b"));
    let qualifiers: Vec<_> = purl.qualifiers().map(|(k, v)| (k, v.into_owned())).collect();
    assert_eq!(qualifiers, [("classifier", "a/b".to_owned()), ("type", "zip".to_owned())]);
    assert_eq!(purl.subpath().as_deref(), Some("docs/x"));
}

#[test]
fn absent_components_are_none() {
    let purl = Purl::parse("pkg:gem/a").unwrap();
    assert_eq!((purl.namespace(), purl.version(), purl.subpath()), (None, None, None));
    assert_eq!(purl.qualifiers().count(), 0);
}

#[test]
fn empty_version_qualifiers_and_subpath_count_as_absent() {
    assert_eq!(canonical("pkg:gem/a@?platform=&#/./"), "pkg:gem/a");
}

#[test]
fn scheme_type_and_keys_have_no_case() {
    assert_eq!(canonical("PKG:Gem/A?Platform=X"), "pkg:gem/A?platform=X");
}

#[test]
fn slashes_before_the_type_do_not_count() {
    assert_eq!(canonical("pkg://gem/a"), "pkg:gem/a");
}

#[test]
fn a_colon_stands_as_it_is_and_a_plus_does_not() {
    assert_eq!(canonical("pkg:deb/debian/a@1%3A2+b"), "pkg:deb/debian/a@1:2%2Bb");
}

#[test]
fn an_address_in_a_qualifier_is_encoded() {
    assert_eq!(
        canonical("pkg:gem/a?repository_url=https://gems.example/x"),
        "pkg:gem/a?repository_url=https:%2F%2Fgems.example%2Fx"
    );
}

#[test]
fn a_subpath_never_leaves_the_package() {
    assert_eq!(canonical("pkg:gem/a#%2E%2E/../lib/./x"), "pkg:gem/a#lib/x");
}

#[test]
fn an_npm_scope_without_encoding_is_no_version() {
    assert_eq!(canonical("pkg:npm/@acme/tool"), "pkg:npm/%40acme/tool");
    assert_eq!(canonical("pkg:npm/@acme/tool@1.0"), "pkg:npm/%40acme/tool@1.0");
}

#[test]
fn a_text_without_the_scheme_is_refused() {
    assert_eq!(refused("gem/a"), PurlError::NoScheme);
    assert_eq!(refused("pkg%3Agem/a"), PurlError::NoScheme);
}

#[test]
fn a_type_begins_with_a_letter() {
    assert_eq!(refused("pkg:7z/a"), PurlError::TypeCharacter { found: '7', at: 0 });
    assert_eq!(refused("pkg:a+b/c"), PurlError::TypeCharacter { found: '+', at: 1 });
}

#[test]
fn a_purl_without_a_type_or_a_name_is_refused() {
    assert_eq!(refused("pkg:gem"), PurlError::NoType);
    assert_eq!(refused("pkg:"), PurlError::NoType);
    assert_eq!(refused("pkg:gem/@1.0"), PurlError::NoName);
    assert_eq!(refused("pkg:maven/org.acme/@1.0"), PurlError::NoName);
    assert_eq!(Purl::build("", None, "a", None, std::iter::empty(), None), Err(PurlError::NoType));
}

#[test]
fn a_broken_escape_is_refused_with_its_place() {
    let at = |component, at| PurlError::BadEscape { component, at };
    assert_eq!(refused("pkg:gem/ab%4"), at(PurlComponent::Name, 2));
    assert_eq!(refused("pkg:gem/a@%+1"), at(PurlComponent::Version, 0));
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    assert_eq!(refused("pkg:gem/%ff"), PurlError::NotUtf8(PurlComponent::Name));
}

#[test]
fn a_control_character_is_refused_raw_and_encoded() {
    let control = PurlError::Control { component: PurlComponent::Name, code: 0x1b };
    assert_eq!(refused("pkg:gem/a\u{1b}[31m"), control);
    assert_eq!(refused("pkg:gem/a%1b%5b31m"), control);
}

#[test]
fn an_encoded_slash_in_a_namespace_is_refused() {
    assert_eq!(refused("pkg:maven/a%2Fb/c"), PurlError::SlashInSegment(PurlComponent::Namespace));
}

#[test]
fn a_key_stands_once_has_a_value_and_begins_with_a_letter() {
    assert_eq!(refused("pkg:gem/a?k=1&K=2"), PurlError::DuplicateKey("k".into()));
    assert_eq!(refused("pkg:gem/a?k"), PurlError::NoValue("k".into()));
    assert_eq!(refused("pkg:gem/a?1k=1"), PurlError::BadKey("1k".into()));
    assert_eq!(refused("pkg:gem/a?a%20b=1"), PurlError::BadKey("a%20b".into()));
}

#[test]
fn a_text_that_is_too_long_is_refused_before_and_after_encoding() {
    let long = "a".repeat(Purl::MAX_BYTES);
    assert_eq!(refused(&format!("pkg:gem/{long}")), PurlError::TooLong(Purl::MAX_BYTES + 8));
    let spaces = " ".repeat(Purl::MAX_BYTES / 2);
    assert!(matches!(refused(&format!("pkg:gem/a{spaces}b")), PurlError::TooLong(_)));
}

#[test]
fn a_required_namespace_must_be_there() {
    assert_eq!(refused("pkg:swift/a@1"), PurlError::NamespaceMissing("swift"));
    assert_eq!(refused("pkg:golang/a"), PurlError::NamespaceMissing("golang"));
}

#[test]
fn a_prohibited_namespace_must_not_be_there() {
    assert_eq!(refused("pkg:otp/a/b"), PurlError::NamespaceProhibited("otp"));
}

#[test]
fn a_required_qualifier_must_be_there() {
    let missing = |package_type, key| PurlError::QualifierMissing { package_type, key };
    assert_eq!(refused("pkg:julia/A"), missing("julia", "uuid"));
    assert_eq!(refused("pkg:swid/a?tag_id="), missing("swid", "tag_id"));
}

#[test]
fn types_without_case_are_lowered() {
    assert_eq!(canonical("pkg:github/Acme/Tool@V1"), "pkg:github/acme/tool@V1");
    assert_eq!(canonical("pkg:huggingface/Acme/Tool@AB"), "pkg:huggingface/Acme/Tool@ab");
    assert_eq!(canonical("pkg:vscode-extension/A/B@C"), "pkg:vscode-extension/a/b@c");
    assert_eq!(canonical("pkg:otp/A#Src/B"), "pkg:otp/a#src/b");
}

#[test]
fn types_with_case_are_kept() {
    assert_eq!(canonical("pkg:nuget/Acme.Tool"), "pkg:nuget/Acme.Tool");
    assert_eq!(canonical("pkg:rpm/Acme/Tool"), "pkg:rpm/acme/Tool");
    assert_eq!(canonical("pkg:unheard-of/Acme/Tool"), "pkg:unheard-of/Acme/Tool");
}

#[test]
fn names_follow_the_spelling_of_their_type() {
    assert_eq!(canonical("pkg:pypi/Acme_Tool.x@1.0RC1"), "pkg:pypi/acme-tool.x@1.0rc1");
    assert_eq!(canonical("pkg:pub/Acme-tool.x"), "pkg:pub/acme_tool_x");
    assert_eq!(canonical("pkg:hackage/Acme_Tool"), "pkg:hackage/Acme-Tool");
    assert_eq!(canonical("pkg:cpan/acme/Tool"), "pkg:cpan/ACME/Tool");
}

#[test]
fn a_model_loses_its_case_on_databricks_only() {
    let on = |host: &str| canonical(&format!("pkg:mlflow/Model?repository_url=https://{host}/api"));
    assert!(on("adb-1.0.azuredatabricks.example").starts_with("pkg:mlflow/model?"));
    assert!(on("models.example").starts_with("pkg:mlflow/Model?"));
}

#[test]
fn names_that_a_type_does_not_permit_are_refused() {
    for text in [
        "pkg:cpan/A::B",
        "pkg:cocoapods/a+b",
        "pkg:cocoapods/.a",
        "pkg:cocoapods/a%20b",
        "pkg:chrome-extension/abcdefghijklmnopabcdefghijklmnoq",
        "pkg:chrome-extension/abcdefghijklmnopabcdefghijklmnop@1.2.3.4.5",
        "pkg:chrome-extension/abcdefghijklmnopabcdefghijklmnop@1..2",
    ] {
        assert!(matches!(refused(text), PurlError::NotPermitted { .. }), "{text}");
    }
}

#[test]
fn a_git_repository_is_a_host_and_a_path() {
    let purl = Purl::parse("pkg:git/git.example/Acme/tools/one@main").unwrap();
    assert_eq!(purl.to_string(), "pkg:git/git.example/Acme/tools/one@main");
    assert_eq!(purl.namespace().as_deref(), Some("git.example"));
    assert_eq!(purl.name(), "Acme/tools/one");
}

#[test]
fn a_git_repository_is_lowered_where_the_host_ignores_case() {
    assert_eq!(canonical("pkg:git/GitHub/Acme/Tool"), "pkg:git/github/acme/tool");
}

#[test]
fn a_software_tag_has_at_most_two_creators_and_a_lower_guid() {
    assert_eq!(
        refused("pkg:swid/a/b/c/d?tag_id=x"),
        PurlError::NamespaceTooDeep { package_type: "swid", found: 3, limit: 2 }
    );
    assert_eq!(
        canonical("pkg:swid/a?tag_id=75B8C285-FA7B-485B-B199-4745E3004D0D"),
        "pkg:swid/a?tag_id=75b8c285-fa7b-485b-b199-4745e3004d0d"
    );
    assert_eq!(canonical("pkg:swid/a?tag_id=Acme"), "pkg:swid/a?tag_id=Acme");
}

#[test]
fn each_ecosystem_has_its_package_url() {
    for (ecosystem, name, version, expected) in [
        (Ecosystem::CratesIo, "serde_json", "1.0.0+x", "pkg:cargo/serde_json@1.0.0%2Bx"),
        (Ecosystem::Npm, "@acme/tool", "1.0.0", "pkg:npm/%40acme/tool@1.0.0"),
        (Ecosystem::Npm, "tool", "1.0.0", "pkg:npm/tool@1.0.0"),
        (Ecosystem::PyPi, "Acme__Tool.x", "1.0", "pkg:pypi/acme-tool-x@1.0"),
        (
            Ecosystem::Go,
            "git.example/Acme/tool/v2",
            "v2.0",
            "pkg:golang/git.example/acme/tool/v2@v2.0",
        ),
        (Ecosystem::Go, "stdlib", "1.22.0", "pkg:golang/stdlib@1.22.0"),
        (Ecosystem::Maven, "org.acme:tool", "1.0", "pkg:maven/org.acme/tool@1.0"),
        (Ecosystem::RubyGems, "tool", "1.0", "pkg:gem/tool@1.0"),
        (Ecosystem::Packagist, "Acme/Tool", "v1", "pkg:composer/acme/tool@v1"),
        (Ecosystem::NuGet, "Acme.Tool", "1.0", "pkg:nuget/Acme.Tool@1.0"),
        (Ecosystem::Hex, "tool", "1.0", "pkg:hex/tool@1.0"),
        (Ecosystem::Pub, "tool_x", "1.0", "pkg:pub/tool_x@1.0"),
        (Ecosystem::Hackage, "Tool", "1.0", "pkg:hackage/Tool@1.0"),
        (Ecosystem::Ghc, "ghc", "9.4.7", "pkg:generic/ghc@9.4.7"),
        (Ecosystem::Cran, "Tool", "1.0-1", "pkg:cran/Tool@1.0-1"),
        (Ecosystem::Bioconductor, "Tool", "1.0", "pkg:bioconductor/Tool@1.0"),
        (Ecosystem::ConanCenter, "tool", "1.0", "pkg:conan/tool@1.0"),
        (
            Ecosystem::SwiftUrl,
            "git@Git.example:Acme/Tool.git",
            "1.0",
            "pkg:swift/git.example/Acme/Tool@1.0",
        ),
        (Ecosystem::Debian, "tool", "1:1.0", "pkg:deb/debian/tool@1:1.0"),
        (Ecosystem::Ubuntu, "tool", "1.0", "pkg:deb/ubuntu/tool@1.0"),
        (Ecosystem::Alpine, "tool", "1.0-r1", "pkg:apk/alpine/tool@1.0-r1"),
        (Ecosystem::RedHat, "Tool", "1.0-1.el9", "pkg:rpm/redhat/Tool@1.0-1.el9"),
    ] {
        assert_eq!(of(ecosystem, name, version), expected);
    }
}

fn any_ecosystem() -> impl Strategy<Value = Ecosystem> {
    prop::sample::select(Ecosystem::all().collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn canonical_text_reads_back_to_itself(text in ".{0,60}") {
        for prefix in ["", "pkg:", "pkg:generic/", "pkg:git/h/", "pkg:pypi/", "pkg:npm/@s/n#"] {
            if let Ok(purl) = Purl::parse(&format!("{prefix}{text}")) {
                prop_assert_eq!(Purl::parse(purl.as_str()), Ok(purl));
            }
        }
    }

    #[test]
    fn components_survive_building_and_reading(
        namespace in "[^/\\p{C}\u{2028}\u{2029}]{0,8}",
        name in "[^\\p{C}\u{2028}\u{2029}]{1,12}",
        version in "[^\\p{C}\u{2028}\u{2029}]{0,8}",
        value in "[^\\p{C}\u{2028}\u{2029}]{1,8}",
    ) {
        let purl = Purl::build(
            "generic", Some(&namespace), &name, Some(&version), [("Key", value.as_str())], None,
        ).unwrap();
        let read = Purl::parse(purl.as_str()).unwrap();
        prop_assert_eq!(read.namespace().unwrap_or_default(), namespace);
        prop_assert_eq!(read.name(), name);
        prop_assert_eq!(read.version().unwrap_or_default(), version);
        prop_assert_eq!(read.qualifiers().next(), Some(("key", Cow::Owned(value))));
    }

    #[test]
    fn the_purl_of_a_package_is_canonical(
        ecosystem in any_ecosystem(), name in "[@a-zA-Z/:._ %-]{1,20}", version in "[ -~]{0,10}",
    ) {
        if let Ok(name) = PackageName::parse(ecosystem, &name) {
            let purl = Purl::of_package(&name, Some(&version));
            match Purl::parse(purl.as_str()) {
                Ok(read) => prop_assert_eq!(read, purl),
                Err(error) => prop_assert!(matches!(error, PurlError::NamespaceMissing(_)), "{}", error),
            }
        }
    }
}
