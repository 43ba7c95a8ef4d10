//! A gem's specification, as RubyGems writes it beside an installed gem and as authors write it.
//!
//! The file is a Ruby program, which is never run. RubyGems heads the files that it writes with a
//! stub, so that it need not run them either (`Gem::StubSpecification`):
//! `# stub: NAME VERSION PLATFORM REQUIRE-PATHS`. Without one, plain assignments of strings are
//! read; anything that would have to be computed is not known.

use std::borrow::Cow;

use crate::identity::Identity;

/// Reads name and version.
pub fn read(bytes: &[u8]) -> Identity {
    let text = String::from_utf8_lossy(bytes);
    stub(&text).unwrap_or_else(|| assigned(&text))
}

/// The stub stands on one of the first lines.
fn stub(text: &str) -> Option<Identity> {
    let line = text.lines().take(4).find_map(|line| line.strip_prefix("# stub: "))?;
    let mut words = line.split(' ');
    let (name, version) = (words.next()?, words.next()?);
    // The platform tells a stub from the line that lists the gem's extensions.
    words.next()?;
    version
        .starts_with(|c: char| c.is_ascii_digit())
        .then(|| Identity::new(Some(name), Some(version)))
}

fn assigned(text: &str) -> Identity {
    let (mut name, mut version) = (None, None);
    for line in text.lines() {
        name = name.or_else(|| assignment(line, ".name"));
        version = version.or_else(|| assignment(line, ".version"));
    }
    Identity::new(name.as_deref(), version.as_deref())
}

/// The string that a line assigns: `s.name = "rake".freeze`,
/// `s.version = Gem::Version.new("1.0")`.
fn assignment<'t>(line: &'t str, attribute: &str) -> Option<Cow<'t, str>> {
    let (object, value) = line.trim().split_once('=')?;
    let object = object.trim().strip_suffix(attribute)?;
    if object.is_empty() || !object.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return None;
    }
    let value = value.trim();
    let value = value.strip_prefix("Gem::Version.new(").unwrap_or(value);
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (text, rest) = value.get(1..)?.split_once(quote)?;
    let rest = rest.trim_start_matches(')').trim();
    // `"a" + suffix` or `"#{x}"` is computed.
    let plain = matches!(rest, "" | ".freeze" | ".freeze)") && !text.contains(['#', '\\']);
    plain.then_some(Cow::Borrowed(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(name: &str, version: &str) -> Identity {
        Identity::new(Some(name), Some(version))
    }

    #[test]
    fn the_stub_comes_first() {
        let text = b"# -*- encoding: utf-8 -*-\n# stub: rake 13.0.6 ruby lib\n\ns.name = \"x\"\n";
        assert_eq!(read(text), identity("rake", "13.0.6"));
    }

    #[test]
    fn plain_assignments_are_read() {
        let text = b"Gem::Specification.new do |s|\n  s.name = %q{no}\n  s.name = 'a-b'.freeze\n  \
                     s.version = Gem::Version.new(\"1.2\")\nend\n";
        assert_eq!(read(text), identity("a-b", "1.2"));
    }

    #[test]
    fn what_would_have_to_be_computed_is_not_known() {
        let read = read(b"s.name = \"a\"\ns.version = A::VERSION\ns.version = \"1.#{x}\"\n");
        assert_eq!((read.name.as_deref(), read.version), (Some("a"), None));
    }
}
