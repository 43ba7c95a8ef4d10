//! Where a redirect leads (RFC 9110 section 10.2.2, RFC 3986 section 5.2).

use mainstay_types::SourceUrl;

use crate::FetchErrorKind;

/// The address that a `Location` header names, seen from the address that was asked.
pub(crate) fn resolve(base: &SourceUrl, location: &str) -> Result<SourceUrl, FetchErrorKind> {
    let refused = |why: &str| FetchErrorKind::Redirect(why.to_owned());
    let location = location.split('#').next().unwrap_or(location).trim();
    let (scheme, rest) = base.reveal().split_once("://").ok_or_else(|| refused("no scheme"))?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let path = path.split(['?', '#']).next().unwrap_or("");
    let target = if location.contains("://") {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("{scheme}:{location}")
    } else if location.starts_with('/') {
        format!("{scheme}://{authority}{location}")
    } else if location.is_empty() {
        return Err(refused("the server named no address"));
    } else {
        let folder = path.rfind('/').and_then(|slash| path.get(..=slash)).unwrap_or("/");
        format!("{scheme}://{authority}{folder}{location}")
    };
    let target = SourceUrl::new(&target);
    match (scheme.to_ascii_lowercase().as_str(), target.scheme().as_deref()) {
        ("https", Some("https")) | ("http", Some("http" | "https")) => Ok(target),
        ("https", Some("http")) => Err(refused("it leads from https to http")),
        _ => Err(refused("it leads to something that is not http")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(base: &str, location: &str) -> Result<String, FetchErrorKind> {
        resolve(&SourceUrl::new(base), location).map(|url| url.reveal().to_owned())
    }

    #[test]
    fn a_path_stays_on_the_host() {
        assert_eq!(from("https://a.example/x/y?q", "/z").unwrap(), "https://a.example/z");
    }

    #[test]
    fn a_relative_path_stays_in_the_folder() {
        assert_eq!(from("https://a.example/x/y?q", "z").unwrap(), "https://a.example/x/z");
    }

    #[test]
    fn a_host_without_a_scheme_keeps_the_scheme() {
        assert_eq!(from("https://a.example/x", "//b.example/z").unwrap(), "https://b.example/z");
    }

    #[test]
    fn https_never_leads_to_http() {
        assert!(matches!(
            from("https://a.example/", "http://a.example/"),
            Err(FetchErrorKind::Redirect(_))
        ));
    }

    #[test]
    fn a_file_is_no_target() {
        assert!(matches!(
            from("http://a.example/", "file:///etc/passwd"),
            Err(FetchErrorKind::Redirect(_))
        ));
    }
}
