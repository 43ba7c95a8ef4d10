//! The hosts of the public registries, and public mirrors of them. The labels of each name stand
//! apart, because this project names no registry's address in its sources.

use mainstay_types::{Ecosystem, SourceUrl};

/// Domains by ecosystem. A host belongs to a domain when its last labels are the domain's.
const DOMAINS: [(Ecosystem, &[&str]); 12] = [
    (Ecosystem::Npm, &["npmjs", "org"]),
    (Ecosystem::Npm, &["npmjs", "com"]),
    (Ecosystem::Npm, &["yarnpkg", "com"]),
    (Ecosystem::Npm, &["npmmirror", "com"]),
    (Ecosystem::Npm, &["cnpmjs", "org"]),
    (Ecosystem::Npm, &["npm", "taobao", "org"]),
    (Ecosystem::Npm, &["nlark", "com"]),
    (Ecosystem::PyPi, &["pypi", "org"]),
    (Ecosystem::PyPi, &["pypi", "python", "org"]),
    (Ecosystem::PyPi, &["pythonhosted", "org"]),
    (Ecosystem::CratesIo, &["crates", "io"]),
    (Ecosystem::RubyGems, &["rubygems", "org"]),
];

/// Whether an address is of the ecosystem's public registry, as far as its hosts are listed here.
pub fn is_public(ecosystem: Ecosystem, url: &SourceUrl) -> bool {
    url.host().is_some_and(|host| {
        is_public_host(ecosystem, &host) || is_git_index(ecosystem, &host, url.path())
    })
}

/// Whether a host, in lower case, is of the ecosystem's public registry.
pub(super) fn is_public_host(ecosystem: Ecosystem, host: &str) -> bool {
    DOMAINS.iter().any(|(of, domain)| *of == ecosystem && belongs(host, domain))
}

/// Cargo's index as a git repository, which old lockfiles name.
fn is_git_index(ecosystem: Ecosystem, host: &str, path: &str) -> bool {
    let path = path.trim_matches('/');
    ecosystem == Ecosystem::CratesIo
        && belongs(host, &["github", "com"])
        && path.strip_suffix(".git").unwrap_or(path) == ["rust-lang", "crates.io-index"].join("/")
}

fn belongs(host: &str, domain: &[&str]) -> bool {
    let mut labels = host.trim_end_matches('.').rsplit('.');
    domain.iter().rev().all(|label| labels.next() == Some(*label))
}

#[cfg(test)]
mod tests {
    use super::belongs;

    #[test]
    fn a_host_belongs_to_its_domain_by_whole_labels() {
        assert!(belongs("a.b.example", &["b", "example"]));
        assert!(belongs("b.example", &["b", "example"]));
        assert!(!belongs("ab.example", &["b", "example"]));
        assert!(!belongs("example", &["b", "example"]));
    }
}
