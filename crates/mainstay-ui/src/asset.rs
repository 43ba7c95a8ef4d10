//! The files that pages need: one stylesheet, two scripts, one drawing. They are part of the
//! program, and their addresses carry a hash of their content, so that a browser may keep them
//! for ever and still gets the new ones after an upgrade.

use std::sync::LazyLock;

/// `Cache-Control` of an asset: its content never changes under its address.
pub const ASSET_CACHE: &str = "public, max-age=31536000, immutable";

/// One file.
#[derive(Debug)]
pub struct Asset {
    /// The path at which pages ask for it: `/assets/<name>.<hash>.<ext>`.
    pub path: String,
    /// Its `Content-Type`.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
}

/// Every asset.
pub fn assets() -> &'static [Asset] {
    &*ASSETS
}

/// The asset at a path of a request. `None` also for a path with an older hash.
pub fn asset(path: &str) -> Option<&'static Asset> {
    assets().iter().find(|asset| asset.path == path)
}

/// Which asset, for the pages of this crate.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    Style,
    App,
    Passkey,
    Mark,
}

pub(crate) fn path_of(part: Part) -> &'static str {
    let [style, app, passkey, mark] = &*ASSETS;
    let asset = match part {
        Part::Style => style,
        Part::App => app,
        Part::Passkey => passkey,
        Part::Mark => mark,
    };
    &asset.path
}

/// FNV-1a, 64 bits (draft-eastlake-fnv). It tells versions of our own files apart; it protects
/// nothing.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut rest = bytes;
    while let [first, others @ ..] = rest {
        hash ^= *first as u64;
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
        rest = others;
    }
    hash
}

fn named(name: &str, extension: &str, content_type: &'static str, bytes: &'static [u8]) -> Asset {
    let hash = fnv1a(bytes);
    Asset { path: format!("/assets/{name}.{hash:016x}.{extension}"), content_type, bytes }
}

static ASSETS: LazyLock<[Asset; 4]> = LazyLock::new(|| {
    let style = include_bytes!("../assets/style.css");
    let app = include_bytes!("../assets/app.js");
    let passkey = include_bytes!("../assets/passkey.js");
    let mark = include_bytes!("../assets/mark.svg");
    [
        named("style", "css", "text/css; charset=utf-8", style),
        named("app", "js", "text/javascript; charset=utf-8", app),
        named("passkey", "js", "text/javascript; charset=utf-8", passkey),
        named("mark", "svg", "image/svg+xml", mark),
    ]
});

#[cfg(test)]
mod tests {
    use super::fnv1a;

    /// From the list of test vectors in draft-eastlake-fnv, appendix C.
    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
