//! Names, package URLs, digests and addresses, broken at random: an answer or an error, no panic,
//! and what is canonical stays as it is.

use mainstay_testkit::mutation::{self, Seed};
use mainstay_types::{Digest, DigestAlgorithm, Ecosystem, PackageName, Purl, SourceUrl};

#[test]
fn a_broken_package_url_is_an_error_or_has_a_stable_canonical_form() {
    let seeds = [
        "pkg:npm/%40scope/name@1.0.0?arch=x86&os=linux#sub/path",
        "pkg:pypi/Django_X@2.0",
        "pkg:maven/org.example/thing@1.0?classifier=sources&type=jar",
        "pkg:golang/example.com/mod/v2@v2.0.0#pkg/sub",
        "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
        "pkg:docker/registry.example/name@sha256:244fd47e07d10",
        "pkg:generic/x?checksum=sha1:ad9503c3,sha256:41bf",
        "pkg://Gem//a/b/../c@%20%2F%00",
    ];
    let seeds = seeds.map(|text| Seed::new(text, text));
    mutation::run("package urls", &seeds, |_, input| {
        let text = String::from_utf8_lossy(input);
        let Ok(purl) = Purl::parse(&text) else { return false };
        assert_eq!(Purl::parse(purl.as_str()).as_ref(), Ok(&purl));
        let _ = (purl.namespace(), purl.name(), purl.version(), purl.qualifiers().count());
        true
    });
}

#[test]
fn a_broken_name_is_an_error_or_has_a_stable_key() {
    let names = [
        "left-pad",
        "@scope/name",
        "Flask_SQLAlchemy.Ext",
        "org.example:thing",
        "example.com/mod/v2",
        "vendor/package",
        "https://host.example/owner/repo.git",
    ];
    let seeds = names.map(|text| Seed::new(text, text));
    mutation::run("package names", &seeds, |_, input| {
        let text = String::from_utf8_lossy(input);
        let mut read = false;
        for ecosystem in Ecosystem::all() {
            let Ok(name) = PackageName::parse(ecosystem, &text) else { continue };
            let again = PackageName::parse(ecosystem, name.as_written()).unwrap();
            assert_eq!(again.key(), name.key(), "{ecosystem}");
            let purl = Purl::of_package(&name, Some("1.0.0"));
            let _ = Purl::parse(purl.as_str());
            read = true;
        }
        read
    });
}

#[test]
fn a_broken_digest_or_address_is_an_error_or_kept() {
    let texts = [
        "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
        "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "https://user:secret@host.example:8443/path?query#fragment",
        "git@host.example:owner/repo.git",
        "git+ssh://git@host.example/owner/repo#commit",
    ];
    let seeds = texts.map(|text| Seed::new(text, text));
    mutation::run("digests and addresses", &seeds, |_, input| {
        let text = String::from_utf8_lossy(input);
        let url = SourceUrl::new(&text);
        let _ = (url.scheme(), url.host(), url.path().len(), url.to_string());
        let hex = Digest::from_hex(DigestAlgorithm::Sha256, &text);
        [hex, Digest::from_prefixed_hex(&text), Digest::from_sri(&text), Digest::from_go_sum(&text)]
            .iter()
            .any(Result::is_ok)
    });
}
