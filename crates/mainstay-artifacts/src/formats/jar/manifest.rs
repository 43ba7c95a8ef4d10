//! `META-INF/MANIFEST.MF`: the main section.
//!
//! Format: "JAR File Specification", section "JAR Manifest": lines of `Name: value`; a line that
//! begins with a blank goes on with the value before it; an empty line ends the section.

/// What the manifest says of the archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) vendor_id: Option<String>,
    /// Every version that it names, in the order in which they are believed.
    pub(super) versions: Vec<String>,
}

impl Manifest {
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let lines = logical(&text);
        let value = |wanted: &str| {
            lines.iter().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let value = value.trim();
                (name.eq_ignore_ascii_case(wanted) && !value.is_empty()).then(|| value.to_owned())
            })
        };
        let versions = ["Implementation-Version", "Bundle-Version", "Specification-Version"];
        Self {
            vendor_id: value("Implementation-Vendor-Id"),
            versions: versions.into_iter().filter_map(value).collect(),
        }
    }
}

/// The lines of the main section, each whole.
fn logical(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.is_empty() {
            break;
        }
        match (line.strip_prefix(' '), lines.last_mut()) {
            (Some(more), Some(last)) => last.push_str(more),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_goes_on_behind_a_blank() {
        let text = b"Manifest-Version: 1.0\r\nImplementation-Vendor-Id: org.exa\r\n mple\r\n\r\n\
                     Implementation-Version: 9\r\n";
        let manifest = Manifest::parse(text);
        assert_eq!(manifest.vendor_id.as_deref(), Some("org.example"));
        assert_eq!(manifest.versions, Vec::<String>::new());
    }
}
