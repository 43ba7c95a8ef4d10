//! Source distributions of Python.
//!
//! Format: "Source distribution format" of the `PyPA` specifications (PEP 517, PEP 625, PEP 643):
//! `NAME-VERSION.tar.gz` with `PKG-INFO` in its folder.

mod marker;

use mainstay_metadata::core_metadata;
use mainstay_reading::AnomalyCode;
use mainstay_types::Ecosystem::PyPi;

use super::tarball::Tarball;
use crate::file_name::{claims_another, stem};
use crate::format::Artifact;
use crate::shipment::{ASK_LOCKFILE, Within};

pub(crate) fn tell(artifact: &Artifact<'_>, tarball: &mut Tarball<'_>) {
    let within = Within::default();
    let Some((path, metadata)) = tarball.at_top("PKG-INFO") else {
        let reason = "there is no PKG-INFO: which package it is is not known";
        let place = within.own_place();
        return tarball.shipment.gap(place, reason, "let the build tool write it again");
    };
    let place = within.place(path);
    let identity = core_metadata::read(metadata);
    let (required, is_final) = (required(metadata), is_final(metadata));
    let position = match identity.entry(PyPi, place.clone()) {
        Ok(entry) => tarball.shipment.push(entry),
        Err(error) => return tarball.shipment.misread(place, &error),
    };
    let (name, version) = (identity.name.unwrap_or_default(), identity.version.unwrap_or_default());
    let stem = stem(artifact.file_name, &[".tar.gz", ".tgz"]);
    if claims_another(stem, &[format!("{name}-{version}")]) {
        let message = format!("the file is named \"{stem}\" and says inside: {name} {version}");
        let code = AnomalyCode::WrongName;
        tarball.shipment.anomaly(code, Some(position), place.clone(), message);
    }
    if is_final {
        tarball.shipment.needs_more(place, required);
    } else {
        let reason = "what it asks for is known only after it was built";
        tarball.shipment.gap(place, reason, ASK_LOCKFILE);
    }
}

/// How many packages the core metadata ask for, extras left out.
pub(crate) fn required(metadata: &[u8]) -> usize {
    let asked = headers(metadata, "Requires-Dist");
    asked
        .filter(|value| {
            let marker = value.split_once(';').map_or("", |(_, marker)| marker);
            marker::may_hold_without_extras(marker)
        })
        .count()
}

/// Whether an sdist may not change what it asks for when it is built: since metadata 2.2, unless
/// it says that it does (PEP 643).
fn is_final(metadata: &[u8]) -> bool {
    let version = headers(metadata, "Metadata-Version").next().unwrap_or_default();
    let (major, minor) = version.trim().split_once('.').unwrap_or(("1", "0"));
    let number = |text: &str| text.parse::<u32>().unwrap_or(0);
    (number(major), number(minor)) >= (2, 2)
        && !headers(metadata, "Dynamic")
            .any(|field| field.trim().eq_ignore_ascii_case("Requires-Dist"))
}

/// Every value of a header, up to the first empty line.
fn headers<'m>(metadata: &'m [u8], wanted: &'m str) -> impl Iterator<Item = String> + 'm {
    metadata
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .take_while(|line| !line.is_empty())
        .filter_map(move |line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let (name, value) = line.split_at_checked(colon)?;
            name.eq_ignore_ascii_case(wanted.as_bytes())
                .then(|| String::from_utf8_lossy(value.get(1..).unwrap_or_default()).into_owned())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extras_are_not_asked_for() {
        let text = b"Requires-Dist: a>=1\nRequires-Dist: b ; extra == \"x\"\n\
                     Requires-Dist: c ; python_version < \"3\"\n\nRequires-Dist: d\n";
        assert_eq!(required(text), 2);
    }

    #[test]
    fn an_sdist_is_final_since_metadata_2_2() {
        assert!(is_final(b"Metadata-Version: 2.2\n"));
        assert!(!is_final(b"Metadata-Version: 2.1\n"));
        assert!(!is_final(b"Metadata-Version: 2.4\nDynamic: requires-dist\n"));
    }
}
