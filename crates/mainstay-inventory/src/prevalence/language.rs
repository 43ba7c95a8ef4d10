//! Which packages are known to be written in a language without memory safety.
//!
//! Known are: packages of ecosystems of C and C++; crates that bind to a C library, by the
//! convention of the Cargo book (chapter "Build Scripts", section "`*-sys` packages"); and some
//! projects in C that most systems carry, by the names under which systems package them. Of all
//! others nothing is known: a package of any ecosystem can have parts in C.

use mainstay_types::Ecosystem;

/// Source packages of projects that are written in C or C++, as their own pages say.
const BY_NAME: &[&str] = &[
    "apache2",
    "bash",
    "bind9",
    "busybox",
    "bzip2",
    "coreutils",
    "cups",
    "curl",
    "dbus",
    "dnsmasq",
    "e2fsprogs",
    "expat",
    "freetype",
    "gcc",
    "glib2.0",
    "glibc",
    "gnupg2",
    "gnutls28",
    "haproxy",
    "httpd",
    "icu",
    "krb5",
    "libarchive",
    "libcurl",
    "libgcrypt20",
    "libjpeg-turbo",
    "libpng1.6",
    "libssh2",
    "libtiff",
    "libxml2",
    "libxslt",
    "linux",
    "musl",
    "ncurses",
    "nettle",
    "nginx",
    "openldap",
    "openssh",
    "openssl",
    "pcre2",
    "postgresql",
    "readline",
    "samba",
    "sqlite",
    "sqlite3",
    "sudo",
    "systemd",
    "tiff",
    "util-linux",
    "wget",
    "xz",
    "xz-utils",
    "zlib",
    "zstd",
];

/// Whether a package is known to be written in such a language.
pub(crate) fn is_memory_unsafe(ecosystem: Ecosystem, name: &str) -> bool {
    ecosystem == Ecosystem::ConanCenter
        || (ecosystem == Ecosystem::CratesIo && name.ends_with("-sys"))
        || (ecosystem.packaging().is_some() && BY_NAME.binary_search(&name).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_so_that_each_is_found() {
        assert!(BY_NAME.is_sorted());
    }

    #[test]
    fn a_name_alone_says_nothing_in_another_ecosystem() {
        assert!(is_memory_unsafe(Ecosystem::Debian, "openssl"));
        assert!(is_memory_unsafe(Ecosystem::CratesIo, "openssl-sys"));
        assert!(is_memory_unsafe(Ecosystem::ConanCenter, "anything"));
        assert!(!is_memory_unsafe(Ecosystem::Npm, "openssl"));
        assert!(!is_memory_unsafe(Ecosystem::Debian, "python3-requests"));
    }
}
