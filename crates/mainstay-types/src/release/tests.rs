use super::*;

fn osv(ecosystem: Ecosystem, text: &str) -> String {
    Release::of_osv(ecosystem, text).unwrap().key().to_owned()
}

fn distro(ecosystem: Ecosystem, text: &str) -> String {
    Release::of_distro(ecosystem, text).unwrap().key().to_owned()
}

#[test]
fn every_spelling_of_a_debian_release_is_one() {
    for text in ["debian-12", "12", "bookworm", "debian-bookworm", "12.5"] {
        assert_eq!(distro(Ecosystem::Debian, text), "12", "{text}");
    }
    assert_eq!(osv(Ecosystem::Debian, "12"), "12");
}

#[test]
fn a_debian_system_without_a_number_is_told_by_its_series() {
    let trixie =
        Release::of_system(Ecosystem::Debian, "", "", "trixie", "Debian GNU/Linux trixie/sid");
    assert_eq!(trixie.unwrap().key(), "13");
    let sid = Release::of_system(Ecosystem::Debian, "", "", "", "Debian GNU/Linux forky/sid");
    assert_eq!(sid.unwrap().key(), "sid");
}

#[test]
fn long_support_is_no_part_of_an_ubuntu_release() {
    assert_eq!(osv(Ecosystem::Ubuntu, "22.04:LTS"), "22.04");
    assert_eq!(osv(Ecosystem::Ubuntu, "Pro:18.04:LTS"), "Pro:18.04");
    assert_eq!(distro(Ecosystem::Ubuntu, "ubuntu-22.04"), "22.04");
    assert_eq!(distro(Ecosystem::Ubuntu, "jammy"), "22.04");
}

#[test]
fn records_of_ubuntu_pro_speak_of_its_packages_too() {
    let release = Release::of_distro(Ecosystem::Ubuntu, "18.04").unwrap();
    assert_eq!(release.keys().collect::<Vec<_>>(), ["18.04", "Pro:18.04"]);
}

#[test]
fn an_alpine_release_has_two_numbers() {
    assert_eq!(osv(Ecosystem::Alpine, "v3.20"), "v3.20");
    assert_eq!(distro(Ecosystem::Alpine, "alpine-3.20.3"), "v3.20");
    let edge =
        Release::of_system(Ecosystem::Alpine, "3.21_alpha20240807", "", "", "Alpine Linux edge");
    assert_eq!(edge.unwrap().key(), "edge");
}

#[test]
fn the_repositories_of_a_red_hat_system_are_one_release() {
    for text in
        ["enterprise_linux:9::baseos", "enterprise_linux:9::appstream", "enterprise_linux:9"]
    {
        assert_eq!(osv(Ecosystem::RedHat, text), "9", "{text}");
    }
    assert_eq!(osv(Ecosystem::RedHat, "openshift:4.12::el9"), "9");
    assert_eq!(distro(Ecosystem::RedHat, "rhel-9.4"), "9");
}

#[test]
fn extended_updates_of_red_hat_are_a_stream_of_their_own() {
    assert_eq!(osv(Ecosystem::RedHat, "rhel_eus:9.2::baseos"), "rhel_eus:9.2");
}

#[test]
fn rocky_and_alma_are_told_by_their_major_number() {
    assert_eq!(distro(Ecosystem::RockyLinux, "rocky-9.3"), "9");
    assert_eq!(osv(Ecosystem::AlmaLinux, "9"), "9");
}

#[test]
fn the_products_of_a_suse_service_pack_are_one_release() {
    for text in [
        "Linux Enterprise Server 15 SP5",
        "Linux Enterprise Module for Basesystem 15 SP5",
        "Linux Enterprise Server for SAP Applications 15 SP5",
        "Linux Enterprise Server 15 SP5-LTSS",
    ] {
        assert_eq!(osv(Ecosystem::Suse, text), "15 SP5", "{text}");
    }
    assert_eq!(distro(Ecosystem::Suse, "sles-15.5"), "15 SP5");
    assert_eq!(osv(Ecosystem::Suse, "Linux Enterprise Micro 5.4"), "Linux Enterprise Micro 5.4");
}

#[test]
fn a_suse_module_without_a_service_pack_holds_for_all() {
    let release = Release::of_osv(Ecosystem::Suse, "Linux Enterprise Server 12 SP5").unwrap();
    assert!(
        release
            .keys()
            .any(|key| key == osv(Ecosystem::Suse, "Linux Enterprise Module for Containers 12"))
    );
}

#[test]
fn opensuse_is_leap_or_tumbleweed() {
    assert_eq!(osv(Ecosystem::OpenSuse, "Leap 15.5"), "Leap 15.5");
    assert_eq!(distro(Ecosystem::OpenSuse, "opensuse-leap-15.5"), "Leap 15.5");
    assert_eq!(distro(Ecosystem::OpenSuse, "opensuse-tumbleweed-20240101"), "Tumbleweed");
}

#[test]
fn the_service_pack_of_openeuler_stands_in_brackets() {
    let system = Release::of_system(Ecosystem::OpenEuler, "22.03", "22.03 (LTS-SP3)", "", "");
    assert_eq!(system, Release::of_osv(Ecosystem::OpenEuler, "22.03-LTS-SP3"));
}

#[test]
fn a_distro_qualifier_leads_back_to_its_release() {
    for (ecosystem, text) in [
        (Ecosystem::Debian, "12"),
        (Ecosystem::Ubuntu, "22.04:LTS"),
        (Ecosystem::Alpine, "v3.20"),
        (Ecosystem::Alpine, "edge"),
        (Ecosystem::RedHat, "enterprise_linux:9::baseos"),
        (Ecosystem::RockyLinux, "9"),
        (Ecosystem::Suse, "Linux Enterprise Server 15 SP5"),
        (Ecosystem::OpenSuse, "Leap 15.5"),
        (Ecosystem::OpenSuse, "Tumbleweed"),
        (Ecosystem::OpenEuler, "22.03-LTS-SP3"),
        (Ecosystem::AzureLinux, "3"),
        (Ecosystem::PhotonOs, "4.0"),
        (Ecosystem::Alpaquita, "stream"),
    ] {
        let release = Release::of_osv(ecosystem, text).unwrap();
        let qualifier = release.distro();
        assert_eq!(Release::of_distro(ecosystem, &qualifier), Some(release), "{qualifier}");
    }
}

#[test]
fn an_ecosystem_without_releases_has_none() {
    assert_eq!(Release::of_osv(Ecosystem::Npm, "12"), None);
    assert_eq!(Release::of_distro(Ecosystem::Wolfi, "wolfi-20230201"), None);
}

#[test]
fn a_release_with_control_characters_is_refused() {
    assert_eq!(Release::of_distro(Ecosystem::Debian, "debian-1\u{1b}2"), None);
}
