use super::*;

fn read(text: &str) -> DistributedPurl {
    DistributedPurl::of(&Purl::parse(text).unwrap()).unwrap().unwrap()
}

fn asked(text: &str) -> Vec<String> {
    let found = read(text);
    let version = found.version.unwrap();
    let asked = found.distributed.asked(&found.name, &version);
    asked.into_iter().map(|(name, version)| format!("{name} {version}")).collect()
}

#[test]
fn a_debian_package_is_asked_for_by_its_source() {
    let text = "pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl";
    assert_eq!(asked(text), ["openssl 3.0.11-1"]);
}

#[test]
fn a_source_may_have_a_version_of_its_own() {
    let text = "pkg:deb/debian/libgcc-s1@12.2.0-14?distro=debian-12&upstream=gcc-12@12.2.0-14+b1";
    assert_eq!(asked(text), ["gcc-12 12.2.0-14+b1"]);
}

#[test]
fn an_rpm_is_asked_for_by_its_source_and_by_itself() {
    let text = "pkg:rpm/redhat/openssl-libs@3.0.7-24.el9?arch=x86_64&distro=rhel-9.3&epoch=1\
                &upstream=openssl-3.0.7-24.el9.src.rpm";
    assert_eq!(asked(text), ["openssl 1:3.0.7-24.el9", "openssl-libs 1:3.0.7-24.el9"]);
}

#[test]
fn the_release_of_a_package_url_is_read() {
    let found = read("pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.3");
    assert_eq!(found.distributed.release.unwrap().to_string(), "Alpine v3.20");
}

#[test]
fn a_package_url_that_names_no_source_leaves_it_unknown() {
    assert_eq!(read("pkg:deb/debian/libssl3@1").distributed.built_from, BuiltFrom::Unknown);
    let source = read("pkg:deb/debian/openssl@1?arch=source");
    assert_eq!(source.distributed.built_from, BuiltFrom::Namesake);
}

#[test]
fn a_distribution_that_is_no_ecosystem_of_osv_is_left_to_the_caller() {
    let purl = Purl::parse("pkg:rpm/fedora/curl@7.50.3-1.fc25?distro=fedora-25").unwrap();
    assert!(DistributedPurl::of(&purl).is_none());
}

#[test]
fn a_package_url_is_written_as_it_was_read() {
    for text in [
        "pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl",
        "pkg:deb/ubuntu/libgcc-s1@12.2-1?arch=amd64&distro=ubuntu-22.04&upstream=gcc-12@12.2-1+b1",
        "pkg:rpm/rocky/openssl-libs@3.0.7-24.el9?arch=x86_64&distro=rocky-9&epoch=1\
         &upstream=openssl-3.0.7-24.el9.src.rpm",
        "pkg:apk/wolfi/busybox@1.36.1-r2?arch=x86_64",
    ] {
        let found = read(text);
        let purl = Purl::of_distributed(&found.name, found.version.as_deref(), &found.distributed);
        let again = DistributedPurl::of(&purl).unwrap().unwrap();
        assert_eq!(again, found, "{purl}");
    }
}
