//! A path that a model names: weights, a vocabulary, a library beside it. Where does it lead?
//!
//! A loader joins it to the folder of the model and opens the result, so `..` and absolute paths
//! reach any file of the machine, and some loaders fetch addresses. Both slashes divide: a model
//! that is harmless on Linux may be loaded on Windows.

/// Where a path leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Into the folder of the model, or one below.
    Beside,
    /// Above the folder of the model.
    Above,
    /// To a place of the machine that does not depend on where the model lies.
    Machine,
    /// To another machine.
    Network,
    /// Nowhere that could be told: it is empty, or holds characters that end or hide it.
    Odd,
}

impl Reach {
    /// As the end of a sentence: "the path leads ...".
    pub(crate) fn phrase(self) -> &'static str {
        match self {
            Self::Beside => "into the folder of the model",
            Self::Above => "out of the folder of the model",
            Self::Machine => "to a fixed place of the machine that loads it",
            Self::Network => "to another machine",
            Self::Odd => {
                "nowhere that a reader would expect: it is empty or holds control characters"
            }
        }
    }
}

/// Where a path leads.
pub(crate) fn reach(path: &str) -> Reach {
    if path.trim().is_empty() || path.chars().any(char::is_control) {
        return Reach::Odd;
    }
    if let Some((scheme, _)) = path.split_once("://") {
        let is_file = scheme.eq_ignore_ascii_case("file");
        return if is_file { Reach::Machine } else { Reach::Network };
    }
    if path.starts_with(r"\\") || path.starts_with("//") {
        return Reach::Network;
    }
    let has_drive = matches!(path.as_bytes(), [drive, b':', ..] if drive.is_ascii_alphabetic());
    let has_file_scheme = path.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("file:"));
    if has_drive || has_file_scheme || path.starts_with(['/', '\\', '~', '$', '%']) {
        return Reach::Machine;
    }
    if path.split(['/', '\\']).any(|segment| segment.trim() == "..") {
        return Reach::Above;
    }
    Reach::Beside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_lies_beside() {
        for path in ["model.onnx_data", "weights/0.bin", "./a", "a..b", "...", "weights-%1.bin"] {
            assert_eq!(reach(path), Reach::Beside, "{path}");
        }
    }

    #[test]
    fn a_path_that_climbs_leads_above() {
        for path in ["../a", "a/../../b", r"a\..\..\b", "..", "./.. /a"] {
            assert_eq!(reach(path), Reach::Above, "{path}");
        }
    }

    #[test]
    fn a_root_a_drive_and_a_home_are_places_of_the_machine() {
        for path in
            ["/etc/passwd", r"\Windows", "C:/a", "c:a", "~/.ssh/id", "file:///etc", "$HOME/a"]
        {
            assert_eq!(reach(path), Reach::Machine, "{path}");
        }
    }

    #[test]
    fn addresses_and_shares_lead_to_another_machine() {
        for path in ["https://host.example/a", r"\\host\share", "//host/share", "s3://bucket/a"] {
            assert_eq!(reach(path), Reach::Network, "{path}");
        }
    }

    #[test]
    fn an_empty_path_and_one_with_a_null_are_odd() {
        assert_eq!((reach(""), reach("a\0b")), (Reach::Odd, Reach::Odd));
    }
}
