//! Addresses in links: a path with a query (RFC 3986), and links to places that others name.

use mainstay_types::percent_encoded;
use maud::{Markup, html};

/// A path of this server with a query; names and values are percent-encoded. The path is taken
/// as it is.
///
/// ```
/// assert_eq!(
///     mainstay_ui::href("/affected", &[("q", "severity:high owner:me")]),
///     "/affected?q=severity%3Ahigh%20owner%3Ame",
/// );
/// ```
pub fn href(path: &str, query: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    for (at, (name, value)) in query.iter().enumerate() {
        address.push(if at == 0 { '?' } else { '&' });
        address.push_str(&percent_encoded(name));
        address.push('=');
        address.push_str(&percent_encoded(value));
    }
    address
}

/// A link to an address that somebody else wrote, such as a reference of an advisory. Only
/// `https` and `http` become a link; anything else is shown as text. The other side is not told
/// where the reader came from, and gets no handle on this page.
pub fn outside_link(address: &str, text: &str) -> Markup {
    html! {
        @if is_web(address) {
            a href=(address) rel="noopener noreferrer nofollow" { (text) }
        } @else {
            span { (text) @if text != address { " (" code { (address) } ")" } }
        }
    }
}

fn is_web(address: &str) -> bool {
    let starts = |scheme: &str| {
        address.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    };
    (starts("https://") || starts("http://")) && !address.contains(char::is_control)
}
