//! Where a page leads, and what it loads.

use super::{page::Reading, tokens::Tag};

impl Reading {
    /// Addresses on a tag: what is loaded comes from this server, links carry no script, and
    /// links to elsewhere tell nothing of where the reader comes from.
    pub(super) fn addresses(&mut self, tag: &Tag<'_>) {
        let name = tag.name.as_str();
        for attribute in ["src", "href", "action", "formaction", "srcset", "poster", "xlink:href"] {
            let Some(address) = tag.value(attribute) else { continue };
            if name == "a" {
                self.link(tag, address);
            } else if !is_own(address) && !is_own_drawing(name, address) {
                self.fault(format!(
                    "{attribute} of {name} is not on this server: {}",
                    brief(address)
                ));
            }
        }
        if name == "meta" && tag.has("http-equiv") {
            self.fault("a meta element with http-equiv acts on the page".to_owned());
        }
        if ["base", "iframe", "frame", "object", "embed", "applet"].contains(&name) {
            self.fault(format!("the element {name} is not allowed"));
        }
    }

    fn link(&mut self, tag: &Tag<'_>, address: &str) {
        if let Some(id) = address.strip_prefix('#') {
            self.refer("a link", id);
        } else if begins(address, "https://") || begins(address, "http://") {
            let rel = tag.value("rel").unwrap_or("");
            for word in ["noopener", "noreferrer"] {
                if !rel.split_ascii_whitespace().any(|other| other == word) {
                    self.fault(format!("a link to elsewhere lacks {word}: {}", brief(address)));
                }
            }
        } else if !is_own(address) && !begins(address, "mailto:") {
            self.fault(format!("a link leads to no page: {}", brief(address)));
        }
    }
}

/// A path from the root, or a query of the same page. A browser reads `\` as `/`, and leaves
/// out tabs and line breaks.
fn is_own(address: &str) -> bool {
    let plain = !address.contains(|c: char| c.is_control() || c == '\\');
    let path = address.starts_with('/') && !address.starts_with("//");
    plain && (path || address.starts_with('?') || address.is_empty())
}

fn begins(address: &str, scheme: &str) -> bool {
    address.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme))
}

/// `img-src` allows `data:`, and a picture in an `img` runs no script.
fn is_own_drawing(name: &str, address: &str) -> bool {
    name == "img" && address.starts_with("data:image/")
}

/// Enough of an address to find it.
fn brief(address: &str) -> String {
    address.chars().take(80).collect()
}
